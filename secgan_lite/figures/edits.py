"""Edited faces: grids of flips, and edits beside the truth (paper, Figures 5-7)."""

from collections.abc import Sequence

import numpy as np
import torch

from secgan_lite.figures.common import Picture, flip_name, pixels, tiles
from secgan_lite.parsing import PALETTE, colourise


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
    figure, axes = tiles(len(rows), len(names) + 1, 1.05)
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
    figure, axes = tiles(len(rows), len(titles), 1.3)
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
