"""BiSeNet as trained on CelebAMask-HQ, the faithful parser (§4.1), on torchvision's ResNet-18.

The public face-parsing code drops BiSeNet's spatial path: features at a stride of 8 take its place.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def _unit(before: int, after: int, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, kernel, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )


class AttentionRefinement(nn.Module):
    """Features weighted by what their mean over the image says of each channel."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.features = _unit(before, after)
        self.attention = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(after, after, 1, bias=False),
            nn.BatchNorm2d(after),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(x)
        return x * self.attention(x)


class FeatureFusion(nn.Module):
    """Detail at stride 8 and context, joined, each channel amplified by its mean."""

    def __init__(self, channels: int = 256) -> None:
        super().__init__()
        self.features = _unit(channels, channels, 1)
        self.attention = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(channels, channels // 4, 1, bias=False),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels // 4, channels, 1, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, detail: Tensor, context: Tensor) -> Tensor:
        x = self.features(torch.cat([detail, context], dim=1))
        return x + x * self.attention(x)


def _head(before: int, middle: int, classes: int) -> nn.Sequential:
    return nn.Sequential(_unit(before, middle), nn.Conv2d(middle, classes, 1, bias=False))


class BiSeNet(nn.Module):
    """Images (B, 3, h, h) in [−1, 1] to logits (B, classes, h, h).

    It decides at a stride of 8 and is enlarged to the image's size. In training mode it returns
    three such logits, the last two from earlier features, for as many losses; a batch then needs
    two images or more. Nothing is downloaded.
    """

    statistics: Tensor

    def __init__(self, classes: int = 12) -> None:
        super().__init__()
        # ImageNet's mean and deviation of each channel, which the public weights expect.
        statistics = torch.tensor([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]])
        self.register_buffer("statistics", statistics[:, :, None, None], persistent=False)
        from torchvision.models import resnet18  # torchvision takes seconds to import

        self.resnet = resnet18(weights=None)
        del self.resnet.fc
        self.refine16 = AttentionRefinement(256, 128)
        self.refine32 = AttentionRefinement(512, 128)
        self.smooth32 = _unit(128, 128)
        self.smooth16 = _unit(128, 128)
        self.average = _unit(512, 128, 1)
        self.fuse = FeatureFusion()
        self.heads = nn.ModuleList(
            _head(before, middle, classes) for before, middle in ((256, 256), (128, 64), (128, 64))
        )

    def forward(self, x: Tensor) -> Tensor | list[Tensor]:
        size, r = x.shape[-2:], self.resnet
        mean, deviation = self.statistics
        x = ((x + 1) / 2 - mean) / deviation
        x = r.maxpool(r.relu(r.bn1(r.conv1(x))))
        f8 = r.layer2(r.layer1(x))
        f16 = r.layer3(f8)
        f32 = r.layer4(f16)
        context = self.average(f32.mean(dim=(2, 3), keepdim=True))
        c16 = self.smooth32(_enlarged(self.refine32(f32) + context, f16))
        c8 = self.smooth16(_enlarged(self.refine16(f16) + c16, f8))
        features = (self.fuse(f8, c8), c8, c16)
        used = len(features) if self.training else 1
        logits = [
            F.interpolate(head(f), size, mode="bilinear", align_corners=True)
            for head, f in zip(self.heads[:used], features, strict=False)
        ]
        return logits if self.training else logits[0]


def _enlarged(x: Tensor, like: Tensor) -> Tensor:
    return F.interpolate(x, like.shape[-2:], mode="nearest")
