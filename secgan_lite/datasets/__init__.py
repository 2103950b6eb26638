"""Faces with labels: drawn ones, CelebA, and CelebA-HQ with its masks (paper §4.1).

    faces = load("synthetic", "train", image_size=32, count=6000)
    faces = load("celeba", "train", image_size=128, data_dir="data/celeba")
    x, y, masks = faces.batch(indices)

Nothing is downloaded; data/README.md says where real faces come from and where to put them, and
``python -m secgan_lite.datasets check celeba --data-dir data/celeba`` whether they are complete.
Photographs are decoded once, into a cache under ``data/caches``.
"""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from secgan_lite.attributes import NAMES, index_of
from secgan_lite.datasets.cache import Cache, caches
from secgan_lite.datasets.celeba import celeba
from secgan_lite.datasets.celeba_hq import celeba_hq
from secgan_lite.datasets.data import FaceData, Sampler
from secgan_lite.datasets.lists import SPLITS, data_place, read_attributes
from secgan_lite.datasets.packs import pack
from secgan_lite.datasets.photos import Photos
from secgan_lite.faces import render, sample
from secgan_lite.support.errors import DataError, unknown_choice
from secgan_lite.support.randomness import derive

__all__ = [
    "SPLITS",
    "DataError",
    "FaceData",
    "Photos",
    "Sampler",
    "celeba",
    "celeba_hq",
    "decoded",
    "load",
    "pack",
    "photographs",
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
    relations: str = "gender",
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
        seed, correlation, relations: of drawn faces; the splits of one seed share no face.
        attributes: names of the labels wanted, any of CelebA's 40 columns for photographs.

    Raises:
        ValueError: unknown data set or split; the nearest is named.
        DataError: files missing or damaged, or no room for the cache.
    """
    if split not in SPLITS:
        raise unknown_choice("split", split, SPLITS)
    if dataset == "synthetic":
        stream_of_split = derive(seed, f"faces/{split}")
        data = synthetic(count or 10_000, image_size, stream_of_split, correlation, relations)
        columns = [index_of(name) for name in attributes]
        return replace(data, labels=data.labels[:, columns], attributes=tuple(attributes))
    photos = photographs(dataset, split, data_dir, scheme, attributes).first(count)
    source = f"{data_place(data_dir).resolve()} {scheme} {count}"
    place = hashlib.sha256(source.encode()).hexdigest()
    return decoded(photos, image_size, caches() / f"{dataset}-{image_size}-{split}-{place[:8]}")


def synthetic(
    count: int, image_size: int, seed: int, correlation: float = 0.0, relations: str = "gender"
) -> FaceData:
    """Drawn faces with exact labels and exact masks."""
    faces = sample(count, seed, correlation, relations=relations)
    images, masks = render(faces, image_size)
    return FaceData(images, faces.attributes, masks=masks, faces=faces)


def photographs(
    dataset: str,
    split: str,
    data_dir: str,
    scheme: str = "paper",
    attributes: Sequence[str] = NAMES,
) -> Photos:
    """Real faces by name, not yet decoded; see ``load``."""
    readers = {"celeba": celeba, "celeba-hq": celeba_hq}
    if dataset not in readers:
        raise unknown_choice("dataset", dataset, ("synthetic", *readers))
    if Path(data_dir).suffix == ".npz":
        return pack(data_dir, split, attributes)
    return readers[dataset](data_dir, split, scheme, attributes)


def decoded(photos: Photos, image_size: int, folder: Path) -> FaceData:
    """The photographs at one size, decoded in threads into a cache, once."""
    arrays: dict[str, tuple[int, ...]] = {"images": (3, image_size, image_size)}
    if photos.masked:
        arrays["masks"] = (image_size, image_size)
    cache = Cache(folder, photos.fingerprint, len(photos))
    with ThreadPoolExecutor(os.cpu_count()) as pool:

        def make(rows: range) -> tuple[np.ndarray, ...]:
            faces = pool.map(lambda row: photos.decode(row, image_size), rows)
            return tuple(np.stack(parts) for parts in zip(*faces, strict=True))

        images, *masks = cache.rows(arrays, make, f"Decoding for {folder.name}")
    return FaceData(
        images,
        photos.labels,
        photos.attributes,
        masks=masks[0] if masks else None,
        names=np.array(photos.names),
        cache=cache,
        absent=photos.absent,
    )
