"""The run folder: refuses what is not its own, survives damage, forgets nothing."""

import errno
import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest
import torch

from secgan_lite.editing import Trained, load_generator
from secgan_lite.support.errors import DataError
from secgan_lite.support.files import load_tensors, save_tensors
from secgan_lite.training import (
    RunFolder,
    RunFolderError,
    Trainer,
    learning_rate,
    train,
)
from secgan_lite.training.runs import locked

needs_posix = pytest.mark.skipif(os.name == "nt", reason="Windows neither forks nor links freely")


@pytest.fixture
def config(small_config):
    return small_config(method="baseline", iterations=4)


def test_a_folder_with_foreign_files_is_refused_and_kept(config, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError, match=r"no run's: name an empty folder"):
        RunFolder.open(config)
    assert (tmp_path / "run" / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_a_folder_of_another_run_is_refused_and_says_how_it_differs(config, small_faces):
    train(config, small_faces)
    other = config.model_copy(update={"lambda_rec": 5.0, "resume": True})
    with pytest.raises(FileExistsError, match=r"differs in lambda_rec\)"):
        RunFolder.open(other)


def test_a_run_from_before_an_option_existed_is_the_same_run(config, small_faces):
    run = train(config, small_faces)
    known = {key: value for key, value in config.identity.items() if key != "sc_start_iteration"}
    (run.path / "config.json").write_text(json.dumps(known), encoding="utf-8")
    assert RunFolder.open(config.model_copy(update={"resume": True})).finished


def test_two_processes_do_not_train_into_one_folder(config, small_faces):
    place = RunFolder.place(config)
    with locked(place), pytest.raises(RunFolderError, match=r"run' is in use: another process"):
        train(config, small_faces)
    assert train(config, small_faces).finished


def contents(folder):
    """All files below a folder, by path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def names(config):
    """The folders beside a run's, itself included."""
    return {path.name for path in RunFolder.place(config).parent.glob("run*")}


def of_its_owner(folder):
    """Puts what an owner may put into a run's folder."""
    for name in ("notes.md", "paper/fig1.png", "samples/best.png", "out.ipynb", ".a.b.c"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("mine", encoding="utf-8")


@pytest.mark.parametrize("resume", [False, True])
def test_a_finished_run_is_given_back_untouched(config, small_faces, monkeypatch, capsys, resume):
    run = train(config, small_faces)
    of_its_owner(run.path)
    before = contents(run.path.parent)
    monkeypatch.setattr(Trainer, "__init__", None)
    config = config.model_copy(update={"resume": resume})
    again = train(config, small_faces)
    assert again.path == run.path and again.log == run.log and again.snapshots()
    assert contents(run.path.parent) == before
    said = capsys.readouterr().err.splitlines()[-1]
    assert f"Finished already, with 4 iterations: {run.path}. -p repeat True" in said


@needs_posix
def test_a_finished_run_is_given_back_where_nothing_may_be_written(
    config, small_faces, monkeypatch
):
    run = train(config, small_faces)

    def refused(*_, **__):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    for name in ("open", "mkdir", "rename", "replace", "unlink"):  # reading takes io.open
        monkeypatch.setattr(os, name, refused)
    assert train(config, small_faces).path == run.path


@pytest.mark.parametrize("finished", [True, False])
def test_a_run_that_is_trained_again_stays_whole_beside_the_new_one(
    config, small_faces, capsys, finished
):
    """Whatever state it is in, with all that its owner has put there; as often as one likes."""
    word = "earlier" if finished else "interrupted"
    again = config.model_copy(update={"repeat": finished})
    held = []
    for number in (1, 2):
        run = train(again, small_faces)
        if not finished:
            (run.path / "generator.safetensors").unlink()
        of_its_owner(run.path)
        held.append(contents(run.path))
        train(again, small_faces)
        assert f"is kept in {run.path}-{word}-{number}." in capsys.readouterr().err
        assert contents(run.path.with_name(f"run-{word}-{number}")) == held[-1]
        shutil.rmtree(run.path)
    assert names(config) == {f"run-{word}-1", f"run-{word}-2"}


def test_no_interrupted_run_replaces_another(config, small_faces):
    """Not even one killed between its two checkpoints' renames."""
    for _ in range(3):
        run = train(config, small_faces)
        (run.path / "generator.safetensors").unlink()
        (run.path / "checkpoint.safetensors").rename(run.path / "checkpoint-previous.safetensors")
    assert names(config) == {"run", "run-interrupted-1", "run-interrupted-2"}


@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize(
    "litter",
    [
        (),
        (".DS_Store", "._x", "Thumbs.db", "desktop.ini", ".nfs0001", ".run.lock"),
        ("samples/", "snapshots/", "samples/.DS_Store"),
        (".config.json.0123abcd.json",),
    ],
)
def test_what_is_nobodys_is_no_obstacle(config, tmp_path, litter, resume):
    place = tmp_path / "run"
    place.mkdir()
    for name in litter:
        if name.endswith("/"):
            (place / name).mkdir()
        else:
            (place / name).write_text("", encoding="utf-8")
    RunFolder.open(config.model_copy(update={"resume": resume}))
    assert names(config) == {"run"} and (place / "config.json").is_file()
    kept = {name.rstrip("/") for name in litter if ".config.json." not in name}
    assert {path.relative_to(place).as_posix() for path in place.rglob("*")} >= kept


@pytest.mark.parametrize(
    "name", ["samples/mine.png", "samples", "thesis", ".bashrc", ".config.json.x.json", "log.jsonl"]
)
def test_what_is_somebodys_is_never_taken_for_ours(config, tmp_path, name):
    file = tmp_path / "run" / name
    file.parent.mkdir(parents=True)
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError, match="no run's: name an empty folder"):
        RunFolder.open(config)
    assert contents(tmp_path / "run") == {name: b"mine"}


@needs_posix
@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize("state", ["new", "interrupted", "finished", "extended"])
def test_a_start_that_is_killed_at_any_moment_can_be_repeated(
    config, small_faces, tmp_path, state, resume
):
    """A process ends without notice before each of its changes on disk; the next one goes on."""
    config = config.model_copy(update={"resume": resume or state == "extended"})
    source = tmp_path / "source"
    if state != "new":
        train(config, small_faces).path.rename(source)
    if state == "interrupted":
        (source / "generator.safetensors").unlink()
    if state == "finished":
        config = config.model_copy(update={"repeat": True})
    if state == "extended":
        config = config.model_copy(update={"iterations": 6})
    weights = _weights(source)
    for survived in range(100):
        for place in tmp_path.glob("run*"):
            shutil.rmtree(place)
        if state != "new":
            shutil.copytree(source, tmp_path / "run")
        child = os.fork()
        if child == 0:
            _die_after(survived)
            RunFolder.open(config)
            os._exit(0)
        killed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        folder = RunFolder.open(config)
        assert not folder.finished and folder.config.identity == config.identity
        assert not list(folder.path.glob(".*"))
        assert weights <= set().union(*map(_weights, tmp_path.glob("run*")))
        if not killed:
            break
    assert survived >= 2


def _die_after(changes):
    """From now on this process dies before its next change on disk but ``changes``."""
    left = iter(range(changes))

    def or_die(change):
        def mortal(*arguments, **options):
            if next(left, None) is None:
                os._exit(9)
            return change(*arguments, **options)

        return mortal

    for name in ("mkdir", "replace", "rename", "unlink", "fsync"):
        setattr(os, name, or_die(getattr(os, name)))


def _weights(folder):
    """The contents of all files of weights below a folder."""
    return {path.read_bytes() for path in folder.rglob("*.safetensors")}


def test_a_damaged_checkpoint_gives_way_to_the_one_before(config, small_faces, capsys):
    run = train(config.model_copy(update={"resume": True}), small_faces, checkpoint_every=0)
    newest = run.path / "checkpoint.safetensors"
    content = newest.read_bytes()
    for damage in (content[:1000], content[:-1] + b"x", _without(newest, "state"), b""):
        newest.write_bytes(damage)
        state, iteration = run.load_checkpoint()
        assert iteration == state["iteration"] == 3
        (said,) = capsys.readouterr().err.splitlines()[-1:]
        assert f"{newest} is damaged" in said
        assert "Used instead is checkpoint-previous.safetensors, of iteration 3." in said


def _without(checkpoint, key):
    """A checkpoint whose metadata lacks something, with a checksum that is right."""
    tensors, metadata = load_tensors(checkpoint)
    other = checkpoint.with_name("other.safetensors")
    save_tensors(other, tensors, {k: v for k, v in metadata.items() if k != key})
    return other.read_bytes()


@pytest.mark.parametrize("killed", [False, True])
def test_a_damaged_checkpoint_never_replaces_the_one_that_is_whole(
    config, small_faces, monkeypatch, killed
):
    """Nor does a kill between the two renames of the next save."""
    resumed = config.model_copy(update={"resume": True})
    run = train(resumed, small_faces, checkpoint_every=0)
    newest = run.path / "checkpoint.safetensors"
    newest.write_bytes(newest.read_bytes()[:-1] + b"x")
    state, _ = run.load_checkpoint()
    if killed:
        replace = os.replace

        def dies(source, target):
            if str(source).endswith("checkpoint-new.safetensors"):
                raise KeyboardInterrupt
            replace(source, target)

        monkeypatch.setattr(os, "replace", dies)
        with pytest.raises(KeyboardInterrupt):
            run.save_checkpoint(state, 4)
        monkeypatch.setattr(os, "replace", replace)
    else:
        run.save_checkpoint(state, 4)
    assert run.load_checkpoint()[1] == 4


def test_a_checkpoint_of_another_run_is_refused_by_name(config, small_config, small_faces):
    other = small_config(method="baseline", iterations=4, seed=5)
    theirs = train(
        other.model_copy(update={"output_dir": config.output_dir + "-other"}), small_faces
    )
    ours = train(config, small_faces)
    shutil.copy(theirs.path / "checkpoint.safetensors", ours.path)
    (ours.path / "generator.safetensors").unlink()
    with pytest.raises(DataError, match=rf"another run's, {other.run_name} \(it differs in seed\)"):
        train(config.model_copy(update={"resume": True}), small_faces)


def test_a_run_with_damaged_checkpoints_only_is_not_begun_again(config, small_faces):
    resumed = config.model_copy(update={"resume": True})
    run = train(resumed, small_faces, checkpoint_every=0)
    for file in run.path.glob("checkpoint*.safetensors"):
        file.write_bytes(file.read_bytes()[:1000])
    (run.path / "generator.safetensors").unlink()
    with pytest.raises(DataError, match=r"No checkpoint of .* can be read"):
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
    (tmp_path / "file").write_text("", encoding="utf-8")
    place = str(tmp_path / "file" / "run")
    with pytest.raises(RunFolderError, match=r"output_dir=.*file.*can't be written"):
        RunFolder.open(config.model_copy(update={"output_dir": place}))


def test_a_log_line_cut_short_is_left_out(config, small_faces):
    run = train(config.model_copy(update={"log_every": 1}), small_faces)
    with (run.path / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"iteration": 5, "sec')
    assert [record["iteration"] for record in run.log] == [1, 2, 3, 4]
    run.rewind(2)
    assert [record["iteration"] for record in run.log] == [1, 2]


def test_a_run_killed_before_its_first_checkpoint_begins_again(config, small_faces, monkeypatch):
    resumed = config.model_copy(update={"resume": True, "log_every": 1})
    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "save_checkpoint", lambda *_: None)
        run = train(resumed, small_faces)
    (run.path / "generator.safetensors").unlink()
    for name in (
        ".checkpoint-new.safetensors.0123abcd.safetensors",
        "samples/.rgb-1.png.89abcdef.png",
    ):
        (run.path / name).write_bytes(b"half")
    again = train(resumed, small_faces)
    assert [record["iteration"] for record in again.log] == [1, 2, 3, 4]
    assert not list(run.path.rglob(".*"))


@pytest.mark.parametrize("line", ["{cut", "[]", "3", "null", '{"seconds": 1}', "\x00\x00", ""])
def test_a_damaged_line_of_the_log_is_left_out_with_a_word(config, small_faces, line):
    config = config.model_copy(update={"log_every": 1, "resume": True})
    run = train(config, small_faces)
    (run.path / "generator.safetensors").unlink()
    log = run.path / "log.jsonl"
    lines = log.read_text(encoding="utf-8").splitlines()
    log.write_text("\n".join([*lines[:1], line, *lines[2:], ""]), encoding="utf-8")
    with pytest.warns(UserWarning, match=r"log\.jsonl: line 2 is damaged and left out"):
        again = train(config, small_faces)
    assert [record["iteration"] for record in again.log] == [1, 3, 4]


@pytest.mark.parametrize(
    "content", ["", "[]", "null", "{cut", '{"preset": "lite"}', '{"width": -1}', '{"extended": 5}',
                "\udcff"]
)  # fmt: skip
def test_a_damaged_configuration_is_one_sentence(config, small_faces, content):
    run = train(config, small_faces)
    (run.path / "config.json").write_text(content, errors="surrogateescape", encoding="utf-8")
    for attempt in (lambda: train(config, small_faces), lambda: RunFolder(run.path).config):
        with pytest.raises(DataError, match=r"config\.json is damaged.*Put a whole copy") as caught:
            attempt()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "damage",
    [
        lambda m: m | {"config": m["config"] | {"unheard": 1}},
        lambda m: m | {"config": m["config"] | {"width": 10**7}},
        lambda m: m | {"config": m["config"] | {"depth": 10**7}},
        lambda m: m | {"config": m["config"] | {"backbone": "none"}},
        lambda m: m | {"config": m["config"] | {"attributes": ["Bangs"]}},
        lambda m: m | {"config": None},
        lambda m: {k: m[k] for k in m if k != "config"},
        lambda m: {k: m[k] for k in m if k != "modality"},
        lambda m: m | {"modality": "semantic"},
    ],
)
def test_a_generators_file_that_says_nonsense_is_one_sentence(config, small_faces, damage):
    run = train(config, small_faces)
    file = run.path / "generator.safetensors"
    tensors, metadata = load_tensors(file)
    save_tensors(file, tensors, damage(metadata))
    with pytest.raises(DataError, match=r"generator\.safetensors is damaged, or no gen") as caught:
        load_generator(run.path)
    assert "\n" not in str(caught.value)


@needs_posix
def test_two_spellings_of_a_folder_are_one(config, small_faces, tmp_path, monkeypatch):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    spelt = [str(tmp_path / "real"), str(tmp_path / "link"), "real", "sub/../link/"]
    spelt = [config.model_copy(update={"output_dir": path}) for path in spelt]
    assert {RunFolder.place(one) for one in spelt} == {(tmp_path / "real").resolve()}
    for one in spelt:
        for other in spelt:
            with locked(RunFolder.place(one)), pytest.raises(RunFolderError, match="in use"):
                train(other, small_faces)
    train(spelt[1], small_faces)
    again = train(spelt[1].model_copy(update={"repeat": True}), small_faces)
    assert again.finished and (tmp_path / "link" / "config.json").is_file()
    assert (tmp_path / "real-earlier-1" / "generator.safetensors").is_file()


@pytest.mark.parametrize("place", [".", "/"])
def test_places_that_can_be_no_runs_are_refused(config, tmp_path, monkeypatch, small_faces, place):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises((FileExistsError, ValueError), match=r"output_dir='/.*name an? "):
        train(config.model_copy(update={"output_dir": place}), small_faces)


@pytest.mark.parametrize("stop", [None, 5])
def test_a_finished_run_is_extended(config, small_faces, monkeypatch, capsys, stop):
    """At the rates of a run of the new length, also when it is stopped on its way."""
    rates, stops, step = {}, [stop], Trainer.step

    def noted(trainer):
        step(trainer)
        rates[trainer.iteration] = trainer.optimisers["rgb/generator"].param_groups[0]["lr"]
        if trainer.iteration in stops:
            stops.clear()
            raise KeyboardInterrupt

    run = train(config, small_faces)
    before = contents(run.path)
    run.save_results({})
    longer = config.model_copy(update={"iterations": 8})
    with pytest.raises(FileExistsError, match="with 4 iterations: -p resume True goes on to 8"):
        train(longer, small_faces)
    monkeypatch.setattr(Trainer, "step", noted)
    longer = longer.model_copy(update={"resume": True})
    if stop:
        with pytest.raises(KeyboardInterrupt):
            train(longer, small_faces, checkpoint_every=0)
    extended = train(longer, small_faces, checkpoint_every=0)
    said = capsys.readouterr().err
    was, now = learning_rate(config, 4), learning_rate(longer, 5)
    assert "from iteration 4 to 8, as a run of that length: its linear learning rate" in said
    assert f"was {was:.2g} and is {now:.2g} now" in said and was < now
    assert rates == {t: learning_rate(longer, t) for t in (5, 6, 7, 8)}
    assert extended.path == run.path and [r["iteration"] for r in extended.log] == [4, 8]
    assert extended.config.iterations == 8 and extended.extended == [4]
    assert load_generator(run.path)[1]["extended"] == [4]
    assert (run.path / "generator-0000004.safetensors").read_bytes() == before[
        "generator.safetensors"
    ]
    assert (run.path / "results-0000004.json").is_file()
    assert names(config) == {"run"}
    # It is a run like any other now, and no longer the one that it was.
    assert train(longer, small_faces).extended == [4]
    with pytest.raises(FileExistsError, match=r"differs in iterations\)"):
        train(config, small_faces)


def test_without_a_checkpoint_nothing_is_extended(config, small_faces):
    run = train(config, small_faces)
    (run.path / "checkpoint.safetensors").unlink()
    before = contents(run.path)
    with pytest.raises(FileExistsError, match="no checkpoint to go on from"):
        train(config.model_copy(update={"iterations": 8, "resume": True}), small_faces)
    assert contents(run.path) == before


def test_a_run_knows_its_configuration(config, small_faces):
    run = train(config, small_faces)
    assert RunFolder(run.path).config.identity == config.identity
    assert json.loads((run.path / "config.json").read_text(encoding="utf-8")) == config.identity


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


def test_a_run_made_before_the_package_was_rearranged(tmp_path, small_faces, small_parser):
    """It is read, edits, goes on, and today's code still trains the same weights."""
    with zipfile.ZipFile(Path(__file__).with_name("run-before.zip")) as archive:
        archive.extractall(tmp_path / "run")
    run = RunFolder(tmp_path / "run")
    assert run.finished and run.load_checkpoint()[1] == 4 and len(run.log) == 2
    trained = Trained.of(run.path)
    x, y, _ = small_faces.batch(torch.arange(2))
    (edit,) = trained.edit(x, (1 - 2 * y)[None])
    assert edit.shape == x.shape and trained.g_seg is not None
    again = {"device": "cpu", "output_dir": str(tmp_path / "again")}
    repeated = train(run.config.model_copy(update=again), small_faces, small_parser)
    # Another processor rounds otherwise; another order of draws would be far off.
    for file in ("generator.safetensors", "generator_seg.safetensors"):
        before, after = (load_tensors(folder.path / file)[0] for folder in (run, repeated))
        for name, tensor in before.items():
            assert torch.allclose(tensor, after[name], atol=1e-4), name
    more = {"iterations": 6, "resume": True, "output_dir": str(run.path), "device": "cpu"}
    longer = train(run.config.model_copy(update=more), small_faces, small_parser)
    assert longer.log[-1]["iteration"] == 6 and longer.extended == [4]
