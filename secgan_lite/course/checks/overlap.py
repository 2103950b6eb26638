"""Lesson 01, exercise B: intersection over union, from a confusion matrix."""

from functools import partial

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake
from secgan_lite.segments import SEGMENTS

_SEGMENTS = len(SEGMENTS)


def _count_case(draws: torch.Generator) -> Case:
    """A confusion matrix (true, found).

    One segment never occurs, one is never found, one is found where it is not, one is perfect.
    """
    counts = torch.randint(1, 50, (_SEGMENTS, _SEGMENTS), generator=draws)
    counts += torch.diag(torch.randint(50, 500, (_SEGMENTS,), generator=draws))
    absent, missed, imagined, perfect = torch.randperm(_SEGMENTS, generator=draws)[:4].tolist()
    hits = counts[perfect, perfect].item()
    for none in (absent, perfect):
        counts[none], counts[:, none] = 0, 0
    counts[:, missed], counts[imagined], counts[perfect, perfect] = 0, 0, hits
    return Case((counts,))


def _many_counts(draws: torch.Generator) -> Case:
    """As many pixels as in the lesson: more than half precision can hold."""
    return Case((_count_case(draws).arguments[0] * 1500,))


def _few_counts(draws: torch.Generator, occurring: int) -> Case:
    """Only the first segments occur."""
    counts = torch.zeros(_SEGMENTS, _SEGMENTS, dtype=torch.long)
    counts[:occurring, :occurring] = torch.randint(1, 9, (occurring, occurring), generator=draws)
    return Case((counts,))


def _imagined(draws: torch.Generator) -> Case:
    """One segment occurs, and another is found in its place."""
    (counts,) = _few_counts(draws, 2).arguments
    counts[1] = 0
    return Case((counts,))


def _missed(draws: torch.Generator) -> Case:
    """Two segments occur, and one of them is never found."""
    (counts,) = _imagined(draws).arguments
    return Case((counts.T.contiguous(),))


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
    corners=(_many_counts,),
    mistakes={
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
        "imagined is absent": Mistake(
            lambda counts: iou(counts).where(counts.sum(dim=1) > 0, torch.nan),
            "a segment that is found where it is not gets NaN. It was found, and all of it is "
            "wrong: that is 0. NaN is for one that is neither there nor found",
        ),
        "missed is absent": Mistake(
            lambda counts: iou(counts).where(counts.diagonal() > 0, torch.nan),
            "a segment that is there and was never found rightly gets NaN. That is 0: P was asked "
            "and failed. NaN is for a segment that is neither there nor found",
        ),
        "never found is absent": Mistake(
            lambda counts: iou(counts).where(counts.sum(dim=0) > 0, torch.nan),
            "a segment that is there and that P never names gets NaN. That is 0: P was asked and "
            "failed. NaN is for a segment that is neither there nor found",
        ),
        "smaller of precision and recall": Mistake(
            _ratio(lambda hits, true, found: torch.minimum(hits / true, hits / found)),
            "this is the smaller of precision and recall, as if the union were the larger of the "
            "two sets. The union holds the pixels that are in at least one of them",
        ),
        "larger set for union": Mistake(
            _ratio(lambda hits, true, found: hits / torch.maximum(true, found)),
            "the larger of the two sets stands for the union. The union holds the pixels that are "
            "in at least one of them",
        ),
        "rows twice": Mistake(
            _ratio(lambda hits, true, found: hits / (2 * true - hits)),
            "both sums run along the rows, so what was found never enters the union. A column "
            "counts what was found: one sum needs dim=0",
        ),
        "columns twice": Mistake(
            _ratio(lambda hits, true, found: hits / (2 * found - hits)),
            "both sums run along the columns, so what is there never enters the union. A row "
            "counts what is there: one sum needs dim=1",
        ),
        "cut to whole numbers": Mistake(
            _ratio(lambda hits, true, found: hits // (true + found - hits)),
            "every share below 1 has become 0: `//` drops what is behind the point. Divide with "
            "`/`",
        ),
        "union without hits": Mistake(
            _ratio(lambda hits, true, found: hits / (true + found - 2 * hits)),
            "the hits are taken from the union twice, so they are missing in it",
        ),
        "right about absence": Mistake(
            lambda counts: _ratio(lambda hits, t, f: 1 - (t + f - 2 * hits) / counts.sum())(counts),
            "pixels count that are rightly *not* called by this name. For a small segment these "
            "are nearly all: IoU leaves them out",
        ),
        "half precision": Mistake(
            lambda counts: (
                counts.diagonal().half()
                / (counts.sum(dim=0) + counts.sum(dim=1) - counts.diagonal().half())
            ),
            "these are numbers of half precision, which end at 65,504. A segment may have more "
            "pixels: use `float()`",
        ),
        "F1": Mistake(
            _ratio(lambda hits, true, found: 2 / (true / hits + found / hits)),
            "this is F1, the harmonic mean of precision and recall. Divide the hits by the union",
        ),
        "geometric mean": Mistake(
            _ratio(lambda hits, true, found: hits / (true * found).sqrt()),
            "this is the geometric mean of precision and recall. Divide the hits by the union",
        ),
        "precision times recall": Mistake(
            _ratio(lambda hits, true, found: (hits / true) * (hits / found)),
            "this is precision times recall. Divide the hits by the union",
        ),
        "mean of precision and recall": Mistake(
            _ratio(lambda hits, true, found: (hits / true + hits / found) / 2),
            "this is the mean of precision and recall. Divide the hits by the union",
        ),
        "larger of precision and recall": Mistake(
            _ratio(lambda hits, true, found: torch.maximum(hits / true, hits / found)),
            "this is the larger of precision and recall: the hits over the smaller set. Divide "
            "by the union",
        ),
        "product for union": Mistake(
            _ratio(lambda hits, true, found: hits / (true * found)),
            "the two sets are multiplied. The union holds the pixels that are in at least one of "
            "them: add, and take off what was counted twice",
        ),
        "share of the hits": Mistake(
            lambda counts: counts.diagonal().double() / counts.diagonal().sum(),
            "the hits of a segment are divided by the hits of all. Divide them by the union of "
            "this segment",
        ),
        "faults of all": Mistake(
            lambda counts: _ratio(lambda h, t, f: h / (h + counts.sum() - counts.trace()))(counts),
            "each segment pays for the faults of all. In its union are only the pixels that are "
            "it or were found to be it",
        ),
        "rounded": Mistake(
            lambda counts: iou(counts).round(),
            "the shares are rounded to 0 and 1. Return them as they are",
        ),
        "absent left out": Mistake(
            lambda counts: iou(counts)[~iou(counts).isnan()],
            "segments that are neither there nor found are left out, so the others move to wrong "
            "places. Leave them NaN",
        ),
        "whole matrix": Mistake(
            lambda counts: counts / (counts.sum(dim=0) + counts.sum(dim=1) - counts),
            "the whole matrix is divided. The hits are on its diagonal: counts.diagonal()",
        ),
        "accuracy": Mistake(
            lambda counts: counts.diagonal().double().sum() / counts.sum(),
            "this is one number, the pixel accuracy. One IoU for each segment is asked",
        ),
    },
    small={
        "one segment": partial(_few_counts, occurring=1),
        "two segments": partial(_few_counts, occurring=2),
        "a segment that is found and never there": _imagined,
        "a segment that is there and never found": _missed,
    },
    stops={
        "whole numbers": Mistake(
            lambda counts: (
                counts.diagonal() // (counts.sum(dim=0) + counts.sum(dim=1) - counts.diagonal())
            ),
            "`//` divides whole numbers: it drops what is behind the point, and 0 // 0 is an "
            "error. Divide with `/`",
        ),
    },
)

EXERCISES = {"01-iou": IOU}
