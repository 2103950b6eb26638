"""Edits of the same faces by editors of lesson 08, recorded as a picture, beside the true edits.

found = dragged("No_Beard", "Black_Hair")
found.moves  # (dials, n): + 1 where the partner was dragged along, − 1 against it
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from secgan_lite.attributes import index_of, single_flips
from secgan_lite.course.study.confounding import DIALS, FLIPS, SIZE, free_faces, grid, trained
from secgan_lite.course.study.record import RESULTS
from secgan_lite.datasets import FaceData
from secgan_lite.editing import Trained
from secgan_lite.evaluation import Truth
from secgan_lite.judges import load_classifier
from secgan_lite.modalities import from_bytes, to_bytes
from secgan_lite.support.errors import unknown_choice
from secgan_lite.support.files import replaced
from secgan_lite.support.images import decode
from secgan_lite.support.places import to_write
from secgan_lite.training import TrainConfig

FACES = 24  # the first of the free test faces
SHOWN = tuple(sorted(DIALS))
PICTURE = RESULTS / "confounding.png"


def shown_runs(**options: object) -> list[TrainConfig]:
    """The runs whose edits are kept: the baseline's first seed at each dial, from 0 on.

    Args:
        options: of ``TrainConfig``, the same for all.
    """
    runs = [config for config in grid(1, **options) if config.method == "baseline"]
    return sorted(runs, key=lambda config: config.correlation)


def record_edits(configs: Iterable[TrainConfig], root: Path | str, file: Path | str) -> Path:
    """Write a picture of the edits by the last snapshot of each run, trained where it is missing.

    The picture has a row for each run and flip, in the order of ``FLIPS``, and a face a column.
    """
    root, file, faces = to_write(root, "root"), to_write(file, "file"), free_faces(count=FACES)
    rows = [_edits(Trained.of(trained(c, root).snapshots()[-1]), faces) for c in configs]
    with replaced(file) as temporary:
        sheet(torch.cat(rows)).save(temporary, "PNG", optimize=True)
    return file


def sheet(images: Tensor) -> Image.Image:
    """Images (rows, columns, 3, h, h) in [−1, 1] as one picture, without gaps."""
    rows, columns, _, h, _ = images.shape
    wide = to_bytes(images).numpy().transpose(0, 3, 1, 4, 2)
    return Image.fromarray(wide.reshape(rows * h, columns * h, 3))


@torch.inference_mode()
def _edits(editor: Trained, faces: FaceData) -> Tensor:
    """The edits of each flip (flips, n, 3, h, h)."""
    x, y, _ = faces.batch(torch.arange(len(faces)))
    wanted = [index_of(name) for name, _ in FLIPS]
    return torch.stack(editor.edit(x, single_flips(y, resolved=True)[wanted] - y, y))


def load_edits(file: Path | str = PICTURE) -> Tensor:
    """What ``record_edits`` kept: images (dials, flips, n, 3, h, h) in [−1, 1].

    Raises:
        FileNotFoundError: there is no such file.
    """
    rows = np.array(decode(file))
    tiles = rows.reshape(-1, len(FLIPS), SIZE, FACES, SIZE, 3).transpose(0, 1, 3, 5, 2, 4)
    return from_bytes(torch.from_numpy(tiles.copy()))


@dataclass(frozen=True, eq=False)
class Dragged:
    """One flip of the same faces: what was asked, and what the judge says of the partner.

    Attributes:
        x: the faces (n, 3, h, h) in [−1, 1].
        edits: by the dial of the training faces (dials, n, 3, h, h).
        true: the true edits (n, 3, h, h).
        had, has: labels (n,) of the flipped attribute and of its partner before the flip, 0 or 1.
        said: whether the judge sees the partner in each edit (dials, n).
        meant: whether it sees the partner in each true edit (n,).
    """

    x: Tensor
    edits: Tensor
    true: Tensor
    had: Tensor
    has: Tensor
    said: Tensor
    meant: Tensor

    @property
    def moves(self) -> Tensor:
        """What each face adds to the drag (dials, n): −1, 0 or 1."""
        return (2 * self.had - 1) * (self.said.float() - self.meant.float())

    def counts(self, had: int) -> tuple[int, int, list[int], list[int]]:
        """Of the faces whose label was ``had``: all, free; by dial, dragged and moved against.

        A free face can be dragged: the judge does not see there already what a drag would bring.
        """
        here = self.had == had
        free, moves = int((here & (self.meant.int() != had)).sum()), self.moves[:, here]
        return len(moves[0]), free, *((s * moves > 0).sum(dim=1).tolist() for s in (1, -1))


@cache
@torch.inference_mode()
def dragged(flip: str, partner: str) -> Dragged:
    """The recorded edits of a flip, beside the true ones, as the bundled judge sees them.

    Args:
        flip, partner: one of ``FLIPS``, for example "No_Beard" and "Black_Hair".

    Raises:
        ValueError: it is none of them; the nearest is named.
    """
    if (flip, partner) not in FLIPS:
        raise unknown_choice("flip", f"{flip} → {partner}", [f"{a} → {p}" for a, p in FLIPS])
    faces = free_faces(count=FACES)
    x, y, _ = faces.batch(torch.arange(FACES))
    a, p, judge = index_of(flip), index_of(partner), load_classifier("auto", SIZE)
    edits, true = load_edits()[:, FLIPS.index((flip, partner))], Truth.of(faces).tensors()[0][a]
    said = judge(edits.flatten(0, 1))[:, p].view(len(SHOWN), FACES) > 0
    return Dragged(x, edits, true, y[:, a], y[:, p], said, judge(true)[:, p] > 0)
