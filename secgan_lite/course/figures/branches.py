"""Two branches: who learns from whom, where a label enters, what each network costs."""

import re
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import Tensor

from secgan_lite.course.figures.common import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SIGNED,
    Picture,
    pixels,
    scale,
    tiles,
)
from secgan_lite.segments import PALETTE

_MARKED = np.array([213, 94, 0], np.uint8), np.array([235, 235, 235], np.uint8)  # true, false


def _symbol(network: str) -> str:
    """``G_rgb`` as a formula."""
    return re.sub(r"\b([GD])_(\w+)", r"$\1_{\2}$", network)


def gradient_flow(norms: Mapping[str, Mapping[str, float]]) -> Picture:
    """Which loss teaches which network: a dot where a gradient arrives, a cross where none does.

    Args:
        norms: {loss: {network: norm of its gradient}}.
    """
    losses, networks = list(norms), list(next(iter(norms.values())))
    figure, axis = plt.subplots(figsize=(1.3 * len(networks) + 1, 0.55 * len(losses) + 0.6))
    for row, loss in enumerate(losses):
        for column, network in enumerate(networks):
            norm = norms[loss][network]
            if norm:
                axis.scatter(column, row, s=420, color=BLUE)
                axis.text(
                    column, row, f"{norm:.2g}", ha="center", va="center", color="white", fontsize=7
                )
            else:
                axis.scatter(column, row, s=60, marker="x", color=GREY)
    axis.set(
        xticks=range(len(networks)), xticklabels=[*map(_symbol, networks)],
        yticks=range(len(losses)), yticklabels=losses,
        xlim=(-0.6, len(networks) - 0.4), ylim=(len(losses) - 0.4, -0.6),
    )  # fmt: skip
    axis.xaxis.tick_top()
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)
    text = "; ".join(
        f"{loss} reaches {' and '.join(n for n, v in row.items() if v) or 'nobody'}"
        for loss, row in norms.items()
    )
    return figure, f"Which loss sends a gradient to which network: {text}."


def agreement(rows: Mapping[str, Tensor], titles: Sequence[str]) -> Picture:
    """Edits, one in each column: images, their masks, and where two masks differ.

    Args:
        rows: by title, images (n, 3, h, h), segments (n, h, h), or truth values (n, h, h), which
            are drawn in red where they are true.
        titles: of the columns: what was asked, or when.
    """
    figure, axes = tiles(len(rows), len(titles), 1.15)
    told = []
    for line, (title, pictures) in zip(axes, rows.items(), strict=True):
        line[0].set_ylabel(title, rotation=0, ha="right", va="center", fontsize=9)
        if pictures.dtype == torch.bool:
            told.append(f"{title}: {pictures.float().mean():.0%} of the pixels")
            shown = np.where(pictures.numpy()[..., None], *_MARKED)
        else:
            shown = pixels(pictures) if pictures.dim() == 4 else PALETTE[pictures.numpy()]
        for axis, picture in zip(line, shown, strict=True):
            axis.imshow(picture, interpolation="nearest")
    for axis, title in zip(axes[0], titles, strict=True):
        axis.set_title(title, fontsize=9)
    return figure, (
        f"Edits in columns ({', '.join(' '.join(title.split()) for title in titles)}). "
        f"Rows: {'; '.join(rows)}. {'; '.join(told)}."
    )


def mask_scores(
    iterations: Sequence[int], curves: Mapping[str, Sequence[float]], levels: Mapping[str, float]
) -> Picture:
    """Scores between 0 and 1 along training, with levels that do not depend on it.

    Args:
        curves: by title, a score at each iteration.
        levels: by title, the score of something that is not trained.
    """
    figure, axis = plt.subplots(figsize=(7, 3.2), layout="constrained")
    styles = zip(curves.items(), (BLUE, ORANGE, GREEN), "osD", strict=False)
    for (title, values), colour, marker in styles:
        axis.plot(iterations, values, color=colour, marker=marker, markersize=4, label=title)
    for title, value in levels.items():
        axis.axhline(value, color=GREY, linestyle="--", label=title)
    axis.set(xlabel="iteration", ylabel="mean IoU", ylim=(0, 1))
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize=9)
    told = [f"{title} from {values[0]:.2f} to {values[-1]:.2f}" for title, values in curves.items()]
    told += [f"{title} {value:.2f}" for title, value in levels.items()]
    return figure, f"Scores from iteration {iterations[0]} to {iterations[-1]}: {'; '.join(told)}."


def label_maps(maps: Mapping[str, Tensor]) -> Picture:
    """What a label adds to feature maps: one signed map a column, all on one scale around 0.

    Args:
        maps: by title, (h, h).
    """
    figure, axes = tiles(1, len(maps), 2.1)
    largest = max(float(values.abs().max()) for values in maps.values())
    for axis, (title, values) in zip(axes[0], maps.items(), strict=True):
        drawn = axis.imshow(values.numpy(), cmap=SIGNED, vmin=-largest, vmax=largest)
        axis.set_title(title, fontsize=9)
    scale(drawn, axes[0], "added to the feature")
    told = "; ".join(f"{k} from {v.min():.2g} to {v.max():.2g}" for k, v in maps.items())
    return figure, (
        "Maps of what a label adds to each pixel of a feature map, red above 0, blue below, white "
        f"at 0: {told}."
    )


def costs(parts: Sequence[tuple[str, float, float]]) -> Picture:
    """Weights and multiply-adds of each network, as bars.

    Args:
        parts: (network, millions of weights, billions of multiply-adds).
    """
    names = [name for name, *_ in parts][::-1]
    figure, axes = plt.subplots(1, 2, figsize=(9, 0.42 * len(parts) + 1), sharey=True)
    colours = [GREEN if n.startswith("P") else ORANGE if "seg" in n else BLUE for n in names]
    hatches = ["//" if colour == ORANGE else "" for colour in colours]
    for column, (axis, title) in enumerate(
        zip(axes, ("weights, millions", "multiply-adds per image, billions"), strict=True), start=1
    ):
        values = np.array([part[column] for part in parts])[::-1]
        bars = axis.barh([*map(_symbol, names)], values, color=colours, edgecolor="white")
        for bar, hatch, value in zip(bars, hatches, values, strict=True):
            bar.set_hatch(hatch)
            axis.text(value, bar.get_y() + 0.4, f" {value:.1f}", va="center", fontsize=8)
        axis.set_title(title, fontsize=10)
        axis.spines[["top", "right"]].set_visible(False)
        axis.margins(x=0.15)
    figure.tight_layout()
    text = ", ".join(f"{name} {w:.1f} and {m:.1f}" for name, w, m in parts)
    return figure, f"Millions of weights and billions of multiply-adds per image: {text}."
