"""Face parsing (paper §3): the 12 segments, and the frozen parser P that finds them in an image.

    P = load_parser("auto", image_size=64)
    log_p = P(x)                 # x (B, 3, 64, 64) in [−1, 1] -> (B, 12, 64, 64)
    s = log_p.argmax(dim=1)      # what G_seg gets, one-hot

Train one with ``python -m secgan_lite.parsing train --image-size 64``.
"""

from secgan_lite.parsing.parser import Parser, load_parser, load_witness
from secgan_lite.parsing.scores import confusion, hard_pixel_loss, iou, pixel_accuracy, quality
from secgan_lite.segments import (
    CLASS_ORDERS,
    PALETTE,
    PARTS,
    SEGMENTS,
    colourise,
    lookup,
    merge,
    one_hot,
)

__all__ = [
    "CLASS_ORDERS",
    "PALETTE",
    "PARTS",
    "SEGMENTS",
    "Parser",
    "colourise",
    "confusion",
    "hard_pixel_loss",
    "iou",
    "load_parser",
    "load_witness",
    "lookup",
    "merge",
    "one_hot",
    "pixel_accuracy",
    "quality",
]
