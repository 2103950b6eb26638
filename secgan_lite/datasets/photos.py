"""Photographs on disk: which there are, how they are decoded, how one knows that they changed."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from secgan_lite.support.errors import DataError
from secgan_lite.support.images import ImageError, decode

SUFFIXES = (".jpg", ".jpeg", ".png")
CELEBA_CROP = 178


@dataclass(frozen=True)
class Photos:
    """The photographs of one split, found but not yet decoded.

    Attributes:
        names: of the files.
        labels: uint8 (N, n_a) in {0, 1}, in the order of ``attributes``.
        stamps: for each photograph, a text that changes when its files do.
        decode: (row, image_size) -> image uint8 (3, h, h), and its segments uint8 (h, h) if
            ``masked``.
        absent: images of the split that the list names and the folder lacks.
    """

    names: list[str]
    labels: np.ndarray
    attributes: tuple[str, ...]
    stamps: list[str]
    decode: Callable[[int, int], tuple[np.ndarray, ...]]
    masked: bool = False
    absent: int = 0

    def __len__(self) -> int:
        return len(self.names)

    def first(self, count: int) -> "Photos":
        """The first ``count``, or all for 0."""
        stop = count or None
        return replace(
            self, names=self.names[:stop], labels=self.labels[:stop], stamps=self.stamps[:stop]
        )

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all stamps."""
        return hashlib.sha256("\n".join(self.stamps).encode()).hexdigest()


def scan(folder: Path) -> dict[str, str]:
    """Stamp of each image file in a folder, by name."""
    with os.scandir(folder) as entries:
        return {
            entry.name: stamp(entry.name, entry.stat())
            for entry in entries
            if entry.name.lower().endswith(SUFFIXES)
            and not entry.name.startswith(".")
            and entry.is_file()
        }


def numbered(folder: Path) -> dict[int, tuple[str, str]]:
    """(file name, stamp) of each image file whose name is a number, by that number.

    Copies in circulation hold .png or .JPG where the lists say .jpg; of two files, .jpg is taken.
    """
    found = scan(folder)
    names = sorted((n for n in found if Path(n).stem.isdecimal()), key=lambda n: n.endswith(".jpg"))
    return {int(Path(name).stem): (name, found[name]) for name in names}


def stamp(name: str, status: os.stat_result) -> str:
    """A text that changes when the file does: its name, size and time of change."""
    return f"{name} {status.st_size} {status.st_mtime_ns}"


def opened(source: Path | bytes, name: str, background: str = "white") -> Image.Image:
    """An image, decoded as any other (see ``images.decode``); DataError if it can't be."""
    try:
        return decode(source, name, background)
    except ImageError as error:
        raise DataError(f"{error} Copy or unpack it again.") from error
    except OSError as error:
        raise DataError(f"{name} can't be read ({error}): copy or unpack it again.") from error


def resized(image: Image.Image, image_size: int) -> np.ndarray:
    """The middle square of at most 178 px of CelebA, or all of a square image: uint8 (3, h, h)."""
    side = min(image.size) if image.width == image.height else min(CELEBA_CROP, *image.size)
    left, top = ((length - side) // 2 for length in image.size)
    square = image.crop((left, top, left + side, top + side))
    small = square.resize((image_size, image_size), Image.Resampling.BILINEAR)
    return np.moveaxis(np.asarray(small), -1, 0)
