"""Faces with labels: drawn ones, and CelebA from its official files (paper §4.1).

    faces = load("synthetic", "train", image_size=32, count=6000)
    faces = load("celeba", "train", image_size=128, data_dir="data/celeba")
    x, y, masks = faces.batch(indices)

Nothing is downloaded; data/README.md says where CelebA comes from and where to put it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor
from tqdm.auto import tqdm

from secgan_lite.attributes import NAMES
from secgan_lite.errors import unknown_choice
from secgan_lite.faces import Faces, render, sample
from secgan_lite.randomness import derive

SPLITS = ("train", "val", "test")
# Last row of each split, counted from 1: the paper's (§4.1) and CelebA's own.
CELEBA_SPLITS = {"paper": (182_000, 182_637, 202_599), "official": (162_770, 182_637, 202_599)}
CELEBA_CROP = 178


class DataError(ValueError):
    """Files on disk are not what they should be; the message says which, where, and what to do."""


@dataclass(frozen=True)
class FaceData:
    """Images at one size, with labels.

    Attributes:
        images: uint8 (N, 3, h, h).
        labels: uint8 (N, n_a) in {0, 1}, in the order of ``attributes``.
        attributes: names of the labels.
        masks: segments, uint8 (N, h, h), where they are known.
        faces: parameters of drawn faces, from which true edits can be drawn.
        names: file names of photographs.
    """

    images: np.ndarray
    labels: np.ndarray
    attributes: tuple[str, ...] = NAMES
    masks: np.ndarray | None = None
    faces: Faces | None = None
    names: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.images)

    def subset(self, count: int) -> "FaceData":
        """The first ``count`` faces."""
        part = {
            field.name: value[:count]
            for field in fields(self)
            if field.name != "attributes" and (value := getattr(self, field.name)) is not None
        }
        return replace(self, **part)

    def batch(
        self, indices: Tensor, flip: Tensor | None = None, device: torch.device | str = "cpu"
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """Faces as tensors: x in [−1, 1] (B, 3, h, h), y in {0, 1} (B, n_a), segments or None.

        Args:
            indices: integers (B,).
            flip: booleans (B,), which faces to mirror; image and mask go together.
        """
        rows = indices.numpy()
        x = torch.from_numpy(self.images[rows]).to(device).float().div_(127.5).sub_(1)
        y = torch.from_numpy(self.labels[rows]).to(device).float()
        s = None if self.masks is None else torch.from_numpy(self.masks[rows]).to(device).long()
        if flip is not None:
            mirrored = flip.to(device)
            x = torch.where(mirrored[:, None, None, None], x.flip(-1), x)
            s = None if s is None else torch.where(mirrored[:, None, None], s.flip(-1), s)
        return x, y, s


class Sampler:
    """Endless batches of indices: shuffled epochs, the incomplete last batch of each left out."""

    def __init__(self, count: int, batch_size: int, generator: torch.Generator) -> None:
        if count < batch_size:
            raise ValueError(f"batch_size={batch_size} is more than the {count} faces there are.")
        self.count, self.batch_size, self._generator = count, batch_size, generator
        self._order = torch.randperm(count, generator=generator)
        self._position = 0

    def __next__(self) -> Tensor:
        if self._position + self.batch_size > self.count:
            self._order = torch.randperm(self.count, generator=self._generator)
            self._position = 0
        start = self._position
        self._position += self.batch_size
        return self._order[start : self._position]

    def state_dict(self) -> dict:
        """Where the sampler is; ``load_state_dict`` goes on from there exactly."""
        state = self._generator.get_state()
        return {"order": self._order, "position": self._position, "generator": state}

    def load_state_dict(self, state: dict) -> None:
        self._order, self._position = state["order"], state["position"]
        self._generator.set_state(state["generator"])


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
        dataset: "synthetic" or "celeba".
        split: "train", "val" or "test".
        image_size: height = width h, in pixels.
        count: how many at most; 0 = all of CelebA, 10,000 drawn ones.
        data_dir, scheme: folder and kind of split of real data ("paper" or "official").
        seed, correlation: of drawn faces; the splits of one seed share no face.

    Raises:
        ValueError: unknown data set or split; the nearest is named.
        DataError: files missing or damaged.
    """
    if split not in SPLITS:
        raise unknown_choice("split", split, SPLITS)
    if dataset == "synthetic":
        data = synthetic(count or 10_000, image_size, derive(seed, f"faces/{split}"), correlation)
    elif dataset == "celeba":
        data = celeba(data_dir, split, image_size, scheme, count)
    else:
        raise unknown_choice("dataset", dataset, ("synthetic", "celeba"))
    columns = [NAMES.index(name) for name in attributes]
    return replace(data, labels=data.labels[:, columns], attributes=tuple(attributes))


def synthetic(count: int, image_size: int, seed: int, correlation: float = 0.0) -> FaceData:
    """Drawn faces with exact labels and exact masks."""
    faces = sample(count, seed, correlation)
    images, masks = render(faces, image_size)
    return FaceData(images, faces.attributes, masks=masks, faces=faces)


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
        images[i] = _cropped(file, image_size)
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
    root = _celeba_root(Path(data_dir))
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


def _celeba_root(folder: Path) -> Path:
    wanted = ("img_align_celeba", "list_attr_celeba.txt")
    missing = [name for name in wanted if not (folder / name).exists()]
    if not missing:
        return folder
    if not folder.is_dir():
        raise DataError(
            f"data_dir={str(folder)!r} is no folder. data/README.md says what to put there."
        )
    around = [folder.parent, *(path for path in folder.iterdir() if path.is_dir())]
    nearest = [path for path in around if all((path / name).exists() for name in wanted)]
    hint = f" Did you mean {str(nearest[0])!r}?" if nearest else " See data/README.md."
    raise DataError(f"data_dir={str(folder)!r} lacks {' and '.join(missing)}.{hint}")


def _cropped(path: Path, image_size: int) -> np.ndarray:
    """One photograph as uint8 (3, h, h): the middle 178 × 178 px, or the largest square."""
    try:
        with Image.open(path) as image:
            side = min(CELEBA_CROP, *image.size)
            left, top = ((length - side) // 2 for length in image.size)
            box = (left, top, left + side, top + side)
            square = image.convert("RGB").crop(box)
            small = square.resize((image_size, image_size), Image.Resampling.BILINEAR)
    except (OSError, UnidentifiedImageError) as error:
        raise DataError(
            f"{path} can't be read ({error}): copy or unpack this file again."
        ) from error
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
