"""Is this machine ready for the course (``doctor``), and what does it cost here (``benchmark``)?"""

import argparse
import sys

from secgan_lite.support.errors import print_on_any_console


def _command_line() -> argparse.ArgumentParser:
    line = argparse.ArgumentParser(prog="python -m secgan_lite.course", description=__doc__)
    commands = line.add_subparsers(dest="command", required=True)
    commands.add_parser("doctor", help="is this machine ready, and how long will lessons take?")
    timer = commands.add_parser("benchmark", help="what each part costs here, beside its floor")
    which = "lite, paper or as-coded"
    timer.add_argument("--presets", nargs="+", default=["lite"], metavar="PRESET", help=which)
    timer.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    return line


def main() -> int:
    line = _command_line()
    given = line.parse_args()
    if given.command == "doctor":
        from secgan_lite.course.doctor import doctor

        findings = doctor()
        print(*findings, sep="\n")
        return int(not all(finding.ok for finding in findings))
    from secgan_lite.course.benchmark import report  # --help need not wait for it

    try:
        for row in report(given.presets, given.device):
            print(row, flush=True)
    except ValueError as error:
        line.error(str(error))
    return 0


if __name__ == "__main__":
    print_on_any_console()
    sys.exit(main())
