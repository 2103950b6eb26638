"""Wrong answers that no exercise lists among its mistakes, with what is wrong about each.

They were written before the engine that judges them, so they say how well it does with answers
that nobody foresaw. ``JUDGED`` holds the verdicts, each read and found true of its answer: a new
verdict has to be read before it is written here.
"""

import math

import torch
from torch.nn import functional as F

from secgan_lite.evaluation.bootstrap import student


def with_verdicts(answers, judged):
    """By exercise and label each answer with its verdict, from the labels of each verdict."""
    found = {
        name: {
            label: (answers[name][label], kind) for kind, some in kinds.items() for label in some
        }
        for name, kinds in judged.items()
    }
    assert all(set(found[name]) == set(answers[name]) for name in answers)
    return found


def merged(z, g, parts=lambda z: z.softmax(1), join=lambda p: p.sum(1), last=torch.log):
    p = parts(z)
    return last(torch.stack([join(p[:, g == k]) for k in range(12)], 1))


def argmax_first(z, g):
    return F.one_hot(g[z.argmax(1)], 12).movedim(-1, 1).float()


def overwritten(z, g):
    out = torch.zeros(len(z), 12, *z.shape[2:])
    for part, segment in enumerate(g.tolist()):
        out[:, segment] = z.softmax(1)[:, part]
    return out.log()


def ious(formula):
    return lambda c: formula(c.diagonal().double(), c.sum(1), c.sum(0))


def pick(chosen, these, others):
    return torch.where(chosen.view(-1, *(1,) * (these.ndim - 1)), these, others)


def right_iou(h, t, f):
    return h / (t + f - h)


def penalised(join, norm=lambda g: g.flatten(1).norm(dim=1), summed=torch.sum, mix=None, at=None):
    def answer(score, real, fake, alpha):
        fake = fake.detach()
        x = (mix or (lambda r, f, a: a * r + (1 - a) * f))(real, fake, alpha).requires_grad_()
        return join(norm(torch.autograd.grad(summed(score(x)), x, create_graph=True)[0]))

    return answer


def towards_one(n):
    return (n - 1).square().mean()


def towards_fake(score, real, fake, alpha):
    fake = fake.detach().requires_grad_()
    x = alpha * real + (1 - alpha) * fake
    (g,) = torch.autograd.grad(score(x).sum(), fake, create_graph=True)
    return towards_one(g.flatten(1).norm(dim=1))


def in_no_grad(*arguments):
    with torch.no_grad():
        return penalised(towards_one)(*arguments)


def bce(z, y):
    return F.binary_cross_entropy_with_logits(z, y, reduction="none").sum(1).mean()


def terms(**other):
    """All terms of lesson 02, right but for those named by what is to stand in their place."""

    def answer(real, fake, z, y, x_rec, x, raw, s, log_p, target):
        given = {
            "critic": (real, fake), "fooled": (fake,), "classified": (z, y),
            "rebuilt": (x_rec, x), "redrawn": (raw, s), "agreed": (log_p, target),
        }  # fmt: skip
        right = {
            "critic": lambda r, f: f.mean() - r.mean(), "fooled": lambda f: -f.mean(),
            "classified": bce, "rebuilt": F.l1_loss, "redrawn": F.cross_entropy,
            "agreed": F.nll_loss,
        }  # fmt: skip
        return [function(*given[name]) for name, function in (right | other).items()]

    return answer


def planes(x, y):
    return y[:, :, None, None].repeat(1, 1, *x.shape[2:])


def border(x):
    inside = torch.zeros_like(x[:, :1])
    inside[:, :, 1:-1, 1:-1] = 1
    return 1 - inside


def soft(student_, teacher):
    return -(teacher.softmax(1) * student_.log_softmax(1)).sum(1).mean()


def gained(parser, tied, apart, target, join=torch.mean, weight=1):
    def score(edits):
        shares = []
        for wish, true in zip(edits, target, strict=True):
            counts = torch.bincount((12 * true + parser(wish).argmax(1)).flatten(), minlength=144)
            c = counts.view(12, 12)
            shares.append((c.diag() / (c.sum(0) + c.sum(1) - c.diag())).nanmean())
        return join(torch.stack(shares))

    return score(tied) - weight * score(apart)


def both(p, z):
    return F.cross_entropy(p, z.argmax(1)), F.cross_entropy(z, p.argmax(1))


def slope(loss, d, g, batch, of):
    w = [v.detach().clone().requires_grad_() for v in (d, g)]
    return torch.autograd.grad(loss(*w, batch), w[of])[0]


def played(
    turn=lambda t, n: t % n == 0,
    critic_steps=lambda n: 1,
    generator_steps=lambda n: 1,
    signs=(1, 1),
    pick=lambda batches, t: batches[t - 1],
    rates=lambda rate, t: rate,
    last=lambda d, g: (d, g),
    until=lambda batches, n: batches,
):
    def answer(critic, generator, d, g, batches, n, rate):
        for t, _ in enumerate(until(batches, n), 1):
            batch = pick(batches, t)
            for _ in range(critic_steps(n)):
                d = d - signs[0] * rates(rate, t) * slope(critic, d, g, batch, 0)
            for _ in range(generator_steps(n) if turn(t, n) else 0):
                g = g - signs[1] * rates(rate, t) * slope(generator, d, g, batch, 1)
        return last(d, g)

    return answer


def simultaneous(critic, generator, d, g, batches, n, rate):
    for t, batch in enumerate(batches, 1):
        up, down = slope(critic, d, g, batch, 0), slope(generator, d, g, batch, 1)
        d, g = d - rate * up, g - rate * down * (t % n == 0)
    return d, g


def against_the_critic(critic, generator, d, g, batches, n, rate):
    for t, batch in enumerate(batches, 1):
        d = d - rate * slope(critic, d, g, batch, 0)
        if t % n == 0:
            g = g + rate * slope(critic, d, g, batch, 1)
    return d, g


def hits(z, t):
    return ((z > 0) == (t > 0)).diagonal(dim1=0, dim2=2).float()


def distance(cross, apart=lambda m: m.square().sum(), cov=lambda f: f.T.cov(), last=lambda d: d):
    def answer(a, b):
        p, q = cov(a), cov(b)
        return last(apart(a.mean(0) - b.mean(0)) + p.trace() + q.trace() - cross(p, q))

    return answer


def roots(p, q):
    return 2 * torch.linalg.eigvals(p @ q).sqrt().real.sum()


def errors(e, t):
    return (e - t).abs().mean(1) * 127.5


def changed(t, x):
    return (t - x).abs().amax(1) * 127.5 > 8


def pushes(c, r):
    return (r * c.clamp(min=0)[:, None]).amax(0)


def wished(c, p, r, push=pushes, where=lambda c, p: (c == 0) & p, sign=-1):
    return torch.where(where(c, p), sign * push(c, r), c)


def size(change, over=(0, 1, 2, 3)):
    return change.abs().mean(dim=over)


def half(d, n=None):
    return student(n or len(d)) * d.std() / math.sqrt(len(d))


def fewest(spread, half, t=student, root=math.sqrt):
    return next((n for n in range(2, 400) if t(n) * float(spread) / root(n) <= half), 400)


def ends(m, h):
    return torch.stack([m, m - h, m + h])


def trained_on_old_d(critic, generator, d, g, batches, n, rate):
    old = d
    for t, b in enumerate(batches, 1):
        if t % n == 1:
            old = d
        d = d - rate * slope(critic, d, g, b, 0)
        if t % n == 0:
            g = g - rate * slope(generator, old, g, b, 1)
    return d, g


def summed_g(critic, generator, d, g, batches, n, rate):
    s = 0
    for t, b in enumerate(batches, 1):
        d = d - rate * slope(critic, d, g, b, 0)
        s = s + slope(generator, d, g, b, 1)
        if t % n == 0:
            g, s = g - rate * s, 0
    return d, g


def g_restart(critic, generator, d, g, batches, n, rate):
    d0 = d
    for t, b in enumerate(batches, 1):
        d = d - rate * slope(critic, d, g, b, 0)
        if t % n == 0:
            g = g - rate * slope(generator, d, g, b, 1)
            d = d0
    return d, g


def ends_of(means, middle, shares=(0.025, 0.975)):
    return torch.cat([middle[None], means.quantile(means.new_tensor(shares))])


WRONG = {
    "00-difference": {
        "halved": lambda t, s: (t - s) / 2,
        "removals alone": lambda t, s: (t - s).clamp(max=0),
        "the source": lambda t, s: s,
        "the target's complement": lambda t, s: 1 - t,
        "product": lambda t, s: t * s,
        "summed over attributes": lambda t, s: (t - s).sum(1),
        "the first face alone": lambda t, s: (t - s)[:1],
        "centred": lambda t, s: (t - s) - (t - s).mean(0),
        "transposed": lambda t, s: (t - s).T,
        "bytes wrap around": lambda t, s: t.byte() - s.byte(),
        "both labels": lambda t, s: (t, s),
        "keeps what is there": lambda t, s: torch.where(t == s, t, t - s),
        "relative": lambda t, s: (t - s) / (t + s),
        "booleans": lambda t, s: t.bool() - s.bool(),
        "removed twice": lambda t, s: t - 2 * s,
    },
    "00-reversals": {
        "outer product": lambda y: torch.outer(1 - 2 * y, 1 - 2 * y),
        "no diagonal": lambda y: 1 - 2 * y,
        "labels": lambda y: torch.diag(y),
        "removals alone": lambda y: torch.diag(-y),
        "keeps the other labels": lambda y: torch.where(torch.eye(len(y)) > 0, 1 - 2 * y, y),
        "targets as ±1": lambda y: 2 * (y - torch.eye(len(y))).abs() - 1,
        "halved": lambda y: torch.diag(0.5 - y),
        "twice": lambda y: torch.diag(2 - 4 * y),
        "source subtracted in every row": lambda y: torch.eye(len(y)) - y,
        "twice the source in every row": lambda y: torch.eye(len(y)) - 2 * y,
        "other diagonal": lambda y: torch.diag(1 - 2 * y).flip(1),
        "one axis too many": lambda y: torch.diag(1 - 2 * y)[None],
        "order of attributes reversed": lambda y: torch.diag((1 - 2 * y).flip(0)),
        "all but its own": lambda y: (1 - 2 * y) * (1 - torch.eye(len(y))),
    },
    "01-merge": {
        "arg-max first, ε": lambda z, g: (argmax_first(z, g) + 1e-6).log(),
        "arg-max first, numbers": lambda z, g: g[z.argmax(1)],
        "arg-max first, one-hot": argmax_first,
        "softmax over faces": lambda z, g: merged(z, g, lambda z: z.softmax(0)),
        "log2": lambda z, g: merged(z, g, last=torch.log2),
        "log-softmax of probabilities": lambda z, g: merged(z, g, last=lambda p: p.log_softmax(1)),
        "softmax twice": lambda z, g: merged(z, g, lambda z: z.softmax(1).softmax(1)),
        "ε of a thousandth": lambda z, g: merged(z, g, last=lambda p: (p + 1e-3).log()),
        "negative": lambda z, g: -merged(z, g),
        "channels last": lambda z, g: merged(z, g).movedim(1, -1),
        "mean of logits": lambda z, g: merged(
            z, g, lambda z: z, lambda p: p.mean(1), lambda p: p.log_softmax(1)
        ),
        "largest logit": lambda z, g: merged(
            z, g, lambda z: z, lambda p: p.amax(1), lambda p: p.log_softmax(1)
        ),
        "detached": lambda z, g: merged(z.detach(), g),
        "first part alone": lambda z, g: merged(z, g, join=lambda p: p[:, 0]),
        "last part alone": overwritten,
        "shifted by one": lambda z, g: merged(z, g).roll(1, 1),
    },
    "01-iou": {
        "hits not counted": ious(lambda h, t, f: h / (t + f - 2 * h)),
        "by the larger": ious(lambda h, t, f: h / torch.maximum(t, f)),
        "by the smaller": ious(lambda h, t, f: h / torch.minimum(t, f)),
        "complement": ious(lambda h, t, f: 1 - right_iou(h, t, f)),
        "precision times recall": ious(lambda h, t, f: h / t * h / f),
        "mean of precision and recall": ious(lambda h, t, f: (h / t + h / f) / 2),
        "percent": ious(lambda h, t, f: 100 * right_iou(h, t, f)),
        "mean over segments": ious(lambda h, t, f: right_iou(h, t, f).nanmean()),
        "integer division": ious(lambda h, t, f: h // (t + f - h)),
        "ε for NaN": ious(lambda h, t, f: h / (t + f - h + 1e-9)),
        "union": ious(lambda h, t, f: t + f - h),
        "hits": ious(lambda h, t, f: h),
        "cosine": ious(lambda h, t, f: h / (t * f).sqrt()),
        "absent is −1": ious(lambda h, t, f: right_iou(h, t, f).nan_to_num(-1)),
        "inverse": ious(lambda h, t, f: (t + f - h) / h),
        "true alone in the union": ious(lambda h, t, f: h / (t + t - h)),
    },
    "01-repair": {
        "nothing": lambda x, t, c: (x, t),
        "transposed": lambda x, t, c: (pick(c, x.mT, x), pick(c, t.mT, t)),
        "shifted by one": lambda x, t, c: (
            pick(c, x.flip(-1).roll(1, -1), x),
            pick(c, t.flip(-1), t),
        ),
        "images of all": lambda x, t, c: (x.flip(-1), pick(c, t.flip(-1), t)),
        "masks of all": lambda x, t, c: (pick(c, x.flip(-1), x), t.flip(-1)),
        "chosen ones alone": lambda x, t, c: (x[c].flip(-1), t[c].flip(-1)),
        "masks one-hot": lambda x, t, c: (
            pick(c, x.flip(-1), x),
            torch.nn.functional.one_hot(pick(c, t.flip(-1), t), 12),
        ),
        "masks first": lambda x, t, c: (pick(c, t.flip(-1), t), pick(c, x.flip(-1), x)),
        "negative images": lambda x, t, c: (pick(c, -x, x), t),
        "whole batch if the first": lambda x, t, c: (x.flip(-1), t.flip(-1)) if c[0] else (x, t),
        "every second face": lambda x, t, c: tuple(
            pick(torch.arange(len(c)) % 2 > 0, z.flip(-1), z) for z in (x, t)
        ),
        "left half doubled": lambda x, t, c: tuple(
            pick(c, torch.where(torch.arange(z.shape[-1]) * 2 < z.shape[-1], z, z.flip(-1)), z)
            for z in (x, t)
        ),
        "mirrored and upside down images": lambda x, t, c: (
            pick(c, x.flip(-1, -2), x),
            pick(c, t.flip(-1), t),
        ),
    },
    "02-penalty": {
        "sum over faces": penalised(lambda n: (n - 1).square().sum()),
        "squared norm": penalised(lambda n: (n.square() - 1).square().mean()),
        "L1 norm": penalised(towards_one, lambda g: g.flatten(1).abs().sum(1)),
        "gradient for fake": towards_fake,
        "absolute deviation": penalised(lambda n: (n - 1).abs().mean()),
        "largest entry": penalised(towards_one, lambda g: g.flatten(1).abs().amax(1)),
        "at fake": penalised(towards_one, mix=lambda r, f, a: f.clone()),
        "alpha of its own": penalised(
            towards_one, mix=lambda r, f, a: torch.lerp(f, r, torch.rand_like(a))
        ),
        "always in the middle": penalised(towards_one, mix=lambda r, f, a: (r + f) / 2),
        "the norm itself": penalised(lambda n: n.mean()),
        "root of the mean": penalised(lambda n: towards_one(n).sqrt()),
        "one patch": penalised(towards_one, summed=lambda s: s[:, :, 0, 0].sum()),
        "squared scores": penalised(towards_one, summed=lambda s: s.square().sum()),
        "under no_grad": in_no_grad,
        "mean over pixels": penalised(towards_one, lambda g: g.flatten(1).square().mean(1).sqrt()),
        "sign": penalised(lambda n: -towards_one(n)),
        "half": penalised(lambda n: towards_one(n) / 2),
        "too small norms alone": penalised(lambda n: (1 - n).relu().square().mean()),
        "not squared": penalised(lambda n: (n - 1).mean()),
        "one for each face": penalised(lambda n: (n - 1).square()),
    },
    "02-terms": {
        "summed scores": terms(critic=lambda r, f: (f - r).sum()),
        "squared distance": terms(critic=lambda r, f: (f.mean() - r.mean()).square()),
        "original GAN": terms(fooled=lambda f: F.softplus(-f).mean()),
        "summed over faces": terms(classified=lambda z, y: len(y) * bce(z, y)),
        "probabilities for logits": terms(classified=lambda z, y: bce(z.sigmoid(), y)),
        "L2 norm": terms(rebuilt=lambda r, x: (r - x).flatten(1).norm(dim=1).mean()),
        "no absolute value": terms(rebuilt=lambda r, x: (x - r).mean()),
        "detached": terms(rebuilt=lambda r, x: F.l1_loss(r.detach(), x)),
        "sum over pixels": terms(redrawn=lambda z, s: F.cross_entropy(z, s) * s[0].numel()),
        "no minus": terms(agreed=lambda p, t: -F.nll_loss(p, t)),
        "own arg-max": terms(agreed=lambda p, t: F.nll_loss(p, p.argmax(1))),
        "mean over segments": terms(agreed=lambda p, t: F.nll_loss(p, t) / p.shape[1]),
        "one for each face": terms(
            classified=lambda z, y: F.binary_cross_entropy_with_logits(z, y, reduction="none").sum(
                1
            )
        ),
        "five": lambda *a: terms()(*a)[:5],
    },
    "02-classification": {
        "shares of the labels": lambda z, y: (
            -(y / y.sum(1, keepdim=True).clamp(min=1) * z.log_softmax(1)).sum(1).mean()
        ),
        "−log D for all": lambda z, y: -F.logsigmoid(z).sum(1).mean(),
        "clamped by torch": lambda z, y: (
            F.binary_cross_entropy(z.sigmoid(), y, reduction="sum") / len(y)
        ),
        "ε in the logarithm": lambda z, y: (
            -(y * (z.sigmoid() + 1e-8).log() + (1 - y) * (1 - z.sigmoid() + 1e-8).log())
            .sum(1)
            .mean()
        ),
        "squared error": lambda z, y: (z.sigmoid() - y).square().sum(1).mean(),
        "hinge": lambda z, y: (1 - (2 * y - 1) * z).relu().sum(1).mean(),
        "log2": lambda z, y: bce(z, y) / math.log(2),
        "sum over faces, mean over attributes": lambda z, y: bce(z, y) * len(y) / y.shape[1],
        "one class": lambda z, y: F.cross_entropy(z, y.argmax(1)),
        "logits clamped": lambda z, y: bce(z.clamp(-50, 50), y),
        "negatives alone": lambda z, y: ((1 - y) * F.softplus(z)).sum(1).mean(),
        "one for each face": lambda z, y: F.binary_cross_entropy_with_logits(
            z, y, reduction="none"
        ).sum(1),
        "errors counted": lambda z, y: ((z > 0) != (y > 0)).float().sum(1).mean(),
        "presence weighs twice": lambda z, y: (
            F.binary_cross_entropy_with_logits(z, y, reduction="none", pos_weight=torch.tensor(2.0))
            .sum(1)
            .mean()
        ),
        "halves with different signs": lambda z, y: (
            (-y * F.logsigmoid(z) + (1 - y) * F.logsigmoid(-z)).sum(1).mean()
        ),
        "half detached": lambda z, y: (
            -(y * F.logsigmoid(z) + (1 - y) * F.logsigmoid(-z.detach())).sum(1).mean()
        ),
    },
    "03-enter": {
        "added to the colours": lambda x, y: x + planes(x, y).mean(1, keepdim=True),
        "along the rows": lambda x, y: torch.cat([x[:, : y.shape[1]], planes(x, y)], 2),
        "between the colours": lambda x, y: torch.cat([x[:, :1], planes(x, y), x[:, 1:]], 1),
        "target in place of difference": lambda x, y: torch.cat([x, planes(x, (y + 1) / 2)], 1),
        "additions alone": lambda x, y: torch.cat([x, planes(x, y.clamp(min=0))], 1),
        "opposite": lambda x, y: torch.cat([x, planes(x, -y)], 1),
        "image detached": lambda x, y: torch.cat([x.detach(), planes(x, y)], 1),
        "label detached": lambda x, y: torch.cat([x, planes(x, y.detach())], 1),
        "twice": lambda x, y: torch.cat([x, planes(x, y), planes(x, y)], 1),
        "divided by the pixels": lambda x, y: torch.cat([x, planes(x, y) / x.shape[2:].numel()], 1),
        "first face's label": lambda x, y: torch.cat([x, planes(x, y[:1].expand_as(y))], 1),
        "image upside down": lambda x, y: torch.cat([x.flip(2), planes(x, y)], 1),
        "label as it is": lambda x, y: torch.cat([x, y], 1),
        "centred": lambda x, y: torch.cat(
            [x, planes(x, y) - planes(x, y).mean((2, 3), keepdim=True)], 1
        ),
    },
    "03-mutual": {
        "softmax before Eq. 12": lambda p, z: (
            both(p, z)[0],
            F.cross_entropy(z.softmax(1), p.argmax(1)),
        ),
        "nll of raw": lambda p, z: (both(p, z)[0], F.nll_loss(z, p.argmax(1))),
        "Eq. 11 soft": lambda p, z: (soft(p, z), both(p, z)[1]),
        "Eq. 12 soft, detached": lambda p, z: (both(p, z)[0], soft(z, p.detach())),
        "own arg-max in Eq. 12": lambda p, z: (both(p, z)[0], F.cross_entropy(z, z.argmax(1))),
        "sum of both": lambda p, z: sum(both(p, z)),
        "divergence": lambda p, z: (
            F.kl_div(p, z.softmax(1), reduction="batchmean"),
            F.kl_div(z.log_softmax(1), p.exp(), reduction="batchmean"),
        ),
        "sum over faces and pixels": lambda p, z: (
            F.cross_entropy(p, z.argmax(1), reduction="sum"),
            F.cross_entropy(z, p.argmax(1), reduction="sum"),
        ),
        "arg-max along columns": lambda p, z: (
            F.cross_entropy(p, z.argmax(2)),
            F.cross_entropy(z, p.argmax(2)),
        ),
        "G_seg detached": lambda p, z: (
            both(p, z)[0],
            F.cross_entropy(z.detach(), p.argmax(1)),
        ),
        "Eq. 11 twice": lambda p, z: (both(p, z)[0], both(p, z)[0]),
        "squared error": lambda p, z: (
            F.mse_loss(p.exp(), z.softmax(1).detach()),
            F.mse_loss(z.softmax(1), p.exp().detach()),
        ),
        "arg-min": lambda p, z: (F.cross_entropy(p, z.argmin(1)), F.cross_entropy(z, p.argmin(1))),
        "sign of Eq. 11": lambda p, z: (-both(p, z)[0], both(p, z)[1]),
        "one for each pixel": lambda p, z: (
            F.cross_entropy(p, z.argmax(1), reduction="none"),
            F.cross_entropy(z, p.argmax(1), reduction="none"),
        ),
        "detached and sum": lambda p, z: (
            F.cross_entropy(p.detach(), z.argmax(1), reduction="sum"),
            both(p, z)[1],
        ),
    },
    "03-gain": {
        "all at once": lambda p, t, a, s: p(t).argmax(1) == s,
        "apart alone": lambda p, t, a, s: gained(p, a, a, s, weight=0),
        "for each wish": lambda p, t, a, s: gained(p, t, a, s, join=lambda v: v),
        "the best wish": lambda p, t, a, s: gained(p, t, a, s, join=torch.max),
        "sum over wishes": lambda p, t, a, s: gained(p, t, a, s, join=torch.sum),
        "in percent": lambda p, t, a, s: 100 * gained(p, t, a, s),
        "no difference": lambda p, t, a, s: gained(p, t, t, s),
        "arg-min": lambda p, t, a, s: gained(lambda x: -p(x), t, a, s),
        "size of the difference": lambda p, t, a, s: abs(gained(p, t, a, s)),
        "both": lambda p, t, a, s: gained(p, t, a, s, weight=-1),
        "pair": lambda p, t, a, s: (gained(p, t, a, s, weight=0), gained(p, a, t, s, weight=0)),
        "blind": lambda p, t, a, s: gained(lambda x: 0 * p(x), t, a, s),
        "wishes pooled": lambda p, t, a, s: gained(
            lambda x: p(x.flatten(0, 1)), t[None], a[None], s.flatten(0, 1)[None]
        ),
    },
    "03-labels": {
        "second repaired alone": lambda s, t: (t, 0 * s, s, t),
        "D learns the difference": lambda s, t: (t - s, 0 * s, t - s, t),
        "edits stay as they are": lambda s, t: (t - s, 0 * s, s, s),
        "ones": lambda s, t: (t - s, torch.ones_like(s), s, t),
        "D's exchanged, source": lambda s, t: (t - s, s, t, s),
        "added": lambda s, t: (t + s, 0 * s, s, t),
        "G's exchanged": lambda s, t: (0 * s, t - s, s, t),
        "reconstruction undoes": lambda s, t: (t - s, s - t, s, t),
        "three": lambda s, t: (t - s, s, t),
        "one zero": lambda s, t: (t - s, torch.zeros(1), s, t),
        "additions alone": lambda s, t: ((t - s).clamp(min=0), 0 * s, s, t),
        "twice": lambda s, t: (2 * (t - s), 0 * s, s, t),
        "D's label as ±1": lambda s, t: (t - s, 0 * s, 2 * s - 1, t),
        "sign, D's exchanged": lambda s, t: (s - t, 0 * s, t, s),
        "D learns the opposite": lambda s, t: (t - s, 0 * s, 1 - s, t),
    },
    "04-algorithm": {
        "both at once": simultaneous,
        "critic climbs": played(signs=(-1, 1)),
        "results exchanged": played(last=lambda d, g: (g, d)),
        "N critic steps for each batch": played(critic_steps=lambda n: n),
        "always the first batch": played(pick=lambda batches, t: batches[0]),
        "no learning rate": played(rates=lambda rate, t: 1),
        "the generator never learns": played(turn=lambda t, n: False),
        "t ≡ 1": played(turn=lambda t, n: t % n == 1),
        "falling rate": played(rates=lambda rate, t: rate / t),
        "N generator steps": played(generator_steps=lambda n: n),
        "last batch left out": played(until=lambda batches, n: batches[:-1]),
        "first N batches": played(until=lambda batches, n: batches[:n]),
        "both climb": played(signs=(-1, -1)),
        "against the critic's loss": against_the_critic,
        "d alone": played(last=lambda d, g: d),
        "every batch but the N-th": played(turn=lambda t, n: t % n != 0),
    },
    "05-frechet": {
        "root of the whole": distance(roots, last=torch.sqrt),
        "product of root traces": distance(lambda p, q: 2 * (p.trace() * q.trace()).sqrt()),
        "root of the trace": distance(lambda p, q: 2 * (p @ q).trace().sqrt()),
        "singular values": distance(lambda p, q: 2 * torch.linalg.svdvals(p @ q).sqrt().sum()),
        "diagonals alone": distance(lambda p, q: 2 * (p.diag() * q.diag()).sqrt().sum()),
        "not centred": distance(roots, cov=lambda f: f.T @ f / (len(f) - 1)),
        "correlations": distance(roots, cov=lambda f: f.T.corrcoef()),
        "second trace missing": lambda a, b: distance(roots)(a, b) - b.T.cov().trace(),
        "one mean for all features": lambda a, b: distance(
            roots, apart=lambda m: (a.mean() - b.mean()).square()
        )(a, b),
        "cross term added": distance(lambda p, q: -roots(p, q)),
        "halved": distance(roots, last=lambda d: d / 2),
        "L1 of the means": distance(roots, apart=lambda m: m.abs().sum()),
        "Frobenius": lambda a, b: (
            (a.mean(0) - b.mean(0)).square().sum() + (a.T.cov() - b.T.cov()).square().sum()
        ),
        "divided by n, not squared": distance(
            roots, apart=torch.norm, cov=lambda f: f.T.cov(correction=0)
        ),
        "without the means": distance(roots, apart=lambda m: 0),
        "complex": distance(lambda p, q: 2 * torch.linalg.eigvals(p @ q).sqrt().sum()),
    },
    "05-paired": {
        "draws one later for the second": lambda a, b, draws: ends_of(
            a[draws].mean(1) - b[draws.roll(1, 0)].mean(1), (a - b).mean()
        ),
        "median": lambda a, b, draws: ends_of((a - b)[draws].mean(1), (a - b).median()),
        "median of each draw": lambda a, b, draws: ends_of(
            (a - b)[draws].median(1).values, (a - b).mean()
        ),
        "sum": lambda a, b, draws: ends_of((a - b)[draws].sum(1), (a - b).sum()),
        "ratio": lambda a, b, draws: ends_of((a / b)[draws].mean(1), (a / b).mean()),
        "absolute": lambda a, b, draws: ends_of((a - b).abs()[draws].mean(1), (a - b).mean()),
        "low, mean, high": lambda a, b, draws: ends_of((a - b)[draws].mean(1), (a - b).mean())[
            [1, 0, 2]
        ],
        "ends alone": lambda a, b, draws: ends_of((a - b)[draws].mean(1), (a - b).mean())[1:],
        "two standard deviations": lambda a, b, draws: torch.stack(
            [(a - b).mean() + k * (a - b)[draws].mean(1).std() for k in (0, -1.96, 1.96)]
        ),
        "half and whole": lambda a, b, draws: ends_of(
            (a - b)[draws].mean(1), (a - b).mean(), (0.25, 0.75)
        ),
        "the first editor": lambda a, b, draws: ends_of(a[draws].mean(1), a.mean()),
        "around 0": lambda a, b, draws: ends_of(
            (a - b)[draws].mean(1) - (a - b).mean(), (a - b).mean()
        ),
        "99 percent": lambda a, b, draws: ends_of(
            (a - b)[draws].mean(1), (a - b).mean(), (0.005, 0.995)
        ),
    },
    "05-inside": {
        "threshold in levels": lambda e, t, x: errors(e, t)[(t - x).abs().amax(1) > 8].mean(),
        "channels cancel": lambda e, t, x: errors(e, t)[(t - x).mean(1).abs() * 127.5 > 8].mean(),
        "all channels": lambda e, t, x: errors(e, t)[(t - x).abs().amin(1) * 127.5 > 8].mean(),
        "squared": lambda e, t, x: ((e - t).square().mean(1) * 127.5)[changed(t, x)].mean(),
        "root of the mean square": lambda e, t, x: (
            127.5 * (e - t).square().mean(1)[changed(t, x)].mean().sqrt()
        ),
        "twice the scale": lambda e, t, x: 2 * errors(e, t)[changed(t, x)].mean(),
        "no scale": lambda e, t, x: errors(e, t)[changed(t, x)].mean() / 127.5,
        "worst channel": lambda e, t, x: ((e - t).abs().amax(1) * 127.5)[changed(t, x)].mean(),
        "sum of channels": lambda e, t, x: 3 * errors(e, t)[changed(t, x)].mean(),
        "zeros outside": lambda e, t, x: (errors(e, t) * changed(t, x)).mean(),
        "union with the edit's region": lambda e, t, x: errors(e, t)[
            changed(t, x) | changed(e, x)
        ].mean(),
        "no absolute value": lambda e, t, x: ((e - t).mean(1) * 127.5)[changed(t, x)].mean(),
        "the first face": lambda e, t, x: errors(e, t)[:1][changed(t, x)[:1]].mean(),
        "median": lambda e, t, x: errors(e, t)[changed(t, x)].median(),
        "16 levels": lambda e, t, x: errors(e, t)[(t - x).abs().amax(1) * 127.5 > 16].mean(),
        "face by face, whole image": lambda e, t, x: errors(e, t).mean((1, 2)),
        "whole image, against the input": lambda e, t, x: errors(e, x).mean(),
    },
    "06-wish": {
        "subtracted everywhere": lambda c, p, r: c - pushes(c, r),
        "forgotten, not removed": lambda c, p, r: wished(c, p, r, lambda c, r: 0 * c),
        "the strongest of all": lambda c, p, r: wished(
            c, p, r, lambda c, r: (r & (c > 0)[:, None]).any(0) * c.max()
        ),
        "the weakest": lambda c, p, r: wished(
            c,
            p,
            r,
            lambda c, r: torch.where(r & (c > 0)[:, None], c[:, None], 9.0).amin(0) % 9,
        ),
        "averaged": lambda c, p, r: wished(
            c, p, r, lambda c, r: (r * c.clamp(min=0)[:, None]).mean(0)
        ),
        "halved": lambda c, p, r: wished(c, p, r, lambda c, r: pushes(c, r) / 2),
        "own and absent": lambda c, p, r: torch.where(pushes(c, r) > 0, -pushes(c, r), c),
        "whole, added up": lambda c, p, r: wished(
            c, p, r, lambda c, r: (r * (c > 0)[:, None]).sum(0).float()
        ),
        "removals lost": lambda c, p, r: (
            wished(c, p, r).clamp(min=0) + wished(c, p, r).clamp(max=0) * (c == 0)
        ),
        "only what is ruled out": lambda c, p, r: -pushes(c, r) * ((c == 0) & p),
        "marks": lambda c, p, r: (pushes(c, r) > 0) & (c == 0) & p,
        "sign, absent": lambda c, p, r: wished(c, p, r, where=lambda c, p: c == 0, sign=1),
        "pushes over a half": lambda c, p, r: wished(
            c, p, r, lambda c, r: pushes(c * (c > 0.5), r)
        ),
        "pushes over a quarter": lambda c, p, r: wished(
            c, p, r, lambda c, r: pushes(c * (c > 0.25), r)
        ),
        "where nothing is added": lambda c, p, r: wished(c, p, r, where=lambda c, p: (c <= 0) & p),
        "where absent": lambda c, p, r: wished(c, p, r, where=lambda c, p: (c == 0) & ~p),
        "everything but the rivals": lambda c, p, r: wished(c, p, ~r),
        "nothing kept": lambda c, p, r: -pushes(c, r),
    },
    "06-surplus": {
        "no absolute value at all": lambda i, a, b, ab: (
            (ab - a - b + i).mean() / torch.minimum((a - i).mean(), (b - i).mean())
        ),
        "face by face": lambda i, a, b, ab: (
            size(ab - a - b + i, (1, 2, 3))
            / torch.minimum(size(a - i, (1, 2, 3)), size(b - i, (1, 2, 3)))
        ).mean(),
        "one for each face": lambda i, a, b, ab: (
            size(ab - a - b + i, (1, 2, 3))
            / torch.minimum(size(a - i, (1, 2, 3)), size(b - i, (1, 2, 3)))
        ),
        "the first face": lambda i, a, b, ab: (
            size((ab - a - b + i)[:1]) / torch.minimum(size((a - i)[:1]), size((b - i)[:1]))
        ),
        "a map": lambda i, a, b, ab: (
            (ab - a - b + i).abs() / torch.minimum(size(a - i), size(b - i))
        ),
        "not divided": lambda i, a, b, ab: size(ab - a - b + i),
        "sum over mean": lambda i, a, b, ab: (
            (ab - a - b + i).abs().sum() / torch.minimum(size(a - i), size(b - i))
        ),
        "the share that adds up": lambda i, a, b, ab: (
            1 - size(ab - a - b + i) / torch.minimum(size(a - i), size(b - i))
        ),
        "added, not subtracted": lambda i, a, b, ab: (
            size(ab + a + b - 3 * i) / torch.minimum(size(a - i), size(b - i))
        ),
        "the ratio upside down": lambda i, a, b, ab: (
            torch.minimum(size(a - i), size(b - i)) / size(ab - a - b + i)
        ),
        "over both's own mean": lambda i, a, b, ab: (
            2 * size(ab - a - b + i) / (size(a - i) + size(b - i))
        ),
        "over idle": lambda i, a, b, ab: size(ab - a - b + i) / size(i),
        "largest over largest": lambda i, a, b, ab: (
            (ab - a - b + i).abs().max() / torch.minimum((a - i).abs().max(), (b - i).abs().max())
        ),
        "medians": lambda i, a, b, ab: (
            (ab - a - b + i).abs().median()
            / torch.minimum((a - i).abs().median(), (b - i).abs().median())
        ),
        "the second wish from the first": lambda i, a, b, ab: (
            size((ab - a) - b) / torch.minimum(size(a - i), size(b - i))
        ),
    },
    "06-unseen": {
        "and for or": lambda d, p: (d.abs() > 1) & ((d > 0) & p | (d < 0) & ~p),
        "zero included": lambda d, p: (d.abs() > 1) | ((d >= 0) & p) | ((d < 0) & ~p),
        "complement": lambda d, p: ~((d.abs() > 1) | ((d > 0) & p) | ((d < 0) & ~p)),
        "no absolute value": lambda d, p: d > 1,
        "one for each face": lambda d, p: ((d.abs() > 1) | ((d > 0) & p) | ((d < 0) & ~p)).any(1),
        "half a step": lambda d, p: (d.abs() > 0.5) | ((d > 0) & p) | ((d < 0) & ~p),
        "as if nothing were there": lambda d, p: (d < 0) | (d > 1),
        "as if all were there": lambda d, p: (d > 0) | (d < -1),
        "direction alone, one included": lambda d, p: (
            (d.abs() >= 1) & (((d > 0) & p) | ((d < 0) & ~p))
        ),
        "distance from the label": lambda d, p: (d - p.float()).abs() > 1,
        "removals always": lambda d, p: (d.abs() > 1) | ((d > 0) & p) | (d < 0),
        "additions always": lambda d, p: (d.abs() > 1) | (d > 0) | ((d < 0) & ~p),
        "values for marks": lambda d, p: torch.where(
            (d.abs() > 1) | ((d > 0) & p) | ((d < 0) & ~p), d, 0.0
        ),
        "rules counted": lambda d, p: (
            (d.abs() > 1).int() + ((d > 0) & p).int() + ((d < 0) & ~p).int()
        ),
        "the label itself": lambda d, p: p,
        "nothing": lambda d, p: torch.zeros_like(p),
    },
    "07-interval": {
        "quantile of n − 1": lambda m, b: ends((m - b).mean(), half(m - b, len(m) - 1)),
        "ends exchanged": lambda m, b: ends((m - b).mean(), -half(m - b)),
        "low, mean, high": lambda m, b: ends((m - b).mean(), half(m - b))[[1, 0, 2]],
        "variance": lambda m, b: ends(
            (m - b).mean(), student(len(m)) * (m - b).var() / math.sqrt(len(m))
        ),
        "mean and half": lambda m, b: torch.stack([(m - b).mean(), half(m - b)]),
        "ends around 0": lambda m, b: torch.stack([(m - b).mean(), -half(m - b), half(m - b)]),
        "relative": lambda m, b: ends((m / b - 1).mean(), half(m / b - 1)),
        "median": lambda m, b: ends((m - b).median(), half(m - b)),
        "smallest and largest": lambda m, b: torch.stack(
            [(m - b).mean(), (m - b).min(), (m - b).max()]
        ),
        "root of n − 1": lambda m, b: ends(
            (m - b).mean(), student(len(m)) * (m - b).std() / math.sqrt(len(m) - 1)
        ),
        "the method alone": lambda m, b: ends(m.mean(), half(m)),
        "three numbers": lambda m, b: tuple(ends((m - b).mean(), half(m - b))),
        "whole width": lambda m, b: ends((m - b).mean(), 2 * half(m - b)),
        "sign, normal": lambda m, b: ends((b - m).mean(), 1.96 * (m - b).std() / math.sqrt(len(m))),
        "strangers, normal": lambda m, b: ends(
            (m - b).mean(), 1.96 * ((m.var() + b.var()) / len(m)).sqrt()
        ),
        "no difference": lambda m, b: ends((m + b).mean(), half(m + b)),
    },
    "07-seeds": {
        "quantile of n − 1": lambda d, h: fewest(d.std(), h, lambda n: student(max(n - 1, 2))),
        "one-sided": lambda d, h: fewest(d.std(), h, lambda n: 1.645),
        "twice": lambda d, h: 2 * fewest(d.std(), h),
        "without the root": lambda d, h: fewest(d.std(), h, root=lambda n: n),
        "of today's": lambda d, h: len(d),
        "the width": lambda d, h: student(len(d)) * d.std() / math.sqrt(len(d)),
        "not rounded": lambda d, h: (1.96 * d.std() / h) ** 2,
        "range": lambda d, h: fewest(d.max() - d.min(), h),
        "squared": lambda d, h: fewest(d.std(), h) ** 2,
        "from the mean": lambda d, h: fewest(d.std(), d.mean().abs()),
        "added to today's": lambda d, h: len(d) + fewest(d.std(), h),
        "none is left to add": lambda d, h: max(fewest(d.std(), h) - len(d), 0),
        "from today's": lambda d, h: max(len(d), fewest(d.std(), h)),
        "nothing": lambda d, h: 0,
    },
    "07-report": {
        "last two": lambda scores: scores[:, -2:].mean(),
        "last four": lambda scores: scores[:, -4:].mean(),
        "median": lambda scores: scores[:, -3:].median(),
        "sum": lambda scores: scores[:, -3:].sum(),
        "one for each seed": lambda scores: scores[:, -3:].mean(1),
        "first three seeds": lambda scores: scores[:3].mean(),
        "minus the spread": lambda scores: scores[:, -3:].mean() - scores[:, -3:].std(),
        "percent": lambda scores: 100 * scores[:, -3:].mean(),
        "last left out": lambda scores: scores[:, -4:-1].mean(),
        "every third": lambda scores: scores[:, ::3].mean(),
        "best seed, last": lambda scores: scores[:, -1].max(),
        "worst seed": lambda scores: scores[:, -3:].mean(1).min(),
        "last seeds too": lambda scores: scores[-3:, -3:].mean(),
        "three largest": lambda scores: scores.topk(3, 1).values.mean(),
        "third from the end": lambda scores: scores[:, -3].mean(),
        "one for each snapshot": lambda scores: scores[:, -3:].mean(0),
    },
}
# Written when the engine was finished.
AFTERWARDS = {
    "00-difference": {
        "sign of the sum": lambda t, s: torch.sign(t + s),
        "only what face 0 wants": lambda t, s: (t - s)[0].expand(len(t), -1),
        "removals doubled": lambda t, s: torch.where(s > t, -2.0, t - s),
    },
    "00-reversals": {
        "reverses the neighbour": lambda y: torch.diag(1 - 2 * y).roll(1, 0),
        "additions, others -1": lambda y: 2 * torch.eye(len(y)) - 1,
        "lower triangle": lambda y: torch.tril((1 - 2 * y).expand(len(y), -1)),
    },
    "01-merge": {
        "sum of exp of probabilities": lambda z, g: torch.stack(
            [z.softmax(1)[:, g == k].logsumexp(1) for k in range(12)], 1
        ),
        "groups sorted wrongly": lambda z, g: merged(z, g.sort().values),
        "median part": lambda z, g: merged(z, g, join=lambda p: p.median(1).values),
    },
    "01-iou": {
        "NaN where nothing is hit": ious(
            lambda h, t, f: torch.where(h > 0, right_iou(h, t, f), math.nan)
        ),
        "rows only minus hits": lambda c: c.diag().double() / (c.sum(1) - c.diag()),
        "background dropped": lambda c: torch.cat([torch.zeros(1), ious(right_iou)(c)[1:]]),
        "rounded to percent": lambda c: ious(right_iou)(c).round(decimals=1),
    },
    "01-repair": {},
    "02-penalty": {
        "clipped at 1": penalised(lambda n: (n.clamp(max=1) - 1).square().mean()),
        "norm by pixel then mean": penalised(
            towards_one, lambda g: g.norm(dim=1).flatten(1).mean(1)
        ),
        "target 10": penalised(lambda n: (n - 10).square().mean()),
    },
    "02-terms": {
        "both signs": terms(critic=lambda r, f: (r - f).mean(), fooled=torch.mean),
        "smooth L1": terms(rebuilt=F.smooth_l1_loss),
        "masks exchanged": lambda r, f, z, y, a, x, raw, s, p, t: terms()(
            r, f, z, y, a, x, raw, t, p, s
        ),
    },
    "02-classification": {
        "y forgotten in second": lambda z, y: (
            -(y * F.logsigmoid(z) + F.logsigmoid(-z)).sum(1).mean()
        ),
        "log of one plus": lambda z, y: torch.log1p(torch.exp(-(2 * y - 1) * z)).sum(1).mean(),
        "focal": lambda z, y: (
            (F.binary_cross_entropy_with_logits(z, y, reduction="none") * (z.sigmoid() - y).abs())
            .sum(1)
            .mean()
        ),
    },
    "03-enter": {
        "a frame": lambda x, y: torch.cat([x, planes(x, y) * border(x)], 1),
        "softmax": lambda x, y: torch.cat([x, planes(x, y.softmax(1))], 1),
        "grey image": lambda x, y: torch.cat(
            [x.mean(1, keepdim=True).expand_as(x), planes(x, y)], 1
        ),
    },
    "03-mutual": {
        "flattened over wrong axis": lambda p, z: (
            F.cross_entropy(p.transpose(2, 3), z.argmax(1)),
            F.cross_entropy(z.transpose(2, 3), p.argmax(1)),
        ),
        "mean of both, twice": lambda p, z: (sum(both(p, z)) / 2,) * 2,
        "log of softmax missing minus": lambda p, z: (
            -F.nll_loss(p, z.argmax(1)),
            F.cross_entropy(z, p.argmax(1)),
        ),
    },
    "03-gain": {
        "squared": lambda p, t, a, s: gained(p, t, a, s).square(),
        "half": lambda p, t, a, s: gained(p, t, a, s, weight=0.5),
        "rounded": lambda p, t, a, s: gained(p, t, a, s).round(decimals=1),
    },
    "03-labels": {
        "random target for D": lambda s, t: (t - s, 0 * s, s, s[torch.arange(len(s)).roll(1)]),
        "half difference": lambda s, t: ((t - s) / 2, 0 * s, s, t),
        "D gets both": lambda s, t: (t - s, 0 * s, torch.maximum(s, t), t),
    },
    "04-algorithm": {
        "old d": trained_on_old_d,
        "gradients of N batches": summed_g,
        "critic restarts": g_restart,
    },
    "05-frechet": {
        "standard deviations": lambda a, b: (
            (a.mean(0) - b.mean(0)).square().sum() + (a.std(0) - b.std(0)).square().sum()
        ),
        "trace of product of roots": distance(
            lambda p, q: 2 * (p.abs().sqrt() @ q.abs().sqrt()).trace()
        ),
        "covariance of both": lambda a, b: (
            (a.mean(0) - b.mean(0)).square().sum()
            + (a.T.cov() + b.T.cov() - 2 * torch.cat([a, b]).T.cov()).trace()
        ),
    },
    "05-paired": {},
    "05-inside": {
        "strictly one way": lambda e, t, x: errors(e, t)[(t - x).amax(1) * 127.5 > 8].mean(),
        "share inside": lambda e, t, x: errors(e, t)[changed(t, x)].sum() / errors(e, t).sum(),
        "not in levels, threshold 1": lambda e, t, x: errors(e, t)[
            (t - x).abs().amax(1) * 127.5 > 1
        ].mean(),
    },
    "06-wish": {
        "clamped to -1..0": lambda c, p, r: wished(c, p, r).clamp(-1, 0),
        "transposed broadcasting": lambda c, p, r: wished(
            c, p, r, lambda c, r: (r * c.clamp(min=0)).amax(0)
        ),
        "removes rivals of present": lambda c, p, r: wished(
            c, p, r, lambda c, r: (r * p[:, None] * c.clamp(min=0)[:, None]).amax(0)
        ),
    },
    "06-surplus": {
        "smaller by size of the outputs": lambda i, a, b, ab: (
            size(ab - a - b + i) / torch.minimum(size(a), size(b))
        ),
        "from the joint output": lambda i, a, b, ab: (
            size(ab - a - b + i) / torch.minimum(size(ab - a), size(ab - b))
        ),
    },
    "06-unseen": {
        "beyond only for absent": lambda d, p: ((d > 1) & ~p) | ((d > 0) & p) | ((d < 0) & ~p),
        "halves": lambda d, p: (d.abs() > 1) | ((d >= 1) & p) | ((d <= -1) & ~p),
        "equal sign": lambda d, p: (d > 0) == p,
    },
    "07-interval": {
        "std of each, subtracted": lambda m, b: ends(
            (m - b).mean(), student(len(m)) * (m.std() - b.std()).abs() / math.sqrt(len(m))
        ),
        "90 percent": lambda m, b: ends((m - b).mean(), 0.8 * half(m - b)),
        "percentiles of the differences": lambda m, b: ends_of(m - b, (m - b).mean()),
        "low and high as value": lambda m, b: ends((m - b).mean(), half(m - b)).sort().values,
    },
    "07-seeds": {
        "90 percent": lambda d, h: fewest(0.8 * d.std(), h),
        "mean deviation": lambda d, h: fewest((d - d.mean()).abs().mean(), h),
    },
    "07-report": {
        "best seed's last three by final": lambda s: s[s[:, -1].argmax(), -3:].mean(),
        "median of seeds": lambda s: s[:, -3:].mean(1).median(),
        "first seed": lambda s: s[0, -3:].mean(),
    },
}

JUDGED = {
    "00-difference": {
        "changed": [
            "halved",
            "summed over attributes",
            "the first face alone",
            "transposed",
        ],
        "argument": ["the source"],
        "both": ["product"],
        "wrong + influence + example": ["centred"],
        "entries + example": [
            "bytes wrap around",
            "keeps what is there",
            "removed twice",
            "sign of the sum",
            "removals doubled",
        ],
        "shape": ["both labels"],
        "not finite + example": ["relative"],
        "removals alone": ["removals alone"],
        "booleans": ["booleans"],
        "wrong + size": ["only what face 0 wants"],
        "argument + changed": ["the target's complement"],
    },
    "00-reversals": {
        "wrong + example": ["all but its own"],
        "outer product": ["outer product"],
        "labels in every row": ["source subtracted in every row"],
        "labels in every row, twice": ["twice the source in every row"],
        "neighbour": ["reverses the neighbour"],
        "changed": [
            "no diagonal",
            "halved",
            "twice",
            "other diagonal",
            "one axis too many",
        ],
        "additions missing": ["removals alone"],
        "labels": ["labels"],
        "entries + example": [
            "keeps the other labels",
            "lower triangle",
            "targets as ±1",
        ],
        "changed argument": ["order of attributes reversed"],
        "others taken away": ["additions, others -1"],
    },
    "01-merge": {
        "arg-max first + changed": ["arg-max first, ε", "arg-max first, numbers"],
        "arg-max first": ["arg-max first, one-hot"],
        "over faces": ["softmax over faces"],
        "base two": ["log2"],
        "logsumexp of probabilities": ["sum of exp of probabilities"],
        "changed": ["negative", "channels last", "shifted by one"],
        "no logarithm + changed": ["log-softmax of probabilities"],
        "changed argument": ["softmax twice"],
        "wrong + example": [
            "ε of a thousandth",
            "groups sorted wrongly",
            "median part",
        ],
        "mean of logarithms + changed": ["mean of logits"],
        "maximum + changed": ["largest logit"],
        "gradient": ["detached"],
        "one part alone": ["first part alone"],
        "last part alone": ["last part alone"],
    },
    "01-iou": {
        "wrong + example": ["union", "hits"],
        "larger of precision and recall": ["by the smaller"],
        "precision times recall": ["precision times recall"],
        "mean of precision and recall": ["mean of precision and recall"],
        "geometric mean": ["cosine"],
        "changed": ["complement", "percent", "mean over segments", "inverse"],
        "missed is absent": ["NaN where nothing is hit"],
        "rows twice": ["true alone in the union"],
        "cut to whole numbers": ["integer division"],
        "absent is zero": ["ε for NaN"],
        "entries + example": ["absent is −1", "background dropped"],
        "union without hits": ["hits not counted"],
        "not finite + example": ["rows only minus hits"],
        "entries + size": ["rounded to percent"],
        "larger set for union": ["by the larger"],
    },
    "01-repair": {
        "nothing": ["nothing"],
        "wrong + example": ["left half doubled"],
        "rows and columns exchanged": ["transposed"],
        "all": ["images of all", "masks of all"],
        "shape": ["masks one-hot"],
        "chosen alone come back": ["chosen ones alone"],
        "order + order": ["masks first"],
        "wrong + masks stay + example": ["negative images"],
        "wrong + influence + example": [
            "shifted by one",
            "whole batch if the first",
            "every second face",
        ],
        "turned by a half": ["mirrored and upside down images"],
    },
    "02-penalty": {
        "changed": ["sum over faces", "root of the mean", "sign", "half"],
        "squared norm": ["squared norm"],
        "root mean square": ["mean over pixels"],
        "sum of absolute values": ["L1 norm"],
        "by fake": ["gradient for fake"],
        "wrong + example": [
            "squared scores",
            "target 10",
        ],
        "largest entry": ["largest entry"],
        "other side alone": ["too small norms alone", "clipped at 1"],
        "norm per pixel, then mean": ["norm by pixel then mean"],
        "wrong argument": ["at fake"],
        "random": ["alpha of its own"],
        "changed argument": ["always in the middle"],
        "not squared + changed": ["the norm itself"],
        "wrong + size": ["one patch"],
        "raised": ["under no_grad"],
        "not squared": ["not squared"],
        "joined": ["one for each face"],
        "absolute deviation": ["absolute deviation"],
    },
    "02-terms": {
        "changed": [
            "squared distance",
            "summed scores",
            "summed over faces",
            "sum over pixels",
            "no minus",
        ],
        "softplus for G": ["original GAN"],
        "L2 norm": ["L2 norm"],
        "smooth L1": ["smooth L1"],
        "wrong + influence + example": ["own arg-max"],
        "mean over segments in Eq. 11": ["mean over segments"],
        "changed argument": ["probabilities for logits"],
        "gradient": ["detached"],
        "joined": ["one for each face"],
        "shape": ["five"],
        "critic's sign + G's sign": ["both signs"],
        "exchanged arguments": ["masks exchanged"],
        "no absolute value": ["no absolute value"],
    },
    "02-classification": {
        "changed argument": ["−log D for all"],
        "probabilities from 1e-08 on": ["ε in the logarithm"],
        "logits up to 50": ["logits clamped"],
        "logarithm cut off": ["clamped by torch"],
        "softmax of safe shares": ["shares of the labels"],
        "squared error": ["squared error"],
        "hinge": ["hinge"],
        "errors counted": ["errors counted"],
        "present labels 2 times": ["presence weighs twice"],
        "second half's sign": ["halves with different signs"],
        "wrong + example": ["y forgotten in second", "focal"],
        "changed": ["log2", "sum over faces, mean over attributes"],
        "softmax, one label": ["one class"],
        "negatives only": ["negatives alone"],
        "joined": ["one for each face"],
        "gradient": ["half detached"],
        "signed exponential too large": ["log of one plus"],
    },
    "03-enter": {
        "shape": ["added to the colours", "twice"],
        "raised": ["along the rows"],
        "no planes yet": ["label as it is"],
        "wrong + example": ["between the colours", "grey image"],
        "another range": ["target in place of difference"],
        "changed argument": ["additions alone", "opposite", "centred", "softmax"],
        "gradient": ["image detached", "label detached"],
        "first wish for all": ["first face's label"],
        "wrong + size": ["divided by the pixels", "image upside down", "a frame"],
    },
    "03-mutual": {
        "probabilities for logits": ["softmax before Eq. 12"],
        "logits for log-probabilities": ["nll of raw"],
        "soft and not detached": ["Eq. 11 soft"],
        "soft": ["Eq. 12 soft, detached"],
        "own arg-max": ["own arg-max in Eq. 12"],
        "shape": ["sum of both"],
        "squared error, soft": ["squared error"],
        "divergence, batchmean": ["divergence"],
        "one for both": ["mean of both, twice"],
        "changed": ["sum over faces and pixels"],
        "arg-max over the rows or columns": ["arg-max along columns"],
        "plain numbers": ["G_seg detached"],
        "order": ["Eq. 11 twice"],
        "changed argument + changed argument": ["arg-min"],
        "sign": ["sign of Eq. 11", "log of softmax missing minus"],
        "joined": ["one for each pixel"],
        "one way + changed": ["detached and sum"],
        "changed argument": ["flattened over wrong axis"],
    },
    "03-gain": {
        "raised": ["all at once"],
        "wrong + influence + example": ["apart alone"],
        "joined": ["for each wish"],
        "wrong + size": ["the best wish", "rounded"],
        "wishes pooled": ["wishes pooled"],
        "changed": ["in percent", "size of the difference", "squared", "sum over wishes"],
        "nothing": ["no difference", "blind"],
        "least likely": ["arg-min"],
        "sum": ["both"],
        "wrong + example": ["half"],
        "shape": ["pair"],
    },
    "03-labels": {
        "StarGAN's edit": ["second repaired alone"],
        "D on real learns differences": ["D learns the difference"],
        "edits keep their labels": ["edits stay as they are"],
        "additions alone": ["additions alone"],
        "±1 for D": ["D's label as ±1"],
        "reconstruction adds": ["ones"],
        "StarGAN's reconstruction + D on real learns targets + edits keep their labels": [
            "D's exchanged, source"
        ],
        "changed argument": ["added"],
        "order + reconstruction edits": ["G's exchanged"],
        "reconstruction undoes": ["reconstruction undoes"],
        "shape": ["three", "one zero"],
        "changed": [
            "twice",
            "D learns the opposite",
            "half difference",
        ],
        "sign + D on real learns targets + edits keep their labels": ["sign, D's exchanged"],
        "wrong + influence + example": ["random target for D"],
        "entries + example": ["D gets both"],
    },
    "04-algorithm": {
        "ends with the first turn": ["first N batches"],
        "both at once": ["both at once"],
        "critic's ascent": ["critic climbs"],
        "order + order": ["results exchanged"],
        "N steps for each batch": ["N critic steps for each batch"],
        "changed argument": ["always the first batch", "no learning rate", "last batch left out"],
        "never": ["the generator never learns"],
        "remainder one": ["t ≡ 1"],
        "zero-sum": ["against the critic's loss"],
        "wrong + size": [
            "falling rate",
            "old d",
            "gradients of N batches",
            "critic restarts",
        ],
        "N steps of the generator": ["N generator steps"],
        "ascent + critic's ascent": ["both climb"],
        "shape": ["d alone"],
        "reversed condition": ["every batch but the N-th"],
    },
    "05-frechet": {
        "changed": ["root of the whole", "halved"],
        "product of traces": ["product of root traces"],
        "root of the trace": ["root of the trace"],
        "singular values": ["singular values"],
        "root of each entry": ["diagonals alone", "standard deviations"],
        "not centred": ["not centred"],
        "correlations": ["correlations"],
        "wrong + example": ["second trace missing", "covariance of both"],
        "one mean for all features": ["one mean for all features"],
        "cross term added": ["cross term added"],
        "sum of differences": ["L1 of the means"],
        "wrong + size": ["Frobenius", "trace of product of roots"],
        "not squared + divided by n": ["divided by n, not squared"],
        "without the means": ["without the means"],
        "dtype": ["complex"],
    },
    "05-paired": {
        "entries + example": ["draws one later for the second", "around 0"],
        "median": ["median"],
        "entries + size": ["median of each draw", "absolute", "half and whole"],
        "changed": ["sum", "low, mean, high"],
        "wrong + example": ["ratio"],
        "shape": ["ends alone"],
        "deviations from the difference": ["two standard deviations"],
        "changed argument": ["the first editor"],
        "99 percent": ["99 percent"],
    },
    "05-inside": {
        "threshold in levels": ["threshold in levels"],
        "wrong + example": ["channels cancel", "root of the mean square"],
        "all channels": ["all channels"],
        "squares": ["squared"],
        "changed": ["twice the scale", "no scale", "sum of channels", "zeros outside"],
        "largest error": ["worst channel"],
        "where either changed": ["union with the edit's region"],
        "no absolute value": ["no absolute value"],
        "wrong + size": ["the first face"],
        "median": ["median"],
        "threshold doubled": ["16 levels"],
        "shape": ["face by face, whole image"],
        "whole image + against the input": ["whole image, against the input"],
        "signed change": ["strictly one way"],
        "wrong + influence + example": ["share inside"],
        "threshold without a scale": ["not in levels, threshold 1"],
    },
    "06-wish": {
        "wrong + size": ["subtracted everywhere"],
        "all rivals alone": ["nothing kept"],
        "not resolved": ["forgotten, not removed", "transposed broadcasting"],
        "the largest of all": ["the strongest of all"],
        "entries + size": ["pushes over a quarter"],
        "the weakest": ["the weakest"],
        "halved": ["halved"],
        "wishes forgotten": ["only what is ruled out"],
        "weak ones ignored": ["pushes over a half"],
        "removals overruled": ["where nothing is added"],
        "entries + example": ["averaged", "removals lost"],
        "present adders alone": ["removes rivals of present"],
        "absent ones too + own wishes overruled": ["own and absent"],
        "always whole + added up": ["whole, added up"],
        "wrong + example": ["marks"],
        "absent ones too + sign": ["sign, absent"],
        "changed argument": ["where absent", "everything but the rivals"],
        "changed": ["clamped to -1..0"],
    },
    "06-surplus": {
        "signed": ["no absolute value at all"],
        "not divided": ["not divided"],
        "both changes added": ["added, not subtracted"],
        "wrong + example": ["over idle"],
        "outputs below": ["smaller by size of the outputs"],
        "face by face": ["face by face"],
        "shape": ["one for each face"],
        "wrong + size": ["the first face"],
        "largest numbers": ["largest over largest"],
        "medians": ["medians"],
        "joined": ["a map"],
        "changed": ["sum over mean", "the share that adds up", "the ratio upside down"],
        "over the mean of both": ["over both's own mean"],
        "idle forgotten once": ["the second wish from the first"],
        "exchanged arguments": ["from the joint output"],
    },
    "06-unseen": {
        "both at once": ["and for or"],
        "entries + example": [
            "zero included",
            "no absolute value",
            "removals always",
            "additions always",
            "values for marks",
            "rules counted",
        ],
        "whole numbers": ["direction alone, one included"],
        "entries + size": ["beyond only for absent", "half a step"],
        "whole ones alone": ["halves"],
        "changed": ["complement"],
        "shape": ["one for each face"],
        "changed argument": ["as if nothing were there", "as if all were there"],
        "wrong + example": ["distance from the label", "equal sign"],
        "argument": ["the label itself"],
        "constant + example": ["nothing"],
    },
    "07-interval": {
        "a seed less": ["quantile of n − 1"],
        "changed": ["ends exchanged", "low, mean, high", "low and high as value"],
        "variance": ["variance"],
        "shape": ["mean and half"],
        "ends around 0": ["ends around 0"],
        "smallest and largest": ["smallest and largest"],
        "distance of the deviations": ["std of each, subtracted"],
        "entries + example": ["90 percent", "percentiles of the differences"],
        "relative": ["relative"],
        "median": ["median"],
        "changed argument": ["the method alone", "no difference"],
        "sign + normal quantile": ["sign, normal"],
        "not paired + normal quantile": ["strangers, normal"],
        "root of n − 1": ["root of n − 1"],
        "whole width": ["whole width"],
        "list": ["three numbers"],
    },
    "07-seeds": {
        "one end alone": ["one-sided"],
        "divided by n": ["without the root"],
        "a seed less": ["quantile of n − 1"],
        "from the pilot on": ["from today's"],
        "changed": ["twice", "squared"],
        "constant + example": ["nothing"],
        "wrong + influence + example": ["of today's"],
        "wrong + example": ["the width", "not rounded", "range", "90 percent", "mean deviation"],
        "to the mean": ["from the mean"],
        "pilot added": ["added to today's"],
        "still to add, or none": ["none is left to add"],
    },
    "07-report": {
        "last two": ["last two"],
        "wrong + influence + example": ["every third"],
        "shifted by one": ["last left out"],
        "third from the end": ["third from the end"],
        "last four": ["last four"],
        "wrong + size": ["first three seeds", "last seeds too", "best seed's last three by final"],
        "worst seed": ["worst seed"],
        "median seed": ["median of seeds"],
        "first seed": ["first seed"],
        "best three of a seed": ["three largest"],
        "median of the last": ["median"],
        "mean minus spread": ["minus the spread"],
        "changed": ["sum", "percent"],
        "joined": ["one for each seed", "one for each snapshot"],
        "best seed + last alone": ["best seed, last"],
    },
}
