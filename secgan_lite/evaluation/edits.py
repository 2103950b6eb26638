"""Edit functions: what a generator does to images, and the two ends of every scale."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from secgan_lite.backbones import CONDITIONINGS, Generator
from secgan_lite.datasets import FaceData
from secgan_lite.faces import counterfactual, render
from secgan_lite.parsing import Parser, one_hot

# An edit function: images (B, 3, h, h), K differences (K, B, n_a) and, for generators that are not
# conditioned on differences, the images' labels (B, n_a) -> K edits.
Editor = Callable[[Tensor, Tensor, Tensor | None], "list[Tensor]"]


def encoded(
    generator: Generator, x: Tensor, y_src: Tensor | None = None, parser: Parser | None = None
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


def generator_editor(generator: Generator, parser: Parser | None = None) -> Editor:
    """Edits by G_rgb; ``parser`` makes the mask that a generator of the method "concat" wants."""

    def edit(x: Tensor, y_diffs: Tensor, y_src: Tensor | None = None) -> list[Tensor]:
        return [*map(encoded(generator, x, y_src, parser), y_diffs)]

    return edit


def copy_input(x: Tensor, y_diffs: Tensor, y_src: Tensor | None = None) -> list[Tensor]:
    """The edit that changes nothing: error 0 where nothing should change, TARR near 0."""
    return [x] * len(y_diffs)


@dataclass(frozen=True)
class Truth:
    """The true edits of drawn faces: images uint8 (n_a, N, 3, h, h), segments (n_a, N, h, h)."""

    images: np.ndarray
    masks: np.ndarray

    @classmethod
    def of(cls, data: FaceData, rows: slice = slice(None)) -> "Truth":
        """Render every single flip of some faces, exclusive attributes resolved."""
        faces, size = data.faces[rows], data.images.shape[-1]
        flips = [render(counterfactual(faces, name), size) for name in data.attributes]
        images, masks = zip(*flips, strict=True)
        return cls(np.stack(images), np.stack(masks))

    def __getitem__(self, rows: slice) -> "Truth":
        return Truth(self.images[:, rows], self.masks[:, rows])

    def tensors(self, device: torch.device | str = "cpu") -> tuple[Tensor, Tensor]:
        """Images in [−1, 1] and segments, as integers."""
        images = torch.from_numpy(self.images).to(device).float().div_(127.5).sub_(1)
        return images, torch.from_numpy(self.masks).to(device).long()
