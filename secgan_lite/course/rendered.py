"""The page that ``jupyter nbconvert --to html`` makes of a notebook, and what it lacks."""

from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from nbconvert import HTMLExporter
from nbformat import NotebookNode


def rendered(notebook: NotebookNode) -> BeautifulSoup:
    """A notebook as nbconvert's HTML page, without its code: to colour it would take longest."""
    body, _ = HTMLExporter(exclude_input=True).from_notebook_node(notebook)
    return BeautifulSoup(body, "html.parser")


def picture_faults(page: BeautifulSoup) -> Iterator[str]:
    """Pictures without alt text, or without one caption of one sentence."""
    for number, image in enumerate(page("img"), start=1):
        alt, figure = image.get("alt", ""), image.find_parent("figure")
        caption = _words(figure and figure.figcaption)
        where = f"picture {number}" + (f" ({caption})" if caption else "")
        # Where an output has a picture and no alt text, nbconvert puts such words.
        if not alt.strip() or alt.startswith("No description has been provided"):
            yield f"{where}: no alt text"
        if not caption:
            yield f"{where}: no caption"
        elif caption[-1] not in ".?" or any(end in caption for end in (". ", "? ")):
            yield f"{where}: the caption is not one sentence"


def table_faults(page: BeautifulSoup) -> Iterator[str]:
    """Tables in outputs without a caption, or with headers that don't say what they head."""
    for number, table in enumerate(page.select(".jp-OutputArea table"), start=1):
        if not _words(table.caption):
            yield f"table {number}: no caption"
        heads = table("th")
        if not heads or any(head.get("scope") not in ("col", "row") for head in heads):
            yield f"table {number}: a header without scope, or no header"


def _words(tag: Tag | None) -> str:
    return tag.get_text().strip() if tag else ""
