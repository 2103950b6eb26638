"""Faults of an exported page are found where a reader would meet them."""

import base64

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from secgan_lite.course.rendered import picture_faults, rendered, table_faults
from secgan_lite.course.widgets.canvas import quick_png

DOT = base64.b64encode(quick_png(Image.new("RGB", (1, 1)))).decode()
GOOD = '<figure><img src="data:," alt="a dot"><figcaption>Is it a dot?</figcaption></figure>'
TABLE = (
    '<table><caption>Rates</caption><thead><tr><th scope="col">name</th></tr></thead>'
    '<tbody><tr><th scope="row">x</th></tr></tbody></table>'
)


def page(data):
    """A notebook with one output, as nbconvert exports it."""
    output = new_output("display_data", data=data)
    cell = new_code_cell("show()", outputs=[output], execution_count=1)
    notebook = new_notebook(cells=[cell])
    nbformat.validate(notebook)
    return rendered(notebook)


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        ({"text/html": GOOD}, []),
        ({"text/html": GOOD.replace('"a dot"', '""')}, ["picture 1 (Is it a dot?): no alt text"]),
        (
            {"text/html": GOOD.replace("Is it a dot?", "A dot. It is black.")},
            ["picture 1 (A dot. It is black.): the caption is not one sentence"],
        ),
        ({"text/html": '<img src="data:," alt="a dot">'}, ["picture 1: no caption"]),
        # nbconvert writes an excuse where an alt text should be.
        ({"image/png": DOT}, ["picture 1: no alt text", "picture 1: no caption"]),
    ],
)
def test_a_picture_needs_alt_text_and_a_caption(data, faults):
    assert list(picture_faults(page(data))) == faults


@pytest.mark.parametrize(
    ("html", "faults"),
    [
        (TABLE, []),
        (TABLE.replace("Rates", ""), ["table 1: no caption"]),
        (TABLE.replace(' scope="row"', ""), ["table 1: a header without scope, or no header"]),
        (
            "<table><tr><td>1</td></tr></table>",
            ["table 1: no caption", "table 1: a header without scope, or no header"],
        ),
    ],
)
def test_a_table_needs_a_caption_and_headers_that_say_what_they_head(html, faults):
    assert list(table_faults(page({"text/html": html}))) == faults
