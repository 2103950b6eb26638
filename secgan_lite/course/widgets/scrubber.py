"""The training scrubber: guess how recorded runs end, then slide through them, side by side.

TrainingScrubber()  # scrub(unnamed(), Moment(iteration=400)), its pictures and numbers
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

import numpy as np
from PIL import Image

from secgan_lite.course.bounds import CLOSE
from secgan_lite.course.figures.common import BLUE, GREEN, ORANGE, Picture, address, rough_webp
from secgan_lite.course.figures.laboratory import HIDDEN
from secgan_lite.course.figures.training import PANELS
from secgan_lite.course.recorded import Dynamics
from secgan_lite.course.widgets import canvas
from secgan_lite.course.widgets.apart import apart
from secgan_lite.course.widgets.controls import ASSETS, Alone, script
from secgan_lite.course.widgets.scrubbed import (
    columns,
    curve,
    signed,
    tiles,
    truths,
    unnamed,
)

NUMBERS = {  # by score: its name, what it counts, and its form
    "tarr": ("judge", "share of flips it sees", ".0%"),
    "reconstruction": ("G(x, 0) error", "grey levels of 255", ".1f"),
    "inside_ratio": ("error inside", "as a share of copying's", ".2f"),
    "outside": ("error outside", "grey levels of 255", ".1f"),
}
PLACES = 3  # runs side by side
_FEW = 20  # records of a log at which the slider stops, each
_SIDE = 58  # of a tile in the stored picture, in pixels
_LONGEST = 16_383  # side of a WebP picture, in pixels


class TrainingScrubber(Alone):
    """Slide through up to three recorded runs, side by side, from their beginning.

    First it asks which of them ends best. What the judge says, and every score, is hidden until a
    guess is made; at the end it says which curves told first. The page has all pictures and curves
    from the start, so it needs no kernel.

    Args:
        runs: what can be chosen, by name; the course's own without their titles if not given.
        question: to ask in place of that guess; then nothing is hidden.
        names: of faults, for example. From menus they are given to all runs but the first, and the
            page writes them down as Python; the first stands pale behind them.
        right: a run's right name; the page then counts how many of the names given are right.
        wishes: ask which of the wishes shown the first run learns first, with a curve for each.

    Attributes:
        shown: all recorded pictures (a sheet for each run), true edits, curves and numbers.

    Raises:
        ValueError: nothing is recorded.
    """

    _esm = script("scrubber.js")
    _css = ASSETS / "scrubber.css"
    _encode = staticmethod(rough_webp)  # noisy edits are many bytes

    def __init__(
        self,
        runs: Mapping[str, Dynamics] | None = None,
        question: str = "",
        names: Sequence[str] = (),
        right: Callable[[str], str] | None = None,
        wishes: bool = False,
    ) -> None:
        self._runs = dict(runs or unnamed())
        if not self._runs:
            raise ValueError("No run is recorded here: give a run of your own, Dynamics.of(…).")
        self._asks = not question
        self._question = question or "These runs have just begun: which of them ends best?"
        self.shown = {
            "runs": [_recorded(canvas.plain(name), run) for name, run in self._runs.items()],
            "places": PLACES,
            "asks": self._asks,
            "question": question,
            "names": [*names],
            "right": {run: right(run) for run in [*self._runs][1:]} if right else None,
            "plots": _plots(),
            "wishes": None,
            "segments": canvas.colour_key(),
            "numbers": [{"name": name, "more": more} for name, more, _ in NUMBERS.values()],
        }

        if self._asks:
            self._compare()
        if wishes:
            self._add_wishes()

    def _compare(self) -> None:
        """When each run leaves each other one."""
        for shown, run in zip(self.shown["runs"], self._runs.values(), strict=True):
            shown["apart"] = {
                canvas.plain(name): asdict(apart(run, other))
                for name, other in self._runs.items()
                if run is not other and shown["judged"] and "tarr" in other.scores[0]
            }

    def _add_wishes(self) -> None:
        """A panel more: how much of each wish is left; and when the first run has learnt each."""
        heads = [*columns(next(iter(self._runs.values())))][1:]
        colours = (BLUE, ORANGE, GREEN)
        self.shown["plots"].append(
            {
                "title": "wishes: error inside",
                "limit": CLOSE[1],
                "curves": [
                    _look(f"wish/{head}", head, {"color": colour, "marker": "o"})
                    for head, colour in zip(heads, colours, strict=False)
                ],
            }
        )
        for shown, run in zip(self.shown["runs"], self._runs.values(), strict=True):
            left = run.left_inside()[:, [i - 1 for i in [*columns(run).values()][1:]]]
            shown["plots"].append([[*zip(shown["at"], of, strict=True)] for of in left.T.tolist()])
        first, at = self.shown["runs"][0], []
        for points in first["plots"][-1]:
            at.append(next((when for when, left in points if left < CLOSE[1]), None))
        self.shown["wishes"] = {"run": first["name"], "names": heads, "limit": CLOSE[1], "at": at}

    def _picture(self) -> Picture:
        """The true edits, and below them those of the first runs: at their beginning if a guess is
        asked for, else in the end.
        """
        k = 0 if self._asks else -1
        first = next(iter(self._runs.values()))
        _, *heads = columns(first)
        rows, told = {"true edit": truths(first)[0, 1:]}, []
        for name, run in [*self._runs.items()][:PLACES]:
            at = run.scores[k]["iteration"]
            rows[f"{canvas.plain(name)}\nat {at}"] = tiles(run)["edit"][k, 0][1 : 1 + len(heads)]
            told.append(f"{canvas.plain(name)} at {at}")
        alt = f"Edits of a face by recorded runs, below the true edits: {', '.join(told)}."
        return canvas.on_white(canvas.board(rows, heads, _SIDE)), alt


def _plots() -> list[dict]:
    """The panels, with the look of each curve."""
    return [
        {"title": title, "curves": [_look(*each) for each in curves]}
        for title, curves in PANELS.items()
    ]


def _look(term: str, label: str, look: Mapping[str, object]) -> dict:
    """A curve of a figure, for a page; ``behind``: whether the healthy run's is drawn behind it."""
    return {
        "term": term,
        "label": label,
        "colour": look["color"],
        "dash": look.get("ls", "-"),
        "dots": "marker" in look,
        "behind": term not in HIDDEN,
    }


def _recorded(name: str, run: Dynamics) -> dict:
    """All that the page shows of a run."""
    rows = {title: film[:, :, 1:] for title, film in tiles(run).items()}
    scored = "tarr" in run.scores[0]
    return {
        "name": name,
        "at": [score["iteration"] for score in run.scores],
        "moments": _moments(run),
        "faces": run.samples.shape[1],
        "side": run.samples.shape[-1],
        "flips": [*columns(run)][1:],
        "rows": [*rows],
        "sheet": _sheet(np.stack([*rows.values()], axis=2)),
        "truth": _sheet(truths(run)[None, :, None]),
        "plots": [[_points(run, term) for term, *_ in curves] for curves in PANELS.values()],
        "judged": [run.scores[k]["tarr"]["value"] for k in (0, -1)] if scored else None,
        "numbers": [[_number(score, key) for key in NUMBERS] for score in run.scores],
    }


def _moments(run: Dynamics) -> list[int]:
    """Iterations at which the slider stops: each snapshot, and each record of a short log."""
    at = {score["iteration"] for score in run.scores}
    logged = {record["iteration"] for record in run.log}
    return sorted(at | logged if len(logged) <= _FEW else at)


def _sheet(film: np.ndarray) -> str:
    """Tiles (snapshots, faces, rows, columns, h, h, 3) as the data address of one picture.

    It loses nothing. A row for each snapshot; in it the faces, in these the rows of the board, in
    these its columns.
    """
    height = len(film) * film.shape[-2]
    sheet = Image.fromarray(film.transpose(0, 4, 1, 2, 3, 5, 6).reshape(height, -1, 3))
    if max(sheet.size) > _LONGEST:
        return address(sheet)
    return address(sheet, "webp", lossless=True, quality=60)


def _points(run: Dynamics, key: str) -> list[list]:
    """Iterations and values of a curve; what is no finite number is None."""
    return [[int(at), value if math.isfinite(value) else None] for at, value in curve(run, key)]


def _number(score: dict, key: str) -> str:
    """A score of a snapshot in words."""
    value = score.get(key, {}).get("value")
    return "–" if value is None or math.isnan(value) else signed(value, NUMBERS[key][-1])
