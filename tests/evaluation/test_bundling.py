"""Bundled editors keep what their cards say; recorded runs come back as they were stored."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from secgan_lite import datasets, files
from secgan_lite.evaluation import Truth, bundling
from secgan_lite.evaluation.bundling import (
    brief,
    bundle_editor,
    editor_name,
    load_dynamics,
    record_dynamics,
    training_command,
)
from secgan_lite.files import bundled, load_tensors, manifest
from secgan_lite.judges import load_classifier
from secgan_lite.training import RunFolder, TrainConfig, load_generator, train

EDITORS = [name.removesuffix(".safetensors") for name in manifest() if "editor-" in name]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A tiny SeCGAN at 32 px with three snapshots."""
    config = TrainConfig.of(
        width=4, depth=1, discriminator_width=4, discriminator_depth=3, iterations=6, batch_size=4,
        log_every=2, device="cpu", output_dir=str(tmp_path_factory.mktemp("run")),
    )  # fmt: skip
    data = datasets.load("synthetic", "train", 32, count=16)
    return train(config, data, bundling.load_parser("auto", 32), sample_every=2)


@pytest.fixture
def own_weights(tmp_path, monkeypatch):
    """The bundled weights, in a folder that a test may change."""
    shutil.copytree(files.WEIGHTS, tmp_path / "weights")
    monkeypatch.setattr(files, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setattr(bundling, "DYNAMICS", tmp_path / "dynamics")
    return tmp_path


def test_snapshots_are_the_generators_of_their_iteration(run):
    newest = load_tensors(run.snapshots()[-1])
    final = load_tensors(run.path / "generator.safetensors")
    assert [load_tensors(file)[1]["iteration"] for file in run.snapshots()] == [2, 4, 6]
    assert len(run.snapshots("semantic")) == 3 and newest[1] == final[1]
    for name, tensor in final[0].items():
        assert torch.equal(newest[0][name], tensor.half())


def test_an_editor_is_bundled_with_its_scores(run, own_weights, faces):
    stored = bundle_editor(run.path, faces=24)
    assert [path.stem for path in stored] == [
        "editor-32-stargan-secgan",
        "editor-32-stargan-secgan-seg",
    ]
    card = manifest()[stored[0].name]
    assert card["iterations"] == 6 and card["mean_of_last"]["snapshots"] == 3
    assert card["first_faces"]["n"] == 20
    few, judge = faces.subset(24), load_classifier("auto", 32)
    assert brief(stored[0], few, judge, Truth.of(few)) == card["scores"]
    each = [brief(file, few, judge, Truth.of(few)) for file in run.snapshots()]
    mean = np.mean([scores["outside"]["value"] for scores in each])
    assert card["mean_of_last"]["outside"] == pytest.approx(mean, abs=1e-4)
    masks, _ = load_generator(stored[1])
    assert masks.modality.name == "semantic"


def test_the_command_of_a_card_repeats_the_run(run):
    words = training_command(run.config).split()[3:]
    flags = [i for i, word in enumerate(words) if word.startswith("--")]
    given = {
        words[i][2:].replace("-", "_"): " ".join(words[i + 1 : j])
        for i, j in zip(flags, [*flags[1:], None], strict=True)
    }
    assert TrainConfig.of(**given).identity == run.config.identity
    config = TrainConfig.of(attributes=("Bald", "Male"), seed=3)
    assert "--attributes Bald Male --seed 3" in training_command(config)


def test_photographs_and_untrained_runs_are_not_bundled(tmp_path):
    real = TrainConfig.of(dataset="celeba", data_dir="x", method="baseline")
    for config, message in ((real, "never bundled"), (TrainConfig.of(), "no snapshot yet")):
        output = tmp_path / config.dataset
        RunFolder.open(config.model_copy(update={"output_dir": str(output)}))
        with pytest.raises(ValueError, match=message):
            bundle_editor(output)


def test_a_recorded_run_comes_back(run, own_weights):
    record_dynamics(run.path, "tiny", faces=4)
    dynamics = load_dynamics("tiny")
    assert dynamics.config == run.config.identity
    assert [s["iteration"] for s in dynamics.scores] == [r["iteration"] for r in dynamics.log]
    assert dynamics.log[-1]["rgb/rec"] == pytest.approx(run.log[-1]["rgb/rec"], rel=1e-3)
    assert dynamics.samples.shape == (3, 2, 14, 3, 32, 32)
    faces = datasets.load("synthetic", "test", 32, count=2)
    for each in dynamics.samples:  # 256 colours: close, not equal
        assert np.abs(each[:, 0].astype(int) - faces.images).mean() < 8
    with pytest.raises(FileNotFoundError):
        load_dynamics("unknown")


def test_the_command_explains_what_is_wrong(tmp_path):
    command = [sys.executable, "-m", "secgan_lite.evaluation", "bundle", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "holds no config.json" in done.stderr


@pytest.mark.parametrize("name", [name for name in EDITORS if not name.endswith("-seg")])
def test_a_bundled_editor_scores_what_its_card_says(name):
    """A judge's decision can turn on the last bit, so a few of 260 flips may differ elsewhere."""
    _, metadata = load_tensors(bundled(name))
    config = TrainConfig(**metadata["config"])
    assert name == editor_name(config.image_size, config.backbone, config.method)
    card = manifest()[f"{name}.safetensors"]["first_faces"]
    few = datasets.load("synthetic", "test", config.image_size, card.pop("n"))
    judge = load_classifier("auto", config.image_size)
    scores = brief(bundled(name), few, judge, Truth.of(few))
    for kind, score in card.items():
        assert scores[kind]["value"] == pytest.approx(score["value"], rel=0.02, abs=0.01), kind


@pytest.mark.parametrize("name", EDITORS)
def test_a_bundled_editor_knows_the_bundled_parser(name):
    _, metadata = load_tensors(bundled(name))
    size = metadata["config"]["image_size"]
    known = manifest()[f"parser-{size}.safetensors"]["sha256"]
    assert metadata["parser"] == (None if metadata["config"]["method"] == "baseline" else known)


@pytest.mark.parametrize("path", sorted(bundling.DYNAMICS.glob("*.json")), ids=lambda p: p.stem)
def test_recorded_runs_are_whole(path):
    dynamics = load_dynamics(path.stem)
    assert len(dynamics.scores) == len(dynamics.samples) and dynamics.log
    assert path.stat().st_size < 100_000
    with Image.open(path.with_suffix(".png")) as picture:
        assert picture.mode == "P"
    assert json.loads(path.read_text())["config"]["dataset"] == "synthetic"
