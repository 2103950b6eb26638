"""Run one submission to its end, in processes of its own, whatever it does.

If an answer takes too long, needs too much memory or ends the process, only this answer is lost:
all others are run again without it.
"""

import json
import os
import secrets
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from secgan_lite.course.grading.program import Step
from secgan_lite.course.grading.sandbox import Limits

# A fork of one process that has imported everything, where there are forks.
_FORKS = "forkserver" in get_all_start_methods()
CONTEXT = get_context("forkserver" if _FORKS else "spawn")
WORKER = "secgan_lite.course.grading.worker"


@dataclass(frozen=True)
class Verdict:
    """On one answer.

    ``kind`` is "passed", "open", "wrong", "stopped", "missing" or "not counted".
    """

    kind: str
    says: str


@dataclass(frozen=True)
class Outcome:
    """Verdicts by exercise, and what else has to be said of the notebook, "" if nothing."""

    verdicts: dict[str, Verdict]
    remark: str = ""


def attempt(steps: list[Step], hidden: Sequence[Path], limits: Limits, seed: int) -> Outcome:
    """Run a program: a verdict for each of its exercises.

    Args:
        hidden: files and folders that it must not read.
        limits: of each run.
        seed: of the checks' cases.
    """
    lost: dict[str, Verdict] = {}
    remarks: list[str] = []
    while True:
        verdicts, broken, at = _run(steps, hidden, limits, seed)
        culprit = steps[at]
        if broken:
            remarks.append(f"{broken} in cell {culprit.number}" if culprit.number else broken)
        if not broken or not culprit.students or not culprit.source:
            break
        lost |= {name: Verdict("stopped", remarks[-1]) for name in culprit.exercises}
        steps = [replace(s, source="", number=0) if s is culprit else s for s in steps]
    never = Verdict("stopped", remarks[-1] if remarks else "it was not reached")
    asked = [name for step in steps for name in step.exercises]
    found = {name: lost.get(name) or verdicts.get(name, never) for name in asked}
    stops = (v.says for v in found.values() if v.kind in ("stopped", "not counted"))
    return Outcome(found, "; ".join(dict.fromkeys([*remarks, *stops])))


def _run(
    steps: list[Step], hidden: Sequence[Path], limits: Limits, seed: int
) -> tuple[dict[str, Verdict], str, int]:
    """Run steps once: verdicts, what ended the process before its time, and at which step."""
    word = secrets.token_hex(16)
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        receiver, sender = CONTEXT.Pipe(duplex=False)
        job = (sender, word, steps, folder, [*hidden], limits, seed)
        process = CONTEXT.Process(target=_work, args=job, daemon=True)
        process.start()
        sender.close()
        try:
            return _watch(process, receiver, word, limits)
        finally:
            _end(process)
            receiver.close()


def _work(*job: object) -> None:
    from secgan_lite.course.grading.worker import work  # PyTorch and all: in the other process

    work(*job)


def _watch(
    process: BaseProcess, receiver: Connection, word: str, limits: Limits
) -> tuple[dict[str, Verdict], str, int]:
    verdicts: dict[str, Verdict] = {}
    at, done, until = 0, False, time.monotonic() + limits.seconds
    while True:
        try:
            if receiver.poll(0.05):
                message = _message(receiver.recv_bytes(2**20), word)
                at, done = message.pop("at", at), message.pop("done", False)
                if name := message.pop("exercise", ""):
                    verdicts[name] = Verdict(**message)
                continue
        except (EOFError, OSError):
            process.join(5)
            return verdicts, "" if done else _ended(process.exitcode), at
        if time.monotonic() > until:
            return verdicts, f"ran longer than {limits.seconds:g} s", at
        if _memory(process.pid) > limits.memory:
            return verdicts, f"needed more than {limits.memory / 2**30:g} GB", at


def _message(content: bytes, word: str) -> dict:
    """What a worker says; {} if it is somebody else."""
    text = content.decode(errors="replace")
    return json.loads(text.removeprefix(word)) if text.startswith(word) else {}


def _ended(code: int | None) -> str:
    if code is not None and code < 0:
        with suppress(ValueError):
            return f"its process was ended by {signal.Signals(-code).name}"
    return f"its process ended itself with status {code}"


def _memory(pid: int) -> int:
    """Bytes in RAM of a process and all that it started."""
    with suppress(psutil.Error):
        first = psutil.Process(pid)
        return sum(each.memory_info().rss for each in (first, *first.children(recursive=True)))
    return 0


def _end(process: BaseProcess) -> None:
    """End a process and its group."""
    with suppress(psutil.Error):
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()
