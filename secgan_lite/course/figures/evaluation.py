"""Scores of editors: by attribute, against error, and between copying and the truth."""

import math
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from secgan_lite.course.figures.common import BLUE, GREEN, GREY, ORANGE, RED, Picture

# Markers as well as colours: neither alone tells methods apart for everybody.
_STYLES = ((GREY, "o"), (ORANGE, "s"), (BLUE, "D"), (GREEN, "^"), (RED, "v"))


def _whiskers(scores: Sequence[dict]) -> np.ndarray:
    """Distances below and above the values, (2, n), for error bars."""
    return np.array([[s["value"] - s["low"], s["high"] - s["value"]] for s in scores]).T.clip(0)


def tarr_by_attribute(methods: dict[str, dict]) -> Picture:
    """The paper's Figure 4: recognised flips by attribute, a bar for each method.

    Args:
        methods: ``tarr`` of ``evaluate`` by method.
    """
    names = list(next(iter(methods.values())))
    figure, axis = plt.subplots(figsize=(11, 3), layout="constrained")
    width = 0.8 / len(methods)
    for i, ((method, tarr), (colour, _)) in enumerate(zip(methods.items(), _STYLES, strict=False)):
        scores = [tarr[name] for name in names]
        axis.bar(
            np.arange(len(names)) + (i - (len(methods) - 1) / 2) * width,
            [score["value"] for score in scores],
            width * 0.92,
            yerr=_whiskers(scores),
            label=method,
            color=colour,
            error_kw={"linewidth": 0.8, "ecolor": "black"},
        )
    axis.axvline(len(names) - 1.5, color=GREY, linewidth=0.5)
    labels = [name.replace("_", " ") for name in names]
    axis.set_xticks(range(len(names)), labels, rotation=30, ha="right", fontsize=8)
    axis.set(ylim=(0, 1.05), ylabel="TARR", xlim=(-0.6, len(names) - 0.4))
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, ncols=len(methods), loc="lower left", bbox_to_anchor=(0, 1))
    means = ", ".join(f"{method} {tarr['mean']['value']:.2f}" for method, tarr in methods.items())
    return figure, (f"Share of recognised flips by attribute with 95 % intervals; means: {means}.")


def recognised_and_right(tarr: dict, by_attribute: dict) -> Picture:
    """By attribute, how much of the edits the judge recognises, and how much of them is right.

    Both are 0 for copying and 1 for the truth. The attribute with the widest gap comes first.

    Args:
        tarr: ``tarr`` of ``evaluate``.
        by_attribute: ``counterfactual`` of ``evaluate``, by attribute: ``inside_ratio``.
    """
    right = {name: _placed(scores["inside_ratio"] | {"copy": 1.0, "truth": 0.0})
             for name, scores in by_attribute.items()}  # fmt: skip
    gaps = {name: tarr[name]["value"] - right[name]["value"] for name in right}
    names = sorted(gaps, key=gaps.get, reverse=True)
    figure, axis = plt.subplots(figsize=(8, 4.4), layout="constrained")
    for row, name in enumerate(names):
        ends = tarr[name]["value"], right[name]["value"]
        axis.plot(ends, (row, row), color=GREY, linewidth=3, alpha=0.35, zorder=0)
    _dots(axis, [tarr[name] for name in names], 0, BLUE, "D", "recognised by the judge (TARR)")
    made = "made right inside (1 − error inside as a share of copying)"
    _dots(axis, [right[name] for name in names], 0, ORANGE, "s", made)
    axis.set_yticks(range(len(names)), [name.replace("_", " ") for name in names], fontsize=9)
    axis.set(ylim=(len(names) - 0.5, -0.5), xlim=(-0.05, 1.05))
    ticks = ["0\ncopying", "0.2", "0.4", "0.6", "0.8", "1\nthe truth"]
    axis.set_xticks(np.linspace(0, 1, 6), ticks)
    axis.grid(axis="x", color="#dddddd")
    axis.spines[["top", "right", "left"]].set_visible(False)
    axis.legend(frameon=False, fontsize=9, ncols=2, loc="lower left", bbox_to_anchor=(-0.15, 1))
    told = "; ".join(
        f"{name} {tarr[name]['value']:.2f} and {right[name]['value']:.2f}" for name in names
    )
    return figure, f"Recognised and made right, by attribute, the widest gap first: {told}."


def against_sample_size(sizes: Sequence[int], panels: dict[str, dict[str, list]]) -> Picture:
    """Scores of sets of images by their number n: a panel for each score, a line for each set.

    Args:
        panels: by score, then by set: a value for each size.
    """
    figure, axes = plt.subplots(1, len(panels), figsize=(9, 3.2), layout="constrained")
    for axis, (score, lines) in zip(np.atleast_1d(axes), panels.items(), strict=True):
        for (title, values), (colour, marker) in zip(lines.items(), _STYLES, strict=False):
            axis.plot(sizes, values, marker=marker, color=colour, label=title)
        axis.axhline(0, color="black", linewidth=0.6)
        axis.set(xlabel="n, faces in each set", xticks=sizes, title=score)
        axis.spines[["top", "right"]].set_visible(False)
    np.atleast_1d(axes)[-1].legend(frameon=False, fontsize=9)
    told = "; ".join(
        f"{score} of {title}: {values[0]:.3g} to {values[-1]:.3g}"
        for score, lines in panels.items()
        for title, values in lines.items()
    )
    return figure, f"Scores by the number of faces, from n = {sizes[0]} to {sizes[-1]}. {told}."


def after_erasing(levels: Sequence[int], rates: dict[str, list[float]]) -> Picture:
    """TARR of each editor when faint changes are erased, by the size of what is erased.

    Args:
        levels: changes up to so many grey levels are erased.
        rates: by editor, TARR at each of them.
    """
    figure, axis = plt.subplots(figsize=(8, 3.2), layout="constrained")
    places = range(len(levels))
    for (title, values), (colour, marker) in zip(rates.items(), _STYLES, strict=False):
        axis.plot(places, values, marker=marker, color=colour, label=title)
    axis.set(ylim=(-0.03, 1.05), ylabel="TARR of what is left")
    axis.set_xticks(places, map(str, levels))
    axis.set_xlabel("erased: changes of so many grey levels or less, of 255")
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1, 0.5))
    told = "; ".join(f"{title} {', '.join(f'{v:.2f}' for v in rates[title])}" for title in rates)
    erased = ", ".join(map(str, levels))
    return figure, f"TARR after changes of up to {erased} grey levels are erased: {told}."


# What stands on the scale, and what to call it.
_SCALE = {
    "inside": "error where\nsomething should change",
    "mask_iou": "mask of P(edit)\nagainst the true mask",
    "attribute_accuracy": "all 13 labels\nas the judge sees them",
    "identity_drift": "distance to the true edit\nin the encoder's features",
}


def counterfactual_scale(methods: dict[str, dict]) -> Picture:
    """Scores between copying the input (0) and the truth (1), and leakage beside them.

    Args:
        methods: ``counterfactual`` of ``evaluate`` by method.
    """
    first = next(iter(methods.values()))
    shown = [name for name in _SCALE if name in first]
    figure, (scale, leak) = plt.subplots(
        1, 2, figsize=(11, 0.62 * len(shown) + 1.1), width_ratios=(3, 1), layout="constrained"
    )
    told = []
    for i, (method, scores) in enumerate(methods.items()):
        colour, marker = _STYLES[i]
        shift = (i - (len(methods) - 1) / 2) * 0.22
        places = [_placed(scores[name]) for name in shown]
        many = f"{method}, {scores[shown[0]]['n']} faces"
        _dots(scale, places, shift, colour, marker, many)
        _dots(leak, [scores["outside"]], shift, colour, marker, method)
        place, leakage = np.mean([p["value"] for p in places]), scores["outside"]["value"]
        told.append(f"{method} {place:.2f} and {leakage:.1f}")
    scale.axvline(0, color=GREY, linestyle=":")
    scale.axvline(1, color=GREEN, linestyle=":")
    scale.set(ylim=(len(shown) - 0.5, -0.5), xlim=(None, 1.08))
    scale.set_yticks(range(len(shown)), [_SCALE[name] for name in shown], fontsize=8)
    ticks = range(math.ceil(scale.get_xlim()[0]), 2)
    named = {0: "0\ncopying", 1: "1\nthe truth"}
    scale.set_xticks(ticks, [named.get(tick, str(tick)) for tick in ticks])
    scale.set_xlabel("← further off than copying      closer →", fontsize=9)
    copied = first["outside"]["copy"]
    leak.axvline(copied, color=GREEN, linestyle=":")
    leak.set(xlim=(0, None), ylim=(0.5, -0.5), yticks=[], xlabel="grey levels, 0-255")
    leak.set_title("error where nothing should change", fontsize=9)
    for axis in (scale, leak):
        axis.spines[["top", "right", "left"]].set_visible(False)
    scale.legend(frameon=False, ncols=len(methods), loc="lower left", bbox_to_anchor=(0, 1))
    return figure, (
        "Scores on a scale from copying the input (0) to the true edit (1), with 95 % intervals, "
        "and the error where nothing should change, in grey levels; mean place and error: "
        f"{', '.join(told)}."
    )


def _placed(score: dict) -> dict:
    """A score's place on the scale on which 0 is copying and 1 the truth."""
    copied, span = score["copy"], score["truth"] - score["copy"]
    value, *ends = ((score[k] - copied) / span for k in ("value", "low", "high"))
    return {"value": value, "low": min(ends), "high": max(ends)}


def _dots(
    axis: Axes, scores: list[dict], shift: float, colour: str, marker: str, label: str
) -> None:
    rows = np.arange(len(scores)) + shift
    values = [score["value"] for score in scores]
    whiskers = _whiskers(scores)
    axis.errorbar(values, rows, xerr=whiskers, fmt=marker, color=colour, label=label, markersize=6)


def recognition_against_error(curves: dict[str, list[dict]]) -> Picture:
    """TARR against the error of an edit, a line for each list of mean scores.

    Args:
        curves: by title, points of ``over_snapshots`` or ``over_intensities``.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True, layout="constrained")
    kinds = {
        "inside_ratio": "error inside the true change,\nas a share of copying",
        "outside": "error outside the true change\n(grey levels)",
    }
    told = []
    looks = zip(curves.items(), _STYLES[1:], strict=False)  # grey is copying
    for (title, points), (colour, marker) in looks:
        steps = [
            next(point[k] for k in ("iteration", "intensity") if k in point) for point in points
        ]
        rates = [point["tarr"]["value"] for point in points]
        told.append(f"{title}: TARR {rates[0]:.2f} to {rates[-1]:.2f}")
        for axis, kind in zip(axes, kinds, strict=True):
            errors = [point[kind]["value"] for point in points]
            axis.plot(errors, rates, marker=marker, color=colour, label=title, markersize=4)
            named = range(len(points)) if "intensity" in points[0] else (0, -1)
            for i in named:  # strengths to the right of their curve, iterations to the left
                side = "left" if "intensity" in points[0] else "right"
                where = (errors[i], rates[i])
                axis.annotate(f"  {steps[i]:g}  ", where, fontsize=8, va="center", ha=side)
    for axis, (kind, label) in zip(axes, kinds.items(), strict=True):
        axis.set_xlabel(label)
        end = next(iter(curves.values()))[0][kind]
        axis.plot(end["truth"], 1, "*", color=GREEN, markersize=11, clip_on=False)
        axis.plot(end["copy"], 0, "X", color=GREY, markersize=8, clip_on=False)
        axis.annotate("the truth ", (end["truth"], 1), fontsize=8, ha="left", va="bottom")
        axis.annotate(" copying", (end["copy"], 0), fontsize=8, va="bottom")
        axis.set(ylim=(0, 1.05), xlim=(0, None))
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("TARR")
    axes[1].legend(frameon=False, fontsize=8)
    return figure, f"TARR against two errors of the edits; {'; '.join(told)}."
