"""Answers to lesson 08's exercises that none of them lists, right and wrong; see ``outside``."""

import numpy as np
import torch


def signed(h):
    return 2 * h - 1


def says(logits):
    return (logits > 0).double()


def kinds(a, b):
    cell = (2 * a + b).long()
    return torch.bincount(cell, minlength=4)[cell].double()


def share(weights):
    return weights / weights.sum()


RIGHT_FORMS = {
    "08-drag": [
        lambda e, t, h: (torch.where(h > 0, 1.0, -1.0) * (says(e) - says(t))).mean(),
        lambda e, t, h: ((e.sign() - t.sign()) / 2 * signed(h)).sum() / len(h),
        lambda e, t, h: float(
            np.mean(np.asarray(signed(h)) * ((e > 0).int() - (t > 0).int()).numpy())
        ),
    ],
    "08-mix": [
        lambda a, b: share(1 / kinds(a, b)),
        lambda a, b: (
            0.25 / torch.stack([((a == i) & (b == j)).sum() for i, j in zip(a, b, strict=True)])
        ),
        lambda a, b: sum(
            ((a == i) & (b == j)).double() / ((a == i) & (b == j)).sum() / 4
            for i in (0, 1)
            for j in (0, 1)
        ),
    ],
    "08-saved": [
        lambda edited, untouched, save: tuple(save(i) for i in (edited, untouched)),
        lambda edited, untouched, save: save(torch.cat([edited, untouched])).split(
            [len(edited), len(untouched)]
        ),
        lambda edited, untouched, save: [
            torch.stack([save(i) for i in images]) for images in (edited, untouched)
        ],
    ],
}
WRONG = {
    "08-drag": {
        "one for each face": lambda e, t, h: signed(h) * (says(e) - says(t)),
        "percent": lambda e, t, h: 100 * (signed(h) * (says(e) - says(t))).mean(),
        "absolute value": lambda e, t, h: (signed(h) * (says(e) - says(t))).mean().abs(),
        "exchanged": lambda e, t, h: (signed(h) * (says(t) - says(e))).mean(),
        "edit beside label": lambda e, t, h: (signed(h) * (says(e) - h)).mean(),
        "product": lambda e, t, h: (signed(h) * says(e) * says(t)).mean(),
        "root of squares": lambda e, t, h: (says(e) - says(t)).square().mean().sqrt(),
        "half": lambda e, t, h: (signed(h) * (says(e) - says(t))).mean() / 2,
        "the truth alone": lambda e, t, h: (signed(h) * says(t)).mean(),
        "largest": lambda e, t, h: (signed(h) * (says(e) - says(t))).max(),
        "both against": lambda e, t, h: (signed(h) * (says(e) - says(t))).clamp(max=0).mean(),
        "of those with a partner": lambda e, t, h: (
            (signed(h) * (says(e) - says(t))).sum() / says(t).sum()
        ),
        "first half": lambda e, t, h: (signed(h) * (says(e) - says(t)))[: len(h) // 2].mean(),
    },
    "08-mix": {
        "counts": lambda a, b: kinds(a, b),
        "times two": lambda a, b: 2 * share(1 / kinds(a, b)),
        "of combinations": lambda a, b: torch.full((4,), 0.25).double(),
        "their sum": lambda a, b: share(1 / kinds(a, b)).sum(),
        "agreement balanced": lambda a, b: share(1 / kinds(a == b, a == b)),
        "numbers added": lambda a, b: share(
            1 / torch.bincount((a + b).long())[(a + b).long()].double()
        ),
        "negative": lambda a, b: -share(1 / kinds(a, b)),
        "logarithm": lambda a, b: share(1 / kinds(a, b).log1p()),
        "one more": lambda a, b: share(1 / (1 + kinds(a, b))),
        "two of four": lambda a, b: share((a == b) / kinds(a, b)),
        "squares": lambda a, b: share(1 / kinds(a, b)) ** 2,
        "rounded": lambda a, b: (1 / (4 * kinds(a, b))).round(decimals=1),
    },
    "08-saved": {
        "both twice": lambda e, u, save: (save(save(e)), save(save(u))),
        "joined": lambda e, u, save: save(torch.cat([e, u])),
        "edits lost": lambda e, u, save: save(u),
        "zeros": lambda e, u, save: (0 * e, 0 * u),
        "mirrored": lambda e, u, save: (save(e.flip(-1)), save(u)),
        "darker": lambda e, u, save: (save(e), save(u) / 2),
        "first face": lambda e, u, save: (save(e)[:1], save(u)[:1]),
        "cut to as many": lambda e, u, save: (save(e), save(u)[: len(e)]),
        "rounded": lambda e, u, save: (e.round(), u.round()),
        "files added": lambda e, u, save: (e + save(e), u + save(u)),
        "saved darker": lambda e, u, save: (save(e / 2), save(u / 2)),
        "trace of both": lambda e, u, save: (save(e), save(u + 0.1)),
        "neither, darker": lambda e, u, save: (0.8 * e, 0.8 * u),
    },
}
AFTERWARDS = {
    "08-drag": {"probabilities": lambda e, t, h: (signed(h) * (e.sigmoid() - says(t))).mean()},
    "08-mix": {"of both together": lambda a, b: share(1 / kinds(a * b, a * b))},
    "08-saved": {"edits saved after": lambda e, u, save: (save(e), save(u) + save(e).mean())},
}
JUDGED = {
    "08-drag": {
        "joined": ["one for each face"],
        "changed": ["percent", "absolute value", "half"],
        "constant + size": ["largest"],
        "wrong + influence + example": ["the truth alone"],
        "backwards": ["exchanged"],
        "wrong argument": ["edit beside label"],
        "wrong + example": [
            "product",
            "probabilities",
            "both against",
            "of those with a partner",
            "first half",
        ],
        "any change + changed": ["root of squares"],
    },
    "08-mix": {
        "counts": ["counts"],
        "wrong + size": ["logarithm", "one more"],
        "agree or not": ["agreement balanced"],
        "changed": ["negative", "squares"],
        "two labels": ["times two"],
        "wrong + example": ["two of four", "rounded"],
        "labels added": ["numbers added"],
        "shape": ["of combinations", "their sum"],
        "only both": ["of both together"],
    },
    "08-saved": {
        "both twice": ["both twice"],
        "shape": ["joined", "edits lost", "cut to as many"],
        "constant + constant + example": ["zeros"],
        "untouched alone + changed + edits alone + changed": ["neither, darker"],
        "edits half saved + changed + untouched half saved + changed": ["files added"],
        "wrong + example": ["saved darker", "trace of both", "rounded", "edits saved after"],
        "changed": ["mirrored", "darker", "first face"],
    },
}
