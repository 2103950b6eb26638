"""Single-GAN backbones that can sit in either branch (paper §3.1), behind one small protocol.

A backbone is a ``Generator`` and a ``Discriminator`` class plus presets. It knows its layers and
nothing of losses; of the ``Modality`` that it translates it needs the numbers of channels and the
final activation (paper, A.1). To add a backbone, subclass the two classes in one file and call
``register``: every lesson then accepts its name.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from torch import Tensor, nn

from secgan_lite.backbones.layers import summed_gradient
from secgan_lite.modalities import Modality
from secgan_lite.support.errors import unknown_choice

# What a generator's label input is made of, from y_src and y_diff. Ours take the difference; public
# weights of StarGAN want the target in {0, 1}, those of AttGAN in {−0.5, 0.5}.
CONDITIONINGS: dict[str, Callable[[Any, Tensor], Tensor]] = {
    "difference": lambda y_src, y_diff: y_diff,
    "target": lambda y_src, y_diff: y_src + y_diff,
    "centred target": lambda y_src, y_diff: y_src + y_diff - 0.5,
}


@dataclass(frozen=True)
class Size:
    """The numbers that fix a model's networks.

    Attributes:
        n_attributes: length of y_diff.
        image_size: height = width h of the images, in pixels.
        width: channels of G's first layer (64 in the paper).
        depth: G's residual blocks, or encoder levels.
        discriminator_width, discriminator_depth: channels of D's first layer, and its halvings.
        blend: G_rgb keeps what it does not edit (``modalities.blended``).
    """

    n_attributes: int
    image_size: int
    width: int
    depth: int
    discriminator_width: int
    discriminator_depth: int
    blend: bool = False


class Generator(nn.Module):
    """G(x, y_diff). Subclasses implement ``encode`` and ``decode``.

    The split lets one encoding serve several labels: training decodes y_diff and 0 (Eq. 5),
    evaluation decodes 13 flips.

    Args:
        modality: what is put out.
        condition_channels: extra input channels (12 for the method "concat").

    Attributes:
        conditioning: key of ``CONDITIONINGS``: what the weights were trained to see for y_diff.
    """

    conditioning = "difference"

    def __init__(self, modality: Modality, size: Size, condition_channels: int = 0) -> None:
        super().__init__()
        self.modality = modality
        self.n_attributes = size.n_attributes
        self.image_size = size.image_size
        self.in_channels = modality.channels + condition_channels

    def encode(self, x: Tensor) -> Any:
        """Everything that does not depend on the label, from x (B, in_channels, h, h)."""
        raise NotImplementedError

    def decode(self, features: Any, y_diff: Tensor) -> Tensor:
        """Raw output (B, ``modality.outputs``, h, h) for y_diff (B, n_a) in [−1, 1]."""
        raise NotImplementedError

    def forward(self, x: Tensor, y_diff: Tensor) -> Tensor:
        """The edited x, activated: in [−1, 1] for RGB, probabilities over segments for masks."""
        expected = (self.in_channels, self.image_size, self.image_size)
        if tuple(x.shape[1:]) != expected or y_diff.shape != (len(x), self.n_attributes):
            raise ValueError(
                f"x has shape {tuple(x.shape)} and y_diff {tuple(y_diff.shape)}; wanted "
                f"(B, {', '.join(map(str, expected))}) and (B, {self.n_attributes})."
            )
        return self.modality.activate(self.decode(self.encode(x), y_diff), x)


class Discriminator(nn.Module):
    """D(x): ``forward`` returns (realism (B, 1, …), attribute logits (B, n_a)), both unbounded.

    It is made from a modality and a ``Size``, like G.
    """

    def realism_gradient(self, x: Tensor) -> Tensor:
        """∇ₓ of the realism summed over faces and patches; differentiable in the weights."""
        return summed_gradient(lambda images: self(images)[0], x)


@dataclass(frozen=True)
class Backbone:
    """A generator, a discriminator and presets: values for ``TrainConfig`` by preset name."""

    name: str
    generator: Callable[..., Generator]
    discriminator: Callable[..., Discriminator]
    presets: dict[str, dict] = field(repr=False)

    def size(self, n_attributes: int = 13, preset: str = "paper", **changes: int) -> Size:
        """The networks' numbers in a preset, with changes."""
        said = self.presets[preset]
        numbers = {f.name: said[f.name] for f in fields(Size) if f.name in said}
        return Size(n_attributes, **numbers | changes)


_REGISTRY: dict[str, Backbone] = {}


def register(backbone: Backbone) -> Backbone:
    """Make a backbone available by name, in Python and as ``-p backbone NAME``."""
    if _REGISTRY.setdefault(backbone.name, backbone) != backbone:
        raise ValueError(f"backbone={backbone.name!r} is registered already: choose another name.")
    return backbone


def get(name: str) -> Backbone:
    """The backbone registered under ``name``; ValueError with the nearest name otherwise."""
    if name not in available():
        raise unknown_choice("backbone", name, _REGISTRY)
    return _REGISTRY[name]


def available() -> tuple[str, ...]:
    """Names of all registered backbones."""
    return tuple(_REGISTRY)


for _name in ("stargan", "attgan", "stgan"):  # each registers itself
    importlib.import_module(f"{__name__}.{_name}")
