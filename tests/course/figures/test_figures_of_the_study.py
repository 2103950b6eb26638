"""Figures of lesson 07: every run a dot, weights in order."""

import pytest

from secgan_lite.course import figures

pytestmark = pytest.mark.usefixtures("closed_figures")


def test_runs_of_one_seed_are_joined():
    scores = {"baseline": {0: 0.8, 1: 0.9}, "secgan": {0: 0.85, 1: 0.95, 2: 0.9}}
    figure, alt = figures.seeds_in_pairs({"stargan": {"TARR": scores}})
    means, *lines = figure.axes[0].lines
    assert list(means.get_ydata()) == pytest.approx([0.85, 0.9])
    assert [list(line.get_ydata()) for line in lines] == [[0.8, 0.85], [0.9, 0.95], [0.9]]
    looks = [(line.get_marker(), line.get_linestyle()) for line in lines]
    assert len(set(looks)) == 3  # and the legend says whose they are
    (legend,) = figure.legends
    told = {t.get_text(): h for t, h in zip(legend.texts, legend.legend_handles, strict=True)}
    seeds = [told[f"seed {seed}"] for seed in range(3)]
    assert [(h.get_marker(), h.get_linestyle()) for h in seeds] == looks
    assert alt.endswith("TARR: baseline 0.85 (0.8 to 0.9), secgan 0.9 (0.85 to 0.95).")


def test_each_run_stands_beside_the_mean_of_its_method():
    runs = {"baseline": [(0.6, 0.8), (0.7, 0.9)], "secgan": [(0.5, 0.9)]}
    figure, alt = figures.recognised_at_an_error({"stargan": runs})
    drawn = [line.get_xydata().tolist() for line in figure.axes[0].lines]
    assert drawn[0] == [[0.6, 0.8], [0.7, 0.9]]
    assert drawn[1] == [pytest.approx([0.65, 0.85])] and drawn[3] == [[0.5, 0.9]]
    assert "stargan baseline: TARR 0.850, error 0.650" in alt
    bars = [bar.get_segments()[0] for bar in figure.axes[0].collections]
    reach = 12.706 * 0.05  # Student's quantile of two times their standard error, on both axes
    assert bars[0][:, 0] == pytest.approx([0.65 - reach, 0.65 + reach], abs=1e-3)
    assert bars[1][:, 1] == pytest.approx([0.85 - reach, 0.85 + reach], abs=1e-3)
    assert len(bars) == 2  # one run has none


def test_weights_stand_in_order():
    pulls = {"adv": 0.1, "cls": 1.0, "rec": 0.2}
    figure, alt = figures.by_weight(
        {1.0: {3: 0.9, 5: 0.8}, 0.0: {3: 0.6, 5: 0.8}},
        {0.0: pulls | {"sc": 0.0}, 1.0: pulls | {"sc": 0.3}},
    )
    assert "(0: 0.700, 1: 0.850), in this order for seed 3: 0.600, 0.900; seed 5: 0.8" in alt
    assert "sc 0.3" in alt
    assert [t.get_text() for t in figure.axes[0].get_xticklabels()] == ["0", "1"]
    named = [text.get_text() for text in figure.axes[0].texts]
    assert named == ["seed 3", "seed 3", "seed 5", "seed 5"]  # at both ends
    *lines, border = figure.axes[0].lines
    drawn = [line.get_ydata().tolist() for line in lines]
    assert drawn == [[0.6, 0.9], [0.8, 0.8], pytest.approx([0.7, 0.85])]
    assert [line.get_marker() for line in lines] == ["o", "s", "D"]
    assert list(border.get_xdata()) == [0.5, 0.5]  # 0 stands apart
