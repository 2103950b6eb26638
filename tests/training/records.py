"""What a CUDA graph does, without a GPU: operations are noted once, then repeated.

As in a replay no Python runs, and every operation works at the addresses of its record. What would
break a record there is refused here: a number that Python reads from a tensor, or sends to one.
"""

from contextlib import contextmanager

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map_only

from secgan_lite.training import Trainer

REFUSED = ("_local_scalar_dense", "equal", "nonzero", "lift_fresh")


class Tape(TorchDispatchMode):
    """Inside, operations are noted; ``replay`` repeats them in the same memory."""

    def __init__(self):
        super().__init__()
        self.steps = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        if (name := function.overloadpacket.__name__) in REFUSED:
            raise RuntimeError(f"not permitted in a record: {name}")
        out = function(*args, **(kwargs or {}))
        # What is noted holds the memory, and no part of a graph of gradients.
        noted = args, kwargs or {}, tree_leaves(out)
        self.steps.append((function, *tree_map_only(torch.Tensor, torch.Tensor.detach, noted)))
        return out

    @torch.no_grad()
    def replay(self):
        for function, args, kwargs, results in self.steps:
            again = tree_leaves(function(*args, **kwargs))
            for result, made in zip(results, again, strict=True):
                if isinstance(made, torch.Tensor) and made.data_ptr() != result.data_ptr():
                    result.copy_(made)

    def pool(self):
        """Its memory is all its own."""


@contextmanager
def unchanged(trainer: Trainer):
    """Inside, a trainer may compute; then its networks and optimisers are as before."""
    held = [*trainer.model.branches.state_dict().values()]
    for optimiser in trainer.optimisers.values():
        held += [t for state in optimiser.state.values() for t in state.values()]
    before = [tensor.detach().clone() for tensor in held]
    try:
        yield
    finally:
        with torch.no_grad():
            for tensor, value in zip(held, before, strict=True):
                tensor.copy_(value)


def replaying(trainer: Trainer) -> Trainer:
    """Have a trainer on a CPU do what it would with CUDA graphs."""
    launch = trainer.launch

    def record(iteration):
        with unchanged(trainer), Tape() as tape:
            for optimiser in trainer.optimisers.values():
                optimiser.zero_grad()
            return tape, iteration()

    launch._record, launch._aside = record, lambda iteration: iteration()
    launch.obstacle = ""
    return trainer
