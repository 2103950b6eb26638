"""Every picture of the lessons. Each function returns (figure, alt text); none opens a window.

Images come in as float (…, 3, h, h) in [−1, 1] or uint8, masks as integers (…, h, h).
"""

from secgan_lite.figures.common import BLUE, GREEN, GREY, ORANGE, RED, Picture, flip_name, pixels
from secgan_lite.figures.edits import edit_comparison, flip_grid, method_comparison, overview
from secgan_lite.figures.evaluation import (
    counterfactual_scale,
    recognition_against_error,
    tarr_by_attribute,
)
from secgan_lite.figures.parsing import faces_and_masks
from secgan_lite.figures.training import training_curves

__all__ = [
    "BLUE",
    "GREEN",
    "GREY",
    "ORANGE",
    "RED",
    "Picture",
    "counterfactual_scale",
    "edit_comparison",
    "faces_and_masks",
    "flip_grid",
    "flip_name",
    "method_comparison",
    "overview",
    "pixels",
    "recognition_against_error",
    "tarr_by_attribute",
    "training_curves",
]
