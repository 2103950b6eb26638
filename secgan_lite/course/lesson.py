"""What every lesson imports: its parameters, its figures on the page, its footer."""

import io
import platform
import sys
import time
from importlib.metadata import version

import matplotlib.pyplot as plt
import psutil
import torch
from IPython.display import DisplayHandle, Image, display
from matplotlib.figure import Figure
from PIL import Image as Pillow
from pydantic import ValidationError, create_model

from secgan_lite import datasets
from secgan_lite.datasets import FaceData
from secgan_lite.errors import unknown_choice

_STARTED = time.perf_counter()
_STACK = ("torch", "torchvision", "numpy", "matplotlib", "papermill")


def parameters(namespace: dict) -> dict:
    """The lesson's parameters: every plain literal that the notebook has defined so far.

    Papermill only warns of a parameter that a notebook does not know, and defines it all the same;
    so it shows up here, and the configuration that reads the result refuses it.
    """
    return {
        name: value
        for name, value in namespace.items()
        if not name.startswith("_") and isinstance(value, str | int | float | bool)
    }


def settings(namespace: dict, **kinds: object) -> None:
    """Refuse a parameter that the lesson does not have, or one of the wrong kind.

    Args:
        namespace: the notebook's globals, right after its parameters.
        kinds: what each parameter must be: a type, or a ``Literal`` of the choices.

    Raises:
        ValueError: a line for each fault; an unknown name comes with the nearest one.
    """
    given = parameters(namespace)
    for name in given:
        if name not in kinds:
            raise unknown_choice("parameter", name, kinds)
    model = create_model("Parameters", **{name: (kind, ...) for name, kind in kinds.items()})
    try:
        valid = model(**given)
    except ValidationError as error:
        lines = [
            f"{e['loc'][0]}: {e['msg']} (given: {given.get(e['loc'][0])!r})" for e in error.errors()
        ]
        raise ValueError("\n".join(lines)) from None
    namespace.update(valid)
    print(", ".join(f"{name} = {value!r}" for name, value in valid))


def six_faces(image_size: int, seed: int = 0) -> FaceData:
    """The six drawn faces that every lesson shows: the first of the test set."""
    return datasets.load("synthetic", "test", image_size, count=6, seed=seed)


def batch_of(faces: FaceData) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:
    """All of a few faces: x (N, 3, h, h) in [−1, 1], y (N, 13), exact segments (N, h, h)."""
    return faces.batch(torch.arange(len(faces)))


def png(figure: Figure | Pillow.Image) -> bytes:
    """A closed figure as a PNG with a reduced palette: lessons stay small, drawings stay sharp."""
    raw, small = io.BytesIO(), io.BytesIO()
    if isinstance(figure, Figure):
        figure.savefig(raw, format="png", dpi=110, bbox_inches="tight")
        plt.close(figure)
        figure = Pillow.open(raw)
    figure.convert("RGB").quantize(256, Pillow.Quantize.MEDIANCUT).save(small, "PNG", optimize=True)
    return small.getvalue()


def show(picture: tuple[Figure | Pillow.Image, str]) -> None:
    """Show what a function of ``figures`` or a sheet of ``widgets`` holds, with its alt text."""
    figure, alt = picture
    display(Image(png(figure), alt=alt))


class Live:
    """One place on the page whose picture is replaced as training goes on."""

    def __init__(self) -> None:
        self._handle: DisplayHandle | None = None

    def update(self, picture: tuple[Figure, str]) -> None:
        """Show a new picture in place of the last."""
        figure, alt = picture
        image = Image(png(figure), alt=alt)
        if self._handle is None:
            self._handle = display(image, display_id=True)
        else:
            self._handle.update(image)


def peak_memory() -> float:
    """The most memory that this process has held, in MB."""
    if sys.platform == "win32":
        return psutil.Process().memory_info().peak_wset / 2**20
    import resource  # not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def footer() -> None:
    """Print versions, seconds since the lesson began, its processor time and peak of memory."""
    print(
        ", ".join(f"{name} {version(name)}" for name in _STACK),
        f"(Python {platform.python_version()})",
    )
    print(
        f"{time.perf_counter() - _STARTED:.0f} s, {time.process_time():.0f} s of processor time, "
        f"{peak_memory():.0f} MB at most"
    )
