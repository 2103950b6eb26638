"""The four networks of SeCGAN, trained under knobs that may be turned at any time; lesson 04.

trial = Trial()
trial.turn("lambda_gp", 0.0)  # from the next iteration on
trial.advance(5)
trial.curves["rgb/critic"]
"""

from collections import deque
from copy import deepcopy
from functools import cache, cached_property

import numpy as np

from secgan_lite.course import laboratory
from secgan_lite.course.laboratory import ITERATIONS, RATE, TERMS, WRONG_LINES, nothing
from secgan_lite.course.widgets import canvas
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
ROWS = TRUE, EDIT, *_ = ("true edit", "edit by G_rgb", "mask by P", "mask by G_seg")  # of a board
SIDE = 32  # of a tile, in pixels
JUDGED = 20  # iterations from one visit of the judge to the next
_WINDOW = 10  # iterations of which a curve shows the mean
Mark = tuple[int, str, float | str, float | str]


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
        self.marks: list[Mark] = []
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
            if self.iteration % JUDGED == 0:
                judged = laboratory.judge_of(self.trainer)["judge"]
                self.curves["judge"].append((self.iteration, judged))

    def edited(self) -> tuple[np.ndarray, ...]:
        """The face and its edits now, their segments by P, and those by G_seg."""
        return laboratory.edited_by(self.trainer) if self.ready else laboratory.beginning()


def board(images: np.ndarray, p: np.ndarray, g_seg: np.ndarray) -> dict[str, np.ndarray]:
    """What ``edited`` gives, by row, below the true edits; bytes (1 + K, h, h, 3)."""
    edits = np.moveaxis(images, 1, -1)
    true = np.concatenate([edits[:1], _true()])
    return dict(zip(ROWS, (true, edits, canvas.painted(p), canvas.painted(g_seg)), strict=True))


@cache
def _true() -> np.ndarray:
    return canvas.as_tiles(laboratory.true_edits())


def in_words(mark: Mark) -> str:
    """What was turned, such as "λ_rec 20 → 0"."""
    _, name, before, after = mark
    short = "fault" if name == "fault" else KNOBS[name][0].split(",")[0]
    return f"{short} {_plain(before)} → {_plain(after)}"


def _plain(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"
