"""The students' project: what they begin with, and the leaderboard of what they hand in.

Editors are compared with the true edits of drawn faces that nobody has seen before.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from secgan_lite import datasets
from secgan_lite.attributes import NAMES
from secgan_lite.course.cheats import handed_out
from secgan_lite.editing import Trained
from secgan_lite.evaluation import Truth, copy_input, evaluate
from secgan_lite.judges import load_classifier
from secgan_lite.support.files import REPOSITORY
from secgan_lite.support.places import to_read, to_write

_TASK = {"project.md": "README.md", "project_starter.py": "starter.py"}
SIZE = 32  # pixels: errors at different sizes can't be compared
COPY, TRUTH = "(the input, copied)", "(the truth)"
HEAD = "whole, as a share of copying  inside  outside  TARR  editor"


def write_task(folder: str | Path) -> list[Path]:
    """Put the description and the starter into a folder.

    Raises:
        FileExistsError: one of the files is there already; nothing is written.
    """
    out = to_write(folder, "output")
    copies = {REPOSITORY / "notebooks" / "lecturer" / a: out / b for a, b in _TASK.items()}
    for copy in copies.values():
        if copy.exists():
            raise FileExistsError(f"output={str(folder)!r} holds a {copy.name}: name a new folder.")
    out.mkdir(parents=True, exist_ok=True)
    for source, copy in copies.items():
        shutil.copyfile(source, copy)
    return [*copies.values()]


@dataclass(frozen=True)
class Standing:
    """A line of the leaderboard; it prints as the row below ``HEAD``.

    Attributes:
        whole: error of the whole image as a share of that of copying; with ``low`` and ``high``,
            its 95 % interval over faces.
        inside: the same, only where the true edit changes something.
        outside: error everywhere else, in grey levels of 255.
        tarr: share of edits in which the judge sees the wish.
    """

    name: str
    whole: float
    low: float
    high: float
    inside: float
    outside: float
    tarr: float

    def __str__(self) -> str:
        whole = f"{self.whole:.3f} ({self.low:.3f} to {self.high:.3f})"
        return (
            f"{whole:>28}  {self.inside:6.3f}  {self.outside:7.1f}  {self.tarr:4.2f}  {self.name}"
        )


def ranked(folder: str | Path, seed: int, count: int = 300) -> tuple[list[Standing], list[str]]:
    """Score the editors in a folder on hidden faces: the lines, best first, and what is unfit.

    Each is scored beside the input itself and the truth. It ranks by the error of the whole image,
    because a good error inside can be bought with a ruined face.

    Args:
        folder: holds run folders, or files of generators.
        seed: of the hidden faces.
        count: how many they are, 3 or more.

    Raises:
        FileNotFoundError, ValueError: the folder is not there, or nobody has handed in anything.
    """
    place = to_read(folder, "folder")
    handed_in = [path for path in sorted(place.iterdir()) if _is_one(path)]
    if not handed_in:
        raise ValueError(f"folder={str(folder)!r} holds no run's folder and no .safetensors file.")
    faces = datasets.load("synthetic", "test", SIZE, count, seed=seed)
    truth, judge = Truth.of(faces), load_classifier("auto", SIZE)
    editors, unfit = {COPY: copy_input, TRUTH: handed_out(truth.tensors()[0])}, []
    for path in handed_in:
        try:
            editors[path.name] = _fit(Trained.of(path)).edit
        except (ValueError, OSError) as error:
            unfit.append(f"{path.name}: {error}")
    lines = []
    for name, edit in editors.items():
        scores = evaluate(edit, faces, judge, truth, chunk=count)
        errors = scores["counterfactual"]
        whole = (errors["whole_ratio"][end] for end in ("value", "low", "high"))
        inside, outside = (errors[kind]["value"] for kind in ("inside_ratio", "outside"))
        lines.append(Standing(name, *whole, inside, outside, scores["tarr"]["mean"]["value"]))
    return sorted(lines, key=lambda line: line.whole), unfit


def _is_one(path: Path) -> bool:
    return (path / "generator.safetensors").is_file() or path.suffix == ".safetensors"


def _fit(trained: Trained) -> Trained:
    """An editor that can be compared with others; ValueError if it can't."""
    size = trained.generator.image_size
    if (trained.dataset, size, trained.attributes) != ("synthetic", SIZE, NAMES):
        raise ValueError(
            f"it edits {len(trained.attributes)} attributes of {trained.dataset} faces at {size} "
            f"px; wanted are the {len(NAMES)} of drawn faces at {SIZE} px."
        )
    return trained
