"""Confounded faces: how far the flip of one attribute drags its partner along (lesson 08).

Training faces tie beards to black hair and old age to glasses, more or less closely
(``faces.PAIRS``); test faces don't. So what an edit does to the partner is known to be wrong.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from statistics import fmean

import torch
from filelock import FileLock
from torch import Tensor, nn

from secgan_lite import datasets
from secgan_lite.attributes import difference, index_of, single_flips
from secgan_lite.course.study.record import RESULTS, means
from secgan_lite.course.study.summary import LAST
from secgan_lite.datasets import FaceData
from secgan_lite.editing import Editor, Trained
from secgan_lite.evaluation import Truth
from secgan_lite.evaluation.truth import CHANGED, levels
from secgan_lite.faces import PAIRS
from secgan_lite.judges import AttributeClassifier, accuracy
from secgan_lite.judges.classifier import shape
from secgan_lite.support.files import readable, rounded, versions, write_json
from secgan_lite.support.places import to_read, to_write
from secgan_lite.training import TrainConfig, load_inputs, train
from secgan_lite.training.supervised import fit

DIALS = (0.0, 0.5, 0.9)
SIZE = 32
# Each flip with the attribute that may be dragged along: both directions of each pair.
FLIPS = tuple(flip for pair in PAIRS.items() for flip in (pair, pair[::-1]))


def grid(seeds: int = 3, dials: Iterable[float] = DIALS, **options: object) -> list[TrainConfig]:
    """The runs: each method at each correlation of the pairs; the widest contrast comes first.

    Args:
        options: of ``TrainConfig``, the same for all.
    """
    dials = sorted(dials, key=lambda dial: -abs(dial - fmean(DIALS)))
    cells = product(dials, range(seeds), ("baseline", "secgan"))
    return [
        TrainConfig.of(method=m, seed=s, correlation=dial, relations="pairs", **options)
        for dial, s, m in cells
    ]


def free_faces(split: str = "test", count: int = 300, seed: int = 0) -> FaceData:
    """Drawn faces whose pairs are independent, of the size at which the runs are trained."""
    return datasets.load("synthetic", split, SIZE, count, seed=seed, relations="pairs")


def train_judge(
    data: FaceData, epochs: int, seed: int = 0, labels: Tensor | None = None
) -> AttributeClassifier:
    """A judge of ``data``'s images."""
    network = AttributeClassifier(**shape(data.images.shape[-1]))
    return fit(network, [data], lambda out, y, s: nn.functional.binary_cross_entropy_with_logits(out, y), epochs=epochs, seed=seed)


def drag(before: Tensor, edited: Tensor, true: Tensor, wish: Tensor) -> Tensor:
    """How many more faces of 100 % move their partner as confounding would have it than truly do.

    Args:
        before, edited, true: a judge's logits of the partner, of the inputs, their edits and their
            true edits, (n,) each.
        wish: which way the partner would follow, −1 or 1, (n,).

    Returns:
        The mean of wish · (partner seen in the edit − in the true edit), from −1 to 1; 0 for edits
        that the judge sees as the true ones.
    """
    return (wish * ((edited > 0).float() - (true > 0).float())).mean()
