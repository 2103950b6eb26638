"""Speed, by ``pytest tests/benchmarks --benchmark-only -n 0``; nothing here asserts a time."""

import itertools
import subprocess
import sys
import time

import numpy as np
import pytest
import torch

from secgan_lite import backbones, datasets
from secgan_lite.course.benchmark import trainer
from secgan_lite.course.model import batch_for, load_model
from secgan_lite.course.recorded import Dynamics
from secgan_lite.course.widgets import FlipExplorer, Mix, Moment, Pulls, scrub, weigh
from secgan_lite.datasets.cache import Cache
from secgan_lite.editing import editor_sizes
from secgan_lite.faces import render, sample
from secgan_lite.parsing import load_parser
from secgan_lite.secgan import METHODS
from secgan_lite.support.randomness import stream
from secgan_lite.training import TrainConfig, Trainer, train


@pytest.mark.parametrize("size", [32, 64])
def test_faces_per_second(benchmark, size):
    """Drawn on one core, image and mask."""
    faces = sample(512, seed=0)
    benchmark.pedantic(render, (faces, size), rounds=3, warmup_rounds=1)
    benchmark.extra_info["faces per second"] = round(len(faces) / benchmark.stats.stats.median)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("backbone", backbones.available())
@pytest.mark.parametrize("preset", ["lite", "paper"])
def test_training_cycle(benchmark, preset, backbone, method):
    """N critic steps and a generator step; without a GPU, batches of the paper's size are cut."""
    run = trainer(preset, backbone, method)
    cycle = run.config.critic_steps

    def steps():
        for _ in range(cycle):
            run.step()
        run.collect()  # waits for the device

    benchmark.pedantic(steps, rounds=20 if preset == "lite" else 1, warmup_rounds=1)
    seconds = benchmark.stats.stats.median / cycle
    benchmark.extra_info["seconds an iteration"] = round(seconds, 4)
    benchmark.extra_info["batch"] = run.config.batch_size


_EVALUATION = """
import sys
from pathlib import Path

from secgan_lite import datasets
from secgan_lite.evaluation import Judges, evaluate
from secgan_lite.judges import load_classes, load_classifier, load_encoder
from secgan_lite.parsing import load_parser
from secgan_lite.training import TrainConfig, Trainer

faces = datasets.load("synthetic", "test", 64, count=int(sys.argv[1]))
config = TrainConfig.of(image_size=64, device="cpu")
model = Trainer(config, faces.subset(16), load_parser("auto", 64)).model.eval()
generators = {name: branch.generator for name, branch in model.branches.items()}
judge, parser = load_classifier("auto", 64), load_parser("auto", 64)
encoder, classes = load_encoder("auto", 64), load_classes("auto", judge)
judges = Judges(judge, encoder, classes, parser, generators["semantic"])
evaluate(generators["rgb"], faces, judges)
status = Path("/proc/self/status")
print([line.split()[1] for line in status.read_text().splitlines() if "VmHWM" in line][0])
"""


@pytest.mark.parametrize("count", [1000, 4000])
@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory from /proc")
def test_all_metrics(benchmark, count):
    """13 flips of faces at 64 px with all scores, in a process of its own: its time and memory."""
    command = [sys.executable, "-c", _EVALUATION, str(count)]
    peak = benchmark.pedantic(subprocess.check_output, (command,), rounds=1)
    benchmark.extra_info["peak memory, MB"] = round(int(peak) / 1024)


@pytest.mark.parametrize("module", ["torch", "secgan_lite", "secgan_lite.training"])
def test_start_up(benchmark, module):
    """Import in a fresh process."""
    command = [sys.executable, "-c", f"import {module}"]
    benchmark.pedantic(subprocess.check_call, (command,), rounds=3, warmup_rounds=1)


@pytest.fixture(scope="module")
def cached(tmp_path_factory):
    """20,000 drawn faces at 64 px with masks, as a cache on disk gives them."""
    faces = datasets.load("synthetic", "train", 64, count=500)
    cache = Cache(tmp_path_factory.mktemp("cache"), "drawn", 20_000)
    arrays = {"images": (3, 64, 64), "masks": (64, 64)}

    def make(rows):
        few = np.array(rows) % len(faces)
        return faces.images[few], faces.masks[few]

    images, masks = cache.rows(arrays, make, "Cache")
    labels = faces.labels[np.arange(20_000) % len(faces)]
    return datasets.FaceData(images, labels, masks=masks)


@pytest.mark.parametrize("what", ["bytes", "batch", "batch, half of it mirrored"])
def test_cached_images_per_second(benchmark, cached, what):
    """Image and mask of 64 px in shuffled batches of 16: as bytes, and as ``FaceData.batch``."""
    sampler = datasets.Sampler(len(cached), 16, stream(0, "data"))
    flip = torch.arange(16) % 2 == 0 if "mirrored" in what else None

    def epoch():
        for _ in range(len(cached) // 16):
            indices = next(sampler)
            if what == "bytes":
                rows = indices.numpy()
                _ = cached.images[rows], cached.masks[rows]
            else:
                cached.batch(indices, flip)

    benchmark.pedantic(epoch, rounds=3, warmup_rounds=1)
    benchmark.extra_info["images per second"] = round(len(cached) / benchmark.stats.stats.median)


@pytest.mark.parametrize("method", ["baseline", "secgan"])
def test_waiting_for_data(benchmark, cached, method):
    """Share of a training iteration at 64 px that ``_draw`` takes."""
    config = TrainConfig.of(method=method, image_size=64)
    trainer = Trainer(config, cached.subset(256), load_parser("auto", 64))
    trainer.data = cached
    draw, waited = trainer.draw, []

    def timed():
        started = time.perf_counter()
        batch = draw()
        waited.append(time.perf_counter() - started)
        return batch

    trainer.draw = timed
    benchmark.pedantic(trainer.step, rounds=20, warmup_rounds=3)
    share = sum(waited[3:]) / benchmark.stats.stats.total
    benchmark.extra_info["share of waiting"] = round(share, 4)


def test_decoding_into_the_cache(benchmark, tmp_path, real):
    """Photographs of CelebA per second, in threads."""
    photos = datasets.celeba(real / "celeba", "test")
    places = (tmp_path / str(i) for i in itertools.count())
    benchmark.pedantic(lambda: datasets.decoded(photos, 64, next(places)), rounds=2)
    benchmark.extra_info["images per second"] = round(len(photos) / benchmark.stats.stats.median)


@pytest.mark.parametrize("together", [False, True], ids=["one method", "all methods"])
@pytest.mark.parametrize("size", editor_sizes())
def test_from_a_control_to_a_picture(benchmark, size, together):
    """The flip explorer: a slider moves, the PNG and all numbers are there."""
    app = FlipExplorer(image_size=size)
    app.together.value = together
    values = itertools.cycle(np.linspace(-1, 1, 41))

    def move():
        app.sliders["Bangs"].value = next(values)

    benchmark.pedantic(move, rounds=40, warmup_rounds=5)
    benchmark.extra_info["bytes"] = len(app.picture.value)


@pytest.mark.parametrize("app", ["playground", "scrubber"])
def test_from_a_slider_to_a_picture(benchmark, app, tmp_path):
    """The loss playground and the training scrubber, as functions."""
    if app == "playground":
        model, config = load_model("")
        faces = datasets.load("synthetic", "test", config.image_size, count=6)
        y_trg = torch.from_numpy(1 - faces.labels).float()
        pulls = Pulls.of(model, batch_for(model, faces, y_trg), ["edit"] * 6)
        benchmark(lambda: weigh(pulls, Mix(weights=(("sc", 3.0),))).png)
        return
    config = TrainConfig.of(iterations=4, log_every=2, output_dir=str(tmp_path / "run"))
    data = datasets.load("synthetic", "train", config.image_size, count=32)
    run = train(config, data, load_parser("auto", config.image_size), sample_every=2)
    recorded = Dynamics.of(run.path, faces=4)
    benchmark(lambda: scrub({"one": recorded, "two": recorded}, Moment(4)).png)
