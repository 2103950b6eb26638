"""In JupyterLab a key pressed over an app is the app's: no cell is deleted, no kernel restarted."""

import nbformat
import steps
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect
from servers import lab

APPS = {
    "LiveGame": ".secgan-game",
    "DuelPlayer": ".secgan-duel",
    "DragDial": ".secgan-drag",
    "TrainingScrubber": ".secgan-scrubber",
    "FlipExplorer": ".secgan-explorer",
}
CELLS = [f"from secgan_lite.course.widgets import {name}\n{name}()" for name in APPS] + ["1 + 1"]

# The middle of the i-th part of an app that takes no focus, one for each kind of element and name,
# brought into view; none beyond the last.
BARE = """(app, i) => {
  const kinds = new Map()
  const middle = part => {
    part.scrollIntoView({ block: 'center', behavior: 'instant' })
    const { left, top, width, height } = part.getBoundingClientRect()
    return [left + width / 2, top + height / 2]
  }
  for (const part of [app, ...app.querySelectorAll('*')]) {
    const focusable = part.closest('button, select, input, summary, label, [tabindex]')
    if (focusable === app && document.elementFromPoint(...middle(part)) === part)
      kinds.set(`${part.tagName} ${part.getAttribute('class')}`, part)
  }
  const part = [...kinds.values()][i]
  return part ? middle(part) : null
}"""


def test_a_key_over_an_app_is_the_apps(page, tmp_path):
    file = tmp_path / "apps.ipynb"
    kernel = {"name": "python3", "display_name": "Python 3"}
    cells = [new_code_cell(code) for code in CELLS]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), file)
    with lab(file, tmp_path) as address:
        steps.run_all(page, address)
        expect(page.locator(APPS["FlipExplorer"])).to_be_attached(timeout=steps.LONG)
        _an_app_run_in_its_place_has_the_keys_and_gives_them_back(page)
        for where in APPS.values():
            _a_click_anywhere_gives_it_the_keys(page, page.locator(where))


def _still_whole(page):
    expect(page.locator(".jp-CodeCell")).to_have_count(len(CELLS))
    expect(page.locator(".jp-Dialog")).to_have_count(0)


def _an_app_run_in_its_place_has_the_keys_and_gives_them_back(page):
    page.locator(".jp-InputPrompt").first.click()
    page.keyboard.press("Control+Enter")
    app = page.locator(APPS["LiveGame"])
    expect(app).to_be_focused()
    for _ in range(4):
        page.keyboard.press("d")
    expect(app.get_by_role("status")).to_contain_text("step 4", timeout=steps.LONG)
    _still_whole(page)
    page.keyboard.press("Escape")
    expect(page.locator(".jp-CodeCell").first).to_be_focused()


def _a_click_anywhere_gives_it_the_keys(page, app):
    """After each click the keys that JupyterLab has as well, once all those of the app."""
    keys = app.locator("[aria-keyshortcuts]:visible").evaluate_all(
        "all => all.map(each => each.getAttribute('aria-keyshortcuts'))"
    )
    clicks = 0
    while place := app.evaluate(BARE, clicks):
        app.press("Escape")  # back to the cell
        assert not app.evaluate("app => app.contains(document.activeElement)")
        page.mouse.click(*place)
        assert app.evaluate("app => app.contains(document.activeElement)"), clicks
        for key in [*keys, *keys] if not clicks else ("x", "d", "d"):
            page.keyboard.press(key)
        clicks += 1
    assert clicks > 1
    _still_whole(page)
