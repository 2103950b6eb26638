"""The player of the smallest GAN: its rules, its start, and the paths that its page gets."""

import time

import pytest

from secgan_lite.course.duel import START, Rules, play
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


def test_the_kernel_answers_quickly():
    player, started = DuelPlayer(), time.process_time()
    player.do("rule", name="rate", value=0.2)
    assert time.process_time() - started < 0.1  # 0.01 s on an idle core
