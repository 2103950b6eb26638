"""Checks of exercises that diagnose: what went wrong, not only that it did.

An exercise knows its reference, how to draw fresh inputs, and the mistakes people make, each as
working code with a sentence about it. An answer that behaves like a mistake, in values *and* in
gradients, on every input, has made it. So a missing detach is told from a wrong sign.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from secgan_lite.support.randomness import stream

STRICT, SEED = "SECGAN_LITE_STRICT", "SECGAN_LITE_CHECK_SEED"
CASES = 5


class Todo:
    """What an exercise returns until it is done."""

    def __repr__(self) -> str:
        return "TODO"


TODO = Todo()


class NotPassed(AssertionError):
    """In strict mode: an exercise that is wrong or not attempted."""


@dataclass(frozen=True)
class Case:
    """Fresh inputs of one call, and the tensors for which gradients are compared, by name."""

    arguments: tuple
    leaves: dict[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True)
class Mistake:
    """A wrong answer, as code, and what to say to those who give it."""

    answer: Callable
    says: str


@dataclass(frozen=True)
class Exercise:
    """One checked exercise.

    Attributes:
        reference: a right answer.
        draw: (generator) -> ``Case``; equal generators give equal cases.
        mistakes: by name, each different from the reference and from each other.
        given: the mistake that a debugging exercise starts from: it counts as not attempted.
    """

    reference: Callable
    draw: Callable[[torch.Generator], Case]
    mistakes: Mapping[str, Mistake]
    given: str = ""


@dataclass(frozen=True)
class Verdict:
    """``kind`` is "passed", "not attempted", a mistake's name, or one of the general faults."""

    kind: str
    says: str


@dataclass(frozen=True)
class _Outcome:
    """What one call returned: values, and the gradient of each for every leaf (zeros if none)."""

    values: list[Tensor]
    gradients: list[list[Tensor]]


def diagnose(exercise: Exercise, answer: Callable, name: str = "") -> Verdict:
    """Run an answer on fresh cases, beside the reference and beside every known mistake."""
    seed = int(os.environ.get(SEED, "0"))

    def outcomes(function: Callable) -> list[_Outcome]:
        cases = (exercise.draw(stream(seed, f"check/{name}/{i}")) for i in range(CASES))
        return [_call(function, case) for case in cases]

    try:
        found = outcomes(answer)
    except _Untouched:
        return Verdict("not attempted", "not attempted")
    except Exception as error:
        return Verdict("raised", f"it stops with {type(error).__name__}: {error}")
    wanted = outcomes(exercise.reference)
    if _same(found, wanted):
        return Verdict("passed", f"passed on {CASES} fresh cases")
    for kind, mistake in exercise.mistakes.items():
        if _same(found, outcomes(mistake.answer)):
            untouched = kind == exercise.given
            return Verdict("not attempted" if untouched else kind, mistake.says)
    return _general(found, wanted, exercise)


class _Untouched(Exception):
    """The answer is, or holds, the ``TODO`` that the lesson put there."""


def _call(function: Callable, case: Case) -> _Outcome:
    result = function(*case.arguments)
    parts = list(result) if isinstance(result, list | tuple) else [result]
    if any(part is TODO for part in parts):
        raise _Untouched
    if any(part is None for part in parts):
        raise TypeError("nothing came back: is a return missing?")
    values = [torch.as_tensor(part) for part in parts]
    leaves = list(case.leaves.values())
    gradients = []
    for value in values:
        found = [None] * len(leaves)
        if value.requires_grad and leaves:
            found = torch.autograd.grad(value.sum(), leaves, retain_graph=True, allow_unused=True)
        pairs = zip(found, leaves, strict=True)
        gradients.append([torch.zeros_like(leaf) if g is None else g for g, leaf in pairs])
    return _Outcome([value.detach() for value in values], gradients)


def _right(found: Tensor, wanted: Tensor) -> Tensor:
    """Where two tensors of one shape agree, but for rounding: of a quantile from a table, say.

    Numbers that came out near 0 may be as far off as rounding puts the largest one.
    """
    found, wanted = found.double(), wanted.double()
    largest = wanted.nan_to_num(0.0, 0.0, 0.0).abs().max().item() if wanted.numel() else 0.0
    return torch.isclose(found, wanted, rtol=1e-3, atol=1e-6 + 2e-4 * largest, equal_nan=True)


def _close(a: Tensor, b: Tensor) -> bool:
    return a.shape == b.shape and bool(_right(a, b).all())


def _all_close(a: list[Tensor], b: list[Tensor]) -> bool:
    return len(a) == len(b) and all(_close(*pair) for pair in zip(a, b, strict=True))


def _same(found: list[_Outcome], wanted: list[_Outcome]) -> bool:
    return all(
        _all_close(f.values, w.values)
        and all(_all_close(*pair) for pair in zip(f.gradients, w.gradients, strict=True))
        for f, w in zip(found, wanted, strict=True)
    )


def _general(found: list[_Outcome], wanted: list[_Outcome], exercise: Exercise) -> Verdict:
    """A verdict for a mistake that nobody has named: shape first, then value, then gradient."""
    for f, w in zip(found, wanted, strict=True):
        got, want = ([tuple(v.shape) for v in o.values] for o in (f, w))
        if got != want:
            return Verdict("shape", f"it returns shapes {got}; wanted are {want}")
        pairs = zip(f.values, w.values, strict=True)
        if not all((value.isfinite() | ~right.isfinite()).all() for value, right in pairs):
            return Verdict("not finite", "it is not finite where a number is wanted")
    ratios = {_ratio(f, w) for f, w in zip(found, wanted, strict=True)}
    if len(ratios) == 1 and None not in ratios and ratios != {1.0}:
        return Verdict("scale", f"it is {ratios.pop():g} times the right value, always")
    for f, w in zip(found, wanted, strict=True):
        for number, (v, x) in enumerate(zip(f.values, w.values, strict=True)):
            if not _close(v, x):
                where = f" in result {number + 1}" if len(w.values) > 1 else ""
                return Verdict("value", f"a value{where} is wrong: {_told_apart(v, x)}")
    return Verdict(
        "gradient",
        "the value is right and its gradient is wrong, with respect to "
        + _wrong_leaves(found, wanted, exercise),
    )


def _wrong_leaves(found: list[_Outcome], wanted: list[_Outcome], exercise: Exercise) -> str:
    names = list(exercise.draw(stream(0, "names")).leaves)
    wrong = {
        name
        for f, w in zip(found, wanted, strict=True)
        for mine, theirs in zip(f.gradients, w.gradients, strict=True)
        for name, g, h in zip(names, mine, theirs, strict=True)
        if not _close(g, h)
    }
    return " and ".join(name for name in names if name in wrong)


def _ratio(found: _Outcome, wanted: _Outcome) -> float | None:
    """The one factor between two numbers, to three digits; None if there is none."""
    f, w = found.values[0].double().flatten(), wanted.values[0].double().flatten()
    if len(found.values) > 1 or len(f) > 1 or not w.all():
        return None
    return float(f"{float(f / w):.3g}")


def _told_apart(found: Tensor, wanted: Tensor) -> str:
    """The first place where two tensors of one shape differ, with the digits that show it."""
    place = tuple((~_right(found, wanted)).nonzero()[0].tolist())
    pair = found[place].item(), wanted[place].item()
    texts = ([f"{number:.{digits}g}" for number in pair] for digits in range(4, 18))
    one, other = next(texts for texts in texts if texts[0] != texts[1])
    at = f"at {list(place)}, " if place else ""
    return f"{at}{one}, not {other}"
