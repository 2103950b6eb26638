"""What every lesson imports: its parameters, its figures on the page, its footer."""

import io
import platform
import resource
import sys
import time
from importlib.metadata import version

import matplotlib.pyplot as plt
from IPython.display import DisplayHandle, Image, display
from matplotlib.figure import Figure
from PIL import Image as Pillow

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


def png(figure: Figure) -> bytes:
    """A closed figure as a PNG with a reduced palette: lessons stay small, drawings stay sharp."""
    raw, small = io.BytesIO(), io.BytesIO()
    figure.savefig(raw, format="png", dpi=110, bbox_inches="tight")
    plt.close(figure)
    Pillow.open(raw).convert("RGB").quantize(256, Pillow.Quantize.MEDIANCUT).save(
        small, "PNG", optimize=True
    )
    return small.getvalue()


def show(picture: tuple[Figure, str]) -> None:
    """Show what a function of ``figures`` returned: the figure, with its alt text."""
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


def footer() -> None:
    """Print versions, seconds since the lesson began and the peak of its memory."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    megabytes = peak / (2**20 if sys.platform == "darwin" else 2**10)
    print(
        ", ".join(f"{name} {version(name)}" for name in _STACK),
        f"(Python {platform.python_version()})",
    )
    print(f"{time.perf_counter() - _STARTED:.0f} s, {megabytes:.0f} MB at most")
