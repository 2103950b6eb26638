"""What is run of a submission: its answers among the cells of the lesson, and no cell in vain.

Every other cell is the lesson's own. Of them only those run that make a name which an answer uses,
directly or through one another: no training, no figure. A name that the lesson does not make is
looked for in the student's other cells.
"""

import ast
import builtins
import re
from dataclasses import dataclass
from symtable import symtable

from secgan_lite.course.grading.notebook import Cell, Lesson, answers


@dataclass(frozen=True)
class Step:
    """A cell to run.

    Attributes:
        source: its code; "" where an answer is missing.
        number: of the cell, in the notebook where it stands; 0 where an answer is missing.
        students: it is the student's, not the lesson's.
        exercises: what is checked after it: by exercise, the name of its answer.
    """

    source: str
    number: int
    students: bool
    exercises: dict[str, str]


def program(cells: list[Cell], lesson: Lesson) -> list[Step]:
    """The steps that check every exercise of a lesson with the answers of a notebook."""
    found = answers(cells, lesson)
    given = {cell.id: cell.source for cell in lesson.cells}
    places = {place.cell.number for place in lesson.exercises.values()}
    steps = []
    for cell in lesson.cells:
        asked = {n: p.variable for n, p in lesson.exercises.items() if p.cell is cell}
        if cell.kind == "code" and cell.number not in places:
            steps.append(Step(cell.source, cell.number, False, {}))
        for name, variable in asked.items():
            answer = found.get(name, Cell(0, "", "code", ""))
            steps.append(Step(answer.source, answer.number, True, {name: variable}))
    used = {cell.number for cell in found.values()}
    own = [
        Step(cell.source, cell.number, True, {})
        for cell in cells
        if cell.kind == "code" and cell.number not in used and given.get(cell.id) != cell.source
    ]
    return _needed(steps, own)


def _needed(steps: list[Step], own: list[Step]) -> list[Step]:
    """The steps that check something, and those that make what these use, in order."""
    made = set(dir(builtins)).union(*(_names(step.source)[0] for step in steps))
    wanted: set[str] = set()
    kept = []
    for step in reversed(steps):
        makes, uses = _names(step.source)
        if step.exercises or makes & wanted:
            wanted |= uses
            kept.append(step)
    helpers = []
    for step in reversed(own):
        makes, uses = _names(step.source)
        if makes & (wanted - made):
            wanted |= uses
            helpers.append(step)
    first = next((i for i, step in enumerate(kept[::-1]) if step.students), 0)
    return [*kept[::-1][:first], *helpers[::-1], *kept[::-1][first:]]


def _names(source: str) -> tuple[set[str], set[str]]:
    """Global names that a cell makes or changes when it runs, and those that it uses anywhere."""
    code = re.sub(r"^\s*[%!?].*", "", source, flags=re.MULTILINE)
    try:
        tree, table = ast.parse(code), symtable(code, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(), set()
    symbols = table.get_symbols()
    made = {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}
    for node in ast.walk(tree):
        place = node
        while isinstance(place, ast.Subscript | ast.Attribute):
            place = place.value
        if place is not node and isinstance(node.ctx, ast.Store) and isinstance(place, ast.Name):
            made.add(place.id)
    used = {symbol.get_name() for symbol in symbols if symbol.is_referenced()}
    waiting = table.get_children()
    while waiting:
        inner = waiting.pop()
        waiting += inner.get_children()
        used |= {symbol.get_name() for symbol in inner.get_symbols() if symbol.is_global()}
    return made, used
