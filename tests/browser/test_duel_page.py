"""The duel player's page: it plays as Python does, asks before it answers, and follows the hand."""

import re
from dataclasses import asdict

import numpy as np
import pytest
from alone import imported, opened
from playwright.sync_api import expect

from secgan_lite.course.duel import RIGHT, START, Rules, play
from secgan_lite.course.widgets import DuelPlayer
from secgan_lite.course.widgets.controls import script
from secgan_lite.course.widgets.duel_player import EDGE, ITERATIONS

ORDER = ["play", "step back", "step", "to the start", "to the end", "reset rules"]


@pytest.mark.parametrize("start", [START, (2.0, -3.5)], ids=str)
@pytest.mark.parametrize(
    "rules",
    [
        Rules(),
        Rules(turns=False),
        Rules(rate=0.05, n=5, falls=True),
        Rules(penalty=0.7),
        Rules(penalty=1.3, slope=0.0, rate=0.23),
        Rules(penalty=0.35, slope=0.4, n=3, turns=False, falls=True),
    ],
    ids=str,
)
def test_it_plays_as_python_does(page, rules, start):
    imported(page, script("duel.js"))
    given = [asdict(rules), RIGHT, start, ITERATIONS]
    found = page.evaluate("given => module.path(...given)", given)
    assert np.abs(np.array(found) - play(rules, ITERATIONS, start)).max() < 1e-6


def test_play_stands_first(page):
    opened(page, DuelPlayer())
    assert page.get_by_role("button").all_inner_texts() == ORDER


def test_the_end_is_told_when_it_has_been_seen(page):
    opened(page, DuelPlayer())
    words = page.get_by_role("status")
    expect(words).to_contain_text("Where will the path end")
    expect(words).not_to_contain_text("At the end")
    page.locator(".phase").press("e")  # the key of "to the end"
    expect(words).to_contain_text("At the end g never stays within 0.1 of the star")
    expect(page.get_by_role("slider", name="iteration")).to_have_value("300")


def test_every_slider_changes_the_path_at_once_and_reset_brings_it_back(page):
    opened(page, DuelPlayer())
    page.locator(".phase").press("e")
    words = page.get_by_role("status")
    page.get_by_role("slider", name="penalty λ").fill("1")
    page.get_by_role("slider", name="wanted slope").fill("0")
    expect(words).to_contain_text("it is up to 0.00 away")
    expect(words).to_contain_text("Grey: the rules before.")
    told = words.inner_text()
    page.get_by_role("slider", name="steps of d per g, N").fill("5")
    page.get_by_role("slider", name="learning rate").fill("0.2")
    expect(words).not_to_have_text(told)
    page.get_by_label("critic first").uncheck()
    page.keyboard.press("r")
    expect(page.get_by_label("critic first")).to_be_checked()
    expect(words).to_contain_text("g never stays within 0.1 of the star")
    expect(words).not_to_contain_text("rules before")


def test_a_game_that_runs_away_is_told_in_short(page):
    opened(page, DuelPlayer())
    for name, value in (("wanted slope", "0"), ("penalty λ", "4"), ("learning rate", "0.5")):
        page.get_by_role("slider", name=name).fill(value)
    page.locator(".phase").press("e")
    words = page.get_by_role("status")
    expect(words).to_contain_text(re.compile("g is (over |below −)999, d is (over |below −)999"))
    away = play(Rules(penalty=4.0, slope=0.0, rate=0.5), ITERATIONS)
    left = int(np.argmax(np.abs(away).max(axis=1) > EDGE))
    expect(words).to_contain_text(f"it left the frame at iteration {left}, and is not drawn")
    blue = """canvas => canvas.getContext("2d").getImageData(100, 12, 220, 288).data
        .filter((v, i, all) => i % 4 === 0 && v < 30 && all[i + 2] > 150).length"""
    assert page.locator(".time").evaluate(blue) == 0
    page.locator(".phase").press("0")
    expect(words).not_to_contain_text("runs away")


def test_a_game_that_comes_back_is_drawn_to_its_end(page):
    shown = DuelPlayer()
    shown.shown = shown.shown | {"start": [EDGE, EDGE]}
    assert np.abs(play(Rules(), ITERATIONS, (EDGE, EDGE))).max() > EDGE
    opened(page, shown)
    page.locator(".phase").press("e")
    expect(page.get_by_role("status")).not_to_contain_text("runs away")


def test_quick_keys_move_the_start_and_stop_at_the_edge(page):
    opened(page, DuelPlayer())
    plane, words = page.locator(".phase"), page.get_by_role("status")
    for _ in range(5):
        plane.press("ArrowLeft")
    expect(words).to_contain_text("g = −1.50, d = 0.00")
    for _ in range(60):
        plane.press("ArrowUp")
    expect(words).to_contain_text("g = −1.50, d = 4.00")


def test_a_change_is_seen_within_a_frame(page):
    """From a slider's event to the drawn path."""
    opened(page, DuelPlayer())
    page.locator(".phase").press("e")
    took = page.get_by_role("slider", name="penalty λ").evaluate(
        """slider => [...Array(40).keys()].map(k => {
             const start = performance.now()
             slider.value = k / 20
             slider.dispatchEvent(new Event("input"))
             return performance.now() - start
           }).sort((a, b) => a - b)"""
    )
    assert took[20] < 50  # 3 ms on an idle core
