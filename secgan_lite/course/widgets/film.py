"""The film of a game in the plane: slide through its frames, from the first round to the last.

film = GameFilm(game, real)  # plane.train(…), points to show in grey
"""

import ipywidgets as w
from torch import Tensor

from secgan_lite.course.figures import film
from secgan_lite.course.figures.common import png
from secgan_lite.course.plane import Game
from secgan_lite.course.widgets import pages
from secgan_lite.course.widgets.controls import App, Quiet


class GameFilm(App):
    """A slider over the frames of a game.

    Args:
        game: what was played.
        real: points (N, 2) to show in grey.
    """

    def __init__(self, game: Game, real: Tensor) -> None:
        self._game, self._real, self._seen = game, real, {}
        self.round = Quiet().watch(
            w.SelectionSlider(
                options=[(str(t), k) for k, t in enumerate(game.rounds)],
                value=len(game.rounds) - 1,
                description="round",
                layout=w.Layout(width="400px"),
            ),
            self._show,
        )
        self.picture, self.words = w.Image(format="png"), w.HTML()
        super().__init__(self.round, self.picture, self.words)
        self._show(self.round.value)

    def _show(self, k: int) -> None:
        if k not in self._seen:
            figure, alt = film(self._game, self._real, [k])
            self._seen[k] = png(figure), alt
        self.picture.value, alt = self._seen[k]
        self.words.value = pages.words(alt)
