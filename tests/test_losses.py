"""Each loss equals its equation, computed once more in float64 numpy, term by term."""

from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from secgan_lite import losses
from secgan_lite.backbones import summed_gradient

SHAPE = (3, 12, 4, 4)  # B, S, h, h


def tensors(seed, *shapes):
    random = np.random.default_rng(seed)
    arrays = [random.normal(size=shape) for shape in shapes]
    return arrays, [torch.from_numpy(array).float() for array in arrays]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def probabilities(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@given(st.integers(0, 2**16))
def test_adversarial_terms_eq_1_2_6_7(seed):
    (real, fake), (real_t, fake_t) = tensors(seed, (5, 1, 2, 2), (5, 1, 2, 2))
    assert float(losses.critic_adversarial(real_t, fake_t)) == pytest.approx(
        fake.mean() - real.mean(), abs=1e-6
    )
    assert float(losses.generator_adversarial(fake_t)) == pytest.approx(-fake.mean(), abs=1e-6)


@given(st.integers(0, 2**16), st.sampled_from(["sum", "mean"]))
def test_attribute_classification_eq_3_4_8_9(seed, reduction):
    (logits,), (logits_t,) = tensors(seed, (4, 13))
    y = np.random.default_rng(seed + 1).integers(0, 2, (4, 13))
    total = 0.0
    for b in range(4):
        for a in range(13):
            d = sigmoid(logits[b, a])
            total -= y[b, a] * np.log(d) + (1 - y[b, a]) * np.log(1 - d)
    expected = total / 4 if reduction == "sum" else total / (4 * 13)
    found = losses.attribute_classification(logits_t, torch.from_numpy(y).float(), reduction)
    assert float(found) == pytest.approx(expected, rel=1e-5)


def test_the_printed_classification_loss_would_be_unbounded():
    """(1 − y)·(1 − log D), as printed in Eq. 3, rewards D → 0 without end for y = 1 alone."""
    y = 0.0
    printed = [-(y * np.log(d) + (1 - y) * (1 - np.log(d))) for d in (0.5, 1e-3, 1e-300)]
    assert printed[0] > printed[1] > printed[2] and printed[2] < -600
    ours = [
        float(losses.attribute_classification(torch.tensor([[z]]), torch.zeros(1, 1)))
        for z in (0.0, -7.0, -700.0)
    ]
    assert ours[0] > ours[1] > ours[2] >= 0


@given(st.integers(0, 2**16))
def test_rgb_reconstruction_eq_5(seed):
    (same, x), (same_t, x_t) = tensors(seed, (2, 3, 4, 4), (2, 3, 4, 4))
    expected = np.abs(x - same).sum() / x.size
    assert float(losses.rgb_reconstruction(same_t, x_t)) == pytest.approx(expected, rel=1e-5)


@given(st.integers(0, 2**16))
def test_semantic_reconstruction_eq_10(seed):
    (raw,), (raw_t,) = tensors(seed, SHAPE)
    s = np.random.default_rng(seed).integers(0, 12, (3, 4, 4))
    p, total = probabilities(raw), 0.0
    for b, i, j in np.ndindex(3, 4, 4):
        total -= np.log(p[b, s[b, i, j], i, j])
    found = losses.semantic_reconstruction(raw_t, torch.from_numpy(s))
    assert float(found) == pytest.approx(total / 48, rel=1e-5)


@given(st.integers(0, 2**16), st.sampled_from(["mean", "sum"]))
def test_semantic_consistency_eq_11_12(seed, reduction):
    (mine, theirs), (mine_t, theirs_t) = tensors(seed, SHAPE, SHAPE)
    p, one_hot = probabilities(mine), theirs.argmax(axis=1)
    total = 0.0
    for b, i, j in np.ndindex(3, 4, 4):
        total -= np.log(p[b, one_hot[b, i, j], i, j])
    expected = total / 3 / (16 if reduction == "mean" else 1)
    for given_ in (mine_t, mine_t.log_softmax(dim=1)):  # raw or normalised: the same
        found = losses.semantic_consistency(given_, theirs_t.argmax(dim=1), reduction)
        assert float(found) == pytest.approx(expected, rel=1e-5)


def test_agreement_of_the_branches_costs_nothing():
    sure = 50 * torch.nn.functional.one_hot(torch.randint(12, (2, 4, 4)), 12).movedim(-1, 1).float()
    assert float(losses.semantic_consistency(sure, sure.argmax(dim=1))) < 1e-6


@given(st.integers(0, 2**16))
def test_gradient_penalty_eq_1_of_a_quadratic_critic(seed):
    """D(x) = a·‖x‖²/2 has the gradient a·x, so the penalty is known in closed form."""
    (real, fake), (real_t, fake_t) = tensors(seed, (4, 3, 2, 2), (4, 3, 2, 2))
    alpha = np.random.default_rng(seed).uniform(size=(4, 1, 1, 1))
    mixed = alpha * real + (1 - alpha) * fake
    norms = 0.7 * np.sqrt((mixed**2).sum(axis=(1, 2, 3)))
    gradient = partial(summed_gradient, lambda x: 0.35 * x.square().flatten(1).sum(dim=1))
    found = losses.gradient_penalty(gradient, real_t, fake_t, torch.from_numpy(alpha).float())
    assert float(found.detach()) == pytest.approx(((norms - 1) ** 2).mean(), rel=1e-4)


def test_gradient_penalty_sums_patches_and_cuts_the_generator_off():
    weight = torch.full((1, 3, 1, 1), 0.25, requires_grad=True)
    real, fake = torch.randn(2, 3, 4, 4), torch.randn(2, 3, 4, 4, requires_grad=True)
    gradient = partial(summed_gradient, lambda x: torch.nn.functional.conv2d(x, weight))
    penalty = losses.gradient_penalty(gradient, real, fake, torch.rand(2, 1, 1, 1))
    # Each of 48 inputs has the gradient 0.25 in the sum of all 16 patches.
    assert float(penalty.detach()) == pytest.approx((0.25 * 48**0.5 - 1) ** 2, rel=1e-5)
    penalty.backward()
    assert weight.grad is not None and fake.grad is None


def test_gradient_penalty_stays_finite_where_the_gradient_vanishes():
    scale = torch.zeros(1, requires_grad=True)
    gradient = partial(summed_gradient, lambda x: scale * x.sum(dim=(1, 2, 3)))
    penalty = losses.gradient_penalty(
        gradient, torch.ones(2, 1, 2, 2), torch.ones(2, 1, 2, 2), torch.tensor(0.5)
    )
    penalty.backward()
    assert torch.isfinite(scale.grad).all()
