"""The course's tools: the builder on a tiny lesson, parameters, pictures on the page."""

import io
import json

import matplotlib.pyplot as plt
import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from PIL import Image

from secgan_lite.course import Live, builder, footer, overview, parameters, show
from secgan_lite.course.lesson import png
from secgan_lite.training import train

LESSON = """# %% [markdown]
# # A lesson

# %% tags=["parameters"]
number: int = 1  # of things

# %%
import sys
print(number + 1)
print("a warning", file=sys.stderr)

# %%
from secgan_lite import figures
from secgan_lite.course import show
show(figures.training_curves([]))
"""


@pytest.fixture
def lessons(tmp_path, monkeypatch):
    (tmp_path / "py").mkdir()
    monkeypatch.setattr(builder, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(builder, "SOURCES", tmp_path / "py")
    (tmp_path / "py" / "00_tiny.py").write_text(LESSON)
    return tmp_path


def test_a_build_runs_stores_and_cleans(lessons):
    assert [name for name, _ in builder.build()] == ["00_tiny"]
    notebook = nbformat.read(lessons / "00_tiny.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert [c.id for c in notebook.cells] == [f"00_tiny-{i:02d}" for i in range(4)]
    assert notebook.cells[2].outputs[0].text == "2\n" and len(notebook.cells[2].outputs) == 1
    assert notebook.cells[3].outputs[0].metadata["image/png"]["alt"].startswith("Training curves")
    assert set(notebook.metadata) == {"kernelspec", "secgan_lite"}


def test_only_what_has_changed_is_built(lessons):
    builder.build()
    before = (lessons / "00_tiny.ipynb").read_bytes()
    assert builder.build() == []
    source = lessons / "py" / "00_tiny.py"
    source.write_text(source.read_text().replace("int = 1", "int = 2"))
    assert [name for name, _ in builder.build()] == ["00_tiny"]
    assert (lessons / "00_tiny.ipynb").read_bytes() != before


def test_the_same_source_gives_the_same_file(lessons):
    builder.build()
    before = (lessons / "00_tiny.ipynb").read_bytes()
    builder.build(force=True)
    assert (lessons / "00_tiny.ipynb").read_bytes() == before


def test_a_lesson_that_fails_leaves_the_old_one(lessons):
    builder.build()
    before = (lessons / "00_tiny.ipynb").read_bytes()
    (lessons / "py" / "00_tiny.py").write_text(LESSON + "\n# %%\n1 / 0\n")
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        builder.build()
    assert (lessons / "00_tiny.ipynb").read_bytes() == before


def test_parameters_are_the_plain_literals():
    found = {"seed": 1, "rate": 0.5, "name": "x", "resume": False, "_hidden": 2, "module": json}
    assert parameters(found) == {"seed": 1, "rate": 0.5, "name": "x", "resume": False}


def test_pictures_are_small_pngs_and_closed():
    figure, axis = plt.subplots()
    axis.plot([1, 2])
    picture = Image.open(io.BytesIO(png(figure)))
    assert picture.format == "PNG" and picture.mode == "P"
    assert not plt.get_fignums()


def test_pictures_on_the_page_carry_their_alt_text(monkeypatch):
    shown, updated = [], []

    class Handle:
        update = updated.append

    def display(image, display_id=False):
        shown.append(image)
        return Handle() if display_id else None

    monkeypatch.setattr("secgan_lite.course.lesson.display", display)
    show((plt.figure(), "one"))
    live = Live()
    live.update((plt.figure(), "two"))
    live.update((plt.figure(), "three"))
    assert [image.alt for image in shown] == ["one", "two"]
    assert [image.alt for image in updated] == ["three"]


def test_the_footer_tells_versions_and_memory(capsys):
    footer()
    printed = capsys.readouterr().out
    assert "torch " in printed and " MB at most" in printed


def test_the_overview_is_drawn_from_a_run(small_config, faces, tmp_path, monkeypatch):
    config = small_config(method="baseline", image_size=32, discriminator_depth=3, iterations=2)
    run = train(config, faces)
    monkeypatch.setattr("secgan_lite.course.picture.REPOSITORY", tmp_path)
    picture = Image.open(overview(run.path))
    assert picture.size[0] > 600
    with pytest.raises(FileNotFoundError):
        overview(tmp_path)
