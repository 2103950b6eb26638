"""What lessons store and their apps, in a browser: seen, and read out by a screen reader.

Of a page, only what the course makes is looked at: texts, outputs and apps. JupyterLab's own menus
and cells are not.
"""

import re

import nbformat
import pytest
import steps
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect
from servers import INSTALL, browser, chromium, lab

from secgan_lite.course.builder import NOTEBOOKS
from secgan_lite.course.widgets.controls import Alone, Page

LESSON = NOTEBOOKS / "01_parsing.ipynb"
FIGURES, TABLES = ".jp-OutputArea figure", ".jp-OutputArea table"
OURS = (".jp-OutputArea .jp-RenderedHTMLCommon", ".jp-RenderedMarkdown")


# Each app of the lessons, with little in it; all of them in one notebook.
ALL_APPS = """
import torch
from secgan_lite import datasets
from secgan_lite.course import plane
from secgan_lite.course.model import batch_for, load_model
from secgan_lite.course.widgets import (
    DragDial, DuelPlayer, FlipExplorer, GameFilm, LiveGame, LiveLaboratory, LossPlayground, Pulls,
    TrainingScrubber,
)

explorer = FlipExplorer()
game = plane.train(rounds=24, batch_size=8)
model, config = load_model()
faces = datasets.load("synthetic", "test", config.image_size, 2, seed=0)
batch = batch_for(model, faces, 1 - torch.from_numpy(faces.labels).float())
display(
    explorer, GameFilm({"healthy": game}, game.frames[0]), TrainingScrubber(),
    LossPlayground(Pulls.of(model, batch, ["one", "two"])), LiveGame(), DuelPlayer(),
    DragDial(), LiveLaboratory(),
)
"""


@pytest.fixture(params=["JupyterLab, dark", "exported, light"])
def lesson(request, tmp_path):
    """A page that shows the stored lesson; JupyterLab does not trust it, as with any download."""
    if browser() is None:
        pytest.skip(INSTALL)
    dark = request.param.endswith("dark")
    with chromium(tmp_path, dark) as page:
        if not dark:
            file = tmp_path / "lesson.html"
            file.write_text(HTMLExporter().from_filename(str(LESSON))[0], encoding="utf-8")
            page.goto(file.as_uri())
            yield page
            return
        with lab(LESSON, tmp_path, dark) as address:
            page.goto(address)
            yield page


def stored() -> tuple[list[list[str]], list[str]]:
    """(alt text, caption) of each figure and the caption of each table in the lesson's file."""
    cells = nbformat.read(LESSON, as_version=4).cells
    outputs = (output for cell in cells for output in cell.get("outputs", ()))
    html = "".join(output.get("data", {}).get("text/html", "") for output in outputs)
    page = BeautifulSoup(html, "html.parser")
    figures = [[figure.img["alt"], figure.figcaption.text] for figure in page("figure")]
    return figures, [caption.text for caption in page("caption")]


def test_pictures_and_tables_reach_every_reader(lesson):
    figures, captions = stored()
    assert len(figures) > 4 and captions
    expect(lesson.locator(FIGURES)).to_have_count(len(figures), timeout=90_000)
    found = lesson.locator(FIGURES).evaluate_all(
        """figures => figures.map(figure => {
             const image = figure.querySelector('img')
             return [image.alt, figure.querySelector('figcaption').textContent, image.naturalWidth]
           })"""
    )
    assert [words for *words, _ in found] == figures and all(width > 100 for *_, width in found)
    assert lesson.locator(f"{TABLES} caption").all_inner_texts() == captions
    heads = lesson.locator(f"{TABLES} th").evaluate_all("heads => heads.map(head => head.scope)")
    assert heads and set(heads) == {"col", "row"}
    assert steps.violations(lesson, *OURS) == []


def test_every_app_with_a_page_of_its_own_is_among_them():
    apps = [*Page.__subclasses__(), *Alone.__subclasses__()]
    assert {app.__name__ for app in apps} <= set(re.findall(r"\w+", ALL_APPS))


def test_apps_in_use_reach_every_reader(tmp_path):
    """Every slider has a name, every picture an alt text, in the dark theme and after a change."""
    if browser() is None:
        pytest.skip(INSTALL)
    notebook = tmp_path / "apps.ipynb"
    kernel = {"name": "python3", "display_name": "Python 3"}
    made = new_notebook(cells=[new_code_cell(ALL_APPS)], metadata={"kernelspec": kernel})
    nbformat.write(made, notebook)
    with chromium(tmp_path, dark=True) as page, lab(notebook, tmp_path, dark=True) as address:
        steps.run_all(page, address)
        expect(page.locator(steps.APP)).to_have_count(4, timeout=steps.LONG)
        expect(page.locator(".secgan-words")).to_have_count(2, timeout=steps.LONG)
        assert steps.violations(page, steps.APP, ".secgan-game", ".secgan-drag") == []
        laboratory = page.locator(".secgan-laboratory")
        expect(laboratory).to_have_attribute("data-iteration", "0", timeout=steps.LONG)
        assert steps.violations(page, ".secgan-laboratory") == []
        _play_by_keyboard(page)
        duel = page.locator(".secgan-duel")
        duel.locator(".phase").press("e")
        expect(duel.get_by_role("status")).to_contain_text("The path goes round")
        assert steps.violations(page, ".secgan-duel") == []
        slider = page.get_by_role("slider", name="round", exact=True)
        expect(slider).to_have_attribute("aria-valuetext", "24")
        slider.press("ArrowLeft")
        film = page.locator(steps.APP, has=slider)
        expect(slider).not_to_have_attribute("aria-valuetext", "24")
        now = film.locator(".widget-readout").inner_text()
        expect(slider).to_have_attribute("aria-valuetext", now)
        expect(film.get_by_role("img", name=f"round {now}")).to_be_visible()


def _play_by_keyboard(page):
    """The live game: a step of one player, a spot of real points, a round."""
    game = page.locator(".secgan-game")
    plane, said = game.get_by_role("application"), game.get_by_role("status")
    told = said.inner_text()
    plane.press("d")
    expect(said).not_to_have_text(told)
    expect(game).to_have_attribute("data-round", "0")
    game.get_by_label("look at").select_option("right, up")
    told = said.inner_text()
    for key in ("ArrowRight", "ArrowUp", "Enter"):
        plane.press(key)
    expect(said).not_to_have_text(told)  # the real points have moved, and W1 with them
    plane.press("s")
    expect(game).to_have_attribute("data-round", "1")
