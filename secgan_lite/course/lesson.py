"""What every lesson imports: its parameters, its figures on the page, its footer."""

import ast
import io
import platform
import sys
import time
from importlib.metadata import version

import matplotlib.pyplot as plt
import psutil
import torch
from IPython import get_ipython
from IPython.display import DisplayHandle, Image, display
from matplotlib.figure import Figure
from PIL import Image as Pillow
from pydantic import ConfigDict, create_model

from secgan_lite import datasets
from secgan_lite.datasets import FaceData
from secgan_lite.figures.common import own_style
from secgan_lite.training.config import Flag, Number, Whole, validated

_STARTED = time.perf_counter()
_STACK = ("torch", "torchvision", "numpy", "matplotlib", "papermill")


def parameters(namespace: dict) -> dict:
    """The values of a lesson's parameters, as they are now, by name.

    A parameter is what the lesson's own cell of parameters defines, which is the first that this
    kernel has run of annotated names alone, and what papermill injected. Papermill only warns of a
    name that a notebook does not know; so it comes along here, and the configuration that reads the
    result refuses it. Whatever else the notebook has defined is not a parameter, so that all cells
    can run again.

    Args:
        namespace: the notebook's globals.

    Raises:
        ValueError: the cell of parameters has not run.
    """
    cells = [found for source in _history() if (found := _defined(source))]
    own = next((names for names, annotated, _ in cells if annotated), None)
    if own is None:
        raise ValueError(
            "The cell of parameters has not run in this kernel: run the lesson from its first cell."
        )
    injected = [names for names, _, by_papermill in cells if by_papermill][-1:]
    names = [*own, *(name for names in injected for name in names)]
    return {name: namespace[name] for name in names if not name.startswith("PAPERMILL_")}


def _history() -> list[str]:
    """The sources of the cells that this kernel has run, oldest first."""
    shell = get_ipython()
    return shell.history_manager.input_hist_parsed if shell else []


def _defined(source: str) -> tuple[list[str], bool, bool] | None:
    """What a cell of assignments defines, whether all are annotated, whether papermill wrote it.

    None for a cell that does anything else.
    """
    try:
        lines = ast.parse(source).body
    except SyntaxError:
        return None
    targets = [
        target
        for line in lines
        for target in getattr(line, "targets", [getattr(line, "target", None)])
    ]
    if not targets or not all(isinstance(target, ast.Name) for target in targets):
        return None
    annotated = all(isinstance(line, ast.AnnAssign) for line in lines)
    return [target.id for target in targets], annotated, source.startswith("# Parameters")


_READ_AS = {int: Whole, float: Number, bool: Flag}  # as a run's configuration does


def settings(namespace: dict, **kinds: object) -> None:
    """Refuse a parameter that the lesson does not have, or one of the wrong kind.

    Args:
        namespace: the notebook's globals.
        kinds: what each parameter must be: a type, or a ``Literal`` of the choices.

    Raises:
        ValueError: a line for each fault; an unknown name comes with the nearest one.
    """
    fields = {name: (_READ_AS.get(kind, kind), ...) for name, kind in kinds.items()}
    model = create_model("Parameters", __config__=ConfigDict(extra="forbid"), **fields)
    valid = validated(model, parameters(namespace))
    namespace.update(valid)
    print(", ".join(f"{name} = {value!r}" for name, value in valid))


def six_faces(image_size: int, seed: int = 0) -> FaceData:
    """The six drawn faces that every lesson shows: the first of the test set."""
    return datasets.load("synthetic", "test", image_size, count=6, seed=seed)


def batch_of(faces: FaceData) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:
    """All of a few faces: x (N, 3, h, h) in [−1, 1], y (N, 13), exact segments (N, h, h)."""
    return faces.batch(torch.arange(len(faces)))


@own_style
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
