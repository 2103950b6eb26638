"""What each part costs on this machine, and the least that its convolutions allow.

The floor of a computation is its multiply-adds over the best rate at which the machine was seen to
convolve. No program that computes the same numbers in the same precision comes below it.
"""

import math
import os
import platform
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from secgan_lite import backbones, datasets, faces
from secgan_lite.parsing import Parser
from secgan_lite.parsing.unet import UNet
from secgan_lite.secgan import METHODS
from secgan_lite.support.devices import pick_device
from secgan_lite.training import TrainConfig, Trainer
from secgan_lite.training.graph import WARM_UP


class MultiplyAdds(TorchDispatchMode):
    """Inside, ``total`` counts multiply-adds of convolutions and matrix products, gradients too."""

    total = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        out = function(*args, **(kwargs or {}))
        if count := flop_registry.get(function.overloadpacket):
            self.total += count(*args, **(kwargs or {}), out_val=out) // 2
        return out


@dataclass(frozen=True)
class Cost:
    """One row of the table: seconds for one of what ``name`` says, and its multiply-adds."""

    name: str
    seconds: float
    multiply_adds: int = 0


def trainer(
    preset: str, backbone: str, method: str, device: str = "auto", **levers: object
) -> Trainer:
    """A run to take iterations from, with few drawn faces and an untrained P.

    Without a GPU, the ``paper`` preset gets batches of 2: a whole one would take a minute.
    """
    small = {"batch_size": 2} if preset != "lite" and pick_device(device).type == "cpu" else {}
    recipe = {"preset": preset, "backbone": backbone, "method": method, "device": device}
    config = TrainConfig.of(**recipe, **small, **levers)
    data = datasets.load("synthetic", "train", config.image_size, count=2 * config.batch_size)
    return Trainer(config, data, Parser(UNet()))


def median_seconds(function: Callable[[], object], rounds: int, warmup: int = 1) -> float:
    """Median time of a call, after ``warmup`` calls."""
    times = []
    for _ in range(warmup + rounds):
        started = time.perf_counter()
        function()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        times.append(time.perf_counter() - started)
    return statistics.median(times[warmup:])


def convolution_rate(device: torch.device) -> float:
    """Multiply-adds a second in float32: the best of a few layers that suit a machine."""
    best, layers = 0.0, ((64, 8), (64, 16), (128, 8))
    if device.type != "cpu":
        layers = ((64, 64), (256, 64))  # a GPU needs more to be busy
    exact = torch.backends.cudnn.flags(enabled=True, allow_tf32=False)  # as runs are by default
    with torch.inference_mode(), exact:
        for channels, size in layers:
            x = torch.randn(32, channels, size, size, device=device)
            kernel = torch.randn(channels, channels, 3, 3, device=device)
            for layout in (torch.contiguous_format, torch.channels_last):
                layer = x.contiguous(memory_format=layout), kernel.contiguous(memory_format=layout)
                seconds = median_seconds(lambda layer=layer: F.conv2d(*layer, padding=1), 9)
                best = max(best, x.numel() * channels * 9 / seconds)
    return best


def iteration(run: Trainer, rounds: int = 7, name: str = "") -> Cost:
    """One iteration of Algorithm 1: the mean over a cycle, after which all kinds come again."""
    config = run.config
    n = math.lcm(config.critic_steps, config.gp_every)

    def cycle() -> None:
        for _ in range(n):
            run.step()

    # Counted where Python sees each operation, timed after records were made.
    obstacle, run.launch.obstacle = run.launch.obstacle, "multiply-adds are counted"
    with MultiplyAdds() as counter:
        cycle()
    run.launch.obstacle = obstacle
    warmup = 1 if obstacle else WARM_UP + 1
    name = name or f"{config.preset} {config.backbone} {config.method}, batch {config.batch_size}"
    return Cost(name, median_seconds(cycle, rounds, warmup) / n, counter.total // n)


def batches(run: Trainer) -> Cost:
    """Faces from memory to a batch on the device."""
    return Cost(f"a batch of {run.config.batch_size} faces", median_seconds(run.draw, 50, 5))


def drawing(size: int, count: int = 256) -> Cost:
    """Synthetic faces, image and mask."""
    people = faces.sample(count, seed=0)
    seconds = median_seconds(lambda: faces.render(people, size), 3)
    return Cost(f"a drawn face at {size} px", seconds / count)


def levers(place: torch.device) -> Iterator[dict]:
    """Options of ``TrainConfig`` that trade roundings, or a kind of step, for time, as far as here.

    ``compile`` on a CPU needs a C++ compiler.
    """
    yield from ({"gp_every": 4}, {"channels_last": True}, {"precision": "bf16"})
    if place.type == "cuda":
        yield {"precision": "tf32"}
    if place.type == "cuda" or shutil.which("c++"):
        yield {"compile": True}


def costs(presets: list[str], device: str = "auto") -> Iterator[Cost]:
    """Every row: the drawing, input, each backbone and method, and the first with each lever."""
    yield from (drawing(size) for size in (32, 64))
    first = backbones.available()[0], METHODS[0]
    for preset in presets:
        rounds = 7 if preset == "lite" else 1
        yield batches(trainer(preset, *first, device))
        for backbone in backbones.available():
            for method in METHODS:
                yield iteration(trainer(preset, backbone, method, device), rounds)
        for lever in levers(pick_device(device)):
            name = ", ".join([f"{preset} {' '.join(first)}", *map(_lever, lever.items())])
            yield iteration(trainer(preset, *first, device, **lever), rounds, name)


def _lever(item: tuple[str, object]) -> str:
    return item[0] if item[1] is True else f"{item[0]} {item[1]}"


def measured(presets: list[str], device: str = "auto") -> Iterator[str]:
    """The table, line by line as it is measured."""
    place = pick_device(device)
    rate = convolution_rate(place)
    where = torch.cuda.get_device_name() if place.type == "cuda" else platform.processor()
    yield (
        f"{platform.system()} {platform.machine()} {where}: {place.type}, "
        f"{torch.get_num_threads()} of {os.cpu_count()} threads, PyTorch {torch.__version__}; "
        f"convolves {rate / 1e9:.0f} G multiply-adds/s"
    )
    yield f"{'':44}{'ms':>10}{'per s':>10}{'G mult-adds':>13}{'floor, ms':>11}{'× floor':>9}"
    for cost in costs(presets, device):
        line = f"{cost.name:44}{1e3 * cost.seconds:10.2f}{1 / cost.seconds:10.1f}"
        if cost.multiply_adds:
            floor = cost.multiply_adds / rate
            line += f"{cost.multiply_adds / 1e9:13.2f}{1e3 * floor:11.1f}"
            line += f"{cost.seconds / floor:9.2f}"
        yield line
