"""The controls of the flip explorer: what each does, undone and repeated, with bad uploads too."""

import gc
import json
import random
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


def rows(app):
    """What the page is told of each attribute, by name."""
    return {row["name"]: row for row in app.shown["attributes"]}


def options(app, name):
    return [value for value, _ in app.shown["editor"][name]]


def test_it_opens_unchanged_with_all_its_tiles(app):
    board = app.shown["board"]
    tiles = np.frombuffer(app.tiles, np.uint8).reshape(-1, board["size"], board["size"], 3)
    places = [tile for row in board["rows"] for tile in row["tiles"] if tile]
    assert [tile["at"] for tile in places] == list(range(len(tiles)))
    faces = app.explored.faces
    firsts = [tiles[row["tiles"][0]["at"]] for row in board["rows"]]
    assert all(np.array_equal(a, b) for a, b in zip(firsts, faces.values(), strict=True))
    assert set(rows(app)) == set(NAMES) and not any(r["value"] for r in rows(app).values())
    assert not app.shown["undo"]


def test_the_true_changes_outline_is_sent(app):
    app.do("flip", name="Bangs")
    _, edit, truth = app.shown["board"]["rows"]
    lines = np.array([[int(sign) for sign in line] for line in edit["tiles"][1]["outline"]])
    assert np.array_equal(lines, app.explored.region) and lines.any()
    assert truth["tiles"][1]["outline"] == ""


def test_sliders_and_flips(app):
    before = app.tiles
    app.do("slide", name="Bangs", value=0.5)
    assert app.look.changes == (("Bangs", 0.5),) and app.tiles != before
    there = app.explored.present["Male"]
    app.do("flip", name="Male")
    assert rows(app)["Male"]["value"] == (-1 if there else 1) and rows(app)["Male"]["flipped"]
    app.do("slide", name="Male", value=0.2 if there else -0.2)  # more of what is there
    assert not rows(app)["Male"]["flipped"]
    app.do("flip", name="Male")
    assert rows(app)["Male"]["value"] == 0
    assert rows(app)["Male"]["flip"] == ("to female" if there else "to male")
    assert rows(app)["Male"]["ends"] == ("female", "male")
    app.do("slide", name="Blond_Hair", value=1.0)
    app.do("slide", name="Black_Hair", value=1.0)
    assert rows(app)["Blond_Hair"]["value"] == 0  # one colour at a time
    assert 0 <= rows(app)["Bangs"]["before"] <= 1 and "error inside" in app.shown["scores"]


def test_undo_goes_back_to_the_beginning(app):
    start, draws = app.look, random.Random(0)
    steps = [
        lambda: app.do("flip", name=draws.choice(NAMES)),
        lambda: app.do("number", value=draws.randrange(9)),
        lambda: app.do("source", value=draws.choice(["test", "new"])),
        lambda: app.do("editor", together=not app.shown["editor"]["together"]),
        lambda: app.do("reset"),
        lambda: app.do("another"),
    ]
    looks = []
    for _ in range(25):
        looks.append(app.look)
        draws.choice(steps)()
    assert len({*looks}) > 5
    while app.shown["undo"]:
        app.do("undo")
    assert app.look == start and not any(row["value"] for row in rows(app).values())


def test_a_drag_is_one_step_back(app):
    for value in (0.1, 0.4, 0.9):
        app.do("slide", name="Bangs", value=value)
    app.do("flip", name="Eyeglasses")
    app.do("undo")
    assert app.look.changes == (("Bangs", 0.9),)
    app.do("undo")
    assert app.look.changes == () and not app.shown["undo"]


def test_methods_side_by_side(app):
    there = options(app, "methods")
    for method in there:
        app.do("editor", method=method)
        assert list(app.explored.faces) == ["input", method, "true edit"]
    app.do("slide", name="Bangs", value=1.0)
    app.do("editor", together=True)
    assert list(app.explored.faces) == ["input", *there, "true edit"]
    assert [method["title"] for method in app.shown["methods"]] == there
    assert app.look.changes == (("Bangs", 1.0),)
    app.do("editor", together=False)
    assert len(app.look.editors) == 1


def test_every_editor_of_the_manifest_can_be_chosen():
    app = FlipExplorer()
    for size in options(app, "sizes"):
        app.do("editor", size=str(size))  # a page's menus have texts
        for backbone in options(app, "backbones"):
            app.do("editor", backbone=backbone)
            for method in options(app, "methods"):
                app.do("editor", method=method)
                (name,) = app.look.editors
                assert name == f"editor-{size}-{backbone}-{method}"
                assert app.explored.faces[method].shape == (size, size, 3)


def test_parameters_draw_another_face(app):
    app.do("source", value="new")
    face = app.explored.faces["input"]
    sliders = {s["name"]: s for group in app.shown["parameters"] for s in group["sliders"]}
    assert len(sliders) == 55 and sliders["yaw"]["help"]
    app.do("parameter", name="background", value=0.9)
    assert not np.array_equal(app.explored.faces["input"], face)
    app.do("number", value=3)
    sliders = {s["name"]: s for group in app.shown["parameters"] for s in group["sliders"]}
    assert sliders["yaw"]["value"] == round(app.look.subject.value("yaw"), 2)


def test_the_picture_is_saved_on_white(app, monkeypatch):
    sent = []
    monkeypatch.setattr(app, "send", lambda *message: sent.append(message))
    app.do("flip", name="Bangs")
    app.do("save")
    ((content, (data,)),) = sent
    assert content == {"save": "test-face-0-edited.png"}
    saved = Image.open(BytesIO(data))
    assert saved.mode == "RGB" and saved.width == app.explored.picture.width


def test_the_code_makes_the_same_edit(app):
    app.do("number", value=4)
    app.do("flip", name="Bangs")
    app.do("parameter", name="yaw", value=0.2)
    *lines, last = app.shown["code"].split("\n")
    scope = {}
    exec("\n".join([*lines, f"edit = {last}"]), scope)
    edit = np.asarray(scope["edit"]).astype(int)
    (method,) = (m["title"] for m in app.shown["methods"])
    assert np.abs(edit - app.explored.faces[method]).max() <= 1


def test_a_link_brings_the_same_edit_back(app):
    app.do("source", value="new")
    app.do("parameter", name="yaw", value=0.2)
    app.do("flip", name="Bangs")
    app.do("strength", value=1.5)
    state = json.loads(json.dumps(app.shown["state"]))
    other = FlipExplorer()
    other.do("restore", state=state)
    assert other.look == app.look
    other.do("undo")
    assert other.look == FlipExplorer().look


@pytest.mark.parametrize(
    "state", [{}, [], {"split": "test"}, {"changes": {"Bangz": 1}}, {"parameters": {"yaw": 7}}]
)
def test_a_broken_link_is_explained_and_changes_nothing(app, state):
    whole = app.shown["state"]
    given = (
        whole | state
        if isinstance(state, dict) and len(state) == 1 and "split" not in state
        else state
    )
    look = app.look
    app._take(app, {"act": "restore", "answer": 7, "state": given}, [])
    assert app.look == look and app.shown["answer"] == 7 and app.shown["notes"]


def test_a_message_is_answered_by_its_number(app):
    app._take(app, {"act": "flip", "answer": 3, "name": "Bangs"}, [])
    assert app.shown["answer"] == 3 and app.shown["undo"]
    app._take(app, {"act": "save", "answer": 4}, [])
    assert app.shown["answer"] == 4


def test_a_run_comes_first(run):
    app = FlipExplorer(run_dir=str(run))
    assert app.look.editors == (str(run),) and app.shown["editor"]["method"] == "secgan (run)"
    app.do("editor", together=True)
    assert "secgan (run)" in app.explored.faces and "secgan" in app.explored.faces


def test_what_is_not_there_is_named():
    with pytest.raises(ValueError, match="There are: 32 px stargan baseline"):
        FlipExplorer(image_size=48)
    with pytest.raises(FileNotFoundError, match="is not there"):
        FlipExplorer(run_dir="nowhere")


def file(image, kind="PNG", **options):
    data = BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def give(app, content, name="photo.png"):
    """As the page does it."""
    app.do("source", value="photo")
    app._take(app, {"act": "photo", "answer": 1, "file": name}, [memoryview(content)])


def notes(app):
    return " ".join(app.shown["notes"])


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
    assert "drawn faces only" in notes(app)
    assert "no true edit" in app.shown["scores"] and app.shown["face"]["source"] == "photo"


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
    assert "my.png" in notes(app) and message in notes(app)
    assert np.array_equal(app.explored.faces["input"], face)
    app.do("source", value="test")
    app.do("flip", name="Bangs")
    assert "Bangs" in dict(app.look.changes)
    give(app, file(grey()))
    assert app.shown["face"]["source"] == "photo" and app.explored.faces["input"].max() <= 101


def test_a_photo_is_cropped(app):
    """A quarter of the side, at the lower right corner, which is red."""
    photo = Image.new("RGB", (400, 300), "white")
    photo.paste("red", (320, 220, 400, 300))
    give(app, file(photo))
    assert app.shown["parameters"] == [] and app.explored.faces["input"].min() < 255
    for name in ("zoom", "left to right", "top to bottom"):
        app.do("crop", name=name, value=1.0)
    assert (app.explored.faces["input"] == (255, 0, 0)).all()
    ((group),) = app.shown["crop"]
    assert [slider["value"] for slider in group["sliders"]] == [1, 1, 1]
    app.do("source", value="test")
    app.do("source", value="photo")
    assert (app.explored.faces["input"] == (255, 0, 0)).all()


def test_four_hundred_edits_leave_memory_flat(app):
    draws, process = random.Random(1), psutil.Process()
    photos = [file(Image.effect_noise((300, 300), 60 + i).convert("RGB")) for i in range(3)]

    def edit(i):
        if i % 100 == 50:
            give(app, photos[i // 100 % 3])
        elif i % 100 == 60:
            app.do("source", value=draws.choice(["test", "new"]))
        elif i % 25 == 0:
            app.do("number", value=draws.randrange(50))
        elif i % 200 in (7, 15):
            app.do("editor", together=not app.shown["editor"]["together"])
        elif i % 10 == 3:
            app.do("flip", name=draws.choice(NAMES))
        elif i % 10 == 5:
            app.do(draws.choice(["undo", "reset"]))
        else:
            app.do("slide", name=draws.choice(NAMES), value=draws.uniform(-1, 1))

    for i in range(150):  # caches and the history fill
        edit(i)
    gc.collect()
    before = process.memory_info().rss
    for i in range(400):
        edit(i)
    gc.collect()
    assert process.memory_info().rss < 1.03 * before
