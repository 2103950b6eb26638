"""The player of the smallest GAN: its rules, its steps, and what it says."""

import time

from secgan_lite.course.duel import Rules
from secgan_lite.course.widgets import DuelPlayer


def test_controls_change_the_rules_and_keep_the_iteration():
    player = DuelPlayer()
    assert player.played == 300 and player.rules == Rules()
    player.go(20)
    player.n.value, player.turns.value, player.slope.value = 5, False, 0.0
    assert player.rules == Rules(n=5, turns=False, slope=0.0) and player.played == 20


def test_steps_lead_on_to_the_end_and_back():
    player = DuelPlayer()
    restart, one, ten, end = player.children[3].children
    restart.click()
    assert player.played == 0 and "g = -1.00, d = 0.00" in player.words.value
    one.click()
    ten.click()
    assert player.played == 11
    end.click()
    end.click()
    assert player.played == 300


def test_the_picture_follows_quickly():
    player, started = DuelPlayer(), time.process_time()
    player.penalty.value = 1.0
    assert player.picture.value[:4] == b"\x89PNG" and "g = 3.00" in player.words.value
    assert time.process_time() - started < 0.6  # 0.2 s on an idle core
