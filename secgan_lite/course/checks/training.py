"""The checked exercises of lesson 04: Algorithm 1 in small, and a recognition rate to repair."""

from collections.abc import Callable

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake

_Loss = Callable[[Tensor, Tensor, Tensor], Tensor]


def _critic(d: Tensor, g: Tensor, batch: Tensor) -> Tensor:
    """A critic with one weight, a generator that shifts by another, a bound on the critic."""
    return (d * (batch + g)).mean() - (d * batch.square()).mean() + d.square()


def _generator(d: Tensor, g: Tensor, batch: Tensor) -> Tensor:
    return -(d * (batch + g)).mean() + 0.3 * (g * batch).square().mean()


def _game_case(draws: torch.Generator) -> Case:
    """Two losses, one weight for each player, a batch per iteration, N and a learning rate."""
    batches = [torch.rand(3, generator=draws) for _ in range(13)]
    d, g = torch.randn(2, generator=draws)
    n = int(torch.randint(3, 5, (), generator=draws))
    return Case((_critic, _generator, d, g, batches, n, 0.1))


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


def _mistaken(start=1, turn=lambda t, n: t % n == 0, sign=1.0, later=0, first=False, both=False):
    """Algorithm 1 with one thing wrong."""

    def answer(critic, generator, d, g, batches, n, rate):
        for position, batch in enumerate(batches):
            mine = turn(position + start, n)
            shown = batches[(position + later) % len(batches)]
            if first and mine:
                g = g - rate * _descend(generator, d, g, shown, "g")
            step = rate * _descend(critic, d, g, batch, "d")
            if both:
                g = g - rate * _descend(critic, d, g, batch, "g")
            d = d - step
            if mine and not first:
                g = g - sign * rate * _descend(generator, d, g, shown, "g")
        return d, g

    return answer


def _piled_up(critic, generator, d, g, batches, n, rate):
    sum_d = sum_g = 0.0
    for t, batch in enumerate(batches, start=1):
        sum_d = sum_d + _descend(critic, d, g, batch, "d")
        d = d - rate * sum_d
        if t % n == 0:
            sum_g = sum_g + _descend(generator, d, g, batch, "g")
            g = g - rate * sum_g
    return d, g


def _exchanged(critic, generator, d, g, batches, n, rate):
    """The same algorithm with the players' names exchanged."""
    losses = (lambda g, d, batch, loss=loss: loss(d, g, batch) for loss in (generator, critic))
    return algorithm(*losses, g, d, batches, n, rate)[::-1]


ALGORITHM = Exercise(
    algorithm,
    _game_case,
    {
        "every iteration": Mistake(
            _mistaken(turn=lambda t, n: True),
            "the generator learns in every iteration: line 7 lets it wait until t ≡ 0 mod N",
        ),
        "one too early": Mistake(
            _mistaken(start=0),
            "t starts at 0, so the generator moves in the very first iteration: line 4 counts "
            "before anything else, so the first t is 1",
        ),
        "generator first": Mistake(
            _mistaken(first=True),
            "the generator moves before the critic. Lines 5 and 6 come first: the generator "
            "answers to the critic as it is after its update",
        ),
        "another batch": Mistake(
            _mistaken(later=1),
            "the generator learns from the next batch. Line 8 says: the same mini-batch (AttGAN's "
            "code does it your way)",
        ),
        "ascent": Mistake(
            _mistaken(sign=-1.0),
            "the generator climbs its loss. The minus sign of Eq. 2 is in the loss already: both "
            "players descend",
        ),
        "critic moves both": Mistake(
            _mistaken(both=True),
            "the critic's loss moves the generator's weight as well. Eq. 17 updates the critic "
            "alone: its fake images are detached",
        ),
        "gradients pile up": Mistake(
            _piled_up,
            "old gradients are added to the new ones: an optimiser needs zero_grad before each "
            "backward pass",
        ),
        "roles exchanged": Mistake(
            _exchanged,
            "the roles are exchanged: the critic learns in every iteration, the generator in "
            "every N-th",
        ),
    },
)


def _flip_case(draws: torch.Generator) -> Case:
    """Logits of a judge on single flips (n_a, B, n_a), the wanted labels, the old labels."""
    count, batch = (int(n) for n in torch.randint(3, 9, (2,), generator=draws))
    y_src = torch.randint(2, (batch, count), generator=draws).float()
    flips = torch.eye(count)[:, None].expand(-1, batch, -1)
    targets = (y_src - flips).abs()
    sure = 2 * targets - 1
    logits = sure * 1.5 + 1.5 * torch.randn(count, batch, count, generator=draws)
    return Case((logits, targets, y_src))


def rate(logits: Tensor, targets: Tensor, y_src: Tensor) -> Tensor:
    """Share of single flips whose own attribute the judge sees as wanted (TARR, §4.4)."""
    hits = (logits > 0) == (targets > 0)
    return hits.diagonal(dim1=0, dim2=2).float().mean()


def _own(values: Tensor) -> Tensor:
    return values.diagonal(dim1=0, dim2=2)


RATE = Exercise(
    rate,
    _flip_case,
    {
        "every attribute": Mistake(
            lambda z, t, s: ((z > 0) == (t > 0)).float().mean(),
            "all attributes of each edit are counted, not only the one that was flipped: an "
            "editor that does nothing is right about all the others",
        ),
        "all at once": Mistake(
            lambda z, t, s: ((z > 0) == (t > 0)).all(dim=2).float().mean(),
            "an edit counts only if every attribute is right. TARR asks for the flipped one; "
            "what else changed is another question",
        ),
        "old label": Mistake(
            lambda z, t, s: _own((z > 0) == (s > 0)).float().mean(),
            "it is compared with the label before the edit: an editor that does nothing would be "
            "perfect",
        ),
        "half as threshold": Mistake(
            lambda z, t, s: _own((z > 0.5) == (t > 0)).float().mean(),
            "logits are compared with 0.5. A probability of one half is a logit of 0",
        ),
        "additions only": Mistake(
            lambda z, t, s: (_own(z > 0) & _own(t > 0)).float().mean(),
            "an attribute that was rightly taken away is not counted as a success",
        ),
        "soft": Mistake(
            lambda z, t, s: _own(torch.where(t > 0, z.sigmoid(), 1 - z.sigmoid())).mean(),
            "the judge's confidence is averaged. A rate counts decisions: logit above 0 or not",
        ),
        "sum": Mistake(
            lambda z, t, s: _own((z > 0) == (t > 0)).float().sum(),
            "it is a count, not a share",
        ),
    },
    given="every attribute",
)

EXERCISES = {"04-algorithm": ALGORITHM, "04-rate": RATE}
