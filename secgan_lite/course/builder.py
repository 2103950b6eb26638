"""Notebooks from their sources: ``notebooks/py/NN_name.py`` (py:percent) -> ``NN_name.ipynb``.

People edit the sources. A build runs each lesson in a fresh kernel and keeps its outputs, without
anything that would differ the next time for no reason: widget state, progress bars, warnings.
"""

import hashlib
import time
from collections.abc import Iterable
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from secgan_lite.errors import unknown_choice
from secgan_lite.files import REPOSITORY, WEIGHTS, write_bytes

NOTEBOOKS = REPOSITORY / "notebooks"
SOURCES = NOTEBOOKS / "py"
_WIDGETS = "application/vnd.jupyter.widget-view+json"
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def lessons() -> dict[str, Path]:
    """Sources of all lessons by name, in order."""
    return {path.stem: path for path in sorted(SOURCES.glob("[0-9][0-9]_*.py"))}


def build(names: Iterable[str] = (), force: bool = False) -> list[tuple[str, float]]:
    """Build the named lessons, or all, whose source or package has changed: (name, seconds) each.

    Raises:
        ValueError: no lesson has that name; the nearest is named.
        nbclient.exceptions.CellExecutionError: a cell failed; the lesson on disk is as before.
    """
    available, built = lessons(), []
    for name in names or available:
        if name not in available:
            raise unknown_choice("lesson", name, available)
        target, fingerprint = NOTEBOOKS / f"{name}.ipynb", _fingerprint(available[name])
        if not force and target.is_file():
            metadata = nbformat.read(target, as_version=4).metadata
            if metadata.get("secgan_lite", {}).get("built_from") == fingerprint:
                continue
        started = time.perf_counter()
        notebook = convert(available[name])
        NotebookClient(
            notebook,
            timeout=1800,
            kernel_name="python3",
            resources={"metadata": {"path": NOTEBOOKS}},
        ).execute()
        _clean(notebook)
        notebook.metadata["secgan_lite"] = {"built_from": fingerprint}
        write_bytes(target, nbformat.writes(notebook).encode())
        built.append((name, time.perf_counter() - started))
    return built


def convert(source: Path) -> NotebookNode:
    """The notebook of a source, not yet run, with cell ids that stay the same."""
    notebook = jupytext.read(source)
    notebook.metadata = NotebookNode(kernelspec=_KERNEL)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{source.stem}-{number:02d}"
    return notebook


def _fingerprint(source: Path) -> str:
    """Hash of what a lesson's outputs depend on."""
    package = sorted((REPOSITORY / "secgan_lite").rglob("*.py"))
    manifest = [path for path in [WEIGHTS / "manifest.json"] if path.is_file()]
    digest = hashlib.sha256()
    for path in (source, *package, *manifest):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _clean(notebook: NotebookNode) -> None:
    """Keep tags only, drop widget views and standard error; alt texts stay with their images."""
    notebook.metadata = NotebookNode(kernelspec=_KERNEL)
    for cell in notebook.cells:
        cell.metadata = NotebookNode({k: v for k, v in cell.metadata.items() if k == "tags"})
        if cell.cell_type == "code":
            cell.outputs = [
                output
                for output in cell.outputs
                if output.get("name") != "stderr" and _WIDGETS not in output.get("data", {})
            ]
