"""The checked exercises of lesson 05: a Fréchet distance, and an error that flatters."""

from collections.abc import Callable

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake


def _sets_case(draws: torch.Generator) -> Case:
    """Two sets of feature vectors, equally many, of different mean and covariance."""
    n, d = (int(torch.randint(*bounds, (), generator=draws)) for bounds in ((9, 14), (3, 6)))
    a, b = (torch.randn(n, d, generator=draws, dtype=torch.double) for _ in range(2))
    mix = torch.randn(d, d, generator=draws, dtype=torch.double)
    return Case((a, b @ mix + torch.randn(d, generator=draws, dtype=torch.double)))


def _root_trace(a: Tensor, b: Tensor) -> Tensor:
    """Trace of the square root of a product: the roots of its eigenvalues add up."""
    return torch.linalg.eigvals(a @ b).sqrt().real.sum()


def frechet(a: Tensor, b: Tensor) -> Tensor:
    """Fréchet distance of two Gaussians, those of feature sets (n, d) and (m, d) (ssFID, §4.4)."""
    first, second = a.T.cov(), b.T.cov()
    apart = (a.mean(dim=0) - b.mean(dim=0)).square().sum()
    return apart + first.trace() + second.trace() - 2 * _root_trace(first, second)


def _distance(
    apart: Callable[[Tensor], Tensor] = lambda difference: difference.square().sum(),
    cross: Callable[[Tensor, Tensor], Tensor] = lambda a, b: 2 * _root_trace(a, b),
    spread: Callable[[Tensor], Tensor] = lambda features: features.T.cov(),
    faces: int = 0,
) -> Callable[[Tensor, Tensor], Tensor]:
    """The distance with a part of it replaced."""

    def answer(a: Tensor, b: Tensor) -> Tensor:
        first, second = spread(a), spread(b)
        difference = a.mean(dim=faces) - b.mean(dim=faces)
        return apart(difference) + first.trace() + second.trace() - cross(first, second)

    return answer


FRECHET = Exercise(
    frechet,
    _sets_case,
    {
        "not squared": Mistake(
            _distance(apart=lambda difference: difference.norm()),
            "the distance of the means is not squared",
        ),
        "mean of means": Mistake(
            _distance(apart=lambda difference: difference.square().mean()),
            "the squared difference of the means is averaged over features: a norm adds them up",
        ),
        "root of each entry": Mistake(
            _distance(cross=lambda a, b: 2 * (a * b).abs().sqrt().trace()),
            "the root is taken of each entry. (Σ₁Σ₂)^½ is the root of a matrix: its trace is the "
            "sum of the roots of the eigenvalues of Σ₁Σ₂",
        ),
        "no root": Mistake(
            _distance(cross=lambda a, b: 2 * (a @ b).trace()),
            "the product of the covariances has lost its square root",
        ),
        "cross term once": Mistake(
            _distance(cross=_root_trace),
            "the cross term counts twice: a set must have distance 0 to itself",
        ),
        "no cross term": Mistake(
            _distance(cross=lambda a, b: 0.0),
            "the cross term is missing: a set would be far from itself",
        ),
        "means alone": Mistake(
            lambda a, b: (a.mean(dim=0) - b.mean(dim=0)).square().sum(),
            "only the means are compared: noise that blurs a set would cost nothing",
        ),
        "divided by n": Mistake(
            _distance(spread=lambda features: features.T.cov(correction=0)),
            "the covariances are divided by n, not by n − 1",
        ),
        "rows for columns": Mistake(
            _distance(spread=torch.cov, faces=1),
            "faces and features are exchanged: torch.cov wants a variable in each row",
        ),
    },
)


def _edits_case(draws: torch.Generator) -> Case:
    """Inputs, true edits and edits (B, 3, h, h) in [−1, 1]; some changes touch one channel only.

    Pixels of a row change by 3 and 6 levels of 255, less than the threshold, and by 12.
    """
    x, noise = torch.rand(2, 3, 3, 6, 6, generator=draws) - 0.5
    change = torch.zeros_like(x)
    for i, side in enumerate((2, 3, 5)):
        change[i, : i + 1, :side, :side] = 0.15 + 0.2 * torch.rand(
            i + 1, side, side, generator=draws
        )
    change[:, 1, 5] = torch.tensor([3, 3, 6, 6, 12, 12]) / 127.5
    leak = torch.zeros_like(x)
    leak[:, :, 4] = 0.2  # a row that hardly any true edit changes
    return Case((x + 0.6 * change + leak + 0.1 * noise, x + change, x))


def _region(a: Tensor, b: Tensor, threshold: float = 8 / 127.5) -> Tensor:
    return (a - b).abs().amax(dim=1) > threshold


def inside(edit: Tensor, truth: Tensor, x: Tensor) -> Tensor:
    """Mean error of an edit, 0-255, over the pixels that the true edit changes."""
    return ((edit - truth).abs().mean(dim=1) * 127.5)[_region(truth, x)].mean()


def _error(edit: Tensor, truth: Tensor) -> Tensor:
    return (edit - truth).abs().mean(dim=1) * 127.5


def _face_by_face(edit: Tensor, truth: Tensor, x: Tensor) -> Tensor:
    return torch.stack([inside(*(t[i : i + 1] for t in (edit, truth, x))) for i in range(len(x))])


INSIDE = Exercise(
    inside,
    _edits_case,
    {
        "whole image": Mistake(
            lambda e, t, x: _error(e, t).mean(),
            "it is averaged over the whole image, where most pixels should not change: copying "
            "the input looks nearly perfect",
        ),
        "outside": Mistake(
            lambda e, t, x: _error(e, t)[~_region(t, x)].mean(),
            "the pixels are those that should *not* change: that is leakage",
        ),
        "where the edit changed": Mistake(
            lambda e, t, x: _error(e, t)[_region(e, x)].mean(),
            "the region is where the edit changed something, so an editor chooses where it is "
            "judged. The true edit has to say where",
        ),
        "against the input": Mistake(
            lambda e, t, x: _error(e, x)[_region(t, x)].mean(),
            "the edit is compared with the input: copying would be perfect",
        ),
        "copying": Mistake(
            lambda e, t, x: _error(x, t)[_region(t, x)].mean(),
            "it is the error of the input: the edit does not enter at all",
        ),
        "mean of channels": Mistake(
            lambda e, t, x: _error(e, t)[_error(t, x) > 8].mean(),
            "a pixel counts if its channels change on average. One changed channel is a change",
        ),
        "threshold halved": Mistake(
            lambda e, t, x: _error(e, t)[_region(t, x, 8 / 255)].mean(),
            "images span 2, from −1 to 1, and that is 255 levels: 8 levels are 8 / 127.5 here, not "
            "8 / 255",
        ),
        "threshold without a scale": Mistake(
            lambda e, t, x: _error(e, t)[_region(t, x, 0)].mean(),
            "every pixel counts that differs at all. Only a change of more than 8 levels of 255 "
            "does, that is 8 / 127.5 in images from −1 to 1",
        ),
        "face by face": Mistake(
            lambda e, t, x: _face_by_face(e, t, x).mean(),
            "it is averaged face by face, so a change of few pixels weighs as much as one of many",
        ),
        "sum": Mistake(
            lambda e, t, x: _error(e, t)[_region(t, x)].sum(),
            "it is a sum over pixels, not a mean",
        ),
    },
    given="whole image",
)

EXERCISES = {"05-frechet": FRECHET, "05-inside": INSIDE}
