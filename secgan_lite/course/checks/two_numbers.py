"""The first checked exercise of lesson 04: Algorithm 1 for two numbers."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake

_Loss = Callable[[Tensor, Tensor, Tensor], Tensor]


def _critic(d: Tensor, g: Tensor, batch: Tensor) -> Tensor:
    """d·mean(x + g) − d·mean(x²) + d² for a batch x."""
    return (d * (batch + g)).mean() - (d * batch.square()).mean() + d.square()


def _generator(d: Tensor, g: Tensor, batch: Tensor) -> Tensor:
    """−d·mean(x + g) + 0.3·mean(g²x²) for a batch x."""
    return -(d * (batch + g)).mean() + 0.3 * (g * batch).square().mean()


def _game_case(draws: torch.Generator, n: int = 0, iterations: int = 11) -> Case:
    """Two losses, one weight for each player, a batch per iteration, N and a learning rate."""
    batches = [torch.rand(3, generator=draws) for _ in range(iterations)]  # of 11 some are left
    d, g = torch.randn(2, generator=draws)
    n = n or int(torch.randint(3, 5, (), generator=draws))
    rate = round(0.04 + 0.12 * torch.rand((), generator=draws).item(), 2)
    return Case((_critic, _generator, d, g, batches, n, rate))


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


def _in_two_loops(critic, generator, d, g, batches, n, rate, *, of_generator):
    """All steps of the critic, and then those of the generator from some batches."""
    for batch in batches:
        d = d - rate * _descend(critic, d, g, batch, "d")
    for batch in of_generator(batches, n):
        g = g - rate * _descend(generator, d, g, batch, "g")
    return d, g


def _slope_of_the_other(critic, generator, d, g, batches, n, rate):
    """The generator follows its loss's gradient for d."""
    for t, batch in enumerate(batches, start=1):
        d = d - rate * _descend(critic, d, g, batch, "d")
        if t % n == 0:
            g = g - rate * _descend(generator, d, g, batch, "d")
    return d, g


def _cleared_after_own_step(critic, generator, d, g, batches, n, rate):
    """Each backward pass adds to both gradients; a step clears the one that it has used."""
    sum_d = sum_g = 0.0
    for t, batch in enumerate(batches, start=1):
        sum_d = sum_d + _descend(critic, d, g, batch, "d")
        sum_g = sum_g + _descend(critic, d, g, batch, "g")
        d, sum_d = d - rate * sum_d, 0.0
        if t % n == 0:
            sum_d = sum_d + _descend(generator, d, g, batch, "d")
            sum_g = sum_g + _descend(generator, d, g, batch, "g")
            g, sum_g = g - rate * sum_g, 0.0
    return d, g


def _either_or(critic, generator, d, g, batches, n, rate):
    for t, batch in enumerate(batches, start=1):
        if t % n == 0:
            g = g - rate * _descend(generator, d, g, batch, "g")
        else:
            d = d - rate * _descend(critic, d, g, batch, "d")
    return d, g


def _short_chunk_too(critic, generator, d, g, batches, n, rate):
    d, g = algorithm(critic, generator, d, g, batches, n, rate)
    if len(batches) % n:
        g = g - rate * _descend(generator, d, g, batches[-1], "g")
    return d, g


def _sum_of_losses(critic, generator, *given):
    both = lambda d, g, batch: critic(d, g, batch) + generator(d, g, batch)  # noqa: E731
    return algorithm(both, both, *given)


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
        "remainder one": Mistake(
            lambda *given: _played(*given, turn=lambda t, n: t % n == 1),
            "the generator moves in the very first iteration, and then in every N-th (with N = 1 "
            "never). Its turn comes when nothing is left over: `t % n == 0`",
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
        "ends with the first batch": Mistake(
            lambda c, f, d, g, batches, n, rate: algorithm(c, f, d, g, batches[:1], n, rate),
            "it ends with the first batch: `return` stands inside the loop. Move it to the left, "
            "below `for`",
        ),
        "ends with the first turn": Mistake(
            lambda c, f, d, g, batches, n, rate: algorithm(c, f, d, g, batches[:n], n, rate),
            "it ends with the generator's first turn: `return` stands inside the `if`. Move it to "
            "the left, below `for`",
        ),
        "one after the other": Mistake(
            partial(_in_two_loops, of_generator=lambda batches, n: batches[n - 1 :: n]),
            "the generator moves only when the critic has had all its batches: two loops. In "
            "Algorithm 1 they take turns, in one loop",
        ),
        "one after the other, every batch": Mistake(
            partial(_in_two_loops, of_generator=lambda batches, n: batches),
            "two loops: the critic has all batches first, and then the generator has them all. In "
            "Algorithm 1 they take turns in one loop, the generator every N-th time",
        ),
        "slope of the other": Mistake(
            _slope_of_the_other,
            "the generator follows its loss's gradient for d. Its own is the one for g: "
            "`torch.autograd.grad(generator(d, g, batch), g)`",
        ),
        "one too soon": Mistake(
            lambda *given: _played(*given, start=2),
            "each of the generator's turns comes one batch too soon: (t + 1) % n? The first t is "
            "1, and the first turn is at t = n",
        ),
        "after the loop": Mistake(
            partial(
                _in_two_loops,
                of_generator=lambda batches, n: [] if len(batches) % n else batches[-1:],
            ),
            "the generator's turn stands below the loop, so it comes once at most, at the end. "
            "Move the `if` to the right, into the loop",
        ),
        "first turn alone": Mistake(
            lambda *given: _played(*given, turn=lambda t, n: t == n),
            "the generator learns once, when t is n. Its turn comes again at 2n, 3n: `t % n == 0`",
        ),
        "from the first turn on": Mistake(
            lambda *given: _played(*given, turn=lambda t, n: t >= n),
            "from its first turn on the generator learns in every iteration. Its turn comes at n, "
            "2n, 3n: `t % n == 0`",
        ),
        "either or": Mistake(
            _either_or,
            "the critic rests in the generator's turn: `else`? Lines 5 and 6 come in every "
            "iteration; lines 8 and 9 come in addition",
        ),
        "fixed rate": Mistake(
            lambda *given: algorithm(*given[:-1], 0.1),
            "both players learn at the rate 0.1, whatever `rate` is",
        ),
        "short chunk too": Mistake(
            _short_chunk_too,
            "the generator also learns from the last batches when they are fewer than n. Its turn "
            "comes only when t is a multiple of n",
        ),
        "fixed N": Mistake(
            lambda *given: _played(*given, turn=lambda t, n: t % 5 == 0),
            "the generator learns from every fifth batch, whatever n is: `t % n`",
        ),
        "rate over n": Mistake(
            lambda c, f, d, g, batches, n, rate: _played(
                c, f, d, g, batches, n, rate, critic_sign=1 / n
            ),
            "the critic's step is n times too short. Both players have the same rate",
        ),
        "sum of both losses": Mistake(
            _sum_of_losses,
            "both players descend the sum of the two losses. Each has its own: `critic` moves d, "
            "`generator` moves g",
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
        "cleared after its own step": Mistake(
            _cleared_after_own_step,
            "each backward pass adds to the gradients of both players, and a step clears only the "
            "one that it has used: the generator also follows the critic's loss. Clear both before "
            "each backward pass, or use torch.autograd.grad for one player alone",
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
        "critic's loss for both": Mistake(
            lambda c, f, *given: algorithm(c, c, *given),
            "the generator descends the critic's loss, and so helps it. Its own is "
            "`generator(d, g, batch)`",
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
    corners=(
        partial(_game_case, n=5),  # an N written as a number is found out
        partial(_game_case, n=3, iterations=9),  # the last batch is a turn
        partial(_game_case, n=1, iterations=4),
    ),
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
