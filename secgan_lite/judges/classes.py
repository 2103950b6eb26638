"""Class probabilities for the Inception Score: Inception-v3's, and our classifier's offline."""

from itertools import product
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from secgan_lite.judges.classifier import AttributeClassifier
from secgan_lite.judges.published import Preprocessed, fill
from secgan_lite.support.files import sha256
from secgan_lite.support.places import to_read

OWN = "own classes, not comparable with published ones"
HAIR = ("Black_Hair", "Blond_Hair", "Brown_Hair")
SPLIT_BY = ("Eyeglasses", "Male", "Young")


class AttributeClasses(nn.Module):
    """Log-probabilities (B, 32) of kinds of faces, from an attribute classifier's logits.

    A kind is a hair colour (black, blond, brown, none of them) with or without eyeglasses, by
    gender and age as labelled. The probabilities of the colours are those of three independent
    labels given that at most one is set, which is the soft-max of their logits and 0; they are
    multiplied by those of the other three labels. So the score lies between 1 and 32. The kinds are
    the classifier's, whichever attributes the edits have.
    """

    def __init__(self, classifier: AttributeClassifier) -> None:
        super().__init__()
        self.classifier = classifier
        self._hair = classifier.columns(HAIR)
        self._split_by = classifier.columns(SPLIT_BY)
        self.card = {"name": "32 kinds of faces by the attribute classifier", "note": OWN}

    @property
    def kinds(self) -> list[str]:
        """Names of the 32 classes, in order."""
        signs = product(*(("no " + name, name) for name in SPLIT_BY))
        return [", ".join(kind) for kind in product((*HAIR, "other hair"), map(", ".join, signs))]

    def forward(self, x: Tensor) -> Tensor:
        return self.from_logits(self.classifier(x))

    def from_logits(self, logits: Tensor) -> Tensor:
        """The same from the classifier's logits, where they are known already."""
        log_p = F.pad(logits[:, self._hair], (0, 1)).log_softmax(dim=1)
        for column in self._split_by:
            both = F.logsigmoid(torch.stack([-logits[:, column], logits[:, column]], dim=1))
            log_p = (log_p[:, :, None] + both[:, None]).flatten(1)
        return log_p


class InceptionClasses(nn.Module):
    """Logits (B, 1000) of torchvision's Inception-v3, for images brought to 299 px."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        from torchvision.models import inception_v3  # torchvision takes seconds to import

        network = inception_v3(weights=None, init_weights=False, transform_input=False)
        fill(network, path, "torchvision's Inception-v3")
        self.network = Preprocessed(network, 299)
        self.card = {"name": "Inception-v3", "sha256": sha256(path)}
        self.eval().requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        return self.network(x)


def load_classes(
    source: str | Path, classifier: AttributeClassifier
) -> AttributeClasses | InceptionClasses:
    """What the Inception Score asks for classes.

    Args:
        source: "auto" for kinds of faces by ``classifier``; or the file of torchvision's
            Inception-v3, ``inception_v3_google-0cc3c7bd.pth``.

    Raises:
        FileNotFoundError, ValueError: no such file, or another network's; or a classifier that
            doesn't know the attributes of the kinds.
    """
    if source == "auto":
        return AttributeClasses(classifier)
    return InceptionClasses(to_read(source, "inception"))
