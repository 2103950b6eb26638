"""The checked exercise of lesson 03 on mutual learning: Eq. 11 and 12, and who learns by each."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake, distinct
from secgan_lite.losses import semantic_consistency


def _mask_case(draws: torch.Generator, *small: int) -> Case:
    """log P(x_out) and G_seg's raw output, before its softmax."""
    batch, side = small or (int(n) for n in torch.randint(2, 5, (2,), generator=draws))
    shape = (2, batch, 12, side, side)
    parsed, raw = distinct(shape, draws) if small else 2 * torch.randn(shape, generator=draws)
    parsed, raw = (z.clone().requires_grad_(True) for z in (parsed, raw))
    leaves = {"P(x_out)": parsed, "G_seg's output": raw}
    return Case((parsed.log_softmax(dim=1), raw), leaves, {"faces": batch, "pixels": side**2})


def mutual(log_p: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
    """(Eq. 11, Eq. 12): each branch learns from the other's arg-max."""
    return (
        semantic_consistency(log_p, raw.argmax(dim=1)),
        semantic_consistency(raw, log_p.argmax(dim=1)),
    )


def _soft(log_q: Tensor, target: Tensor) -> Tensor:
    """Cross entropy against soft probabilities."""
    return -(target * log_q.log_softmax(dim=1)).sum(dim=1).mean()


def _divergence(reduce: Callable, detached: bool) -> Callable:
    """Both losses as KL divergences."""

    def answer(log_p: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
        logs = log_p, raw.log_softmax(dim=1)
        targets = [log.exp().detach() if detached else log.exp() for log in logs[::-1]]
        each = map(partial(F.kl_div, reduction="none"), logs, targets)
        return tuple(map(reduce, each))

    return answer


def _turned(log_p: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
    """KL divergences whose arguments are exchanged: the pupil stands where the teacher should."""
    return _divergence(lambda e: e.sum() / len(e), False)(log_p, raw)[::-1]


def _each(loss: Callable[[Tensor, Tensor], Tensor]) -> Callable:
    """Both directions of a loss of the pupil's probabilities and the teacher's one-hot ones."""

    def answer(log_p: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
        pairs = (log_p, raw), (raw, log_p)
        return tuple(loss(pupil.softmax(dim=1), _decision(teacher)) for pupil, teacher in pairs)

    return answer


def _decision(logits: Tensor) -> Tensor:
    return F.one_hot(logits.argmax(dim=1), 12).movedim(-1, 1).float()


def _disputed(log_p: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
    """The mean over the pixels where the two decisions differ."""
    dispute = (log_p.argmax(dim=1) != raw.argmax(dim=1)).float()
    pairs = (log_p, raw), (raw, log_p)
    losses = [F.cross_entropy(p, t.argmax(dim=1), reduction="none") for p, t in pairs]
    return tuple((loss * dispute).sum() / dispute.sum().clamp(min=1) for loss in losses)


def _own(log_p: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
    return tuple(semantic_consistency(z, z.argmax(dim=1)) for z in (log_p, raw))


def _one_way(log_p: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
    return mutual(log_p.detach(), raw)


def _one_for_both(log_p: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
    both = sum(mutual(log_p, raw)) / 2
    return both, both


def _mean_of_segments(log_q: Tensor, target: Tensor) -> Tensor:
    return F.cross_entropy(log_q, target) / log_q.shape[1]


MUTUAL = Exercise(
    mutual,
    _mask_case,
    {
        "exchanged": Mistake(
            lambda p, z: mutual(p, z)[::-1],
            "the two are exchanged: first Eq. 11, whose gradient reaches P(x_out), then Eq. 12, "
            "whose gradient reaches G_seg",
        ),
        "own arg-max": Mistake(
            _own,
            "the pupil learns from its own arg-max: it grows surer of what it says already, and "
            "nothing comes from the other branch",
        ),
        "soft and not detached": Mistake(
            lambda p, z: (_soft(p, z.softmax(dim=1)), _soft(z, p.exp())),
            "the targets are soft and carry a gradient, so each equation teaches both generators. "
            "The paper's targets are one-hot: an arg-max has no gradient",
        ),
        "soft": Mistake(
            lambda p, z: (_soft(p, z.softmax(dim=1).detach()), _soft(z, p.exp().detach())),
            "the targets are soft. Nothing leaks, but the paper takes one-hot ones: the arg-max "
            "over the segments",
        ),
        **{
            f"divergence, {reduction}{', detached' * detached}": Mistake(
                _divergence(reduce, detached),
                "it is a KL divergence, so the targets are soft. The paper takes the cross "
                "entropy with one-hot targets: the arg-max over the segments",
            )
            for reduction, reduce in (
                ("batchmean", lambda e: e.sum() / len(e)),
                ("mean", torch.mean),
            )
            for detached in (False, True)
        },
        "divergence, exchanged": Mistake(
            _turned,
            "it is a KL divergence, and `F.kl_div` takes the pupil first. The paper takes the "
            "cross entropy with one-hot targets: the arg-max over the segments",
        ),
        **{
            f"binary{', of logits' * logits}": Mistake(
                answer,
                "it is the *binary* cross entropy: it asks about each of the 12 segments alone, "
                "and takes the mean over them. A pixel has one segment: F.cross_entropy",
            )
            for logits, answer in (
                (False, _each(F.binary_cross_entropy)),
                (
                    True,
                    lambda p, z: (
                        F.binary_cross_entropy_with_logits(p, _decision(z)),
                        F.binary_cross_entropy_with_logits(z, _decision(p)),
                    ),
                ),
            )
        },
        "squared error": Mistake(
            _each(F.mse_loss),
            "it is a squared error. Eq. 11 and 12 take the pupil's logarithm where the teacher's "
            "decision is 1",
        ),
        "squared error, soft": Mistake(
            lambda p, z: (
                F.mse_loss(p.exp(), z.softmax(dim=1).detach()),
                F.mse_loss(z.softmax(dim=1), p.exp().detach()),
            ),
            "it is a squared error of probabilities. Eq. 11 and 12 take the pupil's logarithm "
            "where the teacher's decision is 1",
        ),
        "disputed pixels": Mistake(
            _disputed,
            "only the pixels enter where the two decisions differ. The mean runs over all pixels: "
            "where both agree, each still grows surer",
        ),
        "logarithm of the mean": Mistake(
            _each(lambda pupil, decision: -(pupil * decision).sum(dim=1).mean().log()),
            "the logarithm comes after the mean over the pixels. Each pixel has its own logarithm",
        ),
        "one for both": Mistake(
            _one_for_both,
            "it is the mean of Eq. 11 and Eq. 12. They teach two networks, so they stay two "
            "numbers: the first reaches P(x_out) alone, the second G_seg alone",
        ),
        "one way": Mistake(
            _one_way,
            "Eq. 11 has the right value and no gradient: P(x_out) was detached, or used under "
            "no_grad, or the loss was made a plain number (`.item()`, `float`, NumPy) or anew "
            "(`torch.tensor`). Then G_rgb learns nothing. P's weights are frozen, its input is not",
        ),
        "plain numbers": Mistake(
            lambda p, z: tuple(loss.detach() for loss in mutual(p, z)),
            "right in value, but without a gradient, so nobody learns: a loss stays a tensor. It "
            "was made a plain number (`.item()`, `float`, NumPy) or anew (`torch.tensor`), or it "
            "was detached or taken under no_grad",
        ),
        **{
            f"mean twice, {over}": Mistake(
                lambda p, z, size=size: tuple(loss / size(p) for loss in mutual(p, z)),
                f"it is divided by the number of {over} once more: F.cross_entropy and `mean` have "
                "taken the mean over pixels and faces already",
            )
            for over, size in (
                ("pixels", lambda p: p[0, 0].numel()),
                ("faces", len),
                ("pixels and faces", lambda p: p[:, 0].numel()),
            )
        },
        **{
            f"log-softmax over the {axis}": Mistake(
                lambda p, z, dim=dim: (
                    F.nll_loss(p.log_softmax(dim=dim), z.argmax(dim=1)),
                    F.nll_loss(z.log_softmax(dim=dim), p.argmax(dim=1)),
                ),
                f"the softmax runs over the {axis}. The 12 segments are axis 1",
            )
            for axis, dim in (("faces", 0), ("rows", 2), ("columns", 3))
        },
        **{
            f"{which} face": Mistake(
                lambda p, z, at=at: mutual(p[at], z[at]),
                f"only the {which} face enters. The mean runs over all faces",
            )
            for which, at in (("first", slice(1)), ("last", slice(-1, None)))
        },
        "sum": Mistake(
            lambda p, z: tuple(loss * p[0, 0].numel() for loss in mutual(p, z)),
            "it is summed over the pixels. The 1/HW of Eq. 11 and 12 is a mean",
        ),
        "mean of segments": Mistake(
            lambda p, z: (
                _mean_of_segments(p, z.argmax(dim=1)),
                _mean_of_segments(z, p.argmax(dim=1)),
            ),
            "it is averaged over the 12 segments as well, so it is 12 times too small: the dot "
            "product adds them up",
        ),
        "sign": Mistake(
            lambda p, z: tuple(-loss for loss in mutual(p, z)),
            "the sign is wrong: the branches would be paid for disagreeing",
        ),
        "probabilities for logits": Mistake(
            lambda p, z: (
                F.cross_entropy(p.exp(), z.argmax(dim=1)),
                F.cross_entropy(z.softmax(dim=1), p.argmax(dim=1)),
            ),
            "F.cross_entropy got probabilities and takes their softmax once more: it wants "
            "logits or log-probabilities",
        ),
        "no arg-max": Mistake(
            lambda p, z: (F.cross_entropy(p, z), F.cross_entropy(z, p)),
            "the teacher's numbers enter as they are, neither a decision nor probabilities: the "
            "arg-max over the segments is missing",
        ),
        "no logarithm": Mistake(
            lambda p, z: (
                F.nll_loss(p.exp(), z.argmax(dim=1)),
                F.nll_loss(z.softmax(dim=1), p.argmax(dim=1)),
            ),
            "the pupil's probabilities enter without a logarithm. F.nll_loss takes none itself: it "
            "wants log-probabilities",
        ),
        "logits for log-probabilities": Mistake(
            lambda p, z: (F.nll_loss(p, z.argmax(dim=1)), F.nll_loss(z, p.argmax(dim=1))),
            "the numbers of G_seg's output are taken for log-probabilities. They are logits: a "
            "log-softmax is missing",
        ),
    },
    proper={"log_p": partial(torch.log_softmax, dim=1)},
    small={
        "one face of one pixel": lambda draws: _mask_case(draws, 1, 1),
        "one face of 2 × 2 pixels": lambda draws: _mask_case(draws, 1, 2),
        "two faces of 2 × 2 pixels": lambda draws: _mask_case(draws, 2, 2),
    },
    stops={
        f"arg-max over the {axis}": Mistake(
            lambda p, z, dim=dim: tuple(
                F.cross_entropy(pupil, teacher.argmax(dim=dim))
                for pupil, teacher in ((p, z), (z, p))
            ),
            f"The arg-max runs over the {axis}. The 12 segments are axis 1",
        )
        for axis, dim in (("faces", 0), ("rows or columns", 3))
    }
    | {
        "an axis of length 1": Mistake(
            lambda p, z: F.cross_entropy(p, z.argmax(dim=1, keepdim=True)),
            "Segments as targets are (B, h, h): neither one-hot nor with `keepdim`",
        ),
        "exchanged in a loss": Mistake(
            lambda p, z: F.cross_entropy(z.argmax(dim=1), p),
            "F.cross_entropy takes the pupil first, then the target",
        ),
        "maximum for arg-max": Mistake(
            lambda p, z: F.cross_entropy(p, z.max(dim=1)),
            "With `dim`, `max` gives two things, the numbers and their places. The places alone "
            "are the `argmax`",
        ),
        "arg-max of everything": Mistake(
            lambda p, z: F.cross_entropy(p, z.argmax()),
            "`argmax` without `dim` gives one place in the whole tensor. The 12 segments are "
            "axis 1",
        ),
        "segments that are no integers": Mistake(
            lambda p, z: F.cross_entropy(p, z.argmax(dim=1).float()),
            "Segments as targets are integers, as `argmax` gives them (`max` gives the numbers "
            "themselves)",
        ),
    },
)

EXERCISES = {"03-mutual": MUTUAL}
