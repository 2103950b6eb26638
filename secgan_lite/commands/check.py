"""Is a copy of a data set complete and right? ``check`` says what is there, what lacks, and why.

    for finding in check("celeba", "data/celeba"):
        print(finding)

Nothing is downloaded, and nothing is changed.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from secgan_lite.datasets.celeba import ATTRIBUTES, CELEBA_SPLITS, IMAGES, celeba_images
from secgan_lite.datasets.celeba_hq import (
    HQ_ATTRIBUTES,
    HQ_IMAGES,
    HQ_MAPPING,
    HQ_MASKS,
    hq_images,
    hq_parts,
)
from secgan_lite.datasets.lists import (
    SPLITS,
    data_place,
    find_root,
    number,
    read_attributes,
    read_mapping,
    read_partition,
)
from secgan_lite.datasets.packs import read_pack
from secgan_lite.support.errors import DataError, unknown_choice
from secgan_lite.support.images import recognised

OBTAIN = {
    "celeba": "CelebA: non-commercial research only, not to be passed on. Accept the agreement at "
    "https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html and fetch Img/img_align_celeba.zip, "
    "Anno/list_attr_celeba.txt and, for this check, Eval/list_eval_partition.txt.",
    "celeba-hq": "CelebAMask-HQ, with CelebA-HQ's images: non-commercial research and education "
    "only, not to be passed on. Follow https://github.com/switchablenorms/CelebAMask-HQ and "
    "unpack CelebAMask-HQ.zip.",
}
# As published, and as torchvision.datasets.CelebA checks them.
MD5 = {
    "img_align_celeba.zip": "00d2c5bc6d35e252742224ab0c1e8fcb",
    "list_attr_celeba.txt": "75e246fa4810816ffd6ee81facbd244c",
    "list_eval_partition.txt": "d32c9cbf5e040fd4025c592c306e6668",
}
CELEBA_COUNT, HQ_COUNT = 202_599, 30_000


@dataclass(frozen=True)
class Finding:
    """One line of the report. ``kind`` is "right", "note" or "wrong"; only "wrong" needs action."""

    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind:<6} {self.text}"


def check(dataset: str, data_dir: str | Path) -> Iterator[Finding]:
    """Counts, sizes, checksums and partition of a folder or a pack, finding by finding.

    Raises:
        ValueError: unknown data set; the nearest is named.
    """
    if dataset not in OBTAIN:
        raise unknown_choice("dataset", dataset, OBTAIN)
    yield Finding("note", OBTAIN[dataset])
    try:
        place = data_place(data_dir)
    except DataError as error:
        yield Finding("wrong", str(error))
        return
    if place.suffix == ".npz":
        parts: tuple[Callable, ...] = (_pack,)
    elif dataset == "celeba":
        parts = (_archive, _celeba_lists, _celeba_partition, _celeba_images)
    else:
        parts = (_hq_lists, _hq_mapping, _hq_images, _hq_masks)
    for part in parts:
        try:
            yield from part(place)
        except DataError as error:
            yield Finding("wrong", str(error))


def _archive(folder: Path) -> Iterator[Finding]:
    archive = folder / "img_align_celeba.zip"
    if archive.is_file():
        yield _checksum(archive)
        if not (folder / IMAGES).is_dir():
            yield Finding("wrong", f"{archive} is not unpacked: unpack it where it lies.")


def _checksum(file: Path) -> Finding:
    with file.open("rb") as stream:
        found = hashlib.file_digest(stream, "md5").hexdigest()
    if found == MD5[file.name]:
        return Finding("right", f"{file.name}: MD5 as published")
    return Finding("note", f"{file.name}: not the published file (MD5 {found}), read all the same")


def _celeba_lists(folder: Path) -> Iterator[Finding]:
    root = find_root(folder, (ATTRIBUTES,))
    names, _ = read_attributes(root / ATTRIBUTES)
    yield _count(f"{ATTRIBUTES}: rows", len(names), CELEBA_COUNT)
    if (root / ATTRIBUTES).is_file():
        yield _checksum(root / ATTRIBUTES)


def _celeba_partition(folder: Path) -> Iterator[Finding]:
    file = folder / "list_eval_partition.txt"
    if not file.exists() and not file.with_suffix(".csv").exists():
        yield Finding("note", f"{file.name} is absent; training does not need it")
        return
    partition = read_partition(file)
    ends = (0, *CELEBA_SPLITS["official"])
    expected = {n: SPLITS[np.searchsorted(ends, n) - 1] for n in partition if 0 < n <= ends[-1]}
    wrong = sum(split != expected.get(n) for n, split in partition.items())
    sizes = Counter(partition.values())
    text = " / ".join(f"{sizes[split]:,}" for split in SPLITS)
    if wrong:
        yield Finding("wrong", f"{file.name}: {wrong:,} images are in another split than CelebA's")
    else:
        yield Finding("right", f"{file.name}: {text}, each as its number says")
    if file.is_file():
        yield _checksum(file)


def _celeba_images(folder: Path) -> Iterator[Finding]:
    root = find_root(folder, (IMAGES, ATTRIBUTES))
    images, present = celeba_images(root)
    names, _ = read_attributes(root / ATTRIBUTES)
    yield _count(f"{IMAGES}: images", len(present), CELEBA_COUNT)
    yield from _unlisted(present, names, root / ATTRIBUTES)
    files = [images / name for name, _ in present.values()]
    yield from _whole(files, files, (178, 218))


def _hq_lists(folder: Path) -> Iterator[Finding]:
    root = find_root(folder, (HQ_ATTRIBUTES,))
    names, _ = read_attributes(root / HQ_ATTRIBUTES)
    yield _count(f"{HQ_ATTRIBUTES}: rows", len(names), HQ_COUNT)


def _hq_mapping(folder: Path) -> Iterator[Finding]:
    if not (folder / HQ_MAPPING).is_file():
        yield Finding("note", f"{HQ_MAPPING} is absent; split=clean needs it")
        return
    mapping = read_mapping(folder / HQ_MAPPING)
    yield _count(f"{HQ_MAPPING}: rows", len(mapping), HQ_COUNT)
    if len(set(mapping.values())) < len(mapping):
        yield Finding("wrong", f"{HQ_MAPPING}: two images come from the same one of CelebA")
    sizes = np.histogram(list(mapping.values()), (0, *CELEBA_SPLITS["official"]))[0]
    yield Finding("right", f"clean split: {' / '.join(f'{size:,}' for size in sizes)}")


def _hq_images(folder: Path) -> Iterator[Finding]:
    root = find_root(folder, (HQ_IMAGES, HQ_ATTRIBUTES))
    present = hq_images(root)
    yield _count(f"{HQ_IMAGES}: images", len(present), HQ_COUNT)
    names, _ = read_attributes(root / HQ_ATTRIBUTES)
    yield from _unlisted(present, names, root / HQ_ATTRIBUTES)
    files = [root / HQ_IMAGES / name for name, _ in present.values()]
    yield from _whole(files, files)


def _hq_masks(folder: Path) -> Iterator[Finding]:
    root = find_root(folder, (HQ_IMAGES,))
    if not (root / HQ_MASKS).is_dir():
        yield Finding("note", f"{HQ_MASKS} is absent; only training a parser needs it")
        return
    parts, present = hq_parts(root), hq_images(root)
    total = sum(map(len, parts.values()))
    yield Finding("right", f"{HQ_MASKS}: {total:,} part masks of {len(parts):,} faces")
    yield from _strangers(present.keys() - parts.keys(), "images have no mask", "wrong")
    bare = {n for n, stamps in parts.items() if not any("_skin.png" in text for text in stamps)}
    yield from _strangers(bare, "faces have a mask without skin")
    # A Mac leaves a hidden twin of each file, which is no image.
    found = sorted((root / HQ_MASKS).glob("*/*.png"))
    files = [file for file in found if file.name.partition("_")[0].isdecimal()]
    yield from _whole(files, files)


def _pack(path: Path) -> Iterator[Finding]:
    arrays = read_pack(path)
    yield Finding("right", f"{path.name}: {len(arrays['attrs']):,} faces, all labels")
    if "part" in arrays:
        sizes = np.bincount(arrays["part"], minlength=3)
        yield Finding("right", f"splits: {' / '.join(f'{size:,}' for size in sizes)}")
    off, jpg = arrays["off"], arrays["jpg"]
    faces = [BytesIO(jpg[start:end].data) for start, end in pairwise(off)]
    yield from _whole(faces, [f"image {n}" for n in range(len(faces))])


def _count(what: str, found: int, expected: int) -> Finding:
    if found == expected:
        return Finding("right", f"{what}: {found:,}")
    if found > expected:
        return Finding("wrong", f"{what}: {found:,}, more than the {expected:,} there are")
    missing = expected - found
    return Finding("note", f"{what}: {found:,} of {expected:,}, {missing:,} absent; these are used")


def _unlisted(present: dict, names: Sequence[str], path: Path) -> Iterator[Finding]:
    listed = {number(name, path) for name in names}
    strangers = {file for n, (file, _) in present.items() if n not in listed}
    yield from _strangers(strangers, "images are in no row of the attribute list")


def _strangers(strangers: set, what: str, kind: str = "note") -> Iterator[Finding]:
    if strangers:
        some = ", ".join(map(str, sorted(strangers)[:3]))
        yield Finding(kind, f"{len(strangers):,} {what}: {some}, …")


def _whole(
    files: Sequence[Path | BytesIO], names: Sequence[object], size: tuple[int, int] | None = None
) -> Iterator[Finding]:
    """Whether every image file has a header, its end, and the size of the data set's images."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        checked = pool.map(lambda file, name: _damage(file, name, size), files, map(str, names))
        bar = tqdm(checked, total=len(files), desc="Images", delay=0.5, unit="file")
        damaged = [line for line in bar if line]
    if damaged:
        yield Finding("wrong", f"{len(damaged):,} of {len(files):,} image files are damaged:")
        yield from (Finding("wrong", f"  {line}") for line in damaged[:20])
    else:
        yield Finding("right", f"{len(files):,} image files are whole")


def _damage(file: Path | BytesIO, name: str, size: tuple[int, int] | None) -> str:
    """What is wrong with an image file, "" if nothing. A JPEG and a PNG end with a mark."""
    try:
        with file.open("rb") if isinstance(file, Path) else file as stream:
            image = recognised(stream, name)
            stream.seek(-16, os.SEEK_END)
            end = stream.read()
    except OSError as error:
        return f"{name} can't be read ({error})"
    except ValueError as error:  # an ImageError, or fewer bytes than an image has
        return str(error)
    if size and image.size != size:
        return "{} has {} × {} px, wanted {} × {}".format(name, *image.size, *size)
    mark = {"JPEG": b"\xff\xd9", "PNG": b"IEND"}.get(image.format or "", b"")
    return "" if mark in end else f"{name} is cut short"
