"""SwAV: even assignments, a loss that agreeing views make small, features that tell faces apart."""

import numpy as np
import pytest
import torch

from secgan_lite import datasets
from secgan_lite.judges import SwAV, load_encoder, sinkhorn, swapped_prediction
from secgan_lite.judges.encoder import OWN
from secgan_lite.judges.swav import EPSILON, TEMPERATURE, two_views
from secgan_lite.support.files import bundled, load_tensors, manifest
from secgan_lite.support.randomness import stream
from secgan_lite.training.supervised import fit


def test_assignments_use_every_prototype_alike():
    scores = torch.rand(60, 6) * torch.linspace(0.1, 1, 6)  # the last looks best to all
    q = sinkhorn(scores, iterations=50)
    assert torch.allclose(q.sum(dim=1), torch.ones(60), atol=1e-4)
    assert torch.allclose(q.sum(dim=0), torch.full((6,), 10.0), atol=0.05)
    naive = (scores / EPSILON).double().exp()
    for _ in range(50):
        naive = naive / naive.sum(dim=0) * 10
        naive = naive / naive.sum(dim=1, keepdim=True)
    assert torch.allclose(q.double(), naive, atol=1e-4)


def test_the_loss_swaps_predictions():
    scores = torch.randn(16, 5).tanh()
    first, second = scores[:8], scores[8:]
    wanted = 0.0
    for code, guess in ((first, second), (second, first)):
        q, p = sinkhorn(code), (guess / TEMPERATURE).softmax(dim=1)
        wanted -= sum(float(q[i] @ p[i].log()) for i in range(8)) / 8 / 2
    assert float(swapped_prediction(scores)) == pytest.approx(wanted, rel=1e-5)
    agreeing = torch.eye(8)[torch.arange(16) % 8]
    assert swapped_prediction(agreeing) < 0.1 < swapped_prediction(scores)


def test_two_views_are_crops_of_the_same_image(small_faces):
    x = small_faces.batch(torch.arange(4))[0]
    views, _ = two_views(x, None, stream(0, "views"))
    assert views.shape == (8, 3, 16, 16) and views.abs().max() <= 1
    again, _ = two_views(x, None, stream(0, "views"))
    assert torch.equal(views, again) and not torch.equal(views[:4], views[4:])
    flat = torch.full_like(x, 0.5)  # crops of a flat image are flat, each off in colour
    assert two_views(flat, None, stream(1, "views"))[0].std(dim=(2, 3)).max() < 1e-6


def test_training_makes_views_agree(small_faces):
    network = SwAV(width=4, prototypes=4, projection=8)

    def loss():
        with torch.inference_mode():
            views, _ = two_views(small_faces.batch(torch.arange(16))[0], None, stream(7, "test"))
            return float(swapped_prediction(network(views)))

    network.eval()
    before = loss()
    fit(network, [small_faces], swapped_prediction, epochs=40, batch_size=16, augment=two_views)
    assert loss() < before


@pytest.mark.parametrize("size", [32, 64])
def test_the_bundled_encoder_tells_faces_apart(size):
    """A linear map of its features reads labels that its training never saw."""
    encoder = load_encoder("auto", size)
    assert encoder.num_features == 128 and encoder.card["note"] == OWN
    data = datasets.load("synthetic", "test", size, count=1500, seed=1)
    x, y, _ = data.batch(torch.arange(1500))
    with torch.inference_mode():
        features = torch.cat([encoder(x).double(), torch.ones(1500, 1)], dim=1)
    fitted = torch.linalg.lstsq(features[:1000], 2 * y[:1000].double() - 1).solution
    hits = ((features[1000:] @ fitted > 0) == (y[1000:] > 0)).double().mean(dim=0)
    share = y.double().mean(dim=0)
    guessing = torch.maximum(share, 1 - share)
    assert hits.mean() > guessing.mean() + 0.05
    card = manifest()[f"encoder-{size}.safetensors"]["accuracy"]
    assert float(hits.mean()) == pytest.approx(np.mean(list(card.values())), abs=0.06)


@pytest.mark.parametrize("size", [32, 64])
def test_the_bundled_encoder_holds_no_head(size):
    tensors, _ = load_tensors(bundled(f"encoder-{size}"))
    assert not [name for name in tensors if "prototypes" in name or "head" in name]
