"""The smallest GAN at play: its path in the plane, and the generator over time."""

from collections.abc import Mapping
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from secgan_lite.course.duel import RIGHT, Rules, distance, pull_on_critic
from secgan_lite.course.figures.common import BLUE, GREEN, GREY, RED, Picture, signed

_EDGE = 4.7  # both numbers, at most, that are in the picture
_TICKS = (-4, -2, 0, 2, 4)


def duels(games: Mapping[str, np.ndarray], side: float = 2.3, columns: int = 3) -> Picture:
    """Games by title: where g and d went, and below it g over the iterations.

    Args:
        games: paths (iterations + 1, 2) of ``duel.play``; what leaves the picture is cut off, and
            words say where the game ended.
        side: of the plane, in inches.
        columns: games beside each other.
    """
    columns = min(columns, len(games))
    rows = -(-len(games) // columns)
    figure, axes = plt.subplots(
        2 * rows, columns, figsize=(columns * side + 0.6, rows * 1.75 * side + 0.5), squeeze=False,
        height_ratios=(2, 1) * rows, layout="constrained",
    )  # fmt: skip
    for axis in axes.flat[len(games) * 2 :]:
        axis.set_axis_off()
    told = []
    for place, (title, path) in enumerate(games.items()):
        plane, time = axes[2 * (place // columns) :, place % columns][:2]
        _plane(plane, path)
        time.plot(path[:, 0].clip(-_EDGE, _EDGE), color=BLUE, linewidth=1.2)
        time.axhline(RIGHT, color=GREEN, linestyle="--", linewidth=1)
        time.set(ylim=(-_EDGE, _EDGE), xlabel="iteration t", yticks=_TICKS)
        time.spines[["top", "right"]].set_visible(False)
        plane.set_title(title, fontsize=11)
        told.append(f"{title}: in the end g is up to {distance(path):.2f} from the right answer")
        if place % columns == 0:
            plane.set_ylabel("d, the critic")
            time.set_ylabel("g")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3, frameon=False)
    return figure, f"The critic's number against the generator's, and over time. {'; '.join(told)}."


def beginning(rules: Rules, start: tuple[float, float], edge: float, last: int) -> Picture:
    """A game before its first step: where both pull together at each place, and how each pulls.

    Args:
        start: g and d.
        edge: of the plane, from 0.
        last: iterations of the game.
    """
    figure, (plane, time) = plt.subplots(1, 2, figsize=(5.6, 2.8), layout="constrained")
    g, d = np.meshgrid(*[np.arange(-edge + 0.4, edge, 0.8)] * 2)
    pulls = np.stack([d, pull_on_critic(rules, g, d)])
    size = np.hypot(*pulls)
    plane.quiver(g, d, *(pulls * np.sqrt(np.minimum(1, size / edge)) / size), color="#cfc6d6")
    pull = pull_on_critic(rules, *start)
    plane.annotate("", (start[0], start[1] + pull / 2), start, arrowprops=_arrow(RED))
    plane.annotate("", (start[0] + start[1] / 2, start[1]), start, arrowprops=_arrow(BLUE))
    plane.plot(*start, "s", color=GREY, markersize=10, fillstyle="none")
    plane.plot(*start, "o", color=BLUE)
    plane.plot(RIGHT, 0, "*", color=GREEN, markersize=15)
    time.plot(0, start[0], "o", color=BLUE, clip_on=False)
    time.axhline(RIGHT, color=GREEN, linestyle="--", linewidth=1)
    for axis, words in ((plane, ("g", "d")), (time, ("iteration", "g"))):
        axis.set(xlabel=words[0], ylabel=words[1], ylim=(-edge, edge), yticks=_TICKS)
    plane.set(xlim=(-edge, edge), xticks=_TICKS, box_aspect=1)
    time.set(xlim=(0, last), box_aspect=1)
    g, d, by = (signed(value, "g") for value in (*start, pull))
    where = f"g = {g}, d = {d}, the star at g = {RIGHT:g}, d = 0"
    return figure, (
        f"The plane of g and d, and g over {last} iterations, before the first step: "
        f"{where}. g is pulled by {d}, d by {by}; faint arrows, where both lead, turn around the "
        "star."
    )


def _arrow(colour: str) -> dict:
    return {"arrowstyle": "-|>", "color": colour, "shrinkA": 0, "shrinkB": 0, "linewidth": 2}


def _plane(axis: Axes, path: np.ndarray) -> None:
    """The path, which gets darker with time."""
    edges = np.linspace(0, len(path), 7).astype(int)
    for k, (first, last) in enumerate(pairwise(edges)):
        shown = path[first : last + 1]
        axis.plot(*shown.T, color=BLUE, alpha=0.4 + 0.12 * k, linewidth=0.8 + 0.2 * k)
    axis.plot(*path[0], "s", color=GREY, markersize=6, label="start")
    look = {"mfc": "none", "mec": RED, "mew": 2.5, "clip_on": False, "zorder": 3}
    axis.plot(*path[-1].clip(-_EDGE, _EDGE), "o", markersize=10, label="end", **look)
    if np.abs(path[-1]).max() > _EDGE:
        g, d = path[-1]
        words = f"on to g = {signed(g, '.1f')}, d = {signed(d, '.1f')}"
        place = (0.5, 0.06 if d < 0 else 0.94)
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        axis.text(*place, words, transform=axis.transAxes, ha="center", color=RED, bbox=box)
    axis.plot(RIGHT, 0, "*", color=GREEN, markersize=15, zorder=0, label="the right answer")
    axis.axhline(0, color=GREY, linewidth=0.5)
    axis.axvline(RIGHT, color=GREEN, linestyle="--", linewidth=1)
    axis.set(
        xlim=(-_EDGE, _EDGE), ylim=(-_EDGE, _EDGE), xlabel="g, the generator", box_aspect=1,
        xticks=_TICKS, yticks=_TICKS,
    )  # fmt: skip
    axis.spines[["top", "right"]].set_visible(False)
