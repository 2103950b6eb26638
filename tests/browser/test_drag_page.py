"""The drag's page: the dial shows its places, the bar its zero, and minus signs are minus signs."""

import pytest
from alone import opened
from playwright.sync_api import expect

from secgan_lite.course.widgets import DragDial
from secgan_lite.course.widgets.controls import ASSETS


@pytest.fixture(autouse=True)
def drag(page):
    """The app, with its style."""
    page.add_style_tag(path=ASSETS / "drag_dial.css")
    opened(page, DragDial())


def test_ticks_stand_where_the_dial_stops(page):
    slider = page.get_by_role("slider").bounding_box()
    ticks = page.locator(".ticks i")
    assert ticks.all_inner_texts() == ["0", "0.5", "0.9"]
    middles = [box["x"] + box["width"] / 2 for box in [tick.bounding_box() for tick in ticks.all()]]
    ends = slider["x"] + 8, slider["x"] + slider["width"] - 8  # half of a thumb from the ends
    assert middles == pytest.approx([ends[0], sum(ends) / 2, ends[1]], abs=2)


def test_the_bar_has_a_zero_and_a_range_with_a_minus_sign(page):
    expect(page.get_by_text("drag, −0.4 to 0.6")).to_be_visible()
    bar, zero = page.locator(".bar").bounding_box(), page.locator(".bar .scale").bounding_box()
    assert page.locator(".bar .scale").inner_text() == "0"
    assert zero["x"] + zero["width"] / 2 == pytest.approx(bar["x"] + 0.4 * bar["width"], abs=2)
    assert zero["y"] >= bar["y"] + bar["height"] - 1
    words = page.locator(".secgan-drag p")
    told = words.inner_text()
    page.get_by_role("combobox").select_option(index=1)
    assert "-" not in told + words.inner_text()
