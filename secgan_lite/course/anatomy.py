"""What training costs: multiply-adds, milliseconds."""

import time
from collections.abc import Callable

import torch
from torch.utils.flop_counter import FlopCounterMode

from secgan_lite.secgan import Batch, Model


def counted(work: Callable[[], object]) -> int:
    """Multiply-adds of the convolutions and matrix products in a call, backward passes included."""
    with FlopCounterMode(display=False) as counter:
        work()
    return counter.get_total_flops() // 2


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


def milliseconds(work: Callable[[], object], rounds: int = 5) -> float:
    """Time of a call, the best of a few rounds after one that is not counted."""
    work()
    best = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return 1000 * best
