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
from secgan_lite.files import bundle, bundled, load_tensors, manifest, save_tensors
from secgan_lite.supervised import fit, training_arguments, training_sets


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
    """The judge for images of one size, in evaluation mode.

    Args:
        source: "auto" for the bundled one, which knows drawn faces, or a weights file of ours.

    Raises:
        ValueError: none is bundled for that size, or the file holds none or one for another size.
        FileNotFoundError: no such file.
    """
    if source == "auto":
        names = [Path(card).stem for card in manifest() if card.startswith("classifier-")]
        if f"classifier-{image_size}" not in names:
            sizes = [name.removeprefix("classifier-") for name in names]
            raise ValueError(
                f"image_size={image_size}: classifiers are bundled for {', '.join(sizes)} px. Train "
                f"one (python -m secgan_lite.judges train --image-size {image_size} --output FILE) "
                "and name it: -p classifier FILE."
            )
        source = bundled(f"classifier-{image_size}")
    tensors, metadata = load_tensors(Path(source))
    if metadata.get("kind") != "classifier":
        raise ValueError(f"classifier={str(source)!r} holds no classifier of secgan-lite.")
    if metadata["shape"]["image_size"] != image_size:
        raise ValueError(
            f"classifier={str(source)!r} is for {metadata['shape']['image_size']} px, wanted is "
            f"{image_size} px."
        )
    network = AttributeClassifier(**metadata["shape"])
    network.load_state_dict(
        {name: t.float() if t.is_floating_point() else t for name, t in tensors.items()}
    )
    return network.eval().requires_grad_(False)


def accuracy(classifier: nn.Module, data: FaceData, chunk: int = 256) -> dict[str, float]:
    """Share of faces on which each attribute is right."""
    hits = torch.zeros(len(data.attributes))
    with torch.inference_mode():
        for indices in torch.arange(len(data)).split(chunk):
            x, y, _ = data.batch(indices)
            hits += ((classifier(x) > 0) == (y > 0)).sum(dim=0)
    return dict(zip(data.attributes, (hits / len(data)).tolist(), strict=True))


def main() -> None:
    """``python -m secgan_lite.judges train``."""
    given = training_arguments("python -m secgan_lite.judges", __doc__.split("\n")[0])
    small = given.image_size < 128
    shape = {"outputs": len(NAMES), "image_size": given.image_size, "width": 16}
    shape |= {"depth": 4, "hidden": 128} if small else {"depth": 5, "hidden": 512}
    sets, test = training_sets(given)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(given.seed)
        network = AttributeClassifier(**shape)
    fit(
        network,
        sets,
        lambda out, y, s: F.binary_cross_entropy_with_logits(out, y),
        epochs=given.epochs,
        noise=0.4,
        seed=given.seed,
    )
    scores = {name: round(value, 4) for name, value in accuracy(network, test).items()}
    metadata = {"kind": "classifier", "dataset": given.dataset, "shape": shape}
    if given.output:
        save_tensors(Path(given.output), network.state_dict(), metadata)
    else:
        command = (
            f"python -m secgan_lite.judges train --image-size {given.image_size} "
            f"--count {given.count} --epochs {given.epochs} --seed {given.seed}"
        )
        card = {
            "command": command,
            "faces": given.count,
            "test_faces": len(test),
            "accuracy": scores,
        }
        bundle(f"classifier-{given.image_size}", network.state_dict(), metadata, card)
    print(
        f"mean accuracy {sum(scores.values()) / len(scores):.4f}, lowest {min(scores.values()):.4f}"
    )
    print(scores)


if __name__ == "__main__":
    main()
