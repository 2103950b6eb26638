"""The frozen P: a network, from bundled, own or published weights, that speaks the 12 segments."""

from pathlib import Path

from torch import Tensor, nn

from secgan_lite.parsing.bisenet import BiSeNet
from secgan_lite.parsing.unet import UNet
from secgan_lite.segments import merge
from secgan_lite.support.devices import rescaled
from secgan_lite.support.files import bundled, load_published, manifest, save_tensors, sha256
from secgan_lite.support.places import to_read
from secgan_lite.support.weights import load_trained

NETWORKS = {"unet": UNet, "bisenet": BiSeNet}
PUBLISHED = (".pth", ".pt", ".ckpt")


class Parser(nn.Module):
    """The frozen P: images (B, 3, h, h) in [−1, 1] to log-probabilities (B, 12, h, h).

    Its weights never change and it always evaluates, but gradients reach the image: Eq. 11 teaches
    G_rgb through P.

    Args:
        network: images in [−1, 1] to logits of 12 segments, or of 19 parts.
        metadata: what a weights file says of it. ``order`` names the order of 19 parts,
            ``input_size`` the side in pixels to which images are brought before.
    """

    def __init__(self, network: nn.Module, metadata: dict | None = None) -> None:
        super().__init__()
        self.network = network
        self.metadata = metadata or {}
        self.eval().requires_grad_(False)

    @property
    def hash(self) -> str:
        """SHA-256 of the weights file that P came from, "" without one."""
        return self.metadata.get("sha256", "")

    def train(self, mode: bool = True) -> "Parser":
        """Stays in evaluation mode, whatever the model around it does."""
        return super().train(False)

    def requires_grad_(self, requires_grad: bool = True) -> "Parser":
        """Stays frozen, likewise."""
        return super().requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        side, wanted = x.shape[-1], self.metadata.get("input_size", x.shape[-1])
        logits = self.network(rescaled(x, wanted))
        logits = rescaled(logits, side)
        if "order" in self.metadata:
            return merge(logits, self.metadata["order"])
        return logits.log_softmax(dim=1)

    def save(self, path: Path) -> None:
        """Write P as a weights file that ``load_parser`` reads."""
        save_tensors(path, self.network.state_dict(), self.metadata)


def load_parser(source: str | Path = "auto", image_size: int = 64) -> Parser:
    """P for images of one size; it is trained for each (paper, §3). Errors: ``load_trained``.

    Args:
        source: "auto" for the bundled one, which knows drawn faces; a weights file of ours; or the
            published BiSeNet of 19 parts, a .pth file, which works at any size by enlarging to
            its own 512 px.
    """
    if Path(source).suffix in PUBLISHED:
        file = to_read(source, "parser")
        network = BiSeNet(classes=19)
        load_published(file, network, "BiSeNet for 19 parts of a face")
        metadata: dict = {"kind": "parser", "network": "bisenet", "shape": {"classes": 19}}
        metadata |= {"order": "face-parsing", "input_size": 512, "image_size": image_size}
        return Parser(network, metadata | {"sha256": sha256(file)})
    return Parser(*load_trained("parser", build, source, image_size))


def load_witness(image_size: int) -> Parser | None:
    """A bundled parser that no GAN has learned from, to read masks of edits; None if there is none.

    It has P's layers, and first weights, faces and an order of its own.
    """
    name = f"witness-{image_size}"
    there = f"{name}.safetensors" in manifest()
    return load_parser(bundled(name), image_size) if there else None


def build(metadata: dict) -> nn.Module:
    """The network that a weights file is for."""
    return NETWORKS[metadata["network"]](**metadata["shape"])
