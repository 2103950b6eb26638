"""The live laboratory's page: it guesses first, draws what it is told, and trains in JupyterLab."""

import json

import nbformat
import steps
from alone import opened
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect
from servers import lab

from secgan_lite.course.widgets import LiveLaboratory
from secgan_lite.course.widgets.live_laboratory import HEALTHY, QUESTIONS

POINTS = "svg => [...svg.querySelectorAll('polyline')].map(line => line.getAttribute('points'))"


def answered(page, **more):
    """The kernel has obeyed all that was asked."""
    page.evaluate("more => tell({ ...more, answer: sent.length && sent.at(-1).answer })", more)


def test_a_guess_comes_before_what_to_look_at(page):
    opened(page, LiveLaboratory())
    hint = page.locator(".hint")
    what, told = [*QUESTIONS.items()][1]
    page.get_by_label("question").select_option(what)
    expect(hint).not_to_contain_text(told)
    page.get_by_role("button", name="error", exact=True).click()
    expect(hint).to_have_text(f"Your guess: error. {told}")
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
    answered(page, fault="reversed wish", values=HEALTHY | {"lambda_gp": 0.0})
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
