"""The second checked exercise of lesson 05: a paired interval."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake


def _scores_case(draws: torch.Generator, ahead: float | None = None) -> Case:
    """Scores of two editors on the same faces, which are hard or easy for both, and drawn faces.

    With 201 draws the quantiles are draws, the sixth from below and from above, so whoever counts
    ranks is right too. Either editor may lead.
    """
    n = int(torch.randint(9, 14, (), generator=draws))
    hard, *own = torch.rand(3, n, generator=draws, dtype=torch.double)
    a, b = (hard + 0.3 * part for part in own)
    sign = 2 * torch.randint(2, (), generator=draws) - 1
    lead = 0.1 * sign if ahead is None else ahead
    return Case((a + lead, b, torch.randint(n, (201, n), generator=draws)), {}, {"faces": n})


def _two_faces(draws: torch.Generator, apart: float = 0.0) -> Case:
    """Two faces, of which each draw takes both, or one of them twice."""
    a = torch.tensor([0.75, 0.25], dtype=torch.double)
    b = a - torch.tensor([0.5, 0.5 + apart], dtype=torch.double)
    return Case((a, b, torch.tensor([[0, 1], [0, 0], [1, 1], [1, 0]])))


def paired(a: Tensor, b: Tensor, draws: Tensor) -> Tensor:
    """Mean difference of scores (n,) of the same faces, and its 95 % interval, by draws (k, n)."""
    return _interval(a, b, draws)


def _interval(
    a: Tensor,
    b: Tensor,
    draws: Tensor,
    *,
    drawn: Callable[[Tensor, Tensor, Tensor], Tensor] = lambda a, b, draws: (a - b)[draws].mean(
        dim=1
    ),
    shares: tuple[float, float] = (0.025, 0.975),
    around: Callable[[Tensor, Tensor], Tensor] = lambda difference, means: difference.mean(),
) -> Tensor:
    """The mean difference and its interval with a part of it replaced."""
    means = drawn(a, b, draws)
    ends = means.quantile(torch.tensor(shares, dtype=means.dtype))
    return torch.cat([around(a - b, means)[None], ends])


def _standard_errors(a: Tensor, b: Tensor, draws: Tensor) -> Tensor:
    width = 1.96 * (a - b).std() / len(a) ** 0.5
    return (a - b).mean() + width * torch.tensor([0, -1, 1], dtype=a.dtype)


def _deviations(a: Tensor, b: Tensor, draws: Tensor) -> Tensor:
    means = (a - b)[draws].mean(dim=1)
    width = 1.96 * means.std()
    return torch.stack([(a - b).mean(), means.mean() - width, means.mean() + width])


def _around_the_difference(a: Tensor, b: Tensor, draws: Tensor) -> Tensor:
    width = 1.96 * (a - b)[draws].mean(dim=1).std()
    return (a - b).mean() + width * torch.tensor([0, -1, 1], dtype=a.dtype)


def _apart(a: Tensor, b: Tensor, draws: Tensor) -> Tensor:
    """Two intervals, one for each editor, as far apart as they can be."""
    (mean_a, low_a, high_a), (mean_b, low_b, high_b) = (_interval(e, 0 * e, draws) for e in (a, b))
    return torch.stack([mean_a - mean_b, low_a - high_b, high_a - low_b])


PAIRED = Exercise(
    paired,
    _scores_case,
    {
        "not paired": Mistake(
            partial(
                _interval, drawn=lambda a, b, draws: a[draws].mean(dim=1) - b[draws.flip(0)].mean(1)
            ),
            "the editors get different faces: one draw must give both the same ones",
        ),
        "sign": Mistake(
            lambda a, b, draws: _interval(b, a, draws), "the difference is b − a, asked is a − b"
        ),
        "single faces": Mistake(
            partial(_interval, drawn=lambda a, b, draws: (a - b)[draws].flatten()),
            "these are ends for a single face, not for the mean of n: average each draw first",
        ),
        "nothing drawn": Mistake(
            partial(_interval, drawn=lambda a, b, draws: a - b),
            "the draws are not used: these are ends for a single face, not for a mean",
        ),
        "averaged over draws": Mistake(
            partial(_interval, drawn=lambda a, b, draws: (a - b)[draws].mean(dim=0)),
            "it is averaged over the draws. A row holds the faces of one draw: average over it",
        ),
        "90 percent": Mistake(
            partial(_interval, shares=(0.05, 0.95)),
            "5 % lie outside on each side, so only 90 % lie within",
        ),
        "one side": Mistake(
            partial(_interval, shares=(0.0, 0.95)),
            "all 5 % that lie outside are above: half of them belong below",
        ),
        "lowest and highest": Mistake(
            partial(_interval, shares=(0.0, 1.0)),
            "these are the lowest and the highest draw: all of them lie within",
        ),
        "mean of the draws": Mistake(
            partial(_interval, around=lambda difference, means: means.mean()),
            "the first number is the mean of the draws. Asked is that of the faces themselves",
        ),
        "deviations": Mistake(
            _deviations,
            "the ends are 1.96 standard deviations of the draws away from their mean. That takes "
            "the draws for normal; asked are their quantiles",
        ),
        "deviations from the difference": Mistake(
            _around_the_difference,
            "the ends are 1.96 standard deviations of the draws away from the difference, as if "
            "the draws were normal; asked are their quantiles",
        ),
        "standard errors": Mistake(
            _standard_errors,
            "the draws are not used: the ends are 1.96 standard errors away from the difference. "
            "Asked are quantiles of the means of the draws",
        ),
        "two intervals, crossed": Mistake(
            _apart,
            "the low end is the low end of a minus the high end of b, and the reverse: each editor "
            "has an interval of its own. Take the difference face by face, then its interval",
        ),
        "absolute differences": Mistake(
            partial(
                _interval,
                drawn=lambda a, b, draws: (a - b).abs()[draws].mean(dim=1),
                around=lambda difference, means: difference.abs().mean(),
            ),
            "the differences have lost their sign face by face: a face where b leads counts for a",
        ),
        "absolute means": Mistake(
            partial(
                _interval,
                drawn=lambda a, b, draws: (a - b)[draws].mean(dim=1).abs(),
                around=lambda difference, means: difference.mean().abs(),
            ),
            "the mean differences have lost their sign: who leads is not seen any more, and 0 "
            "cannot lie within",
        ),
        "absolute difference": Mistake(
            partial(_interval, around=lambda difference, means: difference.mean().abs()),
            "the first number has lost its sign: where b leads it is below 0",
        ),
        "absolute draws": Mistake(
            partial(_interval, drawn=lambda a, b, draws: (a - b)[draws].mean(dim=1).abs()),
            "the means of the draws have lost their sign, so their interval never reaches below 0",
        ),
        "draws below 0 cut": Mistake(
            partial(_interval, drawn=lambda a, b, draws: (a - b)[draws].mean(dim=1).relu()),
            "means of draws below 0 were set to 0, so the interval never reaches below 0",
        ),
        "median": Mistake(
            partial(_interval, around=lambda difference, means: difference.median()),
            "the first number is the median of the differences. Asked is their mean",
        ),
        "99 percent": Mistake(
            partial(_interval, shares=(0.005, 0.995)),
            "0.5 % lie outside on each side, so 99 % lie within",
        ),
        "two intervals": Mistake(
            lambda a, b, draws: _interval(a, 0 * b, draws) - _interval(b, 0 * a, draws),
            "the ends are differences of two intervals, one for each editor. Take the difference "
            "face by face, then its interval",
        ),
        "ends exchanged": Mistake(
            partial(_interval, shares=(0.975, 0.025)), "the high end stands before the low one"
        ),
    },
    # One that is surely below 0, one surely above, and one near it.
    corners=(*(partial(_scores_case, ahead=lead) for lead in (-0.3, 0.3, 0.0)),),
    small={
        "two faces with the same difference": _two_faces,
        "two faces with other differences": partial(_two_faces, apart=0.5),
    },
)

EXERCISES = {"05-paired": PAIRED}
