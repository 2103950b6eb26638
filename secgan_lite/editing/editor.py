"""``FaceEditor``: any image in, its edit out.

No label of the photograph is needed: the generator gets y_diff, what shall change (paper §3.1).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from secgan_lite.attributes import NAMES, index_of, rivals
from secgan_lite.backbones import Generator
from secgan_lite.datasets.photos import resized
from secgan_lite.editing.framing import middle_square
from secgan_lite.editing.generators import generator_editor
from secgan_lite.editing.trained import Trained, default_editor
from secgan_lite.modalities import from_bytes, to_bytes
from secgan_lite.parsing import Parser
from secgan_lite.support.devices import pick_device
from secgan_lite.support.images import ImageError, Source, decode

Labels = Mapping[str, float]


@dataclass(frozen=True)
class Edited:
    """Edits of one image or of several.

    Attributes:
        images: the edits, RGB, at the generator's size.
        inputs: what the generator saw of each image.
        note: what to know before believing them, "" if nothing.
    """

    images: list[Image.Image]
    inputs: list[Image.Image]
    note: str

    @property
    def image(self) -> Image.Image:
        """The edit, if there is one only; the first of several."""
        return self.images[0]

    def _repr_png_(self) -> bytes:
        """In a notebook: each input above its edit."""
        side = self.image.width
        sheet = Image.new("RGB", (side * len(self.images), 2 * side))
        for column, pair in enumerate(zip(self.inputs, self.images, strict=True)):
            for row, image in enumerate(pair):
                sheet.paste(image, (column * side, row * side))
        png = BytesIO()
        sheet.save(png, "PNG")
        return png.getvalue()


class FaceEditor:
    """A generator that edits images of any kind.

    Args:
        generator: G_rgb.
        attributes: names of its labels, in its order.
        dataset: whose faces it was trained on.
        parser: P, which a generator of the method "concat" needs.
    """

    def __init__(
        self,
        generator: Generator,
        attributes: Sequence[str] = NAMES,
        dataset: str = "synthetic",
        parser: Parser | None = None,
        device: str = "cpu",
    ) -> None:
        self.device = pick_device(device)
        self.attributes, self.dataset = tuple(attributes), dataset
        self.image_size, self.conditioning = generator.image_size, generator.conditioning
        parser = parser and parser.to(self.device)
        self._edit = generator_editor(generator.eval().to(self.device), parser)

    def edit(
        self,
        image: Source | Sequence[Source],
        changes: Mapping[str, float],
        *,
        alpha: float = 1.0,
        labels: Labels | Sequence[Labels] | None = None,
        resolve: bool = False,
    ) -> Edited:
        """Edit an image, or several alike.

        Args:
            image: see ``decode``; or a list of such, or an array (B, h, w, 3). What is not square
                loses its margins: ``crop_face`` frames a face better.
            changes: by attribute, +1 to add it and −1 to remove it; what lies between is weaker,
                what lies beyond exaggerates.
            alpha: intensity of the whole edit; 0 reconstructs.
            labels: which attributes the image has (1) and has not (0), for each or for all images.
                Only weights that are conditioned on target labels need them; where they are known,
                a change that is there already is left out.
            resolve: what a new attribute rules out is removed: the other hair colours, bangs of a
                bald head. Without ``labels`` nobody knows which of them the image has: all are
                then asked to go, also those that it lacks.

        Raises:
            ImageError: an image that can't be used.
            ValueError: an unknown attribute (the nearest is named), an impossible number, or labels
                missing.
        """
        several = isinstance(image, list | tuple) or getattr(image, "ndim", 0) == 4
        given: Any = image if several else [image]
        pictures = [decode(one) for one in given]
        if not pictures:
            raise ImageError("image is an empty list.")
        small = [resized(middle_square(picture), self.image_size) for picture in pictures]
        x = from_bytes(torch.from_numpy(np.stack(small)).to(self.device))
        y_src = self._labels(labels, len(pictures))
        y_diff = _finite("alpha", alpha) * self._difference(changes, y_src, resolve, len(pictures))
        with torch.inference_mode():
            edits = self._edit(x, y_diff[None].to(self.device), _on(y_src, self.device))[0]
        pixels = to_bytes(edits).movedim(1, -1).cpu().numpy()
        inputs = [Image.fromarray(np.moveaxis(one, 0, -1)) for one in small]
        return Edited([Image.fromarray(one) for one in pixels], inputs, self._note(pictures))

    def _labels(self, labels: Labels | Sequence[Labels] | None, count: int) -> Tensor | None:
        """y_src (B, n_a), or None where it is neither given nor needed."""
        if labels is None:
            if self.conditioning != "difference":
                raise ValueError(
                    f"labels is missing: these weights are conditioned on the {self.conditioning}. "
                    f"Say which of {', '.join(self.attributes)} the image has, as labels={{"
                    f"{self.attributes[0]!r}: 0, …}}."
                )
            return None
        every = [labels] * count if isinstance(labels, Mapping) else list(labels)
        if len(every) != count:
            raise ValueError(f"labels has {len(every)} entries for {count} images.")
        for one in every:
            _ = [index_of(name, self.attributes) for name in one]
            absent = [name for name in self.attributes if name not in one]
            if absent:
                raise ValueError(f"labels lacks {', '.join(absent)}: give 1 or 0 for each.")
        return torch.tensor([[float(one[name] > 0) for name in self.attributes] for one in every])

    def _difference(
        self, changes: Mapping[str, float], y_src: Tensor | None, resolve: bool, count: int
    ) -> Tensor:
        """y_diff (B, n_a)."""
        wanted = torch.zeros(len(self.attributes))
        for name, value in changes.items():
            wanted[index_of(name, self.attributes)] = _finite(f"changes[{name!r}]", value)
        named = torch.tensor([name in changes for name in self.attributes])
        if resolve:
            strength = (rivals(self.attributes) * wanted.clamp(min=0)[:, None]).amax(dim=0)
            wanted = torch.where(named, wanted, -strength)
        y_diff = wanted.repeat(count, 1)
        if y_src is None:
            return y_diff
        return y_diff * ((y_diff > 0) == (y_src == 0))

    def _note(self, pictures: list[Image.Image]) -> str:
        notes = []
        if self.dataset == "synthetic":
            notes.append(
                "These weights have seen drawn faces only: a photograph is outside of their domain,"
                " and the edit of one means nothing."
            )
        if any(picture.width != picture.height for picture in pictures):
            notes.append("Only the middle square was used; crop_face frames a face better.")
        if any(min(picture.size) < self.image_size for picture in pictures):
            notes.append(f"An image of less than {self.image_size} px was enlarged.")
        return " ".join(notes)


def load_editor(
    source: str | Path = "",
    *,
    parser: str | Path = "",
    backbone: str = "",
    attributes: Sequence[str] = NAMES,
    image_size: int = 128,
    device: str = "cpu",
) -> FaceEditor:
    """An editor from whatever ``Trained.of`` loads: a run's folder, a file, a bundled name.

    Args:
        source: where it is; "" for the bundled editor with the best edits.
        device: where it edits, "auto" for the fastest there is.

    The other arguments, Raises: ``Trained.of``.
    """
    source = source or default_editor()
    trained = Trained.of(
        source, parser=parser, backbone=backbone, attributes=attributes, image_size=image_size
    )
    return FaceEditor(
        trained.generator, trained.attributes, trained.dataset, trained.parser, device
    )


def _finite(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise ValueError(f"{name}={value!r}: wanted is a number, usually from −1 to 1.")
    return float(value)


def _on(tensor: Tensor | None, device: torch.device) -> Tensor | None:
    return None if tensor is None else tensor.to(device)
