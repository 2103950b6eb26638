"""What changes how fast a run is, and at most the rounding of what it computes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from secgan_lite.secgan import Model
from secgan_lite.training.config import TrainConfig


@contextmanager
def tf32(allowed: bool) -> Iterator[None]:
    """Inside, whether GPUs may round factors of products and convolutions to TF32; then as before.

    PyTorch has one switch for the whole process, and others compute in it too.
    """
    switches: tuple[Any, ...] = torch.backends.cudnn, torch.backends.cuda.matmul
    before = [switch.allow_tf32 for switch in switches]
    try:
        for switch in switches:
            switch.allow_tf32 = allowed
        yield
    finally:
        for switch, value in zip(switches, before, strict=True):
            switch.allow_tf32 = value


def quicken(model: Model, config: TrainConfig, device: torch.device) -> None:
    """Have a model's branches computed as a configuration says: layout, compiler, precision."""
    if config.channels_last:
        model.to(memory_format=torch.channels_last)
    if config.compile:
        # At their first use. The penalty's D, which is derived twice, stays as it is.
        for branch in model.branches.values():
            _wrap(branch, torch.compile, "encode", "decode", "judge")
    if config.precision == "bf16":
        for branch in model.branches.values():
            # Losses still see full precision, and two derivatives need it.
            _wrap(branch, _in_full, "decode", "judge")
            plain = torch.autocast(device.type, enabled=False)
            _wrap(branch.discriminator, plain, "realism_gradient")
        autocast = torch.autocast(device.type, torch.bfloat16)
        _wrap(model, autocast, "translate", "critic_loss", "generator_loss")


def averaged(average: AveragedModel, network: nn.Module, decay: float) -> None:
    """As ``average.update_parameters``, which sends a GPU its count, and waits, each time."""
    if average.n_averaged == 0:  # a tensor of the CPU's
        return average.update_parameters(network)
    held, now = ([*m.parameters(), *m.buffers()] for m in (average.module, network))
    pairs = [(h.detach(), n.detach()) for h, n in zip(held, now, strict=True)]
    for kind in {h.dtype for h, _ in pairs}:
        alike = [pair for pair in pairs if pair[0].dtype == kind]
        get_ema_multi_avg_fn(decay)([h for h, _ in alike], [n for _, n in alike], None)
    average.n_averaged += 1


def _wrap(owner: object, wrapper: Callable, *methods: str) -> None:
    for name in methods:
        setattr(owner, name, wrapper(getattr(owner, name)))


def _in_full(function: Callable) -> Callable:
    """The same function, with its results in single precision."""

    def full(*given: object) -> Tensor | tuple[Tensor, ...]:
        found = function(*given)
        return found.float() if isinstance(found, Tensor) else tuple(t.float() for t in found)

    return full
