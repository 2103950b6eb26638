"""Everything that must hold for the lessons: ``python -m secgan_lite.course.authoring check``.

A rule takes a notebook and yields faults in words. What a rule says is what an author has to do.
"""

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from secgan_lite import losses
from secgan_lite.course.builder import COMPARED, NOTEBOOKS, PACKAGE, all_cells, notebooks
from secgan_lite.course.checks import EXERCISES, TODO, Exercise, diagnose
from secgan_lite.course.doctor import timings
from secgan_lite.course.glossary import FILE, glossary, too_early
from secgan_lite.course.prose import broken_claims, claim_faults, subjectless, tags
from secgan_lite.course.rendered import picture_faults, rendered, table_faults
from secgan_lite.course.widgets.controls import PLAIN, SCRIPTED
from secgan_lite.support.files import REPOSITORY

TEXTS = tuple(
    REPOSITORY / name
    for name in (
        *("README.md", "CONTRIBUTING.md", "CHANGELOG.md"),
        *("data/README.md", "notebooks/README.md"),
        *(f"notebooks/lecturer/{name}.md" for name in ("README", "exam", "project")),
    )
)
EQUATIONS = set(range(1, 21))
MAX_BYTES, MAX_MEGABYTES, MAX_SECONDS, MAX_LINES, MAX_RUN = 900_000, 2000, 60, 30, 3
# Where it isn't MAX_SECONDS. Lesson 04 means 180 s on idle cores; shared ones get up to 300.
SECONDS = {"04_train": 300, "07_ablations": 90, "08_confounding_and_misuse": 90}
PACE = 0.11  # yardstick of a machine for which they are meant; a slower one has more in proportion
SECTIONS = ("Objectives", "Contents", "Parameters", "Summary", "Quiz", "References")
_SHORT = re.compile(r"50-minute class|class of 50 minutes")
# The row below a lesson's title: minutes to read, minutes of exercises, time to run.
_TIMES = re.compile(
    r"^# \|[^|]*\| (\d+ min), exercises (\d+ min) \| ((?:\d+ to )?\d+ (?:s|min))\b", re.MULTILINE
)
_MEMORY = re.compile(r"(?<=\| )([\d.]+) GB(?= \|)")  # in the table below a title, and in READMEs'
_MINUTES = re.compile(r"\*\*Difficulty\*\*[^\n]*?(\d+) min")
_BOX = ("**Goal.**", "**Difficulty", "min", "<details>")


@dataclass(frozen=True)
class Sheet:
    """A notebook on disk, beside what its source makes of it."""

    path: Path
    stored: NotebookNode
    wanted: NotebookNode

    @property
    def is_lesson(self) -> bool:
        return self.path.parent == NOTEBOOKS

    @property
    def code(self) -> list[NotebookNode]:
        return [cell for cell in self.stored.cells if cell.cell_type == "code"]

    @property
    def prose(self) -> list[NotebookNode]:
        return [cell for cell in self.stored.cells if cell.cell_type == "markdown"]


def audit() -> list[str]:
    """All faults of all notebooks, exercises, equations and texts; none means green."""
    faults, wanted = [], notebooks()
    there = {*NOTEBOOKS.glob("*.ipynb"), *NOTEBOOKS.glob("solutions/*.ipynb")}
    for path in sorted(there | set(wanted)):
        name = path.relative_to(NOTEBOOKS).as_posix()
        if path not in wanted:
            faults.append(f"{name}: it has no source")
        elif path not in there:
            faults.append(f"{name}: not built yet")
        else:
            sheet = Sheet(path, nbformat.read(path, as_version=4), wanted[path])
            faults += [f"{name}: {fault}" for rule in RULES for fault in rule(sheet)]
    for name, exercise in EXERCISES.items():
        faults += [f"exercise {name}: {fault}" for fault in exercise_faults(name, exercise)]
    return [*faults, *equation_faults(), *text_faults(), *time_faults(), *glossary_faults()]


def pair(sheet: Sheet) -> Iterator[str]:
    """The notebook holds its source's cells."""

    def content(notebook: NotebookNode) -> list[tuple]:
        return [(c.id, c.cell_type, c.source, tags(c)) for c in notebook.cells]

    stored, wanted = content(sheet.stored), content(sheet.wanted)
    if stored != wanted:
        first = next((w for s, w in zip(stored, wanted, strict=False) if s != w), wanted[-1])
        yield f"out of date from {first[0]} on: python -m secgan_lite.course.authoring build"


def clean(sheet: Sheet) -> Iterator[str]:
    """Nothing is stored that is not meant for readers."""
    extra = set(sheet.stored.metadata) - {"kernelspec", "language_info", "secgan_lite"}
    if extra:
        yield f"metadata {', '.join(sorted(extra))}"
    for cell in sheet.stored.cells:
        if set(cell.metadata) - {"tags"}:
            yield f"{cell.id}: metadata other than tags"
    for cell in sheet.code:
        for output in cell.outputs:
            data = output.get("data", {})
            if output.output_type == "error" or output.get("name") == "stderr":
                yield f"{cell.id}: an error or a warning is stored"
            if any("widget" in kind for kind in data):
                yield f"{cell.id}: widget state is stored"
            if SCRIPTED in data.get("text/html", ""):
                yield f"{cell.id}: the page of an app is stored"
        if "widget" in tags(cell) and PLAIN not in map(_text, cell.outputs):
            yield f"{cell.id}: a page without a kernel shows nothing of this app"
    paths = r"(?:/(?:home|root|Users|tmp|work|mnt)/|\b[A-Z]:\\\\)"
    for cell in sheet.stored.cells:
        text = json.dumps([cell.source, [_text(o) for o in cell.get("outputs", [])]])
        if re.search(paths, text) or str(REPOSITORY) in text:
            yield f"{cell.id}: an absolute path"


def seen_by_all(sheet: Sheet) -> Iterator[str]:
    """Whoever reads the exported page, or has it read out, gets every picture and every table."""
    page = rendered(sheet.stored)
    yield from picture_faults(page)
    yield from table_faults(page)


def executed(sheet: Sheet) -> Iterator[str]:
    """Every code cell ran, in order; nbval silently skips a compared cell without a count."""
    counts = [cell.execution_count for cell in sheet.code]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts are {counts}: build it"
    for cell in sheet.code:
        if COMPARED in tags(cell) and not any(_text(output) for output in cell.outputs):
            yield f"{cell.id}: compared, and prints nothing"


def budget(sheet: Sheet) -> Iterator[str]:
    """Size, seconds and memory."""
    size = sheet.path.stat().st_size
    if size > MAX_BYTES:
        yield f"{size:,} bytes, more than {MAX_BYTES:,}"
    timing = timings().get(sheet.path.stem)
    if not sheet.is_lesson or timing is None:
        return
    allowed = SECONDS.get(sheet.path.stem, MAX_SECONDS)
    seconds = round(timing["seconds"] * min(1, PACE / timing["yardstick"]))
    if seconds > allowed:
        yield f"takes {seconds} s of a usual machine, more than {allowed} s"
    megabytes = timing["megabytes"]
    promised = _MEMORY.search(sheet.stored.cells[0].source)
    if megabytes is None or megabytes > MAX_MEGABYTES:
        yield f"takes {megabytes} MB, allowed are {MAX_MEGABYTES}"
    elif promised and megabytes * 2**20 > float(promised[1]) * 1e9:
        yield f"takes {megabytes} MB, promised are {promised[1]} GB"


_NUMBER = re.compile(r"(?<![\w.,§])(\d[\d,]*\.\d+|\d+(?= ?%)|\d{1,3}(?:,\d{3})+)(?![\w.]*\d)")
_CONSTANTS = re.compile(
    r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|\]\([^)]*\)|arXiv \S+|CC BY \S+|\| [\d.]+ GB \|",
    re.DOTALL,
)


def quotes(sheet: Sheet) -> Iterator[str]:
    """A decimal, a percentage or a large number in prose is measured: a compared cell prints it.

    Constants and the paper's numbers are set as code or as a formula, and so exempt.
    """
    printed = " ".join(
        _text(output) for cell in sheet.code if COMPARED in tags(cell) for output in cell.outputs
    )
    for cell in sheet.prose:
        for number in _NUMBER.findall(_CONSTANTS.sub(" ", cell.source)):
            if not re.search(rf"(?<![\d.]){re.escape(number)}(?!\d|\.\d)", printed):
                yield f"{cell.id}: quotes {number}, which no compared cell prints"


def links(sheet: Sheet) -> Iterator[str]:
    """Every link leads somewhere; whether a page on the web is there is not looked up."""
    for cell in sheet.prose:
        for address in re.findall(r"\]\(((?:https?|mailto)[^)]*)\)", cell.source):
            if not re.fullmatch(r"https://[\w-]+(\.[\w-]+)+(:\d+)?(/\S*)?", address):
                yield f"{cell.id}: {address} is no address of the form https://site/page"
        for target in _targets(cell.source):
            file, _, anchor = target.partition("#")
            path = sheet.path.parent / file if file else sheet.path
            if not path.exists():
                yield f"{cell.id}: a link to {file}, which is not there"
            elif anchor and path.suffix == ".ipynb":
                notebook = nbformat.read(path, as_version=4) if file else sheet.stored
                if anchor not in _anchors(notebook):
                    yield f"{cell.id}: a link to {target}, and no such heading"


def claimed(sheet: Sheet) -> Iterator[str]:
    """Claims and sentences about outputs belong together, and what is stored holds."""
    if sheet.is_lesson:
        yield from claim_faults(sheet.stored.cells)
    yield from broken_claims(sheet.stored.cells)


def readable(sheet: Sheet) -> Iterator[str]:
    """A paragraph says what it speaks of, and the words of the course are one click away."""
    if sheet.is_lesson:
        yield from subjectless(sheet.stored.cells)
        if not any(f"]({FILE})" in cell.source for cell in sheet.prose):
            yield f"no link to {FILE}"


def structure(sheet: Sheet) -> Iterator[str]:
    """The lesson follows the template."""
    if not sheet.is_lesson:
        return
    headings = [line for cell in sheet.prose for line in _headings(cell.source)]
    titles = [line.lstrip("# ") for line in headings]
    levels = [len(line) - len(line.lstrip("#")) for line in headings]
    if levels[:1] != [1] or levels.count(1) != 1:
        yield "one title, first of all, is wanted"
    for title, before, level in zip(titles[1:], levels, levels[1:], strict=False):
        if level > before + 1:
            yield f"heading {title!r} skips a level"
    for section in SECTIONS:
        if section not in titles:
            yield f"no section {section!r}"
    if not any("## Contents" in cell.source and _SHORT.search(cell.source) for cell in sheet.prose):
        yield "nothing below its contents says what a class of 50 minutes takes"
    if tags(sheet.code[0]) != ["parameters"]:
        yield "parameters come first, in a cell of their own"
    run = 0
    for cell in sheet.stored.cells:
        run = run + 1 if cell.cell_type == "code" else 0
        if run == MAX_RUN + 1:
            yield f"{cell.id}: more than {MAX_RUN} code cells in a row"
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if cell.cell_type == "code" and len(lines) > MAX_LINES:
            yield f"{cell.id}: {len(lines)} lines of code, more than {MAX_LINES}"
    yield from _exercise_boxes(sheet)


def _exercise_boxes(sheet: Sheet) -> Iterator[str]:
    boxes = [cell for cell in sheet.prose if "### Exercise" in cell.source]
    if len(boxes) < 3:
        yield f"{len(boxes)} exercises, wanted are three"
    for cell in boxes:
        missing = [part for part in _BOX if part not in cell.source]
        if missing:
            yield f"{cell.id}: an exercise without {', '.join(missing)}"
    used = re.findall(r'check\("([\w-]+)"', "\n".join(cell.source for cell in sheet.code))
    for name in used:
        if name not in EXERCISES:
            yield f"exercise {name} is not known"
    for name in EXERCISES:
        if name.split("-")[0] == sheet.path.stem.split("_")[0] and name not in used:
            yield f"exercise {name} is not used"


def solved(sheet: Sheet) -> Iterator[str]:
    """Solutions are solutions; lessons leave the work to do."""
    code = "\n".join(cell.source for cell in sheet.code)
    told = " ".join(_text(output) for cell in sheet.code for output in cell.outputs)
    if not sheet.is_lesson and (
        re.search(rf"(return|=) {TODO}\b", code)
        or re.search("not attempted|goes on with the reference", told)
    ):
        yield "a stub is left in a solution"
    if re.search(r"^ *# (solution|end)$", code, re.MULTILINE):
        yield "a mark of the source is left"


RULES = (
    *(pair, clean, seen_by_all, executed, budget, quotes),
    *(claimed, readable, links, structure, solved),
)


def exercise_faults(name: str, exercise: Exercise) -> Iterator[str]:
    """The reference passes, the stub is not attempted, each mistake gets its own diagnosis."""
    if len(exercise.mistakes) < 5:
        yield f"{len(exercise.mistakes)} mistakes are known, wanted are five"
    for what, answer, wanted in (
        ("the reference", exercise.reference, "passed"),
        ("the stub", lambda *arguments: TODO, "not attempted"),
        *(
            (kind, mistake.answer, "not attempted" if kind == exercise.given else kind)
            for kind, mistake in exercise.mistakes.items()
        ),
        *((kind, mistake.answer, kind) for kind, mistake in exercise.stops.items()),
    ):
        verdict = diagnose(exercise, answer, name)
        if verdict.kind != wanted:
            yield f"{what!r} is diagnosed as {verdict.kind!r}"


def equation_faults() -> Iterator[str]:
    """Every equation has a lesson cell, a function and a test that name it, and no others exist."""
    sources = [
        ("lesson", sorted((NOTEBOOKS / "py").glob("*.py"))),
        ("function", [PACKAGE / "losses.py", PACKAGE / "secgan.py", *_python("training")]),
        ("test", sorted((REPOSITORY / "tests").rglob("test_*.py"))),
    ]
    for kind, files in sources:
        named = set()
        for file in files:
            found = named_equations(file.read_text(encoding="utf-8"))
            if found - EQUATIONS and kind != "test":
                yield f"{file.name}: no Eq. {min(found - EQUATIONS)} is in the paper"
            named |= found
        for number in sorted(EQUATIONS - named):
            yield f"Eq. {number}: no {kind} names it"
    for file in sources[0][1]:
        for line in file.read_text(encoding="utf-8").splitlines():
            for function in re.findall(r"`losses\.(\w+)`", line) if line.startswith("# |") else ():
                text = inspect.getdoc(getattr(losses, function, None)) or ""
                if not named_equations(line) <= named_equations(text):
                    yield f"{file.name}: losses.{function} does not name what this row says: {line}"


def _python(folder: str) -> list[Path]:
    return sorted((PACKAGE / folder).glob("*.py"))


def named_equations(text: str) -> set[int]:
    """Numbers in "Eq. 3, 4, 8 and 9", "Eq. 13-16" and names like ``test_…_eq_1_2``."""
    numbers: set[int] = set()
    for part in re.findall(r"Eqs?\. *(\d+(?:(?: *[-–+,] *| and | or )\d+)*)", text):
        for first, last in re.findall(r"(\d+)(?: *[-–] *(\d+))?", part):
            numbers |= set(range(int(first), int(last or first) + 1))
    for part in re.findall(r"_eq((?:_\d+)+)", text):
        numbers |= {int(n) for n in part.split("_")[1:]}
    return numbers


def text_faults() -> Iterator[str]:
    """Links of the texts beside the notebooks."""
    for text in TEXTS:
        for target in _targets(text.read_text(encoding="utf-8")):
            if not (text.parent / target.partition("#")[0]).exists():
                yield f"{text.relative_to(REPOSITORY)}: a link to {target}, which is not there"


def time_faults() -> Iterator[str]:
    """Times and memory in the READMEs, and the exercises' own times, are a lesson's header's."""
    tables = [REPOSITORY / name for name in ("README.md", "notebooks/README.md")]
    rows = [(file, row) for file in tables for row in file.read_text(encoding="utf-8").splitlines()]
    for source in sorted((NOTEBOOKS / "py").glob("*.py")):
        text = source.read_text(encoding="utf-8")
        header = _TIMES.search(text)
        if not header:
            yield f"{source.stem}: no row of times below its title"
            continue
        first, *_ = text[header.start() :].splitlines()
        exercises = f"{sum(map(int, _MINUTES.findall(text)))} min"
        if header[2] != exercises:
            yield f"{source.stem}: header says {header[2]} of exercises, their boxes {exercises}"
        for file, row in rows:
            if row.startswith("|") and f"{source.stem}.ipynb) |" in row:
                said = re.findall(r"(?<=\| )(?:\d+ to )?\d+ (?:s|min)(?= \|)", row)
                wanted = [*header.groups()] if len(said) == 3 else [header[1], header[3]]
                said += [memory[0] for memory in _MEMORY.finditer(row)]
                wanted += [memory[0] for memory in _MEMORY.finditer(first)]
                if said != wanted:
                    where = file.relative_to(REPOSITORY).as_posix()
                    yield f"{where}: {source.stem} takes {wanted}, and its row says {said}"


def glossary_faults() -> Iterator[str]:
    """The glossary is that of the sources, and terms are introduced before they are used."""
    cells, file = all_cells(), NOTEBOOKS / FILE
    if not file.is_file() or file.read_text(encoding="utf-8") != glossary(cells):
        yield f"{FILE}: out of date: python -m secgan_lite.course.authoring build"
    yield from too_early(cells)


def _text(output: NotebookNode) -> str:
    return output.get("text", "") or output.get("data", {}).get("text/plain", "")


def _headings(markdown: str) -> list[str]:
    outside = re.sub(r"```.*?```", "", markdown, flags=re.DOTALL)
    return [line for line in outside.splitlines() if re.match(r"#{1,6} ", line)]


def _anchors(notebook: NotebookNode) -> set[str]:
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    return {line.lstrip("# ").replace(" ", "-") for source in cells for line in _headings(source)}


def _targets(markdown: str) -> list[str]:
    """Relative links and images of a text."""
    prose = re.sub(r"```.*?```|`[^`]*`", "", markdown, flags=re.DOTALL)
    targets = re.findall(r"(?:\]\(|<img src=\")([^)\"\s]+)", prose)
    return [target for target in targets if not re.match(r"https?:|mailto:", target)]
