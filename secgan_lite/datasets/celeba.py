"""CelebA from its official files (paper §4.1), with the quirks of the copies in circulation."""

import re
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError
from tqdm.auto import tqdm

from secgan_lite.attributes import NAMES
from secgan_lite.datasets.data import SPLITS, DataError, FaceData
from secgan_lite.errors import unknown_choice

# Last row of each split, counted from 1: the paper's (§4.1) and CelebA's own.
CELEBA_SPLITS = {"paper": (182_000, 182_637, 202_599), "official": (162_770, 182_637, 202_599)}
CELEBA_CROP = 178


def celeba(
    data_dir: str | Path, split: str, image_size: int, scheme: str = "paper", count: int = 0
) -> FaceData:
    """CelebA from its official files: centre crop of 178 px, resized with anti-aliasing (§4.1).

    Args:
        data_dir, split, scheme: see ``celeba_files``.
        count: how many at most, 0 = all.

    Raises:
        DataError: folder, list or image missing or damaged.
    """
    files, labels = celeba_files(data_dir, split, scheme)
    files = files[: count or None]
    images = np.empty((len(files), 3, image_size, image_size), np.uint8)
    for i, file in enumerate(tqdm(files, desc=f"CelebA {split}", delay=0.5, unit="image")):
        images[i] = resized(opened(file, str(file)), image_size)
    return FaceData(images, labels[: len(files)], names=np.array([file.name for file in files]))


def celeba_files(
    data_dir: str | Path, split: str, scheme: str = "paper"
) -> tuple[list[Path], np.ndarray]:
    """Photographs of one split and their labels, uint8 (N, 13).

    A folder may hold fewer images than the list names: those present are used.

    Args:
        data_dir: holds ``img_align_celeba/`` and ``list_attr_celeba.txt``.
        scheme: "paper" (182,000 / 637 / 19,962 by row) or "official" (162,770 / 19,867 / 19,962).

    Raises:
        DataError: folder or list missing or damaged, or no image of the split present.
    """
    if scheme not in CELEBA_SPLITS:
        raise unknown_choice("split", scheme, CELEBA_SPLITS)
    root = find_root(data_dir, ("img_align_celeba", "list_attr_celeba.txt"))
    names, labels = read_attributes(root / "list_attr_celeba.txt")
    images = root / "img_align_celeba"
    present = {path.name for path in images.iterdir()}
    ends = (0, *CELEBA_SPLITS[scheme])
    first, last = ends[SPLITS.index(split)], ends[SPLITS.index(split) + 1]
    # The number in the file's name decides, so that a shortened list shifts nothing.
    rows = [
        row
        for row, name in enumerate(names)
        if name in present and first < int(Path(name).stem) <= last
    ]
    if not rows:
        raise DataError(
            f"{images} holds no image of the {split} split ({first + 1:06d}.jpg to {last:06d}.jpg)."
            " Unpack the whole of img_align_celeba.zip there."
        )
    return [images / names[row] for row in rows], labels[rows]


def find_root(data_dir: str | Path, wanted: Sequence[str]) -> Path:
    """The folder, if it holds what is wanted; DataError with the nearest that does otherwise."""
    folder = Path(data_dir)
    if not folder.is_dir():
        raise DataError(
            f"data_dir={str(folder)!r} is no folder. data/README.md says what to put there."
        )
    missing = [name for name in wanted if not (folder / name).exists()]
    if not missing:
        return folder
    around = [folder.parent, *(path for path in folder.iterdir() if path.is_dir())]
    nearest = [path for path in around if all((path / name).exists() for name in wanted)]
    hint = f" Did you mean {str(nearest[0])!r}?" if nearest else " See data/README.md."
    raise DataError(f"data_dir={str(folder)!r} lacks {' and '.join(missing)}.{hint}")


def opened(source: Path | BytesIO, name: str) -> Image.Image:
    """An image, wholly decoded, as RGB; DataError with its name if it is damaged."""
    try:
        with Image.open(source) as image:
            return image.convert("RGB")
    except (OSError, UnidentifiedImageError) as error:
        raise DataError(f"{name} can't be read ({error}): copy or unpack it again.") from error


def resized(image: Image.Image, image_size: int) -> np.ndarray:
    """The middle square of at most 178 px of CelebA, or all of a square image: uint8 (3, h, h)."""
    side = min(image.size) if image.width == image.height else min(CELEBA_CROP, *image.size)
    left, top = ((length - side) // 2 for length in image.size)
    square = image.crop((left, top, left + side, top + side))
    small = square.resize((image_size, image_size), Image.Resampling.BILINEAR)
    return np.moveaxis(np.asarray(small), -1, 0)


def read_attributes(path: Path, attributes: Sequence[str] = NAMES) -> tuple[list[str], np.ndarray]:
    """File names and labels, uint8 (N, n_a) in {0, 1}, of a CelebA attribute list.

    Reads the official text file (with either line end, any spacing) and the CSV copies in
    circulation, with labels −1/1 or 0/1.

    Raises:
        DataError: not such a list, cut short within a row, or without a wanted column.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    if re.match(r"\s*<(!doctype|html|head)", text, re.IGNORECASE):
        raise DataError(
            f"{path} is a web page, not the attribute list: the download was refused (a quota or "
            "sign-in page). Delete it and fetch the file again in a browser."
        )
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and lines[0].strip().isdigit():
        del lines[0]  # the official file begins with the number of its rows
    if not lines:
        raise DataError(f"{path} is empty: fetch it again.")
    delimiter = "," if "," in lines[0] else None
    header = [cell.strip() for cell in lines[0].split(delimiter)]
    widths = [len(line.split(delimiter)) for line in lines[1:]]
    width = max(widths, default=0)
    # A CSV names its first column image_id, or leaves it empty; the text file does not have it.
    columns = header[-(width - 1) :] if len(header) >= width - 1 > 0 else []
    absent = [name for name in attributes if name not in columns]
    if absent:
        raise DataError(f"{path} has no column {', '.join(absent)}: is it list_attr_celeba.txt?")
    short = next((row for row, cells in enumerate(widths) if cells < width), None)
    if short is not None:
        raise DataError(
            f"{path} is cut short or damaged: row {short + 1} has {widths[short]} of {width} "
            "values. Fetch it again."
        )
    wanted = [0, *(columns.index(name) + 1 for name in attributes)]
    table = np.loadtxt(lines[1:], str, delimiter=delimiter, usecols=wanted, ndmin=2)
    values = table[:, 1:]
    odd = ~np.isin(values, ("-1", "0", "1"))
    if odd.any():
        raise DataError(f"{path} holds the label {str(values[odd][0])!r}: wanted are −1/1 or 0/1.")
    return [str(name).strip() for name in table[:, 0]], (values == "1").astype(np.uint8)
