"""The study of lesson 07, and any cell of it again.

``run`` trains and scores every cell that the study's file lacks, and adds it; after an interruption
the same command goes on. ``again NAME`` repeats one recorded cell elsewhere and shows both numbers.
"""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from secgan_lite.errors import unknown_choice
from secgan_lite.files import REPOSITORY
from secgan_lite.study.record import RESULTS, load_study, record, score_run
from secgan_lite.study.summary import score
from secgan_lite.study.sweep import comparison, consistency_weights, sweep
from secgan_lite.training import TrainConfig

SHOWN = ("tarr.mean", "reconstruction", "counterfactual.inside_ratio", "ssfid.mean")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m secgan_lite.study", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run, again = commands.add_parser("run"), commands.add_parser("again")
    run.add_argument("--seeds", type=int, default=3, help="of each method; λ_sc gets one less")
    run.add_argument("--iterations", type=int, default=4000)
    run.add_argument("--faces", type=int, default=300, help="test faces")
    again.add_argument("name", metavar="NAME", help="a cell's name")
    for command in (run, again):
        command.add_argument("--root", type=Path, default=REPOSITORY / "runs" / "study")
        command.add_argument("--file", type=Path, default=RESULTS / "study.json")
        command.add_argument("--workers", type=int, default=2, help="runs at a time, a thread each")
    given = parser.parse_args()
    try:
        return {"run": _run, "again": _again}[given.command](given)
    except (ValueError, OSError, RuntimeError) as error:
        parser.error(str(error))


def _run(given: argparse.Namespace) -> int:
    few = max(1, given.seeds - 1)
    configs = comparison(seeds=given.seeds, iterations=given.iterations)
    configs += consistency_weights(seeds=few, iterations=given.iterations)
    unique = {config.run_name: config for config in configs}
    there = {c["name"] for c in record([], given.file) if c["test_faces"] == given.faces}
    missing = [config for name, config in unique.items() if name not in there]

    def keep(folder: Path) -> None:
        record([folder], given.file, given.faces)

    with ThreadPoolExecutor(given.workers) as executor:
        sweep(missing, executor, given.root, then=keep)
    for cell in load_study(given.file):
        print(cell["name"], *(f"{name} {score(cell, name):.3f}" for name in SHOWN), sep="  ")
    return 0


def _again(given: argparse.Namespace) -> int:
    cells = {cell["name"]: cell for cell in load_study(given.file)}
    if given.name not in cells:
        raise unknown_choice("NAME", given.name, cells)
    recorded = cells[given.name]
    with ThreadPoolExecutor(1) as executor:
        (folder,) = sweep([TrainConfig.of(**recorded["config"])], executor, given.root / "again")
    repeated = score_run(folder, recorded["test_faces"])
    for name in SHOWN:
        print(f"{name}: recorded {score(recorded, name)}, again {score(repeated, name)}")
    return int(repeated["scores"] != recorded["scores"])


if __name__ == "__main__":
    sys.exit(main())
