"""One meaning of a path, for all that takes one; and a place for runs that can be written."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from secgan_lite.commands.check import check
from secgan_lite.course.study.record import load_study
from secgan_lite.datasets import load, pack
from secgan_lite.datasets.cache import caches
from secgan_lite.editing import Trained, decode, load_editor, load_generator, load_published_weights
from secgan_lite.evaluation import EvaluationConfig
from secgan_lite.judges import load_classes, load_classifier, load_encoder
from secgan_lite.parsing import load_parser
from secgan_lite.support import places
from secgan_lite.support.places import runs, to_read, to_write
from secgan_lite.training import RunFolder, TrainConfig


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A repository, a home, and a folder of its user's in which all happens."""
    for name in ("course/notebooks", "course/data", "home", "work"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.setattr(places, "REPOSITORY", tmp_path / "course")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.delenv("SECGAN_LITE_CACHES")
    monkeypatch.delenv("SECGAN_LITE_RUNS")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "course"


def test_a_path_is_looked_for_here_and_then_in_the_repository(course, tmp_path):
    (course / "data" / "a").touch()
    assert to_read("data/a") == course / "data" / "a"
    (tmp_path / "work" / "data").mkdir()
    (tmp_path / "work" / "data" / "a").touch()
    assert to_read("data/a") == tmp_path / "work" / "data" / "a"
    assert to_read(course / "data" / "a") == course / "data" / "a"
    with pytest.raises(FileNotFoundError, match="data_dir='data/b'") as error:
        to_read("data/b", "data_dir")
    assert str(tmp_path / "work" / "data" / "b") in str(error.value)
    assert str(course / "data" / "b") in str(error.value)


def test_what_is_new_goes_here_or_from_the_lessons_into_the_repository(
    course, tmp_path, monkeypatch
):
    assert to_write("runs/a") == tmp_path / "work" / "runs" / "a"
    assert to_write(tmp_path / "b") == tmp_path / "b"
    monkeypatch.chdir(course)
    assert to_write("runs/a") == course / "runs" / "a"
    monkeypatch.chdir(course / "notebooks")
    assert to_write("runs/a") == course / "runs" / "a"
    to_write("runs/a").mkdir(parents=True)
    assert to_read("runs/a") == to_write("runs/a")


@pytest.mark.parametrize("given", ["~/a", "$HOME/a", "${HOME}/a"])
def test_home_and_variables_mean_what_they_do_in_a_shell(course, tmp_path, given):
    (tmp_path / "home" / "a").touch()
    assert to_read(given) == to_write(given) == tmp_path / "home" / "a"


@pytest.mark.parametrize("given", ["$NO_SUCH_VARIABLE/a", "~no-such-user/a"])
def test_no_folder_is_named_after_an_unset_variable(course, given):
    with pytest.raises(ValueError, match=r"output_dir=.* is not known here"):
        to_write(given, "output_dir")


def small(**changes):
    return TrainConfig.of(width=4, depth=1, discriminator_width=4, device="cpu", **changes)


READERS = {
    "data_dir": lambda path: load("celeba", "train", 32, data_dir=path),
    "pack": lambda path: pack(path + ".npz", "train"),
    "parser": load_parser,
    "published parser": lambda path: load_parser(path + ".pth"),
    "classifier": load_classifier,
    "encoder": load_encoder,
    "published encoder": lambda path: load_encoder(path + ".pth.tar"),
    "inception": lambda path: load_classes(path, None),
    "run": RunFolder,
    "trained": Trained.of,
    "evaluation": lambda path: EvaluationConfig.of(run_dir=path).load(),
    "generator": load_generator,
    "published generator": lambda path: load_published_weights(path, "stargan"),
    "editor": load_editor,
    "image": decode,
    "study": load_study,
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_everything_that_reads_follows_the_rule(course, tmp_path, read):
    with pytest.raises((ValueError, FileNotFoundError)) as error:
        read("~/absent")
    assert str(tmp_path / "home" / "absent") in str(error.value)
    with pytest.raises((ValueError, FileNotFoundError)) as error:
        read("data/absent")
    assert str(tmp_path / "work" / "data" / "absent") in str(error.value)
    assert str(course / "data" / "absent") in str(error.value)


def test_everything_that_writes_follows_the_rule(course, tmp_path, monkeypatch):
    home = tmp_path / "home"
    assert RunFolder.place(small(output_dir="~/run")) == home / "run"
    assert RunFolder.place(small(output_dir=Path("run"))) == tmp_path / "work" / "run"
    monkeypatch.setenv("SECGAN_LITE_CACHES", "~/caches")
    assert caches() == home / "caches"


def test_the_check_of_a_data_set_says_where_it_looked(course):
    (found,) = list(check("celeba", "data/celeba"))[1:]
    assert str(course / "data" / "celeba") in found.text and "data/README.md" in found.text


def test_a_picture_under_home_is_read(course, tmp_path):
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(tmp_path / "home" / "me.png")
    assert decode("~/me.png").size == (8, 8)


@pytest.fixture
def read_only(monkeypatch):
    """Names folders under which nothing can be written."""
    closed = []
    access = os.access

    def denied(path, mode):
        if mode & os.W_OK and any(Path(path).is_relative_to(folder) for folder in closed):
            return False
        return access(path, mode)

    monkeypatch.setattr(os, "access", denied)
    return closed.append


def test_runs_and_caches_are_in_the_repository_if_it_can_be_written(course, tmp_path, read_only):
    assert (runs(), caches()) == (course / "runs", course / "data" / "caches")
    read_only(course)
    work = tmp_path / "work"
    assert (runs(), caches()) == (work / "runs", work / "runs" / "caches")
    assert RunFolder.place(small()).parent == work / "runs"
    read_only(work)
    for place in (runs, caches):
        with pytest.raises(PermissionError, match=re.escape(str(work / "runs"))):
            place()


def test_without_a_repository_runs_are_in_the_current_folder(course, tmp_path):
    (course / "notebooks").rmdir()
    assert runs() == tmp_path / "work" / "runs"
