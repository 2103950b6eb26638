"""The commands of the course: for students and lecturers."""

import subprocess
import sys
from pathlib import Path

from pydantic import Field
from pydantic_settings import CliPositionalArg

from secgan_lite.commands.command import Command, of_extra
from secgan_lite.support.choices import Device, Preset

# What the study's commands say of a cell.
SHOWN = ("tarr.mean", "reconstruction", "counterfactual.inside_ratio", "ssfid.mean")


class Start(Command):
    """Copy the lessons into a folder of your own, where you can write in them.

    What is there already is kept as it is; links lead to where they led.
    """

    folder: CliPositionalArg[str] = Field(
        "", description="where they go; notebooks/my of the course if not given"
    )

    def run(self) -> int:
        from secgan_lite.course.copies import copy_lessons

        for file, new in copy_lessons(self.folder):
            print(file, "" if new else "(is there, and is kept)")
        return 0


class Lab(Command):
    """Open JupyterLab on the lessons: on your copies, where `start` has made them."""

    browser: bool = Field(True, description="open a browser, and not only the server")
    allow_root: bool = Field(False, description="also as root, as in a container")

    def run(self) -> int:
        from secgan_lite.course.copies import first_lesson
        from secgan_lite.support.files import REPOSITORY

        page = first_lesson().relative_to(REPOSITORY).as_posix()
        words = [f"--ServerApp.root_dir={REPOSITORY}", f"--LabApp.default_url=/lab/tree/{page}"]
        words += [] if self.browser else ["--no-browser"]
        words += ["--allow-root"] if self.allow_root else []
        return subprocess.call([sys.executable, "-m", "jupyterlab", *words])


class Apps(Command):
    """Show the apps of lesson 06 alone, without code, in a browser: for a lecture."""

    browser: bool = Field(True, description="open a browser, and not only the server")
    port: int = Field(8866, ge=0, le=65535, description="of the server, 0 for any free one")

    def run(self) -> int:
        with of_extra("app", "uv run secgan-lite apps brings it"):
            from voila.app import Voila
        from secgan_lite.course.widgets.controls import ASSETS

        words = [str(ASSETS / "apps.ipynb"), f"--port={self.port}"]
        words += [] if self.browser else ["--no-browser"]
        # Voilà's page asks another machine for icons that it does not show: the browser refuses.
        inside = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob: ws: wss:"
        headers = {"Content-Security-Policy": inside}
        Voila.launch_instance(argv=words, tornado_settings={"headers": headers})
        return 0


class Site(Command):
    """Write the course as web pages that need no kernel, with an explorer that runs in a browser.

    Then: python -m http.server --directory FOLDER
    """

    folder: CliPositionalArg[str] = Field(
        "site", description="a new one, or a site built before; site if not given"
    )

    def run(self) -> int:
        with of_extra("site", "uv run --extra site secgan-lite site"):
            from secgan_lite.course.site import build_site
        print(build_site(self.folder))
        return 0


class Doctor(Command):
    """Is this machine ready for the course, and how long will lessons take?"""

    def run(self) -> int:
        from secgan_lite.course.doctor import doctor

        findings = doctor()
        print(*findings, sep="\n")
        return int(not all(finding.ok for finding in findings))


class Benchmark(Command):
    """What each part costs on this machine, beside the least that it can cost."""

    presets: list[Preset] = Field(["lite"], description="whose numbers")
    device: Device = Field("auto", description="where; auto = the fastest there is")

    def run(self) -> int:
        from secgan_lite.course.benchmark import measured

        for row in measured(self.presets, self.device):
            print(row, flush=True)
        return 0


class _Cells(Command):
    root: str = Field("", description="folder of the runs; if not given, one under runs")
    executor: str = Field("threads", description="threads, or a Dask scheduler's address")
    workers: int = Field(2, ge=1, description="threads: runs at a time, 1 or more")

    def run(self) -> int:
        from secgan_lite.support.places import runs, to_write

        try:
            return self.work(to_write(self.root, "root") if self.root else runs() / "study")
        except RuntimeError as error:  # of a run that failed
            raise ValueError(str(error)) from error
        except KeyboardInterrupt:
            print(
                "Stopped, and what had begun is saved: the same command goes on.", file=sys.stderr
            )
            return 130


class StudyRun(_Cells):
    """Train and score every cell that the study's file lacks, and add it.

    After an interruption the same command goes on.
    """

    seeds: int = Field(3, ge=1, description="of each method, 1 or more; λ_sc gets one less")
    iterations: int = Field(4000, ge=1, description="of each run, 1 or more")
    faces: int = Field(300, ge=3, description="test faces, 3 or more")
    file: str = Field("", description="results; if not given, study.json in the root")

    def work(self, root: Path) -> int:
        from secgan_lite.course import study
        from secgan_lite.support.places import to_write

        file = to_write(self.file, "file") if self.file else root / "study.json"
        configs = study.whole(self.seeds, iterations=self.iterations)
        with study.pool(self.executor, self.workers) as executor:
            cells = study.extend(configs, executor, root, file, self.faces)
        for cell in cells:
            shown = (f"{name} {study.score(cell, name):.3f}" for name in SHOWN)
            print(cell["name"], *shown, sep="  ")
        return 0


class StudyAgain(_Cells):
    """Repeat one recorded cell elsewhere and show both numbers; status 1 if they differ."""

    name: CliPositionalArg[str] = Field(description="a cell's name")
    file: str = Field("", description="where it is recorded; if not given, in the course")

    def work(self, root: Path) -> int:
        from secgan_lite.course import study
        from secgan_lite.support.errors import unknown_choice
        from secgan_lite.support.places import to_read
        from secgan_lite.training import TrainConfig

        file = to_read(self.file, "file") if self.file else study.RESULTS / "study.json"
        cells = {cell["name"]: cell for cell in study.load_study(file)}
        if self.name not in cells:
            raise unknown_choice("NAME", self.name, cells)
        recorded = cells[self.name]
        config = TrainConfig.of(**recorded["config"])
        with study.pool(self.executor, self.workers) as executor:
            (folder,) = study.sweep([config], executor, root / "again")
        repeated = study.score_run(folder, recorded["test_faces"])
        for name in SHOWN:
            print(f"{name}: recorded {study.score(recorded, name)}, again "
                  f"{study.score(repeated, name)}")  # fmt: skip
        return int(repeated["scores"] != recorded["scores"])
