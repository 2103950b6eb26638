"""Every picture of the lessons. Each function returns (figure, alt text); none opens a window.

Images come in as float (…, 3, h, h) in [−1, 1] or uint8, masks as integers (…, h, h).
"""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from secgan_lite.attributes import ATTRIBUTES
from secgan_lite.parsing import PALETTE, SEGMENTS, colourise

Picture = tuple[Figure, str]

# Okabe and Ito's colours: told apart by every kind of colour vision.
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#666666"
_ON = {attribute.name: attribute.on for attribute in ATTRIBUTES}
_OFF = {attribute.name: attribute.off for attribute in ATTRIBUTES}


def pixels(images: object) -> np.ndarray:
    """Any batch of images as (…, h, h, 3) for matplotlib, in [0, 1] or uint8."""
    array = np.asarray(torch.as_tensor(images).detach().cpu())
    if array.dtype != np.uint8:
        array = np.clip((array + 1) / 2, 0, 1)
    return np.moveaxis(array, -3, -1)


def flip_name(name: str, present: bool) -> str:
    """What reversing an attribute does to a face that has it, or has it not, in words."""
    return (_OFF if present else _ON).get(name, name)


def _tiles(rows: int, columns: int, side: float, **options: object) -> tuple[Figure, np.ndarray]:
    figure, axes = plt.subplots(
        rows, columns, figsize=(columns * side, rows * side), squeeze=False, **options
    )
    for axis in axes.flat:
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    figure.subplots_adjust(wspace=0.04, hspace=0.04)
    return figure, axes


def faces_and_masks(images: object, masks: object, columns: int = 8) -> Picture:
    """Faces above their segments, with the palette's legend."""
    shown, segments = pixels(images)[:columns], np.asarray(masks)[:columns]
    figure, axes = _tiles(2, len(shown), 1.15)
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


def _line(axis: Axes, log: Sequence[dict], term: str, label: str, **style: object) -> None:
    points = [(record["iteration"], record[term]) for record in log if term in record]
    if points:
        axis.plot(*zip(*points, strict=True), label=label, **style)


def training_curves(log: Sequence[dict]) -> Picture:
    """The four curves that tell whether a run works, and the terms behind them.

    Args:
        log: records of ``log.jsonl``; ``judge`` (share of flips that the judge accepts) optional.
    """
    figure, axes = plt.subplots(1, 4, figsize=(13, 2.7), layout="constrained")
    solid, dashed = {"linestyle": "-"}, {"linestyle": "--"}
    branches = [("rgb", BLUE, "image"), ("semantic", ORANGE, "mask")]
    for branch, colour, word in branches:
        for axis, term, label, style in (
            (axes[0], "real_accuracy", f"D on real {word}s", solid),
            (axes[0], "fake_accuracy", f"D on edited {word}s", dashed),
            (axes[1], "critic", f"critic, {word}s", solid),
            (axes[2], "rec", f"rec, {word}s", solid),
            (axes[3], "sc", f"sc, {word}s", solid),
        ):
            _line(axis, log, f"{branch}/{term}", label, color=colour, **style)
    _line(axes[0], log, "judge", "judge on edits", color=GREEN, marker="o", markersize=4)
    _line(axes[2], log, "rgb/change", "|x_out − x_in|", color=GREY, linestyle=":")
    titles = (
        "Are edits recognised?",
        "Critic: fake − real",
        "Error",
        "Disagreement of the branches",
    )
    for axis, title in zip(axes, titles, strict=True):
        axis.set(title=title, xlabel="iteration t")
        axis.spines[["top", "right"]].set_visible(False)
        if axis.has_data():
            axis.legend(frameon=False, fontsize=7)
        else:
            axis.text(
                0.5, 0.5, "one branch only", ha="center", transform=axis.transAxes, color=GREY
            )
    axes[0].set(ylim=(0, 1.02), ylabel="share")
    last = log[-1] if log else {}
    facts = ", ".join(f"{k} {v:.2f}" for k, v in last.items() if k in _TOLD)
    return figure, f"Training curves up to iteration {last.get('iteration', 0)}: {facts}."


_TOLD = ("rgb/real_accuracy", "rgb/fake_accuracy", "judge", "rgb/rec", "rgb/change", "rgb/sc")


def flip_grid(images: object, edits: object, names: Sequence[str], labels: object) -> Picture:
    """One face a row: the input, then each single flip.

    Args:
        images: inputs (B, 3, h, h).
        edits: their flips (n_a, B, 3, h, h).
        labels: y_src (B, n_a), to say in which direction each flip goes.
    """
    shown, flipped = pixels(images), pixels(edits)
    present = np.asarray(torch.as_tensor(labels)) > 0
    figure, axes = _tiles(len(shown), len(names) + 1, 0.95)
    for row in range(len(shown)):
        axes[row, 0].imshow(shown[row])
        for column in range(len(names)):
            axis = axes[row, column + 1]
            axis.imshow(flipped[column, row])
            axis.set_xlabel("−" if present[row, column] else "+", fontsize=8, labelpad=1)
    axes[0, 0].set_title("input", fontsize=8, rotation=35, ha="left", va="bottom")
    for column, name in enumerate(names):
        title = name.replace("_", " ")
        axes[0, column + 1].set_title(title, fontsize=8, rotation=35, ha="left", va="bottom")
    figure.subplots_adjust(hspace=0.22)
    return figure, (
        f"{len(shown)} faces, one a row: the input and {len(names)} edits that each reverse one "
        "attribute; + marks an attribute that was added, − one that was taken away."
    )


def edit_comparison(
    image: object,
    edits: object,
    truths: object,
    names: Sequence[str],
    label: object,
    masks: dict[str, object],
) -> Picture:
    """One face under the flips ``names``: edit, truth, what changed, and masks, a flip a column.

    Args:
        image: the input (3, h, h).
        edits: its edits (K, 3, h, h).
        truths: the true edits (K, 3, h, h).
        label: y_src (K,) of the flipped attributes.
        masks: rows of masks (K, h, h) by title, for example of P and of G_seg.
    """
    source, edited, true = pixels(image), pixels(edits), pixels(truths)
    source = source / 255 if source.dtype == np.uint8 else source
    true = true / 255 if true.dtype == np.uint8 else true
    heat = [np.abs(batch - source).mean(axis=-1) for batch in (edited, true)]
    rows: dict[str, np.ndarray] = {
        "edit": edited,
        "true edit": true,
        "change": heat[0],
        "true change": heat[1],
    } | {
        title: colourise(torch.as_tensor(mask)).permute(0, 2, 3, 1).numpy()
        for title, mask in masks.items()
    }
    figure, axes = _tiles(len(rows), len(names) + 1, 1.05)
    axes[0, 0].imshow(source)
    axes[0, 0].set_title("input | edit →", fontsize=8)
    for row, (title, images) in enumerate(rows.items()):
        if row:
            axes[row, 0].text(0.95, 0.5, title, ha="right", va="center", fontsize=9)
        for column, name in enumerate(names):
            axis = axes[row, column + 1]
            if images.ndim == 3:
                axis.imshow(images[column], cmap="magma", vmin=0, vmax=0.5)
            else:
                axis.imshow(images[column], interpolation="nearest")
            if row == 0:
                axis.set_title(
                    flip_name(name, bool(label[column])).replace(" ", "\n", 1), fontsize=8
                )
    return figure, (
        f"One face and {len(names)} flips of it: the edit, the true edit, heat maps of what each "
        f"changed (brighter is more), and masks ({', '.join(masks)})."
    )


def overview(
    images: object, masks: object, edits: object, truths: object, titles: Sequence[str]
) -> Picture:
    """K faces, a column each: input, its mask, one edit, and the true edit beside it.

    Args:
        images, edits, truths: (K, 3, h, h).
        masks: segments (K, h, h).
        titles: what the edit of each column does.
    """
    rows = {
        "input": pixels(images),
        "parsed by P": PALETTE[np.asarray(masks)],
        "edited": pixels(edits),
        "true edit": pixels(truths),
    }
    figure, axes = _tiles(len(rows), len(titles), 1.3)
    for (title, pictures), line in zip(rows.items(), axes, strict=True):
        line[0].set_ylabel(title, fontsize=11)
        for axis, picture in zip(line, pictures, strict=True):
            axis.imshow(picture, interpolation="nearest")
    for axis, title in zip(axes[2], titles, strict=True):
        axis.set_title(title, fontsize=10, pad=3)
    figure.subplots_adjust(hspace=0.16)
    return figure, (
        f"{len(titles)} drawn faces, their segments, edits by SeCGAN ({', '.join(titles)}), "
        "and the true edits."
    )
