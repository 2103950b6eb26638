"""Judges: what evaluates edits and never trains the GAN. The attribute classifier of TARR (§4.4).

    judge = load_classifier("auto", image_size=64)
    wanted = judge(x) > 0

Train one with ``python -m secgan_lite.judges train --image-size 64``.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from secgan_lite.attributes import NAMES
from secgan_lite.backbones import require_divisible
from secgan_lite.datasets import FaceData
from secgan_lite.supervised import load_trained, train_command


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
        side = image_size // 2**depth
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.Flatten(),
            nn.Linear(before * side**2, hidden),
            nn.ReLU(True),
            nn.Linear(hidden, outputs),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x))


def load_classifier(source: str | Path = "auto", image_size: int = 64) -> AttributeClassifier:
    """The judge for images of one size. Errors: ``supervised.load_trained``.

    Args:
        source: "auto" for the bundled one, which knows drawn faces, or a weights file of ours.
    """
    return load_trained("classifier", _build, source, image_size)[0]


def _build(metadata: dict) -> AttributeClassifier:
    return AttributeClassifier(**metadata["shape"])


def accuracy(classifier: nn.Module, data: FaceData, chunk: int = 256) -> dict[str, float]:
    """Share of faces on which each attribute is right."""
    hits = torch.zeros(len(data.attributes))
    with torch.inference_mode():
        for indices in torch.arange(len(data)).split(chunk):
            x, y, _ = data.batch(indices)
            hits += ((classifier(x) > 0) == (y > 0)).sum(dim=0)
    return dict(zip(data.attributes, (hits / len(data)).tolist(), strict=True))


def _shape(_: str, image_size: int) -> dict:
    small = {"depth": 4, "hidden": 128} if image_size < 128 else {"depth": 5, "hidden": 512}
    return {"outputs": len(NAMES), "image_size": image_size, "width": 16, **small}


def quality(network: nn.Module, data: FaceData) -> dict:
    """Accuracy by attribute, as fractions."""
    return {"accuracy": {name: round(value, 4) for name, value in accuracy(network, data).items()}}


if __name__ == "__main__":
    train_command(
        "classifier",
        _build,
        _shape,
        lambda logits, y, s: F.binary_cross_entropy_with_logits(logits, y),
        quality,
        networks=["stgan"],
        noise=0.4,
    )
