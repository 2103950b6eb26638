"""The README's picture, from a finished run on drawn faces."""

from pathlib import Path

import torch

from secgan_lite import datasets
from secgan_lite.attributes import ATTRIBUTES, single_flips
from secgan_lite.course import figures
from secgan_lite.course.figures.common import png
from secgan_lite.editing import generator_editor, load_generator
from secgan_lite.evaluation import Truth
from secgan_lite.parsing import load_parser
from secgan_lite.support.files import DATA, write_bytes
from secgan_lite.training import RunFolder

# One flip a column; the face is the first test face without the attribute.
_FLIPS = ("Bald", "Bangs", "Black_Hair", "Blond_Hair", "Eyeglasses", "Male", "Pale_Skin", "Young")


def write_overview(run: Path | str) -> Path:
    """Draw ``data/overview.png`` with the generator of ``run``, on faces that it never saw.

    Raises:
        FileNotFoundError: there is no finished run.
    """
    config = RunFolder(run).config
    generator, _ = load_generator(run)
    faces = datasets.load("synthetic", "test", config.image_size, 100, seed=config.seed)
    flips = [config.attributes.index(name) for name in _FLIPS]
    rows = [
        next(i for i in range(row * 10, 100) if not faces.labels[i, flip])
        for row, flip in enumerate(flips)
    ]
    x, y, _ = faces.batch(torch.tensor(rows))
    parser = load_parser("auto", config.image_size)
    y_diffs = single_flips(y, config.attributes, resolved=True) - y
    with torch.inference_mode():
        masks = parser(x).argmax(dim=1)
        every = torch.stack(generator_editor(generator, parser)(x, y_diffs))
    columns = torch.arange(len(rows))
    edits = every[flips, columns]
    truths = Truth.of(faces).images[flips, rows]
    titles = [ATTRIBUTES[flip].on for flip in flips]
    figure, _ = figures.overview(x, masks, edits, truths, titles)
    target = DATA / "overview.png"
    write_bytes(target, png(figure))
    return target
