"""Right answers to the checked exercises, each written in several ways that students choose."""

import math

import numpy as np
import torch
from torch.nn import functional as F

from secgan_lite.evaluation.bootstrap import student


def by_parts(z, g):
    p = z.softmax(1)
    return torch.stack(
        [sum(p[:, i] for i in range(19) if g[i] == k) for k in range(12)], dim=1
    ).log()


def by_matrix(z, g):
    return torch.einsum("bphw,ps->bshw", z.softmax(1), F.one_hot(g, 12).float()).log()


def by_index_add(z, g):
    out = torch.zeros(len(z), 12, *z.shape[2:])
    return out.index_add(1, g, z.softmax(1)).log()


def in_64_bits(z, g):
    e = (z - z.amax(1, keepdim=True)).double().exp()
    parts = [e[:, g == k].sum(1) for k in range(12)]
    return torch.stack(parts, 1).log() - e.sum(1, keepdim=True).log()


def mirrored_by_index(x, t, chosen):
    columns = torch.arange(x.shape[-1]).expand(len(x), -1)
    columns = torch.where(chosen[:, None], columns.flip(-1), columns)
    rows = columns[:, None].expand_as(t)
    return x.gather(3, rows[:, None].expand_as(x)), t.gather(2, rows)


def mirrored_by_mask(x, t, chosen):
    x, t = x.clone(), t.clone()
    x[chosen], t[chosen] = x[chosen].flip(-1), t[chosen].flip(-1)
    return x, t


def penalty_by_loop(score, real, fake, alpha):
    total = 0
    for r, f, a in zip(real, fake, alpha, strict=True):
        x = (a * r + (1 - a) * f.detach())[None].requires_grad_()
        (g,) = torch.autograd.grad(score(x).sum(), x, create_graph=True)
        total = total + (g.pow(2).sum().sqrt() - 1) ** 2
    return total / len(real)


def penalty_with_ones(score, real, fake, alpha):
    x = (real * alpha + fake.data * (1 - alpha)).requires_grad_(True)
    y = score(x)
    g = torch.autograd.grad(y, x, torch.ones_like(y), retain_graph=True, create_graph=True)[0]
    return torch.mean((g.view(len(g), -1).norm(2, 1) - 1) ** 2)


def penalty_by_mse(score, real, fake, alpha):
    x = torch.lerp(fake.detach(), real, alpha)
    x.requires_grad = True
    g = torch.autograd.grad(score(x).sum(), x, create_graph=True)[0]
    n = torch.linalg.vector_norm(g, dim=(1, 2, 3))
    return F.mse_loss(n, torch.ones_like(n))


def bce_by_signs(z, y):
    return F.softplus((1 - 2 * y) * z).sum() / len(z)


def terms_by_functions(real, fake, z, y, x_rec, x, raw, s, log_p, target):
    return (
        fake.mean() - real.mean(), -fake.mean(), bce_by_signs(z, y), F.l1_loss(x_rec, x),
        F.cross_entropy(raw, s), F.nll_loss(log_p, target),
    )  # fmt: skip


def terms_one_hot(real, fake, z, y, x_rec, x, raw, s, log_p, target):
    hot = [F.one_hot(v, log_p.shape[1]).movedim(-1, 1) for v in (s, target)]
    masks = [-(h * q).sum(1).mean() for h, q in zip(hot, (raw.log_softmax(1), log_p), strict=True)]
    patches = [v.flatten(1).mean(1) for v in (real, fake)]
    return [
        (patches[1] - patches[0]).mean(), -patches[1].mean(),
        F.binary_cross_entropy_with_logits(z, y) * y.shape[1],
        (x - x_rec).abs().sum() / x.numel(), *masks,
    ]  # fmt: skip


def terms_in_64_bits(*arguments):
    wide = (v.double() if v.is_floating_point() else v for v in arguments)
    return terms_by_functions(*wide)


def consistency(student_, target):
    return -student_.log_softmax(1).gather(1, target[:, None]).mean()


def detached_one_hot(a, b):
    def one(student_, teacher):
        hot = torch.zeros_like(teacher).scatter(1, teacher.detach().argmax(1, keepdim=True), 1.0)
        return -(hot * torch.log_softmax(student_, 1)).sum(1).mean()

    return [one(a, b), one(b, a)]


def gained_at_once(parser, tied, apart, target):
    both = torch.stack([tied, apart])
    seen = parser(both.flatten(0, 2)).argmax(1).view(2, *target.shape)
    found, true = F.one_hot(seen, 12).bool(), F.one_hot(target, 12).bool()
    hits, either = ((x.sum((2, 3, 4)).float()) for x in (found & true, found | true))
    scores = (hits / either).nanmean(-1).mean(-1)
    return scores[0] - scores[1]


def gained_by_products(parser, tied, apart, target):
    total = 0.0
    for sign, edits in ((1, tied), (-1, apart)):
        for wish, true in zip(edits, target, strict=True):
            a, b = (F.one_hot(m, 12).double() for m in (parser(wish).argmax(1), true))
            hits, whole = (a * b).sum((0, 1, 2)), (a + b).sum((0, 1, 2))
            total = total + sign * (hits / (whole - hits)).nanmean() / len(target)
    return total


def gained_in_numpy(parser, tied, apart, target):
    def score(wish, true):
        found, true = parser(wish).exp().argmax(1).numpy(), true.numpy()
        kinds = np.union1d(found, true)
        return np.mean([((found == k) & (true == k)).sum() / ((found == k) | (true == k)).sum()
                        for k in kinds])  # fmt: skip

    return np.mean([score(t, s) - score(a, s) for t, a, s in zip(tied, apart, target, strict=True)])


def algorithm_in_place(critic, generator, d, g, batches, n, rate):
    d, g, t = d.clone(), g.clone(), 0
    for batch in batches:
        t = t + 1
        a, b = d.clone().requires_grad_(), g.clone()
        d -= rate * torch.autograd.grad(critic(a, b, batch), a)[0]
        if not t % n:
            a, b = d.clone(), g.clone().requires_grad_()
            g -= rate * torch.autograd.grad(generator(a, b, batch), b)[0]
    return d, g


def algorithm_with_backward(critic, generator, d, g, batches, n, rate):
    d, g = (torch.nn.Parameter(w.clone()) for w in (d, g))
    for t, batch in enumerate(batches):
        d.grad = g.grad = None
        critic(d, g.detach(), batch).backward()
        with torch.no_grad():
            d -= rate * d.grad
        if (t + 1) % n == 0:
            g.grad = None
            generator(d.detach(), g, batch).backward()
            with torch.no_grad():
                g -= rate * g.grad
    return d, g


def algorithm_in_rounds(critic, generator, d, g, batches, n, rate):
    for start in range(0, len(batches), n):
        these = batches[start : start + n]
        for batch in these:
            d = d.detach().requires_grad_()
            d = d - rate * torch.autograd.grad(critic(d, g.detach(), batch), d)[0]
        if len(these) == n:
            g = g.detach().requires_grad_()
            g = g - rate * torch.autograd.grad(generator(d.detach(), g, these[-1]), g)[0]
    return d.item(), g.item()


def frechet_by_roots(a, b):
    def root(m):
        values, vectors = torch.linalg.eigh(m)
        return vectors * values.clamp(min=0).sqrt() @ vectors.T

    p, q = torch.cov(a.T), torch.cov(b.T)
    middle = root(p)
    apart = torch.linalg.norm(a.mean(0) - b.mean(0)) ** 2
    return apart + torch.trace(p + q - 2 * root(middle @ q @ middle))


def frechet_by_numpy(a, b):
    p, q = (np.cov(v.numpy(), rowvar=False) for v in (a, b))
    apart = ((a.numpy().mean(0) - b.numpy().mean(0)) ** 2).sum()
    return apart + np.trace(p) + np.trace(q) - 2 * np.sqrt(np.linalg.eigvals(p @ q)).real.sum()


def frechet_by_svd(a, b):
    """The nuclear norm of the product of the centred sets."""
    x, y = ((v - v.mean(0)) / math.sqrt(len(v) - 1) for v in (a, b))
    apart = (a.mean(0) - b.mean(0)).square().sum()
    return apart + x.square().sum() + y.square().sum() - 2 * torch.linalg.svdvals(x @ y.T).sum()


def inside_by_weights(e, t, x):
    there = ((t - x).abs().amax(1, keepdim=True) * 127.5 > 8).expand_as(x).float()
    return ((e - t).abs() * there).sum() / there.sum() * 255 / 2


def inside_in_levels(e, t, x):
    e, t, x = ((v + 1) * 127.5 for v in (e, t, x))
    return (e - t).abs().movedim(1, -1)[((t - x).abs() > 8).any(1)].mean()


def inside_by_where(e, t, x):
    error = F.l1_loss(e, t, reduction="none").mean(1)
    there = (t - x).abs().max(dim=1).values > 8 / 127.5
    return torch.where(there, error, math.nan).nanmean() * 127.5


def unseen_by_loops(y_diff, present):
    marks = torch.zeros_like(present)
    for b in range(len(y_diff)):
        for j in range(y_diff.shape[1]):
            low, high = (-1, 0) if present[b, j] else (0, 1)
            marks[b, j] = not low <= y_diff[b, j] <= high
    return marks


def wish_by_loops(c, p, r):
    out = c.clone()
    for j in range(len(c)):
        if c[j] == 0 and p[j]:
            out[j] = -max([0.0, *(float(c[i]) for i in range(len(c)) if r[i][j])])
    return out


def wish_by_minimum(c, p, r):
    taken = torch.where(r, -c.clamp(min=0), 0.0).amin(dim=1)
    return c + taken * (c == 0) * p


def wish_by_filling(c, p, r):
    pushed = c.clamp(min=0).expand(len(c), -1).masked_fill(~r, 0).max(dim=1).values
    return torch.where(c.bool() | ~p, c, -pushed)


def interval_by_statistics(m, b):
    d = (m - b).numpy()
    half = student(len(d)) * np.std(d, ddof=1) / np.sqrt(len(d))
    return np.array([d.mean(), d.mean() - half, d.mean() + half])


def interval_by_table(m, b):
    d = (m - b).float()
    t = {3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571}[len(d)]
    half = t * torch.sqrt(d.var() / len(d))
    return torch.tensor([d.mean(), d.mean() - half, d.mean() + half])


VARIANTS = {
    "00-difference": [
        lambda t, s: torch.sub(t, s),
        lambda t, s: t.int() - s.int(),
        lambda t, s: t + -1 * s.double(),
        lambda t, s: torch.stack([a - b for a, b in zip(t, s, strict=True)]),
        lambda t, s: t * (1 - s) - s * (1 - t),
    ],
    "00-reversals": [
        lambda y: torch.eye(len(y)) * (1 - 2 * y),
        lambda y: torch.eye(len(y)) * (1 - 2 * y)[:, None],
        lambda y: (y[None] - torch.eye(len(y))).abs() - y,
        lambda y: torch.diag_embed(torch.where(y > 0, -1, 1)),
    ],
    "01-merge": [by_parts, by_matrix, by_index_add, in_64_bits],
    "01-iou": [
        lambda c: c.diag() / (c.sum(0) + c.sum(1) - c.diag()),
        lambda c: c.diag().float() / (c.sum(0) + c.sum(1) - c.diag()).float(),
        lambda c: (
            np.diag(c).astype(float)
            / np.where((u := (c.sum(0) + c.sum(1) - c.diag()).numpy()) == 0, np.nan, u)
        ),
        lambda c: torch.stack(
            [c[k, k] / (c[k].sum() + c[:, k].sum() - c[k, k]) for k in range(12)]
        ),
    ],
    "01-repair": [
        mirrored_by_index,
        mirrored_by_mask,
        lambda x, t, c: [
            torch.stack([z.flip(-1) if k else z for z, k in zip(each, c, strict=True)])
            for each in (x, t)
        ],
    ],
    "02-penalty": [penalty_by_loop, penalty_with_ones, penalty_by_mse],
    "02-terms": [terms_by_functions, terms_one_hot, terms_in_64_bits],
    "02-classification": [
        bce_by_signs,
        lambda z, y: F.binary_cross_entropy_with_logits(z, y, reduction="sum") / len(y),
        lambda z, y: (F.softplus(z) - y * z).sum(-1).mean(),
        lambda z, y: y.shape[1] * F.binary_cross_entropy_with_logits(z, y),
        lambda z, y: -torch.where(y > 0, F.logsigmoid(z), F.logsigmoid(-z)).sum(1).mean(),
    ],
    "03-enter": [
        lambda x, y: torch.cat([x, y[..., None, None].repeat(1, 1, *x.shape[2:])], 1),
        lambda x, y: torch.cat([x, y[:, :, None, None] * torch.ones_like(x[:, :1])], dim=1),
        lambda x, y: torch.hstack([x, F.interpolate(y[..., None, None], x.shape[2:])]),
    ],
    "03-mutual": [
        lambda p, z: (consistency(p, z.argmax(1)), consistency(z, p.argmax(1))),
        lambda p, z: (
            F.nll_loss(p, z.softmax(1).argmax(1)),
            F.nll_loss(z.log_softmax(1), p.exp().argmax(1)),
        ),
        detached_one_hot,
    ],
    "03-gain": [gained_at_once, gained_by_products, gained_in_numpy],
    "03-labels": [
        lambda s, t: (t - s, torch.zeros(s.shape), s.clone(), t.clone()),
        lambda s, t: (t.int() - s.int(), s - s, s > 0, t > 0),
        lambda s, t: torch.stack([t - s, 0 * t, s, t]).unbind(),
    ],
    "04-algorithm": [algorithm_in_place, algorithm_with_backward, algorithm_in_rounds],
    "05-frechet": [frechet_by_roots, frechet_by_numpy, frechet_by_svd],
    "05-paired": [
        lambda a, b, draws: torch.stack(
            [(a - b).mean(), *(a[draws] - b[draws]).mean(1).quantile(a.new_tensor([0.025, 0.975]))]
        ),
        lambda a, b, draws: np.r_[
            (a - b).mean(),
            np.percentile([(a - b)[row].mean() for row in draws], [2.5, 97.5]),
        ],
        lambda a, b, draws: torch.hstack(
            [
                (a - b).mean(),
                *(torch.quantile(a[draws].mean(1) - b[draws].mean(1), q) for q in (0.025, 0.975)),
            ]
        ),
    ],
    "05-inside": [inside_by_weights, inside_in_levels, inside_by_where],
    "06-wish": [wish_by_loops, wish_by_minimum, wish_by_filling],
    "06-surplus": [
        lambda i, a, b, ab: (
            (ab + i - a - b).abs().sum() / torch.stack([a - i, b - i]).abs().flatten(1).sum(1).min()
        ),
        lambda i, a, b, ab: float(
            np.abs(np.asarray((ab - i) - (a - i) - (b - i))).mean()
            / min(np.abs(np.asarray(v - i)).mean() for v in (a, b))
        ),
        lambda i, a, b, ab: torch.maximum(
            F.l1_loss(ab + i, a + b) / F.l1_loss(a, i), F.l1_loss(ab + i, a + b) / F.l1_loss(b, i)
        ),
    ],
    "06-unseen": [
        lambda d, p: (d > 1 - p.int()) | (d < -p.int()),
        unseen_by_loops,
        lambda d, p: torch.where(p, (d < -1) | (d > 0), (d < 0) | (d > 1)),
        lambda d, p: ((d + p.float() - 0.5).abs() > 0.5).float(),
    ],
    "07-interval": [
        interval_by_statistics,
        interval_by_table,
        lambda m, b: (
            (m - b).mean()
            + student(len(m)) * (m - b).std() / len(m) ** 0.5 * torch.tensor([0, -1, 1])
        ),
    ],
    "07-seeds": [
        lambda d, half: next(
            n for n in range(2, 999) if student(n) * float(d.std()) / n**0.5 <= half
        ),
        lambda d, half: (
            torch.tensor([student(n) * d.std() / n**0.5 <= half for n in range(2, 999)])
            .int()
            .argmax()
            + 2
        ),
        lambda d, half: float(
            2 + sum(student(n) ** 2 * float(d.var()) / n > half**2 for n in range(2, 999))
        ),
    ],
    "07-report": [
        lambda scores: scores[:, -3:].mean(1).mean(),
        lambda scores: scores.T[-3:].sum() / scores[:, :3].numel(),
        lambda scores: float(np.asarray(scores)[:, -3:].mean()),
        lambda scores: scores.float().flip(1)[:, :3].mean(),
    ],
}
