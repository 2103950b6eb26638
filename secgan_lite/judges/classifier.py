"""The attribute classifier of TARR (§4.4): STGAN's, and smaller ones of the same kind."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from secgan_lite.attributes import NAMES
from secgan_lite.backbones.layers import require_divisible
from secgan_lite.datasets import FaceData
from secgan_lite.support.devices import rescaled
from secgan_lite.support.weights import load_trained

PUBLISHED_SIZE = 128


class AttributeClassifier(nn.Module):
    """STGAN's judge: ``depth`` halvings with two convolutions each, one hidden layer, logits.

    Its published size is width 16, depth 5, hidden 512 at 128 px. Images (B, 3, h, h) in [−1, 1] ->
    logits (B, len(attributes)).

    Attributes:
        attributes: names of the outputs. A run may have fewer of them, or another order: ask by
            name, with ``of``.
    """

    def __init__(
        self,
        attributes: Sequence[str] = NAMES,
        image_size: int = 128,
        width: int = 16,
        depth: int = 5,
        hidden: int = 512,
    ) -> None:
        super().__init__()
        require_divisible(image_size, 2**depth, "the attribute classifier")
        layers: list[nn.Module] = []
        before = 3
        for level in range(depth):
            after = width * 2**level
            for channels in (before, after):
                layers += [
                    nn.Conv2d(channels, after, 3, padding=1, bias=False),
                    nn.BatchNorm2d(after),
                    nn.ReLU(True),
                ]
            layers.append(nn.MaxPool2d(2))
            before = after
        self.attributes = tuple(attributes)
        self.image_size = image_size
        side = image_size // 2**depth
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.Flatten(),
            nn.Linear(before * side**2, hidden),
            nn.ReLU(True),
            nn.Linear(hidden, len(self.attributes)),
        )

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[-1] > self.image_size:
            x = rescaled(x, self.image_size)
        return self.head(self.features(x))

    def columns(self, names: Sequence[str]) -> list[int]:
        """Where the outputs for some attributes stand.

        Raises:
            ValueError: it doesn't know one of them.
        """
        lacking = [name for name in names if name not in self.attributes]
        if lacking:
            raise ValueError(
                f"classifier lacks {', '.join(lacking)}: it knows {', '.join(self.attributes)}. "
                "Name a judge that has learned them (-p classifier FILE)."
            )
        return [self.attributes.index(name) for name in names]

    def of(self, names: Sequence[str]) -> Callable[[Tensor], Tensor]:
        """A function from images to the logits (B, len(names)) of some attributes, in their order.

        Errors: ``columns``.
        """
        columns = self.columns(names)
        return lambda x: self(x)[:, columns]


def load_classifier(source: str | Path = "auto", image_size: int = 64) -> AttributeClassifier:
    """The judge for images of one size; the one for 128 px serves larger ones, too (``size_for``).

    Errors: ``weights.load_trained``.

    Args:
        source: "auto" for the bundled one, which knows drawn faces, or a weights file of ours.
    """
    return load_trained("classifier", build, source, size_for(image_size))[0]


def size_for(image_size: int) -> int:
    """Size of the judge's own images: larger ones are reduced to the published 128 px."""
    return min(image_size, PUBLISHED_SIZE)


def build(metadata: dict) -> AttributeClassifier:
    """The network that a weights file is for."""
    shape = dict(metadata["shape"])
    if "outputs" in shape:  # a file from before names were stored: it knows the 13, in order
        shape["attributes"] = NAMES[: shape.pop("outputs")]
    return AttributeClassifier(**shape)


def accuracy(classifier: AttributeClassifier, data: FaceData, chunk: int = 256) -> dict[str, float]:
    """Share of faces on which each of their attributes is right. Errors: ``columns``."""
    judge, device = classifier.of(data.attributes), next(classifier.parameters()).device
    hits = torch.zeros(len(data.attributes), device=device)
    with torch.inference_mode():
        for indices in torch.arange(len(data)).split(chunk):
            x, y, _ = data.batch(indices, device=device)
            hits += ((judge(x) > 0) == (y > 0)).sum(dim=0)
    return dict(zip(data.attributes, (hits / len(data)).tolist(), strict=True))


def shape(image_size: int) -> dict:
    """Arguments of the network for one image size; at 128 px they are the published ones.

    Raises:
        ValueError: a larger size: the judge for 128 px serves it.
    """
    if image_size != size_for(image_size):
        raise ValueError(
            f"image_size={image_size}: the judge for {PUBLISHED_SIZE} px serves larger images too. "
            f"Train it with --image-size {PUBLISHED_SIZE}."
        )
    small = {"depth": 4, "hidden": 128} if image_size < 128 else {"depth": 5, "hidden": 512}
    return {"attributes": NAMES, "image_size": image_size, "width": 16, **small}


def quality(network: AttributeClassifier, data: FaceData) -> dict:
    """Accuracy by attribute, as fractions."""
    return {"accuracy": {name: round(value, 4) for name, value in accuracy(network, data).items()}}
