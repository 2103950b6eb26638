"""Curves of training: of a run, of recorded runs side by side."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from secgan_lite.course.bounds import CHANGED, CRITIC, JUDGED
from secgan_lite.course.figures.common import BLUE, GREEN, GREY, ORANGE, Picture, pixels


def _line(axis: Axes, log: Sequence[dict], term: str, label: str, **style: object) -> None:
    points = [(record["iteration"], record[term]) for record in log if term in record]
    if points:
        axis.plot(*zip(*points, strict=True), label=label, **style)


_BRANCHES = (("rgb", BLUE, "image"), ("semantic", ORANGE, "mask"))
_JUDGE = {"color": GREEN, "marker": "o", "markersize": 4}
# Of a run, by title: (term, label, look) of each curve of a branch, and of those that are its own.
_QUESTIONS = {
    "Are edits recognised?": (
        (
            ("real_accuracy", "D on real {}s, all labels", {}),
            ("fake_accuracy", "D on edited {}s, targets", {"ls": "--"}),
        ),
        (("judge", "judge on edits, reversed labels", _JUDGE),),
    ),
    "Critic: fake − real": ((("critic", "{}s", {}),), ()),
    "Error": (
        (("rec", "reconstruction, {}s", {}),),
        (("rgb/change", "change by edits, |x_out − x_in|", {"color": BLUE, "ls": ":"}),),
    ),
    "Disagreement of the branches": ((("sc", "{}s against the other branch", {}),), ()),
}
# What a healthy run shows, by the bounds of the report.
_GOOD = {
    "Are edits recognised?": f"good: judge above the grey band ({JUDGED[1]:.2f})",
    "Critic: fake − real": f"good: steady (the report's limit is ±{CRITIC[1]})",
    "Error": f"good: dotted line above the band ({CHANGED[1]:g} × images' error)",
    "Disagreement of the branches": "good: both fall at once, and end no higher",
}
_UNITS = {
    "Are edits recognised?": "share",
    "Critic: fake − real": "difference of mean scores",
    "Error": "mean error",
    "Disagreement of the branches": "cross entropy",
}


def _curves(axis: Axes, log: Sequence[dict], title: str) -> None:
    """One panel of a run."""
    of_a_branch, of_the_run = _QUESTIONS[title]
    for branch, colour, word in _BRANCHES:
        for term, label, look in of_a_branch:
            _line(axis, log, f"{branch}/{term}", label.format(word), color=colour, **look)
    for term, label, look in of_the_run:
        _line(axis, log, term, label, **look)
    axis.set(title=title, xlabel="iteration t")
    axis.spines[["top", "right"]].set_visible(False)
    if axis.has_data():
        _doubtful(axis, log, title)
        axis.legend(
            frameon=False, fontsize=9, title=_GOOD[title], title_fontsize=9, alignment="left",
            loc="upper left", bbox_to_anchor=(-0.08, -0.2),
        )  # fmt: skip
    else:
        axis.text(0.5, 0.5, "one branch only", ha="center", transform=axis.transAxes, color=GREY)
    axis.set_ylabel(_UNITS[title])
    if title in ("Are edits recognised?", "Error"):
        axis.set_ylim(0, 1.02 if title == "Are edits recognised?" else None)


def _doubtful(axis: Axes, log: Sequence[dict], title: str) -> None:
    """A grey band where a sign is neither good nor bad; the word stands in it, at the right."""
    look = {"color": GREY, "alpha": 0.15, "linewidth": 0, "zorder": 0}
    word = {"ha": "right", "va": "center", "fontsize": 8, "color": "#555555"}
    if title == "Are edits recognised?":
        axis.axhspan(*JUDGED, **look)
        axis.text(0.99, np.mean(JUDGED), "doubtful", transform=axis.get_yaxis_transform(), **word)
    if title == "Error":
        errors = [(r["iteration"], r["rgb/rec"]) for r in log if "rgb/rec" in r]
        if errors:
            times, rec = np.transpose(errors)
            axis.fill_between(times, CHANGED[0] * rec, CHANGED[1] * rec, **look)
            axis.text(times[-1], np.mean(CHANGED) * rec[-1], "doubtful", **word)


def training_curves(log: Sequence[dict]) -> Picture:
    """The four panels of curves that tell whether a run works.

    In the grey bands the judge, or the change by edits, is neither good nor bad.

    Args:
        log: records of ``log.jsonl``; ``judge`` (share of flips that the judge accepts) optional.
    """
    figure, axes = plt.subplots(2, 2, figsize=(8.6, 7.6), layout="constrained")
    for axis, title in zip(axes.flat, _QUESTIONS, strict=True):
        _curves(axis, log, title)
    return figure, _curves_in_words(log)


def curve_panels(log: Sequence[dict]) -> dict[str, Picture]:
    """The panels of ``training_curves`` by title, each a figure of its own; none is empty."""
    panels = {}
    for title in _QUESTIONS:
        figure, axis = plt.subplots(figsize=(4, 3.8), layout="constrained")
        _curves(axis, log, title)
        axis.set_title("")
        if axis.has_data():
            panels[title] = figure, f"{title} {_curves_in_words(log)}"
        else:
            plt.close(figure)
    return panels


def live_run(log: Sequence[dict], samples: object, wishes: Sequence[str]) -> Picture:
    """A run as it goes: the panels of ``training_curves``, and below them what it makes of a face.

    Args:
        log: as for ``training_curves``.
        samples: the input and then its edits (1 + K, 3, h, h).
        wishes: what each of the K edits should do, in words.
    """
    figure = plt.figure(figsize=(8.6, 9.6), layout="constrained")
    grid = figure.add_gridspec(3, 1, height_ratios=(3.6, 3.2, 2))
    for line in (0, 1):
        for axis, title in zip(
            grid[line].subgridspec(1, 2).subplots(), [*_QUESTIONS][2 * line :][:2], strict=True
        ):
            _curves(axis, log, title)
    tiles = np.atleast_1d(grid[2].subgridspec(1, 1 + len(wishes)).subplots())
    for axis, picture, title in zip(tiles, pixels(samples), ["input", *wishes], strict=True):
        axis.imshow(picture, interpolation="nearest")
        axis.set_title(title, fontsize=9)
        axis.set_axis_off()
    told = f"Below, a face as the generator edits it now: {', '.join(wishes)}."
    return figure, f"{_curves_in_words(log)} {told}"


def _curves_in_words(log: Sequence[dict]) -> str:
    last = log[-1] if log else {}
    told = ", ".join(f"{words} {last[term]:.2f}" for term, words in _TOLD.items() if term in last)
    return f"Training curves up to iteration {last.get('iteration', 0)}. In the end: {told}."


_TOLD = {"judge": "judge on edits"} | {
    f"{branch}/{term}": words.format(word)
    for branch, _, word in _BRANCHES
    for term, words in {
        "real_accuracy": "D on real {}s",
        "fake_accuracy": "D on edited {}s",
        "critic": "critic of {}s",
        "rec": "reconstruction error of {}s",
        "change": "change of {}s by edits",
        "sc": "disagreement of {}s",
    }.items()
}


# Of short trainings beside each other, by title: (term, label, look) of each curve. Colours are the
# branches'; what is dashed or dotted is of edits.
Curves = Sequence[tuple[str, str, dict]]
PANELS: dict[str, Curves] = {
    "recognised, share": (
        ("rgb/real_accuracy", "D on real images", {"color": BLUE}),
        ("rgb/fake_accuracy", "D on edits, targets", {"color": BLUE, "ls": "--"}),
        ("judge", "judge on edits", _JUDGE),
    ),
    "critic: fake − real": (
        ("rgb/critic", "images", {"color": BLUE}),
        ("semantic/critic", "masks", {"color": ORANGE}),
    ),
    "error": (
        ("rgb/rec", "reconstruction", {"color": BLUE}),
        ("rgb/change", "change by edits", {"color": BLUE, "ls": ":"}),
    ),
    "disagreement": (
        ("rgb/sc", "images", {"color": BLUE}),
        ("semantic/sc", "masks", {"color": ORANGE}),
    ),
}


def panel_name(title: str) -> str:
    """The first word of a panel's title."""
    return re.match(r"\w+", title)[0]


def recorded_runs(runs: Mapping[str, Any], flips: Sequence[str], shots: int = 5) -> Picture:
    """Recorded runs, a column each: four panels of curves on common axes, and samples below.

    Args:
        runs: ``Dynamics`` of ``load_dynamics`` by title.
        flips: attributes whose flips of the first recorded face are shown.
        shots: snapshots shown, from the first to the last.
    """
    figure, axes = plt.subplots(
        5, len(runs), figsize=(2.1 * len(runs) + 2.1, 7.4), squeeze=False, sharey="row",
        height_ratios=(1, 1, 1, 1, 0.36 * (1 + len(flips))), layout="constrained",
    )  # fmt: skip
    told = []
    for column, (title, run) in zip(axes.T, runs.items(), strict=True):
        judged = [{"iteration": s["iteration"], "judge": s["tarr"]["value"]} for s in run.scores]
        for axis, curves in zip(column[:4], PANELS.values(), strict=True):
            for term, label, look in curves:
                # A log may have a judge's rate of its own, on fewer faces.
                _line(axis, judged if term == "judge" else run.log, term, label, **look)
            axis.spines[["top", "right"]].set_visible(False)
        column[0].set_title(title, fontsize=13, weight="bold")
        column[3].set_xlabel("iteration t")
        _film(column[4], run, flips, shots)
        end = judged[-1]
        told.append(f"{title}: judge {end['judge']:.2f} at iteration {end['iteration']}")
    for row, name in zip(axes[:4], PANELS, strict=True):
        row[0].set_ylabel(name.replace(": ", ":\n").replace(", ", ",\n"))
        row[-1].legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1, 0.5))
    axes[0, 0].set_ylim(0, 1.05)
    terms = [term for term, *_ in PANELS["critic: fake − real"]]
    logs = (record for run in runs.values() for record in run.log)
    largest = max(abs(record.get(term, 0.0)) for record in logs for term in terms)
    for axis in axes[1]:
        axis.set_yscale("symlog", linthresh=1, linscale=2)
        axis.set_yticks(_either_sign(largest))
    axes[2, 0].set_ylim(0, None)
    for axis in axes[3]:
        axis.set_yscale("log")
        axis.set_yticks([0.5, 1, 2, 5], ["0.5", "1", "2", "5"])
        axis.minorticks_off()
    return figure, (
        f"{len(runs)} recorded runs side by side: how many edits are recognised, critics, errors, "
        f"disagreement of the branches, and below them samples over time ({', '.join(flips)}); "
        f"{'; '.join(told)}."
    )


def _either_sign(largest: float) -> list[float]:
    """Ticks for an axis that is linear up to 1 and logarithmic beyond: 0, 1 and a power of ten."""
    power = 10.0 ** int(np.log10(max(largest, 1.0)))
    return sorted({0.0, 1.0, -1.0, power, -power})


def _film(axis: Axes, run: Any, flips: Sequence[str], shots: int) -> None:
    """Flips of the first face, a row each below the input, over snapshots from left to right."""
    chosen = np.linspace(0, len(run.scores) - 1, shots).round().astype(int)
    columns = [0, *(1 + run.config["attributes"].index(name) for name in flips)]
    tiles = pixels(run.samples[chosen][:, 0, columns])  # (shots, rows, h, h, 3)
    k, rows, h, _, channels = tiles.shape
    picture = tiles.transpose(1, 2, 0, 3, 4).reshape(rows * h, k * h, channels)
    axis.imshow(picture, interpolation="nearest", extent=(0, k, rows, 0))
    times = [str(run.scores[i]["iteration"]) for i in chosen]
    axis.set_xticks(np.arange(k) + 0.5, times)
    axis.set_yticks(np.arange(rows) + 0.5, ["input", *(n.replace("_", " ") for n in flips)])
    axis.tick_params(length=0, labelsize=8)
    axis.spines[:].set_visible(False)
    axis.set_xlabel("snapshot at iteration", fontsize=9)
