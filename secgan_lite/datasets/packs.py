"""Packs: many photographs and their labels in one .npz file, which opens without unpickling."""

import math
import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from PIL import Image

from secgan_lite.attributes import NAMES
from secgan_lite.datasets.lists import SPLITS, data_place
from secgan_lite.datasets.photos import Photos, opened, resized, stamp
from secgan_lite.segments import CLASS_ORDERS, lookup
from secgan_lite.support.errors import DataError, unknown_choice
from secgan_lite.support.files import replaced

# By array: the kinds of values that it may hold (NumPy's letters), and its dimensions.
_ARRAYS = {
    "names": ("U", 1), "attrs": ("iubf", 2), "off": ("iu", 1), "jpg": ("u", 1),
    "ids": ("iuU", 1), "part": ("iu", 1), "mask19": ("iu", 3),
}  # fmt: skip
_NEEDED = ("names", "attrs", "off", "jpg")
# How large a pack may become when it is read: images hardly shrink in an archive, masks do.
_EXPANSION, _SMALL = 50, 500_000_000
_NAME = 100  # signs of a column's name, at most
_PARTS = len(CLASS_ORDERS["celebamask"])
_DAMAGE = (
    OSError, ValueError, KeyError, EOFError, IndexError, TypeError, OverflowError, MemoryError,
    SyntaxError, TokenError, RuntimeError, AttributeError, struct.error, zlib.error,
    zipfile.BadZipFile,
)  # fmt: skip


def pack(path: str | Path, split: str, attributes: Sequence[str] = NAMES) -> Photos:
    """Faces of one split of a pack.

    Args:
        path: a file as described at ``read_pack``. Without ``part``, every tenth face is for the
            test and the one after it for validation.
        attributes: columns of its labels to read.

    Raises:
        DataError: see ``read_pack``, or no face of that split.
    """
    path = data_place(path)
    arrays = read_pack(path, attributes)
    off, labels = arrays["off"], arrays["attrs"]
    names = arrays["names"].tolist()
    tenth = np.arange(len(labels)) % 10
    part = arrays.get("part", np.where(tenth == 9, 2, np.where(tenth == 0, 1, 0)))
    rows = np.flatnonzero(part == SPLITS.index(split))
    if not len(rows):
        raise DataError(f"data_dir={str(path)!r} holds no face of the {split} split.")
    table = lookup("celebamask")

    def decode(row: int, image_size: int) -> tuple[np.ndarray, ...]:
        face = rows[row]
        jpg = arrays["jpg"][off[face] : off[face + 1]].tobytes()
        image = resized(opened(jpg, f"image {face} of {path}"), image_size)
        if "mask19" not in arrays:
            return (image,)
        mask = Image.fromarray(table[arrays["mask19"][face]])
        size = (image_size, image_size)
        return image, np.asarray(mask.resize(size, Image.Resampling.NEAREST))

    columns = [names.index(name) for name in attributes]
    whole = stamp(path.name, path.stat())
    return Photos(
        [str(number) for number in arrays.get("ids", np.arange(len(labels)))[rows]],
        (labels[rows][:, columns] > 0).astype(np.uint8),
        tuple(attributes),
        [f"{whole} {row}" for row in rows],
        decode,
        "mask19" in arrays,
    )


def write_pack(
    path: str | Path,
    images: Sequence[str | Path],
    labels: np.ndarray,
    names: Sequence[str],
    **more: np.ndarray,
) -> None:
    """Write a pack: image files as they are, in their order, and labels (N, n) of −1 and 1.

    ``names`` are the labels' columns; ``more``: ids, part or mask19, as ``read_pack`` has them.

    Raises:
        FileExistsError: something is there, and is kept; ValueError: arrays that do not fit.
    """
    if Path(path).exists():
        raise FileExistsError(f"path={str(path)!r} is there, and is kept: name another file.")
    for name in more.keys() - _ARRAYS.keys():
        raise unknown_choice("array", name, _ARRAYS.keys() - set(_NEEDED))
    files = [Path(image).read_bytes() for image in images]
    jpg, off = np.frombuffer(b"".join(files), np.uint8), np.cumsum([0, *map(len, files)])
    arrays: dict[str, Any] = {"jpg": jpg, "off": off, "attrs": labels, "names": np.array(names)}
    arrays |= more
    _check_shapes({name: array.shape for name, array in arrays.items()})
    _check_values(arrays)
    with replaced(Path(path)) as temporary, temporary.open("wb") as file:
        np.savez(file, **arrays)


def read_pack(path: str | Path, attributes: Sequence[str] = NAMES) -> dict[str, np.ndarray]:
    """Arrays of a pack: ``jpg``, the bytes of all images, from ``off[i]`` to ``off[i + 1]``;
    ``attrs`` (N, 40) with ``names``; perhaps ``ids``, ``part`` (0 train, 1 val, 2 test) and
    ``mask19`` (N, h, h), the 19 parts in the data set's order. Whatever else it holds is not read.

    Raises:
        DataError: no such file, no pack, one whose arrays do not fit together, or one without a
            wanted attribute.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            there = {entry.filename: entry for entry in archive.infolist()}
            entries = {n: there[f"{n}.npy"] for n in _ARRAYS if f"{n}.npy" in there}
            shapes = {name: _shape(archive, name, entry) for name, entry in entries.items()}
            _check_shapes(shapes)
            size = sum(entry.file_size for entry in entries.values())
            if size > max(_SMALL, _EXPANSION * Path(path).stat().st_size):
                raise DataError(f"it would grow to {size / 1e6:,.0f} MB")
            arrays = {name: _read(archive, entry) for name, entry in entries.items()}
        _check_values(arrays)
    except DataError as error:
        raise DataError(f"data_dir={str(path)!r} is damaged: {error}.") from error
    except _DAMAGE as error:
        raise DataError(f"data_dir={str(path)!r} is no pack of faces ({error}).") from error
    absent = [name for name in attributes if name not in arrays["names"]]
    if absent:
        raise DataError(f"data_dir={str(path)!r} has no attribute {', '.join(absent)}.")
    return arrays


def _shape(archive: zipfile.ZipFile, name: str, entry: zipfile.ZipInfo) -> tuple[int, ...]:
    """Shape of an array by its first bytes, which the archive's directory has to agree with."""
    kinds, dimensions = _ARRAYS[name]
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DataError(f"{name} is packed in another way than NumPy does")
    with archive.open(entry) as file:
        read = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[np.lib.format.read_magic(file)]
        shape, _, kind = read(file)
        begins = file.tell()
    if kind.kind not in kinds or len(shape) != dimensions or 0 in shape:
        raise DataError(f"{name} has shape {shape} and holds {kind}")
    if begins + math.prod(shape) * kind.itemsize != entry.file_size:
        raise DataError(f"{name} has not the size that its shape {shape} wants")
    if name == "names" and kind.itemsize > 4 * _NAME:
        raise DataError(f"names go beyond {_NAME} signs")
    if name == "jpg" and kind.itemsize != 1:
        raise DataError(f"jpg holds {kind}, wanted are bytes")
    return shape


def _check_shapes(shapes: dict[str, tuple[int, ...]]) -> None:
    missing = [name for name in _NEEDED if name not in shapes]
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}")
    n, columns = shapes["attrs"]
    wanted = {"off": n + 1, "names": columns, "ids": n, "part": n, "mask19": n}
    for name, length in wanted.items():
        if name in shapes and shapes[name][0] != length:
            raise DataError(f"{name} has {shapes[name][0]} entries where {length} belong")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> np.ndarray:
    with archive.open(entry) as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def _check_values(arrays: dict[str, np.ndarray]) -> None:
    off, jpg, attrs = (arrays[name] for name in ("off", "jpg", "attrs"))
    if off[0] != 0 or (off[1:] < off[:-1]).any():
        raise DataError("off does not rise from 0")
    if off[-1] != len(jpg):
        raise DataError(f"jpg has {len(jpg)} entries where {off[-1]} belong")
    if not np.isin(attrs, (-1, 0, 1)).all():
        raise DataError("attrs holds other labels than −1, 0 and 1")
    for name, last in (("part", len(SPLITS) - 1), ("mask19", _PARTS - 1)):
        if name in arrays and not 0 <= arrays[name].min() <= arrays[name].max() <= last:
            raise DataError(f"{name} goes beyond {last}")
