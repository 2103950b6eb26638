"""Lesson 08's exercise A: how far a flip drags its partner along."""

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
        "removals missing": Mistake(
            partial(drag, sign=lambda had: had - 1),
            "faces whose label was 1 count nothing: the sign is 2 · had − 1",
        ),
        "removals missing, backwards": Mistake(
            partial(drag, sign=lambda had: 1 - had),
            "faces whose label was 1 count nothing, and the others have the wrong sign: it is "
            "2 · had − 1",
        ),
        "signs apart": Mistake(
            lambda e, t, had: (2 * had - 1).mean() * _moved(e, t).mean(),
            "the mean of the signs is multiplied by the mean of the changes. Sign each face first, "
            "then take one mean",
        ),
        "agreement": Mistake(
            partial(drag, moved=lambda e, t: ((e > 0) == (t > 0)).double()),
            "faces count on which edit and true edit *agree*. Those count 0: subtract what the "
            "judge says of the true edit",
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
        "threshold of the edit": Mistake(
            partial(drag, moved=lambda e, t: (e > 0.5).double() - (t > 0).double()),
            "the edit's logit is compared with 0.5. A probability of 0.5 is a logit of 0",
        ),
        "threshold of the truth": Mistake(
            partial(drag, moved=lambda e, t: (e > 0).double() - (t > 0.5).double()),
            "the true edit's logit is compared with 0.5. A probability of 0.5 is a logit of 0",
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
        "positive part": Mistake(
            partial(drag, moved=lambda e, t: e.relu() - t.relu()),
            "the logits' positive parts are subtracted. The drag counts faces: what the judge "
            "*says*, a logit above 0",
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

EXERCISES = {"08-drag": DRAG}
