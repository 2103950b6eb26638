"""What is recorded with the course is whole: editors score what their cards say, runs play back."""

import json
import re

import pytest
import torch
from PIL import Image

from secgan_lite import datasets
from secgan_lite.course import recorded
from secgan_lite.course.recorded import bundled_recordings, load_dynamics
from secgan_lite.editing import Trained, bundled_editors, editor_name, load_bundled
from secgan_lite.evaluation import Judges, brief, load_results
from secgan_lite.judges import load_classifier
from secgan_lite.parsing import load_parser
from secgan_lite.support import files
from secgan_lite.support.files import bundled, load_tensors, manifest

EDITORS = [(size, *name.split("-")[2:]) for size in (32, 64) for name in bundled_editors(size)]


def test_snapshots_are_the_generators_of_their_iteration(finished_run):
    newest = load_tensors(finished_run.snapshots()[-1])
    final = load_tensors(finished_run.path / "generator.safetensors")
    assert [load_tensors(file)[1]["iteration"] for file in finished_run.snapshots()] == [2, 4, 6]
    assert len(finished_run.snapshots("semantic")) == 3 and newest[1] == final[1]
    for name, tensor in final[0].items():
        assert torch.equal(newest[0][name], tensor.half())


def test_a_run_is_loaded_with_all_its_networks(finished_run):
    editor = Trained.of(finished_run.path)
    assert editor.g_seg is not None and editor.parser.hash == load_parser("auto", 32).hash
    assert editor.config.identity == finished_run.config.identity


@pytest.mark.parametrize(("size", "backbone", "method"), EDITORS)
def test_a_bundled_editor_scores_what_its_card_says(size, backbone, method):
    """A judge's decision can turn on the last bit, so a few of 260 flips may differ elsewhere."""
    editor = load_bundled(size, backbone, method)
    assert (editor.config.backbone, editor.config.method) == (backbone, method)
    assert (editor.g_seg is not None) == (method == "secgan")
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
    files_ = [*files.WEIGHTS.iterdir(), *recorded.DYNAMICS.rglob("*.*")]
    assert sum(file.stat().st_size for file in files_) <= 25 * 2**20


@pytest.mark.parametrize("path", sorted(recorded.DYNAMICS.glob("*.json")), ids=lambda p: p.stem)
def test_recorded_runs_are_whole(path):
    dynamics = load_dynamics(path.stem)
    assert len(dynamics.scores) == len(dynamics.samples) and dynamics.log
    assert path.stat().st_size < 100_000
    with Image.open(path.with_suffix(".png")) as picture:
        assert picture.mode == "P"
    assert json.loads(path.read_text(encoding="utf-8"))["config"]["dataset"] == "synthetic"


def test_results_belong_to_their_editor():
    for name in (name for size in (32, 64) for name in bundled_editors(size)):
        results, card = load_results(name), manifest()[f"{name}.safetensors"]
        assert results["tarr"]["mean"]["value"] == pytest.approx(
            card["mean_of_last"]["tarr"], abs=0.1
        )
        assert results["seconds"] > 0


def test_docstrings_name_recordings_that_exist_and_others_are_answered_with_the_nearest():
    assert bundled_recordings() == ["run-a", "run-b", "run-c", "run-d"]
    for path in (files.REPOSITORY / "secgan_lite").rglob("*.py"):
        named = re.findall(r'load_dynamics\("([^"]*)"\)', path.read_text(encoding="utf-8"))
        assert set(named) <= set(bundled_recordings()), path
    with pytest.raises(ValueError, match=r"recording='run-e' is not known. Did you mean 'run-"):
        load_dynamics("run-e")
