"""Exercise C of lesson 02: a classification loss to repair (Eq. 3)."""

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from secgan_lite import losses
from secgan_lite.course.checks.exercise import Case, Exercise, Mistake


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
        logits[0, 0], logits[1, 0], logits[1, 1] = -200.0, 200.0, 200.0
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


def _entries(logits: Tensor, y: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, y, reduction="none")


def _kept_above(logits: Tensor, y: Tensor, small: float) -> Tensor:
    """Logarithms of D + small and of 1 − D + small."""
    d = logits.sigmoid()
    return -_per_face(y * (d + small).log() + (1 - y) * (1 - d + small).log())


def _kept_between(logits: Tensor, y: Tensor, small: float) -> Tensor:
    d = logits.sigmoid().clamp(small, 1 - small)
    return -_per_face(y * d.log() + (1 - y) * (1 - d).log())


def stops_at(small: float, remedy: str) -> str:
    """What to say to −log of a probability that is kept away from 0."""
    return (
        f"a sure wrong answer never costs more than about {-math.log(small):.0f}, and pulls no "
        f"more there: does a small number ({small:g}, say) keep the logarithm finite? {remedy}"
    )


_TAKES_LOGITS = "Look for a function that takes logits"
_single = partial(Mistake, alone=True)
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
            "for logits of ±200 an attribute's loss stops at 100, and pulls no more: logits are "
            "cut off at ±100, or logarithms at −100, as F.binary_cross_entropy does it. "
            "F.binary_cross_entropy_with_logits takes logits of any size as they are",
        ),
        "logarithm of zero": Mistake(
            partial(_classified, logs=_naive),
            "with logits of ±200 it is not finite, as exponentials grow too large there or "
            "sigmoids become exactly 0 or 1. Look for a function that takes logits",
        ),
        **{
            f"logarithm of zero in the {half} half": Mistake(
                partial(_classified, logs=logs),
                f"right on paper, not in floating point: in the {half} half D = sigmoid(±200) is "
                f"exactly {exactly}, and the logarithm of 0 is infinite. F.logsigmoid takes logits",
            )
            for half, exactly, logs in (
                ("first", 0, lambda z: (z.sigmoid().log(), F.logsigmoid(-z))),
                ("second", 1, lambda z: (F.logsigmoid(z), (1 - z.sigmoid()).log())),
            )
        },
        "product": Mistake(
            lambda logits, y: (
                -(y * logits.sigmoid() + (1 - y) * (-logits).sigmoid()).prod(1).log().mean()
            ),
            "right on paper, not in floating point: the probabilities are multiplied, and the "
            "product becomes exactly 0. Add up their logarithms, from F.logsigmoid",
        ),
        **{
            name: Mistake(
                answer,
                "right on paper, not in floating point: the exponential of 200 is infinite. Look "
                "for a function that takes logits",
            )
            for name, answer in (
                (
                    "exponential too large",
                    lambda logits, y: _per_face((1 + logits.exp()).log() - y * logits),
                ),
                (
                    "signed exponential too large",
                    lambda logits, y: _per_face((1 + ((1 - 2 * y) * logits).exp()).log()),
                ),
            )
        },
        "divided by the labels": Mistake(
            lambda logits, y: (
                F.binary_cross_entropy_with_logits(logits, y, reduction="none").sum(dim=1)
                / y.sum(dim=1)
            ).mean(),
            "each face's sum is divided by the number of its labels. Eq. 3 adds up all attributes, "
            "present or not; and a face without labels divides by 0",
        ),
        "divided by the labels, at least 1": _single(
            lambda logits, y: (_entries(logits, y).sum(1) / y.sum(1).clamp(min=1)).mean(),
            "each face's sum is divided by the number of its labels. Eq. 3 adds up all attributes, "
            "present or not",
        ),
        "faces without labels left out": _single(
            lambda logits, y: _per_face(_entries(logits, y)[y.sum(dim=1) > 0]),
            "faces without labels are left out. They teach as well: all their labels are 0",
        ),
        **{
            f"probabilities from {small:g} on": _single(
                partial(_kept_above, small=small), stops_at(small, _TAKES_LOGITS)
            )
            for small in (1e-12, 1e-10, 1e-8, 1e-7, 1e-6, 1e-5)
        },
        "probabilities from 1e-07 to 1 − 1e-07": _single(
            partial(_kept_between, small=1e-7), stops_at(1e-7, _TAKES_LOGITS)
        ),
        **{
            f"logits up to {most}": _single(
                lambda logits, y, most=most: _per_face(_entries(logits.clamp(-most, most), y)),
                f"an attribute's loss stops at {most}, and pulls no more there: are logits cut off "
                f"at ±{most}?",
            )
            for most in (10, 20, 30, 50)
        },
        "squared error": _single(
            lambda logits, y: _per_face((logits.sigmoid() - y).square()),
            "it squares sigmoid − y. Eq. 3 is a cross entropy: a sure wrong answer costs far more",
        ),
        "absolute error": _single(
            lambda logits, y: _per_face((logits.sigmoid() - y).abs()),
            "it is |sigmoid − y|. Eq. 3 is a cross entropy: −log of the right answer's probability",
        ),
        "hinge": _single(
            lambda logits, y: _per_face((1 - (2 * y - 1) * logits).relu()),
            "it is a hinge loss: right answers beyond ±1 cost nothing. Eq. 3 takes −log of a "
            "probability",
        ),
        "errors counted": _single(
            lambda logits, y: _per_face(((logits > 0).float() - y).abs()),
            "it counts wrong answers. A count has no slope, so it can't teach; Eq. 3 takes −log of "
            "a probability",
        ),
        "labels through a softmax": _single(
            lambda logits, y: F.cross_entropy(logits, y.softmax(dim=1)),
            _STILL_SOFTMAX.format("a softmax of the labels does not help"),
        ),
        "second half's sign": _single(
            partial(_classified, halves=lambda y, d, no: y * d - (1 - y) * no),
            "the second half, (1 − y)·log(1 − D), has the opposite sign of the first",
        ),
        "second half of a logarithm": _single(
            lambda logits, y: (
                -_per_face(y * F.logsigmoid(logits) + (1 - y) * (1 - F.logsigmoid(logits)).log())
            ),
            "for y = 0 it takes log(1 − log D). log(1 − D) is meant: F.logsigmoid(−z) gives it",
        ),
        **{
            f"present labels {times} times": _single(
                lambda logits, y, times=times: _per_face(
                    (1 + (times - 1) * y) * _entries(logits, y)
                ),
                f"labels of 1 count {times} times. In Eq. 3 all count alike",
            )
            for times in (2, 3)
        },
        "focal": _single(
            lambda logits, y: _per_face((logits.sigmoid() - y).square() * _entries(logits, y)),
            "each term is multiplied by (sigmoid − y)²: the focal loss. In Eq. 3 all count alike",
        ),
        "exchanged, averaged": _single(
            lambda logits, y: _entries(y, logits).mean(),
            "two things. `logits` and `y` are exchanged: F.binary_cross_entropy_with_logits takes "
            "the logits first. And it averages over the attributes, where Eq. 3 adds them up",
        ),
        "tanh": _single(
            lambda logits, y: _per_face(_entries(logits.tanh(), y)),
            "the logits go through a tanh first, so D could never be sure. Take them as they are",
        ),
        "right or wrong alike": _single(
            lambda logits, y: _per_face(F.softplus(-logits.abs())),
            "the labels do not count: each answer is taken for right, whatever y says",
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

EXERCISES = {"02-classification": CLASSIFICATION}
