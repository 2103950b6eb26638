"""The controls of the flip explorer: what each does, undone and repeated, with bad uploads too."""

import gc
import random
from datetime import UTC, datetime
from io import BytesIO

import numpy as np
import psutil
import pytest
from PIL import Image

from secgan_lite.attributes import NAMES
from secgan_lite.course.widgets import FlipExplorer


@pytest.fixture
def app():
    return FlipExplorer(image_size=32)


def test_it_opens_unchanged_with_a_picture(app):
    assert Image.open(BytesIO(app.picture.value)).size == app.explored.picture.size
    assert all(slider.value == 0 for slider in app.sliders.values())
    assert set(app.sliders) == set(NAMES) and app.undo.disabled


def test_sliders_and_flips(app):
    before = app.picture.value
    app.sliders["Bangs"].value = 0.5
    assert app.look.changes == (("Bangs", 0.5),) and app.picture.value != before
    there = app.explored.present["Male"]
    app.flips["Male"].click()
    assert app.sliders["Male"].value == (-1 if there else 1)
    assert app.flips["Male"].button_style == "info"
    app.flips["Male"].click()
    assert app.sliders["Male"].value == 0 and app.flips["Male"].button_style == ""
    assert app.flips["Male"].description == ("to female" if there else "to male")
    app.sliders["Blond_Hair"].value = 1.0
    app.sliders["Black_Hair"].value = 1.0
    assert app.sliders["Blond_Hair"].value == 0  # one colour at a time
    assert "Bangs: input" in app.bars.value and "error inside" in app.scores.value


def test_undo_goes_back_to_the_beginning(app):
    start, draws = app.look, random.Random(0)
    steps = [
        lambda: app.flips[draws.choice(NAMES)].click(),
        lambda: setattr(app.number, "value", draws.randrange(9)),
        lambda: setattr(app.source, "value", draws.choice(["test", "new"])),
        lambda: setattr(app.together, "value", not app.together.value),
        app.reset.click,
        app.another.click,
    ]
    looks = []
    for _ in range(25):
        looks.append(app.look)
        draws.choice(steps)()
    kept = [
        look for look, after in zip(looks, [*looks[1:], app.look], strict=True) if look != after
    ]
    app._history._last = "", 0.0
    while not app.undo.disabled:
        app.undo.click()
    assert app.look == start and kept
    assert all(slider.value == 0 for slider in app.sliders.values())


def test_a_drag_is_one_step_back(app):
    for value in (0.1, 0.4, 0.9):
        app.sliders["Bangs"].value = value
    app.flips["Eyeglasses"].click()
    app.undo.click()
    assert app.look.changes == (("Bangs", 0.9),)
    app.undo.click()
    assert app.look.changes == () and app.undo.disabled


def test_methods_side_by_side(app):
    there = [method for _, method in app.method.options]
    for method in there:
        app.method.value = method
        assert list(app.explored.faces) == ["input", method, "true edit"]
    app.sliders["Bangs"].value = 1.0
    app.together.value = True
    assert list(app.explored.faces) == ["input", *there, "true edit"]
    assert app.look.changes == (("Bangs", 1.0),)
    app.together.value = False
    assert len(app.look.editors) == 1


def test_every_editor_of_the_manifest_can_be_chosen():
    app = FlipExplorer()
    for _, size in app.size.options:
        app.size.value = size
        for _, backbone in app.backbone.options:
            app.backbone.value = backbone
            for _, method in app.method.options:
                app.method.value = method
                (name,) = app.look.editors
                assert name == f"editor-{size}-{backbone}-{method}"
                assert app.explored.faces[method].shape == (size, size, 3)


def test_parameters_draw_another_face(app):
    app.source.value = "new"
    face = app.explored.faces["input"]
    app.parameters_button.value = True
    assert len(app.parameter_sliders) == 55
    app.parameter_sliders["background"].value = 0.9
    assert not np.array_equal(app.explored.faces["input"], face)
    app.number.value = 3
    assert app.parameter_sliders["yaw"].value == round(app.look.subject.value("yaw"), 2)


def test_the_picture_is_saved_on_white(app, tmp_path):
    from base64 import b64decode

    app.flips["Bangs"].click()
    app.save.click()
    assert "download='test-face-0-edited.png'" in app.link.value
    data = b64decode(app.link.value.split("base64,")[1].split("'")[0])
    saved = Image.open(BytesIO(data))
    assert saved.mode == "RGB" and saved.width == app.explored.picture.width
    app.flips["Bangs"].click()
    assert app.link.value == ""


def test_a_run_comes_first(run):
    app = FlipExplorer(run_dir=str(run))
    assert app.look.editors == (str(run),) and app.method.value == "secgan (run)"
    app.together.value = True
    assert "secgan (run)" in app.explored.faces and "secgan" in app.explored.faces


def test_what_is_not_there_is_named():
    with pytest.raises(ValueError, match="There are: 32 px stargan baseline"):
        FlipExplorer(image_size=48)
    with pytest.raises(FileNotFoundError, match="is not there"):
        FlipExplorer(run_dir="nowhere")


def test_a_plain_sentence_where_widgets_are_unknown(app):
    bundle = app._repr_mimebundle_()
    assert "voila" in bundle["text/plain"] and any("widget-view" in kind for kind in bundle)


def file(image, kind="PNG", **options):
    data = BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def give(app, content, name="photo.png"):
    app.source.value = "photo"
    app.upload.value = (
        {"name": name, "type": "", "size": len(content), "content": memoryview(content),
         "last_modified": datetime.now(UTC)},
    )  # fmt: skip


def turned():
    """A red upper half, stored lying on its side with an EXIF note."""
    upright = np.zeros((60, 60, 3), np.uint8)
    upright[:30] = 220, 20, 20
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90° clockwise to see it upright
    return file(Image.fromarray(np.rot90(upright)), "JPEG", exif=exif, quality=95)


def grey():
    return Image.new("L", (50, 80), 100)


@pytest.mark.parametrize(
    ("content", "colour"),
    [
        (lambda: file(grey()), (100, 100, 100)),
        (lambda: file(Image.new("CMYK", (50, 50), (0, 255, 255, 0)), "JPEG"), (254, 0, 0)),
        (lambda: file(Image.new("RGBA", (50, 50), (9, 9, 9, 0))), (255, 255, 255)),
        (lambda: file(Image.new("RGB", (8000, 5000), (10, 120, 30)), "JPEG"), (10, 120, 30)),
        (lambda: file(grey()) + b"\0" * 30_000_000, (100, 100, 100)),
    ],
    ids=["greyscale", "CMYK", "RGBA", "40 megapixels", "30 MB"],
)
def test_unusual_uploads_give_a_right_result(app, content, colour):
    give(app, content())
    assert np.abs(app.explored.faces["input"].astype(int) - colour).max() <= 3
    assert "drawn faces only" in app.notes.value
    assert "no true edit" in app.scores.value and app.source.value == "photo"


def test_a_turned_photo_is_upright(app):
    give(app, turned())
    face = app.explored.faces["input"].astype(int)
    assert face[:10, :, 0].min() > 150 and face[-10:, :, 0].max() < 100


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"these are words", "no image that can be read"),
        (b"\x89PNG\r\n\x1a\n" + b"broken" * 9, "no image that can be read"),
        (file(grey())[:70], "damaged or cut short"),
        (b"\0" * 51_000_000, "at most 50 MB"),
        (file(Image.new("1", (9000, 9000))), "at most 50,000,000"),
        (b"", "no image that can be read"),
    ],
    ids=["text", "broken", "cut short", "51 MB", "81 megapixels", "empty"],
)
def test_bad_uploads_are_explained_and_the_app_goes_on(app, content, message):
    face = app.explored.faces["input"]
    give(app, content, "my.png")
    assert "my.png" in app.notes.value and message in app.notes.value
    assert np.array_equal(app.explored.faces["input"], face)
    app.source.value = "test"
    app.flips["Bangs"].click()
    assert "Bangs" in dict(app.look.changes)
    give(app, file(grey()))
    assert app.source.value == "photo" and app.explored.faces["input"].max() <= 101


def test_a_thousand_edits_leave_memory_flat(app):
    draws, process = random.Random(1), psutil.Process()
    photos = [file(Image.effect_noise((300, 300), 60 + i).convert("RGB")) for i in range(3)]

    def edit(i):
        if i % 100 == 50:
            give(app, photos[i // 100 % 3])
        elif i % 100 == 60:
            app.source.value = draws.choice(["test", "new"])
        elif i % 25 == 0:
            app.number.value = draws.randrange(50)
        elif i % 200 in (7, 15):
            app.together.value = not app.together.value
        elif i % 10 == 3:
            app.flips[draws.choice(NAMES)].click()
        elif i % 10 == 5:
            draws.choice([app.undo, app.reset]).click()
        else:
            app.sliders[draws.choice(NAMES)].value = draws.uniform(-1, 1)

    for i in range(150):  # caches and the history fill
        edit(i)
    gc.collect()
    before = process.memory_info().rss
    for i in range(1000):
        edit(i)
    gc.collect()
    assert process.memory_info().rss < 1.05 * before
    assert app.explored.png == app.picture.value
