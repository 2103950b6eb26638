"""The plane: its clusters, its steps beside loops, its games and what is measured of them."""

import numpy as np
import pytest
import torch

from secgan_lite.course import plane
from secgan_lite.support.randomness import stream


def test_points_lie_in_the_quarter_of_their_label_near_a_spot():
    draws = stream(0, "points")
    y = plane.labels(600, draws)
    x = plane.points(y, draws)
    assert plane.label_share(x, y) == 1 and plane.spots_reached(x) == 12
    assert plane.label_share(x, 1 - y) == 0
    one_spot = plane.SPACING * (y - 0.5) + plane.SPOTS[1]
    assert plane.spots_reached(one_spot) == 4 and plane.spots_reached(0 * x) == 0
    moved = plane.true_edit(x, 1 - 2 * y)
    spots = [plane.nearest_spot(*pair)[0] for pair in ((x, y), (moved, 1 - y))]
    assert torch.equal(*spots)


def test_slopes_and_penalty_agree_with_differences():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        D = plane.Player(1, width=8).double()
    x, fake = torch.randn(2, 5, 2, generator=stream(0, "clouds")).double()
    y, alpha = plane.labels(5, stream(0, "y")).double(), torch.rand(5, 1).double()
    mixed, h = alpha * x + (1 - alpha) * fake, 1e-6
    by_hand = torch.stack(
        [
            (D(mixed + h * e, y) - D(mixed - h * e, y))[:, 0] / (2 * h)
            for e in torch.eye(2).double()
        ],
        dim=1,
    )
    assert torch.allclose(plane.slopes(D, mixed, y), by_hand, atol=1e-6)
    expected = sum((g.norm() - 1) ** 2 for g in by_hand) / 5
    assert torch.allclose(plane.penalty(D, x, fake, y, alpha), expected, atol=1e-6)


def test_each_step_moves_its_own_player_alone():
    G, D = plane.Player(2, width=8), plane.Player(1, width=8)
    draws = stream(0, "step")
    y, z = plane.labels(16, draws), torch.randn(16, 2, generator=draws)
    batch = (plane.points(y, draws), y, z, torch.rand(16, 1, generator=draws))

    def weights(network):
        return torch.cat([p.detach().flatten() for p in network.parameters()])

    before = weights(G), weights(D)
    plane.critic_step(G, D, plane.optimiser(D), *batch)
    assert torch.equal(weights(G), before[0]) and not torch.equal(weights(D), before[1])
    assert all(p.grad is None for p in G.parameters())
    after = weights(D)
    plane.play(G, D, plane.optimiser(G), plane.optimiser(D), [], z, y)
    assert torch.equal(weights(D), after) and not torch.equal(weights(G), before[0])


def test_a_game_is_filmed_and_repeats_itself():
    seen = []
    game = plane.train(seed=3, rounds=30, batch_size=8, watch=lambda g: seen.append(len(g.rounds)))
    again = plane.train(seed=3, rounds=30, batch_size=8)
    assert game.rounds[0] == 0 and game.rounds[-1] == 30 and len(game.losses) == 30
    assert game.frames.shape == game.pulls.shape == (len(game.rounds), 1200, 2)
    assert torch.equal(game.frames[-1], plane.outcome(game.G, 3).x)
    assert torch.equal(game.frames, again.frames)
    assert not torch.equal(game.frames, plane.train(seed=4, rounds=30, batch_size=8).frames)
    assert seen and seen == sorted(seen)


def test_a_film_keeps_what_the_critic_thinks_of_every_place_for_every_label():
    game = plane.train(rounds=6, batch_size=8)
    assert game.scores.shape == (len(game.rounds), 4, 32, 32)
    places = torch.linspace(-plane.EDGE, plane.EDGE, 32)
    for label, right, up in ((0, 3, 30), (1, 31, 0), (2, 8, 8), (3, 17, 5)):
        y = torch.tensor([list(plane.LABELS.values())[label]]).float()
        score = game.D(torch.stack([places[right], places[up]])[None], y).item()
        assert game.scores[-1, label, right, up].item() == pytest.approx(score, abs=1e-5)


def test_an_outcome_measures_a_perfect_generator_and_one_that_collapsed():
    def perfect(z, y):
        return plane.points(y, stream(7, "perfect"))

    def collapsed(z, y):
        return plane.SPACING * (y - 0.5) + plane.SPOTS[0]

    best, worst = plane.outcome(perfect), plane.outcome(collapsed)
    assert best.x.shape == best.y.shape == (1200, 2)
    assert (best.share, best.spots) == (1, 12) and best.distance < 0.4
    assert (worst.share, worst.spots) == (1, 4)
    # Two of three points must travel to another spot: by 1.1, and by √(0.55² + 0.95²).
    assert worst.distance == pytest.approx((1.1 + 1.098) / 3, abs=0.1)


def test_an_editor_learns_to_reach_its_target():
    G, losses = plane.train_editor(rounds=150, batch_size=64)
    draws = stream(5, "edits")
    y = plane.labels(200, draws)
    x, y_diff = plane.points(y, draws), 1 - 2 * y
    with torch.no_grad():
        edited = G(x, y_diff)
    assert len(losses) == 150 and np.isfinite(losses).all()
    assert plane.label_share(edited, y + y_diff) > 0.9 > plane.label_share(x, y + y_diff)


def test_an_editor_hears_labels_as_it_is_told_to_and_learns_from_those_it_is_given():
    heard = []

    def mute(values, y):
        heard.append(y)
        return torch.cat([values, 0 * y], dim=1)

    def all_up(count, draws):
        return torch.tensor([[0.0, 1.0]]).repeat(count, 1)

    G, _ = plane.train_editor(inject=mute, labels=all_up, rounds=2, batch_size=8)
    x = torch.randn(8, 2)
    assert torch.equal(G(x, torch.ones(8, 2)), G(x, torch.zeros(8, 2)))  # it hears no wish
    assert {tuple(row) for y in heard[:-2] for row in y.tolist()} == {(0.0, 1.0), (0.0, 0.0)}
