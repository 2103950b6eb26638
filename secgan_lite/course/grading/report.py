"""Numbers that the lessons of a variant ask for, and whether they are those of its key."""

import ast
import re
from collections.abc import Mapping

from secgan_lite.course.grading.attempt import Verdict
from secgan_lite.course.grading.notebook import Cell

KEY = "key.json"
_SHARE = 0.01  # by which a number may differ between processors, if not by its last digit


def report_verdicts(cells: list[Cell], key: Mapping[str, str]) -> dict[str, Verdict]:
    """A verdict on each number of the dictionary ``report`` in a notebook.

    Args:
        key: the right numbers as they were printed, by the number's name.
    """
    given = _report(cells) if key else {}
    return {name: _verdict(given.get(name), right) for name, right in key.items()}


def _report(cells: list[Cell]) -> dict:
    """The last ``report = {…}`` of a notebook, as far as it can be read without running it."""
    found = [cell.source for cell in cells if re.search(r"^report = {", cell.source, re.MULTILINE)]
    try:
        for node in ast.parse(found[-1]).body if found else ():
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "report":
                return dict(ast.literal_eval(node.value))
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return {}
    return {}


def _verdict(given: object, right: str) -> Verdict:
    if given is None:
        return Verdict("open", "not attempted")
    if isinstance(given, bool) or not isinstance(given, int | float):
        return Verdict("wrong", f"{str(given)[:40]} is no number")
    if is_right(given, right):
        return Verdict("passed", "as in the key")
    return Verdict("wrong", f"{given:g} is not the number of this variant")


def value(printed: str) -> float:
    """A printed number, without commas between thousands."""
    return float(printed.replace(",", ""))


def tolerance(printed: str) -> float:
    """By how much a right number may differ from the printed one: a last digit, or a hundredth."""
    decimals = len(printed.partition(".")[2])
    return 1.001 * max(10.0**-decimals, _SHARE * abs(value(printed)))


def is_right(given: float, printed: str) -> bool:
    """Whether a number is the printed one, within its tolerance."""
    return abs(given - value(printed)) <= tolerance(printed)
