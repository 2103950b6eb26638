"""Pieces of a report: an image, a drawing in the page's own colours, a score between two ends."""

import io
import re
from dataclasses import dataclass
from html import escape

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from PIL import Image
from torch import Tensor

from secgan_lite.course.figures import BLUE, GREEN, GREY, ORANGE
from secgan_lite.course.figures.common import address
from secgan_lite.modalities import to_bytes

_PIXEL_ART = 64  # up to this size images are drawn faces; JPEG would smear them
_NAMED = {BLUE: "blue", GREEN: "green", ORANGE: "orange", GREY: "grey"}


@dataclass(frozen=True)
class Score:
    """A row of the table of scores.

    Attributes:
        name: of the score.
        title, words: what readers see.
        top: the right end of its scale; 0 for one that fits the numbers.
    """

    name: str
    title: str
    words: str
    top: float = 0.0


def tile(image: Tensor, alt: str) -> str:
    """An image (3, h, h) in [−1, 1] inside the page."""
    pixels = to_bytes(image).permute(1, 2, 0).cpu().numpy()
    kind, how = "jpeg", {"optimize": True}
    if pixels.shape[0] <= _PIXEL_ART:
        kind, how = "webp", {"lossless": True, "quality": 100}
    source = address(Image.fromarray(np.ascontiguousarray(pixels)), kind, **how)
    return f'<img src="{source}" alt="{escape(alt)}">'


def drawing(figure: Figure, alt: str) -> str:
    """A closed figure as SVG whose black and whose named colours are those of the page."""
    file = io.StringIO()
    with plt.rc_context({"svg.fonttype": "none", "svg.hashsalt": "secgan-lite"}):
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    plt.close(figure)
    text = file.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    # Ids that nothing refers to would be there once for each drawing.
    text = re.sub(r' id="[A-Za-z.]+\d*[A-Za-z]*_\d+"', "", text)
    for colour, name in {"#000000": "", **_NAMED}.items():
        there = f"var(--{name}, {colour})" if name else "currentColor"
        text = re.sub(f"{colour}\\b", there, text, flags=re.IGNORECASE)
    return text.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1)


def score_row(score: Score, found: dict) -> str:
    """A score, its interval, and both ends, as numbers and as places on one scale."""
    ends = {name: found[name] for name in ("copy", "truth") if name in found}
    top = score.top or 1.1 * max(found["high"], *ends.values(), 1e-9)

    def at(value: float) -> str:
        return f"{100 * min(max(value / top, 0), 1):.1f}%"

    low, high = found["low"], found["high"]
    marks = "".join(
        f"<i class='end {name}' style='left:{at(value)}'></i>" for name, value in ends.items()
    )
    words = {"copy": "copying", "truth": "truth"}
    said = ", ".join(f"{words[name]} {_short(value)}" for name, value in ends.items())
    return (
        f"<div class='score'><div><strong>{escape(score.title)}</strong>"
        f"<span>{escape(score.words)}; scale 0 to {_short(top)}</span></div>"
        f"<div class='scale' aria-hidden='true'>{marks}"
        f"<b style='left:{at(low)};width:calc({at(high)} - {at(low)})'></b>"
        f"<i class='value' style='left:{at(found['value'])}'></i></div>"
        f"<div class='number'><strong>{_short(found['value'])}</strong> "
        f"<span>({_short(low)} to {_short(high)})</span><span class='ends'>{said}</span></div>"
        "</div>"
    )


def _short(value: float) -> str:
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
