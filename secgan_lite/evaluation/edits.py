"""The two ends of every scale: the edit that changes nothing, and the true one."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from secgan_lite.datasets import FaceData
from secgan_lite.faces import counterfactual, render
from secgan_lite.modalities import from_bytes


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
        faces, size = data.drawn[rows], data.images.shape[-1]
        flips = [render(counterfactual(faces, name), size) for name in data.attributes]
        images, masks = zip(*flips, strict=True)
        return cls(np.stack(images), np.stack(masks))

    def __getitem__(self, rows: slice) -> "Truth":
        return Truth(self.images[:, rows], self.masks[:, rows])

    def tensors(self, device: torch.device | str = "cpu") -> tuple[Tensor, Tensor]:
        """Images in [−1, 1] and segments, as integers."""
        images = from_bytes(torch.from_numpy(self.images).to(device))
        return images, torch.from_numpy(self.masks).to(device).long()
