"""CelebA's lists, from the official text files and from the copies in circulation."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from secgan_lite.attributes import NAMES
from secgan_lite.support.errors import DataError
from secgan_lite.support.places import to_read

SPLITS = ("train", "val", "test")


def data_place(data_dir: str | Path) -> Path:
    """The absolute path of a data set (``places.to_read``); DataError if nothing is there."""
    try:
        return to_read(data_dir, "data_dir")
    except FileNotFoundError as error:
        raise DataError(f"{error} data/README.md says what to put there.") from None


def find_root(data_dir: str | Path, wanted: Sequence[str]) -> Path:
    """The folder, if it holds what is wanted; DataError with the nearest that does otherwise."""
    folder = data_place(data_dir)
    if not folder.is_dir():
        raise DataError(
            f"data_dir={str(folder)!r} is no folder. data/README.md says what to put there."
        )
    missing = [name for name in wanted if not _there(folder / name)]
    if not missing:
        return folder
    around = [folder.parent, *(path for path in folder.iterdir() if path.is_dir())]
    nearest = [path for path in around if all(_there(path / name) for name in wanted)]
    hint = f" Did you mean {str(nearest[0])!r}?" if nearest else " See data/README.md."
    raise DataError(f"data_dir={str(folder)!r} lacks {' and '.join(missing)}.{hint}")


def _there(path: Path) -> bool:
    return path.exists() or (path.suffix == ".txt" and path.with_suffix(".csv").exists())


def read_lines(path: Path) -> list[str]:
    """Lines of a list that are not blank; where there is no .txt, the .csv of the same name.

    Raises:
        DataError: a web page was saved under the file's name, or the file is empty.
    """
    path = path if path.exists() else path.with_suffix(".csv")
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    if re.match(r"\s*<(!doctype|html|head)", text, re.IGNORECASE):
        raise DataError(
            f"{path} is a web page, not the list of that name: the download was refused (a quota "
            "or sign-in page). Delete it and fetch the file again in a browser."
        )
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise DataError(f"{path} is empty: fetch it again.")
    return lines


def read_attributes(path: Path, attributes: Sequence[str] = NAMES) -> tuple[list[str], np.ndarray]:
    """File names and labels, uint8 (N, n_a) in {0, 1}, of a CelebA attribute list.

    Reads the official text file (with either line end, any spacing) and the CSV copies in
    circulation, with labels −1/1 or 0/1.

    Raises:
        DataError: not such a list, cut short within a row, without a wanted column, or with two
            rows for one image.
    """
    lines = read_lines(path)
    if lines[0].strip().isdigit():
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
    names = [str(name).strip() for name in table[:, 0]]
    _refuse_doubles(path, names)
    return names, (values == "1").astype(np.uint8)


def read_partition(path: Path) -> dict[int, str]:
    """Split of each CelebA image, by the number in its name, of ``list_eval_partition.txt``.

    Raises:
        DataError: not such a list, or two rows for one image.
    """
    rows = [re.split(r"[\s,]+", line.strip()) for line in read_lines(path)]
    rows = rows[1:] if rows[0][0] == "image_id" else rows
    for row in rows:
        if len(row) != 2 or row[1] not in ("0", "1", "2"):
            raise DataError(f"{path} is cut short or no partition at {' '.join(row)!r}.")
    _refuse_doubles(path, [row[0] for row in rows])
    return {number(name, path): SPLITS[int(part)] for name, part in rows}


def read_mapping(path: Path) -> dict[int, int]:
    """CelebA's row, from 0, of each HQ image; copies come with and without a line of names.

    Raises:
        DataError: a row is cut short, or disagrees with itself (row and file differ by other
            than one): two copies in circulation are shifted.
    """
    mapping = {}
    for line in read_lines(path):
        cells = line.split()
        if cells[0] == "idx":
            continue
        if len(cells) < 3 or not (cells[0] + cells[1]).isdecimal():
            raise DataError(f"{path} is cut short or no mapping file at {line!r}: fetch it again.")
        if number(cells[2], path) != int(cells[1]) + 1:
            raise DataError(f"{path} is shifted at {line!r}: orig_file must be orig_idx + 1.")
        mapping[int(cells[0])] = int(cells[1])
    return mapping


def number(name: str, path: Path) -> int:
    """The number of an image, from its file's name; DataError naming the list ``path``."""
    stem = Path(name).stem
    if not stem.isdecimal():
        raise DataError(f"{path} names the image {name!r}: wanted are numbers, as 000001.jpg.")
    return int(stem)


def _refuse_doubles(path: Path, names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        ((double, _),) = Counter(names).most_common(1)
        raise DataError(f"{path} has two rows for {double}: fetch it again.")
