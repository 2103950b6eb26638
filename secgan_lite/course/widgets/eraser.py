"""The eraser: what is left of an edit, and of its effect on the judge, without its faint changes.

    candidates = Candidates(names, judge, x, y, {"GAN": edits, "noise": others})
    erased = erase(candidates, Erasing(attribute=6, levels=16))

All edits are made before, so a slider only erases, and asks the judge about one face.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import ipywidgets as w
import numpy as np
import torch
from torch import Tensor

from secgan_lite.course.cheats import without_faint
from secgan_lite.course.figures.common import flip_name
from secgan_lite.course.widgets import canvas, pages
from secgan_lite.course.widgets.controls import App, Quiet, row

_SIDE, _FULL, _MOST = 116, 32, 64  # of a tile in pixels; end of the heat map; of the slider


@dataclass(frozen=True, eq=False)
class Candidates:
    """Single flips of the same faces by several editors.

    Attributes:
        names: of the n_a attributes.
        judge: images -> logits (B, n_a).
        x, y: inputs (B, 3, h, h) in [−1, 1] and their labels (B, n_a).
        edits: by editor, (n_a, B, 3, h, h).
    """

    names: tuple[str, ...]
    judge: Callable[[Tensor], Tensor]
    x: Tensor
    y: Tensor
    edits: Mapping[str, Tensor]


@dataclass(frozen=True)
class Erasing:
    """Which face, which attribute is reversed, and up to which change all is erased, of 255."""

    face: int = 0
    attribute: int = 0
    levels: int = 0


@dataclass(frozen=True)
class Erased(canvas.Shown):
    """The picture, what it shows, and by editor how sure the judge is: (edit, what is left)."""

    sure: dict[str, tuple[float, float]]


@torch.inference_mode()
def erase(candidates: Candidates, erasing: Erasing) -> Erased:
    """One face, its edits by all editors, and what is left of them.

    How sure the judge is of the wanted value, from 0 to 1, stands below each editor's name, before
    and after. The heat map ends at 32 grey levels, so that a change of 8 is seen in it.
    """
    face, a = erasing.face, erasing.attribute
    x, wanted = candidates.x[face], 1 - candidates.y[face, a]
    rows, sure = {}, {}
    for title, edits in candidates.edits.items():
        edit = edits[a, face]
        left = without_faint(edit, x, erasing.levels)
        logits = candidates.judge(torch.stack([edit, left]))[:, a]
        before, after = (logits if wanted else -logits).sigmoid().tolist()
        seen, source, rest = canvas.as_tiles(torch.stack([edit, x, left]))
        size = np.abs(seen.astype(np.int16) - source).max(axis=2)
        tiles = [source, seen, canvas.heat(size, _FULL), rest]
        rows[f"{title}\n{before:.2f} → {after:.2f}"] = tiles
        sure[title] = before, after
    columns = ("input", "edit", f"change, 0-{_FULL}", "what is left")
    picture = canvas.board(rows, columns, _SIDE, sharp=columns[2:3])
    wish = flip_name(candidates.names[a], not wanted)
    told = "; ".join(f"{title} {one:.2f}, then {two:.2f}" for title, (one, two) in sure.items())
    return Erased(
        picture,
        f"Face {face + 1}, {wish}, without changes of {erasing.levels} grey levels or less. "
        f"How sure the judge is of the wanted value, before and after: {told}.",
        sure,
    )


class Eraser(App):
    """Erase the faint part of edits, and see which ones the judge still recognises.

    Attributes:
        erasing: what is shown.
        erased: what came of it.
    """

    def __init__(self, candidates: Candidates) -> None:
        self._candidates, self._quiet, self.erasing = candidates, Quiet(), Erasing(levels=16)
        faces = [(str(i + 1), i) for i in range(len(candidates.x))]
        names = [(name.replace("_", " "), i) for i, name in enumerate(candidates.names)]
        self.face = self._control(w.Dropdown(options=faces, description="face"), "face")
        reversed_ = w.Dropdown(options=names, description="reversed")
        self.attribute = self._control(reversed_, "attribute")
        slider = w.IntSlider(
            self.erasing.levels, max=_MOST, description="erase up to", layout={"width": "360px"}
        )
        self.levels = self._control(slider, "levels")
        self.picture, self.words = w.Image(format="png"), w.HTML()
        self.picture.add_class("secgan-picture")
        controls = row(self.face, self.attribute, self.levels)
        super().__init__(controls, self.picture, self.words)
        self._show(self.erasing)

    def _control(self, control: w.Widget, field: str) -> w.Widget:
        return self._quiet.watch(
            control, lambda value: self._show(replace(self.erasing, **{field: value}))
        )

    def _show(self, erasing: Erasing) -> None:
        self.erased, self.erasing = erase(self._candidates, erasing), erasing
        self.picture.value = self.erased.png
        self.words.value = pages.words(self.erased.alt)
