"""Exercise A3 of lesson 00b: a round of the game."""

from functools import partial

import torch
from torch.nn.functional import logsigmoid, softplus

from secgan_lite.course import plane
from secgan_lite.course.checks.exercise import Case, Exercise, Mistake
from secgan_lite.course.checks.plane.players import batch, descent, moves_of, players


def _round_case(draws: torch.Generator, count: int = 0) -> Case:
    G, D = players(draws)
    count = count or int(torch.randint(5, 9, (), generator=draws))
    batches = [batch(count, draws) for _ in range(2)]
    _, y, z, _ = batch(count, draws)
    g_moved, d_moved = moves_of(G), moves_of(D)
    arguments = (G, D, descent(G), descent(D), batches, z, y)
    return Case(arguments, {}, {"points": count}, lambda: (g_moved(), d_moved()))


def _play(
    G,
    D,
    for_g,
    for_d,
    batches,
    z,
    y,
    *,
    order="DG",  # who moves first; "together": each answers the other's last move
    every=False,  # a step of G in each of D's
    critic_steps=slice(None),
    clear=True,
    sign=-1,
    join=torch.mean,
    asked=lambda y: y,  # of G
    told=lambda y: y,  # D, of G's points
    loss_of=None,
    steps=True,
):
    """A round with a part of it replaced."""

    def g_loss():
        score = D(G(z, asked(y)), told(y))
        loss = loss_of(score) if loss_of else sign * join(score)
        if clear:
            for_g.zero_grad()
        loss.backward()
        return loss.detach()

    def d_steps():
        for one in batches[critic_steps]:
            plane.critic_step(G, D, for_d, *one)
            if every:
                g_loss()
                for_g.step()

    if order == "DG":
        d_steps()
    loss = g_loss()
    if order == "together":
        d_steps()
    if steps and not every:
        for_g.step()
    if order == "GD":
        d_steps()
    return loss


def _both_descend(G, D, for_g, for_d, batches, z, y, *, clear_d=True):
    """G's loss moves D as well."""
    for one in batches:
        plane.critic_step(G, D, for_d, *one)
    loss = -D(G(z, y), y).mean()
    for_g.zero_grad()
    if clear_d:
        for_d.zero_grad()
    loss.backward()
    for_g.step()
    for_d.step()
    return loss.detach()


def _other_optimiser(G, D, for_g, for_d, batches, z, y, *, of_critic=False):
    """G's loss, and with ``of_critic`` D's too, is followed by the other player's optimiser."""
    for one in batches:
        plane.critic_step(G, D, for_g if of_critic else for_d, *one)
    loss = -D(G(z, y), y).mean()
    for_d.zero_grad()
    loss.backward()
    for_d.step()
    return loss.detach()


def _critics_loss(G, D, for_g, for_d, batches, z, y):
    for one in batches:
        loss = plane.critic_step(G, D, for_d, *one)
    plane.play(G, D, for_g, for_d, [], z, y)
    return loss


def _twice(G, D, for_g, for_d, batches, z, y, *, first=False):
    losses = [plane.play(G, D, for_g, for_d, b, z, y) for b in (batches, [])]
    return losses[0 if first else 1]


def _labels_of_g(G, D, for_g, for_d, batches, z, y):
    mixed = [(x, y, noise, alpha) for x, _, noise, alpha in batches]
    return plane.play(G, D, for_g, for_d, mixed, z, y)


def _d_part_added(G, D, for_g, for_d, batches, z, y, *, part):
    """A part of D's loss stands in G's; it moves nobody."""
    for one in batches:
        plane.critic_step(G, D, for_d, *one)
    x, y_real, _, alpha = batches[-1]
    more = part(D, x, y_real, G(z, y), y, alpha).detach()
    return plane.play(G, D, for_g, for_d, [], z, y) + more


def _g_loss_afterwards(G, D, for_g, for_d, batches, z, y):
    plane.play(G, D, for_g, for_d, batches, z, y)
    return -D(G(z, y), y).mean().detach()


ROUND = Exercise(
    plane.play,
    _round_case,
    {
        "G first": Mistake(
            partial(_play, order="GD"),
            "G takes its step before D: it follows the critic of the last round. D's steps come "
            "first",
        ),
        "simultaneous": Mistake(
            partial(_play, order="together"),
            "both players answer the other's last move: G's gradient was taken before D's steps. "
            "They take turns: first D's steps, then G's loss with the new D",
        ),
        "one batch": Mistake(
            partial(_play, critic_steps=slice(1)),
            "D takes one step only. It takes one for each batch in `batches`",
        ),
        "no D": Mistake(
            partial(_play, critic_steps=slice(0)),
            "D takes no step: call critic_step for each batch, with D's optimiser, for_d",
        ),
        "G in each": Mistake(
            partial(_play, every=True),
            "G takes a step after each of D's steps. It takes one in a round, after the last",
        ),
        "sign": Mistake(
            partial(_play, sign=1),
            "the sign is wrong: G goes down the slope of D. It wants *high* scores, so what goes "
            "down is −E[D]",
        ),
        "sum": Mistake(
            partial(_play, join=torch.sum), "the scores are summed over the batch; E is a mean"
        ),
        "G without label": Mistake(
            partial(_play, asked=torch.zeros_like),
            "G is asked with a label of zeros. Ask it for y",
        ),
        "D without label": Mistake(
            partial(_play, told=torch.zeros_like),
            "D judges G's points with a label of zeros. It must hear the label G was asked for",
        ),
        "D told of another": Mistake(
            partial(_play, told=lambda y: y.roll(1, 0)),
            "D is told the label of the wrong cluster: G would learn to go there",
        ),
        "opposite label": Mistake(
            partial(_play, told=lambda y: 1 - y),
            "D is told the opposite labels: G would learn to go to the opposite cluster",
        ),
        "no zero_grad": Mistake(
            partial(_play, clear=False),
            "the loss is right, but G also follows gradients that were left over: "
            "for_g.zero_grad() is missing",
        ),
        "no step": Mistake(
            partial(_play, steps=False),
            "G does not move: for_g.step() is missing, or G's points are "
            "detached, so that no gradient comes back to it. Only in D's step are they detached",
        ),
        "D moves too": Mistake(
            _both_descend,
            "G's loss moves D as well, towards high scores for fake points. In G's step only "
            "for_g takes a step",
        ),
        "D moves too, and once more": Mistake(
            partial(_both_descend, clear_d=False),
            "G's loss moves D as well, along with D's gradient of its last step. In G's step only "
            "for_g takes a step",
        ),
        "optimisers exchanged": Mistake(
            partial(_other_optimiser, of_critic=True),
            "the two optimisers are exchanged: for_d moves D, so it belongs in critic_step, and "
            "for_g moves G, so it takes the step of G's loss",
        ),
        "D's optimiser for G": Mistake(
            _other_optimiser,
            "D's optimiser takes the step of G's loss, so D moves and G does not. for_g belongs "
            "there: zero_grad() and step()",
        ),
        "old noise": Mistake(
            lambda G, D, for_g, for_d, batches, z, y: plane.play(
                G, D, for_g, for_d, batches, batches[-1][2], y
            ),
            "G's step takes the noise of D's last batch. It gets noise of its own, z",
        ),
        "batch of D": Mistake(
            lambda G, D, for_g, for_d, batches, z, y: plane.play(
                G, D, for_g, for_d, batches, batches[-1][2], batches[-1][1]
            ),
            "G's step takes noise and labels of D's last batch. It gets its own, z and y: is a "
            "name used twice?",
        ),
        "D's loss": Mistake(
            _critics_loss, "both players move as they should, but D's loss is returned, not G's"
        ),
        "loss of the new G": Mistake(
            _g_loss_afterwards,
            "both players move as they should, but the loss that is returned was computed again "
            "after G's step. Return the one that led to it",
        ),
        "two steps of G": Mistake(
            _twice, "G takes two steps with one noise; it takes one in a round"
        ),
        "two steps of G, first loss": Mistake(
            partial(_twice, first=True),
            "the loss is right, but G takes two steps with one noise; it takes one in a round",
        ),
        "labels of G for D": Mistake(
            _labels_of_g,
            "D's steps take the labels of G's step, y, with the points of their own batch: is a "
            "name used twice?",
        ),
        "penalty in G's loss": Mistake(
            partial(
                _d_part_added,
                part=lambda D, x, y_real, fake, y, alpha: plane.penalty(D, x, fake, y, alpha),
            ),
            "the penalty is added to G's loss. It says how D should be, so it belongs in D's; "
            "here it only spoils the number",
        ),
        "real scores added": Mistake(
            partial(_d_part_added, part=lambda D, x, y_real, *rest: D(x, y_real).mean()),
            "D's score of real points is added to G's loss. G can't change it: it belongs in D's",
        ),
        "squares": Mistake(
            partial(_play, loss_of=lambda s: (s - 1).square().mean()),
            "this is a least-squares loss, (D − 1)², for a D that wants 1 for real points. A "
            "critic's score is used as it is: −E[D]",
        ),
        "log D": Mistake(
            partial(_play, loss_of=lambda s: softplus(-s).mean()),
            "this is the remedy of the original loss, −E[log D], for a D that is a probability. A "
            "critic's score is used as it is: −E[D]",
        ),
        "original loss": Mistake(
            partial(_play, loss_of=lambda s: logsigmoid(-s).mean()),
            "this is the original loss, E[log(1 − D)], for a D that is a probability. A critic's "
            "score is used as it is: −E[D]",
        ),
    },
    small={"one point": partial(_round_case, count=1)},
)
