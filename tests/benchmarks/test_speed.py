"""Speed, by ``pytest tests/benchmarks --benchmark-only``; nothing here asserts a time."""

import subprocess
import sys

import pytest
import torch

from secgan_lite import datasets
from secgan_lite.faces import render, sample
from secgan_lite.parsing import load_parser
from secgan_lite.training import TrainConfig, Trainer


@pytest.mark.parametrize("size", [32, 64])
def test_faces_per_second(benchmark, size):
    faces = sample(512, seed=0)
    benchmark.extra_info["faces"] = len(faces)
    benchmark.pedantic(render, (faces, size), rounds=3, warmup_rounds=1)
    benchmark.extra_info["faces per second"] = len(faces) / benchmark.stats.stats.min


@pytest.mark.parametrize("method", ["baseline", "secgan"])
def test_training_iteration(benchmark, method):
    config = TrainConfig.of(method=method)
    faces = datasets.load("synthetic", "train", config.image_size, count=256)
    trainer = Trainer(config, faces, load_parser("auto", config.image_size))
    for _ in range(3):
        trainer.step()
    benchmark.pedantic(trainer.step, rounds=20)


def test_batches(benchmark):
    faces = datasets.load("synthetic", "train", 64, count=2048)
    order = torch.randperm(len(faces)).split(256)
    benchmark(lambda: [faces.images[i.numpy()] for i in order])


def test_start_up(benchmark):
    """Import of the package in a fresh process; compare with ``test_torch_start_up``."""
    code = "import secgan_lite.training"
    benchmark.pedantic(subprocess.check_call, ([sys.executable, "-c", code],), rounds=3)


def test_torch_start_up(benchmark):
    benchmark.pedantic(subprocess.check_call, ([sys.executable, "-c", "import torch"],), rounds=3)
