"""Which loss term wants which pixel of an edit to change, as the weights λ are moved: the picture.

Gradients are linear in λ, so they are computed once for each term; a weight only scales them.
Reconstruction has no part: it pulls at another image, G(·, 0), not at the edit.

    pulls = Pulls.of(model, batch, titles)  # or Pulls.of_editor(…), where no D is at hand
    weighed = weigh(pulls, Mix(face=0, weights=(("sc", 10.0),)))
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from PIL import Image, ImageColor, ImageDraw, ImageOps
from torch import Tensor
from torch.nn import functional as F

from secgan_lite import losses
from secgan_lite.attributes import single_flips
from secgan_lite.course.figures.common import flip_name, signed
from secgan_lite.course.pulls import pulls
from secgan_lite.course.widgets import canvas
from secgan_lite.datasets import load
from secgan_lite.editing import Trained, default_editor, encoded
from secgan_lite.evaluation import Truth
from secgan_lite.judges import AttributeClassifier, load_classifier
from secgan_lite.parsing import one_hot
from secgan_lite.secgan import Batch, Model

# By branch: each term that judges the edit, in words and by its equation.
TERMS = {
    "rgb": {"adv": "realism, Eq. 2", "cls": "attributes, Eq. 4", "sc": "consistency, Eq. 11"},
    "semantic": {"adv": "realism, Eq. 7", "cls": "attributes, Eq. 9", "sc": "consistency, Eq. 12"},
}
PAPER = {"adv": 1.0, "cls": 1.0, "sc": 0.01}  # §4.3
# Of Okabe and Ito's colours those that differ in lightness, to be told apart in grey as well.
COLOURS = {"adv": "#0072B2", "cls": "#E69F00", "sc": "#F0E442"}
FLIPS = ("Eyeglasses", "Bangs", "Male", "Blond_Hair", "Mustache", "Bald")
_SIDE, _STEP = 160, 0.1  # of a tile in pixels; of the step shown, root mean square in raw outputs


@dataclass(frozen=True, eq=False)
class Pulls:
    """Gradients at the generators' raw outputs for some edits, of the terms that judge the edit.

    Attributes:
        titles: what each edit is.
        raw: by branch, raw outputs (B, C, h, h).
        gradients: by (branch, term), (B, C, h, h).
        trained: by branch and term, λ as in training; the realism has 1.
        true: the true edits (B, 3, h, h) of drawn faces, where a step's way is to be judged.
    """

    titles: tuple[str, ...]
    raw: dict[str, Tensor]
    gradients: dict[tuple[str, str], Tensor]
    trained: dict[str, dict[str, float]]
    true: Tensor | None = None

    @classmethod
    def of(
        cls, model: Model, batch: Batch, titles: Sequence[str], true: Tensor | None = None
    ) -> "Pulls":
        """Gradients of a trained SeCGAN for a batch of edits."""
        gradients, trained = {}, {name: {} for name in model.branches}
        found = pulls(model, batch)
        for (branch, term), pull in found.items():
            if term == "rec":
                continue
            slope = 1 - pull.at.square() if branch == "rgb" else 1  # through the tanh
            gradients[branch, term] = pull.gradient * slope
            trained[branch][term] = pull.weight
        raw = {name: found[name, "adv"].raw for name in model.branches}
        if raw["rgb"].shape != (edit := found["rgb", "adv"].at).shape:
            raw["rgb"] = edit.clamp(-0.999, 0.999).atanh()  # blended: as if a tanh had made it
        return cls(tuple(titles), raw, gradients, trained, true)

    @classmethod
    def of_flips(cls, trained: Trained, names: Sequence[str] = FLIPS) -> "Pulls":
        """Gradients at a bundled SeCGAN's edits of drawn test faces: of face k, attribute k flips.

        Raises:
            ValueError: as ``of_editor``.
        """
        size, known = trained.run.image_size, trained.attributes
        faces = load("synthetic", "test", size, len(names))
        x, y, s = faces.batch(torch.arange(len(names)))
        places = [(known.index(name), face) for face, name in enumerate(names)]
        flips, (true, _) = single_flips(y, known, resolved=True), Truth.of(faces).tensors()
        batch = Batch(x, s, y, torch.stack([flips[place] for place in places]))
        if trained.parser is not None:
            batch = replace(batch, s=trained.parser(x).argmax(dim=1))
        titles = [flip_name(known[i], bool(y[face, i])) for i, face in places]
        goals = torch.stack([true[place] for place in places])
        judge = load_classifier(trained.run.classifier, size)
        return cls.of_editor(trained, judge, batch, titles, goals)

    @classmethod
    def of_editor(
        cls,
        trained: Trained,
        judge: AttributeClassifier,
        batch: Batch,
        titles: Sequence[str],
        true: Tensor | None = None,
    ) -> "Pulls":
        """Gradients at a SeCGAN's edited images, of a finished run, which keeps no D.

        The judge stands in for D in the attributes' term; realism, which only D can tell, is left
        out. The masks have no terms here: they would need D_seg.

        Raises:
            ValueError: the editor is no SeCGAN, or it has no P.
        """
        if trained.g_seg is None or trained.parser is None:
            raise ValueError(
                f"trained={trained.name!r} has no G_seg or no P, and Eq. 11 needs both; wanted: "
                f"a SeCGAN, for example Trained.of({default_editor()!r})."
            )
        edit = encoded(trained.generator, batch.x, batch.y_src, trained.parser)
        move = encoded(trained.g_seg, one_hot(batch.s), batch.y_src)
        with torch.no_grad():
            out, teacher = edit(batch.y_diff), move(batch.y_diff).argmax(dim=1)
        weights = trained.config.weights["rgb"]
        terms = {
            "cls": lambda x: losses.attribute_classification(
                judge.of(trained.attributes)(x), batch.y_trg, weights.cls_reduction
            ),
            "sc": lambda x: losses.semantic_consistency(
                trained.parser(x), teacher, weights.sc_reduction
            ),
        }
        gradients, leaf = {}, out.clone().requires_grad_()
        for term, loss in terms.items():
            (gradient,) = torch.autograd.grad(loss(leaf), leaf)
            gradients["rgb", term] = gradient * (1 - out.square())  # through the tanh
        raw = {"rgb": out.clamp(-0.999, 0.999).atanh()}
        lambdas = {"rgb": {term: weights.of_generator[term] for term in terms}}
        return cls(tuple(titles), raw, gradients, lambdas, true)


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
        moved: what the step changes (C, h, h), of an image after its tanh.
        towards: cosine of the step with the way from the edit to the true edit, where that is
            known; 0 where no pixel moves.
    """

    norms: dict[str, float]
    shares: dict[str, float]
    wins: dict[str, float]
    moved: Tensor
    towards: float | None = None


def weigh(pulls: Pulls, mix: Mix) -> Weighed:
    """Add up one edit's gradients by λ.

    The maps of a mix have one scale, which ends at the strongest pull. *Who wins* is the term with
    the largest weighted gradient at a pixel. *A step* goes a fixed length down the sum, at the
    pixels: training moves the generator's weights, where lengths and their order are others.
    """
    weights = pulls.trained[mix.branch] | dict(mix.weights)
    words = {t: w for t, w in TERMS[mix.branch].items() if (mix.branch, t) in pulls.gradients}
    weighted = {t: weights[t] * pulls.gradients[mix.branch, t][mix.face] for t in words}
    sizes = np.stack([g.norm(dim=0).numpy() for g in weighted.values()])
    full = max(float(np.quantile(sizes, 0.995)), 1e-12)
    raw = pulls.raw[mix.branch][mix.face]
    down = sum(weighted.values())
    step = raw - _STEP * down / down.square().mean().sqrt().clamp(min=1e-12)
    maps = [canvas.heat(np.sqrt(size / full), 1.0) for size in sizes]  # roots: weak ones show too
    tiles = {"the edit": _shown(raw, mix.branch)}
    tiles |= dict(zip((title.replace(", ", "\n") for title in words.values()), maps, strict=True))
    colours = [COLOURS[term] for term in words]
    tiles |= {
        "who wins": _winners(sizes, colours),
        "a step\ndown the sum": _shown(step, mix.branch),
    }
    moved = step.tanh() - raw.tanh() if mix.branch == "rgb" else step - raw
    towards = None
    if pulls.true is not None and mix.branch == "rgb":
        true = pulls.true[mix.face]
        tiles["the true edit"] = canvas.as_tiles(true)
        due = true - raw.tanh()
        towards = F.cosine_similarity(moved.flatten(), due.flatten(), dim=0).item()
    norms = {term: float(gradient.norm()) for term, gradient in weighted.items()}
    total, first = sum(norms.values()) or 1.0, sizes.argmax(axis=0)
    shares = {term: norm / total for term, norm in norms.items()}
    wins = {term: float((first == place).mean()) for place, term in enumerate(words)}
    told_all = ", ".join(f"{words[t]} {_part(shares[t])} and {_part(wins[t])}" for t in words)
    feet = [(_scale(full), "scale of the maps", "(roots, one a row)")]
    for t, colour in zip(words, colours, strict=True):
        told = (
            f"λ = {weights[t]:.3g}",
            f"{_part(shares[t])} of the pull",
            f"wins {_part(wins[t])} of pixels",
        )
        feet.append((_bar(colour, shares[t]), *told))
    feet.append((None, "in the colours", "of the bars"))
    if towards is not None:
        feet.append((None, "cosine with the way", f"to the truth {signed(towards, '+.2f')}"))
    feet += [()] * (len(tiles) - len(feet))
    columns = tuple(
        canvas.stacked([canvas.strip({title: tile}, _SIDE, sharp=[title]), _foot(*foot)], gap=4)
        for (title, tile), foot in zip(tiles.items(), feet, strict=True)
    )
    aim = ""
    if towards is not None:
        aim = f" Cosine of the step with the way to the truth: {signed(towards, '.2f')}."
    return Weighed(
        canvas.stacked(columns, across=True, gap=canvas.GAP),
        f"{pulls.titles[mix.face]}: the edit, a map for each term of how much it wants each pixel "
        f"to change, which term wins where, and a step. Shares of the pull, and of the pixels won: "
        f"{told_all}.{aim}",
        norms,
        shares,
        wins,
        moved,
        towards,
        parts=columns,
    )


def compared(pulls: Pulls, mixes: Mapping[str, Mix]) -> tuple[Image.Image, str]:
    """What the controls show with each of some weights, by title, one below the other: a sheet.

    Each row has a scale of its own, as pulls of different edits differ by far.
    """
    found = {title: weigh(pulls, mix) for title, mix in mixes.items()}
    rows = [canvas.titled(weighed.picture, title) for title, weighed in found.items()]
    words = " ".join(f"{title}. {weighed.alt}" for title, weighed in found.items())
    return ImageOps.expand(canvas.on_white(canvas.stacked(rows)), 8, "white"), words


def _part(share: float) -> str:
    """Per cent; of less than 1, with a decimal."""
    return f"{share:.1%}" if 0 < share < 0.01 else f"{share:.0%}"


def _shown(raw: Tensor, branch: str) -> np.ndarray:
    return canvas.as_tiles(raw.tanh()) if branch == "rgb" else canvas.painted(raw.argmax(dim=0))


def _winners(sizes: np.ndarray, colours: Sequence[str]) -> np.ndarray:
    """The colour of the strongest of K terms at each pixel, (K, h, w) -> bytes (h, w, 3)."""
    paints = np.array([ImageColor.getrgb(colour) for colour in colours], np.uint8)
    return paints[sizes.argmax(axis=0)]


def _foot(top: Image.Image | None = None, *lines: str) -> Image.Image:
    """What stands below a tile, 160 × 64: a bar or a scale, and words."""
    picture = Image.new("RGBA", (_SIDE, 64), (0,) * 4)
    pen = ImageDraw.Draw(picture)
    if top:
        picture.paste(top, (0, 0))
    for line, text in enumerate(lines, start=3 - len(lines) if top else 0):
        pen.text((0, 26 + 17 * line), text, canvas.GREY, canvas.font(16), "ls")
    return picture


def _scale(full: float) -> Image.Image:
    """The colours of the maps, from no pull to that at their end."""
    picture = Image.new("RGBA", (_SIDE, 28), (0,) * 4)
    pen, colours = ImageDraw.Draw(picture), np.linspace(0, 1, _SIDE)[None].repeat(10, axis=0)
    picture.paste(Image.fromarray(canvas.heat(colours, 1.0)), (0, 0))
    middle = (_SIDE // 2, f"{full / 4:.1g}", "ms")
    for x, text, anchor in ((0, "0", "ls"), middle, (_SIDE, f"{full:.1g}", "rs")):
        pen.text((x, 26), text, canvas.GREY, canvas.font(14), anchor)
    return picture


def _bar(colour: str, share: float) -> Image.Image:
    """A term's share of the pull."""
    picture = Image.new("RGBA", (_SIDE, 10), (0,) * 4)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, _SIDE - 1, 9), outline=canvas.GREY)
    pen.rectangle((1, 1, 1 + round(share * (_SIDE - 3)), 8), fill=colour)
    return picture
