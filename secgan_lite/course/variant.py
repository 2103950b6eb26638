"""The lessons with other data: ``secgan-lite variant --seed N``, and the key that grades them.

A variant has another ``seed`` among its parameters, so other numbers come out. Its last exercise
asks for a few of them, which only a run of this variant prints. The key holds them, and the seed of
the inputs that checks draw. The lecturer runs a variant once, to get the key and to learn which
sentences of the text do not hold in it.
"""

import json
import os
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
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
from secgan_lite.course.grading.report import KEY, is_right
from secgan_lite.course.prose import tags
from secgan_lite.support.errors import unknown_choice
from secgan_lite.support.files import write_bytes, write_json

ASKED = 3  # numbers of each lesson
_SEED = re.compile(r"^(seed: int = )\d+", re.MULTILINE)
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+\.\d+(?![\w.])")
_FAILS = re.compile(r"^With these values this sentence of the lesson does not hold: (.*)", re.M)


@dataclass(frozen=True)
class Variant:
    """One lesson of a variant: its file, the questions, and what its text gets wrong."""

    file: Path
    questions: dict[str, str]
    faults: list[str]


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
        for cell in variant.cells:
            if "parameters" in tags(cell):
                cell.source = _SEED.sub(rf"\g<1>{seed}", cell.source)
        ran = _run(variant)
        questions = _questions(own, ran, f"{seed}/{name}", name.split("_")[0])
        key["reports"][name] = questions
        _hand_out(variant, questions, name, folder)
        write_bytes(folder / f"{name}.ipynb", nbformat.writes(variant).encode())
        write_json(file, key)
        yield Variant(folder / f"{name}.ipynb", questions, [*_faults(own, ran)])


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


def _printed(cell: NotebookNode) -> str:
    """All that a cell's outputs say as text; a row of a table after the table's caption."""
    lines = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream" and output.name == "stdout":
            lines += output.text.splitlines()
        elif text := output.get("data", {}).get("text/plain", ""):
            caption, *rows = text.splitlines()
            lines += [caption, *(f"{caption}: {row}" for row in rows)]
    return "\n".join(lines)


def _questions(own: NotebookNode, ran: NotebookNode, seed: str, number: str) -> dict[str, str]:
    """A few printed numbers that depend on the seed, each by its line without numbers.

    The lesson's own number would fail, and no other line looks alike. First come cells whose
    outputs are known to be the same on other machines.
    """
    lines = Counter(_blank(line) for cell in ran.cells for line in _printed(cell).splitlines())
    found: dict[str, str] = {}
    sure = set()
    for before, after in zip(own.cells, ran.cells, strict=True):
        pairs = zip(_printed(before).splitlines(), _printed(after).splitlines(), strict=False)
        for old, new in pairs if VOLATILE not in tags(before) else ():
            blank = _blank(new)
            if blank != _blank(old) or lines[blank] > 1 or new.startswith("holds: "):
                continue
            numbers = [[float(n) for n in _NUMBER.findall(line)] for line in (old, new)]
            printed = _NUMBER.findall(new)
            for index, (theirs, _) in enumerate(zip(*numbers, strict=True)):
                if not is_right(theirs, printed[index]):
                    parts = blank.split("…")
                    asked = "…".join(parts[: index + 1]) + "?" + "…".join(parts[index + 1 :])
                    found[f"{number}: {asked}"] = printed[index]
                    sure |= {f"{number}: {asked}"} if COMPARED in tags(before) else set()
                    break
    drawn = random.Random(seed).sample(sorted(found), len(found))
    chosen = sorted(sorted(drawn, key=lambda question: question not in sure)[:ASKED])
    return {question: found[question] for question in chosen}


def _blank(line: str) -> str:
    """A line without its numbers, however its columns are aligned."""
    return " ".join(_NUMBER.sub("…", line).split())


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
        "each line the number that stands at the question mark. The other numbers of a line are "
        "left out (…)."
    )
    lines = "".join(f"    {json.dumps(q, ensure_ascii=False)}: None,\n" for q in questions)
    cells = [new_markdown_cell(text), new_code_cell(f"report = {{\n{lines}}}")]
    for part, cell in zip(("text", "report"), cells, strict=True):
        cell.id = f"{name}-{part}"
    variant.cells += cells


def _faults(own: NotebookNode, ran: NotebookNode) -> Iterator[str]:
    """What the text says and this variant's run does not."""
    before, after = ("\n".join(map(_printed, notebook.cells)) for notebook in (own, ran))
    for number, cell in enumerate(ran.cells, 1):
        failing = _FAILS.findall(_printed(cell))
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                yield f"cell {number} stops: {output.ename}: {output.evalue}"
        yield from (f"cell {number}: does not hold: {words}" for words in failing)
        quoted = re.findall(r"\b\d+\.\d+|\b\d+%", cell.source) if cell.cell_type != "code" else []
        for value in dict.fromkeys(quoted):
            if value in before and value not in after:
                yield f"cell {number}: says {value}, which this variant does not print"
