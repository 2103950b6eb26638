"""A course of one tiny lesson, built once and copied for each test."""

import shutil

import pytest
from places import place
from tiny import LESSON

from secgan_lite.course import audit, builder
from secgan_lite.course.checks import EXERCISES


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    (folder / "py").mkdir()
    (folder / "py" / "90_tiny.py").write_text(LESSON, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        place(folder, patch)
        names = [name for name, _ in builder.build()]
    assert names == ["90_tiny.ipynb", "solutions/90_tiny.ipynb"]
    return folder


@pytest.fixture
def course(built, tmp_path, monkeypatch):
    """A fresh copy of the built course, the only one that builder and audit see."""
    folder = tmp_path / "course"
    shutil.copytree(built, folder)
    place(folder, monkeypatch)
    few = {name: EXERCISES[name] for name in ("01-iou", "02-classification")}
    monkeypatch.setattr(audit, "EXERCISES", few)
    return folder
