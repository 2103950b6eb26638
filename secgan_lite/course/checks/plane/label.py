"""Exercise A1 of lesson 00b: a label that enters a network."""

from functools import partial

import torch
from torch.nn.functional import one_hot

from secgan_lite.course import plane
from secgan_lite.course.checks.exercise import Case, Exercise, Mistake, distinct


def _label_case(draws: torch.Generator, count: int = 0) -> Case:
    """Points and labels."""
    count = count or int(torch.randint(5, 9, (), generator=draws))
    values = distinct((count, 2), draws).requires_grad_(True)
    y = plane.labels(count, draws)
    y[0, 0], y[-1, -1] = 1.0 - y[0, 1], 1.0 - y[-1, 0]  # no first label that reads both ways
    return Case((values, y), {"the points": values}, {"points": count})


_FOUR = (
    "the two labels enter as one of four classes, in four columns. Here each enters as it is, 0 "
    "or 1, in one column"
)
_STACKED = (
    "values and labels are stacked along a new axis. torch.stack makes an axis, torch.cat joins "
    "along one that is there: here the columns, dim=1"
)
_ONE = (
    "both labels enter as one number, in one column. Here each enters as it is, 0 or 1, in a "
    "column of its own"
)


def _classes(values: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    return torch.cat([values, one_hot(index.long(), 4)], dim=1)


LABEL = Exercise(
    plane.inject,
    _label_case,
    {
        "no label": Mistake(
            lambda v, y: torch.cat([v, torch.zeros_like(y)], dim=1),
            "zeros stand where the label should stand: the network never learns what is asked",
        ),
        "points alone": Mistake(
            lambda v, y: torch.cat([v, v], dim=1),
            "the values stand there twice and the label not at all",
        ),
        "label first": Mistake(
            lambda v, y: torch.cat([y, v], dim=1),
            "the label comes first. It would train as well, but here the values come first: "
            "columns 0 and 1 are the values, columns 2 and 3 the label",
        ),
        "added": Mistake(
            lambda v, y: v + y,
            "the label is added to the values. Then a value greater by 1 and a label of 1 look "
            "the same. Give the label columns of its own",
        ),
        "first label twice": Mistake(
            lambda v, y: torch.cat([v, y[:, :1], y[:, :1]], dim=1),
            "the first label, right, stands there twice, and the second, up, not at all",
        ),
        "second label twice": Mistake(
            lambda v, y: torch.cat([v, y[:, 1:], y[:, 1:]], dim=1),
            "the second label, up, stands there twice, and the first, right, not at all",
        ),
        "one label as two": Mistake(
            lambda v, y: torch.cat([v, 1 - y[:, :1], y[:, :1]], dim=1),
            "only the first label, right, enters, as one of two classes. Here two labels enter, "
            "each as it is, 0 or 1",
        ),
        "added beside": Mistake(
            lambda v, y: torch.cat([v + y, y], dim=1),
            "the label stands in its columns, but it is added to the values as well",
        ),
        "multiplied": Mistake(
            lambda v, y: v * y,
            "the values are multiplied by the label, so a label of 0 deletes a coordinate",
        ),
        "below": Mistake(
            lambda v, y: torch.cat([v, y], dim=0),
            "the labels stand below the values, as further rows (dim=0). Each row needs its own "
            "label beside it, in further columns (dim=1)",
        ),
        "exchanged": Mistake(
            lambda v, y: torch.cat([v, y.flip(1)], dim=1),
            "the two labels have changed places: right is told as up",
        ),
        "centred label": Mistake(
            lambda v, y: torch.cat([v, y - 0.5], dim=1),
            "0.5 is taken from the label. It would train as well, but here the label enters as it "
            "is, 0 or 1",
        ),
        "minus one to one": Mistake(
            lambda v, y: torch.cat([v, 2 * y - 1], dim=1),
            "the label enters as −1 and 1. It would train as well, but here it enters as it is, 0 "
            "and 1",
        ),
        "label times values": Mistake(
            lambda v, y: torch.cat([v, v * y], dim=1),
            "columns 2 and 3 hold label times values, so a label of 1 is told by no number of its "
            "own. They hold the label alone, 0 or 1",
        ),
        "four classes": Mistake(
            lambda v, y: _classes(v, 2 * y[:, 0] + y[:, 1]),
            _FOUR,
        ),
        "four classes, counted otherwise": Mistake(
            lambda v, y: _classes(v, y[:, 0] + 2 * y[:, 1]),
            _FOUR,
        ),
        "another's label": Mistake(
            lambda v, y: torch.cat([v, y.roll(1, 0)], dim=1),
            "each row has got its neighbour's label. Rows of the batch belong together",
        ),
        "interleaved": Mistake(
            lambda v, y: torch.stack([v, y], dim=2).flatten(1),
            "values and labels take turns in the columns: value, label, value, label. Columns 0 "
            "and 1 are the values, columns 2 and 3 the label",
        ),
        "cut anew": Mistake(
            lambda v, y: torch.cat([v, y], dim=0).view(len(v), 4),
            "all labels were put below all values (dim=0), and the numbers then cut into rows of "
            "four. So a row mixes several. Join with dim=1: then each row stays itself",
        ),
        "multiplied beside": Mistake(
            lambda v, y: torch.cat([v * y, y], dim=1),
            "the label stands in its columns, but the values are multiplied by it as well: a label "
            "of 0 deletes a coordinate",
        ),
        "label as shares": Mistake(
            lambda v, y: torch.cat([v, y / y.sum()], dim=1),
            "the label is divided by the sum of all labels, so it depends on the rest of the "
            "batch. It enters as it is, 0 or 1",
        ),
        "stacked": Mistake(
            lambda v, y: torch.stack([v, y], dim=1),
            _STACKED,
        ),
        "stacked last": Mistake(
            lambda v, y: torch.stack([v, y], dim=2),
            _STACKED,
        ),
        "stacked first": Mistake(
            lambda v, y: torch.stack([v, y]),
            _STACKED,
        ),
        "added in the label's place": Mistake(
            lambda v, y: torch.cat([v, v + y], dim=1),
            "columns 2 and 3 hold the sum of values and label. They hold the label alone, 0 or 1",
        ),
        "values exchanged": Mistake(
            lambda v, y: torch.cat([v.flip(1), y], dim=1),
            "the two values have changed places. They enter in their order",
        ),
        "half the label": Mistake(
            lambda v, y: torch.cat([v, y / 2], dim=1),
            "the label is halved. It would train as well, but here it enters as it is, 0 or 1",
        ),
        "one number": Mistake(
            lambda v, y: torch.cat([v, 2 * y[:, :1] + y[:, 1:]], dim=1),
            _ONE,
        ),
        "one number, counted otherwise": Mistake(
            lambda v, y: torch.cat([v, y[:, :1] + 2 * y[:, 1:]], dim=1),
            _ONE,
        ),
        "squashed": Mistake(
            lambda v, y: torch.cat([v.tanh(), y], dim=1),
            "the values go through a tanh. They enter as they are: the network has its own layers",
        ),
    },
    small={"one point": partial(_label_case, count=1), "two points": partial(_label_case, count=2)},
)
