"""The player of the smallest GAN: its rules, its start, and the paths that its page gets."""

import time

import pytest

from secgan_lite.course.duel import START, Rules, play, pull_on_critic
from secgan_lite.course.widgets import DuelPlayer


def test_a_rule_changes_the_path_and_the_old_one_stays_to_compare():
    player = DuelPlayer()
    first = player.shown["path"]
    assert len(first) == 301 and player.shown["before"] == []
    player.do("rule", name="penalty", value=1.0)
    assert player.rules == Rules(penalty=1.0) and player.shown["before"] == first
    assert player.shown["path"][-1] == pytest.approx([3, 0], abs=0.01)


def test_the_start_can_be_moved_within_what_is_seen():
    player = DuelPlayer()
    player.do("start", g=2.0, d=-9.0)
    assert player.start == (2.0, -4.0) and player.shown["path"][0] == [2.0, -4.0]
    expected = play(Rules(), start=(2.0, -4.0))[-1]
    assert player.shown["path"][-1] == pytest.approx(expected, abs=1e-3)


def test_reset_brings_back_rules_and_start():
    player = DuelPlayer()
    player.do("rule", name="n", value=5)
    player.do("start", g=2.0, d=1.0)
    player.do("reset")
    assert player.rules == Rules() and player.start == START and player.shown["before"] == []


def test_each_point_has_the_pull_on_the_critic():
    player = DuelPlayer()
    player.do("rule", name="penalty", value=2.0)
    pulls, path = player.shown["pulls"], player.shown["path"]
    assert len(pulls) == len(path) and pulls[0] == 2.0  # g is 2 below the data
    later = [path[t][1] - path[t - 1][1] for t in (1, 2, 50)]
    steps = [0.1 * pulls[t - 1] for t in (1, 2, 50)]
    assert later == pytest.approx(steps, abs=2e-4)
    assert pulls[7] == pytest.approx(pull_on_critic(player.rules, *path[7]), abs=1e-3)


def test_a_page_without_a_kernel_gets_a_picture():
    data, _ = DuelPlayer()._repr_mimebundle_()
    assert "Eq. 1, λ = 0.7, from g = 2" in data["text/html"] and "<img" in data["text/html"]


def test_the_kernel_answers_quickly():
    player, started = DuelPlayer(), time.process_time()
    player.do("rule", name="rate", value=0.2)
    assert time.process_time() - started < 0.1  # 0.01 s on an idle core
