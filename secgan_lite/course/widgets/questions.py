"""The questions of the live laboratory, and what a recorded training answered to each.

answers = load_answers()                                   # by question
departures(answers["λ_rec = 0"].curves)["error"]           # which lines left the healthy ones, when
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from secgan_lite.course.figures.training import PANELS, panel_name
from secgan_lite.course.laboratory import CALM, FLIPS, NEAR, TERMS, load_laboratory
from secgan_lite.course.recorded import rolled
from secgan_lite.course.widgets.apart import IN_A_ROW, Curve, stretches
from secgan_lite.course.widgets.trial import HEALTHY, JUDGED, SOUND, Mark
from secgan_lite.support.files import DATA
from secgan_lite.support.images import decode

PLACE = DATA / "dynamics" / "by_hand"
EVERY = 10  # iterations from one recorded picture to the next
KINDS = ("edits", "P", "G_seg")  # of films
RULE = (
    f"A line has left the healthy run if {IN_A_ROW} measurements in a row, one every 10 iterations "
    f"(of the judge every {JUDGED}), are all more than {1 - NEAR:.0%} above the healthy ones, or "
    f"all as far below; of a critic, more than {CALM} away, above or below."
)


@dataclass(frozen=True)
class Question:
    """What to predict.

    Attributes:
        act: what to do.
        look: what to look at.
        turns: what to do, for a ``Trial``: after which iteration, which knob, and its value.
    """

    act: str
    look: str
    turns: tuple[tuple[int, str, float | str], ...]

    def marks(self) -> Iterator[Mark]:
        """The marks of a trial that does it."""
        now: dict[str, float | str] = HEALTHY | {"fault": SOUND}
        for at, name, value in self.turns:
            yield at, name, now[name], value
            now[name] = value


QUESTIONS = {
    "λ_gp = 0": Question(
        "Turn λ_gp to 0 and play to the end.",
        "How far from 0 does each critic go? Do you see it in the edits, too, or in a mask?",
        ((0, "lambda_gp", 0.0),),
    ),
    "λ_rec = 0": Question(
        "Turn λ_rec to 0 and play to the end.",
        "In which panel does a line leave the pale one first? In the pictures, what changes that "
        "nobody asked for?",
        ((0, "lambda_rec", 0.0),),
    ),
    "λ_sc = 0": Question(
        "Turn λ_sc to 0 and play to the end.",
        "Does D tell you anything? Compare P's mask with G_seg's mask below it, too.",
        ((0, "lambda_sc", 0.0),),
    ),
    "learning rate 0.01": Question(
        "Turn the learning rate to 0.01 and play to the end.",
        "Compare 'change by edits' with 'reconstruction'. What do the edits look like when both "
        "are the same?",
        ((0, "learning_rate", 1e-2),),
    ),
    "masks of others": Question(
        "Choose the fault and play to the end.",
        "Which networks get wrong masks? Which line could tell?",
        ((0, "fault", "masks of others"),),
    ),
    "reversed wish, repaired": Question(
        "Choose the fault reversed wish, play 30 iterations, press 'all healthy' and play to the "
        "end.",
        "Which line comes back first?",
        ((0, "fault", "reversed wish"), (30, "fault", SOUND)),
    ),
}


@dataclass(frozen=True)
class Answer:
    """A recorded training that did what a question asks.

    Attributes:
        curves: as those of a ``Trial``.
        films: what ``Trial.edited`` gave at the beginning and after every tenth iteration:
            uint8 (moments, 1 + K, 3, h, h) and twice (moments, 1 + K, h, h).
    """

    curves: dict[str, list[tuple[int, float]]]
    films: tuple[np.ndarray, np.ndarray, np.ndarray]


def load_answers() -> dict[str, Answer]:
    """What was recorded, by question."""
    stored = json.loads((PLACE / "curves.json").read_text(encoding="utf-8"))
    return {
        title: Answer(
            {term: _numbered(term, values) for term, values in stored[title].items()},
            tuple(_film(number, kind) for kind in KINDS),
        )
        for number, title in enumerate(QUESTIONS, start=1)
    }


def film_of(number: int, kind: str) -> str:
    """Name of the picture of a film; questions count from 1."""
    return f"{number}-{kind}.png"


def _film(number: int, kind: str) -> np.ndarray:
    rows = np.asarray(decode(PLACE / film_of(number, kind)))
    columns = 1 + len(FLIPS)
    h = rows.shape[1] // columns
    tiles = rolled(rows, (-1, 1, columns, 3, h, h))[:, 0]
    return tiles if kind == "edits" else tiles[:, :, 0]  # three channels that are the same


def _numbered(term: str, values: Sequence[float]) -> list[tuple[int, float]]:
    step = JUDGED if term == "judge" else 1
    return [(step * k, value) for k, value in enumerate(values, start=1)]


def healthy_curves() -> dict[str, list[tuple[int, float]]]:
    """The healthy run's curves as those of a ``Trial``, with a point every tenth iteration."""
    log = load_laboratory()["healthy"].log
    return {term: [(each["iteration"], each[term]) for each in log if term in each]
            for term in (*TERMS, "judge")}  # fmt: skip


def departures(curves: Mapping[str, Curve]) -> dict[str, dict[str, list[tuple[int, int]]]]:
    """When lines left those of the healthy run: by panel and by line, first and last iterations.

    Lines that stay (``apart.stretches``), and panels whose lines all stay, are left out.
    """
    healthy, left = healthy_curves(), {}
    for title, lines in PANELS.items():
        found = {}
        for term, label, _ in lines:
            if away := stretches(term, curves[term], healthy[term]):
                found[label] = away
        if found:
            left[panel_name(title)] = found
    return left
