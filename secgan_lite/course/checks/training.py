"""The checked exercises of lesson 04; here Algorithm 1 for all four networks."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial

import torch
from torch import Tensor, nn

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake
from secgan_lite.course.checks.two_numbers import ALGORITHM
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


def _images_case(draws: torch.Generator, iterations: int = 0, n: int = 0) -> Case:
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


def _trained(
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


def _at_once(model, batches, for_d, for_g, alpha, n):
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


def _one_after_the_other(model, batches, *given, shown=slice(None), only_in_turn=False):
    """All steps of the critics, then those of the generators from some batches."""
    loss_d, _ = _trained(model, batches, *given, turn=lambda t, n: False)
    players = {"critics_turn": lambda t, n: False}
    if shown != slice(None):
        players["turn"] = lambda t, n: not (only_in_turn and len(batches) % n)
    _, loss_g = _trained(model, batches[shown], *given, **players)
    return loss_d, loss_g


def _cleared_once(model, batches, for_d, for_g, alpha, n):
    for_d.zero_grad()
    for_g.zero_grad()
    return _trained(model, batches, for_d, for_g, alpha, n, clear_d=False, clear_g=False)


def _joined(model, batches, for_d, for_g, alpha, n, *, join):
    """Right steps; the losses of all iterations are joined into one."""
    all_d, all_g = [], []
    for t, batch in enumerate(batches, start=1):
        turn = t % n == 0
        loss_d, loss_g = _trained(
            model, [batch], for_d, for_g, alpha, n, turn=lambda _, n, turn=turn: turn
        )
        all_d.append(loss_d)
        all_g += [loss_g] * turn
    return join(torch.stack(all_d)), join(torch.stack(all_g or [torch.zeros(())]))


def _loss_forgotten(model, batches, for_d, for_g, alpha, n):
    loss_d, loss_g = train_networks(model, batches, for_d, for_g, alpha, n)
    return loss_d, loss_g * (len(batches) % n == 0)


def _losses_afterwards(model, batches, for_d, for_g, alpha, n):
    """Right steps; each loss is computed again after its step."""
    loss_g = torch.zeros(())
    for t, batch in enumerate(batches, start=1):
        _trained(model, [batch], for_d, for_g, alpha, n, turn=lambda t, n: False)
        loss_d, _ = model.critic_loss(batch, model.translate(batch), alpha)
        if t % n == 0:
            players = {"critics_turn": lambda t, n: False, "turn": lambda t, n: True}
            _trained(model, [batch], for_d, for_g, alpha, n, **players)
            loss_g, _ = model.generator_loss(batch, model.translate(batch))
    return loss_d.detach(), loss_g.detach()


def _cleared_afterwards(model, batches, for_d, for_g, alpha, n):
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


def _constant(value: float) -> Callable:
    """An α that is not drawn."""
    return lambda alpha: lambda branch, count: torch.full((count,), value)


def _weights_clipped(optimiser: torch.optim.Optimizer) -> None:
    """As the first Wasserstein GAN did, which had no penalty."""
    for weight in optimiser.param_groups[0]["params"]:
        weight.data.clamp_(-0.01, 0.01)


def _gradients_clipped(optimiser: torch.optim.Optimizer) -> None:
    nn.utils.clip_grad_norm_(optimiser.param_groups[0]["params"], 1.0)


def _pair(model, batches, for_d, for_g, alpha, n):
    model.critic_loss(batches[0], model.translate(batches[0]), alpha).backward()


def _alone(**fault: object) -> Callable:
    """A mistake that is not tried together with others: few students make two such at once."""
    return lambda *given: _trained(*given, **fault)


IMAGES = Exercise(
    train_networks,
    _images_case,
    {
        "every iteration": Mistake(
            partial(_trained, turn=lambda t, n: True),
            "the generators learn from every batch: line 7 lets them wait until t ≡ 0 mod N",
        ),
        "one too early": Mistake(
            _alone(turn=lambda t, n: (t - 1) % n == 0),
            "the generators learn from the first batch, and then from every N-th. Line 4 counts "
            "first: t begins at 1",
        ),
        "remainder one": Mistake(
            _alone(turn=lambda t, n: t % n == 1),
            "the generators learn from the first batch, and then from every N-th (with N = 1 from "
            "none). Their turn comes when nothing is left over: `t % n == 0`",
        ),
        "critics wait too": Mistake(
            _alone(critics_turn=lambda t, n: t % n == 0),
            "the critics wait too: they learn from every batch, the generators from every N-th",
        ),
        "generators first": Mistake(
            partial(_trained, order="generators first"),
            "the generators' loss is taken before the critics move. Lines 5 and 6 come first",
        ),
        "both at once": Mistake(
            _at_once,
            "both losses are taken before anybody moves. Lines 5 and 6 come first: the generators "
            "answer to the critics as they are after their update",
        ),
        "critics' ascent": Mistake(
            _alone(critic_sign=-1),
            "the critics climb their loss. The signs of Eq. 1 are in the loss already",
        ),
        "generators' ascent": Mistake(
            _alone(generator_sign=-1),
            "the generators climb their loss. The minus sign of Eq. 2 is in it already: they "
            "descend, like the critics",
        ),
        "for_d in the generators' turn": Mistake(
            _alone(critics_again=True, move_g=False),
            "for_d steps in the generators' turn, and the generators do not move. The step there "
            "is for_g's",
        ),
        "critics move again": Mistake(
            _alone(critics_again=True),
            "the critics take a second step in the generators' turn. There only for_g steps",
        ),
        "another batch": Mistake(
            _alone(later=1),
            "the generators learn from another batch than the critics. Line 8 says: the same",
        ),
        "old gradients of D": Mistake(
            partial(_trained, clear_d=False),
            "the critics also follow gradients that were left over: for_d.zero_grad() is missing",
        ),
        "old gradients of G": Mistake(
            partial(_trained, clear_g=False),
            "the generators also follow gradients that were left over: for_g.zero_grad() is "
            "missing",
        ),
        "critics rest": Mistake(
            _alone(move_d=False),
            "the critics do not move: backward() or for_d.step() is missing, or zero_grad() comes "
            "after backward() and deletes the gradient",
        ),
        "generators rest": Mistake(
            _alone(move_g=False),
            "the generators do not move. Does for_g step in their turn, and not for_d? Is "
            "backward() called, after zero_grad()? Is the loss that of generator_loss?",
        ),
        "N steps for each batch": Mistake(
            _alone(critic_steps=lambda n: n),
            "the critics take N steps on each batch. They take one; the generators' turn comes "
            "after N batches",
        ),
        "critic_loss in the generators' turn": Mistake(
            _alone(loss_of_g="critic_loss"),
            "the generators follow critic_loss, which detaches the edits: no gradient reaches "
            "them. Line 8 wants generator_loss",
        ),
        "two steps for each batch": Mistake(
            _alone(critic_steps=lambda n: 2),
            "the critics take two steps on each batch. They take one",
        ),
        "N steps of the generators": Mistake(
            _alone(generator_steps=lambda n: n),
            "the generators take N steps in their turn, to make up for the wait. They take one",
        ),
        "N steps of the generators for each batch": Mistake(
            _alone(generator_steps=lambda n: n, turn=lambda t, n: True),
            "the generators take N steps on each batch: it is the other way round. They take one, "
            "after N batches",
        ),
        "weights clipped": Mistake(
            _alone(after_critics=_weights_clipped),
            "the critics' weights are clipped to ±0.01, as in the first Wasserstein GAN. Here the "
            "gradient penalty, inside critic_loss, does that work: clip nothing",
        ),
        "gradients clipped": Mistake(
            _alone(before_step=_gradients_clipped),
            "gradients longer than 1 are shortened. Algorithm 1 clips nothing",
        ),
        "edits without gradient": Mistake(
            _alone(edits=torch.no_grad),
            "the generators never hear what the critics say of their edits: line 8 translates "
            "with gradients, without torch.no_grad()",
        ),
        "optimisers exchanged": Mistake(
            _alone(exchanged=True),
            "nobody moves. Either zero_grad() comes after both backward() and deletes the "
            "gradients, or the optimisers are exchanged: for_d has the critics' weights, for_g "
            "the generators'",
        ),
        "no penalty": Mistake(
            partial(_trained, alphas=lambda alpha: None),
            "the gradient penalty is left out: give `alpha` to critic_loss",
        ),
        "zeros for alpha": Mistake(
            _alone(alphas=_constant(0.0)),
            "the penalty gets zeros in place of the drawn α: just pass `alpha` on",
        ),
        "ones for alpha": Mistake(
            _alone(alphas=_constant(1.0)),
            "the penalty gets ones in place of the drawn α: just pass `alpha` on",
        ),
        "halves for alpha": Mistake(
            _alone(alphas=_constant(0.5)),
            "the penalty gets 0.5 in place of the drawn α: just pass `alpha` on",
        ),
        "one after the other": Mistake(
            _one_after_the_other,
            "the generators move only when the critics have had all their batches: two loops. In "
            "Algorithm 1 they take turns, in one loop",
        ),
        "either or": Mistake(
            _alone(critics_turn=lambda t, n: t % n != 0),
            "the critics rest in the generators' turn: `else`? Lines 5 and 6 come in every "
            "iteration; lines 8 and 9 come in addition",
        ),
        "n % t": Mistake(
            _alone(turn=lambda t, n: n % t == 0),
            "the generators learn whenever t divides n. It is the other way round: when n divides "
            "t, `t % n == 0`",
        ),
        "cleared once": Mistake(
            _cleared_once,
            "the gradients are cleared once, before the loop, and pile up inside: zero_grad() "
            "belongs before each backward()",
        ),
        "mean losses": Mistake(
            partial(_joined, join=torch.mean),
            "the networks learn as they should, but the losses are means over the iterations. "
            "Wanted are the last ones",
        ),
        "summed losses": Mistake(
            partial(_joined, join=torch.sum),
            "the networks learn as they should, but the losses are summed over the iterations. "
            "Wanted are the last ones",
        ),
        "loss forgotten": Mistake(
            _loss_forgotten,
            "the networks learn as they should, but L^G is 0 where the last batch is not the "
            "generators' turn: the line with torch.zeros(()) belongs before the loop",
        ),
        "losses afterwards": Mistake(
            _losses_afterwards,
            "the networks learn as they should, but the losses are computed again after the "
            "steps. Wanted are those that led to them",
        ),
        "reversed condition": Mistake(
            _alone(turn=lambda t, n: t % n != 0),
            "the condition is reversed: the generators rest in every N-th iteration and learn in "
            "all others",
        ),
        "fixed N": Mistake(
            _alone(turn=lambda t, n: t % 2 == 0),
            "the generators learn from every second batch, whatever n is: `t % n`",
        ),
        "ends with the first batch": Mistake(
            lambda model, batches, *given: train_networks(model, batches[:1], *given),
            "it ends with the first batch: `return` stands inside the loop. Move it to the left, "
            "below `for`",
        ),
        "ends with the first turn": Mistake(
            lambda model, batches, *given: train_networks(model, batches[: given[-1]], *given),
            "it ends with the generators' first turn: `return` stands inside the `if`. Move it to "
            "the left, below `for`",
        ),
        "N steps and a turn for each batch": Mistake(
            _alone(critic_steps=lambda n: n, turn=lambda t, n: True),
            "each batch gives the critics N steps and the generators one. In Algorithm 1 each "
            "gives the critics one, and every N-th also the generators",
        ),
        "generators once": Mistake(
            partial(_one_after_the_other, shown=slice(-1, None)),
            "the generators take one step, after the loop. Their turn belongs into the loop, in "
            "every N-th iteration",
        ),
        "after the loop": Mistake(
            partial(_one_after_the_other, shown=slice(-1, None), only_in_turn=True),
            "the generators' turn stands below the loop, so it comes once at most, at the end. "
            "Move the `if` to the right, into the loop",
        ),
        "first turn alone": Mistake(
            _alone(turn=lambda t, n: t == n),
            "the generators learn once, when t is n. Their turn comes again at 2n, 3n: "
            "`t % n == 0`",
        ),
        "from the first turn on": Mistake(
            _alone(turn=lambda t, n: t >= n),
            "from their first turn on the generators learn in every iteration. Their turn comes "
            "at n, 2n, 3n: `t % n == 0`",
        ),
        "the penalty of one branch": Mistake(
            _alone(alphas=lambda alpha: lambda branch, count: alpha("rgb", count)),
            "both branches get the α of the first: just pass `alpha` on",
        ),
        "cleared afterwards": Mistake(
            _cleared_afterwards,
            "zero_grad() comes after step(). That is enough only if nothing was left over before; "
            "here something was, as in a network that has learnt already. Clear before backward()",
        ),
    },
    results=("L^D", "L^G", "the critics' steps", "the generators' steps"),
    stops={
        "pair": Mistake(
            _pair,
            "critic_loss and generator_loss return a pair, the number and its terms: "
            "`loss, _ = ...`",
        ),
        "fields of a batch": Mistake(
            lambda model, batches, *given: batches[0].x,
            "The check plays with a small model, whose batches are plain tensors. Give each batch "
            "to the model's methods as it is; they know what is in it",
        ),
    },
    corners=(
        partial(_images_case, n=3),  # an N written as a number is found out
        partial(_images_case, n=2, iterations=6),  # the last batch is a turn
        partial(_images_case, n=1, iterations=3),
    ),
    small={"one batch": partial(_images_case, iterations=1, n=2)},
)

EXERCISES = {"04-algorithm": ALGORITHM, "04-images": IMAGES}
