"""Figures of lesson 08: what flips drag along, and how well a detector tells edits apart."""

from collections.abc import Mapping, Sequence
from statistics import fmean

import matplotlib.pyplot as plt

from secgan_lite.course.figures.common import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    Picture,
    pixels,
    tiles,
)

# Shape, filling and side differ, so that the methods are told apart in grey.
_METHODS = {
    "baseline": {"marker": "o", "markerfacecolor": "white", "color": "black"},
    "secgan": {"marker": "D", "markerfacecolor": BLUE, "color": BLUE},
}
# Of a run's mark, which is seen on the large one of the mean.
_EDGES = {"baseline": "black", "secgan": "white"}
# Later lines are thinner, so that those that lie on each other are all seen.
_LINES = (
    {"color": BLUE, "linestyle": "-", "linewidth": 7},
    {"color": ORANGE, "linestyle": "-", "linewidth": 4},
    {"color": GREEN, "linestyle": "-."},
    {"color": "black", "linestyle": ":", "linewidth": 2},
    {"color": GREY, "linestyle": (0, (5, 1, 1, 1, 1, 1))},
)


def drags(runs: Mapping[str, Mapping[str, Mapping[float, Sequence[float]]]]) -> Picture:
    """By flip (a panel) the drag of every run against the correlation of the training faces.

    Args:
        runs: by flip, method and correlation, the drag of each run.
    """
    figure, axes = plt.subplots(
        1, len(runs), figsize=(2.7 * len(runs), 3), sharey=True, squeeze=False, layout="constrained"
    )
    told = []
    for axis, (flip, methods) in zip(axes[0], runs.items(), strict=True):
        axis.axhline(0, color=GREY, linewidth=0.8, linestyle=":")
        for (method, dials), side in zip(methods.items(), (-0.02, 0.02), strict=True):
            look, places = _METHODS[method], [dial + side for dial in dials]
            for place, each in zip(places, dials.values(), strict=True):
                edge = {"markeredgecolor": _EDGES[method], "markersize": 5, "zorder": 3}
                axis.plot([place] * len(each), each, linestyle="", **look | edge)
            means = [fmean(each) for each in dials.values()]
            axis.plot(places, means, linestyle="-", markersize=9, label=method, **look)
            parts = (f"{dial:g}: {mean:+.2f}" for dial, mean in zip(dials, means, strict=True))
            told.append(f"{flip}, {method}: {', '.join(parts)}")
        axis.set(title=flip.replace(" → ", "\n→ "), xticks=[*next(iter(methods.values()))])
        axis.spines[["top", "right"]].set_visible(False)
    axes[0, 0].set_ylabel("drag")
    figure.supxlabel("correlation of the pair in training", fontsize=10)
    axes[0, -1].legend(frameon=False, fontsize=8)
    return figure, f"Drag by correlation, small for each run, large for means: {'; '.join(told)}."


def alarms(curves: Mapping[str, tuple[object, object]], areas: Mapping[str, float]) -> Picture:
    """ROC curves: the share of edits that raise an alarm against the share of untouched faces.

    Args:
        curves: by what was edited, false and true alarms, (k,) each.
        areas: the area under each curve.
    """
    figure, axis = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
    axis.plot([0, 1], [0, 1], color="black", linewidth=0.8, label="a coin: 0.50")
    for (title, (false, true)), line in zip(curves.items(), _LINES, strict=False):
        axis.step(false, true, where="post", label=f"{title}: {areas[title]:.2f}", **line)
    axis.set(
        xlabel="false alarms (share of untouched faces)", ylabel="true alarms (share of edits)"
    )
    axis.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    told = ", ".join(f"{title} {area:.2f}" for title, area in areas.items())
    return figure, f"True against false alarms of a detector; area under each curve: {told}."


def dragged(
    blocks: Mapping[str, Mapping[str, object]], verdicts: Mapping[str, Mapping[str, Sequence[str]]]
) -> Picture:
    """Faces of some wishes, a face a row, a wish a block: input, edits and true edit side by side.

    Args:
        blocks: by wish and column, images (k, 3, h, h); the last column holds the true edits.
        verdicts: alike, what the judge says below each image; bold where the true edit differs.
    """
    (first, *_), count = blocks.values(), len(blocks)
    faces, columns = len(next(iter(first.values()))), len(first)
    figure, axes = tiles(faces, count * (columns + 1) - 1, 1.1)
    for axis in axes[:, columns :: columns + 1].flat:
        axis.set_visible(False)
    for place, (wish, images) in enumerate(blocks.items()):
        block = axes[:, place * (columns + 1) :][:, :columns]
        middle = {"xycoords": "axes fraction", "ha": "center", "fontsize": 11}
        block[0, columns // 2].annotate(wish, (-0.05, 1.35), **middle)
        right = verdicts[wish][[*images][-1]]
        for column, (title, shown) in enumerate(images.items()):
            block[0, column].set_title(title, fontsize=9)
            for row, picture in enumerate(pixels(shown)):
                said = verdicts[wish].get(title, [""] * faces)[row]
                weight = "bold" if said and said != right[row] else "normal"
                block[row, column].imshow(picture, interpolation="nearest")
                block[row, column].set_xlabel(said, fontsize=8, labelpad=2, fontweight=weight)
    figure.subplots_adjust(hspace=0.24)
    told = (
        f"{wish}: {title}: {', '.join(said)}"
        for wish, columns in verdicts.items()
        for title, said in columns.items()
    )
    return figure, f"{faces} faces a wish; below each edit, what the judge sees. {'. '.join(told)}."
