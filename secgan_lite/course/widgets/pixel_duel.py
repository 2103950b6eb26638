"""One pixel, two beginners that teach each other: which of them gives way, how sure both become.

settled = settle(Duel(a=-1.0, b=2.0, temperature=0.5))
PixelDuel()
"""

from dataclasses import dataclass, replace

import ipywidgets as w
import torch
from torch import Tensor

from secgan_lite.course.figures import Picture, pixel_duels
from secgan_lite.course.widgets import canvas, pages
from secgan_lite.course.widgets.controls import App, Quiet, row

TEMPERATURES = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)


@dataclass(frozen=True)
class Duel:
    """Where two branches begin and how they teach each other.

    Attributes:
        a, b: log-odds of the image branch and of the mask branch, above 0 for "glasses".
        temperature: T of the targets σ(teacher / T): 0 for hard ones, 1 for soft ones.
        labelled: whether both also learn the true label, "glasses".
    """

    a: float = 1.0
    b: float = -2.0
    temperature: float = 0.0
    labelled: bool = False

    @property
    def name(self) -> str:
        """How they teach each other, in words."""
        kind = {0.0: "hard targets", 1.0: "soft targets"}.get(self.temperature, "targets")
        return f"{kind}, T = {self.temperature:g}" + (", true labels" if self.labelled else "")


def descend(
    starts: Tensor, temperature: float, labelled: bool = False, steps: int = 120, rate: float = 0.2
) -> Tensor:
    """Gradient descent of pairs (a, b) on Eq. 11 + Eq. 12 in one pixel with two segments.

    Args:
        starts: log-odds (N, 2).
        temperature, labelled: as in ``Duel``.

    Returns:
        Log-odds (steps + 1, N, 2).

    >>> end = descend(torch.tensor([[-1.0, 2.0]]), temperature=0.0)[-1]
    >>> bool((end > 2).all())  # the surer one, b, has won, and both are sure
    True
    """
    positions = [starts]
    for _ in range(steps):
        pupils = positions[-1]
        teachers = pupils.flip(-1)  # each learns from the other
        targets = (teachers / temperature).sigmoid() if temperature else (teachers > 0).float()
        slope = pupils.sigmoid() - targets
        if labelled:
            slope = slope + (pupils.sigmoid() - 1)
        positions.append(pupils - rate * slope)
    return torch.stack(positions)


def settle(duel: Duel) -> Picture:
    """The path of a pair in the plane, and both probabilities step by step."""
    start = torch.tensor([[duel.a, duel.b]])
    return pixel_duels({duel.name: descend(start, duel.temperature, duel.labelled)[:, 0]})


class PixelDuel(App):
    """Set the start and the temperature, and see which branch gives way.

    Attributes:
        duel: what is shown.
    """

    def __init__(self) -> None:
        self._quiet, self.duel = Quiet(), Duel()
        self.a = self._slider("a: image branch", "a")
        self.b = self._slider("b: mask branch", "b")
        named = [("0, hard", 0.0), *((f"{t:g}", t) for t in TEMPERATURES[1:])]
        self.temperature = self._watch(
            w.SelectionSlider(options=named, description="temperature T"), "temperature"
        )
        self.labelled = self._watch(w.Checkbox(description="true labels"), "labelled")
        self.picture, self.words = w.Image(format="png"), w.HTML()
        self.picture.add_class("secgan-picture")
        controls = (row(self.a, self.b), row(self.temperature, self.labelled))
        super().__init__(*controls, self.picture, self.words)
        self._show(self.duel)

    def _watch(self, control: w.Widget, field: str) -> w.Widget:
        control.style = {"description_width": "110px"}
        return self._quiet.watch(
            control, lambda value: self._show(replace(self.duel, **{field: value}))
        )

    def _slider(self, description: str, field: str) -> w.FloatSlider:
        value = getattr(self.duel, field)
        slider = w.FloatSlider(value, min=-2.5, max=2.5, step=0.1, description=description)
        return self._watch(slider, field)

    def _show(self, duel: Duel) -> None:
        self.duel = duel
        figure, alt = settle(duel)
        self.picture.value, self.words.value = canvas.quick_drawing(figure), pages.words(alt)
