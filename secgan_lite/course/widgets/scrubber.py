"""The training scrubber: slide through recorded runs, healthy and broken side by side.

runs = {"healthy": load_dynamics("run-b"), "mine": Dynamics.of("runs/…")}
scrubbed = scrub(runs, Moment(iteration=400))
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import ipywidgets as w
import numpy as np
from PIL import Image, ImageDraw

from secgan_lite.course.figures.common import Picture, rough_webp
from secgan_lite.course.recorded import TITLES, Dynamics, bundled_recordings, load_dynamics
from secgan_lite.course.widgets import canvas, pages
from secgan_lite.course.widgets.controls import App, Pictures, Quiet, row, small

SHOWN = ("Bangs", "Blond_Hair", "Eyeglasses")
# Of a tile, of a plot, of the room left of a plot: two runs stand beside each other in a lesson,
# and on one screen with their controls.
_SIDE, _PLOT, _LEFT = 66, (176, 46), 62
_STORED = 760, 600  # of the stored picture, at most
_WIDE = 100  # a span of values above which an axis is logarithmic, and the run's own
# By plot: its curves, from the log ("rgb/…") or from the scores of the snapshots.
PLOTS = {
    "recognised": {"D, real": "rgb/real_accuracy", "D, edits": "rgb/fake_accuracy",
                   "judge": "tarr"},
    "error": {"G(x, 0)": "rgb/rec", "change": "rgb/change"},
    "fake − real": {"images": "rgb/critic", "masks": "semantic/critic"},
}  # fmt: skip


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


def iterations(runs: Mapping[str, Dynamics]) -> list[int]:
    """All iterations at which any run was recorded."""
    return sorted({score["iteration"] for run in runs.values() for score in run.scores})


def scrub(runs: Mapping[str, Dynamics], moment: Moment) -> Scrubbed:
    """Each run as it was at an iteration: its newest snapshot by then, and its curves."""
    spans = {title: _spans(runs, title) for title in PLOTS}
    panels, columns, numbers = [], [], {}
    for name, run in runs.items():
        when = [score["iteration"] for score in run.scores]
        k = max(int(np.searchsorted(when, moment.iteration, side="right")) - 1, 0)
        plots = [_plot(run, title, spans[title][name], when[k]) for title in PLOTS]
        both, title = (
            [_board(run, k, moment.face), canvas.stacked(plots, gap=4)],
            f"{name}, iteration {when[k]}",
        )
        panels.append(canvas.titled(canvas.stacked(both, across=True, gap=16), title))
        columns.append(canvas.titled(canvas.stacked(both, gap=6), title))
        scores = {key: value["value"] for key, value in run.scores[k].items() if key != "iteration"}
        numbers[name] = {"iteration": when[k]} | scores
    told = "; ".join(
        f"{name} at {row['iteration']}: judge {row['tarr']:.0%}" for name, row in numbers.items()
    )
    alt = f"Edits, masks and curves of {len(runs)} recorded runs. {told}."
    return Scrubbed(canvas.stacked(panels, gap=20), alt, numbers, parts=tuple(columns))


def _board(run: Dynamics, k: int, face: int) -> Image.Image:
    """Some flips of a face at snapshot k, with their masks."""
    names = list(run.config["attributes"])
    shown = [names.index(name) for name in SHOWN if name in names] or range(min(6, len(names)))
    columns = [0, *(i + 1 for i in shown)]
    rows = {"edit": np.moveaxis(run.samples[k, face, columns], 1, -1)}
    for title, film in run.masks.items():
        rows[f"mask\nby {title}"] = canvas.painted(film[k, face, columns])
    heads = ["input", *(names[i].replace("_", " ").split()[0] for i in shown)]
    return canvas.board(rows, heads, _SIDE)


def _curve(run: Dynamics, key: str) -> np.ndarray:
    """Points (N, 2) of a curve: iteration and value."""
    scored = [(s["iteration"], s[key]["value"]) for s in run.scores if key in s]
    logged = [(record["iteration"], record[key]) for record in run.log if key in record]
    return np.array(scored or logged, float).reshape(-1, 2)


_Span = tuple[float, float, float]  # last iteration, lowest and highest value


def _spans(runs: Mapping[str, Dynamics], title: str) -> dict[str, _Span]:
    """Axes of a plot by run: one for all, but a run that runs away has its own, or it would flatten
    the others' curves.
    """
    alone = {name: _span([run], title) for name, run in runs.items()}
    calm = [run for name, run in runs.items() if not _wide(alone[name])]
    shared = _span(calm or [*runs.values()], title)
    return {name: span if _wide(span) else shared for name, span in alone.items()}


def _wide(span: _Span) -> bool:
    return span[2] - span[1] > _WIDE


def _span(runs: Sequence[Dynamics], title: str) -> _Span:
    """A few outliers do not count, except where the axis is logarithmic and has room for them."""
    points = np.concatenate([_curve(run, key) for run in runs for key in PLOTS[title].values()])
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        points = np.zeros((1, 2))
    low, high = np.quantile(points[:, 1], (0.02, 0.98))
    if high - low > _WIDE:
        low, high = points[:, 1].min(), points[:, 1].max()
    low, high = (0.0, 1.0) if title == "recognised" else (min(low, 0.0), max(high, 1e-6))
    return max(points[:, 0].max(), 1.0), low, high


def _plot(run: Dynamics, title: str, span: _Span, at: int) -> Image.Image:
    """A small plot up to an iteration, so that the rest can be guessed; beside it its curves' names
    and values there.
    """
    (width, height), (last, low, high) = _PLOT, span
    wide = _wide(span)  # a critic without its penalty: both signs, over many powers of ten
    placed = (lambda v: np.sign(v) * np.log10(1 + np.abs(v))) if wide else (lambda v: v)
    bottom, top_value = placed(np.array([low, high]))
    top, names = 20, 132
    picture = Image.new("RGBA", (_LEFT + width + 8 + names, top + height + 20), (0,) * 4)
    pen, small = ImageDraw.Draw(picture), canvas.font(12)
    words = f"{title}, logarithmic axis" if wide else title
    pen.text((_LEFT, 14), words, canvas.GREY, small, "ls")
    right = _LEFT + width - 1
    pen.rectangle((_LEFT, top, right, top + height), outline=canvas.GREY)
    for y, value in ((top + 9, high), (top + height, low)):
        pen.text(
            (_LEFT - 4, y), f"{value:,.0f}" if wide else f"{value:.1f}", canvas.GREY, small, "rs"
        )
    for x, text, anchor in ((_LEFT, "0", "ls"), (right, f"iteration {last:,.0f}", "rs")):
        pen.text((x, top + height + 15), text, canvas.GREY, small, anchor)
    x = _LEFT + at / last * (width - 1)
    pen.line((x, top, x, top + height), canvas.GREY, 2)
    for i, (words, key) in enumerate(PLOTS[title].items()):
        points = _curve(run, key)
        values = placed(np.nan_to_num(points[:, 1], nan=high).clip(low, high))
        heights = top + height - (values - bottom) / (top_value - bottom) * height
        places = np.stack([_LEFT + points[:, 0] / last * (width - 1), heights], axis=1)
        colour = pages.COLOURS[i]
        now = points[:, 0] <= at
        if now.sum() > 1:
            pen.line([tuple(p) for p in places[now]], colour, (1, 2, 3)[i])
        last_value = points[now, 1][-1] if now.any() else np.nan
        form = ",.0f" if abs(last_value) >= _WIDE else ".2f"
        value = f" {last_value:{form}}" if now.any() else " –"
        y = top + 14 + 18 * i
        pen.line((right + 8, y - 4, right + 22, y - 4), colour, (1, 2, 3)[i])
        pen.text((right + 28, y), words + value, canvas.GREY, small, "ls")
    return picture


class TrainingScrubber(App):
    """Slide through one recorded run, or through two side by side, from the beginning.

    Args:
        run_dir: folder of a run of your own, shown first.
        runs: what can be chosen, by name; all recordings if not given.

    Attributes:
        moment: what is shown.
        scrubbed: what came of it.

    Raises:
        ValueError: nothing is recorded.
    """

    _question = "Two runs at their beginning: which of them will fail?"
    _encode = staticmethod(rough_webp)  # noisy edits are many bytes

    def _picture(self) -> Picture:
        return small(self.scrubbed, _STORED)

    def __init__(self, run_dir: str = "", runs: Mapping[str, Dynamics] | None = None) -> None:
        self._runs, self._quiet = dict(runs or recordings(run_dir)), Quiet()
        if not self._runs:
            raise ValueError("No run is recorded here: name one of your own, -p run_dir FOLDER.")
        first, *others = self._runs
        self.left = self._menu("run", [*self._runs], first)
        self.right = self._menu("beside", [*self._runs, "none"], others[0] if others else "none")
        self.iteration = self._quiet.watch(
            w.SelectionSlider(options=[0], description="iteration",
                              layout=w.Layout(width="400px")),
            lambda value: self._show(replace(self.moment, iteration=value)),
        )  # fmt: skip
        self.play = w.Play(interval=700)
        w.link((self.play, "value"), (self.iteration, "index"))
        faces = min(run.samples.shape[1] for run in self._runs.values())
        self.face = self._quiet.watch(
            w.ToggleButtons(options=[(f"face {i + 1}", i) for i in range(faces)],
                            description="sample", style={"button_width": "70px"}),
            lambda value: self._show(replace(self.moment, face=value)),
        )  # fmt: skip
        self.pictures, self.numbers = Pictures(), w.HTML()
        super().__init__(
            row(self.left, self.right, self.face),
            row(self.play, self.iteration),
            self.pictures,
            self.numbers,
        )
        self.moment = Moment(iterations(self._chosen)[0])
        self._choose(None)

    def _menu(self, description: str, options: list[str], value: str) -> w.Dropdown:
        menu = w.Dropdown(options=options, value=value, description=description)
        return self._quiet.watch(menu, self._choose)

    @property
    def _chosen(self) -> dict[str, Dynamics]:
        names = dict.fromkeys((self.left.value, self.right.value))
        return {name: self._runs[name] for name in names if name in self._runs}

    def _choose(self, _: object) -> None:
        """Other runs may have other iterations: the nearest one is shown."""
        steps = iterations(self._chosen)
        nearest = min(steps, key=lambda step: abs(step - self.moment.iteration))
        with self._quiet.setting():
            self.iteration.options = steps
            self.play.max = len(steps) - 1
            self.iteration.value = nearest
        self._show(replace(self.moment, iteration=nearest))

    def _show(self, moment: Moment) -> None:
        self.scrubbed, self.moment = scrub(self._chosen, moment), moment
        self.pictures.show(self.scrubbed)
        self.numbers.value = pages.number_table(_NUMBERS, self.scrubbed.numbers)


_NUMBERS = {
    "tarr": ("judge", "share of flips that the judge sees", "{:.0%}"),
    "reconstruction": ("G(x, 0) error", "grey levels, 0-255", "{:.1f}"),
    "inside_ratio": ("inside, of copying", "error where something should change", "{:.2f}"),
    "outside": ("outside", "grey levels, where nothing should change", "{:.1f}"),
}
