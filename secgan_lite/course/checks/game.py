"""Two checked exercises of lesson 00b: the critic's step, and a round of the game.

Steps change networks, so their results are the value that they return and then what they did.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from secgan_lite.course import plane
from secgan_lite.course.checks.exercise import Case, Exercise, Mistake

_RATE = 0.1  # of plain gradient descent, which shows the size of a step; Adam would hide it


def players(draws: torch.Generator) -> tuple[plane.Player, plane.Player]:
    """Small G and D with random weights and with gradients left over from earlier steps."""
    G, D = plane.Player(2, width=6), plane.Player(1, width=6)
    for parameter in (*G.parameters(), *D.parameters()):
        with torch.no_grad():
            parameter.copy_(0.6 * torch.randn(parameter.shape, generator=draws))
        parameter.grad = 0.1 * torch.randn(parameter.shape, generator=draws)
    return G, D


def _flat(tensors: list[Tensor | None], like: nn.Module) -> Tensor:
    shapes = list(like.parameters())
    return torch.cat(
        [
            (torch.zeros_like(p) if t is None else t.detach()).flatten().clone()
            for t, p in zip(tensors, shapes, strict=True)
        ]
    )


def _move(network: nn.Module) -> Callable[[], Tensor]:
    """() -> the gradient that a network's weights have gone down since now."""
    before = _flat(list(network.parameters()), network)
    return lambda: (before - _flat(list(network.parameters()), network)) / _RATE


def _left(network: nn.Module) -> Callable[[], Tensor]:
    """() -> what has been added to a network's gradients since now; clearing them is no fault."""
    before = _flat([p.grad for p in network.parameters()], network)

    def left() -> Tensor:
        now = _flat([p.grad for p in network.parameters()], network)
        return now - before if now.any() else now

    return left


def _descent(network: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(network.parameters(), _RATE)


def batch(count: int, draws: torch.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """x, y, z, alpha; neighbours differ in their labels."""
    y = torch.tensor([[0, 0], [0, 1], [1, 1], [1, 0]]).float()
    y = y.roll(int(torch.randint(4, (), generator=draws)), 0).repeat(count // 4 + 1, 1)[:count]
    z = torch.randn(count, 2, generator=draws)
    return plane.points(y, draws), y, z, torch.rand(count, 1, generator=draws)


def _critic_case(draws: torch.Generator, count: int = 0) -> Case:
    G, D = players(draws)
    count = count or int(torch.randint(5, 9, (), generator=draws))
    moved, left = _move(D), _left(G)
    arguments = (G, D, _descent(D), *batch(count, draws))
    return Case(arguments, {}, {"points": count}, lambda: (moved(), left()))


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
                    nn.functional.softplus(fake) + nn.functional.softplus(-real)
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


def _round_case(draws: torch.Generator, count: int = 0) -> Case:
    G, D = players(draws)
    count = count or int(torch.randint(5, 9, (), generator=draws))
    batches = [batch(count, draws) for _ in range(2)]
    _, y, z, _ = batch(count, draws)
    g_moved, d_moved = _move(G), _move(D)
    arguments = (G, D, _descent(G), _descent(D), batches, z, y)
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
            partial(_play, loss_of=lambda s: nn.functional.softplus(-s).mean()),
            "this is the remedy of the original loss, −E[log D], for a D that is a probability. A "
            "critic's score is used as it is: −E[D]",
        ),
        "original loss": Mistake(
            partial(_play, loss_of=lambda s: nn.functional.logsigmoid(-s).mean()),
            "this is the original loss, E[log(1 − D)], for a D that is a probability. A critic's "
            "score is used as it is: −E[D]",
        ),
    },
    small={"one point": partial(_round_case, count=1)},
)
