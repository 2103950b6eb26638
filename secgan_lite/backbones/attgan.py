"""AttGAN as a backbone (paper §4.2, Table 3): an encoder and a decoder with one shortcut.

The label joins the deepest features and, once more, the shortcut ("inject 1"). Table 3 omits the
instance norm of the published discriminator: "attgan" keeps it, "attgan-table3" is as printed.
"""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn

from secgan_lite import backbones
from secgan_lite.backbones import Backbone, Size
from secgan_lite.backbones.layers import instance_norm, require_divisible
from secgan_lite.modalities import Modality


class Generator(backbones.Generator):
    """Table 3, generator: h → h / 2^depth and back.

    Attributes:
        slope: of the encoder's leaky ReLU.
        shortcuts: how many encoder levels, the deepest first, the decoder sees.
    """

    slope = 0.01
    shortcuts = 1

    def __init__(self, modality: Modality, size: Size, condition_channels: int = 0) -> None:
        super().__init__(modality, size, condition_channels)
        depth, n_attributes = size.depth, size.n_attributes
        require_divisible(size.image_size, 2**depth, f"an encoder of {depth} levels")
        self.widths = [size.width * 2**level for level in range(depth)]
        self.encoder = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(before, after, 4, 2, 1, bias=False),
                nn.BatchNorm2d(after),
                nn.LeakyReLU(self.slope, inplace=True),
            )
            for before, after in pairwise([self.in_channels, *self.widths])
        )
        self.decoder = nn.ModuleList()
        before, skips = self.widths[-1] + n_attributes, list(reversed(self.widths[:-1]))
        for number, after in enumerate(reversed(self.widths[1:])):
            conv = nn.ConvTranspose2d(before, after, 4, 2, 1, bias=False)
            self.decoder.append(nn.Sequential(conv, nn.BatchNorm2d(after), nn.ReLU(inplace=True)))
            seen = skips[number] + n_attributes if number < self.shortcuts else 0
            before = after + seen
        self.decoder.append(nn.ConvTranspose2d(before, modality.outputs, 4, 2, 1))

    def encode(self, x: Tensor) -> list[Tensor]:
        levels = []
        for layer in self.encoder:
            x = layer(x)
            levels.append(x)
        return levels

    def skips(self, levels: list[Tensor], y_diff: Tensor) -> list[Tensor]:
        """What the shortcuts carry, the deepest first."""
        return levels[-2 : -2 - self.shortcuts : -1]

    def decode(self, features: list[Tensor], y_diff: Tensor) -> Tensor:
        skips = self.skips(features, y_diff)
        x = self.decoder[0](joined(features[-1], y=y_diff))
        for number, layer in enumerate(self.decoder[1:]):
            x = layer(joined(x, skips[number], y=y_diff) if number < len(skips) else x)
        return x


class Discriminator(backbones.Discriminator):
    """Table 3, discriminator: ``depth`` halvings, then a hidden layer of its own for each head.

    Attributes:
        slope: of the leaky ReLU after each halving.
        hidden: makes the activation of the heads' hidden layers.
    """

    slope = 0.01
    hidden: Callable[[], nn.Module] = staticmethod(partial(nn.ReLU, inplace=True))

    def __init__(self, modality: Modality, size: Size, norm: bool = True) -> None:
        super().__init__()
        width, depth = size.discriminator_width, size.discriminator_depth
        # Instance norm needs more than one pixel.
        require_divisible(size.image_size, 2 ** (depth + norm), f"a discriminator of depth {depth}")
        channels = [modality.channels, *(width * 2**level for level in range(depth))]
        self.body = nn.Sequential()
        for before, after in pairwise(channels):
            self.body.append(nn.Conv2d(before, after, 4, 2, 1, bias=not norm))
            if norm:
                self.body.append(instance_norm(after))
            self.body.append(nn.LeakyReLU(self.slope, inplace=True))
        self.body.append(nn.Flatten())
        features = channels[-1] * (size.image_size // 2**depth) ** 2
        self.adv, self.cls = (
            nn.Sequential(
                nn.Linear(features, 16 * width),
                self.hidden(),
                nn.Linear(16 * width, outputs),
            )
            for outputs in (1, size.n_attributes)
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = self.body(x)
        return self.adv(features), self.cls(features)


def joined(*features: Tensor, y: Tensor) -> Tensor:
    """Features (B, …, h, h) and the label (B, n_a), tiled, along the channels."""
    planes = y[:, :, None, None].expand(-1, -1, *features[0].shape[2:])
    return torch.cat([*features, planes], dim=1)


_PAPER = {
    "width": 64, "depth": 5, "discriminator_width": 64, "discriminator_depth": 5,
    "image_size": 128, "num_images": 0, "batch_size": 32, "flip": False,
    "iterations": 1_137_400, "learning_rate": 2e-4, "schedule": "exponential",
    "cls_reduction": "mean", "lambda_cls_d": 1.0, "lambda_cls_g": 10.0, "lambda_rec": 100.0,
}  # fmt: skip
PRESETS = {
    "paper": _PAPER,
    # The published code: a tenth of the rate from the half on; every sixth batch for G alone.
    "as-coded": _PAPER | {"schedule": "step", "update_cycle": "separate"},
    "lite": _PAPER | {
        "width": 16, "depth": 4, "discriminator_width": 32, "discriminator_depth": 3,
        "image_size": 32, "num_images": 6000, "batch_size": 16,
        "iterations": 1200, "critic_steps": 1, "learning_rate": 5e-4, "schedule": "linear",
        "lambda_sc": 1.0,
    },
}  # fmt: skip
backbones.register(Backbone("attgan", Generator, Discriminator, PRESETS))
backbones.register(
    Backbone("attgan-table3", Generator, partial(Discriminator, norm=False), PRESETS)
)
