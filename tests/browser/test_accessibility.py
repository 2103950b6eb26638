"""Pictures and tables of a stored lesson, in a browser: seen, and read out by a screen reader."""

import nbformat
import pytest
import steps
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from playwright.sync_api import expect
from servers import INSTALL, browser, chromium, lab

from secgan_lite.course.builder import NOTEBOOKS

LESSON = NOTEBOOKS / "01_parsing.ipynb"
FIGURES, TABLES = ".jp-OutputArea figure", ".jp-OutputArea table"
OURS = (".jp-OutputArea .jp-RenderedHTMLCommon", ".jp-RenderedMarkdown")


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
