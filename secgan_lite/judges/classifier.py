"""The attribute classifier of TARR (§4.4): STGAN's, and smaller ones of the same kind."""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from secgan_lite.attributes import NAMES
from secgan_lite.backbones import require_divisible
from secgan_lite.datasets import FaceData
from secgan_lite.supervised import load_trained

PUBLISHED_SIZE = 128


class AttributeClassifier(nn.Module):
    """STGAN's judge: ``depth`` halvings with two convolutions each, one hidden layer, logits.

    Its published size is width 16, depth 5, hidden 512 at 128 px. Images (B, 3, h, h) in [−1, 1] ->
    logits (B, outputs).
    """

    def __init__(
        self,
        outputs: int = 13,
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
        self.image_size = image_size
        side = image_size // 2**depth
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.Flatten(),
            nn.Linear(before * side**2, hidden),
            nn.ReLU(True),
            nn.Linear(hidden, outputs),
        )

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[-1] > self.image_size:
            x = F.interpolate(x, self.image_size, mode="bilinear", antialias=True)
        return self.head(self.features(x))


def load_classifier(source: str | Path = "auto", image_size: int = 64) -> AttributeClassifier:
    """The judge for images of one size; the one for 128 px also serves larger ones, reduced.

    Errors: ``supervised.load_trained``.

    Args:
        source: "auto" for the bundled one, which knows drawn faces, or a weights file of ours.
    """
    return load_trained("classifier", build, source, min(image_size, PUBLISHED_SIZE))[0]


def build(metadata: dict) -> AttributeClassifier:
    """The network that a weights file is for."""
    return AttributeClassifier(**metadata["shape"])


def accuracy(classifier: nn.Module, data: FaceData, chunk: int = 256) -> dict[str, float]:
    """Share of faces on which each attribute is right."""
    device = next(classifier.parameters()).device
    hits = torch.zeros(len(data.attributes), device=device)
    with torch.inference_mode():
        for indices in torch.arange(len(data)).split(chunk):
            x, y, _ = data.batch(indices, device=device)
            hits += ((classifier(x) > 0) == (y > 0)).sum(dim=0)
    return dict(zip(data.attributes, (hits / len(data)).tolist(), strict=True))


def shape(image_size: int) -> dict:
    """Arguments of the network for one image size; from 128 px on they are the published ones."""
    small = {"depth": 4, "hidden": 128} if image_size < 128 else {"depth": 5, "hidden": 512}
    return {"outputs": len(NAMES), "image_size": image_size, "width": 16, **small}


def quality(network: nn.Module, data: FaceData) -> dict:
    """Accuracy by attribute, as fractions."""
    return {"accuracy": {name: round(value, 4) for name, value in accuracy(network, data).items()}}
