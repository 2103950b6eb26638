"""The course as web pages that need no kernel: lessons with their outputs, and apps.

``secgan-lite site`` makes them, and ``python -m http.server --directory site`` shows them. Sphinx
writes the pages (with MyST-NB and the book theme). The explorer runs a bundled editor, exported to
ONNX, in the visitor's browser; the other apps are plain JavaScript. All that the pages load lies in
the folder.
"""

import io
import os
import re
import shutil
import tempfile
from functools import partial
from pathlib import Path

import nbformat
from sphinx.application import Sphinx

from secgan_lite import __version__
from secgan_lite.course.site.apps import PAGES, link_apps, write_apps
from secgan_lite.course.site.explorer import write_explorer
from secgan_lite.course.site.vendored import unpack
from secgan_lite.course.widgets.controls import ASSETS, script
from secgan_lite.support.files import REPOSITORY
from secgan_lite.support.places import to_write

_EXPLORER = "flip_explorer.js"
PAGE = Path(__file__).parent / "page"
_MARK = ".buildinfo"  # Sphinx leaves it in what it has built
_COPIED = ("*.md", "notebooks/*.md", "notebooks/*.ipynb", "notebooks/solutions/*.ipynb",
           "notebooks/lecturer/*",
           "data/*.md", "data/*.png", "data/results/*", "secgan_lite/**/*.py",
           "LICENSE", "CITATION.cff")  # fmt: skip
_LINK = re.compile(r"\[(?P<words>[^\]\n]+)\]\((?P<target>[^)\s#:]+)\)")
_INDEX = '<meta http-equiv="refresh" content="0; url=README.html"><a href="README.html">Begin</a>\n'
_CONTENTS = """

```{{toctree}}
:hidden:
:caption: {caption}
{pages}
```
"""


def anchor(heading: str) -> str:
    """What the lessons' links call a heading, as JupyterLab does."""
    return heading.strip().replace(" ", "-")


def build_site(folder: str | os.PathLike) -> Path:
    """Write the course as static pages.

    Args:
        folder: a new or empty one, or a site that was built before.

    Raises:
        ValueError: the folder holds something else; or Sphinx finds a fault, as a dead link.
        FileNotFoundError: no copy of the course is here, or npm, which fetches what the
            explorer and the formulas run on.
    """
    out = to_write(folder, "folder")
    if out.exists() and any(out.iterdir()) and not (out / _MARK).exists():
        raise ValueError(f"folder={str(folder)!r} is not empty, and no site. Name a new folder.")
    lessons = sorted((REPOSITORY / "notebooks").glob("[0-9]*.ipynb"))
    if not lessons:
        raise FileNotFoundError(f"{REPOSITORY} is no copy of the course: it has no lessons.")
    with tempfile.TemporaryDirectory() as scratch:
        source, extra = Path(scratch) / "source", Path(scratch) / "extra"
        _copy(source)
        _contents(source / "README.md", [lesson.stem for lesson in lessons])
        _fold(source / "notebooks" / "solutions")
        unpack("mathjax", extra / "mathjax")
        _playable(extra / "apps", source)
        shutil.copytree(REPOSITORY / "data" / "thumbnails", extra / "data" / "thumbnails")
        (extra / "index.html").write_text(_INDEX, encoding="utf-8")
        said = io.StringIO()
        Sphinx(
            source, None, out, Path(scratch) / "trees", "html",
            confoverrides=_settings(extra), status=None, warning=said,
        ).build()  # fmt: skip
    if said.getvalue():
        raise ValueError(f"The pages are in {out}, and not all is right:\n{said.getvalue()}")
    return out


def _copy(source: Path) -> None:
    """The texts and what they lead to; a link to a folder, which is no page, becomes its words."""
    for pattern in _COPIED:
        for file in REPOSITORY.glob(pattern):
            copy = source / file.relative_to(REPOSITORY)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if file.suffix in (".md", ".ipynb"):
                text, words = file.read_text(encoding="utf-8"), partial(_unless_folder, file.parent)
                copy.write_text(_LINK.sub(words, text), encoding="utf-8")
            else:
                shutil.copyfile(file, copy)


def _unless_folder(base: Path, link: re.Match) -> str:
    return link["words"] if (base / link["target"]).is_dir() else link[0]


def _playable(folder: Path, source: Path) -> None:
    """All that the apps load, into a folder; their pages, among the texts; and the way to them."""
    for page in (PAGE, ASSETS):
        shutil.copytree(page, folder, dirs_exist_ok=True)
    unpack("onnxruntime-web", folder / "runtime")
    write_explorer(folder)
    (folder / _EXPLORER).write_text(script(_EXPLORER), encoding="utf-8")
    write_apps(folder)
    for page in PAGES:
        shutil.move(folder / f"{page}.md", source / f"{page}.md")
    for file in (source / "notebooks").glob("[0-9]*.ipynb"):
        lesson = nbformat.read(file, as_version=4)
        link_apps(lesson, "../")
        nbformat.write(lesson, file)


def _contents(first: Path, lessons: list[str]) -> None:
    """Append the contents of all pages, which are shown at their side, to the first page."""
    beside = ["README", "glossary", "training_appendix"]
    text = first.read_text(encoding="utf-8")
    for caption, pages in (
        ("Play", [*PAGES]),
        ("Lessons", [f"notebooks/{name}" for name in lessons]),
        (
            "Beside them",
            [*(f"notebooks/{name}" for name in beside), "data/README", "CONTRIBUTING", "CHANGELOG"],
        ),
        ("For lecturers", [f"notebooks/lecturer/{n}" for n in ("README", "exam", "project")]),
        ("Solutions", [f"notebooks/solutions/{name}" for name in lessons]),
    ):
        text += _CONTENTS.format(caption=caption, pages="\n".join(pages))
    first.write_text(text, encoding="utf-8")


def _fold(solutions: Path) -> None:
    """Let readers open each solution when they have tried."""
    for file in solutions.glob("*.ipynb"):
        text = file.read_text(encoding="utf-8")
        text = re.sub(r'"exercise"(?=,|\s*\])', '"exercise", "hide-input"', text)
        file.write_text(text, encoding="utf-8")


def _settings(extra: Path) -> dict[str, object]:
    return {
        "project": "secgan-lite",
        "author": "The secgan-lite authors",
        "version": __version__,
        "root_doc": "README",
        "extensions": ["myst_nb"],
        "html_theme": "sphinx_book_theme",
        "html_theme_options": {"use_download_button": False, "navbar_persistent": []},
        "html_title": "secgan-lite",
        "html_extra_path": [str(extra)],
        "html_show_sourcelink": False,
        "html_copy_source": False,
        "mathjax_path": "../mathjax/tex-chtml.js",
        "myst_enable_extensions": ["dollarmath", "amsmath"],
        "myst_heading_anchors": 4,
        "myst_heading_slug_func": f"{__name__}.anchor",
        "nb_execution_mode": "off",
        "suppress_warnings": ["myst.header"],  # of solutions, which have exercises only
    }
