"""The live laboratory: SeCGAN's four networks train while you turn their knobs; lesson 04.

LiveLaboratory()   # Trial().advance(40), Trial().curves
recorded()         # what its page shows without a kernel: recorded answers to its questions
"""

import asyncio
from collections.abc import Iterable, Mapping
from time import monotonic

import numpy as np
from PIL import Image

from secgan_lite.course.figures.common import Picture, address, rough_webp
from secgan_lite.course.figures.laboratory import HIDDEN
from secgan_lite.course.figures.training import PANELS
from secgan_lite.course.laboratory import FLIPS, ITERATIONS, WRONG_LINES
from secgan_lite.course.widgets import canvas
from secgan_lite.course.widgets.apart import Curve
from secgan_lite.course.widgets.controls import ASSETS, Page, Played, script
from secgan_lite.course.widgets.ended import ended
from secgan_lite.course.widgets.questions import (
    EVERY,
    QUESTIONS,
    RULE,
    departures,
    healthy_curves,
    load_answers,
)
from secgan_lite.course.widgets.trial import (
    HEALTHY,
    KNOBS,
    ROWS,
    SIDE,
    SOUND,
    Mark,
    Trial,
    board,
    in_words,
)

_LOOKS = 2, 3  # iterations from one picture to the next, while it plays; and if they are slow
_SLOW = 0.25  # seconds of an iteration that is slow
_PAUSE = 0.02  # seconds in which the kernel hears the page


class LiveLaboratory(Played, Page):
    """Play and pause, one iteration, turn the knobs, choose a fault, repair it, begin again.

    Attributes:
        trial: the training.
        shown: what the page draws.
    """

    _esm = script("live_laboratory.js")
    _css = ASSETS / "live_laboratory.css"
    _encode = staticmethod(rough_webp)  # noisy edits are many bytes
    _question = (
        f"After {ITERATIONS} iterations with the learning rate 0.01: which panels have left the "
        "pale, healthy run?"
    )

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self.trial = Trial(seed=seed)
        self._draw()
        self._facts = _facts() | {"iterations": self.trial.iterations}
        self._show()

    def _picture(self) -> Picture:
        """How a recorded training ended, in place of one that has not begun."""
        return ended("learning rate 0.01")

    def _do_play(self, playing: bool) -> None:
        super()._do_play(playing)  # a stopped play has its button at once, then its pictures
        if not playing:
            self._look()

    def _do_step(self) -> None:
        """One iteration."""
        if not self.trial.ready:
            self._show(preparing=True)
        self.trial.advance()
        self._show()  # the numbers at once, the pictures when they are made
        self._look()

    def _do_reset(self) -> None:
        self._stop()
        self.trial.reset()
        self._show()
        self._look()

    def _do_turn(self, name: str, value: float | str) -> None:
        self.trial.turn(name, value)
        self._show()

    def _do_repair(self) -> None:
        self.trial.repair()
        self._show()

    async def _go_on(self) -> None:
        """Iteration after iteration, until somebody stops it."""
        while not self.trial.over:
            self._show(preparing=not self.trial.ready)
            await asyncio.sleep(_PAUSE)
            started = monotonic()
            self.trial.advance()
            slow = monotonic() - started > _SLOW
            if self.trial.iteration % _LOOKS[slow] == 0:
                self._draw()
        self._task = None
        self._show()
        self._look()

    def _look(self) -> None:
        """The pictures of now, unless they are shown already."""
        if self._drawn != self.trial.iteration:
            self._draw()
            self._show()

    def _draw(self) -> None:
        """The pictures of now, and the page's sheet of them."""
        self._drawn, rows = self.trial.iteration, board(*self.trial.edited())
        self._sheet = address(Image.fromarray(_sheet(rows)), compress_level=1)

    def _show(self, preparing: bool = False) -> None:
        trial = self.trial
        self.shown = self._facts | {
            "answer": self._answer,
            "preparing": preparing,
            "playing": self._task is not None,
            "iteration": trial.iteration,
            "diverged": trial.diverged,
            "values": trial.knobs | {"fault": trial.fault},
            "marks": _marks(trial.marks),
            "curves": _curves(trial.curves),
            "sheet": self._sheet,
            "left": _left(trial.curves) if trial.over else None,
        }


def recorded() -> dict:
    """What the page shows without a kernel: the recorded answer to each question."""
    answers = []
    for title, answer in load_answers().items():
        boards = [board(*moment) for moment in zip(*answer.films, strict=True)]
        film = Image.fromarray(np.vstack([_sheet(rows) for rows in boards]))
        film = film.quantize(256, Image.Quantize.FASTOCTREE)  # no colour is far off; a third of it
        answers.append(
            {
                "marks": _marks(QUESTIONS[title].marks()),
                "curves": _curves(answer.curves),
                "sheet": address(film, optimize=True),
                "left": _left(answer.curves),
            }
        )
    return _facts() | {"answers": answers, "every": EVERY}


def _sheet(rows: Mapping[str, np.ndarray]) -> np.ndarray:
    """The tiles of a board, side by side and below one another."""
    return np.vstack([np.hstack(tiles) for tiles in rows.values()])


def _facts() -> dict:
    """What never changes."""
    return {
        "knobs": [
            {"name": name, "title": title, "values": values, "healthy": HEALTHY[name]}
            for name, (title, values) in KNOBS.items()
        ],
        "faults": [SOUND, *WRONG_LINES],
        "panels": _panels(),
        "columns": _columns(),
        "rows": ROWS,
        "side": SIDE,
        "iterations": ITERATIONS,
        "segments": canvas.colour_key(),
        "questions": [
            {"what": what, "act": each.act, "look": each.look, "marks": _marks(each.marks())}
            for what, each in QUESTIONS.items()
        ],
        "rule": RULE,
    }


def _columns() -> list[str]:
    return ["input", *(name.replace("_", " ").split()[0] for name in FLIPS)]


def _marks(marks: Iterable[Mark]) -> list[dict]:
    """Turned knobs as the page reads them."""
    return [
        {"at": mark[0], "name": mark[1], "value": mark[3], "words": in_words(mark)}
        for mark in marks
    ]


def _curves(curves: Mapping[str, Curve]) -> dict[str, list[tuple[int, float]]]:
    return {
        term: [(t, float(f"{value:.4g}")) for t, value in points] for term, points in curves.items()
    }


def _left(curves: Mapping[str, Curve]) -> dict[str, str]:
    """By panel that left the healthy run: its lines, and when."""
    return {
        name: "; ".join(
            f"{label}, t = {' and '.join(f'{first} to {last}' for first, last in times)}"
            for label, times in lines.items()
        )
        for name, lines in departures(curves).items()
    }


def _panels() -> list[dict]:
    """The figure's panels: curves with their looks, and the healthy run's where they are drawn."""
    healthy = healthy_curves()
    return [
        {
            "title": title,
            "curves": [
                {
                    "term": term,
                    "label": label,
                    "colour": look["color"],
                    "dash": look.get("ls", "-"),
                    "dots": "marker" in look,
                    "healthy": [] if term in HIDDEN else healthy[term],
                }
                for term, label, look in curves
            ],
        }
        for title, curves in PANELS.items()
    ]
