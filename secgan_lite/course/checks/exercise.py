"""What a checked exercise is, and what a call of an answer gives: values and gradients.

An exercise knows its reference, how to draw fresh inputs, and the mistakes people make, each as
working code with a sentence about it.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, wraps
from math import prod

import numpy as np
import torch
from torch import Tensor

from secgan_lite.support.randomness import stream

STRICT, SEED = "SECGAN_LITE_STRICT", "SECGAN_LITE_CHECK_SEED"


class Todo:
    """What an exercise returns until it is done."""

    def __repr__(self) -> str:
        return "TODO"


TODO = Todo()


class NotPassed(AssertionError):
    """In strict mode: an exercise that is wrong or not attempted."""


class Untouched(Exception):
    """The answer is, or holds, the ``TODO`` that the lesson put there."""


class NothingBack(TypeError):
    """A call of the answer ended without a result."""


@dataclass(frozen=True)
class Case:
    """Fresh inputs of one call.

    Attributes:
        arguments: of the call, in the reference's order.
        leaves: the tensors for which gradients are compared, by name.
        sizes: what a sum or a mean could run over, by name: {"faces": 4}.
        effects: of an answer that changes its arguments: () -> what it did, as further results.
        steps: of an answer that uses given layers: () -> the map that each of them got, by name, in
            the order of the calls. An example then tells the first one that got another map.
    """

    arguments: tuple
    leaves: dict[str, Tensor] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    effects: Callable[[], tuple[Tensor, ...]] = tuple
    steps: Callable[[], dict[str, Tensor]] = dict


Draw = Callable[[torch.Generator], Case]


@dataclass(frozen=True)
class Mistake:
    """A wrong answer, as code, and what to say to those who give it.

    Two answers that are ``functools.partial`` of one function, with different options, are also
    tried together.

    Attributes:
        alone: no further change of what it gives is tried, which takes time.
    """

    answer: Callable
    says: str
    alone: bool = False


@dataclass(frozen=True, eq=False)  # so that results can be kept by exercise
class Exercise:
    """One checked exercise.

    Attributes:
        reference: a right answer; its parameters have the names that the lesson gives them.
        draw: (generator) -> ``Case``; equal generators give equal cases.
        mistakes: by name, each different from the reference and from each other.
        given: the mistake that a debugging exercise starts from: it counts as not attempted.
        corners: draw cases that every answer must bear and that ``draw`` may not give.
        small: draws of small cases, from the smallest on, by what they hold: for counterexamples.
        results: of an answer with several results, what the lesson calls each of them.
        uses: of an answer with several results, from which arguments each of them comes: an example
            shows no others.
        stops: mistakes that stop with an error. Who stops with the same one has made the mistake.
        shifts: whether an answer may be a mistake with a number added. Not where the words of the
            mistakes say what single entries are: these are others then.
        leaves_behind: what to say, with the names of the leaves for ``{}``, if a call that is right
            leaves a gradient in leaves; empty if it may.
        proper: of arguments that must be of a kind, such as log-probabilities, what makes them so
            again after one number was changed.
    """

    reference: Callable
    draw: Draw
    mistakes: Mapping[str, Mistake]
    given: str = ""
    corners: Sequence[Draw] = ()
    small: Mapping[str, Draw] = field(default_factory=dict)
    results: Sequence[str] = ()
    uses: Sequence[str] = ()
    stops: Mapping[str, Mistake] = field(default_factory=dict)
    shifts: bool = True
    leaves_behind: str = ""
    proper: Mapping[str, Callable[[Tensor], Tensor]] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """``kind`` is "passed", "not attempted", names of mistakes, or one of the general faults."""

    kind: str
    says: str


@dataclass(frozen=True)
class Output:
    """One of the values that a call returned, with the leaves that it may depend on."""

    value: Tensor
    leaves: tuple[Tensor, ...] = ()

    @cached_property
    def gradients(self) -> list[Tensor]:
        """Of the value's sum, for each leaf; zeros if there is none, or the answer froze it."""
        free = [leaf for leaf in self.leaves if leaf.requires_grad]
        found = iter(())
        if self.value.requires_grad and free:
            found = iter(
                torch.autograd.grad(self.value.sum(), free, retain_graph=True, allow_unused=True)
            )
        slopes = [next(found, None) if leaf.requires_grad else None for leaf in self.leaves]
        pairs = zip(slopes, self.leaves, strict=True)
        return [torch.zeros_like(leaf) if g is None else g for g, leaf in pairs]


def distinct(shape: tuple[int, ...], draws: torch.Generator) -> Tensor:
    """Numbers of few digits around 0 for small cases, no two of them equal."""
    n = prod(shape)
    several = max(n, 21)
    whole = torch.randperm(several, generator=draws)[:n] - several // 2
    return (whole * round(5 / several, 2)).view(shape)


def call(function: Callable, case: Case) -> list[Output]:
    """What an answer returns and does: an ``Output`` for each element of a tuple and each effect.

    Raises:
        Untouched: it is still to do.
        NothingBack: it returns nothing.
        TypeError: it returns something that is no tensor or number.
    """
    result = function(*case.arguments)
    parts = list(result) if isinstance(result, list | tuple) else [result]
    if any(part is TODO for part in parts):
        raise Untouched
    if result is None:
        raise NothingBack("nothing came back: is a return missing?")
    for k, part in enumerate(parts):
        if part is None:
            raise TypeError(f"result {k + 1} is None; a tensor is wanted")
    parts += case.effects()
    leaves = tuple(case.leaves.values())
    try:
        return [Output(torch.as_tensor(part).to_dense(), leaves) for part in parts]
    except (TypeError, RuntimeError, ValueError) as error:
        kinds = ", ".join(type(part).__name__ for part in parts)
        raise TypeError(f"{kinds} came back; a tensor is wanted") from error


def fitted(answer: Callable, reference: Callable, draw: Draw) -> tuple[Callable, str]:
    """A right answer in the form that the lesson needs, and what had to be done to it.

    Each of its results becomes what the reference gives: a tensor with that type of numbers, or a
    plain number. What it does to its arguments stays inside, unless the reference does it too.

    Returns:
        the answer itself where it fits, with no words; else a function around it, and a sentence if
        its author should know.
    """
    results, changed = [], []
    for function in (answer, reference):
        arguments = draw(stream(0, "fitted")).arguments
        before = _copied(arguments)
        results.append(function(*arguments))
        changed.append([i for i, v in enumerate(arguments) if not _equal(v, before[i])])
    found, wanted = results
    names = [*inspect.signature(reference).parameters]
    spoilt = [f"`{names[i]}`" for i in changed[0] if i not in changed[1]]
    says = []
    if spoilt:
        says.append(
            f"It changes its input {' and '.join(spoilt)} in place: the lesson gives it a copy. "
            "x = x - y makes a new tensor; x -= y and x[i] = y do not"
        )
    if any(isinstance(part, np.ndarray) for part in _parts(found)):
        says.append("It returns a NumPy array: the lesson makes a tensor of it")
    pairs = zip(_parts(found), _parts(wanted), strict=True)
    for k, (f, w) in enumerate(pairs, 1):
        if (
            isinstance(f, Tensor)
            and isinstance(w, Tensor)
            and f.is_floating_point() > (w.is_floating_point() or w.dtype == torch.bool)
        ):
            says.append(
                f"Result {k} should hold integers, which a cross entropy or an index needs: the "
                "lesson makes integers of its decimal numbers"
            )
    if not spoilt and _of_one_form(found, wanted):
        return answer, ""

    @wraps(answer)
    def call(*given: object, **named: object) -> object:
        given = _copied(given) if spoilt else given
        named = {key: _copied(value) for key, value in named.items()} if spoilt else named
        return _in_form(answer(*given, **named), wanted)

    return call, ". ".join(says)


def _copied(value: object) -> object:
    """A tensor, and those in lists and tuples, anew; networks and the like stay what they are."""
    if isinstance(value, list | tuple):
        return type(value)(map(_copied, value))
    return value.clone() if isinstance(value, Tensor) else value


def _equal(value: object, before: object) -> bool:
    if isinstance(value, list | tuple):
        return len(value) == len(before) and all(map(_equal, value, before))
    if not isinstance(value, Tensor):
        return True
    return value.shape == before.shape and bool(right(value, before, 0.0).all())


def _parts(result: object) -> list:
    return list(result) if isinstance(result, list | tuple) else [result]


def _of_one_form(found: object, wanted: object) -> bool:
    """Two results agree in what each of their parts is: a tensor of which numbers, or a number."""
    return type(found) is type(wanted) and all(
        isinstance(f, type(w)) and getattr(f, "dtype", None) == getattr(w, "dtype", None)
        for f, w in zip(_parts(found), _parts(wanted), strict=True)
    )


def _in_form(found: object, wanted: object) -> object:
    """A right result as a result of the reference's form."""
    if isinstance(wanted, list | tuple):
        return type(wanted)(map(_in_form, _parts(found), wanted))
    (found,) = _parts(found)  # a comma behind a result makes a tuple of it
    if isinstance(wanted, Tensor):
        return torch.as_tensor(found).to(wanted.dtype)
    return type(wanted)(found)


def right(found: Tensor, wanted: Tensor, rtol: float = 1e-3) -> Tensor:
    """Where two tensors of one shape agree, but for rounding: of a quantile from a table, say.

    Numbers that came out near 0 may be as far off as rounding puts the largest one.
    """
    found, wanted = found.detach().double(), wanted.detach().double()
    largest = wanted.nan_to_num(0.0, 0.0, 0.0).abs().max().item() if wanted.numel() else 0.0
    return torch.isclose(found, wanted, rtol, 1e-6 + rtol / 5 * largest, equal_nan=True)


def close(found: Tensor, wanted: Tensor, rtol: float = 1e-3) -> bool:
    """Two tensors have one shape and agree everywhere."""
    if found.dtype == wanted.dtype and torch.equal(found, wanted):  # most often, and seen at once
        return True
    return found.shape == wanted.shape and bool(right(found, wanted, rtol).all())


def close_gradients(found: Output, wanted: Output) -> bool:
    """The gradients of two outputs agree for every leaf."""
    return all(close(*pair) for pair in zip(found.gradients, wanted.gradients, strict=True))


def same(found: list[Output], wanted: list[Output]) -> bool:
    """Two calls agree in number, values and gradients."""
    return len(found) == len(wanted) and all(
        close(f.value, w.value) and close_gradients(f, w)
        for f, w in zip(found, wanted, strict=True)
    )
