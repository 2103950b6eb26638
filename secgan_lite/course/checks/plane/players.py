"""Small players and batches for the exercises of lesson 00b, and what an answer did to a network.

Steps change networks, so their results are the value that they return and then what they did.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from secgan_lite.course import plane

_FAR = -9.0  # a weight of each network, so that weights which are clipped show


def players(draws: torch.Generator, level: float = 0.0) -> tuple[plane.Player, plane.Player]:
    """Small G and D with random weights and with gradients left over from earlier steps.

    ``level`` is added to all of D's scores, so that none of its cases has one sign alone.
    """
    G, D = plane.Player(2, width=6), plane.Player(1, width=6)
    for parameter in (*G.parameters(), *D.parameters()):
        with torch.no_grad():
            parameter.copy_(0.6 * torch.randn(parameter.shape, generator=draws))
        parameter.grad = 0.1 * torch.randn(parameter.shape, generator=draws)
    for network in (G, D):
        network.body[0].bias.data[0] = _FAR
    D.body[-1].bias.data += level
    return G, D


def _flat(tensors: list[Tensor | None], like: nn.Module) -> Tensor:
    shapes = list(like.parameters())
    return torch.cat(
        [
            (torch.zeros_like(p) if t is None else t.detach()).flatten().clone()
            for t, p in zip(tensors, shapes, strict=True)
        ]
    )


def moves_of(network: nn.Module, rate: float) -> Callable[[], Tensor]:
    """() -> the gradient that a network's weights have gone down since now, at a rate."""
    before = _flat(list(network.parameters()), network)
    return lambda: (before - _flat(list(network.parameters()), network)) / rate


def left_in(network: nn.Module) -> Callable[[], Tensor]:
    """() -> what has been added to a network's gradients since now; clearing them is no fault."""
    before = _flat([p.grad for p in network.parameters()], network)

    def left() -> Tensor:
        now = _flat([p.grad for p in network.parameters()], network)
        return now - before if now.any() else now

    return left


def free(*networks: nn.Module) -> Tensor:
    """Of each network, whether all its weights can still learn: 1, or 0 if it was left frozen."""
    return torch.tensor([float(all(p.requires_grad for p in n.parameters())) for n in networks])


def some_rate(draws: torch.Generator) -> float:
    """Another one in each case: an optimiser of somebody's own does not have it by chance."""
    return 0.05 + 0.1 * torch.rand((), generator=draws).item()


def descent(network: nn.Module, rate: float) -> torch.optim.Optimizer:
    """Plain gradient descent, which shows the size of a step; Adam would hide it."""
    return torch.optim.SGD(network.parameters(), rate)


def stepped(optimiser: torch.optim.Optimizer, loss: Tensor) -> Tensor:
    """One step down a loss, which is returned without its graph."""
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.detach()


def batch(count: int, draws: torch.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """x, y, z, alpha; neighbours differ in their labels."""
    y = torch.tensor([[0, 0], [0, 1], [1, 1], [1, 0]]).float()
    y = y.roll(int(torch.randint(4, (), generator=draws)), 0).repeat(count // 4 + 1, 1)[:count]
    z = torch.randn(count, 2, generator=draws)
    return plane.points(y, draws), y, z, torch.rand(count, 1, generator=draws)
