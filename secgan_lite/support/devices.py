"""Where computation runs, what of the machine is ours, and how memory is kept there."""

import ctypes
import math
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import torch
from torch import Tensor
from torch.nn import functional as F

CONTROL_GROUPS, MEMBERSHIP = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
_LIMITED = ("mps",)  # Apple's GPUs: no double precision, no antialiasing like that of others


def pick_device(name: str = "auto") -> torch.device:
    """The device named, or the fastest there is; ValueError if this machine lacks it."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next((device for device, present in there.items() if present), "cpu")
    if not there.get(name, name == "cpu"):
        raise ValueError(f"device={name!r} is not available here: use 'auto' or 'cpu'.")
    return torch.device(name)


def sent(tensor: Tensor, device: torch.device | str) -> Tensor:
    """A tensor of the CPU's on a device; on the way to a GPU of NVIDIA's nobody waits for it."""
    quick = torch.device(device).type == "cuda"
    return (tensor.pin_memory() if quick else tensor).to(device, non_blocking=quick)


def machine(device: torch.device) -> dict[str, str | int]:
    """What computes here: the GPU, or the processor with its vector instructions and threads.

    The last bits of a training depend on all of it.
    """
    if device.type == "cuda":
        return {"processor": torch.cuda.get_device_name(device)}
    lines = _text(Path("/proc/cpuinfo")).splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": next(iter(models), platform.processor() or platform.machine()),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
    }


def exact(numbers: Tensor) -> Tensor:
    """The same numbers in double precision, for sums: on their device, or on the CPU if need be."""
    return (numbers.cpu() if numbers.device.type in _LIMITED else numbers).double()


def rescaled(x: Tensor, side: int) -> Tensor:
    """Images (B, C, h, h) at another size, the same on every device: bilinear, antialiased."""
    if x.shape[-1] == side:
        return x
    if x.shape[-1] > side and x.device.type in _LIMITED:
        return rescaled(x.cpu(), side).to(x.device)
    return F.interpolate(x, side, mode="bilinear", antialias=x.shape[-1] > side)


def cores(groups: Path = CONTROL_GROUPS, membership: Path = MEMBERSHIP) -> int:
    """CPU cores that this process may use: by affinity, and by the quotas of its control groups.

    Args:
        groups: where Linux tells the limits of control groups, version 2 or 1.
        membership: where it tells which of them hold this process.
    """
    affine = hasattr(os, "sched_getaffinity")
    allowed = len(os.sched_getaffinity(0)) if affine else os.cpu_count() or 1
    for group in _holding("cpu", groups, membership):
        version1 = group / "cpu.cfs_quota_us", group / "cpu.cfs_period_us"
        match _words(group / "cpu.max") or _words(*version1):
            case [quota, period] if quota not in ("max", "-1"):
                allowed = min(allowed, math.ceil(int(quota) / int(period)))
    return allowed


def free_memory(groups: Path = CONTROL_GROUPS, membership: Path = MEMBERSHIP) -> float:
    """Bytes that this process may still take: the machine's, or what its control groups have left.

    Cached files count as free: they make room when memory is wanted.
    """
    free = float(psutil.virtual_memory().available)
    for group in _holding("memory", groups, membership):
        stat = _words(group / "memory.stat")
        cached = dict(zip(stat[::2], stat[1::2], strict=False))
        for names, part in (
            (("memory.max", "memory.current"), "inactive_file"),
            (("memory.limit_in_bytes", "memory.usage_in_bytes"), "total_inactive_file"),
        ):
            match _words(*(group / name for name in names)):
                case [limit, used] if limit != "max":
                    free = min(free, int(limit) - int(used) + int(cached.get(part, 0)))
    return free


def _holding(controller: str, groups: Path, membership: Path) -> Iterator[Path]:
    """Folders of the control groups that hold this process: its own, and all around it."""
    # The root holds every process; a container may see its own group there.
    for line in (*_text(membership).splitlines(), "::/", f":{controller}:/"):
        _, controllers, path = line.split(":", 2)
        if not controllers or controller in controllers.split(","):
            root = groups / (controllers and controller)
            own = root / path.lstrip("/")
            yield from (p for p in (own, *own.parents) if p.is_relative_to(root))


def _words(*files: Path) -> list[str]:
    return [word for file in files for word in _text(file).split()]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:  # not there, or not for us to see
        return ""


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
