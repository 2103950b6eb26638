"""What a student presses in the app of lesson 06 leaves the figures below it as they are."""

from dataclasses import replace
from pathlib import Path

import nbformat

from secgan_lite.course.widgets import Drawn, flipped
from secgan_lite.course.widgets.explorer import wish

LESSON = Path(__file__).parents[2] / "notebooks" / "06_explore.ipynb"
FIGURES = ("for button, (number, name) in flips_shown", "relatives = chosen(")


def test_the_figures_do_not_depend_on_what_was_pressed(capsys):
    cells = [cell for cell in nbformat.read(LESSON, as_version=4).cells if cell.cell_type == "code"]
    names = {"wish": wish}
    needed = ("parameters", "setup")
    for cell in cells:
        source, tags = cell.source, cell.metadata.get("tags", [])
        figure = any(part in source for part in FIGURES)
        if ("FlipExplorer(" in source and "import" not in source) or figure or {*tags} & {*needed}:
            exec(compile(source, "<cell>", "exec"), names)
        if source == "app":
            face = replace(names["app"].look, subject=Drawn("test", 5), strength=0.5)
            names["app"].look = flipped(face, "Male")
        if figure:
            alike = [output["data"]["text/plain"] for output in cell.outputs if "data" in output]
            shown = capsys.readouterr().out
            assert alike and all(repr(text)[1:-1] in shown or text in shown for text in alike)
