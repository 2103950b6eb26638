"""Tables of pure luck: intervals of one question, and how often a rule is right or wrong."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from secgan_lite.course.figures.common import BLUE, GREY, ORANGE, Picture

if TYPE_CHECKING:
    from secgan_lite.course.widgets.luck import Gambled

_REACH = 8  # points of TARR to each side: longer intervals are cut


def luck(gambled: Sequence["Gambled"]) -> Picture:
    """A row for each setting: an interval of each table, and shares of tables by rule."""
    figure, axes = plt.subplots(
        len(gambled), 2, figsize=(9, 1.5 * len(gambled) + 0.8), width_ratios=(1.2, 1),
        sharex="col", squeeze=False, layout="constrained",
    )  # fmt: skip
    told = []
    for (left, right), found in zip(axes, gambled, strict=True):
        _intervals(left, found)
        told.append(f"{found.table.title}: {_shares(right, found)}")
    axes[-1, 0].set_xlabel("gain in points of TARR, interval by plain p")
    axes[-1, 1].set_xlabel("% of 2,000 tables")
    marks = (
        plt.Line2D([], [], color=BLUE, marker="D", markersize=4, label="0 is outside"),
        plt.Line2D([], [], color=GREY, marker="o", markersize=4, mfc="white", label="0 is inside"),
        plt.Line2D([], [], color=ORANGE, linestyle="--", label="true gain"),
    )
    figure.legend(handles=marks, frameon=False, fontsize=8, ncols=3, loc="outside lower left")
    axes[0, 1].legend(
        frameon=False, fontsize=8, ncols=2, loc="lower right", bbox_to_anchor=(1, 1.0)
    )
    return figure, f"Simulated tables. {'. '.join(told)}."


def _intervals(axis: Axes, found: "Gambled") -> None:
    """Filled where 0 is not in it, open where it is; dashed: the true gain, if there is one."""
    for place, (low, high) in enumerate(found.intervals):
        shows = not low <= 0 <= high
        colour = BLUE if shows else GREY
        axis.plot((low, high), (place, place), color=colour, linewidth=1.8 if shows else 0.8)
        axis.plot(
            (low + high) / 2, place, "D" if shows else "o", color=colour, markersize=4,
            markerfacecolor=colour if shows else "white",
        )  # fmt: skip
    axis.axvline(0, color="black", linewidth=0.8)
    which = "question 1" if found.table.gain or found.table.questions == 1 else "the luckiest"
    if found.table.gain:
        axis.axvline(found.table.gain, color=ORANGE, linewidth=1.6, linestyle="--")
    axis.set(
        xlim=(-_REACH, _REACH),
        yticks=[],
        ylabel=f"{len(found.intervals)} tables,\n{which} of {found.table.questions}",
    )
    axis.set_title(found.table.title, fontsize=9, loc="left")
    axis.spines[["top", "right", "left"]].set_visible(False)


def _shares(axis: Axes, found: "Gambled") -> str:
    """Bars; in words what they say."""
    groups = {"finds the\ntrue gain": found.found, "one false verdict\nor more": found.false}
    told = []
    for place, (title, shares) in enumerate(groups.items()):
        if shares is None:
            axis.text(1, place, "no true gain to find", va="center", fontsize=8, color=GREY)
            continue
        looks = ({"color": ORANGE, "hatch": "//"}, {"color": BLUE})
        for (rule, share), look, shift in zip(shares.items(), looks, (-0.19, 0.19), strict=True):
            label = rule if title.startswith("one false") else None
            axis.barh(place + shift, 100 * share, 0.34, edgecolor="white", label=label, **look)
            axis.text(100 * share + 1, place + shift, f"{share:.0%}", va="center", fontsize=8)
            told.append(f"{title.replace(chr(10), ' ')}, {rule} {share:.0%}")
    axis.set_yticks(range(2), groups, fontsize=8)
    axis.set(xlim=(0, 112), ylim=(1.5, -0.5))
    axis.spines[["top", "right"]].set_visible(False)
    return ", ".join(told)
