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


def generator_editor(generator: Generator, parser: Parser | None = None) -> Editor:
    """Edits by G_rgb; ``parser`` makes the mask that a generator of the method "concat" wants."""

    def edit(x: Tensor, y_diffs: Tensor, y_src: Tensor | None = None) -> list[Tensor]:
        source = x
        if generator.conditioning != "difference" and y_src is None:
            raise ValueError(
                f"y_src is missing: these weights are conditioned on the {generator.conditioning}, "
                "so the labels of the images are needed."
            )
        if generator.in_channels > x.shape[1]:
            if parser is None:
                raise ValueError("parser is missing: a generator of method 'concat' needs one.")
            source = torch.cat([x, one_hot(parser(x).argmax(dim=1))], dim=1)
        features = generator.encode(source)
        condition = CONDITIONINGS[generator.conditioning]
        raws = (generator.decode(features, condition(y_src, y_diff)) for y_diff in y_diffs)
        return [generator.modality.activate(raw) for raw in raws]

    return edit


def copy_input(x: Tensor, y_diffs: Tensor, y_src: Tensor | None = None) -> list[Tensor]:
    """The edit that changes nothing: error 0 where nothing should change, TARR near 0."""
    return [x] * len(y_diffs)


@dataclass(frozen=True)
class Truth:
    """The true edits of synthetic faces: images uint8 (n_a, N, 3, h, h), rendered once."""

    images: np.ndarray

    @classmethod
    def of(cls, data: FaceData) -> "Truth":
        """Render every single flip, exclusive attributes resolved."""
        size = data.images.shape[-1]
        flips = (counterfactual(data.faces, name) for name in data.attributes)
        return cls(np.stack([render(faces, size)[0] for faces in flips]))
