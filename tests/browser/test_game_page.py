"""The live game's page: the way back of a gradient is lit, and a hint stays while it is needed."""

import json

import pytest
from alone import opened
from playwright.sync_api import expect

from secgan_lite.course.widgets import LiveGame


@pytest.mark.parametrize(("of", "lit"), [("D", "↺"), ("G", "⟵⟵")])
def test_the_way_of_the_gradient_is_lit(page, of, lit):
    game = LiveGame()
    opened(page, game)
    expect(page.locator(".back.on")).to_have_count(0)
    game.do("step", of=of)
    page.evaluate("tell", json.loads(json.dumps(game.shown)))
    assert "".join(page.locator(".back.on").all_text_contents()) == lit
    expect(page.locator(".player.on")).to_have_text(of)


def test_a_hint_stays_until_a_label_is_chosen(page):
    game = LiveGame()
    opened(page, game)
    page.locator("canvas").first.click()
    hint = page.get_by_text("First choose the label")
    expect(hint).to_be_visible()
    page.evaluate("tell", {"round": 6})  # the game goes on
    expect(hint).to_be_visible()
    page.get_by_label("look at").select_option(label="right, up")
    expect(hint).to_be_hidden()


_WRITTEN = """() => {
  window.written = [];
  const write = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
    window.written.push(text);
    write.call(this, text, ...place);
  };
}"""


def test_the_chart_says_what_it_cuts_off_and_writes_no_negative_zero(page):
    opened(page, LiveGame())
    page.evaluate(_WRITTEN)
    exact = [[0, 2.13], [1, 1.9], [2, 0.6], [3, 0.5], [4, 0.4]]
    critic = [[0, 0.0], [1, 4.5], [2, 0.3], [3, -0.03], [4, 0.2]]
    page.evaluate("tell", {"steps": 4, "curves": {"exact": exact, "critic": critic}})
    cut = "Cut off: W₁ began at 2.13, D's difference reached 4.50."
    expect(page.get_by_role("img", name=cut)).to_have_count(1)
    expect(page.get_by_role("status")).to_contain_text(cut)  # a canvas would clip it
    written = page.evaluate("written")
    assert {"1.0", "0"} <= {*written}
    assert not {"−0.0", "-0.0", "0.0"} & {*written}


def test_drawn_points_are_called_so_and_a_new_theme_is_drawn_at_once(page):
    opened(page, LiveGame())
    clouds = page.get_by_label("real points", exact=True)
    expect(clouds).to_have_value("a cluster for each label")
    page.get_by_label("look at", exact=True).select_option(index=1)
    page.get_by_role("application").click(position={"x": 60, "y": 60})
    page.evaluate("tell", {})
    expect(clouds).to_have_value("drawn by hand")
    page.evaluate(_WRITTEN)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function("window.written.length > 0")
