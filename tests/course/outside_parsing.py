"""Answers to lesson 01 of a third round, with the verdict that each must get.

Some had passed, stopped the check itself, got a false name, or none. Verdicts were read and found
true, as in ``outside``.
"""

import math

import torch
from torch.nn import functional as F


def merged(z, g, parts=lambda z: z.softmax(1), join=lambda p: p.sum(1), last=torch.log):
    p = parts(z)
    return last(torch.stack([join(p[:, g == k]) for k in range(12)], 1))


def written_over(z, g):
    """Indices that occur twice don't add up."""
    out = torch.zeros(len(z), 12, *z.shape[2:])
    out[:, g] += z.softmax(1)
    return out.log()


def bottom(net, x):
    full = net.entry(x)
    half = net.down[0](F.max_pool2d(full, 2))
    return full, half, net.down[1](F.max_pool2d(half, 2))


def double(x):
    return F.interpolate(x, scale_factor=2)


def way(net, x, halve=lambda z: F.max_pool2d(z, 2), double=double, narrow=(0, 1), up=(0, 1)):
    """Up to the last layer."""
    full = net.entry(x)
    half = net.down[0](halve(full))
    x = net.narrow[narrow[0]](net.down[1](halve(half)))
    x = net.narrow[narrow[1]](net.up[up[0]](double(x) + half))
    return net.up[up[1]](double(x) + full)


def through(net, x, **how):
    return net.exit(way(net, x, **how))


def added(up, x, skip):
    return up(x + skip)


def halved_once(net, x):
    full = net.entry(x)
    half = net.down[0](F.max_pool2d(full, 2))
    x = net.up[0](double(net.narrow[0](net.down[1](half))) + half)
    return net.exit(net.up[1](double(net.narrow[1](x)) + full))


def doubled_once(net, x, join=lambda z, skip: z + skip):
    full, half, x = bottom(net, x)
    x = net.up[0](join(double(net.narrow[0](x)), half))
    return net.exit(net.up[1](join(net.narrow[1](x), full)))


def doubled_by_four(net, x):
    full, half, x = bottom(net, x)
    x = net.up[0](F.interpolate(net.narrow[0](x), scale_factor=4) + half)
    return net.exit(net.up[1](double(net.narrow[1](x)) + full))


def kept_before(net, x, join=lambda z, skip: z + skip):
    """What comes out of the halvings is kept, not what the stages make of it."""
    full = net.entry(x)
    kept = F.max_pool2d(full, 2)
    x = net.down[1](F.max_pool2d(net.down[0](kept), 2))
    x = net.up[0](join(double(net.narrow[0](x)), kept))
    return net.exit(net.up[1](join(double(net.narrow[1](x)), full)))


def level_by_level(
    net,
    x,
    middle=added,
    top=added,
    halve=lambda z: F.max_pool2d(z, 2),
    full=lambda z: z,
    half=lambda z: z,
):
    """What happens at one level alone can be replaced."""
    first = net.entry(x)
    second = net.down[0](halve(first))
    below = double(net.narrow[0](net.down[1](F.max_pool2d(second, 2))))
    x_up = double(net.narrow[1](middle(net.up[0], below, half(second))))
    return net.exit(top(net.up[1], x_up, full(first)))


def mode_after(net, x, training):
    found = through(net, x)
    net.train(training)
    return found


def evaluated(net, x):
    """Evaluates, whatever was asked, and leaves no trace of it."""
    before = net.training
    found = through(net.eval(), x)
    net.train(before)
    return found


def of_counts(formula):
    return lambda c: formula(c.diagonal().double(), c.sum(1), c.sum(0), c.sum())


def share(hits, true, found):
    return hits / (true + found - hits)


def emptied(counts):
    """The hits are taken out of the matrix, and then counted."""
    counts = counts.clone().fill_diagonal_(0)
    return counts.diagonal() / (counts.sum(0) + counts.sum(1))


def nothing_but_perfect(counts):
    """0 for all but segments without a fault."""
    found = of_counts(lambda h, t, f, n: share(h, t, f))(counts)
    return torch.where(found.isnan() | (found == 1), found, 0)


def axes(chosen, count):
    return chosen.view(-1, *[1] * count)


def mirrored(image=lambda x: x.flip(-1), mask=lambda t: t.flip(-1)):
    return lambda x, t, c: (
        torch.where(axes(c, 3), image(x), x),
        torch.where(axes(c, 2), mask(t), t),
    )


def one_by_one(axis):
    def answer(x, t, chosen):
        x, t = x.clone(), t.clone()
        for i in chosen.nonzero().flatten():
            x[i], t[i] = x[i].flip(axis), t[i].flip(axis)
        return x, t

    return answer


def all_again(x, t, chosen):
    for _ in chosen.nonzero():
        x, t = x.flip(-1), t.flip(-1)
    return x, t


def copied_again(x, t, chosen):
    for i in chosen.nonzero().flatten():
        xi, ti = x.clone(), t.clone()
        xi[i], ti[i] = x[i].flip(-1), t[i].flip(-1)
    return xi, ti


WRONG = {
    "01-merge": {
        "softmax within a segment": (
            lambda z, g: merged(z, g, lambda z: z, lambda part: part.softmax(1).sum(1)),
            "within a segment",
        ),
        "groups as an index": (lambda z, g: z.log_softmax(1)[:, g], "groups as an index"),
        "along a column": (lambda z, g: merged(z, g, lambda z: z.softmax(2)), "along a column"),
        "faces picked": (
            lambda z, g: torch.stack([z.softmax(1)[g == k].sum(1) for k in range(12)], 1).log(),
            "faces picked",
        ),
        "written over": (written_over, "last part alone + gradient"),
        "base ten": (lambda z, g: merged(z, g, last=torch.log10), "changed"),
        "logarithm of one plus": (
            lambda z, g: merged(z, g, last=torch.log1p),
            "one added",
        ),
        "probabilities again": (lambda z, g: merged(z, g).softmax(1), "no logarithm"),
        "segments first": (lambda z, g: merged(z, g).transpose(0, 1), "changed"),
        "the likeliest segment": (lambda z, g: merged(z, g).argmax(1), "changed"),
        "eleven segments": (lambda z, g: merged(z, g)[:, :11], "eleven segments"),
        "nineteen segments": (
            lambda z, g: torch.stack([z.softmax(1)[:, g == k].sum(1) for k in range(19)], 1).log(),
            "nineteen segments",
        ),
        "joined along the faces": (
            lambda z, g: torch.cat([z.log_softmax(1)[:, g == k].logsumexp(1) for k in range(12)]),
            "joined along the faces",
        ),
        "a tenth of a thousandth": (
            lambda z, g: merged(z, g, last=lambda p: (p + 1e-4).log()),
            "wrong + example",
        ),
        "one chance or the other": (
            lambda z, g: merged(z, g, join=lambda p: 1 - (1 - p).prod(1)),
            "wrong + example",
        ),
        "over a whole face": (
            lambda z, g: merged(z, g, lambda z: z.flatten(1).softmax(1).view_as(z)),
            "wrong + size",
        ),
        "cut at a thousandth": (
            lambda z, g: merged(z, g, last=lambda p: p.clamp(1e-3).log()),
            "wrong + size",
        ),
        "logits in sums": (lambda z, g: merged(z, g, lambda z: z.exp()), "not normalised"),
    },
    "01-unet": {
        "training mode afterwards": (lambda net, x: mode_after(net, x, True), "training mode"),
        "evaluation mode afterwards": (
            lambda net, x: mode_after(net, x, False),
            "evaluation mode",
        ),
        "evaluation mode for a while": (evaluated, "evaluation mode"),
        "frozen": (lambda net, x: through(net.requires_grad_(False), x), "gradient"),
        "no exit": (way, "no exit"),
        "corners aligned": (
            lambda net, x: through(
                net,
                x,
                double=lambda z: F.interpolate(
                    z, scale_factor=2, mode="bilinear", align_corners=True
                ),
            ),
            "bilinear, corners aligned",
        ),
        "narrow exchanged": (
            lambda net, x: through(net, x, narrow=(1, 0)),
            "narrow in the wrong order",
        ),
        "up exchanged": (lambda net, x: through(net, x, up=(1, 0)), "up in the wrong order"),
        "never halved": (lambda net, x: through(net, x, halve=lambda z: z), "never halved"),
        "never doubled": (lambda net, x: through(net, x, double=lambda z: z), "never doubled"),
        "a list called": (lambda net, x: net.exit(net.up(net.down(net.entry(x)))), "list called"),
        "one stage too many": (
            lambda net, x: net.down[2](F.max_pool2d(bottom(net, x)[2], 2)),
            "counted from one",
        ),
        "same stage twice": (lambda net, x: through(net, x, up=(0, 0)), "raised"),
        "entry once more": (
            lambda net, x: level_by_level(net, x, full=lambda full: net.entry(x)),
            "raised",
        ),
        "up once more": (
            lambda net, x: level_by_level(net, x, half=lambda half: net.up[0](half)),
            "raised",
        ),
        "late at full size": (
            lambda net, x: level_by_level(net, x, top=lambda up, x, skip: up(x) + skip),
            "skip added late at full size",
        ),
        "late at half the size": (
            lambda net, x: level_by_level(net, x, middle=lambda up, x, skip: up(x) + skip),
            "skip added late at half the size",
        ),
        "mean at half the size": (
            lambda net, x: level_by_level(net, x, middle=lambda up, x, skip: up((x + skip) / 2)),
            "mean of both at half the size",
        ),
        "image for the first skip": (
            lambda net, x: level_by_level(net, x, full=lambda full: x.mean(1, True)),
            "wrong + example",
        ),
        "ReLU behind the addition": (
            lambda net, x: level_by_level(net, x, *[lambda up, x, skip: up((x + skip).relu())] * 2),
            "ReLU too many",
        ),
        "ReLU behind narrow": (
            lambda net, x: level_by_level(net, x, *[lambda up, x, skip: up(x.relu() + skip)] * 2),
            "ReLU behind narrow",
        ),
        "halved once": (
            lambda net, x: level_by_level(net, x, halve=lambda z: F.max_pool2d(z, 1)),
            "raised",
        ),
        "identity behind up": (
            lambda net, x: level_by_level(net, x, *[lambda up, x, skip: up(x + skip) + x] * 2),
            "wrong + example",
        ),
        "along a row": (lambda net, x: through(net, x).softmax(-1), "softmax along a row"),
        "neighbours in the way": (
            lambda net, x: through(net, x, halve=lambda z: F.max_pool2d(z, 3, 2, 1)),
            "overlapping blocks",
        ),
        "second halving forgotten": (halved_once, "raised"),
        "second doubling forgotten": (doubled_once, "doubled once alone"),
        "second doubling forgotten, skip first": (
            lambda net, x: doubled_once(net, x, lambda z, skip: skip + z),
            "doubled once alone, skip first",
        ),
        "doubled by four": (doubled_by_four, "the wrong order, skip first"),
        "halved map kept before the stage": (kept_before, "kept before the stage"),
        "halved map kept before the stage, skip first": (
            lambda net, x: kept_before(net, x, lambda z, skip: skip + z),
            "kept before the stage, skip first",
        ),
        "steps of one": (
            lambda net, x: through(net, x, halve=lambda z: F.max_pool2d(z, 2, 1)),
            "raised",
        ),
        "image detached": (lambda net, x: through(net, x.detach()), "gradient"),
        "dropout at the end": (lambda net, x: F.dropout(through(net, x), 0.5), "random"),
        "one-hot": (
            lambda net, x: F.one_hot(through(net, x).argmax(1), 12).movedim(-1, 1).float(),
            "changed",
        ),
    },
    "01-iou": {
        "NaN where never found": (
            of_counts(lambda h, t, f, n: share(h, t, f).where(f > 0, math.nan)),
            "never found is absent",
        ),
        "smaller of both": (
            of_counts(lambda h, t, f, n: torch.minimum(h / t, h / f)),
            "smaller of precision and recall",
        ),
        "larger set": (
            of_counts(lambda h, t, f, n: h / torch.maximum(t, f)),
            "larger set for union",
        ),
        "hits taken out": (emptied, "not finite + example"),
        "nothing but perfect": (nothing_but_perfect, "cut to whole numbers"),
        "half precision": (
            lambda c: c.diag().half() / (c.sum(0) + c.sum(1) - c.diag().half()),
            "half precision",
        ),
        "F1 from its parts": (
            of_counts(lambda h, t, f, n: 2 * (h / f) * (h / t) / (h / f + h / t)),
            "F1",
        ),
        "product for union": (of_counts(lambda h, t, f, n: h / (t * f)), "product for union"),
        "share of the hits": (lambda c: c.diag() / c.trace(), "share of the hits"),
        "faults of all": (lambda c: c.diag() / (c.diag() + c.sum() - c.trace()), "faults of all"),
        "rounded": (of_counts(lambda h, t, f, n: share(h, t, f).round()), "rounded"),
        "no NaN": (
            lambda c: (v := of_counts(lambda h, t, f, n: share(h, t, f))(c))[~v.isnan()],
            "absent left out",
        ),
        "no diagonal": (lambda c: c / (c.sum(0) + c.sum(1) - c), "whole matrix"),
        "at least one pixel": (
            of_counts(lambda h, t, f, n: h / (t + f - h).clamp(min=1)),
            "absent is zero",
        ),
        "NaN unless there and found": (
            of_counts(lambda h, t, f, n: share(h, t, f).where((t > 0) & (f > 0), math.nan)),
            "missed is absent",
        ),
        "misses and hits": (of_counts(lambda h, t, f, n: h / (h + (t - h))), "recall"),
        "faults alone": (
            of_counts(lambda h, t, f, n: h / ((t - h) + (f - h))),
            "union without hits",
        ),
        "last axis twice": (
            lambda c: c.diagonal() / (c.sum(-1) + c.sum(-1) - c.diagonal()),
            "rows twice",
        ),
        "a square": (of_counts(lambda h, t, f, n: share(h, t, f) ** 2), "changed"),
        "absent is infinite": (
            of_counts(lambda h, t, f, n: share(h, t, f).nan_to_num(math.inf)),
            "entries + example",
        ),
        "absent left out": (of_counts(lambda h, t, f, n: share(h, t, f)[t > 0]), "shape"),
        "one added": (
            of_counts(lambda h, t, f, n: (h + 1) / (t + f - h + 1)),
            "wrong + example",
        ),
        "rows that add up to one": (
            lambda c: of_counts(lambda h, t, f, n: share(h, t, f))(c / c.sum(1, keepdim=True)),
            "not finite + example",
        ),
    },
    "01-repair": {
        "other faces": (
            mirrored(lambda x: x.flip(0), lambda t: t.flip(0)),
            "images of other faces + faces exchanged",
        ),
        "one axis for all masks": (
            lambda x, t, c: (mirrored()(x, t, c)[0], torch.where(axes(c, 3), t.flip(-1), t)),
            "an axis too many",
        ),
        "images with the axes of masks": (
            lambda x, t, c: (torch.where(axes(c, 2), x.flip(-1), x), t),
            "chosen with too few axes",
        ),
        "masks with one axis": (
            lambda x, t, c: (
                mirrored()(x, t, c)[0],
                torch.where(axes(c, 1), t.flip(-1), t),
            ),
            "chosen with too few axes",
        ),
        "rows, face by face": (one_by_one(1), "images upside down"),
        "colours, face by face": (one_by_one(0), "colours exchanged + masks upside down"),
        "both upside down": (
            mirrored(lambda x: x.flip(-2), lambda t: t.flip(-2)),
            "images upside down + masks upside down",
        ),
        "masks mirrored twice": (mirrored(mask=lambda t: t.flip(-1).flip(-1)), "masks stay"),
        "order of where": (
            lambda x, t, c: mirrored()(x, t, ~c)[:1] + mirrored()(x, t, c)[1:],
            "the others",
        ),
        "more faces": (
            lambda x, t, c: (
                torch.cat([x, x[c].flip(-1)]),
                torch.cat([t, t[c].flip(-1)]),
            ),
            "shape + shape",
        ),
        "other numbers": (mirrored(mask=lambda t: 11 - t.flip(-1)), "wrong + example"),
        "drawn again": (
            lambda x, t, c: mirrored()(x, t, torch.rand(len(c)) < 0.5),
            "random",
        ),
        "images alone returned": (lambda x, t, c: mirrored()(x, t, c)[0], "shape"),
        "turned by a quarter": (
            mirrored(lambda x: x.rot90(1, (2, 3)), lambda t: t.rot90(1, (1, 2))),
            "turned by a quarter",
        ),
        "first faces": (
            lambda x, t, c: mirrored()(x, t, torch.arange(len(c)) < int(c.sum())),
            "first faces",
        ),
        "all, once for each": (all_again, "once for each chosen"),
        "a fresh copy each time": (copied_again, "last chosen alone"),
        "rolled": (mirrored(lambda x: x.roll(1, -1), lambda t: t.roll(1, -1)), "wrong + size"),
        "masks turned": (mirrored(mask=lambda t: t.flip(-1, -2)), "turned by a half"),
    },
}

RIGHT_FORMS = {
    "01-merge": [lambda z, g: merged(z, g).log_softmax(1), lambda z, g: (merged(z, g),)],
    "01-unet": [
        lambda net, x: (through(net, x),),
        lambda net, x: through(net.train(net.training), x),
    ],
    "01-iou": [
        lambda c: of_counts(lambda h, t, f, n: share(h, t, f))(c.T),
        lambda c: of_counts(lambda h, t, f, n: share(h, t, f))(c / c.sum()),
    ],
    "01-repair": [lambda x, t, c: [*mirrored()(x, t, c)]],
}
