"""Copies of the lessons: their links lead somewhere, and nothing of anybody's is overwritten."""

import json
import re

import pytest

from secgan_lite.course import copies
from secgan_lite.course.copies import NOTEBOOKS, copy_lessons, first_lesson
from secgan_lite.support.files import REPOSITORY


def cells(file, kind):
    notebook = json.loads(file.read_text(encoding="utf-8"))
    return ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == kind]


def links(file):
    text = "\n".join(cells(file, "markdown"))
    return [t for t in re.findall(r"\]\(([^)#\s]+)", text) if not re.match("[a-z]+:", t)]


def test_links_of_a_copy_lead_where_those_of_the_lesson_lead(tmp_path):
    made = [file for file, new in copy_lessons(tmp_path / "my") if new]
    assert [file.name for file in made] == sorted(f.name for f in NOTEBOOKS.glob("[0-9]*.ipynb"))
    outside = 0
    for copy in made:
        lesson = NOTEBOOKS / copy.name
        assert cells(copy, "code") == cells(lesson, "code")
        for mine, theirs in zip(links(copy), links(lesson), strict=True):
            place, meant = (copy.parent / mine).resolve(), (NOTEBOOKS / theirs).resolve()
            assert place.exists(), (copy.name, mine)
            lessons = meant.parent == NOTEBOOKS and meant.suffix == ".ipynb"
            assert place == (copy.parent / meant.name if lessons else meant)
            outside += not lessons
    assert outside > 20


def test_what_is_there_is_kept(tmp_path):
    files = [file for file, _ in copy_lessons(tmp_path)]
    files[0].write_text("mine", encoding="utf-8")
    files[1].unlink()
    again = dict(copy_lessons(tmp_path))
    assert [file for file, new in again.items() if new] == [files[1]]
    assert files[0].read_text(encoding="utf-8") == "mine"


def test_the_lessons_themselves_are_no_place_for_copies(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="holds the lessons themselves"):
        list(copy_lessons(NOTEBOOKS))
    monkeypatch.setattr(copies, "NOTEBOOKS", tmp_path)
    with pytest.raises(FileNotFoundError, match="is no copy of the course"):
        list(copy_lessons())


def test_jupyterlab_opens_the_copy_where_there_is_one(tmp_path, monkeypatch):
    monkeypatch.setattr(copies, "MINE", tmp_path)
    assert first_lesson() == REPOSITORY / "notebooks" / "00_start_here.ipynb"
    (tmp_path / "00_start_here.ipynb").touch()
    assert first_lesson().parent == tmp_path
