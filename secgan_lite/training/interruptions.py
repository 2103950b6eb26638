"""What stops a run before its end, so that it loses nothing: signals, and too little memory."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any
from unittest.mock import ANY

import torch

from secgan_lite.training.config import TrainConfig

# A terminal, a scheduler, a closed connection; the last is unknown to Windows.
SIGNALS = tuple(getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, n))


class TrainingStopped(KeyboardInterrupt):
    """A run stopped because a signal asked for it; its state is saved."""

    def __init__(self, message: str, number: int) -> None:
        super().__init__(message)
        self.signal = number


class OutOfMemory(RuntimeError):
    """The device, or the machine, has too little memory for a run."""


class StopRequests:
    """Signals that came, and whether the parent of a notebook's kernel is gone.

    Attributes:
        signals: their numbers.
    """

    def __init__(self) -> None:
        self.signals: list[int] = []
        parent = os.getppid()
        of_a_kernel = os.environ.get("JPY_PARENT_PID") == str(parent)
        self._parent = parent if of_a_kernel else None

    def __bool__(self) -> bool:
        if self._parent not in (None, os.getppid()):
            self.signals.append(signal.SIGTERM)  # of which papermill says nothing to its kernel
            self._parent = None
        return bool(self.signals)


@contextmanager
def stop_requests() -> Iterator[StopRequests]:
    """Inside, SIGINT, SIGTERM and SIGHUP do not end the process: they are noted.

    Any number and order of them leaves time to save; only the third SIGINT interrupts at once.
    Under ``nohup`` SIGHUP stays ignored. The handlers from before return at the end. Outside of the
    main thread, where Python installs no handler, no signal is noted.
    """
    requests = StopRequests()
    if threading.current_thread() is not threading.main_thread():
        yield requests
        return

    def note(number: int, frame: FrameType | None) -> None:
        requests.signals.append(number)
        if requests.signals.count(signal.SIGINT) == 3:
            signal.signal(signal.SIGINT, before[signal.SIGINT])
            signal.raise_signal(signal.SIGINT)

    # A handler that was not installed from Python is None, and can't be installed again.
    before = {number: signal.getsignal(number) or signal.SIG_DFL for number in SIGNALS}
    if hasattr(signal, "SIGHUP") and before[signal.SIGHUP] is signal.SIG_IGN:
        del before[signal.SIGHUP]
    with _kernel_outlives_its_parent():
        for number in before:
            signal.signal(number, note)
        try:
            yield requests
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def _kernel_outlives_its_parent() -> Iterator[None]:
    """Inside, a notebook's kernel whose parent is gone lives on; else it has a second at most.

    Its thread for that compares the parent with the one that it knows. ``StopRequests`` looks as
    well, and after the block the thread ends an orphan, as it would have.
    """
    watchers: list[Any] = [
        t for t in threading.enumerate() if type(t).__name__ == "ParentPollerUnix"
    ]
    known = [watcher.parent_pid for watcher in watchers]
    for watcher in watchers:
        watcher.parent_pid = ANY  # equal to whatever the parent is
    try:
        yield
    finally:
        for watcher, parent in zip(watchers, known, strict=True):
            watcher.parent_pid = parent


@contextmanager
def memory_explained(config: TrainConfig) -> Iterator[None]:
    """Errors of PyTorch and NumPy about memory become OutOfMemory, which says what helps."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        known = isinstance(error, MemoryError | torch.OutOfMemoryError)
        text = str(error).lower()
        if not known and "out of memory" not in text and "you tried to allocate" not in text:
            raise
        raise OutOfMemory(
            f"Out of memory with batch_size={config.batch_size}, image_size={config.image_size} "
            f"and width={config.width} on device={config.device!r} ({error}). If another program "
            "holds the memory, close it and continue with -p resume True: the last checkpoint is "
            "whole. Otherwise start a run with a smaller batch_size."
        ) from error
