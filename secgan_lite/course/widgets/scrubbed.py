"""Recorded runs as they were at a moment, healthy and broken: a picture that a lesson can store.

runs = {"healthy": load_dynamics("run-b"), "mine": Dynamics.of("runs/…")}
scrubbed = scrub(runs, Moment(iteration=400))
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from secgan_lite.course.figures.common import signed
from secgan_lite.course.figures.training import PANELS, panel_name
from secgan_lite.course.recorded import TITLES, Dynamics, bundled_recordings, load_dynamics
from secgan_lite.course.widgets import canvas, pages

SHOWN = ("Bangs", "Blond_Hair", "Eyeglasses")
_SIDE, _PLOT, _LEFT = 66, (176, 34), 62  # of a tile, of a plot, of the room left of a plot
Span = tuple[float, float, float]  # last iteration, lowest and highest value
# By panel: names of its curves by term, from the log ("rgb/…") or the scores of the snapshots.
PLOTS = {title: {term: label for term, label, _ in curves} for title, curves in PANELS.items()}
_AXES = {"critic": ", logarithmic beyond ±1", "disagreement": ", logarithmic axis"}
_SCORES = {"judge": "tarr"}  # by curve: a score of the snapshots, which goes before the log


@dataclass(frozen=True)
class Moment:
    """Which iteration, and which of the recorded faces."""

    iteration: int = 0
    face: int = 0


@dataclass(frozen=True)
class Scrubbed(canvas.Shown):
    """The picture, what it shows, and the numbers of each run at that moment."""

    numbers: dict[str, dict[str, float]]


def recordings(run_dir: str = "", faces: int = 30) -> dict[str, Dynamics]:
    """A run of your own, scored on some faces, and the course's recorded runs, by what they show.

    Raises:
        FileNotFoundError, ValueError: ``Dynamics.of``.
    """
    own = {"yours": Dynamics.of(run_dir, faces)} if run_dir else {}
    there = sorted(bundled_recordings(), key=lambda name: TITLES.get(name, "E"))  # A to D first
    return own | {TITLES.get(name, name): load_dynamics(name) for name in there}


def unnamed() -> dict[str, Dynamics]:
    """The course's recorded runs by letter: what is wrong with each is left to be found."""
    return {f"run {name[-1].upper()}": load_dynamics(name) for name in bundled_recordings()}


def iterations(runs: Mapping[str, Dynamics]) -> list[int]:
    """All iterations at which any run was recorded."""
    return sorted({score["iteration"] for run in runs.values() for score in run.scores})


def newest(run: Dynamics, iteration: int) -> int:
    """Number of a run's newest snapshot by an iteration, or of its first."""
    when = [score["iteration"] for score in run.scores]
    return max(int(np.searchsorted(when, iteration, side="right")) - 1, 0)


def scrub(runs: Mapping[str, Dynamics], moment: Moment) -> Scrubbed:
    """Each run as it was at an iteration: its newest snapshot by then, and its curves."""
    axes = {title: span(runs, title) for title in PLOTS}
    panels, numbers = [], {}
    for name, run in runs.items():
        k = newest(run, moment.iteration)
        scores = dict(run.scores[k])
        at = scores.pop("iteration")
        plots = [plot(run, title, axes[title], at) for title in PLOTS]
        both = [_board(run, k, moment.face), canvas.stacked(plots, gap=4)]
        across = canvas.stacked(both, across=True, gap=16)
        panels.append(canvas.titled(across, f"{name}, iteration {at}"))
        numbers[name] = {"iteration": at} | {key: each["value"] for key, each in scores.items()}
    told = "; ".join(
        f"{name} at {row['iteration']}: judge {row['tarr']:.0%}" for name, row in numbers.items()
    )
    alt = f"Edits, masks and curves of {len(runs)} recorded runs. {told}."
    return Scrubbed(canvas.stacked(panels, gap=20), alt, numbers)


def columns(run: Dynamics) -> dict[str, int]:
    """Which of a run's samples are shown, by their heads: the input, and some flips."""
    names = list(run.config["attributes"])
    shown = [names.index(name) for name in SHOWN if name in names] or range(min(6, len(names)))
    return {"input": 0} | {names[i].replace("_", " ").split()[0]: i + 1 for i in shown}


def tiles(run: Dynamics) -> dict[str, np.ndarray]:
    """The samples shown and their masks in colours, by row.

    Bytes (snapshots, faces, columns, h, h, 3).
    """
    shown = [*columns(run).values()]
    masks = {f"mask by {title}": film for title, film in run.masks.items()}
    return {"edit": np.moveaxis(run.samples[:, :, shown], 3, -1)} | {
        title: canvas.painted(film[:, :, shown]) for title, film in masks.items()
    }


def truths(run: Dynamics) -> np.ndarray:
    """What the samples shown should be, the input first: bytes (faces, columns, h, h, 3)."""
    return np.moveaxis(run.truths[:, [*columns(run).values()]], 2, -1)


def _board(run: Dynamics, k: int, face: int) -> Image.Image:
    """Some flips of a face at snapshot k, above the true ones, with their masks."""
    films = {title.replace(" ", "\n", 1): film[k, face] for title, film in tiles(run).items()}
    rows = {"edit": films.pop("edit"), "true edit": [None, *truths(run)[face, 1:]]} | films
    return canvas.board(rows, [*columns(run)], _SIDE)


def curve(run: Dynamics, key: str) -> np.ndarray:
    """Points (N, 2) of a curve: iteration and value."""
    score = _SCORES.get(key, key)
    scored = [(s["iteration"], s[score]["value"]) for s in run.scores if score in s]
    logged = [(record["iteration"], record[key]) for record in run.log if key in record]
    return np.array(scored or logged, float).reshape(-1, 2)


def span(runs: Mapping[str, Dynamics], title: str) -> Span:
    """Axis of a panel that holds every finite value of all runs, as on the scrubber's page."""
    points = np.concatenate([curve(run, term) for run in runs.values() for term in PLOTS[title]])
    points = points[np.isfinite(points).all(axis=1)]
    values = points[:, 1] if len(points) else np.ones(1)
    low, high = {
        "recognised": (0, 1.02),
        "critic": (-1.3 * max(1, *abs(values)), 1.3 * max(1, *abs(values))),
        "error": (0, 1.05 * max(values)),
        "disagreement": (0.9 * min(values), 1.1 * max(values)),
    }[panel_name(title)]
    return float(max([1, *points[:, 0]])), float(low), float(high)


def placed(title: str, values: np.ndarray) -> np.ndarray:
    """Where values stand on the axis of a panel: critics logarithmic beyond ±1, the disagreement
    everywhere. Within ±1 critics have the room of two powers of ten.
    """
    sizes = np.maximum(np.abs(values), 1e-6)
    if panel_name(title) == "critic":
        return np.where(sizes <= 1, 2 * values, np.sign(values) * (2 + np.log10(sizes)))
    return np.log10(sizes) if panel_name(title) == "disagreement" else values


def plot(run: Dynamics, title: str, axis: Span, at: int) -> Image.Image:
    """A small plot up to an iteration, so that the rest can be guessed; beside it its curves' names
    and values there.
    """
    (width, height), (last, low, high) = _PLOT, axis
    bottom, top_value = placed(title, np.array([low, high]))
    top, names = 20, 168
    picture = Image.new("RGBA", (_LEFT + width + 8 + names, top + height + 20), (0,) * 4)
    pen, small = ImageDraw.Draw(picture), canvas.font(12)
    words = f"{title}{_AXES.get(panel_name(title), '')}"
    pen.text((_LEFT, 14), words, canvas.GREY, small, "ls")
    right = _LEFT + width - 1
    pen.rectangle((_LEFT, top, right, top + height), outline=canvas.GREY)
    for y, value in ((top + 9, high), (top + height, low)):
        words = signed(value, ",.0f" if abs(value) >= 10 else ".1f")
        pen.text((_LEFT - 4, y), words, canvas.GREY, small, "rs")
    for x, text, anchor in ((_LEFT, "0", "ls"), (right, f"iteration {last:,.0f}", "rs")):
        pen.text((x, top + height + 15), text, canvas.GREY, small, anchor)
    x = _LEFT + at / last * (width - 1)
    pen.line((x, top, x, top + height), canvas.GREY, 2)
    for i, (term, words) in enumerate(PLOTS[title].items()):
        points = curve(run, term)
        values = placed(title, np.nan_to_num(points[:, 1], nan=high).clip(low, high))
        heights = top + height - (values - bottom) / (top_value - bottom) * height
        places = np.stack([_LEFT + points[:, 0] / last * (width - 1), heights], axis=1)
        colour = pages.COLOURS[i]
        now = points[:, 0] <= at
        if now.sum() > 1:
            pen.line([tuple(p) for p in places[now]], colour, (1, 2, 3)[i])
        last_value = points[now, 1][-1] if now.any() else np.nan
        form = ",.0f" if abs(last_value) >= 100 else ".2f"
        value = signed(last_value, form) if now.any() else "–"
        y = top + 14 + 18 * i
        pen.line((right + 8, y - 4, right + 22, y - 4), colour, (1, 2, 3)[i])
        pen.text((right + 28, y), f"{words} {value}", canvas.GREY, small, "ls")
    return picture
