"""Bundled editors keep what their cards say; recorded runs come back as they were stored."""

import json
import shutil
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from secgan_lite import datasets, files
from secgan_lite.evaluation import (
    Judges,
    __main__,
    brief,
    bundled_editors,
    bundling,
    editor_name,
    evaluate,
    load_bundled,
    load_run,
    load_snapshot,
)
from secgan_lite.evaluation.bundling import (
    all_judges,
    bundle_editor,
    load_dynamics,
    load_results,
    record_dynamics,
    training_command,
)
from secgan_lite.files import bundled, load_tensors, manifest
from secgan_lite.judges import load_classifier
from secgan_lite.parsing import load_parser
from secgan_lite.training import RunFolder, TrainConfig

EDITORS = [(size, *name.split("-")[2:]) for size in (32, 64) for name in bundled_editors(size)]


@pytest.fixture
def own_weights(tmp_path, monkeypatch):
    """The bundled weights, in a folder that a test may change."""
    shutil.copytree(files.WEIGHTS, tmp_path / "weights")
    monkeypatch.setattr(files, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setattr(bundling, "DYNAMICS", tmp_path / "dynamics")
    return tmp_path


def test_snapshots_are_the_generators_of_their_iteration(finished_run):
    newest = load_tensors(finished_run.snapshots()[-1])
    final = load_tensors(finished_run.path / "generator.safetensors")
    assert [load_tensors(file)[1]["iteration"] for file in finished_run.snapshots()] == [2, 4, 6]
    assert len(finished_run.snapshots("semantic")) == 3 and newest[1] == final[1]
    for name, tensor in final[0].items():
        assert torch.equal(newest[0][name], tensor.half())


def test_an_editor_is_bundled_with_its_scores(finished_run, own_weights, faces):
    stored = bundle_editor(finished_run.path, faces=8)
    assert [path.stem for path in stored] == [
        "editor-32-stargan-secgan",
        "editor-32-stargan-secgan-seg",
    ]
    editor = load_bundled(32)
    card, few = manifest()[stored[0].name], faces.subset(8)
    assert card["iterations"] == 6 and card["mean_of_last"]["snapshots"] == 3
    results = load_results(editor.name)
    again = evaluate(editor.edit, few, all_judges(editor))
    for kind in ("tarr", "ssfid", "counterfactual"):
        name = "mask_iou" if kind == "counterfactual" else "mean"
        assert results[kind][name]["value"] == pytest.approx(again[kind][name]["value"], rel=1e-3)
    each = [
        evaluate(load_snapshot(file).edit, few, Judges(load_classifier("auto", 32)))
        for file in finished_run.snapshots()
    ]
    mean = np.mean([scores["counterfactual"]["outside"]["value"] for scores in each])
    assert card["mean_of_last"]["outside"] == pytest.approx(mean, abs=1e-4)
    assert [point["iteration"] for point in results["curves"]["snapshots"]] == [2, 4, 6]
    assert editor.masks.modality.name == "semantic"
    assert (
        manifest()[stored[1].name]["iou"]["value"]
        == results["counterfactual"]["g_seg_iou"]["value"]
    )
    with pytest.raises(ValueError, match="Did you mean 'editor-32-stargan-secgan'"):
        load_bundled(32, backbone="stragan")


def test_a_run_is_loaded_with_all_its_networks(finished_run):
    editor = load_run(finished_run.path)
    assert editor.masks is not None and editor.parser.hash == load_parser("auto", 32).hash
    assert editor.config.identity == finished_run.config.identity


def test_the_command_of_a_card_repeats_the_run(finished_run):
    words = training_command(finished_run.config).split()[3:]
    flags = [i for i, word in enumerate(words) if word.startswith("--")]
    given = {
        words[i][2:].replace("-", "_"): " ".join(words[i + 1 : j])
        for i, j in zip(flags, [*flags[1:], None], strict=True)
    }
    assert TrainConfig.of(**given).identity == finished_run.config.identity
    config = TrainConfig.of(attributes=("Bald", "Male"), seed=3)
    assert "--attributes Bald Male --seed 3" in training_command(config)


def test_photographs_and_untrained_runs_are_not_bundled(tmp_path):
    real = TrainConfig.of(dataset="celeba", data_dir="x", method="baseline")
    for config, message in ((real, "never bundled"), (TrainConfig.of(), "no snapshot yet")):
        output = tmp_path / config.dataset
        RunFolder.open(config.model_copy(update={"output_dir": str(output)}))
        with pytest.raises(ValueError, match=message):
            bundle_editor(output)


def test_a_recorded_run_comes_back(finished_run, own_weights):
    record_dynamics(finished_run.path, "tiny", faces=4)
    dynamics = load_dynamics("tiny")
    assert dynamics.config == finished_run.config.identity
    assert [s["iteration"] for s in dynamics.scores] == [r["iteration"] for r in dynamics.log]
    assert dynamics.log[-1]["rgb/rec"] == pytest.approx(finished_run.log[-1]["rgb/rec"], rel=1e-3)
    assert dynamics.samples.shape == (3, 2, 14, 3, 32, 32)
    assert {name: film.shape for name, film in dynamics.masks.items()} == {
        "P": (3, 2, 14, 32, 32),
        "G_seg": (3, 2, 14, 32, 32),
    }
    with pytest.raises(ValueError, match="no snapshot yet"):
        RunFolder.open(TrainConfig.of(output_dir=str(own_weights / "new")))
        record_dynamics(own_weights / "new", "new")
    faces = datasets.load("synthetic", "test", 32, count=2)
    for each in dynamics.samples:  # 256 colours: close, not equal
        assert np.abs(each[:, 0].astype(int) - faces.images).mean() < 8
    with pytest.raises(FileNotFoundError):
        load_dynamics("unknown")


def test_the_commands(finished_run, own_weights, tmp_path, monkeypatch, capsys):
    def command(*words):
        monkeypatch.setattr(sys, "argv", ["evaluation", *map(str, words)])
        return __main__.main()

    assert command("record", finished_run.path, "tiny") == 0
    assert (own_weights / "dynamics" / "tiny.json").is_file()
    with pytest.raises(SystemExit):
        command("bundle", tmp_path)
    assert "holds no config.json" in capsys.readouterr().err


@pytest.mark.parametrize(("size", "backbone", "method"), EDITORS)
def test_a_bundled_editor_scores_what_its_card_says(size, backbone, method):
    """A judge's decision can turn on the last bit, so a few of 260 flips may differ elsewhere."""
    editor = load_bundled(size, backbone, method)
    assert (editor.config.backbone, editor.config.method) == (backbone, method)
    assert (editor.masks is not None) == (method == "secgan")
    card = manifest()[f"{editor.name}.safetensors"]["first_faces"]
    few = datasets.load("synthetic", "test", size, card.pop("n"))
    scores = brief(editor.edit, few, Judges(load_classifier("auto", size)))
    for kind, value in card.items():
        assert scores[kind]["value"] == pytest.approx(value, rel=0.02, abs=0.01), kind


@pytest.mark.parametrize(("size", "backbone", "method"), EDITORS)
def test_a_bundled_editor_knows_the_bundled_parser(size, backbone, method):
    _, metadata = load_tensors(bundled(editor_name(size, backbone, method)))
    known = manifest()[f"parser-{size}.safetensors"]["sha256"]
    assert metadata["parser"] == (None if method == "baseline" else known)


def test_bundled_files_stay_small():
    files_ = [*files.WEIGHTS.iterdir(), *bundling.DYNAMICS.glob("*")]
    assert sum(file.stat().st_size for file in files_) <= 25 * 2**20


@pytest.mark.parametrize("path", sorted(bundling.DYNAMICS.glob("*.json")), ids=lambda p: p.stem)
def test_recorded_runs_are_whole(path):
    dynamics = load_dynamics(path.stem)
    assert len(dynamics.scores) == len(dynamics.samples) and dynamics.log
    assert path.stat().st_size < 100_000
    with Image.open(path.with_suffix(".png")) as picture:
        assert picture.mode == "P"
    assert json.loads(path.read_text())["config"]["dataset"] == "synthetic"
