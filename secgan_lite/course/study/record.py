"""What a study keeps of its runs: one small JSON file that every table and figure is made from."""

import json
from collections.abc import Iterable
from concurrent.futures import Executor
from functools import lru_cache
from pathlib import Path
from statistics import fmean

import numpy as np
import torch
from filelock import FileLock

from secgan_lite import datasets
from secgan_lite.course.pulls import pulls
from secgan_lite.course.study.summary import LAST
from secgan_lite.course.study.sweep import sweep
from secgan_lite.datasets import FaceData
from secgan_lite.editing import Trained, load_generator
from secgan_lite.evaluation import (
    Judges,
    Outcomes,
    Truth,
    all_judges,
    outcomes,
    over_snapshots,
    ssfid_floor,
)
from secgan_lite.judges import load_encoder
from secgan_lite.secgan import Batch, Model
from secgan_lite.support.files import DATA, readable, rounded, versions, write_json
from secgan_lite.support.places import to_read, to_write
from secgan_lite.training import RunFolder, TrainConfig, parser_of

RESULTS = DATA / "results"
_PULLED = 64  # faces at which gradients are measured
_ON_CURVES = 100  # faces for each point of a curve


def record(folders: Iterable[Path], file: Path, faces: int = 300) -> list[dict]:
    """Score finished runs on the same test faces, add them to the study's file; returns its cells.

    The file is written after each run, and a run that is in it is not scored again.

    Raises:
        ValueError: the file's cells were scored on another number of faces; or ``score_run``.
    """
    file = Path(file)
    for folder in folders:
        name = RunFolder(folder).config.run_name
        if name not in _scored(file, faces):
            cell = score_run(folder, faces)
            file.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(file.with_name(f".{file.name}.lock")):  # another study may add to it
                cells = [*(_scored(file, faces) | {name: cell}).values()]
                content = {"snapshots": LAST, "versions": versions(), "cells": cells}
                write_json(file, content)
    return [*_scored(file, faces).values()]


def _scored(file: Path, faces: int) -> dict[str, dict]:
    """Cells of a file by name, none if there is no file; all of them on ``faces`` test faces."""
    cells = load_study(file) if file.exists() else []
    for cell in cells:
        if cell["test_faces"] != faces:
            raise ValueError(
                f"faces={faces}, but {file} has scores on {cell['test_faces']}: take as many, or "
                "name another file. What is recorded is never replaced."
            )
    return {cell["name"]: cell for cell in cells}


def extend(
    configs: Iterable[TrainConfig],
    executor: Executor,
    root: Path | str,
    file: Path | str,
    faces: int = 300,
) -> list[dict]:
    """Run and score what a study's file lacks, each added as soon as it has ended; all cells.

    Raises:
        ValueError, RuntimeError: as ``record`` and ``sweep``.
    """
    file = to_write(file, "file")
    done = _scored(file, faces)
    missing = [config for config in configs if config.run_name not in done]
    sweep(missing, executor, root, then=lambda folder: record([folder], file, faces))
    return [*_scored(file, faces).values()]


def load_study(file: Path | str = RESULTS / "study.json") -> list[dict]:
    """The cells of a recorded study, each as ``score_run`` returned it.

    Raises:
        FileNotFoundError: there is no such file.
        DataError: it is no study's.
    """
    file = to_read(file, "file")
    with readable(file, "study"):
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        for name in ("name", "config", "test_faces", "scores"):
            [cell[name] for cell in cells]
    return cells


def score_run(folder: Path | str, faces: int = 300) -> dict:
    """The cell of one finished run on drawn faces.

    Returns:
        ``name`` of the run; ``config``: preset, backbone, method, seed, iterations, λ_sc and what
        else the preset does not say; ``seconds`` of training, and the ``machine`` that took them;
        ``test_faces``; ``scores``: what ``evaluate`` says, as means over the last snapshots;
        ``faces``: the same face by face (``by_face``); ``ssfid_floor`` at that number of faces;
        ``curve``: mean scores along the training, on fewer faces (``over_snapshots``); ``pulls``
        (``pulls_of_terms``).

    Raises:
        ValueError: the run has seen photographs, or lacks snapshots or its checkpoint.
    """
    run = RunFolder(folder)
    config, files, checkpoint = run.config, run.snapshots(), run.load_checkpoint()
    if config.dataset != "synthetic":
        raise ValueError(f"{run.path} has seen photographs: a study scores drawn faces.")
    if not files or checkpoint is None:
        lacks = "checkpoint" if files else "snapshot"
        raise ValueError(f"{run.path} has no {lacks}, which its scores need: train it again.")
    data, truth, floor = _examination(config.image_size, faces, config.attributes)
    found = []
    for file in files[-LAST:]:
        editor = Trained.of(file)
        judges = all_judges(editor)
        found.append(outcomes(editor.edit, data, judges, truth))
    alone, few = Judges(judges.classifier), data.subset(_ON_CURVES)
    shown = ("preset", "backbone", "method", "seed", "lambda_sc", "iterations")
    return {
        "name": config.run_name,
        "config": {name: getattr(config, name) for name in shown} | config.changes,
        "seconds": run.log[-1]["seconds"],
        "machine": load_generator(run.path)[1].get("machine", {}),
        "test_faces": faces,
        "scores": rounded(means([values(each.scores()) for each in found])),
        "faces": by_face(found),
        "ssfid_floor": floor,
        "curve": rounded(over_snapshots(files, few, alone, truth[:_ON_CURVES])),
        "pulls": rounded(pulls_of_terms(run, checkpoint[0]["branches"], data.subset(_PULLED))),
    }


@lru_cache(maxsize=1)
def _examination(
    size: int, faces: int, attributes: tuple[str, ...]
) -> tuple[FaceData, Truth, dict]:
    """What all runs of a study have in common: test faces, their true edits, ssFID's floor."""
    twice = datasets.load("synthetic", "test", size, 2 * faces, attributes=attributes)
    data = twice.subset(faces)
    return data, Truth.of(data), rounded(ssfid_floor(load_encoder("auto", size), twice))


def by_face(found: list[Outcomes]) -> dict[str, dict[str, str]]:
    """What became of each test face, by attribute, as text that a JSON file keeps on one line.

    Returns:
        ``tarr``: a digit for each face, how many of the snapshots' flips the judge accepts;
        ``inside``: whole numbers, the mean error where something should change, 0-255.
    """
    hits = sum(each.by_face["tarr"] for each in found).astype(int)
    area = np.maximum(found[0].by_face["area"], 1)
    errors = sum(each.by_face["inside/edit"] for each in found) / len(found) / area
    errors, names = errors.round().astype(int), enumerate(found[0].names)
    parts = {name: (hits[:, a], errors[:, a]) for a, name in names}
    return {
        "tarr": {name: "".join(map(str, digits)) for name, (digits, _) in parts.items()},
        "inside": {name: " ".join(map(str, numbers)) for name, (_, numbers) in parts.items()},
    }


def values(scores: dict) -> dict:
    """Nested scores without intervals and ends: numbers alone."""
    return {
        name: score["value"] if "value" in score else values(score)
        for name, score in scores.items()
        if isinstance(score, dict)
    }


def means(found: list) -> dict | list | float:
    """The mean of nested numbers, all of one shape."""
    if isinstance(found[0], dict):
        return {name: means([each[name] for each in found]) for name in found[0]}
    if isinstance(found[0], list):
        return [means(list(parts)) for parts in zip(*found, strict=True)]
    return fmean(found)


def pulls_of_terms(run: RunFolder, branches: dict, data: FaceData) -> dict[str, float]:
    """How hard each weighted term of Eq. 14 pulls at x_out, as a mean over faces (``Pull``)."""
    config = run.config
    parser = parser_of(run.path, config)
    model = Model(config.method, config.backbone, config.size, config.weights, parser)
    model.branches.load_state_dict(branches)
    model.eval()
    x, y, _ = data.batch(torch.arange(len(data)))
    with torch.no_grad():
        s = parser(x).argmax(dim=1) if parser else None
    found = pulls(model, Batch(x, s, y, y.roll(1, dims=0)))
    return {term: pull.strength for (branch, term), pull in found.items() if branch == "rgb"}
