"""A notebook that was saved with an app in it, and is opened again: the app plays on."""

import nbformat
import steps
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect
from servers import lab

CODE = "from secgan_lite.course.widgets import DuelPlayer\nDuelPlayer()"


def _outputs(file):
    """Of a notebook's first cell; none while JupyterLab is still writing it."""
    try:
        return nbformat.read(file, as_version=4).cells[0].outputs
    except nbformat.reader.NotJSONError:
        return []


def test_an_app_that_needs_no_kernel_plays_in_a_saved_copy(page, tmp_path):
    file = tmp_path / "mine.ipynb"
    kernel = {"name": "python3", "display_name": "Python 3"}
    cells = [new_code_cell(CODE)]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), file)
    app = page.locator(".secgan-duel")
    with lab(file, tmp_path) as address:
        steps.run_all(page, address)
        expect(app).to_be_visible(timeout=steps.LONG)
        page.keyboard.press("Control+s")
        saved = tmp_path / "root" / file.name
        while not _outputs(saved):
            page.wait_for_timeout(100)
        page.goto("about:blank")
        page.goto(address)
        app.locator(".phase").press("e", timeout=steps.LONG)
        expect(app.get_by_role("status")).to_contain_text("The path goes round")
        steps.no_error(page)
