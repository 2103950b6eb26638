"""The apps of the site: small files, and a link from each place in a lesson where one runs."""

import json
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from secgan_lite.course.builder import NOTEBOOKS
from secgan_lite.course.faults import FAULTS
from secgan_lite.course.site import PAGE
from secgan_lite.course.site.apps import PAGES, game_facts, link_apps, write_apps
from secgan_lite.course.widgets.controls import PLAIN


def test_the_apps_are_small_files(tmp_path):
    write_apps(tmp_path)
    sizes = {file.name: file.stat().st_size for file in tmp_path.iterdir()}
    scripts = ("duel_player", "drag_dial", "live_game", "scrubber")
    assert sorted(sizes) == sorted(
        ["faults.json", *(f"{name}.{kind}" for name in scripts for kind in ("js", "json"))]
    )
    assert sum(sizes.values()) < 1_600_000
    broken = json.loads((tmp_path / "faults.json").read_text(encoding="utf-8"))
    assert [run["name"] for run in broken["runs"]] == [
        "healthy",
        *(f"run {k}" for k in range(1, 9)),
    ]
    assert set(broken["names"]) == set(FAULTS)
    runs = json.loads((tmp_path / "scrubber.json").read_text(encoding="utf-8"))["runs"]
    assert [run["name"] for run in runs] == ["run A", "run B", "run C", "run D"]  # no titles


def test_the_game_of_the_page_has_all_that_the_lessons_has():
    facts = json.loads(json.dumps(game_facts()))
    assert facts["rules"] == {
        "rate_g": 0.005, "rate_d": 0.005, "critic_steps": 1, "penalty": 1.0, "condition": True
    }  # fmt: skip
    assert facts["corners"] == [[0, 0], [1, 0], [0, 1], [1, 1]]
    assert all(len(by_label) == 4 for by_label in facts["clouds"].values())


def test_an_app_is_linked_and_keeps_its_picture():
    def ran(source, **data):
        output = new_output("display_data", data={"text/plain": PLAIN} | data)
        return new_code_cell(source, outputs=[output])

    html = {"text/html": "<img>"}
    cells = [ran("LiveGame(seed)", **html), ran("DragDial()", **html)]
    cells += [
        ran("LossPlayground()"),
        ran("app", **html),
        ran("TrainingScrubber(runs=own)", **html),
    ]
    lesson = new_notebook(cells=cells)
    link_apps(lesson, "../")
    kinds = [cell.cell_type for cell in lesson.cells]
    assert kinds == ["code", "markdown"] * 2 + ["code"] + ["code", "markdown"] * 2
    assert "(../game.md)" in lesson.cells[1].source and lesson.cells[0].outputs
    assert "(../drag.md)" in lesson.cells[3].source and lesson.cells[2].outputs
    assert lesson.cells[4].outputs and "(../explorer.md)" in lesson.cells[6].source
    assert "[Watch a training](../scrubber.md)" in lesson.cells[8].source


def test_no_lesson_of_the_site_misses_a_kernel_where_its_app_has_a_page():
    told = {}
    for name in ("00b_conditional_gans", "08_confounding_and_misuse"):
        lesson = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
        before = "".join(cell.source for cell in lesson.cells)
        link_apps(lesson, "../")
        after = "".join(cell.source for cell in lesson.cells)
        told[name] = [len(re.findall("kernel[;:?]", text)) for text in (before, after)]
        assert len(before) - len(after) < 300
    assert told == {"00b_conditional_gans": [1, 0], "08_confounding_and_misuse": [1, 0]}


@pytest.mark.parametrize("page", PAGES)
def test_each_app_is_linked_from_a_lesson_and_its_page_leads_back(page):
    linked = []
    for file in NOTEBOOKS.glob("[0-9]*.ipynb"):
        lesson = nbformat.read(file, as_version=4)
        link_apps(lesson, "../")
        if any(f"(../{page}.md)" in cell.source for cell in lesson.cells):
            linked.append(file.name)
    text = (PAGE / f"{page}.md").read_text(encoding="utf-8")
    assert "**Guess first, then try**" in text
    assert any(f"(notebooks/{name})" in text for name in linked)
