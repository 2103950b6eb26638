"""The verdict on a run: right for the three recorded ones, and for logs made up sign by sign."""

import re

import pytest

from secgan_lite.course.recorded import load_dynamics
from secgan_lite.course.report import Verdict
from secgan_lite.support.files import REPOSITORY
from secgan_lite.training import TrainConfig

CLOSE = "Are the edits close to the true edits?"
ALWAYS = 0.76  # the commoner answer to each attribute of drawn faces


def recorded(letter):
    dynamics = load_dynamics(f"run-{letter}")
    config = TrainConfig(**dynamics.config)
    return Verdict.of(config, dynamics.log, ALWAYS, dynamics.scores[-1])


def states(verdict):
    return {sign.question: sign.state for sign in verdict.signs}


def test_the_healthy_run_is_healthy():
    verdict = recorded("b")
    assert verdict.title == (
        "This run works, but not well yet. Begin with the question: "
        "Are the edits close to the true edits?"
    )
    assert [q for q, state in states(verdict).items() if state != "good"] == [CLOSE]


def test_the_loud_failure_is_named():
    verdict = recorded("c")
    bad = {question for question, state in states(verdict).items() if state == "bad"}
    assert verdict.state == "bad" and "Do the critics stay bounded?" in bad
    assert (
        "lambda_gp is 0" in verdict.signs[0].found and "rgb/rec has not" in verdict.signs[0].found
    )
    assert len(bad) >= 5


def test_the_quiet_failure_is_named():
    """Its critics are calm, its D is good, its errors are the lowest of all."""
    verdict = recorded("a")
    found = states(verdict)
    assert verdict.state == "bad" and verdict.signs[0].found.startswith("lambda_cls_g is 0")
    assert {q for q, state in found.items() if state == "good"} == {
        "Do the critics stay bounded?",
        "Does D learn the attributes of real faces?",
    }
    assert found["Does G please D?"] == found["Does the judge see the edits?"] == "bad"


def test_the_appendix_of_lesson_04_shows_the_three_verdicts():
    text = (REPOSITORY / "notebooks" / "training_appendix.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    first = next(k for k, row in enumerate(rows) if row[1:] == ("run A", "run B", "run C"))
    rows = rows[first + 1 :]
    for column, letter in enumerate("abc", start=1):
        verdict = recorded(letter)
        shown = [row[column] for row in rows[: len(verdict.signs)]]
        assert shown == [sign.state for sign in verdict.signs]
        assert verdict.title.startswith(f"This run {rows[len(shown)][column]}.")


HEALTHY = {"rgb/critic": -1.0, "rgb/real_accuracy": 0.96, "rgb/fake_accuracy": 0.95, "judge": 0.9}
HEALTHY |= {"rgb/rec": 0.1, "rgb/change": 0.3}
HEALTHY |= {"semantic/critic": -0.5, "semantic/rec": 0.1, "rgb/sc": 0.5, "semantic/sc": 0.5}


def made_up(iterations=800, **changes):
    """A healthy log of ten records, whose terms go down a little, with some changes."""
    log = [
        {name: value + 0.01 * (9 - i) for name, value in (HEALTHY | changes).items()}
        | {"iteration": iterations * (i + 1) // 10}
        for i in range(10)
    ]
    return Verdict.of(TrainConfig.of(), log, ALWAYS)


def test_a_log_without_scores_is_enough():
    assert made_up().title == "This run works."
    assert CLOSE not in states(made_up())


@pytest.mark.parametrize(
    ("term", "doubtful", "bad", "question"),
    [
        ("rgb/critic", 30, -200, "Do the critics stay bounded?"),
        ("semantic/critic", -30, 200, "Do the critics stay bounded?"),
        ("rgb/real_accuracy", 0.85, 0.78, "Does D learn the attributes of real faces?"),
        ("rgb/fake_accuracy", 0.8, 0.5, "Does G please D?"),
        ("judge", 0.6, 0.4, "Does the judge see the edits?"),
        ("rgb/change", 0.17, 0.1, "Do edits change more than reconstructions?"),
    ],
)
def test_each_sign_by_itself(term, doubtful, bad, question):
    for state, value in (("doubtful", doubtful), ("bad", bad)):
        verdict = made_up(**{term: value})
        assert verdict.state == state and verdict.title.endswith(question)
        assert {q for q, found in states(verdict).items() if found != "good"} == {question}
        assert next(s for s in verdict.signs if s.question == question).advice


@pytest.mark.parametrize(
    ("inside", "state"),
    [
        ((0.3, 0.49), "good"),
        ((0.4, 0.51), "doubtful"),
        ((0.9, 1.1), "doubtful"),
        ((1.01, 1.2), "bad"),
    ],
)
def test_the_truth_decides_with_its_interval(inside, state):
    dynamics = load_dynamics("run-b")
    low, high = inside
    scores = {"inside_ratio": {"value": sum(inside) / 2, "low": low, "high": high}}
    verdict = Verdict.of(TrainConfig(**dynamics.config), dynamics.log, ALWAYS, scores)
    assert states(verdict)[CLOSE] == state
    assert (verdict.title == "This run works.") == (state == "good")


def test_a_term_that_never_moves_is_dead():
    log = [{**HEALTHY, "iteration": 100 * i, "semantic/gp": 0.0} for i in range(1, 9)]
    found = Verdict.of(TrainConfig.of(), log, ALWAYS).signs[0]
    assert found.state == "bad" and "semantic/gp was 0 all the time" in found.found


def test_a_run_cut_short_is_not_judged():
    verdict = made_up(iterations=300, judge=0.1)
    assert verdict.title == "Too early to say: 300 iterations, and the preset has 800."
    assert verdict.state == "doubtful" and "bad" in states(verdict).values()


def test_a_baseline_has_one_branch_and_no_ties():
    dynamics = load_dynamics("run-b")
    config = TrainConfig(**dynamics.config | {"method": "baseline", "lambda_sc": 0})
    log = [{n: v for n, v in r.items() if "sc" not in n and "semantic" not in n}
           for r in dynamics.log]  # fmt: skip
    assert Verdict.of(config, log, ALWAYS).title == "This run works."
