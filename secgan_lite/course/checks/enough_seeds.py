"""Lesson 07's exercise B: how many seeds an interval of a wanted width needs."""

import math
from bisect import bisect_left
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake
from secgan_lite.evaluation.bootstrap import student


def _planned_case(
    draws: torch.Generator,
    seeds: int = 0,
    share: tuple[float, float] = (0.35, 1.1),
    even: bool = False,
) -> Case:
    """Differences (n,) of a pilot study, in points, and the half width that is wanted.

    Args:
        share: of the spread that the half width is, from and to.
        even: the spread is 1.3, so that an answer with the variance comes to an end soon.
    """
    n = seeds or int(torch.randint(3, 7, (), generator=draws))
    differences = torch.randn(n, generator=draws, dtype=torch.double)
    if even:
        differences = 2 + 1.3 * (differences - differences.mean()) / differences.std()
    elif seeds:
        # To be read, and far from equal: when one difference is changed, to see whether it counts,
        # an answer that counts seed by seed must still come to an end.
        differences = (4 * torch.arange(n) + differences).round(decimals=1)
    else:
        differences = 2 + 2 * differences
    low, high = share
    width = low + (high - low) * torch.rand((), generator=draws, dtype=torch.double)
    return Case((differences, round(float(width * differences.std()), 3)), {}, {"seeds": n})


_many_runs = partial(_planned_case, seeds=7, share=(1.65, 1.9))  # four seeds suffice
_two_suffice = partial(_planned_case, seeds=6, share=(9.5, 12.0))
_nearly = 0.995 * student(8) / math.sqrt(8)  # eight are not quite enough, of the spread
_just = 1.005 * student(8) / math.sqrt(8)  # eight are just enough
_nine = partial(_planned_case, seeds=5, share=(_nearly, _nearly))
_eight = partial(_planned_case, seeds=6, share=(_just, _just))
_far = partial(
    _planned_case, seeds=6, share=(0.19, 0.21), even=True
)  # about 100: close quantiles differ


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
        "Student's, one end": Mistake(
            partial(seeds_needed, quantile=lambda n, d: student(n, 0.1)),
            "5 % are left beyond *one* end here. Both ends together leave 5 %: student(n)",
        ),
        "level halved": Mistake(
            partial(seeds_needed, quantile=lambda n, d: student(n, 0.025)),
            "the level was halved. `student` counts both ends already: student(n)",
        ),
        "99 %": Mistake(
            partial(seeds_needed, quantile=lambda n, d: student(n, 0.01)),
            "this plans a 99 % interval; the 95 % interval is wanted: student(n)",
        ),
        "strangers' quantile": Mistake(
            partial(seeds_needed, quantile=lambda n, d: student(2 * n - 1)),
            "2n − 2 degrees of freedom belong to two independent samples. n differences leave "
            "n − 1: student(n)",
        ),
        "strangers": Mistake(
            partial(
                seeds_needed,
                spread=lambda d: math.sqrt(2) * d.std(),
                quantile=lambda n, d: student(2 * n - 1),
            ),
            "this plans two independent samples. `differences` are those of pairs: their own "
            "deviation and n − 1 degrees of freedom",
        ),
        "a seed more": Mistake(
            partial(seeds_needed, quantile=lambda n, d: student(n + 1)),
            "the quantile is that of one number more: `student` takes how many numbers there are",
        ),
        "root of n − 1": Mistake(
            partial(seeds_needed, root=lambda n: math.sqrt(n - 1)),
            "n − 1 is in the deviation already. A mean of n numbers is √n times surer than one",
        ),
        "power": Mistake(
            partial(seeds_needed, quantile=lambda n, d: 1.96 + 0.84),
            "this plans to *find* a gain in 80 % of studies. Here only the interval's width is "
            "wanted, by Student's quantile",
        ),
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
    corners=(_two_suffice, _nine, _eight, _far),
)

EXERCISES = {"07-seeds": SEEDS}
