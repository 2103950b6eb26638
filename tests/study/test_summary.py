"""Statistics over seeds against hand-made numbers."""

import math

import numpy as np
import pytest

from secgan_lite.study import chosen, difference, over_seeds, verdict


def cell(method, seed, tarr, backbone="stargan"):
    config = {"method": method, "seed": seed, "backbone": backbone}
    return {"config": config, "scores": {"tarr": {"mean": tarr}}}


def test_a_difference_is_taken_in_pairs():
    cells = [cell("secgan", s, 0.9 + s / 10) for s in range(3)]
    cells += [cell("baseline", s, 0.8 + s / 10) for s in (2, 1, 0)]
    cells += [cell("baseline", 0, 0.1, "attgan")]
    found = difference(cells, "tarr.mean", backbone="stargan")
    # Seeds differ by much, the methods by the same in each: a pair sees it, two means would not.
    assert found["value"] == pytest.approx(0.1) and found["n"] == 3
    assert found["high"] - found["low"] < 1e-12
    assert [c["config"]["seed"] for c in chosen(cells, method="baseline", backbone="stargan")] == [
        0,
        1,
        2,
    ]
    with pytest.raises(ValueError, match="No seed has a run of both 'concat' and 'baseline'"):
        difference(cells, "tarr.mean", "concat")


def test_an_interval_over_three_seeds():
    found = over_seeds([1.0, 2.0, 3.0])
    assert found["high"] - 2 == pytest.approx(4.302653 / math.sqrt(3))


def test_one_seed_says_nothing_about_others():
    assert over_seeds([0.9])["low"] == -math.inf


@pytest.mark.parametrize("n", [2, 3, 10])
def test_intervals_cover_as_often_as_they_say(n):
    draws = np.random.default_rng(n).normal(0, 1, (2000, n))
    found = [over_seeds(list(row)) for row in draws]
    assert np.mean([f["low"] <= 0 <= f["high"] for f in found]) == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize(
    ("numbers", "better", "said"),
    [
        ([0.2, 0.21, 0.2], 1, "better"),
        ([0.2, 0.21, 0.2], -1, "worse"),
        ([-0.2, -0.21, -0.2], -1, "better"),
        ([0.2, -0.1, 0.1], 1, "no difference shown"),
        ([0.5], 1, "one seed: no verdict"),
    ],
)
def test_a_verdict_needs_an_interval_without_zero(numbers, better, said):
    assert verdict(over_seeds(numbers), better) == said
