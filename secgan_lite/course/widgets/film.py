"""Games in the plane: slide through their rounds, compare them, and see what D thinks of places.

shown = scene(games, real, Scene("healthy", frame=1, label="right, up"))
film = GameFilm(games, real)  # its controls; games by title, points to show in grey
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import cycle

import ipywidgets as w
import matplotlib
import numpy as np
from PIL import Image, ImageDraw
from torch import Tensor

from secgan_lite.course.figures.common import SIZES, signed
from secgan_lite.course.figures.plane import LOOKS
from secgan_lite.course.plane import EDGE, LABELS, Game, label_share, spots_reached
from secgan_lite.course.widgets import canvas
from secgan_lite.course.widgets.controls import App, Pictures, Quiet, button, row

NOBODY = "all labels"
_SIDE, _FINE = 400, 2  # pixels of the plane; drawn larger and made smaller, for smooth marks
_REAL = "#6a6a6a"
# A landscape's colours (256, 3), a quarter paler than the map's, so that points stand out.
SHADES = (64 + 191 * matplotlib.colormaps[SIZES](np.arange(256))[:, :3]).astype(np.uint8)
_DRAWN = 200  # of G's points
_PACE = 0.4  # seconds from one frame to the next
_LINES = (canvas.GREY, "#CC79A7", "#56B4E9", "#9A6A00")  # of games: no colours of labels
_DASHES = ((9, 0), (9, 4), (3, 3), (15, 5))  # pixels drawn and left out: lines differ in grey too
MEASURES = {"in the asked quarter": ("{:.0%}", 1), "spots reached, of 12": ("{}", 12)}


@dataclass(frozen=True)
class Scene:
    """What is shown: a game's title, the number of a frame, and a label that D hears.

    With ``label=NOBODY`` the points of all labels are there, and in each quarter of the plane D
    hears the label that belongs there, as in the live game.
    """

    game: str
    frame: int
    label: str = NOBODY


def scene(games: Mapping[str, Game], real: Tensor, state: Scene) -> canvas.Shown:
    """A game at one moment: the plane, and beside it two measures of all games along time."""
    game = games[state.game]
    tall = [_measure(games, name, state) for name in MEASURES]
    key = _key(full(game), state.label)
    side = canvas.stacked([key, *tall, _names(games)], gap=4)
    title = f"{state.game}, round {game.rounds[state.frame]}"
    plane = _plane(game, real, state, _SIDE)
    numbers = ", ".join(
        f"{name}: {MEASURES[name][0].format(_value(game, state.frame, name))}" for name in MEASURES
    )
    heard = "of each quarter" if state.label == NOBODY else state.label
    return canvas.Shown(
        canvas.titled(canvas.stacked([plane, side], across=True, gap=18), title),
        f"{state.game} at round {game.rounds[state.frame]}: D's scores for the label {heard}, and "
        f"G's points for {state.label} over the real points. {numbers}.",
        parts=(canvas.titled(plane, title), side),
    )


def _plane(game: Game, real: Tensor, state: Scene, side: int) -> Image.Image:
    """Real points in grey, G's with D's slope; behind them D's scores."""
    size, k = _FINE * side, state.frame
    shown = list(LABELS) if state.label == NOBODY else [state.label]
    picture = _landscape(game, k, state.label).resize((size, size), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(picture)

    def place(x: Tensor) -> np.ndarray:
        """Points (N, 2) as pixels (N, 2); up is up."""
        return (np.asarray(x) * (1, -1) + EDGE) / (2 * EDGE) * size

    def dots(at: np.ndarray, radius: float, colour: str, mark: str) -> None:
        shape = _MARKS[mark] * radius
        for point in at:
            pen.polygon((point + shape).ravel().tolist(), colour, "white")

    middle = size / 2
    pen.line((0, middle, size, middle), "#cccccc", 2)
    pen.line((middle, 0, middle, size), "#cccccc", 2)
    dots(place(real), size / 150, _REAL, "o")
    for name in shown:
        here = (game.y == game.y.new_tensor(LABELS[name])).all(dim=1)
        here[_DRAWN:] = False
        points, pulls = game.frames[k][here], game.pulls[k][here]
        some = slice(0, 12 if state.label == NOBODY else 20)
        length = pulls.norm(dim=1, keepdim=True).clamp(min=1e-9)
        ends = points + pulls / length * (length / 2).clamp(max=1)
        for start, end in zip(place(points[some]), place(ends[some]), strict=True):
            _arrow(pen, start, end)
        dots(place(points), size / 75, *LOOKS[name])
    pen.rectangle((0, 0, size - 1, size - 1), outline=canvas.GREY, width=2)
    return picture.resize((side, side), Image.Resampling.LANCZOS).convert("RGBA")


def height(game: Game, k: int, label: str) -> np.ndarray:
    """D's scores of frame k for a label above their mean at G's points, (32, 32): right, up."""
    scores = game.scores[k, list(LABELS).index(label)].numpy()
    here = (game.y == game.y.new_tensor(LABELS[label])).all(dim=1)
    # The scores at G's points, read off the grid.
    at = ((game.frames[k][here].clamp(-EDGE, EDGE) + EDGE) / (2 * EDGE) * 31).round().long().numpy()
    return scores - (scores[at[:, 0], at[:, 1]].mean() if len(at) else scores.mean())


def _quarters(game: Game, k: int) -> np.ndarray:
    """Heights (32, 32), in each quarter those of the label that belongs there."""
    parts, half = np.empty((32, 32)), 16
    for name, (right, up) in LABELS.items():
        quarter = np.s_[half * right :, half * up :]
        parts[quarter] = height(game, k, name)[quarter]  # what is farther right or up comes later
    return parts


def full(game: Game) -> float:
    """The largest height at a game's end, to one digit: there its colour scale ends, both ways."""
    most = max(abs(height(game, -1, label)).max() for label in LABELS)
    return float(f"{max(most, 1e-3):.0e}")


def _landscape(game: Game, k: int, label: str) -> Image.Image:
    """D's scores, 32 × 32 px: light above those at G's points, dark below."""
    above = (_quarters(game, k) if label == NOBODY else height(game, k, label)) / full(game)
    signed_root = np.sign(above) * np.sqrt(abs(above))  # small heights have a contrast too
    pale = SHADES[((signed_root + 1) * 127.5).clip(0, 255).astype(np.uint8)]
    return Image.fromarray(pale.transpose(1, 0, 2)[::-1].copy())


def _arrow(pen: ImageDraw.ImageDraw, start: np.ndarray, end: np.ndarray) -> None:
    pen.line((*start, *end), "#333333", 2)
    way = end - start
    if (length := np.hypot(*way)) > 1:
        along, across = 10 * way / length, 5 * np.array([-way[1], way[0]]) / length
        corners = (end, end - along + across, end - along - across)
        pen.polygon([tuple(corner) for corner in corners], "#333333")


def _line(
    pen: ImageDraw.ImageDraw, points: list, colour: str, width: int, dash: tuple[int, int]
) -> None:
    """A line through points in dashes: so many pixels drawn, so many left out."""
    if not dash[1]:
        pen.line(points, colour, width)
        return
    x, y = np.array(points, float).T
    way = np.concatenate([[0], np.hypot(np.diff(x), np.diff(y)).cumsum()])
    for start in np.arange(0, way[-1], sum(dash)):
        end = min(start + dash[0], way[-1])
        at = [start, *way[(way > start) & (way < end)], end]
        pen.line([*zip(np.interp(at, way, x), np.interp(at, way, y), strict=True)], colour, width)


def _polygon(corners: int, turn: float = 0.0) -> np.ndarray:
    """A regular polygon around 0, (corners, 2), its first corner at the top."""
    angle = 2 * np.pi * (np.arange(corners) / corners + turn)
    return np.stack([np.sin(angle), -np.cos(angle)], axis=1)


_MARKS = {"o": _polygon(16), "^": 1.15 * _polygon(3), "s": _polygon(4, 1 / 8), "D": _polygon(4)}


def _key(full: float, label: str) -> Image.Image:
    """What the labels' marks mean and, up to a height, the colours of a landscape."""
    low = 54  # below the labels, two in a line
    picture = Image.new("RGBA", (340, low + 58), (0,) * 4)
    pen = ImageDraw.Draw(picture)
    for i, name in enumerate(LABELS):
        colour, mark = LOOKS[name]
        at = np.array((10 + 110 * (i % 2), 12 + 20 * (i // 2)))
        pen.polygon([tuple(c) for c in at + 6 * _MARKS[mark]], colour)
        pen.text((at[0] + 12, at[1]), name, canvas.GREY, canvas.font(12), "lm")
    pen.ellipse((226, 8, 234, 16), _REAL)
    pen.text((242, 12), "real", canvas.GREY, canvas.font(12), "lm")
    words = "arrow: D's slope, half as long, at most 1 unit"
    pen.text((4, low), words, canvas.GREY, canvas.font(12), "lm")
    strip = Image.fromarray(np.tile(SHADES, (10, 1, 1)))
    picture.paste(strip, (4, low + 14))
    pen.rectangle((4, low + 14, 260, low + 24), outline=canvas.GREY)
    for above in (-full, -full / 5, 0, full / 5, full):
        x = 132 + 128 * np.sign(above) * np.sqrt(abs(above) / full)
        text = signed(above, "+g") if above else "0"
        pen.text((x, low + 36), text, canvas.GREY, canvas.font(12), "mm" if x > 4 else "lm")
    heard = " (each quarter's own label)" if label == NOBODY else ""
    words = f"D's score{heard} minus G's mean"
    pen.text((4, low + 50), words, canvas.GREY, canvas.font(12), "lm")
    return picture


def _value(game: Game, k: int, name: str) -> float:
    return _measured(game.frames, game.y, k, name)


@lru_cache(maxsize=1024)  # all lines are drawn anew in each scene
def _measured(frames: Tensor, y: Tensor, k: int, name: str) -> float:
    return spots_reached(frames[k]) if name.startswith("spots") else label_share(frames[k], y)


def _measure(games: Mapping[str, Game], name: str, state: Scene) -> Image.Image:
    """A measure of all games against rounds; that of the scene is bold, a line marks its round."""
    (how, top), width, height, head = MEASURES[name], 300, 84, 20
    picture = Image.new("RGBA", (340, head + height + 18), (0,) * 4)
    pen = ImageDraw.Draw(picture)
    pen.text((0, 14), name, canvas.GREY, canvas.font(13), "ls")
    pen.rectangle((0, head, width, head + height), outline=canvas.GREY)
    last = max(game.rounds[-1] for game in games.values())
    for x, text, where in ((0, "round 0", "ls"), (width, str(last), "rs")):
        pen.text((x, head + height + 14), text, canvas.GREY, canvas.font(12), where)
    for y, text in ((head, how.format(top)), (head + height, how.format(0))):
        pen.text((width + 4, y), text, canvas.GREY, canvas.font(12), "lm")
    for (title, game), colour, dash in zip(games.items(), cycle(_LINES), cycle(_DASHES)):
        values = [_value(game, k, name) / top for k in range(len(game.rounds))]
        line = [(t / last * width, head + height * (1 - v)) for t, v in
                zip(game.rounds, values, strict=True)]  # fmt: skip
        _line(pen, line, colour, 4 if title == state.game else 2, dash)
    at = games[state.game].rounds[state.frame] / last * width
    pen.line((at, head, at, head + height), canvas.GREY, 1)
    value = how.format(_value(games[state.game], state.frame, name))
    pen.text((width, 14), f"{state.game}: {value}", canvas.GREY, canvas.font(13), "rs")
    return picture


def _names(games: Mapping[str, Game]) -> Image.Image:
    """Which line belongs to which game, two in a row."""
    picture = Image.new("RGBA", (340, 20 * -(-len(games) // 2)), (0,) * 4)
    pen = ImageDraw.Draw(picture)
    for i, (title, colour, dash) in enumerate(zip(games, cycle(_LINES), cycle(_DASHES))):
        x, y = 160 * (i % 2), 10 + 20 * (i // 2)
        _line(pen, [(x, y), (x + 24, y)], colour, 4, dash)
        pen.text((x + 30, y), title, canvas.GREY, canvas.font(12), "lm")
    return picture


class GameFilm(App):
    """Choose a game, a round and a label that D hears; or let the rounds play.

    Args:
        games: what was played, by title.
        real: points (N, 2) to show in grey.
    """

    _question = "How does the game end, and which label's points are at home?"

    def __init__(self, games: Mapping[str, Game], real: Tensor) -> None:
        self._games, self._real, self._quiet = dict(games), real, Quiet()
        first = next(iter(self._games))
        self.game = self._quiet.watch(
            w.ToggleButtons(options=list(self._games), description="game"), self._choose
        )
        self.label = self._quiet.watch(
            w.ToggleButtons(options=[NOBODY, *LABELS], description="look at"),
            lambda label: self._show(replace(self.state, label=label)),
        )
        self.round = self._quiet.watch(
            w.SelectionSlider(options=[("0", 0)], description="round",
                              layout=w.Layout(width="400px")),
            lambda frame: self._show(replace(self.state, frame=frame)),
        )  # fmt: skip
        self.play, self._task = button("play", self._toggle), None
        self.pictures = Pictures()
        super().__init__(self.game, row(self.play, self.round), self.label, self.pictures)
        self.state = Scene(first, len(self._games[first].rounds) - 1)
        self._choose(first)

    def _choose(self, title: str) -> None:
        """Another game may have other rounds; the frame stays, so that games can be compared."""
        rounds = self._games[title].rounds
        frame = min(self.state.frame, len(rounds) - 1)
        with self._quiet.setting():
            self.round.options = [(str(t), k) for k, t in enumerate(rounds)]
            self.round.value = frame
        self._show(replace(self.state, game=title, frame=frame))

    def _toggle(self) -> None:
        if self._task:
            self._task.cancel()
            self._stopped()
        else:
            self._task = asyncio.ensure_future(self._go_on())
            self.play.description = "pause"

    async def _go_on(self) -> None:
        """Frame after frame to the end; from the beginning where it stands at the end."""
        if self.round.index == len(self.round.options) - 1:
            self.round.index = 0
        while self.round.index < len(self.round.options) - 1:
            await asyncio.sleep(_PACE)
            self.round.index += 1
        self._stopped()

    def _stopped(self) -> None:
        self._task, self.play.description = None, "play"

    def _show(self, state: Scene) -> None:
        self.state = state
        self.pictures.show(scene(self._games, self._real, state))
