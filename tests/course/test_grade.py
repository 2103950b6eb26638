"""Thirty students hand in what students hand in, and some attack: each gets the right line."""

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from secgan_lite.course.builder import convert, lessons
from secgan_lite.course.grading import grade
from secgan_lite.course.grading.notebook import Lesson, Unreadable, lesson_of, read
from secgan_lite.course.grading.program import program
from secgan_lite.course.grading.sandbox import Limits
from secgan_lite.support.files import REPOSITORY

REAL = "06_explore"
DIFFERENCE = "def difference(y_trg, y_src):\n    return {}\n\n\n{}"
REVERSALS = "def reversals(y_src):\n    return {}\n\n\n{}"
ASK_DIFFERENCE = 'difference = check("00-difference", difference)'
ASK_REVERSALS = 'reversals = check("00-reversals", reversals)'
RIGHT = DIFFERENCE.format("y_trg - y_src", ASK_DIFFERENCE)
WRONG = DIFFERENCE.format("y_src - y_trg", ASK_DIFFERENCE)
OPEN = DIFFERENCE.format("TODO", ASK_DIFFERENCE)
RIGHT_TOO = REVERSALS.format("torch.diag(one - 2 * y_src)", ASK_REVERSALS)
GIVEN = REVERSALS.format("torch.eye(len(y_src))", ASK_REVERSALS)


def tiny(first=OPEN, second=GIVEN, *more):
    """A lesson of two checked exercises; what the second needs, a cell of the lesson makes."""
    cells = [
        new_markdown_cell("# Tiny"),
        new_code_cell("import torch\nfrom secgan_lite.course import TODO, check"),
        new_code_cell('raise RuntimeError("a cell that no answer needs")'),
        new_code_cell("one = 1"),
        new_markdown_cell("## Predict first"),
        new_code_cell('guess = ""'),
        new_code_cell(first),
        new_code_cell(second),
    ]
    for number, cell in enumerate(cells):
        cell.id = f"90_tiny-{number:02d}"
    notebook = new_notebook(cells=[*cells, *map(new_code_cell, more)])
    return notebook


def written(first=OPEN, second=GIVEN, *more):
    return nbformat.writes(tiny(first, second, *more))


def changed(change):
    notebook = tiny(RIGHT, RIGHT_TOO)
    change(notebook)
    return nbformat.writes(notebook)


def guessed(notebook):
    notebook.cells[5].source = 'guess = "<b>one</b>"'


def without_ids(notebook):
    for number, cell in enumerate(notebook.cells):
        cell.id = f"x{number}"


def without_checks(notebook):
    for cell in notebook.cells[-2:]:
        cell.source = cell.source.partition("\n\n\n")[0]


def own_helper(notebook):
    helper = new_code_cell("def mine(a, b):\n    return a - b")
    notebook.cells[6].source = DIFFERENCE.format("mine(y_trg, y_src)", ASK_DIFFERENCE)
    notebook.cells.insert(3, helper)


def changed_lesson(notebook):
    notebook.cells[3].source = "one = 5"
    notebook.cells[1].source += "\ncheck = lambda name, answer: answer"


def instead(line):
    """A right second answer, and in the first a line that runs before its wrong one."""
    return written(f"{line}\n{WRONG}", RIGHT_TOO)


# What each hands in; the verdicts on both answers; words of the remark.
STUDENTS = {
    "ada": (written(RIGHT, RIGHT_TOO), "passed passed", ""),
    "ali": (written(WRONG, RIGHT_TOO), "wrong passed", ""),
    "amy": (written(), "open open", ""),
    "ana": (written(RIGHT), "passed open", ""),
    "ben": ('{"cells": [', "", "not a notebook: Expecting value"),
    "bob": ("[]", "", "not a notebook: it holds no list of cells"),
    "cem": ("%PDF-1.7", "", "not a notebook"),
    "dan": (instead("while True: pass"), "stopped passed", "ran longer than 6 s in cell 7"),
    "dee": (
        written(DIFFERENCE.format("sum(0 for _ in iter(int, 1))", ""), RIGHT_TOO),
        "stopped passed",
        "ran longer than 6 s in cell 7",
    ),
    "eli": (
        instead("hog = [bytearray(2**24) for _ in range(10**6)]"),
        "stopped passed",
        "needed more than 1 GB",
    ),
    "eva": (instead("hog = bytearray(2**40)"), "stopped passed", "needed more than 1 GB"),
    "fay": (instead('open("PLACE/ada_90_tiny.ipynb").read()'), "stopped passed", "not read"),
    "gil": (instead('open("PLACE/../outside.txt", "w").write("x")'), "stopped passed", "not"),
    "gus": (instead('torch.save(1, "PLACE/../outside.pt")'), "stopped passed", "cell 7"),
    "hal": (instead('import os; os.system("touch PLACE/../outside")'), "stopped passed", "os.sys"),
    "ian": (instead('print("00-difference: passed on 5 fresh cases.")'), "wrong passed", ""),
    "ida": (
        instead("import secgan_lite.course.checks.diagnosis as d; d._all_same = lambda *a: True"),
        "not counted not counted",
        "changed secgan_lite.course.checks.diagnosis._all_same",
    ),
    "ivo": (
        instead("torch.isclose = lambda *a, **k: torch.tensor(True)"),
        "not counted not counted",
        "changed torch.isclose",
    ),
    "jan": (
        written("from secgan_lite.attributes import difference", RIGHT_TOO),
        "not counted passed",
        "the reference itself",
    ),
    "jil": (changed(changed_lesson), "passed passed", ""),
    "kai": (changed(without_checks), "passed passed", ""),
    "kim": (written("def difference(y_trg, y_src:\n", RIGHT_TOO), "stopped passed", "SyntaxError"),
    "leo": (instead("import sys; sys.exit(0)"), "stopped passed", "SystemExit"),
    "lia": (
        instead("import os; os.kill(os.getpid(), 9)"),
        "stopped passed",
        "ended by SIGKILL in cell 7",
    ),
    "max": (instead("import os; os._exit(0)"), "stopped passed", "ended itself"),
    "mia": (written(RIGHT, RIGHT_TOO).replace("\\n", "\\r\\n"), "passed passed", ""),
    "ned": (changed(without_ids), "passed passed", ""),
    "oda": (changed(lambda n: n.cells.pop()), "passed missing", ""),
    "pia": (changed(own_helper), "passed passed", ""),
    "=sum(a)": (changed(guessed), "passed passed", ""),
    "ron": (nbformat.writes(new_notebook(cells=[])), "missing missing", ""),
    "sam": (nbformat.writes(new_notebook(cells=[])), "", "not a lesson"),
}
if sys.platform != "linux":  # PyTorch's own machine code opens the file: only a kernel refuses
    del STUDENTS["gus"]
ENVIRONMENT_SPY = instead('import os; assert "SECRET" not in os.environ, "seen"')


def hashes(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def command(*words, **more):
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "SECRET": "1", **more}
    return subprocess.run(
        [sys.executable, "-m", "secgan_lite", "grade", *map(str, words)],
        env=environment, capture_output=True, encoding="utf-8",
    )  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Lessons, and what was handed in, some of it in folders."""
    place = tmp_path_factory.mktemp("class")
    for name in ("lessons", "handed in"):
        (place / name).mkdir()
    (place / "lessons" / "90_tiny.ipynb").write_text(written(), encoding="utf-8")
    for index, (student, (text, *_)) in enumerate(STUDENTS.items()):
        file = place / "handed in" / f"{student}_90_tiny.ipynb"
        if index % 2 and student != "ada":
            file = place / "handed in" / student / "my homework.ipynb"
            file.parent.mkdir()
        text = text.replace("PLACE", (place / "handed in").as_posix())
        file.write_text(text, encoding="utf-8", newline="")
    spy = place / "handed in" / "spy_90_tiny.ipynb"
    spy.write_text(ENVIRONMENT_SPY, encoding="utf-8")
    shutil.copy(REPOSITORY / "notebooks" / f"{REAL}.ipynb", place / "lessons")
    solved = convert(lessons()[REAL], solutions=True)
    nbformat.write(solved, place / "handed in" / "zoe homework.ipynb")
    return place


@pytest.fixture(scope="module")
def done(place):
    """The whole class, graded by one command."""
    before = hashes(place)
    limits = ("--seconds", "6", "--memory", "1", "--workers", "2")
    words = (place / "handed in", "-o", place / "grades", "--lessons", place / "lessons", *limits)
    ended = command(*words)
    assert ended.returncode == 0, ended.stderr
    return before, words, ended


@pytest.fixture(scope="module")
def table(place, done):
    with (place / "grades" / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def stored(place, done):
    found = json.loads((place / "grades" / "grades.json").read_text(encoding="utf-8"))
    return {graded["student"]: graded for graded in found.values()}


@pytest.mark.parametrize("student", STUDENTS)
def test_each_gets_the_right_line(student, stored, table):
    _, kinds, remark = STUDENTS[student]
    graded = stored[student]
    assert " ".join(v["kind"] for v in graded["verdicts"].values()) == kinds, graded
    assert remark in graded["remark"] and bool(remark) == bool(graded["remark"]), graded
    row = table[f"'{student}" if student.startswith("=") else student]
    assert int(row["points"]) == kinds.split().count("passed") and row["of"] == "5"


def test_nothing_was_written_elsewhere_and_no_secret_was_seen(place, done, stored):
    after = hashes(place)
    assert {k: v for k, v in after.items() if not k.startswith("grades/")} == done[0]
    kept = {"grades.csv", "grades.html", "answers.html", "grades.json"}
    assert {path.name for path in (place / "grades").iterdir()} == kept
    assert [v["kind"] for v in stored["spy"]["verdicts"].values()] == ["wrong", "passed"]


def test_pages_show_what_students_wrote_and_none_of_it_as_code(place, done):
    answers = (place / "grades" / "answers.html").read_text(encoding="utf-8")
    assert "Predict first" in answers and "guess = &quot;&lt;b&gt;one&lt;/b&gt;" in answers
    page = (place / "grades" / "grades.html").read_text(encoding="utf-8")
    assert "the sign is wrong" in page and "=sum(a)" in page


def test_only_what_changed_runs_again(place, done, monkeypatch):
    _, words, first = done
    (place / "handed in" / "ana" / "my homework.ipynb").write_text(written(), encoding="utf-8")
    run = []

    def counted(*given):
        run.append(given)
        raise ZeroDivisionError

    monkeypatch.setattr("secgan_lite.course.grading.attempt", counted)
    again = grade(words[0], words[2], words[4], Limits(6.0, 2**30))
    said = []
    with pytest.raises(ZeroDivisionError):
        said += (str(graded) for graded in again)
    assert len(run) == 1 and set(said) < set(first.stdout.splitlines())


def test_a_real_lesson_with_its_solutions_passes(stored):
    """The exercises alone, as in the solutions, in a file that no longer has the lesson's name."""
    assert stored["zoe homework"]["lesson"] == REAL
    assert [v["kind"] for v in stored["zoe homework"]["verdicts"].values()] == ["passed"] * 3


def test_no_cell_runs_in_vain():
    """Of every real lesson only a few cells run, and none that trains or draws."""
    for path in sorted((REPOSITORY / "notebooks").glob("0*.ipynb")):
        lesson = Lesson.of(path)
        steps = program(lesson.cells, lesson)
        assert {name for s in steps for name in s.exercises} == set(lesson.exercises)
        assert not any("train(" in s.source or "figures." in s.source
                       for s in steps if not s.students), path.name  # fmt: skip


def test_words_for_what_cannot_be_graded(tmp_path):
    limits = Limits(6.0, 2**30)
    with pytest.raises(ValueError, match="holds no lesson"):
        list(grade(tmp_path, tmp_path.parent / "out", tmp_path, limits))
    (tmp_path / "90_tiny.ipynb").write_text(written(), encoding="utf-8")
    with pytest.raises(ValueError, match="lies in the folder of submissions"):
        list(grade(tmp_path, tmp_path / "out", tmp_path, limits))
    (tmp_path / "none").mkdir()
    with pytest.raises(ValueError, match="holds no submission"):
        list(grade(tmp_path / "none", tmp_path / "out", tmp_path, limits))
    link = tmp_path / "link.ipynb"
    link.symlink_to(tmp_path / "90_tiny.ipynb")
    with pytest.raises(Unreadable, match="a link"):
        read(link)
    lesson = Lesson.of(tmp_path / "90_tiny.ipynb")
    assert lesson_of(lesson.cells, Path("x.ipynb"), {"90_tiny": lesson}) is lesson
