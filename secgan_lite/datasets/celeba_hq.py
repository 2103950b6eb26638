"""CelebA-HQ with the masks of CelebAMask-HQ, from the official files (paper §4.1)."""

from pathlib import Path

import numpy as np
from PIL import Image
from tqdm.auto import tqdm

from secgan_lite.datasets.celeba import (
    CELEBA_SPLITS,
    find_root,
    opened,
    read_attributes,
    resized,
)
from secgan_lite.datasets.data import SPLITS, DataError, FaceData
from secgan_lite.errors import unknown_choice
from secgan_lite.segments import PARTS, SEGMENTS

HQ_SPLIT = (28_000, 28_500, 30_000)  # the paper's, by the number of the HQ image, from 0
_IMAGES, _MASKS = "CelebA-HQ-img", "CelebAMask-HQ-mask-anno"
_ATTRIBUTES, _MAPPING = "CelebAMask-HQ-attribute-anno.txt", "CelebA-HQ-to-CelebA-mapping.txt"


def celeba_hq(
    data_dir: str | Path, split: str, image_size: int, scheme: str = "paper", count: int = 0
) -> FaceData:
    """CelebA-HQ: whole images, resized with anti-aliasing, with masks of 12 segments.

    Args:
        data_dir: see ``celeba_hq_ids``; also holds ``CelebAMask-HQ-mask-anno/``.
        count: how many at most, 0 = all.

    Raises:
        DataError: folder, list, image or mask missing or damaged.
    """
    root = find_root(data_dir, (_IMAGES, _MASKS, _ATTRIBUTES))
    ids, labels = celeba_hq_ids(root, split, scheme)
    ids = ids[: count or None]
    images = np.empty((len(ids), 3, image_size, image_size), np.uint8)
    masks = np.empty((len(ids), image_size, image_size), np.uint8)
    for i, number in enumerate(tqdm(ids, desc=f"CelebA-HQ {split}", delay=0.5, unit="image")):
        file = root / _IMAGES / f"{number}.jpg"
        images[i] = resized(opened(file, str(file)), image_size)
        masks[i] = segments(root / _MASKS, number, image_size)
    return FaceData(images, labels[: len(ids)], masks=masks, names=np.array(ids).astype(str))


def segments(folder: Path, number: int, image_size: int) -> np.ndarray:
    """The 12 segments of one face, uint8 (h, h): its parts painted over each other, by name.

    There is a file for each part that the face has, in grey, colour or palette, white where it is.
    """
    mask = np.full((image_size, image_size), SEGMENTS.index("others"), np.uint8)
    for part, segment in PARTS.items():
        file = folder / str(number // 2000) / f"{number:05d}_{part}.png"
        if file.is_file():
            grey = opened(file, str(file)).convert("L")
            small = grey.resize((image_size, image_size), Image.Resampling.NEAREST)
            mask[np.asarray(small) > 127] = SEGMENTS.index(segment)
    return mask


def celeba_hq_ids(
    data_dir: str | Path, split: str, scheme: str = "paper"
) -> tuple[list[int], np.ndarray]:
    """Numbers of the images of one split, those present, and their labels, uint8 (N, 13).

    Args:
        data_dir: holds ``CelebA-HQ-img/`` and ``CelebAMask-HQ-attribute-anno.txt``, and for the
            clean split ``CelebA-HQ-to-CelebA-mapping.txt``.
        scheme: "paper" (28,000 / 500 / 1,500 by HQ number; four in five of its test images are
            training images of CelebA) or "clean" (24,183 / 2,993 / 2,824, CelebA's partition).
    """
    choices = ("paper", "clean")
    if scheme not in choices:
        raise unknown_choice("split", scheme, choices)
    root = find_root(data_dir, (_IMAGES, _ATTRIBUTES))
    names, labels = read_attributes(root / _ATTRIBUTES)
    present = {path.name for path in (root / _IMAGES).iterdir()}
    ends, position = HQ_SPLIT, {int(Path(name).stem): int(Path(name).stem) for name in names}
    if scheme == "clean":
        ends, position = (
            CELEBA_SPLITS["official"],
            read_mapping(find_root(root, (_MAPPING,)) / _MAPPING),
        )
    first, last = (0, *ends)[SPLITS.index(split)], ends[SPLITS.index(split)]
    rows = [
        row
        for row, name in enumerate(names)
        if name in present and first <= position[int(Path(name).stem)] < last
    ]
    if not rows:
        raise DataError(
            f"{root / _IMAGES} holds no image of the {split} split: unpack CelebAMask-HQ wholly."
        )
    return [int(Path(names[row]).stem) for row in rows], labels[rows]


def read_mapping(path: Path) -> dict[int, int]:
    """CelebA's row, from 0, of each HQ image; copies come with and without a line of names.

    Raises:
        DataError: a row is cut short, or disagrees with itself (row and file differ by other
            than one): two copies in circulation are shifted.
    """
    mapping = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        cells = line.split()
        if not cells or cells[0] == "idx":
            continue
        if len(cells) < 3 or not (cells[0] + cells[1]).isdigit():
            raise DataError(f"{path} is cut short or no mapping file at {line!r}: fetch it again.")
        if int(Path(cells[2]).stem) != int(cells[1]) + 1:
            raise DataError(f"{path} is shifted at {line!r}: orig_file must be orig_idx + 1.")
        mapping[int(cells[0])] = int(cells[1])
    return mapping
