"""Play the smallest GAN: drag its rules and its start, and see where the game goes.

DuelPlayer()
"""

from dataclasses import asdict

from secgan_lite.course.duel import RIGHT, START, Rules, play
from secgan_lite.course.figures.common import Picture
from secgan_lite.course.figures.duel import duels
from secgan_lite.course.widgets.controls import ASSETS, Page, script

ITERATIONS = 300
EDGE = 4.0  # of what can be seen: a start lies no farther from 0
_SLIDERS = {  # title, least, most, step
    "penalty": ("penalty λ", 0, 4, 0.05),
    "slope": ("wanted slope", 0, 1, 0.05),
    "rate": ("learning rate", 0.01, 0.5, 0.01),
    "n": ("steps of d per g, N", 1, 5, 1),
}
_BOXES = {
    "turns": "critic first, as in Algorithm 1 (else both at once)",
    "falls": "the rate falls to 0 in the second half",
}


class DuelPlayer(Page):
    """Sliders for each of the rules, the start, and the path.

    The page plays the game itself (``duel.js``): two numbers need no kernel, and every change of
    a rule is seen within a frame.

    Attributes:
        shown: where the page begins, and the range of each control.
    """

    _esm = script("duel.js", "duel_player.js")
    _css = ASSETS / "duel_player.css"

    _question = "Where does the penalty on slopes lead from another start?"

    def _picture(self) -> Picture:
        """A game that the app can play, played to its end: its own beginning shows no path."""
        games = {"Eq. 1, λ = 0.7, from g = 2": play(Rules(penalty=0.7), start=(2.0, 0.0))}
        return duels(games, side=1.8)

    def __init__(self) -> None:
        super().__init__()
        self.shown = {
            "rules": asdict(Rules()),
            "start": START,
            "right": RIGHT,
            "edge": EDGE,
            "iterations": ITERATIONS,
            "sliders": [
                {"name": name, "title": title, "least": least, "most": most, "step": step}
                for name, (title, least, most, step) in _SLIDERS.items()
            ],
            "boxes": [{"name": name, "title": title} for name, title in _BOXES.items()],
        }
