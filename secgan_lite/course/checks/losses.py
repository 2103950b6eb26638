"""The checked exercises of lesson 02: the gradient penalty, and a loss to repair."""

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
    fake = fake.clone().requires_grad_(True)

    def score(x: Tensor) -> Tensor:
        return F.conv2d(F.conv2d(x, weight, stride=2).tanh(), head)

    alpha = torch.rand(batch, 1, 1, 1, generator=draws)
    return Case((score, real, fake, alpha), {"the critic's weights": weight, "fake": fake})


def penalty(score, real, fake, alpha):
    """Eq. 1's penalty from a score."""
    return losses.gradient_penalty(partial(summed_gradient, score), real, fake, alpha)


def _norms(score, real, fake, alpha, *, summed=torch.sum, over=(1, 2, 3), graph=True):
    """Norms of the gradient at the mixed images, each step open to one mistake."""
    mixed = torch.lerp(fake, real, alpha)
    if not mixed.requires_grad:
        mixed.requires_grad_(True)
    (gradient,) = torch.autograd.grad(summed(score(mixed)), mixed, create_graph=graph)
    return (gradient.square().sum(dim=over) + 1e-12).sqrt()


def _mistaken(reduce=lambda norm: (norm - 1).square().mean(), detached=True, **options):
    def answer(score, real, fake, alpha):
        fake = fake.detach() if detached else fake
        return reduce(_norms(score, real, fake, alpha, **options))

    return answer


def _exchanged(score, real, fake, alpha):
    return penalty(score, real, fake, 1 - alpha)


def _at_real(score, real, fake, alpha):
    return penalty(score, real, fake, torch.ones_like(alpha))


PENALTY = Exercise(
    penalty,
    _critic_case,
    {
        "square outside": Mistake(
            _mistaken(lambda norm: (norm.mean() - 1).square()),
            "the square is outside the mean, as the paper prints it: norms of 0 and 2 would cancel "
            "out. Square each face's deviation first, then average",
        ),
        "norm of the batch": Mistake(
            _mistaken(over=(0, 1, 2, 3)),
            "one norm is taken over the whole batch. Each face has a norm of its own: sum the "
            "squares over channels and pixels, not over the faces",
        ),
        "norm per pixel": Mistake(
            _mistaken(over=(1,)),
            "the norm is taken in each pixel, over the channels alone. One face's gradient is one "
            "long vector: sum the squares over channels and pixels",
        ),
        "no second graph": Mistake(
            _mistaken(graph=False),
            "the value is right, but it can't teach the critic: without create_graph=True the "
            "gradient is a constant and the penalty has no derivative",
        ),
        "fake not detached": Mistake(
            _mistaken(detached=False),
            "the value is right, but its gradient reaches the fake images and, through them, the "
            "generator. The penalty is the critic's alone: detach fake",
        ),
        "exchanged": Mistake(
            _exchanged,
            "real and fake are exchanged in the mix. With a uniform alpha it would train as well, "
            "but here x̃ = α·real + (1 − α)·fake is asked",
        ),
        "at real": Mistake(
            _at_real,
            "the gradient is taken at the real images. Eq. 1 takes it between real and fake, at "
            "x̃ = α·real + (1 − α)·fake",
        ),
        "mean of scores": Mistake(
            _mistaken(summed=torch.mean),
            "the scores are averaged before the gradient is taken, so each face's gradient shrinks "
            "with the batch and with the number of patches. Sum them: a face's patches belong to "
            "that face alone",
        ),
        "without the one": Mistake(
            _mistaken(lambda norm: norm.square().mean()),
            "the norm is pushed to 0. Eq. 1 wants it near 1: subtract 1 before the square",
        ),
        "one-sided": Mistake(
            _mistaken(lambda norm: (norm - 1).relu().square().mean()),
            "only norms above 1 are penalised. That is a known variant; Eq. 1 pulls small norms "
            "up as well",
        ),
    },
)


def _label_case(draws: torch.Generator) -> Case:
    """Logits, some of them extreme, and labels."""
    batch = int(torch.randint(3, 7, (), generator=draws))
    count = int(torch.randint(2, 14, (), generator=draws))
    logits = 3 * torch.randn(batch, count, generator=draws)
    logits[0, 0], logits[1, 1] = -200.0, 200.0
    y = torch.randint(2, (batch, count), generator=draws).float()
    y[:2, :2] = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    return Case((logits.requires_grad_(True), y), {"the logits": logits})


def _per_face(entries: Tensor) -> Tensor:
    return entries.sum(dim=1).mean()


def _as_printed(logits: Tensor, y: Tensor) -> Tensor:
    log_d = F.logsigmoid(logits)
    return _per_face(-(y * log_d + (1 - y) * (1 - log_d)))


def _positives(logits: Tensor, y: Tensor) -> Tensor:
    return _per_face(-y * F.logsigmoid(logits))


def _naive(logits: Tensor, y: Tensor) -> Tensor:
    d = logits.sigmoid()
    return _per_face(-(y * d.log() + (1 - y) * (1 - d).log()))


def _softmax(logits: Tensor, y: Tensor) -> Tensor:
    return _per_face(-y * logits.log_softmax(dim=1))


CLASSIFICATION = Exercise(
    losses.attribute_classification,
    _label_case,
    {
        "as printed": Mistake(
            _as_printed,
            "for y = 0 it is still the paper's print, which falls without end as D goes to 0",
        ),
        "mean": Mistake(
            lambda logits, y: losses.attribute_classification(logits, y, "mean"),
            "it averages over the attributes. The dot product of Eq. 3 is a sum over them; only "
            "the faces are averaged",
        ),
        "sum over faces": Mistake(
            lambda logits, y: len(y) * losses.attribute_classification(logits, y),
            "it is summed over the faces as well: it would grow with the batch. E[…] is a mean "
            "over faces",
        ),
        "sign": Mistake(
            lambda logits, y: -losses.attribute_classification(logits, y),
            "the sign is wrong: it would be smallest where every label is missed",
        ),
        "positives only": Mistake(
            _positives,
            "only labels of 1 count. A D that answers 1 to everything would be perfect: the "
            "second half, (1 − y)·log(1 − D), is missing",
        ),
        "labels exchanged": Mistake(
            lambda logits, y: losses.attribute_classification(logits, 1 - y),
            "0 and 1 are exchanged: y goes with log D, 1 − y with log(1 − D)",
        ),
        "sigmoid twice": Mistake(
            lambda logits, y: losses.attribute_classification(logits.sigmoid(), y),
            "the sigmoid is taken twice: what F.binary_cross_entropy_with_logits gets must be "
            "logits",
        ),
        "softmax": Mistake(
            _softmax,
            "softmax makes the attributes compete for one unit of probability. A face has many "
            "attributes at once: each needs a sigmoid of its own",
        ),
        "logarithm of zero": Mistake(
            _naive,
            "right on paper, not in floating point: the sigmoid of −200 is exactly 0 and its "
            "logarithm is not finite. Use F.logsigmoid or F.binary_cross_entropy_with_logits",
        ),
    },
    given="as printed",
)

EXERCISES = {"02-penalty": PENALTY, "02-classification": CLASSIFICATION}
