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


def _halves_around(method: Tensor, baseline: Tensor) -> Tensor:
    """The mean difference, and half of the interval to both sides of 0."""
    value, _, high = interval(method, baseline)
    return torch.stack([value, value - high, high - value])


def _crossed(method: Tensor, baseline: Tensor) -> Tensor:
    """Each method's own interval: the gain if both lie at their worst, and at their best."""
    half = sum(float(each.std()) for each in (method, baseline))
    return interval(method, baseline, spread=lambda a, b: half)


def _extremes(method: Tensor, baseline: Tensor) -> Tensor:
    d = method - baseline
    return torch.stack([d.mean(), d.min(), d.max()])


def _with(says: str, **steps: Callable) -> Mistake:
    """The interval with other steps."""
    return Mistake(partial(interval, **steps), says)


_OF_PAIRS = "The deviation is wanted of the differences: (method - baseline).std()"
_MEAN = "the middle is not the mean difference"


def _mixed_case(draws: torch.Generator) -> Case:
    """Some seeds gain and some lose."""
    method, baseline = _pairs_case(draws).arguments
    baseline += (method - baseline).mean() - 0.002
    return Case((method, baseline), {}, {"seeds": len(method)})


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
        "quantile of three": _with(  # as 4.30 and as 4.3027
            "4.30 is the quantile for three seeds. Here are n: student(n)",
            quantile=lambda n: 4.3014,
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
        "ends around 0": Mistake(
            _halves_around,
            "the ends lie to both sides of 0. They belong to both sides of the mean difference",
        ),
        "smallest and largest": Mistake(
            _extremes,
            "the ends are the smallest and the largest difference. The interval of a *mean* is "
            "wanted: the mean, minus and plus student(n) times the error",
        ),
        "two intervals": Mistake(
            _crossed,
            f"the deviations of both methods are added up. {_OF_PAIRS}",
        ),
        "mean of the deviations": _with(
            f"it takes the mean of both methods' deviations. {_OF_PAIRS}",
            spread=lambda a, b: (a.std() + b.std()) / 2,
        ),
        "mean of the variances": _with(
            f"it takes the mean of both methods' variances. {_OF_PAIRS}",
            spread=lambda a, b: ((a.var() + b.var()) / 2).sqrt(),
        ),
        "deviations subtracted": _with(
            f"one method's deviation is subtracted from the other's. {_OF_PAIRS}",
            spread=lambda a, b: a.std() - b.std(),
        ),
        "distance of the deviations": _with(
            f"one method's deviation is subtracted from the other's. {_OF_PAIRS}",
            spread=lambda a, b: (a.std() - b.std()).abs(),
        ),
        "one heap": _with(
            f"both methods' scores are thrown together, and their deviation is taken. {_OF_PAIRS}",
            spread=lambda a, b: torch.cat([a, b]).std(),
        ),
        "of the sum": _with(
            f"the deviation is that of the sums of both scores. {_OF_PAIRS}",
            spread=lambda a, b: (a + b).std(),
        ),
        "median": _with(
            f"{_MEAN}, but the median difference", differ=lambda a, b: (a - b).median()
        ),
        "sum": _with(f"{_MEAN}, but the sum of the differences", differ=lambda a, b: (a - b).sum()),
        "first seed": _with(f"{_MEAN}, but the first seed's", differ=lambda a, b: (a - b)[0]),
        "sizes": Mistake(
            lambda a, b: interval((a - b).abs(), 0 * a),
            "the differences have lost their signs: a loss counts as a gain",
        ),
        "relative": Mistake(
            lambda a, b: interval(a / b, 1 + 0 * a),
            "each difference is divided by the baseline's score. method - baseline is wanted",
        ),
        "2n numbers": _with(
            "the quantile is that of 2n numbers. There are n differences: student(n)",
            quantile=lambda n: student(2 * n),
        ),
        "root of 2n": _with(
            "it divides by the root of 2n. There are n differences", root=lambda n: math.sqrt(2 * n)
        ),
        "root of three": _with(
            "√3 is for three seeds. Here are n differences", root=lambda n: math.sqrt(3)
        ),
        "99 %, normal": _with(
            "2.576 is the normal quantile of a 99 % interval. Few numbers have Student's, and "
            "95 % are wanted: student(n)",
            quantile=lambda n: 2.576,
        ),
        "variance": Mistake(
            partial(interval, spread=lambda a, b: (a - b).var()),
            "the variance stands where the deviation is wanted: its root is missing",
        ),
    },
    corners=(partial(_pairs_case, lead=-0.1), _mixed_case),  # first, the baseline leads
    small={
        "two seeds": partial(_pairs_case, seeds=2),
        "three seeds": partial(_pairs_case, seeds=3),
    },
)

EXERCISES = {"07-interval": INTERVAL}
