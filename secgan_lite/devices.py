"""Where computation runs, what of the machine is ours, and how memory is kept there."""

import ctypes
import math
import os
import sys
from contextlib import suppress
from pathlib import Path

import psutil
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


def cores(groups: Path = Path("/sys/fs/cgroup")) -> int:
    """CPU cores that this process may use: by affinity, and by a container's quota of time.

    Args:
        groups: where Linux tells the limits of control groups, version 2 or 1.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    for share, period in (
        _numbers(groups / "cpu.max"),
        (*_numbers(groups / "cpu/cpu.cfs_quota_us"), *_numbers(groups / "cpu/cpu.cfs_period_us")),
    ):
        if 0 < share < math.inf:
            allowed = min(allowed, math.ceil(share / period))
    return allowed


def free_memory(groups: Path = Path("/sys/fs/cgroup")) -> float:
    """Bytes that this process may still take: the machine's, or what a container has left."""
    free = float(psutil.virtual_memory().available)
    for limit, used in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        (limit,), (used,) = _numbers(groups / limit), _numbers(groups / used)
        if limit < math.inf:
            free = min(free, limit - used)
    return free


def _numbers(file: Path) -> list[float]:
    """The numbers in a file of the system, "max" as infinity; infinity alone if it is not there."""
    try:
        words = file.read_text(encoding="utf-8").split()
    except OSError:
        words = ["max", "max"] if file.name == "cpu.max" else ["max"]
    return [math.inf if word == "max" else float(word) for word in words]


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
