"""Intervals: what a score would have been with other faces from the same world."""

import math
from collections.abc import Sequence
from functools import cache
from statistics import stdev

import numpy as np

from secgan_lite.support.randomness import derive


@cache
def student(n: int, level: float = 0.05) -> float:
    """Half of the t interval of n numbers, in standard errors: Student's 97.5 % quantile.

    With few numbers it is far from the normal 1.96; for one it is infinite.

    Args:
        level: how often luck alone leaves the interval, in (0, 1).

    >>> [round(student(n), 3) for n in (2, 3, 10, 1000)]
    [12.706, 4.303, 2.262, 1.962]
    """
    if n < 2:
        return math.inf
    low, high = 0.0, math.pi / 2
    for _ in range(60):  # bisection, to the last bit
        middle = (low + high) / 2
        low, high = (middle, high) if _between(middle, n - 1) < 1 - level else (low, middle)
    return math.sqrt(n - 1) * math.tan(middle)


def two_sided(t: float, freedom: int) -> float:
    """P(|T| ≥ |t|) of Student's distribution; ``two_sided(4.303, 2)`` is 0.05."""
    return 1 - _between(math.atan(abs(t) / math.sqrt(freedom)), freedom)


def _between(angle: float, freedom: int) -> float:
    """P(|t| < √freedom · tan(angle)), a finite sum (Abramowitz and Stegun, 26.7.3 and 26.7.4)."""
    odd = freedom % 2
    total, term = 0.0, math.cos(angle) if odd else 1.0
    for k in range(1 + odd, freedom, 2):
        total += term
        term *= math.cos(angle) ** 2 * k / (k + 1)
    total *= math.sin(angle)
    return 2 / math.pi * (angle + total) if odd else total


def jackknife(value: float, without: Sequence[float], least: float) -> dict[str, float]:
    """A score with its 95 % interval from its values without each of k groups of faces.

    Args:
        least: the lowest possible score, at which the interval ends.
    """
    k, half = len(without), math.inf
    if k > 1:
        half = student(k) * (k - 1) / math.sqrt(k) * stdev(without)
    return {"value": value, "low": max(least, value - half), "high": value + half}


class Bootstrap:
    """1,000 resamples of n faces, as weights; row 0 holds the faces themselves.

    A score that is a function of sums over faces is computed for all resamples at once:

        hits = bootstrap.totals(column)          # column (n, …) -> (1001, …)
        bootstrap.interval(hits / n)             # {"value", "low", "high", "n"}, 95 %
    """

    def __init__(self, n: int, seed: int, draws: int = 1000) -> None:
        self.n = n
        generator = np.random.default_rng(derive(seed, "bootstrap"))
        each = np.full(n, 1 / n)
        self._weights = np.ones((1 + draws, n), np.uint16)  # for 19,962 faces 40 MB, not 160
        for weights in self._weights[1:]:
            weights[:] = generator.multinomial(n, each)

    def totals(self, column: np.ndarray) -> np.ndarray:
        """Weighted sums over faces: (n, …) -> (1 + draws, …)."""
        flat = column.reshape(self.n, -1).astype(np.float64)
        parts = [block.astype(flat.dtype) @ flat for block in np.array_split(self._weights, 16)]
        return np.concatenate(parts).reshape(-1, *column.shape[1:])

    def interval(self, values: np.ndarray) -> dict[str, float]:
        """The value of row 0, and the middle 95 % of the others."""
        low, high = np.nanpercentile(values[1:], [2.5, 97.5])
        return {"value": float(values[0]), "low": float(low), "high": float(high), "n": self.n}
