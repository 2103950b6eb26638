"""Pictures of the plane: what they are given is what they draw."""

import pytest
import torch

from secgan_lite.course import figures, plane
from secgan_lite.course.transport import wasserstein
from secgan_lite.support.randomness import stream

pytestmark = pytest.mark.usefixtures("closed_figures")


@pytest.fixture(scope="module")
def cloud():
    draws = stream(0, "figures")
    y = plane.labels(60, draws)
    return plane.points(y, draws), y


@pytest.fixture(scope="module")
def game():
    return plane.train(rounds=24, batch_size=8)


def drawn(axis):
    """All points of an axis's scatters, (N, 2)."""
    return torch.cat([torch.as_tensor(c.get_offsets().data) for c in axis.collections])


def test_clusters_show_each_point_once_with_a_mark_for_its_label(cloud):
    figure, alt = figures.clusters(*cloud)
    shown = drawn(figure.axes[0])
    assert len(shown) == 60 and torch.allclose(shown.sum(0).float(), cloud[0].sum(0), atol=1e-3)
    assert len(figure.legends[0].texts) == 4 and "Four clusters" in alt


def test_a_film_shows_the_frames_asked_for(game, cloud):
    figure, alt = figures.film(game, cloud[0], [0, 3, 99])
    heads = [axis.get_title() for axis in figure.axes]  # frame 99 was never taken
    assert heads == [f"round {game.rounds[k]}" for k in (0, 3)]
    assert f"round 0, {game.rounds[3]}" in alt


def test_outcomes_have_a_panel_each_which_says_what_was_measured(cloud):
    x, y = cloud
    found = {"good": plane.Outcome(x, y, 1.0, 12, 0.1), "bad": plane.Outcome(-x, y, 0.25, 3, 2.0)}
    figure, alt = figures.outcomes(found, x)
    assert [axis.get_title().split("\n")[0] for axis in figure.axes] == ["good", "bad"]
    assert "good: 100% in the asked quarter, 12 of 12 spots; bad: 25%" in alt


def test_an_edit_is_drawn_with_a_line_to_the_ring_of_its_truth(cloud):
    x, y = cloud
    spot, _ = plane.nearest_spot(x, y)
    figure, alt = figures.edits({"good": (x, x + 1, x + 1, spot), "bad": (x, x, x + 3, spot)})
    for axis, length in zip(figure.axes, (0, 3), strict=True):
        lines = [line for line in axis.lines if line.get_linewidth() == 0.8 and
                 line.get_color() != "#dddddd"]  # fmt: skip
        assert len(lines) == 60
        for line in lines:
            assert abs(line.get_xdata()[1] - line.get_xdata()[0]) == pytest.approx(length, abs=1e-5)
        rings = [c for c in axis.collections if c.get_label() == "true edit"]
        assert sum(len(ring.get_offsets()) for ring in rings) == 60
    assert "0.0 from their rings; bad, the edits" in alt


def test_curves_say_where_they_end():
    seeds = [torch.tensor([1.0, 0.1]), torch.tensor([1.0, 0.3])]
    figure, alt = figures.fading({"one": seeds, "two": [torch.tensor([1.0, 2.0])] * 2}, 1.5)
    axis = figure.axes[0]
    assert axis.get_yscale() == "log" and "one 0.2, two 2" in alt
    assert axis.get_title() == "thick: mean of 2 seeds, thin: each"
    assert [line.get_ydata()[-1] for line in axis.lines[1:3]] == pytest.approx([0.1, 0.3])
    # The last curve again, where its distance from 1.5 is seen.
    last, *each, best = figure.axes[1].lines
    assert [*last.get_ydata()] == [1.0, 2.0] and best.get_ydata()[0] == 1.5 and len(each) == 2
    assert figure.axes[1].get_yscale() == "linear"
    figure, alt = figures.symptoms({"mine": [1.0] * 20, "yours": [2.0] * 20}, "loss", "step")
    assert figure.axes[0].get_xlabel() == "step" and alt.startswith("loss in each step")
    assert figure.axes[0].lines[1].get_ydata().tolist() == pytest.approx([2.0] * 6)


def test_transports_draw_some_of_the_pairs_and_name_the_distance_of_lines(cloud):
    x, y = cloud
    plan = wasserstein(x, x + 1)
    figure, alt = figures.transports(x, x + 1, plan, {"critic": plane.Player(1)}, y)
    pairs = [text for text in figure.axes[0].texts if text.arrow_patch is not None]
    assert len(pairs) == 4 and "cheapest pairs: 1.41" in alt and "critic: lines 1 apart" in alt


def test_landscapes_have_a_row_for_each_label_and_a_scale_for_each_game(game, cloud):
    steep = plane.train(rounds=24, batch_size=8)
    with torch.no_grad():
        steep.D.body[-1].weight *= 1000
    figure, alt = figures.landscapes({"flat": game, "steep": steep}, cloud[0])
    heads = [axis.get_title() for axis in figure.axes]
    assert [head.split("\n")[0] for head in heads] == ["flat", "steep"] * 2
    assert all("D hears: right, up" in head for head in heads[:2])
    apart = [int(head.split("lines ")[1].split()[0].replace(",", "")) for head in heads]
    assert apart[0] == apart[2] and apart[1] == apart[3]  # so that a game's maps compare
    assert apart[1] > 100 * apart[0] and f"steep, left, down: lines {apart[3]:,} apart" in alt


def test_changed_rules_show_a_labels_points_and_where_both_distances_end():
    moment = {
        "labels": [3, 0, 3], "made": [[1.0, 2.0], [9.0, 9.0], [2.0, 1.0]],
        "real": [[0.0, 0.0]] * 3,
        "curves": {"exact": [(0, 2.0), (10, 0.5)], "critic": [(0, 2.0), (10, 7.25)]},
    }  # fmt: skip
    figure, alt = figures.changed_rules({"a rule": moment}, 5)
    above, below = figure.axes
    assert drawn(above)[-2:].tolist() == [[1.0, 2.0], [2.0, 1.0]]
    assert [line.get_ydata()[-1] for line in below.lines[:2]] == [0.5, 7.25]
    assert below.lines[2].get_xdata()[0] == 5
    assert "a rule: exact W₁ ends at 0.5; a rule: D's difference ends at 7.2" in alt
    assert below.get_yscale() == "linear"
    moment["curves"]["critic"] = [(0, 2.0), (10, 150.0)]  # beside it the distance would be flat
    figure, _ = figures.changed_rules({"a rule": moment}, 5)
    assert figure.axes[1].get_yscale() == "symlog"
