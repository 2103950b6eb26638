"""See a drag: edits of the same faces by editors of three dials, beside the true edits.

DragDial()  # dragged("Black_Hair", "No_Beard"), the recorded edits of a flip
"""

import numpy as np
import torch
from torch import Tensor

from secgan_lite.course import figures
from secgan_lite.course.figures.common import Picture, address
from secgan_lite.course.study.confounding import FLIPS, load_drags
from secgan_lite.course.study.dragged import FACES, SHOWN, Dragged, dragged, sheet
from secgan_lite.course.widgets.controls import ASSETS, Alone, script

EACH = 4  # faces that are shown of each direction of a flip
# What the judge may say of a partner: where it does not see it, and where it does.
WORDS = {
    "Black_Hair": ("other hair", "black hair"),
    "No_Beard": ("a beard", "no beard"),
    "Eyeglasses": ("no glasses", "glasses"),
    "Young": ("old", "young"),
}


class DragDial(Alone):
    """The flip, the dial, eight faces and the drag; the page has all views and needs no kernel.

    Attributes:
        shown: all views, by flip.
    """

    _esm = script("drag_dial.js")
    _css = ASSETS / "drag_dial.css"
    _question = "On which faces does this edit move what the judge sees of the partner (bold)?"

    def __init__(self) -> None:
        flips = [_flip(*pair) for pair in FLIPS]
        self.shown = {"dials": [*SHOWN], "faces": FACES, "flips": flips}

    def _picture(self) -> Picture:
        """The first flip at the first and last dial; what the judge sees is bold if it moved."""
        (name, partner), first = FLIPS[0], self.shown["flips"][0]
        found, words, blocks, verdicts = dragged(name, partner), np.array(WORDS[partner]), {}, {}
        for wish, few in zip(first["wishes"][::EACH], _few(name, partner).split(EACH), strict=True):
            titles = [f"dial {SHOWN[at]:g}" for at in (0, -1)]
            edits = dict(zip(titles, found.edits[[0, -1]][:, few], strict=True))
            blocks[wish] = {"input": found.x[few]} | edits | {"true edit": found.true[few]}
            said = [*found.said[[0, -1]][:, few].int(), found.meant[few].int()]
            each = zip([*titles, "true edit"], said, strict=True)
            verdicts[wish] = {title: words[seen.numpy()].tolist() for title, seen in each}
        picture, alt = figures.dragged(blocks, verdicts)
        told = (f"Dial {SHOWN[at]:g}: {'; '.join(first['counts'][at])}." for at in (0, -1))
        return picture, f"{alt} {first['title']}. {' '.join(told)}"


def _flip(name: str, partner: str) -> dict:
    """All that the page shows of a flip."""
    found, words = dragged(name, partner), np.array(WORDS[partner])
    few = _few(name, partner)
    title, cells = f"{name} → {partner}", load_drags()["cells"]
    runs = {dial: [] for dial in SHOWN}
    for cell in cells:
        if cell["config"]["method"] == "baseline":
            runs[cell["config"]["correlation"]].append(cell["flips"][title]["drag"])
    rows = [found.x[few], *found.edits[:, few], found.true[few]]
    return {
        "title": title,
        "sheet": address(sheet(torch.stack(rows))),
        "wishes": [figures.flip_name(name, bool(had)) for had in found.had[few]],
        "said": words[found.said[:, few].int().numpy()].tolist(),
        "meant": words[found.meant[few].int().numpy()].tolist(),
        "moves": found.moves[:, few].int().tolist(),
        "runs": [*runs.values()],
        "counts": _counts(name, found),
    }


def _few(name: str, partner: str) -> Tensor:
    """Numbers of the faces shown: of each direction, first those whose partner can be dragged."""
    found, few = dragged(name, partner), []
    for had in (1, 0):
        here = (found.had == had).nonzero().flatten()
        few.append(here[(found.has[here] == had).int().argsort(stable=True)][:EACH])
    return torch.cat(few)


def _counts(name: str, found: Dragged) -> list[list[str]]:
    """What all recorded faces say, by dial and direction."""
    lines: list[list[str]] = [[] for _ in SHOWN]
    for had in (1, 0):
        faces, free, along, against = found.counts(had)
        for dial, line in enumerate(lines):
            told = (
                f"{along[dial]} of {faces} faces dragged ({free} can be), {against[dial]} against"
            )
            line.append(f"{figures.flip_name(name, bool(had))}: {told}")
    return lines
