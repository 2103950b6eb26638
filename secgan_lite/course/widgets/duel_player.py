"""Play the smallest GAN: drag its rules and its start, and see where the game goes.

DuelPlayer()
"""

from dataclasses import asdict

from secgan_lite.course.duel import RIGHT, START, Rules
from secgan_lite.course.figures.common import Picture
from secgan_lite.course.figures.duel import beginning
from secgan_lite.course.widgets.controls import ASSETS, Alone, script

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


class DuelPlayer(Alone):
    """Sliders for each of the rules, the start, and the path.

    The page plays the game itself (``duel.js``): two numbers need no kernel, and every change of
    a rule is seen within a frame.

    Attributes:
        shown: where the page begins, and the range of each control.
    """

    _esm = script("duel.js", "duel_drawing.js", "duel_player.js")
    _css = ASSETS / "duel_player.css"

    _question = "Where will the path end: at the star, around it, or far away?"

    def _picture(self) -> Picture:
        """What it opens with."""
        return beginning(Rules(), START, EDGE, ITERATIONS)

    def __init__(self) -> None:
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
