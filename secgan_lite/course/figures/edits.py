"""Edited faces: grids of flips, and edits beside the truth (paper, Figures 5-7)."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure

from secgan_lite.course.figures.common import (
    SIZES,
    Picture,
    flip_name,
    pixels,
    share_made,
    signed,
    tiles,
    unit,
)
from secgan_lite.parsing import PALETTE, colourise

_FULL_CHANGE = 64  # grey levels at which the colours of a change end: more is as bright


def flip_grid(images: object, edits: object, names: Sequence[str], labels: object) -> Picture:
    """One face a row: the input, then each single flip.

    Args:
        images: inputs (B, 3, h, h).
        edits: their flips (n_a, B, 3, h, h).
        labels: y_src (B, n_a), to say in which direction each flip goes.
    """
    shown, flipped = pixels(images), pixels(edits)
    present = np.asarray(torch.as_tensor(labels)) > 0
    figure, axes = tiles(len(shown), len(names) + 1, 0.95)
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


def before_and_after(image: object, edit: object, wish: Mapping[str, int]) -> Picture:
    """A face and one edit of it, large, with the wish on the arrow between them.

    Args:
        image, edit: pictures, (h, w, 3) or PIL images.
        wish: by attribute, +1 or −1.
    """
    figure, axes = tiles(1, 3, 2.2)
    for axis, picture, title in zip(axes[0, ::2], (image, edit), ("input", "edit"), strict=True):
        axis.imshow(np.asarray(picture), interpolation="nearest")
        axis.set_title(title, fontsize=11)
    axes[0, 1].annotate("", (0.9, 0.5), (0.1, 0.5), arrowprops={"arrowstyle": "->", "lw": 2})
    axes[0, 1].text(0.5, 0.56, ",\n".join(_signed(wish)), ha="center", fontsize=11)
    alt = f"A drawn face, and the same face edited by the wish {', '.join(_signed(wish))}."
    return figure, alt


def wishes(
    image: object,
    edits: Sequence[object],
    truths: Sequence[object],
    wanted: Sequence[Mapping[str, int]],
) -> Picture:
    """One face; edits of it, each under the wish that made it; and what the wish means, below.

    Args:
        image, edits: pictures, (h, w, 3) or PIL images.
        truths: the true edits, alike; None where there is no such face.
        wanted: the wishes, by attribute, +1 or −1.
    """
    figure, axes = tiles(2, len(edits) + 1, 1.6)
    axes[0, 0].imshow(np.asarray(image), interpolation="nearest")
    axes[0, 0].set_title("input", fontsize=9)
    columns = zip(wanted, edits, truths, axes[:, 1:].T, strict=True)
    for wish, edit, truth, (above, below) in columns:
        above.imshow(np.asarray(edit), interpolation="nearest")
        above.set_title("\n".join(_signed(wish)), fontsize=9)
        if truth is None:
            below.text(0.5, 0.5, "no such face", ha="center", va="center", fontsize=9)
        else:
            below.imshow(np.asarray(truth), interpolation="nearest")
    axes[1, 0].text(0.92, 0.5, "above: edits\n\ntrue edits →", ha="right", va="center", fontsize=9)
    said = "; ".join(", ".join(_signed(wish)) for wish in wanted)
    return figure, f"A face, {len(edits)} edits of it, and below them the true edits: {said}."


def _signed(wish: Mapping[str, int]) -> list[str]:
    """A wish in words: ["Bangs +1", "Bald −1"]."""
    return [f"{name} {signed(value, '+.0f')}" for name, value in wish.items()]


def reversed_beside_truth(
    images: object, edits: object, truths: object, names: Sequence[str], labels: object
) -> Picture:
    """Each attribute of each face reversed, the edit above the true edit, in lines of seven.

    Args:
        images: inputs (B, 3, h, h).
        edits, truths: (n_a, B, 3, h, h).
        labels: y_src (B, n_a), to say in which direction each edit goes.
    """
    shown, edited, true = pixels(images), pixels(edits), pixels(truths)
    present = np.asarray(torch.as_tensor(labels)) > 0
    cells = [(face, k) for face in range(len(shown)) for k in (None, *range(len(names)))]
    columns, lines, side, title_height = 7, -(-len(cells) // 7), 1.3, 0.42
    figure, axes = plt.subplots(
        3 * lines,
        columns,
        figsize=(columns * side, lines * (2 * side + title_height)),
        gridspec_kw={"height_ratios": [title_height, side, side] * lines},
    )
    for axis in axes.flat:
        axis.axis("off")
    for place, (face, k) in enumerate(cells):
        room, above, below = axes[3 * (place // columns) :, place % columns][:3]
        if k is None:
            pair, title = (shown[face], shown[face]), "input"
        else:
            pair, title = (edited[k, face], true[k, face]), flip_name(names[k], present[face, k])
        room.text(0.5, 0.1, title.replace(" ", "\n", 1), ha="center", fontsize=9)
        above.imshow(pair[0], interpolation="nearest")
        below.imshow(pair[1], interpolation="nearest")
        if place % columns == 0:
            for axis, name in ((above, "edit"), (below, "true edit")):
                axis.text(-0.08, 0.5, name, rotation=90, va="center", ha="right",
                          fontsize=9, transform=axis.transAxes)  # fmt: skip
    figure.subplots_adjust(hspace=0.04, wspace=0.04)
    return figure, (
        f"Faces: {len(shown)}, with each of {len(names)} attributes reversed: in pairs of rows, "
        "the edits above and the true edits below."
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
    source, edited, true = unit(image), unit(edits), unit(truths)
    rows = {"edit": edited, "true edit": true}
    rows |= {"change": _change(edited, source), "true change": _change(true, source)}
    figure = _flip_rows(source, rows, _painted(masks), names, label)
    wishes = [flip_name(name, bool(present)) for name, present in zip(names, label, strict=True)]
    return figure, (
        f"One face and {len(names)} flips of it: the edit, the true edit, and heat maps of what "
        f"each changed (brighter is more, to 64 of 255 grey levels){_with(masks)}. Of the "
        "true change the edits make, as far as they go in its direction (1 is all of it; what they "
        f"change besides does not count): {share_made(edits, truths, image, wishes)}."
    )


def growth(image: object, edits: dict[str, object], names: Sequence[str], label: object) -> Picture:
    """One face under the flips ``names``, a row each, at several moments of a training.

    Args:
        image: the input (3, h, h).
        edits: by moment (or "true edit"), from left to right, (K, 3, h, h).
        label: y_src (K,) of the flipped attributes.
    """
    figure, axes = tiles(len(names), len(edits) + 1, 1.4)
    columns = {"input": [image] * len(names), **edits}
    for place, (title, images) in enumerate(columns.items()):
        axes[0, place].set_title(title, fontsize=10)
        for row, picture in enumerate(images):
            axes[row, place].imshow(unit(picture), interpolation="nearest")
    wishes = [flip_name(name, bool(present)) for name, present in zip(names, label, strict=True)]
    for axis, wish in zip(axes[:, 0], wishes, strict=True):
        words = wish.replace(" ", "\n", 1)
        axis.set_ylabel(words, rotation=0, ha="right", va="center", fontsize=10)
    *moments, (last, whole) = edits.items()
    made = "; ".join(f"{t}: {share_made(images, whole, image, wishes)}" for t, images in moments)
    return figure, (
        f"One face and {len(names)} edits of it, a row each: the input, then {', '.join(edits)}."
        + (f" Of the change of the {last} they make: {made}." if moments else "")
    )


def method_comparison(
    image: object,
    edits: dict[str, object],
    names: Sequence[str],
    label: object,
    masks: dict[str, object],
) -> Picture:
    """One face under the flips ``names`` by several methods, as in the paper's Figure 5.

    Args:
        image: the input (3, h, h).
        edits: by method (or "true edit"), (K, 3, h, h); each gets a row, and one of its changes.
        label: y_src (K,) of the flipped attributes.
        masks: rows of masks (K, h, h) by title.
    """
    source, rows = unit(image), {}
    for title, images in edits.items():
        rows[title] = unit(images)
        rows[f"{title},\nchange"] = _change(rows[title], source)
    figure = _flip_rows(source, rows, _painted(masks), names, label)
    return figure, (
        f"One face and {len(names)} flips of it; rows for {', '.join(edits)}, below each a "
        f"heat map of what it changed (brighter is more, to 64 of 255 grey levels){_with(masks)}."
    )


def _flip_rows(
    source: np.ndarray,
    faces: dict[str, np.ndarray],
    masks: dict[str, np.ndarray],
    names: Sequence[str],
    label: object,
) -> Figure:
    """A flip a column: rows of images (K, h, h, 3), beside the input, of changes, and of masks.

    Changes are in grey levels, and the scale of each row of them stands in the first column.
    """
    rows = faces | masks
    # Few flips are shown large.
    figure, axes = tiles(len(rows), len(names) + 1, min(1.35, 8.1 / (len(names) + 1)))
    axes[0, 0].set_title("input", fontsize=9)
    for row, (title, images) in enumerate(rows.items()):
        axes[row, 0].set_ylabel(title, rotation=0, ha="right", va="center", fontsize=10)
        if title in faces and images.ndim == 4:
            axes[row, 0].imshow(source, interpolation="nearest")
        for column, name in enumerate(names):
            axis = axes[row, column + 1]
            if images.ndim == 3:
                drawn = axis.imshow(images[column], cmap=SIZES, vmin=0, vmax=_FULL_CHANGE)
            else:
                axis.imshow(images[column], interpolation="nearest")
            if row == 0:
                flip = flip_name(name, bool(label[column]))
                axis.set_title(flip.replace(" ", "\n", 1), fontsize=9)
        if images.ndim == 3:
            place = axes[row, 0].inset_axes((0.62, 0.05, 0.12, 0.9))
            bar = figure.colorbar(drawn, cax=place, extend="max")
            bar.set_label("grey levels", fontsize=9)
            bar.ax.yaxis.set_label_position("left")
            bar.ax.tick_params(labelsize=9)
    return figure


def _with(masks: dict[str, object]) -> str:
    """The masks of a picture, as the end of its alt text."""
    return f", and masks: {', '.join(masks)}" if masks else ""


def _change(images: np.ndarray, source: np.ndarray) -> np.ndarray:
    return 255 * np.abs(images - source).mean(axis=-1)


def _painted(masks: dict[str, object]) -> dict[str, np.ndarray]:
    return {
        title: colourise(torch.as_tensor(mask)).permute(0, 2, 3, 1).numpy()
        for title, mask in masks.items()
    }


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
    figure, axes = tiles(len(rows), len(titles), 1.3)
    for (title, pictures), line in zip(rows.items(), axes, strict=True):
        line[0].set_ylabel(title, fontsize=11)
        for axis, picture in zip(line, pictures, strict=True):
            axis.imshow(picture, interpolation="nearest")
    for axis, title in zip(axes[2], titles, strict=True):
        axis.set_title(title.replace(" ", "\n", 1), fontsize=9, pad=3, linespacing=1)
    figure.subplots_adjust(hspace=0.04)
    lower = axes[2:].ravel()
    for axis in lower:  # room for the titles, which belong to the two rows below them
        place = axis.get_position()
        axis.set_position((place.x0, place.y0 - 0.08, place.width, place.height))
    return figure, (
        f"{len(titles)} drawn faces, their segments, edits by SeCGAN ({', '.join(titles)}), "
        "and the true edits."
    )
