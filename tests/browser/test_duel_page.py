"""The duel player's page: it plays as Python does, asks before it answers, and follows the hand."""

import re
from dataclasses import asdict

import numpy as np
import pytest
import torch
from alone import imported, opened
from playwright.sync_api import expect
from steps import PHONE

from secgan_lite.course.duel import RIGHT, START, Rules, play
from secgan_lite.course.widgets import DuelPlayer
from secgan_lite.course.widgets.controls import ASSETS, script
from secgan_lite.course.widgets.duel_player import EDGE, ITERATIONS

GUESSES = ["at the star", "round and round", "far away", "stops elsewhere"]
ORDER = ["play", "step back", "half a step", "step", "to the start", "to the end", "reset rules"]

_all_starts = pytest.mark.parametrize("start", [START, (2.0, -3.5)], ids=str)
_all_rules = pytest.mark.parametrize(
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


@_all_starts
@_all_rules
def test_it_plays_as_python_does(page, rules, start):
    imported(page, script("duel.js"))
    given = [asdict(rules), RIGHT, start, ITERATIONS]
    found = page.evaluate("given => module.path(...given)", given)
    assert np.abs(np.array(found) - play(rules, ITERATIONS, start)).max() < 1e-6


@_all_starts
@_all_rules
def test_halves_are_the_steps_of_algorithm_1_one_by_one(page, rules, start):
    """Against the losses themselves: line 6 by autograd of L^D, line 9 by autograd of L^G."""
    imported(page, script("duel.js"))
    found = page.evaluate(
        """([rules, ...given]) => {
          const path = module.path(rules, ...given)
          return path.slice(1).map((_, k) => module.halves(rules, path, k + 1))
        }""",
        [asdict(rules), RIGHT, start, ITERATIONS],
    )
    g, d = start
    for t, halves in enumerate(found, start=1):
        late = max(0, 2 * (t - 1) / ITERATIONS - 1) if rules.falls else 0
        rate = rules.rate * (1 - late)
        now_d = d - rate * slope_of(lambda d: critic_loss(rules, g, d), d)  # noqa: B023
        answered = now_d if rules.turns else d
        now_g = g - rate * slope_of(lambda g: -answered * g, g)  # noqa: B023
        if t % rules.n:
            wanted, now_g = [("d", (g, d), (g, now_d))], g
        elif rules.turns:
            wanted = [("d", (g, d), (g, now_d)), ("g", (g, now_d), (now_g, now_d))]
        else:
            wanted = [("dg", (g, d), (now_g, now_d))]
        assert [half["who"] for half in halves] == [who for who, *_ in wanted], t
        places = [[half["from"], half["to"]] for half in halves]
        assert np.abs(np.array(places) - [each[1:] for each in wanted]).max() < 1e-6, t
        g, d = now_g, now_d


def critic_loss(rules, g, d):
    return d * g - d * RIGHT + rules.penalty * (d.abs() - rules.slope) ** 2


def slope_of(loss, at):
    weight = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    return torch.autograd.grad(loss(weight), weight)[0].item()


def ends(page, cases):
    """Kinds of ending by the page's own function, for (rules, start) each."""
    imported(page, script("duel.js"))
    given = [[asdict(rules), RIGHT, start, ITERATIONS, EDGE] for rules, start in cases]
    return page.evaluate("given => given.map(each => module.ending(...each))", given)


def linear(rules):
    """Greatest |eigenvalue| of N iterations where the penalty is quadratic: slope 0, or none."""
    critic = np.array([[1.0, 0.0], [-rules.rate, 1 - 2 * rules.rate * rules.penalty]])
    answer = np.array([[1.0, rules.rate], [0.0, 1.0]])
    if not rules.turns:  # both from the old place
        return np.abs(np.linalg.eigvals(critic + answer - np.eye(2))).max()
    return np.abs(np.linalg.eigvals(answer @ np.linalg.matrix_power(critic, rules.n))).max()


def test_an_ending_is_what_the_eigenvalues_say(page):
    """Without a wanted slope an iteration is a matrix, and its eigenvalues tell the end."""
    rates, weights = (0.05, 0.1, 0.3, 0.5), (0.0, 0.1, 0.5, 1.0, 2.0, 4.0)
    cases = [
        Rules(rate=rate, penalty=weight, slope=0.0, n=n, turns=turns)
        for rate in rates
        for weight in weights
        for n, turns in ((1, True), (5, True), (1, False))
    ]
    radii = [linear(rules) for rules in cases]
    clear = [k for k, r in enumerate(radii) if abs(r - 1) > 1e-3 or abs(r - 1) < 1e-9]
    wanted = [
        "circle" if abs(radii[k] - 1) < 1e-9 else "star" if radii[k] < 1 else "away" for k in clear
    ]
    found = ends(page, [(cases[k], START) for k in clear])
    assert [each["kind"] for each in found] == wanted and len(clear) > 60
    assert {kind: wanted.count(kind) > 2 for kind in wanted} == dict.fromkeys(
        ("star", "circle", "away"), True
    )


def test_endings_of_equation_1(page):
    """A game rests at g = 1 ± 2 λ slope, if at all; and a rate of 0 stops it anywhere."""
    still = [(Rules(penalty=1.0), START), (Rules(penalty=1.5, slope=0.5), (2.0, -3.5))]
    falls = [(Rules(falls=True), START), (Rules(penalty=1.0, slope=0.0, falls=True), START)]
    turns = [(Rules(penalty=0.2), START), (Rules(penalty=0.5), (2.0, 1.0))]
    slow = [(Rules(rate=0.01, n=5, penalty=4.0, slope=wanted), START) for wanted in (0.0, 1.0)]
    at_star = [(Rules(), (RIGHT, 0.0))]
    found = ends(page, [*still, *falls, *turns, *slow, *at_star])
    wanted = {"elsewhere": 3, "star": 1, "circle": 2, "unclear": 2}
    kinds = [kind for kind, times in wanted.items() for _ in range(times)] + ["star"]
    assert [each["kind"] for each in found] == kinds
    for (rules, start), end in zip(still, found[:2], strict=True):
        assert abs(abs(end["place"][0] - RIGHT) - 2 * rules.penalty * rules.slope) < 0.01
        path = play(rules, ITERATIONS, start)
        assert (
            np.abs(path[end["rest"] :] - path[-1]).max() < 0.05 < np.abs(path[0] - path[-1]).max()
        )
    for rules, start in turns:  # as the lesson says: for all 3,000 iterations
        late = play(rules, 3000, start)[-500:, 0]
        assert late.min() < RIGHT - 0.5 and late.max() > RIGHT + 0.5


def test_play_stands_first_and_a_guess_follows(page):
    opened(page, DuelPlayer())
    assert page.get_by_role("button").all_inner_texts() == ORDER + GUESSES


def test_half_a_step_names_the_line_and_the_numbers(page):
    opened(page, DuelPlayer())
    plane, words = page.locator(".phase"), page.get_by_role("status")
    lit = page.locator("[aria-current=step]")
    page.get_by_role("button", name="half a step").click()
    expect(words).to_contain_text(
        "Iteration 1, line 6: d from 0.00 to 0.20 (rate 0.10 × pull 2.00)"
    )
    expect(lit).to_have_text(["line 6: D steps"])
    plane.press("s")
    expect(words).to_contain_text("lines 7–9: g from −1.00 to −0.98 (rate 0.10 × the new d, 0.20)")
    expect(lit).to_have_text(["line 7: G's turn?", "line 9: G steps"])
    plane.press("s")
    expect(words).to_contain_text("Iteration 2, line 6: d from 0.20 to 0.40")
    plane.press("b")  # back to the whole iteration
    expect(words).to_contain_text("Iteration 1: g = −0.98, d = 0.20.")
    expect(lit).to_have_count(0)
    plane.press("s")
    plane.press("n")
    expect(words).to_contain_text("Iteration 2: g = −0.94, d = 0.40.")
    plane.press("e")
    plane.press("s")  # nothing is left
    expect(words).to_contain_text("Iteration 300: ")


def test_half_a_step_with_n_of_5_and_both_at_once(page):
    opened(page, DuelPlayer())
    plane, words = page.locator(".phase"), page.get_by_role("status")
    page.get_by_role("slider", name="steps of d per g, N").fill("5")
    for t in range(1, 5):
        plane.press("s")
        expect(words).to_contain_text(f"Iteration {t}, line 6: d from")
        expect(words).to_contain_text(f"Line 7: {t} is no multiple of N = 5, so g waits.")
    plane.press("s")
    expect(words).to_contain_text("Iteration 5, line 6: d from 0.80 to 1.00")
    plane.press("s")
    expect(words).to_contain_text("Iteration 5, lines 7–9: g from −1.00 to −0.90")
    page.keyboard.press("r")
    page.get_by_label("critic first").uncheck()
    plane.press("0")
    plane.press("ArrowUp")  # a start of one's own
    plane.press("s")
    expect(words).to_contain_text("lines 6 and 9 at once: d from 0.10 to 0.30")
    expect(words).to_contain_text("g from −1.00 to −0.99 (rate 0.10 × the old d, 0.10)")
    expect(words).to_contain_text("G answered the old critic")


def test_an_iteration_that_is_taken_apart_has_its_own_arrows(page):
    """Under the lens: d's is red and upright; g's, blue and level, comes with its own half."""
    opened(page, DuelPlayer())
    plane = page.locator(".phase")
    count = """canvas => {
      const { data } = canvas.getContext("2d").getImageData(204, 180, 118, 118)
      const seen = { red: 0, blue: 0 }
      for (let i = 0; i < data.length; i += 4) {
        if (data[i] > 190 && data[i + 2] < 60) seen.red++
        if (data[i] < 40 && data[i + 2] > 150) seen.blue++
      }
      return seen
    }"""
    plane.press("s")
    critic = plane.evaluate(count)
    plane.press("s")
    both = plane.evaluate(count)
    assert critic["red"] > 150 and both["red"] > 150
    plane.press("n")
    assert plane.evaluate(count) == {"red": 0, "blue": 0}
    page.get_by_label("critic first").uncheck()
    plane.press("0")
    for _ in range(4):
        plane.press("ArrowUp")
    plane.press("s")
    assert plane.evaluate(count)["blue"] > 40


@pytest.mark.parametrize(
    ("guess", "verdict"), [("round and round", "right"), ("at the star", "wrong")]
)
def test_a_guess_is_answered_at_the_end(page, guess, verdict):
    opened(page, DuelPlayer())
    words = page.get_by_role("status")
    page.get_by_role("button", name=guess).click()
    expect(words).to_contain_text(f"Your guess: {guess}.")
    page.keyboard.press("e")
    expect(words).to_contain_text(
        f"You guessed “{guess}”: {verdict}. The path goes round and round"
    )
    far = np.hypot(*(play(Rules(), 50 * ITERATIONS)[10_000:] - [RIGHT, 0]).T).max()
    expect(words).to_contain_text(f"comes up to {far:.2f} away from the star")
    page.keyboard.press("3")  # too late
    expect(words).to_contain_text(f"You guessed “{guess}”")
    page.keyboard.press("0")
    page.get_by_role("slider", name="penalty λ").fill("1")  # a new rule, a new guess
    expect(words).to_contain_text("Guess where the path ends")
    page.keyboard.press("4")
    page.keyboard.press("e")
    expect(words).to_contain_text("You guessed “stops elsewhere”: right. The path stops elsewhere")
    expect(words).to_contain_text("g = 3.00, d = 0.00, 2.00 away from the star")
    expect(words).to_contain_text("Now drag the wanted slope to 0")


def test_the_hint_fits_the_end(page):
    opened(page, DuelPlayer())
    page.locator(".phase").press("e")
    words = page.get_by_role("status")
    expect(words).to_contain_text("Now set the wanted slope to 0 and drag λ")
    page.get_by_role("slider", name="wanted slope").fill("0")
    expect(words).to_contain_text("Now drag λ: when does it become a spiral?")
    page.get_by_role("slider", name="penalty λ").fill("1")
    expect(words).to_contain_text("Now drag λ: which value brings it there first?")
    page.keyboard.press("r")
    page.get_by_label("critic first").uncheck()
    expect(words).to_contain_text("Now let the critic go first")
    page.get_by_label("the rate falls").check()
    expect(words).to_contain_text("Now keep the rate from falling")


def test_that_nothing_pulls_is_said_once(page):
    opened(page, DuelPlayer())
    page.get_by_role("slider", name="wanted slope").fill("0")
    page.get_by_role("slider", name="penalty λ").fill("1")
    told = page.locator(".phase").evaluate(
        """(plane, last) => [...Array(last).keys()].filter(() => {
             plane.dispatchEvent(new KeyboardEvent("keydown", { key: "n", bubbles: true }))
             const words = document.querySelector("[role=status]").textContent
             return words.includes("neither player's loss pulls")
           }).map(t => t + 1)""",
        ITERATIONS,
    )
    g, d = play(Rules(penalty=1.0, slope=0.0)).T
    pulls = np.hypot(d, g - RIGHT + 2 * d)
    assert told == [int(np.argmax(pulls < 0.005))]


def test_on_a_phone_plane_words_and_slider_are_on_one_screen(page):
    page.set_viewport_size(dict(zip(("width", "height"), PHONE, strict=True)))
    page.add_style_tag(path=ASSETS / "duel_player.css")
    opened(page, DuelPlayer())
    page.locator(".phase").press("2")
    page.keyboard.press("e")
    first = page.get_by_role("slider", name="penalty λ")
    first.fill("1")
    page.get_by_role("slider", name="steps of d per g, N").fill("5")  # more words
    plane, words, time = (page.locator(where) for where in (".phase", "[role=status]", ".time"))
    bottom = plane.bounding_box()["y"] + plane.bounding_box()["height"]
    assert bottom - first.bounding_box()["y"] < PHONE[1] - 58  # the site's head stays at the top
    assert words.bounding_box()["y"] < plane.bounding_box()["y"] < time.bounding_box()["y"]
    assert time.bounding_box()["height"] < 0.62 * plane.bounding_box()["height"]


def test_the_end_is_told_when_it_has_been_seen(page):
    opened(page, DuelPlayer())
    words = page.get_by_role("status")
    expect(words).to_contain_text("Guess where the path ends")
    expect(words).not_to_contain_text("The path goes")
    page.locator(".phase").press("e")  # the key of "to the end"
    expect(words).to_contain_text("The path goes round and round")
    expect(page.get_by_role("slider", name="iteration")).to_have_value("300")


def test_every_slider_changes_the_path_at_once_and_reset_brings_it_back(page):
    opened(page, DuelPlayer())
    page.locator(".phase").press("e")
    words = page.get_by_role("status")
    page.get_by_role("slider", name="penalty λ").fill("1")
    page.get_by_role("slider", name="wanted slope").fill("0")
    expect(words).to_contain_text("g is within 0.1 of the star from iteration 49 on")
    expect(words).to_contain_text("Grey: the rules before.")
    told = words.inner_text()
    page.get_by_role("slider", name="steps of d per g, N").fill("5")
    page.get_by_role("slider", name="learning rate").fill("0.2")
    expect(words).not_to_have_text(told)
    page.get_by_label("critic first").uncheck()
    page.keyboard.press("r")
    expect(page.get_by_label("critic first")).to_be_checked()
    expect(words).to_contain_text("The path goes round and round")
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
    expect(words).to_contain_text(f"The path runs away: it leaves the frame at iteration {left}")
    blue = """canvas => canvas.getContext("2d").getImageData(100, 12, 220, 150).data
        .filter((v, i, all) => i % 4 === 0 && v < 30 && all[i + 2] > 150).length"""
    assert page.locator(".time").evaluate(blue) == 0
    page.locator(".phase").press("b")
    expect(words).to_contain_text(f"it left the frame at iteration {left}, and is not drawn")
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
