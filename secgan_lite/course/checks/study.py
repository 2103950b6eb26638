"""Lesson 07's checked exercises: an interval in pairs, how many seeds, a report that flatters."""

import math
from bisect import bisect_left
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
        "normal quantile": Mistake(
            partial(interval, quantile=lambda n: 1.96),
            "1.96 is for many numbers. With few, their deviation is itself uncertain: Student's "
            "quantile is larger, 4.30 for three",
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
    small={
        "two seeds": partial(_pairs_case, seeds=2),
        "three seeds": partial(_pairs_case, seeds=3),
    },
)


def _planned_case(
    draws: torch.Generator, seeds: int = 0, share: tuple[float, float] = (0.35, 1.1)
) -> Case:
    """Differences (n,) of a pilot study, in points, and the half width that is wanted.

    Args:
        share: of the spread that the half width is, from and to.
    """
    n = seeds or int(torch.randint(3, 7, (), generator=draws))
    differences = 2 + 2 * torch.randn(n, generator=draws, dtype=torch.double)
    if seeds:  # to be read
        differences = (differences + 4 * torch.arange(n)).round(decimals=1)
    low, high = share
    width = low + (high - low) * torch.rand((), generator=draws, dtype=torch.double)
    return Case((differences, round(float(width * differences.std()), 2)), {}, {"seeds": n})


_many_runs = partial(_planned_case, seeds=7, share=(1.65, 1.9))  # four seeds suffice
_two_suffice = partial(_planned_case, seeds=5, share=(9.5, 12.0))
_far = partial(_planned_case, seeds=6, share=(0.19, 0.21))  # about 100: close quantiles differ


def seeds_needed(
    differences: Tensor,
    half: float,
    *,
    spread: Callable[[Tensor], Tensor] = Tensor.std,
    quantile: Callable[[int, Tensor], float] = lambda n, differences: student(n),
    wanted: Callable[[float], float] = lambda half: half,
    root: Callable[[int], float] = math.sqrt,
    answer: Callable[[int], int] = lambda n: n,
) -> int:
    """The fewest seeds, up to 1,000, of a 95 % t interval of at most ``half`` to each side.

    Args:
        differences: of a study's pairs (n,): what their spread is.
        spread, quantile, wanted, root, answer: its steps; mistakes have others.
    """
    deviation, planned = float(spread(differences)), range(2, 1000)

    def enough(n: int) -> bool:
        return quantile(n, differences) * deviation / root(n) <= wanted(half)

    return answer(planned.start + bisect_left(planned, True, key=enough))


def _at_once(differences: Tensor, half: float, *, quantile: float) -> int:
    """The fewest seeds by a formula for n, which needs a quantile without n."""
    return math.ceil((quantile * float(differences.std()) / half) ** 2)


_ROUNDED = (
    "2 is the normal quantile, rounded, and presumes that the spread is known. Student's quantile, "
    "`student(n)`, is larger"
)
_NO_N = "a formula for n needs a quantile without n. Student's has one: let n grow from 2 on"

SEEDS = Exercise(
    seeds_needed,
    _planned_case,
    {
        "normal quantile": Mistake(
            partial(seeds_needed, quantile=lambda n, d: 1.96),
            "1.96 presumes that the spread is known. Student's quantile, `student(n)`, asks for a "
            "few seeds more",
        ),
        "standard error": Mistake(
            partial(seeds_needed, quantile=lambda n, d: 1),
            "this is one standard error to each side: the quantile is missing",
        ),
        "rounded quantile": Mistake(
            partial(seeds_needed, quantile=lambda n, d: 2.0),
            _ROUNDED,
        ),
        "normal, at once": Mistake(
            partial(_at_once, quantile=1.96), f"1.96 presumes that the spread is known, and {_NO_N}"
        ),
        "rounded, at once": Mistake(partial(_at_once, quantile=2.0), f"{_ROUNDED}, and {_NO_N}"),
        "one end alone": Mistake(
            partial(seeds_needed, quantile=lambda n, d: 1.645),
            "1.645 leaves 5 % beyond *one* end, and presumes that the spread is known. "
            "`student(n)` does neither",
        ),
        "quantile of three": Mistake(
            partial(seeds_needed, quantile=lambda n, d: student(3)),
            "4.30 is the quantile for three seeds. It falls with the number that you plan: "
            "`student(n)` inside the loop",
        ),
        "divided by n": Mistake(
            partial(seeds_needed, root=lambda n: n),
            "the error of a mean falls with √n, not with n",
        ),
        "from 3 on": Mistake(
            lambda differences, half: max(3, seeds_needed(differences, half)),
            "it starts to count at 3. Where the spread is small two suffice: start at 2",
        ),
        "today's quantile": Mistake(
            partial(seeds_needed, quantile=lambda n, d: student(len(d))),
            "the quantile is that of the runs at hand. It falls with the number that you plan: "
            "`student(n)` inside the loop",
        ),
        "divided twice": Mistake(
            partial(seeds_needed, spread=lambda d: d.std() / math.sqrt(len(d))),
            "the spread was divided by the root of the number of runs at hand. What stays as n "
            "grows is the deviation of *one* difference",
        ),
        "whole width": Mistake(
            partial(seeds_needed, wanted=lambda half: half / 2),
            "the whole interval is held below the bound: half of it is asked for",
        ),
        "twice the width": Mistake(
            partial(seeds_needed, wanted=lambda half: 2 * half),
            "half of the interval may be twice as wide as it should",
        ),
        "from the pilot on": Mistake(
            lambda differences, half: max(len(differences), seeds_needed(differences, half)),
            "it starts to count at the number of runs at hand. Fewer may suffice: start at 2",
        ),
        "still to add": Mistake(
            lambda differences, half: seeds_needed(differences, half) - len(differences),
            "the seeds of the pilot are not counted. Return how many seeds the study has in all",
        ),
        "too sure": Mistake(
            partial(seeds_needed, spread=lambda d: d.std(correction=0)),
            "the deviation divides by n. The mean was fitted to the same numbers: n − 1",
        ),
        "variance": Mistake(
            partial(seeds_needed, spread=Tensor.var),
            "the variance stands where the deviation is wanted: its root is missing",
        ),
        "a seed less": Mistake(
            partial(seeds_needed, quantile=lambda n, d: student(max(n - 1, 2))),
            "the quantile is that of one number less. `student` takes how many numbers there are, "
            "and subtracts 1 itself",
        ),
        "one too few": Mistake(
            partial(seeds_needed, answer=lambda n: n - 1),
            "this is the last number that is *not* enough",
        ),
        "one too many": Mistake(
            partial(seeds_needed, answer=lambda n: n + 1),
            "one seed less is enough already",
        ),
    },
    small={
        "two seeds": partial(_planned_case, seeds=2),
        "three seeds": partial(_planned_case, seeds=3),
        "more seeds than are needed": _many_runs,
    },
    corners=(_many_runs, _two_suffice, _far),
)


def _scores_case(draws: torch.Generator) -> Case:
    """TARR (seeds, snapshots) of one method, rising along the training, with noise."""
    seeds, snapshots = (int(torch.randint(*b, (), generator=draws)) for b in ((4, 7), (8, 12)))
    rise = torch.linspace(0.5, 0.8, snapshots, dtype=torch.double)
    scores = rise.repeat(seeds, 1)
    # Lucky moments before the end, not the same for all seeds: no two mistakes look alike.
    scores[::2, -4], scores[1::2, -5] = 0.95, 0.97
    scores += 0.03 * torch.randn(seeds, snapshots, generator=draws, dtype=torch.double)
    return Case((scores,), {}, {"seeds": seeds, "snapshots": snapshots, "last snapshots": 3})


def _dip_case(draws: torch.Generator) -> Case:
    """Five seeds whose last snapshot is not their best one, and a first seed with its own luck."""
    scores = torch.linspace(0.5, 0.8, 9, dtype=torch.double).repeat(5, 1)
    scores[:, -2:] = scores[:, -2:].flip(1)
    scores[::2, -4], scores[1::2, -5], scores[0, -6] = 0.93, 0.95, 0.99
    scores += 0.005 * torch.randn(5, 9, generator=draws, dtype=torch.double)
    return Case((scores,), {}, {"seeds": 5, "snapshots": 9, "last snapshots": 3})


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


_PREFERS = "it still prefers some snapshots by their scores on the test set: "

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
        "best moment": Mistake(
            partial(
                _reported,
                snapshots=lambda scores: scores,
                of_a_seed=lambda scores: scores.mean(dim=0),
                of_all=torch.max,
            ),
            "one snapshot, the same for all seeds, is chosen by its score on the test set. With "
            "more snapshots the number rises, and the method is no better",
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
        "best window": Mistake(
            lambda scores: scores.mean(dim=0).unfold(0, 3, 1).mean(dim=1).max(),
            _PREFERS + "the best three in a row. Take the last three, whatever they are",
        ),
        "best three moments": Mistake(
            lambda scores: scores.mean(dim=0).topk(3).values.mean(),
            _PREFERS + "the best three. Take the last three, whatever they are",
        ),
        "best three of a seed": Mistake(
            lambda scores: scores.topk(3, dim=1).values.mean(),
            _PREFERS + "each seed's best three. Take the last three, whatever they are",
        ),
        "best of the last moments": Mistake(
            lambda scores: scores[:, -3:].mean(dim=0).max(),
            _PREFERS + "the best of the last three. Take their mean",
        ),
        "moment by the median": Mistake(
            lambda scores: scores[:, scores.median(dim=0).values.argmax()].mean(),
            _PREFERS + "a median chooses the moment, and it is still chosen",
        ),
        "moment of the first seed": Mistake(
            lambda scores: scores[:, scores[0].argmax()].mean(),
            _PREFERS + "the first seed chooses the moment, on the faces that are then reported",
        ),
        "best seed": Mistake(
            partial(_reported, of_all=torch.max),
            "it reports the best seed. The next user has another one: take the mean over seeds",
        ),
        "without the last": Mistake(
            partial(_reported, snapshots=lambda scores: scores[:, -3:-1]),
            "the last snapshot is missing: a slice ends before its second number, so the last "
            "three are scores[:, -3:]",
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
    given="best moment",
    corners=(_dip_case,),
    small={
        "one seed and three snapshots": partial(_few_scores, seeds=1, snapshots=3),
        "one seed and five snapshots": partial(_few_scores, seeds=1, snapshots=5),
        "two seeds and five snapshots": partial(_few_scores, seeds=2, snapshots=5),
        "four seeds and five snapshots": partial(_few_scores, seeds=4, snapshots=5),
    },
)

EXERCISES = {"07-interval": INTERVAL, "07-seeds": SEEDS, "07-report": REPORT}
