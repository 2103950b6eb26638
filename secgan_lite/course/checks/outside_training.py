"""Lesson 06, exercise C: which wishes lie outside of the training?"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake
from secgan_lite.course.widgets.explorer import unseen

_Rule = Callable[[Tensor, Tensor], Tensor]


def _unseen_case(draws: torch.Generator) -> Case:
    """Differences (B, n) of all kinds, beside labels (B, n).

    Some lie just beyond an end of the range, some just within. Of the last face and of the last
    attribute nothing is to be marked.
    """
    near, far = 0.005 + 0.045 * torch.rand(2, generator=draws)
    ends = torch.stack([near, torch.tensor(0.5), 1 - near, torch.tensor(1.0), 1 + far])
    sizes = torch.cat([ends, torch.tensor([1.5])])
    values = torch.cat([-sizes, torch.zeros(1), sizes])
    kinds = torch.cartesian_prod(values, torch.tensor([0.0, 1.0]))
    kinds = kinds[torch.randperm(len(kinds), generator=draws)]
    low, high = -kinds[:, 1], 1 - kinds[:, 1]
    within = kinds[(low <= kinds[:, 0]) & (kinds[:, 0] <= high)].repeat(2, 1)
    faces = torch.cat([kinds.view(2, 13, 2), within[:2, None]], dim=1)
    faces = torch.cat([faces, within[None, :14]])
    return Case((faces[..., 0].clone(), faces[..., 1] > 0))


def _one_face_outside(draws: torch.Generator) -> Case:
    """Nothing beyond ±1; of the first of two faces everything is to be marked."""
    y_diff = torch.tensor([[0.5, -0.5, 1.0, -1.0, 0.05], [-0.5, 0.5, 0.0, 1.0, -1.0]])
    present = torch.tensor([[1, 0, 1, 0, 1], [1, 0, 1, 0, 1]]) > 0
    order = torch.randperm(5, generator=draws)
    return Case((y_diff[:, order], present[:, order]))


def _few_differences(draws: torch.Generator, faces: int, attributes: int) -> Case:
    values = torch.tensor([-1.5, -1.05, -1, -0.5, -0.05, 0, 0.05, 0.5, 1, 1.05, 1.5])
    y_diff = values[torch.randint(len(values), (faces, attributes), generator=draws)]
    return Case((y_diff, torch.randint(2, y_diff.shape, generator=draws) > 0))


def _beyond(d: Tensor, p: Tensor) -> Tensor:
    return d.abs() > 1


def _there_already(d: Tensor, p: Tensor) -> Tensor:
    return (d > 0) & p


def _not_there(d: Tensor, p: Tensor) -> Tensor:
    return (d < 0) & ~p


def _marked(
    y_diff: Tensor,
    present: Tensor,
    *,
    beyond: _Rule = _beyond,
    added: _Rule = _there_already,
    removed: _Rule = _not_there,
) -> Tensor:
    """Marked is what one of three rules marks, of which some are replaced."""
    return torch.stack([rule(y_diff, present) for rule in (beyond, added, removed)]).any(dim=0)


def _nothing(d: Tensor, p: Tensor) -> Tensor:
    return torch.zeros_like(p)


def _from(least: float) -> dict[str, _Rule]:
    """Rules that mark the wrong direction only from a size on."""
    return {
        "added": lambda d, p: (d >= least) & p,
        "removed": lambda d, p: (d <= -least) & ~p,
    }


_STEPS = (
    "a small value of the wrong sign is not marked: where the label is 1, everything above 0 lies "
    "outside, where it is 0, everything below 0. So a slider at +0.05 counts as well"
)
_HALVES = (
    "+0.5 where the label is 1, and −0.5 where it is 0, are not marked: there the range ends at 0"
)


_FLOAT = "`present` is boolean, and has no minus: `present.float()` holds 0 and 1 instead"

UNSEEN = Exercise(
    unseen,
    _unseen_case,
    {
        "beyond one alone": Mistake(
            partial(_marked, added=_nothing, removed=_nothing),
            "only what lies beyond ±1 is marked. Adding glasses to a face that wears some was "
            "never trained either: there y_diff was 0 or −1",
        ),
        "direction alone": Mistake(
            partial(_marked, beyond=_nothing),
            "what lies beyond ±1 is not marked: training never exaggerated",
        ),
        "additions alone": Mistake(
            partial(_marked, removed=_nothing),
            "taking away what is not there is not marked: a label of 0 never had y_diff = −1",
        ),
        "removals alone": Mistake(
            partial(_marked, added=_nothing),
            "adding what is there already is not marked: a label of 1 never had y_diff = +1",
        ),
        "labels exchanged": Mistake(
            partial(_marked, added=lambda d, p: (d > 0) & ~p, removed=lambda d, p: (d < 0) & p),
            "the labels are exchanged: it marks exactly the edits that training consists of",
        ),
        "one included": Mistake(
            partial(_marked, beyond=lambda d, p: d.abs() >= 1),
            "±1 itself is marked: that is what training used",
        ),
        "ends excluded": Mistake(
            lambda d, p: (d <= -p.float()) | (d >= 1 - p.float()),
            "the ends of the range are marked, 0 and ±1: they are what training used",
        ),
        "absent removals alone": Mistake(
            partial(_marked, added=lambda d, p: (d != 0) & p, removed=_nothing),
            "where the attribute is there, every change is marked, and where it is not, none "
            "within ±1: look at the direction of the change, too",
        ),
        "target exchanged": Mistake(
            lambda d, p: (d - p.float() < 0) | (d - p.float() > 1),
            "it looks whether y_diff − y_src lies between 0 and 1; the target is y_src + y_diff",
        ),
        "in between": Mistake(
            partial(_marked, beyond=lambda d, p: ~torch.isin(d, torch.tensor([-1.0, 0.0, 1.0]))),
            "values between 0 and ±1 are marked. True, training had none; but they lie between "
            "two that it had, and the exercise asks for what lies outside",
        ),
        "small ones in": Mistake(partial(_marked, **_from(0.25)), _STEPS),
        "halves in": Mistake(partial(_marked, **_from(0.75)), f"{_HALVES}. Every size counts"),
        "whole ones alone": Mistake(
            partial(_marked, **_from(1.0)), f"{_HALVES}. Every size counts"
        ),
        "far ones alone": Mistake(
            partial(_marked, beyond=lambda d, p: d.abs() > 1.25),
            "a value just beyond ±1, such as 1.05, is not marked: training never went beyond ±1",
        ),
        "far ones and no small ones": Mistake(
            partial(_marked, beyond=lambda d, p: d.abs() > 1.25, **_from(0.25)),
            f"two things. First, a value just beyond ±1 is not marked. Second, {_STEPS}",
        ),
        "zero included": Mistake(
            partial(_marked, added=lambda d, p: (d >= 0) & p, removed=lambda d, p: (d <= 0) & ~p),
            "0 is marked: training had it on every face, it means no change",
        ),
        "both at once": Mistake(
            lambda d, p: _beyond(d, p) & (_there_already(d, p) | _not_there(d, p)),
            "a value is marked only if two things hold: it lies beyond ±1, and its sign is wrong "
            "for the label. One of them is enough",
        ),
        "one rule of two": Mistake(
            lambda d, p: _beyond(d, p) ^ _there_already(d, p) ^ _not_there(d, p),
            "what breaks two rules at once is not marked, such as 1.5 where the label is 1. "
            "(^ is true if one of two is true, but not both; | takes both)",
        ),
        "upper end alone": Mistake(
            lambda d, p: d > 1 - p.float(),
            "only the upper end of the range is looked at: a value below the lower end lies "
            "outside, too",
        ),
        "lower end alone": Mistake(
            lambda d, p: d < -p.float(),
            "only the lower end of the range is looked at: a value above the upper end lies "
            "outside, too",
        ),
        "size of the target": Mistake(
            lambda d, p: (d + p.float()).abs() > 1,
            "a target y_src + y_diff from −1 to 0 is not marked: targets of the training were 0 "
            "or 1, so what lies below 0 is outside",
        ),
        "whole numbers": Mistake(
            lambda d, p: _marked(d.trunc(), p),
            "marked is only what has the wrong sign and a size of 1 or more. Not marked are "
            "+0.5 where the label is 1, and 1.5 where it is 0. (Is y_diff cut to whole numbers?)",
        ),
        "whole faces": Mistake(
            lambda d, p: _marked(d, p).any(dim=1, keepdim=True).expand_as(p),
            "if one value of a face lies outside, all values of this face are marked: each number "
            "of the result is about its own value",
        ),
        "whole attributes": Mistake(
            lambda d, p: _marked(d, p).any(dim=0, keepdim=True).expand_as(p),
            "if one face's value lies outside, this attribute is marked on all faces: each number "
            "of the result is about its own value",
        ),
        "all that moves": Mistake(
            lambda d, p: d != 0,
            "every change is marked",
        ),
    },
    given="beyond one alone",
    corners=(_one_face_outside,),
    small={
        "one face and one attribute": partial(_few_differences, faces=1, attributes=1),
        "two faces and two attributes": partial(_few_differences, faces=2, attributes=2),
    },
    stops={
        "minus a boolean": Mistake(lambda d, p: d < -p, _FLOAT),
        "one minus a boolean": Mistake(lambda d, p: d > 1 - p, _FLOAT),
        "one truth value": Mistake(
            lambda d, p: _beyond(d, p) or p,
            "`or`, `and`, `not` and `if` want one truth value, and a tensor has many: write |, & "
            "and ~, with each comparison in brackets",
        ),
    },
)

EXERCISES = {"06-unseen": UNSEEN}
