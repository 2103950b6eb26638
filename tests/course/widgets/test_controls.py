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
from secgan_lite.course.widgets.controls import PLAIN, SCRIPTED, Alone, Page, Pictures


def test_every_app_is_found_where_apps_are():
    for module in iter_modules(widgets.__path__, f"{widgets.__name__}."):
        import_module(module.name)
    made = {app.__name__ for kind in (App, Page, Alone) for app in kind.__subclasses__()}
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
    picture, *_ = data["text/html"].split(SCRIPTED)  # of what needs no kernel, the app follows
    assert "alt=" in picture and picture.endswith("?</figcaption></figure>")
    assert len(picture) < 30_000


def test_an_app_that_needs_no_kernel_is_a_page_of_its_own_each_time():
    """Nothing that it knows ends its script; two on a page do not meet."""
    app = DuelPlayer()
    app.shown = app.shown | {"hostile": "</script><b>"}
    first, second = (app._repr_mimebundle_()[0]["text/html"] for _ in range(2))
    assert first != second
    assert first.count("</script") == 1 and first.endswith("</script>")
    assert "application/vnd.jupyter.widget-view+json" not in app._repr_mimebundle_()[0]
