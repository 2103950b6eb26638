"""Exercise A3 of lesson 00b: a round of the game."""

from functools import partial

import torch
from torch.nn.functional import logsigmoid, relu, softplus

from secgan_lite.course import plane
from secgan_lite.course.checks.exercise import Case, Exercise, Mistake
from secgan_lite.course.checks.plane import rounds
from secgan_lite.course.checks.plane.players import (
    batch,
    descent,
    free,
    moves_of,
    players,
    some_rate,
)

_MANY = 9, 13  # steps of D where nobody counts them


def _round_case(draws: torch.Generator, count: int = 0, level: float = 0.0, steps: int = 2) -> Case:
    """Without ``steps`` D takes many, and another number of them each time."""
    G, D = players(draws, level)
    steps = steps or int(torch.randint(*_MANY, (), generator=draws))
    count = count or int(torch.randint(5, 9, (), generator=draws))
    batches = [batch(count, draws) for _ in range(steps)]
    _, y, z, _ = batch(count, draws)
    # Many long steps would make a difference in rounding large.
    rate_g, rate_d = (some_rate(draws) / max(1, steps / 4) for _ in range(2))
    g_moved, d_moved = moves_of(G, rate_g), moves_of(D, rate_d)
    arguments = (G, D, descent(G, rate_g), descent(D, rate_d), batches, z, y)
    return Case(arguments, {}, {"points": count}, lambda: (g_moved(), d_moved(), free(G, D)))


ROUND = Exercise(
    plane.play,
    _round_case,
    {
        "G first": Mistake(
            partial(rounds.play, order="GD"),
            "G takes its step before D: it follows the critic of the last round. D's steps come "
            "first",
        ),
        "simultaneous": Mistake(
            partial(rounds.play, order="together"),
            "both players answer the other's last move: G's gradient was taken before D's steps. "
            "They take turns: first D's steps, then G's loss with the new D",
        ),
        "one batch": Mistake(
            partial(rounds.play, critic_steps=slice(1)),
            "D takes one step only. It takes one for each batch in `batches`",
        ),
        "two batches": Mistake(
            partial(rounds.play, critic_steps=slice(2)),
            "D takes two steps at most. It takes one for each batch in `batches`, however many",
        ),
        "last batch left out": Mistake(
            partial(rounds.play, critic_steps=slice(-1)),
            "D takes no step on the last batch. It takes one for each batch in `batches`",
        ),
        "last batch alone": Mistake(
            partial(rounds.play, critic_steps=slice(-1, None)),
            "D takes a step on the last batch only. It takes one for each batch in `batches`",
        ),
        "each batch twice": Mistake(
            rounds.each_twice, "D takes two steps on each batch; it takes one for each"
        ),
        "all batches twice": Mistake(
            lambda G, D, for_g, for_d, batches, z, y: plane.play(
                G, D, for_g, for_d, [*batches, *batches], z, y
            ),
            "D goes through the batches twice. It takes one step for each",
        ),
        "no D": Mistake(
            partial(rounds.play, critic_steps=slice(0)),
            "D takes no step: call critic_step for each batch, with D's optimiser, for_d",
        ),
        "G in each": Mistake(
            partial(rounds.play, every=True),
            "G takes a step after each of D's steps. It takes one in a round, after the last",
        ),
        "sign": Mistake(
            partial(rounds.play, sign=1),
            "the sign is wrong: G goes down the slope of D. It wants *high* scores, so what goes "
            "down is −E[D]",
        ),
        "sum": Mistake(
            partial(rounds.play, join=torch.sum),
            "the scores are summed over the batch; E is a mean",
        ),
        "G without label": Mistake(
            partial(rounds.play, asked=torch.zeros_like),
            "G is asked with a label of zeros. Ask it for y",
        ),
        "D without label": Mistake(
            partial(rounds.play, told=torch.zeros_like),
            "D judges G's points with a label of zeros. It must hear the label G was asked for",
        ),
        "D told of another": Mistake(
            partial(rounds.play, told=lambda y: y.roll(1, 0)),
            "D is told the label of the wrong cluster: G would learn to go there",
        ),
        "opposite label": Mistake(
            partial(rounds.play, told=lambda y: 1 - y),
            "D is told the opposite labels: G would learn to go to the opposite cluster",
        ),
        "no zero_grad": Mistake(
            partial(rounds.play, clear=False),
            "the loss is right, but G also follows gradients that were left over: "
            "for_g.zero_grad() is missing",
        ),
        "no step": Mistake(
            partial(rounds.play, steps=False),
            "G does not move. Look for one of these: backward() or for_g.step() is missing, "
            "step() comes before backward(), for_g.zero_grad() stands between the two, or G's "
            "points or D's score of them are detached",
        ),
        "real scored": Mistake(
            rounds.real_scored,
            "D scores the real points of its last batch, so no gradient reaches G. What D judges "
            "is G(z, y)",
        ),
        "own optimiser": Mistake(
            rounds.own_optimiser,
            "the loss is right, but G moves by an optimiser of your own. Use the one that is "
            "given, for_g: it remembers earlier steps",
        ),
        "D left frozen": Mistake(
            rounds.frozen,
            "both players move as they should, but D stays frozen: requires_grad is set to False "
            "and never back, so from the next round on D can learn no more. for_g moves G alone, "
            "so nothing has to be frozen",
        ),
        "noise scored": Mistake(
            rounds.noise_scored,
            "D judges the noise z itself, so no gradient reaches G. What D judges is G(z, y)",
        ),
        "D moves too": Mistake(
            rounds.both_descend,
            "G's loss moves D as well, towards high scores for fake points. In G's step only "
            "for_g takes a step",
        ),
        "D moves too, and once more": Mistake(
            partial(rounds.both_descend, clear_d=False),
            "G's loss moves D as well, along with D's gradient of its last step. In G's step only "
            "for_g takes a step",
        ),
        "optimisers exchanged": Mistake(
            partial(rounds.other_optimiser, of_critic=True),
            "the two optimisers are exchanged: for_d moves D, so it belongs in critic_step, and "
            "for_g moves G, so it takes the step of G's loss",
        ),
        "D's optimiser for G": Mistake(
            rounds.other_optimiser,
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
        "labels of D's batch": Mistake(
            lambda G, D, for_g, for_d, batches, z, y: plane.play(
                G, D, for_g, for_d, batches, z, batches[-1][1]
            ),
            "G's step takes the labels of D's last batch. It gets labels of its own, y: is a "
            "name used twice?",
        ),
        "D told labels of its batch": Mistake(
            rounds.told_labels_of_d,
            "with G's points D hears the labels of its own last batch. It must hear those that G "
            "was asked for, y",
        ),
        "noise of G for D": Mistake(
            lambda G, D, for_g, for_d, batches, z, y: rounds.other_parts(
                G, D, for_g, for_d, batches, z, y, change=lambda x, y, _, alpha: (x, y, z, alpha)
            ),
            "D's steps take the noise of G's step, z. Each batch has noise of its own: is a name "
            "used twice?",
        ),
        "noise and label exchanged, D": Mistake(
            partial(rounds.other_parts, change=lambda x, y, z, alpha: (x, z, y, alpha)),
            "noise and label have changed places in D's steps: a batch is (x, y, z, alpha)",
        ),
        "D's loss": Mistake(
            rounds.critics_loss,
            "both players move as they should, but D's loss is returned, not G's",
        ),
        "real scores returned": Mistake(
            rounds.real_scores_returned,
            "both players move as they should, but D's score of real points is returned, not G's "
            "loss",
        ),
        "loss of the new G": Mistake(
            rounds.g_loss_afterwards,
            "both players move as they should, but the loss that is returned was computed again "
            "after G's step. Return the one that led to it",
        ),
        "two steps of G": Mistake(
            rounds.twice, "G takes two steps with one noise; it takes one in a round"
        ),
        "two steps of G, first loss": Mistake(
            partial(rounds.twice, first=True),
            "the loss is right, but G takes two steps with one noise; it takes one in a round",
        ),
        "labels of G for D": Mistake(
            rounds.labels_of_g,
            "D's steps take the labels of G's step, y, with the points of their own batch: is a "
            "name used twice?",
        ),
        "penalty in G's loss": Mistake(
            partial(
                rounds.d_part_added,
                part=lambda D, x, y_real, fake, y, alpha: plane.penalty(D, x, fake, y, alpha),
            ),
            "the penalty is added to G's loss. It says how D should be, so it belongs in D's; "
            "here it only spoils the number",
        ),
        "real scores added": Mistake(
            partial(rounds.d_part_added, part=lambda D, x, y_real, *rest: D(x, y_real).mean()),
            "D's score of real points is added to G's loss. G can't change it: it belongs in D's",
        ),
        "one step for all": Mistake(
            lambda G, D, for_g, for_d, batches, *given: plane.play(
                G,
                D,
                for_g,
                for_d,
                [[torch.cat(part) for part in zip(*batches, strict=True)]],
                *given,
            ),
            "all batches are joined, and D takes one step. It takes one for each batch",
        ),
        "losses added": Mistake(
            rounds.losses_added, "both players move as they should, but D's losses are added to G's"
        ),
        "last loss added": Mistake(
            rounds.last_loss_added,
            "both players move as they should, but D's last loss is added to G's",
        ),
        "loss shared": Mistake(
            rounds.shared,
            "G's loss is divided by the number of D's steps. E is a mean over points, and that "
            "is all",
        ),
        "G asked for the opposite": Mistake(
            lambda *given: rounds.play(*given, asked=lambda y: 1 - y),
            "G is asked for the opposite labels. Ask it for y",
        ),
        "labels exchanged for G": Mistake(
            lambda *given: rounds.play(*given, asked=lambda y: y.flip(1)),
            "the two labels have changed places for G: right is asked for as up",
        ),
        "tanh": Mistake(
            lambda *given: rounds.play(*given, loss_of=lambda s: -s.tanh().mean()),
            "D's scores go through a tanh. A critic's scores are used as they are",
        ),
        "cut off at 0": Mistake(
            lambda *given: rounds.play(*given, loss_of=lambda s: relu(-s).mean()),
            "the loss is cut off at a score of 0, where G would learn no more. A critic's score "
            "is used as it is: −E[D]",
        ),
        "log of what D rejects": Mistake(
            lambda *given: rounds.play(*given, loss_of=lambda s: softplus(s).mean()),
            "this is −E[log(1 − D)], D's own loss for made points: G would go where D is sure "
            "that they are made. A critic's score is used as it is: −E[D]",
        ),
        "loss of the old D": Mistake(
            rounds.g_loss_before,
            "both players move as they should, but the loss that is returned was computed before "
            "D's steps. Return the one that G descends",
        ),
        "noise and label exchanged": Mistake(
            partial(rounds.play, exchanged=True),
            "noise and label have changed places in G: it is G(z, y)",
        ),
        "labels exchanged": Mistake(
            partial(rounds.play, told=lambda y: y.flip(1)),
            "the two labels have changed places for D: right is told as up",
        ),
        "probabilities": Mistake(
            partial(rounds.play, loss_of=lambda s: -s.sigmoid().mean()),
            "D's scores go through a sigmoid. A critic's scores are used as they are",
        ),
        "hinge": Mistake(
            partial(rounds.play, loss_of=lambda s: relu(1 - s).mean()),
            "the loss is cut off at a score of 1, where G would learn no more. A critic's score "
            "is used as it is: −E[D]",
        ),
        "size of the score": Mistake(
            partial(rounds.play, loss_of=lambda s: s.mean().abs()),
            "the absolute value of the mean score goes down, so G aims at a score of 0. It wants "
            "high scores: −E[D]",
        ),
        "square of each score": Mistake(
            partial(rounds.play, loss_of=lambda s: s.square().mean()),
            "the squares of the scores go down, so G aims at a score of 0. It wants high scores: "
            "−E[D]",
        ),
        "square of each score, up": Mistake(
            partial(rounds.play, loss_of=lambda s: -s.square().mean()),
            "the squares of the scores go up, so G may as well aim at low scores. It wants high "
            "ones: −E[D]",
        ),
        "towards real points": Mistake(
            rounds.towards_real,
            "G is drawn to the real points of D's last batch, pair by pair. No made point belongs "
            "to a real one: G learns through D alone, −E[D]",
        ),
        "towards real points, summed": Mistake(
            partial(rounds.towards_real, join=lambda squares: squares.sum(dim=1).mean()),
            "G is drawn to the real points of D's last batch, pair by pair. No made point belongs "
            "to a real one: G learns through D alone, −E[D]",
        ),
        "squares": Mistake(
            partial(rounds.play, loss_of=lambda s: (s - 1).square().mean()),
            "this is a least-squares loss, (D − 1)², for a D that wants 1 for real points. A "
            "critic's score is used as it is: −E[D]",
        ),
        "log D": Mistake(
            partial(rounds.play, loss_of=lambda s: softplus(-s).mean()),
            "this is the remedy of the original loss, −E[log D], for a D that is a probability. A "
            "critic's score is used as it is: −E[D]",
        ),
        "original loss": Mistake(
            partial(rounds.play, loss_of=lambda s: logsigmoid(-s).mean()),
            "this is the original loss, E[log(1 − D)], for a D that is a probability. A critic's "
            "score is used as it is: −E[D]",
        ),
    },
    corners=(
        partial(_round_case, level=12.0),
        partial(_round_case, level=-12.0, steps=1),
        partial(_round_case, steps=0),
    ),
    small={
        "one point": partial(_round_case, count=1),
        "one point and nine steps of D or more": partial(_round_case, count=1, steps=0),
    },
    results=(
        "the loss",
        "the move of all G's weights in a row",
        "the move of all D's weights in a row",
        "G and D not frozen",
    ),
    uses=("batches z y",) * 4,
)
