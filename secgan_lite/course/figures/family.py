"""From the conditional GAN to SeCGAN: what enters each generator, and who teaches it."""

import matplotlib.pyplot as plt
import numpy as np

from secgan_lite.course.figures.common import BLUE, GREEN, GREY, ORANGE, Picture
from secgan_lite.course.figures.method import thumbnails

# Name, year; pictures and words that enter G; pictures that come out; who teaches, with a picture.
_FAMILY = (
    ("conditional GAN", 2014, ("noise",), "label\nglasses: 1", ("wanted face",),
     "D, which hears the label", ""),
    ("pix2pix", 2016, ("wanted mask",), "", ("wanted face",),
     "D, which judges patches,\nand the true picture (a pair)", "wanted face"),
    ("CycleGAN", 2017, ("face",), "", ("wanted face",),
     "D, and the way back:\na second G must return this", "face"),
    ("StarGAN", 2017, ("face",), "target\nglasses: 1", ("wanted face",),
     "D, which also names labels,\nand the way back: the same G", "face"),
    ("AttGAN", 2017, ("face",), "target\nglasses: 1", ("wanted face",),
     "D, which also names labels: for\nthe face's own labels, return this", "face"),
    ("STGAN", 2019, ("face",), "difference\nglasses: +1", ("wanted face",),
     "D, which also names labels: for\na difference of 0, return this", "face"),
    ("SeCGAN", 2021, ("face", "mask"), "difference\nglasses: +1", ("wanted face", "wanted mask"),
     "as STGAN, for face and mask;\nboth must agree", "wanted mask"),
)  # fmt: skip
_HALF = 0.45  # of a picture's side


def family() -> Picture:
    """The line from conditional GANs to SeCGAN, a row of small pictures for each method."""
    noise = np.random.default_rng(0).integers(0, 256, (16, 16), np.uint8)
    drawn = thumbnails()  # of a face with glasses, which are taken off: here they are put on
    pictures = {
        "noise": np.stack([noise] * 3, axis=-1),
        "face": drawn["x_out"], "wanted face": drawn["x_in"],
        "mask": drawn["s_out"], "wanted mask": drawn["s_in"],
    }  # fmt: skip
    figure, axis = plt.subplots(figsize=(11, 6.8))
    axis.set(xlim=(-0.4, 11.8), ylim=(-0.05, len(_FAMILY) + 0.3), aspect="equal")
    axis.axis("off")

    def picture(x: float, y: float, name: str, colour: str) -> None:
        place = (x - _HALF, x + _HALF, y - _HALF, y + _HALF)
        axis.imshow(pictures[name], extent=place, interpolation="nearest", zorder=2)
        frame = {"fc": "none", "ec": colour, "lw": 1.6, "zorder": 3}
        axis.add_patch(plt.Rectangle((place[0], place[2]), 2 * _HALF, 2 * _HALF, **frame))

    def arrow(start: float, end: float, y: float, line: str = "-") -> None:
        look = {"arrowstyle": "->", "color": GREY, "ls": line, "shrinkA": 0, "shrinkB": 0}
        axis.annotate("", (end, y), (start, y), arrowprops=look)

    for x, head in ((2.9, "enters G"), (6.45, "comes out"), (9.5, "who teaches G")):
        axis.text(x, len(_FAMILY) + 0.12, head, ha="center", fontsize=10, color=GREY)
    for i, (name, year, enters, words, leaves, teacher, shown) in enumerate(_FAMILY):
        y = len(_FAMILY) - 0.5 - i
        axis.text(0.55, y, f"{name}\n{year}", ha="center", va="center", fontsize=10, weight="bold")
        for k, entry in enumerate(enters):
            picture(2.0 + k, y, entry, BLUE)
        axis.text(4.02, y, words, ha="center", va="center", fontsize=8.5, zorder=4)
        arrow(4.6 if words else 2.5, 4.9, y)
        axis.add_patch(plt.Circle((5.15, y), 0.25, fc="#eeeeee", ec=GREY))
        axis.text(5.15, y, "G", ha="center", va="center", fontsize=10)
        arrow(5.4, 5.6, y)
        for k, result in enumerate(leaves):
            picture(6.07 + k, y, result, ORANGE)
        arrow(7.9, 6.54 + len(leaves) - 1, y, "--")
        if shown:
            picture(8.4, y, shown, GREEN)
        axis.text(8.95 if shown else 7.98, y, teacher, va="center", fontsize=8.5)
    rows = (
        f"{name}, {year}: {', '.join((*enters, *words.splitlines()[:1]))} in, "
        f"{', '.join(leaves)} out, taught by {' '.join(teacher.split())}"
        for name, year, enters, words, leaves, teacher, _ in _FAMILY
    )
    return figure, f"{'. '.join(rows)}."
