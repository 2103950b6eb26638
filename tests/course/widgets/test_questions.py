"""Questions of the live laboratory: what was recorded, and when a line leaves the healthy one."""

import numpy as np
import pytest

from secgan_lite.course import laboratory
from secgan_lite.course.authoring.recording import asked, store_answers
from secgan_lite.course.figures.training import PANELS
from secgan_lite.course.laboratory import ITERATIONS, TERMS, LabRun
from secgan_lite.course.widgets import questions
from secgan_lite.course.widgets.questions import (
    EVERY,
    QUESTIONS,
    Answer,
    Question,
    departures,
    load_answers,
)
from secgan_lite.course.widgets.trial import JUDGED, SOUND


@pytest.fixture(scope="module")
def answers():
    return load_answers()


def test_what_a_question_turns_is_marked_as_a_trial_does(trial):
    for question in QUESTIONS.values():
        trial.reset()
        for at, name, value in question.turns:
            trial.trainer.iteration = at  # as if so many were done
            trial.turn(name, value)
        assert [*question.marks()] == trial.marks


def test_the_recordings_are_whole(answers):
    assert [*answers] == [*QUESTIONS]
    begun = laboratory.beginning()
    for answer in answers.values():
        for term in TERMS:
            assert [t for t, _ in answer.curves[term]] == [*range(1, ITERATIONS + 1)]
        assert [t for t, _ in answer.curves["judge"]] == [*range(JUDGED, ITERATIONS + 1, JUDGED)]
        for film, first in zip(answer.films, begun, strict=True):
            assert film.shape == (1 + ITERATIONS // EVERY, *first.shape)
            assert np.abs(film[0].astype(int) - first).mean() < 6  # 256 colours
            assert np.abs(film[-1].astype(int) - first).max() > 0
        assert all(np.array_equal(film[0], first)
                   for film, first in zip(answer.films[1:], begun[1:], strict=True))  # fmt: skip


@pytest.mark.parametrize("title", ["λ_rec = 0", "reversed wish, repaired"])
def test_a_recording_is_what_the_trial_makes(answers, trial, title):
    """Its first iterations again; later ones hang on the machine's last bits."""
    for at, name, value in QUESTIONS[title].turns:
        if not at:
            trial.turn(name, value)
    trial.advance(4)
    for term in TERMS:
        made = trial.curves[term]
        assert [t for t, _ in made] == [1, 2, 3, 4]
        wanted = [value for _, value in answers[title].curves[term][:4]]
        assert [value for _, value in made] == pytest.approx(wanted, rel=0.02, abs=1e-3)


def test_what_is_asked_is_done_and_comes_back(trial, tmp_path, monkeypatch):
    """A short training, turned and repaired, stored and read."""
    monkeypatch.setattr(questions, "PLACE", tmp_path)
    monkeypatch.setattr(questions, "QUESTIONS", {"short": None})
    turns = ((0, "fault", "reversed wish"), (2, "fault", SOUND))
    made = asked(trial, Question("", "", turns))
    assert trial.over and trial.marks == [*Question("", "", turns).marks()]
    assert made.curves == trial.curves and len(made.films[0]) == 1 + trial.iterations // EVERY
    assert all(np.array_equal(film[-1], now)
               for film, now in zip(made.films, trial.edited(), strict=True))  # fmt: skip
    store_answers({"short": made})
    back = load_answers()["short"]
    for term, curve in made.curves.items():
        assert [t for t, _ in back.curves[term]] == [t for t, _ in curve]
        assert [v for _, v in back.curves[term]] == pytest.approx([v for _, v in curve], rel=1e-3)
    assert all(np.array_equal(a, b)
               for a, b in zip(back.films[1:], made.films[1:], strict=True))  # fmt: skip
    assert np.abs(back.films[0].astype(int) - made.films[0]).mean() < 6


@pytest.fixture
def steady(monkeypatch):
    """A healthy run whose terms are all 0.5, and curves of a run that does as it does."""
    log = [{"iteration": t} | dict.fromkeys(TERMS, 0.5) | ({"judge": 0.5} if t % 20 == 0 else {})
           for t in range(10, 121, 10)]  # fmt: skip
    healthy = {"healthy": LabRun(log, np.zeros(0))}
    monkeypatch.setattr(questions, "load_laboratory", lambda: healthy)
    curves = {term: [(t, 0.5) for t in range(1, 121)] for term in TERMS}
    return curves | {"judge": [(t, 0.5) for t in range(20, 121, 20)]}


def moved(curve, by, *at):
    return [(t, value + by if t in at else value) for t, value in curve]


@pytest.mark.parametrize(
    ("term", "by", "at", "wanted"),
    [
        ("rgb/rec", 0.06, (10, 20, 30), {"error": {"reconstruction": [(10, 30)]}}),
        ("rgb/rec", -0.06, (100, 110, 120), {"error": {"reconstruction": [(100, 120)]}}),
        ("rgb/rec", 0.06, (10, 20, 30, 60, 70, 80, 90),
         {"error": {"reconstruction": [(10, 30), (60, 90)]}}),
        ("rgb/rec", 0.06, (10, 20, 40, 50), {}),  # never three in a row
        ("rgb/rec", 0.04, range(1, 121), {}),  # within a tenth
        ("rgb/rec", 9.0, (11, 12, 13, 14), {}),  # no measurements of the healthy run
        ("semantic/critic", 0.9, range(1, 121), {}),
        ("semantic/critic", -1.1, (50, 60, 70), {"critic": {"masks": [(50, 70)]}}),
        ("judge", -0.3, (20, 40), {}),
        ("judge", -0.3, (20, 40, 60), {"recognised": {"judge on edits": [(20, 60)]}}),
    ],
)  # fmt: skip
def test_a_line_has_left_after_three_measurements(steady, term, by, at, wanted):
    assert departures(steady) == {}
    assert departures(steady | {term: moved(steady[term], by, *at)}) == wanted


def test_a_line_that_goes_to_and_fro_has_not_left_but_a_critic_that_swings_has(steady):
    def swung(term, by):
        return {term: moved(moved(steady[term], by, 10, 20, 50, 60), -by, 30, 40, 70, 80)}

    assert departures(steady | swung("rgb/sc", 0.2)) == {}
    left = departures(steady | swung("rgb/critic", 20))
    assert left == {"critic": {"images": [(10, 80)]}}


def test_a_training_that_ends_early_is_judged_by_what_it_has(steady):
    short = {term: [(t, 9.0) for t, _ in curve if t <= 35] for term, curve in steady.items()}
    assert departures(short)["error"] == {
        "reconstruction": [(10, 30)], "change by edits": [(10, 30)]
    }  # fmt: skip


def test_what_left_in_the_recordings_by_another_way(answers):
    """Counted again with NumPy, from the same logs."""
    log = laboratory.load_laboratory()["healthy"].log
    for answer in answers.values():
        found = departures(answer.curves)
        for title, lines in PANELS.items():
            panel = found.get(title.split()[0].strip(",:"), {})
            for term, label, _ in lines:
                healthy = np.array([(r["iteration"], r[term]) for r in log if term in r])
                mine = np.array([dict(answer.curves[term])[t] for t in healthy[:, 0]])
                gap = mine - healthy[:, 1]
                bound = 0.1 * healthy[:, 1]
                out = np.stack([gap > bound, gap < -bound])
                if term.endswith("critic"):
                    out = np.abs(gap)[None] > 1
                three = (out[:, :-2] & out[:, 1:-1] & out[:, 2:]).any(axis=0)
                assert three.any() == (label in panel)
                if three.any():
                    first = healthy[np.flatnonzero(three)[0], 0]
                    last = healthy[np.flatnonzero(three)[-1] + 2, 0]
                    times = panel[label]
                    assert (times[0][0], times[-1][1]) == (first, last)


def test_the_healthy_run_never_leaves_itself():
    healthy = laboratory.load_laboratory()["healthy"].log
    curves = {term: [(r["iteration"], r[term]) for r in healthy if term in r]
              for term in (*TERMS, "judge")}  # fmt: skip
    assert departures(curves) == {}
    assert Answer(curves, ()).curves is curves
