"""Networks that watch the GANs, the parser and the judges: one way to load them.

Some are bundled, for drawn faces, by size. How they are trained is in ``training.supervised``.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

import torch
from torch import nn

from secgan_lite.support.files import bundled, load_tensors, manifest, readable, sha256
from secgan_lite.support.places import to_read

Network = TypeVar("Network", bound=nn.Module)
_MODULES = {"parser": "parsing", "classifier": "judges", "encoder": "judges"}


class Wanted(Protocol):
    """What a configuration says of its faces; and, by kind, where its networks are."""

    @property
    def dataset(self) -> str: ...

    @property
    def image_size(self) -> int: ...


def bundled_sizes(kind: str) -> list[int]:
    """Image sizes for which a network of this kind is bundled, in pixels."""
    prefix = f"{kind}-"
    return sorted(int(Path(n).stem.removeprefix(prefix)) for n in manifest() if prefix in n)


def at_hand(kind: str, config: Wanted) -> bool:
    """Whether a run has such a network: named by its configuration, or bundled for its faces."""
    bundled_fits = config.dataset == "synthetic" and config.image_size in bundled_sizes(kind)
    return getattr(config, kind) != "auto" or bundled_fits


def load_trained(
    kind: str, build: Callable[[dict], Network], source: str | Path, image_size: int
) -> tuple[Network, dict]:
    """A trained network, frozen and in evaluation mode, and its file's metadata with ``sha256``.

    Args:
        kind: "parser", "classifier" or "encoder".
        build: makes the network from the metadata of the file.
        source: "auto" for the bundled one, which knows drawn faces, or a weights file of ours.

    Raises:
        ValueError: none is bundled for that size, or the file holds none or one for another size.
        FileNotFoundError: no such file.
    """
    if source == "auto":
        sizes = bundled_sizes(kind)
        if image_size not in sizes:
            listed = " and ".join(map(str, sizes))
            raise ValueError(
                f"image_size={image_size}: a {kind} is bundled for {listed} px. Train "
                f"one (python -m secgan_lite.{_MODULES[kind]} train --image-size {image_size} "
                f"--output FILE) and name it: -p {kind} FILE."
            )
        source = bundled(f"{kind}-{image_size}")
    source = to_read(source, kind)
    tensors, metadata = load_tensors(source)
    if metadata.get("kind") != kind:
        raise ValueError(f"{kind}={str(source)!r} holds no {kind} of secgan-lite.")
    if (own := metadata.get("image_size")) != image_size:
        raise ValueError(f"{kind}={str(source)!r} is for {own} px, wanted is {image_size} px.")
    with readable(source, kind):
        with torch.device("meta"):  # which allocates nothing, whatever the metadata asks for
            build(metadata).load_state_dict(tensors, assign=True)
        network = build(metadata)
        network.load_state_dict(tensors)
    # The copy of P that a run keeps has the hash of its original.
    return network.eval().requires_grad_(False), {"sha256": sha256(source)} | metadata


def fingerprint(file: Path) -> str:
    """SHA-256 of a weights file; of a copy that a run keeps, that of the file that it came from."""
    ours = file.suffix == ".safetensors"
    return (load_tensors(file)[1].get("sha256") if ours else None) or sha256(file)
