"""Scores of whole sets of edits (§4.4): ssFID and the Inception Score.

Only sums are kept, in double precision and for ten groups of faces, so memory does not grow with
the number of images. Leaving out one group at a time gives the interval (delete-a-group jackknife):
a face and all its edits go together, because edits of one face resemble each other. A bootstrap
would need all images.
"""

import torch
from torch import Tensor

from secgan_lite.datasets import FaceData
from secgan_lite.evaluation.bootstrap import jackknife
from secgan_lite.judges import Encoder
from secgan_lite.support.devices import exact
from secgan_lite.support.randomness import stream

FACE_GROUPS = 10
IMAGE_SPLITS = 10


class FrechetDistances:
    """Fréchet distance of each set of edits to the real images, in features of one encoder.

    Args:
        features: length d of a feature vector.
        names: of the sets.
    """

    def __init__(self, features: int, names: tuple[str, ...], device: torch.device | str) -> None:
        self.names = names
        zeros = exact(torch.zeros((), device=device))
        shape = (FACE_GROUPS, 1 + len(names), features)
        self._counts = zeros.new_zeros(FACE_GROUPS)
        self._sums = zeros.new_zeros(shape)
        self._products = zeros.new_zeros(*shape, features)

    def update(self, rows: Tensor, real: Tensor, edited: Tensor) -> None:
        """Add faces by their numbers: real (B, d), edited (sets, B, d)."""
        both = exact(torch.cat([real[None], edited]))
        for group in range(FACE_GROUPS):
            part = both[:, (rows % FACE_GROUPS == group).to(both.device)]
            self._counts[group] += part.shape[1]
            self._sums[group] += part.sum(dim=1)
            self._products[group] += part.mT @ part

    def compute(self) -> dict[str, dict[str, float]]:
        """Score by set and ``mean``: ``value``, ``low``, ``high``, and ``n``, the number of faces.

        Raises:
            ValueError: fewer than three faces: without one of them there is no covariance.
        """
        n, every = int(self._counts.sum()), torch.ones_like(self._counts)
        if n < 3:
            raise ValueError(f"A Fréchet distance with its interval needs 3 faces or more: {n}.")
        used = torch.eye(FACE_GROUPS).to(every)[self._counts > 0]
        distances = torch.stack([self._distances(kept) for kept in (every, *(every - used))]).cpu()
        columns = torch.cat([distances, distances.mean(dim=1, keepdim=True)], dim=1).T.tolist()
        return {
            name: jackknife(value, without, least=0.0) | {"n": n}
            for name, (value, *without) in zip((*self.names, "mean"), columns, strict=True)
        }

    def _distances(self, kept: Tensor) -> Tensor:
        """One for each set, over the groups that have a 1."""
        n = kept @ self._counts
        means, products = (torch.tensordot(kept, s, 1) / n for s in (self._sums, self._products))
        covariances = (products - means[:, :, None] * means[:, None]) * (n / (n - 1))
        # tr √(Σ₁Σ₂) = tr √(√Σ₁ Σ₂ √Σ₁), and that matrix is symmetric.
        values, vectors = torch.linalg.eigh(covariances[0])
        root = vectors * values.clamp(min=0).sqrt() @ vectors.mT
        cross = torch.linalg.eigvalsh(root @ covariances[1:] @ root).clamp(min=0).sqrt().sum(dim=1)
        real, *traces = covariances.diagonal(dim1=1, dim2=2).sum(dim=1)
        apart = (means[1:] - means[0]).square().sum(dim=1)
        return (apart + real + torch.stack(traces) - 2 * cross).clamp(min=0)  # rounding alone


@torch.inference_mode()
def ssfid_floor(encoder: Encoder, data: FaceData, chunk: int = 100) -> dict[str, float]:
    """ssFID of the first half of the faces to the other: where nothing at all was edited.

    A perfect editor can't be expected to score less at that n. With more faces it falls to 0.
    """
    n = len(data) // 2
    distances = FrechetDistances(encoder.num_features, ("real",), "cpu")
    for rows in torch.arange(n).split(chunk):
        one, other = (encoder(data.batch(part)[0]) for part in (rows, rows + n))
        distances.update(rows, one, other[None])
    return distances.compute()["real"]


class InceptionScore:
    """Inception Score of all edits together, the mean over ten random splits of the images.

    Args:
        faces: number of faces.
        sets: edits of each.
        seed: of the splits.
    """

    def __init__(self, faces: int, sets: int, seed: int) -> None:
        images = faces * sets
        order = torch.randperm(images, generator=stream(seed, "splits"))
        self._split = torch.empty_like(order)
        self._split[order] = torch.arange(images) // -(-images // IMAGE_SPLITS)
        self._split = self._split.view(faces, sets)
        self._sums = exact(torch.zeros(()))  # number, Σ p log p and Σ p, by group and split

    def update(self, rows: Tensor, logits: Tensor) -> None:
        """Add faces by their numbers: logits or log-probabilities (B, sets, classes)."""
        log_p = exact(logits).cpu().log_softmax(dim=2)
        p = log_p.exp()
        parts = [torch.ones_like(p[:, :, :1]), (p * log_p).sum(dim=2, keepdim=True), p]
        images = torch.cat(parts, dim=2).flatten(0, 1)
        cells = (rows % FACE_GROUPS)[:, None] * IMAGE_SPLITS + self._split[rows]
        sums = images.new_zeros(FACE_GROUPS * IMAGE_SPLITS, images.shape[1])
        self._sums = self._sums + sums.index_add(0, cells.flatten(), images)

    def compute(self) -> dict[str, float]:
        """``value`` with ``low`` and ``high``, the splits' deviation ``std``, ``n`` images."""
        groups = self._sums.unflatten(0, (FACE_GROUPS, IMAGE_SPLITS))
        every = groups.sum(dim=0)
        used = groups[groups[:, :, 0].sum(dim=1) > 0]
        without = [float(_scores(every - group).mean()) for group in used]
        scores = _scores(every)
        score = jackknife(float(scores.mean()), without, least=1.0)
        return score | {"std": float(scores.std()), "n": int(every[:, 0].sum())}


def _scores(sums: Tensor) -> Tensor:
    """exp of the mean KL(p ‖ mean p) in each split that has images."""
    count, p_log_p, p = sums[sums[:, 0] > 0].split([1, 1, sums.shape[1] - 2], dim=1)
    mean = p / count
    return (p_log_p / count - torch.xlogy(mean, mean).sum(dim=1, keepdim=True)).exp()
