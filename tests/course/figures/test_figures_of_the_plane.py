"""Pictures of the plane: what they are given is what they draw."""

import pytest
import torch

from secgan_lite.course import figures, plane
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
    assert len(figure.axes) == 2  # frame 99 was never taken
    assert [axis.get_title() for axis in figure.axes] == [f"round {game.rounds[k]}" for k in (0, 3)]
    assert f"round 0, {game.rounds[3]}" in alt


def test_outcomes_and_edits_have_a_panel_each(cloud):
    x, y = cloud
    figure, alt = figures.outcomes({"a\n1": (x, y), "b": (-x, y)}, x)
    assert len(figure.axes) == 2 and "a, 1; b" in alt
    spot, _ = plane.nearest_spot(x, y)
    figure, _ = figures.edits({"moved": (x, x + 1, spot)}, x)
    ways = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 2]
    shifts = [line.get_xdata()[1] - line.get_xdata()[0] for line in ways]
    assert sum(abs(shift - 1) < 1e-5 for shift in shifts) >= len(x)


def test_curves_say_where_they_end():
    figure, alt = figures.fading({"one": [1.0, 0.1], "two": [1.0, 2.0]})
    assert figure.axes[0].get_yscale() == "log" and "one 0.1, two 2" in alt
    figure, alt = figures.symptoms({"mine": [1.0] * 20, "yours": [2.0] * 20})
    assert figure.axes[0].lines[1].get_ydata().tolist() == pytest.approx([2.0] * 6)


def test_transports_draw_every_pair_and_name_the_distance_of_lines(cloud):
    x, y = cloud
    plan = plane.wasserstein(x, x + 1)
    figure, alt = figures.transports(x, x + 1, plan, {"critic": plane.Player(1)}, y)
    pairs = [line for line in figure.axes[0].lines if line.get_linewidth() == 0.5]
    assert len(pairs) == 60 and "cheapest pairs: 1.41" in alt and "critic: lines 1 apart" in alt


def test_the_family_names_seven_methods_with_their_teachers():
    figure, alt = figures.family()
    words = " ".join(text.get_text() for text in figure.axes[0].texts)
    for name in ("conditional GAN", "pix2pix", "CycleGAN", "StarGAN", "AttGAN", "STGAN", "SeCGAN"):
        assert name in words and name in alt
