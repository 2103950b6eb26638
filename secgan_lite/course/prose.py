"""What the audit asks of a lesson's sentences: results are claimed, words are explained.

What reads an output stands directly below it; what is true in general stands elsewhere: before
the output, under a heading, or in a paragraph of its own.
"""

import ast
import re
from collections.abc import Iterator, Sequence

from nbformat import NotebookNode

# Words that say how results compare. A sentence with one of them can be true or false.
_CLAIM_WORDS = re.compile(
    r"\b(most|least|better|best|worse|worst|closer|closest|never|equal|equally|almost|nearly|hardly"
    r"|(?:more|fewer|less)\b.* than|(?<!do )(?<!does )(?<!doing )(?<!change )nothing"
    r"|higher|highest|lower|lowest|larger|largest|smaller|smallest"
    r"|(?:come|comes|came) (?:first|last)|none (?:is|are|of)|gains|loses)\b",
    re.IGNORECASE,
)
# A sentence that asks, or names where it comes from, tells of no output of ours.
_ELSEWHERE = re.compile(r"\?|§|\bEq\. \d|\bFigures? \d|\bTable \d|\bet al\.|\bthe paper\b")
# Between two sentences; a mark of emphasis or a bracket may close the first, or open the second.
_BETWEEN = re.compile(
    r"(?:(?<=[.?!])|(?<=[.?!][)*])|(?<=[.?!]\*\*))\s+(?=[(*]*(?:<dfn>)?[A-Z0-9$\[])"
)
NEAR = 3  # cells of prose after a claim's cell, and one before it, may hold its sentence


def tags(cell: NotebookNode) -> list[str]:
    """Tags of a cell."""
    return cell.metadata.get("tags", [])


def claims(cell: NotebookNode) -> Iterator[str]:
    """The words of each ``claim("…", …)`` in a code cell; "" where they are computed."""
    code = re.sub(r"^[%!].*", "", cell.source, flags=re.MULTILINE)
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Call(func=ast.Name(id="claim"), args=[ast.Constant(value=words), *_]):
                yield words
            case ast.Call(func=ast.Name(id="claim")):
                yield ""


def sentences(markdown: str) -> list[str]:
    """Sentences of running text: no headings, tables, code, formulas on their own or hints."""
    text = re.sub(r"```.*?```|\$\$.*?\$\$|<details>.*?</details>", "\n\n", markdown, flags=re.S)
    kept = [line for line in text.splitlines() if not re.match(r"\s*(#|\||<)", line)]
    blocks = re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )", "\n".join(kept))
    lines = (re.sub(r"^\s*(?:[-*]|\d+\.) ", "", " ".join(block.split())) for block in blocks)
    found = (_BETWEEN.split(line) for line in lines)
    # "Eq. 11", "et al. 2018" and the like end no sentence.
    joined = [re.sub(r"\s+", " ", s).strip() for block in found for s in _whole(block)]
    return [sentence for sentence in joined if sentence]


def _whole(parts: Sequence[str]) -> list[str]:
    whole: list[str] = []
    for part in parts:
        if whole and re.search(r"\b(?:Eq|Fig|al|vs|e\.g|i\.e)\.$", whole[-1]):
            whole[-1] += f" {part}"
        else:
            whole.append(part)
    return whole


def plain(text: str) -> str:
    """Text without emphasis, code marks and line ends, for comparing words."""
    return " ".join(re.sub(r"[*_`]", "", text).split()).lower()


def reading(cells: Sequence[NotebookNode], index: int) -> str:
    """What reads the output of a cell: the paragraph directly below it, with its list.

    Further paragraphs count where they are such a list, or begin with a question in italics.
    """
    below = cells[index + 1] if index + 1 < len(cells) else None
    if below is None or below.cell_type != "markdown" or "exercise" in tags(below):
        return ""
    first, *others = re.split(r"\n\s*\n", below.source)
    kept = [] if first.startswith(("#", "|")) else [first]
    for block in others if kept else ():
        if block.startswith("#"):
            break
        if re.match(r"- |\*[^*]+\?\*", block):
            kept.append(block)
    return "\n\n".join(kept)


def claim_faults(cells: Sequence[NotebookNode]) -> Iterator[str]:
    """Each claim has its sentence near by, and each sentence about an output has its claim."""
    prose = [(i, plain(c.source)) for i, c in enumerate(cells) if c.cell_type == "markdown"]
    said: list[str] = []  # by the claims so far
    for index, cell in enumerate(cells):
        if cell.cell_type != "code":
            continue
        for words in claims(cell):
            if not words:
                yield f"{cell.id}: a claim computes its words; write them out, to be found"
                continue
            said.append(plain(words))
            before = [text for i, text in prose if i < index][-1:]
            after = [text for i, text in prose if i > index][:NEAR]
            if not any(said[-1] in text for text in before + after):
                yield f"{cell.id}: no sentence near by says {words!r}, which it claims"
        if not cell.get("outputs") or {"parameters", "setup", "exercise"} & set(tags(cell)):
            continue
        for sentence in sentences(reading(cells, index)):
            words = _CLAIM_WORDS.search(sentence)
            claimed = any(words in plain(sentence) for words in said)
            if words and not claimed and not _ELSEWHERE.search(sentence):
                yield (
                    f'{cells[index + 1].id}: no claim for "{words[0]}" in: {sentence}'
                    " (claim it in a cell above, or say it where no output is read)"
                )


def broken_claims(cells: Sequence[NotebookNode]) -> Iterator[str]:
    """What is stored holds, and each claim is stored: a branch not taken asserts nothing."""
    for cell in cells:
        if cell.cell_type != "code":
            continue
        printed = "\n".join(
            output.get("text") or output.get("data", {}).get("text/plain", "")
            for output in cell.outputs
        )
        false = re.findall(r"does not hold: (.*)", printed)
        for sentence in false:
            yield f"{cell.id}: does not hold: {sentence}"
        for words in claims(cell) if not false else ():
            if f"holds: {words}" not in printed:
                yield f"{cell.id}: no output shows that this holds: {words}"


_PRONOUN = re.compile(
    r"(?:It|They|This|That|These|Those|Both) (?:is|are|was|were|has|have|does|do)\b"
)


def subjectless(cells: Sequence[NotebookNode]) -> Iterator[str]:
    """Paragraphs that begin with a pronoun: what it stands for is somewhere above, if anywhere."""
    for cell in cells:
        if cell.cell_type == "markdown":
            for block in re.split(r"\n\s*\n", cell.source):
                first, *_ = sentences(block) or [""]
                if _PRONOUN.match(first):
                    yield f"{cell.id}: a paragraph begins with a pronoun, say the noun: {first}"
