"""Packs: many photographs and their labels in one .npz file, which opens without unpickling."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from secgan_lite.attributes import NAMES
from secgan_lite.datasets.lists import SPLITS, data_place
from secgan_lite.datasets.photos import Photos, opened, resized, stamp
from secgan_lite.errors import DataError
from secgan_lite.segments import CLASS_ORDERS, lookup


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


def read_pack(path: str | Path, attributes: Sequence[str] = NAMES) -> dict[str, np.ndarray]:
    """Arrays of a pack: ``jpg``, the bytes of all images, from ``off[i]`` to ``off[i + 1]``;
    ``attrs`` (N, 40) with ``names``; perhaps ``ids``, ``part`` (0 train, 1 val, 2 test) and
    ``mask19`` (N, h, h), the 19 parts in the data set's order.

    Raises:
        DataError: no such file, no pack, one whose arrays do not fit together, or one without a
            wanted attribute.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
        n, names = len(arrays["attrs"]), [str(name) for name in arrays["names"]]
        end = int(arrays["off"][-1])
    except (OSError, ValueError, KeyError, EOFError, IndexError, zipfile.BadZipFile) as error:
        raise DataError(f"data_dir={str(path)!r} is no pack of faces ({error}).") from error
    absent = [name for name in attributes if name not in names]
    if absent:
        raise DataError(f"data_dir={str(path)!r} has no attribute {', '.join(absent)}.")
    lengths = {"off": n + 1, "jpg": end, "ids": n, "part": n, "mask19": n}
    for name, length in lengths.items():
        if name in arrays and len(arrays[name]) != length:
            raise DataError(
                f"data_dir={str(path)!r} is damaged: {name} has {len(arrays[name])} entries where "
                f"{length} belong."
            )
    parts = len(CLASS_ORDERS["celebamask"])
    if "mask19" in arrays and arrays["mask19"].max() >= parts:
        raise DataError(f"data_dir={str(path)!r} is damaged: mask19 goes beyond {parts - 1}.")
    return arrays
