"""Generators from files, and what they do to images: edit functions."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn

from secgan_lite import backbones
from secgan_lite.backbones import CONDITIONINGS, Generator
from secgan_lite.modalities import RGB, SEMANTIC, by_name
from secgan_lite.options import validated
from secgan_lite.parsing import one_hot
from secgan_lite.support.errors import DataError
from secgan_lite.support.files import load_published, load_tensors, readable
from secgan_lite.support.places import to_read
from secgan_lite.training.config import TrainConfig


class Editor(Protocol):
    """An edit function: images (B, 3, h, h) and K differences (K, B, n_a) to K edits.

    ``y_src`` are the images' labels (B, n_a), for generators not conditioned on differences.
    """

    def __call__(
        self, x: Tensor, y_diffs: Tensor, y_src: Tensor | None = None, /
    ) -> list[Tensor]: ...


def encoded(
    generator: Generator, x: Tensor, y_src: Tensor | None = None, parser: nn.Module | None = None
) -> Callable[[Tensor], Tensor]:
    """Images (B, C, h, h), encoded once: a function from y_diff (B, n_a) to their edit."""
    if generator.conditioning != "difference" and y_src is None:
        raise ValueError(
            f"y_src is missing: these weights are conditioned on the {generator.conditioning}, "
            "so the labels of the images are needed."
        )
    if generator.in_channels > x.shape[1]:
        if parser is None:
            raise ValueError("parser is missing: a generator of method 'concat' needs one.")
        x = torch.cat([x, one_hot(parser(x).argmax(dim=1))], dim=1)
    features = generator.encode(x)
    condition, activate = CONDITIONINGS[generator.conditioning], generator.modality.activate
    return lambda y_diff: activate(generator.decode(features, condition(y_src, y_diff)), x)


def generator_editor(generator: Generator, parser: nn.Module | None = None) -> Editor:
    """Edits by G_rgb; ``parser`` makes the mask that a generator of the method "concat" wants."""

    def edit(x: Tensor, y_diffs: Tensor, y_src: Tensor | None = None) -> list[Tensor]:
        return [*map(encoded(generator, x, y_src, parser), y_diffs)]

    return edit


def load_generator(path: Path | str) -> tuple[Generator, dict]:
    """A trained generator in evaluation mode and its metadata, from a run folder or a file.

    Raises:
        FileNotFoundError: no such file.
        DataError: it is damaged, or not one of ours.
    """
    path = to_read(path, "generator")
    path = path / "generator.safetensors" if path.is_dir() else path
    tensors, metadata = load_tensors(path)
    if metadata.get("kind") != "generator":
        raise DataError(f"{path} holds no generator of secgan-lite.")
    with readable(path, "generator"):
        config = validated(TrainConfig, metadata["config"])
        size = config.size
        modality = by_name(size.blend)[metadata["modality"]]
        if size.depth > len(tensors):
            raise ValueError(f"depth={size.depth} with {len(tensors)} tensors")
        condition = SEMANTIC.channels if config.method == "concat" else 0
        with torch.device("meta"):
            generator = backbones.get(config.backbone).generator(modality, size, condition)
        tensors = {name: tensor.float() for name, tensor in tensors.items()}
        generator.load_state_dict(tensors, assign=True)
    return generator.eval().requires_grad_(False), metadata


def load_published_weights(
    path: Path | str, backbone: str, n_attributes: int = 13, image_size: int = 128
) -> Generator:
    """G_rgb from a file of the public code of StarGAN, AttGAN or STGAN, in evaluation mode.

    The layers are ours, their names are not, and nor is what the label input means: the generator's
    ``conditioning`` says it, and ``generator_editor`` obeys.

    "stargan" takes weights of yunjey/stargan; "attgan" those of elvisyjlin/AttGAN-PyTorch with one
    shortcut and one injection, as its README trains them; "stgan" those of a PyTorch generator with
    the four transfer units of csmliu/STGAN, whose own files are TensorFlow's. A public STGAN for
    PyTorch with three units and other gates does not fit.

    Args:
        path: a .pth or .ckpt file, read as tensors only.
        n_attributes: of those weights, in the order in which they were trained.

    Raises:
        FileNotFoundError, ValueError: no such file, or for other attributes, sizes or options.
    """
    kind = backbones.get(backbone)
    generator = kind.generator(RGB, kind.size(n_attributes, image_size=image_size))
    what = f"{backbone} with {n_attributes} attributes"
    load_published(to_read(path, "generator"), generator, what)
    generator.conditioning = _PUBLISHED_CONDITIONING.get(backbone, "difference")
    return generator.eval().requires_grad_(False)


_PUBLISHED_CONDITIONING = {"stargan": "target", "attgan": "centred target"}
