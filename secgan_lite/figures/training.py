"""Curves of a training run."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from secgan_lite.figures.common import BLUE, GREEN, GREY, ORANGE, Picture


def _line(axis: Axes, log: Sequence[dict], term: str, label: str, **style: object) -> None:
    points = [(record["iteration"], record[term]) for record in log if term in record]
    if points:
        axis.plot(*zip(*points, strict=True), label=label, **style)


def training_curves(log: Sequence[dict]) -> Picture:
    """The four curves that tell whether a run works, and the terms behind them.

    Args:
        log: records of ``log.jsonl``; ``judge`` (share of flips that the judge accepts) optional.
    """
    figure, axes = plt.subplots(1, 4, figsize=(13, 2.7), layout="constrained")
    solid, dashed = {"linestyle": "-"}, {"linestyle": "--"}
    branches = [("rgb", BLUE, "image"), ("semantic", ORANGE, "mask")]
    for branch, colour, word in branches:
        for axis, term, label, style in (
            (axes[0], "real_accuracy", f"D on real {word}s", solid),
            (axes[0], "fake_accuracy", f"D on edited {word}s", dashed),
            (axes[1], "critic", f"critic, {word}s", solid),
            (axes[2], "rec", f"rec, {word}s", solid),
            (axes[3], "sc", f"sc, {word}s", solid),
        ):
            _line(axis, log, f"{branch}/{term}", label, color=colour, **style)
    _line(axes[0], log, "judge", "judge on edits", color=GREEN, marker="o", markersize=4)
    _line(axes[2], log, "rgb/change", "|x_out − x_in|", color=GREY, linestyle=":")
    titles = (
        "Are edits recognised?",
        "Critic: fake − real",
        "Error",
        "Disagreement of the branches",
    )
    for axis, title in zip(axes, titles, strict=True):
        axis.set(title=title, xlabel="iteration t")
        axis.spines[["top", "right"]].set_visible(False)
        if axis.has_data():
            axis.legend(frameon=False, fontsize=7)
        else:
            axis.text(
                0.5, 0.5, "one branch only", ha="center", transform=axis.transAxes, color=GREY
            )
    axes[0].set(ylim=(0, 1.02), ylabel="share")
    last = log[-1] if log else {}
    facts = ", ".join(f"{k} {v:.2f}" for k, v in last.items() if k in _TOLD)
    return figure, f"Training curves up to iteration {last.get('iteration', 0)}: {facts}."


_TOLD = ("rgb/real_accuracy", "rgb/fake_accuracy", "judge", "rgb/rec", "rgb/change", "rgb/sc")
