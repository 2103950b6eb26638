"""Figures of lesson 07: every run a dot, attributes by kind, weights in order."""

import pytest

from secgan_lite.course import figures
from secgan_lite.course.study import over_seeds

pytestmark = pytest.mark.usefixtures("closed_figures")


def test_runs_of_one_seed_are_joined():
    scores = {"baseline": {0: 0.8, 1: 0.9}, "secgan": {0: 0.85, 1: 0.95, 2: 0.9}}
    figure, alt = figures.seeds_in_pairs({"stargan": {"TARR": scores}})
    lines = [line for line in figure.axes[0].lines if line.get_linestyle() == "-"]
    assert [text.get_text() for text in figure.axes[0].texts] == ["0 ", "1 ", "2 "]
    assert [list(line.get_ydata()) for line in lines[:3]] == [[0.8, 0.85], [0.9, 0.95], [0.9]]
    assert alt.endswith("stargan, TARR: baseline 0.85, secgan 0.9.")


def test_gains_of_backbones_share_their_order_and_their_scale():
    """Sorted within their kind, and no whisker is cut off."""
    gains = {
        "Bald": over_seeds([0.1, 0.2]),
        "Young": over_seeds([0.3, 0.3]),
        "Male": over_seeds([0.2, 0.4]),
    }
    both = {"stargan": gains, "attgan": gains | {"Bald": over_seeds([0.2, 0.3])}}
    figure, alt = figures.gains_by_attribute(both, marked=("Bald", "Male"))
    above, below = figure.axes
    assert [label.get_text() for label in below.get_xticklabels()] == ["Male", "Bald", "Young"]
    assert above.get_ylim() == below.get_ylim() and above.get_xlim() == below.get_xlim()
    low, high = above.get_ylim()
    assert all(low < gain["low"] and gain["high"] < high for gain in gains.values())
    assert "stargan, the flip changes the mask: +0.225" in alt
    assert "attgan, the flip changes the mask: +0.275" in alt and "colours alone: +0.300" in alt


def test_one_seed_has_no_whiskers():
    figure, _ = figures.gains_by_attribute({"attgan": {"Bald": over_seeds([0.1])}}, ("Bald",))
    assert not figure.axes[0].containers


def test_weights_stand_in_order():
    pulls = {"adv": 0.1, "cls": 1.0, "rec": 0.2}
    figure, alt = figures.by_weight(
        {1.0: {3: 0.9, 5: 0.8}, 0.0: {3: 0.6, 5: 0.8}},
        {0.0: pulls | {"sc": 0.0}, 1.0: pulls | {"sc": 0.3}},
    )
    assert "(0: 0.700, 1: 0.850)" in alt
    assert [t.get_text() for t in figure.axes[0].get_xticklabels()] == ["0", "1"]
    assert [text.get_text() for text in figure.axes[0].texts] == [" seed 3", " seed 5"]
    drawn = [line.get_ydata().tolist() for line in figure.axes[0].lines]
    assert drawn == [[0.6, 0.9], [0.8, 0.8], pytest.approx([0.7, 0.85])]
