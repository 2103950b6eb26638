"""The commands of the course's authors, which write into data/ and notebooks/.

Whatever is recorded here was made by a command of the users', which its card or file names; see
data/README.md. ``build`` and ``check`` are for people who edit lessons.
"""

import argparse
import sys
from pathlib import Path

from secgan_lite.support.errors import print_on_any_console
from secgan_lite.support.files import REPOSITORY
from secgan_lite.support.places import runs


def _command_line() -> argparse.ArgumentParser:
    line = argparse.ArgumentParser(
        prog="python -m secgan_lite.course.authoring", description=__doc__
    )
    commands = line.add_subparsers(dest="command", required=True)

    def command(name: str, help_: str, /, **positional: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help_, description=help_)
        for argument, meaning in positional.items():
            added.add_argument(argument, metavar=argument.upper(), help=meaning)
        return added

    run = "folder of a run, finished or not"
    build = command("build", "run lessons and store them with their outputs")
    build.add_argument("lessons", nargs="*", metavar="LESSON", help="such as 04_train; none = all")
    build.add_argument("--force", action="store_true", help="also those that are up to date")
    command("check", "verify all notebooks, exercises and equation numbers")
    trained = f"{run}; or the file of a trained parser or judge"
    bundle = command(
        "bundle", "store an editor, or a parser or judge, with its card", trained=trained
    )
    bundle.add_argument("--witness", action="store_true", help="a parser that no GAN learns from")
    command("model", "store all networks of a SeCGAN for lessons 02 and 03", run=run)
    command("record", "store log, scores and samples of a run", run=run, name="such as run-b")
    study = command("study", "make a study's file the recorded one of lesson 07")
    file = runs() / "study" / "study.json"
    study.add_argument("file", nargs="?", type=Path, default=file, help=f"if not {file}")
    queue = command("queue", "train and score what a list of runs names", list="a JSON file")
    queue.add_argument("--root", required=True, help="folder of the runs, outside of the work tree")
    queue.add_argument("--results", required=True, help="JSON file to which scores are added")
    queue.add_argument("--workers", type=int, default=0, help="runs at a time; 0 = 1, on a GPU 4")
    queue.add_argument("--faces", type=int, default=300, help="test faces for the scores")
    command("overview", "draw data/overview.png with a run's generator", run=run)
    return line


def main() -> int:
    line = _command_line()
    given = line.parse_args()
    if not (REPOSITORY / "notebooks").is_dir():
        line.error(f"{REPOSITORY} is no copy of the course: its lessons are not there.")
    try:
        return _run(given)
    except (ValueError, OSError) as error:
        line.error(str(error))


def _run(given: argparse.Namespace) -> int:
    # Imported where they are used: together they take seconds, which --help need not wait.
    if given.command == "build":
        from secgan_lite.course.builder import build
        from secgan_lite.course.glossary import write_glossary

        for name, seconds in build(given.lessons, given.force):
            print(f"{name}: built in {seconds:.0f} s")
        write_glossary()
    elif given.command == "check":
        from secgan_lite.course.audit import audit
        from secgan_lite.course.glossary import notes

        print(*(f"to read again: {note}" for note in notes()), sep="\n")
        faults = audit()
        print(*faults, f"{len(faults)} faults." if faults else "All lessons hold.", sep="\n")
        return int(bool(faults))
    elif given.command in ("bundle", "model"):
        from secgan_lite.course.authoring.bundling import bundle, bundle_model

        if given.command == "model":
            print(bundle_model(given.run))
        else:
            print(*bundle(given.trained, "witness" if given.witness else ""), sep="\n")
    elif given.command in ("record", "study"):
        from secgan_lite.course.authoring.recording import record_dynamics, record_study

        is_run = given.command == "record"
        print(record_dynamics(given.run, given.name) if is_run else record_study(given.file))
    elif given.command == "queue":
        from secgan_lite.course.authoring.queue import work_off

        work_off(given.list, given.root, given.results, given.workers, given.faces)
    else:
        from secgan_lite.course.authoring.picture import overview

        print(overview(given.run))
    return 0


if __name__ == "__main__":
    print_on_any_console()
    sys.exit(main())
