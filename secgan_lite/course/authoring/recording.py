"""Results of the course from what was run: recorded trainings, and the study of lesson 07."""

from pathlib import Path

import numpy as np
from PIL import Image

from secgan_lite.course import recorded
from secgan_lite.course.recorded import Dynamics, film_of
from secgan_lite.course.study import RESULTS, load_study
from secgan_lite.support.files import replaced, write_bytes, write_json


def record_dynamics(run: Path | str, name: str, faces: int = 100, shown: int = 2) -> Path:
    """Keep what a lesson needs of a run, broken ones too: a JSON file and films of 256 colours.

    An older recording of that name ends first, so that none is ever half old and half new.

    Raises: ``Dynamics.of``.
    """
    dynamics = Dynamics.of(run, faces, shown)
    file = recorded.DYNAMICS / f"{name}.json"
    file.unlink(missing_ok=True)
    for kind, film in {"": dynamics.samples, **dynamics.masks}.items():
        picture = Image.fromarray(_unrolled(film))
        if not kind:
            picture = picture.quantize(256, Image.Quantize.MEDIANCUT)
        with replaced(film_of(name, kind)) as temporary:
            picture.save(temporary, optimize=True)
    content = {key: getattr(dynamics, key) for key in ("config", "log", "scores")}
    content |= {"samples": list(dynamics.samples.shape), "masks": list(dynamics.masks)}
    write_json(file, content)
    return file


def _unrolled(film: np.ndarray) -> np.ndarray:
    """Snapshots and faces run down the picture, the input and its flips along it."""
    film = film if film.ndim == 6 else film[:, :, :, None]
    k, b, columns, channels, h, _ = film.shape
    rows = film.transpose(0, 1, 4, 2, 5, 3).reshape(k * b * h, columns * h, channels)
    return rows.squeeze(2) if channels == 1 else rows


def record_study(file: Path) -> Path:
    """Make a study's file the recorded one of lesson 07.

    Raises: ``load_study``.
    """
    load_study(file)
    target = RESULTS / "study.json"
    write_bytes(target, file.read_bytes())
    return target
