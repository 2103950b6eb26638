"""More wrong answers to the exercises of lesson 03, with the verdicts that were found true of them.

As in ``outside_again``: (answer, kind). The right forms are of no exercise's list either.
"""

import numpy as np
import torch
from outside import both, gained, planes
from outside_again import entered
from torch.nn import functional as F

from secgan_lite.evaluation.truth import mean_iou, overlaps


def rows_tiled(x, y):
    rows = y[:, :, None].repeat(1, *x.shape[2:])
    return torch.cat([x, rows.view(len(y), -1, *x.shape[2:])], 1)


def one_hot(logits):
    return F.one_hot(logits.argmax(1), 12).movedim(-1, 1).float()


def straight_through(p, z):
    def decision(q):
        soft = q.softmax(1)
        return one_hot(q) + soft - soft.detach()

    return -(decision(z) * p).sum(1).mean(), -(decision(p) * z.log_softmax(1)).sum(1).mean()


def in_dispute(p, z):
    where = p.argmax(1) != z.argmax(1)
    first = F.cross_entropy(p, z.argmax(1), reduction="none")[where].sum()
    second = F.cross_entropy(z, p.argmax(1), reduction="none")[where].sum()
    return first / where.sum().clamp(min=1), second / where.sum().clamp(min=1)


def nll(p, z, reduction="mean"):
    return (
        F.nll_loss(p, z.argmax(1), reduction=reduction),
        F.nll_loss(z.log_softmax(1), p.argmax(1), reduction=reduction),
    )


def picked(p, z):
    """Right: the pupil's number is looked up where the teacher points."""
    pairs = (p, z), (z.log_softmax(1), p)
    return tuple(-q.gather(1, t.argmax(1, keepdim=True)).mean() for q, t in pairs)


def seen(parser, edits, decide=lambda q: q.argmax(1)):
    with torch.no_grad():
        return torch.stack([decide(parser(edit)) for edit in edits])


def parsed(score, decide=lambda q: q.argmax(1)):
    """The difference of a score of (pixels in both, pixels in either), (wishes, 12) each."""

    def answer(parser, tied, apart, target):
        counts = (overlaps(seen(parser, e, decide), target).sum(0).double() for e in (tied, apart))
        first, second = (score(*c.unbind(-1)) for c in counts)
        return first - second

    return answer


def mean_of(counts):
    return torch.as_tensor(mean_iou(counts.numpy()).mean())


def usual(found, target):
    return mean_of(overlaps(found, target).sum(0))


def recalled(parser, tied, apart, target):
    def score(found):
        shares = [
            [(f[w == k] == k).double().mean() for k in range(12) if (w == k).any()]
            for f, w in zip(found, target, strict=True)
        ]
        return torch.stack([torch.stack(each).mean() for each in shares]).mean()

    return score(seen(parser, tied)) - score(seen(parser, apart))


def in_place(s, t):
    t -= s
    return t, torch.zeros_like(s), s, t


def source_in_place(s, t):
    s -= t
    return -s, torch.zeros_like(s), s, t


RIGHT_FORMS = {
    "03-enter": [
        lambda x, y: torch.cat(
            [x, y.repeat_interleave(x[0, 0].numel(), 1).view(len(y), -1, *x.shape[2:])], 1
        ),
        lambda x, y: torch.cat([x, torch.einsum("ba,bhw->bahw", y, torch.ones_like(x[:, 0]))], 1),
        lambda x, y: torch.stack(
            [
                torch.cat([a, b[:, None, None].expand(-1, *a.shape[1:])])
                for a, b in zip(x, y, strict=True)
            ]
        ),
    ],
    "03-mutual": [
        nll,
        picked,
        lambda p, z: [
            -(one_hot(z) * p).sum(1).mean(),
            -(one_hot(p) * z.log_softmax(1)).sum(1).mean(),
        ],
        lambda p, z: tuple(v / p[:, 0].numel() for v in nll(p, z, "sum")),
    ],
    "03-gain": [
        lambda parser, tied, apart, target: (
            usual(seen(parser, tied), target) - usual(seen(parser, apart), target)
        ),
        lambda parser, tied, apart, target: float(gained(parser, tied, apart, target)),
        parsed(lambda both, either: (both / either).nanmean(1).mean()),
    ],
    "03-labels": [
        lambda s, t: (-(s - t), 0.0 * t, 1 * s, 1 * t),
        lambda s, t: (torch.where(t == s, 0.0, 2 * t - 1), s - s, s, t),
        lambda y_src, y_trg: [y_trg.sub(y_src), y_src.mul(0), y_src, y_trg],
    ],
}

WRONG = {
    "03-enter": {
        "rows tiled": (rows_tiled, "tiled"),
        "additions and removals": (
            lambda x, y: torch.cat([entered(x, y.clamp(min=0)), planes(x, (-y).clamp(min=0))], 1),
            "shape",
        ),
        "along the faces": (lambda x, y: torch.cat([x, planes(x, y)]), "joined along the faces"),
        "stacked": (lambda x, y: torch.stack([x, planes(x, y)], 1), "stacked"),
        "never stretched": (
            lambda x, y: torch.cat([x, y[..., None, None]], 1),
            "planes of one pixel",
        ),
        "image from 0 to 1": (lambda x, y: entered(x / 2 + 0.5, y), "image's range"),
        "levels": (lambda x, y: entered(x, y * 127.5), "grey levels"),
        "first attribute": (
            lambda x, y: entered(x, y[:, [0]].repeat(1, y.shape[1])),
            "one attribute",
        ),
        "sum in each plane": (
            lambda x, y: entered(x, y.sum(1, keepdim=True).repeat(1, y.shape[1])),
            "sum in all",
        ),
        "grey image on the planes": (
            lambda x, y: torch.cat([x, planes(x, y) + x.mean(1, keepdim=True)], 1),
            "added to the image",
        ),
        "last wish": (lambda x, y: entered(x, y[[-1] * len(y)]), "last wish for all"),
        "whole numbers": (lambda x, y: torch.cat([x, planes(x, y).long()], 1), "gradient"),
        "channels last": (lambda x, y: entered(x, y).movedim(1, -1), "changed"),
        "no planes": (lambda x, y: x, "argument"),
        "marked": (lambda x, y: entered(x, (y != 0).float()), "sign lost + gradient"),
        "mean in each plane": (
            lambda x, y: entered(x, y.mean(1, keepdim=True).repeat(1, y.shape[1])),
            "mean in all",
        ),
        "share of a wish": (lambda x, y: entered(x, y / len(y[0])), "divided"),
        "one further": (
            lambda x, y: entered(x, torch.cat([y[:, -1:], y[:, :-1]], 1)),
            "moved by one",
        ),
        "the lesson's size": (
            lambda x, y: torch.cat([x, y[..., None, None].expand(-1, -1, 32, 32)], 1),
            "planes of 32 pixels",
        ),
        "the lesson's attributes": (
            lambda x, y: torch.cat([x, y.view(-1, 13, 1, 1).expand(-1, -1, *x.shape[2:])], 1),
            "13 attributes",
        ),
        "unsqueezed once": (lambda x, y: torch.cat([x, y.unsqueeze(2)], 1), "one axis too few"),
        "first attributes": (lambda x, y: entered(x, y[:, :2]), "shape"),
        "rows from channels": (
            lambda x, y: torch.cat(
                [x, y[:, :, None, None].expand(-1, -1, x.shape[1], x.shape[2])], 1
            ),
            "planes of 3 rows",
        ),
        "as the image": (
            lambda x, y: torch.cat([x, y.view(len(y), -1, 1, 1).expand_as(x)], 1),
            "3 planes",
        ),
        "planes channel-last": (
            lambda x, y: torch.cat([x, planes(x, y).permute(0, 2, 3, 1)], 1),
            "attributes for pixels",
        ),
        "transposed": (lambda x, y: torch.cat([x, planes(x, y.T)], 1), "attributes for faces"),
        "along the columns": (
            lambda x, y: torch.cat([x, planes(x, y)], -1),
            "joined along the columns",
        ),
        "by NumPy": (lambda x, y: np.concatenate([x, planes(x, y)], 1), "NumPy"),
        "noisy": (lambda x, y: entered(x, y + 0.1 * torch.randn_like(y)), "random"),
    },
    "03-mutual": {
        "straight through": (straight_through, "gradient + gradient"),
        "smoothed": (
            lambda p, z: (
                F.cross_entropy(p, z.argmax(1), label_smoothing=0.1),
                F.cross_entropy(z, p.argmax(1), label_smoothing=0.1),
            ),
            "wrong + example",
        ),
        "in dispute": (in_dispute, "disputed pixels"),
        "binary": (
            lambda p, z: (
                F.binary_cross_entropy(p.exp(), one_hot(z)),
                F.binary_cross_entropy(z.softmax(1), one_hot(p)),
            ),
            "binary",
        ),
        "binary of logits": (
            lambda p, z: (
                F.binary_cross_entropy_with_logits(p, one_hot(z)),
                F.binary_cross_entropy_with_logits(z, one_hot(p)),
            ),
            "binary, of logits",
        ),
        "squared distance": (
            lambda p, z: (
                (p.exp() - one_hot(z)).square().mean(),
                (z.softmax(1) - one_hot(p)).square().mean(),
            ),
            "squared error",
        ),
        "teacher first": (
            lambda p, z: (
                F.kl_div(z.log_softmax(1), p.exp(), reduction="batchmean"),
                F.kl_div(p, z.softmax(1), reduction="batchmean"),
            ),
            "divergence, exchanged",
        ),
        "logarithm last": (
            lambda p, z: (
                -p.exp().mul(one_hot(z)).sum(1).mean().log(),
                -z.softmax(1).mul(one_hot(p)).sum(1).mean().log(),
            ),
            "logarithm of the mean",
        ),
        "kept axis": (
            lambda p, z: (
                F.cross_entropy(p, z.argmax(1, keepdim=True)),
                F.cross_entropy(z, p.argmax(1, keepdim=True)),
            ),
            "an axis of length 1",
        ),
        "target first": (
            lambda p, z: (F.cross_entropy(z.argmax(1), p), F.cross_entropy(p.argmax(1), z)),
            "exchanged in a loss",
        ),
        "largest numbers": (
            lambda p, z: (F.cross_entropy(p, z.max(1).values), F.cross_entropy(z, p.max(1).values)),
            "segments that are no integers",
        ),
        "sum and second": (lambda p, z: (sum(both(p, z)), both(p, z)[1]), "one for both + changed"),
        "largest logarithm": (
            lambda p, z: (-p.amax(1).mean(), -z.log_softmax(1).amax(1).mean()),
            "own arg-max",
        ),
        "drawn": (
            lambda p, z: (
                -(F.gumbel_softmax(z, hard=True, dim=1).detach() * p).sum(1).mean(),
                both(p, z)[1],
            ),
            "random",
        ),
        "first alone": (lambda p, z: both(p, z)[0], "shape"),
        "plain numbers": (lambda p, z: [v.item() for v in both(p, z)], "plain numbers"),
        "tensors anew": (
            lambda p, z: tuple(torch.tensor(v.item()) for v in both(p, z)),
            "plain numbers",
        ),
        "Eq. 11 as a number": (lambda p, z: (both(p, z)[0].item(), both(p, z)[1]), "one way"),
        "Eq. 12 as a number": (lambda p, z: (both(p, z)[0], both(p, z)[1].item()), "plain numbers"),
        "1/HW once more": (
            lambda p, z: [v / p.shape[-1] ** 2 for v in both(p, z)],
            "mean twice, pixels",
        ),
        "1/B once more": (lambda p, z: [v / len(p) for v in both(p, z)], "mean twice, faces"),
        "both once more": (
            lambda p, z: [v / p[:, 0].numel() for v in both(p, z)],
            "mean twice, pixels and faces",
        ),
        "log-softmax of Eq. 12 over the faces": (
            lambda p, z: (nll(p, z)[0], F.nll_loss(z.log_softmax(0), p.argmax(1))),
            "log-softmax over the faces",
        ),
        "log-softmax of Eq. 12 over the rows": (
            lambda p, z: (nll(p, z)[0], F.nll_loss(z.log_softmax(2), p.argmax(1))),
            "log-softmax over the rows",
        ),
        "log-softmax of Eq. 12 over the columns": (
            lambda p, z: (nll(p, z)[0], F.nll_loss(z.log_softmax(-1), p.argmax(1))),
            "log-softmax over the columns",
        ),
        "Eq. 12 smoothed, Eq. 11 by its places": (
            lambda p, z: (nll(p, z)[0], F.cross_entropy(z, p.argmax(1), label_smoothing=0.1)),
            "wrong + example",
        ),
        "Eq. 11 by its places, with a rest": (
            lambda p, z: (nll(p, z)[0] + 0.1 * p.max(), both(p, z)[1]),
            "wrong + example",
        ),
        "one tensor": (lambda p, z: torch.stack(both(p, z)), "shape"),
        "face 0": (lambda p, z: both(p[:1], z[:1]), "first face"),
        "after a loop": (lambda p, z: both(p[-1:], z[-1:]), "last face"),
        "no axis": (
            lambda p, z: (F.cross_entropy(p, z.argmax()), F.cross_entropy(z, p.argmax())),
            "arg-max of everything",
        ),
        "max of an axis": (
            lambda p, z: (F.cross_entropy(p, z.max(1)), F.cross_entropy(z, p.max(1))),
            "maximum for arg-max",
        ),
        "sum over the faces": (lambda p, z: [len(p) * v for v in both(p, z)], "changed"),
    },
    "03-gain": {
        "plus": (lambda p, t, a, s: usual(seen(p, t), s) + usual(seen(p, a), s), "sum"),
        "of the true pixels": (recalled, "recall"),
        "absent is 0": (parsed(lambda b, e: (b / e).nan_to_num(0).mean()), "absent as zero"),
        "twice the overlap": (
            parsed(lambda b, e: (2 * b / (e + b)).nanmean(1).mean()),
            "Dice",
        ),
        "all segments at once": (
            parsed(lambda b, e: (b.sum(1) / e.sum(1)).mean()),
            "segments pooled",
        ),
        "all wishes at once": (
            parsed(lambda b, e: (b.sum(0) / e.sum(0)).nanmean()),
            "wishes pooled",
        ),
        "in parts of the old score": (
            lambda p, t, a, s: gained(p, t, a, s) / usual(seen(p, a), s),
            "share of the score",
        ),
        "after the loop": (lambda p, t, a, s: gained(p, t[-1:], a[-1:], s[-1:]), "last wish"),
        "one face": (lambda p, t, a, s: gained(p, t[:, :1], a[:, :1], s[:, :1]), "first face"),
        "arg-max over axis 0": (
            parsed(lambda b, e: (b / e).nanmean(), decide=lambda q: q.argmax(0)),
            "faces lost",
        ),
        "first face of the parser": (
            parsed(lambda b, e: (b / e).nanmean(), decide=lambda q: q[0]),
            "faces lost",
        ),
        "no decision": (parsed(lambda b, e: (b / e).nanmean(), decide=lambda q: q), "no arg-max"),
        "errors": (
            lambda p, t, a, s: (1 - usual(seen(p, t), s)) - (1 - usual(seen(p, a), s)),
            "sign",
        ),
        "printed": (lambda p, t, a, s: print(end=""), "raised"),
        "each segment": (parsed(lambda b, e: (b / e).nanmean(0)), "shape"),
        "the lesson's number": (lambda p, t, a, s: 0.075, "constant + example"),
        "wishes added up": (lambda p, t, a, s: len(t) * gained(p, t, a, s), "changed"),
        "divided by the wishes": (lambda p, t, a, s: gained(p, t, a, s) / len(t), "changed"),
        "face at the end of a loop": (
            lambda p, t, a, s: gained(p, t[:, -1:], a[:, -1:], s[:, -1:]),
            "last face",
        ),
        "masks of the first wish": (
            lambda p, t, a, s: gained(p, t, a, torch.stack([s[0]] * len(s))),
            "one target",
        ),
        "faces first": (
            lambda p, t, a, s: gained(p, *(v.transpose(0, 1) for v in (t, a, s))),
            "axes exchanged",
        ),
        "the same masks twice": (lambda p, t, a, s: gained(p, t, t, s), "nothing"),
        "arg-min": (
            parsed(lambda b, e: (b / e).nanmean(1).mean(), decide=lambda q: q.argmin(1)),
            "least likely",
        ),
        "without the last segment": (
            parsed(lambda b, e: (b[:, :-1] / e[:, :-1]).nanmean(1).nanmean()),
            "without others",
        ),
        "joined": (
            lambda p, t, a, s: usual(torch.cat([p(e).argmax(1) for e in t]), s),
            "one axis for both",
        ),
        "median of the wishes": (
            parsed(lambda b, e: (b / e).nanmean(1).median()),
            "wrong + size",
        ),
        "without the first segment": (
            parsed(lambda b, e: (b[:, 1:] / e[:, 1:]).nanmean(1).nanmean()),
            "wrong + example",
        ),
    },
    "03-labels": {
        "one is None": (lambda s, t: (t - s, None, s, t), "raised"),
        "in place, by an operator": (in_place, "G is paid for differences"),
        "source in place": (source_in_place, "D on real learns the reverse"),
        "target to reconstruct": (
            lambda s, t: (t - s, t, s, t),
            "reconstruction is told the target",
        ),
        "D on real gets the wish": (
            lambda s, t: (t - s, 0 * s, t - s, t),
            "D on real learns differences",
        ),
        "D on real gets a neighbour": (
            lambda s, t: (t - s, 0 * s, torch.cat([s[-1:], s[:-1]]), t),
            "D on real learns another's",
        ),
        "G is paid for the old": (lambda s, t: (t - s, 0 * s, s, s), "edits keep their labels"),
        "G is paid for both": (
            lambda s, t: (t - s, 0 * s, s, (s + t).clamp(max=1)),
            "edits have both",
        ),
        "D's labels as signs": (lambda s, t: (t - s, 0 * s, 2 * s - 1, 2 * t - 1), "±1 for D"),
        "a neighbour's target": (
            lambda s, t: (t - s, 0 * s, s, torch.cat([t[-1:], t[:-1]])),
            "edits get another's",
        ),
        "ones to reconstruct": (lambda s, t: (t - s, s**0, s, t), "reconstruction adds"),
        "what is new": (lambda s, t: (t * (1 - s), 0 * s, s, t), "additions alone"),
        "all targets": (
            lambda s, t: (t, t, t, t),
            "StarGAN's edit + reconstruction is told the target + D on real learns targets",
        ),
        "wish there and back": (
            lambda s, t: (s - t, t - s, s, t),
            "sign + reconstruction edits",
        ),
        "a number for zeros": (lambda s, t: (t - s, 0.0, s, t), "shape"),
        "one tensor": (lambda s, t: torch.stack([t - s, 0 * s, s, t]), "shape"),
        "by name": (lambda s, t: {"edit": t - s, "zero": 0 * s, "D": s, "G": t}, "raised"),
        "in levels": (lambda s, t: (127.5 * (t - s), 0 * s, s, t), "changed"),
    },
}
