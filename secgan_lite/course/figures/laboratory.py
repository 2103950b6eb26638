"""Short trainings in a row: four panels of curves each, and what the generators make of a face."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from secgan_lite.course.figures.common import GREY, Picture, pixels, share_made, tiles
from secgan_lite.course.figures.training import PANELS, Curves

_WIDTH = 8.2  # inches: a notebook shows that much as it is
# The healthy run; its masks, in dots, can be told from its images in grey, too.
_BEHIND = {"color": GREY, "linewidth": 5, "alpha": 0.25, "solid_capstyle": "butt"}
HIDDEN = ("rgb/real_accuracy", "judge")  # of the healthy run: they would lie on its targets


def laboratory(
    runs: Mapping[str, Any], titles: Sequence[str] = (), control: str = "healthy"
) -> Picture:
    """Curves of the laboratory's runs, a row each, with the healthy ones pale and broad behind.

    Args:
        runs: ``LabRun`` by title, among them ``control``, which gets no row. The axes hold all of
            them, so that several figures of the same runs can be compared.
        titles: of the runs that are shown; all by default.
    """
    healthy = runs[control].log
    shown = {title: runs[title] for title in titles or runs if title != control}
    figure, axes = plt.subplots(
        len(shown), len(PANELS), figsize=(_WIDTH, 1.35 * len(shown) + 1.6), squeeze=False,
        sharex=True, sharey="col", layout="constrained",
    )  # fmt: skip
    for line, (title, run) in zip(axes, shown.items(), strict=True):
        for axis, curves in zip(line, PANELS.values(), strict=True):
            _panel(axis, run.log, healthy, curves)
        line[0].set_ylabel(title, fontsize=12, weight="bold")
    recognised, critic, error, disagreement = axes[0]
    recognised.set_ylim(0, 1.05)
    critic.set_yscale("symlog", linthresh=1, linscale=2)
    reach = 1.3 * max(1, *_values(runs, "rgb/critic", "semantic/critic"))
    critic.set_ylim(-reach, reach)
    error.set_ylim(0, 1.05 * max(_values(runs, "rgb/rec", "rgb/change")))
    disagreement.set_yscale("log")
    apart = _values(runs, "rgb/sc", "semantic/sc")
    disagreement.set_ylim(0.9 * min(apart), 1.1 * max(apart))
    disagreement.set_yticks([0.5, 1, 2], ["0.5", "1", "2"])
    disagreement.minorticks_off()
    for axis, below, name in zip(axes[0], axes[-1], PANELS, strict=True):
        below.set_xlabel("iteration t", fontsize=9)
        handles, labels = axis.get_legend_handles_labels()
        if axis is recognised:
            handles, labels = [*handles, Line2D([], [], **_BEHIND)], [*labels, "healthy run, pale"]
        axis.legend(
            handles, labels, loc="lower left", bbox_to_anchor=(-0.05, 1.02), frameon=False,
            fontsize=9, title=name, title_fontsize=11, alignment="left", handlelength=1.5,
        )  # fmt: skip
    told = "; ".join(f"{title}: {_in_words(runs[title])}" for title in (control, *shown))
    return figure, f"Curves of {len(shown)} short trainings in front of a healthy one. {told}."


def laboratory_edits(runs: Mapping[str, Any], truths: object, wishes: Sequence[str]) -> Picture:
    """One face, an edit a row: the input, the true edit, and the last edit of each run.

    Args:
        runs: ``LabRun`` by title, with samples of the same face: the input, then K edits.
        truths: the true edits (K, 3, h, h).
        wishes: what each of the K edits should do, in words.
    """
    samples = {title: pixels(run.samples) for title, run in runs.items()}
    source = next(iter(samples.values()))[0]
    columns = {"input": [source] * len(wishes), "true edit": pixels(truths)}
    columns |= {title: images[1:] for title, images in samples.items()}
    figure, axes = tiles(len(wishes), len(columns), _WIDTH / len(columns))
    for place, (title, images) in enumerate(columns.items()):
        axes[0, place].set_title(title, fontsize=10)
        for axis, image in zip(axes[:, place], images, strict=True):
            axis.imshow(image, interpolation="nearest")
    for axis, wish in zip(axes[:, 0], wishes, strict=True):
        name = wish.replace(" ", "\n", 1)
        axis.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=10)
    made = "; ".join(
        f"{title}: {share_made(run.samples[1:], truths, run.samples[0], wishes)}"
        for title, run in runs.items()
    )
    return figure, (
        f"One face and {len(wishes)} edits of it, a row each: the true edit, and the last edits of "
        f"{', '.join(runs)}. Of the true change they make (1 is all, 0 is none): {made}."
    )


def _panel(axis: Axes, log: Sequence[dict], healthy: Sequence[dict], curves: Curves) -> None:
    """The curves of a run, in front of the healthy ones."""
    for term, _, look in curves:
        if term in HIDDEN:
            continue
        dots = {"ls": ":"} if term.startswith("semantic") else {}
        axis.plot(*_points(healthy, term), **_BEHIND | {"color": look["color"]} | dots)
    for term, label, look in curves:
        axis.plot(*_points(log, term), label=label, **look)
    axis.spines[["top", "right"]].set_visible(False)
    axis.tick_params(labelsize=9)


def _points(log: Sequence[dict], term: str) -> tuple[list[float], list[float]]:
    records = [record for record in log if term in record]
    return [r["iteration"] for r in records], [r[term] for r in records]


def _values(runs: Mapping[str, Any], *terms: str) -> list[float]:
    """Sizes of some terms in all runs."""
    logs = (record for run in runs.values() for record in run.log)
    return [abs(record[term]) for record in logs for term in terms if term in record]


def _in_words(run: Any) -> str:
    facts = {"judge": "judge", "rgb/real_accuracy": "D on real faces", "rgb/rec": "error"}
    facts |= {"rgb/fake_accuracy": "D on edits, targets", "rgb/change": "change"}
    facts |= {"rgb/critic": "critic of images", "rgb/sc": "disagreement"}
    known = {term for record in run.log for term in record}
    return ", ".join(f"{facts[term]} {run.late(term):.2f}" for term in facts if term in known)
