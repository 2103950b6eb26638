"""The scrubber's page: it asks first, follows the hand, and shows nothing of what comes later."""

import pytest
from alone import opened
from playwright.sync_api import expect

from secgan_lite.course.recorded import load_dynamics
from secgan_lite.course.widgets import TrainingScrubber
from secgan_lite.course.widgets.controls import ASSETS

FOLD = 600  # pixels: what JupyterLab leaves to an output at 1280 × 800
PIXELS = "tile => [...tile.getContext('2d').getImageData(0, 0, 32, 32).data]"
# Of a plot's curves, the places of their points: shares of the drawing, (across, down).
PLACES = """lines => lines.map(line => [...line.points].map(({ x, y }) => [x, y]))"""


@pytest.fixture
def app():
    return TrainingScrubber(runs={f"run {name}": load_dynamics(f"run-{name}") for name in "abc"})


@pytest.fixture(autouse=True)
def scrubber(page, app):
    """The app, with its style, in a cell's width."""
    page.set_viewport_size({"width": 830, "height": 800})
    page.add_style_tag(path=ASSETS / "scrubber.css")
    opened(page, app)


def slider(page):
    return page.get_by_role("slider", name="iteration")


def test_it_opens_at_the_beginning_and_asks_first(page):
    words = page.get_by_role("status")
    expect(words).to_contain_text("Which of the two runs will fail? Guess, then press play.")
    expect(slider(page)).to_have_attribute("aria-valuetext", "80 of 800")
    curves = page.locator("polyline").evaluate_all(PLACES)
    assert max(x for curve in curves for x, _ in curve) == pytest.approx(0.1)
    for key, told in (("e", "from which iteration on could you tell?"), ("0", "Guess")):
        slider(page).press(key)
        expect(words).to_contain_text(told)


def test_the_tiles_are_the_recorded_pixels(page, app):
    wanted = app._runs["run b"].samples[4, 1, 0]
    page.get_by_role("button", name="face 2").click()
    for _ in range(4):
        slider(page).press("s")
    tile = page.get_by_role("img", name="run b: input, edit")
    shown = tile.evaluate(PIXELS)
    assert [shown[0::4], shown[1::4], shown[2::4]] == wanted.reshape(3, -1).tolist()
    size = tile.bounding_box()
    assert size["width"] == size["height"] == 64  # each pixel as 2 × 2


def test_a_picture_follows_within_some_milliseconds(page):
    spent = page.evaluate(
        """() => {
          const slider = document.querySelector("input");
          const started = performance.now();
          for (let i = 0; i < 50; i++) {
            slider.value = i % 10;
            slider.dispatchEvent(new Event("input"));
            document.body.offsetHeight;
          }
          return (performance.now() - started) / 50;
        }"""
    )
    assert spent < 50  # 3 ms on an idle core


def test_a_press_beside_the_handle_and_a_drag_are_followed(page):
    box = slider(page).bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.5 * box["width"], middle)
    page.mouse.down()
    expect(slider(page)).not_to_have_value("0")
    page.mouse.move(box["x"] + box["width"], middle, steps=5)
    page.mouse.up()
    expect(page.get_by_text("run a, iteration 800")).to_be_visible()


def test_it_plays_to_the_end_and_the_slider_stands_where_the_picture_does(page):
    page.clock.install()
    slider(page).press("p")
    expect(page.get_by_role("button", name="pause")).to_be_visible()
    assert page.get_by_role("status").get_attribute("aria-live") == "off"
    page.clock.run_for(1500)
    at = slider(page).get_attribute("aria-valuetext").split()[0]
    assert at == "240"
    expect(page.get_by_text(f"run b, iteration {at}")).to_be_visible()
    page.clock.run_for(9000)
    expect(page.get_by_role("button", name="play")).to_be_visible()
    expect(slider(page)).to_have_value("9")
    slider(page).press("b")
    expect(slider(page)).to_have_value("8")


def test_no_curve_is_cut_off_and_a_run_that_runs_away_has_its_own_axis(page):
    page.get_by_label("beside").select_option("run c")
    slider(page).press("e")
    for curve in page.locator("polyline").evaluate_all(PLACES):
        assert all(-1e-6 <= y <= 1 + 1e-6 for _, y in curve)
    ends = page.locator(".plot", has_text="fake − real").locator(".ends").all_inner_texts()
    assert ends[0].split() == ["0.4", "−0.7"] and ends[1].split() == ["300K", "−718K"]
    assert "-" not in page.locator(".secgan-scrubber").inner_text()


def test_a_key_typed_into_a_menu_chooses_there_only(page):
    page.get_by_label("beside").press("e")
    expect(slider(page)).to_have_value("0")


def test_one_run_alone(page):
    page.get_by_label("beside").select_option("none")
    expect(page.locator(".run")).to_have_count(1)
    expect(page.get_by_role("status")).to_contain_text("Will this run fail?")
    page.get_by_label("beside").select_option("run a")  # the same run again
    expect(page.locator("tbody tr")).to_have_count(1)


def test_two_runs_and_their_numbers_are_seen_together(page):
    page.get_by_label("beside").select_option("run c")
    slider(page).press("e")
    box = page.locator(".secgan-scrubber").bounding_box()
    assert box["y"] + box["height"] <= FOLD
    left, right = (each.bounding_box() for each in page.locator(".run").all())
    assert left["y"] == right["y"] and right["x"] > left["x"] + left["width"]
