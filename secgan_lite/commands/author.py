"""The commands of the course's authors, which write into data/ and notebooks/.

Whatever is recorded here was made by a command of the users', which its card or file names; see
data/README.md. ``build`` and ``check`` are for people who edit lessons.

    secgan-lite author queue list.json --root ~/runs --results results.json
"""

from pathlib import Path

from pydantic import Field
from pydantic_settings import CliPositionalArg

from secgan_lite.commands.command import Command

RUN = Field(description="folder of a run, finished or not")


class _Authoring(Command):
    def run(self) -> int:
        from secgan_lite.support import files

        if not (files.REPOSITORY / "notebooks").is_dir():
            raise ValueError(
                f"{files.REPOSITORY} is no copy of the course: its lessons are not there."
            )
        return self.work() or 0


class Build(_Authoring):
    """Run lessons and store them with their outputs."""

    lessons: CliPositionalArg[list[str]] = Field([], description="such as 04_train; all if none")
    force: bool = Field(False, description="also those that are up to date")

    def work(self) -> None:
        from secgan_lite.course.builder import build

        for name, seconds in build(self.lessons, self.force):
            print(f"{name}: built in {seconds:.0f} s")


class Check(_Authoring):
    """Verify all notebooks, exercises and equation numbers; status 1 if there is a fault."""

    def work(self) -> int:
        from secgan_lite.course.audit import audit

        faults = audit()
        print(*faults, f"{len(faults)} faults." if faults else "All lessons hold.", sep="\n")
        return int(bool(faults))


class Links(_Authoring):
    """Ask every address on the web that the course names for its page; status 1 if one is gone."""

    def work(self) -> int:
        from secgan_lite.course.authoring.links import addresses, link_faults

        faults = list(link_faults())
        print(*faults, f"{len(addresses())} addresses, {len(faults)} faults.", sep="\n")
        return int(bool(faults))


class Bundle(_Authoring):
    """Store an editor, or a parser or judge, with its card."""

    trained: CliPositionalArg[str] = Field(
        description="folder of a run, finished or not; or the file of a trained parser or judge"
    )
    witness: bool = Field(False, description="a parser that no GAN learns from")

    def work(self) -> None:
        from secgan_lite.course.authoring.bundling import bundle_editor, bundle_network

        if Path(self.trained).is_dir():
            print(*bundle_editor(self.trained), sep="\n")
        else:
            print(bundle_network(Path(self.trained), "witness" if self.witness else ""))


class Model(_Authoring):
    """Store all networks of a SeCGAN for lessons 02 and 03."""

    trained: CliPositionalArg[str] = RUN

    def work(self) -> None:
        from secgan_lite.course.authoring.bundling import bundle_model

        print(bundle_model(self.trained))


class Record(_Authoring):
    """Store log, scores and samples of a run."""

    trained: CliPositionalArg[str] = RUN
    name: CliPositionalArg[str] = Field(description="such as run-b")

    def work(self) -> None:
        from secgan_lite.course.authoring.recording import record_dynamics

        print(record_dynamics(self.trained, self.name))


class Laboratory(_Authoring):
    """Train and store the eight broken runs of lesson 04."""

    def work(self) -> None:
        from secgan_lite.course.authoring.recording import record_laboratory

        print(record_laboratory())


class Questions(_Authoring):
    """Train and store the answers to the questions of lesson 04's live laboratory."""

    def work(self) -> None:
        from secgan_lite.course.authoring.recording import record_questions

        print(record_questions())


class Study(_Authoring):
    """Make a study's file the recorded one of lesson 07."""

    file: CliPositionalArg[str] = Field("", description="if not study/study.json under runs")

    def work(self) -> None:
        from secgan_lite.course.authoring.recording import record_study
        from secgan_lite.support.places import runs

        print(record_study(Path(self.file or runs() / "study" / "study.json")))


class Confounding(_Authoring):
    """Train and record the runs of lesson 08, 18 of them in an hour or two, and some edits."""

    root: str = Field(description="folder of the runs, outside of the work tree")
    seeds: int = Field(3, ge=1, description="of each method and correlation")

    def work(self) -> None:
        from secgan_lite.course.study.confounding import grid, record
        from secgan_lite.course.study.dragged import PICTURE, record_edits, shown_runs
        from secgan_lite.course.study.record import RESULTS

        record(grid(self.seeds), self.root, RESULTS / "confounding.json")
        print(record_edits(shown_runs(), self.root, PICTURE))


class Queue(_Authoring):
    """Train and score what a list of runs names."""

    list: CliPositionalArg[str] = Field(description="a JSON file")
    root: str = Field(description="folder of the runs, outside of the work tree")
    results: str = Field(description="JSON file to which scores are added")
    workers: int = Field(0, ge=0, description="runs at a time; 0 = 1, on a GPU 4")
    faces: int = Field(300, ge=3, description="test faces for the scores, 3 or more")

    def work(self) -> None:
        from secgan_lite.course.authoring.queue import work_off

        work_off(self.list, self.root, self.results, self.workers, self.faces)


class Overview(_Authoring):
    """Draw data/overview.png with the bundled editor that newcomers meet first."""

    def work(self) -> None:
        from secgan_lite.course.authoring.picture import write_overview

        print(write_overview())


class Thumbnails(_Authoring):
    """Make the README's small pictures of the lessons, out of their stored figures."""

    def work(self) -> None:
        from secgan_lite.course.authoring.picture import write_thumbnails

        print(*write_thumbnails(), sep="\n")
