"""Faces and their segments."""

import math
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter
from torch import Tensor

from secgan_lite.course.figures.common import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    SIZES,
    Picture,
    pixels,
    scale,
    tiles,
)
from secgan_lite.parsing import PALETTE, SEGMENTS

_SIDE = 1.3  # inches of a tile
_UNSURE = 0.2  # from this doubt on a second choice is drawn: P gives the first one 0.82 or less
_SURE = 190  # the grey of other pixels: white eyes stand out from it
# A parser looks the same in all figures; "sharp" and "blurred" are faces that the bundled P sees.
_LOOKS = {
    "yours": (BLUE, "s", "full", "-"),
    "without skips": (ORANGE, "^", "none", "--"),
    "bundled": (RED, "x", "full", ":"),
    "sharp": (RED, "x", "full", "-"),
    "blurred": (GREEN, "o", "full", "--"),
}
_OTHER_LOOK = (GREY, "D", "none", "-.")


def _row(line: Sequence[Axes], title: str, pictures: object, **how: object) -> AxesImage:
    """A row of pictures, named at its left; returns the last one, for a scale."""
    line[0].set_ylabel(title, rotation=0, ha="right", va="center")
    for axis, picture in zip(line, pictures, strict=True):
        drawn = axis.imshow(picture, interpolation="nearest", **how)
    return drawn


def _headed(line: Sequence[Axes], columns: Sequence[str]) -> str:
    """Titles above a row of pictures; returns them as the end of an alt text."""
    for axis, title in zip(line, columns, strict=False):
        axis.set_title(title, fontsize=9)
    return f" Above the columns: {'; '.join(columns)}.".replace("\n", " ") if columns else ""


def _legend(figure: Figure, top: float) -> None:
    """The colours of the 12 segments, from ``top`` down, as a share of the figure's height."""
    patches = [
        Patch(facecolor=colour / 255, edgecolor=GREY, linewidth=0.5, label=name)
        for colour, name in zip(PALETTE, SEGMENTS, strict=True)
    ]
    figure.legend(
        handles=patches, loc="upper center", bbox_to_anchor=(0.5, top), ncols=6, frameon=False
    )


def faces_and_masks(images: object, masks: object, columns: int = 8) -> Picture:
    """Faces above their segments, with the palette's legend."""
    shown, segments = pixels(images)[:columns], np.asarray(masks)[:columns]
    figure, axes = tiles(2, len(shown), _SIDE)
    _row(axes[0], "image", shown)
    _row(axes[1], "mask", PALETTE[segments])
    _legend(figure, 0.1)
    return figure, f"{len(shown)} faces, and below each its mask of 12 coloured segments."


def doubt(images: object, log_p: Tensor, columns: Sequence[str] = ()) -> Picture:
    """Faces, what a soft mask says first, its doubt −log max p, and its second choice if unsure.

    Args:
        images: (N, 3, h, h).
        log_p: log-probabilities (N, 12, h, h).
        columns: what stands above each of the N columns.
    """
    first, second = log_p.topk(2, dim=1).indices.unbind(dim=1)
    unsure = -log_p.amax(dim=1)
    figure, axes = tiles(4, len(images), _SIDE)
    _row(axes[0], "image", pixels(images))
    _row(axes[1], "first\nchoice", PALETTE[first.numpy()])
    # The colours end where two segments are equally likely.
    drawn = _row(axes[2], "doubt", unsure.numpy(), cmap=SIZES, vmin=0, vmax=math.log(2))
    scale(drawn, axes[2], "0.69: first\nchoice has 0.5")
    seconds = np.where((unsure < _UNSURE).numpy()[..., None], _SURE, PALETTE[second.numpy()])
    _row(axes[3], f"second\nchoice, grey\nif d < {_UNSURE}", seconds)
    _legend(figure, 0.1)
    return figure, (
        f"{len(images)} faces; below each the likeliest segment of every pixel, the doubt, on "
        f"average {unsure.mean():.2f}, and the second likeliest segment, grey where the doubt is "
        f"below {_UNSURE}."
        f"{_headed(axes[0], columns)}"
    )


def parser_beside_truth(images: Tensor, exact: Tensor, found: Mapping[str, Tensor]) -> Picture:
    """Faces, and for each parser its wrong pixels in black on the faded face.

    Args:
        images: (N, 3, h, h).
        exact: true segments (N, h, h).
        found: segments (N, h, h) by the parser's name.
    """
    shown = pixels(images)
    faded = 1 - 0.4 * (1 - shown.mean(axis=-1, keepdims=True).repeat(3, -1))
    figure, axes = tiles(1 + len(found), len(shown), _SIDE)
    figure.subplots_adjust(hspace=0.2)
    _row(axes[0], "image", shown)
    for line, (name, mask) in zip(axes[1:], found.items(), strict=True):
        wrong = (mask != exact).numpy()
        _row(line, f"{name}:\nwrong pixels", np.where(wrong[..., None], 0, faded))
        for axis, share in zip(line, wrong.mean(axis=(1, 2)), strict=True):
            axis.set_xlabel(f"{share:.1%} wrong", labelpad=2, fontsize=9)
    shares = ", ".join(
        f"{name} wrong in {float((m != exact).float().mean()):.1%}" for name, m in found.items()
    )
    return figure, f"{len(shown)} faces, and on each the wrong pixels: {shares}."


def small_segments(scores: Mapping[str, Mapping[str, float]], size: Mapping[str, float]) -> Picture:
    """IoU of each segment for several parsers, from the largest segment down to the smallest.

    Args:
        scores: {parser: {segment: IoU}}.
        size: {segment: share of all pixels}.
    """
    figure, axis = plt.subplots(figsize=(7.5, 4))
    names = sorted(size, key=size.get)  # the first is drawn at the bottom
    rows = np.arange(len(names))
    ends = [[min(s[k] for s in scores.values()), max(s[k] for s in scores.values())] for k in names]
    axis.hlines(rows, *zip(*ends, strict=True), color="#DDDDDD", lw=3, zorder=1)
    for name, values in scores.items():
        colour, marker, fill, _ = _LOOKS.get(name, _OTHER_LOOK)
        axis.plot(
            [values[k] for k in names], rows, marker, color=colour, fillstyle=fill, label=name,
            ms=8, mew=2, clip_on=False,
        )  # fmt: skip
    axis.set_yticks(rows, [f"{name}, {size[name]:.1%}" for name in names])
    axis.set(xlim=(-0.02, 1.02), xlabel="IoU (1 is perfect)")
    axis.set_ylabel("segment, share of all pixels")
    axis.grid(alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, ncols=len(scores), loc="lower center", bbox_to_anchor=(0.45, 1))
    worst = {name: min(values, key=values.get) for name, values in scores.items()}
    text = ", ".join(f"{name} is worst at {segment}" for name, segment in worst.items())
    return figure, f"IoU of each of the 12 segments, the largest first: {text}."


def learning(curves: Mapping[str, Sequence[float]], epochs: int, window: int = 25) -> Picture:
    """Losses of each step for several networks, as means over ``window`` steps, or all if fewer."""
    window = min(window, *map(len, curves.values()))
    figure, axis = plt.subplots(figsize=(6.5, 2.8))
    ends = []
    for name, losses in curves.items():
        colour, _, _, dashes = _LOOKS.get(name, _OTHER_LOOK)
        smooth = np.convolve(losses, np.full(window, 1 / window), "valid")
        steps = (np.arange(len(smooth)) + window) * epochs / len(losses)
        axis.plot(steps, smooth, dashes, color=colour, label=name)
        ends.append(f"{name} from {smooth[0]:.2f} to {smooth[-1]:.2f}")
    axis.set(xlabel="epochs", ylabel=f"loss, mean of\n{window} steps", yscale="log")
    axis.set_xticks(range(epochs + 1))
    axis.yaxis.set_major_formatter("{x:.1f}")
    axis.yaxis.set_minor_formatter("{x:.1f}")
    axis.grid(alpha=0.3, which="both")
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False)
    return figure, f"Loss along {epochs} epochs on a logarithmic axis: {'; '.join(ends)}."


def face_rows(
    rows: Mapping[str, Tensor], columns: Sequence[str] = (), side: float = _SIDE
) -> Picture:
    """Rows of faces (N, 3, h, h) and of masks (N, h, h), by their titles.

    Args:
        columns: what stands above each of the N columns.
        side: of each picture, in inches.
    """
    count = len(next(iter(rows.values())))
    figure, axes = tiles(len(rows), count, side)
    for line, (title, batch) in zip(axes, rows.items(), strict=True):
        _row(line, title, PALETTE[np.asarray(batch)] if batch.ndim == 3 else pixels(batch))
    shown = "faces"
    if any(batch.ndim == 3 for batch in rows.values()):
        _legend(figure, 0.1)
        shown = "faces and masks"
    titles = "; ".join(title.replace("\n", " ") for title in rows)
    return figure, (
        f"{count} columns of {shown} in {len(rows)} rows: {titles}.{_headed(axes[0], columns)}"
    )


def found_again(steps: Sequence[int], shares: Mapping[str, Sequence[float]]) -> Picture:
    """Which share of some pixels is found at each moment of a training, a line for each face.

    Args:
        steps: the moments, in iterations.
        shares: by what a line shows, at most three, the share at each moment, 0 to 1.
    """
    figure, axis = plt.subplots(figsize=(6.5, 2.6))
    looks = ((BLUE, "o-"), (ORANGE, "s--"), ("black", ":"))
    for (name, values), (colour, marks) in zip(shares.items(), looks, strict=False):
        axis.plot(steps, values, marks, color=colour, label=name, ms=5)
    axis.set(xlabel="iterations", ylabel="found again", ylim=(0, 1), xticks=steps)
    axis.yaxis.set_major_formatter(PercentFormatter(1, 0))
    axis.grid(alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, ncols=len(shares), loc="lower right")
    ends = "; ".join(f"{name}: {', '.join(f'{v:.0%}' for v in s)}" for name, s in shares.items())
    return (
        figure,
        f"Shares of pixels found again, after {steps[0]} to {steps[-1]} iterations. {ends}.",
    )


def who_pays(size: Tensor, doubt: Tensor, mistakes: Tensor, together: int = 7) -> Picture:
    """Each segment's share of the pixels beside its share of a loss, in two parts (12,) each.

    Args:
        together: how many of the smallest segments share one bar.
    """
    order = size.argsort(descending=True)
    large, small = order[:-together], order[-together:]

    def joined(share: Tensor) -> np.ndarray:
        return torch.cat([share[large], share[small].sum()[None]]).numpy()

    names = [*(SEGMENTS[k] for k in large), f"the {together}\nsmallest"]
    place, pixels_of, below, above = np.arange(len(names)), *map(joined, (size, doubt, mistakes))
    figure, axis = plt.subplots(figsize=(7.5, 3.2))
    bars = axis.bar(place - 0.2, pixels_of, 0.38, color="#BBBBBB", label="share of the pixels")
    axis.bar_label(bars, fmt="{:.0%}", fontsize=8)
    axis.bar(place + 0.2, below, 0.38, color=BLUE, label="share of the price: doubt")
    bars = axis.bar(
        place + 0.2, above, 0.38, below, color=ORANGE, hatch="//", edgecolor="white",
        label="share of the price: mistakes",
    )  # fmt: skip
    axis.bar_label(bars, [f"{share:.0%}" for share in below + above], fontsize=8)
    axis.set_xticks(place, names)
    axis.set_ylabel("share of all pixels,\nor of the whole price")
    axis.yaxis.set_major_formatter(PercentFormatter(1, 0))
    axis.grid(axis="y", alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False)
    paid = ", ".join(f"{n} {p:.0%}" for n, p in zip(names, below + above, strict=True))
    return figure, (
        f"Shares of the loss by segment: {paid}; {doubt.sum():.0%} of all is doubt and "
        f"{mistakes.sum():.0%} mistakes."
    ).replace("\n", " ")
