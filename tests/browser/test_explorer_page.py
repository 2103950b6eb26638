"""The flip explorer's page: the large picture, rows that stand still, a strength that plays."""

import pytest
from alone import opened
from playwright.sync_api import expect

from secgan_lite.course.widgets import FlipExplorer

LAB = 848  # px of a cell at 1280 × 800, beside JupyterLab's list of files


@pytest.fixture
def explorer(page):
    """The page in a cell of JupyterLab, and its app."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.set_content(f"<body style='margin: 0; width: {LAB}px'></body>")
    app = FlipExplorer()
    app.do("editor", backbone="stargan", together=True)
    page.add_style_tag(content=app._css)
    opened(page, app, app.tiles)
    return app


def test_a_tap_on_a_picture_enlarges_it(page, explorer):
    large = page.locator(".large canvas")
    expect(large).to_have_attribute("aria-label", "secgan, face, large")
    small = page.get_by_role("img", name="true edit, its mask", exact=True)
    assert large.bounding_box()["width"] > 4 * small.bounding_box()["width"]
    page.get_by_role("radio", name="true edit, its mask, enlarge").check()
    expect(large).to_have_attribute("aria-label", "true edit, its mask, large")
    pixels = [canvas.evaluate("canvas => canvas.toDataURL()") for canvas in (large, small)]
    assert pixels[0] == pixels[1]
    page.keyboard.press("ArrowLeft")  # the next picture, as in any choice
    expect(large).not_to_have_attribute("aria-label", "true edit, its mask, large")


def test_scores_are_seen_at_once_and_each_bar_has_a_name(page, explorer):
    scores = page.locator(".scores table")
    expect(scores).to_be_in_viewport(ratio=1)
    pane = page.locator(".pictures").bounding_box()
    assert scores.bounding_box()["width"] <= pane["width"]
    names = [method["title"] for method in explorer.shown["methods"]]
    assert page.locator(".key span").all_inner_texts() == [*names, "input"]
    expect(page.locator(".key")).to_contain_text(f"% of {names[-1]}")


def test_no_row_moves_when_a_note_appears(page, explorer):
    tops = "rows => rows.map(row => row.getBoundingClientRect().top)"
    rows = page.locator(".attribute, .board canvas")
    before = rows.evaluate_all(tops)
    note = "Young +0.25: it is there already, and training never added what was there."
    page.evaluate("tell", {"notes": [note, note, note]})
    expect(page.locator(".notes")).to_contain_text("Young")
    assert rows.evaluate_all(tops) == before


def test_the_strength_plays_until_a_pause(page, explorer):
    page.get_by_role("button", name="play strength").click()
    page.wait_for_function("sent.length > 0")
    assert page.evaluate("sent")[0]["act"] == "strength"
    page.get_by_role("button", name="pause").click()
    expect(page.get_by_role("button", name="play strength")).to_be_visible()


# Words that run into each other: a slider's ends, its value and the judge's bar; the heads.
RUN_IN = """() => [...document.querySelectorAll('.attribute, .board')].flatMap(row => {
  const parts = [...row.querySelectorAll('.ends span, .value, .bars, .head')]
  const words = parts.map(part => [part.textContent, part.getBoundingClientRect(), part])
  return words.flatMap(([a, box, part], i) => [
    ...(part.scrollWidth > part.clientWidth + 1 ? [a] : []),
    ...words.slice(i + 1).filter(([, other]) => box.left < other.right + 2
      && other.left < box.right + 2 && box.top < other.bottom && other.top < box.bottom)
      .map(([b]) => `${a} | ${b}`)])
})"""
SCROLL_BAR = 15  # px that a mouse's scroll bar takes in JupyterLab


@pytest.mark.parametrize("width", [833, 833 - SCROLL_BAR, 1010, 375])
def test_no_words_run_into_each_other(page, width):
    page.set_viewport_size({"width": width, "height": 720})
    page.set_content(f"<!doctype html><body style='margin: 0; width: {width}px'></body>")
    app = FlipExplorer()
    for name in ("Eyeglasses", "Mouth_Slightly_Open", "Bangs"):
        app.do("flip", name=name)
    page.add_style_tag(content=app._css)
    page.add_style_tag(content=f".controls {{ padding-right: {SCROLL_BAR}px !important }}")
    opened(page, app, app.tiles)
    assert page.evaluate(RUN_IN) == []


def test_rows_and_strength_are_seen_at_once_in_jupyterlab(page, explorer):
    page.set_viewport_size({"width": 1280, "height": 720})
    for name in ("strength", "Bald", "Young"):
        slider = page.get_by_role("slider", name=name, exact=True)
        expect(slider).to_be_in_viewport(ratio=1)
    pane = page.locator(".controls")
    assert pane.evaluate("pane => pane.scrollHeight - pane.clientHeight") <= 0


def test_a_phone_has_one_scroll_with_the_face_in_sight(page):
    """On a page of the static site, which calls its main part so."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.set_content("<html class='bd-main'><body style='margin: 0; width: 375px'></body></html>")
    app = FlipExplorer()
    app.do("flip", name="Eyeglasses")
    page.add_style_tag(content=app._css)
    opened(page, app, app.tiles)
    scrolls = "all => all.filter(e => e.scrollHeight > e.clientHeight + 1).map(e => e.className)"
    assert page.locator(".pictures, .controls").evaluate_all(scrolls) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    for name in ("Bald", "Young", "strength"):
        page.get_by_role("slider", name=name, exact=True).focus()
        expect(page.locator(".large canvas")).to_be_in_viewport(ratio=0.99)
        below = page.locator(".stage").bounding_box()
        slider = page.get_by_role("slider", name=name, exact=True).bounding_box()
        assert below["y"] + below["height"] <= slider["y"], name
    row = page.get_by_role("group", name="Eyeglasses", exact=True)
    ends, value = row.locator(".ends").bounding_box(), row.locator(".value").bounding_box()
    assert ends["x"] + ends["width"] <= value["x"]
