"""The player of the smallest GAN: what its page begins with, and the picture in its place."""

import json
from dataclasses import asdict

from secgan_lite.course.duel import START, Rules
from secgan_lite.course.widgets import DuelPlayer
from secgan_lite.course.widgets.controls import SCRIPTED


def test_each_rule_has_a_control_and_begins_within_its_range():
    shown = DuelPlayer().shown
    sliders, boxes = shown["sliders"], shown["boxes"]
    assert {each["name"] for each in sliders + boxes} == set(asdict(Rules()))
    for each in sliders:
        assert each["least"] <= shown["rules"][each["name"]] <= each["most"], each
    assert shown["start"] == START and len(json.dumps(shown)) < 2000


def test_a_page_without_a_kernel_gets_a_picture():
    data, _ = DuelPlayer()._repr_mimebundle_()
    picture, _ = data["text/html"].split(SCRIPTED)
    assert "before the first step: g = −1, d = 0" in picture
    assert "<img" in picture and len(picture) < 15_000
