"""The two ends of every scale: the edit that changes nothing, and the true one."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from secgan_lite.attributes import index_of, rivals
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


def true_edit(data: FaceData, face: int, wish: Mapping[str, int]) -> np.ndarray | None:
    """One drawn face with a wish fulfilled, (h, h, 3), bytes; None where there is no such face.

    Args:
        face: its place among ``data``.
        wish: by attribute, +1 to add it and −1 to take it away.

    Raises:
        ValueError: unknown attribute; the nearest is named.
    """
    drawn, y_trg = data.drawn[face : face + 1], torch.from_numpy(data.labels[face]).bool()
    for name, value in sorted(wish.items(), key=lambda each: each[1]):
        y_trg[index_of(name, data.attributes)] = value > 0
        drawn = drawn.relabelled(name, np.array([value > 0]))
    if (rivals(data.attributes) & y_trg & y_trg[:, None]).any():
        return None
    return render(drawn, data.images.shape[-1])[0][0].transpose(1, 2, 0)
