"""What every lesson imports: its parameters, its figures on the page, its footer."""

import json
import platform
import re
import shlex
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import psutil
import torch
from IPython import get_ipython
from IPython.display import DisplayHandle, display
from matplotlib.figure import Figure
from PIL import Image as Pillow
from pydantic import AfterValidator, ConfigDict, Field, create_model

from secgan_lite import datasets
from secgan_lite.attributes import index_of, rivals
from secgan_lite.course.doctor import installed
from secgan_lite.course.figures import flip_name, live_run
from secgan_lite.course.figures.common import embedded
from secgan_lite.datasets import FaceData
from secgan_lite.faces import render
from secgan_lite.options import Flag, Number, Whole, is_preset, validated
from secgan_lite.support.files import REPOSITORY
from secgan_lite.support.places import to_read
from secgan_lite.training import Trainer, flips_now

NOTEBOOKS = REPOSITORY / "notebooks"
_STARTED = time.perf_counter()
_STACK = ("torch", "torchvision", "numpy", "matplotlib", "papermill")
# What a training shows of a face while it goes on: changes of colour, of shape, of a detail.
_FILMED = ("Blond_Hair", "Pale_Skin", "Bangs", "Bald", "Eyeglasses")
# What lesson 04 asks of a run; ``TrainConfig`` has more.
TRAINING = (
    *("preset", "dataset", "data_dir", "split", "correlation", "image_size"),
    *("backbone", "method", "discriminator_depth", "lambda_sc", "iterations", "batch_size"),
    *("num_images", "seed", "device", "parser", "classifier", "output_dir", "resume", "repeat"),
)


def parameters(namespace: dict, names: Collection[str]) -> dict:
    """The values of a lesson's parameters, as they are now, by name.

    Parameters are the names that the lesson says, and those that its cell of parameters, or the
    cell that papermill puts after it, defines beside them. Papermill only warns of a name that a
    notebook does not know; so it comes along here, and the configuration that reads the result
    takes or refuses it. Whatever else has been defined by the lesson, its reader or a start-up file
    is no parameter. So all cells, or any of them, can run again.

    Args:
        namespace: the notebook's globals; where ``In`` is among them, it holds the cells' sources.
        names: the lesson's own parameters.

    Raises:
        ValueError: some of them are not defined.
    """
    missing = [name for name in names if name not in namespace]
    if missing:
        raise ValueError(f"{', '.join(missing)}: not defined. Run the cell of parameters first.")
    asked = [*names, *_beside(names, namespace.get("In", ()))]
    return {name: namespace[name] for name in asked if name in namespace}


# A name at the beginning of a line, and its annotation if it has one.
_DEFINED = re.compile(r"^(\w+) *(:[^=\n]*)?=(?!=)", re.MULTILINE)


def _beside(names: Collection[str], sources: Sequence[str]) -> list[str]:
    """What the last cell of parameters that ran, and what papermill's cell after it, defines."""
    found = []
    for source in reversed(sources):
        defined = dict(_DEFINED.findall(source))
        own = any(defined.get(name) for name in names)
        if own or source.startswith("# Parameters\n"):
            found += [name for name in defined if not name.startswith("PAPERMILL_")]
        if own:
            break
    return found


def _there(run_dir: str) -> str:
    if run_dir:
        to_read(run_dir, "run_dir")
    return run_dir


def _some_or_usual(number: int) -> int:
    if number < 1 and not is_preset(number):
        raise ValueError("wanted is 1 or more, or -1 for the usual number")
    return number


# A number for which -1 stands for the usual one, where a lesson has two of them.
Usual = Annotated[Whole, AfterValidator(_some_or_usual)]
_READ_AS = {int: Whole, float: Number, bool: Flag}  # as a run's configuration does
# What holds for a parameter of this name in every lesson.
_ALWAYS = {
    "correlation": Annotated[Number, Field(ge=0, le=1)],
    "iterations": Annotated[Whole, Field(ge=1)],
    "num_images": Annotated[Whole, Field(ge=1)],
    "seed": Annotated[Whole, Field(ge=0)],
    "run_dir": Annotated[str, AfterValidator(_there)],
}


def settings(namespace: dict, notebook: str, /, **kinds: object) -> None:
    """Print a lesson's parameters and the command that runs it with them.

    Refuse a parameter that the lesson does not have, or one of the wrong kind.

    Args:
        namespace: the notebook's globals.
        notebook: its name.
        kinds: what each parameter must be: a type, ``Usual``, or a ``Literal`` of the choices.

    Raises:
        ValueError: a line for each fault; an unknown name comes with the nearest one.
        FileNotFoundError: nothing is where ``run_dir`` says.
    """
    fields = {
        name: (kind if kind is Usual else _ALWAYS.get(name, _READ_AS.get(kind, kind)), ...)
        for name, kind in kinds.items()
    }
    model = create_model("Parameters", __config__=ConfigDict(extra="forbid"), **fields)
    valid = dict(validated(model, parameters(namespace, kinds)))
    namespace.update(valid)
    print(", ".join(f"{name} = {value!r}" for name, value in valid.items()))
    words = (word for name, value in valid.items() for word in ("-p", name, str(value)))
    print(shlex.join(["papermill", f"notebooks/{notebook}.ipynb", "out.ipynb", *words]))


def six_faces(image_size: int, seed: int = 0) -> FaceData:
    """The six drawn faces that every lesson shows: the first of the test set."""
    return datasets.load("synthetic", "test", image_size, count=6, seed=seed)


def true_edit(faces: FaceData, face: int, wish: Mapping[str, int]) -> np.ndarray | None:
    """One drawn face with a wish fulfilled, bytes (h, h, 3); None where there is no such face.

    Args:
        face: its place among ``faces``.
        wish: by attribute, +1 to add it and −1 to take it away.

    Raises:
        ValueError: unknown attribute; the nearest is named.
    """
    drawn, y_trg = faces.drawn[face : face + 1], torch.from_numpy(faces.labels[face]).bool()
    for name, value in sorted(wish.items(), key=lambda each: each[1]):
        y_trg[index_of(name, faces.attributes)] = value > 0
        drawn = drawn.relabelled(name, np.array([value > 0]))
    if (rivals(faces.attributes) & y_trg & y_trg[:, None]).any():
        return None
    return render(drawn, faces.images.shape[-1])[0][0].transpose(1, 2, 0)


def batch_of(faces: FaceData) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:
    """All of a few faces: x (N, 3, h, h) in [−1, 1], y (N, 13), exact segments (N, h, h)."""
    return faces.batch(torch.arange(len(faces)))


def show(picture: tuple[Figure | Pillow.Image, str], caption: str) -> None:
    """Show a picture with its alt text, and below it a caption.

    Args:
        picture: what a function of ``figures`` returns, or a sheet of ``widgets``.
        caption: a sentence that asks or answers one question about the picture.
    """
    display(embedded(picture, caption), raw=True)


class Live:
    """One place on the page whose picture is replaced as training goes on.

    Args:
        caption: what stands below each of the pictures.
    """

    def __init__(self, caption: str) -> None:
        self._caption = caption
        self._handle: DisplayHandle | None = None

    def update(self, picture: tuple[Figure, str]) -> None:
        """Show a new picture in place of the last."""
        shown = embedded(picture, self._caption)
        if self._handle is None:
            self._handle = display(shown, raw=True, display_id=True)
        else:
            self._handle.update(shown, raw=True)

    def look(self, trainer: Trainer, log: list[dict]) -> None:
        """The picture of a run as it goes, curves and a face's edits, for the argument ``live``."""
        names = trainer.config.attributes
        shown = [names.index(name) for name in _FILMED if name in names] or [*range(len(names))][:5]
        columns = [0, *(1 + index for index in shown)]
        samples = 2 * flips_now(trainer, faces=1)["rgb"][0, columns] - 1
        present = trainer.data.labels[0]
        wishes = [flip_name(names[index], present[index] > 0) for index in shown]
        self.update(live_run(log, samples, wishes))


def teach(lesson: object, name: str) -> None:
    """With ``False``, leave out from now on what only teaches: cells with the tag "lesson".

    Their text stays, and does nothing.

    Args:
        lesson: the parameter of that name.
        name: of the notebook, whose tags are read from the course's own copy.

    Raises:
        ValueError: ``lesson`` is neither True nor False.
    """
    flag = validated(create_model("Parameters", lesson=(Flag, ...)), {"lesson": lesson})
    steps = get_ipython().input_transformers_cleanup
    steps[:] = [step for step in steps if not isinstance(step, _LeaveOut)]
    if not flag.lesson:
        steps.append(_LeaveOut(NOTEBOOKS / f"{name}.ipynb"))
        print("lesson = False: cells that only teach are left out")


class _LeaveOut:
    """Turns the code of cells that only teach into none."""

    def __init__(self, notebook: Path) -> None:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        teaching = (cell for cell in cells if "lesson" in cell["metadata"].get("tags", ()))
        self._sources = {"".join(cell["source"]).strip() for cell in teaching}

    def __call__(self, lines: list[str]) -> list[str]:
        return [] if "".join(lines).strip() in self._sources else lines


def peak_memory() -> float:
    """The most memory that this process has held, in MB."""
    if sys.platform == "win32":
        return psutil.Process().memory_info().peak_wset / 2**20
    status = Path("/proc/self/status")  # on Linux; there getrusage counts who started it, too
    text = status.read_text(encoding="utf-8") if status.is_file() else ""
    if found := re.search(r"VmHWM:\s*(\d+) kB", text):
        return int(found[1]) / 2**10
    import resource  # not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def footer() -> None:
    """Print versions, seconds since the lesson began, its processor time and peak of memory."""
    print(
        ", ".join(f"{name} {found}" for name in _STACK if (found := installed(name))),
        f"(Python {platform.python_version()})",
    )
    print(
        f"{time.perf_counter() - _STARTED:.0f} s, {time.process_time():.0f} s of processor time, "
        f"{peak_memory():.0f} MB at most"
    )
