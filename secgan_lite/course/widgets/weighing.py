"""Which loss term wants which pixel to change, as the weights λ are moved: the picture.

Gradients are linear in λ, so they are computed once for each term; a weight only scales them.

    pulls = Pulls.of(model, batch, titles)
    weighed = weigh(pulls, Mix(face=0, weights=(("sc", 10.0),)))
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageColor, ImageDraw
from torch import Tensor

from secgan_lite.course.pulls import pulls
from secgan_lite.course.widgets import canvas, pages
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
    """The picture, and what it shows.

    Attributes:
        norms: by term, the norm of its weighted gradient.
        shares: by term, its part of the sum of the norms.
        wins: by term, the part of the pixels at which it pulls hardest.
    """

    norms: dict[str, float]
    shares: dict[str, float]
    wins: dict[str, float]


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
    total, first = sum(norms.values()) or 1.0, sizes.argmax(axis=0)
    shares = {term: norm / total for term, norm in norms.items()}
    wins = {term: float((first == place).mean()) for place, term in enumerate(words)}
    told = ", ".join(f"{words[t]} {shares[t]:.0%} and {wins[t]:.0%}" for t in words)
    smooth = ("the edit", "a step\ndown the sum") if mix.branch == "rgb" else ()
    strip = canvas.strip(tiles, _SIDE, sharp=[title for title in tiles if title not in smooth])
    return Weighed(
        canvas.stacked([strip, _legend(strip.width, weights, shares, wins)], gap=4),
        f"{pulls.titles[mix.face]}: the edit, a map for each term of how much it wants each pixel "
        f"to change, which term wins where, and a step. Shares of the pull, and of the pixels won: "
        f"{told}.",
        norms,
        shares,
        wins,
    )


def compared(pulls: Pulls, mixes: Mapping[str, Mix]) -> tuple[Image.Image, str]:
    """What the controls show with each of some weights, by title, one below the other: a sheet."""
    found = {title: weigh(pulls, mix) for title, mix in mixes.items()}
    rows = [canvas.titled(weighed.picture, title) for title, weighed in found.items()]
    words = " ".join(f"{title}. {weighed.alt}" for title, weighed in found.items())
    return canvas.on_white(canvas.stacked(rows)), words


def _shown(raw: Tensor, branch: str) -> np.ndarray:
    return canvas.as_tiles(raw.tanh()) if branch == "rgb" else canvas.painted(raw.argmax(dim=0))


def _winners(sizes: np.ndarray, full: float) -> np.ndarray:
    """The colour of the strongest of K terms at each pixel, (K, h, w) -> bytes (h, w, 3)."""
    colours = np.array([ImageColor.getrgb(colour) for colour in pages.COLOURS])
    brightness = np.sqrt((sizes.max(axis=0) / full).clip(0, 1))
    return (colours[sizes.argmax(axis=0)] * brightness[..., None]).astype(np.uint8)


def _legend(
    width: int, weights: dict[str, float], shares: dict[str, float], wins: dict[str, float]
) -> Image.Image:
    """What stands below a strip: the maps' scale, and each term's colour, weight and score."""
    picture = Image.new("RGBA", (width, 56), (0,) * 4)
    pen, step = ImageDraw.Draw(picture), _SIDE + canvas.GAP
    scale = Image.fromarray(canvas.heat(np.linspace(0, 1, _SIDE)[None].repeat(10, axis=0), 1.0))
    picture.paste(scale, (0, 0))
    for x, text, anchor in ((0, "no pull", "ls"), (_SIDE, "strongest", "rs")):
        pen.text((x, 24), text, canvas.GREY, canvas.font(12), anchor)
    for place, term in enumerate(weights):
        left, colour = (place + 1) * step, pages.COLOURS[place]
        pen.rectangle((left, 0, left + _SIDE - 1, 9), outline=colour)
        pen.rectangle((left, 0, left + round(shares[term] * (_SIDE - 1)), 9), fill=colour)
        told = (f"λ = {weights[term]:.3g}", f"{shares[term]:.0%} of the pull",
                f"wins {wins[term]:.0%} of pixels")  # fmt: skip
        for line, text in enumerate(told):
            pen.text((left, 24 + 15 * line), text, canvas.GREY, canvas.font(12), "ls")
    left = 5 * step
    for line, text in enumerate(("by the colours", "of the bars")):
        pen.text((left, 24 + 15 * line), text, canvas.GREY, canvas.font(12), "ls")
    return picture
