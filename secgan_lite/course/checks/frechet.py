"""The first checked exercise of lesson 05: the Fréchet distance behind ssFID."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake


def _sets_case(draws: torch.Generator) -> Case:
    """Two sets of feature vectors, not equally many, of different mean and covariance."""
    bounds = (9, 12), (12, 15), (3, 6)
    n, m, d = (int(torch.randint(*both, (), generator=draws)) for both in bounds)
    a, b = (torch.randn(faces, d, generator=draws, dtype=torch.double) for faces in (n, m))
    mix = torch.randn(d, d, generator=draws, dtype=torch.double)
    b = b @ mix + torch.randn(d, generator=draws, dtype=torch.double)
    return Case((a, b), {}, {"faces": n, "features": d})


def _square_sets(
    draws: torch.Generator,
    tilted: float = 0.0,
    wider: float = 1.0,
    other_way: float = 0.0,
    times: int = 1,
) -> Case:
    """Four faces on the corners of a square, and the same moved, stretched, slanted, repeated."""
    corners = torch.tensor([[1, 1], [1, -1], [-1, 1], [-1, -1]], dtype=torch.double)
    first = torch.tensor([[1, 0], [other_way, 1]], dtype=torch.double)
    second = torch.tensor([[wider, tilted], [0, 1]], dtype=torch.double)
    shift = torch.randint(1, 4, (2,), generator=draws)
    return Case((corners @ first, (corners @ second + shift).repeat(times, 1)))


def _few_faces(draws: torch.Generator) -> Case:
    """Fewer faces than features: the covariances have no inverse, so some eigenvalues are 0."""
    a, b = torch.randn(13, 20, generator=draws, dtype=torch.double).split((6, 7))
    return Case((a, b + 1), {}, {"faces": 6, "features": 20})


def _root_trace(a: Tensor, b: Tensor) -> Tensor:
    """Trace of the square root of a product: the roots of its eigenvalues add up."""
    return _eigenroots(torch.linalg.eigvals(a @ b))


def _root(matrix: Tensor) -> Tensor:
    """Root of a symmetric matrix without negative eigenvalues."""
    values, vectors = torch.linalg.eigh(matrix)
    return vectors * values.clamp(min=0).sqrt() @ vectors.T


def _eigenroots(values: Tensor) -> Tensor:
    return values.sqrt().real.sum()


def frechet(a: Tensor, b: Tensor) -> Tensor:
    """Fréchet distance of two Gaussians, those of feature sets (n, d) and (m, d) (ssFID, §4.4)."""
    first, second = a.T.cov(), b.T.cov()
    apart = (a.mean(dim=0) - b.mean(dim=0)).square().sum()
    return apart + first.trace() + second.trace() - 2 * _root_trace(first, second)


def _distance(
    a: Tensor,
    b: Tensor,
    *,
    apart: Callable[[Tensor], Tensor] = lambda difference: difference.square().sum(),
    cross: Callable[[Tensor, Tensor], Tensor] = lambda a, b: 2 * _root_trace(a, b),
    spread: Callable[[Tensor], Tensor] = lambda features: features.T.cov(),
    mean: Callable[[Tensor], Tensor] = lambda features: features.mean(dim=0),
) -> Tensor:
    """The distance with a part of it replaced."""
    first, second = spread(a), spread(b)
    difference = mean(a) - mean(b)
    return apart(difference) + first.trace() + second.trace() - cross(first, second)


def _divided_alike(a: Tensor, b: Tensor) -> Tensor:
    """Both sums of squares are divided by the number of faces in the first set, less 1."""
    return _distance(a, b, spread=lambda f: f.T.cov(correction=0) * len(f) / (len(a) - 1))


_OF_FACTORS = (
    "these are products of the eigenvalues of Σ₁ with those of Σ₂, in some order. The eigenvalues "
    "of a product are others: multiply the matrices first"
)
_FOR_SYMMETRIC = (
    "eigvalsh and eigh take a matrix for symmetric. Σ₁Σ₂ is not, and its eigenvalues are never "
    "negative: torch.linalg.eigvals"
)


FRECHET = Exercise(
    frechet,
    _sets_case,
    {
        "not squared": Mistake(
            partial(_distance, apart=lambda difference: difference.norm()),
            "the distance of the means is not squared",
        ),
        "mean of means": Mistake(
            partial(_distance, apart=lambda difference: difference.square().mean()),
            "the squared difference of the means is averaged over features: a norm adds them up",
        ),
        "root of each entry": Mistake(
            partial(_distance, cross=lambda a, b: 2 * (a * b).abs().sqrt().trace()),
            "in the cross term only the variances count, as if features did not vary together. "
            "(Σ₁Σ₂)^½ is the root of a matrix, not of its entries: its trace is the sum of the "
            "roots of the eigenvalues of Σ₁Σ₂",
        ),
        "root of the product's entries": Mistake(
            partial(_distance, cross=lambda a, b: 2 * (a @ b).sqrt().trace()),
            "the root is taken of each entry of Σ₁Σ₂. (Σ₁Σ₂)^½ is the root of a matrix: its trace "
            "is the sum of the roots of the eigenvalues",
        ),
        "root of each factor": Mistake(
            partial(_distance, cross=lambda a, b: 2 * (_root(a) @ _root(b)).trace()),
            "the root is taken of each factor. Σ₁^½Σ₂^½ is (Σ₁Σ₂)^½ only if the two can be "
            "exchanged: multiply first, then take the root",
        ),
        "entry by entry": Mistake(
            partial(_distance, cross=lambda a, b: 2 * _eigenroots(torch.linalg.eigvals(a * b))),
            "`*` multiplies the covariances entry by entry. The product of two matrices is `@`",
        ),
        "taken for symmetric": Mistake(
            partial(_distance, cross=lambda a, b: 2 * torch.linalg.eigvalsh(a @ b).sqrt().sum()),
            "eigvalsh and eigh look at one half of a matrix and take it for symmetric. Σ₁Σ₂ is "
            "not: torch.linalg.eigvals",
        ),
        "taken for symmetric, without the negative": Mistake(
            partial(
                _distance, cross=lambda a, b: 2 * torch.linalg.eigvalsh(a @ b).relu().sqrt().sum()
            ),
            _FOR_SYMMETRIC,
        ),
        "taken for symmetric, without signs": Mistake(
            partial(
                _distance, cross=lambda a, b: 2 * torch.linalg.eigvalsh(a @ b).abs().sqrt().sum()
            ),
            _FOR_SYMMETRIC,
        ),
        "made symmetric": Mistake(
            partial(
                _distance,
                cross=lambda a, b: 2 * _eigenroots(torch.linalg.eigvals(a @ b + b @ a)) / 2**0.5,
            ),
            "Σ₁Σ₂ was made symmetric, as (Σ₁Σ₂ + Σ₂Σ₁)/2. That has other eigenvalues: take those "
            "of the product as it is, by torch.linalg.eigvals",
        ),
        "eigenvalues of each factor": Mistake(
            partial(
                _distance,
                cross=lambda a, b: (
                    2
                    * _eigenroots(torch.linalg.eigvalsh(a).relu() * torch.linalg.eigvalsh(b).relu())
                ),
            ),
            _OF_FACTORS,
        ),
        "eigenvalues of each factor, unsorted": Mistake(
            partial(
                _distance,
                cross=lambda a, b: (
                    2 * _eigenroots(torch.linalg.eigvals(a) * torch.linalg.eigvals(b))
                ),
            ),
            _OF_FACTORS,
        ),
        "all pairs of eigenvalues": Mistake(
            partial(
                _distance,
                cross=lambda a, b: (
                    2 * _eigenroots(torch.linalg.eigvals(a)) * _eigenroots(torch.linalg.eigvals(b))
                ),
            ),
            "the traces of two roots are multiplied. The trace of a product is not the product of "
            "the traces: multiply the matrices first",
        ),
        "product of traces": Mistake(
            partial(_distance, cross=lambda a, b: 2 * (a.trace() * b.trace()).sqrt()),
            "the cross term is the root of the product of two traces. Multiply the matrices first; "
            "the trace of the root is the sum of the roots of the product's eigenvalues",
        ),
        "cross term added": Mistake(
            partial(_distance, cross=lambda a, b: -2 * _root_trace(a, b)),
            "the cross term is added. It is subtracted: a set must have distance 0 to itself",
        ),
        "sum of differences": Mistake(
            partial(_distance, apart=lambda difference: difference.abs().sum()),
            "the means are compared by absolute differences. ‖·‖² is the sum of the squares",
        ),
        "root of the trace": Mistake(
            partial(_distance, cross=lambda a, b: 2 * (a @ b).trace().sqrt()),
            "the root is taken after the trace. The trace of a root is the sum of the roots of "
            "the eigenvalues: root first, then sum",
        ),
        "singular values": Mistake(
            partial(_distance, cross=lambda a, b: 2 * torch.linalg.svdvals(a @ b).sqrt().sum()),
            "these are singular values of Σ₁Σ₂. The product is not symmetric, so its eigenvalues "
            "are others",
        ),
        "real part before the root": Mistake(
            partial(
                _distance, cross=lambda a, b: 2 * torch.linalg.eigvals(a @ b).real.sqrt().sum()
            ),
            "it is nan for fewer faces than features. Then some eigenvalues are 0, by rounding a "
            "little below 0: take the root of the complex numbers, then its real part",
        ),
        "no root": Mistake(
            partial(_distance, cross=lambda a, b: 2 * (a @ b).trace()),
            "the product of the covariances has lost its square root",
        ),
        "cross term once": Mistake(
            partial(_distance, cross=_root_trace),
            "the cross term counts twice: a set must have distance 0 to itself",
        ),
        "no cross term": Mistake(
            partial(_distance, cross=lambda a, b: 0.0),
            "the cross term is missing: a set would be far from itself",
        ),
        "means alone": Mistake(
            lambda a, b: (a.mean(dim=0) - b.mean(dim=0)).square().sum(),
            "only the means are compared: noise that blurs a set would cost nothing",
        ),
        "divided by n": Mistake(
            partial(_distance, spread=lambda features: features.T.cov(correction=0)),
            "the covariances are divided by n, not by n − 1",
        ),
        "divided alike": Mistake(
            _divided_alike,
            "both covariances are divided by the n − 1 of the first set. The second set has faces "
            "of its own: m − 1",
        ),
        "not centred": Mistake(
            partial(_distance, spread=lambda features: features.T @ features / (len(features) - 1)),
            "the mean was not subtracted before the covariance: these are mean products of "
            "features, not of their distances from the mean",
        ),
        "correlations": Mistake(
            partial(_distance, spread=lambda features: features.T.corrcoef()),
            "these are correlations, whose diagonal is 1. A covariance keeps how wide a feature is",
        ),
        "without the means": Mistake(
            partial(_distance, apart=lambda difference: 0 * difference.sum()),
            "the means are not compared: a set moved as a whole would have distance 0",
        ),
        "one mean for all features": Mistake(
            partial(_distance, mean=torch.mean),
            "each set has one mean over all features: .mean() without dim=0",
        ),
    },
    corners=(_few_faces,),
    small={
        "sets that differ in their means alone": _square_sets,
        "features that do not vary together": partial(_square_sets, wider=2.0),
        "features that vary together": partial(_square_sets, tilted=1.0),
        "two sets that vary in different directions": partial(
            _square_sets, tilted=1.0, other_way=2.0
        ),
        "sets of four and of eight faces": partial(_square_sets, wider=2.0, times=2),
    },
    stops={
        "one number for each face": Mistake(
            lambda a, b: (a - b).mean(dim=0),
            "Two tensors were subtracted that hold something for each face, and the sets need not "
            "hold equally many. Average each set over its own faces first: .mean(dim=0)",
        ),
        "faces for features": Mistake(
            lambda a, b: a.cov() @ b.cov(),
            "Covariances of faces were multiplied; those of features are wanted. torch.cov wants "
            "each variable in a row: a.T",
        ),
    },
)

EXERCISES = {"05-frechet": FRECHET}
