"""Short trainings in a row: four panels of curves each, and what the generator makes of a face."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from secgan_lite.course.figures.common import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    Picture,
    pixels,
)

Curves = Sequence[tuple[str, str, dict]]  # term, label and look of each
_PANELS: dict[str, Curves] = {
    "recognised, share": (
        ("rgb/real_accuracy", "D, real", {"color": BLUE}),
        ("rgb/fake_accuracy", "D, edits", {"color": BLUE, "ls": "--"}),
        ("judge", "judge, edits", {"color": GREEN, "marker": "o", "markersize": 4}),
    ),
    "critic: fake − real": (
        ("rgb/critic", "images", {"color": BLUE}),
        ("semantic/critic", "masks", {"color": ORANGE, "ls": "--"}),
    ),
    "error": (
        ("rgb/rec", "reconstruction", {"color": BLUE}),
        ("rgb/change", "change by edits", {"color": BLUE, "ls": ":"}),
    ),
    "disagreement": (
        ("rgb/sc", "images", {"color": BLUE}),
        ("semantic/sc", "masks", {"color": ORANGE, "ls": "--"}),
    ),
}


def laboratory(runs: Mapping[str, Any], wishes: Sequence[str], control: str = "healthy") -> Picture:
    """Runs of the laboratory, a row each, with the healthy one in grey behind their curves.

    Args:
        runs: ``LabRun`` by title, among them ``control``, which comes first.
        wishes: what the samples after the input should show, in words.
    """
    rows = [control, *(title for title in runs if title != control)]
    figure = plt.figure(figsize=(12.6, 1.35 * len(rows) + 1.5), layout="constrained")
    grid = figure.add_gridspec(
        len(rows) + 1, 2, width_ratios=(8, 6), height_ratios=[*(1 for _ in rows), 0.5]
    )
    panels = []
    for row, title in enumerate(rows):
        axes = grid[row, 0].subgridspec(1, len(_PANELS)).subplots()
        panels.append(axes)
        for axis, (name, curves) in zip(axes, _PANELS.items(), strict=True):
            _panel(axis, runs[title].log, runs[control].log, curves)
            if row == 0:
                axis.set_title(name, fontsize=10)
            if row < len(rows) - 1:
                axis.set_xticklabels([])
            else:
                axis.set_xlabel("iteration t", fontsize=9)
        axes[0].set_ylabel(title, fontsize=12, weight="bold")
        tiles = grid[row, 1].subgridspec(1, 1 + len(wishes), wspace=0.02).subplots()
        heads = ["input", *(wish.replace(" ", "\n", 1) for wish in wishes)]
        for axis, picture, head in zip(tiles, pixels(runs[title].samples), heads, strict=True):
            axis.set_axis_off()
            if row == 0 or head != "input":  # which is the same for all
                axis.imshow(picture, interpolation="nearest")
            if row == 0:
                axis.set_title(head, fontsize=10)
    _share_axes(panels)
    for axis, below in zip(panels[-1], grid[-1, 0].subgridspec(1, 4).subplots(), strict=True):
        below.legend(*axis.get_legend_handles_labels(), frameon=False, fontsize=9, loc="center")
        below.set_axis_off()
    told = "; ".join(f"{title}: {_in_words(runs[title])}" for title in rows)
    return figure, f"Curves and last edits of {len(rows)} short trainings. {told}."


def _panel(axis: Axes, log: Sequence[dict], healthy: Sequence[dict], curves: Curves) -> None:
    """The curves of a run, in front of the healthy ones in grey if these are not the same."""
    for term, label, look in curves:
        if log is not healthy:
            axis.plot(*_points(healthy, term), **look | {"color": GREY, "alpha": 0.45})
        axis.plot(*_points(log, term), label=label, **look)
    axis.spines[["top", "right"]].set_visible(False)
    axis.tick_params(labelsize=8)


def _points(log: Sequence[dict], term: str) -> tuple[list[float], list[float]]:
    records = [record for record in log if term in record]
    return [r["iteration"] for r in records], [r[term] for r in records]


def _share_axes(panels: Sequence[Sequence[Axes]]) -> None:
    """One scale for each column: what is to be compared stands on equal axes."""
    for column in zip(*panels, strict=True):
        low = min(axis.get_ylim()[0] for axis in column)
        high = max(axis.get_ylim()[1] for axis in column)
        for axis in column:
            axis.set_ylim(low, high)
    for first, critic, _, last in panels:
        first.set_ylim(0, 1.05)
        critic.set_yscale("symlog", linthresh=1)
        last.set_yscale("log")
        last.set_yticks([0.5, 1, 2], ["0.5", "1", "2"])
        last.minorticks_off()


def _in_words(run: Any) -> str:
    facts = {"judge": "judge", "rgb/real_accuracy": "D on real faces", "rgb/rec": "error"}
    known = {term for record in run.log for term in record}
    return ", ".join(f"{facts[term]} {run.late(term):.2f}" for term in facts if term in known)
