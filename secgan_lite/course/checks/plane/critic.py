"""Exercise A2 of lesson 00b: the critic's step."""

from functools import partial

import torch
from torch.nn.functional import relu, softplus

from secgan_lite.course import plane
from secgan_lite.course.checks.exercise import Case, Exercise, Mistake
from secgan_lite.course.checks.plane import steps
from secgan_lite.course.checks.plane.players import (
    batch,
    descent,
    free,
    left_in,
    moves_of,
    players,
    some_rate,
)


def _critic_case(draws: torch.Generator, count: int = 0) -> Case:
    G, D = players(draws)
    count = count or int(torch.randint(5, 9, (), generator=draws))
    rate = some_rate(draws)
    moves, remains, stays = moves_of(D, rate), left_in(G), moves_of(G, rate)
    arguments = (G, D, descent(D, rate), *batch(count, draws))

    def done() -> tuple[torch.Tensor, ...]:
        return moves(), remains(), free(G, D), stays()

    return Case(arguments, {}, {"points": count}, done)


CRITIC = Exercise(
    plane.critic_step,
    _critic_case,
    {
        "not detached": Mistake(
            partial(steps.critic_step, detached=False),
            "D moves as it should, but the loss also leaves a gradient in G, whose step this is "
            "not. Make the fake points under torch.no_grad(), or detach them",
        ),
        "not detached, G cleared before": Mistake(
            steps.uncleared,
            "D moves as it should, but the loss leaves a gradient in G: zero_grad() of G came "
            "before it. Make the fake points under torch.no_grad(), or detach them",
        ),
        "G left frozen": Mistake(
            steps.frozen,
            "D moves as it should, but G stays frozen: requires_grad is set to False and never "
            "back, so G can learn no more. torch.no_grad() around G(z, y) is enough",
        ),
        "scores without gradient": Mistake(
            steps.penalty_teaches,
            "the loss is right, but only the penalty moves D. Either D's scores were taken under "
            "torch.no_grad(), where only G belongs, or they were detached, or zero_grad() between "
            "two backward() deletes their gradient",
        ),
        "fake scores without gradient": Mistake(
            partial(steps.penalty_teaches, silent=("fake",)),
            "the loss is right, but D's scores of the fake points do not move D: they were taken "
            "under torch.no_grad(), where only G belongs, detached, or made a plain number",
        ),
        "real scores without gradient": Mistake(
            partial(steps.penalty_teaches, silent=("real",)),
            "the loss is right, but D's scores of the real points do not move D: they were taken "
            "under torch.no_grad(), where only G belongs, detached, or made a plain number",
        ),
        "G steps too": Mistake(
            steps.g_steps_too,
            "D moves as it should, but then G takes a step as well. That is G's turn, exercise A3: "
            "in D's step G stays as it is",
        ),
        "penalty detached": Mistake(
            steps.penalty_detached,
            "the loss is right, but the penalty does not move D: it is detached, or its slopes "
            "were taken without create_graph",
        ),
        "one after the other": Mistake(
            steps.one_after_the_other,
            "D takes two steps, one for the scores and one for the penalty. Add them up first: "
            "one loss, one step",
        ),
        "weights clipped": Mistake(
            steps.clipped,
            "D's weights are clipped, as in the first WGAN, and the penalty is missing. Here the "
            "penalty holds D's slope",
        ),
        "weights clipped as well": Mistake(
            partial(steps.clipped, weight=plane.LAMBDA_GP),
            "the loss is right, but then D's weights are clipped, as in the first WGAN. Here the "
            "penalty alone holds D's slope",
        ),
        "gradient shortened": Mistake(
            steps.shortened,
            "the loss is right, but D's gradient is clipped before the step. Here the optimiser "
            "gets it as it is",
        ),
        "noise for real": Mistake(
            steps.real_noise,
            "D scores the noise z where the real points, x, should stand",
        ),
        "fake for real": Mistake(
            partial(
                steps.critic_step,
                realism=lambda fake, real: 0 * fake,
                at=lambda x, fake, alpha: fake,
            ),
            "the fake points stand where the real ones, x, should stand: their scores cancel",
        ),
        "noise and label exchanged": Mistake(
            lambda G, *given: plane.critic_step(lambda z, y: G(y, z), *given),
            "noise and label have changed places in G: it is G(z, y)",
        ),
        "noise scored": Mistake(
            steps.noise_scored,
            "D judges the noise z itself, not what G makes of it: fake is G(z, y)",
        ),
        "own optimiser": Mistake(
            steps.own_optimiser,
            "the loss is right, but D moves by an optimiser of your own. Use the one that is "
            "given: it remembers earlier steps",
        ),
        "two steps": Mistake(steps.two_steps, "D takes two steps on one batch; it takes one"),
        "no zero_grad": Mistake(
            partial(steps.critic_step, clear=False),
            "the loss is right, but D also follows gradients that were left over, among them those "
            "of G's last step: optimiser.zero_grad() is missing before backward()",
        ),
        "no step": Mistake(
            partial(steps.critic_step, steps=False),
            "D does not move. Look for one of these: backward() or optimiser.step() is missing, "
            "step() comes before backward(), zero_grad() stands between the two, or the loss is "
            "detached",
        ),
        "sign": Mistake(
            partial(steps.critic_step, sign=-1),
            "the sign is wrong, or real and fake points are exchanged: D learns to score real "
            "points low. What goes down is fake minus real",
        ),
        "G without label": Mistake(
            partial(steps.critic_step, asked=torch.zeros_like),
            "G is asked with a label of zeros. Ask it for the labels y of the batch",
        ),
        "G's label of another": Mistake(
            partial(steps.critic_step, asked=lambda y: y.roll(1, 0)),
            "G is asked for one label and D told another: the label of the wrong cluster",
        ),
        "D without label": Mistake(
            partial(steps.critic_step, told=torch.zeros_like),
            "D judges fake points with a label of zeros. It must hear the label that G was asked "
            "for, else it can't punish a good point in the wrong cluster",
        ),
        "D told of another": Mistake(
            partial(steps.critic_step, told=lambda y: y.roll(1, 0)),
            "D is told the label of the wrong cluster with the fake points",
        ),
        "labels in reversed order, fake": Mistake(
            lambda *given: steps.critic_step(*given, told=lambda y: y.flip(0)),
            "with the fake points D is told the labels of the batch in reversed order. Rows of "
            "the batch belong together",
        ),
        "G asked for the opposite": Mistake(
            lambda *given: steps.critic_step(*given, asked=lambda y: 1 - y),
            "G is asked for the opposite labels. Ask it for the labels y of the batch",
        ),
        "labels exchanged for G": Mistake(
            lambda *given: steps.critic_step(*given, asked=lambda y: y.flip(1)),
            "the two labels have changed places for G: right is asked for as up",
        ),
        "labels exchanged, fake": Mistake(
            lambda *given: steps.critic_step(*given, told=lambda y: y.flip(1)),
            "the two labels have changed places for D's fake points: right is told as up",
        ),
        "labels exchanged, real": Mistake(
            lambda *given: steps.critic_step(*given, known=lambda y: y.flip(1)),
            "the two labels have changed places for D's real points: right is told as up",
        ),
        "opposite label, fake": Mistake(
            partial(steps.critic_step, told=lambda y: 1 - y),
            "D is told the opposite labels with the fake points. It must hear those that G was "
            "asked for, y",
        ),
        "D told of another, real": Mistake(
            partial(steps.critic_step, known=lambda y: y.roll(1, 0)),
            "D is told the label of the wrong cluster with the real points",
        ),
        "opposite label, real": Mistake(
            partial(steps.critic_step, known=lambda y: 1 - y),
            "D is told the opposite labels with the real points. It must hear their own, y",
        ),
        "real without label": Mistake(
            partial(steps.critic_step, known=torch.zeros_like),
            "D judges real points with a label of zeros; give it the labels y",
        ),
        "penalty without label": Mistake(
            partial(steps.critic_step, beside=torch.zeros_like),
            "the penalty asks D with a label of zeros: only that label's slope would be held",
        ),
        "penalty with the opposite label": Mistake(
            partial(steps.critic_step, beside=lambda y: 1 - y),
            "the penalty asks D with the opposite labels. Its places lie between points of the "
            "labels y, so D hears y there as well",
        ),
        "penalty with another's label": Mistake(
            partial(steps.critic_step, beside=lambda y: y.roll(1, 0)),
            "the penalty asks D with its neighbour's label. Rows of the batch belong together",
        ),
        "penalty beside the noise": Mistake(
            steps.penalty_beside_noise,
            "the penalty is taken between the real points and the noise z. It belongs between "
            "real and fake points: fake is G(z, y)",
        ),
        "no fake points": Mistake(
            partial(steps.critic_step, realism=lambda fake, real: -real),
            "the fake points are missing in the loss: only real scores count",
        ),
        "no real points": Mistake(
            partial(steps.critic_step, realism=lambda fake, real: fake),
            "the real points are missing in the loss: only fake scores count",
        ),
        "original loss": Mistake(
            partial(
                steps.critic_step,
                realism=lambda fake, real: (
                    softplus(fake) + softplus(-real)
                ),
            ),
            "this is the original loss, −log D and −log(1 − D), for a D that is a probability. A "
            "critic's scores are used as they are",
        ),
        "original loss, exchanged": Mistake(
            lambda *given: steps.critic_step(
                *given, realism=lambda fake, real: softplus(-fake) + softplus(real)
            ),
            "this is the original loss, for a D that is a probability, and with real and fake "
            "exchanged. A critic's scores are used as they are: fake minus real",
        ),
        "tanh": Mistake(
            lambda *given: steps.critic_step(
                *given, realism=lambda fake, real: fake.tanh() - real.tanh()
            ),
            "D's scores go through a tanh. A critic's scores are used as they are: between −1 "
            "and 1 they could not measure a distance",
        ),
        "largest scores": Mistake(
            lambda *given: steps.critic_step(
                *given, realism=lambda fake, real: fake.max() - real.max()
            ),
            "the largest score of each side is taken. E is a mean over all points",
        ),
        "probabilities": Mistake(
            partial(steps.critic_step, realism=lambda fake, real: fake.sigmoid() - real.sigmoid()),
            "D's scores go through a sigmoid. A critic's scores are used as they are: between 0 "
            "and 1 they could not measure a distance",
        ),
        "hinge": Mistake(
            partial(steps.critic_step, realism=lambda fake, real: relu(1 + fake) + relu(1 - real)),
            "this is the hinge loss: it stops to teach where a score is beyond 1 or −1. A critic's "
            "scores are used as they are",
        ),
        "least squares": Mistake(
            partial(
                steps.critic_step,
                realism=lambda fake, real: fake.square() + (real - 1).square(),
            ),
            "these are least squares, for a D that wants 1 for real points and 0 for fake ones. A "
            "critic's scores are used as they are",
        ),
        "size of each gap": Mistake(
            partial(steps.critic_step, realism=lambda fake, real: -(fake - real).abs()),
            "the absolute value of each pair's gap is taken, so D may as well score fake points "
            "high. What goes down is fake minus real, with its sign",
        ),
        "both pulled down": Mistake(
            partial(steps.critic_step, realism=lambda fake, real: fake + real),
            "the scores of real and fake points are added, so D lowers both. What goes down is "
            "fake minus real",
        ),
        "penalty alone": Mistake(
            partial(steps.critic_step, realism=lambda fake, real: 0 * fake),
            "the scores are missing in the loss: only the penalty is left, and D learns no "
            "difference between real and fake",
        ),
        "size of the gap": Mistake(
            partial(steps.critic_step, join=lambda gap: -gap.mean().abs()),
            "the absolute value of the gap is taken, so D may as well score fake points high. "
            "What goes down is fake minus real, with its sign",
        ),
        "size of the gap, down": Mistake(
            partial(steps.critic_step, join=lambda gap: gap.mean().abs()),
            "the absolute value of the gap goes down, so D learns to score real and fake points "
            "alike. What goes down is fake minus real, with its sign",
        ),
        "half the gap": Mistake(
            partial(steps.critic_step, join=lambda gap: gap.mean() / 2),
            "the gap of the scores counts half. It counts whole: only the penalty has a weight",
        ),
        "square of the gap": Mistake(
            partial(steps.critic_step, join=lambda gap: -gap.mean().square()),
            "the gap of the scores is squared, so D may as well score fake points high. What goes "
            "down is fake minus real, with its sign",
        ),
        "square of the gap, down": Mistake(
            partial(steps.critic_step, join=lambda gap: gap.mean().square()),
            "the square of the gap goes down, so D learns to score real and fake points alike. "
            "What goes down is fake minus real, with its sign",
        ),
        "half the penalty": Mistake(
            partial(steps.critic_step, weight=0.5),
            "the penalty counts half. Here its weight is plane.LAMBDA_GP, which is 1",
        ),
        "twice the penalty": Mistake(
            partial(steps.critic_step, weight=2),
            "the penalty counts twice. Here its weight is plane.LAMBDA_GP, which is 1",
        ),
        "five times the penalty": Mistake(
            lambda *given: steps.critic_step(*given, weight=5),
            "the penalty counts five times. Here its weight is plane.LAMBDA_GP, which is 1",
        ),
        "lambda of images": Mistake(
            partial(steps.critic_step, weight=10),
            "the penalty has the weight 10, as for images. Here it is plane.LAMBDA_GP, which is 1",
        ),
        "sum": Mistake(
            partial(steps.critic_step, join=torch.sum),
            "the scores are summed over the batch. E is a mean: a sum grows with the batch, and "
            "the penalty would count for less and less",
        ),
        "exchanged in the penalty": Mistake(
            partial(steps.critic_step, at=lambda x, fake, alpha: torch.lerp(x, fake, alpha)),
            "real and fake are exchanged in the penalty. With a random alpha it would train as "
            "well, but here it is plane.penalty(D, x, fake, y, alpha)",
        ),
        "realism returned": Mistake(
            steps.realism_returned,
            "D moves as it should, but what is returned lacks the penalty: return the whole loss",
        ),
        "loss of the new D": Mistake(
            steps.loss_afterwards,
            "D moves as it should, but the loss that is returned was computed again after the "
            "step. Return the one that led to it",
        ),
        "distance of the new D": Mistake(
            steps.distance_afterwards,
            "D moves as it should, but what is returned is the gap of the new D's scores, real "
            "minus fake. Return the loss that led to the step",
        ),
        "one alpha": Mistake(
            lambda *given: steps.critic_step(*given[:-1], given[-1].mean().expand_as(given[-1])),
            "the penalty takes one alpha, the mean, for all points. Each point has its own",
        ),
        "penalty at real": Mistake(
            partial(steps.critic_step, at=lambda x, fake, alpha: x),
            "the penalty is taken at the real points. It belongs between real and fake ones: at "
            "α·real + (1 − α)·fake",
        ),
        "penalty at fake": Mistake(
            partial(steps.critic_step, at=lambda x, fake, alpha: fake),
            "the penalty is taken at the fake points. It belongs between real and fake ones: at "
            "α·real + (1 − α)·fake",
        ),
        "no penalty": Mistake(
            partial(steps.critic_step, penalty=lambda norm: 0 * norm.sum()),
            "the penalty is missing: nothing keeps D's slope near 1",
        ),
        "penalty one-sided": Mistake(
            partial(steps.critic_step, penalty=lambda norm: relu(norm - 1).square().mean()),
            "the penalty is one-sided: only slopes above 1 cost. Here slopes below 1 cost as well",
        ),
        "penalty without the root": Mistake(
            partial(steps.critic_step, penalty=lambda norm: (norm.square() - 1).square().mean()),
            "the root is missing in the penalty: 1 is taken from the squared length of D's slope. "
            "It is taken from the length itself",
        ),
        "penalty towards 0": Mistake(
            partial(steps.critic_step, penalty=lambda norm: norm.square().mean()),
            "the penalty asks for slope 0, so it works against the scores. It asks for slope 1: "
            "1 is taken from the length before it is squared",
        ),
        "penalty without the square": Mistake(
            partial(steps.critic_step, penalty=lambda norm: (norm - 1).abs().mean()),
            "the penalty takes absolute deviations from slope 1; here it takes their squares",
        ),
        "penalty summed": Mistake(
            partial(steps.critic_step, penalty=lambda norm: (norm - 1).square().sum()),
            "the penalty is summed over the batch. E is a mean: a sum grows with the batch",
        ),
        "penalty on the mean": Mistake(
            partial(steps.critic_step, penalty=lambda norm: (norm.mean() - 1).square()),
            "the penalty's square is outside its mean. Square each point's deviation, then average",
        ),
        "penalty taken away": Mistake(
            partial(steps.critic_step, penalty=lambda norm: -(norm - 1).square().mean()),
            "the penalty is subtracted: D would be paid for slopes far from 1",
        ),
    },
    small={"one point": partial(_critic_case, count=1)},
    results=(
        "the loss",
        "the move of all D's weights in a row",
        "G's gradients",
        "G and D not frozen",
        "the move of all G's weights in a row",
    ),
    uses=("x y z alpha",) * 5,
)  # fmt: skip
