"""The course's commands.

For users, ``doctor`` looks at this machine and ``benchmark`` times it. For authors: ``build [LESSON
...]`` makes notebooks from their sources, ``check`` verifies all of them, ``bundle RUN`` stores a
finished run's networks for lessons 02 and 03, ``overview RUN`` draws the README's picture with its
generator.
"""

import argparse
import sys

from secgan_lite.course.audit import audit
from secgan_lite.course.benchmark import report
from secgan_lite.course.builder import build
from secgan_lite.course.doctor import doctor
from secgan_lite.course.model import bundle_run
from secgan_lite.course.picture import overview


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m secgan_lite.course", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("doctor", help="is this machine ready, and how long will lessons take?")
    timer = commands.add_parser("benchmark", help="what each part costs here, beside its floor")
    timer.add_argument("--presets", nargs="+", default=["lite"], metavar="PRESET")
    timer.add_argument("--device", default="auto")
    builder = commands.add_parser("build", help="run lessons and store them with their outputs")
    builder.add_argument(
        "lessons", nargs="*", metavar="LESSON", help="for example 04_train; all if none"
    )
    builder.add_argument("--force", action="store_true", help="also those that are up to date")
    commands.add_parser("check", help="verify all notebooks, exercises and equation numbers")
    for name, help_ in (
        ("bundle", "store a run's networks for lessons 02 and 03"),
        ("overview", "draw data/overview.png"),
    ):
        commands.add_parser(name, help=help_).add_argument("run", help="folder of a finished run")
    given = parser.parse_args()
    try:
        return _run(given)
    except (ValueError, FileNotFoundError) as error:
        parser.error(str(error))


def _run(given: argparse.Namespace) -> int:
    if given.command == "doctor":
        findings = doctor()
        print(*findings, sep="\n")
        return int(not all(finding.ok for finding in findings))
    if given.command == "benchmark":
        for line in report(given.presets, given.device):
            print(line, flush=True)
        return 0
    if given.command == "check":
        faults = audit()
        print(*faults, sep="\n", end="\n" if faults else "")
        print(f"{len(faults)} faults." if faults else "All lessons hold.")
        return int(bool(faults))
    if given.command == "build":
        for name, seconds in build(given.lessons, given.force):
            print(f"{name}: built in {seconds:.0f} s")
        return 0
    print({"bundle": bundle_run, "overview": overview}[given.command](given.run))
    return 0


if __name__ == "__main__":
    sys.exit(main())
