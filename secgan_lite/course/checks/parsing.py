"""The checked exercises of lesson 01: merging 19 parts into 12 segments, and an IoU to repair."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake, distinct

_SEGMENTS = 12


def _logit_case(draws: torch.Generator, *small: int) -> Case:
    """Logits of 19 parts, and to which of the 12 segments each belongs, every time differently."""
    batch, more = (int(n) for n in torch.randint(1, 5, (2,), generator=draws))
    extra = torch.randint(_SEGMENTS, (19 - _SEGMENTS,), generator=draws)
    groups = torch.cat([torch.arange(_SEGMENTS), extra])[torch.randperm(19, generator=draws)]
    if small:
        faces, side = small
        logits = distinct((faces, 19, side, side), draws)
    else:
        logits = 2 * torch.randn(batch, 19, more + 1, more + 1, generator=draws)
    return Case((logits.requires_grad_(True), groups), {"the logits": logits})


def _grouped(x: Tensor, groups: Tensor, join: Callable[[Tensor], Tensor]) -> Tensor:
    return torch.stack([join(x[:, groups == k]) for k in range(_SEGMENTS)], dim=1)


def merge(logits: Tensor, groups: Tensor) -> Tensor:
    """log p of 12 segments: a segment's probability is the sum of its parts' (§3)."""
    return _grouped(logits.log_softmax(dim=1), groups, lambda part: part.logsumexp(dim=1))


def _merged(
    logits: Tensor,
    groups: Tensor,
    *,
    parts: Callable[[Tensor], Tensor] = lambda z: z.softmax(dim=1),
    join: Callable[[Tensor], Tensor] = lambda p: p.sum(dim=1),
    last: Callable[[Tensor], Tensor] = torch.log,
) -> Tensor:
    """The same by way of probabilities, with a step of it replaced."""
    return last(_grouped(parts(logits), groups, join))


def _decided(logits: Tensor, groups: Tensor) -> Tensor:
    """The segment of the likeliest part, one-hot."""
    return F.one_hot(groups[logits.argmax(dim=1)], _SEGMENTS).movedim(-1, 1).float()


MERGE = Exercise(
    merge,
    _logit_case,
    {
        "arg-max first": Mistake(
            _decided,
            "the likeliest part decides alone: its segment gets everything and the others get "
            "nothing. Two lips of 0.3 each are likelier together than skin of 0.4: merge first",
        ),
        "not normalised": Mistake(
            partial(_merged, parts=torch.exp),
            "the probabilities don't add up to 1: bring the logits to log-probabilities over all "
            "19 parts first",
        ),
        "maximum": Mistake(
            partial(_merged, join=lambda p: p.amax(dim=1)),
            "a segment gets the probability of its likeliest part. Two lips of 0.3 each are lips "
            "with 0.6: add them up",
        ),
        "sum of logarithms": Mistake(
            partial(_merged, join=lambda p: p.prod(dim=1)),
            "adding logarithms multiplies probabilities: that is 'upper lip and lower lip', and a "
            "pixel is one or the other. Add probabilities",
        ),
        "mean of logarithms": Mistake(
            partial(_merged, join=lambda p: p.log().mean(dim=1).exp()),
            "the logarithms are averaged. Add the probabilities of the parts, then take the "
            "logarithm",
        ),
        "mean of probabilities": Mistake(
            partial(_merged, join=lambda p: p.mean(dim=1)),
            "the probabilities are averaged, so a segment of two parts loses half of them. Add "
            "them up",
        ),
        "one part alone": Mistake(
            partial(_merged, join=lambda p: p[:, 0]),
            "a segment gets the probability of its first part alone",
        ),
        "no logarithm": Mistake(
            partial(_merged, last=lambda p: p),
            "these are probabilities, and not their logarithms",
        ),
        "logits added": Mistake(
            lambda z, g: _grouped(z, g, lambda part: part.sum(dim=1)).log_softmax(dim=1),
            "the logits are added before the softmax: probabilities add up, logits don't",
        ),
        "along a row": Mistake(
            partial(_merged, parts=lambda z: z.softmax(dim=-1)),
            "the softmax runs along a row of pixels. It belongs over the classes, dim=1",
        ),
        "over faces": Mistake(
            partial(_merged, parts=lambda z: z.softmax(dim=0)),
            "the softmax runs over the faces. It belongs over the classes, dim=1",
        ),
    },
    small={
        "one face of one pixel": lambda draws: _logit_case(draws, 1, 1),
        "one face of 2 × 2 pixels": lambda draws: _logit_case(draws, 1, 2),
        "two faces of 2 × 2 pixels": lambda draws: _logit_case(draws, 2, 2),
    },
)


def _count_case(draws: torch.Generator) -> Case:
    """A confusion matrix (true, found); one segment never occurs, one is never found."""
    counts = torch.randint(1, 50, (_SEGMENTS, _SEGMENTS), generator=draws)
    counts += torch.diag(torch.randint(50, 500, (_SEGMENTS,), generator=draws))
    absent, missed = torch.randperm(_SEGMENTS, generator=draws)[:2].tolist()
    counts[absent], counts[:, absent], counts[:, missed] = 0, 0, 0
    return Case((counts,))


def _few_counts(draws: torch.Generator, occurring: int) -> Case:
    """Only the first segments occur."""
    counts = torch.zeros(_SEGMENTS, _SEGMENTS, dtype=torch.long)
    counts[:occurring, :occurring] = torch.randint(1, 9, (occurring, occurring), generator=draws)
    return Case((counts,))


def iou(counts: Tensor) -> Tensor:
    """Intersection over union of each segment; NaN where a segment is neither there nor found."""
    hits = counts.diagonal().double()
    return hits / (counts.sum(dim=0) + counts.sum(dim=1) - hits)


def _sums(counts: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return counts.diagonal().double(), counts.sum(dim=1), counts.sum(dim=0)


def _ratio(formula):
    return lambda counts: formula(*_sums(counts))


IOU = Exercise(
    iou,
    _count_case,
    {
        "hits counted twice": Mistake(
            _ratio(lambda hits, true, found: hits / (true + found)),
            "the pixels found rightly are in both sums, so the union counts them twice",
        ),
        "Dice": Mistake(
            _ratio(lambda hits, true, found: 2 * hits / (true + found)),
            "this is the Dice coefficient, a relative that is never smaller. Divide the hits by "
            "the union",
        ),
        "recall": Mistake(
            _ratio(lambda hits, true, found: hits / true),
            "this is recall: it forgives every pixel that was found where it is not. A parser "
            "that calls everything hair would have a perfect hair",
        ),
        "precision": Mistake(
            _ratio(lambda hits, true, found: hits / found),
            "this is precision: it forgives every pixel that was missed",
        ),
        "share of all pixels": Mistake(
            lambda counts: counts.diagonal().double() / counts.sum(),
            "the hits are divided by all pixels: big segments would win whatever P does",
        ),
        "absent is zero": Mistake(
            lambda counts: iou(counts).nan_to_num(0.0),
            "a segment that neither occurs nor is found counts as a failure. Nothing was asked and "
            "nothing answered: leave it NaN",
        ),
        "absent is one": Mistake(
            lambda counts: iou(counts).nan_to_num(1.0),
            "a segment that neither occurs nor is found counts as a success. Nothing was asked and "
            "nothing answered: leave it NaN",
        ),
        "accuracy": Mistake(
            lambda counts: counts.diagonal().double().sum() / counts.sum(),
            "this is one number, the pixel accuracy. One IoU for each segment is asked",
        ),
    },
    given="hits counted twice",
    small={
        "one segment": partial(_few_counts, occurring=1),
        "two segments": partial(_few_counts, occurring=2),
    },
)

EXERCISES = {"01-merge": MERGE, "01-iou": IOU}
