"""Tables of luck: both rules against scipy and by hand, and what the app shows."""

from html import escape

import numpy as np
import pytest

from secgan_lite.course import figures
from secgan_lite.course.study import holm, over_seeds
from secgan_lite.course.widgets import Table, TableOfLuck, gamble
from secgan_lite.course.widgets import luck as module
from secgan_lite.support.randomness import stream

pytestmark = pytest.mark.usefixtures("closed_figures")


def test_both_rules_are_those_of_the_study(monkeypatch):
    """Table by table, from the same draws, by ``over_seeds`` and ``holm``."""
    monkeypatch.setattr(module, "TABLES", 60)
    table = Table(seeds=4, spread=1.0, gain=1.5, questions=5)
    each = module.torch.randn(60, 5, 4, generator=stream(0, "luck"))
    each[:, 0] += 1.5
    found = {"plain p": [], "Holm's p": []}
    for numbers in each.double().tolist():
        p = [over_seeds(row)["p"] for row in numbers]
        found["plain p"].append([one < 0.05 for one in p])
        found["Holm's p"].append([one < 0.05 for one in holm(p)])
    gambled = gamble(table)
    for rule, said in found.items():
        said = np.array(said)
        assert gambled.false[rule] == pytest.approx(said[:, 1:].any(axis=1).mean())
        assert gambled.found[rule] == pytest.approx(said[:, 0].mean())
    interval = over_seeds(each[0, 0].tolist())
    assert gambled.intervals[0] == pytest.approx((interval["low"], interval["high"]), abs=1e-4)


def test_without_a_gain_there_is_none_to_find():
    gambled = gamble(Table(questions=36))
    assert gambled.found is None
    assert gambled.false["Holm's p"] < 0.07 and gambled.false["plain p"] > 0.75


def test_without_a_gain_the_luckiest_question_is_shown(monkeypatch):
    """So an interval without 0 stands in just the tables that have a false verdict by plain p."""
    monkeypatch.setattr(module, "TABLES", 20)
    gambled = gamble(Table(questions=9))
    shown = [not low <= 0 <= high for low, high in gambled.intervals]
    assert 0 < np.mean(shown) < 1 and np.mean(shown) == pytest.approx(gambled.false["plain p"])


def test_the_app_shows_what_the_function_draws():
    app = TableOfLuck()
    first = app.picture.value
    app.seeds.value, app.gain.value, app.questions.value = 14, 2.0, 6
    assert app.table == Table(14, 1.7, 2.0, 6) and app.picture.value != first
    figure, alt = figures.luck([gamble(app.table)])
    assert figure.axes[0].get_title(loc="left") == app.table.title
    assert escape(alt) in app.words.value
