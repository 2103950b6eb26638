"""CelebA-HQ with the masks of CelebAMask-HQ, from the official files (paper §4.1)."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from secgan_lite.attributes import NAMES
from secgan_lite.datasets.celeba import CELEBA_SPLITS
from secgan_lite.datasets.lists import SPLITS, find_root, number, read_attributes, read_mapping
from secgan_lite.datasets.photos import Photos, numbered, opened, resized, stamp
from secgan_lite.segments import PARTS, SEGMENTS
from secgan_lite.support.errors import DataError, unknown_choice

HQ_SPLIT = (28_000, 28_500, 30_000)  # the paper's, by the number of the HQ image, from 0
HQ_IMAGES, HQ_MASKS = "CelebA-HQ-img", "CelebAMask-HQ-mask-anno"
HQ_ATTRIBUTES, HQ_MAPPING = "CelebAMask-HQ-attribute-anno.txt", "CelebA-HQ-to-CelebA-mapping.txt"


def celeba_hq(
    data_dir: str | Path, split: str, scheme: str = "paper", attributes: Sequence[str] = NAMES
) -> Photos:
    """CelebA-HQ's photographs of one split, resized with anti-aliasing, with their 12 segments.

    Only a parser is trained on these segments; without their folder there are none.

    Args:
        data_dir: holds ``CelebA-HQ-img/``, ``CelebAMask-HQ-attribute-anno.txt``, perhaps
            ``CelebAMask-HQ-mask-anno/``, and for the clean split
            ``CelebA-HQ-to-CelebA-mapping.txt``.
        scheme: "paper" (28,000 / 500 / 1,500 by HQ number; four in five of its test images are
            training images of CelebA) or "clean" (24,183 / 2,993 / 2,824, CelebA's partition).
        attributes: columns of the list to read, any of its 40.

    Raises:
        DataError: folder, list or mask missing or damaged, or no image of the split present.
    """
    choices = ("paper", "clean")
    if scheme not in choices:
        raise unknown_choice("split", scheme, choices)
    root = find_root(data_dir, (HQ_IMAGES, HQ_ATTRIBUTES))
    names, labels = read_attributes(root / HQ_ATTRIBUTES, attributes)
    numbers = [number(name, root / HQ_ATTRIBUTES) for name in names]
    masked = (root / HQ_MASKS).is_dir()
    present, parts = hq_images(root), hq_parts(root) if masked else {}
    ends, position = HQ_SPLIT, {n: n for n in numbers}
    if scheme == "clean":
        ends = CELEBA_SPLITS["official"]
        position = read_mapping(find_root(root, (HQ_MAPPING,)) / HQ_MAPPING)
    first, last = (0, *ends)[SPLITS.index(split)], ends[SPLITS.index(split)]
    listed = [row for row, n in enumerate(numbers) if first <= position.get(n, -1) < last]
    rows = [row for row in listed if numbers[row] in present]
    if not rows:
        raise DataError(
            f"{root / HQ_IMAGES} holds no image of the {split} split: unpack CelebAMask-HQ wholly."
        )
    chosen = [numbers[row] for row in rows]
    bare = next((n for n in chosen if masked and n not in parts), None)
    if bare is not None:
        raise DataError(
            f"{root / HQ_MASKS} has no part of image {bare}, so its mask is missing: unpack "
            "CelebAMask-HQ wholly."
        )

    def decode(row: int, image_size: int) -> tuple[np.ndarray, ...]:
        file = root / HQ_IMAGES / present[chosen[row]][0]
        image = resized(opened(file, str(file)), image_size)
        mask = (segments(root / HQ_MASKS, chosen[row], image_size),) if masked else ()
        return image, *mask

    stamps = [" ".join((present[n][1], *parts.get(n, ()))) for n in chosen]
    names = [str(n) for n in chosen]
    absent = len(listed) - len(rows)
    return Photos(names, labels[rows], tuple(attributes), stamps, decode, masked, absent)


def hq_images(root: Path) -> dict[int, tuple[str, str]]:
    """(file name, stamp) of each HQ image by its number.

    Raises:
        DataError: the images are numbered from 1, as in two copies in circulation.
    """
    present = numbered(root / HQ_IMAGES)
    if max(present, default=0) >= HQ_SPLIT[-1]:
        raise DataError(
            f"{root / HQ_IMAGES} goes up to {max(present)}.jpg where CelebA-HQ ends with 29999.jpg:"
            " this copy is shifted by one, and its labels and masks would be wrong. Fetch "
            "CelebAMask-HQ."
        )
    return present


def hq_parts(root: Path) -> dict[int, list[str]]:
    """Stamps of the part masks of each HQ image, by its number.

    Raises:
        DataError: a part that CelebAMask-HQ does not know.
    """
    parts: dict[int, list[str]] = {}
    for folder in sorted(path for path in (root / HQ_MASKS).iterdir() if path.is_dir()):
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                image, _, part = entry.name.removesuffix(".png").partition("_")
                if not image.isdecimal() or not entry.name.endswith(".png"):
                    continue
                if part not in PARTS:
                    raise DataError(
                        f"{entry.path} is no part of CelebAMask-HQ: {', '.join(PARTS)}."
                    )
                parts.setdefault(int(image), []).append(stamp(entry.name, entry.stat()))
    return parts


def segments(folder: Path, image: int, image_size: int) -> np.ndarray:
    """The 12 segments of one face, uint8 (h, h): its parts painted over each other, by name.

    There is a file for each part that the face has, in grey, colour or palette, white where it is.
    """
    mask = np.full((image_size, image_size), SEGMENTS.index("others"), np.uint8)
    for part, segment in PARTS.items():
        file = folder / str(image // 2000) / f"{image:05d}_{part}.png"
        if file.is_file():
            picture = opened(file, str(file), background="black")
            small = picture.resize((image_size, image_size), Image.Resampling.NEAREST)
            mask[np.asarray(small.convert("L")) > 127] = SEGMENTS.index(segment)
    return mask
