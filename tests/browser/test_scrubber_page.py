"""The scrubber's page: it asks first, follows the hand, and shows nothing of what comes later."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import steps
from alone import MODEL, opened
from playwright.sync_api import expect

from secgan_lite.course import laboratory
from secgan_lite.course.faults import FAULTS, TITLES, right_name
from secgan_lite.course.recorded import load_dynamics
from secgan_lite.course.widgets import TrainingScrubber
from secgan_lite.course.widgets.apart import apart
from secgan_lite.course.widgets.controls import ASSETS
from secgan_lite.course.widgets.scrubbed import placed, span

FOLD = 600  # pixels: what JupyterLab leaves to an output at 1280 × 800
JUDGED = ["6%", "91%", "27%"]  # by the judge at the end, in runs a, b, c
PIXELS = "tile => [...tile.getContext('2d').getImageData(0, 0, 32, 32).data]"
# Of a plot's curves, the places of their points: shares of the drawing, (across, down).
PLACES = """lines => lines.map(line => [...line.points].map(({ x, y }) => [x, y]))"""


@pytest.fixture
def app():
    return TrainingScrubber(runs={f"run {name}": load_dynamics(f"run-{name}") for name in "abc"})


@pytest.fixture(autouse=True)
def scrubber(page, app):
    """The app, with its style, in a cell's width."""
    page.set_viewport_size({"width": 849, "height": 800})  # the page has a margin of 8
    page.add_style_tag(path=ASSETS / "scrubber.css")
    opened(page, app)


def slider(page):
    return page.get_by_role("slider", name="iteration")


def guess(page):
    return page.get_by_role("group", name="your guess").get_by_role("button")


def panel(page, number):
    """A panel's drawings, one a run."""
    return page.locator(".plot").all()[3 * number :][:3]


def judge_curves(page):
    """Numbers of points of the judge's curves."""
    return [
        len(plot.locator("svg > polyline:not(.behind)").evaluate_all(PLACES)[2])
        for plot in panel(page, 0)
    ]


def ends(page, number):
    """What is written at the ends of a panel's axis."""
    return page.locator(".ends").nth(number).inner_text().split()


def test_it_opens_at_the_beginning_and_asks_first(page):
    words = page.get_by_role("status")
    expect(words).to_contain_text("in which run will the judge recognise most edits at the end?")
    expect(slider(page)).to_have_attribute("aria-valuetext", "80 of 800")
    curves = page.locator("svg > polyline").evaluate_all(PLACES)
    assert max(x for curve in curves for x, _ in curve) == pytest.approx(0.1)


def test_the_judge_is_hidden_until_a_guess_is_made(page, app):
    """Also the scores and, in the axes, what comes later; and a guess can be taken back."""
    whole = page.locator(".secgan-scrubber")
    for key in ("0", "e"):
        slider(page).press(key)
        assert judge_curves(page) == [0, 0, 0]
        expect(page.get_by_role("table")).to_be_hidden()
        assert "%" not in whole.inner_text() and "Judge" not in whole.text_content()
        labels = page.locator("svg").evaluate_all("all => all.map(each => each.ariaLabel)")
        assert sum("judge on edits ?" in label for label in labels) == 3
    slider(page).press("0")
    values = [value for run in app._runs.values() for r in run.log if r["iteration"] <= 80
              for value in (r["rgb/sc"], r["semantic/sc"])]  # fmt: skip
    assert ends(page, 3) == [f"{1.1 * max(values):.1f}", f"{0.9 * min(values):.1f}"]
    expect(guess(page)).to_have_text(["run a", "run b", "run c"])
    guess(page).nth(2).click()
    words = page.get_by_role("status")
    expect(words).to_contain_text("You guessed “run c”: wrong. Now play to the end")
    assert "run b" not in words.inner_text() and "%" not in words.inner_text()
    assert judge_curves(page) == [1, 1, 1]
    slider(page).press("e")
    expect(words).to_contain_text("run a 19% → 6%, run b 48% → 91%, run c 35% → 27%")
    for name in ("run a", "run c"):
        found = apart(app._runs[name], app._runs["run b"])
        for word in (name, *found.panels, f"from {found.at} on (judge: {found.judge})"):
            expect(words).to_contain_text(word)
    slider(page).press("0")  # it stays
    expect(words).to_contain_text("First to leave run b")
    slider(page).press("e")
    expect(page.locator("tbody td:nth-child(2)")).to_have_text(JUDGED)
    guess(page).press("Enter")  # "guess again"
    expect(slider(page)).to_have_value("0")
    assert judge_curves(page) == [0, 0, 0]
    expect(guess(page).first).to_be_focused()
    guess(page).nth(1).click()
    expect(words).to_contain_text("You guessed “run b”: right.")
    page.get_by_label("third run").select_option("none")  # another question
    expect(guess(page)).to_have_text(["run a", "run b"])
    expect(page.get_by_role("table")).to_be_hidden()


def test_the_tiles_are_the_recorded_pixels(page, app):
    run = app._runs["run b"]
    page.get_by_role("button", name="face 2").click()
    for _ in range(4):
        slider(page).press("s")
    place = 1 + run.config["attributes"].index("Blond_Hair")
    for name, wanted in (
        ("run b: Blond, edit", run.samples[4, 1, place]),
        ("Blond, true edit", run.truths[1, place]),
        ("the face that is edited", run.truths[1, 0]),
    ):
        tile = page.get_by_role("img", name=name, exact=True)
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
    expect(slider(page)).to_have_attribute("aria-valuetext", "800 of 800")


def test_it_plays_to_the_end_and_the_slider_stands_where_the_picture_does(page):
    page.clock.install()
    slider(page).press("p")
    expect(page.get_by_role("button", name="pause")).to_be_visible()
    heard = page.locator(".heard")
    expect(heard).to_have_attribute("aria-live", "off")
    page.clock.run_for(1500)
    at = slider(page).get_attribute("aria-valuetext").split()[0]
    assert at == "240"
    expect(heard).to_have_text(f"Iteration {at}, face 1.")
    page.clock.run_for(9000)
    expect(page.get_by_role("button", name="play")).to_be_visible()
    expect(slider(page)).to_have_value("9")
    slider(page).press("b")
    expect(slider(page)).to_have_value("8")


def test_no_curve_is_cut_off_and_the_axes_are_the_pictures(page, app):
    """The critics' is logarithmic beyond ±1, and its ends are those that Python finds."""
    guess(page).first.click()
    slider(page).press("e")
    for curve in page.locator("polyline").evaluate_all(PLACES):
        assert all(-1e-6 <= y <= 1 + 1e-6 for _, y in curve)
    titles = [plot["title"] for plot in app.shown["plots"]]
    for i, form in ((2, "{:.1f}"), (3, "{:.1f}")):
        _, low, high = span(app._runs, titles[i])
        assert ends(page, i) == [form.format(high), form.format(low)]
    assert ends(page, 1) == ["933K", "−933K"]
    (images, masks) = panel(page, 1)[2].locator("svg > polyline:not(.behind)").evaluate_all(PLACES)
    whole = 2 + np.log10(span(app._runs, titles[1])[2])
    for places, term in ((images, "rgb/critic"), (masks, "semantic/critic")):
        values = np.array([r[term] for r in app._runs["run c"].log])
        assert [y for _, y in places] == pytest.approx(0.5 - placed(titles[1], values) / whole / 2)
    expect(page.get_by_text("logarithmic beyond ±1")).to_be_visible()
    expect(page.get_by_text("logarithmic axis")).to_be_visible()
    assert "-" not in page.locator(".secgan-scrubber").inner_text()


def test_a_key_typed_into_a_menu_chooses_there_only(page):
    page.get_by_label("second run").press("e")
    expect(slider(page)).to_have_value("0")


def test_one_run_alone(page):
    for label in ("second run", "third run"):
        page.get_by_label(label).select_option("none")
    expect(page.locator(".film")).to_have_count(2)  # the true edits, and its own
    expect(page.get_by_role("status")).to_contain_text("more edits at the end than now?")
    expect(guess(page)).to_have_text(["more", "not more"])
    guess(page).last.click()
    expect(page.get_by_role("status")).to_contain_text("right")
    page.get_by_label("second run").select_option("run a")  # the same run again
    expect(page.locator("tbody tr")).to_have_count(1)


@pytest.mark.parametrize("width", [849, 700, 390])
def test_runs_are_seen_together(page, app, width):
    """Side by side where there is room for all, else with all their curves in each drawing."""
    page.set_viewport_size({"width": width, "height": 800})
    boxes = [each.bounding_box() for each in page.locator(".film").all()]
    tiles = [tile.bounding_box()["width"] for tile in page.locator("canvas:visible").all()]
    assert tiles == pytest.approx([64 if width > 390 else 62] * len(tiles), abs=2)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width == 849:
        assert len({box["y"] for box in boxes}) == 1 and tiles == [64] * len(tiles)
        return expect(page.locator("svg")).to_have_count(12)
    assert len({box["x"] for box in boxes}) == 1
    expect(page.locator("svg")).to_have_count(4)
    guess(page).first.click()
    slider(page).press("e")
    curves = page.locator(".panel").last.locator("svg > polyline:not(.behind)")
    ys = [points[-1][1] for points in curves.evaluate_all(PLACES)]
    last = [run.log[-1][term] for run in app._runs.values() for term in ("rgb/sc", "semantic/sc")]
    assert np.argsort(ys).tolist() == np.argsort(last)[::-1].tolist()
    assert len(set(curves.evaluate_all("all => all.map(each => each.style.stroke)"))) == 3
    assert steps.violations(page, ".secgan-scrubber") == []


def test_three_runs_and_their_numbers_are_seen_together(page):
    guess(page).first.click()
    slider(page).press("e")
    box = page.locator(".secgan-scrubber").bounding_box()
    assert box["height"] <= FOLD


def test_masks_come_and_go(page):
    mask = page.get_by_role("img", name="run a: Bangs, mask by G_seg")
    expect(mask).to_have_count(0)  # nobody hears of it
    slider(page).press("m")
    expect(mask).to_be_visible()
    expect(page.get_by_role("button", name="masks")).to_have_attribute("aria-pressed", "true")
    colours = page.get_by_label("colours of the masks")
    expect(colours).to_contain_text("eyeglasses")
    slider(page).press("m")
    expect(page.get_by_text("mask by G_seg").first).to_be_hidden()
    expect(colours).to_be_hidden()


@pytest.fixture
def lab(page):
    """In the app's place, one of the broken trainers."""
    app = TrainingScrubber(laboratory.dynamics(), "Which line is broken?", [*FAULTS], right_name)
    page.locator(".secgan-scrubber").evaluate("app => app.remove()")
    page.evaluate(MODEL, [json.loads(json.dumps(app.shown)), ""])


def test_broken_trainers_stand_beside_the_healthy_one(page, lab):
    expect(page.get_by_role("status")).to_have_text("Which line is broken?")
    expect(guess(page)).to_have_count(0)
    page.get_by_label("third run").select_option("run 7")
    tile = page.get_by_role("img", name="run 7: Bangs, edit")
    begun = tile.evaluate(PIXELS)
    assert begun == page.get_by_role("img", name="healthy: Bangs, edit").evaluate(PIXELS)
    for _ in range(3):
        slider(page).press("s")
    expect(slider(page)).to_have_attribute("aria-valuetext", "30 of 120")
    expect(page.locator(".film > b").last).to_have_text("run 7 edits of 20")
    early = tile.evaluate(PIXELS)
    curves = page.locator("svg > polyline").evaluate_all(PLACES)
    assert max(x for curve in curves for x, _ in curve) == pytest.approx(30 / 120)
    slider(page).press("e")
    expect(page.locator(".film > b").last).to_have_text("run 7")
    assert begun != early != tile.evaluate(PIXELS)
    slider(page).press("m")
    expect(page.get_by_role("img", name="run 7: Bangs, mask by G_seg")).to_be_visible()


def test_the_healthy_run_stands_behind_the_others(page, lab):
    """Where it is drawn; not behind itself."""
    slider(page).press("e")
    plots = page.locator(".plot").all()
    own = plots[9].locator("svg > polyline:not(.behind)").evaluate_all(PLACES)
    behind = [plot.locator(".behind").evaluate_all(PLACES) for plot in plots[9:12]]
    assert behind == [[[], []], own, own]
    assert [len(each) for each in plots[1].locator(".behind").evaluate_all(PLACES)] == [0, 12, 0]


def brightness(colour):
    """Relative luminance of red, green and blue in [0, 1], as WCAG defines it."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("#212121", "#ffffff"),
        ("#ffffff", "#111111"),
        ("#222832", "#ffffff"),
        ("#ced6dd", "#14181e"),
    ],
)
def test_every_line_is_seen_on_light_and_dark_pages(page, lab, ink, ground):
    """A contrast of 3 with the ground of JupyterLab's themes and of the site's."""
    style = f"--jp-content-font-color1: {ink}; --jp-layout-color0: {ground}"
    page.locator(".secgan-scrubber").evaluate("(app, style) => (app.style.cssText += style)", style)
    slider(page).press("e")
    looks = page.locator(".plot svg > polyline").evaluate_all(
        "all => all.map(getComputedStyle).map(({ stroke, opacity }) => [stroke, Number(opacity)])"
    )
    assert len(looks) > 20
    ends = [int(ground[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    for stroke, opacity in looks:
        parts = [float(v) for v in re.findall(r"[\d.]+", stroke)[:3]]
        drawn = [v * opacity + g * (1 - opacity) for v, g in zip(parts, ends, strict=True)]
        dim, bright = sorted(brightness(colour) + 0.05 for colour in (drawn, ends))
        assert bright / dim >= 3, (stroke, opacity, parts)


@pytest.fixture
def own(page):
    """In the app's place, a run of one's own, that ended soon, beside a longer one."""
    run = load_dynamics("run-b")
    short = replace(run, log=run.log[:6], scores=run.scores[:1], samples=run.samples[:1],
                    masks={kind: film[:1] for kind, film in run.masks.items()})  # fmt: skip
    app = TrainingScrubber({"yours": short, "run B": run}, "Which wish first?", wishes=True)
    page.locator(".secgan-scrubber").evaluate("app => app.remove()")
    page.evaluate(MODEL, [json.loads(json.dumps(app.shown)), ""])
    return app


def test_a_run_that_ended_soon_has_an_axis_of_its_own(page, own):
    slider(page).press("e")
    expect(page.locator(".film > b").nth(1)).to_have_text("yours ended at 120")
    expect(page.locator(".ticks")).to_have_text(["0iteration 120", "0iteration 800"])
    for plot in page.locator(".plot:visible").all():
        curves = plot.locator("svg > polyline:not(.behind)").evaluate_all(PLACES)
        assert max(x for curve in curves for x, _ in curve) == pytest.approx(1)
    page.set_viewport_size({"width": 390, "height": 800})
    expect(page.locator(".panel:visible").first.locator("svg")).to_have_count(2)


def test_the_wish_that_is_learnt_first_is_guessed(page, own):
    expect(guess(page)).to_have_text(["Bangs", "Blond", "Eyeglasses", "none of them"])
    expect(page.get_by_text("wishes: error inside")).to_be_hidden()
    guess(page).nth(3).click()
    words = page.get_by_role("status")
    expect(words).to_contain_text("You guessed “none of them”: wrong. Now play to the end.")
    slider(page).press("e")
    expect(words).to_contain_text("Bangs not until the end, Blond at 80, Eyeglasses not until")
    expect(page.get_by_text("wishes: error inside")).to_be_visible()
    guess(page).press("Enter")  # "guess again"
    guess(page).nth(1).click()
    expect(words).to_contain_text("You guessed “Blond”: right.")
    assert steps.violations(page, ".secgan-scrubber") == []


def test_names_are_counted_that_are_right(page, lab):
    check, said = page.get_by_role("button", name="check"), page.locator(".checked")
    check.click()
    expect(said).to_have_text("Give a run its name first.")
    for title in ("run 1", "run 2"):
        page.get_by_label(f"what is wrong with {title}").select_option("no penalty")
    expect(said).to_have_text("")
    check.click()
    expect(said).to_have_text("2 of 8 have a name, 1 the right one.")


def test_names_are_written_as_python_and_stay(page, lab):
    code = page.locator("code")
    assert eval(code.inner_text().removeprefix("names = ")) == dict.fromkeys(TITLES, "")
    expect(page.locator(".name")).to_have_count(2)  # the healthy run has none
    page.get_by_label("what is wrong with run 2").select_option("no penalty")
    page.get_by_label("second run").select_option("run 8")
    page.get_by_label("what is wrong with run 8").select_option("old labels")
    page.get_by_label("second run").select_option("run 2")
    page.get_by_label("third run").select_option("none")
    expect(page.get_by_label("what is wrong with run 2")).to_have_value("no penalty")
    named = eval(code.inner_text().removeprefix("names = "))
    assert {k: v for k, v in named.items() if v} == {"run 2": "no penalty", "run 8": "old labels"}
    page.get_by_role("button", name="copy").click()
    assert page.evaluate("getSelection().toString()") == code.inner_text()


def test_nobody_is_kept_out(page):
    for act in (lambda: None, lambda: guess(page).first.click(), lambda: slider(page).press("m")):
        act()
        assert steps.violations(page, ".secgan-scrubber") == []


def test_nobody_is_kept_out_of_the_laboratory(page, lab):
    assert steps.violations(page, ".secgan-scrubber") == []
