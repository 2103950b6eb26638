"""STGAN as a backbone: AttGAN with every shortcut open, each through a selective transfer unit.

The unit (Liu et al., CVPR 2019, Eq. 3-8) is a convolutional GRU that goes up the levels and
decides, by the label difference, which encoder features an edit needs.
"""

from functools import partial

import torch
from torch import Tensor, nn

from secgan_lite import backbones
from secgan_lite.backbones import Backbone, Size, attgan
from secgan_lite.backbones.attgan import joined
from secgan_lite.modalities import Modality


class TransferUnit(nn.Module):
    """One level's features and the deeper level's state to (selected features, new state)."""

    def __init__(self, channels: int, state_channels: int) -> None:
        super().__init__()
        self.lift = nn.ConvTranspose2d(state_channels, channels, 4, 2, 1)
        self.reset, self.update, self.candidate = (
            nn.Conv2d(2 * channels, channels, 3, padding=1) for _ in range(3)
        )

    def forward(self, level: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        state = self.lift(state)
        both = torch.cat([level, state], dim=1)
        kept = self.reset(both).sigmoid() * state
        candidate = self.candidate(torch.cat([level, kept], dim=1)).tanh()
        return torch.lerp(state, candidate, self.update(both).sigmoid()), kept


class Generator(attgan.Generator):
    """STGAN's generator: all shortcuts (4 at the published depth 5) through transfer units."""

    slope = 0.2
    shortcuts = 4

    def __init__(self, modality: Modality, size: Size, condition_channels: int = 0) -> None:
        super().__init__(modality, size, condition_channels)
        self.units = nn.ModuleList(
            TransferUnit(width, 2 * width + self.n_attributes)
            for width in reversed(self.widths[:-1])
        )

    def skips(self, levels: list[Tensor], y_diff: Tensor) -> list[Tensor]:
        selected, state = [], levels[-1]
        for unit, level in zip(self.units, reversed(levels[:-1]), strict=True):
            features, state = unit(level, joined(state, y=y_diff))
            selected.append(features)
        return selected


class Discriminator(attgan.Discriminator):
    """AttGAN's with leaky ReLUs everywhere: STGAN's code has them in the heads too.

    AttGAN's has a plain ReLU there.
    """

    slope = 0.2
    hidden = staticmethod(partial(nn.LeakyReLU, slope, inplace=True))


_CODED = attgan.PRESETS["as-coded"] | {"iterations": 1_136_400}
backbones.register(
    Backbone(
        "stgan",
        Generator,
        Discriminator,
        # The paper has no run with STGAN: its own recipe stands for both.
        {
            "paper": _CODED,
            "as-coded": _CODED,
            # Its units cost half as much again as AttGAN's shortcut.
            "lite": attgan.PRESETS["lite"] | {"iterations": 800},
        },
    )
)
