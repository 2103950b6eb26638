"""Lesson 01, exercise A1: from 19 parts to 12 segments."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake, distinct
from secgan_lite.segments import SEGMENTS

_SEGMENTS = len(SEGMENTS)


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
        "within a segment": Mistake(
            lambda z, g: _grouped(z, g, lambda part: part.softmax(dim=1).sum(dim=1)).log(),
            "the softmax runs over the parts of one segment alone, so each segment gets 1, whose "
            "logarithm is 0. The 19 parts of a pixel compete: take it before you pick them",
        ),
        "groups as an index": Mistake(
            lambda z, g: z.log_softmax(dim=1)[:, g],
            "`groups` itself is used as an index, so 19 channels come back. The parts of segment k "
            "are where `groups == k`",
        ),
        "one part alone": Mistake(
            partial(_merged, join=lambda p: p[:, 0]),
            "a segment gets the probability of its first part alone",
        ),
        "last part alone": Mistake(
            partial(_merged, join=lambda p: p[:, -1]),
            "a segment gets the probability of its last part alone, as if each part overwrote the "
            "one before it. Add them up",
        ),
        "sigmoid": Mistake(
            partial(_merged, parts=torch.sigmoid),
            "a sigmoid looks at each part alone, so the 19 numbers don't add up to 1. The parts of "
            "a pixel compete: softmax",
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
        "along a column": Mistake(
            partial(_merged, parts=lambda z: z.softmax(dim=2)),
            "the softmax runs along a column of pixels. It belongs over the classes, dim=1",
        ),
        "over faces": Mistake(
            partial(_merged, parts=lambda z: z.softmax(dim=0)),
            "the softmax runs over the faces. It belongs over the classes, dim=1",
        ),
        "base two": Mistake(
            partial(_merged, last=torch.log2),
            "these are logarithms to the base 2. The natural logarithm is wanted",
        ),
        "first twelve parts": Mistake(
            lambda z, g: z.log_softmax(dim=1)[:, :_SEGMENTS],
            "the first twelve parts come back as if they were the segments. `groups` says which "
            "parts belong to which segment: add those up",
        ),
        "logsumexp of probabilities": Mistake(
            partial(_merged, join=lambda p: p.logsumexp(dim=1), last=lambda p: p),
            "`logsumexp` gets probabilities. It takes the exponential itself, so it needs their "
            "logarithms: log_softmax instead of softmax",
        ),
        "one added": Mistake(
            partial(_merged, last=torch.log1p),
            "`log1p` is the logarithm of 1 + p. The logarithm of p is wanted",
        ),
        "joined along the faces": Mistake(
            lambda z, g: torch.cat(
                [z.softmax(dim=1)[:, g == k].sum(dim=1) for k in range(12)]
            ).log(),
            "`torch.cat` lays the 12 segments along the axis of the faces. `torch.stack(…, dim=1)` "
            "makes a new axis for them",
        ),
        "joined along the rows": Mistake(
            lambda z, g: torch.cat(
                [z.softmax(dim=1)[:, g == k].sum(dim=1) for k in range(12)], dim=1
            ).log(),
            "`torch.cat` lays the 12 segments along the rows of pixels. `torch.stack(…, dim=1)` "
            "makes a new axis for them",
        ),
        "nineteen segments": Mistake(
            lambda z, g: torch.stack(
                [z.softmax(dim=1)[:, g == k].sum(dim=1) for k in range(19)], dim=1
            ).log(),
            "19 segments come back. There are 19 parts, but 12 segments: range(12)",
        ),
        "eleven segments": Mistake(
            lambda z, g: merge(z, g)[:, :11],
            "the last segment is missing: range(11) ends with number 10",
        ),
        "a millionth added": Mistake(
            partial(_merged, last=lambda p: (p + 1e-6).log()),
            "a millionth is added before the logarithm: it changes small probabilities. A sum of "
            "softmax values needs no such help here",
        ),
    },
    small={
        "one face of one pixel": lambda draws: _logit_case(draws, 1, 1),
        "one face of 2 × 2 pixels": lambda draws: _logit_case(draws, 1, 2),
        "two faces of 2 × 2 pixels": lambda draws: _logit_case(draws, 2, 2),
    },
    stops={
        "faces picked": Mistake(
            lambda z, g: z[g == 0],
            "`groups == k` has a truth value for each part, but picks along axis 0, the faces. The "
            "parts lie along axis 1: logits[:, groups == k]",
        ),
    },
)

EXERCISES = {"01-merge": MERGE}
