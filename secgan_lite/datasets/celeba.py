"""CelebA from its official files (paper §4.1), with the quirks of the copies in circulation."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from secgan_lite.attributes import NAMES
from secgan_lite.datasets.lists import SPLITS, find_root, number, read_attributes
from secgan_lite.datasets.photos import Photos, numbered, opened, resized
from secgan_lite.support.errors import DataError, unknown_choice

# Last row of each split, counted from 1: the paper's (§4.1) and CelebA's own.
CELEBA_SPLITS = {"paper": (182_000, 182_637, 202_599), "official": (162_770, 182_637, 202_599)}
IMAGES, ATTRIBUTES = "img_align_celeba", "list_attr_celeba.txt"


def celeba(
    data_dir: str | Path, split: str, scheme: str = "paper", attributes: Sequence[str] = NAMES
) -> Photos:
    """CelebA's photographs of one split: centre crop of 178 px, resized with anti-aliasing (§4.1).

    A folder may hold fewer images than the list names: those present are used.

    Args:
        data_dir: holds ``img_align_celeba/`` and ``list_attr_celeba.txt``.
        scheme: "paper" (182,000 / 637 / 19,962 by row) or "official" (162,770 / 19,867 / 19,962).
        attributes: columns of the list to read, any of its 40.

    Raises:
        DataError: folder or list missing or damaged, or no image of the split present.
    """
    if scheme not in CELEBA_SPLITS:
        raise unknown_choice("split", scheme, CELEBA_SPLITS)
    root = find_root(data_dir, (IMAGES, ATTRIBUTES))
    names, labels = read_attributes(root / ATTRIBUTES, attributes)
    folder, present = celeba_images(root)
    ends = (0, *CELEBA_SPLITS[scheme])
    first, last = ends[SPLITS.index(split)], ends[SPLITS.index(split) + 1]
    # The number in the file's name decides, so that a shortened list shifts nothing.
    numbers = [number(name, root / ATTRIBUTES) for name in names]
    listed = [row for row, n in enumerate(numbers) if first < n <= last]
    rows = [row for row in listed if numbers[row] in present]
    if not rows:
        raise DataError(
            f"{folder} holds no image of the {split} split ({first + 1:06d}.jpg to {last:06d}.jpg)."
            " Unpack the whole of img_align_celeba.zip there."
        )
    files, stamps = zip(*(present[numbers[row]] for row in rows), strict=True)

    def decode(row: int, image_size: int) -> tuple[np.ndarray]:
        file = folder / files[row]
        return (resized(opened(file, str(file)), image_size),)

    names = [names[row] for row in rows]
    absent = len(listed) - len(rows)
    return Photos(names, labels[rows], tuple(attributes), list(stamps), decode, absent=absent)


def celeba_images(root: Path) -> tuple[Path, dict[int, tuple[str, str]]]:
    """The folder of the photographs, and (file name, stamp) of each by its number.

    One copy in circulation nests the folder twice.

    Raises:
        DataError: the images are numbered from 0, so that no label or split would be right.
    """
    nested = root / IMAGES / IMAGES
    folder = nested if nested.is_dir() else root / IMAGES
    present = numbered(folder)
    if 0 in present:
        raise DataError(
            f"{folder} begins with {present[0][0]} where CelebA begins with 000001.jpg: this copy "
            "is shifted by one, and its labels and splits would be wrong. Fetch the official one."
        )
    return folder, present
