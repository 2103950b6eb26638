"""Two branches: who learns from whom, where a label enters."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Patch
from torch import Tensor

from secgan_lite.course.figures.common import (
    BLUE,
    GREY,
    ORANGE,
    RED,
    SIGNED,
    Picture,
    pixels,
    scale,
    tiles,
)
from secgan_lite.segments import PALETTE, SEGMENTS

_PALE = 0.35  # what is left of a segment's colour where wrong pixels stand out


def agreement(
    rows: Mapping[str, Tensor | tuple[Tensor, Tensor]], titles: Sequence[str], side: float = 1.4
) -> Picture:
    """Edits, one in each column: images, their masks, and what is wrong in a mask.

    Below stand the colours of the segments that the masks show, and of wrong pixels.

    Args:
        rows: by title, images (n, 3, h, h), segments (n, h, h), or a pair: images and whether each
            is a success (n,), drawn as ✓ or ✗; or segments and the true ones: the wrong pixels are
            drawn in black, with their share, and the others pale.
        titles: of the columns: what was asked, or when.
        side: of a picture, in inches.
    """
    figure, axes = tiles(len(rows), len(titles), side)
    told, segments, any_wrong = [], set(), False
    for line, (title, pictures) in zip(axes, rows.items(), strict=True):
        line[0].set_ylabel(title, rotation=0, ha="right", va="center", fontsize=10)
        notes: Sequence[str] = ()
        if isinstance(pictures, tuple) and pictures[0].dim() == 4:
            shown = pixels(pictures[0])
            notes = ["✓" if success else "✗" for success in pictures[1]]
            told.append(f"{title}: {', '.join(notes)}")
        elif isinstance(pictures, tuple):
            found, true = pictures
            wrong = (found != true).numpy()
            any_wrong = True
            line[0].yaxis.label.set_text(f"{title}\n(mean {wrong.mean():.0%} wrong)")
            pale = 255 - _PALE * (255 - PALETTE[true.numpy()].astype(float))
            shown = np.where(wrong[..., None], 0, pale).astype(np.uint8)
            notes = [f"{share:.0%}" for share in wrong.mean(axis=(1, 2))]
            each = ", ".join(notes)
            told.append(f"{title}: {wrong.mean():.0%} of the pixels are wrong ({each})")
        elif pictures.dim() == 4:
            shown = pixels(pictures)
        else:
            shown = PALETTE[pictures.numpy()]
            segments |= set(pictures.unique().tolist())
        for axis, picture in zip(line, shown, strict=True):
            axis.imshow(picture, interpolation="nearest")
        for axis, note in zip(line, notes, strict=False):
            axis.text(
                0.98, 0.02, note, transform=axis.transAxes, ha="right", va="bottom",
                fontsize=8, bbox={"fc": "white", "lw": 0, "pad": 1},
            )  # fmt: skip
    for axis, title in zip(axes[0], titles, strict=True):
        axis.set_title(title, fontsize=10)
    if segments:
        patches = [
            Patch(facecolor=PALETTE[k] / 255, edgecolor=GREY, linewidth=0.5, label=SEGMENTS[k])
            for k in sorted(segments)
        ]
        if any_wrong:
            patches.append(Patch(facecolor="black", label="wrong"))
        figure.legend(
            handles=patches, loc="upper center", bbox_to_anchor=(0.5, 0.1), ncols=6,
            frameon=False, fontsize=8,
        )  # fmt: skip
    asked = ", ".join(" ".join(title.split()) for title in titles)
    more = "".join(f" {words}." for words in told)
    names = "; ".join(" ".join(name.split()) for name in rows)
    return figure, f"Edits in columns ({asked}). Rows: {names}.{more}"


def tied_and_apart(
    iterations: Sequence[int], panels: Mapping[str, Mapping[str, Mapping[str, Sequence[float]]]]
) -> Picture:
    """Curves along training: a panel for each score, a style for each training.

    Args:
        panels: by score and by training, curves: a value between 0 and 1 at each iteration.
    """
    figure, axes = plt.subplots(
        1, len(panels), figsize=(4.6 * len(panels), 3.8), layout="constrained"
    )
    told = []
    for axis, (score, trainings) in zip(np.atleast_1d(axes), panels.items(), strict=True):
        for (training, curves), (line, filled) in zip(
            trainings.items(), (("--", "white"), ("-", None)), strict=True
        ):
            colours = (BLUE, ORANGE) if len(curves) > 1 else ("black",)
            for (title, values), colour, marker in zip(curves.items(), colours, "os", strict=False):
                axis.plot(
                    iterations, values, line, color=colour, marker=marker, markersize=5,
                    markerfacecolor=filled or colour, label=f"{title}, {training}",
                )  # fmt: skip
                told.append(
                    f"{score}, {title}, {training}: from {values[0]:.2f} to {values[-1]:.2f}"
                )
        axis.set(xlabel="iteration", title=score, ylim=(0, None))
        axis.spines[["top", "right"]].set_visible(False)
        axis.legend(frameon=False, fontsize=10, loc="best")
    return figure, (
        f"Curves from iteration {iterations[0]} to {iterations[-1]}. {'; '.join(told)}."
    )


_CORNERS = {
    (2.7, 1): "both:\nglasses",
    (-2.7, -1): "both:\nskin",
    (-2.4, 3.4): "dispute",
    (2.4, -3.4): "dispute",
}


def pixel_duels(panels: Mapping[str, Tensor]) -> Picture:
    """Two branches that teach each other about a pixel: a column each.

    Above, the way of their log-odds through the plane; below, what both say, step by step.

    Args:
        panels: by title, log-odds (steps, 2) of the image branch and of the mask branch.
    """
    figure, axes = plt.subplots(
        2, len(panels), figsize=(2.8 * max(len(panels), 2), 5.8), squeeze=False, sharey="row"
    )
    figure.subplots_adjust(left=0.1, right=0.98, hspace=0.5, wspace=0.08)
    told = []
    for (title, path), plane, course in zip(panels.items(), axes[0], axes[1], strict=True):
        for place, words in _CORNERS.items():
            plane.text(*place, words, ha="center", va="center", fontsize=9, color=GREY)
        plane.axhline(0, color=GREY, linewidth=0.5)
        plane.axvline(0, color=GREY, linewidth=0.5)
        plane.plot(*path.T, color=BLUE, linewidth=1.5)
        plane.plot(*path[0], ".", color=GREY, markersize=10)
        plane.plot(*path[-1], "o", color=RED, markersize=8)
        plane.set(title=title, xlabel="a: image branch", xlim=(-4, 4), ylim=(-4, 4))
        looks = zip(path.sigmoid().T, (BLUE, ORANGE), ("-", "--"), ("image", "mask"), strict=True)
        for values, colour, line, name in looks:
            course.plot(values, line, color=colour, linewidth=2, label=f"{name} branch")
        course.axhline(0.5, color=GREY, linewidth=0.5)
        course.set(title=title, xlabel="step", ylim=(0, 1))
        ends = " and ".join(f"{end:.2f}" for end in path[-1].sigmoid().tolist())
        told.append(f"{title}: {ends}")
    axes[0, 0].set_ylabel("b: mask branch")
    axes[1, 0].set_ylabel("probability of glasses")
    axes[1, 0].legend(frameon=False, fontsize=9, loc="best")
    for axis in axes.flat:
        axis.spines[["top", "right"]].set_visible(False)
    return figure, (
        "Above, the log-odds of both branches from start (grey) to end (red); below, their "
        f"probabilities of glasses. At the end: {'; '.join(told)}."
    )


def label_maps(maps: Mapping[str, Tensor]) -> Picture:
    """What a label adds to feature maps: one signed map a column, all on one scale around 0.

    Signs stand where a value is far from 0: in grey both ends of the scale look alike.

    Args:
        maps: by title, (h, h).
    """
    figure, axes = tiles(1, len(maps), 2.8)
    largest = max(float(values.abs().max()) for values in maps.values())
    for axis, (title, values) in zip(axes[0], maps.items(), strict=True):
        drawn = axis.imshow(values.numpy(), cmap=SIGNED, vmin=-largest, vmax=largest)
        axis.set_title(title, fontsize=10)
        far = [(i, j) for i, j in _spread(len(values)) if values[i, j].abs() > largest / 16]
        for i, j in far:
            dark = values[i, j].abs() > 0.6 * largest
            axis.text(
                j, i, "+" if values[i, j] > 0 else "\N{MINUS SIGN}", ha="center", va="center",
                fontsize=9, color="white" if dark else "black",
            )  # fmt: skip
        if values.abs().max() < 1e-5 * largest:
            axis.text(0.5, 0.5, "nothing", transform=axis.transAxes, ha="center", va="center")
    scale(drawn, axes[0], "added to the feature")
    ends = {k: (v.min(), v.max()) for k, v in maps.items()}
    told = "; ".join(
        f"{k} from {low:.2g} to {high:.2g}" if max(-low, high) >= 1e-5 * largest else f"{k} nothing"
        for k, (low, high) in ends.items()
    )
    return figure, (
        "Maps of what a label adds to each pixel of a feature map, red above 0, blue below, white "
        f"at 0: {told}."
    )


def _spread(side: int) -> list[tuple[int, int]]:
    """Pixels on a grid that meets the border, for marks."""
    lines = np.linspace(1, side - 2, 6).astype(int)
    return [(i, j) for i in lines for j in lines]
