"""Lesson 08's exercise B: a mix of faces in which all combinations of two labels weigh the same."""

from functools import partial

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake


def _labels_case(draws: torch.Generator) -> Case:
    """Two labels (n,) that mostly agree, with all four combinations."""
    n = int(torch.randint(24, 40, (), generator=draws))
    a = (torch.rand(n, generator=draws) < 0.4).double()
    b = torch.where(torch.rand(n, generator=draws) < 0.8, a, 1 - a)
    a[:4], b[:4] = torch.tensor([0.0, 0, 1, 1]), torch.tensor([0.0, 1, 0, 1])
    return Case((a, b), {}, {"faces": n})


def _few_labels(draws: torch.Generator, more: int) -> Case:
    a, b = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]] + [[1.0, 1]] * more).T.double()
    return Case((a, b))


def _cell(a: Tensor, b: Tensor) -> Tensor:
    """The combination of each face (n,), from 0 to 3."""
    return (2 * a + b).long()


def _cells(a: Tensor, b: Tensor) -> Tensor:
    """How many faces have the same two labels as each face (n,)."""
    cell = _cell(a, b)
    return torch.bincount(cell, minlength=4)[cell].double()


def _alone(a: Tensor) -> Tensor:
    """How many faces have the same label as each face (n,)."""
    return torch.bincount(a.long(), minlength=2)[a.long()].double()


def _alike(name: Tensor) -> Tensor:
    """How many faces have the same whole number as each face (n,)."""
    return torch.bincount(name.long())[name.long()].double()


def mix(a: Tensor, b: Tensor) -> Tensor:
    """How often each face is drawn, as shares (n,): all four combinations weigh the same."""
    return 1 / (4 * _cells(a, b))


MIX = Exercise(
    mix,
    _labels_case,
    {
        "alike": Mistake(
            lambda a, b: torch.full_like(a, 1 / len(a)),
            "every face weighs the same, so the mix is the one that confounds",
        ),
        "more of the common": Mistake(
            lambda a, b: _cells(a, b) / _cells(a, b).sum(),
            "common combinations weigh more. The rare ones should: divide by the count",
        ),
        "counts": Mistake(
            _cells,
            "these are the counts, how many faces are like each face. Divide 1 by them, and by 4",
        ),
        "not shares": Mistake(
            lambda a, b: 1 / _cells(a, b),
            "the weights add up to 4, one for each combination: divide by how many there are",
        ),
        "times four": Mistake(
            lambda a, b: 4 / _cells(a, b),
            "it is multiplied by 4, and the weights add up to 16. Each combination shall weigh "
            "1/4: divide by 4",
        ),
        "two labels": Mistake(
            lambda a, b: 1 / (2 * _cells(a, b)),
            "the weights add up to 2, as if there were two combinations and not four. Shares add "
            "up to 1",
        ),
        "n over counts": Mistake(
            lambda a, b: len(a) / _cells(a, b),
            "it is 1 divided by how frequent each combination is, so the weights add up to 4 n. "
            "Divide by 4 and by n",
        ),
        "unit length": Mistake(
            lambda a, b: (w := 1 / _cells(a, b)) / w.norm(),
            "the *squares* add up to 1. The shares themselves should: divide by the sum, not by "
            "the norm",
        ),
        "one label": Mistake(
            lambda a, b: 1 / (2 * _alone(a)),
            "the first label is balanced, and the pair is as confounded as before: count "
            "*combinations*",
        ),
        "the other label": Mistake(
            lambda a, b: 1 / (2 * _alone(b)),
            "the second label is balanced, and the pair is as confounded as before: count "
            "*combinations*",
        ),
        "label by label": Mistake(
            lambda a, b: (w := 1 / (_alone(a) * _alone(b))) / w.sum(),
            "each label is balanced by itself. Two balanced labels can still go together: count "
            "*combinations*",
        ),
        "label by label, no shares": Mistake(
            lambda a, b: 1 / (_alone(a) * _alone(b)),
            "each label is counted by itself. Two balanced labels can still go together: count "
            "*combinations*, and let the shares add up to 1",
        ),
        "rare alone": Mistake(
            lambda a, b: (w := (a != b).double()) / w.sum(),
            "only faces whose labels differ are left. Now the pair is confounded the other way "
            "round",
        ),
        "halfway": Mistake(
            lambda a, b: (w := _cells(a, b) ** -0.5) / w.sum(),
            "the root of the count balances half of the way: common combinations still weigh more",
        ),
        "shares kept": Mistake(
            lambda a, b: _alone(a) * _alone(b) / (len(a) ** 2 * _cells(a, b)),
            "the labels are independent now, and each as frequent as before. That is a good mix, "
            "but the goal is that all four combinations weigh the same",
        ),
        "only both": Mistake(
            lambda a, b: (w := 1 / _alone(a * b)) / w.sum(),
            "only two groups are told apart: both labels 1, or not. There are four combinations",
        ),
        "agree or not": Mistake(
            lambda a, b: 1 / (2 * _alike(a != b)),
            "only two groups are told apart: labels that agree, or not. There are four "
            "combinations",
        ),
        "labels added": Mistake(
            lambda a, b: 1 / (3 * _alike(a + b)),
            "0 + 1 and 1 + 0 are one number and two combinations: `2 * a + b` tells them apart",
        ),
        "rare alone, balanced": Mistake(
            lambda a, b: (w := (a != b) / _cells(a, b)) / w.sum(),
            "only faces whose labels differ are left. All four combinations shall be drawn",
        ),
        "share of its kind": Mistake(
            lambda a, b: _cells(a, b) / len(a),
            "it says how frequent each face's combination is. Common ones weigh more so, and the "
            "rare ones should: divide by the count",
        ),
        "softmax": Mistake(
            lambda a, b: (-_cells(a, b)).softmax(0),
            "a soft-max falls exponentially with the count. Only 1 divided by the count makes the "
            "combinations equal",
        ),
        "a quarter each": Mistake(
            lambda a, b: torch.full_like(a, 0.25),
            "a quarter is the share of a whole combination. Its faces divide it among them",
        ),
        "by combination": Mistake(
            lambda a, b: 1 / (4 * torch.bincount((2 * a + b).long(), minlength=4).double()),
            "there is one share for each combination. Each face needs its own: index them by "
            "`cell`",
        ),
        "numbers as weights": Mistake(
            lambda a, b: (2 * a + b) / (2 * a + b).sum(),
            "the number of a combination is its name, not its weight: count the faces that share "
            "it",
        ),
        "by all faces": Mistake(
            lambda a, b: 1 / (len(a) * _cells(a, b)),
            "it is divided by the number of faces in place of the number of combinations, 4",
        ),
        "n times": Mistake(
            lambda a, b: len(a) / (4 * _cells(a, b)),
            "the weights add up to n, as the class weights of a loss do. Shares add up to 1: "
            "leave out n",
        ),
        "squared": Mistake(
            lambda a, b: (w := _cells(a, b) ** -2) / w.sum(),
            "the square of the count goes too far: now the rarest combination weighs most. Divide "
            "by the count once",
        ),
        "squared, no shares": Mistake(
            lambda a, b: _cells(a, b) ** -2,
            "it is 1 / count², so the rarest combination weighs most, and the weights do not add "
            "up to 1. Divide 1 by the count once, and by 4",
        ),
        "one minus share": Mistake(
            lambda a, b: (w := 1 - _cells(a, b) / len(a)) / w.sum(),
            "1 minus a share is no inverse: common combinations still weigh more in all. Divide 1 "
            "by the count",
        ),
        "one minus share, no shares": Mistake(
            lambda a, b: 1 - _cells(a, b) / len(a),
            "it says how many faces are *not* of this combination. Divide 1 by the count, and by "
            "the number of combinations",
        ),
        "below the largest": Mistake(
            lambda a, b: (w := _cells(a, b).max() - _cells(a, b)) / w.sum(),
            "the largest count minus the count leaves the commonest combination out. Divide 1 by "
            "the count",
        ),
        "mean of two": Mistake(
            lambda a, b: (1 / _alone(a) + 1 / _alone(b)) / 4,
            "each label is balanced by itself, and the mean of both is taken. Two balanced labels "
            "can still go together: count *combinations*",
        ),
        "softmax of 1/n": Mistake(
            lambda a, b: (1 / _cells(a, b)).softmax(0),
            "the soft-max of small numbers is nearly the same for all faces. Divide 1 / count by a "
            "sum, without an exponential",
        ),
        "counts of a": Mistake(
            lambda a, b: 1 / (4 * torch.bincount(_cell(a, b), minlength=4)[a.long()].double()),
            "the counts are indexed by `a`, which is 0 or 1. Index them by `cell`, from 0 to 3",
        ),
        "counts of b": Mistake(
            lambda a, b: 1 / (4 * torch.bincount(_cell(a, b), minlength=4)[b.long()].double()),
            "the counts are indexed by `b`, which is 0 or 1. Index them by `cell`, from 0 to 3",
        ),
        "two numberings": Mistake(
            lambda a, b: 1 / (4 * torch.bincount(_cell(b, a), minlength=4)[_cell(a, b)].double()),
            "combinations are counted by one number and looked up by another: use `2 * a + b` in "
            "both places",
        ),
        "sum over combinations": Mistake(
            lambda a, b: (
                1 / _cells(a, b) / (1 / torch.bincount(_cell(a, b), minlength=4).double()).sum()
            ),
            "it is divided by a sum over the four combinations. Shares add up to 1 over all "
            "*faces*",
        ),
        "whole numbers": Mistake(
            lambda a, b: 1 // (4 * _cells(a, b)),
            "each share is 0. Is it divided by `//`? That drops the fraction; `/` keeps it",
        ),
        "largest is 1": Mistake(
            lambda a, b: _cells(a, b).min() / _cells(a, b),
            "the largest weight is 1. Shares add up to 1: divide by their sum",
        ),
        "rarest alone": Mistake(
            lambda a, b: (w := (_cells(a, b) == _cells(a, b).min()).double()) / w.sum(),
            "only faces of the rarest combination are left. All four combinations shall be drawn",
        ),
    },
    stops={
        "counted fractions": Mistake(
            lambda a, b: torch.bincount(2 * a + b, minlength=4),
            "Combinations are counted by whole numbers: `(2 * a + b).long()`",
        ),
        "fractions as places": Mistake(
            lambda a, b: torch.zeros(4)[2 * a + b],
            "Places are whole numbers: `(2 * a + b).long()`",
        ),
    },
    small={
        "a face of each kind": partial(_few_labels, more=0),
        "one kind twice": partial(_few_labels, more=1),
        "one kind three times": partial(_few_labels, more=2),
    },
)

EXERCISES = {"08-mix": MIX}
