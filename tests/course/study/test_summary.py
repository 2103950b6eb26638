"""Statistics over seeds against hand-made numbers."""

import math

import numpy as np
import pytest
from scipy import stats

from secgan_lite.course.study import (
    chosen,
    difference,
    difference_over_faces,
    holm,
    judged,
    load_study,
    over_groups,
    over_seeds,
    verdict,
)


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


def test_a_difference_over_faces_is_taken_face_by_face():
    """Two attributes, four faces, two seeds, against sums by hand."""

    def faces(method, seed, hits, errors):
        text = {"tarr": dict(zip("ab", hits, strict=True))}
        text["inside"] = dict(zip("ab", errors, strict=True))
        return cell(method, seed, 0.0) | {"faces": text}

    cells = [
        faces("secgan", 0, ("3330", "3210"), ("9 8 7 60", "0 0 0 0")),
        faces("baseline", 0, ("3000", "0000"), ("9 8 7 6", "0 0 0 4")),
        faces("secgan", 1, ("3333", "3333"), ("1 1 1 1", "1 1 1 1")),
        faces("baseline", 1, ("3333", "3333"), ("1 1 1 1", "1 1 1 1")),
        faces("secgan", 2, ("0000", "0000"), ("5 5 5 5", "5 5 5 5")),  # without a partner
    ]
    found = difference_over_faces(cells, "tarr")
    each = np.array([3, 5, 4, 0]) / 3 / 2 / 2  # over snapshots, attributes, seeds
    assert found["value"] == pytest.approx(each.mean()) and found["n"] == 4
    assert each.min() <= found["low"] <= found["value"] <= found["high"] <= each.max()
    assert difference_over_faces(cells, "inside")["value"] == pytest.approx((54 - 4) / 2 / 2 / 4)
    with pytest.raises(ValueError, match="No seed has a run of both"):
        difference_over_faces(cells, "tarr", "concat")


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


@pytest.mark.parametrize("path", ["tarr.mean", "counterfactual.inside_ratio", "ssfid.mean"])
def test_a_second_analyst_finds_the_same(path):
    """The recorded study by scipy: pairs by a t-test, both backbones by a linear model."""
    cells = chosen(load_study(), lambda_sc=1.0, iterations=4000, teacher=None)
    groups = [difference(cells, path, backbone=name)["each"] for name in ("stargan", "attgan")]
    for numbers in groups:
        found, test = over_seeds(numbers), stats.ttest_1samp(numbers, 0)
        interval = test.confidence_interval(0.95)
        assert (found["low"], found["high"]) == pytest.approx((interval.low, interval.high))
        assert found["p"] == pytest.approx(test.pvalue)
    # Least squares with a mean for each group, and the contrast that weighs both alike.
    each = np.concatenate(groups)
    design = np.repeat(np.eye(2), [len(group) for group in groups], axis=0)
    means, (rss,), _, _ = np.linalg.lstsq(design, each[:, None])
    freedom, contrast = len(each) - 2, np.full(2, 0.5)
    error = np.sqrt(rss / freedom * contrast @ np.linalg.inv(design.T @ design) @ contrast)
    found = over_groups(groups)
    half = stats.t.ppf(0.975, freedom) * error
    assert found["value"] == pytest.approx(contrast @ means[:, 0])
    assert found["high"] - found["value"] == pytest.approx(half)
    assert found["p"] == pytest.approx(2 * stats.t.sf(abs(found["value"] / error), freedom))


@pytest.mark.parametrize("sizes", [(3, 3), (6, 4)])
def test_groups_with_spreads_of_their_own_are_those_of_welch(sizes):
    """Twice the mean of two means is the difference of one and the other's negative."""
    draws = np.random.default_rng(sum(sizes))
    groups = [draws.normal(1, spread, n).tolist() for spread, n in zip((3, 1), sizes, strict=True)]
    found = over_groups(groups, one_spread=False)
    welch = stats.ttest_ind(groups[0], np.negative(groups[1]), equal_var=False)
    freedom = int(welch.df)
    assert found["p"] == pytest.approx(2 * stats.t.sf(abs(welch.statistic), freedom))
    half = stats.t.ppf(0.975, freedom) * found["value"] / welch.statistic
    assert found["high"] - found["value"] == pytest.approx(half)
    assert over_groups([[1.0, 3.0], [4.0]], one_spread=False)["p"] == 1


def test_groups_of_one_and_numbers_without_spread():
    assert over_groups([[0.1], [0.2]])["high"] == math.inf
    assert over_groups([[0.1], [0.2]])["p"] == 1 and over_seeds([0.3])["p"] == 1
    assert over_seeds([0.2, 0.2])["p"] == 0 and over_groups([[1.0, 3.0], [4.0]])["n"] == 3


def test_holm_keeps_the_share_of_lists_with_a_false_find():
    """10,000 lists of eight p-values of nothing, against the definition and its promise."""
    lists = np.random.default_rng(0).uniform(size=(10_000, 8))
    adjusted = np.array([holm(row) for row in lists.tolist()])
    assert abs((adjusted.min(axis=1) < 0.05).mean() - 0.05) < 0.007
    assert ((lists.min(axis=1) < 0.05).mean()) > 0.3  # unadjusted
    # Step by step: the smallest times 8, the next times 7 and not below the one before it, …
    row = sorted(lists[0])
    steps = np.maximum.accumulate([min(1, p * (8 - i)) for i, p in enumerate(row)])
    assert holm(row) == pytest.approx(steps) and holm(row[::-1]) == pytest.approx(steps[::-1])


def test_questions_that_are_asked_together_pay_for_each_other():
    """A p of 0.03 passes alone and not beside another; the sign says which way is better."""
    strong, weak = (
        {"value": v, "high": v + 0.1, "p": p, "n": 6} for v, p in ((-1, 0.001), (2, 0.03))
    )
    assert judged({"alone": (weak, -1)}) == [["alone", "+2.000 ± 0.100", 0.03, "worse"]]
    strong_row, weak_row, other = judged({1: (strong, -1), 2: (weak, 1), 3: (weak, 1)})
    assert strong_row == [1, "-1.000 ± 0.100", pytest.approx(0.003), "better"]
    assert weak_row[1:] == other[1:] == ["+2.000 ± 0.100", 0.06, "no difference shown"]
