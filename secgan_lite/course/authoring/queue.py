"""A list of trainings that is worked off by itself, the most urgent first, and can be refilled.

The list is a JSON file, each entry the options of a run that its preset does not say:

    [{"priority": 2, "backbone": "stgan", "method": "secgan", "image_size": 64}, …]

It is read again after each round, so entries may be added, changed or taken away at any time.
"""

import json
import os
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import torch

from secgan_lite.course.study import extend, load_study
from secgan_lite.support.files import readable
from secgan_lite.support.places import to_read
from secgan_lite.training import TrainConfig


def work_off(
    file: Path | str, root: Path | str, results: Path | str, workers: int = 0, faces: int = 300
) -> list[dict]:
    """Train and score what a list names until nothing of it is left; returns all cells.

    On a CPU one run at a time, on one thread, giving way to everything else that wants the core.
    After an interruption the same call goes on: what is in ``results`` is done, what has begun in
    ``root`` is resumed. A run that fails is named and passed over; the next call tries it again.

    Args:
        file: the list.
        root: folder of the runs, outside of the work tree.
        results: a JSON file of cells, as ``study.extend`` writes it, with scores along each run.
        workers: runs at a time; 0 for one, on a GPU for four, which share it.
        faces: test faces for the scores.
    """
    if hasattr(os, "nice"):
        os.nice(10)
    workers = workers or (4 if torch.cuda.is_available() else 1)
    failed: set[str] = set()
    while waiting := [c for c in listed(file) if c.run_name not in failed | recorded(results)]:
        batch = waiting[:workers]
        with ThreadPoolExecutor(workers) as executor:
            try:
                extend(batch, executor, root, results, faces)
            except RuntimeError as error:
                print(error, file=sys.stderr)
                failed |= {config.run_name for config in batch} - recorded(results)
    return load_study(results) if recorded(results) else []


def listed(file: Path | str) -> list[TrainConfig]:
    """The configurations of a list, the highest priority first, and in order where it is equal.

    Raises:
        FileNotFoundError: there is no list.
        DataError: it is none; ValueError: an entry that is no run's, by its number.
    """
    file = to_read(file, "file")
    with readable(file, "list of runs"):
        entries = [dict(entry) for entry in json.loads(file.read_text(encoding="utf-8"))]
    entries = sorted(enumerate(entries, 1), key=lambda pair: -pair[1].get("priority", 0))
    return list(_configurations(entries))


def _configurations(entries: Iterable[tuple[int, dict]]) -> Iterable[TrainConfig]:
    for number, entry in entries:
        options = {name: value for name, value in entry.items() if name != "priority"}
        try:
            yield TrainConfig.of(**options)
        except ValueError as error:
            raise ValueError(f"entry {number}: {error}") from error


def recorded(results: Path | str) -> set[str]:
    """Names of the runs that a file of results holds; none where there is no file yet."""
    with suppress(FileNotFoundError):
        return {cell["name"] for cell in load_study(results)}
    return set()
