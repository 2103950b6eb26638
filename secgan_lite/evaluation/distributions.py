"""Scores of whole sets of edits (§4.4): ssFID and the Inception Score, both by torchmetrics."""

import math
import warnings

import torch
from torch import Tensor, nn

from secgan_lite.evaluation.bootstrap import student
from secgan_lite.randomness import derive

GROUPS = 10


class FrechetDistances:
    """Fréchet distance of each set of edits to the real images, in features of one encoder.

    Only sums of features and of their products are kept, in double precision and for ten groups of
    faces, so memory does not grow with the number of images. Leaving out one group at a time gives
    the interval (delete-a-group jackknife); a bootstrap would need all features.

    Args:
        features: length d of a feature vector.
        names: of the sets.
    """

    def __init__(self, features: int, names: tuple[str, ...], device: torch.device | str) -> None:
        # Importing torchmetrics takes longer than many an evaluation, so it is put off till here.
        from torchmetrics.image.fid import FrechetInceptionDistance

        self.names = names
        shape = (GROUPS, 1 + len(names), features)
        zeros = {"dtype": torch.double, "device": device}
        self._counts = torch.zeros(GROUPS, dtype=torch.long, device=device)
        self._sums = torch.zeros(shape, **zeros)
        self._products = torch.zeros(*shape, features, **zeros)
        self._metric = FrechetInceptionDistance(feature=_Features(features)).to(device)
        self._metric.orig_dtype = torch.double

    def update(self, rows: Tensor, real: Tensor, edited: Tensor) -> None:
        """Add faces by their numbers: real (B, d), edited (sets, B, d)."""
        both = torch.cat([real[None], edited]).double()
        for group in range(GROUPS):
            part = both[:, rows.to(both.device) % GROUPS == group]
            self._counts[group] += part.shape[1]
            self._sums[group] += part.sum(dim=1)
            self._products[group] += part.mT @ part

    def compute(self) -> dict[str, dict[str, float]]:
        """Score by set and ``mean``: ``value``, ``low``, ``high``, ``n``."""
        n = int(self._counts.sum())
        used = [group for group in range(GROUPS) if self._counts[group]]
        distances = self._distances(torch.ones(GROUPS))
        without = torch.stack([self._distances(1 - torch.eye(GROUPS)[group]) for group in used])
        scores = {}
        for name, value, others in zip(
            [*self.names, "mean"],
            [*distances, distances.mean()],
            [*without.T, without.mean(dim=1)],
            strict=True,
        ):
            k = len(used)
            error = math.sqrt((k - 1) / k * float((others - others.mean()).square().sum()))
            value = float(value)
            low, high = max(0.0, value - student(GROUPS) * error), value + student(GROUPS) * error
            scores[name] = {"value": value, "low": low, "high": high, "n": n}
        return scores

    def _distances(self, groups: Tensor) -> Tensor:
        """One for each set, over the groups that have a 1."""
        chosen = groups.bool().to(self._counts.device)
        count = self._counts[chosen].sum()
        sums, products = (s[chosen].sum(dim=0) for s in (self._sums, self._products))
        metric, distances = self._metric, []
        metric.real_features_num_samples = metric.fake_features_num_samples = count
        metric.real_features_sum, metric.real_features_cov_sum = sums[0], products[0]
        for fake_sums, fake_products in zip(sums[1:], products[1:], strict=True):
            metric.fake_features_sum, metric.fake_features_cov_sum = fake_sums, fake_products
            metric._computed, metric._update_count = None, 1
            distances.append(metric.compute())
        return torch.stack(distances).cpu()


class _Features(nn.Identity):
    """Stands in for the network of a metric that is given features."""

    def __init__(self, num_features: int) -> None:
        super().__init__()
        self.num_features = num_features


def class_score(logits: Tensor, seed: int) -> dict[str, float]:
    """Inception Score of images in ten random splits of a seed.

    Args:
        logits: of all images together, or log-probabilities, (n, classes) on the CPU: 1 GB for the
            paper's 19,962 × 13 and 1,000 classes.

    Returns:
        The mean of the splits' scores as ``value`` with its interval ``low``, ``high``, their
        deviation ``std``, and ``n``.
    """
    from torchmetrics.image.inception import InceptionScore

    with warnings.catch_warnings(), torch.random.fork_rng(devices=[]):
        warnings.simplefilter("ignore")  # of the memory that it needs
        torch.manual_seed(derive(seed, "splits"))
        metric = InceptionScore(feature=nn.Identity(), splits=GROUPS)
        metric.update(logits.double())
        mean, std = (float(value) for value in metric.compute())
    error = student(GROUPS) * std / math.sqrt(GROUPS)
    score = {"value": mean, "low": max(1.0, mean - error), "high": mean + error}
    return score | {"std": std, "n": len(logits)}
