"""Paint a bar on a face, and see what the parser P makes of it: a colour alone is no segment.

stroke = Stroke("dark", row=14)
painted = paint(P, image, stroke)  # image (3, h, h) in [−1, 1]
painted.called                     # {"eyebrows": 6}
"""

import math
from dataclasses import dataclass
from functools import cache
from html import escape

import ipywidgets as w
import torch
from PIL import Image, ImageDraw
from torch import Tensor, nn

from secgan_lite.course.widgets import canvas
from secgan_lite.course.widgets.controls import App, Quiet, row
from secgan_lite.segments import PALETTE, SEGMENTS
from secgan_lite.support.errors import unknown_choice

COLOURS = {
    "dark": (30, 20, 15),
    "red": (190, 80, 80),
    "gold": (220, 180, 60),
    "white": (230, 230, 230),
    "skin": (200, 150, 120),
}
_SIDE = 160  # of a tile, in pixels
_EVEN = math.log(2)  # the doubt where two segments are equally likely


@dataclass(frozen=True)
class Stroke:
    """A bar of one colour, in pixels of the face.

    Attributes:
        colour: one of ``COLOURS``.
        row: its upper edge, 0 at the top.
        column: its left edge; None = in the middle.
        width, height: 0 paints nothing.
    """

    colour: str = "dark"
    row: int = 14
    column: int | None = None
    width: int = 6
    height: int = 1

    def __post_init__(self) -> None:
        if self.colour not in COLOURS:
            raise unknown_choice("colour", self.colour, COLOURS)

    def place(self, side: int) -> tuple[slice, slice]:
        """Rows and columns of the bar on a face of ``side`` pixels; beyond its edge it ends."""
        left = (side - self.width) // 2 if self.column is None else self.column
        return slice(self.row, self.row + self.height), slice(left, left + self.width)


@dataclass(frozen=True)
class Painted(canvas.Shown):
    """What there is to see.

    Attributes:
        image: the painted face, (3, h, h) in [−1, 1].
        log_p: P's soft mask of it, (12, h, h).
        called: how many of the painted pixels P calls what, most first.
    """

    image: Tensor
    log_p: Tensor
    called: dict[str, int]

    @property
    def verdict(self) -> str:
        """What P calls most of the bar: "eyebrows 5/6"."""
        name = next(iter(self.called), "nothing")
        return f"{name} {self.called.get(name, 0)}/{sum(self.called.values())}"


def paint(P: nn.Module, image: Tensor, stroke: Stroke) -> Painted:
    """What P finds in a face (3, h, h) in [−1, 1] with a bar on it."""
    rows, columns = stroke.place(image.shape[-1])
    painted = image.clone()
    painted[:, rows, columns] = torch.tensor(COLOURS[stroke.colour]).view(3, 1, 1) / 127.5 - 1
    with torch.no_grad():
        clean, log_p = P(torch.stack([image, painted]))
    s = log_p.argmax(dim=0)
    counts = torch.bincount(s[rows, columns].flatten(), minlength=len(SEGMENTS))
    order = counts.argsort(descending=True, stable=True).tolist()
    called = {SEGMENTS[k]: int(counts[k]) for k in order if counts[k]}
    tiles = {
        "P's mask,\nno bar": canvas.painted(clean.argmax(dim=0)),
        "painted": canvas.as_tiles(painted),
        "P's mask": canvas.painted(s),
        "P's doubt,\nbright from 0.69": canvas.heat(-log_p.amax(dim=0).numpy(), _EVEN),
    }
    told = ", ".join(f"{count} {name}" for name, count in called.items()) or "nothing"
    return Painted(
        canvas.stacked([canvas.strip(tiles, _SIDE, tuple(tiles)), _legend()]),
        f"A {stroke.colour} bar, {stroke.width} wide and {stroke.height} high, from row "
        f"{stroke.row}: P calls its pixels {told}.",
        painted,
        log_p,
        called,
    )


@cache
def _legend() -> Image.Image:
    """The colours of the 12 segments, six in a line."""
    step, line = (4 * (_SIDE + 6)) // 6, 22
    picture = Image.new("RGBA", (6 * step, 2 * line), (0,) * 4)
    pen = ImageDraw.Draw(picture)
    for k, (name, colour) in enumerate(zip(SEGMENTS, PALETTE.tolist(), strict=True)):
        x, y = k % 6 * step, k // 6 * line
        pen.rectangle((x, y + 4, x + 16, y + 16), tuple(colour), canvas.GREY)
        pen.text((x + 22, y + 15), name, canvas.GREY, canvas.font(13), "ls")
    return picture


class FacePainter(App):
    """Move a bar over a face, and read what P calls it.

    Args:
        P: a parser.
        images: faces to choose from, (N, 3, h, h) in [−1, 1].

    Attributes:
        painted: what is shown.
    """

    def __init__(self, P: nn.Module, images: Tensor) -> None:
        self._P, self._images, self._watch = P, images, Quiet().watch
        side, start = images.shape[-1], Stroke()
        self.face = self._menu("face", [(str(k + 1), k) for k in range(len(images))])
        self.colour = self._menu("colour", list(COLOURS))
        self.row = self._slider("row", start.row, side - 1)
        self.column = self._slider("column", (side - start.width) // 2, side - 1)
        self.width = self._slider("width", start.width, side)
        self.height = self._slider("height", start.height, side)
        self.picture, self.words = w.Image(format="png"), w.HTML()
        self.picture.add_class("secgan-picture")
        super().__init__(
            row(self.face, self.colour),
            row(self.row, self.column, self.width, self.height),
            self.words,
            self.picture,
        )
        self._show()

    def _menu(self, name: str, options: list) -> w.Dropdown:
        return self._watch(w.Dropdown(options=options, description=name), self._show)

    def _slider(self, name: str, value: int, high: int) -> w.IntSlider:
        layout = w.Layout(width="300px")
        slider = w.IntSlider(value, 0, high, description=name, layout=layout)
        return self._watch(slider, self._show)

    def _show(self, _: object = None) -> None:
        places = (self.row, self.column, self.width, self.height)
        stroke = Stroke(self.colour.value, *(slider.value for slider in places))
        self.painted = paint(self._P, self._images[self.face.value], stroke)
        self.picture.value = self.painted.png
        self.words.value = escape(self.painted.alt)
