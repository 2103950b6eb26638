"""``authoring check``: green on a good lesson, red for each of eleven planted faults."""

import re
from dataclasses import replace

import nbformat
import pytest

from secgan_lite.course import audit
from secgan_lite.course.checks import EXERCISES, Mistake
from secgan_lite.course.widgets.controls import SCRIPTED
from secgan_lite.support.files import REPOSITORY


@pytest.fixture
def edit(course):
    """Changes one cell of the stored lesson, found by a piece of its source."""

    def change(piece, action, name="90_tiny.ipynb"):
        notebook = nbformat.read(course / name, as_version=4)
        cell = next(c for c in notebook.cells if piece in c.source)
        action(cell)
        nbformat.write(notebook, course / name)

    return change


def test_a_good_course_is_green(course):
    assert audit.audit() == []


def planted(expected):
    faults = audit.audit()
    assert faults and all(re.search(expected, fault) for fault in faults), faults


def test_1_a_pair_out_of_date(course):
    source = course / "py" / "90_tiny.py"
    source.write_text(
        source.read_text(encoding="utf-8").replace("# The <dfn>share", "# This <dfn>share"),
        encoding="utf-8",
    )
    faults = audit.audit()
    assert len(faults) == 2 and "90_tiny.ipynb: out of date from 90_tiny-03 on" in faults[0]
    assert "glossary.md: out of date" in faults[1]  # the sentence is a term's


def test_2_an_image_without_alt_text(edit):
    def blind(cell):
        data = cell.outputs[0].data
        data["text/html"] = re.sub(r'alt="[^"]+"', "", data["text/html"])

    edit("figures", blind)
    planted(r"90_tiny.ipynb: picture 1 \(Does it learn\?\): no alt text")


def test_3_a_quoted_number_that_changed(edit):
    edit("share = ", lambda cell: cell.outputs[0].update(text="0.26\nholds: less than one half\n"))
    planted("90_tiny-03: quotes 0.25, which no compared cell prints")


def test_4_a_notebook_too_large(edit):
    edit("training_curves", lambda cell: cell.outputs[0].data.update({"text/plain": "x" * 900_000}))
    planted(r"bytes, more than 900,000")


def test_5_widget_state(edit):
    view = nbformat.v4.new_output(
        "display_data", {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
    )
    edit("figures", lambda cell: cell.outputs.append(view))
    planted("90_tiny-05: widget state is stored")


def test_5_an_app_s_page(edit):
    page = nbformat.v4.new_output("display_data", {"text/html": f"<figure></figure>{SCRIPTED}"})
    edit("figures", lambda cell: cell.outputs.append(page))
    planted("90_tiny-05: the page of an app is stored")


def test_5_an_app_without_words_for_a_page_without_a_kernel(edit):
    edit("time.time", lambda cell: cell.metadata.tags.append("widget"))
    assert any("shows nothing of this app" in fault for fault in audit.audit())


def test_6_an_unknown_equation(course):
    source = course / "py" / "90_tiny.py"
    source.write_text(
        source.read_text(encoding="utf-8") + "\n# %% [markdown]\n# Eq. 21\n", encoding="utf-8"
    )
    faults = audit.audit()
    assert "90_tiny.py: no Eq. 21 is in the paper" in faults


def test_7_a_check_that_accepts_a_wrong_answer(course, monkeypatch):
    good = EXERCISES["01-iou"]
    blind = {**good.mistakes, "accepted": Mistake(good.reference, "")}
    monkeypatch.setitem(audit.EXERCISES, "01-iou", replace(good, mistakes=blind))
    planted("exercise 01-iou: 'accepted' is diagnosed as 'passed'")


def test_8_a_stub_left_in_a_solution(course):
    source = course / "py" / "90_tiny.py"
    text = source.read_text(encoding="utf-8").replace(
        "    return losses.attribute_classification(logits, y)\n", "    return TODO\n"
    )
    source.write_text(text, encoding="utf-8")
    name = "solutions/90_tiny.ipynb"
    notebook = nbformat.read(course / name, as_version=4)
    cell = next(c for c in notebook.cells if "def bce" in c.source)
    cell.source = cell.source.replace(
        "return losses.attribute_classification(logits, y)", "return TODO"
    )
    nbformat.write(notebook, course / name)
    planted("solutions/90_tiny.ipynb: a stub is left in a solution")


@pytest.mark.parametrize("path", ["/home/ada/course/x.png", "C:\\\\Users\\\\ada\\\\x.png"])
def test_9_an_absolute_path(edit, path):
    edit("time.time()", lambda cell: cell.outputs[0].update(text=path))
    planted("90_tiny-04: an absolute path")


@pytest.mark.parametrize("target", ["99_lost.ipynb", "#Nowhere", "90_tiny.ipynb#Nowhere"])
def test_10_a_dead_link(course, edit, target):
    source = course / "py" / "90_tiny.py"
    source.write_text(
        source.read_text(encoding="utf-8").replace("(#Parameters)", f"({target})"), encoding="utf-8"
    )
    edit("## Contents", lambda c: c.update(source=c.source.replace("(#Parameters)", f"({target})")))
    planted(f"90_tiny-00: a link to {target}")


def test_11_a_compared_cell_without_a_count(edit):
    edit("share = ", lambda cell: cell.update(execution_count=None))
    planted("execution counts are")


def test_a_compared_cell_that_prints_nothing(edit):
    edit("def bce", lambda cell: cell.update(outputs=[]))
    planted("compared, and prints nothing")


def test_notebooks_without_source_or_not_built(course):
    (course / "99_stray.ipynb").write_text(
        (course / "90_tiny.ipynb").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (course / "solutions" / "90_tiny.ipynb").unlink()
    assert audit.audit() == [
        "99_stray.ipynb: it has no source",
        "solutions/90_tiny.ipynb: not built yet",
    ]


def test_too_slow_and_too_large(course):
    timing = course / "timings.json"
    timing.write_text(
        timing.read_text(encoding="utf-8").replace('"seconds": ', '"seconds": 99'), encoding="utf-8"
    )
    planted(r"takes \d{3,} s of a usual machine, more than \d+ s")


def test_more_memory_than_promised(course):
    timing = course / "timings.json"
    more = re.sub(r'"megabytes": \d+', '"megabytes": 1908', timing.read_text(encoding="utf-8"))
    timing.write_text(more, encoding="utf-8")  # 2 GB are 1,907 times 2²⁰ bytes
    planted("takes 1908 MB, promised are 2 GB")


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("# ## Quiz", "# ## Kviz", "no section 'Quiz'"),
        ("# ## Summary", "# ##### Summary", "skips a level"),
        ("50-minute class", "short class", "what a class of 50 minutes takes"),
        (
            "# %% [markdown]\n# The <dfn>share</dfn> is 0.25, and $0.5$ is a constant. "
            "So it is less than one half.\n\n",
            "",
            "in a row",
        ),
        ("print(share)", "print(share)\n" * 40, "lines of code, more than 30"),
        ("**Goal.**", "", r"an exercise without \*\*Goal"),
        ('check("02-classification"', 'check("02-clasification"', "is not known"),
    ],
)
def test_the_template_is_kept(course, before, after, fault):
    source = course / "py" / "90_tiny.py"
    assert before in source.read_text(encoding="utf-8")
    source.write_text(source.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    for path, notebook in audit.notebooks().items():
        stored = nbformat.read(path, as_version=4)
        for cell, old in zip(notebook.cells, stored.cells, strict=False):
            cell.update({k: old[k] for k in ("outputs", "execution_count") if k in old})
        nbformat.write(notebook, path)
    assert any(re.search(fault, found) for found in audit.audit())


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("exercises 3 min", "exercises 4 min", "says 4 min of exercises, their boxes 3 min"),
        ("**Difficulty** 1 of 5, 1 min", "**Difficulty** 1 of 5, 2 min", "their boxes 6 min"),
        ("1 min, exercises", "some time, exercises", "no row of times"),
    ],
)
def test_a_header_and_its_exercises_agree_on_minutes(course, before, after, fault):
    source = course / "py" / "90_tiny.py"
    source.write_text(source.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    (found,) = audit.time_faults()
    assert fault in found


def test_the_tables_of_both_readmes_have_the_times_of_the_lessons(tmp_path, monkeypatch):
    assert list(audit.time_faults()) == []
    (tmp_path / "notebooks").mkdir()
    for name in ("README.md", "notebooks/README.md"):
        rows = (REPOSITORY / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(rows.replace("| 20 s |", "| 40 s |"), encoding="utf-8")
    monkeypatch.setattr(audit, "REPOSITORY", tmp_path)
    both = list(audit.time_faults())
    assert len(both) == 2 and all("00_start_here takes" in fault for fault in both)
    for name in ("README.md", "notebooks/README.md"):
        rows = (REPOSITORY / name).read_text(encoding="utf-8")
        more = re.sub(r"(?m)^(.*05_evaluate.*\| ).* GB \|$", r"\1 9 GB |", rows)
        (tmp_path / name).write_text(more, encoding="utf-8")
    both = list(audit.time_faults())
    assert len(both) == 2 and all("05_evaluate takes" in fault for fault in both)


def test_equation_numbers_are_read_in_every_form():
    read = audit.named_equations
    assert read("Eq. 3, 4, 8 and 9, see Eq. 13-16") == {3, 4, 8, 9, 13, 14, 15, 16}
    assert read("Eq. 13 + 15; test_terms_eq_1_2") == {1, 2, 13, 15}
    assert read("§4.3, 12 faces, Equation 7") == set()


def test_an_equation_that_nobody_names(course):
    source = course / "py" / "90_tiny.py"
    source.write_text(
        source.read_text(encoding="utf-8").replace("Eq. 1-20", "Eq. 1-19"), encoding="utf-8"
    )
    assert "Eq. 20: no lesson names it" in audit.audit()


def test_a_table_row_and_its_function_agree(course):
    source = course / "py" / "90_tiny.py"
    row = "# | Eq. 5 | `losses.generator_adversarial` |"
    source.write_text(
        source.read_text(encoding="utf-8") + f"\n# %% [markdown]\n{row}\n", encoding="utf-8"
    )
    assert any("losses.generator_adversarial does not name" in fault for fault in audit.audit())


def test_a_claim_without_a_sentence(edit):
    edit("share = ", lambda cell: cell.update(source=cell.source.replace("one half", "a third")))
    assert any("no sentence near by says 'less than a third'" in f for f in audit.audit())


def test_a_sentence_without_a_claim(edit):
    said = "The share is 0.25, and far better than nothing."
    edit("The <dfn>share</dfn>", lambda cell: cell.update(source=said))
    assert any('no claim for "better" in: The share is 0.25' in f for f in audit.audit())


def test_a_stored_claim_that_does_not_hold(edit):
    said = "0.25\nWith these values this sentence of the lesson does not hold: less.\n"
    edit("share = ", lambda cell: cell.outputs[0].update(text=said))
    planted("90_tiny-02: does not hold: less")


@pytest.mark.parametrize("address", ["http:/lost.org", "https://lost", "https://a b.org/x"])
def test_an_address_that_is_none(edit, address):
    edit("## Contents", lambda cell: cell.update(source=f"{cell.source} [page]({address})"))
    assert any(f"{address} is no address" in fault for fault in audit.audit())


def test_a_glossary_out_of_date_and_a_lesson_without_it(course, edit):
    (course / "glossary.md").write_text("# Glossary\n", encoding="utf-8")
    planted("glossary.md: out of date")
    edit("## Contents", lambda cell: cell.update(source="## Contents"))
    assert "90_tiny.ipynb: no link to glossary.md" in audit.audit()
