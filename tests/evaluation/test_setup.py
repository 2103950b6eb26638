"""Parameters of an evaluation: what they stand for, and what is said of wrong ones."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from secgan_lite import datasets
from secgan_lite.editing import Trained, bundled_editors, compared_size
from secgan_lite.evaluation import EvaluationConfig, evaluate
from secgan_lite.judges.classifier import shape, size_for
from secgan_lite.parsing import load_parser
from secgan_lite.support.files import REPOSITORY
from secgan_lite.training import TrainConfig, train


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A tiny baseline at 32 px."""
    config = TrainConfig.of(
        method="baseline", width=4, depth=1, discriminator_width=4, discriminator_depth=3,
        iterations=2, batch_size=4, device="cpu", output_dir=str(tmp_path_factory.mktemp("run")),
    )  # fmt: skip
    return train(config, datasets.load("synthetic", "train", 32, count=8))


def test_a_run_is_scored_by_the_bundled_judges(run):
    chosen = EvaluationConfig.of(run_dir=str(run.path), num_images=6, device="cpu").load()
    assert chosen.editor.config.identity == run.config.identity and len(chosen.faces) == 6
    judges = chosen.judges
    assert judges.encoder.num_features == 128 and judges.g_seg is None
    assert judges.parser.hash == load_parser("auto", 32).hash
    path = chosen.save(evaluate(chosen.editor.edit, chosen.faces, judges))
    results = json.loads(path.read_text(encoding="utf-8"))
    assert path == run.path / "results.json"
    assert {"tarr", "ssfid", "inception_score", "counterfactual", "seconds", "versions"} <= set(
        results
    )
    assert results["seconds"] == pytest.approx(run.log[-1]["seconds"])


def test_empty_values_leave_the_choice_to_the_run(run):
    given = {"dataset": "", "image_size": -1, "method": "", "backbone": "", "split": ""}
    chosen = EvaluationConfig.of(run_dir=str(run.path), num_images=4, **given).load()
    assert chosen.editor.config.method == "baseline"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"bakbone": "stargan"}, "Did you mean 'backbone'"),
        ({"num_images": "many"}, "num_images"),
        ({"device": "gpu"}, "device='gpu' is not known.*Choices: auto, cpu"),
        ({"split": "papre"}, "split='papre' is not known. Did you mean 'paper'"),
        ({"num_images": 2}, "num_images=2: .*need 3 test faces or more"),
        ({"num_images": True}, "num_images: wanted is a number"),
        ({"num_images": [4]}, r"num_images: .*\[4\]"),
        ({"seed": None}, "seed: .*None"),
        ({"method": "secgan"}, "method='secgan', but the run in .* has 'baseline': leave it out"),
        ({"encoder": "nowhere.safetensors"}, r"encoder='nowhere\.safetensors' is not there"),
    ],
)
def test_wrong_parameters_are_explained(run, given, message):
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        EvaluationConfig.of(**{"run_dir": str(run.path), "num_images": 4} | given).load()


def test_scores_go_to_the_run_or_to_a_place_that_can_be_written(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SECGAN_LITE_RUNS")
    editor = Trained.of(run.path)
    own = EvaluationConfig.of(run_dir=run.path)
    assert own.folder(editor) == run.path
    closed = [run.path, REPOSITORY]
    monkeypatch.setattr(
        "os.access", lambda path, _: not any(Path(path).is_relative_to(c) for c in closed)
    )
    assert own.folder(editor) == tmp_path / "runs" / run.path.name
    assert EvaluationConfig.of().folder(editor) == tmp_path / "runs" / run.path.name
    assert EvaluationConfig.of(output_dir="here").folder(editor) == tmp_path / "here"


def test_a_device_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(ValueError, match="device='cuda' is not available here"):
        EvaluationConfig.of(device="cuda")


@pytest.mark.parametrize("value", [1000.0, "1e3", np.int64(1000)])
def test_numbers_come_as_notebooks_and_command_lines_write_them(value):
    assert EvaluationConfig.of(num_images=value).num_images == 1000


def test_photographs_need_their_own_judge(run, tmp_path):
    config = TrainConfig.of(
        dataset="celeba", data_dir="somewhere", method="baseline", image_size=32, width=4, depth=1,
        discriminator_width=4, discriminator_depth=3, iterations=2, batch_size=4, device="cpu",
        output_dir=str(tmp_path / "run"),
    )  # fmt: skip
    path = str(train(config, datasets.load("synthetic", "train", 32, count=8)).path)
    with pytest.raises(ValueError, match="data_dir is empty: this editor knows faces of celeba"):
        EvaluationConfig.of(run_dir=path).load()
    with pytest.raises(ValueError, match="judges train --dataset celeba"):
        EvaluationConfig.of(run_dir=path, data_dir="somewhere").load()


@pytest.mark.parametrize(("size", "trained_at"), [(64, 64), (128, 128), (256, 128)])
def test_the_judge_to_be_trained_is_the_one_that_is_loaded(size, trained_at, monkeypatch):
    config = TrainConfig.of(dataset="celeba", data_dir="x", method="baseline", image_size=size)
    monkeypatch.setattr(EvaluationConfig, "_editor", lambda self: SimpleNamespace(run=config))
    with pytest.raises(ValueError, match=f"--image-size {trained_at} --output FILE"):
        EvaluationConfig.of(data_dir="x").load()
    assert shape(trained_at)["image_size"] == size_for(size) == trained_at


def test_editors_that_are_not_bundled_are_named():
    with pytest.raises(ValueError, match="image_size=48: no editor is bundled for it"):
        EvaluationConfig.of(image_size=48).load()
    assert len(bundled_editors(compared_size())) > 1
    with pytest.raises(ValueError, match=f"Did you mean 'editor-{compared_size()}-stargan"):
        EvaluationConfig.of(backbone="stragan").load()
