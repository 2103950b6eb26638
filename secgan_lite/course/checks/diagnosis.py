"""Diagnosis of an answer: what went wrong, not only that it did.

An answer that behaves like a mistake, in values *and* in gradients, on every input, has made it. If
it behaves like nothing known, nothing is guessed: the smallest example speaks.
"""

import inspect
import os
from collections.abc import Callable

import torch

from secgan_lite.course.checks.counterexample import (
    influence,
    smallest,
    told,
    wrong_where,
)
from secgan_lite.course.checks.detectors import explain, one_number, targets
from secgan_lite.course.checks.exercise import (
    SEED,
    Case,
    Exercise,
    Output,
    Untouched,
    Verdict,
    call,
    close,
    close_gradients,
    same,
)
from secgan_lite.randomness import stream

CASES = 5


def diagnose(exercise: Exercise, answer: Callable, name: str = "") -> Verdict:
    """Run an answer on fresh cases, beside the reference and beside all that it may be instead."""
    seed = int(os.environ.get(SEED, "0"))

    def cases(count: int = CASES) -> list[Case]:
        return [exercise.draw(stream(seed, f"check/{name}/{i}")) for i in range(count)]

    def run(function: Callable, count: int = CASES) -> list[list[Output]]:
        return [call(function, case) for case in cases(count)]

    try:
        found = run(answer)
    except Untouched:
        return Verdict("not attempted", "not attempted")
    except Exception as error:
        return Verdict("raised", f"it stops with {type(error).__name__}: {error}")
    wanted = run(exercise.reference)
    if any(output.value.is_complex() for output in found[0]):
        return Verdict("dtype", "it is complex; a real number is wanted")
    if _all_same(found, wanted):
        return Verdict("passed", f"passed on {CASES} fresh cases")
    for kind, mistake in exercise.mistakes.items():
        if _all_same(found, run(mistake.answer)):
            return Verdict("not attempted" if kind == exercise.given else kind, mistake.says)
    try:
        again = run(answer)
    except Exception as error:
        return Verdict("raised", f"a second time it stops with {type(error).__name__}: {error}")
    if not _all_same(found, again):
        return Verdict("random", "two calls with equal inputs give different results")
    return _explained(exercise, answer, found, wanted, run, cases(), seed)


def _all_same(found: list[list[Output]], wanted: list[list[Output]]) -> bool:
    return all(same(*pair) for pair in zip(found, wanted, strict=True))


def _explained(exercise, answer, found, wanted, run, cases, seed) -> Verdict:
    """What fits each wrong result; of results that nothing fits, where they are wrong."""
    names = list(inspect.signature(exercise.reference).parameters)[: len(cases[0].arguments)]
    if len(found[0]) != len(wanted[0]):
        return Verdict("shape", f"it returns {_results(found)}; {_results(wanted)} wanted")
    everything = list(targets(exercise, run, names, found[0]))
    verdicts: dict[tuple[str, str], list[int]] = {}
    for k in range(len(wanted[0])):
        mine, theirs = ([case[k] for case in outputs] for outputs in (found, wanted))
        if all(
            close(f.value, w.value) and close_gradients(f, w)
            for f, w in zip(mine, theirs, strict=True)
        ):
            continue
        fits = explain(mine, k, everything, cases) or _unexplained(mine, theirs, cases, names)
        verdicts.setdefault(fits, []).append(k + 1)
    kinds, says = [kind for kind, _ in verdicts], []
    for (_, sentence), results in verdicts.items():
        which = f"result {' and '.join(map(str, results))}: "
        says.append(which + sentence if 1 < len(wanted[0]) != len(results) else sentence)
    if set(kinds) & {"wrong", "entries", "constant", "not finite"}:
        more = _example(exercise, answer, "wrong" in kinds, names, seed)
        kinds += [kind for kind, _ in more]
        says = [*filter(None, says), *(sentence for _, sentence in more)]
    first, *others = says
    return Verdict(" + ".join(kinds), ". ".join([first, *(s[0].upper() + s[1:] for s in others)]))


def _unexplained(mine, theirs, cases, names) -> tuple[str, str]:
    """Of a result that nothing fits, where it is wrong, if that can be said."""
    f, w = ([output.value for output in outputs] for outputs in (mine, theirs))
    if any(a.shape != b.shape for a, b in zip(f, w, strict=True)):
        shapes = f"its shape is {tuple(f[0].shape)}; wanted is {tuple(w[0].shape)}"
        for join in (torch.mean, torch.sum):
            if all(b.dim() == 0 and close(join(a.double()), b) for a, b in zip(f, w, strict=True)):
                return "joined", f"{shapes}: its numbers are right, but not joined into one yet"
        return "shape", shapes
    where = wrong_where(f, w, cases, names)
    if any((a.isfinite() < b.isfinite()).any() for a, b in zip(f, w, strict=True)):
        return "not finite", "it is not finite where a number is wanted" + (where and f": {where}")
    if one_number(mine):
        return "constant", f"it is {f[0].flatten()[0].item():.4g} everywhere, always"
    return ("entries", where) if where else ("wrong", "")


def _example(exercise, answer, nothing_known, names, seed) -> list[tuple[str, str]]:
    """The smallest case that is wrong, and what can be learnt from it."""
    example = smallest(exercise, answer, seed)
    if example is None:
        return []
    here = (
        "" if example.before or not nothing_known else influence(exercise, answer, example, names)
    )
    return [
        *([("influence", here)] if here else []),
        ("size" if example.before else "example", told(example, names)),
    ]


def _results(run: list[list[Output]]) -> str:
    shapes = " and ".join(str(tuple(output.value.shape)) for output in run[0])
    return f"one result of shape {shapes}" if len(run[0]) == 1 else f"results of shapes {shapes}"
