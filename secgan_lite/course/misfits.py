"""Where the text of a lesson does not fit a variant of it.

The text was written for the course's own data. What it says of a variant is false where a claim
fails, where it quotes a number that the variant does not print, and perhaps where it reads a
picture that is another one. The lecturer gets a list; the readers get a note below each place.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from nbformat import NotebookNode

from secgan_lite.course.prose import NEAR, claims, plain, reading
from secgan_lite.course.widgets.controls import SCRIPTED

_QUOTED = re.compile(r"(?<![\w.])\d+\.\d+\b|\b\d+ ?%|\b\d{1,3}(?:,\d{3})+\b")
_FIGURE = "<figure"  # begins a picture's output
READ = "The text above was written for the picture in the course's own lesson. Does it fit yours?"


def printed(cell: NotebookNode, pictures: bool = True) -> str:
    """All that a cell's outputs say as text; a row of a table after the table's caption.

    Args:
        pictures: also what describes a picture to those who can't see it.
    """
    lines = []
    for output in cell.get("outputs", []):
        if _FIGURE in output.get("data", {}).get("text/html", "") and not pictures:
            continue
        if output.output_type == "stream" and output.name == "stdout":
            lines += output.text.splitlines()
        elif text := output.get("data", {}).get("text/plain", ""):
            caption, *rows = text.splitlines()
            lines += [caption, *(f"{caption}: {row}" for row in rows)]
    return "\n".join(lines)


def failing(cell: NotebookNode) -> list[str]:
    """The words of the claims in a code cell that its run has found false."""
    said = printed(cell)
    return [words for words in claims(cell) if f"does not hold: {words}" in said]


def quoted(own: NotebookNode, ran: NotebookNode) -> dict[int, list[str]]:
    """By index of a cell of prose: numbers in it that only the lesson prints."""
    before, after = ("\n".join(map(printed, notebook.cells)) for notebook in (own, ran))
    found = {}
    for index, cell in enumerate(ran.cells):
        numbers = _QUOTED.findall(cell.source) if cell.cell_type == "markdown" else []
        gone = [n for n in dict.fromkeys(numbers) if _there(n, before) and not _there(n, after)]
        if gone:
            found[index] = gone
    return found


def _there(number: str, text: str) -> bool:
    return re.search(rf"(?<![\d.,]){re.escape(number)}(?!\d)", text) is not None


def listed(own: NotebookNode, ran: NotebookNode) -> Iterator[str]:
    """What the lecturer should know: cells that stop, claims that fail, numbers that are others."""
    numbers = quoted(own, ran)
    for index, cell in enumerate(ran.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                yield f"cell {index + 1} stops: {output.ename}: {output.evalue}"
        for words in failing(cell) if cell.cell_type == "code" else ():
            yield f"cell {index + 1}: does not hold: {words}"
        for number in numbers.get(index, ()):
            yield f"cell {index + 1}: says {number}, which this variant does not print"


def noted(own: NotebookNode, ran: NotebookNode) -> dict[int, str]:
    """The text of the cells that need notes, with them, by index: each below its paragraph."""
    cells, notes = ran.cells, defaultdict(list)
    prose = [i for i, cell in enumerate(cells) if cell.cell_type == "markdown"]
    for index, cell in enumerate(cells):
        if cell.cell_type != "code":
            continue
        near = [i for i in prose if i < index][-1:] + [i for i in prose if i > index][:NEAR]
        for words in failing(cell):
            where = [i for i in near if plain(words) in plain(cells[i].source)]
            for place in where[:1]:
                notes[place].append((words, f"In your variant it does not hold that *{words}*."))
        text = reading(cells, index)
        if text and _pictures(own.cells[index]) != _pictures(cell):
            notes[index + 1].append((text.split("\n\n")[-1], READ))
    for index, numbers in quoted(own, ran).items():
        for number in numbers:
            notes[index].append((number, f"Your variant does not print {number}."))
    return {index: _with_notes(cells[index].source, notes[index]) for index in sorted(notes)}


def _pictures(cell: NotebookNode) -> list[str]:
    pages = (output.get("data", {}).get("text/html", "") for output in cell.get("outputs", []))
    return [page.split(SCRIPTED)[0] for page in pages if _FIGURE in page]


def _with_notes(text: str, notes: list[tuple[str, str]]) -> str:
    """Each note as a quotation below the first paragraph that has its words."""
    blocks = re.split(r"\n\s*\n", text)
    below = defaultdict(list)
    for words, note in notes:
        place = next(i for i, block in enumerate(blocks) if plain(words) in plain(block))
        while "\n\n".join(blocks[: place + 1]).count("```") % 2:  # not inside a piece of code
            place += 1
        below[place].append(note)
    for place, said in below.items():
        blocks[place] += "\n\n> " + " ".join(said)
    return "\n\n".join(blocks)
