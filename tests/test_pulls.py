"""Pulls against gradients taken face by face, and against the package's whole loss."""

import pytest
import torch

from secgan_lite.attributes import permuted_targets
from secgan_lite.course.model import batch_for, load_model
from secgan_lite.pulls import pulls
from secgan_lite.randomness import stream


@pytest.fixture(scope="module")
def trained():
    return load_model("")[0]


@pytest.fixture(scope="module")
def batch(trained, faces):
    few = faces.subset(3)
    y = torch.from_numpy(few.labels).float()
    return batch_for(trained, few, permuted_targets(y, stream(0, "targets")))


def test_terms_at_x_out_add_up_to_eq_14(trained, batch):
    edits = trained.translate(batch)
    edits["rgb"].out = edits["rgb"].out.detach().requires_grad_(True)
    total, _ = trained.generator_loss(batch, edits)
    (wanted,) = torch.autograd.grad(total, edits["rgb"].out)
    found = pulls(trained, batch)
    ours = sum(found["rgb", t].weight * found["rgb", t].gradient for t in ("adv", "cls", "sc"))
    assert torch.allclose(ours, wanted, rtol=1e-3, atol=1e-7)


def test_a_strength_is_the_mean_norm_of_single_faces(trained, batch):
    """Realism of one face at a time, without the batch's mean."""
    pull = pulls(trained, batch)["rgb", "adv"]
    norms = []
    for face in pull.at:
        leaf = face[None].clone().requires_grad_(True)
        (-trained.branches["rgb"].discriminator(leaf)[0].mean()).backward()
        norms.append(leaf.grad.norm().item())
    assert pull.strength == pytest.approx(sum(norms) / len(norms), rel=1e-3)


def test_every_reconstruction_of_an_image_pulls_alike(trained, batch):
    """Eq. 5 is a mean of absolute values: its gradient has one size, whatever the image."""
    pull = pulls(trained, batch)["rgb", "rec"]
    assert pull.strength == pytest.approx(pull.weight / (3 * 32 * 32) ** 0.5, rel=0.01)
    assert torch.equal(pull.gradient.sign(), (pull.at - batch.x).sign())
