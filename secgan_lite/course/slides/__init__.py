"""A lesson as slides: one HTML file that needs no network, from cells that its source tags.

The tag ``slide`` begins a slide with a cell, ``slide-more`` puts a cell on the slide before. Text
is shown without hints and answers. Of a code cell there is what it shows, and each further figure
gets a slide of its own; a cell that shows neither figure nor table is there with its code.
"""

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup
from latex2mathml.converter import convert as mathml
from nbconvert.filters import markdown2html
from nbformat import NotebookNode

from secgan_lite.course.builder import NOTEBOOKS, convert, lessons
from secgan_lite.course.prose import tags
from secgan_lite.support.errors import unknown_choice

_HERE = Path(__file__).parent
_DETAILS = re.compile(r"<details>.*?</details>", re.DOTALL)  # hints and answers of exercises
# A table, or the reading of a figure, which has an id: a slide is open.
_FOLD = re.compile(r"<details[^>]*><summary>.*?</summary>|</details>")
# Code is found first, because there a dollar is no formula.
_MATH = re.compile(
    r"```.*?```|`[^`]*`|\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$\n]+?)\$", re.DOTALL
)
_HEADING = re.compile(r"^(#{1,3}) (.+)\n*", re.MULTILINE)
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title><style>
{style}</style></head>
<body>
{slides}
<nav><button aria-label="back">‹</button><output></output><button aria-label="on">›</button></nav>
<script>
{script}</script>
</body>
</html>
"""


def deck(lesson: str) -> str:
    """The slides of a lesson as a page.

    Raises:
        ValueError: no lesson has that name, the nearest is named; or it has no slides.
    """
    slides = list(slides_of(lesson))
    if not slides:
        raise ValueError(f"lesson={lesson!r} has no cell with the tag 'slide'.")
    sections = (
        f'<section>{title}<div class="room"><div class="body">{body}</div></div></section>'
        for title, body in slides
    )
    style, script = ((_HERE / f"deck.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    title = BeautifulSoup(slides[0][0], "html.parser").get_text()
    return _PAGE.format(title=title, style=style, slides="\n".join(sections), script=script)


def slides_of(lesson: str) -> Iterator[tuple[str, str]]:
    """Title and body of each slide, as HTML."""
    if lesson not in lessons():
        raise unknown_choice("lesson", lesson, lessons())
    stored = nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", as_version=4)
    outputs = {cell.id: cell.get("outputs", []) for cell in stored.cells}
    title, heading, parts = "", "", []
    for cell in convert(lessons()[lesson]).cells:
        is_text = cell.cell_type == "markdown"
        own, text = _section(cell.source) if is_text else ("", "")
        if "slide" in tags(cell):
            if parts:
                yield _html(f"## {title}"), "\n".join(parts)
            title, parts = own or heading, []
        if {"slide", "slide-more"} & set(tags(cell)):
            first, *more = [_html(text)] if is_text else _shown(cell, outputs.get(cell.id, []))
            parts.append(first)
            for display in more:
                yield _html(f"## {title}"), "\n".join(parts)
                parts = [display]
        if is_text:
            below = (found[2] for found in _HEADING.finditer(cell.source))
            heading = [heading, *(each for each in below if "Exercise" not in each)][-1]
    if parts:
        yield _html(f"## {title}"), "\n".join(parts)


def _section(markdown: str) -> tuple[str, str]:
    """The first heading of a cell and what is below it, to the next section; else "" and all."""
    first = _HEADING.search(markdown)
    if not first:
        return "", markdown
    rest = markdown[first.end() :]
    return first[2], re.split(r"^##? ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def _shown(cell: NotebookNode, outputs: list[NotebookNode]) -> list[str]:
    """Figures and tables of a code cell; if it has none, its code with what it prints."""
    displays = [output["data"].get("text/html", "") for output in outputs if "data" in output]
    printed = "".join(output.get("text", "") for output in outputs)
    code = f"<pre>{escape(cell.source)}</pre>\n<pre>{escape(printed)}</pre>"
    return [_FOLD.sub("", display) for display in displays if display] or [code]


def _html(markdown: str) -> str:
    """Markdown as HTML: formulas as MathML, no hints, and links only to the web."""
    formulas: list[str] = []

    def kept(found: re.Match) -> str:
        if not (found["display"] or found["inline"]):
            return found[0]
        formulas.append(_formula(found))
        return f"FORMULA{len(formulas) - 1}END"

    text = _MATH.sub(kept, _FOLD.sub("", _DETAILS.sub("", markdown)))
    page = BeautifulSoup(markdown2html(text), "html.parser")
    for link in page.find_all("a"):
        if "anchor-link" in link.get("class", ()):  # nbconvert's mark beside a heading
            link.decompose()
        elif not link.get("href", "").startswith("https:"):
            link.unwrap()
    return re.sub(r"FORMULA(\d+)END", lambda found: formulas[int(found[1])], str(page))


# What the lessons write, in words that latex2mathml knows; it sets no space behind a function.
_DIALECT = {
    r"\\tag\{(.*?)\}": r"\\qquad(\1)",
    r"\\[lr]Vert\b": r"\\Vert ",
    r"\{aligned\}": "{align*}",
    r"\\arg\b": r"\\operatorname{arg}\\,",
    r"\\(log|ln|exp)\b": r"\\\1\\,",
}


def _formula(found: re.Match) -> str:
    latex = found["display"] or found["inline"]
    for ours, theirs in _DIALECT.items():
        latex = re.sub(ours, theirs, latex)
    return mathml(latex, display="block" if found["display"] else "inline")
