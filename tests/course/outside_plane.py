"""Wrong and right answers to the exercises of lesson 00b that none of them lists, and verdicts.

As in ``outside``: each verdict in ``JUDGED`` was read and found true of its answer.
"""

import torch
from torch.nn.functional import normalize, relu, softplus

from secgan_lite.course import plane


def critic(loss, before=lambda o: o.zero_grad(), after=lambda o: None, made=None, back=None):
    """D's step for a loss of (D, x, fake, y, alpha)."""

    def step(G, D, optimiser, x, y, z, alpha):
        fake = (made or (lambda G, z, y: G(z, y)))(G, z, y).detach()
        value = loss(D, x, fake, y, alpha)
        before(optimiser)
        value.backward()
        after(optimiser)
        optimiser.step()
        return value.detach() if back is None else back(value)

    return step


def wgan(D, x, fake, y, alpha, weight=1.0):
    return D(fake, y).mean() - D(x, y).mean() + weight * plane.penalty(D, x, fake, y, alpha)


def with_penalty(norms):
    def loss(D, x, fake, y, alpha):
        g = plane.slopes(D, torch.lerp(fake, x, alpha), y)
        return D(fake, y).mean() - D(x, y).mean() + norms(g)

    return loss


def one_alpha(D, x, fake, y, alpha):
    return wgan(D, x, fake, y, alpha[:1].expand_as(alpha))


def game(g_loss, d_steps=None, optimise=None):
    """A round for a loss of (D, made points, y), after D's steps."""

    def play(G, D, for_g, for_d, batches, z, y):
        for one in batches if d_steps is None else d_steps(batches):
            plane.critic_step(G, D, for_d, *one)
        value = g_loss(D, G, z, y)
        for_g.zero_grad()
        value.backward()
        (optimise or (lambda g, d: g.step()))(for_g, for_d)
        return value.detach()

    return play


def right_g(D, G, z, y):
    return -D(G(z, y), y).mean()


def two_g_steps(G, D, for_g, for_d, batches, z, y):
    plane.play(G, D, for_g, for_d, batches, z, y)
    return plane.play(G, D, for_g, for_d, [], z, y)


def exchanged(G, D, for_g, for_d, batches, z, y):
    return plane.play(G, D, for_d, for_g, batches, z, y)


def editor(told=lambda y, d: y + d, keep=lambda G, x, d: G(x, 0 * d), size=torch.abs, weight=1.0,
           score=lambda s: -s.mean(), join=torch.mean):  # fmt: skip
    return lambda G, D, x, y, d: (
        score(D(G(x, d), told(y, d))) + weight * join(size(keep(G, x, d) - x))
    )


RIGHT_FORMS = {
    "00b-label": [
        lambda v, y: torch.hstack((v, y)),
        lambda v, y: torch.column_stack([v, y]),
        lambda v, y: torch.stack([v[:, 0], v[:, 1], y[:, 0], y[:, 1]], dim=-1),
    ],
    "00b-critic": [
        critic(wgan),
        critic(lambda D, x, f, y, a: -(D(x, y) - D(f, y)).mean() + plane.penalty(D, x, f, y, a)),
        critic(wgan, before=lambda o: [p.grad.zero_() for p in o.param_groups[0]["params"]]),
    ],
    "00b-round": [
        game(right_g),
        game(lambda D, G, z, y: D(G(z, y), y).neg().sum() / len(y)),
        game(right_g, optimise=lambda g, d: (g.step(), d.zero_grad())),
    ],
    "00b-edit": [
        editor(),
        editor(score=lambda s: s.neg().sum() / len(s)),
        lambda G, D, x, y, d: (
            torch.nn.functional.l1_loss(G(x, d - d), x) - D(G(x, d), d + y).mean()
        ),
    ],
}

WRONG = {
    "00b-label": {
        "subtracted": lambda v, y: v - y,
        "values alone": lambda v, y: v,
        "label alone": lambda v, y: y,
        "label twice": lambda v, y: torch.hstack([y, y]),
        "complement": lambda v, y: torch.hstack([v, 1 - y]),
        "minus one to one": lambda v, y: torch.hstack([v, 2 * y - 1]),
        "half the label": lambda v, y: torch.hstack([v, y / 2]),
        "first label twice": lambda v, y: torch.hstack([v, y[:, :1], y[:, :1]]),
        "first row's label": lambda v, y: torch.hstack([v, y[:1].expand_as(y)]),
        "labels in reversed order": lambda v, y: torch.hstack([v, y.flip(0)]),
        "detached values": lambda v, y: torch.hstack([v.detach(), y]),
        "one column of label": lambda v, y: torch.hstack([v, y.sum(1, keepdim=True)]),
        "interleaved": lambda v, y: torch.stack([v, y], 2).flatten(1),
    },
    "00b-critic": {
        "two-sided to zero": critic(with_penalty(lambda g: g.norm(dim=1).square().mean())),
        "one-sided": critic(with_penalty(lambda g: relu(g.norm(dim=1) - 1).square().mean())),
        "absolute": critic(with_penalty(lambda g: (g.norm(dim=1) - 1).abs().mean())),
        "squared norm": critic(with_penalty(lambda g: (g.square().sum(1) - 1).square().mean())),
        "norm of the batch": critic(with_penalty(lambda g: (g.norm() - 1).square())),
        "penalty summed": critic(with_penalty(lambda g: (g.norm(dim=1) - 1).square().sum())),
        "tenth of the penalty": critic(lambda *a: wgan(*a, weight=0.1)),
        "one alpha": critic(one_alpha),
        "squares of scores": critic(
            lambda D, x, f, y, a: (D(f, y).square() + (D(x, y) - 1).square()).mean()
        ),
        "hinge": critic(lambda D, x, f, y, a: (relu(1 + D(f, y)) + relu(1 - D(x, y))).mean()),
        "noise scored": critic(wgan, made=lambda G, z, y: z),
        "cleared too late": critic(wgan, before=lambda o: None, after=lambda o: o.zero_grad()),
        "half the loss returned": critic(wgan, back=lambda v: v / 2),
    },
    "00b-round": {
        "last batch left out": game(right_g, d_steps=lambda b: b[:-1]),
        "batches in reversed order": game(right_g, d_steps=lambda b: b[::-1]),
        "each batch twice": game(right_g, d_steps=lambda b: [*b, *b]),
        "two steps of G": two_g_steps,
        "half a score": game(lambda D, G, z, y: right_g(D, G, z, y) / 2),
        "a square": game(lambda D, G, z, y: (D(G(z, y), y) - 1).square().mean()),
        "log D": game(lambda D, G, z, y: softplus(-D(G(z, y), y)).mean()),
        "noise scored": game(lambda D, G, z, y: -D(z, y).mean()),
        "reversed labels": game(lambda D, G, z, y: -D(G(z, y), y.flip(0)).mean()),
        "G told the opposite": game(lambda D, G, z, y: -D(G(z, 1 - y), y).mean()),
        "both told the opposite": game(lambda D, G, z, y: -D(G(z, 1 - y), 1 - y).mean()),
        "first point alone": game(lambda D, G, z, y: -D(G(z, y), y)[0].mean()),
        "D's optimiser steps": game(right_g, optimise=lambda g, d: d.step()),
        "both optimisers exchanged": exchanged,
    },
    "00b-edit": {
        "label of ones": editor(told=lambda y, d: torch.ones_like(y)),
        "one less the wish": editor(told=lambda y, d: 1 - d),
        "edit beside the unchanged": lambda G, D, x, y, d: (
            -D(G(x, d), y + d).mean() + (G(x, d) - G(x, 0 * d)).abs().mean()
        ),
        "the unchanged judged": lambda G, D, x, y, d: (
            -D(G(x, 0 * d), y + d).mean() + (G(x, 0 * d) - x).abs().mean()
        ),
        "clamped difference": editor(told=lambda y, d: d.clamp(min=0)),
        "rolled labels": editor(told=lambda y, d: (y + d).roll(1, 0)),
        "there and back": editor(keep=lambda G, x, d: G(G(x, d), -d)),
        "undone at once": editor(keep=lambda G, x, d: G(x, -d)),
        "same wish twice": editor(keep=lambda G, x, d: G(G(x, d), d)),
        "weight 10": editor(weight=10.0),
        "squared": editor(size=torch.square),
        "rec as a sum": editor(join=torch.sum),
        "score as a sum": editor(score=lambda s: -s.sum()),
        "log of D": editor(score=lambda s: softplus(-s).mean()),
        "realism alone": editor(weight=0.0),
        "real score added": lambda G, D, x, y, d: editor()(G, D, x, y, d) + D(x, y).mean(),
    },
}
AFTERWARDS = {
    "00b-label": {
        "normalised": lambda v, y: torch.hstack([normalize(v, dim=1), y]),
        "centred": lambda v, y: torch.hstack([v - v.mean(0), y]),
        "labels as one number": lambda v, y: torch.hstack(
            [v, 2 * y[:, :1] + y[:, 1:], 0 * y[:, :1]]
        ),
    },
    "00b-critic": {
        "real twice": critic(lambda D, x, f, y, a: D(f, y).mean() - 2 * D(x, y).mean()),
        "penalty alone": critic(lambda D, x, f, y, a: plane.penalty(D, x, f, y, a)),
        "G left frozen": critic(wgan, made=lambda G, z, y: G.requires_grad_(False)(z, y)),
        "opposite label": critic(wgan, made=lambda G, z, y: G(z, 1 - y)),
    },
    "00b-round": {
        "largest score": game(lambda D, G, z, y: -D(G(z, y), y).max()),
        "two batches": game(right_g, d_steps=lambda b: b[:2]),
        "three batches": game(right_g, d_steps=lambda b: b[:3]),
        "D left frozen": game(lambda D, G, z, y: -D.requires_grad_(False)(G(z, y), y).mean()),
        "doubled": game(lambda D, G, z, y: 2 * right_g(D, G, z, y)),
    },
    "00b-edit": {
        "edit kept near": editor(keep=lambda G, x, d: G(x, d), weight=0.1),
        "only wishes judged": lambda G, D, x, y, d: (
            -D(G(x, d), y + d)[d.abs().sum(1) > 0].mean() + (G(x, 0 * d) - x).abs().mean()
        ),
        "source in part": editor(told=lambda y, d: y + d / 2),
    },
}
JUDGED = {
    "00b-label": {
        "shape": ["subtracted", "one column of label"],
        "argument": ["values alone", "label alone"],
        "wrong argument": ["label twice"],
        "changed argument": ["complement", "labels in reversed order"],
        "minus one to one": ["minus one to one"],
        "half the label": ["half the label"],
        "entries + example": ["normalised", "centred", "labels as one number"],
        "entries + size": ["first row's label"],
        "gradient": ["detached values"],
        "interleaved": ["interleaved"],
        "first label twice": ["first label twice"],
    },
    "00b-critic": {
        "G asked for the opposite": ["opposite label"],
        "wrong + example": ["tenth of the penalty", "real twice"],
        "wrong + size": ["norm of the batch", "one alpha"],
        "penalty towards 0": ["two-sided to zero"],
        "penalty one-sided": ["one-sided"],
        "penalty without the square": ["absolute"],
        "penalty without the root": ["squared norm"],
        "penalty summed": ["penalty summed"],
        "G left frozen": ["G left frozen"],
        "noise scored": ["noise scored"],
        "penalty alone": ["penalty alone"],
        "least squares + no penalty": ["squares of scores"],
        "hinge + no penalty": ["hinge"],
        "no step": ["cleared too late"],
        "changed": ["half the loss returned"],
    },
    "00b-round": {
        "last batch left out": ["last batch left out"],
        "all batches twice": ["each batch twice"],
        "two batches": ["two batches"],
        "D left frozen": ["D left frozen"],
        "changed argument": ["batches in reversed order", "both told the opposite"],
        "G asked for the opposite": ["G told the opposite"],
        "two steps of G": ["two steps of G"],
        "squares": ["a square"],
        "changed": ["half a score", "doubled"],
        "log D": ["log D"],
        "noise scored": ["noise scored"],
        "wrong + size": ["reversed labels", "first point alone", "largest score", "three batches"],
        "no step + D moves too, and once more": ["D's optimiser steps"],
        "optimisers exchanged": ["both optimisers exchanged"],
    },
    "00b-edit": {
        "wrong + influence + example": ["label of ones", "one less the wish", "clamped difference"],
        "another's label": ["rolled labels"],
        "scores summed": ["score as a sum"],
        "reconstruction summed": ["rec as a sum"],
        "weight of SeCGAN": ["weight 10"],
        "log D": ["log of D"],
        "the unchanged judged": ["the unchanged judged"],
        "half of the wish": ["source in part"],
        "cycle": ["there and back"],
        "undone at once": ["undone at once"],
        "wrong + example": ["same wish twice", "edit kept near"],
        "squares": ["squared"],
        "edit beside the unchanged": ["edit beside the unchanged"],
        "real points judged": ["real score added"],
        "no reconstruction": ["realism alone"],
        "only wishes judged": ["only wishes judged"],
    },
}
