"""The training scrubber: slide through recorded runs, one or two side by side.

TrainingScrubber()  # scrub(recordings(), Moment(iteration=400)), its pictures and numbers
"""

import math
from collections.abc import Mapping

import numpy as np
from PIL import Image

from secgan_lite.course.figures.common import Picture, rough_webp
from secgan_lite.course.recorded import Dynamics
from secgan_lite.course.widgets import canvas
from secgan_lite.course.widgets.controls import ASSETS, Alone, address, script
from secgan_lite.course.widgets.scrubbed import (
    PLOTS,
    columns,
    curve,
    plot,
    recordings,
    signed,
    span,
    spans,
    tiles,
    wide,
)

NUMBERS = {  # by score: its name, what it counts, and its form
    "tarr": ("judge", "share of flips it sees", ".0%"),
    "reconstruction": ("G(x, 0) error", "grey levels of 255", ".1f"),
    "inside_ratio": ("error inside", "as a share of copying's", ".2f"),
    "outside": ("error outside", "grey levels of 255", ".1f"),
}
_SIDE = 66  # of a tile in the stored picture, in pixels
_LONGEST = 16_383  # side of a WebP picture, in pixels


class TrainingScrubber(Alone):
    """Slide through one recorded run, or through two side by side, from the beginning.

    The page has all pictures and curves from the start, so it needs no kernel.

    Args:
        run_dir: folder of a run of your own, shown first.
        runs: what can be chosen, by name; all recordings if not given.

    Attributes:
        shown: all recorded pictures (a sheet for each run), curves and numbers.

    Raises:
        ValueError: nothing is recorded.
        FileNotFoundError: there is no run in ``run_dir``.
    """

    _esm = script("scrubber.js")
    _css = ASSETS / "scrubber.css"
    _encode = staticmethod(rough_webp)  # noisy edits are many bytes
    _question = "Two runs at their beginning and at their end: which of them fails?"

    def __init__(self, run_dir: str = "", runs: Mapping[str, Dynamics] | None = None) -> None:
        self._runs = dict(runs or recordings(run_dir))
        if not self._runs:
            raise ValueError("No run is recorded here: name one of your own, -p run_dir FOLDER.")
        self.shown = {
            "runs": [_recorded(canvas.plain(name), run) for name, run in self._runs.items()],
            "plots": [{"title": title, "curves": [*curves]} for title, curves in PLOTS.items()],
            "numbers": [{"name": name, "more": more} for name, more, _ in NUMBERS.values()],
        }

    def _picture(self) -> Picture:
        """The first two runs: edits of the first and of the last snapshot, and what is recognised
        until then.
        """
        two = dict([*self._runs.items()][:2])
        title, parts, told = "recognised", [], []
        for name, run in two.items():
            last = len(run.scores) - 1
            when = {k: run.scores[k]["iteration"] for k in (0, last)}
            edits = {f"edit\nat {at}": tiles(run)["edit"][k, 0] for k, at in when.items()}
            board = canvas.board(edits, [*columns(run)], _SIDE)
            until = plot(run, title, spans(two, title)[name], when[last])
            parts.append(canvas.titled(canvas.stacked([board, until], gap=4), name))
            judged = [f"{_number(run, k, 'tarr')} at {at}" for k, at in when.items()]
            told.append(f"{canvas.plain(name)}: the judge sees {', '.join(judged)}")
        alt = f"Edits of a face by recorded runs, and a plot. Of the flips, {'; '.join(told)}."
        return canvas.on_white(canvas.stacked(parts, across=True, gap=24)), alt


def _recorded(name: str, run: Dynamics) -> dict:
    """All that the page shows of a run."""
    axes = [span(run, title) for title in PLOTS]
    return {
        "name": name,
        "at": [score["iteration"] for score in run.scores],
        "faces": run.samples.shape[1],
        "side": run.samples.shape[-1],
        "columns": [*columns(run)],
        "rows": [*tiles(run)],
        "sheet": _sheet(run),
        "plots": [
            {"axis": axis, "wide": wide(axis), "curves": [_points(run, key) for key in keys]}
            for axis, keys in zip(axes, map(dict.values, PLOTS.values()), strict=True)
        ],
        "numbers": [[_number(run, k, key) for key in NUMBERS] for k in range(len(run.scores))],
    }


def _sheet(run: Dynamics) -> str:
    """All tiles as the data address of one picture without loss.

    A row for each snapshot; in it the faces, in these the rows of the board, in these its columns.
    """
    stacked = np.stack([*tiles(run).values()], axis=2)  # snapshots, faces, rows, columns, h, h, 3
    height = len(stacked) * stacked.shape[-2]
    sheet = Image.fromarray(stacked.transpose(0, 4, 1, 2, 3, 5, 6).reshape(height, -1, 3))
    if max(sheet.size) > _LONGEST:
        return address(sheet)
    return address(sheet, "webp", lossless=True, quality=60)


def _points(run: Dynamics, key: str) -> list[list]:
    """Iterations and values of a curve; what is no finite number is None."""
    return [[int(at), value if math.isfinite(value) else None] for at, value in curve(run, key)]


def _number(run: Dynamics, k: int, key: str) -> str:
    """A score at snapshot k in words."""
    value = run.scores[k].get(key, {}).get("value")
    return "–" if value is None or math.isnan(value) else signed(value, NUMBERS[key][-1])
