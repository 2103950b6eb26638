"""Tables of pure luck, drawn: intervals of one question, and how often a rule is right or wrong.

Pillow draws it, for a slider is followed: matplotlib takes many times as long, and what it leaves
behind stops Python now and then to tidy up.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from secgan_lite.course.figures.common import BLUE, ORANGE, signed
from secgan_lite.course.widgets import canvas

if TYPE_CHECKING:
    from secgan_lite.course.widgets.luck import Gambled

# All in pixels of a picture twice as large, which is halved at the end: so edges are smooth.
_WIDTH, _ROW, _TITLE, _FOOT = 1620, 300, 44, 150
_INTERVALS, _BARS = (40, 800), (1060, 1530)  # where their axes begin and end
_REACH = 8  # points of TARR to each side: longer intervals are cut
_MARK = 7  # half of a mark's width
_RULES = {"plain p": ORANGE, "Holm's p": BLUE}  # plain p is hatched
_PANEL = _ROW - _TITLE - 20
_BAR, _LETTERS = 42, canvas.font(24)


def luck_picture(gambled: Sequence["Gambled"]) -> canvas.Shown:
    """A row for each setting: an interval of each of 20 tables, and shares of tables by rule."""
    drawn = Image.new("RGBA", (_WIDTH, _ROW * len(gambled) + _FOOT), (0,) * 4)
    pen = ImageDraw.Draw(drawn)
    told = []
    for row, found in enumerate(gambled):
        top = _ROW * row
        table, shown = found.table, len(found.intervals)
        which = "question 1" if table.gain or table.questions == 1 else "the luckiest question"
        title = f"{table.title}: {which} in each of {shown} tables"
        pen.text((_INTERVALS[0], top + 28), title, canvas.GREY, _LETTERS, "ls")
        _intervals(pen, top + _TITLE, found)
        told.append(f"{table.title}: {_shares(pen, top + _TITLE, found)}")
    _axes(pen, _ROW * len(gambled) - 20)
    _legend(pen, _ROW * len(gambled) + 120)
    return canvas.Shown(drawn.reduce(2), f"Simulated tables. {'. '.join(told)}.")


def _place(points: float) -> float:
    """Where a gain in points is; beyond the axis, at its end."""
    first, last = _INTERVALS
    return first + (min(max(points, -_REACH), _REACH) + _REACH) / (2 * _REACH) * (last - first)


def _intervals(pen: ImageDraw.ImageDraw, top: int, found: "Gambled") -> None:
    """Filled where 0 is not in it, open where it is; dashed: the true gain, if there is one."""
    pen.line((_place(0), top, _place(0), top + _PANEL), canvas.GREY, 2)
    if found.table.gain:
        _dashed(pen, _place(found.table.gain), top, top + _PANEL)
    step = _PANEL / len(found.intervals)
    for i, (low, high) in enumerate(found.intervals):
        y, outside = top + (i + 0.5) * step, not low <= 0 <= high
        colour = BLUE if outside else canvas.GREY
        pen.line((_place(low), y, _place(high), y), colour, 4 if outside else 2)
        if abs(low + high) / 2 <= _REACH:
            _mark(pen, _place((low + high) / 2), y, outside)


def _mark(pen: ImageDraw.ImageDraw, x: float, y: float, outside: bool) -> None:
    """The middle of an interval: a diamond where 0 is outside, else an open circle."""
    r = _MARK
    if outside:
        pen.polygon(((x - r, y), (x, y - r), (x + r, y), (x, y + r)), BLUE)
    else:
        pen.ellipse((x - r, y - r, x + r, y + r), "white", canvas.GREY, 2)


def _dashed(pen: ImageDraw.ImageDraw, x: float, top: int, bottom: int) -> None:
    for y in range(top, bottom, 20):
        pen.line((x, y, x, min(y + 12, bottom)), ORANGE, 4)


def _shares(pen: ImageDraw.ImageDraw, top: int, found: "Gambled") -> str:
    """Bars; in words what they say."""
    groups = {"finds the\ntrue gain": found.found, "one false verdict\nor more": found.false}
    (left, right), told = _BARS, []
    pen.line((left, top, left, top + _PANEL), canvas.GREY, 2)
    for i, (title, shares) in enumerate(groups.items()):
        middle = top + (i + 0.5) * _PANEL / 2
        place = (left - 14, middle)
        pen.multiline_text(place, title, canvas.GREY, _LETTERS, "rm", align="right")
        if shares is None:
            pen.text((left + 12, middle), "no true gain to find", canvas.GREY, _LETTERS, "lm")
            continue
        for (rule, share), y in zip(shares.items(), (middle - _BAR - 2, middle + 2), strict=True):
            end = left + share * (right - left)
            _bar(pen, rule, (left, y, end, y + _BAR))
            place = (end + 10, y + _BAR / 2)
            pen.text(place, f"{share:.0%}", canvas.GREY, _LETTERS, "lm")
            told.append(f"{title.replace(chr(10), ' ')}, {rule} {share:.0%}")
    return ", ".join(told)


def _bar(pen: ImageDraw.ImageDraw, rule: str, box: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = box
    pen.rectangle(box, _RULES[rule])
    if rule == "plain p":
        for x in range(int(left + top - bottom), int(right), 20):  # stripes that rise to the right
            first, last = max(x, left), min(x + bottom - top, right)
            pen.line((first, bottom - first + x, last, bottom - last + x), "white", 3)


def _axes(pen: ImageDraw.ImageDraw, y: int) -> None:
    """The two axes below the last row."""
    (left, right), gap = _BARS, 10
    for points in range(-_REACH, _REACH + 1, 2):
        pen.text((_place(points), y + gap), signed(points, ".0f"), canvas.GREY, _LETTERS, "mt")
    for share in range(0, 101, 20):
        x = left + share / 100 * (right - left)
        pen.text((x, y + gap), str(share), canvas.GREY, _LETTERS, "mt")
    for (first, last), title in (
        (_INTERVALS, "gain in points of TARR, interval by plain p"),
        (_BARS, "% of 2,000 tables"),
    ):
        pen.line((first, y, last, y), canvas.GREY, 2)
        pen.text(((first + last) / 2, y + 48), title, canvas.GREY, _LETTERS, "mt")


def _legend(pen: ImageDraw.ImageDraw, y: int) -> None:
    """What marks and bars mean, in the last line."""
    x = _INTERVALS[0]
    for outside, words in ((True, "0 is outside"), (False, "0 is inside")):
        pen.line((x, y, x + 50, y), BLUE if outside else canvas.GREY, 4 if outside else 2)
        _mark(pen, x + 25, y, outside)
        pen.text((x + 60, y), words, canvas.GREY, _LETTERS, "lm")
        x += 270
    _dashed(pen, x + 10, y - 16, y + 16)
    pen.text((x + 26, y), "true gain", canvas.GREY, _LETTERS, "lm")
    for x, rule in zip((_BARS[0], _BARS[0] + 250), _RULES, strict=True):
        _bar(pen, rule, (x, y - 12, x + 60, y + 12))
        pen.text((x + 72, y), rule, canvas.GREY, _LETTERS, "lm")
