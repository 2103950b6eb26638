"""Notebooks from their sources: ``notebooks/py/NN_name.py`` (py:percent) gives two of them.

People edit the source, which holds the solutions. The *lesson* is the source with stubs for
solutions; the *solutions* are the exercises alone, run in strict mode. Marks in a source:

- in a code cell, ``# solution`` … ``# lesson`` … ``# end``: the first part is the solution, the
  second, commented out, takes its place in the lesson (``return TODO`` if there is none);
- tags of cells: ``solution`` is left out of the lesson; ``parameters``, ``setup``, ``exercise`` and
  ``solution`` make the solutions.

A build runs each notebook in a fresh kernel and keeps its outputs, without anything that would
differ the next time for no reason: widget state, warnings, and new times where nothing has changed.
"""

import ast
import hashlib
import json
import os
import re
import time
from base64 import b64decode, b64encode
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from secgan_lite.course.checks import STRICT
from secgan_lite.course.claims import MUST_HOLD
from secgan_lite.course.doctor import TIMINGS, timings, yardstick
from secgan_lite.course.figures.common import squeezed
from secgan_lite.course.glossary import FILE, glossary
from secgan_lite.course.prose import tags
from secgan_lite.course.widgets.controls import PLAIN, SCRIPTED
from secgan_lite.support.errors import unknown_choice
from secgan_lite.support.files import REPOSITORY, WEIGHTS, write_bytes, write_json

NOTEBOOKS = REPOSITORY / "notebooks"
PACKAGE = REPOSITORY / "secgan_lite"
VOLATILE, COMPARED = "nbval-ignore-output", "nbval-check-output"
_WIDGETS = "application/vnd.jupyter.widget-view+json"
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_PICTURE = re.compile(r"(data:image/webp;base64,)([\w+/=]+)")
_REGION = re.compile(
    r"^( *)# solution\n(?P<solution>.*?)(?:^\1# lesson\n(?P<lesson>.*?))?^\1# end(?:\n|\Z)",
    re.MULTILINE | re.DOTALL,
)


def lessons() -> dict[str, Path]:
    """Sources of all lessons by name, in order."""
    return {path.stem: path for path in sorted((NOTEBOOKS / "py").glob("[0-9][0-9]*_*.py"))}


def notebooks(names: Iterable[str] = ()) -> dict[Path, NotebookNode]:
    """What the named lessons, or all, should be: notebooks without outputs, by their path.

    Raises:
        ValueError: no lesson has that name; the nearest is named.
    """
    available, wanted = lessons(), {}
    for name in names or available:
        if name not in available:
            raise unknown_choice("lesson", name, available)
        source = available[name]
        wanted[NOTEBOOKS / f"{name}.ipynb"] = convert(source)
        if any("exercise" in tags(cell) for cell in jupytext.read(source).cells):
            wanted[NOTEBOOKS / "solutions" / f"{name}.ipynb"] = convert(source, solutions=True)
    return wanted


def build(names: Iterable[str] = (), force: bool = False) -> list[tuple[str, float]]:
    """Build the notebooks of the named lessons, or of all, that changed: (path, seconds) of each.

    The glossary is always that of all lessons.

    Raises:
        ValueError: no lesson has that name; the nearest is named.
        nbclient.exceptions.CellExecutionError: a cell failed; the notebook on disk is as before.
    """
    built, pace = [], None
    for target, notebook in notebooks(names).items():
        before = nbformat.read(target, as_version=4) if target.is_file() else None
        inputs = {"inputs": output_key(notebook)}
        same = before is not None and before.metadata.get("secgan_lite") == inputs
        if same and not force:
            continue
        pace = pace or yardstick()
        target.parent.mkdir(exist_ok=True)
        started = time.perf_counter()
        where = {"metadata": {"path": target.parent}}
        client = NotebookClient(notebook, timeout=1800, kernel_name="python3", resources=where)
        with TemporaryDirectory() as runs:  # a finished run would be shown in place of a new one
            client.execute(env=os.environ | {"SECGAN_LITE_RUNS": runs, MUST_HOLD: "1"})
            # As it reads where runs are in their usual place.
            notebook = nbformat.reads(nbformat.writes(notebook).replace(runs, "runs"), as_version=4)
        seconds = time.perf_counter() - started
        if target.parent == NOTEBOOKS:
            _note_timing(target.stem, seconds, notebook, pace)
        _clean(notebook)
        notebook.metadata["secgan_lite"] = inputs
        if same:
            _keep_volatile(notebook, before)
        write_bytes(target, nbformat.writes(notebook).encode())
        built.append((target.relative_to(NOTEBOOKS).as_posix(), seconds))
    write_bytes(NOTEBOOKS / FILE, glossary(all_cells()).encode())
    return built


def all_cells() -> dict[str, list[NotebookNode]]:
    """Cells of every lesson, not yet run, by its name."""
    return {name: convert(source).cells for name, source in lessons().items()}


def convert(source: Path, solutions: bool = False) -> NotebookNode:
    """The lesson of a source, or its solutions, not yet run, with cell ids that stay the same."""
    notebook = jupytext.read(source)
    if solutions:
        chosen = {"parameters", "setup", "exercise", "solution"}
        cells = [cell for cell in notebook.cells if chosen & set(tags(cell))]
        kind, notebook.cells = "-solution", _opening(source) + cells
    else:
        kind = ""
        notebook.cells = [cell for cell in notebook.cells if "solution" not in tags(cell)]
    notebook.metadata = NotebookNode(kernelspec=_KERNEL)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{source.stem}{kind}-{number:02d}"
        cell.metadata = NotebookNode({"tags": tags(cell)} if tags(cell) else {})
        if cell.cell_type == "code":
            cell.source = _REGION.sub(_solved if solutions else _open, cell.source).rstrip()
        elif solutions:
            cell.source = cell.source.replace("](solutions/", "](")
    return notebook


def _opening(source: Path) -> list[NotebookNode]:
    number, title = source.stem.split("_", 1)
    text = (
        f"# {number} · Solutions: {title.replace('_', ' ')}\n\nThe exercises of "
        f"[the lesson](../{source.stem}.ipynb), solved. Every check here is strict: anything but "
        "a pass stops the notebook."
    )
    return [new_markdown_cell(text), new_code_cell(f"%env {STRICT}=1")]


def _solved(region: re.Match) -> str:
    return region["solution"]


def _open(region: re.Match) -> str:
    indent = region[1]
    given = region["lesson"] or f"{indent}# return TODO\n"
    return re.sub(rf"^{indent}# ?", indent, given, flags=re.MULTILINE)


def output_key(notebook: NotebookNode) -> str:
    """Hash of what a notebook's outputs depend on: its code, its modules' files, the weights."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    text = "\n".join(re.sub(r"^%.*", "", source, flags=re.MULTILINE) for source in code)
    digest = hashlib.sha256(json.dumps([(c.source, tags(c)) for c in notebook.cells]).encode())
    manifest = [path for path in [WEIGHTS / "manifest.json"] if path.is_file()]
    modules = _modules(text)
    kinds = ("*.css", "page/*.css", "page/*.js")
    beside = {file for path in modules for kind in kinds for file in path.parent.glob(kind)}
    for path in sorted(modules | beside) + manifest:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _modules(code: str) -> set[Path]:
    """Files of ours that a piece of code imports, directly or through one another."""
    found, waiting = set(), [code]
    while waiting:
        for node in ast.walk(ast.parse(waiting.pop())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("secgan_lite"):
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                for path in {path for name in names for path in _files(name)} - found:
                    found.add(path)
                    waiting.append(path.read_text(encoding="utf-8"))
    return found


def _files(module: str) -> list[Path]:
    """The file of a module and those of the packages it is in, as far as they exist."""
    parts = module.split(".")[1:]
    stems = [PACKAGE.joinpath(*parts[:depth]) for depth in range(1, len(parts) + 1)]
    candidates = [path for s in stems for path in (s.with_suffix(".py"), s / "__init__.py")]
    return [path for path in candidates if path.is_file()]


def _clean(notebook: NotebookNode) -> None:
    """Drop standard error and bars; of an app keep words and a picture, which every page can show.

    A bar of progress is a widget: its text is that of the moment at which it came. Pictures take
    fewer bytes than those that a reader's run shows at once.
    """
    notebook.metadata = NotebookNode(kernelspec=_KERNEL)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [each for each in cell.outputs if not _passing(each)]
            for output in cell.outputs:
                data = output.get("data", {})
                if data.get("text/plain") == PLAIN and "text/html" in data:
                    data["text/html"], *_ = data["text/html"].split(SCRIPTED)
                if _WIDGETS in data:
                    shown = (kind for kind in ("text/plain", "text/html") if kind in data)
                    output.data = data = NotebookNode({kind: data[kind] for kind in shown})
                if "text/html" in data:
                    data["text/html"] = _PICTURE.sub(_fewer_bytes, data["text/html"])


def _fewer_bytes(picture: re.Match) -> str:
    return picture[1] + b64encode(squeezed(b64decode(picture[2]))).decode()


def _passing(output: NotebookNode) -> bool:
    """Whether an output is for those who wait: standard error, or a bar of progress."""
    data = output.get("data", {})
    bar = _WIDGETS in data and re.match(r"[^|]*\d+%\|", data.get("text/plain", ""))
    return output.get("name") == "stderr" or bool(bar)


def _keep_volatile(notebook: NotebookNode, before: NotebookNode) -> None:
    """Cells whose outputs differ every time keep what they had, if all others are the same.

    Else a time from now would stand among the numbers of another machine, or the reverse.
    """
    if _steady(before) == _steady(notebook):
        for cell, kept in zip(notebook.cells, before.cells, strict=True):
            if cell.cell_type == "code":
                cell.outputs = kept.outputs


def _steady(notebook: NotebookNode) -> list[tuple]:
    """All cells with the outputs that are the same every time."""
    return [
        (cell.id, cell.source, [] if VOLATILE in tags(cell) else cell.get("outputs", []))
        for cell in notebook.cells
    ]


def _note_timing(name: str, seconds: float, notebook: NotebookNode, pace: float) -> None:
    """Enter a build into ``timings.json``; processor time and memory are what the footer says.

    Without other programs a lesson takes neither longer than it did here nor longer than its
    processor time, because it never waits for anything else. So the smaller is an upper bound for
    idle cores, however busy the machine was.
    """
    printed = "".join(
        output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", [])
    )
    found = re.findall(r"(\d+) s of processor time, (\d+) MB at most", printed)
    processor, megabytes = map(int, found[-1]) if found else (seconds, None)
    entry = {
        "seconds": round(min(seconds, processor)),
        "megabytes": megabytes,
        "yardstick": round(pace, 3),
    }
    write_json(TIMINGS, dict(sorted((timings() | {name: entry}).items())))
