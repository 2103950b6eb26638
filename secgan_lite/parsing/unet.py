"""A small U-Net, the parser of the lessons: it decides at the image's own resolution."""

from torch import Tensor, nn
from torch.nn import functional as F

from secgan_lite.backbones.layers import require_divisible
from secgan_lite.segments import SEGMENTS


def _unit(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, padding=1, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
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
