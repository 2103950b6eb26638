"""Packs: many photographs and their labels in one .npz file, which opens without unpickling."""

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm.auto import tqdm

from secgan_lite.attributes import NAMES
from secgan_lite.datasets.celeba import opened, resized
from secgan_lite.datasets.data import SPLITS, DataError, FaceData
from secgan_lite.segments import lookup


def pack(path: str | Path, split: str, image_size: int, count: int = 0) -> FaceData:
    """Faces of one split of a pack.

    Args:
        path: holds ``jpg``, the bytes of all images, from ``off[i]`` to ``off[i + 1]``; ``attrs``
            (N, 40) with ``names``; perhaps ``part`` (0 train, 1 val, 2 test) and ``mask19``
            (N, h, h), the 19 parts in the data set's order. Without ``part``, every tenth face is
            for the test and the one after it for validation.
        count: how many at most, 0 = all.

    Raises:
        DataError: no such file, no pack, or one without a wanted attribute.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
        jpg, off, labels = arrays["jpg"].tobytes(), arrays["off"], arrays["attrs"]
        names = [str(name) for name in arrays["names"]]
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise DataError(f"data_dir={str(path)!r} is no pack of faces ({error}).") from error
    absent = [name for name in NAMES if name not in names]
    if absent:
        raise DataError(f"data_dir={str(path)!r} has no attribute {', '.join(absent)}.")
    tenth = np.arange(len(labels)) % 10
    part = arrays.get("part", np.where(tenth == 9, 2, np.where(tenth == 0, 1, 0)))
    rows = np.flatnonzero(part == SPLITS.index(split))[: count or None]
    images = np.empty((len(rows), 3, image_size, image_size), np.uint8)
    masks = None
    if "mask19" in arrays:
        masks = np.empty((len(rows), image_size, image_size), np.uint8)
        table = lookup("celebamask")
    for i, row in enumerate(tqdm(rows, desc=f"{Path(path).name} {split}", delay=0.5)):
        image = opened(BytesIO(jpg[off[row] : off[row + 1]]), f"image {row} of {path}")
        images[i] = resized(image, image_size)
        if masks is not None:
            mask = Image.fromarray(table[arrays["mask19"][row]])
            masks[i] = mask.resize((image_size, image_size), Image.Resampling.NEAREST)
    columns = [names.index(name) for name in NAMES]
    return FaceData(images, (labels[rows][:, columns] > 0).astype(np.uint8), masks=masks)
