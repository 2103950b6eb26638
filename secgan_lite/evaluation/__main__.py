"""``python -m secgan_lite.evaluation bundle RUN``: make a run's newest editor part of the course.

``record RUN NAME`` keeps its log, scores by snapshot and samples, for lessons about training.
"""

import argparse
import sys

from secgan_lite.evaluation.bundling import bundle_editor, record_dynamics


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m secgan_lite.evaluation", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    bundler = commands.add_parser("bundle", help="store the newest generators, scored")
    recorder = commands.add_parser("record", help="store a run's dynamics")
    for command in (bundler, recorder):
        command.add_argument("run", metavar="RUN", help="folder of a run, finished or not")
    recorder.add_argument("name", metavar="NAME", help="for example healthy")
    given = parser.parse_args()
    try:
        if given.command == "bundle":
            print(*bundle_editor(given.run), sep="\n")
        else:
            print(record_dynamics(given.run, given.name))
    except (ValueError, FileNotFoundError) as error:
        parser.error(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
