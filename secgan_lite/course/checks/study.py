"""The checked exercises of lesson 07: an interval over paired seeds, a table that flatters."""

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake
from secgan_lite.evaluation.bootstrap import student


def _pairs_case(draws: torch.Generator, seeds: int = 0) -> Case:
    """Scores (n,) of two methods; what a seed does to one, it does in part to the other."""
    n = seeds or int(torch.randint(3, 7, (), generator=draws))
    shared, own, other = torch.randn(3, n, generator=draws, dtype=torch.double)
    method, baseline = 0.9 + 0.02 * shared + 0.01 * own, 0.88 + 0.02 * shared + 0.01 * other
    if seeds:  # to be read
        method, baseline = method.round(decimals=2), baseline.round(decimals=2)
    return Case((method, baseline), {}, {"seeds": n})


def interval(
    method: Tensor,
    baseline: Tensor,
    *,
    differ: Callable[[Tensor, Tensor], Tensor] = lambda method, baseline: method - baseline,
    quantile: Callable[[int], float] = student,
    spread: Callable[[Tensor, Tensor], Tensor] = lambda method, baseline: (method - baseline).std(),
    root: Callable[[int], float] = math.sqrt,
) -> Tensor:
    """Mean difference of scores paired by seed, and its 95 % t interval: (value, low, high).

    Args:
        differ, quantile, spread, root: its steps; mistakes have others.
    """
    n, value = len(method), differ(method, baseline).mean()
    width = quantile(n) * spread(method, baseline) / root(n)
    return torch.stack([value, value - width, value + width])


INTERVAL = Exercise(
    interval,
    _pairs_case,
    {
        "not paired": Mistake(
            partial(interval, spread=lambda a, b: (a.var() + b.var()).sqrt()),
            "the two methods are treated as strangers. Run i of both has the same seed: take the "
            "differences first, and their deviation",
        ),
        "sign": Mistake(
            partial(interval, differ=lambda method, baseline: baseline - method),
            "the sign is wrong: a gain of the method would show as a loss",
        ),
        "normal quantile": Mistake(
            partial(interval, quantile=lambda n: 1.96),
            "1.96 is for many numbers. With few, their deviation is itself uncertain: Student's "
            "quantile is larger, 4.30 for three",
        ),
        "spread of seeds": Mistake(
            partial(interval, root=lambda n: 1),
            "this is where single seeds lie. A mean of n is √n times surer",
        ),
        "divided by n": Mistake(
            partial(interval, root=lambda n: n),
            "the error of a mean falls with √n, not with n",
        ),
        "standard error": Mistake(
            partial(interval, quantile=lambda n: 1),
            "this is one standard error to each side: the quantile is missing",
        ),
        "too sure": Mistake(
            partial(interval, spread=lambda a, b: (a - b).std(correction=0)),
            "the deviation divides by n. The mean was fitted to the same numbers: n − 1",
        ),
        "a seed less": Mistake(
            partial(interval, quantile=lambda n: student(n - 1)),
            "the quantile is that of one number less. `student` takes how many numbers there are, "
            "and subtracts 1 itself",
        ),
        "variance": Mistake(
            partial(interval, spread=lambda a, b: (a - b).var()),
            "the variance stands where the deviation is wanted: its root is missing",
        ),
    },
    small={
        "two seeds": partial(_pairs_case, seeds=2),
        "three seeds": partial(_pairs_case, seeds=3),
    },
)


def _scores_case(draws: torch.Generator) -> Case:
    """TARR (seeds, snapshots) of one method, rising along the training, with noise."""
    seeds, snapshots = (int(torch.randint(*b, (), generator=draws)) for b in ((4, 7), (8, 12)))
    rise = torch.linspace(0.5, 0.8, snapshots, dtype=torch.double)
    rise[-4] = 0.95  # a lucky moment before the end, so that no two mistakes look alike
    scores = rise + 0.03 * torch.randn(seeds, snapshots, generator=draws, dtype=torch.double)
    return Case((scores,), {}, {"seeds": seeds, "snapshots": snapshots, "last snapshots": 3})


def _few_scores(draws: torch.Generator, seeds: int, snapshots: int) -> Case:
    return Case((torch.rand(seeds, snapshots, generator=draws).round(decimals=2),))


def report(scores: Tensor) -> Tensor:
    """One number for a method: the mean over seeds and over the last three snapshots."""
    return scores[:, -3:].mean()


def _reported(
    scores: Tensor,
    *,
    snapshots: Callable[[Tensor], Tensor] = lambda scores: scores[:, -3:],
    of_a_seed: Callable[[Tensor], Tensor] = lambda scores: scores.mean(dim=1),
    of_all: Callable[[Tensor], Tensor] = torch.mean,
) -> Tensor:
    """A report with a part of it replaced."""
    return of_all(of_a_seed(snapshots(scores)))


REPORT = Exercise(
    report,
    _scores_case,
    {
        "the best of all": Mistake(
            partial(
                _reported,
                snapshots=lambda scores: scores,
                of_a_seed=lambda scores: scores.amax(dim=1),
                of_all=torch.max,
            ),
            "it reports the luckiest snapshot of the luckiest seed, chosen by the test set itself. "
            "A method with more runs would win",
        ),
        "best snapshot": Mistake(
            partial(
                _reported,
                snapshots=lambda scores: scores,
                of_a_seed=lambda scores: scores.amax(dim=1),
            ),
            "each seed's snapshot is chosen by its score on the test set: that measures luck as "
            "well, and more of it where training is noisier",
        ),
        "best of the last": Mistake(
            partial(_reported, of_a_seed=lambda scores: scores.amax(dim=1)),
            "even among the last three, the best was chosen by the test set: take their mean",
        ),
        "best seed": Mistake(
            partial(_reported, of_all=torch.max),
            "it reports the best seed. The next user has another one: take the mean over seeds",
        ),
        "last alone": Mistake(
            partial(_reported, snapshots=lambda scores: scores[:, -1:]),
            "one snapshot alone moves by several points from one to the next: take the last three",
        ),
        "all along": Mistake(
            partial(_reported, snapshots=lambda scores: scores),
            "it also averages over the beginning, when nothing was learnt yet",
        ),
        "the first ones": Mistake(
            partial(_reported, snapshots=lambda scores: scores[:, :3]),
            "these are the first three snapshots: the last ones are wanted",
        ),
        "axes exchanged": Mistake(
            lambda scores: scores[-3:].mean(),
            "these are the last three *seeds*: snapshots are the second axis",
        ),
    },
    given="the best of all",
    small={
        "one seed and three snapshots": partial(_few_scores, seeds=1, snapshots=3),
        "one seed and five snapshots": partial(_few_scores, seeds=1, snapshots=5),
        "two seeds and five snapshots": partial(_few_scores, seeds=2, snapshots=5),
        "four seeds and five snapshots": partial(_few_scores, seeds=4, snapshots=5),
    },
)

EXERCISES = {"07-interval": INTERVAL, "07-report": REPORT}
