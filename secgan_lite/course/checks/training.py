"""The checked exercises of lesson 04: Algorithm 1 for two numbers, and for all four networks."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial

import torch
from torch import Tensor, nn

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake
from secgan_lite.losses import critic_adversarial, generator_adversarial, gradient_penalty
from secgan_lite.secgan import frozen

_Loss = Callable[[Tensor, Tensor, Tensor], Tensor]


def _critic(d: Tensor, g: Tensor, batch: Tensor) -> Tensor:
    """d·mean(x + g) − d·mean(x²) + d² for a batch x."""
    return (d * (batch + g)).mean() - (d * batch.square()).mean() + d.square()


def _generator(d: Tensor, g: Tensor, batch: Tensor) -> Tensor:
    """−d·mean(x + g) + 0.3·mean(g²x²) for a batch x."""
    return -(d * (batch + g)).mean() + 0.3 * (g * batch).square().mean()


def _game_case(draws: torch.Generator) -> Case:
    """Two losses, one weight for each player, a batch per iteration, N and a learning rate."""
    batches = [torch.rand(3, generator=draws) for _ in range(11)]  # some are left over
    d, g = torch.randn(2, generator=draws)
    n = int(torch.randint(3, 5, (), generator=draws))
    return Case((_critic, _generator, d, g, batches, n, 0.1))


def _short_game(draws: torch.Generator, iterations: int) -> Case:
    """Few batches of one number; the generator learns in every second iteration."""
    batches = list(torch.rand(iterations, 1, generator=draws).round(decimals=1))
    d, g = torch.randn(2, generator=draws).round(decimals=1)
    return Case((_critic, _generator, d, g, batches, 2, 0.1))


def _descend(loss: _Loss, d: Tensor, g: Tensor, batch: Tensor, of: str) -> Tensor:
    """Gradient of a loss for one player's weight."""
    d, g = (w.detach().requires_grad_(True) for w in (d, g))
    return torch.autograd.grad(loss(d, g, batch), d if of == "d" else g)[0]


def algorithm(critic, generator, d, g, batches, n, rate):
    """Algorithm 1 (Eq. 17-20) with plain gradient descent: the weights (d, g) at its end."""
    for t, batch in enumerate(batches, start=1):
        d = d - rate * _descend(critic, d, g, batch, "d")
        if t % n == 0:
            g = g - rate * _descend(generator, d, g, batch, "g")
    return d, g


def _played(
    critic,
    generator,
    d,
    g,
    batches,
    n,
    rate,
    *,
    start=1,
    turn=lambda t, n: t % n == 0,
    order="critic first",
    critic_sign=1.0,
    generator_sign=1.0,
    critic_steps=lambda n: 1,
    generator_steps=lambda n: 1,
    later=0,
    both=False,
):
    """Algorithm 1 with one thing wrong, or several."""
    first = d
    for position, batch in enumerate(batches):
        shown = batches[(position + later) % len(batches)]
        before = d
        for _ in range(critic_steps(n)):
            step = critic_sign * rate * _descend(critic, d, g, batch, "d")
            if both:
                g = g - rate * _descend(critic, d, g, batch, "g")
            d = d - step
        for _ in range(generator_steps(n) if turn(position + start, n) else 0):
            seen = {"critic first": d, "first critic": first}.get(order, before)
            g = g - generator_sign * rate * _descend(generator, seen, g, shown, "g")
            if order == "generator first":
                d = before - critic_sign * rate * _descend(critic, before, g, batch, "d")
    return d, g


def _piled_up(critic, generator, d, g, batches, n, rate):
    sum_d = sum_g = 0.0
    for t, batch in enumerate(batches, start=1):
        sum_d = sum_d + _descend(critic, d, g, batch, "d")
        d = d - rate * sum_d
        if t % n == 0:
            sum_g = sum_g + _descend(generator, d, g, batch, "g")
            g = g - rate * sum_g
    return d, g


def _all_piled_up(critic, generator, d, g, batches, n, rate):
    """Each backward pass adds to both players' gradients."""
    sum_d = sum_g = 0.0
    for t, batch in enumerate(batches, start=1):
        sum_d = sum_d + _descend(critic, d, g, batch, "d")
        sum_g = sum_g + _descend(critic, d, g, batch, "g")
        d = d - rate * sum_d
        if t % n == 0:
            sum_d = sum_d + _descend(generator, d, g, batch, "d")
            sum_g = sum_g + _descend(generator, d, g, batch, "g")
            g = g - rate * sum_g
    return d, g


def _both_follow(critic, generator, d, g, batches, n, rate):
    """The generator's loss moves both players."""
    for t, batch in enumerate(batches, start=1):
        d = d - rate * _descend(critic, d, g, batch, "d")
        if t % n == 0:
            step = rate * _descend(generator, d, g, batch, "d")
            g = g - rate * _descend(generator, d, g, batch, "g")
            d = d - step
    return d, g


def _through_the_update(critic, generator, d, g, batches, n, rate):
    """The weights are made fresh once, so gradients flow through all earlier steps."""
    d, g = (w.detach().requires_grad_(True) for w in (d, g))
    for t, batch in enumerate(batches, start=1):
        d = d - rate * torch.autograd.grad(critic(d, g, batch), d, create_graph=True)[0]
        if t % n == 0:
            g = g - rate * torch.autograd.grad(generator(d, g, batch), g, create_graph=True)[0]
    return d, g


def _in_place(critic, generator, d, g, batches, n, rate):
    d = d.detach().requires_grad_(True)
    d -= rate
    return d, g


_NO_GRADIENT = (
    "None stands where a gradient should be. backward() fills .grad only of a fresh weight; after "
    "`d = d - ...`, d is the result of a computation. Make d and g fresh before each step (hint 2)"
)


def _exchanged(critic, generator, d, g, batches, n, rate):
    """The same algorithm with the players' names exchanged."""
    losses = (lambda g, d, batch, loss=loss: loss(d, g, batch) for loss in (generator, critic))
    return algorithm(*losses, g, d, batches, n, rate)[::-1]


ALGORITHM = Exercise(
    algorithm,
    _game_case,
    {
        "every iteration": Mistake(
            partial(_played, turn=lambda t, n: True),
            "the generator learns in every iteration: line 7 lets it wait until t ≡ 0 mod N",
        ),
        "one too early": Mistake(
            partial(_played, start=0),
            "the generator moves in the very first iteration, and then in every N-th. Line 4 "
            "counts before anything else, so the first t is 1 and the generator waits until N",
        ),
        "generator first": Mistake(
            partial(_played, order="generator first"),
            "the generator moves before the critic. Lines 5 and 6 come first: the generator "
            "answers to the critic as it is after its update",
        ),
        "both at once": Mistake(
            partial(_played, order="both at once"),
            "both players move at the same moment: the generator answers to the critic as it was "
            "before this iteration. Lines 5 and 6 come first",
        ),
        "critic waits too": Mistake(
            lambda c, f, d, g, batches, n, rate: algorithm(
                c, f, d, g, batches[n - 1 :: n], 1, rate
            ),
            "the critic waits too: it learns in every iteration, the generator in every N-th",
        ),
        "N steps for each batch": Mistake(
            partial(_played, critic_steps=lambda n: n),
            "the critic takes N steps on each batch. It takes one; the generator's turn comes "
            "after N batches",
        ),
        "N steps of the generator": Mistake(
            partial(_played, generator_steps=lambda n: n),
            "the generator takes N steps in its turn, to make up for the wait. It takes one",
        ),
        "never": Mistake(
            partial(_played, turn=lambda t, n: False),
            "the generator never moves",
        ),
        "another batch": Mistake(
            partial(_played, later=1),
            "the generator learns from the next batch. Line 8 says: the same mini-batch (AttGAN's "
            "code does it your way)",
        ),
        "ascent": Mistake(
            partial(_played, generator_sign=-1.0),
            "the generator climbs its loss. The minus sign of Eq. 2 is in the loss already: both "
            "players descend",
        ),
        "critic's ascent": Mistake(
            partial(_played, critic_sign=-1.0),
            "the critic climbs its loss. The signs of Eq. 1 are in the loss already: both players "
            "descend",
        ),
        "critic moves both": Mistake(
            partial(_played, both=True),
            "the critic's loss moves the generator's weight as well. Eq. 17 updates the critic "
            "alone: its fake images are detached",
        ),
        "gradients pile up": Mistake(
            _piled_up,
            "old gradients are added to the new ones: an optimiser needs zero_grad before each "
            "backward pass",
        ),
        "all gradients pile up": Mistake(
            _all_piled_up,
            "each backward pass adds to the gradients of both players, and nothing clears them: "
            "set them to zero before each, or use torch.autograd.grad for one player alone",
        ),
        "generator moves both": Mistake(
            _both_follow,
            "the generator's loss moves the critic's weight as well. Eq. 19 updates the generator "
            "alone",
        ),
        "reversed condition": Mistake(
            partial(_played, turn=lambda t, n: t % n != 0),
            "the condition is reversed: the generator rests in every N-th iteration and learns in "
            "all others",
        ),
        "roles exchanged": Mistake(
            _exchanged,
            "the roles are exchanged: the critic learns in every iteration, the generator in "
            "every N-th",
        ),
        "zero-sum": Mistake(
            lambda c, f, *given: _played(c, c, *given, generator_sign=-1.0),
            "the generator climbs the critic's loss. It has a loss of its own: it descends "
            "`generator(d, g, batch)`, which holds more than the critic's loss with the other sign",
        ),
        "n % t": Mistake(
            lambda *given: _played(*given, turn=lambda t, n: n % t == 0),
            "the generator learns whenever t divides n. It is the other way round: when n divides "
            "t, `t % n == 0`",
        ),
        "rate times n": Mistake(
            lambda c, f, d, g, batches, n, rate: _played(
                c, f, d, g, batches, n, rate, generator_sign=float(n)
            ),
            "the generator's step is n times too long, to make up for the wait. Both players have "
            "the same rate",
        ),
        "first critic": Mistake(
            lambda *given: _played(*given, order="first critic"),
            "the generator answers to the very first critic, always. It answers to the d of line "
            "6, of the same iteration",
        ),
        "first of n batches": Mistake(
            lambda c, f, d, g, batches, n, rate: _played(c, f, d, g, batches, n, rate, later=1 - n),
            "the generator learns from the first of its n batches. Line 8 says: the same "
            "mini-batch as the critic in this iteration, the last of the n",
        ),
        "leftover batches": Mistake(
            lambda c, f, d, g, batches, n, rate: algorithm(
                c, f, d, g, batches[: len(batches) // n * n], n, rate
            ),
            "the last batches are left out if they are fewer than n. The critic learns from every "
            "batch",
        ),
        "through the update": Mistake(
            _through_the_update,
            "the gradient flows through earlier steps too, so the generator also counts how its "
            "own step changed the critic's. Make d and g fresh before each step (hint 2)",
        ),
    },
    results=("d", "g"),
    stops={
        "no gradient": Mistake(lambda *given: given[-1] * None, _NO_GRADIENT),
        "no gradient, first": Mistake(lambda *given: None * given[-1], _NO_GRADIENT),
        "in place": Mistake(
            _in_place,
            "A weight that asks for a gradient may not be changed in place: write `d = d - ...`",
        ),
    },
    small={
        "one batch, before the generator's turn": partial(_short_game, iterations=1),
        "two batches": partial(_short_game, iterations=2),
        "three batches": partial(_short_game, iterations=3),
        "four batches": partial(_short_game, iterations=4),
    },
)


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
        if alpha:
            mix = alpha("rgb", len(batch)).view(-1, 1)
            loss = loss + gradient_penalty(self._slope, batch, fake, mix)
        return loss, {}

    def generator_loss(self, batch: Tensor, translation: Tensor) -> tuple[Tensor, dict]:
        with frozen(self.discriminator):
            score = self.discriminator(translation)
        rebuilt = self.generator(batch / 2)  # stands for G(x, 0), which is never detached
        return generator_adversarial(score) + (rebuilt - batch).square().mean(), {}

    def _slope(self, x: Tensor) -> Tensor:
        x = x.requires_grad_(True)
        score = self.discriminator(x).sum()
        return torch.autograd.grad(score, x, create_graph=True)[0]


def _weights(part: nn.Module) -> Tensor:
    return torch.cat([weight.detach().flatten() for weight in part.parameters()])


def _images_case(draws: torch.Generator, iterations: int = 4) -> Case:
    """A small model, batches, an optimiser for each side, the penalty's weights, N = 2."""
    model = _Model(draws)
    batches = list(torch.randn(iterations, 3, 2, generator=draws))
    mix = torch.rand(3, generator=draws)
    sides = (model.discriminator, model.generator)
    before = [_weights(side) for side in sides]
    optimisers = (torch.optim.SGD(side.parameters(), _RATE) for side in sides)

    def moved() -> tuple[Tensor, ...]:
        return tuple((b - _weights(s)) / _RATE for b, s in zip(before, sides, strict=True))

    return Case((model, batches, *optimisers, lambda branch, count: mix, 2), {}, {}, moved)


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
    penalty=True,
    critic_sign=1,
    critics_again=False,
    critic_steps=lambda n: 1,
    edits=nullcontext,
    exchanged=False,
    order="critics first",
):
    """Algorithm 1 on images with one thing wrong, or several."""
    loss_d = loss_g = torch.zeros(())
    for_d, for_g = (for_g, for_d) if exchanged else (for_d, for_g)

    def critics(t, batch):
        nonlocal loss_d
        loss_d, _ = model.critic_loss(batch, model.translate(batch), alpha if penalty else None)
        if clear_d:
            for_d.zero_grad()
        (critic_sign * loss_d).backward()
        if move_d:
            for_d.step()

    def generators(t, batch):
        nonlocal loss_g
        shown = batches[(t - 1 + later) % len(batches)] if later else batch
        with edits():
            translation = model.translate(shown)
        loss_g, _ = model.generator_loss(shown, translation)
        if clear_g:
            for_g.zero_grad()
        loss_g.backward()
        if move_g:
            for_g.step()
        if critics_again:
            for_d.step()

    for t, batch in enumerate(batches, start=1):
        players = [(critics, critics_turn), (generators, turn)]
        for play, its_turn in players if order == "critics first" else players[::-1]:
            for _ in range(critic_steps(n) if play is critics else 1):
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


def _one_after_the_other(*given):
    """All steps of the critics, then all of the generators."""
    loss_d, _ = _trained(*given, turn=lambda t, n: False)
    _, loss_g = _trained(*given, critics_turn=lambda t, n: False)
    return loss_d, loss_g


def _cleared_once(model, batches, for_d, for_g, alpha, n):
    for_d.zero_grad()
    for_g.zero_grad()
    return _trained(model, batches, for_d, for_g, alpha, n, clear_d=False, clear_g=False)


def _means(model, batches, for_d, for_g, alpha, n):
    """Right steps; the losses of all iterations are averaged."""
    all_d, all_g = [], []
    for t, batch in enumerate(batches, start=1):
        turn = t % n == 0
        loss_d, loss_g = _trained(
            model, [batch], for_d, for_g, alpha, n, turn=lambda _, n, turn=turn: turn
        )
        all_d.append(loss_d)
        all_g += [loss_g] * turn
    return torch.stack(all_d).mean(), torch.stack(all_g or [torch.zeros(())]).mean()


def _without_alpha(model, batches, for_d, for_g, alpha, n):
    return train_networks(model, batches, for_d, for_g, lambda branch, count: torch.zeros(count), n)


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
            "the critics do not move: for_d.step() is missing, or zero_grad() comes after "
            "backward() and deletes the gradient",
        ),
        "generators rest": Mistake(
            _alone(move_g=False),
            "the generators do not move: for_g.step() is missing, or zero_grad() comes after "
            "backward() and deletes the gradient",
        ),
        "N steps for each batch": Mistake(
            _alone(critic_steps=lambda n: n),
            "the critics take N steps on each batch. They take one; the generators' turn comes "
            "after N batches",
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
            partial(_trained, penalty=False),
            "the gradient penalty is left out: give `alpha` to critic_loss",
        ),
        "zeros for alpha": Mistake(
            _without_alpha,
            "the penalty gets zeros in place of the drawn α: just pass `alpha` on",
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
            _means,
            "the networks learn as they should, but the losses are means over the iterations. "
            "Wanted are the last ones",
        ),
    },
    results=("L^D", "L^G", "the critics' steps", "the generators' steps"),
    stops={
        "pair": Mistake(
            _pair,
            "critic_loss and generator_loss return a pair, the number and its terms: "
            "`loss, _ = ...`",
        ),
    },
    small={"one batch": partial(_images_case, iterations=1)},
)

EXERCISES = {"04-algorithm": ALGORITHM, "04-images": IMAGES}
