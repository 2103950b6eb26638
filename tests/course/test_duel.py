"""The smallest GAN: its gradients by autograd, its circle, and where each rule ends."""

import numpy as np
import pytest
import torch

from secgan_lite.course.checks.two_numbers import algorithm
from secgan_lite.course.duel import START, Rules, distance, play


@pytest.mark.parametrize(
    "rules", [Rules(), Rules(rate=0.05, n=5), Rules(penalty=0.5), Rules(penalty=1.0, slope=0.0)]
)
def test_the_gradients_are_those_of_the_losses(rules):
    """Algorithm 1 by autograd takes the same path."""

    def critic(d, g, batch):
        penalty = rules.penalty * (d.abs() - rules.slope) ** 2
        return d * g - d * batch.mean() + penalty

    g, d = torch.tensor(START, dtype=torch.float64)
    batches = [torch.ones(1)] * 40
    ends = algorithm(critic, lambda d, g, batch: -d * g, d, g, batches, rules.n, rules.rate)
    assert play(rules, 40)[-1] == pytest.approx([ends[1].item(), ends[0].item()], abs=1e-6)


def test_the_plain_game_keeps_its_distance_and_the_wrong_order_loses_it():
    assert play(Rules()).shape == (301, 2) and tuple(play(Rules())[0]) == START
    assert distance(play(Rules())) == pytest.approx(2, abs=0.05)
    assert distance(play(Rules(turns=False))) > 6
    first, second = play(Rules(turns=False), 1), play(Rules(), 1)
    assert first[1, 0] == START[0] and second[1, 0] > START[0]  # the old d was 0


def test_a_falling_rate_stops_the_game():
    path = play(Rules(falls=True))
    steps = np.abs(np.diff(path, axis=0)).sum(axis=1)
    assert steps[-1] < 0.01 * steps[100] and distance(path) > 1


def test_the_slope_that_the_penalty_wants_decides():
    assert distance(play(Rules(penalty=1.0, slope=0.0))) < 0.01
    assert play(Rules(penalty=1.0))[-1] == pytest.approx([3, 0], abs=0.01)
