"""Lesson 08's checked exercises: a drag, a mix of faces, a detector that is too good."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake, distinct


def _logits_case(draws: torch.Generator) -> Case:
    """Logits of the partner in edits and in true edits, some of them small, and labels."""
    n = int(torch.randint(9, 15, (), generator=draws))
    edited, true = (2 * torch.randn(n, generator=draws, dtype=torch.double) for _ in range(2))
    edited[:3], true[:3] = torch.tensor([0.3, -0.4, 0.2]), torch.tensor([-1.0, 0.4, -0.3])
    had = (torch.rand(n, generator=draws) < 0.6).double()
    had[:3] = torch.tensor([1.0, 0.0, 0.0])
    return Case((edited, true, had), {}, {"faces": n})


def _few_logits(draws: torch.Generator, faces: int) -> Case:
    edited, true = (distinct((faces,), draws).double() for _ in range(2))
    return Case((edited, true, torch.arange(1, 1 + faces).remainder(2).double()))


def _moved(edited: Tensor, true: Tensor) -> Tensor:
    return (edited > 0).double() - (true > 0).double()


def drag(
    edited: Tensor,
    true: Tensor,
    had: Tensor,
    *,
    sign: Callable[[Tensor], Tensor] = lambda had: 2 * had - 1,
    moved: Callable[[Tensor, Tensor], Tensor] = _moved,
    join: Callable[[Tensor], Tensor] = torch.mean,
) -> Tensor:
    """Mean of ± (partner seen in the edit − in the true edit), + where the label was 1.

    Args:
        edited, true: the judge's logits of the partner (n,).
        had: the flipped label before the flip (n,).
        sign, moved, join: its steps; mistakes have others.
    """
    return join(sign(had) * moved(edited, true))


DRAG = Exercise(
    drag,
    _logits_case,
    {
        "no direction": Mistake(
            partial(drag, sign=torch.ones_like),
            "the direction is missing. Flips go both ways, so a real drag cancels in the mean: "
            "multiply by + 1 where the label was 1, by − 1 where it was 0",
        ),
        "any change": Mistake(
            partial(drag, sign=torch.ones_like, moved=lambda e, t: ((e > 0) ^ (t > 0)).double()),
            "every change of the partner counts, also one *against* the confounding. A noisy "
            "editor would seem to drag: keep the sign",
        ),
        "backwards": Mistake(
            partial(drag, sign=lambda had: 1 - 2 * had),
            "the sign is reversed. The partners are opposites: where the flipped label was 1, a "
            "dragged partner goes *up*",
        ),
        "additions missing": Mistake(
            partial(drag, sign=lambda had: had),
            "`had` is 0 or 1, so faces whose label was 0 count nothing: the sign is 2 · had − 1",
        ),
        "logits": Mistake(
            partial(drag, moved=lambda e, t: e - t),
            "logits are subtracted. The drag counts faces: what the judge *says*, a logit above 0",
        ),
        "probabilities": Mistake(
            partial(drag, moved=lambda e, t: e.sigmoid() - t.sigmoid()),
            "probabilities are subtracted. The drag counts faces: what the judge *says*, a logit "
            "above 0",
        ),
        "sigmoid above 0": Mistake(
            partial(drag, moved=lambda e, t: 0 * e),
            "the result is always 0. Is the mean rounded? Or a sigmoid compared with 0? That is "
            "always above 0: compare the logit with 0",
        ),
        "threshold": Mistake(
            partial(drag, moved=lambda e, t: (e > 0.5).double() - (t > 0.5).double()),
            "logits are compared with 0.5. A probability of 0.5 is a logit of 0",
        ),
        "truth forgotten": Mistake(
            partial(drag, moved=lambda e, t: (e > 0).double()),
            "the true edit is not subtracted: whoever has the partner anyway counts as dragged",
        ),
        "truth first": Mistake(
            partial(
                drag, sign=torch.ones_like, moved=lambda e, t: (t > 0).double() - (e > 0).double()
            ),
            "edit and true edit are exchanged, and the direction is missing",
        ),
        "sum": Mistake(
            partial(drag, join=torch.sum),
            "the faces are added up. A share is wanted: their mean",
        ),
        "two means": Mistake(
            lambda e, t, had: (m := _moved(e, t))[had == 1].mean() - m[had == 0].mean(),
            "each direction has a mean of its own, and their difference is taken: a group of few "
            "faces weighs as much as one of many, and an empty one gives nan. Sign each face "
            "first, then take one mean over all",
        ),
        "those that moved": Mistake(
            lambda e, t, had: (m := (2 * had - 1) * _moved(e, t))[m != 0].mean(),
            "the mean runs over the faces that moved. Those that stayed count too, as 0",
        ),
        "by those that had it": Mistake(
            lambda e, t, had: ((2 * had - 1) * _moved(e, t)).sum() / had.sum(),
            "it is divided by the number of faces whose label was 1. All n faces count",
        ),
        "no way back": Mistake(
            partial(drag, moved=lambda e, t: _moved(e, t).abs()),
            "the change has no direction: + 1 where the partner came, − 1 where it *went*. An "
            "absolute value or a comparison with ≠ forgets which",
        ),
        "growth": Mistake(
            partial(drag, moved=lambda e, t: (e - t).sign()),
            "it asks whether the logit grew. The drag asks whether what the judge *says* has "
            "changed: compare each logit with 0, then subtract",
        ),
        "growth alone": Mistake(
            partial(drag, moved=lambda e, t: (e > t).double()),
            "edit and true edit are compared with each other. Compare each of them with 0, which "
            "is what the judge *says*, then subtract",
        ),
        "squeezed": Mistake(
            partial(drag, moved=lambda e, t: e.tanh() - t.tanh()),
            "squeezed logits are subtracted. The drag counts faces: what the judge *says*, a logit "
            "above 0",
        ),
        "label as truth": Mistake(
            lambda e, t, had: ((2 * had - 1) * ((e > 0).double() - (1 - had))).mean(),
            "the opposite of the flipped label stands in place of the true edit. On free faces it "
            "is not the partner: ask the judge, `true > 0`",
        ),
        "dragged alone": Mistake(
            partial(drag, join=lambda each: each.clamp(min=0).mean()),
            "faces that moved against the confounding are dropped. Each counts − 1: an edit that "
            "moves as many against as along drags nothing",
        ),
        "new partners": Mistake(
            partial(drag, moved=lambda e, t: ((e > 0) & (t <= 0)).double()),
            "only partners that *came* count. Those that went count too: − 1, before the sign",
        ),
        "lost partners": Mistake(
            partial(drag, moved=lambda e, t: -((e <= 0) & (t > 0)).double()),
            "only partners that *went* count. Those that came count too: + 1, before the sign",
        ),
        "where it was 1": Mistake(
            lambda e, t, had: _moved(e, t)[had == 1].mean(),
            "only faces whose label was 1 are asked. Those whose label was 0 count too, with the "
            "sign − 1",
        ),
        "where it was 0": Mistake(
            lambda e, t, had: -_moved(e, t)[had == 0].mean(),
            "only faces whose label was 0 are asked. Those whose label was 1 count too, with the "
            "sign + 1",
        ),
        "share that moved along": Mistake(
            lambda e, t, had: (m := (2 * had - 1) * _moved(e, t))[m > 0].sum() / (m != 0).sum(),
            "it is a share of the faces that *moved*. Wanted is a mean over all faces, of + 1, 0 "
            "and − 1",
        ),
        "median": Mistake(
            partial(drag, join=torch.median),
            "a whole number comes back, and a share is wanted. Is it the median, the middle face, "
            "which mostly did not move? Or does `//` drop the fraction? Take the mean, with `/`",
        ),
        "signs": Mistake(
            partial(drag, moved=lambda e, t: e.sign() - t.sign()),
            "it is twice the drag. Is it a difference of signs? They are − 1 or + 1, so each face "
            "that moved counts twice; `> 0` is 0 or 1",
        ),
    },
    stops={
        "booleans": Mistake(
            lambda e, t, had: ((2 * had - 1) * ((e > 0) - (t > 0))).mean(),
            "What the judge says is a boolean: `.float()` makes it 0 or 1",
        ),
    },
    small={
        "one face": partial(_few_logits, faces=1),
        "two faces": partial(_few_logits, faces=2),
        "three faces": partial(_few_logits, faces=3),
    },
)


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


def _files_case(draws: torch.Generator) -> Case:
    """Two stacks of images, and a way to save them that leaves a trace."""
    n, m = (int(torch.randint(2, 5, (), generator=draws)) for _ in range(2))
    step = 0.2 + 0.2 * torch.rand((), generator=draws).item()

    def save(images: Tensor) -> Tensor:
        """It leaves a trace each time, as JPEG does."""
        return 0.8 * images + 0.2 * (images / step).round() * step + 0.03

    edited, untouched = (
        2 * torch.rand(k, 3, 4, 4, generator=draws, dtype=torch.double) - 1 for k in (n, m + 5)
    )
    return Case((edited, untouched, save), {}, {})


def same_files(edited: Tensor, untouched: Tensor, save: Callable[[Tensor], Tensor]) -> tuple:
    """Training images of a detector, both kinds saved in the same way."""
    return save(edited), save(untouched)


SAVED = Exercise(
    same_files,
    _files_case,
    {
        "untouched alone": Mistake(
            lambda edited, untouched, save: (edited, save(untouched)),
            "the edits are not saved. Where one kind is PNG and the other JPEG, the detector "
            "learns the file format",
        ),
        "edits alone": Mistake(
            lambda edited, untouched, save: (save(edited), untouched),
            "the untouched faces are not saved. Where one kind is JPEG and the other PNG, the "
            "detector learns the file format, now the other way round",
        ),
        "neither": Mistake(
            lambda edited, untouched, save: (edited, untouched),
            "the formats agree, but no training image is a JPEG, and what the detector will be "
            "asked about is one",
        ),
        "half of each": Mistake(
            lambda edited, untouched, save: tuple(
                torch.cat([save(i[: len(i) // 2]), i[len(i) // 2 :]]) for i in (edited, untouched)
            ),
            "one half is saved, the other is not. On the web every picture is a JPEG: save all",
        ),
        "edits twice": Mistake(
            lambda edited, untouched, save: (save(save(edited)), save(untouched)),
            "edits are saved twice: how often a file was saved leaves a trace, too",
        ),
        "untouched twice": Mistake(
            lambda edited, untouched, save: (save(edited), save(save(untouched))),
            "untouched faces are saved twice: how often a file was saved leaves a trace, too",
        ),
        "exchanged": Mistake(
            lambda edited, untouched, save: (save(untouched), save(edited)),
            "the two came back in the other order: the detector would call edits untouched",
        ),
        "edits for both": Mistake(
            lambda edited, untouched, save: (save(edited), save(edited)),
            "both results are the edits: nothing is left to tell apart",
        ),
        "both formats": Mistake(
            lambda edited, untouched, save: tuple(
                torch.cat([images, save(images)]) for images in (edited, untouched)
            ),
            "images come in both formats. Where both kinds do, the format tells nothing; "
            "but the goal is images as the web has them: JPEG alone",
        ),
        "what is lost": Mistake(
            lambda edited, untouched, save: (edited - save(edited), untouched - save(untouched)),
            "what came back is what `save` takes away. The saved images themselves are wanted",
        ),
        "both twice": Mistake(
            lambda edited, untouched, save: (save(save(edited)), save(save(untouched))),
            "both kinds are saved twice. They agree so, but a picture of the web may be saved once "
            "only: once is enough",
        ),
        "all three times": Mistake(
            lambda edited, untouched, save: tuple(save(save(save(i))) for i in (edited, untouched)),
            "images are saved three times. Once is enough, and both kinds equally often",
        ),
        "half saved": Mistake(
            lambda edited, untouched, save: tuple((i + save(i)) / 2 for i in (edited, untouched)),
            "each image is mixed with its file. The web has files alone: return what `save` gives",
        ),
        "edits half saved": Mistake(
            lambda edited, untouched, save: ((edited + save(edited)) / 2, save(untouched)),
            "edits are mixed with their files, so their trace is weaker than that of untouched "
            "faces. Return what `save` gives, for both",
        ),
        "untouched half saved": Mistake(
            lambda edited, untouched, save: (save(edited), (untouched + save(untouched)) / 2),
            "untouched faces are mixed with their files, so their trace is weaker than that of "
            "edits. Return what `save` gives, for both",
        ),
        "exchanged, edits saved": Mistake(
            lambda edited, untouched, save: (untouched, save(edited)),
            "the two came back in the other order, and untouched faces are not saved",
        ),
        "exchanged, untouched saved": Mistake(
            lambda edited, untouched, save: (save(untouched), edited),
            "the two came back in the other order, and edits are not saved",
        ),
        "exchanged, none saved": Mistake(
            lambda edited, untouched, save: (untouched, edited),
            "the two came back in the other order, and neither is saved",
        ),
        "untouched for both": Mistake(
            lambda edited, untouched, save: (save(untouched), save(untouched)),
            "both results are the untouched faces: nothing is left to tell apart",
        ),
    },
    given="untouched alone",
    results=("the edits", "the untouched faces"),
)

EXERCISES = {"08-drag": DRAG, "08-mix": MIX, "08-saved": SAVED}
