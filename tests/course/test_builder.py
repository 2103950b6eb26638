"""The builder: one source, a lesson and its solutions; only what changed; nothing volatile."""

import json
from base64 import b64decode
from io import BytesIO

import nbformat
import numpy as np
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image
from tiny import LESSON

from secgan_lite import datasets
from secgan_lite.course import builder
from secgan_lite.course.figures.common import embedded
from secgan_lite.course.widgets.controls import PLAIN, SCRIPTED
from secgan_lite.support.files import REPOSITORY


def read(course, name="90_tiny.ipynb"):
    return nbformat.read(course / name, as_version=4)


def edit(course, before, after):
    source = course / "py" / "90_tiny.py"
    assert before in source.read_text(encoding="utf-8")
    source.write_text(source.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")


def test_a_lesson_is_run_stored_and_cleaned(course):
    notebook = read(course)
    nbformat.validate(notebook)
    assert [c.id for c in notebook.cells] == [f"90_tiny-{i:02d}" for i in range(11)]
    (output,) = notebook.cells[2].outputs
    assert output.text.startswith("0.25\nholds: less")
    assert notebook.cells[5].outputs[0].data["text/plain"].startswith("Does it learn?\nTraining")
    assert set(notebook.metadata) == {"kernelspec", "secgan_lite"}


def test_of_an_app_its_words_are_stored(course):
    """A page without a kernel shows them; a widget's view would be an empty place."""
    edit(
        course,
        "print(time.time())\nfooter()",
        "from secgan_lite.course.widgets import App\n\nApp()",
    )
    builder.build()
    (output,) = read(course).cells[4].outputs
    assert output.data == {"text/plain": PLAIN}


def test_a_picture_in_the_place_of_an_app_is_stored_with_its_words():
    words = {"text/plain": PLAIN, "text/html": "<img>"}
    output = new_output("display_data", words | {"application/vnd.jupyter.widget-view+json": {}})
    notebook = new_notebook(cells=[new_code_cell(outputs=[output])])
    builder._clean(notebook)
    assert notebook.cells[0].outputs[0].data == words


def test_of_an_app_that_needs_no_kernel_the_picture_alone_is_stored():
    app = {"text/plain": PLAIN, "text/html": f"<img>{SCRIPTED}<script></script>"}
    notebook = new_notebook(cells=[new_code_cell(outputs=[new_output("display_data", app)])])
    builder._clean(notebook)
    assert notebook.cells[0].outputs[0].data == {"text/plain": PLAIN, "text/html": "<img>"}


def test_a_stored_picture_has_the_same_pixels_in_fewer_bytes():
    """Its alt text and caption stay."""
    faces = datasets.load("synthetic", "test", 32, count=12).images.transpose(0, 2, 3, 1)
    shown = embedded((Image.fromarray(np.hstack(faces)), "12 faces"), "Who is it?")
    notebook = new_notebook(cells=[new_code_cell(outputs=[new_output("display_data", shown)])])
    quick = shown["text/html"]
    builder._clean(notebook)
    stored = notebook.cells[0].outputs[0].data["text/html"]
    assert len(stored) < len(quick)
    assert 'alt="12 faces"' in stored and "Who is it?" in stored
    files = [BytesIO(b64decode(builder._PICTURE.search(h)[2])) for h in (quick, stored)]
    before, after = (np.asarray(Image.open(file).convert("RGB")) for file in files)
    assert (before == after).all()


def test_a_bar_of_progress_is_not_stored():
    """It would stand where it came, after half a second of the training."""
    view = {"application/vnd.jupyter.widget-view+json": {}}
    bars = (" 18%|#8        | 17/93 [00:00<00:02, 33.6step/s]", "Images:   0%|          | 0/2")
    outputs = [new_output("display_data", view | {"text/plain": bar}) for bar in bars]
    table = new_output("display_data", {"text/plain": "right\n 18%|"})
    notebook = new_notebook(cells=[new_code_cell(outputs=[*outputs, table])])
    builder._clean(notebook)
    assert notebook.cells[0].outputs == [table]


def test_the_lesson_has_the_stub_and_the_solutions_have_the_solution(course):
    stub, solved = (
        next(c for c in read(course, name).cells if "def bce" in c.source)
        for name in ("90_tiny.ipynb", "solutions/90_tiny.ipynb")
    )
    assert "    return TODO\n" in stub.source and "losses" not in stub.source
    assert "return losses.attribute_classification" in solved.source
    assert "TODO\n" not in solved.source.replace("import TODO", "")
    assert "not attempted" in stub.outputs[0].text and "passed" in solved.outputs[0].text
    text = "\n".join(c.source for c in read(course, "solutions/90_tiny.ipynb").cells)
    assert "Because." in text and "%env SECGAN_LITE_STRICT=1" in text and "share" not in text


def test_the_second_build_changes_nothing(course):
    before = {path: path.read_bytes() for path in course.rglob("*.*") if path.is_file()}
    assert builder.build() == []
    assert {path: path.read_bytes() for path in course.rglob("*.*") if path.is_file()} == before


def test_a_forced_build_gives_the_same_notebook(course):
    before = (course / "90_tiny.ipynb").read_bytes()
    builder.build(force=True)
    assert (course / "90_tiny.ipynb").read_bytes() == before


def test_where_something_is_new_all_is_new(course):
    """A time of today never stands among numbers of yesterday."""
    told = [read(course).cells[4].outputs[0].text]
    edit(course, '"Does it learn?")', '"Does it learn?")\nnumber')
    builder.build()
    told.append(read(course).cells[4].outputs[0].text)
    assert told[0] != told[1]


def test_where_only_a_module_changed_all_is_new_too(course, monkeypatch):
    """Also what is not compared, as the report of a run: though all other outputs are the same."""
    told = [read(course).cells[4].outputs[0].text]
    monkeypatch.setattr(builder, "output_key", lambda notebook: "another")
    builder.build()
    told.append(read(course).cells[4].outputs[0].text)
    assert told[0] != told[1]


def test_a_solution_rebuilds_the_solutions_alone(course):
    edit(course, "# Because.", "# Because it is.")
    assert [name for name, _ in builder.build()] == ["solutions/90_tiny.ipynb"]


def test_a_lesson_that_fails_leaves_the_old_one(course):
    before = (course / "90_tiny.ipynb").read_bytes()
    edit(course, "share = 0.25 * number", "share = number / 0")
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        builder.build()
    assert (course / "90_tiny.ipynb").read_bytes() == before


def test_timings_are_noted_for_lessons(course):
    timing = json.loads((course / "timings.json").read_text(encoding="utf-8"))
    assert set(timing) == {"90_tiny"} and timing["90_tiny"]["yardstick"] > 0


@pytest.mark.parametrize(("clock", "seconds"), [(20.0, 20), (90.0, 31)])
def test_a_busy_machine_does_not_make_a_lesson_longer(course, clock, seconds):
    """Noted is the smaller of clock and processor time, an upper bound for idle cores."""
    footer = nbformat.v4.new_output("stream", text="44 s, 31 s of processor time, 700 MB at most\n")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[footer])])
    builder._note_timing("90_tiny", clock, notebook, 0.5)
    timing = json.loads((course / "timings.json").read_text(encoding="utf-8"))["90_tiny"]
    assert timing == {"seconds": seconds, "megabytes": 700, "yardstick": 0.5}


def test_the_fingerprint_follows_imports_and_nothing_else():
    losses = builder._modules("from secgan_lite import losses")
    assert losses == {REPOSITORY / "secgan_lite" / "losses.py"}
    deep = builder._modules("from secgan_lite.training import train")
    assert REPOSITORY / "secgan_lite" / "backbones" / "__init__.py" in deep
    assert REPOSITORY / "secgan_lite" / "evaluation.py" not in deep


def test_the_key_follows_modules_and_the_style_sheets_beside_them(tmp_path, monkeypatch):
    cell = nbformat.v4.new_code_cell("from secgan_lite import losses")
    notebook, keys = nbformat.v4.new_notebook(cells=[cell]), []
    monkeypatch.setattr(builder, "PACKAGE", tmp_path)
    for name in ("losses.py", "page.css", "other.py"):
        (tmp_path / name).write_text("# new", encoding="utf-8")
        keys.append(builder.output_key(notebook))
    assert keys[0] != keys[1] == keys[2]


def test_marks_without_a_stub_give_todo():
    marked = "def f():\n    # solution\n    return 1\n    # end\n"
    assert builder._REGION.sub(builder._open, marked) == "def f():\n    return TODO\n"
    assert builder._REGION.sub(builder._solved, marked) == "def f():\n    return 1\n"


def test_an_unknown_lesson_is_named(course):
    with pytest.raises(ValueError, match="Did you mean '90_tiny'"):
        builder.build(["00_tyni"])


def test_the_source_runs_as_a_program_with_the_solution(course):
    """So that linters and readers see whole code."""
    assert compile(LESSON, "90_tiny", "exec")
