"""Lesson 06, exercise B: do two changes add up?"""

from collections.abc import Callable
from functools import partial
from math import prod

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake


def _of_outputs(*outputs: Tensor) -> Case:
    sizes = zip(("faces", "channels", "rows", "columns"), outputs[0].shape, strict=True)
    return Case(outputs, {}, dict(sizes))


def _outputs_case(draws: torch.Generator, shape: tuple[int, ...] = (4, 3, 5, 5)) -> Case:
    """Outputs of an editor: without a wish, with each of two, with both; either may be smaller.

    On the first face, and in the first channel, the order of the two is the other way round.
    """
    idle, strong, weak, extra = torch.randn(4, *shape, generator=draws, dtype=torch.double)
    reversed_ones = torch.zeros(shape, dtype=torch.bool)
    reversed_ones[0] = reversed_ones[1:-1, 0] = True
    strong = torch.where(reversed_ones, strong / 4, 3 * strong) + 1
    weak = torch.where(reversed_ones, 3 * weak, weak / 4)
    a, b = (strong, weak) if torch.rand((), generator=draws) > 0.5 else (weak, strong)
    return _of_outputs(idle, idle + a, idle + b, idle + a + b + 0.4 * extra + 0.2)


def _odd_outputs(
    draws: torch.Generator,
    level: float = 0.0,
    other: float = 0.3,
    peak: float = 0.0,
    swapped: bool = False,
) -> Case:
    """As above, where another number than the mean change would choose the wrong one.

    Args:
        level: of ``idle``, which the first change takes away.
        other: the second change as a share of the first.
        peak: the second change at one pixel.
        swapped: the second change comes first.
    """
    idle, a, extra = torch.randn(3, 2, 3, 5, 5, generator=draws, dtype=torch.double)
    idle, a = idle + level, a - level
    b = other * a
    b[0, 0, 0, 0] += peak
    a, b = (b, a) if swapped else (a, b)
    return _of_outputs(idle, idle + a, idle + b, idle + a + b + 0.4 * extra - 0.2)


def _few_outputs(draws: torch.Generator, *shape: int) -> Case:
    """Whole numbers, so that the changes can be seen; no change is 0."""
    count = 4 * prod(shape)
    steps = torch.randperm(max(9, count), generator=draws)[:count].view(4, *shape).double()
    return Case(tuple(steps))


def surplus(
    idle: Tensor,
    one: Tensor,
    other: Tensor,
    both: Tensor,
    *,
    start: Callable[[Tensor], Tensor] = lambda idle: idle,
    size: Callable[[Tensor], Tensor] = lambda change: change.abs().mean(),
    rest: Callable[[Tensor, Tensor, Tensor], Tensor] = lambda a, b, ab: ab - a - b,
    unit: Callable[[Tensor, Tensor, Tensor], Tensor] = lambda a, b, ab: torch.minimum(a, b),
) -> Tensor:
    """What two changes together have beyond their sum, over the smaller of the two.

    Args:
        idle, one, other, both: outputs (B, C, h, w) without a wish, with each and with both.
        start, size, rest, unit: its steps; mistakes have others.
    """
    a, b, ab = (output - start(idle) for output in (one, other, both))
    return size(rest(a, b, ab)) / unit(size(a), size(b), size(ab))


def _by_pixel(idle: Tensor, one: Tensor, other: Tensor, both: Tensor) -> Tensor:
    a, b = (one - idle).abs(), (other - idle).abs()
    return ((both - one - other + idle).abs() / torch.minimum(a, b)).mean()


def _smaller_by_pixel(idle: Tensor, one: Tensor, other: Tensor, both: Tensor) -> Tensor:
    a, b = (one - idle).abs(), (other - idle).abs()
    return (both - one - other + idle).abs().mean() / torch.minimum(a, b).mean()


def _over(unit: Callable[[Tensor, Tensor], Tensor]) -> Callable[..., Tensor]:
    """A surplus in another unit, of the two changes (B, C, h, w)."""
    return lambda idle, one, other, both: (
        (both - one - other + idle).abs().mean() / unit(one - idle, other - idle)
    )


def _above(rest: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A surplus with something else above the line, of the four outputs."""
    return lambda idle, one, other, both: (
        rest(idle, one, other, both)
        / torch.minimum((one - idle).abs().mean(), (other - idle).abs().mean())
    )


def _smaller_along(*axes: int) -> Callable[..., Tensor]:
    """The smaller change is chosen for each of some means apart, over these axes."""
    return _over(lambda a, b: torch.minimum(a.abs().mean(dim=axes), b.abs().mean(dim=axes)).mean())


def _chosen(key: Callable[[Tensor], Tensor]) -> Callable[..., Tensor]:
    """The smaller change is chosen by another number."""
    return _over(lambda a, b: (a if key(a) < key(b) else b).abs().mean())


SURPLUS = Exercise(
    surplus,
    _outputs_case,
    {
        "not from idle": Mistake(
            partial(surplus, start=torch.zeros_like),
            "outputs stand where changes are wanted: subtract `idle` from each of the three",
        ),
        "idle forgotten once": Mistake(
            lambda idle, one, other, both: (
                (both - one - other).abs().mean()
                / torch.minimum((one - idle).abs().mean(), (other - idle).abs().mean())
            ),
            "above the line outputs are subtracted: both changes hold `idle` once, so it has to "
            "be subtracted from all three first",
        ),
        "over the joint change": Mistake(
            partial(surplus, unit=lambda a, b, ab: ab),
            "it is divided by the joint change: beside a large change a small one that is wholly "
            "lost would not show. Divide by the smaller single change",
        ),
        "over the smallest of three": Mistake(
            partial(surplus, unit=lambda a, b, ab: torch.stack([a, b, ab]).min()),
            "the joint change is among those that are compared: divide by the smaller *single* "
            "change",
        ),
        "over the larger": Mistake(
            partial(surplus, unit=lambda a, b, ab: torch.maximum(a, b)),
            "it is divided by the larger single change: take the smaller one",
        ),
        "over the sum": Mistake(
            partial(surplus, unit=lambda a, b, ab: a + b),
            "it is divided by the sum of both single changes: take the smaller one alone",
        ),
        "over the mean of both": Mistake(
            partial(surplus, unit=lambda a, b, ab: (a + b) / 2),
            "it is divided by the mean of both single changes: take the smaller one",
        ),
        "over the first": Mistake(
            partial(surplus, unit=lambda a, b, ab: a),
            "it is divided by the change of the first wish: take the smaller of the two",
        ),
        "over the second": Mistake(
            partial(surplus, unit=lambda a, b, ab: b),
            "it is divided by the change of the second wish: take the smaller of the two",
        ),
        "no absolute value": Mistake(
            partial(surplus, size=lambda change: change.mean().abs()),
            "changes up and down cancel in the mean: take absolute values first",
        ),
        "squares": Mistake(
            partial(surplus, size=lambda change: change.square().mean()),
            "squares are averaged: absolute values are wanted",
        ),
        "root of squares": Mistake(
            partial(surplus, size=lambda change: change.square().mean().sqrt()),
            "it is the root of the mean square: the mean of absolute values is wanted",
        ),
        "ratio at each pixel": Mistake(
            _by_pixel,
            "it divides at each pixel, and takes the mean of the ratios: first the means, then "
            "one division",
        ),
        "smaller at each pixel": Mistake(
            _smaller_by_pixel,
            "it takes the smaller change at each pixel: first the two means, then the smaller",
        ),
        "face by face": Mistake(
            lambda *outputs: torch.stack(
                [surplus(*face) for face in zip(*outputs, strict=True)]
            ).mean(),
            "it divides face by face, and takes the mean of the ratios: first the means over all "
            "faces, then one division",
        ),
        "one change alone": Mistake(
            partial(surplus, rest=lambda a, b, ab: ab - a),
            "the change of the second wish is not subtracted: what is left has to be beyond both",
        ),
        "the other change alone": Mistake(
            partial(surplus, rest=lambda a, b, ab: ab - b),
            "the change of the first wish is not subtracted: what is left has to be beyond both",
        ),
        "second change added": Mistake(
            partial(surplus, rest=lambda a, b, ab: ab - a + b),
            "the change of the second wish is added: subtract both single changes",
        ),
        "first change added": Mistake(
            partial(surplus, rest=lambda a, b, ab: ab + a - b),
            "the change of the first wish is added: subtract both single changes",
        ),
        "both changes added": Mistake(
            partial(surplus, rest=lambda a, b, ab: ab + a + b),
            "both single changes are added to the joint one: subtract them",
        ),
        "absolute values first": Mistake(
            partial(surplus, rest=lambda a, b, ab: ab.abs() - a.abs() - b.abs()),
            "absolute values are subtracted: subtract the changes with their signs, and take the "
            "absolute value of what is left",
        ),
        "joint output": Mistake(
            _above(lambda idle, one, other, both: (both - one - other + 2 * idle).abs().mean()),
            "`idle` is subtracted from the single outputs, but not from the joint one",
        ),
        "idle subtracted at the end": Mistake(
            _above(lambda idle, one, other, both: (both - one - other - idle).abs().mean()),
            "above the line `idle` has the wrong sign: from all three outputs `idle` is "
            "subtracted, and the single ones are subtracted in their turn, so it comes back",
        ),
        "signed above": Mistake(
            _above(lambda idle, one, other, both: (both - one - other + idle).mean()),
            "above the line the absolute value is missing: numbers up and down cancel in the mean",
        ),
        "absolute after the mean, above": Mistake(
            _above(lambda idle, one, other, both: (both - one - other + idle).mean().abs()),
            "above the line the absolute value comes after the mean, where up and down have "
            "cancelled: take it first",
        ),
        "signed below": Mistake(
            _over(lambda a, b: torch.minimum(a.mean(), b.mean())),
            "below the line the absolute values are missing: numbers up and down cancel in a mean",
        ),
        "absolute after the mean, below": Mistake(
            _over(lambda a, b: torch.minimum(a.mean(), b.mean()).abs()),
            "below the line the absolute value comes after the mean, where up and down have "
            "cancelled: take it first",
        ),
        "signed": Mistake(
            partial(surplus, size=torch.mean),
            "no absolute value is taken: numbers up and down cancel in a mean",
        ),
        "outputs below": Mistake(
            lambda idle, one, other, both: (
                (both - one - other + idle).abs().mean()
                / torch.minimum(one.abs().mean(), other.abs().mean())
            ),
            "below the line stand outputs: changes are wanted, so subtract `idle` there, too",
        ),
        "not divided": Mistake(
            _over(lambda a, b: torch.ones(())),
            "it is not divided yet: the unit is the smaller single change",
        ),
        "over the sum of the changes": Mistake(
            _over(lambda a, b: (a + b).abs().mean()),
            "it is divided by the size of both changes added: take the smaller one alone",
        ),
        "largest numbers": Mistake(
            partial(surplus, size=lambda change: change.abs().amax()),
            "the largest number of each change is taken: the mean is wanted",
        ),
        "medians": Mistake(
            partial(surplus, size=lambda change: change.abs().median()),
            "medians are taken: means are wanted",
        ),
        "smaller of each face": Mistake(
            _smaller_along(1, 2, 3),
            "it takes the smaller change face by face: first the two means over all faces, then "
            "the smaller of the two",
        ),
        "smaller of each channel": Mistake(
            _smaller_along(0, 2, 3),
            "it takes the smaller change for each colour channel: first the two means over "
            "everything, then the smaller of the two",
        ),
        "smaller of each face and channel": Mistake(
            _smaller_along(2, 3),
            "it takes the smaller change for each face and channel: first the two means over "
            "everything, then the smaller of the two",
        ),
        "smaller by signed mean": Mistake(
            _chosen(torch.mean),
            "it does not always divide by the smaller change: are absolute values taken before "
            "the two are compared?",
        ),
        "sizes compared, signed": Mistake(
            lambda idle, one, other, both: (
                (
                    (both - idle).abs().mean()
                    - (one - idle).abs().mean()
                    - (other - idle).abs().mean()
                )
                / torch.minimum((one - idle).abs().mean(), (other - idle).abs().mean())
            ),
            "only the sizes of the changes are compared: subtract the changes themselves, pixel "
            "by pixel, then take absolute values, and the mean last",
        ),
        "sizes compared": Mistake(
            lambda idle, one, other, both: (
                (
                    (both - idle).abs().mean()
                    - (one - idle).abs().mean()
                    - (other - idle).abs().mean()
                ).abs()
                / torch.minimum((one - idle).abs().mean(), (other - idle).abs().mean())
            ),
            "only the sizes of the changes are compared: subtract the changes themselves, pixel "
            "by pixel, and take the mean last",
        ),
    },
    corners=(
        partial(
            _odd_outputs, other=-1.25, swapped=True
        ),  # together they change less than each alone
        partial(_odd_outputs, level=5.0, other=-0.3, swapped=True),
        partial(_odd_outputs, peak=20.0),
        partial(_odd_outputs, peak=200.0),  # smaller at most pixels, larger in the mean
    ),
    small={
        "one pixel": lambda draws: _few_outputs(draws, 1, 1, 1, 1),
        "two pixels": lambda draws: _few_outputs(draws, 1, 1, 1, 2),
        "two channels": lambda draws: _few_outputs(draws, 1, 2, 1, 1),
        "two faces": lambda draws: _few_outputs(draws, 2, 1, 1, 1),
        "two faces, two channels": lambda draws: _few_outputs(draws, 2, 2, 1, 1),
        "three pixels": lambda draws: _few_outputs(draws, 1, 1, 1, 3),
    },
)

EXERCISES = {"06-surplus": SURPLUS}
