"""How a parser is trained and how good it is: loss, confusion, accuracy and IoU by segment."""

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from secgan_lite.segments import SEGMENTS
from secgan_lite.support.devices import exact

if TYPE_CHECKING:  # the method knows nothing of where faces come from
    from secgan_lite.datasets import FaceData


def hard_pixel_loss(logits: Tensor | list[Tensor], s: Tensor) -> Tensor:
    """Cross entropy over hard pixels only: those given p < 0.7, and no fewer than a sixteenth.

    From public code for BiSeNet, whose several logits add up. Averaged over all pixels instead,
    earrings, a quarter of a percent of them, are never learned at 64 px.
    """
    if isinstance(logits, list):
        return torch.stack([hard_pixel_loss(each, s) for each in logits]).sum()
    loss = F.cross_entropy(logits, s, reduction="none").flatten()
    threshold = loss.topk(max(1, loss.numel() // 16)).values[-1].clamp(max=-math.log(0.7))
    hard = loss.detach() >= threshold.detach()
    return (loss * hard).sum() / hard.sum()


def at_once(parser: nn.Module, image_size: int) -> int:
    """How many images P takes at a time: 256 of 128 px, fewer larger ones, for memory's sake.

    What counts is the size to which P itself brings them: BiSeNet's features of 256 images at its
    512 px take 10 GB.
    """
    side = getattr(parser, "metadata", {}).get("input_size", image_size)
    return max(1, min(256, 256 * 128**2 // side**2))


def confusion(parser: nn.Module, data: "FaceData", chunk: int | None = None) -> Tensor:
    """Pixels by (true segment, segment found by P): integers (12, 12).

    Args:
        chunk: faces at a time; None = ``at_once``.
    """
    device = next(parser.parameters()).device
    chunk = chunk or at_once(parser, data.images.shape[-1])
    total = torch.zeros(len(SEGMENTS) ** 2, dtype=torch.long, device=device)
    with torch.inference_mode():
        for indices in torch.arange(len(data)).split(chunk):
            x, _, s = data.batch(indices, device=device)
            if s is None:
                raise ValueError("data has no masks, with which those of P are compared.")
            pairs = s * len(SEGMENTS) + parser(x).argmax(dim=1)
            total += torch.bincount(pairs.flatten(), minlength=len(total))
    return total.view(len(SEGMENTS), len(SEGMENTS))


def pixel_accuracy(counts: Tensor) -> float:
    """Share of pixels on the diagonal of ``confusion``."""
    return float(counts.diagonal().sum() / counts.sum())


def iou(counts: Tensor) -> dict[str, float]:
    """Intersection over union per segment, from ``confusion``; NaN where a segment never occurs."""
    counts = exact(counts)
    hits = counts.diagonal()
    union = counts.sum(dim=0) + counts.sum(dim=1) - hits
    return dict(zip(SEGMENTS, (hits / union).tolist(), strict=True))


def quality(network: nn.Module, data: "FaceData") -> dict:
    """Pixel accuracy and IoU per segment, as fractions."""
    counts = confusion(network, data)
    scores = {name: round(value, 4) for name, value in iou(counts).items()}
    return {"pixel_accuracy": round(pixel_accuracy(counts), 4), "iou": scores}
