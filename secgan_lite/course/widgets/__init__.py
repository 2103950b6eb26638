"""Apps for hands and eyes (ipywidgets): edits, paint, losses, games, trainings, luck.

Each is a pure function of a frozen state, with controls around it:

    FlipExplorer()                                  # explore(Look(…)) -> Explored
    FacePainter(P, images)                          # paint(P, image, Stroke(…)) -> Painted
    LossPlayground(Pulls.of(model, batch, titles))  # weigh(pulls, Mix(…)) -> Weighed
    TrainingScrubber()                              # scrub(runs, Moment(…)) -> Scrubbed
    LiveGame()                                      # Match().advance(100), Match().moment()
    LiveLaboratory()                                # Trial().advance(40), Trial().curves
    GameFilm(games, real)                           # film.scene(games, real, Scene(…)) -> Shown
    DragDial()                                      # dragged("Young", "Eyeglasses") -> Dragged
    DuelPlayer()                                    # figures.duels({title: duel.play(Rules(…))})
    Eraser(candidates)                              # erase(candidates, Erasing(…)) -> Erased
    PixelDuel()                                     # settle(Duel(…)) -> figure, alt text
    TableOfLuck()                                   # luck_picture([gamble(Table(…))]) -> Shown

The functions need no browser and no kernel: lessons store what they return, so a page without
controls shows the same pictures.
"""

from secgan_lite.course.widgets.catalogue import catalogue, chosen
from secgan_lite.course.widgets.controls import App
from secgan_lite.course.widgets.drag_dial import DragDial
from secgan_lite.course.widgets.duel_player import DuelPlayer
from secgan_lite.course.widgets.eraser import Candidates, Erased, Eraser, Erasing, erase
from secgan_lite.course.widgets.explorer import (
    Explored,
    Look,
    changed,
    edited_faces,
    explore,
    flipped,
    unseen,
    wish,
)
from secgan_lite.course.widgets.film import GameFilm
from secgan_lite.course.widgets.flip_explorer import FlipExplorer
from secgan_lite.course.widgets.live_game import LiveGame, Match, Rules
from secgan_lite.course.widgets.live_laboratory import LiveLaboratory, Trial
from secgan_lite.course.widgets.luck import Gambled, Table, TableOfLuck, gamble
from secgan_lite.course.widgets.luck_drawing import luck_picture
from secgan_lite.course.widgets.painter import FacePainter, Painted, Stroke, paint
from secgan_lite.course.widgets.pixel_duel import Duel, PixelDuel, descend, settle
from secgan_lite.course.widgets.playground import LossPlayground
from secgan_lite.course.widgets.scrubbed import Moment, Scrubbed, recordings, scrub
from secgan_lite.course.widgets.scrubber import TrainingScrubber
from secgan_lite.course.widgets.subjects import Drawn, Photo
from secgan_lite.course.widgets.weighing import Mix, Pulls, Weighed, compared, weigh

__all__ = [
    "App",
    "Candidates",
    "DragDial",
    "Drawn",
    "Duel",
    "DuelPlayer",
    "Erased",
    "Eraser",
    "Erasing",
    "Explored",
    "FacePainter",
    "FlipExplorer",
    "Gambled",
    "GameFilm",
    "LiveGame",
    "LiveLaboratory",
    "Look",
    "LossPlayground",
    "Match",
    "Mix",
    "Moment",
    "Painted",
    "Photo",
    "PixelDuel",
    "Pulls",
    "Rules",
    "Scrubbed",
    "Stroke",
    "Table",
    "TableOfLuck",
    "TrainingScrubber",
    "Trial",
    "Weighed",
    "catalogue",
    "changed",
    "chosen",
    "compared",
    "descend",
    "edited_faces",
    "erase",
    "explore",
    "flipped",
    "gamble",
    "luck_picture",
    "paint",
    "recordings",
    "scrub",
    "settle",
    "unseen",
    "weigh",
    "wish",
]
