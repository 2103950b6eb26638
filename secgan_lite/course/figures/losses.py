"""Losses made visible: printed and meant, which way each term pulls, and how hard."""

import re
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.colorbar import Colorbar
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from torch import Tensor

from secgan_lite.course.figures.common import (
    BLUE,
    GREY,
    RED,
    SIZES,
    Picture,
    pixels,
    signed,
    tiles,
)
from secgan_lite.segments import PALETTE, SEGMENTS


def printed_and_meant() -> Picture:
    """The loss of a label y = 0 against D, as Eq. 3 prints it and as it is meant."""
    figure, axis = plt.subplots(figsize=(6, 2.9))
    d = np.logspace(-8, -0.02, 200)
    axis.semilogx(d, -np.log(1 - d), color=BLUE, label="meant: $-\\log(1-D)$")
    axis.semilogx(d, np.log(d) - 1, color=RED, ls="--", label="printed: $-(1-\\log D)$")
    axis.axhline(0, color=GREY, lw=0.6)
    axis.annotate(
        "D gets better", (1e-7, -3.2), (1e-4, -3.2), va="center", color=GREY,
        arrowprops={"arrowstyle": "-|>", "color": GREY},
    )  # fmt: skip
    axis.set(xlabel="D, the probability given to an attribute that is absent", ylabel="loss")
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False)
    return figure, (
        "Loss of one absent attribute against D on a logarithmic axis: the meant one falls to 0 as "
        "D goes to 0, the printed one goes on falling along a straight line, without end."
    )


def pulls(
    wishes: Sequence[str],
    pictures: Mapping[str, Tensor],
    gradients: Mapping[str, Tensor],
    segments: Mapping[str, str] | None = None,
) -> Picture:
    """A row for each wish: pictures, and for each term where it pulls, brightest where most.

    Each map is a share of its own largest pull, because terms differ by orders of magnitude.

    Args:
        wishes: N names of rows.
        pictures: by title, images (N, 3, h, h), segments (N, h, h), or truth values (N, h, h),
            which are drawn white where they hold.
        gradients: by title, (N, C, h, h).
        segments: by name, what the legend calls it: the colours of masks that matter.
    """
    maps = {}
    for title, gradient in gradients.items():
        size = gradient.norm(dim=1)
        maps[title] = size / _nearly_largest(size)
    figure, bar = _board(wishes, pictures, maps, {"cmap": SIZES, "vmin": 0, "vmax": 1})
    bar.set_ticks((0, 0.5, 1), labels=("no pull", "half", "hardest"))
    if segments:
        colours = {words: PALETTE[SEGMENTS.index(name)] / 255 for name, words in segments.items()}
        marks = [Patch(fc=colour, ec=GREY, label=words) for words, colour in colours.items()]
        figure.legend(
            handles=marks, ncols=6, fontsize=9, loc="upper center", frameon=False,
            bbox_to_anchor=(0.5, -0.01),
        )  # fmt: skip
    return figure, _in_words(
        f"A row for each of {', '.join(wishes)}: {', '.join(pictures)}, and for each loss term a "
        f"map of how much it wants each pixel to change, bright where most: {', '.join(gradients)}."
    )


_BLACK_WHITE = np.array([[26] * 3, [255] * 3], np.uint8)
# Dark where a step makes pixels darker, light where brighter: it reads in grey as well.
_STEPS = LinearSegmentedColormap.from_list(
    "darker to brighter", ["#081d58", "#225ea8", "#8c8c8c", "#f0b45c", "#fff7e0"]
)


def directions(
    wishes: Sequence[str],
    pictures: Mapping[str, Tensor],
    steps: Mapping[str, Tensor],
    cosines: Mapping[str, Tensor] | None = None,
) -> Picture:
    """A row for each wish: pictures, and maps of where a step makes pixels darker or brighter.

    All steps are drawn with the same length, on one scale: a map tells a direction, and nothing
    of how hard a term pulls. A pixel shows the mean of its three colours.

    Args:
        wishes: N names of rows.
        pictures: by title, images (N, 3, h, h) or segments (N, h, h).
        steps: by title, what is added to the images, (N, 3, h, h).
        cosines: by title, how alike each of N steps is to another direction, (N,).
    """
    maps, notes = {}, {}
    for title, found in (cosines or {}).items():
        notes[title] = [f"cosine {signed(value, '+.2f')}" for value in found.tolist()]
    for title, step in steps.items():
        length = step.square().mean(dim=(1, 2, 3), keepdim=True).sqrt().clamp(min=1e-12)
        maps[title] = (step / length).mean(dim=1)
    end = 2.5  # root mean squares
    figure, bar = _board(wishes, pictures, maps, {"cmap": _STEPS, "vmin": -end, "vmax": end}, notes)
    bar.set_ticks((-end, 0, end), labels=("darker", "no\nchange", "brighter"))
    told = "; ".join(f"{title}: {', '.join(found)}" for title, found in notes.items())
    return figure, _in_words(
        f"A row for each of {', '.join(wishes)}: {', '.join(pictures)}, and for each of "
        f"{', '.join(steps)} a map of where a step makes pixels darker (dark blue) or brighter "
        "(light yellow)." + (f" Below the maps: {told}." if told else "")
    )


def _board(
    wishes: Sequence[str],
    pictures: Mapping[str, Tensor],
    maps: Mapping[str, Tensor],
    colours: Mapping[str, object],
    notes: Mapping[str, Sequence[str]] | None = None,
) -> tuple[Figure, Colorbar]:
    """Named rows and columns of pictures and maps, and one scale for all maps."""
    figure, axes = tiles(len(wishes), len(pictures) + len(maps), 1.6)
    gap = 0.16 if notes else 0.04
    figure.subplots_adjust(left=0, right=0.96, bottom=0, top=1 + gap / 2, hspace=gap)
    for column, (title, found) in zip(axes.T, (pictures | maps).items(), strict=True):
        column[0].set_title(title, fontsize=10)
        if title in pictures:
            found = _drawn(found)
        for axis, picture in zip(column, np.asarray(found), strict=True):
            drawn = axis.imshow(picture, interpolation="nearest", **colours)
        for axis, note in zip(column, (notes or {}).get(title, ()), strict=False):
            axis.set_xlabel(note, fontsize=10, labelpad=2)
    for axis, wish in zip(axes[:, 0], wishes, strict=True):
        axis.set_ylabel(wish, rotation=0, ha="right", va="center", fontsize=10)
    bar = figure.colorbar(drawn, cax=figure.add_axes((0.975, 0.2, 0.012, 0.6)))
    bar.ax.tick_params(labelsize=9)
    return figure, bar


def _drawn(found: Tensor) -> np.ndarray:
    """Images, segments or truth values as pictures (N, h, h, 3)."""
    if found.ndim == 4:
        return pixels(found)
    return (PALETTE if found.dtype != torch.bool else _BLACK_WHITE)[np.asarray(found, int)]


def _nearly_largest(sizes: Tensor) -> Tensor:
    """Of each map, (N, h, w) -> (N, 1, 1): a few single pixels would leave all others dark."""
    return sizes.flatten(1).quantile(0.995, dim=1).clamp(min=1e-12)[:, None, None]


def _in_words(text: str) -> str:
    """Titles of a figure in one line, without their formulas, which nobody can read aloud."""
    return re.sub(r"\s*\$[^$]*\$", "", text).replace("\n", " ")


def intervals(rows: Mapping[str, tuple[float, float, float]], of: str) -> Picture:
    """Means with their 95 % intervals, a line for each, beside zero.

    Args:
        rows: by title, mean, low end and high end.
        of: what is measured, in words.
    """
    figure, axis = plt.subplots(figsize=(7, 0.4 * len(rows) + 0.8), layout="constrained")
    axis.axvline(0, color=GREY, lw=0.8)
    for y, (mean, low, high) in enumerate(rows.values()):
        axis.plot((low, high), (y, y), color=BLUE, lw=2)
        axis.plot(mean, y, "o", color=BLUE, ms=6)
        axis.annotate(
            signed(mean, "+.3f"), (high, y), (7, 0), textcoords="offset points",
            va="center", fontsize=9,
        )  # fmt: skip
    axis.set_yticks(range(len(rows)), list(rows))
    axis.set(xlabel=of, ylim=(len(rows) - 0.5, -0.5))
    axis.margins(x=0.12)
    axis.spines[["top", "right", "left"]].set_visible(False)
    axis.tick_params(axis="y", length=0)
    return figure, f"{of}, with 95 % intervals. " + "; ".join(
        f"{title} {mean:+.3f} ({low:+.3f} to {high:+.3f})"
        for title, (mean, low, high) in rows.items()
    ) + "."
