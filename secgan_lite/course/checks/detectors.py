"""Guesses what a wrong answer computes: a known mistake, or the right thing changed in one place.

Each guess is a computation. It is told only if the answer agrees with it on every case: its values
and, where they count, its gradients.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, permutations, product
from math import prod

import torch
from torch import Tensor
from torch.nn import functional as F

from secgan_lite.course.checks.exercise import Case, Exercise, Output, close, close_gradients

Run = list[list[Output]]
_Change = Callable[[Tensor], Tensor]


def _largest(v: Tensor) -> Tensor:
    return F.one_hot(v.argmax(1), v.shape[1]).movedim(-1, 1)


# What may be done to any result, right or wrong. The functions raise where an axis is missing.
LATER: dict[str, _Change] = {
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
RESULTS: dict[str, _Change] = {
    "only the diagonal of {}": torch.diagonal,
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
ARGUMENTS: dict[str, _Change] = {
    "−{}": torch.neg,
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
_IMPOSSIBLE = (RuntimeError, TypeError, IndexError, ValueError, AttributeError, ArithmeticError)


@dataclass(frozen=True)
class Target:
    """Something that an answer may compute.

    Attributes:
        kind: the verdict's, empty for the right result.
        says: what is wrong then.
        run: all outputs of each case.
        base: how a further change calls it; empty if none is tried.
        changes: what is tried.
        first: what to say before a further change.
        guessed: nobody is known to have done this.
    """

    kind: str
    says: str
    run: Run
    base: str = ""
    changes: tuple[tuple[str, _Change], ...] = ()
    first: str = ""
    guessed: bool = False


def targets(
    exercise: Exercise,
    run: Callable[..., Run],
    names: list[str],
    found: list[Output],
    wanted: Run,
) -> Iterator[Target]:
    """All that an answer is compared with, from the likeliest on.

    Args:
        run: (function, number of cases) -> its outputs.
        names: of the arguments.
        found: what came out in the first case: guesses that fit none of it are left out.
        wanted: what the reference gives.
    """
    yield Target("", "", wanted, "the right result", tuple(RESULTS.items()))
    mistakes = [
        Target(
            kind,
            mistake.says,
            run(mistake.answer),
            "what this mistake gives",
            tuple(LATER.items()),
            f"two things. First, {mistake.says}. Second, ",
        )
        for kind, mistake in exercise.mistakes.items()
    ]
    about_one = [target for target in mistakes if _wrong_results(target.run, wanted) == 1]
    yield from about_one
    if len(wanted[0]) > 1:
        for k in range(len(wanted[0])):
            moved = [[case[k]] * len(case) for case in wanted]
            yield Target("order", f"this is what result {k + 1} should be", moved)
    yield from (target for target in mistakes if target not in about_one)
    for kind, says, base, function in _possible(exercise, names):
        try:
            first = run(function, 1)[0]
            if base or any(close(f.value, o.value) for f, o in zip(found, first, strict=True)):
                yield Target(kind, says, run(function), base, guessed=True)
        except _IMPOSSIBLE:
            continue


def _wrong_results(run: Run, wanted: Run) -> int:
    """How many results a mistake spoils."""
    return sum(
        not all(close(r[k].value, w[k].value) for r, w in zip(run, wanted, strict=True))
        for k in range(len(wanted[0]))
        if all(k < len(case) for case in run)
    )


def _possible(exercise: Exercise, names: list[str]) -> Iterator[tuple[str, str, str, Callable]]:
    """Arguments returned, two mistakes at once, the right computation of other arguments."""

    def of(choose: Callable[[list], list]) -> Callable:
        return lambda *arguments: exercise.reference(*choose(list(arguments)))

    for i, name in enumerate(names):
        yield "argument", f"it returns `{name}` as it is", f"`{name}`", lambda *a, i=i: a[i]
    for (k, a), (n, b) in combinations(exercise.mistakes.items(), 2):
        f, g = a.answer, b.answer
        both = isinstance(f, partial) and isinstance(g, partial) and f.func is g.func
        if both and not f.keywords.keys() & g.keywords.keys():
            says = f"two things. First, {a.says}. Second, {b.says}"
            yield f"{k} + {n}", says, "", partial(f.func, **f.keywords, **g.keywords)
    for i, j in combinations(range(len(names)), 2):
        says = f"it behaves as if `{names[i]}` and `{names[j]}` were exchanged"
        yield "exchanged arguments", says, "", of(partial(_placed, {i: j, j: i}))
    for i, j in permutations(range(len(names)), 2):
        says = f"it behaves as if `{names[j]}` stood where `{names[i]}` should stand"
        yield "wrong argument", says, "", of(partial(_placed, {i: j}))
    for i, (text, change) in product(range(len(names)), ARGUMENTS.items()):
        says = f"it behaves as if it had got {text.format(f'`{names[i]}`')}"
        yield "changed argument", says, "", of(partial(_changed, i, change))


def _placed(places: dict[int, int], arguments: list) -> list:
    """Arguments in other places, if they are of one kind."""
    for i, j in places.items():
        pair = arguments[i], arguments[j]
        if not all(map(callable, pair)) and len({(v.dtype, v.shape) for v in pair}) > 1:
            raise TypeError
    return [arguments[places.get(i, i)] for i in range(len(arguments))]


def _changed(i: int, change: Callable, arguments: list) -> list:
    """One argument changed; numbers are taken for tensors."""
    old = arguments[i] if isinstance(arguments[i], list) else torch.as_tensor(arguments[i])
    new = change(old)
    if isinstance(old, Tensor) and old.dtype != new.dtype:
        raise TypeError
    return [*arguments[:i], new, *arguments[i + 1 :]]


def explain(
    found: list[Output], k: int, cases: list[Case], everything: list[Target]
) -> tuple[str, str] | None:
    """What one output of all cases is, as (kind, says); None if nothing fits.

    What fits in values and gradients comes before what fits in values alone.
    """
    if one_number(found):  # much would fit
        everything = [replace(t, base="", changes=()) for t in everything if not t.guessed]
    half = None
    for target in _and_changed(found, k, everything, cases):
        pairs = list(zip(found, (case[k] for case in target.run), strict=True))
        if all(close_gradients(*pair) for pair in pairs):
            return target.kind, target.says
        half = half or (target, pairs)
    if half is None:
        return None
    target, pairs = half
    kind = f"{target.kind} + gradient" if target.kind else "gradient"
    first = f"{target.says}. Beside that, " if target.says else "the value is right, but "
    return kind, first + _wrong_gradient(pairs, list(cases[0].leaves))


def one_number(outputs: list[Output]) -> bool:
    """Every entry in every case is the same, or NaN."""
    flat = torch.cat([output.value.detach().double().flatten() for output in outputs])
    return len(flat.nan_to_num(0.0).unique()) == 1


def _and_changed(
    found: list[Output], k: int, everything: list[Target], cases: list[Case]
) -> Iterator[Target]:
    """The targets that have an answer's values, as they are or after one more change.

    Known mistakes come first, then the right result with a change, then what nobody is known to do.
    """
    possible = [t for t in everything if all(k < len(case) for case in t.run)]
    right, guessed = possible[0], [t for t in possible if t.guessed]
    yield from (t for t in possible if not t.guessed and _fits(found, t.run, k))
    yield from _after_a_change(found, k, right, cases)
    yield from (t for t in guessed if _fits(found, t.run, k))
    for target in possible[1:]:
        yield from _after_a_change(found, k, target, cases)


def _fits(found: list[Output], run: Run, k: int, rtol: float = 1e-3) -> bool:
    return all(close(f.value, case[k].value, rtol) for f, case in zip(found, run, strict=True))


def _after_a_change(
    found: list[Output], k: int, target: Target, cases: list[Case]
) -> Iterator[Target]:
    outputs = [case[k] for case in target.run]
    scales = _scales(found, outputs, cases) if target.base else ()
    for text, change in (*scales, *target.changes):
        try:
            run = [[Output(change(o.value), o.leaves)] * (k + 1) for o in outputs]
        except _IMPOSSIBLE:
            continue
        if _fits(found, run, k, 1e-4):
            kind = f"{target.kind} + changed" if target.kind else "changed"
            yield Target(kind, f"{target.first}it is {text.format(target.base)}", run)


def _line(times: float, more: float, value: Tensor) -> Tensor:
    return times * value + more


def _scales(
    found: list[Output], outputs: list[Output], cases: list[Case]
) -> Iterator[tuple[str, _Change]]:
    """Factors that lead from outputs to those found, with words for them."""
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
    for text, times, more in (
        ("1 minus {}", -1, 1),
        ("2 times {}, minus 1", 2, -1),
        ("1 more than {}", 1, 1),
        ("1 less than {}", 1, -1),
    ):
        yield text, partial(_line, times, more)
    v, o = (torch.cat(parts) for parts in zip(*pairs, strict=True))
    if len(v) > 20 and o.std() > 0:
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
        return f"{{}} divided by {down}: is it a mean where a sum is wanted?"
    return f"{{}} multiplied by {up} and divided by {down}"


def _wrong_gradient(pairs: list[tuple[Output, Output]], names: list[str]) -> str:
    """For which leaves the gradients differ, and how."""
    says = []
    for i, name in enumerate(names):
        both = [(f.gradients[i], w.gradients[i]) for f, w in pairs]
        if all(close(f, w) for f, w in both):
            continue
        if not any(f.any() for f, _ in both):
            says.append(
                f"no gradient reaches {name}: something on the way is detached, under no_grad, "
                "made a plain number, or goes through a step without a derivative"
            )
        elif not any(w.any() for _, w in both):
            says.append(f"its gradient reaches {name} and should not: a detach is missing")
        else:
            says.append(f"its gradient with respect to {name} is wrong")
    return "; ".join(says)
