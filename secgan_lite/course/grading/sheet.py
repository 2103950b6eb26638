"""The results as files: a table to import, a page of verdicts, a sheet of what was written."""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from html import escape
from typing import Protocol

from secgan_lite.course.grading.attempt import Verdict

_MARKS = {
    "passed": "1",
    "open": "0 open",
    "wrong": "0 wrong",
    "stopped": "0 stopped",
    "missing": "0 missing",
    "not counted": "0 not counted",
}
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width">
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem; max-width: 80rem }}
div {{ overflow-x: auto }} table {{ border-collapse: collapse }}
th, td {{ border: 1px solid #bbb; padding: .2rem .5rem; text-align: left; vertical-align: top }}
.passed {{ background: #dff3df }} pre {{ white-space: pre-wrap; margin: .2rem 0 1rem }}
</style>
<h1>{title}</h1>
{body}
</html>
"""


class _Graded(Protocol):
    file: str
    student: str
    lesson: str
    verdicts: dict[str, Verdict]
    remark: str
    written: list[tuple[str, str]]


def pages(graded: Sequence[_Graded], exercises: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Each file's text by its name.

    Args:
        graded: all files.
        exercises: of every lesson; those of lessons that nobody handed in make no column.
    """
    lessons = {each.lesson for each in graded}
    columns = [name for lesson in exercises if lesson in lessons for name in exercises[lesson]]
    rows = _rows(graded)
    return {
        "grades.csv": _csv(rows, columns),
        "grades.html": _grades(rows, columns),
        "answers.html": _answers(graded),
    }


_Row = tuple[dict[str, Verdict], list[str]]  # best verdicts by exercise, remarks


def _rows(graded: Sequence[_Graded]) -> dict[str, _Row]:
    """By student; of an exercise that was handed in twice the better verdict counts."""
    rows: dict[str, _Row] = {}
    for each in graded:
        verdicts, remarks = rows.setdefault(each.student, ({}, []))
        for name, verdict in each.verdicts.items():
            if name not in verdicts or verdict.kind == "passed":
                verdicts[name] = verdict
        if each.remark:
            remarks.append(f"{each.file}: {each.remark}")
    return rows


def _points(verdicts: Mapping[str, Verdict]) -> int:
    return sum(verdict.kind == "passed" for verdict in verdicts.values())


def _csv(rows: Mapping[str, _Row], columns: Sequence[str]) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["student", *columns, "points", "of", "remarks"])
    for student, (verdicts, remarks) in rows.items():
        marks = [int(verdicts[c].kind == "passed") if c in verdicts else "" for c in columns]
        about = [_plain(student), *marks, _points(verdicts), len(columns)]
        writer.writerow([*about, _plain("; ".join(remarks))])
    return file.getvalue()


def _plain(text: str) -> str:
    """A text that no program for tables takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _grades(rows: Mapping[str, _Row], columns: Sequence[str]) -> str:
    head = "".join(f'<th scope="col">{escape(c)}</th>' for c in ("student", *columns, "points"))
    lines, details = [], []
    for student, (verdicts, remarks) in rows.items():
        marks = "".join(
            f'<td class="{verdicts[c].kind}">{_MARKS[verdicts[c].kind]}</td>'
            if c in verdicts
            else "<td>–</td>"
            for c in columns
        )
        name = escape(student)
        lines.append(f'<tr><th scope="row">{name}</th>{marks}<td>{_points(verdicts)}</td></tr>')
        said = [f"{n}: {verdicts[n].says}" for n in columns if n in verdicts]
        items = "".join(f"<li>{escape(text)}</li>" for text in (*remarks, *said))
        details.append(f"<h3>{name}</h3><ul>{items}</ul>")
    body = (
        f"<p>1 = passed. The points are of {len(columns)}.</p>"
        f"<div><table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
        f"<h2>What was found</h2>{''.join(details)}"
    )
    return _PAGE.format(title="Grades", body=body)


def _answers(graded: Sequence[_Graded]) -> str:
    """By lesson and heading, so that all answers to one question stand together."""
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in graded:
        for heading, text in each.written:
            answer = f"<h3>{escape(each.student)}</h3><pre>{escape(text)}</pre>"
            places[each.lesson, heading].append(answer)
    body = "".join(
        f"<h2>{escape(lesson)}: {escape(heading)}</h2>{''.join(texts)}"
        for (lesson, heading), texts in sorted(places.items())
    )
    return _PAGE.format(title="Written answers", body=body or "<p>Nobody wrote anything.</p>")
