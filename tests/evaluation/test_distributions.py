"""ssFID and IS against computations of their own, and what they must say of known sets."""

import math
import warnings

import numpy as np
import pytest
import torch
from scipy import stats
from torch import nn
from torch.nn import functional as F
from torchmetrics.image.fid import FrechetInceptionDistance
from torchmetrics.image.inception import InceptionScore as InceptionMetric

from secgan_lite import datasets
from secgan_lite.evaluation.bootstrap import Bootstrap, student
from secgan_lite.evaluation.distributions import (
    FrechetDistances,
    InceptionScore,
    ssfid_floor,
)
from secgan_lite.judges import load_classes, load_encoder
from secgan_lite.support.randomness import derive, stream


def frechet(a, b):
    """The formula by eigenvalues of the product; the package takes symmetric square roots."""
    means = [f.mean(axis=0) for f in (a, b)]
    first, second = (np.cov(f, rowvar=False) for f in (a, b))
    cross = np.sqrt(np.linalg.eigvals(first @ second).astype(complex)).real.sum()
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
        assert scores[name]["value"] == pytest.approx(wanted, rel=1e-10)
        assert scores[name]["low"] < scores[name]["value"] < scores[name]["high"]
    assert scores["mean"]["value"] == pytest.approx(
        (scores["a"]["value"] + scores["b"]["value"]) / 2
    )


def test_the_floor_of_ssfid_is_between_two_halves():
    """Two disjoint sets of real faces, as numpy has it; smaller where there are more faces."""
    encoder, data = load_encoder("auto", 32), datasets.load("synthetic", "test", 32, count=120)
    with torch.inference_mode():
        features = encoder(data.batch(torch.arange(120))[0]).double().numpy()
    few = ssfid_floor(encoder, data.subset(40), chunk=7)
    assert few["n"] == 20
    assert few["value"] == pytest.approx(frechet(features[:20], features[20:40]), rel=1e-4)
    many = ssfid_floor(encoder, data)
    assert many["value"] == pytest.approx(frechet(features[:60], features[60:]), rel=1e-4)
    assert many["value"] < few["value"]


class Features(nn.Identity):
    """Stands in for the network of torchmetrics' distance, which is given features."""

    num_features = 6


def test_scores_are_those_of_torchmetrics():
    torch.manual_seed(7)
    real, fake = torch.randn(90, 6), 1.4 * torch.randn(90, 6) @ torch.randn(6, 6) + 1
    metric = FrechetInceptionDistance(feature=Features()).set_dtype(torch.double)
    metric.update(real.double(), real=True)
    metric.update(fake.double(), real=False)
    score = filled(real, fake[None])["a"]["value"]
    assert score == pytest.approx(float(metric.compute()), rel=1e-10)
    for count in (4, 13, 91, 130, 1000):  # splits of unequal size, and fewer than ten
        logits = 3 * torch.randn(count, 7)
        with torch.random.fork_rng(), warnings.catch_warnings(action="ignore"):
            torch.manual_seed(derive(5, "splits"))
            metric = InceptionMetric(feature=nn.Identity(), splits=10)
            metric.update(logits.double())
            value, std = map(float, metric.compute())
        score = inception(logits[:, None], seed=5)
        assert score["value"] == pytest.approx(value, rel=1e-12) and score["n"] == count
        assert score["std"] == pytest.approx(std, rel=1e-10)


def test_too_few_faces_for_a_covariance():
    with pytest.raises(ValueError, match="needs 3 faces or more: 2"):
        filled(torch.randn(2, 3), torch.randn(1, 2, 3))
    three = filled(torch.randn(3, 2), torch.randn(1, 3, 2))["a"]
    assert 0 <= three["low"] <= three["value"] < three["high"] < np.inf
    one = inception(torch.randn(1, 13, 5), seed=0)
    assert (one["low"], one["high"]) == (1, np.inf)


def inception(logits, seed, chunk=32):
    score = InceptionScore(*logits.shape[:2], seed)
    for rows in torch.arange(len(logits)).split(chunk):
        score.update(rows, logits[rows])
    return score.compute()


def test_the_jackknife_knows_the_spread():
    """Its error is about the deviation of the distance over samples of the same size."""
    draws = [
        filled(torch.randn(100, 3), 1.2 * torch.randn(1, 100, 3) + 0.6)["a"] for _ in range(60)
    ]
    spread = np.std([score["value"] for score in draws])
    errors = np.mean([(score["high"] - score["value"]) / 2.262 for score in draws])
    assert 0.6 < errors / spread < 1.6


@pytest.mark.parametrize("alike", [0.0, 0.5, 1.0])
def test_edits_of_a_face_are_not_independent(alike):
    """The more they are alike, the wider the interval: what varies is the choice of faces."""
    torch.manual_seed(8)

    def draw():
        faces, edits = torch.randn(100, 1, 8), torch.randn(100, 13, 8)
        return inception(3 * (alike**0.5 * faces + (1 - alike) ** 0.5 * edits), seed=0)

    draws = [draw() for _ in range(80)]
    spread = np.std([score["value"] for score in draws])
    errors = np.mean([(score["high"] - score["low"]) / 2 / 2.262 for score in draws])
    assert 0.7 < errors / spread < 1.5


def test_the_inception_score_is_that_of_numpy():
    torch.manual_seed(4)
    logits = 3 * torch.randn(10, 13, 7)
    result = inception(logits, seed=5, chunk=3)
    with torch.random.fork_rng():
        torch.manual_seed(derive(5, "splits"))
        order = torch.randperm(130)
    p = F.softmax(logits.double().flatten(0, 1), dim=1)[order].numpy().reshape(10, 13, 7)
    kl = (p * (np.log(p) - np.log(p.mean(axis=1, keepdims=True)))).sum(axis=2).mean(axis=1)
    assert result["value"] == pytest.approx(np.exp(kl).mean(), rel=1e-6)
    assert result["std"] == pytest.approx(np.exp(kl).std(ddof=1), rel=1e-6)
    state = torch.get_rng_state()
    assert inception(logits, seed=5, chunk=3) == result
    assert torch.equal(torch.get_rng_state(), state)


def test_memory_does_not_grow_with_the_images():
    """A thousand classes of 13 edits are 52 kB a face; sums are 0.8 MB for any number of faces."""
    score = InceptionScore(20_000, 13, seed=0)
    for start in (0, 10_000):
        score.update(torch.arange(start, start + 2), torch.randn(2, 13, 1000))
    kept = [v for v in vars(score).values() if isinstance(v, torch.Tensor)]
    assert sum(tensor.nbytes for tensor in kept) < 4e6


def test_one_repeated_image_scores_one(judge, faces):
    x = faces.batch(torch.zeros(50, dtype=torch.long))[0]
    result = inception(load_classes("auto", judge)(x)[:, None], seed=0)
    assert result["value"] == pytest.approx(1, abs=1e-6) and result["std"] < 1e-6


def test_different_faces_score_more_than_equal_ones(judge, faces):
    logits = load_classes("auto", judge)(faces.batch(torch.arange(64))[0])
    assert 2 < inception(logits[:, None], seed=0)["value"] < 32


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


@pytest.mark.parametrize("level", [0.05, 0.05 / 36, 0.01])
@pytest.mark.parametrize("n", [*range(2, 60), 101, 1000])
def test_students_quantiles_are_scipys(n, level):
    assert student(n, level) == pytest.approx(stats.t.isf(level / 2, n - 1), rel=1e-10)


def test_one_number_has_no_end():
    assert student(1) == math.inf


def test_a_bootstrap_resamples_faces():
    column = np.arange(40.0).reshape(20, 2)
    bootstrap = Bootstrap(20, seed=1)
    totals = bootstrap.totals(column)
    assert totals.shape == (1001, 2) and np.allclose(totals[0], column.sum(axis=0))
    score = bootstrap.interval(totals[:, 0] / 20)
    assert score["value"] == pytest.approx(column[:, 0].mean())
    error = column[:, 0].std() / np.sqrt(20)
    assert score["high"] - score["low"] == pytest.approx(2 * 1.96 * error, rel=0.15)
