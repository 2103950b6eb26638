"""Wrong answers to lesson 02's exercises that a later round tried, with their true verdicts.

As in ``outside_again``: each had passed, was misled or got no name, or is a new one whose verdict
was read and found true.
"""

import torch
from outside import bce, penalised, terms, towards_fake, towards_one
from torch.nn import functional as F


def mix_of(real, fake, alpha):
    return (alpha * real + (1 - alpha) * fake.detach()).requires_grad_()


def near_one(gradient):
    return towards_one(gradient.flatten(1).norm(dim=1))


def by_real(score, real, fake, alpha):
    real = real.clone().requires_grad_()
    x = alpha * real + (1 - alpha) * fake.detach()
    return near_one(torch.autograd.grad(score(x).sum(), real, create_graph=True)[0])


def at_both_ends(score, real, fake, alpha):
    ends = real.clone().requires_grad_(), fake.detach().requires_grad_()
    slopes = [torch.autograd.grad(score(x).sum(), x, create_graph=True)[0] for x in ends]
    return sum(map(near_one, slopes)) / 2


def patch_by_patch(score, real, fake, alpha):
    x = mix_of(real, fake, alpha)
    by_patch = score(x).flatten(1).unbind(1)
    slopes = [torch.autograd.grad(s.sum(), x, create_graph=True)[0] for s in by_patch]
    return sum(map(near_one, slopes)) / len(slopes)


def secant(score, real, fake, alpha):
    rise = (score(real) - score(fake.detach())).sum((1, 2, 3)).abs()
    return towards_one(rise / (real - fake.detach()).flatten(1).norm(dim=1))


def with_backward(score, real, fake, alpha):
    x = mix_of(real, fake, alpha)
    score(x).sum().backward()
    return near_one(x.grad)


def in_random_directions(score, real, fake, alpha):
    x = mix_of(real, fake, alpha)
    s = score(x)
    return near_one(torch.autograd.grad(s, x, torch.randn_like(s), create_graph=True)[0])


def first_naive(z, y):
    return -(y * z.sigmoid().log() + (1 - y) * F.logsigmoid(-z))


def second_naive(z, y):
    return -(y * F.logsigmoid(z) + (1 - y) * (1 - z.sigmoid()).log())


WRONG = {
    "02-penalty": {
        "absolute scores": (
            penalised(towards_one, summed=lambda s: s.abs().sum()),
            "absolute scores",
        ),
        "by real": (by_real, "by real"),
        "by fake": (towards_fake, "by fake"),
        "at both ends": (at_both_ends, "at both ends"),
        "patch by patch": (patch_by_patch, "patch by patch"),
        "mean over faces": (
            penalised(towards_one, summed=lambda s: s.mean(0).sum()),
            "mean over faces",
        ),
        "tenfold": (lambda *a: 10 * penalised(towards_one)(*a), "changed"),
        "backward": (with_backward, "no second graph"),
        "drawn directions": (in_random_directions, "random"),
        "mean square": (
            lambda *a: penalised(lambda n: n, lambda g: g.square().mean())(*a),
            "root mean square + without the one",
        ),
        "secant": (secant, "wrong + example"),
        "only fake": (
            penalised(towards_one, mix=lambda r, f, a: (1 - a) * f),
            "changed argument",
        ),
        "one share for all": (
            penalised(towards_one, mix=lambda r, f, a: a[:1] * r + (1 - a[:1]) * f),
            "wrong + size",
        ),
        "first patch": (
            penalised(towards_one, summed=lambda s: s[:, :, 0, 0].sum()),
            "wrong + size",
        ),
        "sigmoid first": (
            penalised(towards_one, summed=lambda s: s.sigmoid().sum()),
            "wrong + example",
        ),
    },
    "02-terms": {
        "first GAN's D": (
            terms(critic=lambda r, f: -(r.sigmoid().log() + (1 - f.sigmoid()).log()).mean()),
            "softplus for D",
        ),
        "first GAN's G": (
            terms(fooled=lambda f: (1 - f.sigmoid()).log().mean()),
            "log(1 − D) for G",
        ),
        "squares for G": (terms(fooled=lambda f: (f - 1).square().mean()), "squares for G"),
        "both negative": (terms(critic=lambda r, f: -f.mean() - r.mean()), "changed argument"),
        "cut off": (
            terms(classified=lambda z, y: y.shape[1] * F.binary_cross_entropy(z.sigmoid(), y)),
            "logarithm cut off",
        ),
        "absent alone": (
            terms(classified=lambda z, y: ((1 - y) * F.softplus(z)).sum(1).mean()),
            "negatives only",
        ),
        "one class": (
            terms(classified=lambda z, y: F.cross_entropy(z, y.argmax(1))),
            "softmax, one label",
        ),
        "sigmoid of the right one": (
            terms(redrawn=lambda z, s: F.nll_loss(F.logsigmoid(z), s)),
            "sigmoid in Eq. 10",
        ),
        "from 0 to 1": (terms(rebuilt=lambda r, x: F.l1_loss(r / 2, x / 2)), "changed"),
        "softmax of log_p": (
            terms(agreed=lambda p, t: F.cross_entropy(p.exp(), t)),
            "changed argument",
        ),
        "small number added": (
            terms(redrawn=lambda z, s: F.nll_loss((z.softmax(1) + 1e-8).log(), s)),
            "wrong + size",
        ),
        "smoothed labels": (
            terms(redrawn=lambda z, s: F.cross_entropy(z, s, label_smoothing=0.1)),
            "wrong + example",
        ),
        "size of the mean": (
            terms(rebuilt=lambda r, x: (r - x).mean().abs()),
            "wrong + example",
        ),
    },
    "02-classification": {
        "first half naive": (
            lambda z, y: first_naive(z, y).sum(1).mean(),
            "logarithm of zero in the first half",
        ),
        "second half naive": (
            lambda z, y: second_naive(z, y).sum(1).mean(),
            "logarithm of zero in the second half",
        ),
        "first half naive, averaged": (
            lambda z, y: first_naive(z, y).mean(),
            "mean + logarithm of zero in the first half",
        ),
        "product": (
            lambda z, y: -(y * z.sigmoid() + (1 - y) * (1 - z.sigmoid())).prod(1).log().mean(),
            "product",
        ),
        "labels of ±1": (lambda z, y: bce(z, 2 * y - 1), "changed argument"),
        "worst attribute": (
            lambda z, y: F.binary_cross_entropy_with_logits(z, y, reduction="none").amax(1).mean(),
            "wrong + size",
        ),
        "softmax for logits": (lambda z, y: bce(z.softmax(1), y), "changed argument"),
        "log-softmax for logits": (lambda z, y: bce(z.log_softmax(1), y), "changed argument"),
        "two softmaxes": (
            lambda z, y: -(y * z.log_softmax(1) + (1 - y) * (-z).log_softmax(1)).sum(1).mean(),
            "two softmaxes",
        ),
        "own answer for the label": (
            lambda z, y: bce(z, (z > 0).float()),
            "wrong + influence + example",
        ),
        "by two classes": (
            lambda z, y: F.cross_entropy(torch.stack([0 * z, z], 1), y.long()),
            "mean",
        ),
        "clamped": (
            lambda z, y: (
                -(y * z.sigmoid().clamp(1e-7).log() + (1 - y) * (-z).sigmoid().clamp(1e-7).log())
                .sum(1)
                .mean()
            ),
            "wrong + size",
        ),
        "present labels threefold": (
            lambda z, y: ((1 + 2 * y) * (F.softplus(z) - y * z)).sum(1).mean(),
            "wrong + example",
        ),
        "errors counted": (
            lambda z, y: ((z > 0).float() - y).abs().sum(1).mean(),
            "wrong + example",
        ),
        "over faces": (
            lambda z, y: -(y * z.log_softmax(0)).sum(1).mean(),
            "wrong + influence + example",
        ),
    },
}
