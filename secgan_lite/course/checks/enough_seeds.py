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
    alike: bool = False,
) -> Case:
    """Differences (n,) of a pilot study, in points, and the half width that is wanted.

    Args:
        share: of the spread that the half width is, from and to.
        even: the spread is 1.3, so that an answer with the variance comes to an end soon, and some
            differences are below 0.
        alike: the first two differences nearly agree, though the others do not.
    """
    n = seeds or int(torch.randint(3, 7, (), generator=draws))
    differences = torch.randn(n, generator=draws, dtype=torch.double)
    if even:
        differences = 0.3 + 1.3 * (differences - differences.mean()) / differences.std()
    elif seeds:
        # To be read, and far from equal: when one difference is changed, to see whether it counts,
        # an answer that counts seed by seed must still come to an end.
        differences = (4 * torch.arange(n) + differences).round(decimals=1)
    else:
        differences = 2 + 2 * differences
    if alike:
        differences[1] = differences[0] + 0.1
    low, high = share
    width = low + (high - low) * torch.rand((), generator=draws, dtype=torch.double)
    return Case((differences, round(float(width * differences.std()), 3)), {}, {"seeds": n})


def _border(n: int, times: float) -> tuple[float, float]:
    """The half width that n seeds reach, as a share of the spread, times a number near 1."""
    return (times * student(n) / math.sqrt(n),) * 2


_many_runs = partial(_planned_case, seeds=7, share=(1.65, 1.9))  # four seeds suffice
_two_suffice = partial(_planned_case, seeds=6, share=(9.5, 12.0))
_nine = partial(_planned_case, seeds=5, share=_border(8, 0.997))  # eight are not quite enough
_five = partial(_planned_case, seeds=6, share=_border(5, 1.005), alike=True)  # just enough
_far = partial(
    _planned_case, seeds=6, share=(0.165, 0.18), even=True
)  # over 100: close quantiles differ


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


def _at_once(
    differences: Tensor,
    half: float,
    *,
    quantile: Callable[[int], float],
    whole: Callable[[float], int] = math.ceil,
) -> int:
    """The fewest seeds by a formula for n, with a quantile that knows only the pilot's n."""
    return whole((quantile(len(differences)) * float(differences.std()) / half) ** 2)


def _once_more(differences: Tensor, half: float) -> int:
    """The formula with 1.96, and once more with Student's quantile for what it gave."""
    planned = max(2, _at_once(differences, half, quantile=lambda n: 1.96))
    return max(2, _at_once(differences, half, quantile=lambda n: student(planned)))


def _swinging(differences: Tensor, half: float) -> int:
    """The formula again and again, each time with Student's quantile for the n before."""
    n = max(2, _at_once(differences, half, quantile=lambda n: 1.96))
    for _ in range(50):
        n = max(2, _at_once(differences, half, quantile=lambda pilot, n=n: student(n)))
    return n


def _of_the_first(differences: Tensor, half: float) -> int:
    """n seeds have the spread of the pilot's first n."""
    n = 2
    while student(n) * float(differences[:n].std()) / math.sqrt(n) > half:
        n += 1
    return n


def _in_proportion(differences: Tensor, half: float) -> int:
    """The pilot's n times by how much its interval is too wide."""
    n = len(differences)
    return math.ceil(n * student(n) * float(differences.std()) / math.sqrt(n) / half)


def _doubled(differences: Tensor, half: float, n: int = 2) -> int:
    while student(n) * float(differences.std()) / math.sqrt(n) > half:
        n *= 2
    return n


def _alone(differences: Tensor, half: float) -> int:
    """One seed, too, with the normal quantile."""
    return 1 if 1.96 * float(differences.std()) <= half else seeds_needed(differences, half)


def _with(says: str, **steps: Callable) -> Mistake:
    """The loop over n with other steps."""
    return Mistake(partial(seeds_needed, **steps), says)


def _after(says: str, change: Callable[[int, int], int]) -> Mistake:
    """The right number, changed: (number, that of the pilot) -> number."""
    return Mistake(lambda d, half: change(seeds_needed(d, half), len(d)), says)


_ROUNDED = (
    "2 is the normal quantile, rounded, and presumes that the spread is known. Student's quantile, "
    "`student(n)`, is larger"
)
_NO_N = "a formula for n needs a quantile without n. Student's has one: let n grow from 2 on"
_INSIDE = "It falls with the number that you plan: `student(n)` inside the loop"
_SUBTRACTS = "`student` takes how many numbers there are, and subtracts 1 itself"
_TODAYS_LESS = (
    f"the quantile is that of one number less than the runs at hand. {_SUBTRACTS}. {_INSIDE}"
)
_STEPS = "Let n grow from 2 on, one by one, and stop at the first that is enough"
_DEVIATION = "The spread in the interval is `differences.std()`"

SEEDS = Exercise(
    seeds_needed,
    _planned_case,
    {
        "normal quantile": _with(
            "1.96 presumes that the spread is known. Student's quantile, `student(n)`, asks for a "
            "few seeds more",
            quantile=lambda n, d: 1.96,
        ),
        "standard error": _with(
            "this is one standard error to each side: the quantile is missing",
            quantile=lambda n, d: 1,
        ),
        "rounded quantile": _with(_ROUNDED, quantile=lambda n, d: 2.0),
        "normal, at once": Mistake(
            partial(_at_once, quantile=lambda n: 1.96),
            f"1.96 presumes that the spread is known, and {_NO_N}",
        ),
        "normal, nearest": Mistake(
            partial(_at_once, quantile=lambda n: 1.96, whole=round),
            "this is the nearest whole number to a formula with 1.96. It may be too few; 1.96 "
            f"presumes that the spread is known, and {_NO_N}",
        ),
        "normal, down": Mistake(
            partial(_at_once, quantile=lambda n: 1.96, whole=math.floor),
            "this rounds a formula with 1.96 down, so it is too few; 1.96 presumes that the spread "
            f"is known, and {_NO_N}",
        ),
        "rounded, at once": Mistake(
            partial(_at_once, quantile=lambda n: 2.0), f"{_ROUNDED}, and {_NO_N}"
        ),
        "today's, at once": Mistake(
            partial(_at_once, quantile=student),
            f"the quantile is that of the runs at hand. {_INSIDE}",
        ),
        "once more": Mistake(
            _once_more,
            "a formula gives n by 1.96, and once more by the quantile of that n. The new n has "
            f"another quantile again. {_STEPS}",
        ),
        "swinging": Mistake(
            _swinging,
            "it behaves like a formula for n that is used again and again, each time with the "
            f"quantile of the n before. That may swing for ever. {_STEPS}",
        ),
        "spread of the first": Mistake(
            _of_the_first,
            "it takes the spread of the pilot's first n differences. All of them together say most "
            "about the spread, however many seeds you plan: differences.std()",
        ),
        "Student's, one end": _with(
            "5 % are left beyond *one* end here. Both ends together leave 5 %: student(n)",
            quantile=lambda n, d: student(n, 0.1),
        ),
        "level halved": _with(
            "the level was halved. `student` counts both ends already: student(n)",
            quantile=lambda n, d: student(n, 0.025),
        ),
        "99 %": _with(
            "this plans a 99 % interval; the 95 % interval is wanted: student(n)",
            quantile=lambda n, d: student(n, 0.01),
        ),
        "strangers' quantile": _with(
            "2n − 2 degrees of freedom belong to two independent samples. n differences leave "
            "n − 1: student(n)",
            quantile=lambda n, d: student(2 * n - 1),
        ),
        "strangers' freedom": _with(
            "the quantile is that of 2n − 2 numbers here. n differences are n numbers, and "
            f"{_SUBTRACTS}: student(n)",
            quantile=lambda n, d: student(2 * n - 2),
        ),
        "strangers": _with(
            "this plans two independent samples. `differences` are those of pairs: their own "
            "deviation and n − 1 degrees of freedom",
            spread=lambda d: math.sqrt(2) * d.std(),
            quantile=lambda n, d: student(2 * n - 1),
        ),
        "root of two": _with(
            "the spread is √2 times too large. `differences` are differences already: "
            "differences.std()",
            spread=lambda d: math.sqrt(2) * d.std(),
        ),
        "a seed more": _with(
            "the quantile is that of one number more: `student` takes how many numbers there are",
            quantile=lambda n, d: student(n + 1),
        ),
        "root of n − 1": _with(
            "n − 1 is in the deviation already. A mean of n numbers is √n times surer than one",
            root=lambda n: math.sqrt(n - 1),
        ),
        "root of n + 1": _with(
            "n seeds have the quantile of n here, and the root of n + 1. Both take n",
            root=lambda n: math.sqrt(n + 1),
        ),
        "power": _with(
            "this plans to *find* a gain in 80 % of studies. Here only the interval's width is "
            "wanted, by Student's quantile",
            quantile=lambda n, d: 1.96 + 0.84,
        ),
        "one end alone": _with(
            "1.645 leaves 5 % beyond *one* end, and presumes that the spread is known. "
            "`student(n)` does neither",
            quantile=lambda n, d: 1.645,
        ),
        "quantile of three": _with(
            f"4.30 is the quantile for three seeds. {_INSIDE}",
            quantile=lambda n, d: student(3),
        ),
        "divided by n": _with(
            "the error of a mean falls with √n, not with n",
            root=lambda n: n,
        ),
        "today's freedom": Mistake(
            lambda d, half: max(2, _at_once(d, half, quantile=lambda n: student(n - 1))),
            _TODAYS_LESS,
        ),
        "today's freedom, at once": Mistake(
            partial(_at_once, quantile=lambda n: student(n - 1)),
            _TODAYS_LESS,
        ),
        "in proportion": Mistake(
            _in_proportion,
            "it takes the width of today's interval for inversely proportional to n. It falls with "
            f"the root of n, and the quantile falls, too. {_STEPS}",
        ),
        "today's quantile": _with(
            f"the quantile is that of the runs at hand. {_INSIDE}",
            quantile=lambda n, d: student(len(d)),
        ),
        "divided twice": _with(
            "the spread was divided by the root of the number of runs at hand. What stays as n "
            "grows is the deviation of *one* difference",
            spread=lambda d: d.std() / math.sqrt(len(d)),
        ),
        "whole width": _with(
            "the whole interval is held below the bound: half of it is asked for",
            wanted=lambda half: half / 2,
        ),
        "twice the width": _with(
            "half of the interval may be twice as wide as it should",
            wanted=lambda half: 2 * half,
        ),
        "too sure": _with(
            "the deviation divides by n. The mean was fitted to the same numbers: n − 1",
            spread=lambda d: d.std(correction=0),
        ),
        "variance": _with(
            "the variance stands where the deviation is wanted: its root is missing",
            spread=Tensor.var,
        ),
        "range": _with(
            f"largest minus smallest difference stands for the spread. {_DEVIATION}",
            spread=lambda d: d.max() - d.min(),
        ),
        "about 0": _with(
            f"the spread is that around 0, so the gain itself widens it. {_DEVIATION}",
            spread=lambda d: d.square().mean().sqrt(),
        ),
        "sizes": _with(
            f"the differences have lost their signs. {_DEVIATION}",
            spread=lambda d: d.abs().std(),
        ),
        "a seed less": _with(
            f"the quantile is that of one number less. {_SUBTRACTS}",
            quantile=lambda n, d: student(max(n - 1, 2)),
        ),
        "freedom for numbers": _with(
            f"the quantile is that of one number less. {_SUBTRACTS}",
            quantile=lambda n, d: student(n - 1),  # of one number it is infinite
        ),
        "to the mean": Mistake(
            lambda d, half: seeds_needed(d, abs(float(d.mean()))),
            "it asks that the interval does not reach 0. Here its half must not exceed `half`",
        ),
        "one too few": _after(
            "this is the last number that is *not* enough", lambda n, pilot: n - 1
        ),
        "one too few, from 2": _after(
            "where more than two are needed, this is the last number that is *not* enough",
            lambda n, pilot: max(2, n - 1),
        ),
        "one too many": _after("one seed less is enough already", lambda n, pilot: n + 1),
        "from 3 on": _after(
            "where two suffice, it gives 3: let n start at 2", lambda n, _: max(3, n)
        ),
        "from 4 on": _after(
            "where fewer suffice, it gives 4: let n start at 2", lambda n, _: max(4, n)
        ),
        "from 1 on": Mistake(
            _alone,
            "where the spread is small it gives 1. One number has no deviation, so no interval: "
            "let n start at 2",
        ),
        "from the pilot on": _after(
            "where fewer suffice, it gives the number of runs at hand: let n start at 2", max
        ),
        "still to add": _after(
            "the seeds of the pilot are not counted. Return how many seeds the study has in all",
            lambda n, pilot: n - pilot,
        ),
        "still to add, or none": _after(
            "the seeds of the pilot are not counted. Return how many seeds the study has in all",
            lambda n, pilot: max(0, n - pilot),
        ),
        "pilot added": _after(
            "the seeds of the pilot are counted twice: n has them already",
            lambda n, pilot: n + pilot,
        ),
        "doubled": Mistake(
            _doubled, f"n is doubled until it is enough: that skips numbers. {_STEPS}"
        ),
    },
    small={
        "two seeds": partial(_planned_case, seeds=2),
        "three seeds": partial(_planned_case, seeds=3),
        "more seeds than are needed": _many_runs,
        "a wide interval that suffices": partial(_planned_case, seeds=3, share=(9.5, 12.0)),
        "a narrow interval wanted": partial(_planned_case, seeds=3, share=(0.165, 0.18)),
    },
    corners=(_two_suffice, _nine, _five, _far),
    shifts=False,  # one loop over n is often another one and 1 more
)

EXERCISES = {"07-seeds": SEEDS}
