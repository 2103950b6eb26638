"""Runs that are recorded with the course, from their first step on.

``python -m secgan_lite.course.authoring`` records; here it is read.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from secgan_lite import datasets
from secgan_lite.attributes import single_flips
from secgan_lite.datasets import FaceData
from secgan_lite.editing import Trained, generator_editor
from secgan_lite.evaluation.curves import over_snapshots
from secgan_lite.evaluation.edits import Truth
from secgan_lite.evaluation.scores import Judges
from secgan_lite.judges import load_classifier
from secgan_lite.modalities import to_bytes
from secgan_lite.parsing import one_hot
from secgan_lite.support.errors import unknown_choice
from secgan_lite.support.files import WEIGHTS, rounded
from secgan_lite.training import RunFolder

DYNAMICS = WEIGHTS.parent / "dynamics"


@dataclass(frozen=True)
class Dynamics:
    """A recorded run: what its log said, how its snapshots scored, what they made of a few faces.

    Attributes:
        config: the run's configuration.
        log: at most 100 records of its log.
        scores: by snapshot, ``iteration`` and mean scores (``over_snapshots``).
        samples: uint8 (snapshots, faces, 1 + n_a, 3, h, h), the input first, then each flip.
        masks: segments of the samples, uint8 (snapshots, faces, 1 + n_a, h, h), by "P" and, of a
            SeCGAN, by "G_seg"; of P's mask of the input, the second makes the flips.
        truths: what the samples should be, uint8 (faces, 1 + n_a, 3, h, h): the input, and each
            true edit.
    """

    config: dict
    log: list[dict]
    scores: list[dict]
    samples: np.ndarray
    masks: dict[str, np.ndarray]
    truths: np.ndarray

    @classmethod
    def of(cls, run: Path | str, faces: int = 100, shown: int = 2) -> "Dynamics":
        """What a lesson needs of a run, finished or not.

        Args:
            faces: test faces for the scores, 0 for none; the first ``shown`` become samples.

        Raises:
            FileNotFoundError: there is no run.
            ValueError: it has no snapshot yet, or its faces are photographs.
        """
        folder = RunFolder(run)
        config, files, log = folder.config, folder.snapshots(), folder.log
        if config.dataset != "synthetic":
            raise ValueError(f"{folder.path}: only runs on drawn faces are recorded.")
        if not files:
            raise ValueError(f"{folder.path} has no snapshot yet: let it train on.")
        size, attributes = config.image_size, config.attributes
        few = drawn(size, attributes, shown)
        films = [_samples(Trained.of(file), few) for file in files]
        kept = [log[i] for i in np.unique(np.linspace(0, len(log) - 1, 100).astype(int))]
        scores = [{"iteration": int(file.stem.split("-")[-1])} for file in files]
        if faces:
            data = drawn(size, attributes, faces)
            judges = Judges(load_classifier("auto", config.image_size))
            scores = over_snapshots(files, data, judges, Truth.of(data))
        samples, *masks = (np.stack(part) for part in zip(*films, strict=True))
        return cls(
            config.identity,
            rounded(kept),
            rounded(scores),
            samples,
            dict(zip(("P", "G_seg"), masks, strict=False)),
            true_edits(size, attributes, shown),
        )

    def left_inside(self) -> np.ndarray:
        """How much of each wish is left to do, (snapshots, n_a): the samples' error where the true
        edit changes something, as a share of the input's there; 1 for a copy, 0 for the true edit.
        """
        source, true = self.truths[:, :1].astype(int), self.truths[:, 1:].astype(int)
        inside = (true != source).any(axis=2, keepdims=True)
        errors = abs(self.samples[:, :, 1:].astype(int) - true) * inside
        return errors.sum(axis=(1, 3, 4, 5)) / abs(source - true).sum(axis=(0, 2, 3, 4))


# What each of the course's own recordings shows.
TITLES = {
    "run-a": "A, no attribute loss",
    "run-b": "B, healthy",
    "run-c": "C, no gradient penalty",
    "run-d": "D, no consistency",
}


def bundled_recordings() -> list[str]:
    """Names of the runs that were recorded."""
    return sorted(path.stem for path in DYNAMICS.glob("*.json"))


def load_dynamics(name: str) -> Dynamics:
    """A recorded run by its name, for example "run-b".

    Raises:
        ValueError: no run of that name was recorded; the nearest is named.
    """
    if name not in (names := bundled_recordings()):
        raise unknown_choice("recording", name, names)
    content = json.loads((DYNAMICS / f"{name}.json").read_text(encoding="utf-8"))
    shape, kinds = content.pop("samples"), content.pop("masks", ())
    with Image.open(film_of(name)) as picture:
        samples = rolled(np.asarray(picture.convert("RGB")), shape)
    masks = {}
    for kind in kinds:
        with Image.open(film_of(name, kind)) as picture:
            rows = np.asarray(picture)[..., None]
        masks[kind] = rolled(rows, [*shape[:3], 1, *shape[4:]]).squeeze(3)
    config = content["config"]
    truths = true_edits(config["image_size"], tuple(config["attributes"]), shape[1])
    return Dynamics(samples=samples, masks=masks, truths=truths, **content)


def drawn(size: int, attributes: tuple[str, ...], faces: int) -> FaceData:
    """The first drawn test faces: those of all recordings."""
    return datasets.load("synthetic", "test", size, faces, attributes=attributes)


@cache
def true_edits(size: int, attributes: tuple[str, ...], faces: int) -> np.ndarray:
    """These faces and their true edits, uint8 (faces, 1 + n_a, 3, h, h), the input first."""
    data = drawn(size, attributes, faces)
    return np.stack([data.images, *Truth.of(data).images], axis=1)


def film_of(name: str, kind: str = "") -> Path:
    """The picture that holds a recorded run's samples, or their masks by "P" or "G_seg"."""
    return DYNAMICS / f"{name}{kind and '-' + kind}.png"


def rolled(rows: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """A film as it was before it became a picture (k·b·h, columns·h, channels).

    Args:
        shape: (k, b, columns, channels, h, h): snapshots, faces, and so on; k may be -1.
    """
    k, b, columns, channels, h, _ = shape
    return rows.reshape(k, b, h, columns, h, channels).transpose(0, 1, 3, 5, 2, 4)


@torch.inference_mode()
def _samples(editor: Trained, data: FaceData) -> tuple[np.ndarray, ...]:
    """Inputs and flips (faces, 1 + n_a, 3, h, h), their segments by P, and by G_seg, as bytes."""
    x, y, _ = data.batch(torch.arange(len(data)))
    y_diffs = single_flips(y, data.attributes, resolved=True) - y
    columns = torch.stack([x, *editor.edit(x, y_diffs, y)], dim=1)
    films = [to_bytes(columns)]
    if editor.parser:
        found = editor.parser(columns.flatten(0, 1)).argmax(dim=1)
        films.append(found.unflatten(0, columns.shape[:2]))
        if editor.g_seg:
            s = films[1][:, 0]
            moved = generator_editor(editor.g_seg)(one_hot(s), y_diffs, y)
            films.append(torch.stack([s, *(m.argmax(dim=1) for m in moved)], dim=1))
    return tuple(film.byte().numpy() for film in films)
