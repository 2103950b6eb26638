"""Exercise C of lesson 00b: what an editor descends."""

from functools import partial

import torch
from torch.nn.functional import logsigmoid, relu, smooth_l1_loss, softplus

from secgan_lite.course import plane
from secgan_lite.course.checks.exercise import Case, Exercise, Mistake
from secgan_lite.course.checks.plane.players import batch, players


def _edit_case(draws: torch.Generator, count: int = 0, level: float = 0.0) -> Case:
    G, D = players(draws, level)
    count = count or int(torch.randint(5, 9, (), generator=draws))
    x, y, _, _ = batch(count, draws)
    y_diff = y.roll(1, 0) - y
    y_diff[0] = 0  # nothing is asked of this point
    y_diff[-1] = (1 - 2 * y[-1]) * torch.tensor([1.0, 0.0])  # one label changes, the other stays
    return Case((G, D, x, y, y_diff), {"G's weights": G.body[0].weight}, {"points": count})


def _edit_loss(
    G,
    D,
    x,
    y,
    y_diff,
    *,
    judged=lambda y, d: y + d,
    hears=lambda y, d: d,  # G
    same=lambda d: 0 * d,
    back=False,
    weight=plane.LAMBDA_REC,
    sign=-1,
    score=lambda scores: scores,
    join=torch.mean,  # scores
    gather=torch.mean,  # differences
    distance=torch.abs,
    seen=lambda edited, x, unchanged: edited,  # by D
):
    """An editor's loss with a part of it replaced."""
    edited, unchanged = G(x, hears(y, y_diff)), G(x, same(y_diff))
    held = G(edited, -y_diff) if back else unchanged
    realism = sign * join(score(D(seen(edited, x, unchanged), judged(y, y_diff))))
    return realism + weight * gather(distance(held - x))


def _realism(D, points, label):
    return -D(points, label).mean()


def _held(points, x):
    return plane.LAMBDA_REC * (points - x).abs().mean()


colleague = partial(_edit_loss, judged=lambda y, d: y)
EDIT = Exercise(
    plane.edit_loss,
    _edit_case,
    {
        "source label": Mistake(
            colleague,
            "D still judges the edits with the labels that the points had, so G is paid for "
            "staying in its cluster",
        ),
        "difference": Mistake(
            partial(_edit_loss, judged=lambda y, d: d),
            "D judges the edits with the difference. D knows clusters, so it must hear the label "
            "that the edit should have, y + y_diff",
        ),
        "half of the wish": Mistake(
            partial(_edit_loss, judged=lambda y, d: y + d / 2),
            "D judges the edits with y + y_diff/2, half-way between two labels. A label is 0 or 1: "
            "y + y_diff",
        ),
        "twice the wish": Mistake(
            partial(_edit_loss, judged=lambda y, d: y + 2 * d),
            "D judges the edits with y + 2·y_diff, which is no label: +1 takes a 0 to 1, not to 2",
        ),
        "labels exchanged": Mistake(
            partial(_edit_loss, judged=lambda y, d: (y + d).flip(1)),
            "the two labels have changed places for D: right is told as up",
        ),
        "another's label": Mistake(
            partial(_edit_loss, judged=lambda y, d: (y + d).roll(1, 0)),
            "D judges each edit with its neighbour's label. Rows of the batch belong together",
        ),
        "opposite way": Mistake(
            partial(_edit_loss, judged=lambda y, d: y - d),
            "D judges the edits with y − y_diff, which is no label: a difference is added",
        ),
        "opposite label": Mistake(
            partial(_edit_loss, judged=lambda y, d: 1 - y),
            "D judges the edits with 1 − y, as if every wish reversed both labels. Where y_diff is "
            "0 a label stays; y + y_diff is right for every wish",
        ),
        "no label": Mistake(
            partial(_edit_loss, judged=lambda y, d: 0 * y),
            "D judges the edits with a label of zeros, so every edit is sent to one cluster",
        ),
        "never removed, clamped": Mistake(
            partial(_edit_loss, judged=lambda y, d: (y + d.abs()).clamp(0, 1)),
            "the sign of y_diff is lost: where a label should go, D still hears 1. It hears "
            "y + y_diff",
        ),
        "only wishes judged": Mistake(
            lambda G, D, x, y, d: (
                -D(G(x, d), y + d)[d.abs().sum(dim=1) > 0].mean() + _held(G(x, 0 * d), x)
            ),
            "only points with a wish are judged. A difference of zeros counts as well: E is over "
            "all points, and a batch without a wish would give nan",
        ),
        "change as output": Mistake(
            lambda G, D, x, y, d: _realism(D, x + G(x, d), y + d) + _held(x + G(x, 0 * d), x),
            "G's output is added to x, as if G gave the way to go. Here G(x, y_diff) is the edited "
            "point itself",
        ),
        "change as output of the edit": Mistake(
            lambda G, D, x, y, d: _realism(D, x + G(x, d), y + d) + _held(G(x, 0 * d), x),
            "D judges x + G(x, y_diff), as if G gave the way to go. Here G(x, y_diff) is the "
            "edited point itself",
        ),
        "point and label exchanged": Mistake(
            lambda G, D, x, y, d: _realism(D, y + d, G(x, d)) + _held(G(x, 0 * d), x),
            "point and label have changed places in D: it is D(point, label)",
        ),
        "never removed": Mistake(
            partial(_edit_loss, judged=lambda y, d: y + d.abs()),
            "the sign of y_diff is lost: where a label should go, D hears 2, which is no label",
        ),
        "opposite wish": Mistake(
            partial(_edit_loss, hears=lambda y, d: -d),
            "G gets −y_diff: it is asked for the opposite of what D then judges",
        ),
        "target for G": Mistake(
            partial(_edit_loss, hears=lambda y, d: y + d),
            "G is told the label that the edit should have. That is StarGAN's habit; this G is "
            "told the difference, y_diff",
        ),
        "source for G": Mistake(
            partial(_edit_loss, hears=lambda y, d: y),
            "G is told the label that the point has. It must hear the wanted change, y_diff",
        ),
        "label for no change": Mistake(
            lambda G, D, x, y, d: _realism(D, G(x, d), y + d) + _held(G(x, y), x),
            "to change nothing, G is told the point's label. For a G that is told differences, "
            "'change nothing' is a y_diff of zeros",
        ),
        "source label and edit": Mistake(
            partial(_edit_loss, judged=lambda y, d: y, same=lambda d: d),
            "two things. First, D judges the edits with the labels that the points had. Second, "
            "the *edit* is compared with the input",
        ),
        "reconstruction edits": Mistake(
            partial(_edit_loss, same=lambda d: d),
            "the *edit* is compared with the input, so G is paid for not editing. Compare "
            "G(x, 0), which was asked to change nothing",
        ),
        "edit beside the unchanged": Mistake(
            lambda G, D, x, y, d: (
                _realism(D, G(x, d), y + d) + _held(G(x, d), G(x, torch.zeros_like(d)))
            ),
            "the edit is compared with G(x, 0), so G is paid for not editing. Compare G(x, 0) with "
            "the point itself, x",
        ),
        "input judged": Mistake(
            partial(_edit_loss, seen=lambda edited, x, unchanged: x),
            "D judges the input x, not the edit: no realism reaches G. Judge G(x, y_diff)",
        ),
        "the unchanged judged": Mistake(
            partial(_edit_loss, seen=lambda edited, x, unchanged: unchanged),
            "D judges G(x, 0) with the wanted label, so G is paid for an edit when it is asked to "
            "change nothing. Judge G(x, y_diff)",
        ),
        "the unchanged judged by its label": Mistake(
            lambda G, D, x, y, d: _edit_loss(G, D, x, y, 0 * d),
            "D judges G(x, 0) with the label that the point had, so nothing asks G for an edit. "
            "Judge G(x, y_diff)",
        ),
        "calls exchanged": Mistake(
            lambda G, D, x, y, d: _realism(D, G(x, 0 * d), y + d) + _held(G(x, d), x),
            "the two calls of G have changed places: D should judge G(x, y_diff), and G(x, 0) be "
            "compared with x",
        ),
        "the unchanged judged as well": Mistake(
            lambda G, D, x, y, d: plane.edit_loss(G, D, x, y, d) + _realism(D, G(x, 0 * d), y),
            "D judges G(x, 0) as well. It would train as well; here G(x, 0) is only compared with "
            "x",
        ),
        "edit held as well": Mistake(
            lambda G, D, x, y, d: plane.edit_loss(G, D, x, y, d) + _held(G(x, d), x),
            "the *edit* is compared with the input as well, so G is paid for not editing",
        ),
        "compared with nothing": Mistake(
            lambda G, D, x, y, d: _realism(D, G(x, d), y + d) + _held(G(x, 0 * d), 0),
            "the reconstruction draws G(x, 0) itself to 0. Either the input x is missing in it, "
            "or x is added to G's output first, as if G gave the way to go",
        ),
        "old label subtracted": Mistake(
            lambda G, D, x, y, d: (
                _realism(D, G(x, d), y + d)
                - _realism(D, G(x, d), y)
                + _held(G(x, torch.zeros_like(d)), x)
            ),
            "D's score of the edit with its old label is taken away. D says how real a point is "
            "for one label: the wanted one is enough, and is all that is wanted here",
        ),
        "taught the truth": Mistake(
            lambda G, D, x, y, d: (
                _realism(D, G(x, d), y + d) + _held(G(x, d), plane.true_edit(x, d))
            ),
            "the edit is compared with the true edit. Nobody has that for real data, and no editor "
            "here is shown it. Compare G(x, 0) with x",
        ),
        "cycle as well": Mistake(
            lambda G, D, x, y, d: plane.edit_loss(G, D, x, y, d) + _held(G(G(x, d), -d), x),
            "the cycle is added to the reconstruction. It would train as well; here G(x, 0) alone "
            "is asked",
        ),
        "real points judged": Mistake(
            lambda G, D, x, y, d: _edit_loss(G, D, x, y, d) + D(x, y).mean(),
            "D's score of the real points is added. G can't change it; it belongs in D's loss",
        ),
        "cycle": Mistake(
            partial(_edit_loss, back=True),
            "this is the cycle: there and back. It trains as well, through two calls of G, one "
            "after the other; here G(x, 0) is asked",
        ),
        "no reconstruction": Mistake(
            partial(_edit_loss, weight=0),
            "the reconstruction is missing: nothing says what to keep",
        ),
        "reconstruction taken away": Mistake(
            partial(_edit_loss, weight=-plane.LAMBDA_REC),
            "the reconstruction is subtracted: G would be paid for changing what it should keep",
        ),
        "weight of SeCGAN": Mistake(
            partial(_edit_loss, weight=10),
            "the reconstruction has the weight 10, as in SeCGAN. Here it is plane.LAMBDA_REC, "
            "which is 1",
        ),
        "log D": Mistake(
            partial(_edit_loss, sign=1, score=lambda s: softplus(-s)),
            "this is the remedy of the original loss, −E[log D], for a D that is a probability. A "
            "critic's score is used as it is: −E[D]",
        ),
        "probabilities": Mistake(
            partial(_edit_loss, score=torch.sigmoid),
            "D's scores go through a sigmoid. A critic's scores are used as they are",
        ),
        "least squares": Mistake(
            partial(_edit_loss, sign=1, score=lambda s: (s - 1).square()),
            "this is a least-squares loss, (D − 1)², for a D that wants 1 for real points. A "
            "critic's score is used as it is: −E[D]",
        ),
        "hinge": Mistake(
            partial(_edit_loss, sign=1, score=lambda s: relu(1 - s)),
            "the score is cut off at 1, where G would learn no more. A critic's score is used as "
            "it is: −E[D]",
        ),
        "size of each score": Mistake(
            partial(_edit_loss, score=torch.abs),
            "the absolute values of the scores are taken, so G may as well go where scores are "
            "low. It wants high scores: −E[D]",
        ),
        "sign": Mistake(
            partial(_edit_loss, sign=1),
            "realism has the wrong sign: G would go where D's scores are low",
        ),
        "sum": Mistake(
            partial(_edit_loss, join=torch.sum, gather=torch.sum),
            "it is summed over the batch; E is a mean",
        ),
        "scores summed": Mistake(
            partial(_edit_loss, join=torch.sum),
            "D's scores are summed over the batch; E is a mean. So the larger the batch, the less "
            "the reconstruction counts",
        ),
        "reconstruction summed": Mistake(
            partial(_edit_loss, gather=torch.sum),
            "the reconstruction is summed over points and coordinates; here, as in the package, it "
            "is a mean over both. So the larger the batch, the less realism counts",
        ),
        "half the reconstruction": Mistake(
            partial(_edit_loss, weight=0.5),
            "the reconstruction counts half. The ½ of the formula stands before a sum over two "
            "coordinates: .mean(), over points and coordinates, holds it already",
        ),
        "huber": Mistake(
            partial(_edit_loss, gather=lambda c: smooth_l1_loss(c, 0 * c), distance=lambda c: c),
            "the reconstruction is the Huber loss, smooth_l1_loss, which squares differences "
            "below 1. Here it is the absolute difference, l1_loss",
        ),
        "kept with ones": Mistake(
            partial(_edit_loss, same=torch.ones_like),
            "to change nothing, G is told a y_diff of ones, which adds both labels. 'Change "
            "nothing' is a y_diff of zeros",
        ),
        "undone at once": Mistake(
            partial(_edit_loss, same=lambda d: -d),
            "G(x, −y_diff), the opposite edit, is compared with x, so G is paid for not editing. "
            "Compare G(x, 0)",
        ),
        "edit kept as it is": Mistake(
            lambda G, D, x, y, d: (
                _realism(D, G(x, d), y + d) + _held(G(G(x, d), torch.zeros_like(d)), x)
            ),
            "G(edited, 0) is compared with x, so G is paid for not editing. Compare G(x, 0)",
        ),
        "unchanged beside the label": Mistake(
            lambda G, D, x, y, d: _realism(D, G(x, d), y + d) + _held(G(x, 0 * d), y),
            "G(x, 0) is compared with the label y. It is compared with the point, x",
        ),
        "labels reversed": Mistake(
            partial(_edit_loss, judged=lambda y, d: 1 - (y + d)),
            "D judges the edits with the opposite of the label that they should have. It hears "
            "y + y_diff",
        ),
        "true edits judged as well": Mistake(
            lambda G, D, x, y, d: (
                plane.edit_loss(G, D, x, y, d) + D(plane.true_edit(x, d), y + d).mean()
            ),
            "D's score of the true edits is taken away. Nobody has those for real data, and G "
            "can't change their score",
        ),
        "original loss": Mistake(
            partial(_edit_loss, sign=1, score=lambda s: logsigmoid(-s)),
            "this is the original loss, E[log(1 − D)], for a D that is a probability. A critic's "
            "score is used as it is: −E[D]",
        ),
        "only zero wishes kept": Mistake(
            lambda G, D, x, y, d: (
                _realism(D, G(x, d), y + d)
                + _held(G(x, 0 * d)[d.abs().sum(dim=1) == 0], x[d.abs().sum(dim=1) == 0])
            ),
            "only points without a wish are kept. G(x, 0) is asked of *every* point, whatever its "
            "own wish is",
        ),
        "sum over coordinates": Mistake(
            partial(_edit_loss, distance=lambda change: change.abs().sum(dim=1)),
            "the reconstruction weighs twice as much as it should: is it summed over the two "
            "coordinates? Here, as in the package, it is a mean over points and coordinates",
        ),
        "length": Mistake(
            partial(_edit_loss, distance=lambda change: change.norm(dim=1)),
            "the reconstruction takes the length of each difference. Here, as in L_rec of section "
            "6, it is the absolute difference of each coordinate",
        ),
        "squares": Mistake(
            partial(_edit_loss, distance=torch.square),
            "the reconstruction takes squares. Here, as in L_rec of section 6, it is the absolute "
            "difference",
        ),
        "without size": Mistake(
            partial(_edit_loss, distance=lambda change: change),
            "the absolute value is missing in the reconstruction, so a change to the left makes up "
            "for one to the right",
        ),
        "size of the mean": Mistake(
            partial(_edit_loss, distance=lambda c: c, gather=lambda change: change.mean().abs()),
            "the absolute value is taken of the mean, not of each difference, so a change to the "
            "left makes up for one to the right",
        ),
        "root mean square": Mistake(
            partial(_edit_loss, gather=lambda change: change.square().mean().sqrt()),
            "the reconstruction takes the root of the mean square. Here, as in L_rec of section "
            "6, it is the mean absolute difference",
        ),
        "reconstruction detached": Mistake(
            lambda G, D, x, y, d: (
                _realism(D, G(x, d), y + d) + _held(G(x, torch.zeros_like(d)).detach(), x)
            ),
            "the value is right, but G(x, 0), or the whole reconstruction, is detached: it can't "
            "teach G",
        ),
        "detached": Mistake(
            partial(_edit_loss, seen=lambda edited, x, unchanged: edited.detach()),
            "the value is right, but the edits, or D's scores of them, are detached: realism "
            "can't teach G",
        ),
    },
    given="source label",
    corners=(partial(_edit_case, level=12.0), partial(_edit_case, level=-12.0)),
    small={"one point": partial(_edit_case, count=1)},
)
