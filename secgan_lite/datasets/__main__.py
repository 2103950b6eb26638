"""``python -m secgan_lite.datasets check celeba --data-dir data/celeba``: is the copy complete?

Says what is there and right, what lacks, what is damaged, and where to obtain what. Exit status 1
if anything is wrong.
"""

import argparse
import sys

from secgan_lite.datasets.check import OBTAIN, check
from secgan_lite.support.errors import print_on_any_console


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m secgan_lite.datasets", description=__doc__)
    checker = parser.add_subparsers(required=True).add_parser("check", help="is it complete?")
    checker.add_argument("dataset", metavar="DATASET", help=" or ".join(OBTAIN))
    checker.add_argument("--data-dir", required=True, help="its folder, or a pack of it (.npz)")
    given = parser.parse_args()
    wrong = False
    try:
        for finding in check(given.dataset, given.data_dir):
            print(finding, flush=True)
            wrong |= finding.kind == "wrong"
    except ValueError as error:
        parser.error(str(error))
    return int(wrong)


if __name__ == "__main__":
    print_on_any_console()
    sys.exit(main())
