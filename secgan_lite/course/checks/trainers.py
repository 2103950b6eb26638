"""Trainers of a small model, for lesson 04's exercise B: the right one, and wrong ones as people
write them.
"""

from collections.abc import Callable
from contextlib import nullcontext

import torch
from torch import Tensor, nn

from secgan_lite.course.checks.exercise import Case
from secgan_lite.losses import critic_adversarial, generator_adversarial, gradient_penalty
from secgan_lite.secgan import frozen

_RATE = 0.01  # of plain gradient descent, which shows the size of a step; Adam would hide it


class _Model(nn.Module):
    """Has the three methods of a ``Model`` that Algorithm 1 calls, on points in the plane.

    A real one would give the same verdicts, and take a hundred times as long.
    """

    def __init__(self, draws: torch.Generator) -> None:
        super().__init__()
        self.generator = nn.Linear(2, 2)
        self.discriminator = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
        for weight in self.parameters():
            weight.data = torch.randn(weight.shape, generator=draws)
            weight.grad = 0.1 * torch.randn(weight.shape, generator=draws)  # left over

    def translate(self, batch: Tensor) -> Tensor:
        return self.generator(batch)

    def critic_loss(
        self, batch: Tensor, translation: Tensor, alpha: Callable[[str, int], Tensor] | None
    ) -> tuple[Tensor, dict]:
        fake = translation.detach()
        loss = critic_adversarial(self.discriminator(batch), self.discriminator(fake))
        for branch in ("rgb", "seg") if alpha else ():
            mix = alpha(branch, len(batch)).view(-1, 1)
            loss = loss + gradient_penalty(self._slope, batch, fake, mix)
        return loss, {}

    def generator_loss(
        self, batch: Tensor, translation: Tensor, consistency: bool = True
    ) -> tuple[Tensor, dict]:
        with frozen(self.discriminator):
            score = self.discriminator(translation)
        rebuilt = self.generator(batch / 2)  # stands for G(x, 0), which is never detached
        loss = generator_adversarial(score) + (rebuilt - batch).square().mean()
        return loss + consistency * translation.square().mean(), {}

    def _slope(self, x: Tensor) -> Tensor:
        x = x.requires_grad_(True)
        score = self.discriminator(x).sum()
        return torch.autograd.grad(score, x, create_graph=True)[0]


def _weights(part: nn.Module) -> Tensor:
    return torch.cat([weight.detach().flatten() for weight in part.parameters()])


def images_case(draws: torch.Generator, iterations: int = 0, n: int = 0) -> Case:
    """A small model, batches, an optimiser for each side, the penalty's weights, and N.

    There are two turns of the generators, and batches left over after the second.
    """
    model = _Model(draws)
    n = n or int(torch.randint(2, 4, (), generator=draws))
    iterations = iterations or 2 * n + int(torch.randint(1, n, (), generator=draws))
    batches = list(torch.randn(iterations, 3, 2, generator=draws))
    mix = dict(zip(("rgb", "seg"), torch.rand(2, 3, generator=draws), strict=True))
    sides = (model.discriminator, model.generator)
    before = [_weights(side) for side in sides]
    optimisers = (torch.optim.SGD(side.parameters(), _RATE) for side in sides)

    def moved() -> tuple[Tensor, ...]:
        return tuple((b - _weights(s)) / _RATE for b, s in zip(before, sides, strict=True))

    return Case((model, batches, *optimisers, lambda branch, count: mix[branch], n), {}, {}, moved)


def train_networks(model, batches, for_d, for_g, alpha, n):
    """Algorithm 1 (Eq. 17-20) for all networks of a model: the last losses (L^D, L^G)."""
    loss_g = torch.zeros(())
    for t, batch in enumerate(batches, start=1):
        loss_d, _ = model.critic_loss(batch, model.translate(batch), alpha)
        for_d.zero_grad()
        loss_d.backward()
        for_d.step()
        if t % n == 0:
            loss_g, _ = model.generator_loss(batch, model.translate(batch))
            for_g.zero_grad()
            loss_g.backward()
            for_g.step()
    return loss_d.detach(), loss_g.detach()


def trained(
    model,
    batches,
    for_d,
    for_g,
    alpha,
    n,
    *,
    turn=lambda t, n: t % n == 0,
    critics_turn=lambda t, n: True,
    later=0,
    clear_d=True,
    clear_g=True,
    move_d=True,
    move_g=True,
    alphas=lambda alpha: alpha,
    critic_sign=1,
    generator_sign=1,
    critics_again=False,
    critic_steps=lambda n: 1,
    generator_steps=lambda n: 1,
    loss_of_g="generator_loss",
    before_step=lambda optimiser: None,
    after_critics=lambda optimiser: None,
    edits=nullcontext,
    exchanged=False,
    order="critics first",
):
    """Algorithm 1 on images with one thing wrong, or several."""
    loss_d = loss_g = torch.zeros(())
    for_d, for_g = (for_g, for_d) if exchanged else (for_d, for_g)

    def critics(t, batch):
        nonlocal loss_d
        loss_d, _ = model.critic_loss(batch, model.translate(batch), alphas(alpha))
        if clear_d:
            for_d.zero_grad()
        (critic_sign * loss_d).backward()
        before_step(for_d)
        if move_d:
            for_d.step()
        after_critics(for_d)

    def generators(t, batch):
        nonlocal loss_g
        shown = batches[(t - 1 + later) % len(batches)] if later else batch
        with edits():
            translation = model.translate(shown)
        if loss_of_g == "critic_loss":
            loss_g, _ = model.critic_loss(shown, translation, alphas(alpha))
        else:
            loss_g, _ = model.generator_loss(shown, translation)
        if clear_g:
            for_g.zero_grad()
        (generator_sign * loss_g).backward()
        before_step(for_g)
        if move_g:
            for_g.step()
        if critics_again:
            for_d.step()

    players = [(critics, critics_turn, critic_steps), (generators, turn, generator_steps)]
    for t, batch in enumerate(batches, start=1):
        for play, its_turn, steps in players if order == "critics first" else players[::-1]:
            for _ in range(steps(n)):
                if its_turn(t, n):
                    play(t, batch)
    return loss_d.detach(), loss_g.detach()


def at_once(model, batches, for_d, for_g, alpha, n):
    """Both losses are computed before anybody moves."""
    loss_g = torch.zeros(())
    for t, batch in enumerate(batches, start=1):
        for_d.zero_grad()
        loss_d, _ = model.critic_loss(batch, model.translate(batch), alpha)
        loss_d.backward()
        if t % n == 0:
            for_g.zero_grad()
            loss_g, _ = model.generator_loss(batch, model.translate(batch))
            loss_g.backward()
            for_g.step()
        for_d.step()
    return loss_d.detach(), loss_g.detach()


def one_after_the_other(model, batches, *given, shown=slice(None), only_in_turn=False):
    """All steps of the critics, then those of the generators from some batches."""
    loss_d, _ = trained(model, batches, *given, turn=lambda t, n: False)
    players = {"critics_turn": lambda t, n: False}
    if shown != slice(None):
        players["turn"] = lambda t, n: not (only_in_turn and len(batches) % n)
    _, loss_g = trained(model, batches[shown], *given, **players)
    return loss_d, loss_g


def cleared_once(model, batches, for_d, for_g, alpha, n):
    for_d.zero_grad()
    for_g.zero_grad()
    return trained(model, batches, for_d, for_g, alpha, n, clear_d=False, clear_g=False)


def joined(model, batches, for_d, for_g, alpha, n, *, join):
    """Right steps; the losses of all iterations are joined into one."""
    all_d, all_g = [], []
    for t, batch in enumerate(batches, start=1):
        turn = t % n == 0
        loss_d, loss_g = trained(
            model, [batch], for_d, for_g, alpha, n, turn=lambda _, n, turn=turn: turn
        )
        all_d.append(loss_d)
        all_g += [loss_g] * turn
    return join(torch.stack(all_d)), join(torch.stack(all_g or [torch.zeros(())]))


def loss_forgotten(model, batches, for_d, for_g, alpha, n):
    loss_d, loss_g = train_networks(model, batches, for_d, for_g, alpha, n)
    return loss_d, loss_g * (len(batches) % n == 0)


def losses_afterwards(model, batches, for_d, for_g, alpha, n):
    """Right steps; each loss is computed again after its step."""
    loss_g = torch.zeros(())
    for t, batch in enumerate(batches, start=1):
        trained(model, [batch], for_d, for_g, alpha, n, turn=lambda t, n: False)
        loss_d, _ = model.critic_loss(batch, model.translate(batch), alpha)
        if t % n == 0:
            players = {"critics_turn": lambda t, n: False, "turn": lambda t, n: True}
            trained(model, [batch], for_d, for_g, alpha, n, **players)
            loss_g, _ = model.generator_loss(batch, model.translate(batch))
    return loss_d.detach(), loss_g.detach()


def cleared_afterwards(model, batches, for_d, for_g, alpha, n):
    loss_g = torch.zeros(())
    for t, batch in enumerate(batches, start=1):
        loss_d, _ = model.critic_loss(batch, model.translate(batch), alpha)
        loss_d.backward()
        for_d.step()
        for_d.zero_grad()
        if t % n == 0:
            loss_g, _ = model.generator_loss(batch, model.translate(batch))
            loss_g.backward()
            for_g.step()
            for_g.zero_grad()
    return loss_d.detach(), loss_g.detach()


def constant(value: float) -> Callable:
    """An α that is not drawn."""
    return lambda alpha: lambda branch, count: torch.full((count,), value)


def weights_clipped(optimiser: torch.optim.Optimizer) -> None:
    """As the first Wasserstein GAN did, which had no penalty."""
    for weight in optimiser.param_groups[0]["params"]:
        weight.data.clamp_(-0.01, 0.01)


def gradients_clipped(optimiser: torch.optim.Optimizer) -> None:
    nn.utils.clip_grad_norm_(optimiser.param_groups[0]["params"], 1.0)


def pair(model, batches, for_d, for_g, alpha, n):
    model.critic_loss(batches[0], model.translate(batches[0]), alpha).backward()


def alpha_drawn(model, batches, for_d, for_g, alpha, n):
    numbers = alpha("rgb", len(batches[0]))
    model.critic_loss(batches[0], model.translate(batches[0]), numbers)


def alone(**fault: object) -> Callable:
    """A mistake that is not tried together with others: few students make two such at once."""
    return lambda *given: trained(*given, **fault)
