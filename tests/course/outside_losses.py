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


def with_backward_again(score, real, fake, alpha):
    x = mix_of(real, fake, alpha)
    score(x).sum().backward(create_graph=True)
    return near_one(x.grad)


def in_random_directions(score, real, fake, alpha):
    x = mix_of(real, fake, alpha)
    s = score(x)
    return near_one(torch.autograd.grad(s, x, torch.randn_like(s), create_graph=True)[0])


def kept(d, y, keep=lambda d: d):
    return -(y * keep(d).log() + (1 - y) * keep(1 - d).log()).sum(1).mean()


def hot(s, like):
    return F.one_hot(s, like.shape[1]).movedim(-1, 1)


def entries(z, y):
    return F.binary_cross_entropy_with_logits(z, y, reduction="none")


def first_naive(z, y):
    return -(y * z.sigmoid().log() + (1 - y) * F.logsigmoid(-z))


def second_naive(z, y):
    return -(y * F.logsigmoid(z) + (1 - y) * (1 - z.sigmoid()).log())


def switched_on(score, real, fake, alpha):
    x = alpha * real + (1 - alpha) * fake
    x.requires_grad = True
    return near_one(torch.autograd.grad(score(x).sum(), x, create_graph=True)[0])


WRONG = {
    "02-penalty": {
        "absolute scores": (
            penalised(towards_one, summed=lambda s: s.abs().sum()),
            "absolute scores",
        ),
        "one norm, divided by the faces": (
            penalised(towards_one, lambda g: g.norm() / len(g)),
            "norm of the batch, divided",
        ),
        "switched on at a mix that has a gradient": (switched_on, "flag of a mix"),
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
        "secant": (secant, "difference of scores"),
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
            "sigmoid of scores",
        ),
        "tanh first": (
            penalised(towards_one, summed=lambda s: s.tanh().sum()),
            "tanh of scores",
        ),
        "backward with a graph": (with_backward_again, "gradient left"),
        "square on the wrong side": (
            penalised(lambda n: (n**2 - 1).mean()),
            "square before the 1",
        ),
        "nothing asks for a gradient": (
            lambda score, r, f, a: near_one(
                torch.autograd.grad(score(x := a * r + (1 - a) * f.detach()).sum(), x)[0]
            ),
            "mix without gradient",
        ),
        "scores not summed": (
            lambda score, r, f, a: near_one(
                torch.autograd.grad(score(x := mix_of(r, f, a)), x, create_graph=True)[0]
            ),
            "scores not summed",
        ),
        "over faces": (
            penalised(towards_one, lambda g: g.flatten(1).norm(dim=0)),
            "norm over faces",
        ),
        "squares in the norm": (
            penalised(towards_one, lambda g: (g**2).flatten(1).norm(dim=1)),
            "norm of squares",
        ),
        "entries added": (penalised(towards_one, lambda g: g.flatten(1).sum(1)), "sum of entries"),
        "each entry": (penalised(towards_one, lambda g: g), "each entry near 1"),
        "mean size": (
            penalised(towards_one, lambda g: g.abs().flatten(1).mean(1)),
            "mean of absolute values",
        ),
        "spread": (penalised(towards_one, lambda g: g.flatten(1).std(1)), "spread"),
        "power of 4": (penalised(lambda n: (n - 1).pow(4).mean()), "fourth power"),
        "median": (penalised(lambda n: (n - 1).square().median()), "middle face"),
        "highest": (penalised(towards_one, summed=torch.max), "highest score"),
        "mean of alpha": (
            penalised(towards_one, mix=lambda r, f, a: a.mean() * r + (1 - a.mean()) * f),
            "one alpha",
        ),
        "root of alpha": (
            penalised(towards_one, mix=lambda r, f, a: a.sqrt() * r + (1 - a.sqrt()) * f),
            "root of alpha",
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
            "Eq. 10 from 1e-08 on",
        ),
        "smoothed labels": (
            terms(redrawn=lambda z, s: F.cross_entropy(z, s, label_smoothing=0.1)),
            "smoothed labels",
        ),
        "size of the mean": (
            terms(rebuilt=lambda r, x: (r - x).mean().abs()),
            "absolute value outside",
        ),
        "sizes subtracted": (
            terms(rebuilt=lambda r, x: (x.abs() - r.abs()).abs().mean()),
            "difference of absolute values",
        ),
        "colours added": (
            terms(rebuilt=lambda r, x: (x - r).abs().sum(1).mean()),
            "sum over colours",
        ),
        "cut at 0.99": (
            terms(rebuilt=lambda r, x: (x - r.clamp(-0.99, 0.99)).abs().mean()),
            "wrong + example",
        ),
        "sigmoid of scores": (
            terms(critic=lambda r, f: f.sigmoid().mean() - r.sigmoid().mean()),
            "sigmoid for D",
        ),
        "number added in Eq. 3": (
            terms(classified=lambda z, y: kept(z.sigmoid(), y, lambda d: d + 1e-8)),
            "probabilities from 1e-08 on",
        ),
        "clamped in Eq. 3": (
            terms(classified=lambda z, y: kept(z.sigmoid().clamp(1e-7, 1 - 1e-7), y)),
            "probabilities from 1e-07 to 1 − 1e-07",
        ),
        "squares in Eq. 3": (
            terms(classified=lambda z, y: (z.sigmoid() - y).square().sum(1).mean()),
            "squared error",
        ),
        "no sigmoid": (terms(classified=kept), "logits for probabilities"),
        "errors for Eq. 10": (
            terms(redrawn=lambda z, s: (z.argmax(1) != s).float().mean()),
            "Eq. 10 counted",
        ),
        "reshaped": (
            terms(redrawn=lambda z, s: F.cross_entropy(z.reshape(-1, z.shape[1]), s.reshape(-1))),
            "reshaped",
        ),
        "softmax over pixels": (
            terms(redrawn=lambda z, s: F.nll_loss(z.flatten(2).log_softmax(-1), s.flatten(1))),
            "softmax over pixels",
        ),
        "mean over segments": (
            terms(redrawn=lambda z, s: -(hot(s, z) * z.log_softmax(1)).mean()),
            "mean over segments in Eq. 10",
        ),
        "kl_div": (
            terms(agreed=lambda p, t: (hot(t, p) * -p).mean()),
            "mean over segments in Eq. 11",
        ),
        "log of log_p": (
            terms(agreed=lambda p, t: F.nll_loss(p.log(), t)),
            "logarithm of a logarithm",
        ),
        "errors for Eq. 11": (
            terms(agreed=lambda p, t: (p.argmax(1) != t).float().mean()),
            "Eq. 11 counted",
        ),
        "there and back": (
            terms(agreed=lambda p, t: F.nll_loss(p.softmax(1).log(), t)),
            "logarithm of zero in Eq. 11",
        ),
        "there and back, one-hot": (
            terms(agreed=lambda p, t: -(hot(t, p) * p.exp().log()).sum(1).mean()),
            "zero times infinity in Eq. 11",
        ),
        "there and back, clamped": (
            terms(agreed=lambda p, t: F.nll_loss(p.exp().clamp(1e-8).log(), t)),
            "Eq. 11 from 1e-08 on",
        ),
        "there and back, number added": (
            terms(agreed=lambda p, t: F.nll_loss((p.exp() + 1e-8).log(), t)),
            "Eq. 11 from 1e-08 on",
        ),
        "raw teaches": (
            lambda *a: [*terms()(*a)[:5], F.nll_loss(a[8], a[6].argmax(1))],
            "own target",
        ),
        "one term so far": (lambda *a: [a[1].mean() - a[0].mean(), 0, 0, 0, 0, 0], "constant"),
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
            "right or wrong alike",
        ),
        "by two classes": (
            lambda z, y: F.cross_entropy(torch.stack([0 * z, z], 1), y.long()),
            "mean",
        ),
        "clamped": (
            lambda z, y: kept(z.sigmoid(), y, lambda d: d.clamp(1e-7)),
            "probabilities from 1e-07 on",
        ),
        "clamped at both ends": (
            lambda z, y: kept(z.sigmoid().clamp(1e-6, 1 - 1e-6), y),
            "probabilities from 1e-06 on",
        ),
        "small number added": (
            lambda z, y: kept(z.sigmoid(), y, lambda d: d + 1e-8),
            "probabilities from 1e-08 on",
        ),
        # It has no sigmoid, so nobody may be told that there is one.
        "logits clamped at 100": (lambda z, y: bce(z.clamp(-100, 100), y), "logarithm cut off"),
        "logits clamped at 20": (lambda z, y: bce(z.clamp(-20, 20), y), "logits up to 20"),
        "present labels threefold": (
            lambda z, y: ((1 + 2 * y) * (F.softplus(z) - y * z)).sum(1).mean(),
            "present labels 3 times",
        ),
        "pos_weight": (
            lambda z, y: (
                F.binary_cross_entropy_with_logits(
                    z, y, pos_weight=torch.tensor(2.0), reduction="none"
                )
                .sum(1)
                .mean()
            ),
            "present labels 2 times",
        ),
        "errors counted": (
            lambda z, y: ((z > 0).float() - y).abs().sum(1).mean(),
            "errors counted",
        ),
        "squares": (lambda z, y: (z.sigmoid() - y).square().sum(1).mean(), "squared error"),
        "sizes": (lambda z, y: (z.sigmoid() - y).abs().sum(1).mean(), "absolute error"),
        "hinge": (lambda z, y: (1 - (2 * y - 1) * z).relu().sum(1).mean(), "hinge"),
        "softmax of y": (lambda z, y: F.cross_entropy(z, y.softmax(1)), "labels through a softmax"),
        "second sign": (
            lambda z, y: -(y * F.logsigmoid(z) - (1 - y) * F.logsigmoid(-z)).sum(1).mean(),
            "second half's sign",
        ),
        "logarithm twice": (
            lambda z, y: (
                -(y * F.logsigmoid(z) + (1 - y) * (1 - F.logsigmoid(z)).log()).sum(1).mean()
            ),
            "second half of a logarithm",
        ),
        "shares of the labels": (
            lambda z, y: (entries(z, y).sum(1) / y.sum(1).clamp(min=1)).mean(),
            "divided by the labels, at least 1",
        ),
        "focal": (
            lambda z, y: ((y - z.sigmoid()).abs() ** 2 * entries(z, y)).sum(1).mean(),
            "focal",
        ),
        "y first": (
            lambda z, y: F.binary_cross_entropy_with_logits(y, z),
            "exchanged, averaged",
        ),
        "tanh": (lambda z, y: bce(z.tanh(), y), "tanh"),
        "no labels": (lambda z, y: F.softplus(-z.abs()).sum(1).mean(), "right or wrong alike"),
        "some faces": (
            lambda z, y: bce(z[y.sum(1) > 0], y[y.sum(1) > 0]),
            "faces without labels left out",
        ),
        "over faces": (
            lambda z, y: -(y * z.log_softmax(0)).sum(1).mean(),
            "wrong + influence + example",
        ),
    },
}
