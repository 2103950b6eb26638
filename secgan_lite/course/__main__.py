"""``python -m secgan_lite.course build [LESSON ...]``: notebooks from their sources.

``overview RUN`` draws the README's picture with the generator of a finished run.
"""

import argparse
import sys

from secgan_lite.course.builder import build
from secgan_lite.course.picture import overview


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m secgan_lite.course", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    builder = commands.add_parser("build", help="run lessons and store them with their outputs")
    builder.add_argument(
        "lessons", nargs="*", metavar="LESSON", help="for example 04_train; all if none"
    )
    builder.add_argument("--force", action="store_true", help="also those that are up to date")
    picture = commands.add_parser("overview", help="draw data/overview.png")
    picture.add_argument("run", metavar="RUN", help="folder of a finished run")
    given = parser.parse_args()
    try:
        if given.command == "overview":
            print(overview(given.run))
            return 0
        built = build(given.lessons, given.force)
    except (ValueError, FileNotFoundError) as error:
        parser.error(str(error))
    for name, seconds in built:
        print(f"{name}: built in {seconds:.0f} s")
    if not built:
        print("All lessons are up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
