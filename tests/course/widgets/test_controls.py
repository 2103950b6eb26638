"""What all apps share: each says what it needs where a page knows no widgets."""

from importlib import import_module
from pkgutil import iter_modules

import ipywidgets as w
import pytest
from IPython.core.formatters import DisplayFormatter
from PIL import Image

from secgan_lite.course import widgets
from secgan_lite.course.widgets import App, DuelPlayer, FlipExplorer, LiveGame, TableOfLuck
from secgan_lite.course.widgets.canvas import Shown
from secgan_lite.course.widgets.controls import PLAIN, Page, Pictures


def test_every_app_is_found_where_apps_are():
    for module in iter_modules(widgets.__path__, f"{widgets.__name__}."):
        import_module(module.name)
    made = {app.__name__ for app in (*App.__subclasses__(), *Page.__subclasses__())}
    assert made <= {*widgets.__all__}


@pytest.mark.parametrize(
    "make",
    [lambda: App(w.Button()), lambda: FlipExplorer(image_size=32), LiveGame],
    ids=["controls", "flip explorer", "live game"],
)
def test_a_plain_sentence_where_widgets_are_unknown(make):
    """As a notebook asks for it."""
    data, metadata = DisplayFormatter().format(make())
    assert "Open this lesson in JupyterLab" in data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in data and metadata == {}


def test_pieces_come_and_go_and_the_first_has_the_words():
    whole = Image.new("RGBA", (9, 9))
    pictures = Pictures()
    pictures.show(Shown(whole, "a word", parts=(whole, whole, whole)))
    *images, words = pictures.children
    more = ["secgan-more" in image._dom_classes for image in images]
    assert more == [False, True, True] and "a word" in words.value
    pictures.show(Shown(whole, "another"))
    assert pictures.children == (images[0], words) and "another" in words.value


@pytest.mark.parametrize("make", [DuelPlayer, FlipExplorer, LiveGame, TableOfLuck])
def test_a_page_without_a_kernel_shows_how_an_app_begins(make):
    data, _ = make()._repr_mimebundle_()
    assert data["text/plain"] == PLAIN and "<img" in data["text/html"]
    assert "alt=" in data["text/html"] and data["text/html"].endswith("?</figcaption></figure>")
    assert len(data["text/html"]) < 30_000
