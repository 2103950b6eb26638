"""Two variants print different numbers; the key of one fails what the other's students report."""

import json
import random
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from secgan_lite.course.grading.attempt import Verdict
from secgan_lite.course.grading.notebook import read
from secgan_lite.course.grading.report import report_verdicts
from secgan_lite.course.misfits import READ, noted
from secgan_lite.course.variant import make_variant
from secgan_lite.course.widgets.controls import SCRIPTED

PRINTS = """import random

draws = random.Random(seed)
for what in ("length", "width"):
    print(f"{what}: {draws.uniform(1, 9):.3f} of {7.5}")
print(f"{draws.randint(2000, 9000):,} pixels")
for _ in range(2):
    print(f"again {draws.uniform(1, 9):.3f}")
if seed == 1:
    from secgan_lite.course import claim

    claim("the seed is that of the lesson", seed == 0)
    print(open("nothing"))"""

# What the lesson and its run in a variant show as pictures.
SHOWS = """from IPython.display import HTML

HTML(f"<figure>{seed}</figure>")"""


def printed(seed):
    """What a run prints, by question."""
    draws = random.Random(seed)
    found = {f"90: {name}: ? of …": f"{draws.uniform(1, 9):.3f}" for name in ("length", "width")}
    found["90: ? pixels"] = f"{draws.randint(2000, 9000):,}"
    for n in (1, 2):
        found[f"90, line {n} of 2 like it: again ?"] = f"{draws.uniform(1, 9):.3f}"
    return found


def picture(seed):
    return new_output("display_data", data={"text/html": f"<figure>{seed}</figure>"})


def lesson():
    """A lesson as it was built: with the outputs of seed 0."""
    length, width, pixels, *_ = printed(0).values()
    lines = [f"length: {length} of 7.5", f"width: {width} of 7.5", f"{pixels} pixels"]
    lines += [f"again {number}" for number in list(printed(0).values())[3:]]
    text = (
        f"Its length is {length}; see [the code](../README.md).\n\n"
        "Here the seed is *that of* the lesson.\n\n```\nseed\n\n1,234\n```"
    )
    cells = [
        new_markdown_cell("# 90 · Tiny"),
        new_code_cell("seed: int = 0  # of numbers", metadata={"tags": ["parameters"]}),
        new_code_cell(
            PRINTS,
            metadata={"tags": ["nbval-check-output"]},
            outputs=[new_output("stream", name="stdout", text="\n".join(lines))],
        ),
        new_markdown_cell(text),
        new_code_cell(SHOWS, outputs=[picture(0)]),
        new_markdown_cell("The picture is wide.\n\n## More\n\nIts depth is of no matter."),
    ]
    return new_notebook(cells=cells)


@pytest.fixture(scope="module")
def variants(tmp_path_factory):
    """Folder and findings of the variants 1 and 2."""
    place = tmp_path_factory.mktemp("variants")
    (place / "lessons").mkdir()
    nbformat.write(lesson(), place / "lessons" / "90_tiny.ipynb")
    nbformat.write(
        new_notebook(cells=[new_code_cell("1 / 0")]), place / "lessons" / "91_seedless.ipynb"
    )
    return {
        seed: (
            place / str(seed),
            *make_variant(seed, place / str(seed), ["90_tiny"], lessons=place / "lessons"),
        )
        for seed in (1, 2)
    }


def key_of(folder):
    return json.loads((folder / "key.json").read_text(encoding="utf-8"))


def handed_in(folder, numbers):
    """The variant's notebook with numbers in its report."""
    file = folder / "90_tiny.ipynb"
    notebook = nbformat.read(file, as_version=4)
    report = notebook.cells[-1]
    for question, number in numbers.items():
        report.source = report.source.replace(f'"{question}": None', f'"{question}": {number}')
    done = folder / "done.ipynb"
    nbformat.write(notebook, done)
    return read(done)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_key_holds_what_the_variant_prints(variants, seed):
    folder, made = variants[seed]
    key = key_of(folder)["reports"]["90_tiny"]
    assert len(key) == 3 and key == made.questions and key_of(folder)["check_seed"] == seed
    assert key == {question: printed(seed)[question] for question in key}
    plain = {question: number.replace(",", "") for question, number in key.items()}
    verdicts = report_verdicts(handed_in(folder, plain), key)
    assert {v.kind for v in verdicts.values()} == {"passed"}


def test_the_key_of_one_fails_the_other(variants):
    (one, _), (two, _) = variants.values()
    assert key_of(one) != key_of(two)
    for mine, others, seed in ((one, two, 1), (two, one, 2)):
        key = key_of(others)["reports"]["90_tiny"]
        numbers = key_of(mine)["reports"]["90_tiny"]
        numbers = {question: number.replace(",", "") for question, number in numbers.items()}
        verdicts = report_verdicts(handed_in(mine, numbers), key)
        assert all(verdict.kind != "passed" for verdict in verdicts.values())
        # Nor are its numbers right for the other's questions.
        asked = dict.fromkeys(key, 0) | {question: printed(seed)[question] for question in key}
        wrong = f"report = {json.dumps(asked)}".replace('"', "'")
        cells = [cell for cell in handed_in(mine, {}) if "report = {" not in cell.source]
        nbformat.write(new_notebook(cells=[new_code_cell(wrong)]), mine / "wrong.ipynb")
        cells += read(mine / "wrong.ipynb")
        assert {v.kind for v in report_verdicts(cells, key).values()} == {"wrong"}


def test_what_students_get_tells_no_answer_and_leads_where_the_lesson_does(variants):
    folder, _ = variants[2]
    notebook = nbformat.read(folder / "90_tiny.ipynb", as_version=4)
    text = nbformat.writes(notebook)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    assert not any(number in text for number in printed(2).values())
    assert notebook.cells[1].source == "seed: int = 2  # of numbers"
    assert re.search(r"\]\((?!\.\./README)\S*README\.md\)", text)


def test_places_where_the_text_does_not_fit_are_listed_and_marked(variants):
    folder, made = variants[1]
    misfits = "\n".join(made.misfits)
    assert made.stops and "cell 3 stops: FileNotFoundError" in misfits
    assert "cell 3: does not hold: the seed is that of the lesson" in misfits
    assert re.search(r"cell 4: says \d\.\d+, which this variant does not print", misfits)
    first, _, _, text, _, reading, *_ = nbformat.read(folder / "90_tiny.ipynb", 4).cells
    assert first.source.startswith("# 90 · Tiny\n\n> **Variant 1.** ")
    number, number_note, words, words_note, *code = text.source.split("\n\n")
    assert number.startswith("Its length") and "does not print" in number_note
    assert words.startswith("Here the") and "*the seed is that of the lesson*" in words_note
    assert code == ["```\nseed", "1,234\n```"]
    assert reading.source.split("\n\n")[:3] == ["The picture is wide.", f"> {READ}", "## More"]


def test_where_the_text_fits_there_is_no_note(variants):
    folder, made = variants[2]
    assert not made.stops
    text = nbformat.read(folder / "90_tiny.ipynb", 4).cells[3].source
    assert text.count("\n> ") == 1 and "does not hold" not in text  # of the number alone


def test_an_app_s_page_makes_its_picture_no_other_one():
    own, ran, other = lesson(), lesson(), lesson()
    ran.cells[4].outputs[0].data["text/html"] += f"{SCRIPTED}<script></script>"
    other.cells[4].outputs = [picture(1)]
    found = [any(READ in text for text in noted(own, each).values()) for each in (ran, other)]
    assert found == [False, True]


def test_a_lesson_without_a_seed_is_given_out_as_it_is(variants, tmp_path):
    lessons = variants[1][0].parent / "lessons"
    (made,) = make_variant(3, tmp_path, ["91_seedless"], lessons)
    assert not made.seeded and not made.questions and not made.stops  # and it was not run
    cells = nbformat.read(tmp_path / "91_seedless.ipynb", as_version=4).cells
    assert [cell.source for cell in cells] == ["1 / 0"]
    assert key_of(tmp_path) == {"check_seed": 3, "reports": {"91_seedless": {}}}


def test_reports_that_nobody_can_read(variants):
    folder, _ = variants[1]
    key = {"90: length: ? of …": "2.075"}
    cells = handed_in(folder, {})
    assert report_verdicts(cells, {}) == {}
    assert {v.kind for v in report_verdicts(cells, key).values()} == {"open"}
    for source, kind in (
        ("report = {'90: length: ? of …': 'two'}", "wrong"),
        ("report = {'90: length: ? of …': True}", "wrong"),
        ("report = {'90: length: ? of …': 2.08}", "passed"),
        ("report = {'90: length: ? of …': 1.9}", "wrong"),
        ("report = {'90: length: ? of …': __import__('os')}", "open"),
        ("report = {'90: length: ? of …': 2.075", "open"),
        ("report = {'90: length: ? of …': 2,075}", "open"),
    ):
        nbformat.write(new_notebook(cells=[new_code_cell(source)]), folder / "one.ipynb")
        (verdict,) = report_verdicts(read(folder / "one.ipynb"), key).values()
        assert isinstance(verdict, Verdict) and verdict.kind == kind, source


def test_a_folder_holds_one_variant(variants, tmp_path):
    folder, _ = variants[1]
    lessons = folder.parent / "lessons"
    with pytest.raises(ValueError, match="holds variant 1: name another"):
        next(make_variant(2, folder, lessons=lessons))
    with pytest.raises(ValueError, match="holds the lessons themselves"):
        next(make_variant(2, lessons, lessons=lessons))
    with pytest.raises(ValueError, match="Did you mean '90_tiny'"):
        next(make_variant(2, tmp_path, ["90_tny"], lessons))
