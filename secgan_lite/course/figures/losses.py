"""Losses made visible: printed and meant, which way each term pulls, and how hard."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
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
    scale,
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


def pulls(images: Tensor, gradients: Mapping[str, Tensor], masks: object = None) -> Picture:
    """Faces, and below them for each term where it wants the image changed, brightest most.

    Each row is a share of its own largest pull, because terms differ by orders of magnitude.

    Args:
        images: (N, 3, h, h).
        gradients: by title, gradients of a term for the images, (N, C, h, h).
        masks: segments (N, h, h) to show as a second row.
    """
    rows: dict[str, np.ndarray] = {"image": pixels(images)}
    if masks is not None:
        rows["mask"] = PALETTE[np.asarray(masks)]
    for title, gradient in gradients.items():
        size = gradient.norm(dim=1)
        rows[title] = (size / size.quantile(0.995).clamp(min=1e-12)).clamp(max=1).numpy()
    figure, axes = tiles(len(rows), len(images), 1.25)
    for line, (title, pictures) in zip(axes, rows.items(), strict=True):
        line[0].set_ylabel(title, rotation=0, ha="right", va="center", fontsize=9)
        for axis, picture in zip(line, pictures, strict=True):
            drawn = axis.imshow(picture, cmap=SIZES, vmin=0, vmax=1, interpolation="nearest")
        if title in gradients:
            scale(drawn, line, "share of\nits largest")
    return figure, (
        f"{len(images)} faces and, for each loss term, a map of how much it wants each pixel to "
        f"change, bright where most: {', '.join(gradients)}.".replace("\n", " ")
    )


def directions(
    images: Tensor,
    steps: Mapping[str, Tensor],
    notes: Mapping[str, Sequence[str]] | None = None,
) -> Picture:
    """Faces, and below them for each row whether a step makes a pixel brighter or darker.

    Each row is a share of its own largest step, because terms differ by orders of magnitude.

    Args:
        images: (N, 3, h, h).
        steps: by title, what is added to the images, (N, 3, h, h).
        notes: by title, what stands below each of the N pictures of a row.
    """
    notes = notes or {}
    figure, axes = tiles(len(steps) + 1, len(images), 1.25)
    figure.subplots_adjust(hspace=0.2)
    for axis, picture in zip(axes[0], pixels(images), strict=True):
        axis.imshow(picture, interpolation="nearest")
    axes[0, 0].set_ylabel("image", rotation=0, ha="right", va="center", fontsize=9)
    for line, (title, step) in zip(axes[1:], steps.items(), strict=True):
        line[0].set_ylabel(title, rotation=0, ha="right", va="center", fontsize=9)
        change = step.mean(dim=1)
        # Not the largest: a few single pixels would leave all others white.
        end = change.abs().quantile(0.995).clamp(min=1e-12)
        for axis, tile in zip(line, (change / end).numpy(), strict=True):
            drawn = axis.imshow(tile, cmap=SIGNED, vmin=-1, vmax=1, interpolation="nearest")
        for axis, note in zip(line, notes.get(title, ()), strict=False):
            axis.set_xlabel(note, fontsize=8, labelpad=2)
        scale(drawn, line, "darker | brighter")
    told = "; ".join(f"{title}: {', '.join(found)}" for title, found in notes.items())
    return figure, (
        f"{len(images)} faces and, for each of {', '.join(steps)}, a map of where a step makes "
        "pixels brighter (red) or darker (blue), each row as a share of its largest step."
        + (f" Below the maps: {told}." if told else "")
    ).replace("\n", " ")


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
        axis.set(title=title, xlabel="norm of the gradient at the output")
        axis.spines[["top", "right"]].set_visible(False)
        axis.margins(x=0.15)
    figure.tight_layout()
    text = "; ".join(
        f"{title}: " + ", ".join(f"{term} {value:.2g}" for term, value in terms.items())
        for title, terms in norms.items()
    )
    return figure, f"How strongly each weighted term pulls at a generator's output. {text}."
