"""Wrong answers of a second round, written when the engine was there, by somebody else.

Each had passed, was misled or got no name then. Verdicts were read and found true, as in
``outside``.
"""

from functools import partial

import torch
from torch.nn import functional as F

from secgan_lite.course import plane
from secgan_lite.editing import Trained
from secgan_lite.evaluation.bootstrap import student
from secgan_lite.evaluation.truth import mean_iou, overlaps


def unbalanced(change):
    return lambda c: change(c.diagonal().double(), c.sum(1), c.sum(0), c.sum())


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


def from_pilot(differences, half):
    n = len(differences)
    while student(n) * float(differences.std()) / n**0.5 > half:
        n += 1
    return n


def made(step):
    """A round after D's steps, by (G, D, for_g, for_d, batches, z, y)."""

    def play(G, D, for_g, for_d, batches, z, y):
        for one in batches:
            last = plane.critic_step(G, D, for_d, *one)
        return step(G, D, for_g, for_d, batches, z, y, last)

    return play


def down(G, D, for_g, z, y):
    loss = -D(G(z, y), y).mean()
    for_g.zero_grad()
    loss.backward()
    for_g.step()
    return loss.detach()


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


def entered(x, y):
    return torch.cat([x, y[:, :, None, None].expand(-1, -1, *x.shape[2:])], 1)


def gain_of_p(parser, tied, apart, target):
    P = Trained.of("editor-32-stargan-secgan").parser
    with torch.no_grad():
        masks = [torch.stack([P(e).argmax(1) for e in edits]) for edits in (tied, apart)]
    scores = [mean_iou(overlaps(m, target).sum(dim=0).numpy()).mean() for m in masks]
    return scores[0] - scores[1]


WRONG = {
    "00-difference": {
        "taken away where equal": (lambda t, s: torch.where(t > s, 1.0, -1.0), "entries + example"),
    },
    "00b-round": {
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
        "G told the target": (
            lambda G, D, x, y, d: -D(G(x, y + d), y + d).mean() + (G(x, 0 * d) - x).abs().mean(),
            "target for G",
        ),
    },
    "01-merge": {
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
    "01-unet": {"halved behind the stage": (half_way, "halved late")},
    "01-iou": {
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
            "entries + example",
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
    "07-seeds": {"from the pilot": (from_pilot, "from the pilot on")},
}
