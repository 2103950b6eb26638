"""Steps of the critic in which something is replaced: the mistakes of exercise A2."""

import torch

from secgan_lite.course import plane
from secgan_lite.course.checks.plane.players import stepped


def critic_step(
    G,
    D,
    optimiser,
    x,
    y,
    z,
    alpha,
    *,
    detached=True,
    clear=True,
    asked=lambda y: y,  # of G
    told=lambda y: y,  # D, of fake points
    known=lambda y: y,  # D, of real points
    beside=lambda y: y,  # the penalty
    realism=lambda fake, real: fake - real,
    weight=plane.LAMBDA_GP,
    join=torch.mean,
    sign=1,
    at=lambda x, fake, alpha: torch.lerp(fake, x, alpha),
    penalty=lambda norm: (norm - 1).square().mean(),
    steps=True,
):
    """D's step with a part of it replaced."""
    fake = G(z, asked(y))
    fake = fake.detach() if detached else fake
    value = join(realism(D(fake, told(y)), D(x, known(y))))
    norm = (plane.slopes(D, at(x, fake, alpha), beside(y)).square().sum(dim=1) + 1e-12).sqrt()
    loss = sign * value + weight * penalty(norm)
    if clear:
        optimiser.zero_grad()
    loss.backward()
    if steps:
        optimiser.step()
    return loss.detach()


def uncleared(G, *given):
    """Not detached, but G's old gradients are deleted first."""
    G.zero_grad()
    return critic_step(G, *given, detached=False)


def frozen(G, *given):
    """G is frozen for D's step, and for ever."""
    G.requires_grad_(False)
    return plane.critic_step(G, *given)


def penalty_beside_noise(G, D, optimiser, x, y, z, alpha):
    with torch.no_grad():
        fake = G(z, y)
    loss = D(fake, y).mean() - D(x, y).mean() + plane.penalty(D, x, z, y, alpha)
    return stepped(optimiser, loss)


def penalty_teaches(G, D, optimiser, x, y, z, alpha, *, silent=("fake", "real")):
    """The loss, with scores that no gradient comes back from."""
    with torch.no_grad():
        fake = G(z, y)
    with torch.set_grad_enabled("fake" not in silent):
        fake_scores = D(fake, y).mean()
    with torch.set_grad_enabled("real" not in silent):
        real_scores = D(x, y).mean()
    loss = fake_scores - real_scores + plane.penalty(D, x, fake, y, alpha)
    return stepped(optimiser, loss)


def penalty_detached(G, D, optimiser, x, y, z, alpha):
    value = plane.penalty(D, x, G(z, y), y, alpha).detach()
    return plane.critic_step(G, D, optimiser, x, y, z, alpha, weight=0) + value


def one_after_the_other(G, D, optimiser, x, y, z, alpha):
    """A step for the scores, then one for the penalty."""
    realism = plane.critic_step(G, D, optimiser, x, y, z, alpha, weight=0)
    penalty = plane.penalty(D, x, G(z, y).detach(), y, alpha)
    return realism + stepped(optimiser, penalty)


def clipped(G, D, *given, weight=0):
    loss = plane.critic_step(G, D, *given, weight=weight)
    for parameter in D.parameters():
        parameter.data.clamp_(-0.01, 0.01)
    return loss


def noise_scored(G, D, *given):
    return plane.critic_step(lambda z, y: z, D, *given)


def own_optimiser(G, D, optimiser, *given):
    return plane.critic_step(G, D, plane.optimiser(D), *given)


def shortened(G, D, optimiser, x, y, z, alpha):
    """The gradient is shortened to a length of 1."""
    fake = G(z, y).detach()
    loss = D(fake, y).mean() - D(x, y).mean() + plane.penalty(D, x, fake, y, alpha)
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(D.parameters(), 1.0)
    optimiser.step()
    return loss.detach()


def g_steps_too(G, D, optimiser, x, y, z, alpha):
    """D's step, and then G's."""
    loss = plane.critic_step(G, D, optimiser, x, y, z, alpha)
    stepped(plane.optimiser(G), -D(G(z, y), y).mean())
    G.zero_grad()
    return loss


def real_noise(G, D, optimiser, x, y, z, alpha):
    """The noise is scored where the real points should be."""
    fake = G(z, y).detach()
    loss = D(fake, y).mean() - D(z, y).mean() + plane.penalty(D, x, fake, y, alpha)
    return stepped(optimiser, loss)


def two_steps(*given):
    plane.critic_step(*given)
    return plane.critic_step(*given)


def realism_returned(G, D, optimiser, x, y, z, alpha):
    realism = (D(G(z, y), y).mean() - D(x, y).mean()).detach()
    plane.critic_step(G, D, optimiser, x, y, z, alpha)
    return realism


def distance_afterwards(G, D, optimiser, x, y, z, alpha):
    plane.critic_step(G, D, optimiser, x, y, z, alpha)
    return (D(x, y).mean() - D(G(z, y), y).mean()).detach()


def loss_afterwards(G, D, optimiser, x, y, z, alpha):
    plane.critic_step(G, D, optimiser, x, y, z, alpha)
    fake = G(z, y).detach()
    return D(fake, y).mean() - D(x, y).mean() + plane.penalty(D, x, fake, y, alpha)
