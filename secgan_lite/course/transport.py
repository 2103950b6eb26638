"""The exact Wasserstein distance of two clouds in the plane. Lesson 00b."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Transport:
    """The cheapest way to carry one cloud to another of as many points.

    Attributes:
        cost: mean distance of a pair, which is W₁.
        partner: row i of the first cloud goes to row ``partner[i]`` of the second.
    """

    cost: float
    partner: np.ndarray


def wasserstein(one: Tensor, other: Tensor) -> Transport:
    """Exact W₁ between two clouds (N, 2), by shortest augmenting paths in N³ steps.

    >>> wasserstein(torch.tensor([[0.0, 0], [1, 0]]), torch.tensor([[3.0, 0], [0, 0]])).cost
    1.0

    Raises:
        ValueError: the clouds differ in size.
    """
    if one.shape != other.shape:
        raise ValueError(
            f"one, other: shapes {tuple(one.shape)} and {tuple(other.shape)}; two clouds of as "
            "many points are wanted, (N, 2) each."
        )
    distance = torch.cdist(one.double(), other.double()).numpy()
    n = len(distance)
    u, v = np.zeros(n), np.zeros(n)  # u[i] + v[j] ≤ distance[i, j], and = for every pair so far
    row_of = np.full(n, -1)
    for start in range(n):
        shortest, before = np.full(n, np.inf), np.full(n, -1)
        done, row, column = np.zeros(n, bool), start, -1
        length = 0.0
        while True:
            through = length + distance[row] - u[row] - v
            better = ~done & (through < shortest)
            shortest[better], before[better] = through[better], column
            column = int(np.where(done, np.inf, shortest).argmin())
            length = shortest[column]
            done[column] = True
            if row_of[column] < 0:
                break
            row = row_of[column]
        seen = done & (row_of >= 0)
        u[start] += length
        u[row_of[seen]] += length - shortest[seen]
        v[done] -= length - shortest[done]
        while before[column] >= 0:
            row_of[column] = row_of[before[column]]
            column = before[column]
        row_of[column] = start
    partner = np.empty(n, int)
    partner[row_of] = np.arange(n)
    return Transport(float(distance[np.arange(n), partner].mean()), partner)
