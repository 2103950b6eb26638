"""Wrong answers of a second round, written when the engine was there, by somebody else.

Each had passed, was misled or got no name then. Verdicts were read and found true, as in
``outside``.
"""

from functools import partial

import numpy as np
import torch
from outside import bce, terms
from outside_plane import critic, editor, wgan
from torch.nn import functional as F

from secgan_lite.course import plane
from secgan_lite.editing import Trained
from secgan_lite.evaluation.bootstrap import student
from secgan_lite.evaluation.truth import mean_iou, overlaps


def unbalanced(change):
    return lambda c: change(c.diagonal().double(), c.sum(1), c.sum(0), c.sum())


def way(net, x, join=torch.add):
    full = net.entry(x)
    half = net.down[0](F.max_pool2d(full, 2))
    x = net.narrow[0](net.down[1](F.max_pool2d(half, 2)))
    x = net.narrow[1](net.up[0](join(F.interpolate(x, scale_factor=2), half)))
    return net.exit(net.up[1](join(F.interpolate(x, scale_factor=2), full)))


def half_way(net, x):
    full = net.entry(x)
    half = F.max_pool2d(net.down[0](full), 2)
    x = F.max_pool2d(net.down[1](half), 2)
    for narrow, up, kept in zip(net.narrow, net.up, (half, full), strict=True):
        x = up(F.interpolate(narrow(x), scale_factor=2) + kept)
    return net.exit(x)


def wished(push):
    """A wish of which only what pushes an attribute out is given: (c, p, r) -> (n,)."""
    return lambda c, p, r: torch.where((c == 0) & p, -push(c, p, r), c)


def pushes(c, r):
    return r * c.clamp(min=0)[:, None]


def where(changes):
    """The error where a score of the true change (B, 3, h, h), in levels, is above 8."""
    return lambda edit, truth, x: ((edit - truth).abs().mean(1) * 127.5)[
        changes((truth - x) * 127.5) > 8
    ].mean()


def pushed_down(changes, present, ruled_out):
    changes = changes.clone()
    for i, j in ruled_out.nonzero().tolist():
        if changes[i] > 0 >= changes[j] and present[j]:
            changes[j] = min(changes[j], -changes[i])
    return changes


def interval_of(differences, quantile):
    mean, half = differences.mean(), quantile * differences.std() / len(differences) ** 0.5
    return torch.stack([mean, mean - half, mean + half])


def counted(differences, half, quantile=student, start=2):
    n = start
    while quantile(n) * float(differences.std()) / n**0.5 > half:
        n += 1
    return n


def from_pilot(differences, half):
    return counted(differences, half, start=len(differences))


def made(step):
    """A round after D's steps, by (G, D, for_g, for_d, batches, z, y)."""

    def play(G, D, for_g, for_d, batches, z, y):
        for one in batches:
            last = plane.critic_step(G, D, for_d, *one)
        return step(G, D, for_g, for_d, batches, z, y, last)

    return play


def stepped(optimiser, loss):
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.detach()


def down(G, D, for_g, z, y):
    return stepped(for_g, -D(G(z, y), y).mean())


def both_step(G, D, for_g, for_d, batches, z, y, last):
    loss = down(G, D, for_g, z, y)
    for_d.step()
    return loss


def critics_value(G, D, for_g, for_d, batches, z, y, last):
    down(G, D, for_g, z, y)
    return last


def value_after(G, D, for_g, for_d, batches, z, y, last):
    down(G, D, for_g, z, y)
    return -D(G(z, y), y).mean().detach()


def scores_without_gradient(G, D, optimiser, x, y, z, alpha):
    with torch.no_grad():
        fake = G(z, y)
        low = D(fake, y).mean()
    return stepped(optimiser, low - D(x, y).mean() + plane.penalty(D, x, fake, y, alpha))


def two_backwards(G, D, optimiser, x, y, z, alpha):
    fake = G(z, y).detach()
    gap, penalty = D(fake, y).mean() - D(x, y).mean(), plane.penalty(D, x, fake, y, alpha)
    for part in (gap, penalty):
        optimiser.zero_grad()
        part.backward()
    optimiser.step()
    return (gap + penalty).detach()


def generator_cleared(G, D, optimiser, x, y, z, alpha):
    G.zero_grad()
    return stepped(optimiser, wgan(D, x, G(z, y), y, alpha))


def adam_of_ones_own(G, D, optimiser, *given):
    return plane.critic_step(G, D, plane.optimiser(D), *given)


def names_used_twice(G, D, for_g, for_d, batches, z, y):
    for x, _, noise, alpha in batches:
        plane.critic_step(G, D, for_d, x, y, noise, alpha)
    return down(G, D, for_g, z, y)


def penalty_for_g(G, D, for_g, for_d, batches, z, y, last):
    x, _, _, alpha = batches[-1]
    return stepped(for_g, -D(G(z, y), y).mean() + plane.penalty(D, x, G(z, y), y, alpha))


def gap_for_g(G, D, for_g, for_d, batches, z, y, last):
    return stepped(for_g, D(*batches[-1][:2]).mean() - D(G(z, y), y).mean())


def two_steps_first_loss(G, D, for_g, for_d, batches, z, y, last):
    first = down(G, D, for_g, z, y)
    down(G, D, for_g, z, y)
    return first


def edit_judged(seen=lambda G, x, d: G(x, d), told=lambda y, d: y + d):
    return lambda G, D, x, y, d: (
        -D(seen(G, x, d), told(y, d)).mean() + (G(x, 0 * d) - x).abs().mean()
    )


def cleared_last(model, batches, for_d, for_g, alpha, n):
    loss_g = torch.zeros(())
    for t, batch in enumerate(batches, start=1):
        loss_d, _ = model.critic_loss(batch, model.translate(batch), alpha)
        loss_d.backward()
        for_d.zero_grad()
        for_d.step()
        if t % n == 0:
            loss_g, _ = model.generator_loss(batch, model.translate(batch))
            loss_g.backward()
            for_g.zero_grad()
            for_g.step()
    return loss_d.detach(), loss_g.detach()


def never_cleared(critic, generator, d, g, batches, n, rate):
    d, g = (w.detach().clone().requires_grad_(True) for w in (d, g))
    for t, batch in enumerate(batches, start=1):
        critic(d, g, batch).backward()
        d.data -= rate * d.grad
        if t % n == 0:
            generator(d, g, batch).backward()
            g.data -= rate * g.grad
    return d.detach(), g.detach()


def game(who, turn=lambda t, n: t % n == 0, upto=lambda batches, n: batches):
    """Algorithm 1 for two numbers; who(critic, generator, d, g, seen, rate, n): G's next number."""

    def answer(critic, generator, d, g, batches, n, rate):
        start, seen = d, []
        for batch in upto(batches, n):
            seen.append(batch)
            d, g = (w.detach().requires_grad_(True) for w in (d, g))
            d = (d - rate * torch.autograd.grad(critic(d, g, batch), d)[0]).detach()
            if turn(len(seen), n):
                g = g.detach().requires_grad_(True)
                g = who(critic, generator, (start, d), g, seen, rate, n)
        return d, g

    return answer


def followed(critic, generator, ds, g, seen, rate, n, which=1, back=1, times=1):
    return g - times * rate * torch.autograd.grad(generator(ds[which], g, seen[-back]), g)[0]


def against(critic, generator, ds, g, seen, rate, n):
    return g + rate * torch.autograd.grad(critic(ds[1], g, seen[-1]), g)[0]


def second_order(critic, generator, d, g, batches, n, rate):
    d.requires_grad_(True)
    g.requires_grad_(True)
    for t in range(len(batches)):
        (slope,) = torch.autograd.grad(critic(d, g, batches[t]), [d], create_graph=True)
        d = d - rate * slope
        if (t + 1) % n == 0:
            (slope,) = torch.autograd.grad(generator(d, g, batches[t]), [g], create_graph=True)
            g = g - rate * slope
    return d.detach(), g.detach()


def networks(rounds, clear=True, last=lambda ds, gs: (ds[-1], gs[-1])):
    """Algorithm 1 for networks; rounds(batches, n): who plays with which batch."""

    def answer(model, batches, for_d, for_g, alpha, n):
        losses = {"d": [torch.zeros(())], "g": [torch.zeros(())]}
        for_d.zero_grad()
        for_g.zero_grad()
        for who, batch in rounds(batches, n):
            made, player = model.translate(batch), for_d if who == "d" else for_g
            if who == "d":
                loss, _ = model.critic_loss(batch, made, alpha)
            else:
                loss, _ = model.generator_loss(batch, made)
            if clear:
                player.zero_grad()
            loss.backward()
            player.step()
            losses[who].append(loss.detach())
        return last(losses["d"], losses["g"])

    return answer


def alternating(batches, n, g_turn=lambda t, n: t % n == 0, d_turn=lambda t, n: True):
    for t, batch in enumerate(batches, 1):
        yield from [("d", batch)] * d_turn(t, n) + [("g", batch)] * g_turn(t, n)


def two_loops(batches, n):
    yield from (("d", batch) for batch in batches)
    yield from (("g", batch) for batch in batches[n - 1 :: n])


def two_loops_reversed(batches, n):
    yield from (("d", batch) for batch in batches)
    yield from (("g", batch) for batch in batches[::-1][:2])


def average(ds, gs):
    return tuple(torch.stack(losses[1:] or losses).mean() for losses in (ds, gs))


def learning(clear_late=False, again=False, reset=False, stop=lambda t, n: False):
    """Algorithm 1 for networks as the lesson writes it, with a line in another place."""

    def answer(model, batches, for_d, for_g, alpha, n):
        def down(player, batch):
            def loss():
                made = model.translate(batch)
                if player is for_d:
                    return model.critic_loss(batch, made, alpha)[0]
                return model.generator_loss(batch, made)[0]

            if not clear_late:
                player.zero_grad()
            value = loss()
            value.backward()
            player.step()
            if clear_late:
                player.zero_grad()
            return (loss() if again else value).detach()

        loss_g = torch.zeros(())
        for t, batch in enumerate(batches, start=1):
            loss_g = torch.zeros(()) if reset else loss_g
            loss_d = down(for_d, batch)
            if t % n == 0:
                loss_g = down(for_g, batch)
            if stop(t, n):
                break
        return loss_d, loss_g

    return answer


def in_turn(loss_of_g="generator_loss", sign=1, stepping="g", clip=None, mix=None):
    """Algorithm 1 for networks; what differs stands in the generators' turn, if in one.

    Args:
        clip: of the largest weight of D, or of gradients' length, by name.
        mix: a number in place of each drawn α.
    """

    def answer(model, batches, for_d, for_g, alpha, n):
        alpha = alpha if mix is None else lambda branch, count: torch.zeros(count) + mix
        players, loss_g = {"d": for_d, "g": for_g}, torch.zeros(())

        def follow(loss, cleared, moved):
            cleared.zero_grad()
            loss.backward()
            if clip == "gradients":
                torch.nn.utils.clip_grad_norm_(moved.param_groups[0]["params"], max_norm=1)
            moved.step()

        for t, batch in enumerate(batches, start=1):
            loss_d = model.critic_loss(batch, model.translate(batch), alpha)[0]
            follow(loss_d, for_d, for_d)
            if clip == "weights":
                with torch.no_grad():
                    for w in model.discriminator.parameters():
                        w.copy_(w.clamp(min=-0.01, max=0.01))
            if t % n == 0:
                more = (alpha,) if loss_of_g == "critic_loss" else ()
                loss_g = getattr(model, loss_of_g)(batch, model.translate(batch), *more)[0]
                follow(sign * loss_g, for_g, players[stepping])
        return loss_d.detach(), loss_g.detach()

    return answer


def several(batches, n, d=1, g=1, every=None):
    for t, batch in enumerate(batches, start=1):
        yield from [("d", batch)] * d + [("g", batch)] * (g * (t % (every or n) == 0))


def g_n_times(batches, n, every=None):
    yield from several(batches, n, g=n, every=every)


def n_then_one(batches, n):
    for batch in batches:
        yield from [("d", batch)] * n + [("g", batch)]


def g_once(batches, n):
    yield from [*(("d", batch) for batch in batches), ("g", batches[-1])]


def total(ds, gs):
    return sum(ds), sum(gs)


def in_two_loops(critic, generator, d, g, batches, n, rate, every=False):
    for batch in batches:
        d = d.detach().requires_grad_(True)
        d = d - rate * torch.autograd.grad(critic(d, g.detach(), batch), d)[0]
    for batch in batches if every else batches[n - 1 :: n]:
        g = g.detach().requires_grad_(True)
        g = g - rate * torch.autograd.grad(generator(d.detach(), g, batch), g)[0]
    return d.detach(), g.detach()


def wrong_slope(critic, generator, ds, g, seen, rate, n):
    d = ds[1].clone().requires_grad_(True)
    return g - rate * torch.autograd.grad(generator(d, g, seen[-1]), d)[0]


def own_cleared(critic, generator, d, g, batches, n, rate):
    d, g = (w.detach().clone().requires_grad_(True) for w in (d, g))
    for t, batch in enumerate(batches, start=1):
        critic(d, g, batch).backward()
        d.data -= rate * d.grad
        d.grad = None
        if t % n == 0:
            generator(d, g, batch).backward()
            g.data -= rate * g.grad
            g.grad = None
    return d.detach(), g.detach()


def in_chunks(critic, generator, d, g, batches, n, rate):
    for first in range(0, len(batches), n):
        for batch in batches[first : first + n]:
            d = d.detach().requires_grad_(True)
            d = d - rate * torch.autograd.grad(critic(d, g.detach(), batch), d)[0]
        g = g.detach().requires_grad_(True)
        g = g - rate * torch.autograd.grad(generator(d.detach(), g, batch), g)[0]
    return d.detach(), g.detach()


def one_sum(critic, generator, d, g, batches, n, rate):
    for t, batch in enumerate(batches, start=1):
        for player in "d" if t % n else "dg":
            d, g = (w.detach().requires_grad_(True) for w in (d, g))
            loss = critic(d, g, batch) + generator(d, g, batch)
            slope_d, slope_g = torch.autograd.grad(loss, (d, g))
            d, g = (d - rate * slope_d, g) if player == "d" else (d, g - rate * slope_g)
    return d.detach(), g.detach()


def pair_kept(model, batches, for_d, for_g, alpha, n):
    for batch in batches:
        loss = model.critic_loss(batch, model.translate(batch), alpha)
        loss.backward()
    return loss, loss


def by_hand(
    join=lambda entries: entries.sum(1).mean(), labels=lambda y: (y, 1 - y), share=torch.sigmoid
):
    """Eq. 3 with logarithms of D, which logits of ±200 make infinite."""

    def answer(z, y):
        first, second = labels(y)
        return join(-(first * share(z).log() + second * (1 - share(z)).log()))

    return answer


def penalty_of(join):
    def answer(score, real, fake, alpha):
        x = torch.lerp(fake.detach(), real, alpha).requires_grad_(True)
        (slope,) = torch.autograd.grad(score(x).sum(), x, create_graph=True)
        return join(slope)

    return answer


def slopes_mixed(score, real, fake, alpha):
    ends = [image.detach().requires_grad_(True) for image in (real, fake)]
    a, b = (torch.autograd.grad(score(x).sum(), x, create_graph=True)[0] for x in ends)
    return ((alpha * a + (1 - alpha) * b).flatten(1).norm(dim=1) - 1).square().mean()


def near_one(norm):
    return (norm - 1).square().mean()


def softmaxed(z):
    return z.softmax(1)


def entered(x, y):
    return torch.cat([x, y[:, :, None, None].expand(-1, -1, *x.shape[2:])], 1)


def gain_of_p(parser, tied, apart, target):
    P = Trained.of("editor-32-stargan-secgan").parser
    with torch.no_grad():
        masks = [torch.stack([P(e).argmax(1) for e in edits]) for edits in (tied, apart)]
    scores = [mean_iou(overlaps(m, target).sum(dim=0).numpy()).mean() for m in masks]
    return scores[0] - scores[1]


def size(change):
    return change.abs().mean()


def beyond(idle, one, other, both):
    """What both changes together have beyond their sum."""
    return size(both - one - other + idle)


WRONG = {
    "00-difference": {
        "taken away where equal": (lambda t, s: torch.where(t > s, 1.0, -1.0), "entries + example"),
        "four rows": (lambda t, s: torch.stack([t[i] - s[i] for i in range(4)]), "raised"),
        "of one shape": (lambda t, s: (t - s).reshape(4, 6), "raised"),
        "a comparison turned round": (lambda t, s: torch.where(t > s, 0, 1), "not more"),
        "unless it goes": (lambda t, s: (t >= s).float(), "not less"),
        "what stays": (lambda t, s: (t == s).float(), "equal"),
        "−1 where it changes": (lambda t, s: torch.where(t == s, 1.0, -1.0), "equal or not"),
        "each one reversed": (lambda t, s: 1 - 2 * s, "reversed"),
        "the smaller one": (torch.minimum, "both"),
        "names of a dict": (lambda t, s: {k: t[k] - s[k] for k in t}, "as dicts"),
        "items of a dict": (lambda t, s: {k: v - s[k] for k, v in t.items()}, "items of a dict"),
        "one comparison": (lambda t, s: 1 if t > s else -1 if t < s else 0, "if"),
        "a list of lists": (lambda t, s: (t - s).tolist(), "list"),
        "a list of rows": (lambda t, s: [a - b for a, b in zip(t, s, strict=True)], "list"),
        "one less than the sum": (lambda t, s: t + s - 1, "changed argument"),
        "exclusive or": (lambda t, s: t ^ s, "exclusive or"),
        "a third axis": (lambda t, s: t[:, :, 0] - s[:, :, 0], "a name"),
        "the example's dict": (lambda t, s: {"Bangs": 0, "Blond_Hair": 1}, "a dict"),
        "Python's max": (lambda t, s: max(t - s, 0), "if"),
    },
    "00-reversals": {
        "−1 in all other places": (
            lambda y: torch.diag(2 * y) - 1,
            "sign, others taken away",
        ),
        "ones subtracted everywhere": (
            lambda y: 2 * torch.diag(y) - torch.ones(len(y), len(y)),
            "sign, others taken away",
        ),
        "labels, less 1": (
            lambda y: torch.diag(y) - 1,
            "removed where absent, others taken away",
        ),
        "identity, less 1": (lambda y: torch.eye(len(y)) - 1, "all others taken away"),
        "identity, less 2": (
            lambda y: torch.eye(len(y)) - 2,
            "always removed, others twice",
        ),
        "identity, less 3": (lambda y: torch.eye(len(y)) - 3, "wrong + influence + example"),
        "1 minus the identity": (lambda y: 1 - torch.eye(len(y)), "all others added"),
        "1 minus the labels": (lambda y: 1 - y, "opposite labels without a matrix"),
        "1 minus the diagonal": (lambda y: 1 - torch.diag(y), "removals missing, others added"),
        "opposite labels, less 1": (lambda y: torch.diag(1 - y) - 1, "wrong + example"),
        "three times, less 2": (lambda y: 3 * torch.diag(y) - 2, "wrong + example"),
        "labels times labels": (lambda y: torch.outer(y, y), "outer product of labels"),
        "labels in every row": (lambda y: y.repeat(len(y), 1), "labels as rows"),
        "opposite in every row": (lambda y: (1 - y).expand(len(y), -1), "opposite labels as rows"),
        "identity and labels": (lambda y: torch.eye(len(y)) + y, "labels added in every row"),
        "a bracket too early": (lambda y: (torch.eye(len(y)) - 2) * y, "subtracted first"),
        "all others, less the labels": (
            lambda y: (1 - torch.eye(len(y))) - y,
            "wrong + example",
        ),
        "own label negative": (
            lambda y: y.repeat(len(y), 1) * (1 - 2 * torch.eye(len(y))),
            "wrong + example",
        ),
        "index off by one": (
            lambda y: torch.diag(torch.stack([1 - 2 * y[i - 1] for i in range(len(y))])),
            "label before",
        ),
        "exclusive or": (lambda y: torch.diag(y) ^ 1, "whole numbers"),
        "labels inverted": (lambda y: torch.diag(~y), "inverted"),
        "one comparison": (lambda y: torch.diag(-1 if y == 1 else 1), "if"),
        "not": (lambda y: torch.diag(not y), "if"),
        "a loop over 13": (
            lambda y: torch.diag(torch.stack([1 - 2 * y[i] for i in range(13)])),
            "after the last",
        ),
        "a list of lists": (
            lambda y: [
                [1 - 2 * v if i == j else 0 for j in range(len(y))]
                for i, v in enumerate(y.tolist())
            ],
            "list",
        ),
        "seven labels": (lambda y: torch.eye(7) * (1 - 2 * y), "raised"),
        "more than the mean": (
            lambda y: torch.diag(torch.where(y > y.mean(), -1.0, 1.0)),
            "entries + size",
        ),
    },
    "06-surplus": {
        "the smallest of three": (
            lambda i, a, b, c: beyond(i, a, b, c) / min(size(a - i), size(b - i), size(c - i)),
            "over the smallest of three",
        ),
        "smaller output": (
            lambda i, a, b, c: beyond(i, a, b, c) / size((a if size(a) < size(b) else b) - i),
            "wrong + example",
        ),
        "smaller peak": (
            lambda i, a, b, c: (
                beyond(i, a, b, c) / size(min(a - i, b - i, key=lambda d: d.abs().max()))
            ),
            "wrong + size",
        ),
    },
    "00b-label": {
        "value, label, value, label": (
            lambda v, y: torch.stack((v, y), 2).reshape(len(v), 4),
            "interleaved",
        ),
        "joined below, then cut": (
            lambda v, y: torch.cat((v, y)).reshape(len(v), -1),
            "cut anew",
        ),
        "gated": (lambda v, y: torch.hstack([torch.mul(y, v), y]), "multiplied beside"),
        "share of all labels": (
            lambda v, y: torch.hstack([v, y / torch.sum(y)]),
            "label as shares",
        ),
        "squashed": (lambda v, y: torch.hstack([torch.tanh(v), y]), "squashed"),
    },
    "00b-critic": {
        "D under no_grad with G": (scores_without_gradient, "fake scores without gradient"),
        "cleared between two backward": (two_backwards, "scores without gradient"),
        "G cleared, not detached": (generator_cleared, "not detached, G cleared before"),
        "an Adam of one's own": (adam_of_ones_own, "own optimiser"),
        "sigmoid": (
            critic(
                lambda D, x, f, y, a: (
                    D(f, y).sigmoid().mean()
                    - D(x, y).sigmoid().mean()
                    + plane.penalty(D, x, f, y, a)
                )
            ),
            "probabilities",
        ),
        "half": (critic(lambda *a: wgan(*a, weight=0.5)), "half the penalty"),
        "absolute gap": (
            critic(
                lambda D, x, f, y, a: (
                    (D(f, y).mean() - D(x, y).mean()).abs() + plane.penalty(D, x, f, y, a)
                )
            ),
            "size of the gap, down",
        ),
        "noise": (critic(wgan, made=lambda G, z, y: z), "noise scored"),
        "added": (
            critic(
                lambda D, x, f, y, a: D(f, y).mean() + D(x, y).mean() + plane.penalty(D, x, f, y, a)
            ),
            "both pulled down",
        ),
        "once more": (
            lambda *a: (plane.critic_step(*a), plane.critic_step(*a))[1],
            "two steps",
        ),
        "penalty taken away": (critic(lambda *a: wgan(*a, weight=-1)), "penalty taken away"),
    },
    "00b-round": {
        "G's labels for D": (names_used_twice, "labels of G for D"),
        "penalty for G": (made(penalty_for_g), "penalty in G's loss"),
        "D's gap for G": (made(gap_for_g), "real scores added"),
        "two steps, first loss": (made(two_steps_first_loss), "two steps of G, first loss"),
        "the opposite returned": (
            made(lambda G, D, g, d, b, z, y, last: -down(G, D, g, z, y)),
            "changed",
        ),
        "both optimisers": (made(both_step), "D moves too, and once more"),
        "D's loss returned": (made(critics_value), "D's loss"),
        "value afterwards": (made(value_after), "loss of the new G"),
        "noise of D": (
            made(lambda G, D, g, d, b, z, y, last: down(G, D, g, b[-1][2], y)),
            "old noise",
        ),
    },
    "00b-edit": {
        "reconstruction subtracted": (editor(weight=-1.0), "reconstruction taken away"),
        "source label, reconstruction subtracted": (
            editor(told=lambda y, d: y, weight=-1.0),
            "source label + reconstruction taken away",
        ),
        "source label, both summed": (
            editor(told=lambda y, d: y, score=lambda s: -s.sum(), join=torch.sum),
            "source label + sum",
        ),
        "ten times": (editor(weight=10.0), "weight of SeCGAN"),
        "differences cancel": (editor(size=lambda change: change), "without size"),
        "root mean square": (
            editor(size=torch.square, join=lambda v: v.mean().sqrt()),
            "root mean square",
        ),
        "input judged": (edit_judged(lambda G, x, d: x), "input judged"),
        "unchanged judged": (edit_judged(lambda G, x, d: G(x, 0 * d)), "the unchanged judged"),
        "logistic": (editor(score=lambda s: F.softplus(-s).mean()), "log D"),
        "half": (edit_judged(told=lambda y, d: y + 0.5 * d), "half of the wish"),
        "twice": (edit_judged(told=lambda y, d: y + 2 * d), "twice the wish"),
        "flipped": (edit_judged(told=lambda y, d: (y + d)[:, [1, 0]]), "labels exchanged"),
        "neighbour": (edit_judged(told=lambda y, d: (y + d).roll(1, 0)), "another's label"),
        "two rules": (
            lambda G, D, x, y, d: editor()(G, D, x, y, d) + (G(G(x, d), -d) - x).abs().mean(),
            "cycle as well",
        ),
        "away from the old label": (
            lambda G, D, x, y, d: editor()(G, D, x, y, d) + D(G(x, d), y).mean(),
            "old label subtracted",
        ),
        "shown the truth": (
            lambda G, D, x, y, d: -D(G(x, d), y + d).mean() + (G(x, d) - (x + 3 * d)).abs().mean(),
            "taught the truth",
        ),
        "G told the target": (
            lambda G, D, x, y, d: -D(G(x, y + d), y + d).mean() + (G(x, 0 * d) - x).abs().mean(),
            "target for G",
        ),
    },
    "01-merge": {
        "groups forgotten": (lambda z, g: z.softmax(1)[:, :12].log(), "first twelve parts"),
        "sigmoids": (
            lambda z, g: torch.stack([z.sigmoid()[:, g == k].sum(1) for k in range(12)], 1).log(),
            "sigmoid",
        ),
        "from one to twelve": (
            lambda z, g: torch.stack(
                [z.softmax(1)[:, g == k + 1].sum(1).log() for k in range(12)], 1
            ),
            "changed argument",
        ),
    },
    "01-unet": {
        "halved behind the stage": (half_way, "halved late"),
        "the network itself": (lambda net, x: net(x), "called itself"),
        "mode set to evaluation": (lambda net, x: way(net.eval(), x), "evaluation mode"),
        "mode set to training": (lambda net, x: way(net.train(), x), "training mode"),
        "joined, skip first": (
            lambda net, x: way(net, x, lambda z, skip: torch.cat([skip, z], 1)),
            "joined",
        ),
        "skip twice": (lambda net, x: way(net, x, lambda z, skip: skip + z + skip), "skip doubled"),
        "skip blurred": (
            lambda net, x: way(
                net, x, lambda z, skip: z + F.interpolate(F.max_pool2d(skip, 2), scale_factor=2)
            ),
            "skip through the halving",
        ),
    },
    "01-repair": {
        "colours, and no mask": (
            lambda x, t, c: (torch.where(c[:, None, None, None], x.flip(1), x), t),
            "colours exchanged + masks stay",
        ),
    },
    "01-iou": {
        "sums along one axis": (
            unbalanced(lambda h, t, f, n: h / (t + t - h)),
            "rows twice",
        ),
        "whole shares": (
            unbalanced(lambda h, t, f, n: h // (t + f - h)),
            "cut to whole numbers",
        ),
        "nan where not true": (
            unbalanced(lambda h, t, f, n: (h / (t + f - h)).where(t > 0, torch.nan)),
            "imagined is absent",
        ),
        "true negatives": (
            unbalanced(lambda h, t, f, n: (n - t - f + 2 * h) / n),
            "right about absence",
        ),
        "a list": (
            lambda c: [
                float(h / (c[k].sum() + c[:, k].sum() - h)) for k, h in enumerate(c.diagonal())
            ],
            "list",
        ),
    },
    "02-penalty": {
        "a plain number": (
            penalty_of(lambda g: near_one(g.flatten(1).norm(dim=1)).item()),
            "no second graph",
        ),
        "norm detached": (
            penalty_of(lambda g: near_one(g.flatten(1).norm(dim=1).detach())),
            "no second graph",
        ),
        "slopes mixed": (slopes_mixed, "slopes mixed"),
        "colour by colour": (
            penalty_of(lambda g: near_one(g.flatten(2).norm(dim=2).sum(1))),
            "norm per colour, then sum",
        ),
        "worst face": (
            penalty_of(lambda g: (g.flatten(1).norm(dim=1) - 1).square().max()),
            "one face alone",
        ),
    },
    "02-terms": {
        "sigmoid, then log": (terms(classified=by_hand()), "logarithm of zero in Eq. 3"),
        "least squares": (
            terms(critic=lambda r, f: ((r - 1) ** 2).mean() + (f**2).mean()),
            "least squares",
        ),
        "one-hot": (
            terms(
                redrawn=lambda z, s: F.binary_cross_entropy_with_logits(
                    z, F.one_hot(s, z.shape[1]).permute(0, 3, 1, 2).float()
                )
            ),
            "one-hot in Eq. 10",
        ),
        "along a row": (
            terms(redrawn=lambda z, s: F.nll_loss(z.log_softmax(-1), s)),
            "softmax over another axis",
        ),
        "over faces": (
            terms(redrawn=lambda z, s: F.nll_loss(z.log_softmax(0), s)),
            "softmax over faces",
        ),
        "summed, with a log": (
            terms(redrawn=lambda z, s: F.nll_loss(z.softmax(1).log(), s, reduction="sum")),
            "logarithm of zero + changed",
        ),
        "labels exchanged": (terms(classified=lambda z, y: bce(z, 1 - y)), "labels exchanged"),
    },
    "02-classification": {
        "log, averaged": (by_hand(join=torch.mean), "mean + logarithm of zero"),
        "log, summed": (by_hand(join=torch.sum), "sum over faces + logarithm of zero"),
        "log, present alone": (
            lambda z, y: -(y * z.sigmoid().log()).sum(1).mean(),
            "positives only + logarithm of zero",
        ),
        "log, exchanged": (
            by_hand(labels=lambda y: (1 - y, y)),
            "labels exchanged + logarithm of zero",
        ),
        "log, sign": (by_hand(lambda e: -e.sum(1).mean()), "sign + logarithm of zero"),
        "log of the softmax": (by_hand(share=softmaxed), "softmax in both halves"),
        "as printed, by hand": (
            lambda z, y: -(y * z.sigmoid().log() + (1 - y) * (1 - z.sigmoid().log())).sum(1).mean(),
            "as printed + logarithm of zero",
        ),
        "log10": (
            lambda z, y: (
                -(y * z.sigmoid().log10() + (1 - y) * (1 - z.sigmoid()).log10()).sum(1).mean()
            ),
            "logarithm of zero + changed",
        ),
        "by the number of labels": (
            lambda z, y: (
                F.binary_cross_entropy_with_logits(z, y, reduction="none").sum(1) / y.sum(1)
            ).mean(),
            "divided by the labels",
        ),
        "cross entropy of sigmoids": (
            lambda z, y: F.cross_entropy(z.sigmoid(), y),
            "softmax of sigmoids",
        ),
        "cross entropy, divided": (
            lambda z, y: F.cross_entropy(z, y) / y.sum(1).mean(),
            "softmax, divided",
        ),
        "binary, of the softmax": (
            lambda z, y: F.binary_cross_entropy(z.softmax(1), y, reduction="none").sum(1).mean(),
            "softmax, cut off",
        ),
    },
    "04-algorithm": {
        "never cleared": (never_cleared, "all gradients pile up"),
        "uphill for D's loss": (game(against), "zero-sum"),
        "n % t": (game(followed, turn=lambda t, n: n % t == 0), "n % t"),
        "longer steps": (
            game(lambda *given: followed(*given, times=given[-1])),
            "rate times n",
        ),
        "the start's d": (game(partial(followed, which=0)), "first critic"),
        "first batch": (
            game(lambda *given: followed(*given, back=given[-1])),
            "first of n batches",
        ),
        "full groups": (
            game(followed, upto=lambda b, n: b[: len(b) - len(b) % n]),
            "leftover batches",
        ),
        "second order": (second_order, "through the update"),
        "no gradient": (lambda *given: (given[2] - given[-1] * given[2].grad,) * 2, "no gradient"),
        "return in the loop": (
            game(followed, upto=lambda b, n: b[:1]),
            "ends with the first batch",
        ),
        "return in the if": (game(followed, upto=lambda b, n: b[:n]), "ends with the first turn"),
        "two loops": (in_two_loops, "one after the other"),
        "two whole loops": (partial(in_two_loops, every=True), "one after the other, every batch"),
        "wrong slope": (game(wrong_slope), "slope of the other"),
        "own gradient cleared": (own_cleared, "cleared after its own step"),
        "t + 1": (game(followed, turn=lambda t, n: (t + 1) % n == 0), "one too soon"),
        "chunks": (in_chunks, "short chunk too"),
        "always five": (game(followed, turn=lambda t, n: t % 5 == 0), "fixed N"),
        "critic slower": (
            lambda c, f, d, g, b, n, rate: game(
                lambda c, f, ds, g, seen, rate, n: followed(c, f, ds, g, seen, rate * n, n)
            )(c, f, d, g, b, n, rate / n),
            "rate over n",
        ),
        "one sum": (one_sum, "sum of both losses"),
        "D's loss in G's turn": (
            game(lambda c, f, *given: followed(c, c, *given)),
            "critic's loss for both",
        ),
    },
    "04-images": {
        "cleared before the step": (cleared_last, "optimisers exchanged"),
        "two loops": (networks(two_loops), "one after the other"),
        "two loops, other batches": (networks(two_loops_reversed), "wrong + example"),
        "else": (networks(partial(alternating, d_turn=lambda t, n: t % n != 0)), "either or"),
        "n % t": (networks(partial(alternating, g_turn=lambda t, n: n % t == 0)), "n % t"),
        "cleared once": (networks(alternating, clear=False), "cleared once"),
        "means": (networks(alternating, last=average), "mean losses"),
        "pair kept": (pair_kept, "pair"),
        "always two": (
            networks(partial(alternating, g_turn=lambda t, n: t % 2 == 0)),
            "fixed N",
        ),
        "always three": (
            networks(partial(alternating, g_turn=lambda t, n: t % 3 == 0)),
            "wrong + size",
        ),
        "zeros in the loop": (learning(reset=True), "loss forgotten"),
        "return in the loop": (learning(stop=lambda t, n: True), "ends with the first batch"),
        "return in the if": (learning(stop=lambda t, n: t % n == 0), "ends with the first turn"),
        "losses again": (learning(again=True), "losses afterwards"),
        "cleared late": (learning(clear_late=True), "cleared afterwards"),
        "N and one": (networks(n_then_one), "N steps and a turn for each batch"),
        "G after the loop": (networks(g_once), "generators once"),
        "sums": (networks(alternating, last=total), "summed losses"),
        "D's loss in G's turn": (in_turn("critic_loss"), "critic_loss in the generators' turn"),
        "G uphill": (in_turn(sign=-1), "generators' ascent"),
        "for_d in G's turn": (in_turn(stepping="d"), "for_d in the generators' turn"),
        "D twice": (networks(partial(several, d=2)), "two steps for each batch"),
        "G n times": (networks(g_n_times), "N steps of the generators"),
        "G n times, always": (
            networks(partial(g_n_times, every=1)),
            "N steps of the generators for each batch",
        ),
        "ones": (in_turn(mix=1.0), "ones for alpha"),
        "halves": (in_turn(mix=0.5), "halves for alpha"),
        "weights clipped": (in_turn(clip="weights"), "weights clipped"),
        "gradients clipped": (in_turn(clip="gradients"), "gradients clipped"),
    },
    "05-frechet": {
        "entry by entry": (
            lambda a, b: (
                (a.mean(0) - b.mean(0)).square().sum()
                + a.T.cov().trace()
                + b.T.cov().trace()
                - 2 * torch.linalg.eigvals(a.T.cov() * b.T.cov()).sqrt().real.sum()
            ),
            "entry by entry",
        ),
    },
    "05-inside": {
        "channels added": (where(lambda v: v.abs().sum(1)), "channels added up"),
        "length": (where(lambda v: v.norm(dim=1)), "length of the change"),
        "twice the scale": (where(lambda v: 2 * v.abs().amax(1)), "threshold halved"),
    },
    "06-wish": {
        "own removal grows": (pushed_down, "removals pushed"),
        "the largest where any rival": (
            lambda c, p, r: torch.where((c == 0) & p & r.any(0), -c.max(), c),
            "entries + size",
        ),
        "a constant": (
            wished(lambda c, p, r: 0.5 * (pushes(c, r).amax(0) > 0)),
            "entries + example",
        ),
        "whole ones push": (
            wished(lambda c, p, r: pushes(c * (c >= 1), r).amax(0)),
            "whole ones alone",
        ),
        "own wishes kept if whole": (
            lambda c, p, r: torch.where((c < 1) & p, -pushes(c, r).amax(0), c),
            "entries + example",
        ),
        "rivals and no wishes": (lambda c, p, r: -pushes(c, r).amax(0) * p, "rivals alone"),
        "adders that the face lacks": (
            wished(lambda c, p, r: pushes(c * ~p, r).amax(0)),
            "absent adders alone",
        ),
        "adders that the face has": (
            wished(lambda c, p, r: pushes(c * p, r).amax(0)),
            "present adders alone",
        ),
        "the largest slider alone": (
            wished(lambda c, p, r: r[c.argmax()] * c.max().clamp(min=0)),
            "strongest alone",
        ),
        "mean of the pushers": (
            wished(lambda c, p, r: pushes(c, r).sum(0) / (pushes(c, r) > 0).sum(0).clamp(min=1)),
            "averaged",
        ),
        "last pusher": (
            wished(
                lambda c, p, r: torch.stack(
                    [next((v for v in q.flip(0) if v > 0), q[0]) for q in pushes(c, r).T]
                )
            ),
            "the last",
        ),
        "a sum within 1": (
            wished(lambda c, p, r: pushes(c, r).sum(0).clamp(max=1)),
            "added up, to 1",
        ),
    },
    "06-unseen": {
        "from 1.5 on": (
            lambda d, p: (d.abs() >= 1.5) | ((d > 0) & p) | ((d < 0) & ~p),
            "far ones alone",
        ),
        "ends marked": (lambda d, p: (d <= -1 * p) | (d >= 1 - 1 * p), "ends excluded"),
        "removals marked": (
            lambda d, p: (d.abs() > 1) | ((d != 0) & p),
            "absent removals alone",
        ),
        "minus the label": (
            lambda d, p: ((d - 1 * p) < 0) | ((d - 1 * p) > 1),
            "target exchanged",
        ),
    },
    "07-interval": {
        "sorted first": (
            lambda m, b: interval_of(m.sort().values - b.sort().values, student(len(m))),
            "sorted",
        ),
        "4.303": (lambda m, b: interval_of(m - b, 4.303), "quantile of three"),
        "student(n + 1)": (
            lambda m, b: interval_of(m - b, student(len(m) + 1)),
            "a seed more",
        ),
        "paired, freedom of strangers": (
            lambda m, b: interval_of(m - b, student(2 * len(m) - 1)),
            "strangers' quantile",
        ),
        "half of the width, halved": (
            lambda m, b: interval_of(m - b, student(len(m)) / 2),
            "half of a half",
        ),
    },
    "07-seeds": {
        "from the pilot": (from_pilot, "from the pilot on"),
        "from 3": (lambda d, half: counted(d, half, start=3), "from 3 on"),
        "from 3, by max": (lambda d, half: max(3, counted(d, half)), "from 3 on"),
        "2.0": (lambda d, half: counted(d, half, lambda n: 2.0), "rounded quantile"),
        "2.0 at once": (
            lambda d, half: int(np.ceil((2 * float(d.std()) / half) ** 2)),
            "rounded, at once",
        ),
        "1.96 at once": (
            lambda d, half: int(np.ceil((1.96 * float(d.std()) / half) ** 2)),
            "normal, at once",
        ),
        "4.303": (lambda d, half: counted(d, half, lambda n: 4.303), "quantile of three"),
    },
    "07-report": {
        "best window": (
            lambda s: max(s[:, i : i + 3].mean() for i in range(s.shape[1] - 2)),
            "best window",
        ),
        "mean of the best moments": (
            lambda s: s.mean(0).sort().values[-3:].mean(),
            "best three moments",
        ),
        "median's moment": (
            lambda s: s[:, s.median(0).values.argmax()].mean(),
            "moment by the median",
        ),
        "first seed's moment": (lambda s: s[:, s[0].argmax()].mean(), "moment of the first seed"),
        "best of the last means": (
            lambda s: s[:, -3:].mean(0).max(),
            "best of the last moments",
        ),
    },
    "03-enter": {
        "from 0 to 1": (lambda x, y: entered(x, y / 2 + 0.5), "another range"),
        "blue first": (lambda x, y: entered(x[:, [2, 1, 0]], y), "channels turned"),
        "first row": (lambda x, y: entered(x, y[0].repeat(len(y), 1)), "first wish for all"),
    },
    "03-mutual": {
        "no decision": (
            lambda p, z: (F.cross_entropy(p, z), F.cross_entropy(z, p)),
            "no arg-max",
        ),
        "nll of probabilities": (
            lambda p, z: (F.nll_loss(p.exp(), z.argmax(1)), F.nll_loss(z.softmax(1), p.argmax(1))),
            "no logarithm",
        ),
        "axis 0": (
            lambda p, z: (F.cross_entropy(p, z.argmax(0)), F.cross_entropy(z, p.argmax(0))),
            "arg-max over the faces",
        ),
        "last axis": (
            lambda p, z: (F.cross_entropy(p, z.argmax(-1)), F.cross_entropy(z, p.argmax(-1))),
            "arg-max over the rows or columns",
        ),
    },
    "03-gain": {"P in the parser's place": (gain_of_p, "the lesson's P")},
    "03-labels": {
        "in place": (lambda s, t: (t.sub_(s), 0 * s, s, t), "G is paid for differences"),
    },
}
