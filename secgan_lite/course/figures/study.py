"""Figures of a study: what seeds, attributes and the weight of the consistency do to scores."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from statistics import fmean, stdev

import matplotlib.pyplot as plt
import numpy as np

from secgan_lite.course.figures.common import BLUE, GREEN, GREY, ORANGE, Picture
from secgan_lite.evaluation.bootstrap import student

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
# Of each seed a mark and a line, which differ in grey, too.
_SEEDS = (("o", "-"), ("s", "--"), ("^", ":"), ("D", "-."), ("v", (0, (1, 4))))


def seeds_in_pairs(
    scores: Mapping[str, Mapping[str, Mapping[str, Mapping[int, float]]]],
) -> Picture:
    """Every run as a mark, runs of one seed joined by a line of its own style, and means.

    Args:
        scores: by backbone (a row) and score (a column): by method, a number for each seed.
    """
    columns = len(next(iter(scores.values())))
    figure, axes = plt.subplots(
        len(scores), columns, figsize=(3.1 * columns, 2.5 * len(scores)), squeeze=False,
        layout="constrained",
    )  # fmt: skip
    told, styles = [], dict[int, int]()
    for row, (backbone, panels) in zip(axes, scores.items(), strict=True):
        row[0].set_ylabel(backbone)
        for axis, (title, methods) in zip(row, panels.items(), strict=True):
            means = [fmean(by_seed.values()) for by_seed in methods.values()]
            axis.plot(range(len(means)), means, "_", color=BLUE, markersize=34, markeredgewidth=5)
            for seed in sorted(set().union(*methods.values())):
                pair = [(i, of[seed]) for i, of in enumerate(methods.values()) if seed in of]
                marker, line = _SEEDS[styles.setdefault(seed, len(styles)) % len(_SEEDS)]
                axis.plot(
                    *zip(*pair, strict=True), marker=marker, linestyle=line, color="black",
                    markerfacecolor="white", markersize=6, linewidth=1,
                )  # fmt: skip
            axis.set_xticks(range(len(means)), list(methods))
            axis.set_xlim(-0.5, len(means) - 0.5)
            axis.set_title(title, fontsize=10)
            axis.spines[["top", "right"]].set_visible(False)
            found = ", ".join(
                f"{m} {v:.3g} ({min(of.values()):.3g} to {max(of.values()):.3g})"
                for (m, of), v in zip(methods.items(), means, strict=True)
            )
            told.append(f"{backbone}, {title}: {found}")
    handles = [plt.Line2D([], [], color=BLUE, marker="_", linestyle="", ms=14, mew=4, label="mean")]
    for seed, style in sorted(styles.items()):
        marker, line = _SEEDS[style % len(_SEEDS)]
        look = {"marker": marker, "linestyle": line, "markerfacecolor": "white"}
        handles.append(plt.Line2D([], [], color="black", label=f"seed {seed}", **look))
    figure.legend(
        handles=handles, loc="outside upper center", ncols=len(handles), frameon=False,
        handlelength=3.5,
    )  # fmt: skip
    said = "Scores of each run, joined by seed, and their means (and ranges over seeds)"
    return figure, f"{said}; {'; '.join(told)}."


def recognised_at_an_error(
    runs: Mapping[str, Mapping[str, Sequence[tuple[float, float]]]],
) -> Picture:
    """TARR against the error inside: every run small, the mean of a method's runs large.

    Bars are the mean's 95 % t interval, of two runs or more.

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
            if (n := len(points)) > 1:
                half = [student(n) * stdev(each) / n**0.5 for each in zip(*points, strict=True)]
                axis.errorbar(*mean, *half[::-1], fmt="none", ecolor=GREY, elinewidth=1, zorder=1)
                told[-1] += f", each ± {half[1]:.3f} and {half[0]:.3f}"
        axis.set(xlabel="error inside (← is better)", title=backbone)
        axis.margins(0.12)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0, 0].set_ylabel("TARR (↑ is better)")
    axes[0, -1].legend(frameon=False, labelspacing=1.1, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure, (
        f"TARR against the error inside, small for each run, large for their mean, with its 95 % "
        f"interval; "
        f"{'; '.join(told)}."
    )


def by_weight(
    scores: Mapping[float, Mapping[int, float]], pulls: Mapping[float, Mapping]
) -> Picture:
    """The paper's Figure 3: TARR by λ_sc; and how hard each term pulls at the edit.

    Args:
        scores: by λ, TARR by seed; a line joins those of a seed, named at both ends.
        pulls: by λ, the norm of each weighted term's gradient at x_out.
    """
    weights = sorted(scores)
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3), layout="constrained")
    places = range(len(weights))
    for seed, (marker, style) in zip(scores[weights[0]], cycle(_SEEDS)):
        line = [scores[weight][seed] for weight in weights]
        left.plot(
            places, line, marker=marker, linestyle=style, color="black", markerfacecolor="white",
            markersize=6, linewidth=1,
        )  # fmt: skip
        for end, gap, side in ((0, -6, "right"), (-1, 6, "left")):
            left.annotate(
                f"seed {seed}", (places[end], line[end]), (gap, 0), textcoords="offset points",
                va="center", ha=side, fontsize=8,
            )  # fmt: skip
    means = [fmean(scores[weight].values()) for weight in weights]
    left.plot(places, means, "-D", color=BLUE, label="mean")
    left.margins(x=0.14)  # room for the names of the seeds
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
            axis.set_xlabel("$\\lambda_{sc}$ (0 stands apart; other steps: × 10)")
            axis.axvline(0.5, color=GREY, linewidth=0.8, linestyle=":")
        axis.spines[["top", "right"]].set_visible(False)
    told = ", ".join(f"{weight:g}: {mean:.3f}" for weight, mean in zip(weights, means, strict=True))
    by_seed = "; ".join(
        f"seed {seed}: {', '.join(f'{scores[weight][seed]:.3f}' for weight in weights)}"
        for seed in scores[weights[0]]
    )
    pulled = ", ".join(f"{t} {pulls[weights[-1]].get(t) or 0:.2g}" for t in _TERMS)
    return figure, (
        f"Mean TARR by weight of the consistency loss ({told}), in this order for {by_seed}; and "
        f"pulls of the terms, at the largest weight: {pulled}."
    )
