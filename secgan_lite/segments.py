"""The paper's 12 segments (§3), and how CelebAMask-HQ's 19 parts become them."""

import numpy as np
import torch
from torch import Tensor

from secgan_lite.support.errors import unknown_choice

# In Okabe and Ito's colours and tints of them, neighbours on a face far apart in lightness.
_COLOURS = {
    "skin": (245, 205, 170),
    "eyebrows": (90, 60, 20),
    "eyes": (255, 255, 255),
    "eyeglasses": (0, 114, 178),
    "ears": (204, 121, 167),
    "earrings": (240, 228, 66),
    "nose": (213, 150, 90),
    "mouth": (90, 0, 20),
    "lips": (213, 94, 0),
    "neck": (170, 125, 95),
    "hair": (0, 158, 115),
    "others": (45, 45, 55),
}
SEGMENTS = tuple(_COLOURS)
PALETTE = np.array([*_COLOURS.values()], np.uint8)

# Segment of each part, by the part's name in CelebAMask-HQ's files. In this order they are painted:
# glasses after eyes, so that glasses win where both are marked.
PARTS = {
    "background": "others",
    "skin": "skin",
    "l_brow": "eyebrows",
    "r_brow": "eyebrows",
    "l_eye": "eyes",
    "r_eye": "eyes",
    "eye_g": "eyeglasses",
    "l_ear": "ears",
    "r_ear": "ears",
    "ear_r": "earrings",
    "nose": "nose",
    "mouth": "mouth",
    "u_lip": "lips",
    "l_lip": "lips",
    "neck": "neck",
    "neck_l": "others",
    "cloth": "others",
    "hair": "hair",
    "hat": "others",
}
# Two orders of the 19 classes are in circulation: that of the public BiSeNet weights, which is
# ours, and that of the data set's own tools.
CLASS_ORDERS = {
    "face-parsing": tuple(PARTS),
    "celebamask": (
        "background", "skin", "nose", "eye_g", "l_eye", "r_eye", "l_brow", "r_brow", "l_ear",
        "r_ear", "mouth", "u_lip", "l_lip", "hair", "hat", "ear_r", "neck_l", "neck", "cloth",
    ),
}  # fmt: skip


def one_hot(masks: Tensor) -> Tensor:
    """Segments (B, h, h) as s, float (B, 12, h, h): one channel is 1 in each pixel."""
    channels = torch.arange(len(SEGMENTS), device=masks.device)
    return (masks[:, None] == channels[:, None, None]).float()


def colourise(masks: Tensor) -> Tensor:
    """Segments (B, h, h) as colours, uint8 (B, 3, h, h)."""
    palette = torch.from_numpy(PALETTE).to(masks.device)
    return palette[masks.long()].movedim(-1, 1)


def lookup(order: str) -> np.ndarray:
    """Segment number of each of the 19 classes of ``order``, uint8 (19,).

    Raises:
        ValueError: no such order of classes; the nearest is named.
    """
    if order not in CLASS_ORDERS:
        raise unknown_choice("class order", order, CLASS_ORDERS)
    return np.array([SEGMENTS.index(PARTS[part]) for part in CLASS_ORDERS[order]], np.uint8)


def merge(logits: Tensor, order: str) -> Tensor:
    """Exact log-probabilities (B, 12, h, h) of segments from logits (B, 19, h, h) of parts.

    The probability of a segment is the sum of its parts'. Merging arg-maxima is not the same: two
    halves of a segment, each second to another class, can together come first.
    """
    groups, parts = lookup(order), logits.log_softmax(dim=1).unbind(dim=1)
    # The parts of a segment side by side: a GPU is told where, not asked.
    together = torch.stack([parts[i] for i in groups.argsort(kind="stable")], dim=1)
    segments = together.split(np.bincount(groups).tolist(), dim=1)
    return torch.stack([segment.logsumexp(dim=1) for segment in segments], dim=1)
