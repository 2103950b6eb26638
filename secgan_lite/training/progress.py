"""What a run says while it runs: plain lines in the terminal, a bar on a notebook's page."""

import os
import sys
import time
from collections import deque
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import torch

from secgan_lite.training.config import TrainConfig

_UNDER_PYTEST = "PYTEST_CURRENT_TEST"  # also in the kernels that nbval starts
_UNDER_A_SERVER = "JPY_SESSION_NAME"  # JupyterLab: its terminal is where nobody looks


def tell(line: str) -> None:
    """Write a line into the terminal from which all this was started, and not on a notebook's page.

    A kernel sends standard error to its page. Where the terminal is, ``sys.stderr.fileno()`` still
    knows; on Windows it is ``sys.__stderr__``. Nothing is written where nobody would look (under
    JupyterLab and pytest), and where there is no terminal.
    """
    if {_UNDER_PYTEST, _UNDER_A_SERVER} & os.environ.keys():
        return
    if sys.stderr is not sys.__stderr__:  # papermill's bar may stand in the line
        width = 0
        with suppress(OSError):
            width = os.get_terminal_size(_terminal()).columns - 1
        line = f"\r{line:{max(width, 0)}}"
    encoding = getattr(sys.__stderr__, "encoding", None) or "utf-8"
    with suppress(OSError):
        os.write(_terminal(), f"{line}\n".encode(encoding, "backslashreplace"))


def _terminal() -> int:
    for stream in filter(None, (sys.stderr, sys.__stderr__)):
        with suppress(AttributeError, OSError, ValueError):  # there is none, or it is no file
            return stream.fileno()
    raise OSError("no terminal")


def say(message: str) -> None:
    """A line to whoever waits for a run: on the page of a notebook as well as in the terminal."""
    print(message, file=sys.stderr)
    if sys.stderr is not sys.__stderr__:
        tell(message)


def duration(seconds: float) -> str:
    """Seconds in words: "48 s", "3 min 20 s", "2 h 05 min", "3 days 4 h"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} day{'s' * (days > 1)} {hours} h"
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


class Clock:
    """Strikes after ``first`` seconds and then every ``then``."""

    def __init__(self, first: float, then: float) -> None:
        self._due, self._then = time.monotonic() + first, then

    def strikes(self) -> bool:
        """Whether the time has come; the next one counts from now."""
        if (now := time.monotonic()) < self._due:
            return False
        self._due = now + self._then
        return True


class Progress(AbstractContextManager):
    """A run's voice: a context, to be told of each iteration, record and checkpoint.

    ``iteration`` is where it begins, ``every`` the seconds between lines.
    """

    def __init__(
        self, config: TrainConfig, folder: Path, iteration: int, device: torch.device, every: float
    ) -> None:
        self._total, self._iteration, self._started = config.iterations, iteration, time.monotonic()
        self._terms: dict[str, str] = {}
        # The first iteration is slow; the last marks give the speed of about a minute.
        self._marks: deque[tuple[float, int]] = deque(maxlen=5)
        self._lines, self._bar_moves, self._bar = Clock(min(4, every), every), Clock(0, 1), _bar()
        where = f"{torch.get_num_threads()} CPU threads" if device.type == "cpu" else str(device)
        after = f" after iteration {iteration:,}" if iteration else ""
        tell(
            f"Training{after}: {config.method} with {config.backbone}, {config.dataset} faces of "
            f"{config.image_size} px, {self._total:,} iterations of {config.batch_size}, on {where}"
        )
        tell(f"Run folder: {folder}")

    def step(self, iteration: int) -> None:
        """An iteration is done."""
        self._iteration = iteration
        if not self._marks:
            self._marks.append((time.monotonic(), iteration))
        elif self._lines.strikes():
            tell("  ".join((self._count, *self._pace(), ", ".join(self._terms.values()))))
            self._marks.append((time.monotonic(), iteration))
        if self._bar_moves.strikes():
            self._show(*self._pace())

    def record(self, record: dict[str, float]) -> None:
        """A record of the log is there; a term that it lacks stays what it was."""
        self._terms |= {n: words.format(record[n]) for n, words in _TERMS.items() if n in record}

    def saved(self) -> None:
        """A checkpoint is written."""
        tell(f"{self._count}  state saved: -p resume True goes on from here")

    def __exit__(self, kind: type | None, *_: object) -> None:
        self._show()  # no speed, no time: what is stored is the same in every run
        took = duration(time.monotonic() - self._started)
        tell(f"{self._count}  {'Stopped' if kind else 'Trained'} after {took}")

    @property
    def _count(self) -> str:
        whole = f"{self._total:,}"
        return f"{self._iteration:{len(whole)},}/{whole}"

    def _pace(self) -> tuple[str, ...]:
        """The speed, and the time left; nothing before there is any."""
        then, first = self._marks[0]
        if not (count := self._iteration - first):
            return ()
        each = (time.monotonic() - then) / count
        left = duration(each * (self._total - self._iteration))
        return (f"{1 / each:.1f} it/s" if each < 1 else f"{each:.1f} s/it"), f"{left} left"

    def _show(self, *pace: str) -> None:
        if self._bar:
            done = 30 * self._iteration // self._total
            parts = (f"{'█' * done}{'░' * (30 - done)}", f"{self._count} iterations", *pace)
            self._bar.update({"text/plain": "  ".join(parts)}, raw=True)


# What a line says of the newest record: terms of the image branch, in words.
_TERMS = {
    "rgb/critic": "critic {:.2f}",
    "rgb/real_accuracy": "D right on real {:.2f}",
    "rgb/fake_accuracy": "on edits {:.2f}",
    "rgb/rec": "error {:.2f}",
    "rgb/change": "change {:.2f}",
    "rgb/sc": "branches differ {:.2f}",
    "judge": "judge accepts {:.0%}",
}


def _bar() -> Any:
    """A line of a notebook's page that can be replaced, if there is a page that somebody reads."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if not hasattr(shell, "kernel") or _UNDER_PYTEST in os.environ:
        return None
    from IPython.display import display

    return display({"text/plain": ""}, raw=True, display_id=True)
