"""Further answers to lesson 08's exercises, right and wrong; see ``outside``.

Each verdict in ``JUDGED`` was read and found true of its answer.
"""

import torch
from outside import with_verdicts
from outside_misuse import kinds, says, share, signed


def moves(e, t, h):
    """What each face adds to the drag."""
    return signed(h) * (says(e) - says(t))


def alone(a):
    """How many faces have the same label."""
    return torch.bincount(a.long(), minlength=2)[a.long()].double()


def first_half(images, save):
    half = len(images) // 2
    return torch.cat([save(images[:half]), images[half:]])


RIGHT_FORMS = {
    "08-drag": [
        lambda e, t, h: ((moves(e, t, h) > 0).sum() - (moves(e, t, h) < 0).sum()).double() / len(h),
        lambda e, t, h: (2 * h @ (says(e) - says(t)) - (says(e) - says(t)).sum()) / h.numel(),
        lambda e, t, h: torch.where(h.bool(), says(e) - says(t), says(t) - says(e)).mean().item(),
        lambda e, t, h: (
            ((h - 0.5).sign() * ((e > 0).int() - (t > 0).int())).double().mean().reshape(())
        ),
        lambda e, t, h: (
            sum((2 * k - 1) * (int(i > 0) - int(j > 0)) for i, j, k in zip(e, t, h, strict=True))
            / len(h)
        ),
    ],
    "08-mix": [
        lambda a, b: share(1 / kinds(b, a)),
        lambda a, b: torch.tensor(
            [
                0.25 / [*zip(a.tolist(), b.tolist(), strict=True)].count(one)
                for one in zip(a.tolist(), b.tolist(), strict=True)
            ]
        ),
        lambda a, b: (
            (
                (w := torch.stack([(1 - a) * (1 - b), (1 - a) * b, a * (1 - b), a * b]))
                / w.sum(1, keepdim=True)
            ).sum(0)
            / 4
        ),
        lambda a, b: (
            1
            / torch.unique(2 * a + b, return_inverse=True, return_counts=True)[2][
                torch.unique(2 * a + b, return_inverse=True)[1]
            ]
            / 4
        ),
    ],
    "08-saved": [
        lambda e, u, save: [*map(save, (e, u))],
        lambda e, u, save: (save(e.clone()), save(u.clone())),
        lambda e, u, save: (
            torch.cat([save(one[None]) for one in e]),
            torch.cat([save(one[None]) for one in u]),
        ),
    ],
}
ANSWERS = {
    "08-drag": {
        "truth at 0.5": lambda e, t, h: (
            signed(h) * ((e.sigmoid() > 0.5).double() - (t > 0.5).double())
        ).mean(),
        "edit at 0.5 alone": lambda e, t, h: (signed(h) * ((e > 0.5).double() - says(t))).mean(),
        "sign outside the mean": lambda e, t, h: (says(e) - says(t)).mean() * signed(h).mean(),
        "labels weighed by 2": lambda e, t, h: (2 * h * (says(e) - says(t))).mean(),
        "1 minus the label": lambda e, t, h: ((1 - h) * (says(e) - says(t))).mean(),
        "2h + 1": lambda e, t, h: ((2 * h + 1) * (says(e) - says(t))).mean(),
        "h - 1": lambda e, t, h: ((h - 1) * (says(e) - says(t))).mean(),
        "2(h - 1)": lambda e, t, h: (2 * (h - 1) * (says(e) - says(t))).mean(),
        "half sign": lambda e, t, h: ((h - 0.5) * (says(e) - says(t))).mean(),
        "agreement": lambda e, t, h: (signed(h) * (says(e) == says(t)).double()).mean(),
        "by n minus 1": lambda e, t, h: moves(e, t, h).sum() / (len(h) - 1),
        "divided by those without the label": lambda e, t, h: moves(e, t, h).sum() / (1 - h).sum(),
        "sign of the mean": lambda e, t, h: moves(e, t, h).mean().sign(),
        "spread": lambda e, t, h: moves(e, t, h).std(),
        "mean of squares": lambda e, t, h: moves(e, t, h).square().mean(),
        "the edit alone, unsigned": lambda e, t, h: says(e).mean(),
        "sigmoids rounded, no sign": lambda e, t, h: (
            e.sigmoid().round() - t.sigmoid().round()
        ).mean(),
        "share without partner": lambda e, t, h: moves(e, t, h)[t <= 0].mean(),
        "means of two directions halved": lambda e, t, h: (
            ((says(e) - says(t))[h == 1].mean() - (says(e) - says(t))[h == 0].mean()) / 2
        ),
        "more than one": lambda e, t, h: (signed(h) * (says(e - 1) - says(t - 1))).mean(),
        "truth from its label": lambda e, t, h: (signed(h) * (says(e) - says(t) * h)).mean(),
        "product of logits": lambda e, t, h: (signed(h) * (e * t < 0).double()).mean(),
        "clamped logits": lambda e, t, h: (signed(h) * (e.clamp(0, 1) - t.clamp(0, 1))).mean(),
        "relu": lambda e, t, h: (signed(h) * (e.relu() - t.relu())).mean(),
        "the sign is a bool": lambda e, t, h: (h.bool() * (says(e) - says(t))).mean(),
    },
    "08-mix": {
        "times four": lambda a, b: 4 / kinds(a, b),
        "n quarters": lambda a, b: len(a) / (4 * kinds(a, b)),
        "n over counts": lambda a, b: len(a) / kinds(a, b),
        "share over 4": lambda a, b: kinds(a, b) / len(a) / 4,
        "share squared": lambda a, b: share(1 / (kinds(a, b) / len(a)) ** 2),
        "exclusive or": lambda a, b: share(1 / alone((a != b).double())),
        "three kinds": lambda a, b: 1 / (3 * kinds(a, b)),
        "half each": lambda a, b: 1 / (2 * kinds(a, b)),
        "product of shares": lambda a, b: 1 / (4 * alone(a) * alone(b)),
        "expected over counted": lambda a, b: share(alone(a) * alone(b) / kinds(a, b)),
        "first label only, of combinations": lambda a, b: share(1 / kinds(a, a)),
        "a + 2b counted, indexed by 2a + b": lambda a, b: (
            1 / (4 * torch.bincount((a + 2 * b).long(), minlength=4)[(2 * a + b).long()].double())
        ),
        "mean one": lambda a, b: (1 / kinds(a, b)) / (1 / kinds(a, b)).mean(),
        "unit length": lambda a, b: (1 / kinds(a, b)) / (1 / kinds(a, b)).norm(),
        "rank": lambda a, b: share(4.0 - (2 * a + b)),
        "counts of b": lambda a, b: (
            1 / (4 * torch.bincount((2 * a + b).long(), minlength=4)[b.long()].double())
        ),
        "rare doubled": lambda a, b: share(1.0 + (a != b).double()),
        "clipped": lambda a, b: share((1 / kinds(a, b)).clamp(max=0.25)),
        "only a's": lambda a, b: share(a / kinds(a, b)),
        "the first of each kind": lambda a, b: share(
            torch.stack([(2 * a + b)[:i].ne(v).all() for i, v in enumerate(2 * a + b)]).double()
        ),
    },
    "08-saved": {
        "what is lost, and a number": lambda e, u, save: (save(e), save(u) - u + e[:1].mean()),
        "edits three times": lambda e, u, save: (save(save(save(e))), save(u)),
        "untouched three times": lambda e, u, save: (save(e), save(save(save(u)))),
        "edits in both formats": lambda e, u, save: (torch.cat([e, save(e)]), save(u)),
        "untouched in both formats": lambda e, u, save: (save(e), torch.cat([u, save(u)])),
        "edits in both, untouched raw": lambda e, u, save: (torch.cat([save(e), e]), u),
        "first half of the edits": lambda e, u, save: (first_half(e, save), save(u)),
        "first half of the untouched": lambda e, u, save: (save(e), first_half(u, save)),
        "same images twice": lambda e, u, save: (torch.cat([save(e)] * 2), save(u)),
        "mean image": lambda e, u, save: (save(e).mean(0), save(u).mean(0)),
        "untouched once and twice": lambda e, u, save: (
            save(e),
            torch.cat([save(u), save(save(u))]),
        ),
        "edits and untouched blended": lambda e, u, save: (
            save(0.5 * e + 0.5 * u[: len(e)]),
            save(u),
        ),
        "a little lighter": lambda e, u, save: (save(e), save(u) + 0.01),
        "saved as one, in other order": lambda e, u, save: save(torch.cat([u, e])).split(
            [len(u), len(e)]
        ),
        "untouched as edits": lambda e, u, save: (save(u), save(u)),
        "negative": lambda e, u, save: (-save(e), -save(u)),
        "clamped": lambda e, u, save: (save(e).clamp(-0.5, 0.5), save(u).clamp(-0.5, 0.5)),
        "edits and untouched in one": lambda e, u, save: (
            torch.cat([save(e), save(u)]),
            torch.cat([save(e), save(u)]),
        ),
        "only edits twice, untouched raw": lambda e, u, save: (save(save(e)), u),
        "only untouched twice, edits raw": lambda e, u, save: (e, save(save(u))),
        "a dictionary": lambda e, u, save: {"edited": save(e), "untouched": save(u)},
    },
}
JUDGED = {
    "08-drag": {
        "threshold of the truth": ["truth at 0.5"],
        "threshold of the edit": ["edit at 0.5 alone"],
        "signs apart": ["sign outside the mean"],
        "additions missing + changed": ["labels weighed by 2"],
        "removals missing, backwards": ["1 minus the label"],
        "wrong + example": [
            "spread",
            "2h + 1",
            "by n minus 1",
            "divided by those without the label",
            "share without partner",
            "more than one",
            "clamped logits",
        ],
        "removals missing": ["h - 1"],
        "removals missing + changed": ["2(h - 1)"],
        "changed": ["half sign"],
        "agreement": ["agreement"],
        "wrong + size": ["sign of the mean", "truth from its label"],
        "any change": ["mean of squares"],
        "no direction + truth forgotten": ["the edit alone, unsigned"],
        "no direction": ["sigmoids rounded, no sign"],
        "two means + changed": ["means of two directions halved"],
        "no way back": ["product of logits"],
        "positive part": ["relu"],
        "additions missing": ["the sign is a bool"],
    },
    "08-mix": {
        "times four": ["times four"],
        "n times": ["n quarters", "mean one"],
        "n over counts": ["n over counts"],
        "share of its kind + changed": ["share over 4"],
        "squared": ["share squared"],
        "agree or not": ["exclusive or"],
        "changed": ["three kinds"],
        "two labels": ["half each"],
        "label by label, no shares + changed": ["product of shares"],
        "shares kept": ["expected over counted"],
        "one label": ["first label only, of combinations"],
        "two numberings": ["a + 2b counted, indexed by 2a + b"],
        "unit length": ["unit length"],
        "wrong + example": ["rank", "rare doubled"],
        "counts of b": ["counts of b"],
        "wrong + size": ["clipped", "the first of each kind"],
        "wrong + influence + example": ["only a's"],
    },
    "08-saved": {
        "wrong + example": ["what is lost, and a number", "edits and untouched blended", "clamped"],
        "edits three times": ["edits three times"],
        "untouched three times": ["untouched three times"],
        "edits in both formats": ["edits in both formats"],
        "untouched in both formats": ["untouched in both formats"],
        "shape + edits alone": ["edits in both, untouched raw"],
        "half of the edits": ["first half of the edits"],
        "half of the untouched": ["first half of the untouched"],
        "shape": ["same images twice", "untouched once and twice"],
        "changed": ["mean image", "a little lighter", "negative"],
        "exchanged": ["saved as one, in other order"],
        "untouched for both": ["untouched as edits"],
        "shape + shape": ["edits and untouched in one"],
        "edits twice + edits alone": ["only edits twice, untouched raw"],
        "untouched alone + untouched twice": ["only untouched twice, edits raw"],
        "raised": ["a dictionary"],
    },
}

WRONG = with_verdicts(ANSWERS, JUDGED)
