"""The live laboratory's page: it guesses first, draws what it is told, and trains in JupyterLab."""

import json

import nbformat
import numpy as np
import pytest
import steps
from alone import opened
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect
from servers import lab

from secgan_lite.course.widgets import LiveLaboratory
from secgan_lite.course.widgets.controls import ASSETS
from secgan_lite.course.widgets.live_laboratory import recorded
from secgan_lite.course.widgets.questions import QUESTIONS, load_answers
from secgan_lite.course.widgets.trial import HEALTHY, SOUND

POINTS = "svg => [...svg.querySelectorAll('polyline')].map(line => line.getAttribute('points'))"


def answered(page, **more):
    """The kernel has obeyed all that was asked."""
    page.evaluate("more => tell({ ...more, answer: sent.length && sent.at(-1).answer })", more)


def test_a_guess_comes_before_what_to_look_at(page):
    opened(page, LiveLaboratory())
    hint = page.locator(".hint")
    what, told = [*QUESTIONS.items()][1]
    page.get_by_label("question").select_option(what)
    expect(hint).not_to_contain_text(told.look)
    page.get_by_role("button", name="error", exact=True).click()
    expect(hint).to_have_text(f"Your guess: error. {told.act} {told.look}")
    assert page.evaluate("sent") == []


def test_curves_and_marks_are_those_of_the_kernel(page):
    app = LiveLaboratory()
    opened(page, app)
    drawing = page.get_by_role("img", name="error, iteration")
    before = drawing.evaluate(POINTS)
    curves = app.shown["curves"] | {"rgb/rec": [[1, 0.1], [60, 0.2]]}
    marks = [{"at": 30, "words": "λ_rec 20 → 0"}]
    page.evaluate("tell", json.loads(json.dumps({"curves": curves, "marks": marks})))
    after = drawing.evaluate(POINTS)
    healthy = max(v for p in app.shown["panels"] if p["title"] == "error"
                  for c in p["curves"] for _, v in c["healthy"])  # fmt: skip
    (changed,) = (new for old, new in zip(before, after, strict=True) if old != new)
    places = [[float(n) for n in point.split(",")] for point in changed.split()]
    for (x, y), (t, value) in zip(places, curves["rgb/rec"], strict=True):
        assert abs(x - t / 120) < 1e-6 and abs(y - (1 - value / (1.05 * healthy))) < 1e-6
    expect(drawing.locator(".mark")).to_have_attribute("x1", "0.25")
    expect(drawing).to_have_attribute("aria-label", "error, iteration 0: reconstruction 0.20, "
                                      "change by edits –")  # fmt: skip
    expect(page.get_by_text("after t = 30 λ_rec 20 → 0")).to_be_visible()


def test_a_held_button_repeats_and_leaves_no_queue(page):
    opened(page, LiveLaboratory())
    step = page.get_by_role("button", name="one iteration", exact=True)
    step.click()
    assert [each["act"] for each in page.evaluate("sent")] == ["step"]
    answered(page)
    step.hover()
    page.mouse.down()
    for count in (2, 3, 4):
        page.wait_for_function(f"sent.length === {count}")
        page.wait_for_timeout(250)  # nobody answers: nothing more is asked
        assert len(page.evaluate("sent")) == count
        answered(page)
    page.mouse.up()
    page.wait_for_timeout(250)
    asked = len(page.evaluate("sent"))
    answered(page)
    page.wait_for_timeout(250)
    assert len(page.evaluate("sent")) <= asked + 1


def test_a_knob_and_a_fault_stay_while_an_older_answer_comes(page):
    opened(page, LiveLaboratory())
    penalty = page.get_by_role("slider", name="λ_gp, gradient penalty", exact=True)
    penalty.focus()
    page.keyboard.press("Home")
    fault = page.get_by_label("fault in the code")
    fault.select_option("reversed wish")
    page.evaluate("tell", {"iteration": 2})  # an iteration under the old ones
    expect(penalty).to_have_value("0")
    expect(fault).to_have_value("reversed wish")
    answered(page, values=HEALTHY | {"lambda_gp": 0.0, "fault": "reversed wish"})
    expect(penalty).to_have_attribute("aria-valuetext", "0")
    assert [(each["name"], each["value"]) for each in page.evaluate("sent")] == [
        ("lambda_gp", 0), ("fault", "reversed wish"),
    ]  # fmt: skip


def test_a_training_that_plays_is_not_read_aloud(page):
    opened(page, LiveLaboratory())
    said = page.get_by_role("status")
    expect(said).to_have_attribute("aria-live", "polite")
    page.evaluate("tell", {"playing": True, "iteration": 3})
    expect(said).to_have_attribute("aria-live", "off")
    expect(page.get_by_role("button", name="pause")).to_have_attribute("aria-pressed", "true")


def test_pause_is_seen_before_the_kernel_has_obeyed(page):
    opened(page, LiveLaboratory())
    answered(page, playing=True, iteration=3)
    page.get_by_role("button", name="pause").click()
    play = page.get_by_role("button", name="play")
    expect(play).to_have_attribute("aria-pressed", "false")
    page.evaluate("tell", {"iteration": 4})  # an iteration that was on its way
    expect(play).to_be_visible()
    answered(page, playing=False)
    expect(play).to_be_visible()
    assert [each["act"] for each in page.evaluate("sent")] == ["play"]


LEFT = {"error": "reconstruction, t = 10 to 120"}
REC = {"at": 0, "name": "lambda_rec", "value": 0, "words": "λ_rec 20 → 0"}
GP = {"at": 5, "name": "lambda_gp", "value": 0, "words": "λ_gp 10 → 0"}
NOBODY, SOMEBODY = (
    "No panel left the healthy run.",
    "These left the healthy run: error.",
)


@pytest.mark.parametrize(
    ("left", "marks", "guess", "said"),
    [
        (LEFT, [REC], "error", f"Right. {SOMEBODY}"),
        (LEFT, [REC], "critic", f"Not quite: not critic; also error. {SOMEBODY}"),
        (LEFT, [REC], "error, critic", f"Not quite: not critic. {SOMEBODY}"),
        (LEFT, [REC], "none", f"Not quite: also error. {SOMEBODY}"),
        ({}, [REC], "none", f"Right. {NOBODY}"),
        ({}, [REC], "error", f"Not quite: not error. {NOBODY}"),
        (LEFT, [], "error", f"It has no answer yet: you did not turn λ_rec 20 → 0. {SOMEBODY}"),
        (LEFT, [REC, GP], "error",
         f"It has no answer of its own: you also turned λ_gp 10 → 0. {SOMEBODY}"),
    ],
)  # fmt: skip
def test_a_guess_is_answered_at_the_end(page, left, marks, guess, said):
    opened(page, LiveLaboratory())
    hint = page.locator(".hint")
    page.get_by_label("question").select_option("λ_rec = 0")
    for name in guess.split(", "):
        page.get_by_role("button", name=name, exact=True).click()
    page.evaluate("tell", {"iteration": 119, "marks": marks, "left": None})
    expect(hint).not_to_contain_text("healthy run.")
    page.evaluate("tell", {"iteration": 120, "marks": marks, "left": left})
    look = QUESTIONS["λ_rec = 0"].look
    when = " When they left: error (reconstruction, t = 10 to 120)." if left else ""
    expect(hint).to_have_text(f"Your guess: {guess}. {said} {look}{when}")


def test_without_a_guess_the_end_is_told_too(page):
    opened(page, LiveLaboratory())
    page.evaluate("tell", {"iteration": 120, "marks": [], "left": LEFT})
    expect(page.locator(".hint")).to_contain_text(SOMEBODY)
    late = page.get_by_role("button", name="error", exact=True)  # what is known is no guess
    expect(late).to_have_attribute("aria-disabled", "true")
    late.click(force=True)
    expect(page.locator(".hint")).not_to_contain_text("Your guess")


def test_none_is_guessed_alone_and_a_panel_can_be_taken_back(page):
    opened(page, LiveLaboratory())
    hint = page.locator(".hint")
    for name, now in (
        ("error", "error"), ("critic", "error, critic"), ("error", "critic"), ("none", "none"),
        ("critic", "critic"),
    ):  # fmt: skip
        page.get_by_role("button", name=name, exact=True).click()
        expect(hint).to_contain_text(f"Your guess: {now}. ")


class Recorded:
    """The page as the site shows it."""

    _esm = LiveLaboratory._esm

    def __init__(self):
        self.shown = recorded()


@pytest.fixture
def replayed(page):
    page.add_style_tag(path=ASSETS / "live_laboratory.css")
    page.add_style_tag(content="body { margin: 0; }")
    opened(page, Recorded())
    return page.locator(".secgan-laboratory")


def test_recorded_answers_play_without_a_kernel(page, replayed):
    title = "reversed wish, repaired"
    page.get_by_label("question").select_option(title)
    where = page.get_by_role("slider", name="iteration")
    expect(page.get_by_label("fault in the code")).to_have_value("reversed wish")
    expect(page.get_by_label("fault in the code")).to_be_disabled()
    expect(page.get_by_role("slider", name="λ_gp, gradient penalty")).to_be_disabled()
    replayed.press("p")
    page.wait_for_function("document.querySelector('.secgan-laboratory').dataset.iteration > 4")
    replayed.press("p")
    expect(page.get_by_role("button", name="play")).to_be_visible()
    now = int(replayed.get_attribute("data-iteration"))
    expect(where).to_have_value(f"{now}")
    replayed.press("s")
    expect(where).to_have_value(f"{now + 1}")
    where.fill("30")
    expect(page.get_by_label("fault in the code")).to_have_value(SOUND)
    drawing = page.get_by_role("img", name="error, iteration 30")
    expect(drawing.locator(".mark")).to_have_count(2)
    curve = load_answers()[title].curves["rgb/rec"]
    longest = max((line.split() for line in drawing.evaluate(POINTS) if line), key=len)
    assert len(longest) == 30
    label = drawing.get_attribute("aria-label")
    assert f"reconstruction {curve[29][1]:.2f}" in label
    page.get_by_role("button", name="critic", exact=True).click()
    where.press("End")
    expect(page.locator(".hint")).to_contain_text("not critic; also recognised, error, ")
    replayed.press("r")
    expect(replayed).to_have_attribute("data-iteration", "0")
    page.get_by_label("question").select_option("λ_sc = 0")
    page.get_by_role("button", name="disagreement", exact=True).click()
    where.press("End")
    expect(page.locator(".hint")).to_contain_text("Right.")
    assert page.evaluate("sent") == []  # nobody else was asked


def test_recorded_pictures_are_those_of_the_moment(page, replayed):
    """The tile is a row of the film, drawn pixel by pixel."""
    tile = page.get_by_role("img", name="Blond: edit by G_rgb")
    where = page.get_by_role("slider", name="iteration")
    edits = load_answers()["λ_gp = 0"].films[0]
    for at, moment in ((0, 0), (29, 2), (120, 12)):
        where.fill(f"{at}")
        page.wait_for_timeout(100)
        data = tile.evaluate("tile => [...tile.getContext('2d').getImageData(0, 0, 32, 32).data]")
        shown = np.array(data).reshape(32, 32, 4)[..., :3]
        gaps = [np.abs(shown - np.moveaxis(film[2], 0, -1).astype(int)).mean() for film in edits]
        assert np.argmin(gaps) == moment or gaps[moment] < 1.2 * min(gaps)
        assert gaps[moment] < 3


@pytest.mark.parametrize("width", [390, 833, 1024])
def test_the_recorded_page_fits_and_keeps_nobody_out(page, replayed, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_role("slider", name="iteration").press("End")
    for menu in page.locator("select").all():  # their words are whole
        longest = menu.evaluate("""menu => {
          const pen = document.createElement("canvas").getContext("2d");
          pen.font = getComputedStyle(menu).font;
          return Math.max(...[...menu.options].map(({ text }) => pen.measureText(text).width));
        }""")
        assert menu.bounding_box()["width"] > longest + 20
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert steps.violations(page, ".secgan-laboratory") == []


def test_it_trains_in_jupyterlab(page, tmp_path):
    """Play, turn a knob, see the curve move; a click anywhere gives the app the keys."""
    notebook, code = tmp_path / "live.ipynb", "from secgan_lite.course.widgets import *\n"
    kernel = {"name": "python3", "display_name": "Python 3"}
    cells = [new_code_cell(code + "LiveLaboratory()"), new_code_cell("'below'")]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), notebook)
    with lab(notebook, tmp_path) as address:
        steps.run_all(page, address)
        found = page.locator(".secgan-laboratory")
        expect(found).to_have_attribute("data-iteration", "0", timeout=steps.LONG)
        board, drawing = steps.picture(found), found.get_by_role("img", name="error, iteration")
        found.locator(".ticks").first.click()
        page.keyboard.press("s")
        expect(found).to_have_attribute("data-iteration", "1", timeout=steps.LONG)
        steps.changes(found, board)
        page.keyboard.press("p")
        page.wait_for_function(
            "document.querySelector('.secgan-laboratory').dataset.iteration > 2", timeout=steps.LONG
        )
        before = drawing.evaluate(POINTS)
        found.get_by_role("slider", name="λ_rec, reconstruction").press("Home")
        expect(drawing.locator(".mark")).to_have_count(1, timeout=steps.LONG)
        page.wait_for_function(
            "document.querySelector('.secgan-laboratory').dataset.iteration > 5", timeout=steps.LONG
        )
        assert drawing.evaluate(POINTS) != before
        page.keyboard.press("p")
        expect(found.get_by_role("button", name="play")).to_be_visible(timeout=steps.LONG)
        expect(found.get_by_text("λ_rec 20 → 0")).to_be_visible()
        assert steps.violations(page, ".secgan-laboratory") == []
        page.keyboard.press("r")
        expect(found).to_have_attribute("data-iteration", "0", timeout=steps.LONG)
        expect(page.locator(".jp-CodeCell")).to_have_count(2)
        steps.no_error(page)
