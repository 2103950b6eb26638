"""Public ImageNet networks behind our image range, filled from a local file."""

from pathlib import Path

import torch
from torch import Tensor, nn

from secgan_lite.support.devices import rescaled
from secgan_lite.support.files import published_tensors

PREFIXES = ("module.", "backbone.", "encoder.")


class Preprocessed(nn.Module):
    """A network that wants another size and another range than our [−1, 1].

    Args:
        side: height = width of its images; larger ones are reduced with antialiasing.
        mean, deviation: of each channel in [0, 1], which it expects to be taken out. The defaults
            leave [−1, 1] as it is.
    """

    statistics: Tensor

    def __init__(
        self,
        network: nn.Module,
        side: int,
        mean: tuple[float, float, float] = (0.5, 0.5, 0.5),
        deviation: tuple[float, float, float] = (0.5, 0.5, 0.5),
    ) -> None:
        super().__init__()
        self.network = network
        self.side = side
        statistics = torch.tensor([mean, deviation])[:, :, None, None]
        self.register_buffer("statistics", statistics, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        mean, deviation = self.statistics
        return self.network(((rescaled(x, self.side) + 1) / 2 - mean) / deviation)


def is_published(source: str | Path) -> bool:
    """Whether a file's name is that of a PyTorch pickle, as the public ones are."""
    return bool({".pth", ".pt", ".ckpt"} & set(Path(source).suffixes))


def fill(network: nn.Module, path: Path, what: str, dropped: tuple[str, ...] = ()) -> None:
    """Fill ``network`` from a published file, by name.

    Args:
        what: the network in words, for the message.
        dropped: beginnings of names that are left out.

    Raises:
        FileNotFoundError, ValueError: no such file, or one for another network; the first tensor
            that is missing or differs is named.
    """
    given = {_bare(name): tensor for name, tensor in published_tensors(path).items()}
    given = {k: tensor for k, tensor in given.items() if not k.startswith(dropped or "\0")}
    own = network.state_dict()
    for name in [*own, *given]:
        if name not in given or name not in own or given[name].shape != own[name].shape:
            shapes = [tuple(d[name].shape) if name in d else "nothing" for d in (given, own)]
            raise ValueError(
                f"{path} does not fit {what}: {name} is {shapes[0]} there, wanted is {shapes[1]}."
            )
    network.load_state_dict(given)


def _bare(name: str) -> str:
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name
