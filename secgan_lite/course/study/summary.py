"""Reading a study: seeds in pairs, intervals over seeds, and no more digits than they carry."""

import math
from collections.abc import Iterable, Mapping
from functools import reduce
from statistics import fmean, stdev

import numpy as np

from secgan_lite.evaluation.bootstrap import Bootstrap, student, two_sided

LAST = 3  # snapshots whose mean stands for a run: one alone moves by several points
# The scores of a table, by title: where they are, and whether more (+1) or less (−1) is better.
SCORES = {
    "TARR": ("tarr.mean", 1),
    "ssFID": ("ssfid.mean", -1),
    "IS": ("inception_score", 1),
    "reconstruction": ("reconstruction", -1),
    "inside": ("counterfactual.inside_ratio", -1),
    "leakage": ("counterfactual.outside", -1),
}


def chosen(cells: Iterable[dict], **wanted: object) -> list[dict]:
    """The cells whose configuration has these values, by seed."""
    found = (c for c in cells if all(c["config"].get(k) == v for k, v in wanted.items()))
    return sorted(found, key=lambda cell: cell["config"]["seed"])


def score(cell: dict, path: str) -> float:
    """A score by its path, such as "tarr.mean" or "counterfactual.inside_ratio"."""
    return reduce(lambda level, name: level[name], path.split("."), cell["scores"])


def over_seeds(numbers: list[float]) -> dict:
    """Mean, 95 % t interval (infinite for one number), p-value, and the numbers themselves.

    The interval is for other seeds: other first weights, another order of the same faces. ``p`` is
    how often numbers without any effect have a mean as far from 0.
    """
    return over_groups([numbers])


def over_groups(groups: list[list[float]], one_spread: bool = True) -> dict:
    """``over_seeds`` for several backbones: the mean of their means, spread within each alone.

    How far the backbones lie apart is no luck of a seed, so it does not widen the interval, and the
    interval is not for another backbone. Each group costs a degree of freedom.

    Args:
        one_spread: all groups are taken to have the same spread. Otherwise each has its own, and
            the degrees of freedom are those of Welch (1947), rounded down.
    """
    each = [number for group in groups for number in group]
    freedom = len(each) - len(groups)
    value = fmean(fmean(group) for group in groups)
    error = math.inf
    if one_spread and freedom > 0:
        within = sum(stdev(group) ** 2 * (len(group) - 1) for group in groups if len(group) > 1)
        shares = sum(1 / len(group) for group in groups) / len(groups) ** 2
        error = math.sqrt(within / freedom * shares)
    elif all(len(group) > 1 for group in groups):
        parts = [stdev(group) ** 2 / len(group) for group in groups]
        error = math.sqrt(sum(parts)) / len(groups)
        shares = sum(part**2 / (len(g) - 1) for part, g in zip(parts, groups, strict=True))
        freedom = int(sum(parts) ** 2 / shares + 1e-9) if shares else freedom
    half = student(freedom + 1) * error if freedom > 0 else math.inf
    p = two_sided(value / error, freedom) if 0 < error < math.inf else float(error > 0)
    return {
        "value": value, "low": value - half, "high": value + half,
        "p": p, "n": len(each), "each": each,
    }  # fmt: skip


def holm(p_values: list[float]) -> list[float]:
    """p-values adjusted for how many there are (Holm 1979): below 0.05 in one of 20 such lists.

    That is the share of lists without any effect that have one or more below 0.05, at most.

    >>> holm([0.01, 0.04, 0.02])
    [0.03, 0.04, 0.04]
    """
    adjusted, largest = dict.fromkeys(range(len(p_values)), 0.0), 0.0
    for rank, i in enumerate(sorted(adjusted, key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = largest
    return [adjusted[i] for i in range(len(p_values))]


def difference(
    cells: Iterable[dict], path: str, method: str = "secgan", than: str = "baseline", **both: object
) -> dict:
    """A score of one method minus another's, in pairs of one seed, as ``over_seeds``.

    Runs of one seed see the same faces in the same order and start from the same G_rgb and D_rgb,
    so a pair shares much of what makes seeds differ.

    Raises:
        ValueError: no seed has both methods.
    """
    cells = list(cells)
    one, other = (
        {c["config"]["seed"]: score(c, path) for c in chosen(cells, method=name, **both)}
        for name in (method, than)
    )
    seeds = sorted(one.keys() & other.keys())
    if not seeds:
        raise ValueError(f"No seed has a run of both {method!r} and {than!r} with {both}.")
    return over_seeds([one[seed] - other[seed] for seed in seeds])


def difference_over_faces(
    cells: Iterable[dict], kind: str, method: str = "secgan", than: str = "baseline", **both: object
) -> dict:
    """``difference`` once more, but its interval is for other *faces* and the same runs.

    Each face's outcomes are averaged over seeds and attributes, and faces are resampled whole.

    Args:
        kind: "tarr", the share of accepted flips, or "inside", grey levels of 255.

    Raises:
        ValueError: no seed has both methods.
    """
    cells = list(cells)
    pairs = [
        {c["config"]["seed"]: _faces(c, kind) for c in chosen(cells, method=name, **both)}
        for name in (method, than)
    ]
    seeds = sorted(pairs[0].keys() & pairs[1].keys())
    if not seeds:
        raise ValueError(f"No seed has a run of both {method!r} and {than!r} with {both}.")
    each = np.mean([pairs[0][seed] - pairs[1][seed] for seed in seeds], axis=0)
    bootstrap = Bootstrap(len(each), seed=0)
    return bootstrap.interval(bootstrap.totals(each) / bootstrap.n)


def _faces(cell: dict, kind: str) -> np.ndarray:
    """A number for each test face, the mean over attributes, from ``record.by_face``."""
    columns = cell["faces"][kind].values()
    if kind == "tarr":
        return np.array([[*map(int, column)] for column in columns]).mean(axis=0) / LAST
    return np.array([[*map(int, column.split())] for column in columns]).mean(axis=0)


def verdict(found: dict, better: int = 1, p: float | None = None) -> str:
    """What a difference says: "better", "worse", or that it shows nothing, at the level 0.05.

    Args:
        found: of ``difference``, ``over_seeds`` or ``over_groups``.
        better: +1 where more is better, −1 where less is.
        p: what counts in place of its own p-value, for example of ``holm``.
    """
    if found["n"] < 2:
        return "one seed: no verdict"
    if (found["p"] if p is None else p) >= 0.05:
        return "no difference shown"
    return "better" if better * found["value"] > 0 else "worse"


def plus_minus(found: dict) -> str:
    """A difference ± half of its interval.

    >>> plus_minus({"value": 0.0186, "low": -0.0226, "high": 0.0598})
    '+0.019 ± 0.041'
    """
    return f"{found['value']:+.3f} ± {found['high'] - found['value']:.3f}"


def judged(questions: Mapping[object, tuple[dict, int]]) -> list[list]:
    """All questions that are asked together, by Holm's p: rows for a table.

    Args:
        questions: by title, a difference as of ``difference`` or ``over_groups``, and which sign
            of it is better, +1 or −1.

    Returns:
        For each question: title, difference ± half of its interval, Holm's p, verdict.
    """
    p_values = holm([found["p"] for found, _ in questions.values()])
    return [
        [title, plus_minus(found), p, verdict(found, better, p)]
        for (title, (found, better)), p in zip(questions.items(), p_values, strict=True)
    ]
