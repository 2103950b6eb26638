"""Where things are: what a path means, and where runs and caches go.

One rule for every path that a user gives, in a notebook, on a command line or in Python. ``~``,
``$NAME`` and ``${NAME}`` mean what they do in a shell, and an absolute path is itself. A relative
one is looked for under the current folder, and then under the repository: a kernel of JupyterLab
starts in ``notebooks/``. What is new goes under the current folder; of ``notebooks/``, under the
repository.
"""

import os
from pathlib import Path

from secgan_lite.support.files import REPOSITORY


def to_read(path: str | os.PathLike, name: str = "path") -> Path:
    """The absolute path of what is there.

    Args:
        name: of the parameter, for the message.

    Raises:
        FileNotFoundError: nothing is; the message says where it was looked for.
    """
    given = _expanded(path)
    places = dict.fromkeys(base / given for base in (Path.cwd(), REPOSITORY))
    for place in places:
        if os.path.exists(place):  # Path.exists fails for a folder that may not be looked into
            return place
    where = " and ".join(str(place) for place in places if str(place) != os.fspath(path))
    where = f": looked for {where}" if where else ""
    raise FileNotFoundError(f"{name}={os.fspath(path)!r} is not there{where}.")


def to_write(path: str | os.PathLike, name: str = "path") -> Path:
    """The absolute path of what shall be there.

    Raises:
        ValueError: a variable that is not set, or a user who is not known.
    """
    given = _expanded(path)
    if str(given).startswith(("~", "$")):
        raise ValueError(
            f"{name}={os.fspath(path)!r}: {given.parts[0]} is not known here. Give the whole path."
        )
    here = Path.cwd()
    return (REPOSITORY if here.is_relative_to(REPOSITORY / "notebooks") else here) / given


def _expanded(path: str | os.PathLike) -> Path:
    return Path(os.path.expandvars(os.path.expanduser(path)))


def own_place(in_repository: str, here: str) -> Path:
    """Where the course keeps its own files: in the repository, or under the current folder.

    The second where the first can't be written: the course may be installed for all users of a
    machine, or without a repository.

    Raises:
        PermissionError: the second can't be written either.
    """
    own, other = REPOSITORY / in_repository, Path.cwd() / here
    if (REPOSITORY / "notebooks").is_dir() and can_write(own):
        return own
    if can_write(other):
        return other
    raise PermissionError(
        f"Neither {own} nor {other} can be written: start in a folder of your own, or name one "
        "with -p output_dir FOLDER."
    )


def runs() -> Path:
    """The folder of runs: the one that SECGAN_LITE_RUNS names, or ``runs/`` (``own_place``)."""
    named = os.environ.get("SECGAN_LITE_RUNS")
    return to_write(named, "SECGAN_LITE_RUNS") if named else own_place("runs", "runs")


def can_write(folder: Path) -> bool:
    """Whether a folder can be written, or made."""
    there = next((p for p in (folder, *folder.parents) if os.path.exists(p)), folder)
    return os.access(there, os.W_OK | os.X_OK)
