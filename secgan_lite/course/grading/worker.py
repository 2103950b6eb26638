"""The process that runs one submission: it sends a verdict on each exercise as soon as it has one.

What a notebook prints counts for nothing, and its checks do nothing here. The answer is taken from
the notebook's names by this module, and diagnosed by the course's own functions. If the notebook
changed one of those, nothing counts from there on.

A message is a line of JSON that begins with a word which the parent chose, so that a notebook
which finds the connection has to find the word too.
"""

import builtins
import json
import os
import sys
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import torch
from IPython.core.interactiveshell import InteractiveShell
from torch.nn import functional

from secgan_lite import course
from secgan_lite.course import figures, lesson, tables  # noqa: F401  imported once, before the fork
from secgan_lite.course.checks import EXERCISES, SEED, diagnose
from secgan_lite.course.checks.exercise import Exercise
from secgan_lite.course.grading import sandbox
from secgan_lite.course.grading.program import Step


def work(
    connection: Connection,
    word: str,
    steps: list[Step],
    folder: str,
    hidden: list[Path],
    limits: sandbox.Limits,
    seed: int,
) -> None:
    """Run steps in a sandbox and send what comes of them.

    Messages are {"at": index of a step that begins}, {"exercise", "kind", "says"}, a ``Verdict`` on
    it, and at the end {"done": True}.

    Args:
        connection: where to; closed at the end.
        word: at the beginning of each message.
        folder, hidden, limits: of the sandbox.
        seed: of the checks' cases.
    """
    if hasattr(os, "setsid"):
        os.setsid()  # so that all processes of this notebook can be ended together
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    torch.set_num_threads(1)
    os.environ[SEED] = str(seed)

    def send(**message: object) -> None:
        connection.send_bytes((word + json.dumps(message)).encode())

    course.check = _unchecked
    sandbox.enter(Path(folder), hidden, limits)
    shell = InteractiveShell.instance()
    shell.showtraceback = shell.showsyntaxerror = lambda *_, **__: None  # nobody reads it
    judge = _Judge(shell.user_ns, limits)
    for index, step in enumerate(steps):
        send(at=index)
        for variable in step.exercises.values():
            shell.user_ns.pop(variable, None)
        result = shell.run_cell(step.source)
        error = result.error_before_exec or result.error_in_exec
        for exercise, variable in step.exercises.items():
            kind, says = judge.verdict(exercise, variable, step.number, error)
            send(exercise=exercise, kind=kind, says=says)
    send(done=True)
    connection.close()
    os._exit(0)  # nothing that the notebook left behind runs


def _unchecked(name: str, answer: Callable) -> Callable:
    """In place of ``check`` in a notebook: hands the answer on."""
    return answer


class _Judge:
    """Diagnoses answers with what the course's functions were before a student's code ran."""

    def __init__(self, namespace: dict, limits: sandbox.Limits) -> None:
        self._namespace, self._limits = namespace, limits
        self._diagnose, self._same = diagnose, _changed
        self._exercises: dict[str, Exercise] = dict(EXERCISES)
        self._references = {name: e.reference for name, e in EXERCISES.items()}
        self._before = dict(_functions())

    def verdict(
        self, exercise: str, variable: str, number: int, error: BaseException | None
    ) -> tuple[str, str]:
        """Kind and words; afterwards the name holds a right answer, so that the lesson goes on."""
        answer = self._namespace.get(variable)
        kind, says = self._of(exercise, answer, number, error)
        if kind != "passed":
            self._namespace[variable] = self._references[exercise]
        return kind, says[:2000]

    def _of(
        self, exercise: str, answer: object, number: int, error: BaseException | None
    ) -> tuple[str, str]:
        if changed := self._same(self._before):
            return "not counted", f"the notebook changed {changed}, which the check uses"
        if not number:
            return "missing", "its cell is not in the notebook"
        if answer is None and error:
            return "stopped", f"stopped in cell {number}: {self._named(error)}"
        if answer is None:
            return "missing", f"cell {number} does not define it"
        reference = self._references[exercise]
        if answer is reference or getattr(answer, "__code__", 0) is reference.__code__:
            return "not counted", "it is the reference itself, not an answer"
        try:
            found = self._diagnose(self._exercises[exercise], answer, exercise)
        except BaseException as raised:  # SystemExit of an answer, say
            return "stopped", f"stopped in cell {number}: {self._named(raised)}"
        if "can't allocate memory" in found.says or "MemoryError" in found.says:
            return "stopped", f"stopped in cell {number}: {self._named(MemoryError())}"
        kind = {"passed": "passed", "not attempted": "open"}.get(found.kind, "wrong")
        return kind, "not attempted" if kind == "open" else found.says

    def _named(self, error: BaseException) -> str:
        text = " ".join(str(error).split())
        if isinstance(error, MemoryError) or "can't allocate memory" in text:
            return f"needed more than {self._limits.memory / 2**30:g} GB"
        return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _functions() -> Iterator[tuple[tuple[str, str], tuple]]:
    """Everything that can be called in the modules and classes that a check uses, by place."""
    places: dict[str, dict] = {
        "builtins": vars(builtins),
        # PyTorch itself wraps manual_seed when it makes the first optimiser.
        "torch": {name: value for name, value in vars(torch).items() if name != "manual_seed"},
        "torch.nn.functional": vars(functional),
        "torch.autograd": vars(torch.autograd),
        "torch.Tensor": dict(vars(torch.Tensor)),
    }
    for name, module in list(sys.modules.items()):
        if name.startswith("secgan_lite.") and module:
            places[name] = vars(module)
            for value in vars(module).values():
                if isinstance(value, type) and value.__module__ == name:
                    places[f"{name}.{value.__qualname__}"] = dict(vars(value))
    for place, names in places.items():
        for name, value in list(names.items()):
            if callable(value):
                yield (place, name), (value, getattr(value, "__code__", None))
    for name, exercise in EXERCISES.items():
        yield ("the exercise", name), tuple(vars(exercise).values())


def _changed(before: dict) -> str:
    """The first place where something is no longer what it was, or ""."""
    now = dict(_functions())
    for place, values in before.items():
        found = now.get(place, ())
        if len(found) != len(values) or any(a is not b for a, b in zip(found, values, strict=True)):
            return " ".join(place) if place[0] == "the exercise" else ".".join(place)
    return ""
