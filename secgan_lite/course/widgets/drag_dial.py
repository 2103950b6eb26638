"""See a drag: edits of the same faces by editors of three dials, beside the true edits.

DragDial()  # dragged("Black_Hair", "No_Beard"), the recorded edits of a flip
"""

from base64 import b64encode
from io import BytesIO

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from secgan_lite.course.figures import flip_name
from secgan_lite.course.study.confounding import FLIPS, load_drags
from secgan_lite.course.study.dragged import FACES, SHOWN, Dragged, dragged, sheet
from secgan_lite.course.widgets.controls import ASSETS, Page, script

EACH = 4  # faces that are shown of each direction of a flip
# What the judge may say of a partner: where it does not see it, and where it does.
WORDS = {
    "Black_Hair": ("other hair", "black hair"),
    "No_Beard": ("a beard", "no beard"),
    "Eyeglasses": ("no glasses", "glasses"),
    "Young": ("old", "young"),
}


class DragDial(Page):
    """The flip, the dial, eight faces and the drag; the page has all views and needs no kernel.

    Attributes:
        shown: all views, by flip.
    """

    _esm = script("drag_dial.js")
    _css = ASSETS / "drag_dial.css"

    def __init__(self) -> None:
        super().__init__()
        flips = [_flip(*pair) for pair in FLIPS]
        largest = max(flips, key=lambda flip: sum(flip["runs"][-1]))  # the app opens on it
        opened = {"first": flips.index(largest), "dials": [*SHOWN], "faces": FACES}
        self.shown = opened | {"flips": flips}


def _flip(name: str, partner: str) -> dict:
    """All that the page shows of a flip."""
    found, words = dragged(name, partner), np.array(WORDS[partner])
    few = torch.cat([_first(found, had) for had in (1, 0)])
    title, cells = f"{name} → {partner}", load_drags()["cells"]
    runs = {dial: [] for dial in SHOWN}
    for cell in cells:
        if cell["config"]["method"] == "baseline":
            runs[cell["config"]["correlation"]].append(cell["flips"][title]["drag"])
    rows = [found.x[few], *found.edits[:, few], found.true[few]]
    return {
        "title": title,
        "sheet": _address(sheet(torch.stack(rows))),
        "wishes": [flip_name(name, bool(had)) for had in found.had[few]],
        "said": words[found.said[:, few].int().numpy()].tolist(),
        "meant": words[found.meant[few].int().numpy()].tolist(),
        "moves": found.moves[:, few].int().tolist(),
        "runs": [*runs.values()],
        "counts": [_counts(name, found, moves) for moves in found.moves],
    }


def _first(found: Dragged, had: int) -> Tensor:
    """Numbers of the faces shown of a direction: first those whose partner can still be dragged."""
    here = (found.had == had).nonzero().flatten()
    return here[(found.has[here] == had).int().argsort(stable=True)][:EACH]


def _counts(name: str, found: Dragged, moves: Tensor) -> list[str]:
    """What all recorded faces say of a dial, by direction."""
    lines = []
    for had in (1, 0):
        here = moves[found.had == had]
        wish, along, against = flip_name(name, bool(had)), (here > 0).sum(), (here < 0).sum()
        lines.append(f"{wish}: {along} of {len(here)} dragged, {against} against")
    return lines


def _address(picture: Image.Image) -> str:
    """A picture as a data address."""
    file = BytesIO()
    picture.save(file, "PNG")
    return f"data:image/png;base64,{b64encode(file.getvalue()).decode()}"
