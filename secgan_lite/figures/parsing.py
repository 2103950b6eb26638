"""Faces and their segments."""

import numpy as np
from matplotlib.patches import Patch

from secgan_lite.figures.common import GREY, Picture, pixels, tiles
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
