"""What lecturers get: a template that can be built, an exam whose numbers are right, sizes."""

import re
from statistics import mean, stdev

import nbformat
import pytest
from places import place

from secgan_lite.course import audit, builder
from secgan_lite.course.doctor import timings
from secgan_lite.evaluation.bootstrap import student
from secgan_lite.support.files import REPOSITORY

LECTURER = REPOSITORY / "notebooks" / "lecturer"


def text(name):
    return (LECTURER / name).read_text(encoding="utf-8")


def test_the_template_is_a_lesson_that_can_be_built(tmp_path, monkeypatch):
    (tmp_path / "py").mkdir()
    (tmp_path / "py" / "99_template.py").write_text(text("lesson_template.py"), encoding="utf-8")
    place(tmp_path, monkeypatch)
    monkeypatch.setattr(audit, "EXERCISES", {})
    assert [name for name, _ in builder.build()] == [
        "99_template.ipynb",
        "solutions/99_template.ipynb",
    ]
    assert [fault for fault in audit.audit() if "no lesson names it" not in fault] == []
    lesson = nbformat.read(tmp_path / "99_template.ipynb", as_version=4)
    assert sum("slide" in cell.metadata.get("tags", []) for cell in lesson.cells) >= 4


def test_the_points_of_the_exam_add_up():
    exam = text("exam.md")
    points = [int(n) for n in re.findall(r"^## .*\((\d+) points", exam, re.MULTILINE)]
    (said,) = re.findall(r"(\d+) points, a pocket calculator", exam)
    assert len(points) == 9 and sum(points) == int(said)


def test_the_interval_in_the_exam_is_right():
    exam = text("exam.md")
    said = re.search(r"higher by ([\d.]+), ([\d.]+) and ([\d.]+)", exam).groups()
    gains = [float(number) for number in said]
    half = student(3) * stdev(gains) / 3**0.5
    low, high = re.search(r"from −([\d.]+) to ([\d.]+\d)", exam).groups()
    assert mean(gains) - half == pytest.approx(-float(low), abs=0.01)
    assert mean(gains) + half == pytest.approx(float(high), abs=0.01)


def test_a_hub_has_the_memory_that_lessons_take():
    most = {name: timing["megabytes"] for name, timing in timings().items()}
    assert "One core and 1.5 GB for each student, 2 GB while lesson 04 trains" in text("README.md")
    assert all(taken < (2000 if name == "04_train" else 1500) for name, taken in most.items())


def test_a_session_is_not_longer_than_it_says():
    guide = text("README.md")
    one, five, ten = re.split(r"^### .* of 90 minutes$", guide, flags=re.MULTILINE)[1:]
    first = [int(n) for n in re.findall(r"^\| (\d+) \|", one, re.MULTILINE)]
    assert sum(first) == 90
    for plan, count in ((five, 5), (ten, 10)):
        rows = re.findall(r"^\| \d+ \|.*\| ([\d +]+) \|.*\|.*\|$", plan.split("## Lesson")[0], re.M)
        assert len(rows) == count
        assert all(sum(map(int, row.split("+"))) == 90 for row in rows)
    named = set(re.findall(r"\.\./(\d\w*)\.ipynb", ten))
    assert set(builder.lessons()) <= named


def test_lessons_that_have_no_variant_are_named():
    files = sorted((REPOSITORY / "notebooks").glob("[0-9]*.ipynb"))
    texts = {file.name[:2]: file.read_text(encoding="utf-8") for file in files}
    seedless = [name for name, lesson in texts.items() if "seed: int" not in lesson]
    assert f"Lessons {' and '.join(seedless)} have no seed" in text("README.md")
