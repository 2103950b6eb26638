"""What all pictures share: colours, pixels, words for an edit, a grid of tiles."""

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure

from secgan_lite.attributes import ATTRIBUTES

Picture = tuple[Figure, str]
# Around a function that draws or saves: a user's matplotlibrc may ask for LaTeX, or for other dots.
own_style = plt.style.context("default")

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


def tiles(rows: int, columns: int, side: float) -> tuple[Figure, np.ndarray]:
    """Empty axes (rows, columns) without ticks or frames, each ``side`` inches wide."""
    figure, axes = plt.subplots(rows, columns, figsize=(columns * side, rows * side), squeeze=False)
    for axis in axes.flat:
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    figure.subplots_adjust(wspace=0.04, hspace=0.04)
    return figure, axes
