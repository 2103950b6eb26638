"""Speed, by ``pytest tests/benchmarks --benchmark-only``; nothing here asserts a time."""

import subprocess
import sys

import pytest

from secgan_lite import datasets
from secgan_lite.evaluation import Truth, evaluate
from secgan_lite.faces import render, sample
from secgan_lite.judges import load_classifier
from secgan_lite.parsing import load_parser
from secgan_lite.training import TrainConfig, Trainer


@pytest.mark.parametrize("size", [32, 64])
def test_faces_per_second(benchmark, size):
    """Drawn on one core, image and mask."""
    faces = sample(512, seed=0)
    benchmark.pedantic(render, (faces, size), rounds=3, warmup_rounds=1)
    benchmark.extra_info["faces per second"] = round(len(faces) / benchmark.stats.stats.median)


@pytest.mark.parametrize("method", ["baseline", "secgan"])
def test_training_iteration(benchmark, method):
    """One iteration t of the default run."""
    config = TrainConfig.of(method=method)
    faces = datasets.load("synthetic", "train", config.image_size, count=256)
    trainer = Trainer(config, faces, load_parser("auto", config.image_size))
    benchmark.pedantic(trainer.step, rounds=30, warmup_rounds=5)


def test_evaluation(benchmark):
    """13 flips of 50 faces with all scores; the truth is rendered once."""
    faces = datasets.load("synthetic", "test", 32, count=50)
    config = TrainConfig.of(method="baseline")
    generator = Trainer(config, faces).model.generator.eval()
    judge, truth = load_classifier("auto", 32), Truth.of(faces)
    benchmark.pedantic(evaluate, (generator, faces, judge, truth), rounds=3)


@pytest.mark.parametrize("module", ["torch", "secgan_lite", "secgan_lite.training"])
def test_start_up(benchmark, module):
    """Import in a fresh process."""
    command = [sys.executable, "-c", f"import {module}"]
    benchmark.pedantic(subprocess.check_call, (command,), rounds=3, warmup_rounds=1)
