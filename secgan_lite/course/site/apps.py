"""The lessons' apps that need no kernel: scripts, styles and what they show, and links to them."""

import json
import re
from dataclasses import asdict
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from secgan_lite.course import laboratory, plane
from secgan_lite.course.faults import FAULTS, right_name
from secgan_lite.course.widgets import (
    DragDial,
    DuelPlayer,
    LiveGame,
    LiveLaboratory,
    TrainingScrubber,
    live_game,
    live_laboratory,
)
from secgan_lite.course.widgets.controls import PLAIN

# By page: its title, and the end of a cell that shows the app of this page.
PAGES = {
    "explorer": ("Explorer", r"\bapp$"),
    "game": ("Train a GAN", r"\bLiveGame\(.*\)$"),
    "duel": ("The smallest GAN", r"\bDuelPlayer\(\)$"),
    "drag": ("See a drag", r"\bDragDial\(\)$"),
    "scrubber": ("Watch a training", r"\bTrainingScrubber\(runs=.*\)$"),
    "faults": ("Name the broken lines", r"\bTrainingScrubber\(laboratory\..*\)$"),
    "hand": ("Train it by hand", r"\bLiveLaboratory\(\)$"),
}

# What a lesson says in brackets of an app that needs a kernel; links have brackets, too.
_KERNEL = re.compile(r" ?\((?=[^()]*\bkernel\b)(?:[^()]|\([^()]*\))*\)")


def write_apps(folder: Path) -> None:
    """Write a script of each app into a folder, and a JSON file of what each page shows."""
    scripts = {
        "duel_player": DuelPlayer,
        "drag_dial": DragDial,
        "scrubber": TrainingScrubber,
        "live_game": LiveGame,
        "live_laboratory": LiveLaboratory,
    }
    for name, app in scripts.items():
        (folder / f"{name}.js").write_text(app._esm, encoding="utf-8")
    broken = TrainingScrubber(laboratory.dynamics(), "Which line is broken?", [*FAULTS], right_name)
    for name, shown in {
        "duel_player": DuelPlayer().shown,
        "drag_dial": DragDial().shown,
        "scrubber": TrainingScrubber().shown,
        "faults": broken.shown,
        "live_game": game_facts(),
        "hand": live_laboratory.recorded(),
    }.items():
        (folder / f"{name}.json").write_text(json.dumps(shown), encoding="utf-8")


def game_facts() -> dict:
    """What the page that trains must know of the live game: its sizes, rules, data and colours."""
    first = LiveGame().shown
    rules = asdict(live_game.Rules())
    del rules["spots"]
    return {
        **{name: first[name] for name in ("edge", "shades", "looks")},
        **live_game.COUNTS,
        "grid": 24,  # places of a side of D's landscape: a phone finds so many in time
        "noise": plane.NOISE,
        "corners": [*plane.LABELS.values()],
        "rules": rules,
        "clouds": {
            name: [spots[label].tolist() for label in plane.LABELS]
            for name, spots in live_game.CLOUDS.items()
        },
    }


def link_apps(lesson: NotebookNode, to: str) -> None:
    """Below each app that has a page of its own, which is at ``to``, put a link to that page.

    The sentences on the missing kernel go from the lesson's words.
    """
    cells, words = [], []  # words: markdown since the last app
    for cell in lesson.cells:
        cells.append(cell)
        if cell.cell_type == "markdown":
            words.append(cell)
        data = [output.get("data", {}) for output in cell.get("outputs", ())]
        if any(each.get("text/plain") == PLAIN for each in data):
            for page, (title, end) in PAGES.items():
                if re.search(end, cell.source):
                    cells.append(new_markdown_cell(f"**Play it here:** [{title}]({to}{page}.md)"))
                    for each in words:
                        each.source = _KERNEL.sub("", each.source)
            words = []
    lesson.cells = cells
