"""What lessons import: parameters, pictures on the page, the footer; the README's picture."""

import io
import json
from typing import Literal

import matplotlib.pyplot as plt
import psutil
import pytest
from PIL import Image

from secgan_lite.course import Live, footer, lesson, parameters, settings, show, six_faces
from secgan_lite.course.authoring.picture import overview
from secgan_lite.course.lesson import peak_memory, png
from secgan_lite.training import train


def test_parameters_are_the_plain_literals():
    found = {"seed": 1, "rate": 0.5, "name": "x", "resume": False, "_hidden": 2, "module": json}
    assert parameters(found) == {"seed": 1, "rate": 0.5, "name": "x", "resume": False}


def test_settings_print_what_holds_and_convert_what_papermill_gives(capsys):
    namespace = {"seed": "7", "image_size": 32}
    settings(namespace, seed=int, image_size=Literal[32, 64])
    assert namespace["seed"] == 7 and capsys.readouterr().out == "seed = 7, image_size = 32\n"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"sed": 1}, "Did you mean 'seed'"),
        ({"seed": "many"}, "seed: .*given: 'many'"),
        ({"seed": 0, "image_size": 48}, "image_size: .*32 or 64.*given: 48"),
        ({}, "seed: Field required"),
    ],
)
def test_settings_refuse_what_the_lesson_does_not_have(given, message):
    with pytest.raises(ValueError, match=message):
        settings({"image_size": 32} | given, seed=int, image_size=Literal[32, 64])


def test_the_same_six_faces_everywhere():
    assert (six_faces(16).labels == six_faces(32).labels).all() and len(six_faces(16)) == 6


def test_pictures_are_small_pngs_and_closed():
    figure, axis = plt.subplots()
    axis.plot([1, 2])
    picture = Image.open(io.BytesIO(png(figure)))
    assert picture.format == "PNG" and picture.mode == "P"
    assert not plt.get_fignums()


def test_a_sheet_of_an_app_is_shown_like_a_figure(monkeypatch):
    shown = []
    monkeypatch.setattr(lesson, "display", shown.append)
    show((Image.new("RGB", (50, 40), (0, 114, 178)), "a blue sheet"))
    picture = Image.open(io.BytesIO(shown[0].data))
    assert shown[0].alt == "a blue sheet" and picture.size == (50, 40)
    assert picture.convert("RGB").getpixel((9, 9)) == (0, 114, 178)


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
    assert "torch " in printed and " s of processor time, " in printed
    assert " MB at most" in printed


def test_memory_is_told_without_the_resource_module(monkeypatch):
    """Windows has none."""

    class Process:
        def memory_info(self):
            return type("Info", (), {"peak_wset": 3 * 2**20})

    assert 50 < peak_memory() < 100_000
    monkeypatch.setattr(lesson.sys, "platform", "win32")
    monkeypatch.setattr(psutil, "Process", Process)
    assert peak_memory() == 3


def test_the_overview_is_drawn_from_a_run(small_config, faces, tmp_path, monkeypatch):
    config = small_config(method="baseline", image_size=32, discriminator_depth=3, iterations=2)
    run = train(config, faces)
    monkeypatch.setattr("secgan_lite.course.authoring.picture.REPOSITORY", tmp_path)
    picture = Image.open(overview(run.path))
    assert picture.size[0] > 600
    with pytest.raises(FileNotFoundError):
        overview(tmp_path)
