"""When the curves of a recorded run leave those of another: what told first how it ends.

apart(load_dynamics("run-c"), load_dynamics("run-b"))  # Apart(at=20, panels=["critic", …], …)
"""

from dataclasses import dataclass

from secgan_lite.course.figures.training import PANELS
from secgan_lite.course.laboratory import CALM, NEAR
from secgan_lite.course.recorded import Dynamics
from secgan_lite.course.widgets.scrubbed import curve, panel_name

IN_A_ROW = 3  # records: one alone may be chance
POINTS = 0.1  # of the judge's share


@dataclass(frozen=True)
class Apart:
    """What of a run leaves another, and when.

    Attributes:
        at: first of three records in a row in which a curve of the log is more than a tenth of the
            other run's value away, a critic more than 1; None if there are none.
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
        left = (_leaves(run, other, term) for term, *_ in curves if term != "judge")
        first[panel_name(title)] = [at for at in left if at is not None]
    at = min((when for found in first.values() for when in found), default=None)
    panels = [title for title, found in first.items() if at in found]
    return Apart(at, panels, _stays_below(run, other))


def _leaves(run: Dynamics, other: Dynamics, term: str) -> int | None:
    mine, theirs = (dict(curve(each, term).tolist()) for each in (run, other))
    times = sorted(mine.keys() & theirs)
    away = []
    for at in times:
        gap = abs(mine[at] - theirs[at])
        away.append(not gap <= (CALM if "critic" in term else (1 - NEAR) * abs(theirs[at])))
    starts = range(len(times) - IN_A_ROW + 1)
    return next((int(times[i]) for i in starts if all(away[i : i + IN_A_ROW])), None)


def _stays_below(run: Dynamics, other: Dynamics) -> int | None:
    mine, theirs = (dict(curve(each, "judge").tolist()) for each in (run, other))
    since = None
    for at in sorted(mine.keys() & theirs):
        if theirs[at] - mine[at] <= POINTS:
            since = None
        elif since is None:
            since = int(at)
    return since
