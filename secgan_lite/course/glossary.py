"""The glossary of the course: each term with the sentence that introduces it.

A lesson marks a term where it is introduced, as ``<dfn>critic</dfn>``; ``build`` writes
``notebooks/glossary.md`` from these sentences, so that it can't say anything else.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from nbformat import NotebookNode

from secgan_lite.course.prose import plain, sentences

FILE = "glossary.md"
_TERM = re.compile(r"<dfn>(.+?)</dfn>")
_LINK = re.compile(r"\[[^]]*\]\([^)]*\)")
_HEAD = """# Glossary

Each term with the sentence that introduces it, and its lesson. The words are the lessons' own.
"""


def introduced(cells: Sequence[NotebookNode]) -> Iterator[tuple[str, str]]:
    """Terms of a lesson, each with its sentence, in order."""
    for cell in cells:
        if cell.cell_type == "markdown":
            for sentence in sentences(cell.source):
                for term in _TERM.findall(sentence):
                    yield term, sentence


def glossary(lessons: Mapping[str, Sequence[NotebookNode]]) -> str:
    """The text of the glossary, from the cells of all lessons by name."""
    entries = {}
    for lesson, cells in lessons.items():
        for term, sentence in introduced(cells):
            said = re.sub(rf"\**{_TERM.pattern}\**", r"**\1**", sentence)
            entries.setdefault(term, f"{said} ([{lesson.partition('_')[0]}]({lesson}.ipynb))")
    return (
        "\n\n".join([_HEAD.strip(), *(entries[t] for t in sorted(entries, key=str.lower))]) + "\n"
    )


def too_early(lessons: Mapping[str, Sequence[NotebookNode]]) -> Iterator[str]:
    """Terms that a lesson uses before a later one introduces them, or that two introduce."""
    home = {}
    for lesson, cells in lessons.items():
        for term, _ in introduced(cells):
            if home.setdefault(term, lesson) != lesson:
                yield f"{lesson}: introduces {term!r}, which {home[term]} has introduced"
    for term, its_lesson in home.items():
        word = re.compile(rf"\b{re.escape(term.lower())}(?:s|es)?\b")
        for lesson, cells in lessons.items():
            if lesson >= its_lesson:
                break
            texts = [_LINK.sub("", c.source) for c in cells if c.cell_type == "markdown"]
            told = (sentence for text in texts for sentence in sentences(text))
            if found := next((s for s in told if word.search(plain(s))), ""):
                yield f"{lesson}: uses {term!r}, which {its_lesson} introduces: {found}"
