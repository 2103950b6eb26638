"""Where computation runs, and how memory is kept there."""

import ctypes
import sys
from contextlib import suppress

import torch
from torch import Tensor
from torch.nn import functional as F

_LIMITED = ("mps",)  # Apple's GPUs: no double precision, no antialiasing like that of others


def pick_device(name: str = "auto") -> torch.device:
    """The device named, or the fastest there is; ValueError if this machine lacks it."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next((device for device, present in there.items() if present), "cpu")
    if not there.get(name, name == "cpu"):
        raise ValueError(f"device={name!r} is not available here: use 'auto' or 'cpu'.")
    return torch.device(name)


def exact(numbers: Tensor) -> Tensor:
    """The same numbers in double precision, for sums: on their device, or on the CPU if need be."""
    return (numbers.cpu() if numbers.device.type in _LIMITED else numbers).double()


def resized(x: Tensor, side: int) -> Tensor:
    """Images (B, C, h, h) at another size, the same on every device: bilinear, antialiased."""
    if x.shape[-1] == side:
        return x
    if x.shape[-1] > side and x.device.type in _LIMITED:
        return resized(x.cpu(), side).to(x.device)
    return F.interpolate(x, side, mode="bilinear", antialias=x.shape[-1] > side)


def keep_freed_memory() -> None:
    """Have this process keep the memory that it frees, where the C library is glibc.

    Every iteration asks for the same large tensors. By default they go back to the system, and come
    again as pages that it has to clear: at 128 px that is a third of an iteration's time.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library
            mallopt = ctypes.CDLL(None).mallopt
            for option, value in _KEEP.items():
                mallopt(option, value)


_KEEP = {-4: 0, -1: 2**31 - 1, -2: 2**28}  # M_MMAP_MAX, M_TRIM_THRESHOLD, M_TOP_PAD of malloc.h
