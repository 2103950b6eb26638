"""What training costs: multiply-adds."""

from collections.abc import Callable

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from secgan_lite.secgan import Batch, Model


class _Work(TorchDispatchMode):
    """Adds up what PyTorch's formulas say of each operation.

    ``FlopCounterMode`` does the same, and hooks into modules besides: a gradient penalty's inner
    gradient stops with an error there.
    """

    flops = 0

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        out = operation(*args, **(kwargs or {}))
        formula = flop_registry.get(operation.overloadpacket)
        if formula:
            self.flops += formula(*args, **(kwargs or {}), out_val=out)
        return out


def counted(work: Callable[[], object]) -> int:
    """Multiply-adds of the convolutions and matrix products in a call, backward passes included."""
    with _Work() as counter:
        work()
    return counter.flops // 2


def iteration(model: Model, batch: Batch, generators: bool) -> None:
    """The passes of one iteration of Algorithm 1, forward and back, without the optimisers' steps.

    Args:
        generators: whether it is the generators' turn, as in every N-th iteration.
    """
    with torch.set_grad_enabled(generators):
        translation = model.translate(batch)
    model.critic_loss(batch, translation, lambda branch, count: torch.rand(count))[0].backward()
    if generators:
        model.generator_loss(batch, translation)[0].backward()
