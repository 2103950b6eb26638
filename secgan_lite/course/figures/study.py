"""Figures of a study: what seeds, attributes and the weight of the consistency do to scores."""

import math
from collections.abc import Collection, Mapping, Sequence
from statistics import fmean

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from secgan_lite.course.figures.common import BLUE, GREEN, GREY, ORANGE, Picture

_TERMS = {
    "adv": ("adversarial", GREY, "o"),
    "cls": ("classification", ORANGE, "s"),
    "rec": ("reconstruction", GREEN, "^"),
    "sc": ("consistency", BLUE, "D"),
}
# Baseline, Concat, SeCGAN: shape and lightness differ, so that they are told apart in grey.
_METHODS = (
    {"marker": "o", "markerfacecolor": "white", "markeredgecolor": "black", "alpha": 0.9},
    {"marker": "s", "markerfacecolor": ORANGE, "markeredgecolor": "black", "alpha": 0.9},
    {"marker": "D", "markerfacecolor": BLUE, "markeredgecolor": "black", "alpha": 0.9},
)


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
            firsts: dict[int, float] = {}
            for seed in sorted(set().union(*methods.values())):
                pair = [
                    (places[m], by_seed[seed]) for m, by_seed in methods.items() if seed in by_seed
                ]
                axis.plot(*zip(*pair, strict=True), "-o", color=GREY, markersize=5, linewidth=0.8)
                firsts[seed] = pair[0][1]
            means = [fmean(by_seed.values()) for by_seed in methods.values()]
            axis.plot(
                list(places.values()), means, "_", color=BLUE, markersize=26, markeredgewidth=3
            )
            axis.set_xticks(list(places.values()), list(places))
            axis.set_xlim(-0.9, len(places) - 0.5)
            _seed_numbers(axis, firsts)
            axis.set_title(title, fontsize=10)
            axis.spines[["top", "right"]].set_visible(False)
            found = ", ".join(f"{m} {v:.3g}" for m, v in zip(methods, means, strict=True))
            told.append(f"{backbone}, {title}: {found}")
    return figure, f"Scores of each run, joined by seed, and their means; {'; '.join(told)}."


def _seed_numbers(axis: Axes, firsts: Mapping[int, float]) -> None:
    """Each seed's number to the left of its first run, moved up where two would meet."""
    low, high = axis.get_ylim()
    floor = -math.inf
    for seed, value in sorted(firsts.items(), key=lambda item: item[1]):
        floor = max(value, floor + 0.09 * (high - low))
        axis.annotate(
            f"seed {seed}", (-0.1, value), (-0.3, floor), ha="right", va="center", fontsize=8,
            annotation_clip=False, arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.5},
        )  # fmt: skip


def recognised_at_an_error(
    runs: Mapping[str, Mapping[str, Sequence[tuple[float, float]]]],
) -> Picture:
    """TARR against the error inside: every run small, the mean of a method's runs large.

    Args:
        runs: by backbone (a panel) and method, (error inside, TARR) of each run.
    """
    figure, axes = plt.subplots(
        1, len(runs), figsize=(4.9 * len(runs), 3.7), squeeze=False, layout="constrained"
    )
    told = []
    for axis, (backbone, methods) in zip(axes[0], runs.items(), strict=True):
        for (method, points), look in zip(methods.items(), _METHODS, strict=False):
            axis.plot(
                *zip(*points, strict=True), linestyle="", zorder=3, **look | {"markersize": 6}
            )
            mean = [fmean(numbers) for numbers in zip(*points, strict=True)]
            axis.plot(*mean, linestyle="", label=method, zorder=2, **look | {"markersize": 15})
            told.append(f"{backbone} {method}: TARR {mean[1]:.3f}, error {mean[0]:.3f}")
        axis.set(xlabel="error inside (← is better)", title=backbone)
        axis.margins(0.12)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0, 0].set_ylabel("TARR (↑ is better)")
    axes[0, -1].legend(frameon=False, labelspacing=1.1, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure, (
        f"TARR against the error inside, small for each run, large for their mean; "
        f"{'; '.join(told)}."
    )


def judge_and_truth(
    gains: Mapping[str, Mapping[str, Mapping[str, Sequence[float]]]], marked: Collection[str]
) -> Picture:
    """Gains by attribute in several scores: each pair of runs small, their mean large.

    A band marks where all pairs of a backbone are better by all scores.

    Attributes have one order in all panels: those that change the mask first, and among them by
    the mean gain in the first score.

    Args:
        gains: by score (a panel) and backbone: for each attribute, the gain of each pair, in units
            in which more is better.
        marked: the attributes whose true flip changes the mask.
    """
    first = next(iter(gains.values()))
    mean = {n: fmean(fmean(of[n]) for of in first.values()) for n in next(iter(first.values()))}
    names = sorted(mean, key=lambda name: (name in marked, mean[name]))  # from below
    figure, axes = plt.subplots(
        1, len(gains), figsize=(10, 0.42 * len(names) + 1.2), sharey=True, layout="constrained",
        squeeze=False,
    )  # fmt: skip
    told, looks = [], ({"color": BLUE, "marker": "D"}, {"color": ORANGE, "marker": "s"})
    border = sum(name not in marked for name in names) - 0.5
    for axis, (score, backbones) in zip(axes[0], gains.items(), strict=True):
        for (backbone, of), look, shift in zip(
            backbones.items(), looks, (0.17, -0.17), strict=True
        ):
            for place, name in enumerate(names):
                y = place + shift
                if all(min(score_of[backbone][name]) > 0 for score_of in gains.values()):
                    axis.axhspan(y - 0.17, y + 0.17, color=look["color"], alpha=0.2, linewidth=0)
                axis.plot(fmean(of[name]), y, markersize=8, alpha=0.5, **look)
                axis.plot(of[name], [y] * len(of[name]), ".", color="black", markersize=4)
            axis.plot([], [], linestyle="", label=backbone, **look)
            for kind, inside in (("masks", True), ("colours alone", False)):
                them = [fmean(of[n]) for n in names if (n in marked) == inside]
                if them:
                    told.append(f"{score}, {backbone}, {kind}: {fmean(them):+.3f}")
        axis.axvline(0, color=GREY, linewidth=0.8)
        axis.axhline(border, color=GREY, linewidth=0.8, linestyle=":")
        axis.set(xlabel=f"{score}  (right is better)", ylim=(-0.6, len(names) - 0.4))
        axis.spines[["top", "right"]].set_visible(False)
    axes[0, 0].set_yticks(range(len(names)), [name.replace("_", " ") for name in names])
    side = axes[0, -1]
    for y, text in ((border + 0.15, "the flip changes the mask"), (border - 0.15, "colours alone")):
        side.annotate(
            text, (1, y), xycoords=("axes fraction", "data"), ha="right", fontsize=8,
            va="bottom" if y > border else "top", color=GREY,
        )  # fmt: skip
    handles = [*axes[0, 0].get_legend_handles_labels()[0]]
    handles.append(plt.Line2D([], [], color="black", marker=".", linestyle="", markersize=4))
    handles.append(plt.Rectangle((0, 0), 1, 1, color=GREY, alpha=0.2))
    labels = [f"{backbone}, mean" for backbone in first]
    labels += ["one pair of runs", "better in all pairs, by both"]
    figure.legend(handles, labels, loc="outside upper center", ncols=4, frameon=False)
    return figure, f"Gains by attribute, a dot for each pair of runs; {'; '.join(told)}."


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
    for term, (label, colour, marker) in _TERMS.items():
        line = [pulls[weight].get(term) or np.nan for weight in weights]
        right.plot(places, line, marker=marker, color=colour, label=f"{label} ({term})")
    right.set(yscale="log", ylabel="gradient at $x^{out}$", title="Which term pulls?")
    right.legend(frameon=False, fontsize=8, ncols=2)
    right.set_ylim(None, 12 * right.get_ylim()[1])
    for axis in (left, right):
        axis.set_xticks(places, [f"{weight:g}" for weight in weights])
        axis.set_xlabel("$\\lambda_{sc}$")
        if weights[0] == 0:  # which has no place on a scale of factors of ten
            axis.axvline(0.5, color=GREY, linewidth=0.8, linestyle=":")
        axis.spines[["top", "right"]].set_visible(False)
    told = ", ".join(f"{weight:g}: {mean:.3f}" for weight, mean in zip(weights, means, strict=True))
    return figure, f"Mean TARR by weight of the consistency loss ({told}), and pulls of the terms."
