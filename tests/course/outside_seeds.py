"""Wrong and right answers to lesson 07's exercises that they do not list, and verdicts.

As in ``outside``: each verdict in ``JUDGED`` was read and found true of its answer.
Beside ``WRONG`` of ``outside``, which has answers to the same exercises.
"""

import math

import torch

from secgan_lite.evaluation.bootstrap import student


def ends(value, half):
    return torch.stack([value, value - half, value + half])


def half_of(d):
    return student(len(d)) * d.std() / math.sqrt(len(d))


def around(d, quantile=None, error=None):
    """The interval of differences, with another quantile or standard error."""
    error = d.std() / math.sqrt(len(d)) if error is None else error
    return ends(d.mean(), (student(len(d)) if quantile is None else quantile) * error)


def counted(s, half, quantile=student, root=math.sqrt, step=lambda n: n + 1):
    """The loop over n."""
    n = 2
    while quantile(n) * float(s) / root(n) > half:
        n = step(n)
    return n


def once_more(d, half):
    """A formula with 1.96, and once more with Student's quantile for what it gave."""
    s = float(d.std())
    n = max(2, math.ceil((1.96 * s / half) ** 2))
    return max(2, math.ceil((student(n) * s / half) ** 2))


def at_first_drop(scores):
    """The first moment after which the mean falls."""
    mean = scores.mean(dim=0)
    falls = (mean[1:] < mean[:-1]).nonzero()
    return mean[int(falls[0]) if len(falls) else -1]


RIGHT_FORMS = {
    "07-interval": [
        lambda m, b: around(m - b, error=(m - b).std(correction=0) / math.sqrt(len(m) - 1)),
        lambda m, b: around(
            m - b,
            error=((m.var() + b.var() - 2 * torch.cov(torch.stack([m, b]))[0, 1]) / len(m)).sqrt(),
        ),
        lambda m, b: ends(m.mean() - b.mean(), student(len(b)) * (b - m).std() / len(b) ** 0.5),
    ],
    "07-seeds": [
        lambda d, half: next(
            n for n in range(1, 10**4) if student(n) * float(d.std()) <= half * n**0.5
        ),
        lambda d, half: max(
            n + 1 for n in range(1, 400) if student(n) * float(d.std()) / n**0.5 > half
        ),
        lambda d, half: counted(((d - d.mean()) ** 2).sum().div(len(d) - 1).sqrt(), half),
    ],
    "07-report": [
        lambda s: (s[:, -1] + s[:, -2] + s[:, -3]).mean() / 3,
        lambda s: s.mean(0)[-3:].mean(),
        lambda s: s.T[-3:].T.mean(1).mean(0),
    ],
}

ANSWERS = {
    "07-interval": {
        "2 as the quantile": lambda m, b: around(m - b, 2.0),
        "mean without its sign": lambda m, b: ends((m - b).mean().abs(), half_of(m - b)),
        "a loss is no gain": lambda m, b: ends((m - b).mean().relu(), half_of(m - b)),
        "99 %, normal": lambda m, b: around(m - b, 2.576),
        "99 %": lambda m, b: around(m - b, student(len(m), 0.01)),
        "Student's, one end": lambda m, b: around(m - b, student(len(m), 0.1)),
        "level halved": lambda m, b: around(m - b, student(len(m), 0.025)),
        "level for confidence": lambda m, b: around(m - b, student(len(m), 0.95)),
        "two less": lambda m, b: around(m - b, student(max(len(m) - 2, 2))),
        "no root anywhere": lambda m, b: around(m - b, error=(m - b).var() / len(m)),
        "root of 2n": lambda m, b: around(m - b, error=(m - b).std() / math.sqrt(2 * len(m))),
        "all in one heap": lambda m, b: around(
            m - b, error=torch.cat([m, b]).std() / math.sqrt(len(m))
        ),
        "strangers, averaged": lambda m, b: around(
            m - b, error=((m.var() + b.var()) / 2 / len(m)).sqrt()
        ),
        "deviation of the sum": lambda m, b: around(m - b, error=(m + b).std() / math.sqrt(len(m))),
        "deviations subtracted": lambda m, b: around(
            m - b, error=(m.std() - b.std()) / math.sqrt(len(m))
        ),
        "sizes of differences": lambda m, b: around((m - b).abs()),
        "method's deviation": lambda m, b: around(m - b, error=m.std() / math.sqrt(len(m))),
        "baseline's deviation": lambda m, b: around(m - b, error=b.std() / math.sqrt(len(m))),
        "first seed's difference": lambda m, b: ends(
            (m - b)[0], student(len(m)) * (m - b).std() / math.sqrt(len(m))
        ),
        "upper end alone": lambda m, b: around(m - b)[[0, 0, 2]],
        "ends only": lambda m, b: around(m - b)[1:],
        "two digits": lambda m, b: around(m - b).round(decimals=2),
        "in points": lambda m, b: 100 * around(m - b),
        "drawn again": lambda m, b: around((m - b)[torch.randint(len(m), (len(m),))]),
    },
    "07-seeds": {
        "Student's, one end": lambda d, half: counted(d.std(), half, lambda n: student(n, 0.1)),
        "99 %": lambda d, half: counted(d.std(), half, lambda n: student(n, 0.01)),
        "level halved": lambda d, half: counted(d.std(), half, lambda n: student(n, 0.025)),
        "99 %, normal": lambda d, half: counted(d.std(), half, lambda n: 2.576),
        "strangers' quantile": lambda d, half: counted(d.std(), half, lambda n: student(2 * n - 1)),
        "strangers": lambda d, half: counted(
            math.sqrt(2) * d.std(), half, lambda n: student(2 * n - 1)
        ),
        "root of two": lambda d, half: counted(math.sqrt(2) * d.std(), half),
        "power": lambda d, half: max(2, math.ceil(((1.96 + 0.84) * float(d.std()) / half) ** 2)),
        "once more": once_more,
        "down": lambda d, half: math.floor((1.96 * float(d.std()) / half) ** 2),
        "doubled until enough": lambda d, half: counted(d.std(), half, step=lambda n: 2 * n),
        "root of n − 1": lambda d, half: counted(d.std(), half, root=lambda n: math.sqrt(n - 1)),
        "a seed more": lambda d, half: counted(d.std(), half, lambda n: student(n + 1)),
        "sizes": lambda d, half: counted(d.abs().std(), half),
        "mean for spread": lambda d, half: counted(d.mean().abs(), half),
        "root mean square": lambda d, half: counted(d.square().mean().sqrt(), half),
        "today's, at once": lambda d, half: math.ceil(
            (student(len(d)) * float(d.std()) / half) ** 2
        ),
        "freedom": lambda d, half: counted(d.std(), half) - 1,
        "the half width": lambda d, half: (
            student(n := counted(d.std(), half)) * d.std() / math.sqrt(n)
        ),
        "that it suffices": lambda d, half: student(len(d)) * d.std() / math.sqrt(len(d)) <= half,
        "at least 5": lambda d, half: max(5, counted(d.std(), half)),
        "at most 30": lambda d, half: min(30, counted(d.std(), half)),
    },
    "07-report": {
        "second half": lambda s: s[:, s.shape[1] // 2 :].mean(),
        "last five": lambda s: s[:, -5:].mean(),
        "last third": lambda s: s[:, -(s.shape[1] // 3) :].mean(),
        "without the last three": lambda s: s[:, :-3].mean(),
        "from the third on": lambda s: s[:, 3:].mean(),
        "rows, by a slice of all": lambda s: s[:][-3:].mean(),
        "empty": lambda s: s[:, -3:0].mean(),
        "weighted to the end": lambda s: (
            (s[:, -3:] * torch.tensor([1, 2, 3], dtype=s.dtype) / 6).sum(1).mean()
        ),
        "best two of the last": lambda s: s[:, -3:].topk(2, dim=1).values.mean(),
        "best seed at each": lambda s: s[:, -3:].amax(0).mean(),
        "without the worst seed": lambda s: (
            s[:, -3:].mean(1).sort().values[1:].mean() if len(s) > 1 else s[:, -3:].mean()
        ),
        "best of the last five": lambda s: s.mean(0)[-5:].max(),
        "moment of the others": lambda s: s[1::2, s[::2].mean(0).argmax()].mean(),
        "moment by the last seed": lambda s: s[:, s[-1].argmax()].mean(),
        "moment by the best seed": lambda s: s[:, s.amax(0).argmax()].mean(),
        "moment by the worst seed": lambda s: s[:, s.amin(0).argmax()].mean(),
        "moment with least spread": lambda s: s[:, s.std(0, correction=0).argmin()].mean(),
        "best window of a seed": lambda s: s.unfold(1, 3, 1).mean(-1).amax(1).mean(),
        "best moment, best seed": lambda s: s[:, s.mean(0).argmax()].max(),
        "worst moment": lambda s: s.mean(0).min(),
        "first drop": at_first_drop,
        "by how good": lambda s: (s.mean(0).softmax(0) * s.mean(0)).sum(),
        "mean and spread": lambda s: (s[:, -3:].mean(), s[:, -3:].std()),
        "lower end": lambda s: s[:, -3:].mean() - 1.96 * s[:, -3:].std() / len(s) ** 0.5,
    },
}
JUDGED = {
    "07-interval": {
        "2 as the quantile": "rounded quantile",
        "mean without its sign": "sign lost",
        "a loss is no gain": "entries + size",
        "99 %, normal": "99 %, normal",
        "99 %": "99 %",
        "Student's, one end": "Student's, one end",
        "level halved": "level halved",
        "level for confidence": "confidence for level",
        "two less": "entries + size",
        "no root anywhere": "divided by n + variance",
        "root of 2n": "root of 2n",
        "all in one heap": "one heap",
        "strangers, averaged": "mean of the variances",
        "deviation of the sum": "of the sum",
        "deviations subtracted": "deviations subtracted",
        "sizes of differences": "sizes",
        "method's deviation": "one method's deviation",
        "baseline's deviation": "the baseline's deviation",
        "first seed's difference": "first seed",
        "upper end alone": "entries + example",
        "ends only": "shape",
        "two digits": "wrong + example",
        "in points": "changed",
        "drawn again": "random",
    },
    "07-seeds": {
        "Student's, one end": "Student's, one end",
        "99 %": "99 %",
        "level halved": "level halved",
        "99 %, normal": "wrong + example",
        "strangers' quantile": "strangers' quantile",
        "strangers": "strangers",
        "root of two": "root of two",
        "power": "power",
        "once more": "once more",
        "down": "normal, down",
        "doubled until enough": "doubled",
        "root of n − 1": "root of n − 1",
        "a seed more": "a seed more",
        "sizes": "sizes",
        "mean for spread": "wrong + example",
        "root mean square": "about 0",
        "today's, at once": "today's, at once",
        "freedom": "one too few",
        "the half width": "wrong + example",
        "that it suffices": "wrong + influence + example",
        "at least 5": "wrong + size",
        "at most 30": "wrong + example",
    },
    "07-report": {
        "second half": "second half",
        "last five": "last five",
        "last third": "last third",
        "without the last three": "without the last three",
        "from the third on": "from the third on",
        "rows, by a slice of all": "axes exchanged",
        "empty": "not finite + example",
        "weighted to the end": "wrong + example",
        "best two of the last": "best two of the last",
        "best seed at each": "best seed at each",
        "without the worst seed": "wrong + size",
        "best of the last five": "best of the last five",
        "moment of the others": "seeds in turn",
        "moment by the last seed": "wrong + example",
        "moment by the best seed": "wrong + example",
        "moment by the worst seed": "moment by the worst seed",
        "moment with least spread": "wrong + influence + example",
        "best window of a seed": "best window of a seed",
        "best moment, best seed": "wrong + example",
        "worst moment": "wrong + example",
        "first drop": "wrong + example",
        "by how good": "wrong + example",
        "mean and spread": "shape",
        "lower end": "wrong + example",
    },
}


def spread_of_the_first(d, half):
    n = 2
    while student(n) * d[:n].std() / n**0.5 > half:
        n += 1
    return n


def searched(stop, start=2, end=None, quantile=lambda n: student(n) if n > 1 else 1.96):
    """The loop over a range that may be too short, with what is returned after it."""

    def answer(d, half):
        for n in range(start, stop):
            if quantile(n) * d.std() / math.sqrt(n) <= half:
                return n
        return end

    return answer


def not_enough(d, half):
    n = 2
    while student(n + 1) * d.std() / (n + 1) ** 0.5 > half:
        n += 1
    return n


def again_and_again(d, half):
    n = max(2, math.ceil((1.96 * float(d.std()) / half) ** 2))
    for _ in range(50):
        k = max(2, math.ceil((student(n) * float(d.std()) / half) ** 2))
        if k == n:
            break
        n = k
    return n


def moment_of(s, some):
    return s[:, some.mean(0).argmax()].mean()


def last_half(s):
    late = s[:, s.shape[1] // 2 :]
    return late[:, late.mean(0).argmax()].mean()


def leave_one_out(s):
    rows = range(len(s))
    return torch.stack([s[i, s[[j for j in rows if j != i]].mean(0).argmax()] for i in rows]).mean()


# Those of a later reader.
READ = {
    "07-interval": {
        "4.3": (lambda m, b: around(m - b, 4.3), "quantile of three"),
        "4.3027": (lambda m, b: around(m - b, 4.3027), "quantile of three"),
        "of three, twice": (lambda m, b: around(m - b, student(2 * len(m))), "2n numbers"),
        "sum": (lambda m, b: ends((m - b).sum(), half_of(m - b)), "sum"),
        "deviations added": (
            lambda m, b: around(m - b, error=(m.std() + b.std()) / len(m) ** 0.5),
            "two intervals",
        ),
        "intervals crossed": (
            lambda m, b: torch.stack(
                [
                    (m - b).mean(),
                    around(m)[1] - around(b)[2],
                    around(m)[2] - around(b)[1],
                ]
            ),
            "two intervals",
        ),
        "deviations' mean": (
            lambda m, b: around(m - b, error=(m.std() + b.std()) / 2 / len(m) ** 0.5),
            "mean of the deviations",
        ),
        "root of three": (
            lambda m, b: around(m - b, error=(m - b).std() / 3**0.5),
            "root of three",
        ),
        "all differences": (lambda m, b: around((m[:, None] - b).flatten()), "entries + example"),
        "around the method": (lambda m, b: ends(m.mean(), half_of(m - b)), "wrong + example"),
    },
    "07-seeds": {
        "spread of the first": (spread_of_the_first, "spread of the first"),
        "to 100": (searched(100), "nothing for some"),
        "to 20": (searched(20), "nothing for some"),
        "50 at most": (searched(50, end=50), "wrong + size"),
        "64 at most": (searched(64, end=64), "wrong + size"),
        "from 1": (searched(400, start=1), "from 1 on"),
        "from 4": (searched(400, start=4), "from 4 on"),
        "the next is enough": (not_enough, "one too few, from 2"),
        "again and again": (again_and_again, "swinging"),
        "nearest": (lambda d, half: round((1.96 * float(d.std()) / half) ** 2), "normal, nearest"),
        "scaled": (
            lambda d, half: math.ceil(len(d) * (float(half_of(d)) / half) ** 2),
            "today's, at once",
        ),
        "root of n + 1": (
            lambda d, half: counted(d.std(), half, root=lambda n: (n + 1) ** 0.5),
            "root of n + 1",
        ),
        "range": (lambda d, half: counted(d.max() - d.min(), half), "range"),
        "freedom, from 2": (
            lambda d, half: counted(d.std(), half, lambda n: student(n - 1)),
            "freedom for numbers",
        ),
        "freedom, from 3": (
            lambda d, half: searched(9999, 3, quantile=lambda n: student(n - 1))(d, half),
            "freedom for numbers",
        ),
        "today's freedom": (
            lambda d, half: counted(d.std(), half, lambda n: student(len(d) - 1)),
            "today's freedom",
        ),
        "today's freedom, at once": (
            lambda d, half: math.ceil((student(len(d) - 1) * float(d.std()) / half) ** 2),
            "today's freedom, at once",
        ),
        "strangers' freedom": (
            lambda d, half: counted(d.std(), half, lambda n: student(2 * n - 2)),
            "strangers' freedom",
        ),
        "in proportion": (
            lambda d, half: math.ceil(len(d) * float(half_of(d)) / half),
            "in proportion",
        ),
        "Holm's level": (
            lambda d, half: counted(d.std(), half, lambda n: student(n, 0.05 / 18)),
            "wrong + example",
        ),
    },
    "07-report": {
        "but the last three": (lambda s: moment_of(s, s[:, :-3]), "best moment but the last three"),
        "but the last": (lambda s: moment_of(s, s[:, :-1]), "best moment but the last"),
        "last half": (last_half, "best of the last half"),
        "leave one out": (leave_one_out, "by the others"),
        "second half chooses": (
            lambda s: s[: len(s) // 2, s[len(s) // 2 :].mean(0).argmax()].mean(),
            "second half of the seeds",
        ),
        "first half chooses": (
            lambda s: s[len(s) // 2 :, s[: len(s) // 2].mean(0).argmax()].mean(),
            "first half of the seeds",
        ),
        "three seeds": (lambda s: s[:3, -3:].mean(), "three seeds"),
        "best three seeds": (
            lambda s: s[:, -3:].mean(1).sort().values[-3:].mean(),
            "best three seeds",
        ),
        "last 30 %": (lambda s: s[:, -max(1, round(0.3 * s.shape[1])) :].mean(), "last third"),
        "index of the cut": (
            lambda s: s[:, s[:, -3:].mean(0).argmax()].mean(),
            "moment of the last, in all",
        ),
        "from the best on": (
            lambda s: s[:, s.mean(0).argmax() :].mean(),
            "from the best moment on",
        ),
        "up to the best": (
            lambda s: s[:, : s.mean(0).argmax() + 1].mean(),
            "up to the best moment",
        ),
        "three before the last": (lambda s: s[:, -4:-1].mean(), "shifted by one"),
        "seventh to tenth": (lambda s: s[:, 7:10].mean(), "wrong + example"),
    },
}

# Each answer with its verdict.
WRONG = {
    name: {label: (answer, JUDGED[name][label]) for label, answer in answers.items()} | READ[name]
    for name, answers in ANSWERS.items()
}
