"""The duel player's page: it asks before it answers, and its buttons stand in order."""

from alone import opened
from playwright.sync_api import expect

from secgan_lite.course.widgets import DuelPlayer

ORDER = ["play", "step back", "step", "to the start", "to the end", "reset rules"]


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
