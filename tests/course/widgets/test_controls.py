"""What all apps share: each says what it needs where a page knows no widgets."""

import ipywidgets as w
import pytest
from IPython.core.formatters import DisplayFormatter

from secgan_lite.course.widgets import App, FlipExplorer, LiveGame


@pytest.mark.parametrize(
    "make",
    [lambda: App(w.Button()), lambda: FlipExplorer(image_size=32), LiveGame],
    ids=["controls", "flip explorer", "live game"],
)
def test_a_plain_sentence_where_widgets_are_unknown(make):
    """As a notebook asks for it."""
    data, metadata = DisplayFormatter().format(make())
    assert "open this lesson in JupyterLab" in data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in data and metadata == {}
