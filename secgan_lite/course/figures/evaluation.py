"""Scores of editors: by attribute, against error, and between copying and the truth."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from secgan_lite.course.figures.common import BLUE, GREEN, GREY, ORANGE, RED, Picture

# Markers as well as colours: neither alone tells methods apart for everybody.
_STYLES = ((GREY, "o"), (ORANGE, "s"), (BLUE, "D"), (GREEN, "^"), (RED, "v"))
# Bars have no markers: hatches tell them apart in grey.
_HATCHES = ("", "////", "....", "xxxx", "----")


def _whiskers(scores: Sequence[dict]) -> np.ndarray:
    """Distances below and above the values, (2, n), for error bars."""
    return np.array([[s["value"] - s["low"], s["high"] - s["value"]] for s in scores]).T.clip(0)


def tarr_by_attribute(methods: dict[str, dict]) -> Picture:
    """The paper's Figure 4: recognised flips by attribute, a bar for each method.

    Args:
        methods: ``tarr`` of ``evaluate`` by method.
    """
    names = list(next(iter(methods.values())))
    figure, axis = plt.subplots(figsize=(9, 3.2), layout="constrained")
    width = 0.8 / len(methods)
    looks = zip(methods.items(), _STYLES, _HATCHES, strict=False)
    for i, ((method, tarr), (colour, _), hatch) in enumerate(looks):
        scores = [tarr[name] for name in names]
        axis.bar(
            np.arange(len(names)) + (i - (len(methods) - 1) / 2) * width,
            [score["value"] for score in scores],
            width * 0.92,
            yerr=_whiskers(scores),
            label=method,
            color=colour,
            hatch=hatch,
            edgecolor="white",
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
    """Scores of sets of images by their number n: a panel for each score, a line for each kind.

    A dot is the mean over all sets of n, a bar runs from the lowest to the highest of them.

    Args:
        panels: by score, then by kind of set: for each size, the scores of all sets of that size.
    """
    figure, axes = plt.subplots(
        1, len(panels), figsize=(5.5 * len(panels), 3.4), layout="constrained"
    )
    told = []
    for axis, (score, lines) in zip(np.atleast_1d(axes), panels.items(), strict=True):
        for k, ((title, sets), (colour, marker)) in enumerate(
            zip(lines.items(), _STYLES, strict=False)
        ):
            means = np.array([np.mean(scores) for scores in sets])
            ends = np.array([[min(scores), max(scores)] for scores in sets]).T
            bars = np.abs(ends - means)
            places = np.array(sizes) * 1.05 ** (k - 1)  # side by side, so that no bar hides another
            axis.errorbar(places, means, bars, fmt=f"{marker}-", color=colour, label=title)
            told.append(f"{score} of {title}: {means[0]:.3g} to {means[-1]:.3g}")
        axis.set_xscale("log")
        axis.set_xticks(sizes, map(str, sizes))
        axis.minorticks_off()
        if min(min(scores) for sets in lines.values() for scores in sets) > 0:
            axis.set_yscale("log")
            axis.yaxis.set_major_formatter("{x:g}")
        else:
            axis.axhline(0, color="black", linewidth=0.6)
        axis.set(xlabel="n, faces in each set", title=score)
        axis.spines[["top", "right"]].set_visible(False)
    figure.legend(*axis.get_legend_handles_labels(), frameon=False, fontsize=9, ncols=len(lines),
                  loc="outside upper left")  # fmt: skip
    first, last = sizes[0], sizes[-1]
    return figure, f"Scores by the number of faces, from n = {first} to {last}. {'; '.join(told)}."


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


# What is compared with copying and with the truth, and what to call it.
_BETWEEN = {
    "inside": "error where something\nshould change (0-255) ↓",
    "outside": "error where nothing\nshould change (0-255) ↓",
    "attribute_accuracy": "share of all 13 labels\nas wanted ↑",
    "mask_iou": "overlap of P(edit) with\nthe true mask ↑",
    "identity_drift": "drift ↓",
}


def between_copying_and_truth(methods: dict[str, dict]) -> Picture:
    """Scores of methods in their own units, each panel with lines at copying and at the truth.

    Args:
        methods: ``counterfactual`` of ``evaluate`` by method.
    """
    first = next(iter(methods.values()))
    shown = [name for name in _BETWEEN if all(name in scores for scores in methods.values())]
    height = 0.42 * len(methods) + 1.5
    figure, axes = plt.subplots(
        1, len(shown), figsize=(2.0 * len(shown), height), sharey=True, squeeze=False,
        layout="constrained",
    )  # fmt: skip
    told = []
    for axis, name in zip(axes[0], shown, strict=True):
        for row, (scores, (colour, marker)) in enumerate(
            zip(methods.values(), _STYLES, strict=False)
        ):
            _dots(axis, [scores[name]], row, colour, marker, "")
        ends = ((first[name]["copy"], GREY, "--", "copying"),
                (first[name]["truth"], GREEN, "-", "the truth"))  # fmt: skip
        for place, colour, line, title in ends:
            axis.axvline(place, color=colour, linestyle=line, linewidth=1.5, label=title, zorder=0)
        axis.set_title(_BETWEEN[name], fontsize=9)
        axis.margins(x=0.12)
        axis.locator_params(axis="x", nbins=3)
        axis.spines[["top", "right", "left"]].set_visible(False)
        axis.tick_params(axis="y", length=0)
        values = ", ".join(f"{method} {s[name]['value']:.3g}" for method, s in methods.items())
        told.append(
            f"{' '.join(_BETWEEN[name].split())}: copying {first[name]['copy']:.3g}, {values}, "
            f"the truth {first[name]['truth']:.3g}"
        )
    axes[0, 0].set_yticks(range(len(methods)), methods)
    axes[0, 0].set_ylim(len(methods) - 0.5, -0.5)
    figure.legend(handles=axis.get_legend_handles_labels()[0][-2:], frameon=False, fontsize=9,
                  ncols=2, loc="outside lower center")  # fmt: skip
    return figure, f"Scores between copying the input and the true edit. {'; '.join(told)}."


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
    axis.errorbar(values, rows, xerr=whiskers, fmt=marker, color=colour, label=label, markersize=4)


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
            across, up = (_whiskers([p[k] for p in points]) for k in (kind, "tarr"))
            axis.errorbar(errors, rates, up, across, fmt="none", ecolor=colour, alpha=0.4)
            named = range(len(points)) if "intensity" in points[0] else (0, len(points) - 1)
            for i in named:  # on the side to which the curve does not come from its neighbour
                near = errors[i - 1] if i else errors[min(1, len(errors) - 1)]
                side, shift = ("right", (-7, 4)) if errors[i] < near else ("left", (7, -11))
                if i == 0:  # below its dot: beside it stands what copying does
                    side, shift = "center", (0, -14)
                axis.annotate(f"{steps[i]:g}", (errors[i], rates[i]), shift, fontsize=9,
                              textcoords="offset points", ha=side)  # fmt: skip
    for axis, (kind, label) in zip(axes, kinds.items(), strict=True):
        axis.set_xlabel(label)
        end = next(iter(curves.values()))[0][kind]
        axis.plot(end["truth"], 1, "*", color=GREEN, markersize=11)
        axis.plot(end["copy"], 0, "X", color=GREY, markersize=8)
        for title, place in {"the truth": (end["truth"], 1), "copying": (end["copy"], 0)}.items():
            side, gap = ("right", -9) if place[0] > axis.get_xlim()[1] / 2 else ("left", 9)
            # The curve begins beside copying, so its name stands above the mark.
            shift = ({"right": 18, "left": -5}[side], 8) if title == "copying" else (gap, -4)
            axis.annotate(title, place, shift, fontsize=9, textcoords="offset points",
                          ha=side)  # fmt: skip
        axis.set(ylim=(-0.1, 1.08), xlim=(-0.04 * axis.get_xlim()[1], None))
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("TARR")
    axes[1].legend(frameon=False, fontsize=8)
    return figure, f"TARR against two errors of the edits; {'; '.join(told)}."
