"""The paper's losses, Eq. 1-12: one pure function each, tensors in, one number out.

The RGB and the semantic branch share all but the reconstruction. Where the paper's print and the
code it builds on differ, the docstring says which is taken. Every function averages over the batch.
"""

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F


def critic_adversarial(real_score: Tensor, fake_score: Tensor) -> Tensor:
    """Eq. 1 and 6 without the penalty: E[D(fake)] − E[D(real)], over batch and patches."""
    return fake_score.mean() - real_score.mean()


def gradient_penalty(
    gradient: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, alpha: Tensor
) -> Tensor:
    """Eq. 1 and 6, penalty: E[(‖∇D(x̃)‖₂ − 1)²] at x̃ = α·real + (1 − α)·fake.

    The paper prints E[‖∇‖ − 1]²; the square belongs inside. Patches are summed before the gradient
    is taken, as in StarGAN, although Eq. 1's scores are averaged over them.

    Args:
        gradient: images (B, C, h, h) to ∇ of their summed realism, for example a discriminator's
            ``realism_gradient``, or ``backbones.summed_gradient`` of any score.
        alpha: uniform in [0, 1], one per face: (B, 1, 1, 1).
    """
    mixed = torch.lerp(fake.detach(), real.detach(), alpha)
    # 1e-12 keeps the derivative of the root finite where the gradient is exactly zero.
    norm = (gradient(mixed).flatten(1).square().sum(dim=1) + 1e-12).sqrt()
    return (norm - 1).square().mean()


def generator_adversarial(fake_score: Tensor) -> Tensor:
    """Eq. 2 and 7: E[−D(fake)]."""
    return -fake_score.mean()


def attribute_classification(
    logits: Tensor, y: Tensor, reduction: Literal["sum", "mean"] = "sum"
) -> Tensor:
    """Eq. 3, 4, 8 and 9: binary cross entropy of logits (B, n_a) against y (B, n_a) in {0, 1}.

    The paper prints (1 − y)·(1 − log D), which is unbounded below; (1 − y)·log(1 − D) is meant.
    ``sum`` adds up the attributes (the paper's dot product, StarGAN), ``mean`` averages (AttGAN).
    """
    per_face = F.binary_cross_entropy_with_logits(logits, y, reduction="none")
    return per_face.sum(dim=1).mean() if reduction == "sum" else per_face.mean()


def rgb_reconstruction(x_rec: Tensor, x: Tensor) -> Tensor:
    """Eq. 5: mean |x − G(x, 0)|, both (B, 3, h, h) in [−1, 1].

    The paper prints the L1 norm, a sum; both code bases take the mean, and λ_rec is made for it.
    """
    return F.l1_loss(x_rec, x)


def semantic_reconstruction(raw: Tensor, s: Tensor) -> Tensor:
    """Eq. 10: cross entropy per pixel; raw (B, S, h, h) before softmax, s (B, h, h) segments."""
    return F.cross_entropy(raw, s)


def semantic_consistency(
    log_probabilities: Tensor, target: Tensor, reduction: Literal["mean", "sum"] = "mean"
) -> Tensor:
    """Eq. 11 and 12: cross entropy of one branch's soft mask against the other's arg-max.

    Eq. 11: log P(x_out) against arg-max ŝ_out; Eq. 12: log ŝ_out against arg-max P(x_out).
    Arg-max has no gradient, so each equation teaches one generator only.

    Args:
        log_probabilities: (B, S, h, h), normalised over S; raw logits serve as well.
        target: the other branch's segments, (B, h, h) of integers.
        reduction: ``mean`` over pixels (the paper's 1/HW) or ``sum``.
    """
    loss = F.cross_entropy(log_probabilities, target)
    return loss * target[0].numel() if reduction == "sum" else loss
