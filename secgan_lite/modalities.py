"""``Modality``: all that differs between images and masks. The two branches are one code (A.1)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from secgan_lite.losses import rgb_reconstruction, semantic_reconstruction
from secgan_lite.segments import colourise, one_hot


def from_bytes(pixels: Tensor) -> Tensor:
    """Images in [−1, 1], float32, from their bytes, uint8, of any shape."""
    return pixels.float().div_(127.5).sub_(1)


def to_bytes(images: Tensor) -> Tensor:
    """The nearest bytes, uint8; what lies outside of [−1, 1] becomes black or white."""
    return images.add(1).mul(127.5).round().clamp(0, 255).byte()


@dataclass(frozen=True)
class Modality:
    """What a branch translates.

    Attributes:
        name: "rgb" or "semantic".
        channels: of an image or mask.
        outputs: channels of a generator's raw output.
        predict: (raw output, what the generator saw) -> what the losses compare: an image, or a
            mask before its softmax.
        show: what was predicted -> what D sees: the image, or probabilities over segments.
        real: (images, segments) -> what D sees as real: the image, or the one-hot mask.
        target: (images, segments) -> what G(·, 0) has to predict.
        reconstruction: (predicted, target) -> Eq. 5 or 10.
        segmented: (predicted, P) -> log-probabilities of segments, for Eq. 11 or 12.
        picture: image or mask -> colours in [0, 1].
    """

    name: str
    channels: int
    outputs: int
    predict: Callable[[Tensor, Any], Tensor]
    show: Callable[[Tensor], Tensor]
    real: Callable[[Tensor, Any], Tensor]
    target: Callable[[Tensor, Any], Tensor]
    reconstruction: Callable[[Tensor, Tensor], Tensor]
    segmented: Callable[[Tensor, Callable[[Tensor], Tensor]], Tensor]
    picture: Callable[[Tensor], Tensor]

    def activate(self, raw: Tensor, source: Tensor | None = None) -> Tensor:
        """Image or mask from a generator's raw output and what it saw."""
        return self.show(self.predict(raw, source))


def blended(raw: Tensor, source: Tensor) -> Tensor:
    """Each pixel as a mixture of G's own colour and the input's; the fourth channel has the shares.

    Not the paper's: G can keep a pixel without drawing it again.
    """
    return torch.lerp(source[:, :3], raw[:, :3].tanh(), raw[:, 3:].sigmoid())


RGB = Modality(
    "rgb",
    channels=3,
    outputs=3,
    predict=lambda raw, source: raw.tanh(),
    show=lambda image: image,
    real=lambda x, s: x,
    target=lambda x, s: x,
    reconstruction=rgb_reconstruction,
    segmented=lambda image, parser: parser(image),
    picture=lambda image: (image + 1) / 2,
)
RGB_BLENDED = replace(RGB, outputs=4, predict=blended)
SEMANTIC = Modality(
    "semantic",
    channels=12,
    outputs=12,
    predict=lambda raw, source: raw,
    show=lambda raw: raw.softmax(dim=1),
    real=lambda x, s: one_hot(s),
    target=lambda x, s: s,
    reconstruction=semantic_reconstruction,
    segmented=lambda raw, parser: raw,
    picture=lambda mask: colourise(mask.argmax(dim=1)).float() / 255,
)


def by_name(blend: bool) -> dict[str, Modality]:
    """Both modalities; ``blend``: G_rgb says where it edits."""
    return {m.name: m for m in (RGB_BLENDED if blend else RGB, SEMANTIC)}
