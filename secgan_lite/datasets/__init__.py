"""Faces with labels: drawn ones, CelebA, and CelebA-HQ with its masks (paper §4.1).

    faces = load("synthetic", "train", image_size=32, count=6000)
    faces = load("celeba", "train", image_size=128, data_dir="data/celeba")
    x, y, masks = faces.batch(indices)

Nothing is downloaded; data/README.md says where real faces come from and where to put them.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from secgan_lite.attributes import NAMES
from secgan_lite.datasets.celeba import celeba, celeba_files, read_attributes
from secgan_lite.datasets.celeba_hq import celeba_hq, celeba_hq_ids
from secgan_lite.datasets.data import SPLITS, DataError, FaceData, Sampler
from secgan_lite.datasets.packs import pack
from secgan_lite.errors import unknown_choice
from secgan_lite.faces import render, sample
from secgan_lite.randomness import derive

__all__ = [
    "SPLITS",
    "DataError",
    "FaceData",
    "Sampler",
    "celeba",
    "celeba_files",
    "celeba_hq",
    "celeba_hq_ids",
    "load",
    "pack",
    "read_attributes",
    "synthetic",
]


def load(
    dataset: str,
    split: str,
    image_size: int,
    count: int = 0,
    data_dir: str = "",
    scheme: str = "paper",
    seed: int = 0,
    correlation: float = 0.0,
    attributes: Sequence[str] = NAMES,
) -> FaceData:
    """Faces of a data set by name.

    Args:
        dataset: "synthetic", "celeba" or "celeba-hq".
        split: "train", "val" or "test".
        image_size: height = width h, in pixels.
        count: how many at most; 0 = all real ones, 10,000 drawn ones.
        data_dir: folder of real faces, or a pack of them (.npz).
        scheme: kind of split of real faces, "paper", "official" (CelebA) or "clean" (CelebA-HQ).
        seed, correlation: of drawn faces; the splits of one seed share no face.

    Raises:
        ValueError: unknown data set or split; the nearest is named.
        DataError: files missing or damaged.
    """
    if split not in SPLITS:
        raise unknown_choice("split", split, SPLITS)
    if dataset == "synthetic":
        data = synthetic(count or 10_000, image_size, derive(seed, f"faces/{split}"), correlation)
    elif dataset not in ("celeba", "celeba-hq"):
        raise unknown_choice("dataset", dataset, ("synthetic", "celeba", "celeba-hq"))
    elif Path(data_dir).suffix == ".npz":
        data = pack(data_dir, split, image_size, count)
    else:
        read = celeba if dataset == "celeba" else celeba_hq
        data = read(data_dir, split, image_size, scheme, count)
    columns = [NAMES.index(name) for name in attributes]
    return replace(data, labels=data.labels[:, columns], attributes=tuple(attributes))


def synthetic(count: int, image_size: int, seed: int, correlation: float = 0.0) -> FaceData:
    """Drawn faces with exact labels and exact masks."""
    faces = sample(count, seed, correlation)
    images, masks = render(faces, image_size)
    return FaceData(images, faces.attributes, masks=masks, faces=faces)
