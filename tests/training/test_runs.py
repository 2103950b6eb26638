"""The run folder: refuses what is not its own, survives damage, forgets nothing."""

import errno
import json
import os

import pytest
import torch

from secgan_lite.files import save_tensors
from secgan_lite.training import RunFolder, RunFolderError, load_generator, train
from secgan_lite.training.runs import alone


@pytest.fixture
def config(small_config):
    return small_config(method="baseline", iterations=4)


def test_a_folder_with_foreign_files_is_refused_and_kept(config, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").write_text("mine")
    with pytest.raises(FileExistsError, match=r"no run's: name an empty folder"):
        RunFolder.open(config)
    assert (tmp_path / "run" / "thesis.txt").read_text() == "mine"


def test_a_folder_of_another_run_is_refused_and_says_how_it_differs(config, small_faces):
    train(config, small_faces)
    other = config.model_copy(update={"lambda_rec": 5.0, "resume": True})
    with pytest.raises(FileExistsError, match=r"differs in lambda_rec\)"):
        RunFolder.open(other)


def test_a_run_from_before_an_option_existed_is_the_same_run(config, small_faces):
    run = train(config, small_faces)
    known = {key: value for key, value in config.identity.items() if key != "sc_start_iteration"}
    (run.path / "config.json").write_text(json.dumps(known))
    assert RunFolder.open(config.model_copy(update={"resume": True})).finished


def test_two_processes_do_not_train_into_one_folder(config, small_faces):
    place = RunFolder.place(config)
    with alone(place), pytest.raises(RunFolderError, match=r"run' is in use: another process"):
        train(config, small_faces)
    assert train(config, small_faces).finished


def test_an_interrupted_run_is_put_aside_and_a_finished_one_repeated(config, small_faces):
    run = train(config, small_faces)
    (run.path / "generator.safetensors").unlink()  # as if stopped before the end
    again = train(config, small_faces)
    aside = run.path.with_name("run-interrupted-1")
    assert (aside / "checkpoint.safetensors").is_file() and again.finished
    train(config, small_faces)
    assert {p.name for p in run.path.parent.glob("run*")} == {"run", "run-interrupted-1"}


def test_no_interrupted_run_replaces_another(config, small_faces):
    """Not even one killed between its two checkpoints' renames."""
    for _ in range(3):
        run = train(config, small_faces)
        (run.path / "generator.safetensors").unlink()
        (run.path / "checkpoint.safetensors").rename(run.path / "checkpoint-previous.safetensors")
    names = {p.name for p in run.path.parent.glob("run*")}
    assert names == {"run", "run-interrupted-1", "run-interrupted-2"}


def test_a_damaged_checkpoint_gives_way_to_the_one_before(config, small_faces):
    run = train(config.model_copy(update={"resume": True}), small_faces, checkpoint_every=0)
    newest = run.path / "checkpoint.safetensors"
    newest.write_bytes(newest.read_bytes()[:1000])
    state, iteration = run.load_checkpoint()
    assert iteration == state["iteration"] == 3


def test_a_run_with_damaged_checkpoints_only_is_not_begun_again(config, small_faces):
    resumed = config.model_copy(update={"resume": True})
    run = train(resumed, small_faces, checkpoint_every=0)
    for file in run.path.glob("checkpoint*.safetensors"):
        file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(ValueError, match=r"No checkpoint of .* can be read"):
        train(resumed, small_faces)


def test_a_full_disk_leaves_the_last_checkpoint(config, small_faces, monkeypatch):
    sync, calls = os.fsync, []

    def full(descriptor):
        calls.append(descriptor)
        if len(calls) > 7:  # before the fourth checkpoint
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RunFolderError, match=r"run.*No space left.*-p resume True"):
        chatty = config.model_copy(update={"log_every": 1})
        train(chatty, small_faces, checkpoint_every=0, sample_every=100)
    monkeypatch.setattr(os, "fsync", sync)
    _, iteration = RunFolder(config.output_dir).load_checkpoint()
    assert iteration == 3
    run = train(config.model_copy(update={"resume": True, "log_every": 1}), small_faces)
    assert [record["iteration"] for record in run.log] == [1, 2, 3, 4]


def test_a_folder_that_can_not_be_written_is_named(config, tmp_path):
    (tmp_path / "file").write_text("")
    place = str(tmp_path / "file" / "run")
    with pytest.raises(RunFolderError, match=r"output_dir=.*file.*can't be written"):
        RunFolder.open(config.model_copy(update={"output_dir": place}))


def test_a_log_line_cut_short_is_left_out(config, small_faces):
    run = train(config.model_copy(update={"log_every": 1}), small_faces)
    with (run.path / "log.jsonl").open("a") as file:
        file.write('{"iteration": 5, "sec')
    assert [record["iteration"] for record in run.log] == [1, 2, 3, 4]
    run.rewind(2)
    assert [record["iteration"] for record in run.log] == [1, 2]


def test_a_run_killed_before_its_first_checkpoint_begins_again(config, small_faces, monkeypatch):
    resumed = config.model_copy(update={"resume": True, "log_every": 1})
    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "save_checkpoint", lambda *_: None)
        run = train(resumed, small_faces)
    (run.path / ".checkpoint-new.safetensors.x.safetensors").write_bytes(b"half")
    again = train(resumed, small_faces)
    assert [record["iteration"] for record in again.log] == [1, 2, 3, 4]
    assert not list(run.path.glob(".*"))


def test_a_run_knows_its_configuration(config, small_faces):
    run = train(config, small_faces)
    assert RunFolder(run.path).config.identity == config.identity
    assert json.loads((run.path / "config.json").read_text()) == config.identity


def test_a_run_on_photographs_is_read_back_without_them(small_config, small_faces):
    config = small_config(method="baseline", iterations=2, dataset="celeba", data_dir="gone")
    run = train(config, small_faces)
    assert RunFolder(run.path).config.identity == config.identity
    assert load_generator(run.path)[1]["config"]["dataset"] == "celeba"


def test_state_of_any_shape_survives(config, tmp_path):
    folder = RunFolder.open(config)
    state = {"a": [torch.arange(3), {"b": (1, 2.5, None, "x", True)}], 7: {0: torch.ones(())}}
    folder.save_checkpoint(state, 9)
    loaded, iteration = folder.load_checkpoint()
    assert iteration == 9 and list(loaded) == ["a", 7]
    assert torch.equal(loaded["a"][0], torch.arange(3)) and float(loaded[7][0]) == 1
    assert loaded["a"][1]["b"] == [1, 2.5, None, "x", True]


def test_what_is_no_run_or_no_generator_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no config\.json"):
        RunFolder(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"generator\.safetensors"):
        load_generator(tmp_path)
    save_tensors(tmp_path / "w.safetensors", {"a": torch.zeros(1)}, {})
    with pytest.raises(ValueError, match="holds no generator"):
        load_generator(tmp_path / "w.safetensors")
