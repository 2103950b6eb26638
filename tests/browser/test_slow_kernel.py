"""The apps' pages while their kernel is busy: no control jumps back under the hand."""

import pytest
from alone import opened
from playwright.sync_api import expect

from secgan_lite.course.widgets import FlipExplorer, LiveGame


def test_an_old_answer_does_not_move_a_slider_back(page):
    explorer = FlipExplorer()
    opened(page, explorer, explorer.tiles)

    def answer(number, value):
        lines = explorer.shown["attributes"]
        lines = [each | {"value": value} if each["name"] == "Bangs" else each for each in lines]
        page.evaluate("tell", {"answer": number, "attributes": lines})

    bangs = page.get_by_role("slider", name="Bangs", exact=True)
    bangs.focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    answer(1, 0.05)  # when the second key has been pressed
    expect(bangs).to_have_value("0.1")
    page.keyboard.press("ArrowRight")
    answer(2, 0.1)
    expect(bangs).to_have_value("0.15")
    answer(3, 0.15)
    expect(bangs).to_have_value("0.15")
    assert [each["value"] for each in page.evaluate("sent")] == [0.05, 0.1, 0.15]
    answer(3, -0.5)  # nothing is under way: what the kernel says counts
    expect(bangs).to_have_value("-0.5")


def test_a_knob_can_be_turned_while_the_game_plays(page):
    game = LiveGame()
    opened(page, game)
    penalty = page.get_by_role("slider", name="weight of the penalty", exact=True)
    penalty.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        page.evaluate("tell", {"round": 6})  # a round under the old rules
    expect(penalty).to_have_value("2.5")
    for number, value in ((1, 1.5), (2, 2.5)):
        page.evaluate("tell", {"answer": number, "rules": game.shown["rules"] | {"penalty": value}})
    expect(penalty).to_have_value("2.5")
    assert [each["value"] for each in page.evaluate("sent")] == [1.5, 2.5]


@pytest.mark.parametrize(("app", "press"), [(FlipExplorer, "add bangs"), (LiveGame, "round")])
def test_a_press_that_nobody_answers_is_said_to_wait_until_it_is_answered(page, app, press):
    made = app()
    opened(page, made, getattr(made, "tiles", b""))
    page.get_by_role("button", name=press, exact=True).click()
    waits = page.get_by_text("The computer is still busy: what you pressed waits.")
    expect(waits).to_be_visible()
    page.evaluate("tell", {"answer": 1})
    expect(waits).to_have_count(0)
