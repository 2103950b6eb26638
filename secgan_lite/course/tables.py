"""Small tables of results: HTML with caption and headers on the page, aligned text elsewhere."""

from collections.abc import Mapping, Sequence
from html import escape

from IPython.display import display


def table(
    caption: str,
    columns: Mapping[str, str],
    rows: Sequence[Sequence[object]],
    *,
    folded: bool = False,
) -> None:
    """Show a table.

    Args:
        caption: what the table tells.
        columns: by title, how the numbers of a column are written, a format specification such as
            ``".3f"`` or ``"+,d"``; ``""`` for a column of words, which is aligned to the left.
        rows: a value for each column; the first one names its row. A text is shown as it is, and
            None as a dash.
        folded: on the page a click shows it, for readers who guess first.

    Raises:
        ValueError: a row has not as many values as there are columns.
    """
    for number, row in enumerate(rows):
        if len(row) != len(columns):
            raise ValueError(
                f"rows[{number}] has {len(row)} values, wanted is one for each of the "
                f"{len(columns)} columns: {', '.join(columns)}"
            )
    cells = [
        [_text(value, spec) for value, spec in zip(r, columns.values(), strict=True)] for r in rows
    ]
    page = _html(caption, columns, cells)
    if folded:
        page = fold("Show the table", page)
    display(
        {
            "text/html": page,
            "text/plain": _plain(caption, columns, cells),
        },
        raw=True,
    )


def fold(title: str, page: str) -> str:
    """HTML that a click on its title opens.

    >>> fold("Show the table", "<p>1 < 2</p>")
    '<details><summary>Show the table</summary><p>1 < 2</p></details>'
    """
    return f"<details><summary>{escape(title)}</summary>{page}</details>"


def bracketed(score: Mapping[str, float]) -> str:
    """A score with its interval in brackets, for a cell of a table.

    >>> bracketed({"value": 0.312, "low": 0.294, "high": 0.331})
    '0.31 (0.29 to 0.33)'
    """
    return f"{score['value']:.2f} ({score['low']:.2f} to {score['high']:.2f})"


def _text(value: object, spec: str) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else format(value, spec)


def _plain(caption: str, columns: Mapping[str, str], cells: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    lines = [
        "  ".join(
            text.rjust(width) if spec else text.ljust(width)
            for text, width, spec in zip(line, widths, columns.values(), strict=True)
        ).rstrip()
        for line in (list(columns), *cells)
    ]
    return "\n".join([caption, *lines])


def _html(caption: str, columns: Mapping[str, str], cells: Sequence[Sequence[str]]) -> str:
    sides = [f'style="text-align: {"right" if spec else "left"}"' for spec in columns.values()]

    def line(texts: Sequence[str], tags: Sequence[str]) -> str:
        parts = (
            f"<{tag} {side}>{escape(text)}</{tag[:2]}>"
            for text, tag, side in zip(texts, tags, sides, strict=True)
        )
        return f"<tr>{''.join(parts)}</tr>"

    head = line(list(columns), ['th scope="col"'] * len(columns))
    body = (line(row, ['th scope="row"'] + ["td"] * (len(row) - 1)) for row in cells)
    return (
        f"<table><caption>{escape(caption)}</caption>"
        f"<thead>{head}</thead><tbody>{''.join(body)}</tbody></table>"
    )
