"""The live game's page: the way back of a gradient is lit, and a hint stays while it is needed."""

import json

import pytest
from alone import opened
from playwright.sync_api import expect

from secgan_lite.course.widgets import LiveGame
from secgan_lite.course.widgets.controls import ASSETS


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
    page.add_style_tag(path=ASSETS / "live_game.css")
    opened(page, LiveGame())
    page.evaluate(_WRITTEN)
    exact = [[0, 2.13], [1, 1.9], [2, 0.6], [3, 0.5], [4, 0.4]]
    critic = [[0, 0.0], [1, 4.5], [2, 0.3], [3, -0.03], [4, 0.2]]
    page.evaluate("tell", {"steps": 4, "curves": {"exact": exact, "critic": critic}})
    cut = "Cut off: W₁ began at 2.13, D's difference reached 4.50."
    expect(page.get_by_role("img", name=cut)).to_have_count(1)
    words = page.locator(".cut")  # below the chart, and not read aloud at each pause
    expect(words).to_have_text(cut)
    expect(words).to_be_hidden()
    expect(page.get_by_role("status")).not_to_contain_text("Cut off")
    page.locator(".chart canvas").focus()
    expect(words).to_be_visible()
    page.get_by_role("button", name="play").focus()
    expect(words).to_be_hidden()
    page.locator(".chart").hover()
    expect(words).to_be_visible()
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


def test_a_held_step_goes_on_as_fast_as_it_is_answered_and_stops_with_the_hand(page):
    opened(page, LiveGame())
    sent = "sent.filter(({ act }) => act === 'step').length"
    step = page.get_by_role("button", name="step of D")
    step.hover()
    page.mouse.down()
    page.wait_for_timeout(700)
    assert page.evaluate(sent) == 1  # held long enough, and not answered: no more wait
    for number in (1, 2, 3):
        page.evaluate("tell", {"answer": number})
        page.wait_for_function(f"{sent} === {number + 1}")
    page.mouse.up()  # a click of its own
    page.evaluate("tell", {"answer": 5})
    page.wait_for_timeout(300)
    assert page.evaluate(sent) == 5
    page.keyboard.down("d")  # a new press
    for _ in range(3):
        page.keyboard.down("d")  # the key repeats
    assert page.evaluate(sent) == 6


def test_without_the_condition_no_player_hears_the_label(page):
    page.add_style_tag(path=ASSETS / "live_game.css")
    game = LiveGame()
    opened(page, game)
    struck = """() => [...document.querySelectorAll('.course span')]
        .filter(e => getComputedStyle(e).textDecorationLine === 'line-through')
        .map(e => e.textContent)"""
    assert page.evaluate(struck) == []
    game.do("rule", name="condition", value=False)
    page.evaluate("tell", json.loads(json.dumps(game.shown)))
    assert page.evaluate(struck) == ["label", "label"]


def test_a_finger_scrolls_until_a_label_is_chosen_and_reset_looks_at_all_again(page):
    page.add_style_tag(path=ASSETS / "live_game.css")
    opened(page, LiveGame())
    plane, label = page.get_by_role("application"), page.get_by_label("look at", exact=True)
    expect(plane).to_have_css("touch-action", "pan-y")
    label.select_option(index=1)
    expect(plane).to_have_css("touch-action", "none")
    page.get_by_role("button", name="reset").click()
    expect(label).to_have_value("-1")
    expect(plane).to_have_css("touch-action", "pan-y")


def test_a_game_that_plays_is_not_read_aloud(page):
    opened(page, LiveGame())
    words = page.get_by_role("status")
    expect(words).to_have_attribute("aria-live", "polite")
    page.evaluate("tell", {"playing": True})
    expect(words).to_have_attribute("aria-live", "off")


def test_all_of_it_is_seen_at_once_in_jupyterlab(page):
    """833 px of output in a window of 1280 × 720, of which 599 are the notebook's."""
    page.set_content("<body style='margin: 0; width: 833px'></body>")
    page.add_style_tag(path=ASSETS / "live_game.css")
    opened(page, LiveGame())
    assert page.locator(".secgan-game").bounding_box()["height"] <= 599
