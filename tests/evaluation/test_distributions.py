"""ssFID and IS against computations of their own, and what they must say of known sets."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from secgan_lite import datasets
from secgan_lite.evaluation.bootstrap import Bootstrap
from secgan_lite.evaluation.distributions import FrechetDistances, class_score
from secgan_lite.judges import load_classes, load_encoder
from secgan_lite.randomness import derive, stream


def frechet(a, b):
    """The formula by symmetric square roots; torchmetrics takes eigenvalues of the product."""
    means = [f.mean(axis=0) for f in (a, b)]
    first, second = (np.cov(f, rowvar=False) for f in (a, b))
    values, vectors = np.linalg.eigh(first)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    cross = np.sqrt(np.linalg.eigvalsh(root @ second @ root).clip(0)).sum()
    return np.square(means[0] - means[1]).sum() + np.trace(first) + np.trace(second) - 2 * cross


def filled(real, edited, chunk=32):
    distances = FrechetDistances(real.shape[1], ("a", "b")[: len(edited)], "cpu")
    for rows in torch.arange(len(real)).split(chunk):
        distances.update(rows, real[rows], edited[:, rows])
    return distances.compute()


def test_frechet_distances_are_those_of_numpy():
    torch.manual_seed(3)
    real = torch.randn(200, 12) @ torch.randn(12, 12)
    edited = torch.stack([real * 1.3 + 0.5, torch.randn(200, 12)])
    scores = filled(real, edited)
    for name, fake in zip("ab", edited, strict=True):
        wanted = frechet(real.double().numpy(), fake.double().numpy())
        assert scores[name]["value"] == pytest.approx(wanted, rel=1e-3, abs=1e-3)
        assert scores[name]["low"] < scores[name]["value"] < scores[name]["high"]
    assert scores["mean"]["value"] == pytest.approx(
        (scores["a"]["value"] + scores["b"]["value"]) / 2
    )


def test_the_jackknife_knows_the_spread():
    """Its error is about the deviation of the distance over samples of the same size."""
    draws = [
        filled(torch.randn(100, 3), 1.2 * torch.randn(1, 100, 3) + 0.6)["a"] for _ in range(60)
    ]
    spread = np.std([score["value"] for score in draws])
    errors = np.mean([(score["high"] - score["value"]) / 2.262 for score in draws])
    assert 0.6 < errors / spread < 1.6


def test_class_score_is_that_of_numpy():
    torch.manual_seed(4)
    logits = 3 * torch.randn(130, 7)
    result = class_score(logits, seed=5)
    with torch.random.fork_rng():
        torch.manual_seed(derive(5, "splits"))
        order = torch.randperm(130)
    p = F.softmax(logits.double(), dim=1)[order].numpy().reshape(10, 13, 7)
    kl = (p * (np.log(p) - np.log(p.mean(axis=1, keepdims=True)))).sum(axis=2).mean(axis=1)
    assert result["value"] == pytest.approx(np.exp(kl).mean(), rel=1e-6)
    assert result["std"] == pytest.approx(np.exp(kl).std(ddof=1), rel=1e-6)
    state = torch.get_rng_state()
    assert class_score(logits, seed=5) == result and torch.equal(torch.get_rng_state(), state)


def test_one_repeated_image_scores_one(judge, faces):
    x = faces.batch(torch.zeros(50, dtype=torch.long))[0]
    result = class_score(load_classes("auto", judge)(x), seed=0)
    assert result["value"] == pytest.approx(1, abs=1e-6) and result["std"] < 1e-6


def test_different_faces_score_more_than_equal_ones(judge, faces):
    logits = load_classes("auto", judge)(faces.batch(torch.arange(64))[0])
    assert 2 < class_score(logits, seed=0)["value"] < 32


@pytest.mark.parametrize("size", [32, 64])
def test_ssfid_is_zero_for_a_set_with_itself_and_grows_with_blur_and_noise(size):
    data, encoder = datasets.load("synthetic", "test", size, count=200), load_encoder("auto", size)
    x, draws = data.batch(torch.arange(200))[0], stream(0, "noise")
    noise = torch.randn(x.shape, generator=draws)
    blurred = [F.avg_pool2d(x, k, 1, k // 2, count_include_pad=False) for k in (3, 5, 7)]
    noisy = [(x + strength * noise).clamp(-1, 1) for strength in (0.05, 0.1, 0.2, 0.4)]
    with torch.inference_mode():
        real = encoder(x)
        same, *worse = (filled(real, encoder(images)[None]) for images in (x, *blurred, *noisy))
    assert same["a"]["value"] == pytest.approx(0, abs=1e-3)
    values = [score["a"]["value"] for score in worse]
    for grown in (values[:3], values[3:]):
        assert grown[0] > 0 and np.all(np.diff(grown) > 0), grown


def test_a_bootstrap_resamples_faces():
    column = np.arange(40.0).reshape(20, 2)
    bootstrap = Bootstrap(20, seed=1)
    totals = bootstrap.totals(column)
    assert totals.shape == (1001, 2) and np.allclose(totals[0], column.sum(axis=0))
    score = bootstrap.interval(totals[:, 0] / 20)
    assert score["value"] == pytest.approx(column[:, 0].mean())
    error = column[:, 0].std() / np.sqrt(20)
    assert score["high"] - score["low"] == pytest.approx(2 * 1.96 * error, rel=0.15)
