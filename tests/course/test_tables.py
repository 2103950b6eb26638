"""Tables of results: HTML that names each number twice, and aligned text with the same numbers."""

import pytest
from bs4 import BeautifulSoup

from secgan_lite.course import table, tables

COLUMNS = {"method": "", "n": ",d", "TARR": ".3f"}
ROWS = [("baseline", 1200, 0.5), ("secgan <ours>", None, "0.61 ± 0.02")]


@pytest.fixture
def shown(monkeypatch):
    """The table of a call, as HTML and as text."""
    bundles = []
    monkeypatch.setattr(tables, "display", lambda bundle, raw: bundles.append(bundle))

    def make(*given, **how):
        table(*given, **how)
        return BeautifulSoup(bundles[-1]["text/html"], "html.parser"), bundles[-1]["text/plain"]

    return make


def test_each_number_of_the_page_has_a_head_above_and_beside_it(shown):
    page, _ = shown("Who < whom?", COLUMNS, ROWS)
    assert page.table.caption.text == "Who < whom?"
    assert [head.text for head in page.select("thead th[scope=col]")] == [*COLUMNS]
    assert [head.text for head in page.select("tbody th[scope=row]")] == [row[0] for row in ROWS]
    cells = [[cell.text for cell in row("td")] for row in page.tbody("tr")]
    assert cells == [["1,200", "0.500"], ["–", "0.61 ± 0.02"]]
    assert "right" in page.td["style"] and "left" in page.tbody.th["style"]


def test_elsewhere_it_is_aligned_text(shown):
    _, text = shown("Who wins?", COLUMNS, ROWS)
    assert text.splitlines() == [
        "Who wins?",
        "method             n         TARR",
        "baseline       1,200        0.500",
        "secgan <ours>      –  0.61 ± 0.02",
    ]


def test_a_table_may_be_empty(shown):
    assert shown("None yet", COLUMNS, [])[1].splitlines() == ["None yet", "method  n  TARR"]


def test_a_folded_table_waits_for_a_click_where_there_is_a_page(shown):
    page, text = shown("Who wins?", COLUMNS, ROWS, folded=True)
    assert page.details.summary.text and page.details.table.caption.text == "Who wins?"
    assert text == shown("Who wins?", COLUMNS, ROWS)[1]


def test_a_row_that_does_not_fit_is_named(shown):
    with pytest.raises(ValueError, match=r"rows\[1\] has 2 values.* 3 columns: method, n, TARR"):
        shown("", COLUMNS, [ROWS[0], ("secgan", 2)])
