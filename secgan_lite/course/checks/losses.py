"""The checked exercises of lesson 02: the gradient penalty, all other terms, a loss to repair."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from secgan_lite import losses
from secgan_lite.backbones import summed_gradient
from secgan_lite.course.checks.exercise import Case, Exercise, Mistake


def _critic_case(draws: torch.Generator) -> Case:
    """A small critic of patches, real and fake images, mixing weights."""
    batch = int(torch.randint(2, 6, (), generator=draws))
    steepness = 0.05 + 0.4 * torch.rand((), generator=draws)  # norms on both sides of 1
    weight = (steepness * torch.randn(6, 3, 2, 2, generator=draws)).requires_grad_(True)
    head = 0.4 * torch.randn(1, 6, 1, 1, generator=draws)
    real, fake = torch.randn(2, batch, 3, 4, 4, generator=draws)
    loud = torch.logspace(-1, 0.8, batch).view(-1, 1, 1, 1)  # the louder, the flatter is tanh
    real, fake = loud * real, loud * fake
    fake = fake.clone().requires_grad_(True)

    def score(x: Tensor) -> Tensor:
        """A critic of two layers, with 2 × 2 patches."""
        return F.conv2d(F.conv2d(x, weight, stride=2).tanh(), head)

    alpha = torch.rand(batch, 1, 1, 1, generator=draws)
    leaves = {"the critic's weights": weight, "fake": fake}
    return Case((score, real, fake, alpha), leaves, {"faces": batch})


def _tiny_case(
    draws: torch.Generator, faces: int = 1, curved: bool = False, patches: int = 1, colours: int = 1
) -> Case:
    """Images of two pixels, and a critic with a weight for each number in them."""
    shape = (colours, 1, 2)
    weight = torch.randn(1, *shape, generator=draws).round(decimals=1).requires_grad_(True)
    real, fake = torch.randn(2, faces, *shape, generator=draws).round(decimals=1)
    fake = fake.clone().requires_grad_(True)

    def score(x: Tensor) -> Tensor:
        score = weight * (x.square() if curved else x)
        return score.sum(dim=(1, 2, 3), keepdim=True) if patches == 1 else score

    written = [round(w, 1) for w in weight.flatten().tolist()]
    power = "x²" if curved else "x"
    what = f"sum of w·{power}" if patches == 1 else f"w·{power}, a patch for each pixel,"
    score.__doc__ = f"x ↦ {what} with w = {written}"
    alpha = torch.rand(faces, 1, 1, 1, generator=draws).round(decimals=1)
    return Case((score, real, fake, alpha), {"the critic's weights": weight, "fake": fake})


_IN_PARTS = (
    "one face's gradient is cut into parts, {0} by {0}, and their norms are joined. It is one long "
    "vector: sum the squares over channels and pixels, then take one root"
)


def penalty(score, real, fake, alpha):
    """Eq. 1's penalty from a score."""
    return losses.gradient_penalty(partial(summed_gradient, score), real, fake, alpha)


def _penalty(
    score,
    real,
    fake,
    alpha,
    *,
    reduce=lambda norm: (norm - 1).square().mean(),
    norm=lambda gradient: (gradient.square().sum(dim=(1, 2, 3)) + 1e-12).sqrt(),
    summed=torch.sum,
    mix=lambda real, fake, alpha: alpha * real + (1 - alpha) * fake,
    graph=True,
    detached=True,
):
    """The penalty with a step of it replaced."""
    mixed = mix(real, fake.detach() if detached else fake, alpha)
    if not mixed.requires_grad:
        mixed.requires_grad_(True)
    (gradient,) = torch.autograd.grad(summed(score(mixed)), mixed, create_graph=graph)
    return reduce(norm(gradient))


def _of_both(score, real, fake, alpha):
    """The penalty with the slopes at real and at fake mixed, in place of the images."""
    ends = real.detach().requires_grad_(True), fake.detach().requires_grad_(True)
    at_real, at_fake = (torch.autograd.grad(score(x).sum(), x, create_graph=True)[0] for x in ends)
    mixed = alpha * at_real + (1 - alpha) * at_fake
    return (mixed.flatten(1).norm(dim=1) - 1).square().mean()


PENALTY = Exercise(
    penalty,
    _critic_case,
    {
        "square outside": Mistake(
            partial(_penalty, reduce=lambda norm: (norm.mean() - 1).square()),
            "the square is outside the mean, as the paper prints it: norms of 0 and 2 would cancel "
            "out. Square each face's deviation first, then average",
        ),
        "norm of the batch": Mistake(
            partial(_penalty, norm=torch.linalg.vector_norm),
            "one norm is taken over the whole batch. Each face has a norm of its own: sum the "
            "squares over channels and pixels, not over the faces",
        ),
        "norm per pixel": Mistake(
            partial(_penalty, norm=lambda gradient: gradient.norm(dim=1)),
            "the norm is taken in each pixel, over the channels alone. One face's gradient is one "
            "long vector: sum the squares over channels and pixels",
        ),
        "norm per colour": Mistake(
            partial(_penalty, norm=lambda gradient: gradient.norm(dim=(2, 3))),
            "each colour gets a norm of its own. One face's gradient is one long vector: sum the "
            "squares over channels and pixels",
        ),
        "absolute deviation": Mistake(
            partial(_penalty, reduce=lambda norm: (norm - 1).abs().mean()),
            "the absolute value stands where the square is wanted",
        ),
        "no second graph": Mistake(
            partial(_penalty, graph=False),
            "the value is right, but no gradient reaches the critic's weights, so it can't teach "
            "the critic. It takes create_graph=True, and no detach, item() or no_grad after it",
        ),
        "fake not detached": Mistake(
            partial(_penalty, detached=False),
            "the value is right, but its gradient reaches the fake images and, through them, the "
            "generator. The penalty is the critic's alone: detach fake",
        ),
        "exchanged": Mistake(
            partial(_penalty, mix=lambda real, fake, alpha: torch.lerp(real, fake, alpha)),
            "real and fake are exchanged in the mix. With a uniform alpha it would train as well, "
            "but here x̃ = α·real + (1 − α)·fake is asked",
        ),
        "at real": Mistake(
            partial(_penalty, mix=lambda real, fake, alpha: real.clone()),
            "the gradient is taken at the real images. Eq. 1 takes it between real and fake, at "
            "x̃ = α·real + (1 − α)·fake",
        ),
        "mean of scores": Mistake(
            partial(_penalty, summed=torch.mean),
            "the scores are averaged before the gradient is taken, so each face's gradient shrinks "
            "with the batch and with the number of patches. Sum them: a face's patches belong to "
            "that face alone",
        ),
        "mean over patches": Mistake(
            partial(_penalty, summed=lambda score: score.mean(dim=(1, 2, 3)).sum()),
            "the scores of a face's patches are averaged, so its slope shrinks with their number. "
            "The penalty takes their sum, although Eq. 1 averages the scores",
        ),
        "root mean square": Mistake(
            partial(_penalty, norm=lambda g: (g.square().mean(dim=(1, 2, 3)) + 1e-12).sqrt()),
            "the squares under the root are averaged over channels and pixels. ‖·‖₂ adds them up",
        ),
        "without the one": Mistake(
            partial(_penalty, reduce=lambda norm: norm.square().mean()),
            "the norm is pushed to 0. Eq. 1 wants it near 1: subtract 1 before the square",
        ),
        "one-sided": Mistake(
            partial(_penalty, reduce=lambda norm: (norm - 1).relu().square().mean()),
            "only norms above 1 are penalised. That is a known variant; Eq. 1 pulls small norms "
            "up as well",
        ),
        "other side alone": Mistake(
            partial(_penalty, reduce=lambda norm: (1 - norm).relu().square().mean()),
            "only norms below 1 are penalised. Eq. 1 pulls large norms down as well",
        ),
        "one face alone": Mistake(
            partial(_penalty, reduce=lambda norm: (norm - 1).square().max()),
            "only the face that is farthest off counts. E[…] is a mean over faces",
        ),
        "largest entry": Mistake(
            partial(_penalty, norm=lambda gradient: gradient.abs().amax(dim=(1, 2, 3))),
            "the largest entry of the gradient stands for its norm. ‖·‖₂ is the root of the sum "
            "of squares",
        ),
        **{
            f"norm per {part}, then {join.__name__}": Mistake(
                partial(_penalty, norm=lambda g, d=dims, j=join: j(g.norm(dim=d).flatten(1), 1)),
                _IN_PARTS.format(part),
            )
            for part, dims in (("pixel", 1), ("colour", (2, 3)))
            for join in (torch.mean, torch.sum)
        },
        "not a mix": Mistake(
            partial(_penalty, mix=lambda real, fake, alpha: alpha * (real + fake)),
            "both images are taken α times. At x̃ = α·real + (1 − α)·fake the two shares add up "
            "to 1",
        ),
        "slopes mixed": Mistake(
            _of_both,
            "the slopes at real and at fake are mixed. Eq. 1 mixes the *images*, and takes one "
            "slope there",
        ),
        "squared norm": Mistake(
            partial(_penalty, norm=lambda gradient: gradient.square().sum(dim=(1, 2, 3))),
            "the root of the norm is missing: the squares are added up, and 1 is subtracted from "
            "that",
        ),
        "sum of absolute values": Mistake(
            partial(_penalty, norm=lambda gradient: gradient.abs().sum(dim=(1, 2, 3))),
            "the norm adds absolute values. ‖·‖₂ is the root of the sum of squares",
        ),
        "not squared": Mistake(
            partial(_penalty, reduce=lambda norm: (norm - 1).mean()),
            "the deviation from 1 is not squared: too small norms would be rewarded",
        ),
    },
    small={
        "one face of two pixels and a linear score": _tiny_case,
        "one face of two pixels and a curved score": partial(_tiny_case, curved=True),
        "one face of two pixels and two patches": partial(_tiny_case, curved=True, patches=2),
        "two faces of two pixels and a curved score": partial(_tiny_case, faces=2, curved=True),
        "one face of two pixels, two colours and a curved score": partial(
            _tiny_case, curved=True, colours=2
        ),
    },
)


def _label_case(draws: torch.Generator, extreme: bool = False) -> Case:
    """Logits and labels.

    Where no logit is extreme, all is finite: an answer's mistakes are told apart there.
    """
    batch = int(torch.randint(3, 7, (), generator=draws))
    count = int(torch.randint(2, 14, (), generator=draws))
    logits = 2 * torch.randn(batch, count, generator=draws)
    y = torch.randint(2, (batch, count), generator=draws).float()
    y[:2, :2] = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    if extreme:
        logits[0, 0], logits[1, 1] = -200.0, 200.0
    y[2] = 0.0  # a face without any of the attributes
    leaves, sizes = {"the logits": logits}, {"faces": batch, "attributes": count}
    return Case((logits.requires_grad_(True), y), leaves, sizes)


def _few_logits(draws: torch.Generator, faces: int, attributes: int, scale: float = 2.0) -> Case:
    logits = (scale * torch.randn(faces, attributes, generator=draws)).round(decimals=1)
    y = torch.randint(2, logits.shape, generator=draws).float()
    return Case((logits.requires_grad_(True), y), {"the logits": logits})


def _per_face(entries: Tensor) -> Tensor:
    return entries.sum(dim=1).mean()


def _stable(logits: Tensor) -> tuple[Tensor, Tensor]:
    """log D and log(1 − D) for D = sigmoid of logits."""
    return F.logsigmoid(logits), F.logsigmoid(-logits)


def _naive(logits: Tensor) -> tuple[Tensor, Tensor]:
    d = logits.sigmoid()
    return d.log(), (1 - d).log()


def _cut_off(d: Tensor) -> tuple[Tensor, Tensor]:
    both = (torch.ones_like(d), torch.zeros_like(d))
    return tuple(-F.binary_cross_entropy(d, y, reduction="none") for y in both)


def _of_softmax(logits: Tensor) -> tuple[Tensor, Tensor]:
    d = logits.softmax(dim=1)
    return d.log(), (1 - d).log()


def _classified(
    logits: Tensor,
    y: Tensor,
    *,
    logs: Callable[[Tensor], tuple[Tensor, Tensor]] = _stable,
    halves: Callable[[Tensor, Tensor, Tensor], Tensor] = lambda y, d, no: y * d + (1 - y) * no,
    join: Callable[[Tensor], Tensor] = _per_face,
) -> Tensor:
    """Eq. 3 with a part of it replaced: the logarithms, what goes with y, how all are joined."""
    return join(-halves(y, *logs(logits)))


def colleague(logits: Tensor, y: Tensor) -> Tensor:
    """Eq. 3 as exercise C finds it: PyTorch takes labels for shares, and gives no error."""
    return F.cross_entropy(logits, y)


_STILL_SOFTMAX = (
    "{}: the softmax still makes the attributes compete. Each needs a sigmoid of its own"
)

CLASSIFICATION = Exercise(
    losses.attribute_classification,
    _label_case,
    {
        "as printed": Mistake(
            partial(_classified, halves=lambda y, d, no: y * d + (1 - y) * (1 - d)),
            "for y = 0 it is still the paper's print, which falls without end as D goes to 0",
        ),
        "mean": Mistake(
            partial(_classified, join=torch.mean),
            "it averages over the attributes. The dot product of Eq. 3 is a sum over them; only "
            "the faces are averaged",
        ),
        "sum over faces": Mistake(
            partial(_classified, join=torch.sum),
            "it is summed over the faces as well: it would grow with the batch. E[…] is a mean "
            "over faces",
        ),
        "sign": Mistake(
            partial(_classified, halves=lambda y, d, no: -(y * d + (1 - y) * no)),
            "the sign is wrong: it would be smallest where every label is missed",
        ),
        "positives only": Mistake(
            partial(_classified, halves=lambda y, d, no: y * d),
            "only labels of 1 count. A D that answers 1 to everything would be perfect: the "
            "second half, (1 − y)·log(1 − D), is missing",
        ),
        "negatives only": Mistake(
            partial(_classified, halves=lambda y, d, no: (1 - y) * no),
            "only labels of 0 count. A D that answers 0 to everything would be perfect: the "
            "first half, y·log D, is missing",
        ),
        "labels exchanged": Mistake(
            partial(_classified, halves=lambda y, d, no: (1 - y) * d + y * no),
            "0 and 1 are exchanged: y goes with log D, 1 − y with log(1 − D)",
        ),
        "sigmoid twice": Mistake(
            lambda logits, y: losses.attribute_classification(logits.sigmoid(), y),
            "the sigmoid is taken twice: what F.binary_cross_entropy_with_logits gets must be "
            "logits",
        ),
        "softmax": Mistake(
            colleague,
            "softmax makes the attributes compete for one unit of probability. A face has many "
            "attributes at once: each needs a sigmoid of its own",
        ),
        "softmax of shares": Mistake(
            lambda logits, y: F.cross_entropy(logits, y / y.sum(dim=1, keepdim=True)),
            _STILL_SOFTMAX.format("shares that add up to 1 do not help")
            + ", and a face without labels divides 0 by 0",
        ),
        "softmax of safe shares": Mistake(
            lambda logits, y: F.cross_entropy(logits, y / y.sum(dim=1, keepdim=True).clamp(min=1)),
            _STILL_SOFTMAX.format("shares that add up to 1 do not help"),
        ),
        "softmax, divided": Mistake(
            lambda logits, y: F.cross_entropy(logits, y) / y.sum(dim=1).mean(),
            _STILL_SOFTMAX.format("to divide by the number of labels does not help"),
        ),
        "softmax in both halves": Mistake(
            partial(_classified, logs=_of_softmax), _STILL_SOFTMAX.format("D is a softmax here")
        ),
        "softmax, cut off": Mistake(
            partial(_classified, logs=lambda logits: _cut_off(logits.softmax(dim=1))),
            _STILL_SOFTMAX.format("D is a softmax here"),
        ),
        "softmax, half safe": Mistake(
            partial(_classified, logs=lambda z: (z.log_softmax(dim=1), _of_softmax(z)[1])),
            _STILL_SOFTMAX.format("D is a softmax here"),
        ),
        "two softmaxes": Mistake(
            lambda logits, y: F.cross_entropy(logits, y) + F.cross_entropy(-logits, 1 - y),
            _STILL_SOFTMAX.format("a second softmax for y = 0 does not help"),
        ),
        "softmax of sigmoids": Mistake(
            lambda logits, y: F.cross_entropy(logits.sigmoid(), y),
            _STILL_SOFTMAX.format(
                "a sigmoid before F.cross_entropy does not help, which has a softmax of its own"
            ),
        ),
        "softmax, one label": Mistake(
            lambda logits, y: F.cross_entropy(logits, y.argmax(dim=1)),
            _STILL_SOFTMAX.format("one label of each face (an arg-max of y) does not help"),
        ),
        "logarithm cut off": Mistake(
            partial(_classified, logs=lambda logits: _cut_off(logits.sigmoid())),
            "right on paper, not in floating point: for logits of ±200 the sigmoid is exactly 0 "
            "or 1, and PyTorch cuts the logarithm off at −100. "
            "F.binary_cross_entropy_with_logits takes the logits themselves",
        ),
        "logarithm of zero": Mistake(
            partial(_classified, logs=_naive),
            "with logits of ±200 it is not finite, as exponentials grow too large there or "
            "sigmoids become exactly 0 or 1. Look for a function that takes logits",
        ),
        "exponential too large": Mistake(
            lambda logits, y: _per_face((1 + logits.exp()).log() - y * logits),
            "right on paper, not in floating point: the exponential of 200 is infinite. Look for "
            "a function that takes logits",
        ),
        "divided by the labels": Mistake(
            lambda logits, y: (
                F.binary_cross_entropy_with_logits(logits, y, reduction="none").sum(dim=1)
                / y.sum(dim=1)
            ).mean(),
            "each face's sum is divided by the number of its labels. Eq. 3 adds up all attributes, "
            "present or not; and a face without labels divides by 0",
        ),
    },
    corners=(partial(_label_case, extreme=True),),
    given="softmax",
    small={
        "one face and one attribute": partial(_few_logits, faces=1, attributes=1),
        "one face and two attributes": partial(_few_logits, faces=1, attributes=2),
        "two faces and two attributes": partial(_few_logits, faces=2, attributes=2),
        "a logit that is large": partial(_few_logits, faces=1, attributes=1, scale=200.0),
    },
)


def _term_case(
    draws: torch.Generator,
    faces: int = 0,
    attributes: int = 0,
    segments: int = 4,
    side: int = 0,
    patches: int = 0,
    extreme: bool = False,
) -> Case:
    """What both players and P say of a batch; where a term is naive, extreme outputs tell.

    P's log-probabilities are not leaves themselves: they move together, as their sum is 1.
    """
    some = torch.tensor([6, 4, 3, 2]) + torch.randint(3, (4,), generator=draws)
    given = zip((faces, attributes, side, patches), some.tolist(), strict=True)
    n, attributes, side, patches = (size or drawn for size, drawn in given)

    def numbers(*shape: int) -> Tensor:
        return (2 * torch.randn(n, *shape, generator=draws)).round(decimals=1)

    real, fake = numbers(1, patches, patches), numbers(1, patches, patches)
    logits, y = numbers(attributes), torch.randint(2, (n, attributes), generator=draws).float()
    x_rec, x = (numbers(3, side, side) + 0.05).tanh(), numbers(3, side, side).tanh()
    raw, answer = (numbers(segments, side, side) for _ in range(2))
    s, target = torch.randint(segments, (2, n, side, side), generator=draws)
    if extreme:
        logits[:2, 0], y[:2, 0] = torch.tensor([-200.0, 200.0]), torch.tensor([1.0, 0.0])
        raw[0, :, 0, 0] = torch.tensor([200.0, 0.0, 0.0, 0.0])
        s[0, 0, 0] = 1
    leaves = {
        "real_score": real, "fake_score": fake, "logits": logits, "x_rec": x_rec, "raw": raw,
        "P's output": answer,
    }  # fmt: skip
    for leaf in leaves.values():
        leaf.requires_grad_(True)
    sizes = {
        "faces": n, "attributes": attributes, "segments": segments, "pixels": side**2,
        "pixels and colours": 3 * side**2, "patches": patches**2,
    }  # fmt: skip
    log_p = answer.log_softmax(dim=1)
    return Case((real, fake, logits, y, x_rec, x, raw, s, log_p, target), leaves, sizes)


def terms(
    real_score: Tensor,
    fake_score: Tensor,
    logits: Tensor,
    y: Tensor,
    x_rec: Tensor,
    x: Tensor,
    raw: Tensor,
    s: Tensor,
    log_p: Tensor,
    target: Tensor,
) -> tuple[Tensor, ...]:
    """Eq. 1 without its penalty, 2, 3, 5, 10 and 11, in this order."""
    return _terms(real_score, fake_score, logits, y, x_rec, x, raw, s, log_p, target)


def _terms(
    real_score,
    fake_score,
    logits,
    y,
    x_rec,
    x,
    raw,
    s,
    log_p,
    target,
    *,
    critic=losses.critic_adversarial,
    fooled=losses.generator_adversarial,
    classified=losses.attribute_classification,
    # Not F.l1_loss, which warns of other shapes: the diagnosis tries arguments in other forms.
    rebuilt=lambda x_rec, x: (x_rec - x).abs().mean(),
    redrawn=losses.semantic_reconstruction,
    agreed=losses.semantic_consistency,
):
    """All terms, one of them replaced."""
    return (
        critic(real_score, fake_score),
        fooled(fake_score),
        classified(logits, y),
        rebuilt(x_rec, x),
        redrawn(raw, s),
        agreed(log_p, target),
    )


def _instead(place: int, value: Callable[..., Tensor]) -> Callable:
    """All terms, one of them computed from all inputs."""
    return lambda *given: tuple(
        value(*given) if i == place else term for i, term in enumerate(terms(*given))
    )


TERMS = Exercise(
    terms,
    _term_case,
    {
        "critic's sign": Mistake(
            partial(_terms, critic=lambda real, fake: real.mean() - fake.mean()),
            "Eq. 1 has the opposite sign. A loss goes down, and real faces should score high: it "
            "is fake minus real",
        ),
        "real alone": Mistake(
            partial(_terms, critic=lambda real, fake: -real.mean()),
            "in Eq. 1 only the real scores count. A critic that scores everything high would be "
            "perfect: the scores of edits have to go down",
        ),
        "fake alone": Mistake(
            partial(_terms, critic=lambda real, fake: fake.mean()),
            "in Eq. 1 only the scores of edits count. A critic that scores everything low would "
            "be perfect: real scores have to go up",
        ),
        "G's sign": Mistake(
            partial(_terms, fooled=torch.mean),
            "Eq. 2 has the opposite sign: G would learn to make edits that D finds worse",
        ),
        "softplus for D": Mistake(
            partial(
                _terms, critic=lambda real, fake: F.softplus(fake).mean() + F.softplus(-real).mean()
            ),
            "Eq. 1 has softplus around the scores: that is the first GAN's loss, where D gives "
            "probabilities. A critic's scores are averaged as they are",
        ),
        "softplus for G": Mistake(
            partial(_terms, fooled=lambda fake: F.softplus(-fake).mean()),
            "Eq. 2 has softplus around the scores: that is the first GAN's loss, where D gives "
            "probabilities. A critic's scores are averaged as they are",
        ),
        "hinge": Mistake(
            _instead(0, lambda real, fake, *_: ((1 - real).relu() + (1 + fake).relu()).mean()),
            "in Eq. 1 scores beyond ±1 no longer count: that is the hinge loss. Here they are "
            "averaged as they are",
        ),
        "critic's loss for G": Mistake(
            _instead(1, lambda real, fake, *_: real.mean() - fake.mean()),
            "in Eq. 2 the real scores stand as well. G can't change them: only the scores of "
            "edits count",
        ),
        "positives only": Mistake(
            _instead(
                2, lambda r, f, z, y, *_: CLASSIFICATION.mistakes["positives only"].answer(z, y)
            ),
            "in Eq. 3 only labels of 1 count: the second half, (1 − y)·log(1 − D), is missing",
        ),
        "no absolute value": Mistake(
            _instead(3, lambda r, f, z, y, x_rec, x, *_: (x - x_rec).mean()),
            "in Eq. 5 the absolute value is missing: too bright and too dark cancel",
        ),
        "logits for log-probabilities": Mistake(
            _instead(4, lambda *given: F.nll_loss(given[6], given[7])),
            "in Eq. 10 the numbers of `raw` are taken for log-probabilities: F.nll_loss has no "
            "softmax of its own, F.cross_entropy has",
        ),
        "no logarithm in Eq. 10": Mistake(
            _instead(4, lambda *given: F.nll_loss(given[6].softmax(dim=1), given[7])),
            "in Eq. 10 the probabilities are averaged, not their logarithms",
        ),
        "Eq. 12": Mistake(
            _instead(
                5, lambda *given: losses.semantic_consistency(given[6], given[8].argmax(dim=1))
            ),
            "for Eq. 11 this is Eq. 12: P teaches the drawing. In Eq. 11 the drawing, as `target`, "
            "teaches what P reads",
        ),
        "mean over attributes": Mistake(
            partial(_terms, classified=F.binary_cross_entropy_with_logits),
            "Eq. 3 is averaged over the attributes. Its dot product is a sum over them; only the "
            "faces are averaged",
        ),
        "softmax": Mistake(
            partial(_terms, classified=colleague),
            "in Eq. 3 a softmax makes the attributes compete. A face has many at once: each needs "
            "a sigmoid of its own",
        ),
        "as printed": Mistake(
            partial(_terms, classified=CLASSIFICATION.mistakes["as printed"].answer),
            "Eq. 3 is taken as it is printed. For y = 0 it falls without end: "
            "(1 − y)·log(1 − D) is meant",
        ),
        "labels exchanged": Mistake(
            partial(_terms, classified=CLASSIFICATION.mistakes["labels exchanged"].answer),
            "in Eq. 3, 0 and 1 are exchanged: y goes with log D, 1 − y with log(1 − D)",
        ),
        "squared": Mistake(
            partial(_terms, rebuilt=F.mse_loss),
            "Eq. 5 is squared. An L1 norm adds up absolute values",
        ),
        "sum as printed": Mistake(
            partial(_terms, rebuilt=lambda x_rec, x: (x - x_rec).abs().sum() / len(x)),
            "Eq. 5 is a sum over pixels and colours, as it is printed. λ_rec is made for their "
            "mean, which all published code takes",
        ),
        "tanh twice": Mistake(
            partial(_terms, rebuilt=lambda x_rec, x: F.l1_loss(x_rec.tanh(), x)),
            "in Eq. 5 the tanh is taken a second time: x_rec is an image already",
        ),
        "softmax twice": Mistake(
            partial(_terms, redrawn=lambda raw, s: F.cross_entropy(raw.softmax(dim=1), s)),
            "in Eq. 10 the softmax is taken twice: F.cross_entropy begins with one of its own",
        ),
        "logarithm of zero": Mistake(
            partial(_terms, redrawn=lambda raw, s: F.nll_loss(raw.softmax(dim=1).log(), s)),
            "in Eq. 10 a softmax that is exactly 0 has no finite logarithm. Look for a function "
            "that does both steps at once",
        ),
        "logarithm of zero in Eq. 3": Mistake(
            partial(_terms, classified=partial(_classified, logs=_naive)),
            "in Eq. 3 a sigmoid that is exactly 0 or 1 has no finite logarithm. Look for a "
            "function that takes logits",
        ),
        "one-hot in Eq. 10": Mistake(
            partial(
                _terms,
                redrawn=lambda raw, s: F.binary_cross_entropy_with_logits(
                    raw, F.one_hot(s, raw.shape[1]).movedim(-1, 1).float()
                ),
            ),
            "in Eq. 10 each segment gets a sigmoid of its own. A pixel shows exactly one segment: "
            "a softmax over them",
        ),
        "L2 norm": Mistake(
            partial(_terms, rebuilt=lambda x_rec, x: (x_rec - x).flatten(1).norm(dim=1).mean()),
            "Eq. 5 takes the root of squares. An L1 norm adds up absolute values",
        ),
        "smooth L1": Mistake(
            partial(_terms, rebuilt=lambda x_rec, x: F.smooth_l1_loss(x_rec, x)),
            "Eq. 5 squares small differences (smooth L1). An L1 norm adds up absolute values",
        ),
        "least squares": Mistake(
            partial(
                _terms,
                critic=lambda real, fake: (real - 1).square().mean() + fake.square().mean(),
            ),
            "Eq. 1 has squares (the least-squares GAN). A critic's scores are averaged as they are",
        ),
        "softmax over another axis": Mistake(
            partial(_terms, redrawn=lambda raw, s: F.nll_loss(raw.log_softmax(dim=-1), s)),
            "in Eq. 10 the softmax runs along a row of pixels. The segments are axis 1",
        ),
        "softmax over faces": Mistake(
            partial(_terms, redrawn=lambda raw, s: F.nll_loss(raw.log_softmax(dim=0), s)),
            "in Eq. 10 the softmax runs over the faces. The segments are axis 1",
        ),
        "soft teacher": Mistake(
            _instead(5, lambda *given: -(given[6].softmax(1) * given[8]).sum(1).mean()),
            "in Eq. 11 the soft drawing teaches, and gets a gradient. Its arg-max is the teacher, "
            "and you have it: `target`",
        ),
        "no logarithm": Mistake(
            partial(_terms, agreed=lambda log_p, target: F.nll_loss(log_p.exp(), target)),
            "in Eq. 11 the probabilities are averaged, not their logarithms",
        ),
    },
    small={
        "one face, one patch, one attribute and one pixel": partial(
            _term_case, faces=1, attributes=1, segments=2, side=1, patches=1
        ),
        "two faces, one patch, two attributes and one pixel": partial(
            _term_case, faces=2, attributes=2, segments=2, side=1, patches=1
        ),
        "two faces, four patches and four pixels": partial(
            _term_case, faces=2, attributes=2, segments=3, side=2, patches=2
        ),
    },
    corners=(partial(_term_case, extreme=True),),
    results=("Eq. 1", "Eq. 2", "Eq. 3", "Eq. 5", "Eq. 10", "Eq. 11"),
    uses=("real_score fake_score", "fake_score", "logits y", "x_rec x", "raw s", "log_p target"),
)

EXERCISES = {
    "02-penalty": PENALTY,
    "02-terms": TERMS,
    "02-classification": CLASSIFICATION,
}
