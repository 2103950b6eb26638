"""How much memory a run takes on a GPU, found without one: an iteration on PyTorch's meta device.

Its tensors have shapes and no numbers; each is counted from its first use until it is gone.
"""

import weakref
from copy import deepcopy

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from secgan_lite.parsing import Parser
from secgan_lite.secgan import Batch, Model
from secgan_lite.training.config import TrainConfig

# What CUDA and its libraries take for themselves, in bytes: 1 GB or so.
_LIBRARIES = 10**9


class Alive(TorchDispatchMode):
    """Inside, ``peak`` becomes the most bytes that tensors which were used have held together."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.peak = 0
        self._counted: set[int] = set()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        out = function(*args, **(kwargs or {}))
        for tensor in tree_leaves((args, kwargs, out)):
            if isinstance(tensor, Tensor):
                self._count(tensor)
        return out

    def _count(self, tensor: Tensor) -> None:
        storage = tensor.untyped_storage()
        if storage._cdata not in self._counted:
            self._counted.add(storage._cdata)
            self.now += storage.nbytes()
            self.peak = max(self.peak, self.now)
            weakref.finalize(storage, self._forget, storage._cdata, storage.nbytes())

    def _forget(self, which: int, size: int) -> None:
        self._counted.discard(which)
        self.now -= size


def peak(config: TrainConfig, parser: Parser | None, batch_size: int = 0) -> int:
    """Bytes of all tensors at the fullest moment of an iteration in fp32, Adam's among them.

    Args:
        parser: P; what its method does not need is left out.
        batch_size: 0 for the configuration's.
    """
    n, h = batch_size or config.batch_size, config.image_size
    with torch.device("meta"), Alive() as alive:
        p = deepcopy(parser).to("meta") if parser and config.method != "baseline" else None
        model = Model(config.method, config.backbone, config.size, config.weights, p)
        weights = [*model.branches.parameters()]
        held: list[object] = [torch.empty_like(weight) for weight in weights * 2]  # by Adam
        held += [deepcopy(b.generator) for b in model.branches.values() if config.ema]
        y = torch.empty(n, len(config.attributes))
        batch = Batch(torch.empty(n, 3, h, h), torch.empty(n, h, h, dtype=torch.long), y, y)
        for _ in range(2):  # the second finds the gradients of the first
            translation = model.translate(batch)
            for part in ("discriminator", "generator"):
                if part == "discriminator":
                    loss, _ = model.critic_loss(batch, translation, lambda _, n: torch.empty(n))
                else:
                    loss, _ = model.generator_loss(batch, translation)
                for branch in model.branches.values():
                    getattr(branch, part).zero_grad()
                loss.backward()
    return alive.peak


def told(config: TrainConfig, parser: Parser | None, room: float, processes: int = 1) -> str:
    """A line about the memory of a run, and the largest batch that fits into ``room`` bytes.

    Args:
        processes: that share a batch, each with as much room.
    """
    n = config.batch_size // processes
    needed, twice = peak(config, parser, n), peak(config, parser, 2 * n)
    most = processes * (n + int((room - _LIBRARIES - needed) // ((twice - needed) / n)))
    fits = f"batch_size up to {most} fits" if most > 1 else "no batch fits"
    return (
        f"An iteration takes about {(needed + _LIBRARIES) / 1e9:.1f} GB of the {room / 1e9:.1f} GB "
        f"that are free: {fits}."
    )
