"""StarGAN as a backbone (paper §4.2, Table 2): a bottleneck of residual blocks, a patch critic.

Two rows of Table 2 are taken as the published StarGAN has them: a residual block holds two
convolutions (only so G has 8 million weights), and the discriminator goes on to width × 32
channels before its two heads (the table repeats rows of a generator there).
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from secgan_lite import backbones
from secgan_lite.backbones import Backbone, Size
from secgan_lite.backbones.layers import (
    LabelConv2d,
    NarrowConv2d,
    instance_norm,
    require_divisible,
)
from secgan_lite.modalities import Modality


class Generator(backbones.Generator):
    """Table 2, generator: h → h/4, ``depth`` residual blocks, h/4 → h. The label enters first."""

    def __init__(self, modality: Modality, size: Size, condition_channels: int = 0) -> None:
        super().__init__(modality, size, condition_channels)
        require_divisible(size.image_size, 4, "StarGAN's generator")
        w = size.width
        # Instance norm cancels a constant plane: the label acts only where the window meets the
        # zero padding, so this kernel must be wide on small images too.
        self.entry = LabelConv2d(self.in_channels, size.n_attributes, w, 7)
        self.body = nn.Sequential(
            instance_norm(w),
            nn.ReLU(inplace=True),
            _unit(nn.Conv2d(w, 2 * w, 4, 2, 1, bias=False)),
            _unit(nn.Conv2d(2 * w, 4 * w, 4, 2, 1, bias=False)),
            *(ResidualBlock(4 * w) for _ in range(size.depth)),
            _unit(nn.ConvTranspose2d(4 * w, 2 * w, 4, 2, 1, bias=False)),
            _unit(nn.ConvTranspose2d(2 * w, w, 4, 2, 1, bias=False)),
            _exit(w, modality.outputs),
        )

    def encode(self, x: Tensor) -> Tensor:
        return self.entry.image_share(x)

    def decode(self, features: Tensor, y_diff: Tensor) -> Tensor:
        return self.body(features + self.entry.label_share(y_diff, features.shape[-1]))


class Discriminator(backbones.Discriminator):
    """Table 2, discriminator: ``depth`` halvings, a realism score per patch, attribute logits."""

    def __init__(self, modality: Modality, size: Size) -> None:
        super().__init__()
        width, depth = size.discriminator_width, size.discriminator_depth
        require_divisible(size.image_size, 2**depth, "StarGAN's discriminator")
        channels = [modality.channels, *(width * 2**level for level in range(depth))]
        self.body = nn.Sequential()
        for before, after in pairwise(channels):
            self.body.append(nn.Conv2d(before, after, 4, 2, 1))
            self.body.append(nn.LeakyReLU(0.01, inplace=True))
        self.adv = nn.Conv2d(channels[-1], 1, 3, padding=1, bias=False)
        left = size.image_size // 2**depth
        self.cls = nn.Conv2d(channels[-1], size.n_attributes, left, bias=False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = self.body(x)
        return self.adv(features), self.cls(features).flatten(1)

    def realism_gradient(self, x: Tensor) -> Tensor:
        """D is linear piece by piece: its gradient is D backwards, gated by D's own features.

        Written out, the gradient's gradient costs no pass through what is locally constant.
        """
        weights, gates = [], []
        with torch.no_grad():
            for layer in self.body:
                x = layer(x)
                if isinstance(layer, nn.Conv2d):
                    weights.append(layer.weight)
                elif isinstance(layer, nn.LeakyReLU):
                    gates.append(torch.where(x > 0, 1.0, layer.negative_slope))
        gradient = F.conv_transpose2d(torch.ones_like(x[:, :1]), self.adv.weight, padding=1)
        for weight, gate in zip(reversed(weights), reversed(gates), strict=True):
            gradient = F.conv_transpose2d(gradient * gate, weight, None, 2, 1)
        return gradient


class ResidualBlock(nn.Module):
    """x + IN(Conv(ReLU(IN(Conv(x))))), with no activation after the sum."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_unit(nn.Conv2d(channels, channels, 3, padding=1, bias=False)),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            instance_norm(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


def _exit(width: int, channels: int) -> nn.Conv2d:
    if channels <= 4:
        return NarrowConv2d(width, channels, 7)
    return nn.Conv2d(width, channels, 7, padding=3, bias=False)


def _unit(conv: nn.Conv2d | nn.ConvTranspose2d) -> nn.Sequential:
    return nn.Sequential(conv, instance_norm(conv.out_channels), nn.ReLU(inplace=True))


_PAPER = {
    "width": 64, "depth": 6, "discriminator_width": 64, "discriminator_depth": 6,
    "image_size": 128, "num_images": 0, "batch_size": 16, "flip": True,
    "iterations": 200_000, "learning_rate": 1e-4, "schedule": "linear",
    "cls_reduction": "sum", "lambda_cls_d": 1.0, "lambda_cls_g": 1.0, "lambda_rec": 10.0,
}  # fmt: skip
PRESETS = {
    "paper": _PAPER,
    # The published code's decay is so small that the rate stays what it is.
    "as-coded": _PAPER | {"schedule": "constant"},
    # Why these numbers: lesson 04.
    "lite": _PAPER | {
        "width": 16, "depth": 3, "discriminator_width": 32, "discriminator_depth": 4,
        "image_size": 32, "num_images": 6000,
        "iterations": 800, "critic_steps": 1, "learning_rate": 1e-3,
        "lambda_rec": 20.0, "lambda_sc": 1.0,
    },
}  # fmt: skip
backbones.register(Backbone("stargan", Generator, Discriminator, PRESETS))
