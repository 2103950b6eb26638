"""What lessons import: parameters, pictures on the page, the footer."""

import base64
import io
import json
import subprocess
import sys
from typing import Literal

import matplotlib.pyplot as plt
import numpy as np
import papermill
import psutil
import pytest
import torch
from bs4 import BeautifulSoup
from IPython.core.interactiveshell import InteractiveShell
from PIL import Image
from traitlets.config import Config

from secgan_lite import datasets
from secgan_lite.attributes import NAMES
from secgan_lite.course import (
    TRAINING,
    Live,
    Usual,
    footer,
    lesson,
    parameters,
    settings,
    show,
    six_faces,
    teach,
    true_edit,
)
from secgan_lite.course.builder import NOTEBOOKS
from secgan_lite.course.figures.common import squeezed, webp
from secgan_lite.course.lesson import peak_memory
from secgan_lite.evaluation import Truth
from secgan_lite.training import TrainConfig

CELL = 'seed: int = 0  # of the faces\nimage_size: int = 32\nname: str = ""'
OWN = {"seed": 0, "image_size": 32, "name": ""}
KINDS = {"seed": int, "image_size": Literal[32, 64], "name": str}


@pytest.fixture(autouse=True)
def main_module(monkeypatch):
    """A shell takes the place of ``__main__``, which processes that other tests start look for."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


def shell():
    return InteractiveShell(config=Config(HistoryManager={"hist_file": ":memory:"}))


def kernel(*cells, history=True):
    """The globals of a kernel that has run these cells."""
    started = shell()
    for cell in cells:
        started.run_cell(cell, store_history=history).raise_error()
    return started.user_ns


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ([], {}),
        (["# Parameters\nseed = 3\n"], {"seed": 3}),
        (["# Parameters\nseed = [0, 1]\nname = None"], {"seed": [0, 1], "name": None}),
        (["# Parameters\nseed = 1\nPAPERMILL_INPUT_PATH = 'in.ipynb'"], {"seed": 1}),
        (["# Parameters\nsed = 1"], {"sed": 1}),
        (["# Parameters\nsed = 1", CELL], {}),
        (["width = 20; k: int = 3", "for depth in range(3): pass", "seed == 0"], {}),
        (["# Parameters of mine\nwidth = 20"], {}),
        (["seed = 4"], {"seed": 4}),
        ([CELL.replace("0", "5"), "%%time\nk = 3"], {"seed": 5}),
        ([CELL.replace(": int = 0", "=5")], {"seed": 5}),
        ([CELL + "\nwidth: int=8\ndepth = 2"], {"width": 8, "depth": 2}),
    ],
)
def test_parameters_are_what_the_lesson_says_and_what_stands_beside_it(cells, wanted):
    """Whatever a student, a start-up file or the lesson has defined elsewhere is not one."""
    before = ["width = depth = 7", "sed = 0"]
    assert parameters(kernel(*before, CELL, *cells), OWN) == OWN | wanted


@pytest.mark.parametrize("unwritten", [CELL, "seed = 0; image_size = 32; name = ''"])
def test_parameters_need_no_history(unwritten):
    """%run keeps none; nor need there be annotations."""
    assert parameters(kernel(unwritten, history=False), OWN) == OWN
    script = {}
    exec(unwritten, script)
    assert parameters(script, OWN) == OWN


def test_a_cell_of_parameters_that_has_not_run_is_missed():
    with pytest.raises(ValueError, match=r"image_size, name: not defined\. Run the cell of param"):
        parameters(kernel("seed = 0"), OWN)


def test_the_parameters_of_a_training_are_those_of_lesson_04():
    assert set(TRAINING) < set(TrainConfig.model_fields)
    assert tuple(papermill.inspect_notebook(str(NOTEBOOKS / "04_train.ipynb"))) == (
        *TRAINING,
        "lesson",
    )


def test_settings_print_what_holds_and_convert_what_papermill_gives(capsys):
    given = kernel(CELL, "# Parameters\nseed = '1e3'\n")
    for _ in range(2):  # a cell may run again
        settings(given, "01_parsing", **KINDS)
        assert given["seed"] == 1000
        values, command = capsys.readouterr().out.splitlines()
        assert values == "seed = 1000, image_size = 32, name = ''"
        written, given_again = command.split(" -p ", 1)
        assert written == "papermill notebooks/01_parsing.ipynb out.ipynb"
        assert given_again == "seed 1000 -p image_size 32 -p name ''"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("sed = 1", "Did you mean 'seed'"),
        ("seed = 'many'", "seed: .*given: 'many'"),
        ("seed = [0, 1]", r"seed: .*given: \[0, 1\]"),
        ("seed = None", "seed: .*given: None"),
        ("seed = True", "seed: .*given: True"),
        ("seed = -3", "seed: .*equal to 0 .*given: -3"),
        ("image_size = 48", "image_size=48.*32, 64"),
    ],
)
def test_settings_refuse_what_the_lesson_does_not_have(given, message):
    with pytest.raises(ValueError, match=message):
        settings(kernel(CELL, f"# Parameters\n{given}"), "01_parsing", **KINDS)


@pytest.mark.parametrize(
    ("name", "kind", "taken", "refused"),
    [
        ("correlation", float, (0, 0.9, 1), (-0.1, 1.1)),
        ("iterations", int, (1, 400), (0, -1)),
        ("iterations", Usual, (-1, 1, 400), (0, -2)),
        ("num_images", int, (1, 6000), (0, -3)),
    ],
)
def test_a_parameter_has_one_range_in_every_lesson(name, kind, taken, refused):
    for value in taken:
        settings({name: value}, "08_confounding_and_misuse", **{name: kind})
    for value in refused:
        with pytest.raises(ValueError, match=rf"{name}: .*given: {value}"):
            settings({name: value}, "08_confounding_and_misuse", **{name: kind})


def test_a_run_that_is_not_there_is_looked_for_by_the_name_of_its_parameter(tmp_path, capsys):
    with pytest.raises(FileNotFoundError, match="run_dir='nowhere' is not there"):
        settings({"run_dir": "nowhere"}, "00_start_here", run_dir=str)
    for place in ("", str(tmp_path)):
        settings({"run_dir": place}, "00_start_here", run_dir=str)
        assert capsys.readouterr().out.startswith(f"run_dir = {place!r}\n")


def test_the_same_six_faces_everywhere():
    assert (six_faces(16).labels == six_faces(32).labels).all() and len(six_faces(16)) == 6


def test_a_true_edit_fulfils_the_wish_where_there_is_such_a_face():
    faces = six_faces(32)
    truth = dict(zip(NAMES, Truth.of(faces).images.transpose(0, 1, 3, 4, 2), strict=True))
    k = int(faces.labels[:, NAMES.index("Black_Hair")].argmax())
    for wish in ({"Blond_Hair": +1, "Black_Hair": -1}, {"Black_Hair": -1, "Blond_Hair": +1}):
        assert (true_edit(faces, k, wish) == truth["Blond_Hair"][k]).all()
    assert (true_edit(faces, k, {"Black_Hair": -1}) == truth["Black_Hair"][k]).all()
    assert (true_edit(faces, k, {"Black_Hair": +1}).transpose(2, 0, 1) == faces.images[k]).all()
    assert true_edit(faces, k, {"Blond_Hair": +1}) is None
    with pytest.raises(ValueError, match="Did you mean 'Bangs'"):
        true_edit(faces, k, {"Bang": +1})


def test_pictures_are_small_and_closed():
    figure, axis = plt.subplots()
    axis.plot([1, 2])
    content = webp(figure)
    assert Image.open(io.BytesIO(content)).format == "WEBP" and len(content) < 10_000
    assert not plt.get_fignums()


def test_pictures_keep_their_colours():
    """Also where there are more of them than a palette holds; black and white stay."""
    levels = torch.cartesian_prod(*[torch.linspace(0, 255, 9)] * 3).round().to(torch.uint8)
    drawn = levels.reshape(27, 27, 3).numpy()
    stored = np.asarray(Image.open(io.BytesIO(webp(Image.fromarray(drawn)))))
    assert abs(stored.astype(int) - drawn).max() <= 2
    assert (stored[drawn == 0] == 0).all() and (stored[drawn == 255] == 255).all()


def test_faces_over_a_large_sheet_are_stored_with_a_loss_that_nobody_sees():
    faces = datasets.load("synthetic", "test", 64, count=120).images.transpose(0, 2, 3, 1)
    sheet = np.vstack([np.hstack(faces[i : i + 12]) for i in range(0, 120, 12)])
    quick = webp(Image.fromarray(sheet))
    assert squeezed(quick) == quick and len(quick) < 160_000
    stored = np.asarray(Image.open(io.BytesIO(quick)).convert("RGB")).astype(int)
    assert abs(stored - sheet).mean() < 8


@pytest.fixture
def page(monkeypatch):
    """What a cell has put on the page, and what has replaced it since."""
    shown, updated = [], []

    class Handle:
        def update(self, bundle, raw):
            updated.append(bundle)

    def display(bundle, raw, display_id=False):
        shown.append(bundle)
        return Handle() if display_id else None

    monkeypatch.setattr(lesson, "display", display)
    return shown, updated


def parts(bundle):
    """Alt text, caption and bytes of a picture on the page."""
    figure = BeautifulSoup(bundle["text/html"], "html.parser").figure
    kind, data = figure.img["src"].split(",")
    assert kind == "data:image/webp;base64"
    return figure.img["alt"], figure.figcaption.text, base64.b64decode(data)


def test_a_sheet_of_an_app_is_shown_like_a_figure(page):
    show((Image.new("RGB", (50, 40), (0, 114, 178)), "a blue sheet"), "Which colour is it?")
    (shown,), _ = page
    alt, caption, data = parts(shown)
    picture = Image.open(io.BytesIO(data))
    assert (alt, caption, picture.size) == ("a blue sheet", "Which colour is it?", (50, 40))
    assert picture.convert("RGB").getpixel((9, 9)) == pytest.approx((0, 114, 178), abs=2)


def test_words_reach_a_page_as_they_are_and_viewers_without_pages_too(page):
    """Quotes and brackets are no HTML, and the picture is stored once."""
    alt, caption = 'f("x") < 1 & g > 2', "Is a < b & c?"
    show((plt.figure(), alt), caption)
    (shown,), _ = page
    assert parts(shown)[:2] == (alt, caption)
    assert shown.keys() == {"text/html", "text/plain"}
    assert shown["text/plain"] == f"{caption}\n{alt}"


def test_a_live_picture_keeps_its_caption(page):
    show((plt.figure(), "one"), "Is it one?")
    live = Live("Which number comes?")
    live.update((plt.figure(), "two"))
    live.update((plt.figure(), "three"))
    shown, updated = ([parts(bundle)[:2] for bundle in bundles] for bundles in page)
    assert shown == [("one", "Is it one?"), ("two", "Which number comes?")]
    assert updated == [("three", "Which number comes?")]


@pytest.fixture
def job(tmp_path, monkeypatch):
    """A shell whose notebook has one cell that only teaches, and another."""
    cells = [
        {"source": ["a = 1\n", "# teaches\n"], "metadata": {"tags": ["lesson"]}},
        {"source": "b = 1", "metadata": {}},
    ]
    notebook = tmp_path / "01_tiny.ipynb"
    notebook.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    monkeypatch.setattr(lesson, "NOTEBOOKS", tmp_path)
    started = shell()
    monkeypatch.setattr(lesson, "get_ipython", lambda: started)

    def run(value):
        started.user_ns.clear()
        teach(value, "01_tiny")
        for cell in ("\na = 1\n# teaches", "b = 1"):
            started.run_cell(cell).raise_error()
        return {"a", "b"} & set(started.user_ns)

    return run


def test_without_the_lesson_only_the_job_is_left(job):
    """And it comes back in the same kernel."""
    assert [job(value) for value in (True, False, "False", True)] == [
        {"a", "b"}, {"b"}, {"b"}, {"a", "b"},
    ]  # fmt: skip


def test_whether_to_teach_is_a_flag(job):
    with pytest.raises(ValueError, match="lesson"):
        job("sometimes")


def test_the_footer_tells_versions_and_memory(capsys):
    footer()
    printed = capsys.readouterr().out
    assert "torch " in printed and " s of processor time, " in printed
    assert " MB at most" in printed


def test_the_footer_leaves_out_what_is_not_installed(monkeypatch, capsys):
    monkeypatch.setattr(lesson, "_STACK", ("torch", "no-such-thing"))
    footer()
    assert "no-such-thing" not in capsys.readouterr().out


def test_memory_is_told_without_the_resource_module(monkeypatch):
    """Windows has none."""

    class Process:
        def memory_info(self):
            return type("Info", (), {"peak_wset": 3 * 2**20})

    assert 50 < peak_memory() < 100_000
    monkeypatch.setattr(lesson.sys, "platform", "win32")
    monkeypatch.setattr(psutil, "Process", Process)
    assert peak_memory() == 3


@pytest.mark.skipif(
    sys.platform != "linux", reason="Linux hands a process's peak on to its children"
)
def test_who_started_a_process_counts_for_nothing_in_its_memory():
    ballast = np.ones(10**8)
    code = "from secgan_lite.course.lesson import peak_memory; print(peak_memory())"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    assert float(said.stdout) < peak_memory() - ballast.nbytes / 2**21
