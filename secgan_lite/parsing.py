"""Face parsing (paper §3): the 12 segments, and the frozen parser P that finds them in an image.

    P = load_parser("auto", image_size=64)
    log_p = P(x)                 # x (B, 3, 64, 64) in [−1, 1] -> (B, 12, 64, 64)
    s = log_p.argmax(dim=1)      # what G_seg gets, one-hot

Train one with ``python -m secgan_lite.parsing train --image-size 64``.
"""

import math
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from secgan_lite.backbones import require_divisible
from secgan_lite.datasets import FaceData
from secgan_lite.supervised import load_trained, train_command

SEGMENTS = (
    "skin",
    "eyebrows",
    "eyes",
    "eyeglasses",
    "ears",
    "earrings",
    "nose",
    "mouth",
    "lips",
    "neck",
    "hair",
    "others",
)
# Okabe and Ito's colours and tints of them, neighbours on a face far apart in lightness.
PALETTE = np.array(
    [
        (245, 205, 170),
        (90, 60, 20),
        (255, 255, 255),
        (0, 114, 178),
        (204, 121, 167),
        (240, 228, 66),
        (213, 150, 90),
        (90, 0, 20),
        (213, 94, 0),
        (170, 125, 95),
        (0, 158, 115),
        (45, 45, 55),
    ],
    np.uint8,
)
_CONV = {"kernel_size": 3, "padding": 1, "bias": False}


def one_hot(masks: Tensor) -> Tensor:
    """Segments (B, h, h) as s, float (B, 12, h, h): one channel is 1 in each pixel."""
    return F.one_hot(masks.long(), len(SEGMENTS)).movedim(-1, 1).float()


def colourise(masks: Tensor) -> Tensor:
    """Segments (B, h, h) as colours, uint8 (B, 3, h, h)."""
    palette = torch.from_numpy(PALETTE).to(masks.device)
    return palette[masks.long()].movedim(-1, 1)


def _unit(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, **_CONV), nn.BatchNorm2d(after), nn.ReLU(inplace=True)
    )


class UNet(nn.Module):
    """A small U-Net at the image's own resolution: (B, 3, h, h) in [−1, 1] -> logits (B, 12, h, h).

    Skips are added, not concatenated, after a 1 × 1 convolution at the lower resolution: half the
    cost, and P runs inside every generator step.
    """

    def __init__(self, width: int = 16, levels: int = 3, classes: int = len(SEGMENTS)) -> None:
        super().__init__()
        channels = [width * 2**level for level in range(levels)]
        self.entry = _unit(3, width)
        self.down = nn.ModuleList(
            nn.Sequential(_unit(c, 2 * c), _unit(2 * c, 2 * c)) for c in channels[:-1]
        )
        self.narrow = nn.ModuleList(nn.Conv2d(2 * c, c, 1) for c in reversed(channels[:-1]))
        self.up = nn.ModuleList(_unit(c, c) for c in reversed(channels[:-1]))
        self.exit = nn.Conv2d(width, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        require_divisible(x.shape[-1], 2 ** len(self.down), "the U-Net")
        features = [self.entry(x)]
        for stage in self.down:
            features.append(stage(F.max_pool2d(features[-1], 2)))
        x = features.pop()
        for narrow, up in zip(self.narrow, self.up, strict=True):
            x = up(F.interpolate(narrow(x), scale_factor=2) + features.pop())
        return self.exit(x)


class Parser(nn.Module):
    """The frozen P: images (B, 3, h, h) in [−1, 1] to log-probabilities (B, 12, h, h).

    Its weights never change and it always evaluates, but gradients reach the image: Eq. 11 teaches
    G_rgb through P.
    """

    def __init__(self, network: nn.Module, hash_: str = "") -> None:
        super().__init__()
        self.network = network
        self.hash = hash_
        self.eval().requires_grad_(False)

    def train(self, mode: bool = True) -> "Parser":
        """Stays in evaluation mode, whatever the model around it does."""
        return super().train(False)

    def requires_grad_(self, requires_grad: bool = True) -> "Parser":
        """Stays frozen, likewise."""
        return super().requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        return self.network(x).log_softmax(dim=1)


def load_parser(source: str | Path = "auto", image_size: int = 64) -> Parser:
    """P for images of one size; it is trained for each (paper, §3). Errors: ``load_trained``.

    Args:
        source: "auto" for the bundled one, which knows drawn faces, or a weights file of ours.
    """
    return Parser(*load_trained("parser", UNet, source, image_size))


def hard_pixel_loss(logits: Tensor, s: Tensor) -> Tensor:
    """Cross entropy over hard pixels only: those given p < 0.7, and no fewer than a sixteenth.

    It is BiSeNet's loss (online hard example mining). Averaged over all pixels instead, earrings,
    a quarter of a percent of them, are never learned at 64 px.
    """
    loss = F.cross_entropy(logits, s, reduction="none").flatten()
    threshold = loss.topk(max(1, loss.numel() // 16)).values[-1].clamp(max=-math.log(0.7))
    hard = loss.detach() >= threshold.detach()
    return (loss * hard).sum() / hard.sum()


def confusion(parser: nn.Module, data: FaceData, chunk: int = 256) -> Tensor:
    """Pixels by (true segment, segment found by P): integers (12, 12)."""
    total = torch.zeros(len(SEGMENTS) ** 2, dtype=torch.long)
    with torch.inference_mode():
        for indices in torch.arange(len(data)).split(chunk):
            x, _, s = data.batch(indices)
            pairs = s * len(SEGMENTS) + parser(x).argmax(dim=1)
            total += torch.bincount(pairs.flatten(), minlength=len(total))
    return total.view(len(SEGMENTS), len(SEGMENTS))


def pixel_accuracy(counts: Tensor) -> float:
    """Share of pixels on the diagonal of ``confusion``."""
    return float(counts.diagonal().sum() / counts.sum())


def iou(counts: Tensor) -> dict[str, float]:
    """Intersection over union per segment, from ``confusion``; NaN where a segment never occurs."""
    hits = counts.diagonal().double()
    union = counts.sum(dim=0) + counts.sum(dim=1) - hits
    return dict(zip(SEGMENTS, (hits / union).tolist(), strict=True))


def quality(network: nn.Module, data: FaceData) -> dict:
    """Pixel accuracy and IoU per segment, as fractions."""
    counts = confusion(network, data)
    scores = {name: round(value, 4) for name, value in iou(counts).items()}
    return {"pixel_accuracy": round(pixel_accuracy(counts), 4), "iou": scores}


if __name__ == "__main__":
    train_command(
        "parser",
        UNet,
        # The lowest resolution is 8 px, at any image size.
        lambda size: {"width": 16, "levels": max(3, size.bit_length() - 3)},
        lambda logits, y, s: hard_pixel_loss(logits, s),
        quality,
    )
