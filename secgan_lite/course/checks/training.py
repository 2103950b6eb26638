"""The checked exercises of lesson 04: Algorithm 1 in small, and a recognition rate to repair."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake, distinct

_Loss = Callable[[Tensor, Tensor, Tensor], Tensor]


def _critic(d: Tensor, g: Tensor, batch: Tensor) -> Tensor:
    """d·mean(x + g) − d·mean(x²) + d² for a batch x."""
    return (d * (batch + g)).mean() - (d * batch.square()).mean() + d.square()


def _generator(d: Tensor, g: Tensor, batch: Tensor) -> Tensor:
    """−d·mean(x + g) + 0.3·mean(g²x²) for a batch x."""
    return -(d * (batch + g)).mean() + 0.3 * (g * batch).square().mean()


def _game_case(draws: torch.Generator) -> Case:
    """Two losses, one weight for each player, a batch per iteration, N and a learning rate."""
    batches = [torch.rand(3, generator=draws) for _ in range(9)]
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
    for position, batch in enumerate(batches):
        shown = batches[(position + later) % len(batches)]
        before = d
        for _ in range(critic_steps(n)):
            step = critic_sign * rate * _descend(critic, d, g, batch, "d")
            if both:
                g = g - rate * _descend(critic, d, g, batch, "g")
            d = d - step
        for _ in range(generator_steps(n) if turn(position + start, n) else 0):
            seen = d if order == "critic first" else before
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
        "roles exchanged": Mistake(
            _exchanged,
            "the roles are exchanged: the critic learns in every iteration, the generator in "
            "every N-th",
        ),
    },
    small={
        "one batch, before the generator's turn": partial(_short_game, iterations=1),
        "two batches": partial(_short_game, iterations=2),
        "three batches": partial(_short_game, iterations=3),
        "four batches": partial(_short_game, iterations=4),
    },
)


def _flip_case(draws: torch.Generator, *small: int) -> Case:
    """Logits of a judge on single flips (n_a, B, n_a), the wanted labels, the old labels."""
    count, batch = small or (int(n) for n in torch.randint(3, 9, (2,), generator=draws))
    y_src = torch.randint(2, (batch, count), generator=draws).float()
    flips = torch.eye(count)[:, None].expand(-1, batch, -1)
    targets = (y_src - flips).abs()
    sure = 2 * targets - 1
    logits = sure * 1.5 + 1.5 * torch.randn(count, batch, count, generator=draws)
    if small:
        logits = distinct(logits.shape, draws) + 0.05  # none is 0
    sizes = {"faces": batch, "attributes": count}
    return Case((logits, targets, y_src), {}, sizes)


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
            "failures are counted: edits after which the judge still sees the old label. An editor "
            "that does nothing would be perfect",
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
    small={
        "one attribute and one face": lambda draws: _flip_case(draws, 1, 1),
        "two attributes and one face": lambda draws: _flip_case(draws, 2, 1),
        "two attributes and two faces": lambda draws: _flip_case(draws, 2, 2),
    },
)

EXERCISES = {"04-algorithm": ALGORITHM, "04-rate": RATE}
