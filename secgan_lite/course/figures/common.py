"""What all pictures share: colours, pixels, words for an edit, a grid of tiles."""

import io
from base64 import b64encode
from collections.abc import Callable, Sequence
from html import escape

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from PIL import Image as Pillow

from secgan_lite.attributes import ATTRIBUTES

Picture = tuple[Figure, str]
# Around a function that draws or saves: a user's matplotlibrc may ask for LaTeX, or for other dots.
own_style = plt.style.context("default")

# Okabe and Ito's colours: told apart by every kind of colour vision.
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#666666"
# Colour maps of sizes, which begin at 0, and of signed values, with 0 in the middle, in white.
SIZES, SIGNED = "cividis", "RdBu_r"
_LEVELS = 63  # steps between black and white that a page keeps
_LARGE, _HUGE = 48 << 10, 80 << 10  # of a picture in a page, in bytes
_ON = {attribute.name: attribute.on for attribute in ATTRIBUTES}
_OFF = {attribute.name: attribute.off for attribute in ATTRIBUTES}


def pixels(images: object) -> np.ndarray:
    """Any batch of images as (…, h, h, 3) for matplotlib, in [0, 1] or uint8."""
    array = np.asarray(torch.as_tensor(images).detach().cpu())
    if array.dtype != np.uint8:
        array = np.clip((array + 1) / 2, 0, 1)
    return np.moveaxis(array, -3, -1)


@own_style
def rgb(figure: Figure | Pillow.Image) -> Pillow.Image:
    """The pixels of a figure, which is closed, or of a picture."""
    if isinstance(figure, Figure):
        raw = io.BytesIO()
        figure.savefig(raw, format="png", dpi=110, bbox_inches="tight")
        plt.close(figure)
        figure = Pillow.open(raw)
    return figure.convert("RGB")


def webp(figure: Figure | Pillow.Image) -> bytes:
    """A picture for a page, encoded in a tenth of a second: its colours right, its lines sharp.

    No pixel is more than two of 255 levels off. Only very large pictures of faces are stored with
    a loss that nobody sees. A palette of 256 colours would be small as well, but makes blond hair
    brown.
    """
    drawn, file = rgb(figure), io.BytesIO()
    coarse = np.rint(np.asarray(drawn) * (_LEVELS / 255)) * (255 / _LEVELS)
    picture = Pillow.fromarray(np.rint(coarse).astype(np.uint8))
    picture.save(file, "WEBP", lossless=True, quality=60, method=3)
    return file.getvalue() if file.tell() <= _HUGE else _lossy(drawn)


def squeezed(content: bytes) -> bytes:
    """What ``webp`` gave, in fewer bytes: for pictures that are kept, at seconds for a large one.

    Pixels stay as they are, but for pictures that would take more than 48 KiB so.
    """
    if b"VP8L" not in content[:16]:  # the mark of no loss
        return content
    picture = Pillow.open(io.BytesIO(content)).convert("RGB")
    for effort in (4, 6):  # 6 takes a second or two, for a few per cent of the bytes
        file = io.BytesIO()
        picture.save(file, "WEBP", lossless=True, quality=100, method=effort)
        if file.tell() <= _LARGE:
            return file.getvalue()
    return min(file.getvalue(), _lossy(picture), key=len)


def _lossy(picture: Pillow.Image) -> bytes:
    small = io.BytesIO()
    picture.save(small, "WEBP", quality=80, method=6)
    return small.getvalue()


def quick_webp(figure: Figure | Pillow.Image) -> bytes:
    """A small picture, encoded in a tenth of a second: for an app that must not wait."""
    drawn, exact, small = rgb(figure), io.BytesIO(), io.BytesIO()
    drawn.save(exact, "WEBP", lossless=True, quality=60, method=3)
    drawn.save(small, "WEBP", quality=85, method=4)
    return min(exact.getvalue(), small.getvalue(), key=len)


def rough_webp(figure: Figure | Pillow.Image) -> bytes:
    """A picture in a few kB: its words can be read, but fine patterns of its faces are lost."""
    small = io.BytesIO()
    rgb(figure).save(small, "WEBP", quality=10, method=6)
    return small.getvalue()


def unit(images: object) -> np.ndarray:
    """Pixels (…, h, h, 3) in [0, 1], whatever came in."""
    array = pixels(images)
    return array / 255 if array.dtype == np.uint8 else array


def address(picture: Pillow.Image, kind: str = "png", **options: object) -> str:
    """A picture as a data address; ``options`` are Pillow's for files of this kind."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return f"data:image/{kind};base64,{b64encode(file.getvalue()).decode()}"


def embedded(
    picture: tuple[Figure | Pillow.Image, str],
    caption: str,
    encode: Callable[[Figure | Pillow.Image], bytes] = webp,
) -> dict[str, str]:
    """A picture for ``display``: HTML with its alt text and caption, and both as text.

    It stands in the HTML and nowhere else, because neither JupyterLab nor nbconvert shows the alt
    text of a picture that stands alone, and twice the picture would be twice the notebook.
    """
    drawing, alt = picture
    source = f"data:image/webp;base64,{b64encode(encode(drawing)).decode()}"
    html = (
        f'<figure style="margin: 0"><img src="{source}" alt="{escape(alt)}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )
    return {"text/html": html, "text/plain": f"{caption}\n{alt}"}


def signed(value: float, form: str) -> str:
    """A number with a true minus sign, and none before a zero."""
    plus = "+" * form.startswith("+")  # a sign stands before the z, which takes that of a zero
    return f"{float(value):{plus}z{form.removeprefix('+')}}".replace("-", "−")


def flip_name(name: str, present: bool) -> str:
    """What reversing an attribute does to a face that has it, or has it not, in words."""
    act, words = ("remove", _OFF) if present else ("add", _ON)
    return words.get(name, f"{act} {name}")


def share_made(edits: object, truths: object, source: object, wishes: Sequence[str]) -> str:
    """How much of the true change edits make, in words: "to bald 0.61, add bangs 0.05".

    It is the length of the edit's change along the true one, as a share of that: 1 for the true
    edit, 0 for a copy of the input, below 0 for the opposite.

    Args:
        edits, truths: (K, 3, h, h), of one ``source`` (3, h, h).
    """
    changes, true = unit(edits) - unit(source), unit(truths) - unit(source)
    along, whole = ((each * true).sum(axis=(1, 2, 3)) for each in (changes, true))
    shares = along / np.maximum(whole, 1e-9)
    return ", ".join(f"{wish} {share:.2f}" for wish, share in zip(wishes, shares, strict=True))


def tiles(rows: int, columns: int, side: float) -> tuple[Figure, np.ndarray]:
    """Empty axes (rows, columns) without ticks or frames, each ``side`` inches wide."""
    figure, axes = plt.subplots(rows, columns, figsize=(columns * side, rows * side), squeeze=False)
    for axis in axes.flat:
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    figure.subplots_adjust(wspace=0.04, hspace=0.04)
    return figure, axes


def scale(drawn: ScalarMappable, line: Sequence[Axes], label: str) -> None:
    """A colour bar to the right of the last axis of a row, which says what its colours mean."""
    place = line[-1].inset_axes((1.06, 0.05, 0.08, 0.9))
    low, high = drawn.get_clim()
    bar = place.figure.colorbar(
        drawn, cax=place, ticks=(low, (low + high) / 2, high), format="%.2g"
    )
    bar.set_label(label, fontsize=8)
    bar.ax.tick_params(labelsize=7)
