"""Authors' commands: sets are replaced as one, cards say how to repeat, nothing foreign enters."""

import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from secgan_lite import datasets
from secgan_lite.course import recorded, study
from secgan_lite.course.authoring import __main__, recording
from secgan_lite.course.authoring.bundling import (
    bundle_editor,
    bundle_network,
    training_command,
)
from secgan_lite.course.authoring.recording import record_dynamics
from secgan_lite.course.authoring.store import Bundle, store
from secgan_lite.course.recorded import bundled_recordings, load_dynamics
from secgan_lite.editing import Trained, load_bundled
from secgan_lite.evaluation import Judges, all_judges, evaluate, load_results
from secgan_lite.judges import load_classifier
from secgan_lite.parsing import load_parser
from secgan_lite.parsing.__main__ import main as parsing
from secgan_lite.support import files
from secgan_lite.support.files import bundled, load_tensors, manifest, save_tensors
from secgan_lite.support.weights import bundled_sizes
from secgan_lite.training import RunFolder, TrainConfig


@pytest.fixture
def own_weights(tmp_path, monkeypatch):
    """The bundled weights, in a folder that a test may change."""
    shutil.copytree(files.WEIGHTS, tmp_path / "weights")
    monkeypatch.setattr(files, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setattr(recorded, "DYNAMICS", tmp_path / "dynamics")
    return tmp_path


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
        evaluate(Trained.of(file).edit, few, Judges(load_classifier("auto", 32)))
        for file in finished_run.snapshots()
    ]
    mean = np.mean([scores["counterfactual"]["outside"]["value"] for scores in each])
    assert card["mean_of_last"]["outside"] == pytest.approx(mean, abs=1e-4)
    assert [point["iteration"] for point in results["curves"]["snapshots"]] == [2, 4, 6]
    assert editor.g_seg.modality.name == "semantic"
    assert (
        manifest()[stored[1].name]["iou"]["value"]
        == results["counterfactual"]["g_seg_iou"]["value"]
    )
    with pytest.raises(ValueError, match="Did you mean 'editor-32-stargan-secgan'"):
        load_bundled(32, backbone="stragan")


def configuration(command):
    """What a command of a card trains, by the presets that the code has now."""
    words = command.split()[3:]
    flags = [i for i, word in enumerate(words) if word.startswith("--")]
    given = {
        words[i][2:].replace("-", "_"): " ".join(words[i + 1 : j])
        for i, j in zip(flags, [*flags[1:], None], strict=True)
    }
    return TrainConfig.of(**given)


@pytest.mark.parametrize("file", [f for f in manifest() if f.startswith(("editor", "secgan"))])
def test_no_bundled_editor_is_older_than_the_presets(file):
    _, metadata = load_tensors(bundled(file.removesuffix(".safetensors")))
    trained = TrainConfig(**metadata["config"]).identity
    assert configuration(manifest()[file]["command"]).identity == trained


def test_no_recorded_run_is_older_than_the_presets():
    """A recording differs from them in what its experiment changes, and a cell in what it says."""
    changed = {"run-a": {"lambda_cls_g": 0}, "run-b": {}, "run-c": {"lambda_gp": 0}}
    changed["run-d"] = {"lambda_sc": 0}
    for name in bundled_recordings():
        config = TrainConfig(**load_dynamics(name).config)
        assert config.changes == changed[name]
    for cell in study.load_study():
        assert TrainConfig.of(**cell["config"]).run_name == cell["name"]


def test_the_command_of_a_card_repeats_the_run(finished_run):
    command = training_command(finished_run.config)
    assert configuration(command).identity == finished_run.config.identity
    config = TrainConfig.of(attributes=("Bald", "Male"), seed=3)
    assert "--attributes Bald Male --seed 3" in training_command(config)


def test_photographs_and_untrained_runs_are_not_bundled(tmp_path):
    real = TrainConfig.of(dataset="celeba", data_dir="x", method="baseline")
    for config, message in ((real, "never bundled"), (TrainConfig.of(), "no snapshot yet")):
        output = tmp_path / config.dataset
        RunFolder.open(config.model_copy(update={"output_dir": str(output)}))
        with pytest.raises(ValueError, match=message):
            bundle_editor(output)


def full(*_):
    raise OSError("No space left on device")


def test_a_recorded_run_comes_back(finished_run, own_weights, monkeypatch):
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
    again = load_dynamics("tiny")
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(recording, "write_json", full)
        record_dynamics(finished_run.path, "tiny", faces=2)
    assert bundled_recordings() == []  # neither half old nor half new
    record_dynamics(finished_run.path, "tiny", faces=4)
    assert np.array_equal(load_dynamics("tiny").samples, again.samples)


def test_outside_of_a_copy_of_the_course_there_is_nothing_to_author(tmp_path, monkeypatch, capsys):
    """A wheel's own weights stay as they are."""
    monkeypatch.setattr("secgan_lite.support.files.REPOSITORY", tmp_path)
    monkeypatch.setattr(sys, "argv", ["authoring", "check"])
    with pytest.raises(SystemExit):
        __main__.main()
    assert f"{tmp_path} is no copy of the course" in capsys.readouterr().err


def test_the_commands(finished_run, own_weights, tmp_path, monkeypatch, capsys):
    def command(*words):
        monkeypatch.setattr(sys, "argv", ["authoring", *map(str, words)])
        return __main__.main()

    assert command("record", finished_run.path, "tiny") == 0
    assert (own_weights / "dynamics" / "tiny.json").is_file()
    monkeypatch.setattr(recording, "RESULTS", tmp_path / "results")
    mine = tmp_path / "study.json"
    mine.write_text((study.RESULTS / "study.json").read_text(encoding="utf-8"), encoding="utf-8")
    assert command("study", mine) == 0
    assert study.load_study(tmp_path / "results" / "study.json") == study.load_study()
    for words, message in (
        (("bundle", tmp_path), "holds no config.json"),
        (("model", tmp_path / "none"), "is not there"),
        (("study", tmp_path / "none"), "is not there"),
        (("study", own_weights / "weights" / "manifest.json"), "no study of secgan-lite"),
        (("build", "99_none"), "99_none"),
    ):
        with pytest.raises(SystemExit):
            command(*words)
        assert message in capsys.readouterr().err


@pytest.fixture
def trained_parser(tmp_path, monkeypatch):
    """The file of a parser that the documented command has trained in a moment."""
    file = tmp_path / "trained.safetensors"
    words = ["train", "--image-size", "16", "--count", "128", "--epochs", "1", "--output"]
    monkeypatch.setattr(sys, "argv", ["parsing", *words, str(file)])
    assert parsing() == 0
    return file


def test_a_trained_network_is_bundled_with_the_command_that_repeats_it(
    trained_parser, own_weights, monkeypatch
):
    path = bundle_network(trained_parser)
    assert path.name == "parser-16.safetensors" and 16 in bundled_sizes("parser")
    card = manifest()[path.name]
    assert card["command"] == (
        "python -m secgan_lite.parsing train --image-size 16 --count 128 --epochs 1 --seed 0"
    )
    assert card["faces"] == 128 and card["test_faces"] == 2000 and 0 < card["pixel_accuracy"] < 1
    x = torch.zeros(1, 3, 16, 16)
    assert torch.equal(load_parser("auto", 16)(x), load_parser(trained_parser, 16)(x))
    # The file says what the networks that are bundled today say, and no more: equal, bit by bit.
    assert set(load_tensors(path)[1]) == set(load_tensors(bundled("parser-32"))[1])


def test_what_is_no_network_of_the_course_is_not_bundled(trained_parser, own_weights, tmp_path):
    tensors, metadata = load_tensors(trained_parser)
    before = snapshot(files.WEIGHTS)
    for change, message in (
        ({"kind": "generator"}, "no parser, classifier, encoder"),
        ({"dataset": "celeba-hq"}, "never bundled"),
        ({"card": {"command": "x", "faces": 3}}, "not scored"),
        ({"image_size": 32, "shape": {"width": 4}}, "."),
    ):
        save_tensors(tmp_path / "other.safetensors", tensors, metadata | change)
        with pytest.raises((ValueError, RuntimeError), match=message):
            bundle_network(tmp_path / "other.safetensors")
    assert snapshot(files.WEIGHTS) == before


def snapshot(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def read(folder, monkeypatch):
    """What a reader finds of the set below, and of the weights that it does not touch."""
    monkeypatch.setattr(files, "WEIGHTS", folder)
    return [bundled(*which).read_bytes() for which in (("e",), ("e", ".json"), ("e-seg",), ("p",))]


def version(number):
    """A set of two networks and the results of the first."""
    one, two = ({"a": torch.full((2,), float(number + half))} for half in (0.0, 0.5))
    return {
        "e": Bundle(one, {}, {"command": f"v{number}"}, {"score": number}),
        "e-seg": Bundle(two, {}, {"command": f"v{number}"}),
    }


def test_a_kill_at_any_moment_leaves_the_old_set_or_the_new_one(tmp_path, monkeypatch):
    """The disk as it is before and after each step that changes it is what a kill would leave."""
    folder, seen = tmp_path / "weights", []
    monkeypatch.setattr(files, "WEIGHTS", folder)
    store({"p": Bundle({"a": torch.zeros(1)}, {}, {"command": "p"})})
    store(version(1))
    old = read(folder, monkeypatch)
    with monkeypatch.context() as patch:
        for name in ("replace", "fsync", "unlink"):
            patch.setattr(os, name, watched(getattr(os, name), folder, tmp_path / "seen", seen))
        store(version(2))
    new = read(folder, monkeypatch)
    assert sorted(path.name for path in folder.iterdir()) == [
        "e-seg.safetensors", "e.json", "e.safetensors", "manifest.json", "p.safetensors"
    ]  # fmt: skip
    found = [read(moment, monkeypatch) for moment in seen]
    turn = found.index(new)
    assert len(found) > 20 and found == [old] * turn + [new] * (len(found) - turn)
    for moment in seen:  # and the next bundling tidies up
        monkeypatch.setattr(files, "WEIGHTS", moment)
        store(version(3))
        assert snapshot(moment).keys() == snapshot(folder).keys()


def watched(function, folder, copies, seen):
    """The function, with a copy of the folder from before it and one from after it."""

    def look():
        seen.append(copies / str(len(seen)))
        shutil.copytree(folder, seen[-1])

    def step(*arguments, **options):
        look()
        function(*arguments, **options)
        look()

    return step


def test_no_card_is_lost_in_a_race(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "WEIGHTS", tmp_path / "weights")
    names = [f"network-{number}" for number in range(12)]
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda n: store({n: Bundle({"a": torch.ones(1)}, {}, {})}), names))
    assert set(manifest()) == {f"{name}.safetensors" for name in names}
    assert all(bundled(name).is_file() for name in names)
