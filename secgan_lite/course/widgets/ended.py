"""The live laboratory where it can't be shown: how a recorded training ended, in few bytes."""

from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageDraw

from secgan_lite.course.figures.common import Picture, signed
from secgan_lite.course.figures.laboratory import HIDDEN
from secgan_lite.course.figures.training import PANELS, panel_name
from secgan_lite.course.laboratory import FLIPS, ITERATIONS
from secgan_lite.course.widgets import canvas
from secgan_lite.course.widgets.apart import Curve
from secgan_lite.course.widgets.questions import healthy_curves, load_answers
from secgan_lite.course.widgets.scrubbed import placed
from secgan_lite.course.widgets.trial import EDIT, TRUE, board

_FLIPS = ("Blond_Hair", "Pale_Skin")
_SIDE, _PLOT = 48, (100, 48)  # of a tile; of a plot: pixels
_PALE = 0.7  # share of white in the healthy run's colours
# By first word of a panel's title: what its axis holds in any case.
_HELD = {"recognised": (0.0, 1.02), "critic": (-1.3, 1.3), "error": (0.0,), "disagreement": ()}


def ended(title: str) -> Picture:
    """The last edits of a question's recording below the true ones, and its curves before the pale
    healthy ones, on axes that bend as the live laboratory's; and the same in words.
    """
    answer = load_answers()[title]
    rows = board(*(film[-1] for film in answer.films))
    shown = [0, *(1 + FLIPS.index(name) for name in _FLIPS)]
    tiles = {name.replace(" ", "\n", 1): rows[name][shown] for name in (TRUE, EDIT)}
    heads = ["input", *(name.split("_")[0] for name in _FLIPS)]
    healthy = healthy_curves()
    plots = [_plot(panel, answer.curves, healthy) for panel in PANELS]
    faces = canvas.board(tiles, heads, _SIDE)
    told = "; ".join(
        f"{panel_name(panel)}: "
        + ", ".join(
            f"{label} {signed(answer.curves[term][-1][1], '.2f')}" for term, label, _ in lines
        )
        for panel, lines in PANELS.items()
    )
    alt = f"Last edits of a face below the true ones, and curves: {title}. In the end: {told}."
    return canvas.on_white(canvas.stacked([faces, canvas.stacked(plots, across=True)])), alt


def _plot(title: str, curves: Mapping[str, Curve], healthy: Mapping[str, Curve]) -> Image.Image:
    """A panel without numbers: every tenth iteration, as the healthy run has it."""
    name = panel_name(title)
    (width, height), top = _PLOT, 18
    picture = Image.new("RGBA", (width + 1, top + height + 1), (0,) * 4)
    pen = ImageDraw.Draw(picture)
    pen.text((0, 12), name, canvas.GREY, canvas.font(13), "ls")
    pen.rectangle((0, top, width, top + height), outline=canvas.GREY)
    lines = PANELS[title]
    of_all = [v for term, *_ in lines for _, v in (*curves[term], *healthy[term])]
    low, high = placed(title, np.array([f([*_HELD[name], *of_all]) for f in (min, max)]))

    def line(points: Curve, colour: str, broad: int) -> None:
        at, values = np.array(points).T
        y = top + height * (high - placed(title, values)) / (high - low)
        pen.line([*zip(at / ITERATIONS * width, y, strict=True)], colour, broad)

    for term, _, look in lines:
        if term not in HIDDEN:
            line(healthy[term], _pale(look["color"]), 6)
    for term, _, look in lines:
        line([point for point in curves[term] if point[0] % 10 == 0], look["color"], 2)
    return picture


def _pale(colour: str) -> tuple[int, ...]:
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return tuple(round(255 * _PALE + part * (1 - _PALE)) for part in parts)
