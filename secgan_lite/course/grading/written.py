"""What a student wrote outside of the checked answers: predictions, explanations, own texts."""

from collections.abc import Iterator, Mapping

from secgan_lite.course.grading.notebook import Cell, Lesson


def written(
    cells: list[Cell], lesson: Lesson, answers: Mapping[str, Cell]
) -> Iterator[tuple[str, str]]:
    """Lines that the lesson does not have: (heading above them, lines), in order."""
    checked = {cell.number for cell in answers.values()}
    known = {line.strip() for cell in lesson.cells for line in cell.source.splitlines()}
    heading = ""
    for cell in cells:
        lines = cell.source.splitlines()
        if cell.kind == "markdown":
            heading = next((s.strip("# ") for s in lines if s.startswith("#")), heading)
        new = "\n".join(line for line in lines if line.strip() not in known)
        if new.strip() and cell.number not in checked:
            yield heading, new
