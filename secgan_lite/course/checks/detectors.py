"""Guesses what a wrong answer computes: a known mistake, or the right thing changed in one place.

Each guess is a computation. It is told only if the answer agrees with it on every case: its values
and, where they count, its gradients.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, permutations, product, takewhile

import torch
from torch import Tensor

from secgan_lite.course.checks.changes import ARGUMENTS, LATER, RESULTS, Change, scales
from secgan_lite.course.checks.exercise import (
    Case,
    Exercise,
    Output,
    close,
    close_gradients,
    right,
    same,
)

Run = list[list[Output]]


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
        shifts: a number may also have been added.
    """

    kind: str
    says: str
    run: Run
    base: str = ""
    changes: tuple[tuple[str, Change], ...] = ()
    first: str = ""
    guessed: bool = False
    shifts: bool = True


@dataclass(frozen=True)
class Guess:
    """A computation that may stand behind an answer, though nobody is known to have done it.

    Attributes:
        kind, says, base: as of a ``Target``.
        function: the computation.
        first: its outputs in the first case.
    """

    kind: str
    says: str
    base: str
    function: Callable
    first: list[Output]


def guesses(exercise: Exercise, run: Callable[..., Run], names: list[str]) -> Iterator[Guess]:
    """All guesses that can be computed, from the likeliest on.

    Args:
        run: (function, number of cases) -> its outputs.
        names: of the arguments.
    """
    for kind, says, base, function in _possible(exercise, names):
        try:
            yield Guess(kind, says, base, function, run(function, 1)[0])
        except _IMPOSSIBLE:
            continue


def targets(
    exercise: Exercise,
    run: Callable[..., Run],
    guessed: list[Guess],
    found: list[Output],
    wanted: Run,
) -> Iterator[Target]:
    """All that an answer is compared with, from the likeliest on.

    Args:
        run: (function) -> its outputs in every case.
        guessed: what it may be beside the known mistakes.
        found: what came out in the first case: guesses that fit nothing wrong in it are left out.
        wanted: what the reference gives.
    """
    yield Target("", "", wanted, "the right result", tuple(RESULTS.items()))
    mistakes = [
        Target(
            kind,
            mistake.says,
            run(mistake.answer),
            "" if mistake.alone else "what this mistake gives",
            () if mistake.alone else tuple(LATER.items()),
            f"two things. First, {mistake.says}. Second, ",
            shifts=exercise.shifts,
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
    wrong = [not same([f], [w]) for f, w in zip(found, wanted[0], strict=True)]
    for guess in guessed:
        try:
            first = zip(found, guess.first, wrong, strict=True)
            if guess.base or any(bad and close(f.value, o.value) for f, o, bad in first):
                says, outputs = guess.says, run(guess.function)
                yield Target(guess.kind, says, outputs, guess.base, guessed=True)
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
    return _distinct(outputs) == 1


def _distinct(outputs: list[Output]) -> int:
    """How many numbers occur; NaN counts as 0."""
    flat = torch.cat([output.value.detach().double().flatten() for output in outputs])
    return len(flat.nan_to_num(0.0).unique())


def _and_changed(
    found: list[Output], k: int, everything: list[Target], cases: list[Case]
) -> Iterator[Target]:
    """The targets that have an answer's values, as they are or after one more change.

    Known mistakes come first, then the right result with a change, then what nobody is known to do.
    """
    possible = [t for t in everything if all(k < len(case) for case in t.run)]
    best, guessed = possible[0], [t for t in possible if t.guessed]
    yield from (t for t in possible if not t.guessed and _fits(found, t.run, k))
    wanted = [case[k].value for case in best.run]
    yield from _after_a_change(found, k, best, cases, wanted)
    yield from (t for t in guessed if _fits(found, t.run, k))
    for target in possible[1:]:
        yield from _after_a_change(found, k, target, cases, wanted)


def _fits(found: list[Output], run: Run, k: int) -> bool:
    return all(close(f.value, case[k].value) for f, case in zip(found, run, strict=True))


def _after_a_change(
    found: list[Output], k: int, target: Target, cases: list[Case], wanted: list[Tensor]
) -> Iterator[Target]:
    outputs = [case[k] for case in target.run]
    # Two values are a line of any other two, so the mistake itself must still be seen.
    doubtful = target.first and _distinct(found) <= 2 and _undone(found, outputs, wanted)
    tried = target.base and not doubtful
    factors = scales(found, outputs, cases, target.shifts) if tried else ()
    for text, change in (*factors, *target.changes):
        try:
            changed = (Output(change(o.value), o.leaves) for o in outputs)
            fitting = takewhile(_close, zip(found, changed, strict=True))  # most fail at once
            run = [[output] * (k + 1) for _, output in fitting]
        except _IMPOSSIBLE:
            continue
        if len(run) == len(found):
            kind = f"{target.kind} + changed" if target.kind else "changed"
            yield Target(kind, f"{target.first}it is {text.format(target.base)}", run)


def _close(pair: tuple[Output, Output]) -> bool:
    found, changed = pair
    return close(found.value, changed.value, 1e-4)


def _undone(found: list[Output], mistaken: list[Output], wanted: list[Tensor]) -> bool:
    """Some entry is right that is wrong in a mistake."""
    triples = zip(found, mistaken, wanted, strict=True)
    return any(
        f.value.shape == m.value.shape == w.shape
        and bool((right(f.value, w) & ~right(m.value, w)).any())
        for f, m, w in triples
    )


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
