"""Tables of ablations drawn from pure luck: what intervals over few seeds find, and find falsely.

gambled = gamble(Table(seeds=3, questions=18))
TableOfLuck()
"""

from dataclasses import dataclass, replace

import ipywidgets as w
import torch

from secgan_lite.course.widgets.controls import App, Pictures, Quiet, row
from secgan_lite.course.widgets.luck_drawing import luck_picture
from secgan_lite.evaluation.bootstrap import student
from secgan_lite.support.randomness import stream

LEVEL, TABLES = 0.05, 2000


@dataclass(frozen=True)
class Table:
    """How a table is made; all sizes in points of TARR.

    Attributes:
        seeds: pairs of runs behind each difference, 2 or more.
        spread: standard deviation of the difference in a pair.
        gain: true gain of the first question; the others have none.
        questions: how many differences the table tests.
    """

    seeds: int = 3
    spread: float = 1.7
    gain: float = 0.0
    questions: int = 1

    @property
    def title(self) -> str:
        """The settings in words."""
        return (
            f"seeds {self.seeds}, spread {self.spread:g}, true gain {self.gain:g}, "
            f"questions {self.questions}"
        )


@dataclass(frozen=True, eq=False)
class Gambled:
    """What 2,000 such tables say, by the rule: "plain p" or "Holm's p" below 0.05.

    Attributes:
        table: how they were made.
        intervals: one of each of the first tables, (low, high) in points: of the question with
            the true gain, or where there is none, of the one that luck favours most.
        found: share of tables that show the true gain; None where there is none.
        false: share with one or more differences, gains or losses, shown where there is none.
    """

    table: Table
    intervals: tuple[tuple[float, float], ...]
    found: dict[str, float] | None
    false: dict[str, float]


def gamble(table: Table, shown: int = 20) -> Gambled:
    """Draw 2,000 tables, always from the same luck, and judge them by both rules."""
    n, m = table.seeds, table.questions
    luck = torch.randn(TABLES, m, n, generator=stream(0, "luck"))
    true = torch.zeros(m)
    true[0] = table.gain
    each = table.spread * luck + true[:, None]
    value, error = each.mean(dim=2), each.std(dim=2) / n**0.5
    t = value / error
    plain = t.abs() > student(n)
    # Holm: the largest |t| against level / m, the next against level / (m − 1), until one fails.
    order = t.abs().argsort(dim=1, descending=True)
    needed = torch.tensor([student(n, LEVEL / (m - rank)) for rank in range(m)])
    passed = (t.abs().gather(1, order) > needed).cumprod(dim=1).bool()
    holm = torch.zeros_like(plain).scatter(1, order, passed)
    rules = {"plain p": plain, "Holm's p": holm}
    none = true == 0

    def share(tables: torch.Tensor) -> float:
        return tables.float().mean().item()

    # The question of the true gain; where there is none, the one that luck favours most.
    asked = torch.zeros(TABLES, 1, dtype=torch.long) if table.gain else order[:, :1]
    middle, half = (x.gather(1, asked)[:shown, 0] for x in (value, student(n) * error))
    ends = zip((middle - half).tolist(), (middle + half).tolist(), strict=True)
    return Gambled(
        table,
        tuple(ends),
        {r: share(said[:, 0] & (t[:, 0] > 0)) for r, said in rules.items()} if table.gain else None,
        {rule: share(said[:, none].any(dim=1)) for rule, said in rules.items()},
    )


class TableOfLuck(App):
    """Set seeds, spread, true gain and questions; see what a table then finds, and finds falsely.

    Attributes:
        table: what is shown.
    """

    _question = "Of 20 tables without any gain, how many give a false verdict?"

    def __init__(self) -> None:
        self._quiet, self.table = Quiet(), Table()
        self.seeds = self._slider(w.IntSlider, "seeds", 2, 20, 1)
        self.spread = self._slider(w.FloatSlider, "spread", 0.5, 4.0, 0.1)
        self.gain = self._slider(w.FloatSlider, "gain", 0.0, 5.0, 0.5)
        self.questions = self._slider(w.IntSlider, "questions", 1, 36, 1)
        self.pictures = Pictures()
        controls = (row(self.seeds, self.spread), row(self.gain, self.questions))
        super().__init__(*controls, self.pictures)
        self._show(self.table)

    def _slider(self, kind: type, field: str, low: float, high: float, step: float) -> w.Widget:
        words = {"gain": "true gain, points", "spread": "spread, points"}.get(field, field)
        slider = kind(getattr(self.table, field), min=low, max=high, step=step, description=words)
        slider.style = {"description_width": "120px"}
        return self._quiet.watch(
            slider, lambda value: self._show(replace(self.table, **{field: value}))
        )

    def _show(self, table: Table) -> None:
        self.table = table
        self.pictures.show(luck_picture([gamble(table)]))
