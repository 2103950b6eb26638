"""The smallest GAN at play: its path in the plane, and the generator over time."""

from collections.abc import Mapping
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from secgan_lite.course.duel import RIGHT, distance
from secgan_lite.course.figures.common import BLUE, GREEN, GREY, RED, Picture

_EDGE = 4.5  # both numbers, at most, that are in the picture


def duels(games: Mapping[str, np.ndarray], side: float = 2.1, across: bool = False) -> Picture:
    """Games by title, a column each: where g and d went, and below it g over the iterations.

    Args:
        games: paths (iterations + 1, 2) of ``duel.play``; what leaves the picture is cut off.
        side: of a panel, in inches.
        across: both panels of a game side by side instead, a game a row.
    """
    shape = (len(games), 2) if across else (2, len(games))
    figure, axes = plt.subplots(
        *shape, figsize=(shape[1] * side + 0.8, shape[0] * side + 0.9), squeeze=False,
        layout="constrained",
    )  # fmt: skip
    told = []
    for (plane, time), (title, path) in zip(axes if across else axes.T, games.items(), strict=True):
        _plane(plane, path)
        time.plot(path[:, 0].clip(-_EDGE, _EDGE), color=BLUE, linewidth=1.2)
        time.axhline(RIGHT, color=GREEN, linestyle="--", linewidth=1)
        time.set(ylim=(-_EDGE, _EDGE), xlabel="iteration t", box_aspect=1)
        time.spines[["top", "right"]].set_visible(False)
        plane.set_title(title, fontsize=10)
        told.append(f"{title}: in the end g is up to {distance(path):.2f} from the right answer")
        if across or title == next(iter(games)):
            plane.set_ylabel("d, the critic")
            time.set_ylabel("g, the generator")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    return figure, f"The critic's number against the generator's, and over time. {'; '.join(told)}."


def _plane(axis: Axes, path: np.ndarray) -> None:
    """The path, which gets darker with time."""
    edges = np.linspace(0, len(path), 7).astype(int)
    for k, (first, last) in enumerate(pairwise(edges)):
        shown = path[first : last + 1]
        axis.plot(*shown.T, color=BLUE, alpha=0.25 + 0.15 * k, linewidth=0.8 + 0.2 * k)
    axis.plot(*path[0], "s", color=GREY, markersize=6, label="start")
    axis.plot(*path[-1].clip(-_EDGE, _EDGE), "o", color=RED, markersize=7, label="end")
    axis.plot(RIGHT, 0, "*", color=GREEN, markersize=15, zorder=0, label="the right answer")
    axis.axhline(0, color=GREY, linewidth=0.5)
    axis.axvline(RIGHT, color=GREEN, linestyle="--", linewidth=1)
    axis.set(xlim=(-_EDGE, _EDGE), ylim=(-_EDGE, _EDGE), xlabel="g, the generator", box_aspect=1)
    axis.spines[["top", "right"]].set_visible(False)
