"""Is this machine ready for the course? Versions, device, memory, front end, minutes per lesson."""

import importlib.util
import json
import math
import platform
import sys
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version

import torch
from packaging.requirements import Requirement
from torch.nn import functional as F

from secgan_lite import __version__
from secgan_lite.support.devices import cores, free_memory
from secgan_lite.support.files import REPOSITORY, bundled, manifest

TIMINGS = REPOSITORY / "notebooks" / "timings.json"
NEEDED_GIGABYTES = 2
_INSTALL = 'pip install -e ".[course]"'


@dataclass(frozen=True)
class Finding:
    """One line of the doctor: what was looked at, what was found, whether it will do."""

    what: str
    found: str
    ok: bool = True
    advice: str = ""

    def __str__(self) -> str:
        mark = "ok  " if self.ok else "LOOK"
        return f"{mark} {self.what}: {self.found}" + (f". {self.advice}" if self.advice else "")


def doctor() -> list[Finding]:
    """Everything that can be in the way of a lesson, and how long each will take here."""
    return [_python(), _packages(), _device(), _memory(), _front_end(), _weights(), *_minutes()]


def _python() -> Finding:
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Finding("Python", text, sys.version_info >= (3, 11))


def _packages() -> Finding:
    faults = []
    try:
        wanted = [Requirement(text) for text in requires("secgan-lite") or []]
    except PackageNotFoundError:
        advice = "Fine if every lesson runs; else, in the course's folder: " + _INSTALL
        return Finding("packages", "secgan-lite runs from its folder", True, advice)
    for requirement in wanted:
        if requirement.marker and not requirement.marker.evaluate({"extra": "course"}):
            continue
        there = installed(requirement.name)
        if not there:
            faults.append(f"{requirement.name} is missing")
        elif not requirement.specifier.contains(there, prereleases=True):
            faults.append(f"{requirement.name} is {there}, wanted is {requirement.specifier}")
    if faults:
        return Finding(
            "packages", "; ".join(faults), False, f"Install again: uv sync, or {_INSTALL}"
        )
    return Finding("packages", f"all there; secgan-lite {__version__}, torch {torch.__version__}")


def installed(package: str) -> str:
    """The version of a package that is installed, "" if it is not."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _device() -> Finding:
    text = f"{cores()} CPU cores, {torch.get_num_threads()} threads"
    if torch.cuda.is_available():
        text += f", GPU {torch.cuda.get_device_name()}"
    elif torch.backends.mps.is_available():
        text += ", Apple GPU"
    else:
        text += ", no GPU (none is needed)"
    return Finding("device", text)


def _memory() -> Finding:
    free = free_memory() / 2**30
    enough = free >= NEEDED_GIGABYTES
    advice = "" if enough else f"Lessons take up to {NEEDED_GIGABYTES} GB: close something"
    return Finding("memory", f"{free:.1f} GB free", enough, advice)


def _front_end() -> Finding:
    if "google.colab" in sys.modules:
        return Finding("front end", "Colab")
    if importlib.util.find_spec("jupyterlab_widgets") is None:
        return Finding(
            "front end", "no JupyterLab widgets here", False, "Sliders of lesson 06 will not show"
        )
    kernel = "ipykernel" in sys.modules
    where = "a Jupyter kernel" if kernel else "a terminal"
    lab = installed("jupyterlab")
    program = f"JupyterLab {lab} with widgets" if lab else "widgets, but no JupyterLab"
    return Finding("front end", f"{where}; {program}")


def _weights() -> Finding:
    try:
        names = [bundled(file.removesuffix(".safetensors")).stem for file in manifest()]
    except (ValueError, OSError) as error:
        return Finding("weights", str(error), False)
    if not names:
        advice = "Run from a whole copy of the course, or install it again"
        return Finding("weights", "no bundled networks", False, advice)
    return Finding("weights", f"{len(names)} bundled networks, each as its manifest says")


def _minutes() -> list[Finding]:
    pace = yardstick()
    return [
        Finding(f"lesson {name}", f"about {math.ceil(t['seconds'] * pace / t['yardstick'])} s")
        for name, t in timings().items()
    ]


def timings() -> dict[str, dict]:
    """What each lesson took when it was built.

    ``seconds``: at most so many where no other program wants the cores; ``megabytes``: the peak;
    ``yardstick``: of that machine.
    """
    return json.loads(TIMINGS.read_text(encoding="utf-8")) if TIMINGS.is_file() else {}


def yardstick(rounds: int = 3) -> float:
    """Processor time of a fixed piece of work here, in seconds: the best of a few rounds.

    It is the lessons' own kind of work, small convolutions forward and back, on the CPU. One
    thread's processor time, unlike the clock, hardly depends on what else the machine does.
    """
    images = torch.linspace(-1, 1, 16 * 16 * 32 * 32).view(16, 16, 32, 32)
    weight = torch.linspace(-0.1, 0.1, 16 * 16 * 9).view(16, 16, 3, 3).requires_grad_(True)
    best, threads = float("inf"), torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for _ in range(rounds):
            started = time.process_time()
            for _ in range(50):
                torch.autograd.grad(F.conv2d(images, weight, padding=1).relu().sum(), weight)
            best = min(best, time.process_time() - started)
    finally:
        torch.set_num_threads(threads)
    return best
