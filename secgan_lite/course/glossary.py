"""The course's terms: where each is introduced, and what was said of it before.

A term is introduced where a lesson sets it in bold inside a sentence. ``notebooks/glossary.md`` is
made of these sentences; the builder links it from every lesson.
"""

import re
from collections.abc import Iterator

from secgan_lite.course import builder
from secgan_lite.course.prose import sections, sentences
from secgan_lite.support.files import write_bytes

TERMS = (
    *("ablation", "blending", "bootstrap", "critic", "discriminator", "drift"),
    *("generator", "heat map", "instance norm", "intersection over union", "jackknife", "judge"),
    *("leakage", "mask", "parser", "pupil", "segment", "ssFID", "teacher", "true edit", "wish"),
)
_NOT_READ = ("Objectives", "Contents", "References")  # they name what is still to come
_PRONOUN = re.compile(r"\W*(It|They|This|That|These|Those)\b(?= (?:is|are|was|has|have|can)\b)")
_WITHOUT = re.compile(r"`[^`]*`|\$[^$]*\$|\]\([^)]*\)")


def glossary() -> str:
    """The glossary as Markdown: each term with the sentence that introduces it, and its lesson."""
    lines = [
        "# Glossary",
        "",
        "Each term with the sentence that introduces it, and the lesson where it stands.",
        "",
    ]
    for term, (cell, sentence) in sorted(_introductions().items(), key=lambda t: t[0].lower()):
        name = cell.rpartition("-")[0]
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", sentence).removeprefix("- ")
        lines.append(f"- **{term}**: {plain.replace('**', '*')} ([{name[:2]}]({name}.ipynb))")
    return "\n".join([*lines, ""])


def write_glossary() -> None:
    """Bring ``notebooks/glossary.md`` up to date with the lessons' sources."""
    write_bytes(builder.NOTEBOOKS / "glossary.md", glossary().encode())


def glossary_faults() -> Iterator[str]:
    """Terms that no lesson introduces, and a glossary that was not built again."""
    introduced = _introductions()
    for term in TERMS:
        if term not in introduced:
            yield f"glossary: no lesson introduces **{term}** in bold"
    file = builder.NOTEBOOKS / "glossary.md"
    if not file.is_file() or file.read_text(encoding="utf-8") != glossary():
        yield "glossary.md: out of date: python -m secgan_lite.course.authoring build"


def notes() -> Iterator[str]:
    """What may stop a reader: a term before its introduction, a pronoun that opens a passage."""
    read = list(_read())
    for term, (introduced, _) in _introductions().items():
        used = re.compile(rf"\b{re.escape(term)}s?\b", re.IGNORECASE)
        cell = next(cell for cell, sentence, _ in read if used.search(_WITHOUT.sub("", sentence)))
        if cell != introduced:
            yield f"{cell}: {term!r} is used before {introduced} introduces it"
    for cell, sentence, opens in read:
        pronoun = _PRONOUN.match(sentence)
        if opens and pronoun:
            yield f"{cell}: {pronoun[1]!r} opens a passage; say what: {sentence!r}"


def _read() -> Iterator[tuple[str, str, bool]]:
    """All sentences in the order of reading: (cell id, sentence, does it open a passage?)."""
    for source in builder.lessons().values():
        for part in sections(builder.convert(source)):
            for cell, text, _ in part.prose if part.title not in _NOT_READ else ():
                for place, sentence in enumerate(sentences(text)):
                    yield cell, sentence, not place


def _introductions() -> dict[str, tuple[str, str]]:
    """By term, the cell and the sentence in which it is first set in bold."""
    found: dict[str, tuple[str, str]] = {}
    for cell, sentence, _ in _read():
        for bold in re.findall(r"\*\*([^*]+)\*\*", sentence):
            for term in TERMS:
                if bold.lower() in (term.lower(), f"{term.lower()}s"):
                    found.setdefault(term, (cell, sentence))
    return found
