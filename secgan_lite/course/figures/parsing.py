"""Faces and their segments."""

import math
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter
from torch import Tensor

from secgan_lite.course.figures.common import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SIZES,
    Picture,
    pixels,
    scale,
    tiles,
)
from secgan_lite.parsing import PALETTE, SEGMENTS


def faces_and_masks(images: object, masks: object, columns: int = 8) -> Picture:
    """Faces above their segments, with the palette's legend."""
    shown, segments = pixels(images)[:columns], np.asarray(masks)[:columns]
    figure, axes = tiles(2, len(shown), 1.15)
    for column, (face, mask) in enumerate(zip(shown, segments, strict=True)):
        axes[0, column].imshow(face)
        axes[1, column].imshow(PALETTE[mask], interpolation="nearest")
    patches = [
        Patch(facecolor=colour / 255, edgecolor=GREY, linewidth=0.5, label=name)
        for colour, name in zip(PALETTE, SEGMENTS, strict=True)
    ]
    figure.legend(
        handles=patches, loc="upper center", bbox_to_anchor=(0.5, 0.1), ncols=6, frameon=False
    )
    return figure, f"{len(shown)} faces, and below each its mask of 12 coloured segments."


def doubt(images: object, log_p: Tensor) -> Picture:
    """Faces, what a soft mask says first, how much it doubts, and what it says second."""
    first, second = log_p.topk(2, dim=1).indices.unbind(dim=1)
    entropy = -(log_p.exp() * log_p).sum(dim=1) / math.log(2)
    rows = {
        "image": pixels(images),
        "likeliest": PALETTE[first.numpy()],
        "doubt": entropy.numpy(),
        "second": PALETTE[second.numpy()],
    }
    figure, axes = tiles(len(rows), len(images), 1.2)
    for line, (title, pictures) in zip(axes, rows.items(), strict=True):
        line[0].set_ylabel(title, rotation=0, ha="right", va="center")
        for axis, picture in zip(line, pictures, strict=True):
            drawn = axis.imshow(picture, cmap=SIZES, vmin=0, vmax=1.5, interpolation="nearest")
            if title == "doubt":
                scale(drawn, line, "bits")
    return figure, (
        f"{len(images)} faces; below each the likeliest segment of every pixel, the entropy of the "
        f"soft mask, on average {entropy.mean():.2f} bits, and the second likeliest segment."
    )


def parser_beside_truth(images: object, exact: Tensor, found: Mapping[str, Tensor]) -> Picture:
    """Faces, exact masks, and for each parser its mask with every wrong pixel in full colour.

    Args:
        exact: true segments (N, h, h).
        found: segments (N, h, h) by the parser's name.
    """
    rows = {"image": pixels(images), "exact": PALETTE[exact.numpy()]}
    for name, mask in found.items():
        rows[name] = PALETTE[mask.numpy()]
        wrong = (mask != exact).numpy()[..., None]
        rows[f"{name}: wrong"] = np.where(wrong, PALETTE[mask.numpy()], 235).astype(np.uint8)
    figure, axes = tiles(len(rows), len(images), 1.2)
    for line, (title, pictures) in zip(axes, rows.items(), strict=True):
        line[0].set_ylabel(title, rotation=0, ha="right", va="center")
        for axis, picture in zip(line, pictures, strict=True):
            axis.imshow(picture, interpolation="nearest")
    shares = ", ".join(
        f"{name} wrong in {float((m != exact).float().mean()):.1%}" for name, m in found.items()
    )
    return figure, f"{len(images)} faces, their exact masks, and masks by parsers: {shares}."


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
        scores: {parser: {segment: IoU}}.
    """
    figure, axis = plt.subplots(figsize=(8.5, 3))
    looks = ((GREEN, "o"), (ORANGE, "^"), (BLUE, "s"))
    last = list(scores.values())[-1]
    order = sorted(last, key=last.get, reverse=True)
    for (name, values), (colour, marker) in zip(scores.items(), looks, strict=False):
        axis.plot(order, [values[k] for k in order], marker, color=colour, label=name, ms=7)
    axis.set(ylim=(-0.03, 1.03), ylabel="IoU")
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
    axis.set(xlabel="epochs", ylabel=f"loss, mean of {window} steps", yscale="log")
    axis.set_xticks(range(epochs + 1))
    axis.yaxis.set_minor_formatter("{x:.1f}")
    axis.grid(alpha=0.3, which="both")
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False)
    return figure, f"Loss along {epochs} epochs on a logarithmic axis: {'; '.join(ends)}."


def face_rows(rows: Mapping[str, Tensor]) -> Picture:
    """Rows of faces (N, 3, h, h) and of masks (N, h, h), by their titles."""
    count = len(next(iter(rows.values())))
    figure, axes = tiles(len(rows), count, 1.1)
    for line, (title, batch) in zip(axes, rows.items(), strict=True):
        line[0].set_ylabel(title, rotation=0, ha="right", va="center")
        shown = PALETTE[np.asarray(batch)] if batch.ndim == 3 else pixels(batch)
        for axis, picture in zip(line, shown, strict=True):
            axis.imshow(picture, interpolation="nearest")
    titles = "; ".join(title.replace("\n", " ") for title in rows)
    return figure, f"{count} columns of faces and masks in {len(rows)} rows: {titles}."


def who_pays(size: Tensor, doubt: Tensor, mistakes: Tensor) -> Picture:
    """Each segment's share of the pixels beside its share of a loss, in two parts (12,) each."""
    order = size.argsort(descending=True)
    names, place = [SEGMENTS[k] for k in order], np.arange(len(order))
    figure, axis = plt.subplots(figsize=(8.5, 3))
    axis.bar(place - 0.2, size[order].numpy(), 0.38, color=GREY, label="share of the pixels")
    below = doubt[order].numpy()
    axis.bar(place + 0.2, below, 0.38, color=BLUE, label="share of the loss: doubt")
    axis.bar(
        place + 0.2, mistakes[order].numpy(), 0.38, below, color=ORANGE, label="… and mistakes"
    )
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
