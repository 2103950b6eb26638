"""Makes small copies of CelebA and CelebA-HQ, with every oddity of those in circulation."""

import re
from pathlib import Path

import numpy as np
from PIL import Image

from secgan_lite.attributes import NAMES

COLUMNS = ["5_o_Clock_Shadow", *sorted((*NAMES, "Smiling"))]
# One file of each split, and one in which the paper's split and the official one differ.
FILES = {1: "train", 162_771: "train", 182_001: "val", 182_637: "val", 182_638: "test"}
# Three HQ images: of the paper's training, validation and test set; of CelebA's test, training and
# validation set.
HQ = {3: 182_637, 28_100: 4, 29_000: 162_770}


def value(row, column):
    """The label that the test files hold: +1 or −1, different from row to row."""
    return 1 if (row * 7 + column * 3) % 5 < 2 else -1


def expected(rows):
    columns = [COLUMNS.index(name) for name in NAMES]
    return np.array([[value(row, c) == 1 for c in columns] for row in rows], np.uint8)


def attribute_text(rows, end="\n", space=" ", last_end=True, zero_one=False, count=None):
    lines = [str(len(rows) if count is None else count), " ".join(COLUMNS) + " "]
    for row in rows:
        numbers = [value(row, c) for c in range(len(COLUMNS))]
        cells = [str(max(n, 0) if zero_one else n).rjust(2 if space == " " else 1) for n in numbers]
        lines.append(f"{row:06d}.jpg{space}" + space.join(cells))
    return end.join(lines) + (end if last_end else "")


def csv_text(first_column, rows):
    body = attribute_text(rows, space=",").split("\n", 2)[2]
    return ",".join([first_column, *COLUMNS]) + "\n" + body


def make_celeba(folder):
    """The official flat layout with five images, their side 178 × 218 px, each of one grey."""
    (folder / "img_align_celeba").mkdir(parents=True)
    for position, row in enumerate(FILES):
        image = Image.new("RGB", (178, 218), (0, 0, 0))
        image.paste((40 * position + 20,) * 3, (0, 20, 178, 198))  # the centre crop exactly
        # Lossless under the official name, so that a crop off by one row would show.
        image.save(folder / "img_align_celeba" / f"{row:06d}.jpg", "PNG")
    rows = sorted({*FILES, 2, 200_000})
    (folder / "list_attr_celeba.txt").write_text(attribute_text(rows), encoding="utf-8")
    official = [0 if row <= 162_770 else 1 if row <= 182_637 else 2 for row in rows]
    lines = [f"{row:06d}.jpg {part}\n" for row, part in zip(rows, official, strict=True)]
    (folder / "list_eval_partition.txt").write_text("".join(lines), encoding="utf-8")
    return folder


def make_hq(folder):
    """The official layout with three images, each of one grey, all of it skin."""
    (folder / "CelebA-HQ-img").mkdir(parents=True)
    for i, image in enumerate(HQ):
        picture = Image.new("RGB", (64, 64), (50 * i,) * 3)
        picture.save(folder / "CelebA-HQ-img" / f"{image}.jpg", "PNG")
        draw_part(folder, image, "skin", (0, 0, 512, 512))
    rows = "\n".join(attribute_text([n], space="  ").split("\n")[2] for n in HQ)
    rows = re.sub(r"(?m)^0*(\d+)", r"\1", rows)
    header = attribute_text([1]).split("\n")[1]
    (folder / "CelebAMask-HQ-attribute-anno.txt").write_text(
        f"30000\n{header}\n{rows}\n", encoding="utf-8"
    )
    mapping = "\n".join(f"{n} {row} {row + 1:06d}.jpg" for n, row in HQ.items())
    (folder / "CelebA-HQ-to-CelebA-mapping.txt").write_text(mapping + "\n", encoding="utf-8")
    return folder


def draw_part(folder: Path, image, part, box, mode="RGB"):
    picture = Image.new("L", (512, 512))
    picture.paste(255, box)
    target = folder / "CelebAMask-HQ-mask-anno" / str(image // 2000)
    target.mkdir(parents=True, exist_ok=True)
    picture.convert(mode).save(target / f"{image:05d}_{part}.png")
