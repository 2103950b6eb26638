"""The map of the method, in each lesson with one part lit: the paper's Figures 1 and 2, redrawn."""

from collections.abc import Collection, Sequence
from functools import cache

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from secgan_lite.course.figures.common import BLUE, GREEN, GREY, ORANGE, RED, Picture
from secgan_lite.faces import counterfactual, render, sample
from secgan_lite.parsing import PALETTE

PARTS = ("P", "G", "D", "consistency", "faces")
_FAINT = 0.22
_INKS = {BLUE: "white", ORANGE: "black", GREEN: "black"}  # to be read on these colours
_RED_INK = "#A84300"  # words beside the red arrow, which itself is too light for words
_EDITED = "Eyeglasses"


@cache
def thumbnails() -> dict[str, np.ndarray]:
    """A face, its edit and their masks, for the drawings."""
    face = sample(1, seed=21)
    pictures = {}
    for name, drawn in (("in", face), ("out", counterfactual(face, _EDITED))):
        images, masks = render(drawn, 64)
        pictures[f"x_{name}"], pictures[f"s_{name}"] = (
            images[0].transpose(1, 2, 0),
            PALETTE[masks[0]],
        )
    return pictures


class _Drawing:
    """Boxes, pictures and arrows on one axis, each faint unless its part is lit."""

    def __init__(self, axis: Axes, lit: Collection[str]) -> None:
        self.axis, self.lit = axis, lit
        axis.set_aspect("equal")
        axis.axis("off")

    def alpha(self, part: str) -> float:
        return 1.0 if {part, part.partition("_")[0]} & set(self.lit) else _FAINT

    def box(self, at: tuple, text: str, part: str, colour: str) -> None:
        alpha = self.alpha(part)
        ink = _INKS[colour] if alpha == 1 else "#404040"  # white can't be read on a faint box
        self.axis.text(
            *at, text, ha="center", va="center", fontsize=12, color=ink, weight="bold",
            bbox={"boxstyle": "round,pad=0.5", "fc": colour, "lw": 0, "alpha": alpha},
        )  # fmt: skip

    def picture(self, at: tuple, image: np.ndarray, label: str, part: str, below: bool) -> None:
        (x, y), half = at, 0.52
        self.axis.imshow(
            image, extent=(x - half, x + half, y - half, y + half), alpha=self.alpha(part),
            interpolation="nearest", zorder=2,
        )  # fmt: skip
        where = y - half - 0.22 if below else y + half + 0.22
        self.axis.text(x, where, label, ha="center", va="center", alpha=max(self.alpha(part), 0.5))

    def arrow(self, start: tuple, end: tuple, part: str, style: str = "-|>", **look) -> None:
        look = {"color": GREY, "lw": 1.6, "shrinkA": 0, "shrinkB": 0} | look
        self.axis.annotate(
            "", end, start, arrowprops={"arrowstyle": style, "alpha": self.alpha(part), **look}
        )


def method_map(lit: Collection[str] = PARTS) -> Picture:
    """Both branches (Figure 2 of the paper), with the parts named in ``lit`` in full colour.

    Args:
        lit: of "P", "G", "D", "consistency", "faces"; or of one branch, "G_rgb", "faces_seg", ….
    """
    figure, axis = plt.subplots(figsize=(9.6, 4.5))
    draw, images = _Drawing(axis, lit), thumbnails()
    top, middle, bottom = 3.5, 2.0, 0.5
    for y, kind, colour, name in ((top, "x", BLUE, "rgb"), (bottom, "s", ORANGE, "seg")):
        below = kind == "s"
        draw.picture((0.7, y), images[f"{kind}_in"], f"${kind}^{{in}}$", f"faces_{name}", below)
        draw.picture((4.9, y), images[f"{kind}_out"], f"${kind}^{{out}}$", f"faces_{name}", below)
        draw.box((2.8, y), f"$G_{{{name}}}$", f"G_{name}", colour)
        draw.box((8.4, y), f"$D_{{{name}}}$", "D", colour)
        draw.arrow((1.3, y), (2.3, y), f"G_{name}")
        draw.arrow((3.3, y), (4.3, y), f"G_{name}")
        draw.arrow((5.5, y), (7.85, y), "D")
        axis.text(9.0, y + 0.16, "real?", va="center", alpha=draw.alpha("D"))
        axis.text(9.0, y - 0.16, "attributes", va="center", alpha=draw.alpha("D"))
    axis.text(2.8, middle, r"$y^{diff}$", ha="center", va="center", alpha=max(draw.alpha("G"), 0.5))
    draw.arrow((2.8, middle + 0.25), (2.8, top - 0.4), "G_rgb")
    draw.arrow((2.8, middle - 0.25), (2.8, bottom + 0.4), "G_seg")
    for x in (0.7, 4.9):
        draw.box((x, middle), "P", "P", GREEN)
        draw.arrow((x, top - 0.6), (x, middle + 0.35), "P")
    draw.arrow((0.7, middle - 0.35), (0.7, bottom + 0.6), "P")
    draw.arrow((5.3, middle), (6.0, middle), "P")
    draw.picture((6.6, middle), images["s_out"], r"$P(x^{out})$", "P", below=False)
    draw.arrow((5.5, bottom + 0.35), (6.3, middle - 0.6), "consistency", "<|-|>", color=RED, lw=2.6)
    axis.text(
        6.25, bottom + 0.5, "consistency\nEq. 11, 12", color=_RED_INK, weight="bold",
        va="center", alpha=max(draw.alpha("consistency"), 0.35),
    )  # fmt: skip
    axis.set(xlim=(0, 10.3), ylim=(-0.4, 4.4))
    some = "" if set(lit) == set(PARTS) else f" In full colour: {', '.join(lit)}."
    return figure, (
        "Map of SeCGAN. Above, G_rgb turns a face and y_diff into an edited face, which D_rgb "
        "judges. Below, G_seg does the same to the face's mask, which P has found, and D_seg "
        "judges. P parses the edited face too, and the consistency loss compares both masks."
        f"{some}"
    )


_ALTS = {
    "baseline": "Baseline: G_rgb edits the face and sees no mask.",
    "concat": "Concat: G_rgb sees face and its mask by P, and edits the face.",
    "secgan": (
        "SeCGAN: G_rgb edits the face, G_seg edits the mask, and the consistency loss makes both "
        "edits agree."
    ),
}


def methods(names: Sequence[str] = tuple(_ALTS)) -> Picture:
    """What each method does with the mask; Figure 1 of the paper shows concat and secgan."""
    wide = 10 * len(names) / 3
    figure, axes = plt.subplots(1, len(names), figsize=(wide, 3.0), squeeze=False)
    images, (upper, lower), middle = thumbnails(), (2.4, 0.5), 1.45
    figure.subplots_adjust(wspace=0.02)
    for axis, name in zip(axes[0], names, strict=True):
        draw = _Drawing(axis, PARTS)
        draw.picture((0.7, upper), images["x_in"], "$x^{in}$", "faces", below=False)
        draw.box((2.25, upper), "$G_{rgb}$", "G", BLUE)
        draw.picture((3.85, upper), images["x_out"], "$x^{out}$", "faces", below=False)
        draw.arrow((1.3, upper), (1.75, upper), "G")
        draw.arrow((2.75, upper), (3.25, upper), "G")
        axis.text(2.45, middle, "$y^{diff}$", ha="center", va="center")
        draw.arrow((2.45, middle + 0.22), (2.45, upper - 0.4), "G")
        if name != "baseline":
            draw.picture((0.7, lower), images["s_in"], "$s^{in}$", "faces", below=True)
            draw.arrow((0.7, upper - 0.6), (0.7, lower + 0.6), "G")
            axis.text(0.85, middle, "$P$", va="center")
        if name == "concat":
            draw.arrow((1.3, 0.8), (1.9, upper - 0.4), "G")
        if name == "secgan":
            draw.box((2.25, lower), "$G_{seg}$", "G", ORANGE)
            draw.picture((3.85, lower), images["s_out"], "$s^{out}$", "faces", below=True)
            draw.arrow((1.3, lower), (1.75, lower), "G")
            draw.arrow((2.75, lower), (3.25, lower), "G")
            draw.arrow((2.45, middle - 0.22), (2.45, lower + 0.4), "G")
            axis.text(
                4.68, upper - 0.25, "$P$", va="center"
            )  # what has to agree is the edit's mask
            draw.arrow(
                (4.55, upper - 0.1),
                (4.55, lower + 0.1),
                "consistency",
                "<|-|>",
                color=RED,
                lw=2.6,
            )
            axis.text(4.68, middle, "must\nagree", color=_RED_INK, weight="bold", va="center")
        axis.set(xlim=(0, 5.6), ylim=(-0.6, 3.4))
        axis.set_title(name)
    return figure, f"What methods do with the mask. {' '.join(_ALTS[name] for name in names)}"
