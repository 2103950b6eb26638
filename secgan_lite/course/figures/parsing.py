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
_RIGHT = 190  # a grey that both light and dark segments stand out from


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
    """Faces, what a soft mask says first, its doubt −log max p, and what it says second.

    Args:
        images: (N, 3, h, h).
        log_p: log-probabilities (N, 12, h, h).
        columns: what stands above each of the N columns.
    """
    first, second = log_p.topk(2, dim=1).indices.unbind(dim=1)
    unsure = -log_p.amax(dim=1)
    figure, axes = tiles(4, len(images), _SIDE)
    _row(axes[0], "image", pixels(images))
    _row(axes[1], "P's first\nchoice", PALETTE[first.numpy()])
    _doubts(axes[2], "P's doubt", unsure)
    _row(axes[3], "P's second\nchoice", PALETTE[second.numpy()])
    _legend(figure, 0.1)
    return figure, (
        f"{len(images)} faces; below each the likeliest segment of every pixel, the doubt, on "
        f"average {unsure.mean():.2f}, and the second likeliest segment."
        f"{_headed(axes[0], columns)}"
    )


def doubt_by_parser(images: object, log_p: Mapping[str, Tensor]) -> Picture:
    """Faces, and below them the doubt −log max p of several parsers, all on one scale.

    Args:
        log_p: log-probabilities (N, 12, h, h) by the parser's name.
    """
    figure, axes = tiles(1 + len(log_p), len(images), _SIDE)
    _row(axes[0], "image", pixels(images))
    means = []
    for line, (name, values) in zip(axes[1:], log_p.items(), strict=True):
        _doubts(line, name, unsure := -values.amax(dim=1))
        means.append(f"{name} {unsure.mean():.2f}".replace("\n", " "))
    return figure, (
        f"{len(images)} faces, and below each the doubt of {len(log_p)} parsers in every pixel. "
        f"On average: {', '.join(means)}."
    )


def _doubts(line: Sequence[Axes], title: str, unsure: Tensor) -> None:
    """A row of maps that end where two segments are equally likely, with their scale."""
    drawn = _row(line, title, unsure.numpy(), cmap=SIZES, vmin=0, vmax=math.log(2))
    scale(drawn, line, "0 sure,\n0.69 even")


def parser_beside_truth(images: object, exact: Tensor, found: Mapping[str, Tensor]) -> Picture:
    """Faces, exact masks, and for each parser its wrong pixels, in the colour that it chose.

    Args:
        exact: true segments (N, h, h).
        found: segments (N, h, h) by the parser's name.
    """
    figure, axes = tiles(2 + len(found), len(images), _SIDE)
    figure.subplots_adjust(hspace=0.18)
    _row(axes[0], "image", pixels(images))
    _row(axes[1], "exact mask", PALETTE[exact.numpy()])
    for line, (name, mask) in zip(axes[2:], found.items(), strict=True):
        wrong = (mask != exact).numpy()
        _row(line, f"{name}:\nwrong pixels", np.where(wrong[..., None], PALETTE[mask], _RIGHT))
        for axis, share in zip(line, wrong.mean(axis=(1, 2)), strict=True):
            axis.set_xlabel(f"{share:.1%}", labelpad=2)
    _legend(figure, 0.08)
    shares = ", ".join(
        f"{name} wrong in {float((m != exact).float().mean()):.1%}" for name, m in found.items()
    )
    return figure, f"{len(images)} faces, their exact masks, and the wrong pixels: {shares}."


def segment_sizes(masks: Tensor) -> Picture:
    """The share of all pixels that each segment has: dots, for a logarithmic axis has no zero."""
    share = torch.bincount(masks.flatten(), minlength=len(SEGMENTS)) / masks.numel()
    order = share.argsort()
    figure, axis = plt.subplots(figsize=(6.5, 3))
    names = [SEGMENTS[i] for i in order]
    colours = PALETTE[order.numpy()] / 255
    axis.scatter(share[order].numpy(), names, s=80, color=colours, edgecolor=GREY, zorder=2)
    for y, value in enumerate(share[order].tolist()):
        axis.annotate(
            f"{value:.2%}", (value, y), (8, 0), textcoords="offset points", va="center", fontsize=8
        )
    axis.set(xscale="log", xlabel="share of all pixels (logarithmic)")
    axis.margins(x=0.15)
    axis.grid(alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
    text = ", ".join(f"{SEGMENTS[i]} {share[i]:.2%}" for i in order.tolist())
    return figure, f"Share of pixels of each segment: {text}."


def small_segments(scores: Mapping[str, Mapping[str, float]]) -> Picture:
    """IoU of each segment, for several parsers, from the last parser's best segment to its worst.

    Args:
        scores: {parser: {segment: IoU}}, of at most four parsers.
    """
    figure, axis = plt.subplots(figsize=(8.5, 3))
    looks = ((GREEN, "o"), (ORANGE, "^"), (RED, "x"), (BLUE, "s"))
    last = list(scores.values())[-1]
    order = sorted(last, key=last.get, reverse=True)
    for (name, values), (colour, marker) in zip(scores.items(), looks[-len(scores) :], strict=True):
        axis.plot(order, [values[k] for k in order], marker, color=colour, label=name, ms=7)
    axis.set(ylim=(-0.03, 1.03), ylabel="IoU (1 is perfect)")
    axis.tick_params(axis="x", rotation=35)
    axis.grid(axis="y", alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, ncols=len(scores), loc="lower left")
    worst = {name: min(values, key=values.get) for name, values in scores.items()}
    text = ", ".join(f"{name} is worst at {segment}" for name, segment in worst.items())
    return figure, f"IoU of each of the 12 segments: {text}."


def learning(curves: Mapping[str, Sequence[float]], epochs: int, window: int = 25) -> Picture:
    """Losses of each step for several networks, as means over ``window`` steps, or all if fewer."""
    window = min(window, *map(len, curves.values()))
    figure, axis = plt.subplots(figsize=(6.5, 2.8))
    ends = []
    for (name, losses), colour in zip(curves.items(), (BLUE, ORANGE), strict=False):
        smooth = np.convolve(losses, np.full(window, 1 / window), "valid")
        steps = (np.arange(len(smooth)) + window) * epochs / len(losses)
        axis.plot(steps, smooth, color=colour, label=name)
        ends.append(f"{name} from {smooth[0]:.2f} to {smooth[-1]:.2f}")
    axis.set(xlabel="epochs", ylabel=f"loss, mean of\n{window} steps", yscale="log")
    axis.set_xticks(range(epochs + 1))
    axis.yaxis.set_major_formatter("{x:.1f}")
    axis.yaxis.set_minor_formatter("{x:.1f}")
    axis.grid(alpha=0.3, which="both")
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False)
    return figure, f"Loss along {epochs} epochs on a logarithmic axis: {'; '.join(ends)}."


def face_rows(rows: Mapping[str, Tensor], columns: Sequence[str] = ()) -> Picture:
    """Rows of faces (N, 3, h, h) and of masks (N, h, h), by their titles.

    Args:
        columns: what stands above each of the N columns.
    """
    count = len(next(iter(rows.values())))
    figure, axes = tiles(len(rows), count, _SIDE)
    for line, (title, batch) in zip(axes, rows.items(), strict=True):
        _row(line, title, PALETTE[np.asarray(batch)] if batch.ndim == 3 else pixels(batch))
    titles = "; ".join(title.replace("\n", " ") for title in rows)
    return figure, (
        f"{count} columns of faces and masks in {len(rows)} rows: {titles}."
        f"{_headed(axes[0], columns)}"
    )


def who_pays(size: Tensor, doubt: Tensor, mistakes: Tensor) -> Picture:
    """Each segment's share of the pixels beside its share of a loss, in two parts (12,) each."""
    order = size.argsort(descending=True)
    names, place = [SEGMENTS[k] for k in order], np.arange(len(order))
    figure, axis = plt.subplots(figsize=(8.5, 3))
    axis.bar(place - 0.2, size[order].numpy(), 0.38, color="#BBBBBB", label="share of the pixels")
    below = doubt[order].numpy()
    axis.bar(place + 0.2, below, 0.38, color=BLUE, label="share of the loss: doubt")
    axis.bar(
        place + 0.2, mistakes[order].numpy(), 0.38, below, color=ORANGE, hatch="//",
        edgecolor="white", label="share of the loss: mistakes",
    )  # fmt: skip
    axis.set_xticks(place, names, rotation=35)
    axis.yaxis.set_major_formatter(PercentFormatter(1, 0))
    axis.grid(axis="y", alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False)
    largest = ", ".join(f"{SEGMENTS[k]} {doubt[k] + mistakes[k]:.0%}" for k in order[:3].tolist())
    return figure, (
        f"Shares of the loss by segment: {largest} for the three largest; {doubt.sum():.0%} of all "
        f"is doubt and {mistakes.sum():.0%} mistakes."
    )
