"""Lesson 07's exercise A: the interval of a difference in pairs of one seed."""

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake
from secgan_lite.evaluation.bootstrap import student


def _pairs_case(draws: torch.Generator, seeds: int = 0, lead: float = 0.02) -> Case:
    """Scores (n,) of two methods; what a seed does to one, it does in part to the other."""
    n = seeds or int(torch.randint(3, 7, (), generator=draws))
    shared, own, other = torch.randn(3, n, generator=draws, dtype=torch.double)
    method = 0.88 + lead + 0.02 * shared + 0.01 * own
    baseline = 0.88 + 0.02 * shared + 0.01 * other
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


def _halves(method: Tensor, baseline: Tensor) -> Tensor:
    """The mean difference, and twice how far an end is from it."""
    value, low, high = interval(method, baseline)
    return torch.stack([value, value - low, high - value])


INTERVAL = Exercise(
    interval,
    _pairs_case,
    {
        "not paired": Mistake(
            partial(interval, spread=lambda a, b: (a.var() + b.var()).sqrt()),
            "the two methods are treated as independent samples. Run i of both has the same seed: "
            "take the differences first, and their deviation",
        ),
        "two samples": Mistake(
            partial(
                interval,
                spread=lambda a, b: (a.var() + b.var()).sqrt(),
                quantile=lambda n: student(2 * n - 1),
            ),
            "this is the interval for two independent samples, with 2n − 2 degrees of freedom. Run "
            "i of both has the same seed: take the differences first, which leave n − 1",
        ),
        "sign": Mistake(
            partial(interval, differ=lambda method, baseline: baseline - method),
            "the sign is wrong: a gain of the method would show as a loss",
        ),
        "sign lost": Mistake(
            partial(interval, differ=lambda method, baseline: (method - baseline).mean().abs()),
            "the sign of the mean is lost: a loss of the method would show as a gain",
        ),
        "normal quantile": Mistake(
            partial(interval, quantile=lambda n: 1.96),
            "1.96 is for many numbers. With few, their deviation is itself uncertain: Student's "
            "quantile is larger, 4.30 for three",
        ),
        "rounded quantile": Mistake(
            partial(interval, quantile=lambda n: 2.0),
            "2 is the normal quantile, rounded, and is for many numbers. With few, Student's is "
            "larger: student(n)",
        ),
        "Student's, one end": Mistake(
            partial(interval, quantile=lambda n: student(n, 0.1)),
            "5 % are left beyond *one* end here. Both ends together leave 5 %: student(n)",
        ),
        "level halved": Mistake(
            partial(interval, quantile=lambda n: student(n, 0.025)),
            "the level was halved. `student` counts both ends already: student(n)",
        ),
        "99 %": Mistake(
            partial(interval, quantile=lambda n: student(n, 0.01)),
            "this is the 99 % interval; the 95 % interval is wanted: student(n)",
        ),
        "confidence for level": Mistake(
            partial(interval, quantile=lambda n: student(n, 0.95)),
            "0.95 is how often the interval is right. `student` takes how often it is wrong, "
            "0.05, and does so if nothing is said",
        ),
        "one method's deviation": Mistake(
            partial(interval, spread=lambda a, b: a.std()),
            "the deviation is that of one method's scores. It is wanted of the differences",
        ),
        "the baseline's deviation": Mistake(
            partial(interval, spread=lambda a, b: b.std()),
            "the deviation is that of the baseline's scores. It is wanted of the differences",
        ),
        "one end alone": Mistake(
            partial(interval, quantile=lambda n: 1.645),
            "1.645 leaves 5 % beyond *one* end, and is for many numbers. Here both ends together "
            "leave 5 %, and with few numbers the quantile is Student's",
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
        "a seed more": Mistake(
            partial(interval, quantile=lambda n: student(n + 1)),
            "the quantile is that of one number more: `student` takes how many numbers there are",
        ),
        "strangers' quantile": Mistake(
            partial(interval, quantile=lambda n: student(2 * n - 1)),
            "2n − 2 degrees of freedom belong to two independent samples. n differences leave "
            "n − 1: student(n)",
        ),
        "quantile of three": Mistake(
            partial(interval, quantile=lambda n: student(3)),
            "4.30 is the quantile for three seeds. Here are n: student(n)",
        ),
        "sorted": Mistake(
            partial(interval, spread=lambda a, b: (a.sort().values - b.sort().values).std()),
            "the scores were sorted, which breaks the pairs: number i of both belongs to one seed",
        ),
        "root of n − 1": Mistake(
            partial(interval, root=lambda n: math.sqrt(n - 1)),
            "n − 1 is in the deviation already. A mean of n numbers is √n times surer than one",
        ),
        "half of a half": Mistake(
            partial(interval, quantile=lambda n: student(n) / 2),
            "half is taken twice: the quantile times the error is half of the interval already",
        ),
        "whole width": Mistake(
            partial(interval, quantile=lambda n: 2 * student(n)),
            "each end is twice as far from the mean as it should be",
        ),
        "halves for ends": Mistake(
            _halves,
            "half of the interval's width stands where its ends are wanted: subtract it from the "
            "mean, and add it",
        ),
        "variance": Mistake(
            partial(interval, spread=lambda a, b: (a - b).var()),
            "the variance stands where the deviation is wanted: its root is missing",
        ),
    },
    corners=(partial(_pairs_case, lead=-0.1),),  # the baseline leads
    small={
        "two seeds": partial(_pairs_case, seeds=2),
        "three seeds": partial(_pairs_case, seeds=3),
    },
)

EXERCISES = {"07-interval": INTERVAL}
