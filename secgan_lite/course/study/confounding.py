"""Confounded faces: how far the flip of one attribute drags its partner along (lesson 08).

Training faces tie beards to black hair, and glasses to old age, more or less closely
(``faces.parameters.PAIRS``); test faces don't. So what an edit does to the partner is wrong.
"""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from statistics import fmean

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from secgan_lite import datasets
from secgan_lite.attributes import index_of, single_flips
from secgan_lite.course.study.record import RESULTS, means
from secgan_lite.course.study.summary import LAST
from secgan_lite.datasets import FaceData
from secgan_lite.editing import Editor, Trained
from secgan_lite.evaluation import CHANGED, Truth
from secgan_lite.evaluation.truth import levels
from secgan_lite.faces.parameters import PAIRS
from secgan_lite.judges import AttributeClassifier, load_classifier
from secgan_lite.judges.classifier import shape
from secgan_lite.support.files import readable, rounded, versions, write_json
from secgan_lite.support.places import to_read, to_write
from secgan_lite.support.randomness import initialisation
from secgan_lite.training import RunFolder, TrainConfig, load_inputs, train
from secgan_lite.training.supervised import fit

SIZE = 32
ITERATIONS = 400  # of a run: enough to edit, and few enough for 18 runs in an hour of one core
DIALS = (0.9, 0.0, 0.5)
# Each flip with the attribute that it may drag along: both directions of each pair.
FLIPS = tuple(flip for pair in PAIRS.items() for flip in (pair, pair[::-1]))


def grid(seeds: int = 3, **options: object) -> list[TrainConfig]:
    """The runs: baseline and SeCGAN at each correlation of the pairs.

    Args:
        options: of ``TrainConfig``, the same for all.
    """
    shared: dict = {"relations": "pairs", "image_size": SIZE, "iterations": ITERATIONS} | options
    return [
        TrainConfig.of(method=method, seed=seed, correlation=dial, **shared)
        for dial in DIALS
        for seed in range(seeds)
        for method in ("baseline", "secgan")
    ]


def free_faces(split: str = "test", count: int = 300, correlation: float = 0.0) -> FaceData:
    """Drawn faces of the confounded world, whose pairs are independent unless told otherwise."""
    return datasets.load(
        "synthetic", split, SIZE, count, correlation=correlation, relations="pairs"
    )


def train_judge(data: FaceData, epochs: int, width: int = 16, seed: int = 0) -> AttributeClassifier:
    """A judge of faces that has seen no others, and that a lesson can train in seconds."""
    with initialisation(seed, "judge"):
        network = AttributeClassifier(**shape(data.images.shape[-1]) | {"width": width})

    def loss(logits: Tensor, y: Tensor, masks: Tensor | None) -> Tensor:
        return F.binary_cross_entropy_with_logits(logits, y)

    return fit(network, [data], loss, epochs=epochs, seed=seed)


def drag(edited: Tensor, true: Tensor, had: Tensor) -> Tensor:
    """Which share of the flips, more than the true ones, moves the partner as it was confounded.

    Partners are opposites: where the flipped label goes down, a dragged one goes up.

    Args:
        edited, true: a judge's logits (n,) of the partner, in the edits and in the true edits.
        had: the flipped label before the flip (n,), 0 or 1.

    Returns:
        The mean of ± (partner seen in the edit − in the true edit), + where the label was 1: from
        −1 to 1, and 0 for edits that the judge sees as the true ones.
    """
    return ((2 * had - 1) * ((edited > 0).float() - (true > 0).float())).mean()


def drags(edit: Editor, data: FaceData, truth: Truth, judge: AttributeClassifier) -> dict:
    """What an editor does to the partner of each flip.

    Returns:
        By flip, "No_Beard → Black_Hair": ``drag``; ``seen``, the share of flips that the judge
        sees; ``partner`` and ``elsewhere``, the mean error against the true edit, 0-255, where
        a true edit of the partner would change a pixel and a true flip does not, and where neither
        does.
    """
    x, y, _ = data.batch(torch.arange(len(data)))
    targets, (true, _) = single_flips(y, resolved=True), truth.tensors()
    logits = judge.of(data.attributes)
    found = {}
    with torch.inference_mode():
        changed = levels(true - x).amax(dim=2) > CHANGED + 0.5  # as in evaluation.truth
        for name, partner in FLIPS:
            i, k = index_of(name), index_of(partner)
            edited = edit(x, (targets[i] - y)[None], y)[0]
            said, wanted = logits(edited), logits(true[i])
            error = levels(edited - true[i]).mean(dim=1)
            found[f"{name} → {partner}"] = {
                "drag": drag(said[:, k], wanted[:, k], y[:, i]).item(),
                "seen": ((said[:, i] > 0) == (targets[i][:, i] > 0)).float().mean().item(),
                "partner": error[changed[k] & ~changed[i]].mean().item(),
                "elsewhere": error[~changed[k] & ~changed[i]].mean().item(),
            }
    return found


@cache
def _examination(faces: int) -> tuple[FaceData, Truth, AttributeClassifier]:
    """What all runs have in common: free test faces, their true edits, and the bundled judge.

    It has never seen these pairs together; and what it says of true edits is subtracted.
    """
    data = free_faces(count=faces)
    return data, Truth.of(data), load_classifier("auto", SIZE)


def trained(config: TrainConfig, root: Path) -> RunFolder:
    """The run of a configuration in a folder under ``root``: finished, gone on with, or new."""
    place = {"output_dir": str(root / config.run_name), "resume": True}
    config = config.model_copy(update=place)
    training, _, parser = load_inputs(config, test_faces=16)
    return train(config, training, parser)


def record(
    configs: Iterable[TrainConfig], root: Path | str, file: Path | str, faces: int = 300
) -> dict:
    """Train what is missing, each run in a folder under ``root``, and score what a file lacks.

    A run that has begun goes on; the file is written after each.

    Returns:
        ``faces``: how many; ``cells``: of each run ``name``, ``config``, ``seconds`` and ``flips``
        (``drags``, the mean of its last three snapshots).
    """
    root, file = to_write(root, "root"), to_write(file, "file")
    cells = load_drags(file)["cells"] if file.exists() else []
    for config in configs:
        if any(cell["name"] == config.run_name for cell in cells):
            continue
        run = trained(config, root)
        data, truth, judge = _examination(faces)
        snapshots = [Trained.of(snapshot) for snapshot in run.snapshots()[-LAST:]]
        shown = ("method", "seed", "correlation", "iterations")
        cells.append(
            {
                "name": config.run_name,
                "config": {name: getattr(config, name) for name in shown},
                "seconds": run.log[-1]["seconds"],
                "flips": rounded(means([drags(s.edit, data, truth, judge) for s in snapshots])),
            }
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        content = {"faces": faces, "versions": versions()}
        write_json(file, content | {"cells": cells})
    return load_drags(file)


def load_drags(file: Path | str = RESULTS / "confounding.json") -> dict:
    """What ``record`` returned.

    Raises:
        FileNotFoundError, DataError: there is no such file; it is none of ``record``.
    """
    file = to_read(file, "file")
    with readable(file, "record of confounding"):
        content = json.loads(file.read_text(encoding="utf-8"))
        for cell in content["cells"]:
            [cell[part] for part in ("name", "config", "flips")]
    return content


def by_flip(cells: Iterable[dict]) -> dict:
    """By flip, method and correlation, the drag of each run of ``load_drags``."""
    found: dict = {}
    for cell in cells:
        how = cell["config"]
        for flip, scores in cell["flips"].items():
            dials = found.setdefault(flip, {}).setdefault(how["method"], {})
            dials.setdefault(how["correlation"], []).append(scores["drag"])
    return {f: {m: dict(sorted(d.items())) for m, d in of.items()} for f, of in found.items()}


def scores(
    cells: Iterable[dict],
    dial: float,
    method: str = "baseline",
    what: str = "drag",
    flips: Iterable[str] = (),
) -> np.ndarray:
    """A score of some flips, or of all, as their mean: one for each run (seeds,), by its seed.

    Args:
        cells: of ``load_drags``.
        what: "drag", "seen", "partner" or "elsewhere", as ``drags`` returns.
    """
    wanted = {"correlation": dial, "method": method}
    runs = [cell for cell in cells if wanted.items() <= cell["config"].items()]
    runs.sort(key=lambda cell: cell["config"]["seed"])
    flips = [*flips]
    return np.array([fmean(r["flips"][f][what] for f in flips or r["flips"]) for r in runs])
