"""Exercise A2 of lesson 00b: the critic's step."""

from functools import partial

import torch
from torch.nn.functional import softplus

from secgan_lite.course import plane
from secgan_lite.course.checks.exercise import Case, Exercise, Mistake
from secgan_lite.course.checks.plane.players import batch, descent, left_in, moves_of, players


def _critic_case(draws: torch.Generator, count: int = 0) -> Case:
    G, D = players(draws)
    count = count or int(torch.randint(5, 9, (), generator=draws))
    moves, remains = moves_of(D), left_in(G)
    arguments = (G, D, descent(D), *batch(count, draws))
    return Case(arguments, {}, {"points": count}, lambda: (moves(), remains()))


def _critic_step(
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


def _uncleared(G, *given):
    """Not detached, but G's old gradients are deleted first."""
    G.zero_grad()
    return _critic_step(G, *given, detached=False)


def _penalty_teaches(G, D, optimiser, x, y, z, alpha, *, real_too=True):
    """The loss, with scores that no gradient comes back from."""
    with torch.no_grad():
        fake = G(z, y)
        fake_scores = D(fake, y).mean()
    with torch.set_grad_enabled(not real_too):
        real_scores = D(x, y).mean()
    loss = fake_scores - real_scores + plane.penalty(D, x, fake, y, alpha)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.detach()


def _noise_scored(G, D, *given):
    return plane.critic_step(lambda z, y: z, D, *given)


def _own_optimiser(G, D, optimiser, *given):
    return plane.critic_step(G, D, plane.optimiser(D), *given)


def _two_steps(*given):
    plane.critic_step(*given)
    return plane.critic_step(*given)


def _realism_returned(G, D, optimiser, x, y, z, alpha):
    realism = (D(G(z, y), y).mean() - D(x, y).mean()).detach()
    plane.critic_step(G, D, optimiser, x, y, z, alpha)
    return realism


def _loss_afterwards(G, D, optimiser, x, y, z, alpha):
    plane.critic_step(G, D, optimiser, x, y, z, alpha)
    fake = G(z, y).detach()
    return D(fake, y).mean() - D(x, y).mean() + plane.penalty(D, x, fake, y, alpha)


CRITIC = Exercise(
    plane.critic_step,
    _critic_case,
    {
        "not detached": Mistake(
            partial(_critic_step, detached=False),
            "D moves as it should, but the loss also leaves a gradient in G, whose step this is "
            "not. Make the fake points under torch.no_grad(), or detach them",
        ),
        "not detached, G cleared before": Mistake(
            _uncleared,
            "D moves as it should, but the loss leaves a gradient in G: zero_grad() of G came "
            "before it. Make the fake points under torch.no_grad(), or detach them",
        ),
        "scores without gradient": Mistake(
            _penalty_teaches,
            "the loss is right, but only the penalty moves D. Either D's scores were taken under "
            "torch.no_grad(), where only G belongs, or zero_grad() between two backward() deletes "
            "their gradient",
        ),
        "fake scores without gradient": Mistake(
            partial(_penalty_teaches, real_too=False),
            "the loss is right, but D's scores of the fake points do not move D: they were taken "
            "under torch.no_grad(), where only G belongs",
        ),
        "noise scored": Mistake(
            _noise_scored,
            "D judges the noise z itself, not what G makes of it: fake is G(z, y)",
        ),
        "own optimiser": Mistake(
            _own_optimiser,
            "the loss is right, but D moves by an optimiser of your own. Use the one that is "
            "given: it remembers earlier steps",
        ),
        "two steps": Mistake(_two_steps, "D takes two steps on one batch; it takes one"),
        "no zero_grad": Mistake(
            partial(_critic_step, clear=False),
            "the loss is right, but D also follows gradients that were left over, among them those "
            "of G's last step: optimiser.zero_grad() is missing before backward()",
        ),
        "no step": Mistake(
            partial(_critic_step, steps=False),
            "D does not move: optimiser.step() is missing, or zero_grad() "
            "comes after backward() and deletes the gradient",
        ),
        "sign": Mistake(
            partial(_critic_step, sign=-1),
            "the sign is wrong, or real and fake points are exchanged: D learns to score real "
            "points low. What goes down is fake minus real",
        ),
        "G without label": Mistake(
            partial(_critic_step, asked=torch.zeros_like),
            "G is asked with a label of zeros. Ask it for the labels y of the batch",
        ),
        "G's label of another": Mistake(
            partial(_critic_step, asked=lambda y: y.roll(1, 0)),
            "G is asked for one label and D told another: the label of the wrong cluster",
        ),
        "D without label": Mistake(
            partial(_critic_step, told=torch.zeros_like),
            "D judges fake points with a label of zeros. It must hear the label that G was asked "
            "for, else it can't punish a good point in the wrong cluster",
        ),
        "D told of another": Mistake(
            partial(_critic_step, told=lambda y: y.roll(1, 0)),
            "D is told the label of the wrong cluster with the fake points",
        ),
        "D told of another, real": Mistake(
            partial(_critic_step, known=lambda y: y.roll(1, 0)),
            "D is told the label of the wrong cluster with the real points",
        ),
        "opposite label, real": Mistake(
            partial(_critic_step, known=lambda y: 1 - y),
            "D is told the opposite labels with the real points. It must hear their own, y",
        ),
        "real without label": Mistake(
            partial(_critic_step, known=torch.zeros_like),
            "D judges real points with a label of zeros; give it the labels y",
        ),
        "penalty without label": Mistake(
            partial(_critic_step, beside=torch.zeros_like),
            "the penalty asks D with a label of zeros: only that label's slope would be held",
        ),
        "no fake points": Mistake(
            partial(_critic_step, realism=lambda fake, real: -real),
            "the fake points are missing in the loss: only real scores count",
        ),
        "no real points": Mistake(
            partial(_critic_step, realism=lambda fake, real: fake),
            "the real points are missing in the loss: only fake scores count",
        ),
        "original loss": Mistake(
            partial(
                _critic_step,
                realism=lambda fake, real: (
                    softplus(fake) + softplus(-real)
                ),
            ),
            "this is the original loss, −log D and −log(1 − D), for a D that is a probability. A "
            "critic's scores are used as they are",
        ),
        "probabilities": Mistake(
            partial(_critic_step, realism=lambda fake, real: fake.sigmoid() - real.sigmoid()),
            "D's scores go through a sigmoid. A critic's scores are used as they are: between 0 "
            "and 1 they could not measure a distance",
        ),
        "both pulled down": Mistake(
            partial(_critic_step, realism=lambda fake, real: fake + real),
            "the scores of real and fake points are added, so D lowers both. What goes down is "
            "fake minus real",
        ),
        "penalty alone": Mistake(
            partial(_critic_step, realism=lambda fake, real: 0 * fake),
            "the scores are missing in the loss: only the penalty is left, and D learns no "
            "difference between real and fake",
        ),
        "size of the gap": Mistake(
            partial(_critic_step, join=lambda gap: -gap.mean().abs()),
            "the absolute value of the gap is taken, so D may as well score fake points high. "
            "What goes down is fake minus real, with its sign",
        ),
        "size of the gap, down": Mistake(
            partial(_critic_step, join=lambda gap: gap.mean().abs()),
            "the absolute value of the gap goes down, so D learns to score real and fake points "
            "alike. What goes down is fake minus real, with its sign",
        ),
        "half the penalty": Mistake(
            partial(_critic_step, weight=0.5),
            "the penalty counts half. Here its weight is plane.LAMBDA_GP, which is 1",
        ),
        "lambda of images": Mistake(
            partial(_critic_step, weight=10),
            "the penalty has the weight 10, as for images. Here it is plane.LAMBDA_GP, which is 1",
        ),
        "sum": Mistake(
            partial(_critic_step, join=torch.sum),
            "the scores are summed over the batch. E is a mean: a sum grows with the batch, and "
            "the penalty would count for less and less",
        ),
        "exchanged in the penalty": Mistake(
            partial(_critic_step, at=lambda x, fake, alpha: torch.lerp(x, fake, alpha)),
            "real and fake are exchanged in the penalty. With a random alpha it would train as "
            "well, but here it is plane.penalty(D, x, fake, y, alpha)",
        ),
        "realism returned": Mistake(
            _realism_returned,
            "D moves as it should, but what is returned lacks the penalty: return the whole loss",
        ),
        "loss of the new D": Mistake(
            _loss_afterwards,
            "D moves as it should, but the loss that is returned was computed again after the "
            "step. Return the one that led to it",
        ),
        "penalty at real": Mistake(
            partial(_critic_step, at=lambda x, fake, alpha: x),
            "the penalty is taken at the real points. It belongs between real and fake ones: at "
            "α·real + (1 − α)·fake",
        ),
        "penalty at fake": Mistake(
            partial(_critic_step, at=lambda x, fake, alpha: fake),
            "the penalty is taken at the fake points. It belongs between real and fake ones: at "
            "α·real + (1 − α)·fake",
        ),
        "no penalty": Mistake(
            partial(_critic_step, penalty=lambda norm: 0 * norm.sum()),
            "the penalty is missing: nothing keeps D's slope near 1",
        ),
        "penalty on the mean": Mistake(
            partial(_critic_step, penalty=lambda norm: (norm.mean() - 1).square()),
            "the penalty's square is outside its mean. Square each point's deviation, then average",
        ),
        "penalty taken away": Mistake(
            partial(_critic_step, penalty=lambda norm: -(norm - 1).square().mean()),
            "the penalty is subtracted: D would be paid for slopes far from 1",
        ),
    },
    small={"one point": partial(_critic_case, count=1)},
)  # fmt: skip
