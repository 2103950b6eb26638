"""Play the smallest GAN: choose the rules, take a step or ten, see where the game goes.

DuelPlayer()  # duel.play(Rules(…)), figures.duels({"": path})
"""

from dataclasses import replace

import ipywidgets as w

from secgan_lite.course.duel import Rules, distance, play
from secgan_lite.course.figures import duels
from secgan_lite.course.widgets import canvas, pages
from secgan_lite.course.widgets.controls import App, Quiet, button, row

ITERATIONS = 300


class DuelPlayer(App):
    """Controls for each of the rules, and for how many iterations have been played.

    Attributes:
        rules: by which the game is played.
        played: iterations so far, 0 to 300.
    """

    def __init__(self) -> None:
        self.rules, self.played, self._quiet = Rules(), 0, Quiet()
        self.rate = self._choice("rate", "rate", [0.02, 0.05, 0.1, 0.2])
        self.n = self._choice("N", "n", [1, 2, 5])
        self.penalty = self._choice("penalty λ", "penalty", [0.0, 0.2, 1.0, 3.0])
        self.slope = self._choice("wanted slope", "slope", [("1 (Eq. 1)", 1.0), ("0", 0.0)])
        self.turns = self._choice(
            "order", "turns", [("critic first", True), ("both at once", False)]
        )
        self.falls = self._choice("rate later", "falls", [("the same", False), ("falls", True)])
        self.picture, self.words = w.Image(format="png"), w.HTML()
        self.picture.add_class("secgan-picture")
        moves = [
            button(text, lambda steps=steps: self.go(self.played + steps))
            for text, steps in (("1 step", 1), ("10 steps", 10), ("to the end", ITERATIONS))
        ]
        super().__init__(
            row(self.rate, self.n, self.turns),
            row(self.penalty, self.slope, self.falls),
            row(button("restart", lambda: self.go(0)), *moves),
            self.picture,
            self.words,
        )
        self.go(ITERATIONS)

    def _choice(self, text: str, name: str, options: list) -> w.ToggleButtons:
        control = w.ToggleButtons(
            options=options, value=getattr(self.rules, name), description=text,
            style={"button_width": "auto"},
        )  # fmt: skip
        return self._quiet.watch(control, lambda value: self._set(**{name: value}))

    def _set(self, **rule: object) -> None:
        self.rules = replace(self.rules, **rule)
        self.go(self.played)

    def go(self, iterations: int) -> None:
        """Show the game after so many iterations."""
        self.played = min(iterations, ITERATIONS)
        path = play(self.rules, ITERATIONS)[: self.played + 1]
        figure, alt = duels({f"after {self.played} iterations": path}, side=3.2)
        self.picture.value = canvas.quick_drawing(figure)
        g, d = path[-1]
        self.words.value = (
            f"g = {g:.2f}, d = {d:.2f}; in the last iterations g was up to {distance(path):.2f} "
            f"from where it belongs.{pages.words(alt)}"
        )
