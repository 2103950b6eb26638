"""Play the smallest GAN: choose its rules and its start, and watch where the game goes.

DuelPlayer()  # duel.play(Rules(…), start=(g, d))
"""

from dataclasses import replace

import numpy as np

from secgan_lite.course.duel import RIGHT, START, Rules, distance, play, pull_on_critic
from secgan_lite.course.figures.common import Picture
from secgan_lite.course.figures.duel import duels
from secgan_lite.course.widgets.controls import ASSETS, Page, script

ITERATIONS = 300
EDGE = 4.0  # of what can be seen: a start lies no farther from 0
CHOICES = {
    "rate": ("rate", [(str(value), value) for value in (0.02, 0.05, 0.1, 0.2)]),
    "n": ("N", [(str(value), value) for value in (1, 2, 5)]),
    # None is a weight that lesson 04 plays beside it, with the slope 0: there is more to find.
    "penalty": ("penalty λ", [(str(value), value) for value in (0.0, 0.1, 0.4, 0.7, 2.0, 4.0)]),
    "slope": ("wanted slope", [("1 (Eq. 1)", 1.0), ("0", 0.0)]),
    "turns": ("order", [("critic first", True), ("both at once", False)]),
    "falls": ("rate later", [("the same", False), ("falls", True)]),
}


class DuelPlayer(Page):
    """Each of the rules, the start, and the path; the page moves along it without the kernel.

    Attributes:
        rules: by which the game is played.
        start: g and d, each from -4 to 4.
        shown: the path of these rules and, pale, that of the rules before.
    """

    _esm = script("duel_player.js")
    _css = ASSETS / "duel_player.css"

    _question = "Where does the penalty on slopes lead from another start?"

    def _picture(self) -> Picture:
        """A game that the app can play, played to its end: its own beginning shows no path."""
        games = {"Eq. 1, λ = 0.7, from g = 2": play(Rules(penalty=0.7), start=(2.0, 0.0))}
        return duels(games, side=1.8)

    def __init__(self) -> None:
        super().__init__()
        self._begin()

    def _begin(self) -> None:
        self.rules, self.start, self._before = Rules(), START, None
        self._show()

    def _do_rule(self, name: str, value: float | bool) -> None:
        self._before, self.rules = self.rules, replace(self.rules, **{name: value})
        self._show()

    def _do_start(self, g: float, d: float) -> None:
        self.start = tuple(max(-EDGE, min(EDGE, float(value))) for value in (g, d))
        self._show()

    def _do_reset(self) -> None:
        self._begin()

    def _played(self, rules: Rules) -> np.ndarray:
        return play(rules, ITERATIONS, self.start)

    def _show(self) -> None:
        path = self._played(self.rules)
        self.shown = {
            "answer": self._answer,
            "edge": EDGE,
            "right": RIGHT,
            "choices": [
                {"name": name, "title": title, "options": options,
                 "value": getattr(self.rules, name)}
                for name, (title, options) in CHOICES.items()
            ],
            "path": _for_page(path),
            "pulls": [round(pull_on_critic(self.rules, g, d), 4) for g, d in path.clip(-1e6, 1e6)],
            "before": _for_page(self._played(self._before)) if self._before else [],
            "distance": distance(path),
        }  # fmt: skip


def _for_page(path: np.ndarray) -> list:
    """(g, d) along a path; a game that runs away stays far outside of what is seen."""
    return path.clip(-1e6, 1e6).round(4).tolist()
