"""The study of lesson 07, and any cell of it again.

``run`` trains and scores every cell that the study's file lacks, and adds it; after an interruption
the same command goes on. ``again NAME`` repeats one recorded cell elsewhere and shows both numbers.
"""

import argparse
import sys
from pathlib import Path

from secgan_lite.course.study.record import RESULTS, extend, load_study, score_run
from secgan_lite.course.study.summary import score
from secgan_lite.course.study.sweep import pool, sweep, whole
from secgan_lite.support.errors import print_on_any_console, unknown_choice
from secgan_lite.support.places import runs, to_write
from secgan_lite.training import TrainConfig

SHOWN = ("tarr.mean", "reconstruction", "counterfactual.inside_ratio", "ssfid.mean")


def _command_line() -> argparse.ArgumentParser:
    line = argparse.ArgumentParser(prog="python -m secgan_lite.course.study", description=__doc__)
    commands = line.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="train and score what the study's file lacks")
    run.add_argument("--seeds", type=int, default=3, help="of each method; λ_sc gets one less")
    run.add_argument("--iterations", type=int, default=4000, help="of each run")
    run.add_argument("--faces", type=int, default=300, help="test faces")
    run.add_argument("--file", type=Path, help="results; if not given, study.json in --root")
    again = commands.add_parser("again", help="repeat one recorded cell and compare")
    again.add_argument("name", metavar="NAME", help="a cell's name")
    again.add_argument("--file", type=Path, default=RESULTS / "study.json", help="where it is")
    for command in (run, again):
        command.add_argument("--root", help="folder of the runs; if not given, one under runs")
        where = "threads, or a Dask scheduler's address"
        command.add_argument("--executor", default="threads", help=where)
        command.add_argument("--workers", type=int, default=2, help="threads: runs at a time")
    return line


def main() -> int:
    line = _command_line()
    given = line.parse_args()
    try:
        given.root = to_write(given.root, "root") if given.root else runs() / "study"
        return {"run": _run, "again": _again}[given.command](given)
    except (ValueError, OSError, RuntimeError) as error:
        line.error(str(error))
    except KeyboardInterrupt:
        print("Stopped, and what had begun is saved: the same command goes on.", file=sys.stderr)
        return 130


def _run(given: argparse.Namespace) -> int:
    configs = whole(given.seeds, iterations=given.iterations)
    file = given.file or given.root / "study.json"
    with pool(given.executor, given.workers) as executor:
        cells = extend(configs, executor, given.root, file, given.faces)
    for cell in cells:
        print(cell["name"], *(f"{name} {score(cell, name):.3f}" for name in SHOWN), sep="  ")
    return 0


def _again(given: argparse.Namespace) -> int:
    cells = {cell["name"]: cell for cell in load_study(given.file)}
    if given.name not in cells:
        raise unknown_choice("NAME", given.name, cells)
    recorded = cells[given.name]
    with pool(given.executor, given.workers) as executor:
        (folder,) = sweep([TrainConfig.of(**recorded["config"])], executor, given.root / "again")
    repeated = score_run(folder, recorded["test_faces"])
    for name in SHOWN:
        print(f"{name}: recorded {score(recorded, name)}, again {score(repeated, name)}")
    return int(repeated["scores"] != recorded["scores"])


if __name__ == "__main__":
    print_on_any_console()
    sys.exit(main())
