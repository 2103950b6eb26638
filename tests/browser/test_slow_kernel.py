"""The explorer's page while its kernel is busy: no control jumps back under the hand."""

import base64
import json

from playwright.sync_api import expect

from secgan_lite.course.widgets.controls import ASSETS
from secgan_lite.course.widgets.flip_explorer import FlipExplorer

# A kernel's widget that answers when the test says so.
MODEL = """([shown, tiles]) => {
  const bytes = Uint8Array.from(atob(tiles), (letter) => letter.charCodeAt(0));
  const values = { shown, tiles: bytes };
  const heard = [];
  window.sent = [];
  window.answer = (value) => {
    const { answer, name } = window.sent.at(-1);
    const attributes = shown.attributes.map((a) => (a.name === name ? { ...a, value } : a));
    values.shown = { ...shown, answer, attributes };
    heard.forEach((call) => call());
  };
  page.render({
    el: document.body,
    model: {
      get: (name) => values[name],
      on: (event, call) => event === "change:shown" && heard.push(call),
      send: (content) => window.sent.push(content),
    },
  });
}"""


def test_an_old_answer_does_not_move_a_slider_back(page):
    explorer = FlipExplorer()
    module = (ASSETS / "flip_explorer.js").read_text(encoding="utf-8")
    module = module.replace("export default", "window.page =")
    page.add_script_tag(type="module", content=module)
    page.wait_for_function("window.page")
    tiles = base64.b64encode(explorer.tiles).decode()
    page.evaluate(MODEL, [json.loads(json.dumps(explorer.shown)), tiles])

    bangs = page.get_by_role("slider", name="Bangs", exact=True)
    bangs.focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    page.evaluate("answer(0.05)")  # to the first key, when the second is pressed
    expect(bangs).to_have_value("0.1")
    page.keyboard.press("ArrowRight")
    page.evaluate("answer(0.1)")
    expect(bangs).to_have_value("0.15")
    page.evaluate("answer(0.15)")
    expect(bangs).to_have_value("0.15")
    assert [each["value"] for each in page.evaluate("sent")] == [0.05, 0.1, 0.15]
    page.evaluate("answer(-0.5)")  # nothing is under way: what the kernel says counts
    expect(bangs).to_have_value("-0.5")
