"""When the curves of a run leave those of another: what told first how it ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from secgan_lite.course.figures.training import PANELS, panel_name
from secgan_lite.course.laboratory import CALM, NEAR
from secgan_lite.course.recorded import Dynamics
from secgan_lite.course.widgets.scrubbed import curve

IN_A_ROW = 3  # points: one alone may be chance
POINTS = 0.1  # of the judge's share
Curve = Sequence[tuple[int, float]]


@dataclass(frozen=True)
class Apart:
    """What of a run leaves another, and when.

    Attributes:
        at: where a curve of the log first leaves the other run's (``stretches``), or None.
        panels: those with such a curve at that iteration, by the first words of their titles.
        judge: first snapshot from which the judge's share stays more than 10 points below the
            other run's, or None.
    """

    at: int | None
    panels: list[str]
    judge: int | None


def apart(run: Dynamics, other: Dynamics) -> Apart:
    """When and where a run leaves another one; both are scored."""
    first = {}
    for title, curves in PANELS.items():
        lines = [term for term, *_ in curves if term != "judge"]
        left = (stretches(t, *(curve(each, t).tolist() for each in (run, other))) for t in lines)
        first[panel_name(title)] = [found[0][0] for found in left if found]
    at = min((when for found in first.values() for when in found), default=None)
    panels = [title for title, found in first.items() if at in found]
    return Apart(at, panels, _stays_below(run, other))


def stretches(term: str, mine: Curve, theirs: Curve) -> list[tuple[int, int]]:
    """First and last iterations of each stretch in which a curve has left the other one.

    It has left if three points in a row are all more than a tenth above, or all as far below; a
    critic, whose healthy value is about 0, if three are more than 1 away.
    """
    there, found = dict(theirs), []
    sides = [(int(at), _side(term, value, there[at])) for at, value in mine if at in there]
    for side, group in groupby(sides, key=lambda each: each[1]):
        times = [at for at, _ in group]
        if side and len(times) >= IN_A_ROW:
            found.append((times[0], times[-1]))
    return found


def _side(term: str, value: float, other: float) -> int:
    """1 if a value is too far above the other, −1 if below, else 0; of a critic, or of what is no
    number, 1 or 0.
    """
    if term.endswith("critic"):
        return not abs(value - other) <= CALM
    bound = (1 - NEAR) * abs(other)
    return (not value <= other + bound) - (value < other - bound)


def _stays_below(run: Dynamics, other: Dynamics) -> int | None:
    mine, theirs = (dict(curve(each, "judge").tolist()) for each in (run, other))
    since = None
    for at in sorted(mine.keys() & theirs):
        if theirs[at] - mine[at] <= POINTS:
            since = None
        elif since is None:
            since = int(at)
    return since
