"""What networks are made of and what they cost: layers, weights, multiply-adds, milliseconds."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from secgan_lite.backbones.layers import LabelConv2d
from secgan_lite.secgan import Batch, Model


@dataclass(frozen=True)
class Layer:
    """One convolution or linear layer: what it is, what it puts out, how many weights it has."""

    kind: str
    output: tuple[int, ...]
    weights: int

    @classmethod
    def of(cls, module: nn.Module, output: tuple[int, ...]) -> "Layer":
        kind = type(module).__name__.removesuffix("2d").removeprefix("Narrow")
        kind = kind.replace("Transpose", "T")
        if hasattr(module, "kernel_size"):
            (side, _), (stride, _) = module.kernel_size, module.stride
            kind += f" {side}×{side}" + (f", stride {stride}" if stride > 1 else "")
        return cls(kind, output, weights(module))


def weights(network: nn.Module) -> int:
    """Number of weights."""
    return sum(p.numel() for p in network.parameters())


def layers(network: nn.Module, *inputs: Tensor) -> list[tuple[Layer, int]]:
    """Convolutions and linear layers in the order in which they run, equal neighbours counted."""
    found: list[Layer] = []

    def note(module: nn.Module, _: tuple, output: Tensor) -> None:
        found.append(Layer.of(module, tuple(output.shape[1:])))

    kinds = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)
    hooks = [m.register_forward_hook(note) for m in network.modules() if isinstance(m, kinds)]
    # A label convolution is asked for its two shares, never called as a whole.
    for module in network.modules():
        if isinstance(module, LabelConv2d):
            side = inputs[0].shape[-1]
            found.append(Layer.of(module, (module.out_channels, side, side)))
    try:
        with torch.no_grad():
            network(*inputs)
    finally:
        for hook in hooks:
            hook.remove()
    return [(layer, len(list(same))) for layer, same in groupby(found)]


def rows(network: nn.Module, *inputs: Tensor) -> list[tuple[str, str, int]]:
    """``layers`` as rows of a table: the layer, what it puts out, its weights."""
    return [
        (
            layer.kind + (f" × {times}" if times > 1 else ""),
            " × ".join(map(str, layer.output)),
            layer.weights * times,
        )
        for layer, times in layers(network, *inputs)
    ]


def counted(work: Callable[[], object]) -> int:
    """Multiply-adds of the convolutions and matrix products in a call, backward passes included."""
    with FlopCounterMode(display=False) as counter:
        work()
    return counter.get_total_flops() // 2


def multiply_adds(network: nn.Module, *inputs: Tensor) -> int:
    """Multiply-adds of one forward pass."""
    with torch.no_grad():
        return counted(lambda: network(*inputs))


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
