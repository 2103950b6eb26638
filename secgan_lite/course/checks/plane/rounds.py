"""Rounds of the game in which something is replaced: the mistakes of exercise A3."""

import torch

from secgan_lite.course import plane
from secgan_lite.course.checks.plane.players import stepped


def critics_turn(G, D, optimiser, batches):
    """D's step on each batch, and the losses."""
    return [plane.critic_step(G, D, optimiser, *one) for one in batches]


def play(
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
    exchanged=False,  # noise and label, in G
    steps=True,
):
    """A round with a part of it replaced."""

    def g_loss():
        given = (z, asked(y))
        score = D(G(*given[::-1] if exchanged else given), told(y))
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


def real_scored(G, D, for_g, for_d, batches, z, y):
    """The scores of the real points of D's last batch go into the loss, and G's do not."""
    critics_turn(G, D, for_d, batches)
    x, y_real, *_ = batches[-1]
    return stepped(for_g, -(D(x, y_real).mean() + 0 * G(z, y).sum()))


def own_optimiser(G, D, for_g, for_d, batches, z, y):
    """G moves by an Adam of somebody's own."""
    return plane.play(G, D, plane.optimiser(G), for_d, batches, z, y)


def other_parts(G, D, for_g, for_d, batches, *given, change):
    """A part of each of D's batches is replaced."""
    return plane.play(G, D, for_g, for_d, [change(*one) for one in batches], *given)


def last_loss_added(G, D, for_g, for_d, batches, z, y):
    *_, of_d = critics_turn(G, D, for_d, batches)
    return plane.play(G, D, for_g, for_d, [], z, y) + of_d


def told_labels_of_d(G, D, for_g, for_d, batches, z, y):
    """D hears the labels of its last batch with G's points."""
    critics_turn(G, D, for_d, batches)
    return stepped(for_g, -D(G(z, y), batches[-1][1]).mean())


def shared(G, D, for_g, for_d, batches, z, y):
    """G's loss divided by the number of D's steps."""
    critics_turn(G, D, for_d, batches)
    return stepped(for_g, -D(G(z, y), y).mean() / len(batches))


def both_descend(G, D, for_g, for_d, batches, z, y, *, clear_d=True):
    """G's loss moves D as well."""
    critics_turn(G, D, for_d, batches)
    loss = -D(G(z, y), y).mean()
    for_g.zero_grad()
    if clear_d:
        for_d.zero_grad()
    loss.backward()
    for_g.step()
    for_d.step()
    return loss.detach()


def other_optimiser(G, D, for_g, for_d, batches, z, y, *, of_critic=False):
    """G's loss, and with ``of_critic`` D's too, is followed by the other player's optimiser."""
    critics_turn(G, D, for_g if of_critic else for_d, batches)
    loss = -D(G(z, y), y).mean()
    return stepped(for_d, loss)


def frozen(G, D, for_g, for_d, batches, z, y):
    """D is frozen for G's step, and for ever."""
    critics_turn(G, D, for_d, batches)
    D.requires_grad_(False)
    return plane.play(G, D, for_g, for_d, [], z, y)


def towards_real(G, D, for_g, for_d, batches, z, y, *, join=torch.mean):
    """G descends its distance to the real points of D's last batch, pair by pair."""
    critics_turn(G, D, for_d, batches)
    loss = join((G(z, y) - batches[-1][0]).square())
    return stepped(for_g, loss)


def noise_scored(G, D, for_g, for_d, batches, z, y):
    critics_turn(G, D, for_d, batches)
    return -D(z, y).mean().detach()


def real_scores_returned(G, D, for_g, for_d, batches, z, y):
    plane.play(G, D, for_g, for_d, batches, z, y)
    x, y_real, *_ = batches[-1]
    return D(x, y_real).mean().detach()


def critics_loss(G, D, for_g, for_d, batches, z, y):
    *_, loss = critics_turn(G, D, for_d, batches)
    plane.play(G, D, for_g, for_d, [], z, y)
    return loss


def twice(G, D, for_g, for_d, batches, z, y, *, first=False):
    losses = [plane.play(G, D, for_g, for_d, b, z, y) for b in (batches, [])]
    return losses[0 if first else 1]


def each_twice(G, D, for_g, for_d, batches, *given):
    doubled = [one for one in batches for _ in range(2)]
    return plane.play(G, D, for_g, for_d, doubled, *given)


def labels_of_g(G, D, for_g, for_d, batches, z, y):
    mixed = [(x, y, noise, alpha) for x, _, noise, alpha in batches]
    return plane.play(G, D, for_g, for_d, mixed, z, y)


def d_part_added(G, D, for_g, for_d, batches, z, y, *, part):
    """A part of D's loss stands in G's; it moves nobody."""
    critics_turn(G, D, for_d, batches)
    x, y_real, _, alpha = batches[-1]
    more = part(D, x, y_real, G(z, y), y, alpha).detach()
    return plane.play(G, D, for_g, for_d, [], z, y) + more


def g_loss_afterwards(G, D, for_g, for_d, batches, z, y):
    plane.play(G, D, for_g, for_d, batches, z, y)
    return -D(G(z, y), y).mean().detach()


def losses_added(G, D, for_g, for_d, batches, z, y):
    of_d = critics_turn(G, D, for_d, batches)
    return plane.play(G, D, for_g, for_d, [], z, y) + sum(of_d)


def g_loss_before(G, D, for_g, for_d, batches, z, y):
    loss = -D(G(z, y), y).mean().detach()
    plane.play(G, D, for_g, for_d, batches, z, y)
    return loss


def joined(G, D, for_g, for_d, batches, z, y):
    """One step of D for all batches."""
    one = [torch.cat(part) for part in zip(*batches, strict=True)]
    return plane.play(G, D, for_g, for_d, [one], z, y)
