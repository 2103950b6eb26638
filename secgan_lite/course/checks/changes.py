"""What may have been done to a result, or to an argument before it: in words, and as functions."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import permutations, product
from math import prod

import torch
from torch import Tensor
from torch.nn import functional as F

from secgan_lite.course.checks.exercise import Case, Output

Change = Callable[[Tensor], Tensor]


def _largest(v: Tensor) -> Tensor:
    return F.one_hot(v.argmax(1), v.shape[1]).movedim(-1, 1)


def _diagonal(v: Tensor) -> Tensor:
    if v.shape[0] != v.shape[1]:  # else a result of another shape may be one by chance
        raise IndexError(f"{tuple(v.shape)} is not square")
    return v.diagonal()


# What may be done to any result, right or wrong. The functions raise where an axis is missing.
LATER: dict[str, Change] = {
    "only the diagonal of {}": _diagonal,
    "the square root of {}": torch.sqrt,
    "the square of {}": torch.square,
    "1 divided by {}": torch.reciprocal,
    "the logarithm of {}": torch.log,
    "the exponential of {}": torch.exp,
    "the number of the largest entry of {}, an arg-max": lambda v: v.argmax(1),
    "one-hot, an arg-max of {}": _largest,
    "the softmax of {}": lambda v: v.softmax(1),
    "the log-softmax of {}": lambda v: v.log_softmax(1),
    "{} with its first two axes exchanged": lambda v: v.transpose(0, 1),
    "{} with its last two axes exchanged": lambda v: v.transpose(-1, -2),
    "{} with axis 1 moved to the end": lambda v: v.movedim(1, -1),
    "{} with an axis too many": lambda v: v[None],
    "only the sum of {} over axis 0": lambda v: v.sum(0),
    "only the sum of {} over axis 1": lambda v: v.sum(1),
    "only the sum of all of {}": torch.sum,
    "only the mean of {} over axis 0": lambda v: v.mean(0),
    "only the mean of {} over axis 1": lambda v: v.mean(1),
    "only the mean of all of {}": torch.nanmean,
}
# What may be done to the right result, beside that.
RESULTS: dict[str, Change] = {
    **LATER,
    "{} without its fractions": torch.trunc,
    "the absolute value of {}": torch.abs,
    "{} with 0 for all that is below 0": lambda v: v.clamp(min=0),
    "{} with 0 for all that is above 0": lambda v: v.clamp(max=0),
    "only whether {} is 0 or not": lambda v: v != 0,
    "{} in reversed order": lambda v: v.flip(0),
    "{} with its columns in reversed order": lambda v: v.flip(-1),
    "{} shifted by one place on axis 1": lambda v: v.roll(1, 1),
    "{} shifted back by one place on axis 1": lambda v: v.roll(-1, 1),
    "only the first of {}": lambda v: v[0],
    "only the first of {}, with its axis": lambda v: v[:1],
    **{
        f"the entries {list(order)} of {{}}, in this order": lambda v, o=order: v[list(o)]
        for n in (2, 3, 4)
        for order in permutations(range(n))
    },
}
# What may be done to an argument before the right thing is computed; some fit lists as well.
ARGUMENTS: dict[str, Change] = {
    "−{}": torch.neg,
    "{} + 1": lambda v: v + 1,
    "{} − 1": lambda v: v - 1,
    "1 − {}": lambda v: ~v if v.dtype == torch.bool else 1 - v,
    "the sigmoid of {}": torch.sigmoid,
    "the softmax of {}": lambda v: v.softmax(1),
    "the log-softmax of {}": lambda v: v.log_softmax(1),
    "the absolute value of {}": torch.abs,
    "2·{} − 1": lambda v: 2 * v - 1,
    "0 in place of {}": torch.zeros_like,
    "1 in place of {}": torch.ones_like,
    "½ in place of {}": lambda v: torch.full_like(v, 0.5),
    "only what is above 0 in {}": lambda v: v.clamp(min=0),
    "only what is below 0 in {}": lambda v: v.clamp(max=0),
    "{} with its first two axes exchanged": lambda v: v.transpose(0, 1),
    "{} with its last two axes exchanged": lambda v: v.transpose(-1, -2),
    "{} in reversed order": lambda v: v[::-1] if isinstance(v, list) else v.flip(0),
    "{} without its first element": lambda v: v[1:],
    "{} without its last element": lambda v: v[:-1],
    "the first element of {} for all": lambda v: [v[0] for _ in v],
}


def _line(times: float, more: float, value: Tensor) -> Tensor:
    return times * value + more


_SHIFTED = (
    ("1 minus {}", -1, 1),
    ("2 times {}, minus 1", 2, -1),
    ("1 more than {}", 1, 1),
    ("1 less than {}", 1, -1),
)


def scales(
    found: list[Output], outputs: list[Output], cases: list[Case], shifted: bool = True
) -> Iterator[tuple[str, Change]]:
    """Factors that lead from outputs to those found, with words for them.

    Args:
        shifted: also try a factor and then a number that is added.
    """
    pairs = [
        tuple(output.value.detach().double().flatten() for output in pair)
        for pair in zip(found, outputs, strict=True)
    ]
    if any(v.shape != o.shape for v, o in pairs):
        return
    pairs = [(v[ok], o[ok]) for v, o in pairs if (ok := v.isfinite() & o.isfinite()).any()]
    factors = [float((v @ o) / (o @ o)) for v, o in pairs if o.any()]
    if not factors:
        return
    one = round(factors[0], 4) if abs(factors[0]) > 0.5 else factors[0]
    yield (
        "{} with the opposite sign" if one == -1 else f"{one:.4g} times {{}}",
        partial(_line, one, 0),
    )
    for text, times, more in _SHIFTED if shifted else ():
        yield text, partial(_line, times, more)
    v, o = (torch.cat(parts) for parts in zip(*pairs, strict=True))
    if shifted and len(v) > 20 and o.std() > 0:
        slope = float(torch.stack([v, o]).cov()[0, 1] / o.var())
        rest = float(v.mean() - slope * o.mean())
        text = f"{slope:.4g} times {{}}, plus {rest:.4g}"
        yield text, partial(_line, slope, rest)
    names = list(cases[0].sizes)
    powers = sorted(product((0, 1, -1), repeat=len(names)), key=lambda p: sum(map(abs, p)))
    for power in powers[1:]:
        by_case = iter(
            [prod(n**p for n, p in zip(case.sizes.values(), power, strict=True)) for case in cases]
        )
        yield _size_words(names, power), lambda value, by_case=by_case: value * next(by_case)


def _size_words(names: list[str], powers: tuple[int, ...]) -> str:
    up, down = (
        " and by ".join(f"the number of {n}" for n, p in zip(names, powers, strict=True) if p == s)
        for s in (1, -1)
    )
    if not down:
        return f"{{}} multiplied by {up}: is it a sum where a mean is wanted?"
    if not up:
        return f"{{}} divided by {down}: is a mean taken where none is wanted, or twice?"
    return f"{{}} multiplied by {up} and divided by {down}"
