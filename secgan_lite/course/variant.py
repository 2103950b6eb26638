"""The lessons with other data: ``secgan-lite variant --seed N``, and the key that grades them.

A variant has another ``seed`` among its parameters, so other numbers come out. Its last exercise
asks for a few of them, which only a run of this variant prints. The key holds them, and the seed of
the inputs that checks draw. The lecturer's machine runs a variant once, for the key and for notes
below the sentences that do not fit it. A lesson without a seed is given out as it is.
"""

import json
import os
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from secgan_lite.course.builder import COMPARED, VOLATILE
from secgan_lite.course.claims import MUST_HOLD
from secgan_lite.course.copies import NOTEBOOKS, relinked
from secgan_lite.course.grading.report import KEY, is_right, tolerance, value
from secgan_lite.course.misfits import listed, noted, printed
from secgan_lite.course.prose import tags
from secgan_lite.support.errors import unknown_choice
from secgan_lite.support.files import write_bytes, write_json

ASKED = 3  # numbers of each lesson
ALIKE = 3  # lines may look the same and still be told apart by counting
_SEED = re.compile(r"^(seed: int = )\d+", re.MULTILINE)
_GUESS = re.compile("predicted|no guess")
_DECIMAL = re.compile(r"(?<![\w.])[-+]?\d+\.\d+(?![\w.])")
_WHOLE = re.compile(r"(?<![\w.,])[-+]?\d+(?:,\d{3})*(?![\w.,])")


@dataclass(frozen=True)
class Variant:
    """One lesson of a variant.

    Attributes:
        seeded: whether it has a seed; without one it is the course's own lesson.
        questions: the numbers that it asks for, as they are printed.
        misfits: places where its text does not fit, and cells that stop.
        stops: whether a cell does.
    """

    file: Path
    seeded: bool
    questions: dict[str, str]
    misfits: list[str]
    stops: bool


def make_variant(
    seed: int, folder: Path, names: Iterable[str] = (), lessons: Path = NOTEBOOKS
) -> Iterator[Variant]:
    """Write the named lessons, or all, with another seed, and the key beside them.

    The key grows with each lesson, so that an interrupted variant can be completed.

    Args:
        seed: 1 or more; that of the course's own lessons is 0.
        folder: where they go.
        lessons: the built lessons, with their outputs.

    Raises:
        ValueError: no lesson has that name; or the folder holds another variant, or the lessons.
    """
    given = {path.stem: path for path in sorted(lessons.glob("[0-9]*.ipynb"))}
    if unknown := [name for name in names if name not in given]:
        raise unknown_choice("lesson", unknown[0], given)
    if folder.resolve() == lessons.resolve():
        raise ValueError(f"folder={str(folder)!r} holds the lessons themselves: name another.")
    file = folder / KEY
    key = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    if key.get("check_seed", seed) != seed:
        raise ValueError(f"folder={str(folder)!r} holds variant {key['check_seed']}: name another.")
    key = {"check_seed": seed, "reports": key.get("reports", {})}
    for name in names or given:
        own = nbformat.read(given[name], as_version=4)
        variant = nbformat.from_dict(own)
        seeded = _reseed(variant, seed)
        ran = _run(variant) if seeded else own
        questions = _questions(own, ran, f"{seed}/{name}", name.split("_")[0])
        key["reports"][name] = questions
        if seeded:
            _annotate(variant, noted(own, ran), seed)
        _hand_out(variant, questions, name, folder)
        write_bytes(folder / f"{name}.ipynb", nbformat.writes(variant).encode())
        write_json(file, key)
        misfits = list(listed(own, ran))
        stops = any(" stops: " in misfit for misfit in misfits)
        yield Variant(folder / f"{name}.ipynb", seeded, questions, misfits, stops)


def _reseed(notebook: NotebookNode, seed: int) -> bool:
    """Write the seed into the parameters; whether there is one."""
    found = 0
    for cell in notebook.cells:
        if "parameters" in tags(cell):
            cell.source, count = _SEED.subn(rf"\g<1>{seed}", cell.source)
            found += count
    return found > 0


def _run(notebook: NotebookNode) -> NotebookNode:
    """The notebook with the outputs of a run that goes on after an error."""
    ran = nbformat.from_dict(notebook)
    with TemporaryDirectory(ignore_cleanup_errors=True) as place:
        where = {"metadata": {"path": place}}
        client = NotebookClient(
            ran, timeout=3600, kernel_name="python3", resources=where, allow_errors=True
        )
        client.execute(env=os.environ | {"SECGAN_LITE_RUNS": place, MUST_HOLD: "0"})
    return ran


def _questions(own: NotebookNode, ran: NotebookNode, seed: str, number: str) -> dict[str, str]:
    """A few printed numbers that depend on the seed, each by its line without numbers.

    The lesson's own number would fail. Where lines look alike, the question says which it means.
    First come numbers that are known to be the same on other machines, and that change much.
    """
    after = [printed(cell, pictures=False).splitlines() for cell in ran.cells]
    alike = Counter(_blank(line) for lines in after for line in lines)
    seen: Counter[str] = Counter()
    found: dict[str, str] = {}
    good: Counter[str] = Counter()
    for cell, lines in zip(own.cells, after, strict=True):
        old = printed(cell, pictures=False).splitlines()
        for index, line in enumerate(lines):
            blank = _blank(line)
            seen[blank] += 1
            if (
                VOLATILE in tags(cell)
                or "settings(globals()" in cell.source  # prints the seed itself
                or _GUESS.search(line)  # reads differently once a reader has guessed
                or line.startswith("holds: ")
                or alike[blank] > ALIKE
                or blank != _blank("".join(old[index : index + 1]))
            ):
                continue
            which = f", line {seen[blank]} of {alike[blank]} like it" if alike[blank] > 1 else ""
            numbers, theirs = _numbers(line), _numbers(old[index])
            for place, (mine, other) in enumerate(zip(numbers, theirs, strict=True)):
                if not is_right(value(other), mine):
                    parts = blank.split("…")
                    asked = "…".join(parts[: place + 1]) + "?" + "…".join(parts[place + 1 :])
                    question = f"{number}{which}: {asked}"
                    found[question] = mine
                    good[question] += COMPARED in tags(cell)
                    good[question] += abs(value(other) - value(mine)) > 5 * tolerance(mine)
                    break
    drawn = random.Random(seed).sample(sorted(found), len(found))
    chosen = sorted(sorted(drawn, key=lambda question: -good[question])[:ASKED])
    return {question: found[question] for question in chosen}


def _numbers(line: str) -> list[str]:
    """The decimal numbers of a line; the whole ones if there are none."""
    return _DECIMAL.findall(line) or _WHOLE.findall(line)


def _blank(line: str) -> str:
    """A line without these numbers, however its columns are aligned."""
    kind = _DECIMAL if _DECIMAL.search(line) else _WHOLE
    return " ".join(kind.sub("…", line).split())


def _annotate(variant: NotebookNode, notes: Mapping[int, str], seed: int) -> None:
    """Say in the first cell what a variant is, and put its notes below its sentences."""
    for index, text in notes.items():
        variant.cells[index].source = text
    first = next(cell for cell in variant.cells if cell.cell_type == "markdown")
    first.source += (
        f"\n\n> **Variant {seed}.** Your data are not those that the text was written for. Where "
        "the text may not fit your run, a note like this one says so. Trust what your run prints."
    )


def _hand_out(variant: NotebookNode, questions: Iterable[str], name: str, folder: Path) -> None:
    """Make of a variant what students get: no outputs, right links, the numbers asked for."""
    for cell in variant.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        else:
            cell.source = relinked(cell.source, folder)
    variant.metadata.pop("secgan_lite", None)
    if not questions:
        return
    text = (
        "## Report\n\nRun the whole lesson. Then write here what *your* notebook has printed: for "
        "each line the number that stands at the question mark, without a comma in it. The other "
        "numbers of a line are left out (…)."
    )
    lines = "".join(f"    {json.dumps(q, ensure_ascii=False)}: None,\n" for q in questions)
    cells = [new_markdown_cell(text), new_code_cell(f"report = {{\n{lines}}}")]
    for part, cell in zip(("text", "report"), cells, strict=True):
        cell.id = f"{name}-{part}"
    variant.cells += cells
