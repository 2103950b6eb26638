"""Exercise A1 of lesson 02: the gradient penalty of Eq. 1."""

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
        """A critic of two layers, with 3 × 3 patches that overlap."""
        return F.conv2d(F.conv2d(x, weight).tanh(), head)

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


_single = partial(Mistake, alone=True)
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


def _alone(**other):
    """The penalty with a step of it replaced, a mistake that is not tried together with others."""
    return lambda *given: _penalty(*given, **other)


def _near_one(gradient):
    return (gradient.flatten(1).norm(dim=1) - 1).square()


def _at_ends(score, real, fake, alpha, *, join):
    """The slopes at real and at fake, joined, in place of the slope at the mix."""
    ends = real.detach().requires_grad_(True), fake.detach().requires_grad_(True)
    slopes = (torch.autograd.grad(score(x).sum(), x, create_graph=True)[0] for x in ends)
    return join(*slopes, alpha).mean()


def _by_an_end(score, real, fake, alpha, *, which):
    """The slope at the mix with respect to ``real`` (0) or ``fake`` (1), a share of the right."""
    ends = real.detach().requires_grad_(True), fake.detach().requires_grad_(True)
    mixed = alpha * ends[0] + (1 - alpha) * ends[1]
    (gradient,) = torch.autograd.grad(score(mixed).sum(), ends[which], create_graph=True)
    return _near_one(gradient).mean()


def _by_patch(score, real, fake, alpha):
    """Each patch's own slope."""
    mixed = (alpha * real + (1 - alpha) * fake.detach()).requires_grad_(True)
    sums = score(mixed).flatten(1).sum(dim=0)
    slopes = (torch.autograd.grad(s, mixed, create_graph=True)[0] for s in sums)
    return torch.stack([_near_one(slope) for slope in slopes]).mean()


def _between_ends(score, real, fake, alpha):
    """The difference of two scores, divided by the distance of their images."""
    rise = (score(real) - score(fake.detach())).sum(dim=(1, 2, 3))
    return (rise.abs() / (real - fake.detach()).flatten(1).norm(dim=1) - 1).square().mean()


def _of_values(score, real, fake, alpha):
    """The scores near 1, in place of their slopes."""
    mixed = alpha * real + (1 - alpha) * fake.detach()
    return (score(mixed).sum(dim=(1, 2, 3)) - 1).square().mean()


def _flagged(score, real, fake, alpha):
    """A gradient is switched on at a mix that has one, from ``fake``, and so is no leaf."""
    mixed = alpha * real + (1 - alpha) * fake
    mixed.requires_grad = True
    (gradient,) = torch.autograd.grad(score(mixed).sum(), mixed, create_graph=True)
    return _near_one(gradient).mean()


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
        "norm of the batch, divided": _single(
            _alone(norm=lambda gradient: gradient.norm() / len(gradient)),
            "one norm is taken over the whole batch, and it, or the scores before it, are divided "
            "by the number of faces. Each face has a norm of its own: sum its squares over "
            "channels and pixels, and divide only at the end, in the mean over faces",
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
            partial(_at_ends, join=lambda r, f, a: _near_one(a * r + (1 - a) * f)),
            "the slopes at real and at fake are mixed. Eq. 1 mixes the *images*, and takes one "
            "slope there",
        ),
        "at both ends": Mistake(
            partial(_at_ends, join=lambda r, f, a: (_near_one(r) + _near_one(f)) / 2),
            "the slopes at real and at fake are held near 1. Eq. 1 takes one slope *between* them, "
            "at x̃ = α·real + (1 − α)·fake",
        ),
        **{
            f"by {end}": Mistake(
                partial(_by_an_end, which=which),
                f"the gradient is taken with respect to {end}. That is {share} times the one with "
                "respect to the mix, which is asked",
            )
            for which, (end, share) in enumerate((("real", "α"), ("fake", "1 − α")))
        },
        "patch by patch": Mistake(
            _by_patch,
            "each patch has a slope of its own. The patches of a face are summed first, so a face "
            "has one slope",
        ),
        "difference of scores": _single(
            _between_ends,
            "the difference of two scores is divided by a distance: the average slope along one "
            "line. Eq. 1 wants the norm of the gradient at x̃, from torch.autograd.grad",
        ),
        "values": Mistake(
            _of_values,
            "the scores themselves are pushed to 1. Eq. 1 wants the norm of their *gradient* there",
        ),
        "absolute scores": Mistake(
            partial(_penalty, summed=lambda score: score.abs().sum()),
            "absolute values of the scores are summed: where a patch scores below 0, its gradient "
            "is turned round. Sum the scores as they are",
        ),
        "mean over faces": Mistake(
            partial(_penalty, summed=lambda score: score.mean(dim=0).sum()),
            "the scores are averaged over the faces, so each face's gradient shrinks with the "
            "batch. Sum them: a face's score belongs to that face alone",
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
        "square before the 1": _single(
            _alone(reduce=lambda norm: (norm.square() - 1).mean()),
            "it is the mean of ‖∇‖² − 1. The square belongs around the whole deviation, "
            "(‖∇‖ − 1)²: else small norms would be rewarded",
        ),
        "each entry near 1": _single(
            _alone(norm=lambda gradient: gradient),
            "1 is subtracted from each entry of the gradient. Eq. 1 subtracts it from the norm: "
            "one number for each face",
        ),
        "norm over faces": _single(
            _alone(norm=lambda gradient: gradient.norm(dim=0)),
            "the norm runs over the faces (axis 0). Each face has a norm of its own, over its "
            "channels and pixels",
        ),
        "norm of squares": _single(
            _alone(norm=lambda gradient: gradient.square().flatten(1).norm(dim=1)),
            "the gradient is squared, and then the norm squares it again. Take the norm of the "
            "gradient itself",
        ),
        "sum of entries": _single(
            _alone(norm=lambda gradient: gradient.sum(dim=(1, 2, 3))),
            "the entries of the gradient are added as they are, so ups and downs cancel. ‖·‖₂ is "
            "the root of the sum of squares",
        ),
        "mean of absolute values": _single(
            _alone(norm=lambda gradient: gradient.abs().mean(dim=(1, 2, 3))),
            "the norm averages absolute values. ‖·‖₂ is the root of the sum of squares",
        ),
        "spread": _single(
            _alone(norm=lambda gradient: gradient.flatten(1).std(dim=1)),
            "the standard deviation of the gradient stands for its norm: it takes off the average, "
            "and divides by the number of entries",
        ),
        "fourth power": _single(
            _alone(reduce=lambda norm: (norm - 1).square().square().mean()),
            "the deviation from 1 is squared twice",
        ),
        "middle face": _single(
            _alone(reduce=lambda norm: (norm - 1).square().median()),
            "the median of the faces is taken. E[…] is a mean over faces",
        ),
        "highest score": _single(
            _alone(summed=torch.max),
            "only the highest score of the batch has a gradient. Sum the scores: each face needs "
            "its own",
        ),
        **{
            f"{what} of scores": _single(
                _alone(summed=lambda score, bend=bend: bend(score).sum()),
                f"the scores go through a {what} first, so its slope comes in. A critic's score is "
                "any number: take it as it is",
            )
            for what, bend in (("sigmoid", torch.sigmoid), ("tanh", torch.tanh))
        },
        "one alpha": _single(
            _alone(mix=lambda real, fake, alpha: torch.lerp(fake, real, alpha.mean())),
            "all faces are mixed with the mean of alpha. Each face has its own",
        ),
        "root of alpha": _single(
            _alone(mix=lambda real, fake, alpha: torch.lerp(fake, real, alpha.sqrt())),
            "real counts √α in the mix. It is x̃ = α·real + (1 − α)·fake",
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
    stops={
        "mix without gradient": Mistake(
            lambda score, real, fake, alpha: torch.autograd.grad(
                score(alpha * real + (1 - alpha) * fake.detach()).sum(), fake.detach()
            ),
            "The gradient is asked for with respect to the mix: call .requires_grad_(True) on the "
            "mix before it is scored",
        ),
        "flag of a mix": Mistake(
            _flagged,
            "If it is a mix with `fake`: detach `fake` before you mix, because this loss must not "
            "teach the generator",
        ),
        "scores not summed": Mistake(
            lambda score, real, fake, alpha: torch.autograd.grad(score(fake), fake),
            "So it wants one number: sum the scores first",
        ),
    },
    leaves_behind="the number is right, but the call leaves a gradient in {}, as backward() does: "
    "it would be added to that of the critic's loss. torch.autograd.grad leaves none",
)

EXERCISES = {"02-penalty": PENALTY}
