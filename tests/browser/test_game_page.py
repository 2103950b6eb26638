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
