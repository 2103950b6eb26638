"""The four networks of SeCGAN, trained while you watch and turn their knobs; lesson 04.

trial = Trial()
trial.turn("lambda_gp", 0.0)  # from the next iteration on
trial.advance(40)
trial.curves["rgb/critic"]
"""

import asyncio
from collections import deque
from copy import deepcopy
from functools import cached_property

import numpy as np
from PIL import Image

from secgan_lite.course import laboratory
from secgan_lite.course.figures.common import Picture, address, rough_webp, share_made
from secgan_lite.course.figures.laboratory import HIDDEN
from secgan_lite.course.figures.training import PANELS
from secgan_lite.course.laboratory import FLIPS, ITERATIONS, RATE, TERMS, WRONG_LINES, nothing
from secgan_lite.course.widgets import canvas
from secgan_lite.course.widgets.controls import ASSETS, Page, Played, script
from secgan_lite.training import Trainer, TrainingDiverged

SETTINGS = {"learning_rate": RATE, "critic_steps": 1}
HEALTHY = {"lambda_gp": 10.0, "lambda_rec": 20.0, "lambda_cls_g": 1.0, "lambda_sc": 1.0} | SETTINGS
KNOBS = {  # by name: title, and the values that it can have
    "lambda_gp": ("λ_gp, gradient penalty", (0.0, 0.1, 1.0, 3.0, 10.0, 30.0, 100.0)),
    "lambda_rec": ("λ_rec, reconstruction", (0.0, 1.0, 5.0, 10.0, 20.0, 50.0, 100.0)),
    "lambda_cls_g": ("λ_cls of G, attributes", (0.0, 0.1, 0.3, 1.0, 3.0, 10.0)),
    "lambda_sc": ("λ_sc, consistency", (0.0, 0.1, 0.3, 1.0, 3.0, 10.0)),
    "learning_rate": ("learning rate η", (0.0, 1e-4, 3e-4, RATE, 3e-3, 1e-2)),
    "critic_steps": ("critic steps N", (1, 2, 3, 4, 5)),
}
SOUND = "none"  # in the menu of faults
TRUE, EDIT = "true edit", "edit by G_rgb"  # rows of the board
QUESTIONS = {  # what to predict, and what to look at
    "λ_gp = 0": "Turn λ_gp to 0 and play to the end. How far from 0 does each critic go? "
    "Do you see it in the edits, too, or in a mask?",
    "λ_rec = 0": "Turn λ_rec to 0 and play. In which panel does a line leave the pale one first? "
    "In the pictures, what changes that nobody asked for?",
    "λ_sc = 0": "Turn λ_sc to 0 and play. Does D tell you anything? Compare P's mask with G_seg's "
    "mask below it, too.",
    "learning rate 0.01": "Turn the learning rate to 0.01 and play. Compare 'change by edits' with "
    "'reconstruction'. What do the edits look like when both are the same?",
    "masks of others": "Choose the fault and play. Which networks get wrong masks? Which line "
    "could tell?",
    "reversed wish, then repaired": "Choose reversed wish, play 30 iterations, press 'all healthy' "
    "and play on. Which line comes back first?",
}
_WINDOW = 10  # iterations of which a curve shows the mean
_JUDGED = 20  # iterations from one visit of the judge to the next
_LOOK = 2  # iterations from one picture to the next, while it plays
_PAUSE = 0.02  # seconds in which the kernel hears the page
_SIDE = 60  # of a tile in the stored picture, in pixels


class Trial:
    """A training of the laboratory under knobs that may change, until its learning rate is 0.

    Args:
        iterations, seed: as in ``laboratory.begin``.

    Attributes:
        knobs: value by name of ``KNOBS``.
        fault: of the menu: a name of ``WRONG_LINES``, or ``SOUND``.
        curves: by term, (iteration, mean of the last ten iterations); ``judge`` every twentieth.
        marks: iteration after which a knob was turned, its name, and its values before and after.
        diverged: whether a term is no finite number any more.
    """

    def __init__(self, iterations: int = ITERATIONS, seed: int = 0) -> None:
        self.iterations, self._seed, self.ready = iterations, seed, False
        self._forget()

    def _forget(self) -> None:
        self.knobs, self.fault, self.diverged = dict(HEALTHY), SOUND, False
        self.curves: dict[str, list[tuple[int, float]]] = {term: [] for term in (*TERMS, "judge")}
        self.marks: list[tuple[int, str, object, object]] = []
        self._recent: deque[dict[str, float]] = deque(maxlen=_WINDOW)

    @cached_property
    def trainer(self) -> Trainer:
        """Made when it is first wanted: that parses 2,000 faces."""
        trainer = laboratory.begin(self.iterations, self._seed)
        self._start = deepcopy(trainer.state_dict())
        self._data, self._own = trainer.data, [(x, set(vars(x))) for x in (trainer, trainer.model)]
        self.ready = True
        return trainer

    @property
    def iteration(self) -> int:
        """How many iterations are done."""
        return self.trainer.iteration if self.ready else 0

    @property
    def over(self) -> bool:
        """Whether nothing more can be trained."""
        return self.diverged or self.iteration >= self.iterations

    def reset(self) -> None:
        """The beginning again, with all knobs as in the healthy run."""
        self._forget()
        if self.ready:
            self._apply()
            self.trainer.load_state_dict(deepcopy(self._start))

    def turn(self, name: str, value: float | str) -> None:
        """Give a knob of ``KNOBS``, or the menu ("fault"), another value.

        Raises:
            ValueError: there is no such value.
        """
        allowed = (SOUND, *WRONG_LINES) if name == "fault" else KNOBS[name][1]
        if value not in allowed:
            raise ValueError(f"{name}={value!r}: wanted is one of {allowed}.")
        before = self.fault if name == "fault" else self.knobs[name]
        # Turned twice between two iterations, it was turned once.
        for mark in [m for m in self.marks if m[:2] == (self.iteration, name)]:
            self.marks.remove(mark)
            before = mark[2]
        if value != before:
            self.marks.append((self.iteration, name, before, value))
        if name == "fault":
            self.fault = str(value)
        else:
            self.knobs[name] = value
        if self.ready:
            self._apply()

    def repair(self) -> None:
        """All knobs as in the healthy run; what was learnt stays."""
        for name, value in (HEALTHY | {"fault": SOUND}).items():
            self.turn(name, value)

    def _apply(self) -> None:
        """Mend the trainer, and set and break it as the knobs say."""
        trainer, knobs = self.trainer, self.knobs
        trainer.data = self._data
        for part, own in self._own:  # a fault puts its own function before a method
            for name in set(vars(part)) - own:
                delattr(part, name)
        laboratory.weights(**{k: v for k, v in knobs.items() if k not in SETTINGS})(trainer)
        laboratory.settings(**{k: knobs[k] for k in SETTINGS})(trainer)
        WRONG_LINES.get(self.fault, nothing)(trainer)

    def advance(self, iterations: int = 1) -> None:
        """Train on: not beyond the end, nor once a term is no number."""
        if not self.ready:
            self._apply()
        for _ in range(iterations):
            if self.over:
                return
            self.trainer.step()
            try:
                self._recent.append(self.trainer.collect())
            except TrainingDiverged:
                self.diverged = True
                return
            for term in TERMS:
                if known := [terms[term] for terms in self._recent if term in terms]:
                    self.curves[term].append((self.iteration, float(np.mean(known))))
            if self.iteration % _JUDGED == 0:
                judged = laboratory.judge_of(self.trainer)["judge"]
                self.curves["judge"].append((self.iteration, judged))

    @cached_property
    def _true(self) -> np.ndarray:
        return canvas.as_tiles(laboratory.true_edits())

    def look(self) -> dict[str, np.ndarray]:
        """The face and its edits now, by row of the board; bytes (1 + K, h, h, 3)."""
        if self.ready:
            with self.trainer.generators() as generators:
                images, p, g_seg = laboratory.edited(generators, self.trainer.model.parser)
        else:
            images, p, g_seg = laboratory.beginning()
        edits = np.moveaxis(images, 1, -1)
        return {
            TRUE: np.concatenate([edits[:1], self._true]),
            EDIT: edits,
            "mask by P": canvas.painted(p),
            "mask by G_seg": canvas.painted(g_seg),
        }


class LiveLaboratory(Played, Page):
    """Play and pause, one iteration, turn the knobs, choose a fault, repair it, begin again.

    Attributes:
        trial: the training.
        shown: what the page draws.
    """

    _esm = script("live_laboratory.js")
    _css = ASSETS / "live_laboratory.css"
    _encode = staticmethod(rough_webp)  # noisy edits are many bytes
    _question = "What does the trained SeCGAN make of a face, before the first iteration?"

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self.trial = Trial(seed=seed)
        self._draw()
        self._facts = _facts() | {
            "rows": [*self._rows],
            "side": next(iter(self._rows.values())).shape[1],
        }
        self._show()

    def _picture(self) -> Picture:
        """The upper half of the board as it is."""
        rows = {title.replace(" ", "\n", 1): self._rows[title] for title in (TRUE, EDIT)}
        true, edits = (np.moveaxis(self._rows[title], -1, 1) for title in (TRUE, EDIT))
        made = share_made(edits[1:], true[1:], edits[0], laboratory.wishes())
        return canvas.on_white(canvas.board(rows, _columns(), _SIDE)), (
            "A face, its true edits, and below them those of the trained generator. Of the true "
            f"change they make (1 is all, 0 is none): {made}."
        )

    def _do_play(self, playing: bool) -> None:
        super()._do_play(playing)
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
            self.trial.advance()
            if self.trial.iteration % _LOOK == 0:
                self._draw()
        self._task = None
        self._look()

    def _look(self) -> None:
        self._draw()
        self._show()

    def _draw(self) -> None:
        """The pictures of now, and the page's sheet of them."""
        self._rows = self.trial.look()
        board = np.concatenate([np.hstack(tiles) for tiles in self._rows.values()])
        self._sheet = address(Image.fromarray(board), compress_level=1)

    def _show(self, preparing: bool = False) -> None:
        trial = self.trial
        self.shown = self._facts | {
            "answer": self._answer,
            "preparing": preparing,
            "playing": self._task is not None,
            "iteration": trial.iteration,
            "iterations": trial.iterations,
            "diverged": trial.diverged,
            "values": trial.knobs,
            "fault": trial.fault,
            "marks": [
                {"at": at, "words": f"{_short(name)} {_plain(before)} → {_plain(after)}"}
                for at, name, before, after in trial.marks
            ],
            "curves": {
                term: [(t, float(f"{value:.4g}")) for t, value in points]
                for term, points in trial.curves.items()
            },
            "sheet": self._sheet,
        }


def _facts() -> dict:
    """What the page shows from its beginning on, and what never changes."""
    return {
        "knobs": [
            {"name": name, "title": title, "values": values, "healthy": HEALTHY[name]}
            for name, (title, values) in KNOBS.items()
        ],
        "faults": [SOUND, *WRONG_LINES],
        "panels": _panels(),
        "columns": _columns(),
        "segments": canvas.colour_key(),
        "questions": [{"what": what, "hint": hint} for what, hint in QUESTIONS.items()],
    }


def _columns() -> list[str]:
    return ["input", *(name.replace("_", " ").split()[0] for name in FLIPS)]


def _short(name: str) -> str:
    """What a mark calls a knob."""
    return "fault" if name == "fault" else KNOBS[name][0].split(",")[0]


def _plain(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _panels() -> list[dict]:
    """The figure's panels: curves with their looks, and the healthy run's where they are drawn."""
    healthy = laboratory.load_laboratory()["healthy"].log
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
                    "healthy": [
                        (record["iteration"], record[term])
                        for record in healthy
                        if term in record and term not in HIDDEN
                    ],
                }
                for term, label, look in curves
            ],
        }
        for title, curves in PANELS.items()
    ]
