"""More wrong and right answers to the exercises of lesson 00b, and what the checks say of them.

Each verdict was read and found true of its answer.
"""

import torch
from outside import with_verdicts
from outside_plane import critic, editor, game, right_g, wgan
from torch.nn.functional import one_hot, relu

from secgan_lite.course import plane


def a_step(G, D, optimiser, x, y, z, alpha, fake=None, at=None, value=None, clear=True, told=None):
    """D's step, in which fake points, the penalty's places or the value can be replaced."""
    fake = G(z, y).detach() if fake is None else fake
    at = torch.lerp(fake, x, alpha) if at is None else at
    norm = plane.slopes(D, at, y if told is None else told).norm(dim=1)
    loss = D(fake, y).mean() - D(x, y).mean() + (norm - 1).square().mean()
    loss = loss if value is None else value(loss)
    if clear:
        optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.detach()


def detached_slope(G, D, optimiser, x, y, z, alpha):
    """The penalty has its value, but nothing can learn from it."""
    fake = G(z, y).detach()
    loss = D(fake, y).mean() - D(x, y).mean() + plane.penalty(D, x, fake, y, alpha).detach()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.detach()


def z_for_y(G, D, optimiser, x, y, z, alpha):
    return plane.critic_step(lambda z, y: G(y, z), D, optimiser, x, y, z, alpha)


def d_in_parts(G, D, optimiser, x, y, z, alpha):
    """A step for the scores, then one for the penalty."""
    first = plane.critic_step(G, D, optimiser, x, y, z, alpha, weight=0)
    fake = G(z, y).detach()
    second = plane.penalty(D, x, fake, y, alpha)
    optimiser.zero_grad()
    second.backward()
    optimiser.step()
    return (first + second).detach()


def clipped(G, D, optimiser, x, y, z, alpha):
    """WGAN without a penalty: the weights are clipped after the step."""
    loss = plane.critic_step(G, D, optimiser, x, y, z, alpha, weight=0)
    with torch.no_grad():
        for p in D.parameters():
            p.clamp_(-0.01, 0.01)
    return loss


def value_at_the_end(G, D, optimiser, x, y, z, alpha):
    plane.critic_step(G, D, optimiser, x, y, z, alpha)
    return torch.tensor(0.0)


def a_round(before=None, g=None, back=lambda value: value.detach(), clear=True):
    """A round whose D steps, G's loss or result can be replaced."""

    def play(G, D, for_g, for_d, batches, z, y):
        for one in batches:
            (before or plane.critic_step)(G, D, for_d, *one)
        value = (g or (lambda G, D, z, y: -D(G(z, y), y).mean()))(G, D, z, y)
        if clear:
            for_g.zero_grad()
        value.backward()
        for_g.step()
        return back(value)

    return play


def g_in_no_grad(G, D, for_g, for_d, batches, z, y):
    for one in batches:
        plane.critic_step(G, D, for_d, *one)
    with torch.no_grad():
        made = G(z, y)
    value = -D(made, y).mean()
    for_g.zero_grad()
    value.backward()
    for_g.step()
    return value.detach()


def joined_batches(G, D, for_g, for_d, batches, z, y):
    one = [torch.cat(parts) for parts in zip(*batches, strict=True)]
    return plane.play(G, D, for_g, for_d, [one], z, y)


def only_first(G, D, for_g, for_d, batches, z, y):
    return plane.play(G, D, for_g, for_d, batches[:1], z, y)


def only_g(G, D, for_g, for_d, batches, z, y):
    return plane.play(G, D, for_g, for_d, [], z, y)


def d_clears_before_g(G, D, for_g, for_d, batches, z, y):
    for one in batches:
        plane.critic_step(G, D, for_d, *one)
    value = -D(G(z, y), y).mean()
    value.backward()
    for_g.zero_grad()
    for_g.step()
    return value.detach()


def returns_pair(G, D, for_g, for_d, batches, z, y):
    d = [plane.critic_step(G, D, for_d, *one) for one in batches]
    return plane.play(G, D, for_g, for_d, [], z, y), d[-1]


def sum_of_losses(G, D, for_g, for_d, batches, z, y):
    d = [plane.critic_step(G, D, for_d, *one) for one in batches]
    return plane.play(G, D, for_g, for_d, [], z, y) + sum(d)


def fresh_noise(G, D, for_g, for_d, batches, z, y):
    return plane.play(G, D, for_g, for_d, batches, torch.randn_like(z), y)


def d_also_on_g_noise(G, D, for_g, for_d, batches, z, y):
    renewed = [(x, yd, z, a) for x, yd, _, a in batches]
    return plane.play(G, D, for_g, for_d, renewed, z, y)


def returns_before_step(G, D, for_g, for_d, batches, z, y):
    value = -D(G(z, y), y).mean().detach()
    plane.play(G, D, for_g, for_d, batches, z, y)
    return value


ANSWERS = {
    "00b-label": {
        "label on both sides": lambda v, y: torch.cat([y, v, y], 1)[:, :4],
        "one label broadcast": lambda v, y: torch.cat([v, y[:, :1].expand(-1, 2)], 1),
        "second label twice": lambda v, y: torch.cat([v, y[:, 1:].expand(-1, 2)], 1),
        "values exchanged": lambda v, y: torch.cat([v.flip(1), y], 1),
        "whole row reversed": lambda v, y: torch.cat([v, y], 1).flip(1),
        "whole numbers": lambda v, y: torch.cat([v.long(), y.long()], 1),
        "one hot": lambda v, y: torch.cat([v, one_hot(y[:, 0].long(), 2)], 1),
        "one hot of four": lambda v, y: torch.cat(
            [v, one_hot((2 * y[:, 0] + y[:, 1]).long(), 4)], 1
        ),
        "scaled label": lambda v, y: torch.cat([v, 3 * y], 1),
        "shifted values": lambda v, y: torch.cat([v - 3 * (y - 0.5), y], 1),
        "added beside": lambda v, y: torch.cat([v + y, y], 1),
        "stacked": lambda v, y: torch.stack([v, y], 1),
        "values stacked last": lambda v, y: torch.stack([v, y], 2),
        "ones": lambda v, y: torch.cat([v, torch.ones_like(y)], 1),
        "detached all": lambda v, y: torch.cat([v, y], 1).detach(),
        "relu of values": lambda v, y: torch.cat([relu(v), y], 1),
        "sorted rows": lambda v, y: torch.cat([v, y], 1)[v[:, 0].argsort()],
        "mean label": lambda v, y: torch.cat([v, y.mean(0).expand_as(y)], 1),
        "in a list": lambda v, y: [v, y],
        "none": lambda v, y: None,
        "noise added": lambda v, y: torch.cat([v + 0.1 * torch.randn_like(v), y], 1),
        "flat": lambda v, y: torch.cat([v, y], 1).flatten(),
        "cut across": lambda v, y: torch.cat([v.T, y.T], 0).reshape(len(v), 4),
        "transposed": lambda v, y: torch.cat([v, y], 1).T,
    },
    "00b-critic": {
        "penalty detached": detached_slope,
        "alpha squared": lambda *g: a_step(
            *g, at=torch.lerp(g[0](g[5], g[4]).detach(), g[3], g[6] ** 2)
        ),
        "always half-way": lambda *g: plane.critic_step(*g[:6], 0 * g[6] + 0.5),
        "sum of places": lambda *g: a_step(*g, at=g[3] + g[0](g[5], g[4]).detach()),
        "alpha of its own": lambda *g: plane.critic_step(*g[:6], torch.rand_like(g[6])),
        "noise of its own": lambda *g: plane.critic_step(*g[:5], torch.randn_like(g[5]), g[6]),
        "penalty at noise": lambda *g: a_step(*g, at=torch.lerp(g[5], g[3], g[6])),
        "label and noise exchanged": z_for_y,
        "in parts": d_in_parts,
        "clipped": clipped,
        "zero returned": value_at_the_end,
        "negative of it all": lambda *g: a_step(*g, value=lambda v: -v),
        "doubled loss": lambda *g: a_step(*g, value=lambda v: 2 * v),
        "half the loss": lambda *g: a_step(*g, value=lambda v: v / 2),
        "penalty of opposite label": lambda *g: a_step(*g, told=1 - g[4]),
        "penalty twice": critic(lambda *a: wgan(*a, weight=2.0)),
        "both exchanged": critic(lambda D, x, f, y, a: wgan(D, f, x, y, a)),
        "all exchanged, alpha too": critic(lambda D, x, f, y, a: wgan(D, f, x, y, 1 - a)),
        "fake penalty": critic(lambda D, x, f, y, a: wgan(D, f, f, y, a)),
        "least squares + penalty": critic(
            lambda D, x, f, y, a: (
                D(f, y).square().mean()
                + (D(x, y) - 1).square().mean()
                + plane.penalty(D, x, f, y, a)
            )
        ),
        "hinge + penalty": critic(
            lambda D, x, f, y, a: (
                relu(1 + D(f, y)).mean() + relu(1 - D(x, y)).mean() + plane.penalty(D, x, f, y, a)
            )
        ),
        "half the real": critic(
            lambda D, x, f, y, a: (
                D(f, y).mean() - 0.5 * D(x, y).mean() + plane.penalty(D, x, f, y, a)
            )
        ),
        "drift": critic(lambda D, x, f, y, a: wgan(D, x, f, y, a) + 1e-3 * D(x, y).square().mean()),
        "largest scores": critic(
            lambda D, x, f, y, a: D(f, y).max() - D(x, y).max() + plane.penalty(D, x, f, y, a)
        ),
        "one label for all": critic(wgan, made=lambda G, z, y: G(z, y[:1].expand_as(y))),
        "noise zero": critic(wgan, made=lambda G, z, y: G(0 * z, y)),
        "ascends": critic(
            lambda D, x, f, y, a: D(x, y).mean() - D(f, y).mean() - plane.penalty(D, x, f, y, a)
        ),
        "ascends, loss right": critic(
            lambda D, x, f, y, a: D(x, y).mean() - D(f, y).mean() + plane.penalty(D, x, f, y, a),
            back=lambda v: -v.detach(),
        ),
        "weight ten after": critic(wgan, back=lambda v: 10 * v.detach()),
    },
    "00b-round": {
        "G in no_grad": g_in_no_grad,
        "batches joined": joined_batches,
        "first batch alone": only_first,
        "no batch": only_g,
        "cleared after backward": d_clears_before_g,
        "two results": returns_pair,
        "all losses": sum_of_losses,
        "noise of its own": fresh_noise,
        "one noise for all": d_also_on_g_noise,
        "loss before D": returns_before_step,
        "nothing returned": a_round(back=lambda v: None),
        "score returned": a_round(back=lambda v: -v.detach()),
        "G's points returned": lambda *g: (plane.play(*g), g[0](g[5], g[6]).detach())[1],
        "penalty forgotten in D": a_round(before=lambda *g: plane.critic_step(*g, weight=0)),
        "penalty of ten in D": a_round(before=lambda *g: plane.critic_step(*g, weight=10)),
        "noise for label": a_round(g=lambda G, D, z, y: -D(G(y, z), y).mean()),
        "zeros for noise": a_round(g=lambda G, D, z, y: -D(G(0 * z, y), y).mean()),
        "G unlabelled": a_round(g=lambda G, D, z, y: -D(G(z, 0 * y), y).mean()),
        "D unlabelled": a_round(g=lambda G, D, z, y: -D(G(z, y), 0 * y).mean()),
        "both unlabelled": a_round(g=lambda G, D, z, y: -D(G(z, 0 * y), 0 * y).mean()),
        "labels exchanged": a_round(g=lambda G, D, z, y: -D(G(z, y), y.flip(1)).mean()),
        "G's points detached": a_round(g=lambda G, D, z, y: -D(G(z, y).detach(), y).mean()),
        "summed": a_round(g=lambda G, D, z, y: -D(G(z, y), y).sum()),
        "sigmoid": a_round(g=lambda G, D, z, y: -D(G(z, y), y).sigmoid().mean()),
        "one minus": a_round(g=lambda G, D, z, y: (1 - D(G(z, y), y)).mean()),
        "log of score": a_round(g=lambda G, D, z, y: -D(G(z, y), y).sigmoid().log().mean()),
        "absolute": a_round(g=lambda G, D, z, y: D(G(z, y), y).mean().abs()),
        "squared": a_round(g=lambda G, D, z, y: D(G(z, y), y).square().mean()),
        "hinge of G": a_round(g=lambda G, D, z, y: relu(1 - D(G(z, y), y)).mean()),
        "positive": a_round(g=lambda G, D, z, y: D(G(z, y), y).mean()),
        "never cleared": a_round(clear=False),
        "half": game(lambda D, G, z, y: 0.5 * right_g(D, G, z, y)),
    },
    "00b-edit": {
        "G told the source": lambda G, D, x, y, d: (
            -D(G(x, y), y + d).mean() + (G(x, 0 * d) - x).abs().mean()
        ),
        "D told the target of another": editor(told=lambda y, d: (y + d).flip(0)),
        "source label and length": editor(told=lambda y, d: y, size=lambda c: c.norm(dim=1)),
        "source label and squares": editor(told=lambda y, d: y, size=torch.square),
        "source label, no reconstruction": editor(told=lambda y, d: y, weight=0.0),
        "source label, weight 10": editor(told=lambda y, d: y, weight=10.0),
        "source label, sign": editor(told=lambda y, d: y, score=lambda s: s.mean()),
        "difference of the wish": editor(told=lambda y, d: d - y),
        "target clamped": editor(told=lambda y, d: (y + d).clamp(0, 0.9)),
        "both labels set": editor(told=lambda y, d: torch.maximum(y, d)),
        "product": editor(told=lambda y, d: y * d),
        "negative difference kept": editor(keep=lambda G, x, d: G(x, d.clamp(max=0))),
        "kept with ones": editor(keep=lambda G, x, d: G(x, torch.ones_like(d))),
        "no call for zero": editor(keep=lambda G, x, d: x),
        "edit of zero": lambda G, D, x, y, d: -D(G(x, d), y + d).mean() + G(x, 0 * d).abs().mean(),
        "reconstruction detached": lambda G, D, x, y, d: (
            -D(G(x, d), y + d).mean() + (G(x, 0 * d).detach() - x).abs().mean()
        ),
        "score detached": lambda G, D, x, y, d: (
            -D(G(x, d), y + d).mean().detach() + (G(x, 0 * d) - x).abs().mean()
        ),
        "largest change": editor(join=torch.max),
        "median": editor(join=torch.median),
        "half the reconstruction": editor(weight=0.5),
        "double the reconstruction": editor(weight=2.0),
        "sigmoid": editor(score=lambda s: -s.sigmoid().mean()),
        "log D written out": editor(score=lambda s: -s.sigmoid().log().mean()),
        "least squares": editor(score=lambda s: (s - 1).square().mean()),
        "least squares and source": editor(
            told=lambda y, d: y, score=lambda s: (s - 1).square().mean()
        ),
        "hinge": editor(score=lambda s: relu(1 - s).mean()),
        "realism of G(x, 0) as well": lambda G, D, x, y, d: (
            editor()(G, D, x, y, d) - D(G(x, 0 * d), y).mean()
        ),
        "edit kept near as well": lambda G, D, x, y, d: (
            editor()(G, D, x, y, d) + (G(x, d) - x).abs().mean()
        ),
        "true edit as well": lambda G, D, x, y, d: (
            editor()(G, D, x, y, d) + (G(x, d) - plane.true_edit(x, d)).abs().mean()
        ),
        "two parts": lambda G, D, x, y, d: (
            -D(G(x, d), y + d).mean(),
            (G(x, 0 * d) - x).abs().mean(),
        ),
        "score alone, as rows": lambda G, D, x, y, d: -D(G(x, d), y + d),
        "G called on edit": lambda G, D, x, y, d: (
            -D(G(x, d), y + d).mean() + (G(G(x, d), 0 * d) - G(x, d)).abs().mean()
        ),
        "G(x, 0) for D, edit kept": lambda G, D, x, y, d: (
            -D(G(x, 0 * d), y + d).mean() + (G(x, d) - x).abs().mean()
        ),
        "G(x, 0) judged by its label": lambda G, D, x, y, d: (
            -D(G(x, 0 * d), y).mean() + (G(x, 0 * d) - x).abs().mean()
        ),
        "constant": lambda G, D, x, y, d: torch.tensor(1.0),
        "whole sign": lambda G, D, x, y, d: -editor()(G, D, x, y, d),
        "means of lengths, half": editor(size=lambda c: c.norm(dim=1) / 2),
        "huber": editor(
            size=lambda c: torch.nn.functional.smooth_l1_loss(c, 0 * c, reduction="none")
        ),
        "exchanged d": editor(told=lambda y, d: y + d.flip(1)),
        "D of the true edit": lambda G, D, x, y, d: (
            -D(plane.true_edit(x, d), y + d).mean() + (G(x, 0 * d) - x).abs().mean()
        ),
    },
}
JUDGED = {
    "00b-label": {
        "label first": ["label on both sides"],
        "first label twice": ["one label broadcast"],
        "second label twice": ["second label twice"],
        "values exchanged": ["values exchanged"],
        "entries + example": ["scaled label", "shifted values"],
        "changed": ["whole row reversed", "whole numbers", "relu of values", "transposed"],
        "one label as two": ["one hot"],
        "four classes": ["one hot of four"],
        "stacked": ["stacked"],
        "stacked last": ["values stacked last"],
        "shape": ["in a list", "flat"],
        "added beside": ["added beside"],
        "changed argument": ["ones"],
        "gradient": ["detached all"],
        "wrong + size": ["sorted rows", "cut across"],
        "entries + size": ["mean label"],
        "raised": ["none"],
        "random": ["noise added"],
    },
    "00b-critic": {
        "penalty detached": ["penalty detached"],
        "penalty beside the noise": ["penalty at noise"],
        "penalty with the opposite label": ["penalty of opposite label"],
        "twice the penalty": ["penalty twice"],
        "wrong + example": [
            "alpha squared",
            "sum of places",
            "half the real",
            "drift",
        ],
        "changed argument": ["always half-way", "noise zero"],
        "random": ["alpha of its own", "noise of its own"],
        "noise and label exchanged": ["label and noise exchanged"],
        "one after the other": ["in parts"],
        "weights clipped": ["clipped"],
        "constant": ["zero returned"],
        "changed": [
            "negative of it all",
            "doubled loss",
            "half the loss",
            "ascends",
            "weight ten after",
        ],
        "sign + exchanged in the penalty": ["both exchanged"],
        "sign": ["all exchanged, alpha too"],
        "fake for real": ["fake penalty"],
        "least squares": ["least squares + penalty"],
        "hinge": ["hinge + penalty"],
        "largest scores": ["largest scores"],
        "wrong + size": ["one label for all"],
        "sign + changed + sign": ["ascends, loss right"],
    },
    "00b-round": {
        "no step": ["G in no_grad", "cleared after backward", "G's points detached"],
        "one step for all": ["batches joined"],
        "one batch": ["first batch alone"],
        "no D": ["no batch"],
        "shape": ["two results", "G's points returned"],
        "losses added": ["all losses"],
        "random": ["noise of its own"],
        "noise of G for D": ["one noise for all"],
        "wrong + example": ["penalty forgotten in D", "penalty of ten in D"],
        "square of each score": ["squared"],
        "loss of the old D": ["loss before D"],
        "raised": ["nothing returned"],
        "changed": ["score returned", "one minus", "half"],
        "noise and label exchanged": ["noise for label"],
        "changed argument": ["zeros for noise"],
        "G without label": ["G unlabelled"],
        "D without label": ["D unlabelled"],
        "G without label + D without label": ["both unlabelled"],
        "labels exchanged": ["labels exchanged"],
        "sum": ["summed"],
        "probabilities": ["sigmoid"],
        "log D": ["log of score"],
        "size of the score": ["absolute"],
        "hinge": ["hinge of G"],
        "sign": ["positive"],
        "no zero_grad": ["never cleared"],
    },
    "00b-edit": {
        "source for G": ["G told the source"],
        "wrong + size": ["D told the target of another"],
        "source label + length": ["source label and length"],
        "source label + squares": ["source label and squares"],
        "source label + no reconstruction": ["source label, no reconstruction"],
        "source label + weight of SeCGAN": ["source label, weight 10"],
        "source label + sign": ["source label, sign"],
        "changed argument": ["difference of the wish"],
        "wrong + influence + example": ["target clamped", "product"],
        "wrong + example": [
            "negative difference kept",
            "largest change",
            "median",
            "true edit as well",
            "G called on edit",
            "exchanged d",
            "D of the true edit",
        ],
        "kept with ones": ["kept with ones"],
        "half the reconstruction": ["half the reconstruction"],
        "half the reconstruction + length": ["means of lengths, half"],
        "huber": ["huber"],
        "never removed, clamped": ["both labels set"],
        "no reconstruction": ["no call for zero"],
        "compared with nothing": ["edit of zero"],
        "reconstruction detached": ["reconstruction detached"],
        "detached": ["score detached"],
        "sum over coordinates": ["double the reconstruction"],
        "probabilities": ["sigmoid"],
        "log D": ["log D written out"],
        "least squares": ["least squares"],
        "source label + least squares": ["least squares and source"],
        "hinge": ["hinge"],
        "the unchanged judged as well": ["realism of G(x, 0) as well"],
        "edit held as well": ["edit kept near as well"],
        "shape": ["two parts", "score alone, as rows"],
        "calls exchanged": ["G(x, 0) for D, edit kept"],
        "the unchanged judged by its label": ["G(x, 0) judged by its label"],
        "constant + example": ["constant"],
        "changed": ["whole sign"],
    },
}

WRONG = with_verdicts(ANSWERS, JUDGED)
