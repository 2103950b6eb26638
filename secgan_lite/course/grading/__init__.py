"""Grades a folder of submissions: ``secgan-lite grade FOLDER``.

The answers of each notebook run among the lesson's own cells, in a confined process; each exercise
counts for itself. What is graded and has not changed is not run again.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from secgan_lite import __version__
from secgan_lite.course.grading import sheet
from secgan_lite.course.grading.attempt import CONTEXT, WORKER, Outcome, Verdict, attempt
from secgan_lite.course.grading.notebook import Cell, Lesson, Unreadable, answers, lesson_of, read
from secgan_lite.course.grading.program import program
from secgan_lite.course.grading.report import KEY, report_verdicts
from secgan_lite.course.grading.sandbox import Limits, environment
from secgan_lite.course.grading.written import written
from secgan_lite.support.files import sha256, write_bytes, write_json

RESULTS = "grades.json"


@dataclass(frozen=True)
class Graded:
    """What is known of one file.

    Attributes:
        file: its path below the folder of submissions.
        student, lesson: whose it is, and of which lesson; "" if of none.
        inputs: hash of all that the result depends on.
        verdicts: by exercise, ``kind`` and ``says``.
        remark: what has to be said of the notebook as a whole, "" if nothing.
        written: what was written outside of the checked answers, each with the heading above it.
    """

    file: str
    student: str
    lesson: str
    inputs: str
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    remark: str = ""
    written: list[tuple[str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        passed = sum(verdict.kind == "passed" for verdict in self.verdicts.values())
        counted = f"{passed} of {len(self.verdicts)}" if self.verdicts else ""
        return "  ".join(filter(None, (self.student, self.lesson, counted, self.remark)))


def grade(
    folder: Path, out: Path, lessons: Path, limits: Limits, workers: int = 1
) -> Iterator[Graded]:
    """Grade every file of a folder and write the results, after each file anew.

    ``out`` gets grades.csv, grades.html, answers.html and grades.json.

    Args:
        folder: of submissions, a subfolder or the beginning of a file's name for each student.
        lessons: folder of the lessons that were given out, with the key if they are a variant.
        limits: of each notebook.
        workers: notebooks at a time.

    Raises:
        ValueError: no submission is there, or no lesson, or ``out`` lies in the folder.
    """
    folder, out = folder.resolve(), out.resolve()
    if out.is_relative_to(folder):
        raise ValueError(f"out={str(out)!r} lies in the folder of submissions: name another.")
    given = {path.stem: path for path in sorted(lessons.glob("[0-9]*.ipynb"))}
    if not given:
        raise ValueError(f"lessons={str(lessons)!r} holds no lesson.")
    if not (files := list(_files(folder))):
        raise ValueError(f"folder={str(folder)!r} holds no submission.")
    key = lessons / KEY
    about_key = json.loads(key.read_text(encoding="utf-8")) if key.is_file() else {}
    known = {name: Lesson.of(path) for name, path in given.items()}
    course = [__version__, asdict(limits), about_key, {n: sha256(p) for n, p in given.items()}]
    before = _load(out / RESULTS)
    done: dict[str, Graded] = {}

    def one(file: Path) -> Graded:
        name = file.relative_to(folder).as_posix()
        digest = sha256(file) if file.is_file() and not file.is_symlink() else "none"
        inputs = hashlib.sha256(json.dumps([*course, digest]).encode()).hexdigest()
        if name in before and before[name].inputs == inputs:
            return before[name]
        student = _student(file.relative_to(folder), known)
        try:
            cells = read(file)
            lesson = lesson_of(cells, file, known)
        except Unreadable as error:
            return Graded(name, student, "", inputs, remark=str(error))
        hidden = [folder, out, *([lessons] if about_key else [])]
        outcome = _outcome(cells, lesson, hidden, limits, about_key)
        texts = list(written(cells, lesson, answers(cells, lesson)))
        found = outcome.verdicts, outcome.remark, texts
        return Graded(name, student, lesson.name, inputs, *found)

    with _clean_environment(), ThreadPoolExecutor(workers) as pool:
        for graded in pool.map(one, files):
            done[graded.file] = graded
            _store(out, {**before, **done} if len(done) < len(files) else done)
            yield graded
    exercises = {n: list(known[n].exercises) for n in known}
    reports = about_key.get("reports", {})
    exercises = {n: [*names, *reports.get(n, {})] for n, names in exercises.items()}
    for file, text in sheet.pages(list(done.values()), exercises).items():
        write_bytes(out / file, text.encode())


def _outcome(
    cells: list[Cell], lesson: Lesson, hidden: list[Path], limits: Limits, key: Mapping
) -> Outcome:
    """The verdicts on a notebook's answers, and on its numbers where the lesson asks for some."""
    outcome = Outcome({})
    if lesson.exercises:
        outcome = attempt(program(cells, lesson), hidden, limits, key.get("check_seed", 1))
    numbers = report_verdicts(cells, key.get("reports", {}).get(lesson.name, {}))
    return Outcome(outcome.verdicts | numbers, outcome.remark)


def _files(folder: Path) -> Iterator[Path]:
    """All files, without those that begin with a dot or that archives of macOS add."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if not path.is_dir() and not any(p.startswith(".") or p == "__MACOSX" for p in parts):
            yield path


def _student(file: Path, lessons: Mapping[str, Lesson]) -> str:
    """Whose a file is: the first folder's name; else the file's, without the lesson's."""
    if len(file.parts) > 1:
        return file.parts[0]
    found = [lesson for lesson in lessons if lesson in file.stem]
    start = file.stem.partition(max(found, key=len))[0] if found else file.stem
    return start.strip("_-. ") or file.stem


@contextmanager
def _clean_environment() -> Iterator[None]:
    """Processes that begin inside know nothing of this one's environment."""
    kept = dict(os.environ)
    with TemporaryDirectory(ignore_cleanup_errors=True) as home:
        clean = environment(home)
        os.environ.clear()
        os.environ.update(clean)
        if CONTEXT.get_start_method() == "forkserver":
            CONTEXT.set_forkserver_preload([WORKER])
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(kept)


def _load(file: Path) -> dict[str, Graded]:
    """What was graded before; {} if nothing, or if the file is damaged."""
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        return {
            name: Graded(
                **{
                    **graded,
                    "verdicts": {n: Verdict(**v) for n, v in graded["verdicts"].items()},
                    "written": [tuple(each) for each in graded["written"]],
                }
            )
            for name, graded in stored.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _store(out: Path, done: Mapping[str, Graded]) -> None:
    write_json(out / RESULTS, {name: asdict(graded) for name, graded in done.items()})
