"""Answers to lesson 05's exercises that once passed or were misled, and new ones, with verdicts.

As in ``outside_again``: (answer, kind), and each kind was read and found true of its answer.
"""

import numpy as np
import torch
from torch.nn import functional as F


def distance(cross, apart=lambda a, b: (a.mean(0) - b.mean(0)).square().sum(), cov=None):
    cov = cov or (lambda f: f.T.cov())
    return lambda a, b: apart(a, b) + cov(a).trace() + cov(b).trace() - cross(cov(a), cov(b))


def roots(p, q):
    return 2 * torch.linalg.eigvals(p @ q).sqrt().real.sum()


def shrunk_sets(a, b):
    """Cuts both sets to the smaller number of faces."""
    n = min(len(a), len(b))
    return distance(roots)(a[:n], b[:n])


def divided_alike(a, b):
    p, q = ((f - f.mean(0)).T @ (f - f.mean(0)) / (len(a) - 1) for f in (a, b))
    return (a.mean(0) - b.mean(0)).square().sum() + p.trace() + q.trace() - roots(p, q)


def pooled(a, b):
    whole = torch.cat([a, b])
    return distance(roots)(a - whole.mean(0), b) - 0 * whole.sum()


def ends(means, first, shares=(0.025, 0.975)):
    return torch.cat([first[None], means.quantile(means.new_tensor(shares))])


def means(a, b, draws):
    return (a - b)[draws].mean(1)


def by_rank(a, b, draws):
    """Sorted draws, a fortieth left out on each side."""
    found, out = means(a, b, draws).sort().values, len(draws) // 40
    return torch.stack([(a - b).mean(), found[out], found[-out - 1]])


def nearest(a, b, draws):
    low, high = (
        torch.quantile(means(a, b, draws), q, interpolation="nearest") for q in (0.025, 0.975)
    )
    return torch.stack([(a - b).mean(), low, high])


def error(e, t):
    return (e - t).abs().mean(1) * 127.5


def change(t, x):
    return (t - x).abs().amax(1) * 127.5


def where(region, of=error):
    return lambda e, t, x: of(e, t)[region(e, t, x)].mean()


def box(e, t, x):
    """The smallest rectangle around each face's change."""
    region = change(t, x) > 8
    rows, columns = region.any(2), region.any(1)

    def between(line):
        return (line.cumsum(1) > 0) & (line.flip(1).cumsum(1).flip(1) > 0)

    return between(rows)[:, :, None] & between(columns)[:, None]


def grown(e, t, x):
    """The change and its neighbours."""
    return F.max_pool2d((change(t, x) > 8).float(), 3, 1, 1) > 0


def inside(e, t, x):
    return where(lambda e, t, x: change(t, x) > 8)(e, t, x)


RIGHT_FORMS = {
    "05-paired": [by_rank, nearest],
    "05-inside": [
        where(lambda e, t, x: change(t, x) > 8.5),
        lambda e, t, x: np.asarray(error(e, t))[np.asarray(change(t, x)) > 8].mean(),
    ],
}

WRONG = {
    "05-frechet": {
        "means of equally many": (
            distance(roots, apart=lambda a, b: (a - b).mean(0).square().sum()),
            "one number for each face",
        ),
        "means over features": (
            distance(roots, apart=lambda a, b: (a.mean(1) - b.mean(1)).square().sum()),
            "one number for each face",
        ),
        "covariance of faces": (distance(roots, cov=torch.cov), "faces for features"),
        "divided alike": (divided_alike, "divided alike"),
        "cut to equally many": (shrunk_sets, "wrong + size"),
        "eigenvalues multiplied in order": (
            distance(
                lambda p, q: (
                    2
                    * (torch.linalg.eigvalsh(p) * torch.linalg.eigvalsh(q))
                    .clamp(min=0)
                    .sqrt()
                    .sum()
                )
            ),
            "eigenvalues of each factor",
        ),
        "eigenvalues as complex": (
            distance(
                lambda p, q: (
                    2 * (torch.linalg.eigvals(p) * torch.linalg.eigvals(q)).sqrt().real.sum()
                )
            ),
            "eigenvalues of each factor, unsorted",
        ),
        "absolute": (
            distance(lambda p, q: 2 * torch.linalg.eigvalsh(p @ q).abs().sqrt().sum()),
            "taken for symmetric, without signs",
        ),
        "symmetrised": (
            distance(
                lambda p, q: (
                    2 * torch.linalg.eigvalsh((p @ q + q @ p) / 2).clamp(min=0).sqrt().sum()
                )
            ),
            "made symmetric",
        ),
        "traces of roots": (
            distance(
                lambda p, q: (
                    2
                    * torch.linalg.eigvalsh(p).clamp(min=0).sqrt().sum()
                    * torch.linalg.eigvalsh(q).clamp(min=0).sqrt().sum()
                )
            ),
            "all pairs of eigenvalues",
        ),
        "root of traces": (
            distance(lambda p, q: 2 * (p.trace() * q.trace()).sqrt()),
            "product of traces",
        ),
        "not centred": (distance(roots, cov=lambda f: f.T @ f / (len(f) - 1)), "not centred"),
        "correlations": (distance(roots, cov=lambda f: torch.corrcoef(f.T)), "correlations"),
        "no means": (distance(roots, apart=lambda a, b: 0), "without the means"),
        "mean of everything": (
            distance(roots, apart=lambda a, b: (a.mean() - b.mean()) ** 2),
            "one mean for all features",
        ),
        "by standard deviations": (
            lambda a, b: ((a.mean(0) - b.mean(0)) ** 2 + (a.std(0) - b.std(0)) ** 2).sum(),
            "root of each entry",
        ),
        "not summed": (
            lambda a, b: (
                (a.mean(0) - b.mean(0)).square()
                + a.T.cov().trace()
                + b.T.cov().trace()
                - roots(a.T.cov(), b.T.cov())
            ),
            "shape",
        ),
        "three times": (distance(lambda p, q: 1.5 * roots(p, q)), "wrong + example"),
    },
    "05-paired": {
        "absolute draws": (
            lambda a, b, d: ends(means(a, b, d).abs(), (a - b).mean()),
            "absolute draws",
        ),
        "absolute first": (
            lambda a, b, d: ends(means(a, b, d), (a - b).mean().abs()),
            "absolute difference",
        ),
        "absolute both": (
            lambda a, b, d: ends(means(a, b, d).abs(), (a - b).mean().abs()),
            "absolute means",
        ),
        "absolute face by face": (
            lambda a, b, d: ends((a - b).abs()[d].mean(1), (a - b).abs().mean()),
            "absolute differences",
        ),
        "cut at 0": (
            lambda a, b, d: ends(means(a, b, d).relu(), (a - b).mean()),
            "draws below 0 cut",
        ),
        "standard errors": (
            lambda a, b, d: torch.stack(
                [(a - b).mean() + k * (a - b).std() / len(a) ** 0.5 for k in (0, -1.96, 1.96)]
            ),
            "standard errors",
        ),
        "twice the standard error": (
            lambda a, b, d: torch.stack(
                [(a - b).mean() + k * (a - b).std() / len(a) ** 0.5 for k in (0, -2, 2)]
            ),
            "entries + size",
        ),
        "crossed": (
            lambda a, b, d: torch.stack(
                [
                    (a - b).mean(),
                    a[d].mean(1).quantile(0.025) - b[d].mean(1).quantile(0.975),
                    a[d].mean(1).quantile(0.975) - b[d].mean(1).quantile(0.025),
                ]
            ),
            "two intervals, crossed",
        ),
        "ends of b - a": (
            lambda a, b, d: ends(means(b, a, d), (a - b).mean()),
            "entries + example",
        ),
        "half of the draws": (
            lambda a, b, d: ends(means(a, b, d[::2]), (a - b).mean()),
            "entries + size",
        ),
        "one draw": (lambda a, b, d: ends((a - b)[d[0]], (a - b).mean()), "entries + size"),
        "median first": (lambda a, b, d: ends(means(a, b, d), (a - b).median()), "median"),
        "median of draws": (
            lambda a, b, d: ends(means(a, b, d), means(a, b, d).median()),
            "entries + size",
        ),
        "one in a hundred": (
            lambda a, b, d: ends(means(a, b, d), (a - b).mean(), (0.005, 0.995)),
            "99 percent",
        ),
        "sixteen to 84": (
            lambda a, b, d: ends(means(a, b, d), (a - b).mean(), (0.16, 0.84)),
            "entries + size",
        ),
        "percent": (
            lambda a, b, d: ends(means(a, b, d), (a - b).mean(), (2.5, 97.5)),
            "raised",
        ),
        "lengths": (
            lambda a, b, d: (
                ends(means(a, b, d), (a - b).mean()) - torch.tensor([0, 1, 1]) * (a - b).mean()
            ),
            "entries + example",
        ),
        "draws of a alone": (
            lambda a, b, d: ends(a[d].mean(1) - b.mean(), (a - b).mean()),
            "entries + example",
        ),
    },
    "05-inside": {
        "above 6.5": (where(lambda e, t, x: change(t, x) > 6.5), "wrong + size"),
        "above 10": (where(lambda e, t, x: change(t, x) > 10), "wrong + size"),
        "0.08": (where(lambda e, t, x: (t - x).abs().amax(1) > 0.08), "wrong + size"),
        "in hundredths": (where(lambda e, t, x: (t - x).abs().amax(1) > 8 / 100), "wrong + size"),
        "16 levels": (where(lambda e, t, x: change(t, x) > 16), "threshold doubled"),
        "a box": (where(box), "wrong + size"),
        "grown": (where(grown), "wrong + size"),
        "inside minus outside": (
            lambda e, t, x: inside(e, t, x) - error(e, t)[change(t, x) <= 8].mean(),
            "wrong + example",
        ),
        "share of copying": (lambda e, t, x: inside(e, t, x) / inside(x, t, x), "wrong + example"),
        "both changed": (
            where(lambda e, t, x: (change(t, x) > 8) & (change(e, x) > 8)),
            "where both changed",
        ),
        "either changed": (
            where(lambda e, t, x: (change(t, x) > 8) | (change(e, x) > 8)),
            "where either changed",
        ),
        "where it is wrong": (where(lambda e, t, x: change(e, t) > 8), "where the edit is wrong"),
        "squared": (
            where(
                lambda e, t, x: change(t, x) > 8,
                lambda e, t: (e - t).square().mean(1) * 127.5,
            ),
            "squares",
        ),
        "squared levels": (
            where(
                lambda e, t, x: change(t, x) > 8,
                lambda e, t: ((e - t) * 127.5).square().mean(1),
            ),
            "squares + changed",
        ),
        "brighter": (where(lambda e, t, x: (t - x).amax(1) * 127.5 > 8), "signed change"),
        "median": (lambda e, t, x: error(e, t)[change(t, x) > 8].median(), "median"),
        "by 255": (lambda e, t, x: 2 * inside(e, t, x), "changed"),
        "errors alone": (
            where(lambda e, t, x: (change(t, x) > 8) & (error(e, t) > 0)),
            "right pixels left out",
        ),
        "zeros outside": (lambda e, t, x: (error(e, t) * (change(t, x) > 8)).mean(), "changed"),
        "the first channel": (
            where(lambda e, t, x: (t - x).abs()[:, 0] * 127.5 > 8),
            "wrong + size",
        ),
        "by the mean change": (
            where(lambda e, t, x: error(t, x) > error(t, x).mean()),
            "wrong + example",
        ),
    },
}
