"""Faces with labels in memory, and the endless order in which training sees them."""

from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor

from secgan_lite.attributes import NAMES
from secgan_lite.datasets.cache import Cache
from secgan_lite.faces import Faces
from secgan_lite.modalities import from_bytes
from secgan_lite.support.devices import sent


@dataclass(frozen=True)
class FaceData:
    """Images at one size, with labels, in memory or mapped from a cache.

    Attributes:
        images: uint8 (N, 3, h, h).
        labels: uint8 (N, n_a) in {0, 1}, in the order of ``attributes``.
        attributes: names of the labels.
        masks: segments, uint8 (N, h, h), where they are known.
        faces: parameters of drawn faces, from which true edits can be drawn.
        names: file names of photographs.
        cache: the cache of photographs, which also keeps what is made of them.
        absent: photographs of the split that its list names and the folder lacks.
        near: images and masks as they lie on a GPU, if they do.
    """

    images: np.ndarray
    labels: np.ndarray
    attributes: tuple[str, ...] = NAMES
    masks: np.ndarray | None = None
    faces: Faces | None = None
    names: np.ndarray | None = None
    cache: Cache | None = None
    absent: int = 0
    near: dict[str, Tensor] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.images)

    @property
    def drawn(self) -> Faces:
        """``faces``. Raises ValueError where they are photographs."""
        if self.faces is None:
            raise ValueError("data holds photographs: only drawn faces have true edits.")
        return self.faces

    def subset(self, count: int) -> "FaceData":
        """The first ``count`` faces, of which nothing is kept on disk."""
        by_face = ("images", "labels", "masks", "faces", "names")
        parts = {name: getattr(self, name) for name in by_face}
        first = {name: part[:count] for name, part in parts.items() if part is not None}
        return replace(self, **first, cache=None, near={})

    def on(self, device: torch.device, room: float | None = None) -> "FaceData":
        """The same faces, with images and masks on a GPU as well if they fit.

        Args:
            room: bytes that they may take, None for a third of what is free there.
        """
        if room is None:
            room = torch.cuda.mem_get_info(device)[0] / 3 if device.type == "cuda" else 0
        bytes_of = {"images": self.images, "masks": self.masks}
        kept = {name: array for name, array in bytes_of.items() if array is not None}
        if sum(array.nbytes for array in kept.values()) > room:
            return self
        return replace(self, near={name: _copied(array, device) for name, array in kept.items()})

    def batch(
        self, indices: Tensor, flip: Tensor | None = None, device: torch.device | str = "cpu"
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """Faces as tensors: x in [−1, 1] (B, 3, h, h), y in {0, 1} (B, n_a), segments or None.

        Args:
            indices: integers (B,).
            flip: booleans (B,), which faces to mirror; image and mask go together.
        """
        rows = indices.numpy()
        there = sent(indices, device) if self.near else indices
        mirrored = None if flip is None else sent(flip, device)

        def fetched(name: str) -> Tensor:
            if name in self.near:
                part = self.near[name][there]
            else:
                part = sent(torch.from_numpy(getattr(self, name)[rows]), device)
            if mirrored is None:
                return part
            return torch.where(mirrored.view(-1, *[1] * (part.dim() - 1)), part.flip(-1), part)

        # Bytes travel and are mirrored, not the four times larger numbers made of them.
        x = from_bytes(fetched("images"))
        y = sent(torch.from_numpy(self.labels[rows]), device).float()
        s = None if self.masks is None else fetched("masks").long()
        return x, y, s


def _copied(array: np.ndarray, device: torch.device, chunk: int = 4096) -> Tensor:
    """An array on a device, sent in parts: it may be a file larger than the memory here."""
    copy = torch.empty(array.shape, dtype=torch.uint8, device=device)
    for start in range(0, len(array), chunk):
        copy[start : start + chunk] = torch.from_numpy(array[start : start + chunk].copy())
    return copy


class Sampler:
    """Endless batches of indices: shuffled epochs, the incomplete last batch of each left out."""

    def __init__(self, count: int, batch_size: int, generator: torch.Generator) -> None:
        if count < batch_size:
            raise ValueError(f"batch_size={batch_size} is more than the {count} faces there are.")
        self.count, self.batch_size, self._generator = count, batch_size, generator
        self._order = torch.randperm(count, generator=generator)
        self._position = 0

    def __next__(self) -> Tensor:
        if self._position + self.batch_size > self.count:
            self._order = torch.randperm(self.count, generator=self._generator)
            self._position = 0
        start = self._position
        self._position += self.batch_size
        return self._order[start : self._position]

    def state_dict(self) -> dict:
        """Where the sampler is; ``load_state_dict`` goes on from there exactly."""
        state = self._generator.get_state()
        return {"order": self._order, "position": self._position, "generator": state}

    def load_state_dict(self, state: dict) -> None:
        self._order, self._position = state["order"], state["position"]
        self._generator.set_state(state["generator"])
