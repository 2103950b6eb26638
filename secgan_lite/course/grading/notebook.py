"""Notebooks as they are handed in: read without trust, and matched with the lesson they come from.

An answer is found by the id of its exercise's cell, then by the name of what the exercise wants,
then by its check: cells may be moved, renamed, split, or come from a program without ids.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

LARGEST = 50 * 2**20  # bytes of a notebook
_CHECKED = re.compile(r'^(\w+) = check\("([\w-]+)", \1\)$', re.MULTILINE)


class Unreadable(ValueError):
    """A file is no notebook, or a notebook of no lesson; the message says why."""


@dataclass(frozen=True)
class Cell:
    """A cell: ``number`` counts from 1, all kinds; ``id`` is "" where it has none."""

    number: int
    id: str
    kind: str
    source: str
    tags: tuple[str, ...] = ()


def read(path: Path) -> list[Cell]:
    """The cells of a notebook file of format 4.

    Raises:
        Unreadable: it is something else.
    """
    try:
        return _cells(path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        said = " ".join(str(error).split())[:120] or type(error).__name__
        raise Unreadable(f"not a notebook: {said}") from error


def _cells(path: Path) -> list[Cell]:
    if path.suffix != ".ipynb":
        raise ValueError("its name does not end with .ipynb")
    if path.is_symlink():
        raise ValueError("it is a link to another file")
    if path.stat().st_size > LARGEST:
        raise ValueError(f"it has more than {LARGEST >> 20} MB")
    content = json.loads(path.read_text(encoding="utf-8-sig"))
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise ValueError("it holds no list of cells")
    return [_cell(number, cell) for number, cell in enumerate(content["cells"], 1)]


def _cell(number: int, cell: Mapping) -> Cell:
    source = cell["source"]
    text = source if isinstance(source, str) else "".join(source)
    tags = cell.get("metadata", {}).get("tags", ())
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return Cell(number, str(cell.get("id", "")), str(cell["cell_type"]), lines, tuple(tags))


@dataclass(frozen=True)
class Place:
    """Where a lesson asks for an exercise's answer: a cell, and the name that the answer gets."""

    cell: Cell
    variable: str


@dataclass(frozen=True)
class Lesson:
    """A lesson as it was given out."""

    name: str
    cells: list[Cell]

    @classmethod
    def of(cls, path: Path) -> "Lesson":
        """The lesson in a notebook file."""
        return cls(path.stem, read(path))

    @cached_property
    def exercises(self) -> dict[str, Place]:
        """The checked exercises by name, in order."""
        code = [cell for cell in self.cells if cell.kind == "code"]
        found = (
            (cell, *match.groups()) for cell in code for match in _CHECKED.finditer(cell.source)
        )
        return {name: Place(cell, variable) for cell, variable, name in found}

    @cached_property
    def by_id(self) -> dict[str, Cell]:
        return {cell.id: cell for cell in self.cells if cell.id}


def lesson_of(cells: list[Cell], path: Path, lessons: Mapping[str, Lesson]) -> Lesson:
    """The lesson that a notebook comes from: by its cells, then its checks, then its file's name.

    Raises:
        Unreadable: none.
    """
    text = "\n".join(cell.source for cell in cells)
    ids = {cell.id for cell in cells}
    signs = (
        Counter({name: len(ids & lesson.by_id.keys()) for name, lesson in lessons.items()}),
        Counter({
            name: sum(f'"{exercise}"' in text for exercise in lesson.exercises)
            for name, lesson in lessons.items()
        }),
        Counter({name: int(name in path.stem) * len(name) for name in lessons}),
    )  # fmt: skip
    for counted in signs:
        name, count = counted.most_common(1)[0]
        if count:
            return lessons[name]
    raise Unreadable("not a lesson: no cell and no exercise of a lesson is in it")


def answers(cells: list[Cell], lesson: Lesson) -> dict[str, Cell]:
    """The cell with the answer of each exercise, as far as there is one."""
    code = [cell for cell in cells if cell.kind == "code"]
    found = {}
    for name, place in lesson.exercises.items():
        own = [cell for cell in code if place.cell.id and cell.id == place.cell.id]
        defining = [cell for cell in code if _defines(cell.source, place.variable)]
        checking = [cell for cell in code if f'check("{name}"' in cell.source]
        both = [cell for cell in own if cell in defining]
        if candidates := both or defining[::-1] or own or checking:
            found[name] = candidates[0]
    return found


def _defines(source: str, variable: str) -> bool:
    """A cell makes a name, not only by asking a check about it. It need not be right Python."""
    name = re.escape(variable)
    pattern = rf"^(?:(?:async )?def|class) {name}\b|^{name}\s*(?::[^=\n]*)?=(?!=)(?!\s*check\()"
    return bool(re.search(pattern, source, re.MULTILINE))
