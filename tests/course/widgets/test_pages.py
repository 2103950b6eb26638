"""HTML of the apps: whatever a name holds, it stays text."""

import ast
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

import secgan_lite
from secgan_lite.course.recorded import Dynamics
from secgan_lite.course.widgets import (
    Explored,
    FlipExplorer,
    Photo,
    TrainingScrubber,
    canvas,
    pages,
)

NAME = "plain name"
MARKUP = r"innerHTML|insertAdjacentHTML|outerHTML|document\.write|eval\("
HOSTILE = {
    "apostrophe": "O'Brien's photo.png",
    "quotes": "\"' onmouseover='alert(1)' x=\".png",
    "markup": "'><img src=x onerror=alert(1)><script>alert(1)</script>.png",
    "entities": "a&lt;b&#39;&amp;.png",
    "path": r"../../C:\a/b|c*?.png",
    "line break": "a\n<b>\r\0b.png",
    "right to left": "\u202egnp.\u05d0\u05d1'>.png",
    "long": "é'<" * 100 + ".png",
    "half a sign": "\ud800.png",
}
hostile = pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)


class Page(HTMLParser):
    """Tags with the names of their attributes, values of attributes, and text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.values, self.text = [], [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, *(name for name, _ in attributes)))
        self.values += [value for _, value in attributes]

    def handle_data(self, data):
        self.text += data


def explored(name, scored):
    """What the explorer found by a method, for an attribute and with a note of this name."""
    return Explored(
        alt=name,
        faces={},
        masks={},
        y_diff={name: 1.0},
        present={},
        probabilities={"input": {name: 0.2}, name: {name: 0.7}},
        wanted={},
        scores={name: {"labels": 0.5}} if scored else {},
        unseen=(name,),
        notes=(name,),
    )


PAGES = {
    "scores": lambda name: pages.scores(explored(name, True)),
    "no scores": lambda name: pages.scores(explored(name, False)),
    "table": lambda name: pages.number_table(
        {"k": (name, name, "{:.0f}")}, {name: {"k": 1.0}}, name
    ),
    "words": pages.words,
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
@hostile
def test_no_name_becomes_markup(page, name):
    plain, found = Page(page(NAME)), Page(page(name))
    assert found.tags == plain.tags
    shown = [v for v in found.values if v] + [found.text]
    wanted = [v.replace(NAME, name) for v in plain.values if v] + [plain.text.replace(NAME, name)]
    assert shown == wanted


@hostile
def test_a_picture_is_saved_under_a_safe_name(name):
    download = pages.file_name(Photo.read(Image.new("RGB", (9, 9)), name).title)
    assert download.endswith("-edited.png") and len(download.encode()) <= 255
    assert download.isprintable() and not set('<>:"/\\|?*') & set(download)


def test_a_good_name_is_kept_whole():
    for title, name in {
        "O'Brien's photo.png": "O'Brien's-photo.png-edited.png",
        "test face 3, adjusted": "test-face-3-adjusted-edited.png",
    }.items():
        assert pages.file_name(title) == name


@hostile
def test_an_upload_of_any_name(explorer, png, name):
    """The one part of the explorer that is HTML, after a good and after a broken photograph."""
    found = {}
    for given in (NAME, name):
        for content in (png, b"broken"):
            message = {"act": "photo", "answer": 1, "file": given}
            explorer._take(explorer, message, [memoryview(content)])
            found.setdefault(content, []).append(Page(explorer.shown["scores"]).tags)
    assert all(plain == other for plain, other in found.values())


def test_the_explorers_script_writes_text_and_one_table():
    script = FlipExplorer._esm
    assert re.findall(r"(\w+)\.innerHTML = ([\w.]+)", script) == [("scores", "shown.scores")]
    assert not re.search(MARKUP.removeprefix("innerHTML|"), script)


@pytest.fixture(scope="module")
def explorer():
    return FlipExplorer(image_size=32)


@pytest.fixture(scope="module")
def png():
    return canvas.quick_png(Image.new("RGB", (40, 40)))


@pytest.fixture(scope="module")
def recorded(run):
    return Dynamics.of(run, faces=4, shown=2)


@hostile
def test_a_run_of_any_name(recorded, name):
    """Its page writes text only; where no kernel is, the name stands in the picture's words."""
    plain, found = (TrainingScrubber(runs={n: recorded}) for n in (NAME, name))
    stored = [Page(app._repr_mimebundle_()[0]["text/html"]).tags for app in (plain, found)]
    assert stored[0] == stored[1]
    (run,) = found.shown["runs"]
    assert run["name"].isprintable() and run["name"] == canvas.plain(name)
    assert not re.search(MARKUP, TrainingScrubber._esm)


def test_html_is_made_in_few_places():
    """Elsewhere no text with a tag has anything put into it."""
    makers = {
        "widgets/pages.py",
        "widgets/controls.py",
        "tables.py",
        "report/page.py",
        "report/parts.py",
    }
    makers |= {"slides/__init__.py", "grading/sheet.py", "figures/common.py"}
    package = Path(secgan_lite.__file__).parent
    for path in package.rglob("*.py"):
        if path.relative_to(package).as_posix().removeprefix("course/") not in makers:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    text = "".join(p.value for p in node.values if isinstance(p, ast.Constant))
                    assert not re.search(r"</[a-z]|<(a|i?mg|div|span|t[drh])\b", text), (path, text)


def test_errors_have_a_unit_and_are_held_against_doing_nothing():
    said = {}
    for inside in (9.0, 20.8):
        scores = {"secgan": {"inside": inside, "copying": 14.9, "outside": 1.6}}
        probabilities = {"input": {}, "secgan": {}}
        shown = replace(explored("secgan", True), scores=scores, probabilities=probabilities)
        said[inside] = Page(pages.scores(shown)).text
    assert all("doing nothing" in text and "grey levels" in text for text in said.values())
    worse = "Inside, doing nothing is better than secgan."
    assert [worse in text for text in said.values()] == [False, True]
