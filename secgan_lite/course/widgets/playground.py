"""The loss playground: which term wants which pixel to change, as the weights λ are moved.

Gradients are linear in λ, so they are computed once for each term; a slider only adds them up.

    pulls = Pulls.of(model, batch, titles)
    weighed = weigh(pulls, Mix(face=0, weights=(("sc", 10.0),)))
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import ipywidgets as w
import numpy as np
from PIL import ImageColor
from torch import Tensor

from secgan_lite.course.pulls import pulls
from secgan_lite.course.widgets import canvas, pages
from secgan_lite.course.widgets.controls import App, Quiet, button, row
from secgan_lite.secgan import Batch, Model

# By branch: each term, in words and by its equation.
TERMS = {
    "rgb": {"adv": "realism, Eq. 2", "cls": "attributes, Eq. 4",
            "rec": "reconstruction, Eq. 5", "sc": "consistency, Eq. 11"},
    "semantic": {"adv": "realism, Eq. 7", "cls": "attributes, Eq. 9",
                 "rec": "reconstruction, Eq. 10", "sc": "consistency, Eq. 12"},
}  # fmt: skip
PAPER = {"adv": 1.0, "cls": 1.0, "rec": 10.0, "sc": 0.01}  # §4.3
_SIDE, _STEP = 132, 0.1  # of a tile in pixels; of the step shown, root mean square in raw outputs


@dataclass(frozen=True, eq=False)
class Pulls:
    """Gradients of every term at the generators' raw outputs for some edits.

    Attributes:
        titles: what each edit is.
        raw: by branch, raw outputs (B, C, h, h).
        gradients: by (branch, term), (B, C, h, h); "rec" is taken at G(·, 0), the others at the
            edit.
        trained: by branch and term, λ as in training; the realism has 1.
    """

    titles: tuple[str, ...]
    raw: dict[str, Tensor]
    gradients: dict[tuple[str, str], Tensor]
    trained: dict[str, dict[str, float]]

    @classmethod
    def of(cls, model: Model, batch: Batch, titles: Sequence[str]) -> "Pulls":
        """All gradients of a trained SeCGAN for a batch of edits."""
        gradients, trained = {}, {name: {} for name in model.branches}
        found = pulls(model, batch)
        for (branch, term), pull in found.items():
            slope = 1 - pull.at.square() if branch == "rgb" else 1  # through the tanh
            gradients[branch, term] = pull.gradient * slope
            trained[branch][term] = pull.weight
        raw = {name: found[name, "adv"].raw for name in model.branches}
        if raw["rgb"].shape != (edit := found["rgb", "adv"].at).shape:
            raw["rgb"] = edit.clamp(-0.999, 0.999).atanh()  # blended: as if a tanh had made it
        return cls(tuple(titles), raw, gradients, trained)


@dataclass(frozen=True)
class Mix:
    """Which edit, which branch, and λ of the terms that are not as in training."""

    face: int = 0
    branch: str = "rgb"
    weights: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Weighed(canvas.Shown):
    """The picture, what it shows, and by term the norm of its weighted gradient and its share."""

    norms: dict[str, float]
    shares: dict[str, float]


def weigh(pulls: Pulls, mix: Mix) -> Weighed:
    """Add up one edit's gradients by λ.

    All maps have one scale, the strongest term's, so that a term grows as its λ does. *Who wins*
    is the term with the largest weighted gradient at a pixel, bright where it is large. *A step*
    goes a fixed length down the sum of the terms that see the edit, without reconstruction.
    """
    weights, words = pulls.trained[mix.branch] | dict(mix.weights), TERMS[mix.branch]
    weighted = {t: weights[t] * pulls.gradients[mix.branch, t][mix.face] for t in words}
    sizes = np.stack([g.norm(dim=0).numpy() for g in weighted.values()])
    full = max(float(np.quantile(sizes, 0.995)), 1e-12)
    raw = pulls.raw[mix.branch][mix.face]
    down = sum(gradient for term, gradient in weighted.items() if term != "rec")
    step = raw - _STEP * down / down.square().mean().sqrt().clamp(min=1e-12)
    maps = [canvas.heat(np.sqrt(size / full), 1.0) for size in sizes]  # roots: weak ones show too
    tiles = {"the edit": _shown(raw, mix.branch)}
    tiles |= dict(zip((title.replace(", ", "\n") for title in words.values()), maps, strict=True))
    tiles |= {"who wins": _winners(sizes, full), "a step\ndown the sum": _shown(step, mix.branch)}
    norms = {term: float(gradient.norm()) for term, gradient in weighted.items()}
    total = sum(norms.values()) or 1.0
    shares = {term: norm / total for term, norm in norms.items()}
    told = ", ".join(f"{words[term]} {share:.0%}" for term, share in shares.items())
    smooth = ("the edit", "a step\ndown the sum") if mix.branch == "rgb" else ()
    return Weighed(
        canvas.strip(tiles, _SIDE, sharp=[title for title in tiles if title not in smooth]),
        f"{pulls.titles[mix.face]}: the edit, a map for each term of how much it wants each pixel "
        f"to change, which term wins where, and a step. Shares of the pull: {told}.",
        norms,
        shares,
    )


def _shown(raw: Tensor, branch: str) -> np.ndarray:
    return canvas.as_tiles(raw.tanh()) if branch == "rgb" else canvas.painted(raw.argmax(dim=0))


def _winners(sizes: np.ndarray, full: float) -> np.ndarray:
    """The colour of the strongest of K terms at each pixel, (K, h, w) -> bytes (h, w, 3)."""
    colours = np.array([ImageColor.getrgb(colour) for colour in pages.COLOURS])
    brightness = np.sqrt((sizes.max(axis=0) / full).clip(0, 1))
    return (colours[sizes.argmax(axis=0)] * brightness[..., None]).astype(np.uint8)


class LossPlayground(App):
    """Move λ and see which term wants which pixel to change.

    Attributes:
        mix: what is shown.
        weighed: what came of it.
    """

    def __init__(self, pulls: Pulls) -> None:
        self._pulls, self._quiet, self.mix = pulls, Quiet(), Mix()
        edits = [(title, i) for i, title in enumerate(pulls.titles)]
        branches = [("image, Eq. 14", "rgb"), ("mask, Eq. 16", "semantic")]
        self.face = self._choice(edits, "edit", "face")
        self.branch = self._choice(branches, "branch", "branch")
        self.sliders = {term: self._slider(term) for term in ("cls", "rec", "sc")}
        self.trained = button("as trained", lambda: self._show(replace(self.mix, weights=())))
        self.paper = button("as in the paper", self._as_in_paper)
        self.picture, self.shares, self.words = w.Image(format="png"), w.HTML(), w.HTML()
        self.picture.add_class("secgan-picture")
        super().__init__(
            row(self.face, self.branch),
            row(*self.sliders.values(), self.trained, self.paper),
            self.picture,
            self.shares,
            self.words,
        )
        self._show(self.mix)

    def _choice(self, options: list[tuple], description: str, field: str) -> w.Dropdown:
        menu = w.Dropdown(options=options, description=description)
        return self._quiet.watch(
            menu, lambda value: self._show(replace(self.mix, **{field: value}))
        )

    def _slider(self, term: str) -> w.FloatLogSlider:
        slider = w.FloatLogSlider(
            1.0, min=-3, max=3, step=0.05, description=f"λ_{term}", readout_format=".3g",
            layout=w.Layout(width="290px"), style={"description_width": "52px"},
        )  # fmt: skip

        def moved(value: float) -> None:
            weights = dict(self.mix.weights) | {term: value}
            self._show(replace(self.mix, weights=tuple(weights.items())))

        return self._quiet.watch(slider, moved)

    def _as_in_paper(self) -> None:
        self._show(replace(self.mix, weights=tuple(PAPER.items())))

    def _show(self, mix: Mix) -> None:
        self.weighed, self.mix = weigh(self._pulls, mix), mix
        weights = self._pulls.trained[mix.branch] | dict(mix.weights)
        with self._quiet.setting():
            for term, slider in self.sliders.items():
                slider.value = weights[term]
        self.picture.value = self.weighed.png
        self.words.value = pages.words(self.weighed.alt)
        self.shares.value = pages.shares(
            {title: weights[term] for term, title in TERMS[mix.branch].items()},
            list(self.weighed.shares.values()),
        )
