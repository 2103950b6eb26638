"""The exact distance beside all pairings, beside networkx, and beside what is known."""

from itertools import permutations

import networkx
import pytest
import torch

from secgan_lite.course.transport import wasserstein
from secgan_lite.support.randomness import stream


def clouds(n, seed=0):
    return torch.randn(2, n, 2, generator=stream(seed, f"clouds of {n}"))


@pytest.mark.parametrize("n", [1, 2, 4, 6])
def test_w1_is_the_cheapest_of_all_pairings(n):
    for seed in range(4):
        one, other = clouds(n, seed)
        found = wasserstein(one, other)
        distance = torch.cdist(one.double(), other.double()).numpy()
        cheapest = min(distance[range(n), list(p)].mean() for p in permutations(range(n)))
        assert found.cost == pytest.approx(cheapest, abs=1e-12)
        assert sorted(found.partner) == list(range(n))
        assert distance[range(n), found.partner].mean() == pytest.approx(cheapest, abs=1e-12)


def test_w1_of_larger_clouds_agrees_with_networkx():
    one, other = clouds(40)
    found = wasserstein(one, other)
    distance = torch.cdist(one.double(), other.double()).numpy()
    graph = networkx.Graph()
    for i, row in enumerate(distance):
        graph.add_weighted_edges_from(((0, i), (1, j), -d) for j, d in enumerate(row))
    pairs = networkx.max_weight_matching(graph, maxcardinality=True)
    cheapest = -sum(graph.edges[pair]["weight"] for pair in pairs) / 40
    assert found.cost == pytest.approx(cheapest, abs=1e-9)


def test_w1_on_a_line_pairs_by_rank_and_a_shift_costs_its_length():
    one, other = clouds(60)
    one[:, 1], other[:, 1] = 0, 0
    by_rank = (one[:, 0].sort().values - other[:, 0].sort().values).abs().mean()
    assert wasserstein(one, other).cost == pytest.approx(by_rank.item(), abs=1e-6)
    assert wasserstein(one, one + torch.tensor([3.0, 4.0])).cost == pytest.approx(5, abs=1e-5)


def test_w1_refuses_clouds_of_different_sizes():
    with pytest.raises(ValueError, match=r"one, other: shapes \(3, 2\) and \(2, 2\)"):
        wasserstein(torch.zeros(3, 2), torch.zeros(2, 2))
