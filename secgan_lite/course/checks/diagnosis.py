"""Diagnosis of an answer: what went wrong, not only that it did.

An answer that behaves like a mistake, in values *and* in gradients, on every input, has made it. If
it behaves like nothing that is known, nothing is guessed: the smallest example speaks.
"""

import inspect
import io
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from functools import cache, cached_property, lru_cache

import torch
from torch import Tensor

from secgan_lite.course.checks.counterexample import (
    influence,
    smallest,
    step_apart,
    told,
    written,
    wrong_where,
)
from secgan_lite.course.checks.detectors import (
    Guess,
    Run,
    Target,
    explain,
    guesses,
    one_number,
    targets,
)
from secgan_lite.course.checks.exercise import (
    SEED,
    Case,
    Exercise,
    NothingBack,
    Output,
    Untouched,
    Verdict,
    call,
    close,
    same,
)
from secgan_lite.support.randomness import stream

CASES = 5
# What is known of results that nothing fits; an example goes with it.
_OPEN = {"wrong", "entries", "constant", "not finite"}
_NO_GRADIENT = (
    ". So nothing was asked for a gradient, or it was cut off, for example by torch.no_grad() "
    "around too much. Where a weight w is wanted, w = w.detach().requires_grad_(True) makes "
    "a fresh one"
)
_IN_PLACE = (
    "no gradient can be computed: `+=`, or another change in place, overwrote a tensor that the "
    "gradient needs. a = a + b makes a new tensor, a += b does not"
)
_Fault = tuple[str, str]  # kind, sentence


class _Bench:
    """The cases of an exercise, and what an answer is compared with: computed once for all answers.

    Args:
        exercise, name: the exercise.
        seed: of its cases.
    """

    def __init__(self, exercise: Exercise, name: str, seed: int) -> None:
        self._exercise, self._name, self._seed = exercise, name, seed
        self.known, self.known_stop = cache(self.run), cache(self.stop)

    def cases(self, count: int = CASES) -> list[Case]:
        """They are drawn anew: an answer may have changed its arguments."""
        return [*self._drawn(count)]

    def _drawn(self, count: int = CASES) -> Iterator[Case]:
        exercise = self._exercise
        corners = exercise.corners
        draw = [exercise.draw] * (CASES - len(corners)) + [*corners]
        streams = (stream(self._seed, f"check/{self._name}/{i}") for i in range(count))
        return (draw[i](each) for i, each in enumerate(streams))

    def run(self, function: Callable, count: int = CASES) -> Run:
        """All outputs of a function on each case."""
        return [call(function, case) for case in self.cases(count)]

    def stop(self, function: Callable) -> tuple[int, str, dict[str, Tensor]]:
        """In which case it stops, what the error says, and the map that each layer had got."""
        for index, case in enumerate(self._drawn()):
            try:
                with redirect_stdout(io.StringIO()):
                    call(function, case)
            except Exception as error:
                return index, str(error), case.steps()
        return 0, "", {}

    @cached_property
    def names(self) -> list[str]:
        """Of the arguments."""
        names = inspect.signature(self._exercise.reference).parameters
        return list(names)[: len(self.cases(1)[0].arguments)]

    @cached_property
    def guesses(self) -> list[Guess]:
        """What nobody is known to have done."""
        return list(guesses(self._exercise, self.known, self.names))


_bench = lru_cache(maxsize=1)(_Bench)  # of the exercise that somebody works on


def diagnose(exercise: Exercise, answer: Callable, name: str = "") -> Verdict:
    """Run an answer on fresh cases, beside the reference and beside all that it may be instead."""
    seed = int(os.environ.get(SEED, "0"))
    bench = _bench(exercise, name, seed)
    run, known, names = bench.run, bench.known, bench.names
    try:
        found = run(answer)
        real = (o for case in found for o in case if not o.value.is_complex())
        _ = [output.gradients for output in real]  # these may fail too
    except Untouched:
        return Verdict("not attempted", "not attempted")
    except Exception as error:
        silent = isinstance(error, NothingBack) and _silent(exercise, bench, answer)
        return silent or _stopped(exercise, bench, answer, error)
    if any(output.value.is_complex() for output in found[0]):
        return Verdict("dtype", "its numbers are complex; real ones are wanted")
    wanted = known(exercise.reference)
    if _all_same(found, wanted):
        if exercise.leaves_behind and (left := _left_in(found, bench.cases(1)[0])):
            return Verdict("gradient left", exercise.leaves_behind.format(left))
        return Verdict("passed", f"passed on {CASES} fresh cases")
    for kind, mistake in exercise.mistakes.items():
        if same(found[0], known(mistake.answer, 1)[0]) and _all_same(found, known(mistake.answer)):
            return Verdict("not attempted" if kind == exercise.given else kind, mistake.says)
    if len(found[0]) != len(wanted[0]):
        kind, more = ("shape", "") if not _in_a_list(found, wanted) else (
            "list", ". Its numbers are right: torch.stack makes one tensor of tensors, "
            "torch.tensor of plain numbers",
        )  # fmt: skip
        if _in_one_tensor(found, wanted):
            more = ". Its numbers are right: return them one by one, with commas between them"
        done = len(bench.cases(1)[0].effects())  # which nobody returns
        got, want = (
            _results([case[: len(case) - done] for case in run]) for run in (found, wanted)
        )
        return Verdict(kind, f"it returns {got}; wanted: {want}{more}")
    with redirect_stdout(io.StringIO()):  # what the answer prints has been seen by now
        if not _all_same(found, _again(run, answer)):
            return Verdict("random", "two calls with equal inputs differ: is something drawn?")
        everything = list(targets(exercise, known, bench.guesses, found[0], wanted))
        cases = bench.cases()
        returned = len(wanted[0]) - len(cases[0].effects())
        everything = list(_not_refuted(everything, found, wanted, returned))
        faults = list(_faults(found, wanted, cases, names, everything))
        unknown = {kind for kind, _ in faults} & _OPEN
        if unknown and not (exercise.uses and unknown == {"constant"}):  # terms not begun yet
            faults += _example(exercise, answer, faults, names, seed)
    first, *others = [*_right(found, wanted, exercise.results), *(s for _, s in faults if s)]
    says = first
    for more in others:
        says += ("" if says.endswith("?") else ".") + f" {more[0].upper()}{more[1:]}"
    return Verdict(" + ".join(kind for kind, _ in faults), _named(says, exercise.results))


def _stopped(exercise: Exercise, bench: _Bench, answer: Callable, error: Exception) -> Verdict:
    """What is known of an answer that stops with an error."""
    called = "TypeError" if isinstance(error, NothingBack) else type(error).__name__
    says = f"it stops with {called}: {error}".rstrip(".")
    index, _, steps = bench.stop(answer)
    way = {name: its.shape for name, its in steps.items()}
    for kind, mistake in exercise.stops.items():
        _, known, others = bench.known_stop(mistake.answer)
        # Maps of the same sizes may meet by another mistake, on another way through the layers.
        if known == str(error) and (
            not others or way == {name: its.shape for name, its in others.items()}
        ):
            return Verdict(kind, f"{says}. {mistake.says}")
    if "modified by an inplace operation" in str(error):
        return Verdict("in place", _IN_PLACE)
    more = _NO_GRADIENT if "does not require grad" in str(error) else ""
    right = bench.cases()[index]
    call(exercise.reference, right)
    step = step_apart(steps, right.steps(), "was not called before it stopped")
    return Verdict("raised", says + more + (step and f". {step[0].upper()}{step[1:]}"))


def _silent(exercise: Exercise, bench: _Bench, answer: Callable) -> Verdict | None:
    """What is known of an answer that gives something in some cases and nothing in others."""
    nothing, something = [], False
    for case, want in zip(bench.cases(), bench.known(exercise.reference), strict=True):
        try:
            with redirect_stdout(io.StringIO()):
                call(answer, case)
            something = True
        except NothingBack:
            nothing.append((case, want))
        except Exception:  # another fault
            return None
    if not nothing or not something:
        return None
    case, want = nothing[0]
    inputs = ", ".join(written(*pair) for pair in zip(case.arguments, bench.names, strict=True))
    inputs = f", for example with {inputs}" if len(inputs) < 600 else ""
    one = f"; {want[0].value.item():.4g} is wanted" if want[0].value.dim() == 0 and inputs else ""
    return Verdict(
        "nothing for some",
        f"for some inputs it ends without a return{inputs}{one}. For others something came back",
    )


def _right(found: Run, wanted: Run, names: Sequence[str]) -> list[str]:
    """Of results that have names, which are right already: one sentence, or none."""
    right = [
        name
        for k, name in enumerate(names)
        if _all_same([case[k : k + 1] for case in found], [case[k : k + 1] for case in wanted])
    ]
    return [f"right already: {', '.join(right)}"] if right else []


def _named(says: str, names: Sequence[str]) -> str:
    """Numbers of results with what the lesson calls them: "result 4 (Eq. 5)"."""

    def name(numbers: re.Match) -> str:
        return re.sub(r"\d+", lambda n: f"{n[0]} ({names[int(n[0]) - 1]})", numbers[0])

    return re.sub(r"\b[Rr]esults? \d+(?: and \d+)*", name, says) if names else says


def _all_same(found: Run, wanted: Run) -> bool:
    return len(found) == len(wanted) and all(map(same, found, wanted))


def _left_in(found: Run, case: Case) -> str:
    """The names of the leaves in which a call has left a gradient, or nothing."""
    calls = [outputs[0].leaves for outputs in found]
    held = [any(leaf.grad is not None for leaf in of) for of in zip(*calls, strict=True)]
    return " and ".join(name for name, some in zip(case.leaves, held, strict=True) if some)


def _in_a_list(found: Run, wanted: Run) -> bool:
    """The numbers, or the rows, of one tensor came back one by one."""
    return len(wanted[0]) == 1 and all(
        len({output.value.shape for output in f}) == 1
        and close(torch.stack([output.value.detach().double() for output in f]), w[0].value)
        for f, w in zip(found, wanted, strict=True)
    )


def _in_one_tensor(found: Run, wanted: Run) -> bool:
    """Several results came back as one tensor of them."""
    return all(
        len(f) == 1
        and len({output.value.shape for output in w}) == 1
        and close(f[0].value, torch.stack([output.value.double() for output in w]))
        for f, w in zip(found, wanted, strict=True)
    )


def _not_refuted(
    everything: list[Target], found: Run, wanted: Run, returned: int
) -> Iterator[Target]:
    """What an answer may compute, seen from what it did.

    Who moved the networks as wanted made no mistake that moves them otherwise, and the reverse.
    Where a mistake moves a network wrongly, who made it moved that network in the same way. Who
    returned what is wanted made no mistake that spoils it, though a network may have moved alike.

    Args:
        returned: how many results are returned; the others are what was done.
    """

    def moved(run: Run, k: int) -> Run:
        return [case[k : k + 1] for case in run]

    def spoils(run: Run) -> bool:
        return not all(_all_same(moved(run, k), moved(wanted, k)) for k in range(returned))

    moves = range(returned, len(wanted[0]))
    well = all(_all_same(moved(found, k), moved(wanted, k)) for k in moves)
    sound = bool(moves) and not spoils(found)
    for target in everything:
        if sound and (target.first or target.guessed) and spoils(target.run):
            continue
        wrong = [k for k in moves if not _all_same(moved(target.run, k), moved(wanted, k))]
        seen = all(_all_same(moved(found, k), moved(target.run, k)) for k in wrong)
        if not (target.first or target.guessed) or not moves or ((not wrong) == well and seen):
            yield target


def _results(run: Run) -> str:
    if len(run[0]) > 4 and not any(output.value.dim() for output in run[0]):
        return f"{len(run[0])} single numbers"
    shapes = [str(tuple(output.value.shape)) for output in run[0]]
    return f"one result of shape {shapes[0]}" if len(shapes) == 1 else (
        f"{len(shapes)} results of shapes {' and '.join(shapes)}"
    )  # fmt: skip


def _again(run: Callable[[Callable], Run], answer: Callable) -> Run:
    try:
        return run(answer)
    except Exception:  # it did not the first time
        return []


def _faults(
    found: Run, wanted: Run, cases: list[Case], names: list[str], everything: list[Target]
) -> Iterator[_Fault]:
    """What is wrong with each result; results with equal faults together."""
    faults: dict[_Fault, list[int]] = {}
    for k in range(len(wanted[0])):
        mine, theirs = ([case[k] for case in run] for run in (found, wanted))
        if not _all_same([[f] for f in mine], [[w] for w in theirs]):
            fault = explain(mine, k, cases, everything) or _unknown(mine, theirs, cases, names)
            faults.setdefault(fault, []).append(k + 1)
    for (kind, says), results in faults.items():
        some = says and len(results) < len(wanted[0])
        which = f"result{'s' * (len(results) > 1)} {' and '.join(map(str, results))}: "
        yield kind, which + says if some else says


def _unknown(
    mine: list[Output], theirs: list[Output], cases: list[Case], names: list[str]
) -> _Fault:
    """Of a result that nothing fits, what can be said all the same."""
    f, w = ([output.value for output in outputs] for outputs in (mine, theirs))
    pairs = list(zip(f, w, strict=True))
    other = next(((a, b) for a, b in pairs if a.shape != b.shape), None)
    if other:
        shapes = "its shape is {}; wanted is {}".format(*(tuple(v.shape) for v in other))
        for join in (torch.mean, torch.sum):
            if all(b.dim() == 0 and close(join(a.double()), b) for a, b in pairs):
                return "joined", f"{shapes}: its numbers are right, but not joined into one yet"
        return "shape", shapes
    where = wrong_where(f, w, cases, names)
    if any((a.isfinite() < b.isfinite()).any() for a, b in pairs):
        return "not finite", "it is not finite where a number is wanted" + (where and f": {where}")
    if one_number(mine):
        return "constant", f"every number in it is {f[0].nan_to_num(0).max().item():.4g}, always"
    return ("entries", where) if where else ("wrong", "")


def _example(
    exercise: Exercise, answer: Callable, faults: list[_Fault], names: list[str], seed: int
) -> list[_Fault]:
    """The smallest case that is wrong, and what can be learnt from it and its like."""
    example = smallest(exercise, answer, seed)
    if example is None:
        return [("unseen", "on small inputs no fault was found")]
    more = []
    if not example.before and {kind for kind, _ in faults} == {"wrong"}:
        here = influence(exercise, answer, example, names)
        more = [("influence", here)] if here else []
    return [*more, ("size" if example.before else "example", told(example, names, exercise.uses))]
