"""The lessons as copies of one's own, to write in: what is there is kept, links stay right."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from secgan_lite.support.files import REPOSITORY, write_bytes
from secgan_lite.support.places import can_write, to_write

NOTEBOOKS = REPOSITORY / "notebooks"
MINE = NOTEBOOKS / "my"
# A link or picture of Markdown to a place, not to an address or a part of the page.
_LINK = re.compile(r"(\]\()(?![a-z]+:|#)([^)#\s]+)")


def copy_lessons(folder: str | Path = "") -> Iterator[tuple[Path, bool]]:
    """Copy every lesson that is not there yet: each file, and whether it is new.

    Args:
        folder: where they go; ``notebooks/my`` of the course if "".

    Raises:
        FileNotFoundError: no copy of the course is here, as where a wheel was installed.
        PermissionError: the folder can't be written, as where one course is there for all.
        ValueError: the folder is the lessons' own.
    """
    lessons = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
    if not lessons:
        raise FileNotFoundError(
            f"{REPOSITORY} is no copy of the course: its lessons are not there."
        )
    folder = to_write(folder, "folder") if folder else MINE
    if folder.resolve() == NOTEBOOKS.resolve():
        raise ValueError(f"folder={str(folder)!r} holds the lessons themselves: name another.")
    if not can_write(folder):
        raise PermissionError(
            f"{folder} can't be written: name a folder of your own (secgan-lite start lessons)."
        )
    for lesson in lessons:
        copy = folder / lesson.name
        if new := not copy.exists():
            notebook = json.loads(lesson.read_text(encoding="utf-8"))
            for cell in notebook["cells"]:
                if cell["cell_type"] == "markdown":
                    cell["source"] = relinked("".join(cell["source"]), folder)
            text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
            write_bytes(copy, text.encode())
        yield copy, new


def relinked(text: str, folder: Path) -> str:
    """Markdown of a lesson whose links, seen from ``folder``, lead to where they led.

    Links between lessons stay: they lead to the copies.
    """

    def moved(link: re.Match) -> str:
        start, target = link.groups()
        if (NOTEBOOKS / target).parent == NOTEBOOKS and target.endswith(".ipynb"):
            return link[0]
        try:
            target = os.path.relpath(NOTEBOOKS / target, folder.resolve())
        except ValueError:  # another drive of Windows
            return start + (NOTEBOOKS / target).resolve().as_uri()
        return start + Path(target).as_posix()

    return _LINK.sub(moved, text)


def first_lesson() -> Path:
    """What JupyterLab opens: the first lesson, and of it one's own copy if there is one."""
    (lesson,) = NOTEBOOKS.glob("00_*.ipynb")
    copy = MINE / lesson.name
    return copy if copy.exists() else lesson
