"""Apps for hands and eyes (ipywidgets): flips by hand, losses by weight, training by iteration.

Each is a pure function of a frozen state, with controls around it:

    FlipExplorer()                                  # explore(Look(…)) -> Explored
    LossPlayground(Pulls.of(model, batch, titles))  # weigh(pulls, Mix(…)) -> Weighed
    TrainingScrubber()                              # scrub(runs, Moment(…)) -> Scrubbed
    GameFilm(game, real)                            # figures.film(game, real, [frame])
    PixelDuel()                                     # settle(Duel(…)) -> figure, alt text

The functions need no browser and no kernel: lessons store what they return, so a page without
controls shows the same pictures.
"""

from secgan_lite.course.widgets.catalogue import catalogue, chosen
from secgan_lite.course.widgets.controls import App
from secgan_lite.course.widgets.duel import Duel, PixelDuel, descend, settle
from secgan_lite.course.widgets.explorer import (
    Explored,
    Look,
    changed,
    explore,
    flipped,
    unseen,
    wish,
)
from secgan_lite.course.widgets.film import GameFilm
from secgan_lite.course.widgets.flip_explorer import FlipExplorer
from secgan_lite.course.widgets.playground import LossPlayground, Mix, Pulls, Weighed, weigh
from secgan_lite.course.widgets.scrubber import (
    Moment,
    Scrubbed,
    TrainingScrubber,
    recordings,
    scrub,
)
from secgan_lite.course.widgets.subjects import Drawn, Photo

__all__ = [
    "App",
    "Drawn",
    "Duel",
    "Explored",
    "FlipExplorer",
    "GameFilm",
    "Look",
    "LossPlayground",
    "Mix",
    "Moment",
    "Photo",
    "PixelDuel",
    "Pulls",
    "Scrubbed",
    "TrainingScrubber",
    "Weighed",
    "catalogue",
    "changed",
    "chosen",
    "descend",
    "explore",
    "flipped",
    "recordings",
    "scrub",
    "settle",
    "unseen",
    "weigh",
    "wish",
]
