"""Encoders of ssFID (§4.4): the published SwAV ResNet-50, and a small one for drawn faces."""

from pathlib import Path

from torch import Tensor, nn

from secgan_lite.judges.published import Preprocessed, fill, is_published
from secgan_lite.judges.swav import SmallEncoder
from secgan_lite.support.files import sha256
from secgan_lite.support.places import to_read
from secgan_lite.support.weights import load_trained

OWN = "own encoder, not comparable with published ones"
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


class Encoder(nn.Module):
    """Images (B, 3, h, h) in [−1, 1] to features (B, num_features).

    Attributes:
        num_features: 2048 for the published encoder, 128 for ours.
        card: ``name``, ``sha256`` and, of our own, a ``note`` that goes with every number.
    """

    def __init__(self, network: nn.Module, num_features: int, card: dict) -> None:
        super().__init__()
        self.network = network
        self.num_features = num_features
        self.card = card
        self.eval().requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        return self.network(x)


def load_encoder(source: str | Path = "auto", image_size: int = 64) -> Encoder:
    """The encoder for images of one size.

    Args:
        source: "auto" for the bundled one, which knows drawn faces; a weights file of ours; or the
            published ``swav_800ep_pretrain.pth.tar``, for any size: images are brought to 224 px.

    Raises:
        FileNotFoundError, ValueError: no such file, or another network's.
    """
    if is_published(source):
        from torchvision.models import resnet50  # torchvision takes seconds to import

        network = resnet50(weights=None)
        network.fc = nn.Identity()
        path = to_read(source, "encoder")
        fill(network, path, "SwAV's ResNet-50", dropped=("projection_head", "prototypes"))
        card = {"name": "SwAV ResNet-50", "sha256": sha256(path)}
        return Encoder(Preprocessed(network, 224, *IMAGENET), 2048, card)
    network, metadata = load_trained("encoder", build, source, image_size)
    card = {"name": "small SwAV", "sha256": metadata["sha256"], "note": OWN}
    return Encoder(network, network.num_features, card)


def build(metadata: dict) -> SmallEncoder:
    """The network that a weights file is for."""
    return SmallEncoder(**metadata["shape"])
