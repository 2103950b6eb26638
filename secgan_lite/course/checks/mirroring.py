"""Lesson 01, exercise C: a colleague's training, what may be wrong with it, and its repair."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake, distinct
from secgan_lite.segments import SEGMENTS
from secgan_lite.support.errors import unknown_choice

_SEGMENTS = len(SEGMENTS)


def _face_case(draws: torch.Generator, faces: int = 0, side: int = 0) -> Case:
    """Images, masks and which faces to mirror: at least one, and not all."""
    faces = faces or int(torch.randint(3, 7, (), generator=draws))
    side = side or int(torch.randint(3, 7, (), generator=draws))
    x = distinct((faces, 3, side, side), draws)
    t = torch.randint(_SEGMENTS, (faces, side, side), generator=draws)
    mirrored = int(torch.randint(1, faces, (), generator=draws))
    return Case((x, t, torch.randperm(faces, generator=draws) < mirrored), sizes={"faces": faces})


def mirrored(x: Tensor, t: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor]:
    """The chosen faces as in a mirror: images (B, 3, h, h) and their masks (B, h, h)."""
    return _mirrored(x, t, chosen)


def _each_turned(x: Tensor, t: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor]:
    """All faces are mirrored once for each chosen one."""
    odd = chosen.sum() % 2 == 1
    return _mirrored(x, t, odd.expand(len(x)))


def _last_chosen(chosen: Tensor) -> Tensor:
    return torch.arange(len(chosen)) == chosen.nonzero().max()


def _mirrored(
    x: Tensor,
    t: Tensor,
    chosen: Tensor,
    *,
    image: Callable[[Tensor], Tensor] = lambda x: x.flip(-1),
    mask: Callable[[Tensor], Tensor] = lambda t: t.flip(-1),
    which: Callable[[Tensor], Tensor] = lambda chosen: chosen,
) -> tuple[Tensor, Tensor]:
    """The same, with a step of it replaced."""
    chosen = which(chosen)[:, None, None]
    return torch.where(chosen[:, None], image(x), x), torch.where(chosen, mask(t), t)


colleague = partial(_mirrored, mask=lambda t: t)
# What may have happened to a chosen face, and what the symptoms say to it. The IoUs are those of
# P trained so as in the lesson, with seeds 0 to 2, on one thread (noise of 0.5).
SUSPECTS = {
    "noise": "Three trainings with strong noise gave eyebrows an IoU of 0.24 to 0.34, so the table "
    "cannot exclude it. But noise has no side: where do her P's second choices lie, and where does "
    "the face have these parts?",
    "colours": "Three trainings with both kinds of colours gave noses an IoU of 0.65 to 0.71; "
    "without them it was 0.70 to 0.74. How far does hers fall, and is it by colour, or by place?",
    "both": "The masks would still fit. Three trainings with such faces gave noses an IoU of 0.69 "
    "to 0.73; without them it was 0.70 to 0.74.",
    "upside down": "Three trainings with such masks gave hair an IoU of 0.60 to 0.66. And are her "
    "second choices alike above and below, or left and right?",
    "mirror": "",
}
_HER_CODE = """
def colleague(x, t, chosen):
    return torch.where(chosen[:, None, None, None], x.flip(-1), x), t
"""


def suspected(cause: str) -> str:
    """What the symptoms of exercise C say to a suspected cause; "" is none yet.

    Of one that is no suspect the nearest is named; capitals and blanks don't count.
    """
    given, cause = cause, cause.strip().lower()
    if not cause:
        return "no cause named yet"
    if cause not in SUSPECTS:
        return str(unknown_choice("cause", given, SUSPECTS))
    if SUSPECTS[cause]:
        return f"not yet: {SUSPECTS[cause]}"
    return (
        "yes: half of the faces say left where the other half say right. Three trainings with such "
        "faces gave hair an IoU of 0.84 to 0.86, noses 0.42 to 0.47 and eyebrows 0.17 to 0.28. "
        "(Eyes came out at 0.00 with one seed and at 0.55 or more with two; why, we do not know.) "
        f"Her function:\n{_HER_CODE}"
    )


REPAIR = Exercise(
    mirrored,
    _face_case,
    {
        "masks stay": Mistake(
            colleague,
            "the masks of the chosen faces are not mirrored: each must change as its image does",
        ),
        "nothing": Mistake(
            partial(_mirrored, image=lambda x: x, mask=lambda t: t),
            "neither the images nor the masks are mirrored",
        ),
        "images stay": Mistake(
            partial(_mirrored, image=lambda x: x),
            "the images of the chosen faces are not mirrored: each must change as its mask does",
        ),
        "masks upside down": Mistake(
            partial(_mirrored, mask=lambda t: t.flip(1)),
            "the masks are upside down. A mask has no axis of colours: its axes are face, row, "
            "column, and a mirror exchanges left and right",
        ),
        "images upside down": Mistake(
            partial(_mirrored, image=lambda x: x.flip(2)),
            "the images are upside down. Their axes are face, colour, row, column, and a mirror "
            "exchanges left and right",
        ),
        "colours exchanged": Mistake(
            partial(_mirrored, image=lambda x: x.flip(1)),
            "red and blue of the images are exchanged: axis 1 of an image holds its colours. A "
            "mirror exchanges left and right",
        ),
        "rows and columns exchanged": Mistake(
            partial(_mirrored, image=lambda x: x.mT, mask=lambda t: t.mT),
            "rows and columns are exchanged. A mirror keeps each row and turns its order round",
        ),
        "faces exchanged": Mistake(
            partial(_mirrored, mask=lambda t: t.flip(0)),
            "the masks are those of other faces: axis 0 counts the faces. A mirror exchanges left "
            "and right",
        ),
        "images of other faces": Mistake(
            partial(_mirrored, image=lambda x: x.flip(0)),
            "the images are those of other faces: axis 0 counts the faces. A mirror exchanges left "
            "and right",
        ),
        "an axis too many": Mistake(
            lambda x, t, chosen: (
                _mirrored(x, t, chosen)[0],
                torch.where(chosen[:, None, None, None], t.flip(-1), t),
            ),
            "`chosen` has an axis too many for the masks, so every face meets every mask. A mask "
            "has two axes behind that of the faces: chosen[:, None, None]",
        ),
        "turned by a half": Mistake(
            partial(_mirrored, image=lambda x: x.flip(-1, -2), mask=lambda t: t.flip(-1, -2)),
            "the faces are turned by 180 degrees. A mirror exchanges left and right alone",
        ),
        "turned by a quarter": Mistake(
            partial(
                _mirrored, image=lambda x: x.rot90(1, (-2, -1)), mask=lambda t: t.rot90(1, (-2, -1))
            ),
            "the faces are turned by 90 degrees. A mirror exchanges left and right alone: flip(-1)",
        ),
        "turned by a quarter the other way": Mistake(
            partial(
                _mirrored,
                image=lambda x: x.rot90(-1, (-2, -1)),
                mask=lambda t: t.rot90(-1, (-2, -1)),
            ),
            "the faces are turned by 90 degrees, clockwise. A mirror exchanges left and right "
            "alone: flip(-1)",
        ),
        "first faces": Mistake(
            partial(_mirrored, which=lambda chosen: torch.arange(len(chosen)) < chosen.sum()),
            "as many faces as were chosen are mirrored, but the first ones. `chosen` says which",
        ),
        "once for each chosen": Mistake(
            _each_turned,
            "all faces are mirrored, once for each chosen one: the flip in the loop takes the "
            "whole tensor. Flip x[i] and t[i]",
        ),
        "last chosen alone": Mistake(
            partial(_mirrored, which=_last_chosen),
            "only the last of the chosen faces is mirrored: each round of the loop begins with a "
            "fresh copy. Copy once, before the loop",
        ),
        "chosen alone come back": Mistake(
            lambda x, t, chosen: (x[chosen].flip(-1), t[chosen].flip(-1)),
            "only the chosen faces come back. The others are wanted too, each in its place",
        ),
        "reordered": Mistake(
            lambda x, t, chosen: tuple(torch.cat([v[chosen].flip(-1), v[~chosen]]) for v in (x, t)),
            "the mirrored faces stand before the others: each face must keep its place",
        ),
        "all": Mistake(
            partial(_mirrored, which=torch.ones_like),
            "all faces are mirrored, not the chosen ones alone",
        ),
        "the others": Mistake(
            partial(_mirrored, which=torch.logical_not),
            "the faces that were not chosen are mirrored",
        ),
    },
    results=("the images", "the masks"),
    small={"two faces of 2 × 2 pixels": partial(_face_case, faces=2, side=2)},
    stops={
        "masks chosen by column": Mistake(
            lambda x, t, chosen: (x, torch.where(chosen, t.flip(-1), t)),
            "`chosen` has one truth value for each face, and torch.where lays it along the last "
            "axis of the masks, the columns. Give it the other axes: chosen[:, None, None]",
        ),
        "images chosen by column": Mistake(
            lambda x, t, chosen: (torch.where(chosen, x.flip(-1), x), t),
            "`chosen` has one truth value for each face, and torch.where lays it along the last "
            "axis of the images, the columns. Give it the other axes: chosen[:, None, None, None]",
        ),
        "chosen with too few axes": Mistake(
            lambda x, t, chosen: (torch.where(chosen[:, None, None], x.flip(-1), x), t),
            "`chosen` has too few axes, so it does not lie along the faces. It needs three more "
            "for images, chosen[:, None, None, None], and two more for masks",
        ),
    },
)

EXERCISES = {"01-repair": REPAIR}
