"""Apps for hands and eyes (ipywidgets): flips, losses by weight, training by iteration, erasing.

Each is a pure function of a frozen state, with controls around it:

    FlipExplorer()                                  # explore(Look(…)) -> Explored
    LossPlayground(Pulls.of(model, batch, titles))  # weigh(pulls, Mix(…)) -> Weighed
    TrainingScrubber()                              # scrub(runs, Moment(…)) -> Scrubbed
    GameFilm(game, real)                            # figures.film(game, real, [frame])
    Eraser(candidates)                              # erase(candidates, Erasing(…)) -> Erased

The functions need no browser and no kernel: lessons store what they return, so a page without
controls shows the same pictures.
"""

from secgan_lite.course.widgets.catalogue import catalogue, chosen
from secgan_lite.course.widgets.controls import App
from secgan_lite.course.widgets.eraser import Candidates, Erased, Eraser, Erasing, erase
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
    "Candidates",
    "Drawn",
    "Erased",
    "Eraser",
    "Erasing",
    "Explored",
    "FlipExplorer",
    "GameFilm",
    "Look",
    "LossPlayground",
    "Mix",
    "Moment",
    "Photo",
    "Pulls",
    "Scrubbed",
    "TrainingScrubber",
    "Weighed",
    "catalogue",
    "changed",
    "chosen",
    "erase",
    "explore",
    "flipped",
    "recordings",
    "scrub",
    "unseen",
    "weigh",
    "wish",
]
