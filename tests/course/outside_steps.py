"""Wrong answers to the exercises of lesson 00b that a reader tried: (answer, kind of verdict).

Some had passed, some had got a cause that was not theirs, and some none. Each verdict was read.
"""

import torch
from outside_plane import critic, editor, game, right_g, wgan
from torch.nn.functional import binary_cross_entropy_with_logits, relu, smooth_l1_loss

from secgan_lite.course import plane


def d_step(
    before="zero, backward, step", loss_of=lambda v: v, after=lambda G, D: None, attached=()
):
    """D's step with its three calls in any order, and something done behind it."""

    def step(G, D, optimiser, x, y, z, alpha):
        fake = G(z, y) if attached else G(z, y).detach()
        loss = loss_of(wgan(D, x, fake, y, alpha))
        calls = {"zero": optimiser.zero_grad, "backward": loss.backward, "step": optimiser.step}
        for name in before.split(", "):
            calls[name]()
        after(G, D)
        return loss.detach()

    return step


def clip(network, bound):
    for p in network.parameters():
        p.data.clamp_(-bound, bound)


def own_step(network, rate=0.1):
    torch.optim.SGD(network.parameters(), rate).step()


def by_hand(G, D):
    for p in G.parameters():
        p.data.sub_(0.1 * p.grad)
    G.zero_grad()


def whole_game(G, D, optimiser, x, y, z, alpha, rate=5e-3):
    loss = plane.critic_step(G, D, optimiser, x, y, z, alpha)
    for_g = torch.optim.Adam(G.parameters(), rate)
    value = -D(G(z, y), y).mean()
    for_g.zero_grad()
    value.backward()
    for_g.step()
    for_g.zero_grad()
    return loss


def scored(fake, real):
    """D's step for the scores of other points or labels: both (D, x, fake, y) -> a number."""
    return critic(
        lambda D, x, f, y, a: fake(D, f, y) - real(D, x, y) + plane.penalty(D, x, f, y, a)
    )


def mean(D, x, y):
    return D(x, y).mean()


def bce(scores, target):
    return binary_cross_entropy_with_logits(scores, torch.full_like(scores, target))


def gap_afterwards(G, D, optimiser, x, y, z, alpha):
    plane.critic_step(G, D, optimiser, x, y, z, alpha)
    return (D(x, y).mean() - D(G(z, y), y).mean()).detach()


def scored_noise(G, D, optimiser, x, y, z, alpha):
    return scored(mean, lambda D, x, y: D(z, y).mean())(G, D, optimiser, x, y, z, alpha)


def shortened(G, D, optimiser, x, y, z, alpha):
    loss = wgan(D, x, G(z, y).detach(), y, alpha)
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(D.parameters(), 1.0)
    optimiser.step()
    return loss.detach()


def a_round(g_loss=None, calls="zero, backward, step", change=None, few=None, own=None, back=0):
    """A round; ``g_loss`` sees G, D, z, y and D's last batch."""

    def play(G, D, for_g, for_d, batches, z, y):
        of_d = 0
        for one in batches[:few]:
            of_d = plane.critic_step(G, D, for_d, *(change(z, y, *one) if change else one))
        value = (g_loss or (lambda G, D, z, y, one: -D(G(z, y), y).mean()))(G, D, z, y, batches[-1])
        mine = own(G) if own else for_g
        done = {"zero": for_g.zero_grad, "backward": value.backward, "step": mine.step}
        for name in calls.split(", "):
            done[name]()
        return value.detach() + back * of_d

    return play


WRONG = {
    "00b-label": {
        "stacked": (lambda v, y: torch.stack([v, y], 1), "stacked"),
        "values and sum": (lambda v, y: torch.cat([v, v + y], 1), "added in the label's place"),
        "values reversed": (lambda v, y: torch.cat([v.flip(1), y], 1), "values exchanged"),
        "half": (lambda v, y: torch.cat([v, y / 2], 1), "half the label"),
        "three": (lambda v, y: torch.cat([v, 3 * y], 1), "entries + example"),
        "one number": (lambda v, y: torch.cat([v, 2 * y[:, :1] + y[:, 1:]], 1), "one number"),
    },
    "00b-critic": {
        "whole game": (whole_game, "G steps too"),
        "whole game, other rate": (lambda *g: whole_game(*g, rate=0.02), "wrong + example"),
        "G clipped": (d_step(after=lambda G, D: clip(G, 0.01)), "wrong + example"),
        "G by hand": (d_step(after=by_hand, attached=True), "wrong + example"),
        "G's old gradients": (d_step(after=lambda G, D: own_step(G)), "wrong + example"),
        "D clipped far out": (d_step(after=lambda G, D: clip(D, 3)), "entries + example"),
        "D clipped": (d_step(after=lambda G, D: clip(D, 0.01)), "weights clipped as well"),
        "no backward": (d_step("zero, step"), "no step"),
        "step before backward": (d_step("zero, step, backward"), "no step"),
        "zeroed too late": (d_step("backward, zero, step"), "no step"),
        "loss detached": (d_step(loss_of=lambda v: v.detach().requires_grad_(True)), "no step"),
        "real score a number": (
            scored(mean, lambda D, x, y: D(x, y).mean().item()),
            "real scores without gradient",
        ),
        "fake score a number": (
            scored(lambda D, x, y: D(x, y).mean().item(), mean),
            "fake scores without gradient",
        ),
        "ascends, returns the loss": (
            critic(lambda *a: -wgan(*a), back=lambda v: -v.detach()),
            "changed",
        ),
        "reversed": (
            scored(lambda D, x, y: D(x, y.flip(0)).mean(), mean),
            "labels in reversed order, fake",
        ),
        "opposite": (critic(wgan, made=lambda G, z, y: G(z, 1 - y)), "G asked for the opposite"),
        "exchanged for G": (
            critic(wgan, made=lambda G, z, y: G(z, y.flip(1))),
            "labels exchanged for G",
        ),
        "exchanged for real": (
            scored(mean, lambda D, x, y: D(x, y.flip(1)).mean()),
            "labels exchanged, real",
        ),
        "noise for real": (scored_noise, "noise for real"),
        "five times": (critic(lambda *a: wgan(*a, weight=5.0)), "five times the penalty"),
        "cross entropy, exchanged": (
            critic(
                lambda D, x, f, y, a: (
                    bce(D(f, y), 1.0) + bce(D(x, y), 0.0) + plane.penalty(D, x, f, y, a)
                )
            ),
            "original loss, exchanged",
        ),
        "tanh": (
            scored(lambda D, x, y: D(x, y).tanh().mean(), lambda D, x, y: D(x, y).tanh().mean()),
            "tanh",
        ),
        "largest": (
            scored(lambda D, x, y: D(x, y).max(), lambda D, x, y: D(x, y).max()),
            "largest scores",
        ),
        "mean alpha": (
            critic(lambda D, x, f, y, a: wgan(D, x, f, y, a.mean().expand_as(a))),
            "one alpha",
        ),
        "gap of the new D": (gap_afterwards, "distance of the new D"),
        "gradient shortened": (shortened, "gradient shortened"),
    },
    "00b-round": {
        "five batches": (a_round(few=5), "wrong + size"),
        "three batches": (a_round(few=3), "wrong + size"),
        "own descent": (
            a_round(own=lambda G: torch.optim.SGD(G.parameters(), 0.1)),
            "wrong + example",
        ),
        "own Adam": (
            a_round(own=lambda G: torch.optim.Adam(G.parameters(), 5e-3)),
            "own optimiser",
        ),
        "no backward": (a_round(calls="zero, step"), "no step"),
        "step before backward": (a_round(calls="zero, step, backward"), "no step"),
        "score detached": (
            a_round(lambda G, D, z, y, one: -D(G(z, y), y).detach().mean().requires_grad_(True)),
            "no step",
        ),
        "real scored": (a_round(lambda G, D, z, y, one: -D(*one[:2]).mean()), "real scored"),
        "label shadowed": (
            a_round(lambda G, D, z, y, one: -D(G(z, one[1]), one[1]).mean()),
            "labels of D's batch",
        ),
        "D told its own": (
            a_round(lambda G, D, z, y, one: -D(G(z, y), one[1]).mean()),
            "D told labels of its batch",
        ),
        "noise and label in the batch": (
            a_round(change=lambda _, __, x, y, z, a: (x, z, y, a)),
            "noise and label exchanged, D",
        ),
        "noise of G": (
            a_round(change=lambda mine, _, x, y, z, a: (x, y, mine, a)),
            "noise of G for D",
        ),
        "opposite": (
            game(lambda D, G, z, y: -D(G(z, 1 - y), y).mean()),
            "G asked for the opposite",
        ),
        "exchanged": (
            game(lambda D, G, z, y: -D(G(z, y.flip(1)), y).mean()),
            "labels exchanged for G",
        ),
        "cross entropy, 0": (
            game(lambda D, G, z, y: bce(D(G(z, y), y), 0.0)),
            "log of what D rejects",
        ),
        "shared": (a_round(lambda G, D, z, y, one: right_g(D, G, z, y) / 2), "changed"),
        "cut off": (game(lambda D, G, z, y: relu(-D(G(z, y), y)).mean()), "cut off at 0"),
        "tanh": (game(lambda D, G, z, y: -D(G(z, y), y).tanh().mean()), "tanh"),
        "D's loss added": (a_round(back=1), "last loss added"),
    },
    "00b-edit": {
        "score detached": (
            lambda G, D, x, y, d: (
                -D(G(x, d), y + d).detach().mean() + (G(x, 0 * d) - x).abs().mean()
            ),
            "detached",
        ),
        "x added first": (
            editor(keep=lambda G, x, d: x + G(x, 0 * d)),
            "compared with nothing",
        ),
        "half of the mean": (editor(weight=0.5), "half the reconstruction"),
        "half, old label": (
            editor(weight=0.5, told=lambda y, d: y),
            "source label + half the reconstruction",
        ),
        "ones": (editor(keep=lambda G, x, d: G(x, torch.ones_like(d))), "kept with ones"),
        "G(edited, 0)": (editor(keep=lambda G, x, d: G(G(x, d), 0 * d)), "edit kept as it is"),
        "back at once": (editor(keep=lambda G, x, d: G(x, -d)), "undone at once"),
        "beside y": (
            lambda G, D, x, y, d: -D(G(x, d), y + d).mean() + (G(x, 0 * d) - y).abs().mean(),
            "unchanged beside the label",
        ),
        "huber": (editor(size=lambda c: smooth_l1_loss(c, 0 * c, reduction="none")), "huber"),
        "true edits scored": (
            lambda G, D, x, y, d: editor()(G, D, x, y, d) + D(x + 3 * d, y + d).mean(),
            "true edits judged as well",
        ),
        "opposite": (editor(told=lambda y, d: 1 - (y + d)), "labels reversed"),
        "log(1 - D)": (
            editor(score=lambda s: torch.log(1 - s.sigmoid() + 1e-9).mean()),
            "original loss",
        ),
        "zero wishes kept": (
            lambda G, D, x, y, d: (
                -D(G(x, d), y + d).mean() + (G(x, 0 * d) - x)[d.abs().sum(1) == 0].abs().mean()
            ),
            "only zero wishes kept",
        ),
    },
}
