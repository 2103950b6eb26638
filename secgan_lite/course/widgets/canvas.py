"""Pictures of the apps, put together by NumPy and Pillow: fast enough to follow a slider.

A picture is transparent around its tiles and lettered in a grey that reads on white and on black,
so that it suits light and dark themes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from secgan_lite.course.figures import own_style
from secgan_lite.modalities import to_bytes
from secgan_lite.segments import PALETTE, SEGMENTS

GREY = "#757575"  # a contrast of 4.6 with white and with black
_FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
GAP = 6  # between tiles, in pixels
_TOP, _LEFT = 24, 80
FULL_CHANGE = 64  # a change of as many grey levels, or more, has the darkest colour
CHANGES = (matplotlib.colormaps["Blues"](np.arange(256))[:, :3] * 255).astype(np.uint8)
_OUTLINE = (213, 94, 0)  # of the region that a true edit changes
_HEAT = (matplotlib.colormaps["cividis"](np.arange(256))[:, :3] * 255).astype(np.uint8)


@dataclass(frozen=True)
class Shown:
    """What an app shows.

    Attributes:
        picture: transparent between its tiles.
        alt: what it shows, in words.
        parts: the same in pieces, which a narrow page puts below one another; none if it is whole.
    """

    picture: Image.Image
    alt: str
    parts: tuple[Image.Image, ...] = field(default=(), kw_only=True)

    @cached_property
    def png(self) -> bytes:
        """The picture as a file."""
        return quick_png(self.picture)

    @property
    def sheet(self) -> tuple[Image.Image, str]:
        """The picture on paper and its words, for ``course.show``."""
        return on_white(self.picture), self.alt


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font of the course's figures, in pixels."""
    return ImageFont.truetype(_FONT, size)


def as_tiles(x: Tensor) -> np.ndarray:
    """Images in [−1, 1], (…, 3, h, h), as tiles: bytes (…, h, h, 3)."""
    return to_bytes(x).movedim(-3, -1).cpu().numpy()


def heat(change: np.ndarray, full: float) -> np.ndarray:
    """Sizes of changes (h, w), 0 to ``full``, as colours from dark blue to yellow (h, w, 3)."""
    return _HEAT[(change * (255 / full)).clip(0, 255).astype(np.uint8)]


def change(edited: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Mean difference over channels of two pictures: white for none, bytes (h, w, 3)."""
    size = np.abs(edited.astype(np.int16) - source).mean(axis=2)
    return CHANGES[(size * (255 / FULL_CHANGE)).clip(0, 255).astype(np.uint8)]


def outlined(tile: np.ndarray, where: np.ndarray, side: int) -> np.ndarray:
    """A tile (h, h, 3) at ``side`` px, its pixels hard, with the edge of a region (h, h) drawn."""
    large = np.asarray(Image.fromarray(where).resize((side, side), Image.Resampling.NEAREST))
    around = np.pad(large, 1)
    inner = around[:-2, 1:-1] & around[2:, 1:-1] & around[1:-1, :-2] & around[1:-1, 2:]
    drawn = np.array(enlarged(tile, side, smooth=False))
    drawn[large & ~inner] = _OUTLINE
    return drawn


@cache
def change_scale(outline: bool) -> Image.Image:
    """What the colours of ``change`` mean, and its outline."""
    picture = Image.new("RGBA", (440, 62), (0,) * 4)
    pen, width = ImageDraw.Draw(picture), 160
    picture.paste(Image.fromarray(np.tile(CHANGES, (12, 1, 1))).resize((width, 12)), (8, 8))
    pen.rectangle((8, 8, 8 + width, 20), outline=GREY)
    for part in (0, 0.5, 1):
        text = f"{part * FULL_CHANGE:g}" + ("+" if part == 1 else "")
        pen.text((8 + part * width, 34), text, GREY, font(12), "ms")
    pen.text((24 + width, 14), "change, in grey levels of 255", GREY, font(12), "lm")
    if outline:
        pen.rectangle((8, 44, 20, 56), outline=_OUTLINE, width=2)
        pen.text((28, 50), "around the inside: what the true edit changes", GREY, font(12), "lm")
    return picture


def painted(segments: object) -> np.ndarray:
    """Segments (h, w) in their colours."""
    return PALETTE[np.asarray(segments)]


def enlarged(tile: np.ndarray, side: int, smooth: bool = True) -> Image.Image:
    """A tile (h, h, 3) at ``side`` px; masks and maps keep hard pixels."""
    how = Image.Resampling.BICUBIC if smooth else Image.Resampling.NEAREST
    return Image.fromarray(tile).resize((side, side), how)


def board(
    rows: Mapping[str, Sequence[np.ndarray | None]],
    columns: Sequence[str],
    side: int,
    sharp: Sequence[str] = (),
) -> Image.Image:
    """Tiles with a title for each row and each column.

    Args:
        rows: by title, a tile (h, h, 3) for each column, or None to leave it empty.
        side: of a tile on the board, in pixels.
        sharp: columns whose pixels stay hard.
    """
    step, lines = side + GAP, [line for title in rows for line in title.split("\n")]
    left = max([_LEFT, *(round(font(13).getlength(line)) + 12 for line in lines)])
    picture = Image.new("RGBA", (left + step * len(columns), _TOP + step * len(rows)), (0,) * 4)
    pen = ImageDraw.Draw(picture)
    for column, title in enumerate(columns):
        place = (left + column * step + side // 2, _TOP - 5)
        pen.text(place, title, GREY, font(13), "ms")
    for row, (title, tiles) in enumerate(rows.items()):
        top = _TOP + row * step
        lines = title.count("\n")
        place = (left - 8, top + side // 2 - 8 * lines)
        pen.multiline_text(place, title, GREY, font(13), "rm" if not lines else "ra", align="right")
        for column, tile in enumerate(tiles):
            if tile is not None:
                shown = enlarged(tile, side, columns[column] not in sharp)
                picture.paste(shown, (left + column * step, top))
    return picture


def strip(tiles: Mapping[str, np.ndarray], side: int, sharp: Sequence[str] = ()) -> Image.Image:
    """Tiles (h, h, 3) in a row, each below its title of at most two lines."""
    step, top = side + GAP, 40
    picture = Image.new("RGBA", (step * len(tiles) - GAP, top + side), (0,) * 4)
    pen = ImageDraw.Draw(picture)
    for column, (title, tile) in enumerate(tiles.items()):
        left, lines = column * step, title.split("\n")
        for i, line in enumerate(reversed(lines)):
            pen.text((left + side // 2, top - 6 - 16 * i), line, GREY, font(13), "ms")
        picture.paste(enlarged(tile, side, title not in sharp), (left, top))
    return picture


def stacked(pictures: Sequence[Image.Image], across: bool = False, gap: int = 12) -> Image.Image:
    """Pictures below one another, or side by side."""
    widths, heights = zip(*(picture.size for picture in pictures), strict=True)
    room = gap * (len(pictures) - 1)
    size = (sum(widths) + room, max(heights)) if across else (max(widths), sum(heights) + room)
    whole, at = Image.new("RGBA", size, (0,) * 4), 0
    for picture in pictures:
        whole.paste(picture, (at, 0) if across else (0, at))
        at += gap + (picture.width if across else picture.height)
    return whole


@cache
def legend(width: int) -> Image.Image:
    """What the colours of masks mean, below a board."""
    small, line, places, x, y = font(12), 18, [], 0, 0
    for colour, name in zip(PALETTE.tolist(), SEGMENTS, strict=True):
        step = 15 + round(small.getlength(name)) + 12
        x, y = (0, y + line) if x + step > width else (x, y)
        places.append((x, y, tuple(colour), name))
        x += step
    picture = Image.new("RGBA", (width, y + line), (0,) * 4)
    pen = ImageDraw.Draw(picture)
    for x, y, colour, name in places:
        pen.rectangle((x, y, x + 11, y + 11), colour, GREY)
        pen.text((x + 15, y + 10), name, GREY, small, "ls")
    return picture


def colour_key() -> list[dict[str, str]]:
    """The segments' names and colours, for a page that shows masks."""
    return [
        {"name": name, "colour": "rgb({}, {}, {})".format(*colour)}
        for name, colour in zip(SEGMENTS, PALETTE.tolist(), strict=True)
    ]


def plain(name: str) -> str:
    """A file's name in one line: a line break or a change of direction is a space."""
    return "".join(sign if sign.isprintable() else " " for sign in name)


def titled(picture: Image.Image, title: str) -> Image.Image:
    """A picture with a line of text above it."""
    line = Image.new("RGBA", (picture.width, 24), (0,) * 4)
    ImageDraw.Draw(line).text((4, 17), plain(title), GREY, font(15), "ls")
    return stacked([line, picture], gap=0)


def on_white(picture: Image.Image) -> Image.Image:
    """The picture on paper, for files and for stored sheets."""
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def quick_png(picture: Image.Image) -> bytes:
    """PNG bytes, packed quickly rather than tightly."""
    file = BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return file.getvalue()


@own_style
def quick_drawing(figure: Figure) -> bytes:
    """A figure as PNG bytes, drawn once and packed quickly, to follow a slider; it is closed."""
    file = BytesIO()
    figure.savefig(file, format="png", dpi=90, pil_kwargs={"compress_level": 1})
    plt.close(figure)
    return file.getvalue()
