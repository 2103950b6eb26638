"""The README's pictures: edits of drawn faces beside the true ones; a small one of each lesson."""

from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import nbformat
import torch
from bs4 import BeautifulSoup
from PIL import Image, ImageOps

from secgan_lite import datasets
from secgan_lite.attributes import ATTRIBUTES, single_flips
from secgan_lite.course import figures
from secgan_lite.course.builder import NOTEBOOKS
from secgan_lite.course.figures.common import rgb
from secgan_lite.editing import Trained, default_editor
from secgan_lite.evaluation import Truth
from secgan_lite.support.errors import unknown_choice
from secgan_lite.support.files import DATA, write_bytes
from secgan_lite.support.images import decode

# One flip a column; the face is the first test face without the attribute.
_FLIPS = ("Bald", "Bangs", "Black_Hair", "Blond_Hair", "Eyeglasses", "Male", "Pale_Skin", "Young")
# By lesson the caption of the figure that stands for it.
_CAPTIONS = {
    "00_start_here": "Which of these five wishes does the editor fulfil?",
    "00b_conditional_gans": "Which game has no penalty, which no condition, which momentum?",
    "01_parsing": "In which pixels has P doubts, and what is its second choice there?",
    "02_losses": (
        "In which direction does each term pull, and is it the direction to the true edit?"
    ),
    "03_parallel_branches": "Which mask has the fewest wrong pixels?",
    "04_train": "Where does each edit change the face, and where should it?",
    "05_evaluate": "How much error comes with more recognition?",
    "06_explore": "Which method comes closest to the true edit of this one face?",
    "07_ablations": "Does recognition rise with the weight of the consistency loss?",
    "08_confounding_and_misuse": (
        "Does a flip drag its partner along, and does SeCGAN (filled) drag less?"
    ),
}
THUMBNAILS = DATA / "thumbnails"
_SIZE = (320, 200)  # shown at half of it, for screens with two pixels in place of one


def write_overview() -> Path:
    """Draw ``data/overview.png`` with ``default_editor``, on faces that it never saw."""
    trained = Trained.of(default_editor())
    config = trained.run
    faces = datasets.load("synthetic", "test", config.image_size, 100, seed=config.seed)
    flips = [config.attributes.index(name) for name in _FLIPS]
    rows = [
        next(i for i in range(row * 10, 100) if not faces.labels[i, flip])
        for row, flip in enumerate(flips)
    ]
    x, y, _ = faces.batch(torch.tensor(rows))
    y_diffs = single_flips(y, config.attributes, resolved=True) - y
    with torch.inference_mode():
        masks = trained.parser(x).argmax(dim=1)
        every = torch.stack(trained.edit(x, y_diffs))
    edits = every[flips, torch.arange(len(rows))]
    truths = Truth.of(faces).images[flips, rows]
    titles = [ATTRIBUTES[flip].on for flip in flips]
    figure, _ = figures.overview(x, masks, edits, truths, titles)
    target = DATA / "overview.png"
    file = BytesIO()
    rgb(figure).save(file, "PNG", optimize=True)
    write_bytes(target, file.getvalue())
    return target


def write_thumbnails() -> list[Path]:
    """Store the small pictures of the lessons in ``data/thumbnails``.

    Raises:
        ValueError: ``thumbnail``.
    """
    targets = [THUMBNAILS / f"{lesson}.webp" for lesson in _CAPTIONS]
    THUMBNAILS.mkdir(exist_ok=True)
    for target in targets:
        write_bytes(target, thumbnail(target.stem))
    return targets


def thumbnail(lesson: str) -> bytes:
    """The upper left part of a lesson's stored figure, as small WebP.

    Raises:
        ValueError: no figure of the lesson has that caption any more; the nearest is named.
    """
    figures, wanted = dict(_figures(lesson)), _CAPTIONS[lesson]
    if wanted not in figures:
        raise unknown_choice(f"caption in {lesson}", wanted, figures)
    image = decode(figures[wanted])
    file = BytesIO()
    ImageOps.fit(image, _SIZE, Image.Resampling.LANCZOS, centering=(0, 0)).save(
        file, "WEBP", quality=75, method=6
    )
    return file.getvalue()


def _figures(lesson: str) -> Iterator[tuple[str, bytes]]:
    """Caption and picture of each stored figure."""
    for cell in nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", as_version=4).cells:
        for output in cell.get("outputs", ()):
            page = BeautifulSoup(output.get("data", {}).get("text/html", ""), "html.parser")
            for image in page.select("figure > img"):
                data = image["src"].removeprefix("data:image/webp;base64,")
                yield image.find_next("figcaption").text, b64decode(data)
