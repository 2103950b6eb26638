"""Figures of a study: what seeds, attributes and the weight of the consistency do to scores."""

from collections.abc import Collection, Mapping
from statistics import fmean

import matplotlib.pyplot as plt
import numpy as np

from secgan_lite.course.figures.common import BLUE, GREEN, GREY, ORANGE, Picture

_TERMS = {"adv": (GREY, "o"), "cls": (ORANGE, "s"), "rec": (GREEN, "^"), "sc": (BLUE, "D")}


def seeds_in_pairs(
    scores: Mapping[str, Mapping[str, Mapping[str, Mapping[int, float]]]],
) -> Picture:
    """Every run as a dot, runs of one seed joined by a line with its number, and means.

    Args:
        scores: by backbone (a row) and score (a column): by method, a number for each seed.
    """
    columns = len(next(iter(scores.values())))
    figure, axes = plt.subplots(
        len(scores), columns, figsize=(2.7 * columns, 2.6 * len(scores)), squeeze=False,
        layout="constrained",
    )  # fmt: skip
    told = []
    for row, (backbone, panels) in zip(axes, scores.items(), strict=True):
        row[0].set_ylabel(backbone)
        for axis, (title, methods) in zip(row, panels.items(), strict=True):
            places = {method: i for i, method in enumerate(methods)}
            for seed in sorted(set().union(*methods.values())):
                pair = [
                    (places[m], by_seed[seed]) for m, by_seed in methods.items() if seed in by_seed
                ]
                axis.plot(*zip(*pair, strict=True), "-o", color=GREY, markersize=5, linewidth=0.8)
                axis.annotate(
                    f"{seed} ", pair[0], (-4, 0), textcoords="offset points", ha="right",
                    va="center", fontsize=6,
                )  # fmt: skip
            means = [fmean(by_seed.values()) for by_seed in methods.values()]
            axis.plot(
                list(places.values()), means, "_", color=BLUE, markersize=26, markeredgewidth=3
            )
            axis.set_xticks(list(places.values()), list(places))
            axis.set_xlim(-0.5, len(places) - 0.5)
            axis.set_title(title, fontsize=10)
            axis.spines[["top", "right"]].set_visible(False)
            found = ", ".join(f"{m} {v:.3g}" for m, v in zip(methods, means, strict=True))
            told.append(f"{backbone}, {title}: {found}")
    return figure, f"Scores of each run, joined by seed, and their means; {'; '.join(told)}."


def gains_by_attribute(
    gains: Mapping[str, Mapping[str, Mapping]], marked: Collection[str], score: str = "TARR"
) -> Picture:
    """A change of a score by attribute, with its interval and the single seeds behind it.

    Backbones stand below each other in one order, by the mean of both, and on one scale.

    Args:
        gains: by backbone and attribute, ``value``, ``low``, ``high`` and ``each`` seed's.
        marked: the attributes whose true flip changes the mask.
        score: its name.
    """
    first = next(iter(gains.values()))
    mean = {name: fmean(of[name]["value"] for of in gains.values()) for name in first}
    names = sorted(first, key=lambda name: (name not in marked, -mean[name]))
    figure, axes = plt.subplots(
        len(gains), 1, figsize=(10, 2.4 * len(gains) + 0.8), sharex=True, sharey=True,
        squeeze=False, layout="constrained",
    )  # fmt: skip
    kinds = ((BLUE, "the flip changes the mask"), (ORANGE, "it changes colours alone"))
    told = []
    for axis, (backbone, of) in zip(axes[:, 0], gains.items(), strict=True):
        for (colour, label), inside in zip(kinds, (True, False), strict=True):
            places = [i for i, name in enumerate(names) if (name in marked) == inside]
            if not places:
                continue
            chosen = [of[names[i]] for i in places]
            values = [gain["value"] for gain in chosen]
            if all(gain["n"] > 1 for gain in chosen):
                ends = [[g["value"] - g["low"], g["high"] - g["value"]] for g in chosen]
                axis.errorbar(
                    places, values, np.transpose(ends), fmt="none", color=colour, linewidth=1
                )
            axis.plot(places, values, "D", color=colour, markersize=8, label=label)
            for i, gain in zip(places, chosen, strict=True):
                axis.plot([i + 0.18] * gain["n"], gain["each"], ".", color="black", markersize=5)
            average = fmean(values)
            axis.hlines(average, places[0] - 0.4, places[-1] + 0.4, color=colour, linestyle=":")
            told.append(f"{backbone}, {label}: {average:+.3f} on average")
        axis.axhline(0, color=GREY, linewidth=0.8)
        axis.set(xlim=(-0.6, len(names) - 0.4), ylabel=f"{backbone}: change of {score}")
        axis.spines[["top", "right"]].set_visible(False)
    labels = [name.replace("_", " ") for name in names]
    axis.set_xticks(range(len(names)), labels, rotation=30, ha="right", fontsize=8)
    axes[0, 0].legend(frameon=False, ncols=2, fontsize=9, loc="lower left", bbox_to_anchor=(0, 1))
    return figure, f"Change of {score} by attribute, a dot for each seed; {'; '.join(told)}."


def by_weight(
    scores: Mapping[float, Mapping[int, float]], pulls: Mapping[float, Mapping]
) -> Picture:
    """The paper's Figure 3: TARR by λ_sc; and how hard each term pulls at the edit.

    Args:
        scores: by λ, TARR by seed; a line with the seed's number joins those of a seed.
        pulls: by λ, the norm of each weighted term's gradient at x_out.
    """
    weights = sorted(scores)
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3), layout="constrained")
    places = range(len(weights))
    for seed in scores[weights[0]]:
        line = [scores[weight][seed] for weight in weights]
        left.plot(places, line, "-o", color=GREY, markersize=5, linewidth=0.8)
        left.annotate(
            f" seed {seed}", (places[-1], line[-1]), (4, 0), textcoords="offset points",
            va="center", fontsize=8,
        )  # fmt: skip
    means = [fmean(scores[weight].values()) for weight in weights]
    left.plot(places, means, "-D", color=BLUE, label="mean")
    left.legend(frameon=False, fontsize=9)
    left.set(ylabel="TARR", title="Are edits recognised?")
    for term, (colour, marker) in _TERMS.items():
        line = [pulls[weight].get(term) or np.nan for weight in weights]
        right.plot(places, line, marker=marker, color=colour, label=term)
    right.set(yscale="log", ylabel="gradient at $x^{out}$", title="Which term pulls?")
    right.legend(frameon=False, fontsize=9, ncols=4)
    right.set_ylim(None, 4 * right.get_ylim()[1])
    for axis in (left, right):
        axis.set_xticks(places, [f"{weight:g}" for weight in weights])
        axis.set_xlabel("$\\lambda_{sc}$")
        axis.spines[["top", "right"]].set_visible(False)
    told = ", ".join(f"{weight:g}: {mean:.3f}" for weight, mean in zip(weights, means, strict=True))
    return figure, f"Mean TARR by weight of the consistency loss ({told}), and pulls of the terms."
