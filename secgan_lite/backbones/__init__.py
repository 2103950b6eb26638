"""Single-GAN backbones that can sit in either branch (paper §3.1), behind one small protocol.

A backbone is a ``Generator`` and a ``Discriminator`` class plus presets. It knows its layers and
nothing of losses. What separates the RGB from the semantic branch is a ``Modality``: the number of
channels and the final activation (paper, A.1). To add a backbone, subclass the two classes in one
file and call ``register``: every lesson then accepts its name.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from secgan_lite.support.errors import unknown_choice


@dataclass(frozen=True)
class Modality:
    """What a branch translates.

    Attributes:
        channels: of an image or mask.
        outputs: channels of a generator's raw output.
        activate: (raw output, what the generator saw) -> image or mask.
    """

    name: str
    channels: int
    outputs: int
    activate: Callable[[Tensor, Tensor | None], Tensor]


def blended(raw: Tensor, source: Tensor) -> Tensor:
    """Each pixel as a mixture of G's own colour and the input's; the fourth channel has the shares.

    Not the paper's: G can keep a pixel without drawing it again.
    """
    return torch.lerp(source[:, :3], raw[:, :3].tanh(), raw[:, 3:].sigmoid())


RGB = Modality("rgb", 3, 3, lambda raw, source=None: raw.tanh())
RGB_BLENDED = Modality("rgb", 3, 4, blended)
SEMANTIC = Modality("semantic", 12, 12, lambda raw, source=None: raw.softmax(dim=1))


# What a generator's label input is made of, from y_src and y_diff. Ours take the difference; public
# weights of StarGAN want the target in {0, 1}, those of AttGAN in {−0.5, 0.5}.
CONDITIONINGS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "difference": lambda y_src, y_diff: y_diff,
    "target": lambda y_src, y_diff: y_src + y_diff,
    "centred target": lambda y_src, y_diff: y_src + y_diff - 0.5,
}


class Generator(nn.Module):
    """G(x, y_diff). Subclasses implement ``encode`` and ``decode``.

    The split lets one encoding serve several labels: training decodes y_diff and 0 (Eq. 5),
    evaluation decodes 13 flips.

    Args:
        modality: what is put out.
        n_attributes: length of y_diff.
        image_size: height = width h of the images, in pixels.
        width: channels of the first layer (64 in the paper).
        depth: residual blocks, or encoder levels.
        condition_channels: extra input channels (12 for the method "concat").

    Attributes:
        conditioning: key of ``CONDITIONINGS``: what the weights were trained to see for y_diff.
    """

    conditioning = "difference"

    def __init__(
        self,
        modality: Modality,
        n_attributes: int,
        image_size: int,
        width: int,
        depth: int,
        condition_channels: int = 0,
    ) -> None:
        super().__init__()
        self.modality = modality
        self.n_attributes = n_attributes
        self.image_size = image_size
        self.in_channels = modality.channels + condition_channels

    def encode(self, x: Tensor) -> object:
        """Everything that does not depend on the label, from x (B, in_channels, h, h)."""
        raise NotImplementedError

    def decode(self, features: object, y_diff: Tensor) -> Tensor:
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
    """D(x): ``forward`` returns (realism (B, 1, …), attribute logits (B, n_a)), both unbounded."""

    def __init__(
        self, modality: Modality, n_attributes: int, image_size: int, width: int, depth: int
    ) -> None:
        super().__init__()

    def realism_gradient(self, x: Tensor) -> Tensor:
        """∇ₓ of the realism summed over faces and patches; differentiable in the weights."""
        return summed_gradient(lambda images: self(images)[0], x)


def summed_gradient(score: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """∇ₓ Σ score(x), with the graph that its own derivative needs."""
    x = x.detach().requires_grad_(True)
    return torch.autograd.grad(score(x).sum(), x, create_graph=True)[0]


def instance_norm(channels: int) -> nn.Module:
    """Instance norm with weights and without running statistics: training is evaluation.

    A group for each channel is the same computation as the module of that name, in half the time
    on a CPU.
    """
    return nn.GroupNorm(channels, channels)


def require_divisible(image_size: int, factor: int, network: str) -> None:
    """Refuse an image size that ``network`` can't halve often enough, and name those it can."""
    if image_size < factor or image_size % factor:
        below = max(factor, image_size // factor * factor)
        raise ValueError(
            f"image_size={image_size} does not fit {network}: it takes multiples of {factor}, "
            f"for example {below} or {below + factor}."
        )


@dataclass(frozen=True)
class Backbone:
    """A generator, a discriminator and presets: values for ``TrainConfig`` by preset name."""

    name: str
    generator: Callable[..., Generator]
    discriminator: Callable[..., Discriminator]
    presets: dict[str, dict] = field(repr=False)


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
