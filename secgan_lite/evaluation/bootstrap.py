"""Intervals: what a score would have been with other faces from the same world."""

import numpy as np

from secgan_lite.randomness import derive

# Student's 97.5 % quantiles by degrees of freedom: with few numbers, far from the normal 1.96.
_STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)


def student(n: int) -> float:
    """Half of the 95 % t interval of n ≥ 2 numbers, in standard errors; above ten, that of ten."""
    return _STUDENT[min(n - 2, 8)]


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
