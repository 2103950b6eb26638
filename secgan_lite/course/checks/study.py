"""The checked exercises of lesson 07: an interval over paired seeds, a table that flatters."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake
from secgan_lite.evaluation.bootstrap import student


def _pairs_case(draws: torch.Generator) -> Case:
    """Scores (n,) of two methods; what a seed does to one, it does in part to the other."""
    n = int(torch.randint(3, 7, (), generator=draws))
    shared, own, other = torch.randn(3, n, generator=draws, dtype=torch.double)
    return Case((0.9 + 0.02 * shared + 0.01 * own, 0.88 + 0.02 * shared + 0.01 * other))


def interval(
    method: Tensor,
    baseline: Tensor,
    half: Callable[[Tensor], Tensor] = lambda d: student(len(d)) * d.std() / math.sqrt(len(d)),
) -> Tensor:
    """Mean difference of scores paired by seed, and its 95 % t interval: (value, low, high).

    Args:
        half: the interval's half width, from the differences; mistakes have others.
    """
    differences = method - baseline
    value, width = differences.mean(), half(differences)
    return torch.stack([value, value - width, value + width])


def _unpaired(method: Tensor, baseline: Tensor) -> Tensor:
    n = len(method)
    width = student(n) * ((method.var() + baseline.var()) / n).sqrt()
    value = method.mean() - baseline.mean()
    return torch.stack([value, value - width, value + width])


def _with(half: Callable[[Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    return lambda method, baseline: interval(method, baseline, half)


INTERVAL = Exercise(
    interval,
    _pairs_case,
    {
        "not paired": Mistake(
            _unpaired,
            "the two methods are treated as strangers. Run i of both has the same seed: take the "
            "differences first, and their deviation",
        ),
        "sign": Mistake(
            lambda method, baseline: interval(baseline, method),
            "the sign is wrong: a gain of the method would show as a loss",
        ),
        "normal quantile": Mistake(
            _with(lambda d: 1.96 * d.std() / math.sqrt(len(d))),
            "1.96 is for many numbers. With few, their deviation is itself uncertain: Student's "
            "quantile is larger, 4.30 for three",
        ),
        "spread of seeds": Mistake(
            _with(lambda d: student(len(d)) * d.std()),
            "this is where single seeds lie. A mean of n is √n times surer",
        ),
        "divided by n": Mistake(
            _with(lambda d: student(len(d)) * d.std() / len(d)),
            "the error of a mean falls with √n, not with n",
        ),
        "standard error": Mistake(
            _with(lambda d: d.std() / math.sqrt(len(d))),
            "this is one standard error to each side: the quantile is missing",
        ),
        "too sure": Mistake(
            _with(lambda d: student(len(d)) * d.std(correction=0) / math.sqrt(len(d))),
            "the deviation divides by n. The mean was fitted to the same numbers: n − 1",
        ),
    },
)


def _scores_case(draws: torch.Generator) -> Case:
    """TARR (seeds, snapshots) of one method, rising along the training, with noise."""
    seeds, snapshots = (int(torch.randint(*b, (), generator=draws)) for b in ((4, 7), (8, 12)))
    rise = torch.linspace(0.5, 0.8, snapshots, dtype=torch.double)
    rise[-4] = 0.95  # a lucky moment before the end, so that no two mistakes look alike
    return Case((rise + 0.03 * torch.randn(seeds, snapshots, generator=draws, dtype=torch.double),))


def report(scores: Tensor) -> Tensor:
    """One number for a method: the mean over seeds and over the last three snapshots."""
    return scores[:, -3:].mean()


REPORT = Exercise(
    report,
    _scores_case,
    {
        "the best of all": Mistake(
            lambda scores: scores.max(),
            "it reports the luckiest snapshot of the luckiest seed, chosen by the test set itself. "
            "A method with more runs would win",
        ),
        "best snapshot": Mistake(
            lambda scores: scores.amax(dim=1).mean(),
            "each seed's snapshot is chosen by its score on the test set: that measures luck as "
            "well, and more of it where training is noisier",
        ),
        "best of the last": Mistake(
            lambda scores: scores[:, -3:].amax(dim=1).mean(),
            "even among the last three, the best was chosen by the test set: take their mean",
        ),
        "best seed": Mistake(
            lambda scores: scores[:, -3:].mean(dim=1).max(),
            "it reports the best seed. The next user has another one: take the mean over seeds",
        ),
        "last alone": Mistake(
            lambda scores: scores[:, -1].mean(),
            "one snapshot alone moves by several points from one to the next: take the last three",
        ),
        "all along": Mistake(
            lambda scores: scores.mean(),
            "it also averages over the beginning, when nothing was learnt yet",
        ),
        "the first ones": Mistake(
            lambda scores: scores[:, :3].mean(),
            "these are the first three snapshots: the last ones are wanted",
        ),
        "axes exchanged": Mistake(
            lambda scores: scores[-3:].mean(),
            "these are the last three *seeds*: snapshots are the second axis",
        ),
    },
    given="the best of all",
)

EXERCISES = {"07-interval": INTERVAL, "07-report": REPORT}
