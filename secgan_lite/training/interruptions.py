"""What stops a run before its end, so that it loses nothing: signals, and too little memory."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from secgan_lite.training.config import TrainConfig


class TrainingStopped(KeyboardInterrupt):
    """A run stopped because SIGINT or SIGTERM asked for it; its state is saved."""

    def __init__(self, message: str, number: int) -> None:
        super().__init__(message)
        self.signal = number


class OutOfMemory(RuntimeError):
    """The device, or the machine, has too little memory for a run."""


@contextmanager
def stop_requests() -> Iterator[list[int]]:
    """Inside, SIGINT and SIGTERM do not end the process: their numbers join the list.

    A second SIGINT interrupts at once. The handlers from before return at the end. Outside of the
    main thread, where Python installs no handler, the list stays empty.
    """
    requests: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield requests
        return

    def note(number: int, _: object) -> None:
        requests.append(number)
        signal.signal(signal.SIGINT, before[signal.SIGINT])

    # A handler that was not installed from Python is None, and can't be installed again.
    before = {n: signal.getsignal(n) or signal.SIG_DFL for n in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, note)
    try:
        yield requests
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
