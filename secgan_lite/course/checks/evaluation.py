"""The checked exercises of lesson 05: a Fréchet distance, a paired interval, a flattering error."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake


def _sets_case(draws: torch.Generator) -> Case:
    """Two sets of feature vectors, equally many, of different mean and covariance."""
    n, d = (int(torch.randint(*bounds, (), generator=draws)) for bounds in ((9, 14), (3, 6)))
    a, b = (torch.randn(n, d, generator=draws, dtype=torch.double) for _ in range(2))
    mix = torch.randn(d, d, generator=draws, dtype=torch.double)
    b = b @ mix + torch.randn(d, generator=draws, dtype=torch.double)
    return Case((a, b), {}, {"faces": n, "features": d})


def _square_sets(draws: torch.Generator, tilted: float = 0.0, wider: float = 1.0) -> Case:
    """Four faces on the corners of a square, and the same moved, stretched or slanted."""
    corners = torch.tensor([[1, 1], [1, -1], [-1, 1], [-1, -1]], dtype=torch.double)
    slant = torch.tensor([[wider, tilted], [0, 1]], dtype=torch.double)
    shift = torch.randint(1, 4, (2,), generator=draws)
    return Case((corners, corners @ slant + shift))


def _few_faces(draws: torch.Generator) -> Case:
    """Fewer faces than features: the covariances have no inverse, so some eigenvalues are 0."""
    a, b = torch.randn(2, 6, 20, generator=draws, dtype=torch.double)
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
    faces: int = 0,
) -> Tensor:
    """The distance with a part of it replaced."""
    first, second = spread(a), spread(b)
    difference = a.mean(dim=faces) - b.mean(dim=faces)
    return apart(difference) + first.trace() + second.trace() - cross(first, second)


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
            "eigvalsh and eigh take a matrix for symmetric. Σ₁Σ₂ is not, and its eigenvalues are "
            "never negative: torch.linalg.eigvals",
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
        "rows for columns": Mistake(
            partial(_distance, spread=torch.cov, faces=1),
            "faces and features are exchanged: torch.cov wants a variable in each row",
        ),
    },
    corners=(_few_faces,),
    small={
        "sets that differ in their means alone": _square_sets,
        "features that do not vary together": partial(_square_sets, wider=2.0),
        "features that vary together": partial(_square_sets, tilted=1.0),
    },
)


def _scores_case(draws: torch.Generator, ahead: float = 0.1) -> Case:
    """Scores of two editors on the same faces, which are hard or easy for both, and drawn faces."""
    n = int(torch.randint(9, 14, (), generator=draws))
    hard, *own = torch.rand(3, n, generator=draws, dtype=torch.double)
    a, b = (hard + 0.3 * part for part in own)
    return Case((a + ahead, b, torch.randint(n, (200, n), generator=draws)), {}, {"faces": n})


def _two_faces(draws: torch.Generator, apart: float = 0.0) -> Case:
    """Two faces, of which each draw takes both, or one of them twice."""
    a = torch.tensor([0.75, 0.25], dtype=torch.double)
    b = a - torch.tensor([0.5, 0.5 + apart], dtype=torch.double)
    return Case((a, b, torch.tensor([[0, 1], [0, 0], [1, 1], [1, 0]])))


def paired(a: Tensor, b: Tensor, draws: Tensor) -> Tensor:
    """Mean difference of scores (n,) of the same faces, and its 95 % interval, by draws (k, n)."""
    return _interval(a, b, draws)


def _interval(
    a: Tensor,
    b: Tensor,
    draws: Tensor,
    *,
    drawn: Callable[[Tensor, Tensor, Tensor], Tensor] = lambda a, b, draws: (a - b)[draws].mean(
        dim=1
    ),
    shares: tuple[float, float] = (0.025, 0.975),
    around: Callable[[Tensor, Tensor], Tensor] = lambda difference, means: difference.mean(),
) -> Tensor:
    """The mean difference and its interval with a part of it replaced."""
    means = drawn(a, b, draws)
    ends = means.quantile(torch.tensor(shares, dtype=means.dtype))
    return torch.cat([around(a - b, means)[None], ends])


def _deviations(a: Tensor, b: Tensor, draws: Tensor) -> Tensor:
    means = (a - b)[draws].mean(dim=1)
    width = 1.96 * means.std()
    return torch.stack([(a - b).mean(), means.mean() - width, means.mean() + width])


def _around_the_difference(a: Tensor, b: Tensor, draws: Tensor) -> Tensor:
    width = 1.96 * (a - b)[draws].mean(dim=1).std()
    return (a - b).mean() + width * torch.tensor([0, -1, 1], dtype=a.dtype)


PAIRED = Exercise(
    paired,
    _scores_case,
    {
        "not paired": Mistake(
            partial(
                _interval, drawn=lambda a, b, draws: a[draws].mean(dim=1) - b[draws.flip(0)].mean(1)
            ),
            "the editors get different faces: one draw must give both the same ones",
        ),
        "sign": Mistake(
            lambda a, b, draws: _interval(b, a, draws), "the difference is b − a, asked is a − b"
        ),
        "single faces": Mistake(
            partial(_interval, drawn=lambda a, b, draws: (a - b)[draws].flatten()),
            "these are ends for a single face, not for the mean of n: average each draw first",
        ),
        "nothing drawn": Mistake(
            partial(_interval, drawn=lambda a, b, draws: a - b),
            "the draws are not used: these are ends for a single face, not for a mean",
        ),
        "averaged over draws": Mistake(
            partial(_interval, drawn=lambda a, b, draws: (a - b)[draws].mean(dim=0)),
            "it is averaged over the draws. A row holds the faces of one draw: average over it",
        ),
        "90 percent": Mistake(
            partial(_interval, shares=(0.05, 0.95)),
            "5 % lie outside on each side, so only 90 % lie within",
        ),
        "one side": Mistake(
            partial(_interval, shares=(0.0, 0.95)),
            "all 5 % that lie outside are above: half of them belong below",
        ),
        "lowest and highest": Mistake(
            partial(_interval, shares=(0.0, 1.0)),
            "these are the lowest and the highest draw: all of the thousand lie within",
        ),
        "mean of the draws": Mistake(
            partial(_interval, around=lambda difference, means: means.mean()),
            "the first number is the mean of the draws. Asked is that of the faces themselves",
        ),
        "deviations": Mistake(
            _deviations,
            "the ends are 1.96 standard deviations of the draws away from their mean. That takes "
            "the draws for normal; asked are their quantiles",
        ),
        "deviations from the difference": Mistake(
            _around_the_difference,
            "the ends are 1.96 standard deviations of the draws away from the difference, as if "
            "the draws were normal; asked are their quantiles",
        ),
        "two intervals": Mistake(
            lambda a, b, draws: _interval(a, 0 * b, draws) - _interval(b, 0 * a, draws),
            "the ends are differences of two intervals, one for each editor. Take the difference "
            "face by face, then its interval",
        ),
        "ends exchanged": Mistake(
            partial(_interval, shares=(0.975, 0.025)), "the high end stands before the low one"
        ),
    },
    corners=(partial(_scores_case, ahead=-0.3),),  # a difference below 0
    small={
        "two faces with the same difference": _two_faces,
        "two faces with other differences": partial(_two_faces, apart=0.5),
    },
)


def _edits_case(draws: torch.Generator) -> Case:
    """Inputs, true edits and edits (B, 3, h, h) in [−1, 1]; some changes touch one channel only.

    Pixels of a row change by 3 and 6 levels of 255, less than the threshold, in one channel or in
    all, and by 12.
    """
    x, noise = torch.rand(2, 3, 3, 6, 6, generator=draws) - 0.5
    change = torch.zeros_like(x)
    for i, most in enumerate((2, 3, 5)):
        side = int(torch.randint(most - 1, most + 1, (), generator=draws))
        change[i, : i + 1, :side, :side] = 0.15 + 0.2 * torch.rand(
            i + 1, side, side, generator=draws
        )
    change[:, 1, 5] = torch.tensor([3, 3, 6, 6, 12, 12]) / 127.5
    change[:, ::2, 5, 1], change[:, ::2, 5, 3] = 3 / 127.5, 6 / 127.5
    change *= 2.0 * torch.randint(2, x.shape, generator=draws) - 1
    leak = torch.zeros_like(x)
    leak[:, :, 4] = 0.2  # a row that hardly any true edit changes
    changing = int(_region(x + change, x).sum())
    sizes = {"changing pixels": changing, "pixels": 3 * 36}
    return Case((x + 0.6 * change + leak + 0.1 * noise, x + change, x), {}, sizes)


def _few_pixels(
    draws: torch.Generator, pixels: int, channels: int = 3, faces: int = 1, weak: float = 0.0
) -> Case:
    """Changes of the first pixel by 0.2 or more in some channels, of the others by ``weak``."""
    shape = (2, faces, 3, 1, pixels)
    x, noise = (torch.rand(shape, generator=draws) - 0.5).round(decimals=1)
    change = torch.full_like(x, weak)
    change[:, :channels, 0, 0] = torch.randint(2, 5, (faces, channels), generator=draws) / 10
    change[:, channels:, 0, 0] = 0.0
    change *= 2.0 * torch.randint(2, x.shape, generator=draws) - 1
    return Case((x + change + noise, x + change, x))


def _region(a: Tensor, b: Tensor, threshold: float = 8 / 127.5) -> Tensor:
    return (a - b).abs().amax(dim=1) > threshold


def inside(edit: Tensor, truth: Tensor, x: Tensor) -> Tensor:
    """Mean error of an edit, 0-255, over the pixels that the true edit changes."""
    return ((edit - truth).abs().mean(dim=1) * 127.5)[_region(truth, x)].mean()


def _error(edit: Tensor, truth: Tensor) -> Tensor:
    return (edit - truth).abs().mean(dim=1) * 127.5


def _replaced(
    edit: Tensor,
    truth: Tensor,
    x: Tensor,
    *,
    error: Callable[[Tensor, Tensor, Tensor], Tensor] = lambda e, t, x: _error(e, t),
    region: Callable[[Tensor, Tensor, Tensor], Tensor] = lambda e, t, x: _region(t, x),
    join: Callable[[Tensor], Tensor] = torch.mean,
) -> Tensor:
    """The error inside with a part of it replaced."""
    return join(error(edit, truth, x)[region(edit, truth, x)])


def _face_by_face(edit: Tensor, truth: Tensor, x: Tensor) -> Tensor:
    return torch.stack([inside(*(t[i : i + 1] for t in (edit, truth, x))) for i in range(len(x))])


INSIDE = Exercise(
    inside,
    _edits_case,
    {
        "whole image": Mistake(
            partial(_replaced, region=lambda e, t, x: _region(t, t) | True),
            "it is averaged over the whole image, where most pixels should not change: copying "
            "the input looks nearly perfect",
        ),
        "outside": Mistake(
            partial(_replaced, region=lambda e, t, x: ~_region(t, x)),
            "the pixels are those that should *not* change: that is leakage",
        ),
        "where the edit changed": Mistake(
            partial(_replaced, region=lambda e, t, x: _region(e, x)),
            "the region is where the edit changed something, so an editor chooses where it is "
            "judged. The true edit has to say where",
        ),
        "against the input": Mistake(
            partial(_replaced, error=lambda e, t, x: _error(e, x)),
            "the edit is compared with the input: copying would be perfect",
        ),
        "copying": Mistake(
            partial(_replaced, error=lambda e, t, x: _error(x, t)),
            "it is the error of the input: the edit does not enter at all",
        ),
        "mean of channels": Mistake(
            partial(_replaced, region=lambda e, t, x: _error(t, x) > 8),
            "a pixel counts if its channels change on average. One changed channel is a change",
        ),
        "all channels": Mistake(
            partial(_replaced, region=lambda e, t, x: (t - x).abs().amin(dim=1) * 127.5 > 8),
            "a pixel counts only if all its channels change. One changed channel is a change",
        ),
        "channels added up": Mistake(
            partial(_replaced, region=lambda e, t, x: (t - x).abs().sum(dim=1) * 127.5 > 8),
            "the changes of the three channels are added up: three changes by 6 levels count as "
            "18. A pixel counts if one channel changes by more than 8",
        ),
        "length of the change": Mistake(
            partial(_replaced, region=lambda e, t, x: (t - x).norm(dim=1) * 127.5 > 8),
            "a pixel counts by the length of its change, √(r² + g² + b²): three changes by 6 "
            "levels count as 10. It counts if one channel changes by more than 8",
        ),
        "largest error": Mistake(
            partial(_replaced, error=lambda e, t, x: (e - t).abs().amax(dim=1) * 127.5),
            "a pixel's error is that of its worst channel. The error is a mean over channels; the "
            "largest one is for the choice of the pixels",
        ),
        "threshold halved": Mistake(
            partial(_replaced, region=lambda e, t, x: _region(t, x, 8 / 255)),
            "pixels that change by 6 levels count as well. Images span 2, from −1 to 1, and that "
            "is 255 levels: 8 levels are 16/255",
        ),
        "threshold without a scale": Mistake(
            partial(_replaced, region=lambda e, t, x: _region(t, x, 0)),
            "pixels count that hardly change, by 3 levels of 255. More than 8 are asked; images "
            "span 2, from −1 to 1, and that is 255 levels",
        ),
        "threshold in levels": Mistake(
            partial(_replaced, region=lambda e, t, x: _region(t, x, 8)),
            "no pixel is chosen, and the mean of nothing is nan. Images span 2, from −1 to 1, so "
            "none changes by more than 8: 8 levels are 16/255",
        ),
        "channels cancel": Mistake(
            partial(_replaced, error=lambda e, t, x: ((e - t).mean(dim=1) * 127.5).abs()),
            "the absolute value is taken after the mean of the channels, so errors of opposite "
            "sign cancel",
        ),
        "no absolute value": Mistake(
            partial(_replaced, error=lambda e, t, x: (e - t).mean(dim=1) * 127.5),
            "the absolute value is missing: errors of opposite sign cancel",
        ),
        "single channels": Mistake(
            lambda e, t, x: ((e - t).abs() * 127.5)[(t - x).abs() * 127.5 > 8].mean(),
            "each channel is chosen for itself. A pixel that changes in one channel counts with "
            "all three",
        ),
        "face by face": Mistake(
            lambda e, t, x: _face_by_face(e, t, x).mean(),
            "it is averaged face by face, so a change of few pixels weighs as much as one of many",
        ),
        "sum": Mistake(
            partial(_replaced, join=torch.sum),
            "it is a sum over pixels, not a mean",
        ),
    },
    given="whole image",
    small={
        "one pixel that changes in all channels": partial(_few_pixels, pixels=1),
        "one pixel that changes in one channel": partial(_few_pixels, pixels=1, channels=1),
        "two pixels, of which one changes": partial(_few_pixels, pixels=2),
        "two pixels, of which one changes by 6 levels": partial(
            _few_pixels, pixels=2, weak=6 / 127.5
        ),
        "two pixels, of which one changes by 12 levels": partial(
            _few_pixels, pixels=2, weak=12 / 127.5
        ),
        "two faces": partial(_few_pixels, pixels=1, faces=2),
    },
)

EXERCISES = {"05-frechet": FRECHET, "05-paired": PAIRED, "05-inside": INSIDE}
