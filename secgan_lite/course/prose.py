"""The running prose of a notebook: its sections, its sentences, and what ties them to outputs."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from nbformat import NotebookNode

from secgan_lite.course.builder import tags
from secgan_lite.course.claims import FAILS, HOLDS

# In a sentence that reads an output, one of these says a result. Words that as often define as
# report ("every", "same", "alone", "above") are left to the author: they would drown the others.
CLAIM_WORDS = (
    *("most", "almost", "nearly", "hardly", "nothing", "only", "never", "nowhere", "equal"),
    *("best", "worst", "better", "worse", "closer", "closest", "further", "furthest"),
    *("larger", "smaller", "higher", "lower", "largest", "smallest", "highest", "lowest"),
    *("easier", "harder", "easiest", "hardest", "fewer", "less", "more than", "more often"),
    *("more and more", "(?:come|comes|came) (?:first|last)", "doubles"),
)
_SAYS = re.compile(rf"\b(?:{'|'.join(CLAIM_WORDS)})\b", re.IGNORECASE)
# What asks, demands, supposes or announces, and what is told of the paper or of another lesson.
_NO_RESULT = re.compile(
    r"[?:][*)]*$|\b(?:must|should|shall|would|could|may|might|if|whether|(?:that|which) means)\b|"
    r"\b(?:paper|lessons?)\b|Eq\.|§|"
    r"^\W*(?:Read|Look|Compare|Find|Change|Try|Write|Let|Take|Press|Say|Follow|Choose|Note)\b|"
    r"^\W*(?:Now|A good)\b",
    re.IGNORECASE,
)
# What is no result: a quotation is a name, "doing nothing" an editor, and "at most" a bound.
_NAMES = re.compile(r"`[^`]*`|\"[^\"]*\"|\$[^$]*\$|\b(?:doing nothing|at most|for the most part)\b")
_NO_PROSE = re.compile(
    r"```.*?```|<details>.*?</details>|\$\$.*?\$\$|^\|.*?$|^!\[.*?$", re.DOTALL | re.MULTILINE
)
_ENDS = re.compile(
    r"(?<=[.!?])(?<!Eq\.)(?<!et al\.)[*)”\"]*\s+(?=[*(“\"]*[A-Z0-9$`*])|\n\n|\n(?=[-\d])"
)


@dataclass
class Section:
    """What stands under one heading, in the order of the page.

    Attributes:
        prose: (cell id, text, does it come right after an output?) of each piece.
        claims: (cell id, words, its outputs) of each claim; words are None if they are computed.
    """

    title: str
    prose: list[tuple[str, str, bool]] = field(default_factory=list)
    claims: list[tuple[str, str | None, str]] = field(default_factory=list)


def sections(notebook: NotebookNode) -> list[Section]:
    """The sections of a notebook, whatever the level of their headings."""
    found, reads = [Section("")], False
    for cell in notebook.cells:
        if cell.cell_type == "code":
            printed = "".join(o.get("text", "") for o in cell.get("outputs", []))
            found[-1].claims += [(cell.id, words, printed) for words in _claimed(cell.source)]
            reads = _readable(cell)
            continue
        for index, piece in enumerate(re.split(r"^#{1,6} ", cell.source, flags=re.MULTILINE)):
            if index:
                title, _, piece = piece.partition("\n")
                found.append(Section(title.strip()))
            if piece.strip():
                found[-1].prose.append((cell.id, piece, reads and not index))
        reads = False
    return found


def sentences(markdown: str) -> list[str]:
    """Sentences of the running prose: without tables, code, hints and marks of emphasis."""
    parts = _ENDS.split(_NO_PROSE.sub("\n\n", markdown))
    plain = (" ".join(part.split()) for part in parts)
    return [sentence for sentence in plain if re.search(r"\w", sentence)]


def said(text: str) -> str:
    """Words for comparison: without emphasis, links, line breaks and capitals."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return " ".join(re.sub(r"[*`]", "", text).split()).lower()


def _claimed(code: str) -> list[str | None]:
    """Words of the claims in a cell; None where they are no literal."""
    calls = (node for node in ast.walk(_parsed(code)) if isinstance(node, ast.Call))
    words = (
        call.args[0] if call.args else None
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "claim"
    )
    return [w.value if isinstance(w, ast.Constant) else None for w in words]


def _parsed(code: str) -> ast.AST:
    return ast.parse(re.sub(r"^[%!].*", "", code, flags=re.MULTILINE))


def _readable(cell: NotebookNode) -> bool:
    """Does a cell put out results: text or pictures, of numbers rather than of the method?"""
    if {"parameters", "setup", "exercise", "widget"} & set(tags(cell)):
        return False
    if re.search(
        r"figures\.(?:method_map|two_ways)\(|inspect\.getsource\(|\bdoctor\(", cell.source
    ):
        return False
    return any(
        "image/png" in output.get("data", {}) or output.get("name") == "stdout"
        for output in cell.get("outputs", [])
    )


def unproved(notebook: NotebookNode) -> Iterator[str]:
    """Sentences that read an output, say a result, and that no claim asserts."""
    every = [words for part in sections(notebook) for _, words, _ in part.claims if words]
    for part in sections(notebook):
        own = [words for _, words, _ in part.claims if words]
        for cell, text, reads in part.prose:
            if not reads and part.title != "Summary":
                continue
            for sentence in sentences(text):
                known = own if reads else every
                if any(said(words) in said(sentence) for words in known):
                    continue
                word = _SAYS.search(_NAMES.sub("", sentence))
                if word and not _NO_RESULT.search(sentence):
                    yield f"{cell}: no claim carries {word[0]!r} in {sentence!r}"


def loose(notebook: NotebookNode) -> Iterator[str]:
    """Claims whose words stand in no sentence of their section, or that no output shows to hold."""
    for part in sections(notebook):
        text = said(" ".join(text for _, text, _ in part.prose))
        for cell, words, printed in part.claims:
            if words is None:
                yield f"{cell}: the words of a claim are a literal, so that they can be found"
            elif said(words) not in text:
                yield f"{cell}: no sentence of {part.title!r} says {words!r}"
            elif HOLDS + words not in printed or FAILS + words in printed:
                yield f"{cell}: no output shows that this holds: {words!r}"
