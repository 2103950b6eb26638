"""The third checked exercise of lesson 05: an error that flatters."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake


def _edits_case(draws: torch.Generator) -> Case:
    """Inputs, true edits and edits (B, 3, h, h) in [−1, 1]; some changes touch one channel only.

    Pixels of a row change by 3, 6 and 7 levels of 255, less than the threshold, in one channel or
    in all, and by 9 and 12. The last row and column do not change.
    """
    x, noise = torch.rand(2, 3, 3, 9, 9, generator=draws) - 0.5
    change = torch.zeros_like(x)
    for i, (most, channels) in enumerate([(2, [0]), (3, [1, 2]), (5, [0, 1, 2])]):
        side = int(torch.randint(most - 1, most + 1, (), generator=draws))
        strong = 0.15 + 0.2 * torch.rand(len(channels), side, side, generator=draws)
        change[i, channels, :side, :side] = strong
    change[:, 1, 7, :8] = torch.tensor([3, 3, 6, 6, 7, 9, 12, 12]) / 127.5
    change[:, ::2, 7, 1], change[:, ::2, 7, 3] = 3 / 127.5, 6 / 127.5
    change *= 2.0 * torch.randint(2, x.shape, generator=draws) - 1
    leak = torch.zeros_like(x)
    leak[:, :, 6] = 0.2  # a row that hardly any true edit changes
    changing = int(_region(x + change, x).sum())
    sizes = {"changing pixels": changing, "pixels": 3 * 81}
    edit = x + 0.6 * change + leak + 0.1 * noise
    edit[:, :, 0, 0] = (x + change)[:, :, 0, 0]  # a pixel that is made right
    return Case((edit, x + change, x), {}, sizes)


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
        "threshold doubled": Mistake(
            partial(_replaced, region=lambda e, t, x: _region(t, x, 16 / 127.5)),
            "only pixels count that change by more than 16 levels. Images span 2, from −1 to 1, "
            "and that is 255 levels: 8 levels are 16/255",
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
        "signed change": Mistake(
            partial(_replaced, region=lambda e, t, x: (t - x).amax(dim=1) * 127.5 > 8),
            "a pixel counts only if it grows brighter: the absolute value of the change is missing",
        ),
        "where either changed": Mistake(
            partial(_replaced, region=lambda e, t, x: _region(t, x) | _region(e, x)),
            "pixels count too that only the edit changed: its leakage is no error inside. The true "
            "edit alone says where",
        ),
        "where both changed": Mistake(
            partial(_replaced, region=lambda e, t, x: _region(t, x) & _region(e, x)),
            "pixels count only if the edit changed them too: what it left undone would be forgiven",
        ),
        "where the edit is wrong": Mistake(
            partial(_replaced, region=lambda e, t, x: _region(e, t)),
            "the pixels are those where the edit is wrong: the true edit against the input has to "
            "say where",
        ),
        "right pixels left out": Mistake(
            partial(_replaced, region=lambda e, t, x: _region(t, x) & (_error(e, t) > 0)),
            "pixels that the edit makes right are left out. They count, with error 0",
        ),
        "squares": Mistake(
            partial(_replaced, error=lambda e, t, x: (e - t).square().mean(dim=1) * 127.5),
            "the errors are squared; absolute ones are wanted",
        ),
        "median": Mistake(
            partial(_replaced, join=torch.median),
            "it is the median of the pixels' errors. Asked is their mean",
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
        **{
            f"two pixels, of which one changes by {levels} levels": partial(
                _few_pixels, pixels=2, weak=levels / 127.5
            )
            for levels in (6, 7, 9, 12)
        },
        "two faces": partial(_few_pixels, pixels=1, faces=2),
    },
)

EXERCISES = {"05-inside": INSIDE}
