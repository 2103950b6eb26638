"""The plane: its clusters, its steps beside loops, its exact distance beside all pairings."""

from itertools import permutations

import networkx
import numpy as np
import pytest
import torch

from secgan_lite.course import plane
from secgan_lite.support.randomness import stream


def clouds(n, seed=0):
    return torch.randn(2, n, 2, generator=stream(seed, f"clouds of {n}"))


@pytest.mark.parametrize("n", [1, 2, 4, 6])
def test_w1_is_the_cheapest_of_all_pairings(n):
    for seed in range(4):
        one, other = clouds(n, seed)
        found = plane.wasserstein(one, other)
        distance = torch.cdist(one.double(), other.double()).numpy()
        cheapest = min(distance[range(n), list(p)].mean() for p in permutations(range(n)))
        assert found.cost == pytest.approx(cheapest, abs=1e-12)
        assert sorted(found.partner) == list(range(n))
        assert distance[range(n), found.partner].mean() == pytest.approx(cheapest, abs=1e-12)


def test_w1_of_larger_clouds_agrees_with_networkx_and_with_its_own_dual():
    one, other = clouds(40)
    found = plane.wasserstein(one, other)
    distance = torch.cdist(one.double(), other.double()).numpy()
    graph = networkx.Graph()
    for i, row in enumerate(distance):
        graph.add_weighted_edges_from(((0, i), (1, j), -d) for j, d in enumerate(row))
    pairs = networkx.max_weight_matching(graph, maxcardinality=True)
    cheapest = -sum(graph.edges[pair]["weight"] for pair in pairs) / 40
    assert found.cost == pytest.approx(cheapest, abs=1e-9)
    assert (found.first[:, None] - found.second <= distance + 1e-9).all()
    assert found.first.mean() - found.second.mean() == pytest.approx(cheapest, abs=1e-9)


def test_w1_on_a_line_pairs_by_rank_and_a_shift_costs_its_length():
    one, other = clouds(60)
    one[:, 1], other[:, 1] = 0, 0
    by_rank = (one[:, 0].sort().values - other[:, 0].sort().values).abs().mean()
    assert plane.wasserstein(one, other).cost == pytest.approx(by_rank.item(), abs=1e-6)
    assert plane.wasserstein(one, one + torch.tensor([3.0, 4.0])).cost == pytest.approx(5, abs=1e-5)


def test_w1_refuses_clouds_of_different_sizes():
    with pytest.raises(ValueError, match=r"one, other: shapes \(3, 2\) and \(2, 2\)"):
        plane.wasserstein(torch.zeros(3, 2), torch.zeros(2, 2))


def test_points_lie_in_the_quarter_of_their_label_near_a_spot():
    draws = stream(0, "points")
    y = plane.labels(600, draws)
    x = plane.points(y, draws)
    assert plane.label_share(x, y) == 1 and plane.spots_reached(x, y) == 12
    assert plane.label_share(x, 1 - y) == 0 and plane.spots_reached(x, 1 - y) == 0
    one_spot = plane.SPACING * (y - 0.5) + plane.SPOTS[1]
    assert plane.spots_reached(one_spot, y) == 4
    moved = plane.true_edit(x, 1 - 2 * y)
    spots = [plane.nearest_spot(*pair)[0] for pair in ((x, y), (moved, 1 - y))]
    assert torch.equal(*spots)


def test_slopes_and_penalty_agree_with_differences():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        D = plane.Player(1, width=8).double()
    x, fake = clouds(5)[0].double(), clouds(5)[1].double()
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
    assert game.frames.shape == game.pulls.shape == (len(game.rounds), 200, 2)
    assert torch.equal(game.frames, again.frames)
    assert not torch.equal(game.frames, plane.train(seed=4, rounds=30, batch_size=8).frames)
    assert seen and seen == sorted(seen)


def test_an_editor_learns_to_reach_its_target():
    G, losses = plane.train_editor(rounds=150, batch_size=64)
    draws = stream(5, "edits")
    y = plane.labels(200, draws)
    x, y_diff = plane.points(y, draws), 1 - 2 * y
    with torch.no_grad():
        edited = G(x, y_diff)
    assert len(losses) == 150 and np.isfinite(losses).all()
    assert plane.label_share(edited, y + y_diff) > 0.9 > plane.label_share(x, y + y_diff)
