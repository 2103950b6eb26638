"""Tables of luck: both rules against scipy and by hand, and what the app shows."""

from html import escape
from time import process_time

import numpy as np
import pytest

from secgan_lite.course.study import holm, over_seeds
from secgan_lite.course.widgets import Gambled, Table, TableOfLuck, gamble
from secgan_lite.course.widgets import luck as module
from secgan_lite.course.widgets.luck_drawing import luck_picture
from secgan_lite.support.randomness import stream


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
    app.seeds.value, app.gain.value, app.questions.value = 14, 2.0, 6
    assert app.table == Table(14, 1.7, 2.0, 6)
    shown = luck_picture([gamble(app.table)])
    image, words = app.pictures.children
    assert image.value == shown.png and escape(shown.alt) in words.value


def test_a_picture_says_in_words_what_its_bars_say():
    """And a row more is as much higher."""
    none, some = gamble(Table(questions=36)), gamble(Table(seeds=15, gain=2, questions=6))
    one, both = luck_picture([none]), luck_picture([none, some])
    assert "no true gain" not in one.alt and "finds the true gain" not in one.alt
    for rule, share in (some.found | none.false).items():
        assert f"{rule} {share:.0%}" in both.alt
    assert both.picture.size == (one.picture.width, one.picture.height + 150)


def test_an_interval_beyond_the_axis_has_no_mark():
    blue = (0, 114, 178, 255)

    def marked(low, high):
        shown = luck_picture(
            [Gambled(Table(), ((low, high),), None, {"plain p": 0, "Holm's p": 0})]
        )
        return (np.asarray(shown.picture)[20:140, :402] == blue).all(axis=2).sum()

    assert marked(1.0, 3.0) > marked(9.0, 11.0)


def test_a_move_is_followed_at_once():
    """The bar is 0.3 s; processor time, since a busy machine may wait."""
    app = TableOfLuck()
    start = process_time()
    for seeds in range(4, 14):
        app.seeds.value = seeds
    assert (process_time() - start) / 10 < 0.3
