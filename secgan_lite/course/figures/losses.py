"""Losses made visible: printed and meant, which way each term pulls, and how hard."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from secgan_lite.course.figures.common import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    SIGNED,
    SIZES,
    Picture,
    pixels,
    tiles,
)
from secgan_lite.parsing import PALETTE

_HATCHES = {BLUE: "", ORANGE: "//"}


def printed_and_meant() -> Picture:
    """The loss of a label y = 0 against D, as Eq. 3 prints it and as it is meant."""
    figure, axis = plt.subplots(figsize=(6, 2.9))
    d = np.logspace(-8, -0.02, 200)
    axis.semilogx(d, -np.log(1 - d), color=BLUE, label="meant: $-\\log(1-D)$")
    axis.semilogx(d, np.log(d) - 1, color=RED, ls="--", label="printed: $-(1-\\log D)$")
    axis.axhline(0, color=GREY, lw=0.6)
    axis.set(xlabel="D, the probability given to an attribute that is absent", ylabel="loss")
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False)
    return figure, (
        "Loss of one absent attribute against D on a logarithmic axis: the meant one falls to 0 as "
        "D goes to 0, the printed one goes on falling along a straight line, without end."
    )


def pulls(
    wishes: Sequence[str], pictures: Mapping[str, Tensor], gradients: Mapping[str, Tensor]
) -> Picture:
    """A row for each wish: pictures, and for each term where it pulls, brightest where most.

    Each map is a share of its own largest pull, because terms differ by orders of magnitude.

    Args:
        wishes: N names of rows.
        pictures: by title, images (N, 3, h, h) or segments (N, h, h).
        gradients: by title, (N, C, h, h).
    """
    maps = {}
    for title, gradient in gradients.items():
        size = gradient.norm(dim=1)
        maps[title] = size / _nearly_largest(size)
    figure = _board(wishes, pictures, maps, {"cmap": SIZES, "vmin": 0, "vmax": 1})
    figure.axes[-1].set_ylabel("pull, as a share of the map's largest", fontsize=8)
    return figure, _on_one_line(
        f"A row for each of {', '.join(wishes)}: {', '.join(pictures)}, and for each loss term a "
        f"map of how much it wants each pixel to change, bright where most: {', '.join(gradients)}."
    )


STEP = 10  # grey levels: the root mean square of every step that is drawn


def directions(
    wishes: Sequence[str],
    pictures: Mapping[str, Tensor],
    steps: Mapping[str, Tensor],
    notes: Mapping[str, Sequence[str]] | None = None,
) -> Picture:
    """A row for each wish: pictures, and maps of where a step makes pixels brighter or darker.

    All steps are drawn with the same length, ``STEP``, on one scale: a map tells a direction, and
    nothing of how hard a term pulls.

    Args:
        wishes: N names of rows.
        pictures: by title, images (N, 3, h, h) or segments (N, h, h).
        steps: by title, what is added to the images, (N, 3, h, h).
        notes: by title, what stands below each of the N maps of a column.
    """
    notes, maps = notes or {}, {}
    for title, step in steps.items():
        length = step.square().mean(dim=(1, 2, 3), keepdim=True).sqrt().clamp(min=1e-12)
        maps[title] = (STEP * step / length).mean(dim=1)
    end = 2.5 * STEP
    figure = _board(wishes, pictures, maps, {"cmap": SIGNED, "vmin": -end, "vmax": end}, notes)
    figure.axes[-1].set_ylabel("grey levels:  darker  |  brighter", fontsize=8)
    told = "; ".join(f"{title}: {', '.join(found)}" for title, found in notes.items())
    return figure, _on_one_line(
        f"A row for each of {', '.join(wishes)}: {', '.join(pictures)}, and for each of "
        f"{', '.join(steps)} a map of where a step makes pixels brighter (red) or darker (blue)."
        + (f" Below the maps: {told}." if told else "")
    )


def _board(
    wishes: Sequence[str],
    pictures: Mapping[str, Tensor],
    maps: Mapping[str, Tensor],
    colours: Mapping[str, object],
    notes: Mapping[str, Sequence[str]] | None = None,
) -> Figure:
    """Named rows and columns of pictures and maps, and one scale for all maps, the last axis."""
    figure, axes = tiles(len(wishes), len(pictures) + len(maps), 1.35)
    gap = 0.16 if notes else 0.04
    figure.subplots_adjust(left=0, right=0.96, bottom=0, top=1 + gap / 2, hspace=gap)
    for column, (title, found) in zip(axes.T, (pictures | maps).items(), strict=True):
        column[0].set_title(title, fontsize=9)
        if title in pictures:
            found = pixels(found) if found.ndim == 4 else PALETTE[np.asarray(found)]
        for axis, picture in zip(column, np.asarray(found), strict=True):
            drawn = axis.imshow(picture, interpolation="nearest", **colours)
        for axis, note in zip(column, (notes or {}).get(title, ()), strict=False):
            axis.set_xlabel(note, fontsize=8, labelpad=2)
    for axis, wish in zip(axes[:, 0], wishes, strict=True):
        axis.set_ylabel(wish, rotation=0, ha="right", va="center", fontsize=9)
    bar = figure.colorbar(drawn, cax=figure.add_axes((0.975, 0.2, 0.012, 0.6)))
    bar.ax.tick_params(labelsize=7)
    return figure


def _nearly_largest(sizes: Tensor) -> Tensor:
    """Of each map, (N, h, w) -> (N, 1, 1): a few single pixels would leave all others dark."""
    return sizes.flatten(1).quantile(0.995, dim=1).clamp(min=1e-12)[:, None, None]


def _on_one_line(text: str) -> str:
    return text.replace("\n", " ")


def strengths(norms: Mapping[str, Mapping[str, float]]) -> Picture:
    """Gradient norms of weighted terms as bars from zero, a panel for each branch.

    Each panel has its own scale: the outputs of the branches have no common unit.

    Args:
        norms: {panel: {term: norm}}.
    """
    figure, axes = plt.subplots(1, len(norms), figsize=(4.6 * len(norms), 2.4))
    for axis, (title, terms), colour in zip(
        np.atleast_1d(axes), norms.items(), (BLUE, ORANGE, GREEN), strict=False
    ):
        names = list(terms)[::-1]
        values = [terms[name] for name in names]
        axis.barh(names, values, color=colour, hatch=_HATCHES.get(colour, ""), edgecolor="white")
        for y, value in enumerate(values):
            axis.text(value, y, f" {value:.2g}", va="center", fontsize=8)
        axis.set(title=title, xlabel="length of the weighted pull")
        axis.spines[["top", "right"]].set_visible(False)
        axis.margins(x=0.15)
    figure.tight_layout()
    text = "; ".join(
        f"{title}: " + ", ".join(f"{term} {value:.2g}" for term, value in terms.items())
        for title, terms in norms.items()
    )
    return figure, f"How strongly each weighted term pulls at a generator's output. {text}."


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
        axis.annotate(f"{mean:+.3f}", (high, y), (7, 0), textcoords="offset points", va="center",
                      fontsize=9)  # fmt: skip
    axis.set_yticks(range(len(rows)), list(rows))
    axis.set(xlabel=of, ylim=(len(rows) - 0.5, -0.5))
    axis.margins(x=0.12)
    axis.spines[["top", "right", "left"]].set_visible(False)
    axis.tick_params(axis="y", length=0)
    return figure, f"{of}, with 95 % intervals. " + "; ".join(
        f"{title} {mean:+.3f} ({low:+.3f} to {high:+.3f})"
        for title, (mean, low, high) in rows.items()
    ) + "."
