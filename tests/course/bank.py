"""Wrong answers to the checked exercises, as students write them, and the diagnosis of each.

They are written apart from the checks, in other words and with loops, and so is a right answer.
"""

import math

import torch
from scipy import stats
from torch.nn import functional as F


def merge(z, groups):
    p = torch.exp(z) / torch.exp(z).sum(1, keepdim=True)
    out = torch.zeros(len(z), 12, *z.shape[2:])
    for part, segment in enumerate(groups.tolist()):
        out[:, segment] = out[:, segment] + p[:, part]
    return torch.log(out)


def merge_best_part(z, groups):
    p = F.softmax(z, 1)
    return torch.log(torch.stack([p[:, groups == k].max(1).values for k in range(12)], 1))


def merge_product(z, groups):
    p = F.softmax(z, 1)
    return torch.log(torch.stack([p[:, groups == k].prod(1) for k in range(12)], 1))


def merge_raw(z, groups):
    e = torch.exp(z)
    return torch.log(torch.stack([e[:, groups == k].sum(1) for k in range(12)], 1))


def merge_average(z, groups):
    p = F.softmax(z, 1)
    return torch.log(torch.stack([p[:, groups == k].mean(1) for k in range(12)], 1))


def iou(counts):
    out = []
    for k in range(12):
        hit = counts[k, k].item()
        union = counts[k].sum().item() + counts[:, k].sum().item() - hit
        out.append(hit / union if union else math.nan)
    return torch.tensor(out)


def over(what):
    return lambda c: torch.tensor(
        [c[k, k].item() / (what(c, k) or math.nan) for k in range(12)], dtype=torch.float64
    )


def iou_zero(counts):
    return torch.where(counts.sum(1) + counts.sum(0) == 0, 0.0, iou(counts))


def penalty(score, real, fake, alpha, create=True, square_last=False, target=1.0, detach=True):
    fake = fake.detach() if detach else fake
    x = alpha * real + (1 - alpha) * fake
    x = x.requires_grad_() if x.is_leaf else x
    ones = torch.ones_like(score(x))
    g = torch.autograd.grad(score(x), x, grad_outputs=ones, create_graph=create)[0]
    n = g.reshape(len(g), -1).norm(dim=1)
    return (n.mean() - target) ** 2 if square_last else ((n - target) ** 2).mean()


def penalty_over_batch(score, real, fake, alpha):
    x = (alpha * real + (1 - alpha) * fake.detach()).requires_grad_()
    g = torch.autograd.grad(score(x).sum(), x, create_graph=True)[0]
    return (torch.sqrt((g * g).sum()) - 1) ** 2


def penalty_over_channels(score, real, fake, alpha):
    x = (alpha * real + (1 - alpha) * fake.detach()).requires_grad_()
    g = torch.autograd.grad(score(x).sum(), x, create_graph=True)[0]
    return ((g.norm(2, dim=1) - 1) ** 2).mean()


def bce(z, y):
    total = 0
    for b in range(len(z)):
        for a in range(z.shape[1]):
            total = total - (y[b, a] * -F.softplus(-z[b, a]) + (1 - y[b, a]) * -F.softplus(z[b, a]))
    return total / len(z)


def bce_printed(z, y):
    log_d = -F.softplus(-z)
    return -(y * log_d).sum() / len(z) - ((1 - y) * (1 - log_d)).sum() / len(z)


def all_terms(real, fake, z, y, x_rec, x, raw, s, log_p, target, **other):
    """Number by number; ``other`` has results to put in place of the right ones, by position."""
    n, absolute, redrawn, agreed = len(x), 0.0, 0.0, 0.0
    for i in range(n):
        absolute = absolute + torch.sqrt((x[i] - x_rec[i]) ** 2).mean() / n
        agreed = agreed - log_p[i].gather(0, target[i][None]).mean() / n
        chosen = raw[i].gather(0, s[i][None])
        redrawn = redrawn + (torch.logsumexp(raw[i], 0) - chosen).mean() / n
    found = [(fake - real).mean(), -fake.mean(), bce(z, y), absolute, redrawn, agreed]
    return [other.get(f"at{k}", value) for k, value in enumerate(found)]


def replacing(k, function, *names):
    """``all_terms`` with result k as a function of the named arguments."""
    order = ["real", "fake", "z", "y", "x_rec", "x", "raw", "s", "log_p", "target"]

    def answer(*arguments):
        given = dict(zip(order, arguments, strict=True))
        return all_terms(*arguments, **{f"at{k}": function(*(given[name] for name in names))})

    return answer


def mutual(p, z, one_hot=True, attached=False):
    q, losses = z.log_softmax(1), []
    for student, teacher in ((p, q), (q, p)):
        target = F.one_hot(teacher.max(1).indices, 12).permute(0, 3, 1, 2).float()
        if not one_hot:
            target = teacher.exp() if attached else teacher.exp().detach()
        losses.append(-(target * student).sum() / student[:, 0].numel())
    return losses


def mutual_no_grad(p, z):
    with torch.no_grad():
        first = mutual(p, z)[0]
    return first, mutual(p, z)[1]


def algorithm(critic, generator, d, g, batches, n, rate, start=1, every=None, sign=1, zero=True):
    d, g = d.clone().requires_grad_(), g.clone().requires_grad_()
    optimisers = torch.optim.SGD([d], lr=rate), torch.optim.SGD([g], lr=rate)
    t = start - 1
    for batch in batches:
        t += 1
        steps = [(critic, optimisers[0], 1)]
        if t % (every or n) == 0:
            steps.append((generator, optimisers[1], sign))
        for loss, optimiser, direction in steps:
            kept = [None if w.grad is None else w.grad.clone() for w in (d, g)]
            if zero:
                optimiser.zero_grad()
            (direction * loss(d, g, batch)).backward()
            optimiser.step()
            if not zero:  # only the moved weight's gradient is left to pile up
                other = 1 if loss is critic else 0
                (d, g)[other].grad = kept[other]
    return d.detach(), g.detach()


def algorithm_attached(critic, generator, d, g, batches, n, rate):
    d, g = d.clone().requires_grad_(), g.clone().requires_grad_()
    both, mine = torch.optim.SGD([d, g], lr=rate), torch.optim.SGD([g], lr=rate)
    for t, batch in enumerate(batches, 1):
        both.zero_grad()
        critic(d, g, batch).backward()
        both.step()
        if not t % n:
            both.zero_grad()
            generator(d, g, batch).backward()
            mine.step()
    return d, g


def algorithm_exchanged(critic, generator, d, g, batches, n, rate):
    d, g = d.clone().requires_grad_(), g.clone().requires_grad_()
    for t, batch in enumerate(batches, 1):
        g.data -= rate * torch.autograd.grad(generator(d, g, batch), g)[0]
        if t % n == 0:
            d.data -= rate * torch.autograd.grad(critic(d, g, batch), d)[0]
    return d, g


def frechet(a, b, root=True, twice=2, squared=True, n=None):
    """By symmetric roots, with covariances written out."""

    def cov(f):
        f = f - f.mean(0)
        return f.T @ f / (len(f) - 1 if n is None else n(f))

    first, second = cov(a), cov(b)
    values, vectors = torch.linalg.eigh(first)
    half = vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.T
    product = torch.linalg.eigvalsh(half @ second @ half).clamp(min=0)
    apart = ((a.mean(0) - b.mean(0)) ** 2).sum()
    cross = (product**0.5 if root else product).sum()
    apart = apart if squared else apart.sqrt()
    return apart + torch.trace(first) + torch.trace(second) - twice * cross


def inside(edit, truth, x, where=lambda e, t, x: (t, x), against=lambda e, t, x: t, scale=127.5):
    total, count = 0.0, 0
    for e, t, i in zip(edit, truth, x, strict=True):
        one, other = where(e, t, i)
        for row in range(e.shape[1]):
            for column in range(e.shape[2]):
                there = (slice(None), row, column)
                if (one[there] - other[there]).abs().max() * scale > 8:
                    total += (e[there] - against(e, t, i)[there]).abs().mean() * 255 / 2
                    count += 1
    return total / count


def paired(a, b, draws, of=None, low=0.025, high=0.975):
    """Draw by draw, sorted by hand."""
    d = a - b
    means = sorted(float(sum(d[row]) / len(row)) for row in draws) if of is None else of(d, draws)

    def at(share):
        place = share * (len(means) - 1)
        below = int(place)
        above = min(below + 1, len(means) - 1)
        return means[below] + (place - below) * (means[above] - means[below])

    return torch.stack([d.mean(), torch.as_tensor(at(low)), torch.as_tensor(at(high))])


def wish(changes, present, rivals, own=True, absent=False, whole=False, join=max, sign=-1, both=0):
    out = changes.clone()
    for j in range(len(changes)):
        pushes = [
            (1.0 if whole else abs(changes[i].item()))
            for i in range(len(changes))
            if rivals[i, j] and (changes[i] > 0 or (both and changes[i] < 0))
        ]
        free = changes[j] == 0 or not own
        if pushes and free and (present[j] or absent):
            out[j] = sign * join(pushes)
    return out


def unseen(d, p, low=lambda label: -label, high=lambda label: 1 - label):
    """The target y_src + y_diff must lie between two labels."""
    label = p.double()
    return (d < low(label)) | (d > high(label))


def surplus(idle, one, other, both, power=1, over=min):
    """Number by number."""
    rows = zip(*(v.flatten().tolist() for v in (idle, one, other, both)), strict=True)
    left, first, second = [], [], []
    for i, a, b, ab in rows:
        left.append(abs(ab - a - b + i) ** power)
        first.append(abs(a - i) ** power)
        second.append(abs(b - i) ** power)
    return sum(left) / over(sum(first), sum(second))


def compared(trg, src):
    return (trg > src).float() - (trg < src).float()


def reversals(y, add=1.0, take=-1.0, elsewhere=0.0):
    rows = torch.full((len(y), len(y)), elsewhere)
    for i, label in enumerate(y.tolist()):
        rows[i, i] = take if label else add
    return rows


QUANTILES = {3: 4.302653, 4: 3.182446, 5: 2.776445, 6: 2.570582, 7: 2.446912}


def interval(method, baseline, t=QUANTILES.get, root=math.sqrt, spare=1):
    d = [(a - b).item() for a, b in zip(method, baseline, strict=True)]
    mean = sum(d) / len(d)
    deviation = math.sqrt(sum((v - mean) ** 2 for v in d) / (len(d) - spare))
    half = t(len(d)) * deviation / root(len(d))
    return torch.tensor([mean, mean - half, mean + half])


def two_samples(method, baseline):
    n, mean = len(method), method.mean() - baseline.mean()
    half = stats.t.ppf(0.975, 2 * n - 2) * torch.sqrt(method.var() / n + baseline.var() / n)
    return torch.stack([mean, mean - half, mean + half])


def needed(d, half, t=lambda n: stats.t.ppf(0.975, n - 1), spare=1):
    deviation = (((d - d.mean()) ** 2).sum() / (len(d) - spare)) ** 0.5
    return next(n for n in range(2, 1000) if t(n) * deviation <= half * n**0.5)


def interval_of_strangers(method, baseline):
    n, mean = len(method), method.mean() - baseline.mean()
    half = QUANTILES[n] * torch.sqrt(method.var() / n + baseline.var() / n)
    return torch.stack([mean, mean - half, mean + half])


def label_in(v, y):
    out = torch.empty(len(v), 4)
    out[:, :2], out[:, 2:] = v, y
    return out


def mean_penalty(D, x, fake, y, alpha, at=None):
    """Point by point."""
    total = 0
    for i in range(len(x)):
        p = (alpha[i] * x[i] + (1 - alpha[i]) * fake[i] if at is None else at[i])[None]
        p = p.detach().requires_grad_()
        g = torch.autograd.grad(D(p, y[i : i + 1])[0, 0], p, create_graph=True)[0]
        total = total + (torch.sqrt((g * g).sum() + 1e-12) - 1) ** 2
    return total / len(x)


def critic(G, D, optimiser, x, y, z, alpha, **change):
    """D's step; a change names what is wrong."""
    optimiser.zero_grad() if change.get("clear", True) else None
    fake = G(z, change.get("asked", y))
    fake = fake.detach() if change.get("detach", True) else fake
    per_point = D(fake, change.get("told", y)) - D(x, y)
    points = {"real": x, "fake": fake}.get(change.get("at"))
    weight = change.get("weight", 1.0)
    loss = change.get("sign", 1) * per_point.sum() / change.get("over", len(x))
    loss = loss + weight * mean_penalty(D, x, fake.detach(), y, alpha, points)
    loss.backward()
    optimiser.step() if change.get("step", True) else None
    return loss.item()


def one_round(G, D, for_g, for_d, batches, z, y, **change):
    """A round; a change names what is wrong."""

    def g_gradient():
        for_g.zero_grad() if change.get("clear", True) else None
        out = G(z, change.get("asked", y))
        score = D(out.detach() if change.get("cut") else out, change.get("told", y))
        loss = change.get("sign", -1) * score.sum() / change.get("over", len(y))
        loss.backward()
        return loss.item()

    early = g_gradient() if change.get("together") else None
    if change.get("g_first"):
        early = g_gradient()
        for_g.step()
    for batch in batches[: change.get("rounds")]:
        critic(G, D, for_d, *batch)
    value = g_gradient() if early is None else early
    for_g.step() if not change.get("g_first") else None
    for_d.step() if change.get("d_too") else None
    return value


def editing(G, D, x, y, d, told=None, same=0.0, weight=1.0, sign=-1, over=None):
    n = over or len(x)
    realism = D(G(x, d), y + d if told is None else told(y, d)).sum() / n
    change = torch.sqrt((G(x, same * d) - x) ** 2)
    return sign * realism + weight * change.sum() / (2 * n)


def mirrored(x, t, chosen, rows=False):
    x, t = x.clone(), t.clone()
    for k in chosen.nonzero().flatten():
        x[k] = x[k].flip(-1)
        t[k] = t[k].flip(0 if rows else 1)
    return x, t


def layers(net, x, skips=(1, 1), cut=False, late=False, kernel=F.max_pool2d, mode="nearest"):
    """Level by level, with ``skips`` as weights of the maps at full and at half the size."""
    a = net.entry(x)
    b = net.down[0](kernel(a, 2))
    c = net.down[1](kernel(b, 2))
    a, b = (z.detach() if cut else z for z in (a, b))
    for k, (z, weight) in enumerate(((b, skips[1]), (a, skips[0]))):
        c = F.interpolate(net.narrow[k](c), size=z.shape[-2:], mode=mode)
        c = net.up[k](c) + weight * z if late else net.up[k](weight * z + c)
    return net.exit(c)


def entered(x, y):
    faces = []
    for image, wish in zip(x, y, strict=True):
        planes = [torch.ones_like(image[0]) * value for value in wish]
        faces.append(torch.stack([*image, *planes]))
    return torch.stack(faces)


def images(
    every=None, start=1, wait=False, shift=0, clear="dg", move="dg", penalty=True, grad=True
):
    """The loop of Algorithm 1 for a model, or one with a fault."""

    def answer(model, batches, for_d, for_g, alpha, n):
        said = {"d": torch.tensor(0.0), "g": torch.tensor(0.0)}

        def learn(player, loss, optimiser):
            if player in clear:
                optimiser.zero_grad()
            loss.backward()
            if player in move:
                optimiser.step()
            said[player] = loss.detach()

        for i in range(len(batches)):
            turn = (i + start) % (every or n) == 0
            if turn or not wait:
                made, mix = model.translate(batches[i]), alpha if penalty else None
                learn("d", model.critic_loss(batches[i], made, mix)[0], for_d)
            if turn:
                other = batches[(i + shift) % len(batches)]
                with torch.set_grad_enabled(grad):
                    made = model.translate(other)
                learn("g", model.generator_loss(other, made)[0], for_g)
        return said["d"], said["g"]

    return answer


def pooled_ious(parser, edits, target, axis=1, faces=slice(None)):
    """Mean IoU in plain sets of pixels, for each wish."""
    scores = []
    for wish, true in zip(edits, target, strict=True):
        found, true = parser(wish).argmax(axis)[faces], true[faces]
        both = [((found == k) & (true == k)).sum().item() for k in range(12)]
        either = [((found == k) | (true == k)).sum().item() for k in range(12)]
        shares = [b / e for b, e in zip(both, either, strict=True) if e]
        scores.append(sum(shares) / len(shares))
    return torch.tensor(scores)


def gained(parser, tied, apart, target, **how):
    both = [pooled_ious(parser, edits, target, **how).mean() for edits in (tied, apart)]
    return both[0] - both[1]


def gained_by_face(parser, tied, apart, target):
    faces = range(target.shape[1])
    each = [gained(parser, tied, apart, target, faces=slice(i, i + 1)) for i in faces]
    return sum(each) / len(each)


def right_pixels(parser, edits, target):
    each = [parser(wish).argmax(1) == true for wish, true in zip(edits, target, strict=True)]
    return sum(hit.double().mean() for hit in each) / len(each)


def dragged(edited, true, had, sign=lambda h: 1 if h else -1, over=0.0, truly=True):
    """Face by face."""
    faces = zip(edited, true, had, strict=True)
    moved = (sign(h) * (float(e > over) - truly * float(t > over)) for e, t, h in faces)
    return torch.tensor(sum(moved) / len(had), dtype=torch.double)


def mixed(a, b, key=lambda a, b: (float(a), float(b)), power=-1.0, total=1.0):
    """Counted with a dictionary."""
    kinds = [key(*pair) for pair in zip(a, b, strict=True)]
    weights = torch.tensor([kinds.count(kind) ** power for kind in kinds], dtype=torch.double)
    return total * weights / weights.sum()


RIGHT = {
    "00b-label": label_in,
    "00b-critic": critic,
    "00b-round": one_round,
    "00b-edit": editing,
    "00-difference": compared,
    "00-reversals": reversals,
    "01-merge": merge,
    "01-unet": layers,
    "01-iou": iou,
    "01-repair": mirrored,
    "02-penalty": penalty,
    "02-terms": all_terms,
    "02-classification": bce,
    "03-enter": entered,
    "03-mutual": mutual,
    "03-gain": gained,
    "03-labels": lambda s, t: [t - s, 0 * s, s, t],
    "04-algorithm": algorithm,
    "04-images": images(),
    "05-frechet": frechet,
    "05-paired": paired,
    "05-inside": inside,
    "06-wish": wish,
    "06-surplus": surplus,
    "06-unseen": unseen,
    "07-interval": interval,
    "07-seeds": needed,
    "07-report": lambda scores: sum(row[-3:].sum() for row in scores) / (3 * len(scores)),
    "08-drag": dragged,
    "08-mix": mixed,
    "08-saved": lambda edited, untouched, save: [save(i) for i in (edited, untouched)],
}
WRONG = {
    "00b-label": {
        "no label": lambda v, y: torch.nn.functional.pad(v, (0, 2)),
        "label first": lambda v, y: torch.hstack([y, v]),
        "added": lambda v, y: torch.stack([v[:, k] + y[:, k] for k in (0, 1)], 1),
        "multiplied": lambda v, y: torch.mul(y, v),
        "below": lambda v, y: torch.vstack([v, y]),
        "exchanged": lambda v, y: torch.hstack([v, y[:, 1:], y[:, :1]]),
        "another's label": lambda v, y: torch.hstack([v, torch.vstack([y[-1:], y[:-1]])]),
    },
    "00b-critic": {
        "not detached": lambda *a: critic(*a, detach=False),
        "no zero_grad": lambda *a: critic(*a, clear=False),
        "no step": lambda *a: critic(*a, step=False),
        "sign": lambda *a: critic(*a, sign=-1),
        "G without label": lambda *a: critic(*a, asked=0 * a[4]),
        "G's label of another": lambda *a: critic(*a, asked=a[4].roll(1, 0)),
        "D without label": lambda *a: critic(*a, told=0 * a[4]),
        "D told of another": lambda *a: critic(*a, told=a[4].roll(1, 0)),
        "sum": lambda *a: critic(*a, over=1),
        "penalty at real": lambda *a: critic(*a, at="real"),
        "penalty at fake": lambda *a: critic(*a, at="fake"),
        "no penalty": lambda *a: critic(*a, weight=0),
        "penalty taken away": lambda *a: critic(*a, weight=-1),
        "exchanged arguments": lambda g, d, o, x, y, z, a: critic(g, d, o, z, y, x, a),
    },
    "00b-round": {
        "G first": lambda *a: one_round(*a, g_first=True),
        "simultaneous": lambda *a: one_round(*a, together=True),
        "one batch": lambda *a: one_round(*a, rounds=1),
        "no D": lambda *a: one_round(*a, rounds=0),
        "sign": lambda *a: one_round(*a, sign=1),
        "sum": lambda *a: one_round(*a, over=1),
        "G without label": lambda *a: one_round(*a, asked=0 * a[6]),
        "D without label": lambda *a: one_round(*a, told=0 * a[6]),
        "D told of another": lambda *a: one_round(*a, told=a[6].roll(1, 0)),
        "opposite label": lambda *a: one_round(*a, told=1 - a[6]),
        "no zero_grad": lambda *a: one_round(*a, clear=False),
        "no step": lambda *a: one_round(*a, cut=True),
    },
    "00b-edit": {
        "not attempted": lambda *a: editing(*a, told=lambda y, d: y),
        "difference": lambda *a: editing(*a, told=lambda y, d: d),
        "opposite way": lambda *a: editing(*a, told=lambda y, d: y - d),
        "opposite label": lambda *a: editing(*a, told=lambda y, d: (y == 0).float()),
        "no label": lambda *a: editing(*a, told=lambda y, d: torch.zeros(len(y), 2)),
        "never removed": lambda *a: editing(*a, told=lambda y, d: y + d * d),
        "opposite wish": lambda G, D, x, y, d: editing(G, D, x, y, -d, told=lambda y, d: y - d),
        "sum over coordinates": lambda *a: editing(*a, weight=2.0),
        "reconstruction edits": lambda *a: editing(*a, same=1.0),
        "no reconstruction": lambda *a: editing(*a, weight=0.0),
        "sign": lambda *a: editing(*a, sign=1),
        "sum": lambda g, d, *a: editing(g, d, *a, over=1, weight=2.0),
    },
    "00-difference": {
        "sign": lambda t, s: compared(s, t),
        "target": lambda t, s: (t > 0).float(),
        "no direction": lambda t, s: (t != s).float(),
        "additions alone": lambda t, s: ((t > 0) & (s == 0)).float(),
        "removals alone": lambda t, s: -1.0 * ((t == 0) & (s > 0)),
        "±1 for labels": lambda t, s: torch.where(t > 0, 1.0, -1.0),
        "−1 where nothing changes": lambda t, s: torch.where(t != s, 1.0, -1.0),
        "twice": lambda t, s: 2 * compared(t, s),
        "added": lambda t, s: (t > 0).float() + (s > 0).float(),
        "changed": lambda t, s: compared(t, s).sum(1),
        "both": lambda t, s: torch.minimum(t, s),
        "reversed": lambda t, s: torch.where(s > 0, -1.0, 1.0),
        "equal": lambda t, s: 1 - (t - s).abs(),
        "equal or not": lambda t, s: torch.where(t == s, 1.0, -1.0),
        "not less": lambda t, s: torch.where(t < s, 0.0, 1.0),
        "not more": lambda t, s: torch.where(t > s, 0.0, 1.0),
    },
    "00-reversals": {
        "sign, others taken away": lambda y: torch.where(torch.diag(y) > 0, 1.0, -1.0),
        "removed where absent, others taken away": lambda y: torch.where(
            torch.diag(y) > 0, 0.0, -1.0
        ),
        "all others taken away": lambda y: reversals(y, add=0.0, take=0.0, elsewhere=-1.0),
        "all others added": lambda y: reversals(y, add=0.0, take=0.0, elsewhere=1.0),
        "always removed, others twice": lambda y: reversals(y, add=-1.0, elsewhere=-2.0),
        "removals missing, others added": lambda y: reversals(y, take=0.0, elsewhere=1.0),
        "outer product of labels": lambda y: y[:, None] * y,
        "labels as rows": lambda y: torch.stack([y] * len(y)),
        "opposite labels as rows": lambda y: torch.stack([1 - y] * len(y)),
        "labels added in every row": lambda y: torch.stack([y] * len(y)) + torch.eye(len(y)),
        "subtracted first": lambda y: torch.eye(len(y)) * y - 2 * y,
        "opposite labels without a matrix": lambda y: reversals(y, take=0.0).diagonal(),
        "label before": lambda y: torch.diag(
            torch.stack([1 - 2 * y[i - 1] for i in range(len(y))])
        ),
        "not attempted": lambda y: reversals(y, take=1.0),
        "sign": lambda y: reversals(y, add=-1.0, take=1.0),
        "targets": lambda y: torch.stack(
            [torch.where(torch.arange(len(y)) == i, 1 - y, y) for i in range(len(y))]
        ),
        "all at once": lambda y: torch.stack([1 - 2 * y] * len(y)),
        "removals missing": lambda y: reversals(y, take=0.0),
        "always removed": lambda y: reversals(y, add=-1.0),
        "additions missing": lambda y: reversals(y, add=0.0),
        "labels": lambda y: torch.eye(len(y)) * y,
        "all at once in columns": lambda y: torch.stack([1 - 2 * y] * len(y)).T,
        "others added": lambda y: torch.ones(len(y), len(y)) - torch.diag(0 * y + 2),
        "others taken away": lambda y: torch.where(torch.eye(len(y)) > 0, 1.0, -1.0),
        "outer product": lambda y: (1 - 2 * y)[:, None] * (1 - 2 * y),
        "labels in every row": lambda y: torch.stack(
            [torch.eye(len(y))[i] - y for i in range(len(y))]
        ),
        "labels in every row, twice": lambda y: torch.diag(torch.ones(len(y))) - 2 * y[None],
        "neighbour": lambda y: torch.stack([*reversals(y)[-1:], *reversals(y)[:-1]]),
        "13 by 13": lambda y: torch.diag(torch.ones(13)),
        "always 13": lambda y: torch.eye(13) - 2 * torch.eye(13) * y,
        "entries + example": lambda y: reversals(y, elsewhere=0.5),
    },
    "01-merge": {
        "maximum": merge_best_part,
        "sum of logarithms": merge_product,
        "not normalised": merge_raw,
        "mean of probabilities": merge_average,
        "no logarithm": lambda z, g: merge(z, g).exp(),
        "shape": lambda z, g: merge(z, g)[:, :10],
    },
    "01-unet": {
        "no skips": lambda net, x: layers(net, x, skips=(0, 0)),
        "no skip at full size": lambda net, x: layers(net, x, skips=(0, 1)),
        "no skip at half the size": lambda net, x: layers(net, x, skips=(1, 0)),
        "skip subtracted": lambda net, x: layers(net, x, skips=(-1, -1)),
        "skip halved": lambda net, x: layers(net, x, skips=(0.5, 0.5)),
        "skip added late": lambda net, x: layers(net, x, late=True),
        "skips detached": lambda net, x: layers(net, x, cut=True),
        "mean": lambda net, x: layers(net, x, kernel=F.avg_pool2d),
        "bilinear": lambda net, x: layers(net, x, mode="bilinear"),
        "probabilities": lambda net, x: layers(net, x).softmax(1),
        "shape": lambda net, x: layers(net, x)[..., ::2, ::2],
        "raised": lambda net, x: net.exit(net.down[0](net.entry(x))),
    },
    "01-iou": {
        "hits counted twice": over(lambda c, k: (c[k].sum() + c[:, k].sum()).item()),
        "recall": over(lambda c, k: c[k].sum().item()),
        "precision": over(lambda c, k: c[:, k].sum().item()),
        "share of all pixels": over(lambda c, k: c.sum().item()),
        "Dice": lambda c: 2 * iou(c) / (1 + iou(c)),
        "absent is zero": iou_zero,
        "entries + size": lambda c: iou(c) + (torch.arange(12) == 3 + 2 * (c[3, 3] == 0)) / 8,
        "not finite + size": lambda c: iou(c) / (torch.arange(12) != 3 + 2 * (c[3, 3] == 0)),
    },
    "01-repair": {
        "masks stay": lambda x, t, chosen: (mirrored(x, t, chosen)[0], t),
        "images stay": lambda x, t, chosen: (x, mirrored(x, t, chosen)[1]),
        "all": lambda x, t, chosen: mirrored(x, t, chosen | True),
        "the others": lambda x, t, chosen: mirrored(x, t, ~chosen),
        "masks upside down": lambda x, t, chosen: mirrored(x, t, chosen, rows=True),
        "images upside down": lambda x, t, chosen: (
            torch.stack([z.flip(1) if k else z for z, k in zip(x, chosen, strict=True)]),
            mirrored(x, t, chosen)[1],
        ),
        "shape": lambda x, t, chosen: mirrored(x, t, chosen)[0],
        "raised": lambda x, t, chosen: (x[chosen].flip(-1) + x, t),
    },
    "02-penalty": {
        "square outside": lambda *a: penalty(*a, square_last=True),
        "no second graph": lambda *a: penalty(*a, create=False),
        "fake not detached": lambda *a: penalty(*a, detach=False),
        "without the one": lambda *a: penalty(*a, target=0.0),
        "exchanged": lambda s, r, f, a: penalty(s, f.detach(), r, a),
        "norm of the batch": penalty_over_batch,
        "norm per pixel": penalty_over_channels,
        "mean over patches": lambda s, *a: penalty(lambda x: s(x).flatten(1).mean(1), *a),
        "changed": lambda *a: 10 * penalty(*a),
    },
    "02-terms": {
        "critic's sign": replacing(0, lambda r, f: (r - f).mean(), "real", "fake"),
        "G's sign": replacing(1, lambda f: f.sum() / f.numel(), "fake"),
        "mean over attributes": replacing(2, lambda z, y: bce(z, y) / y.shape[1], "z", "y"),
        "softmax": replacing(2, F.cross_entropy, "z", "y"),
        "as printed": replacing(2, bce_printed, "z", "y"),
        "squared": replacing(3, lambda r, x: ((r - x) ** 2).mean(), "x_rec", "x"),
        "sum as printed": replacing(
            3, lambda r, x: (r - x).abs().flatten(1).sum(1).mean(), "x_rec", "x"
        ),
        "softmax twice": replacing(4, lambda z, s: F.cross_entropy(F.softmax(z, 1), s), "raw", "s"),
        "logarithm of zero": replacing(
            4, lambda z, s: -z.softmax(1).gather(1, s[:, None]).log().mean(), "raw", "s"
        ),
        "no logarithm": replacing(
            5, lambda p, t: -p.exp().gather(1, t[:, None]).mean(), "log_p", "target"
        ),
        "real alone": replacing(0, lambda r: 0 - r.mean(), "real"),
        "fake alone": replacing(0, lambda f: f.sum() / f.numel(), "fake"),
        "softplus for D": replacing(
            0, lambda r, f: -(F.logsigmoid(r).mean() + F.logsigmoid(-f).mean()), "real", "fake"
        ),
        "order + order": lambda *a: [all_terms(*a)[k] for k in (1, 0, 2, 3, 4, 5)],
    },
    "02-classification": {
        "not attempted": F.cross_entropy,
        "as printed": bce_printed,
        "mean": F.binary_cross_entropy_with_logits,
        "sum over faces": lambda z, y: F.binary_cross_entropy_with_logits(z, y, reduction="sum"),
        "sign": lambda z, y: -bce(z, y),
        "labels exchanged": lambda z, y: bce(-z, y),
        "sigmoid twice": lambda z, y: bce(torch.sigmoid(z), y),
        "positives only": lambda z, y: (y * F.softplus(-z)).sum(1).mean(),
        "gradient": lambda z, y: bce(z.detach(), y),
    },
    "03-enter": {
        "label first": lambda x, y: entered(x, y).roll(y.shape[1], 1),
        "one plane": lambda x, y: torch.stack(
            [*x.unbind(1), y.sum(1)[:, None, None] + 0 * x[:, 0]], 1
        ),
        "multiplied": lambda x, y: torch.cat([x, torch.einsum("bhw,ba->bahw", x.mean(1), y)], 1),
        "sign lost": lambda x, y: entered(x, y * y.detach()),
        "another's label": lambda x, y: entered(x, torch.cat([y[-1:], y[:-1]])),
        "scrambled": lambda x, y: torch.cat(
            [x, y.tile(1, x[0, 0].numel()).reshape(len(y), -1, *x.shape[2:])], 1
        ),
        "label alone": lambda x, y: entered(x, y)[:, 3:],
        "shape": lambda x, y: (x, y),
    },
    "03-mutual": {
        "exchanged": lambda p, z: mutual(z.log_softmax(1), p),
        "soft": lambda p, z: mutual(p, z, one_hot=False),
        "soft and not detached": lambda p, z: mutual(p, z, one_hot=False, attached=True),
        "one way": mutual_no_grad,
        "sign": lambda p, z: [-loss for loss in mutual(p, z)],
        "one for both": lambda p, z: [sum(mutual(p, z)) / 2] * 2,
        "sum": lambda p, z: [
            F.cross_entropy(p, z.argmax(1), reduction="sum") / len(p),
            F.cross_entropy(z, p.argmax(1), reduction="sum") / len(p),
        ],
        "shape": lambda p, z: mutual(p, z)[0],
    },
    "03-gain": {
        "sign": lambda p, t, a, s: gained(p, a, t, s),
        "share of pixels": lambda p, t, a, s: right_pixels(p, t, s) - right_pixels(p, a, s),
        "columns": lambda p, t, a, s: gained(p, t, a, s, axis=3),
        "rows": lambda p, t, a, s: gained(p, t, a, s, axis=2),
        "tied alone": lambda p, t, a, s: pooled_ious(p, t, s).mean(),
        "ratio": lambda p, t, a, s: pooled_ious(p, t, s).mean() / pooled_ious(p, a, s).mean(),
        "face by face": gained_by_face,
        "first wish": lambda p, t, a, s: gained(p, t[:1], a[:1], s[:1]),
    },
    "03-labels": {
        "StarGAN": lambda s, t: (t, s, s, t),
        "sign": lambda s, t: (-(t - s), t * 0, s, t),
        "no direction": lambda s, t: ((t != s).float(), t * 0, s, t),
        "±1 for the target": lambda s, t: (torch.where(t > 0, 1.0, -1.0), t * 0, s, t),
        "reconstruction undoes": lambda s, t: (t - s, -(t - s), s, t),
        "reconstruction edits": lambda s, t: (t - s, t - s, s, t),
        "G is paid for differences": lambda s, t: (t - s, t * 0, s, t - s),
        "D's labels exchanged": lambda s, t: (t - s, t * 0, t, s),
    },
    "04-algorithm": {
        "every iteration": lambda *a: algorithm(*a, every=1),
        "one too early": lambda *a: algorithm(*a, start=0),
        "ascent": lambda *a: algorithm(*a, sign=-1),
        "gradients pile up": lambda *a: algorithm(*a, zero=False),
        "critic moves both": algorithm_attached,
        "roles exchanged": algorithm_exchanged,
    },
    "04-images": {
        "every iteration": images(every=1),
        "one too early": images(start=0),
        "critics wait too": images(wait=True),
        "another batch": images(shift=1),
        "old gradients of D": images(clear="g"),
        "old gradients of G": images(clear="d"),
        "critics rest": images(move="g"),
        "generators rest": images(move="d"),
        "no penalty": images(penalty=False),
        "edits without gradient": images(grad=False),
    },
    "05-frechet": {
        "not squared": lambda a, b: frechet(a, b, squared=False),
        "no root": lambda a, b: frechet(a, b, root=False),
        "cross term once": lambda a, b: frechet(a, b, twice=1),
        "no cross term": lambda a, b: frechet(a, b, twice=0),
        "divided by n": lambda a, b: frechet(a, b, n=len),
        "means alone": lambda a, b: (a.mean(0) - b.mean(0)) @ (a.mean(0) - b.mean(0)),
        "changed": lambda a, b: frechet(a, b)[None],
    },
    "05-paired": {
        "sign": lambda a, b, draws: paired(b, a, draws),
        "single faces": lambda a, b, draws: paired(
            a, b, draws, of=lambda d, draws: sorted(d[draws].flatten().tolist())
        ),
        "nothing drawn": lambda a, b, draws: paired(
            a, b, draws, of=lambda d, draws: sorted(d.tolist())
        ),
        "90 percent": lambda a, b, draws: paired(a, b, draws, low=0.05, high=0.95),
        "lowest and highest": lambda a, b, draws: paired(a, b, draws, low=0, high=1),
        "ends exchanged": lambda a, b, draws: paired(a, b, draws)[[0, 2, 1]],
    },
    "05-inside": {
        "not attempted": lambda e, t, x: 255 * F.l1_loss(e, t) / 2,
        "where the edit changed": lambda e, t, x: inside(e, t, x, where=lambda e, t, x: (e, x)),
        "against the input": lambda e, t, x: inside(e, t, x, against=lambda e, t, x: x),
        "copying": lambda e, t, x: inside(x, t, x),
        "threshold halved": lambda e, t, x: inside(e, t, x, scale=255),
        "threshold without a scale": lambda e, t, x: inside(e, t, x, scale=1e9),
        "threshold doubled": lambda e, t, x: inside(e, t, x, scale=63.75),
        "face by face": lambda e, t, x: (
            sum(inside(e[i : i + 1], t[i : i + 1], x[i : i + 1]) for i in range(len(x))) / len(x)
        ),
        "sum": lambda e, t, x: inside(e, t, x) * ((t - x).abs().amax(1) * 127.5 > 8).sum(),
        "changed": lambda e, t, x: inside(e, t, x) / 255,
    },
    "06-wish": {
        "not resolved": lambda c, p, r: c + 0,
        "absent ones too": lambda c, p, r: wish(c, p, r, absent=True),
        "own wishes overruled": lambda c, p, r: wish(c, p, r, own=False),
        "always whole": lambda c, p, r: wish(c, p, r, whole=True),
        "added up": lambda c, p, r: wish(c, p, r, join=sum),
        "sign": lambda c, p, r: wish(c, p, r, sign=1),
        "removals push too": lambda c, p, r: wish(c, p, r, both=1),
        "changed": lambda c, p, r: wish(c, p, r)[None],
    },
    "06-surplus": {
        "not from idle": lambda i, a, b, ab: surplus(0 * i, a, b, ab),
        "over the joint change": lambda i, a, b, ab: (
            (ab - a - b + i).abs().sum() / (ab - i).abs().sum()
        ),
        "over the larger": lambda i, a, b, ab: surplus(i, a, b, ab, over=max),
        "over the first": lambda i, a, b, ab: surplus(i, a, b, ab, over=lambda a, b: a),
        "over the second": lambda i, a, b, ab: surplus(i, a, b, ab, over=lambda a, b: b),
        "over the sum": lambda i, a, b, ab: surplus(i, a, b, ab, over=lambda a, b: a + b),
        "squares": lambda i, a, b, ab: surplus(i, a, b, ab, power=2),
        "idle forgotten once": lambda i, a, b, ab: (
            torch.mean(torch.abs(ab - a - b)) / min((a - i).abs().mean(), (b - i).abs().mean())
        ),
        "changed": lambda i, a, b, ab: surplus(i, a, b, ab) + 1,
    },
    "06-unseen": {
        "not attempted": lambda d, p: d.abs().gt(1),
        "direction alone": lambda d, p: d * (0.5 - p.double()) < 0,
        "additions alone": lambda d, p: unseen(d, p, low=lambda label: -1),
        "removals alone": lambda d, p: unseen(d, p, high=lambda label: 1),
        "labels exchanged": lambda d, p: unseen(d, ~p),
        "one included": lambda d, p: unseen(d, p) | (d.abs() == 1),
        "in between": lambda d, p: unseen(d, p) | (d != d.round()),
        "all that moves": lambda d, p: d.bool(),
    },
    "07-interval": {
        "not paired": interval_of_strangers,
        "sign": lambda a, b: interval(b, a),
        "normal quantile": lambda a, b: interval(a, b, t=lambda n: 1.96),
        "spread of seeds": lambda a, b: interval(a, b, root=lambda n: 1),
        "divided by n": lambda a, b: interval(a, b, root=lambda n: n),
        "standard error": lambda a, b: interval(a, b, t=lambda n: 1),
        "too sure": lambda a, b: interval(a, b, spare=0),
        "two samples": two_samples,
        "one end alone": lambda a, b: interval(a, b, t=lambda n: 1.645),
        "halves for ends": lambda a, b: torch.stack(
            [(m := interval(a, b))[0], (m[2] - m[1]) / 2, (m[2] - m[1]) / 2]
        ),
        "changed": lambda a, b: interval(a, b)[0],
    },
    "07-seeds": {
        "normal quantile": lambda d, half: needed(d, half, t=lambda n: 1.96),
        "standard error": lambda d, half: needed(d, half, t=lambda n: 1),
        "today's quantile": lambda d, half: needed(d, half, t=lambda n: QUANTILES[len(d)]),
        "divided twice": lambda d, half: needed(d, half * len(d) ** 0.5),
        "whole width": lambda d, half: needed(d, half / 2),
        "still to add": lambda d, half: needed(d, half) - len(d),
        "too sure": lambda d, half: needed(d, half, spare=0),
        "one too few": lambda d, half: needed(d, half) - 1,
        "one too many": lambda d, half: needed(d, half) + 1,
    },
    "07-report": {
        "the best of all": lambda scores: max(max(row) for row in scores),
        "not attempted": lambda scores: max(scores.sum(0) / len(scores)),
        "best snapshot": lambda scores: sum(max(row) for row in scores) / len(scores),
        "best of the last": lambda scores: sum(max(row[-3:]) for row in scores) / len(scores),
        "best seed": lambda scores: max(sum(row[-3:]) / 3 for row in scores),
        "last alone": lambda scores: sum(row[-1] for row in scores) / len(scores),
        "all along": lambda scores: sum(sum(row) for row in scores) / scores.numel(),
        "the first ones": lambda scores: sum(row[:3].sum() for row in scores) / (3 * len(scores)),
        "axes exchanged": lambda scores: sum(row.mean() for row in scores[-3:]) / 3,
    },
    "08-drag": {
        "no direction": lambda e, t, h: dragged(e, t, h, sign=lambda h: 1),
        "any change": lambda e, t, h: ((e > 0) ^ (t > 0)).double().mean(),
        "backwards": lambda e, t, h: dragged(e, t, 1 - h),
        "additions missing": lambda e, t, h: dragged(e, t, h, sign=float),
        "logits": lambda e, t, h: ((2 * h - 1) * (e - t)).sum() / len(h),
        "threshold": lambda e, t, h: dragged(e, t, h, over=0.5),
        "truth forgotten": lambda e, t, h: dragged(e, t, h, truly=False),
        "sum": lambda e, t, h: len(h) * dragged(e, t, h),
        "two means": lambda e, t, h: sum(dragged(e[h == k], t[h == k], h[h == k]) for k in (0, 1)),
        "those that moved": lambda e, t, h: dragged(e, t, h) * len(h) / ((e > 0) != (t > 0)).sum(),
        "by those that had it": lambda e, t, h: dragged(e, t, h) / h.mean(),
        "no way back": lambda e, t, h: ((2 * h - 1) * ((e > 0) != (t > 0))).mean(),
        "growth": lambda e, t, h: ((2 * h - 1) * (2.0 * (e > t) - 1)).mean(),
        "growth alone": lambda e, t, h: (h * (e > t) - (1 - h) * (e > t)).mean(),
        "squeezed": lambda e, t, h: ((2 * h - 1) * (e.tanh() - t.tanh())).sum() / len(h),
        "label as truth": lambda e, t, h: dragged(e, 0.5 - h, h),
        "dragged alone": lambda e, t, h: (
            (((e > 0) & (t <= 0) & (h > 0)) | ((e <= 0) & (t > 0) & (h < 1))).double().mean()
        ),
        "new partners": lambda e, t, h: ((2 * h - 1) * (e.sign() > t.sign())).mean(),
        "lost partners": lambda e, t, h: -((2 * h - 1) * (e.sign() < t.sign())).mean(),
        "where it was 1": lambda e, t, h: dragged(e[h > 0], t[h > 0], h[h > 0]),
        "where it was 0": lambda e, t, h: dragged(e[h < 1], t[h < 1], h[h < 1]),
        "share that moved along": lambda e, t, h: (
            ((2 * h - 1) * ((e > 0).double() - (t > 0).double()) > 0).sum()
            / ((e > 0) != (t > 0)).sum()
        ),
        "median": lambda e, t, h: ((2 * h - 1) * ((e > 0).double() - (t > 0).double())).median(),
        "signs": lambda e, t, h: 2 * dragged(e, t, h),
    },
    "08-mix": {
        "alike": lambda a, b: torch.ones(len(a)).double().softmax(0),
        "more of the common": lambda a, b: mixed(a, b, power=1.0),
        "not shares": lambda a, b: mixed(a, b, total=4.0),
        "one label": lambda a, b: mixed(a, b, key=lambda a, b: float(a)),
        "the other label": lambda a, b: mixed(a, b, key=lambda a, b: float(b)),
        "rare alone": lambda a, b: (a - b).abs() / (a - b).abs().sum(),
        "halfway": lambda a, b: mixed(a, b, power=-0.5),
        "agree or not": lambda a, b: mixed(a, b, key=lambda a, b: bool(a == b)),
        "labels added": lambda a, b: mixed(a, b, key=lambda a, b: float(a + b)),
        "rare alone, balanced": lambda a, b: (w := mixed(a, b) * (a - b).abs()) / w.sum(),
        "share of its kind": lambda a, b: 1 / (4 * len(a) * mixed(a, b)),
        "softmax": lambda a, b: (
            (-1 / (4 * mixed(a, b))).exp() / (-1 / (4 * mixed(a, b))).exp().sum()
        ),
        "a quarter each": lambda a, b: torch.ones(len(a)).double() / 4,
        "by combination": lambda a, b: torch.stack(
            [1 / (4 * (2 * a + b == k).sum().double()) for k in range(4)]
        ),
        "numbers as weights": lambda a, b: (n := a + a + b) / n.sum(),
        "by all faces": lambda a, b: mixed(a, b, total=4.0) / len(b),
        "n times": lambda a, b: mixed(a, b, total=float(len(a))),
        "squared": lambda a, b: mixed(a, b, power=-2.0),
        "squared, no shares": lambda a, b: 16 * mixed(a, b).square(),
        "one minus share": lambda a, b: (w := 1 - 1 / (4 * len(a) * mixed(a, b))) / w.sum(),
        "one minus share, no shares": lambda a, b: 1 - 1 / (4 * len(a) * mixed(a, b)),
        "below the largest": lambda a, b: (
            (w := (1 / mixed(a, b)).max() - 1 / mixed(a, b)) / w.sum()
        ),
        "mean of two": lambda a, b: (
            (mixed(a, b, key=lambda a, b: float(a)) + mixed(a, b, key=lambda a, b: float(b))) / 2
        ),
        "softmax of 1/n": lambda a, b: (e := (4 * mixed(a, b)).exp()) / e.sum(),
        "sum over combinations": lambda a, b: (
            mixed(a, b) / sum(mixed(a, b)[(a == i) & (b == j)][0] for i in (0, 1) for j in (0, 1))
        ),
        "whole numbers": lambda a, b: mixed(a, b, total=0.0),
        "largest is 1": lambda a, b: mixed(a, b) / mixed(a, b).max(),
        "rarest alone": lambda a, b: (w := (mixed(a, b) > 0.999 * mixed(a, b).max())) / w.sum(),
    },
    "08-saved": {
        "not attempted": lambda edited, untouched, save: (edited, save(untouched)),
        "edits alone": lambda edited, untouched, save: (save(edited), untouched),
        "neither": lambda edited, untouched, save: (edited, untouched),
        "edits twice": lambda edited, untouched, save: (save(save(edited)), save(untouched)),
        "untouched twice": lambda edited, untouched, save: (save(edited), save(save(untouched))),
        "exchanged": lambda edited, untouched, save: tuple(map(save, (untouched, edited))),
        "edits for both": lambda edited, untouched, save: [save(edited)] * 2,
        "both formats": lambda edited, untouched, save: [
            torch.cat([images, save(images)]) for images in (edited, untouched)
        ],
        "what is lost": lambda edited, untouched, save: [
            images - save(images) for images in (edited, untouched)
        ],
        "both twice": lambda edited, untouched, save: [
            save(save(images)) for images in (edited, untouched)
        ],
        "half saved": lambda e, u, save: (0.5 * e + 0.5 * save(e), 0.5 * u + 0.5 * save(u)),
        "edits half saved": lambda e, u, save: (0.5 * e + 0.5 * save(e), save(u)),
        "untouched half saved": lambda e, u, save: (save(e), 0.5 * u + 0.5 * save(u)),
        "exchanged, edits saved": lambda e, u, save: [u, save(e)],
        "exchanged, untouched saved": lambda e, u, save: [save(u), e],
        "exchanged, none saved": lambda e, u, save: [u, e],
        "untouched for both": lambda e, u, save: [save(u)] * 2,
    },
}
