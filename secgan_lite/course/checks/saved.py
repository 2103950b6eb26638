"""Lesson 08's exercise C: training images of a detector that may learn the file format."""

from collections.abc import Callable

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake


def _files_case(draws: torch.Generator) -> Case:
    """Two stacks of images, and a way to save them that leaves a trace."""
    n, m = (int(torch.randint(2, 5, (), generator=draws)) for _ in range(2))
    step = 0.2 + 0.2 * torch.rand((), generator=draws).item()

    def save(images: Tensor) -> Tensor:
        """It leaves a trace each time, as JPEG does."""
        return 0.8 * images + 0.2 * (images / step).round() * step + 0.03

    edited, untouched = (
        2 * torch.rand(k, 3, 4, 4, generator=draws, dtype=torch.double) - 1 for k in (n, m + 5)
    )
    return Case((edited, untouched, save), {}, {})


def same_files(edited: Tensor, untouched: Tensor, save: Callable[[Tensor], Tensor]) -> tuple:
    """Training images of a detector, both kinds saved in the same way."""
    return save(edited), save(untouched)


def _half(images: Tensor, save: Callable[[Tensor], Tensor]) -> Tensor:
    """The first half is saved, the other is as it was."""
    half = len(images) // 2
    return torch.cat([save(images[:half]), images[half:]])


SAVED = Exercise(
    same_files,
    _files_case,
    {
        "untouched alone": Mistake(
            lambda edited, untouched, save: (edited, save(untouched)),
            "the edits are not saved. Where one kind is PNG and the other JPEG, the detector "
            "learns the file format",
        ),
        "edits alone": Mistake(
            lambda edited, untouched, save: (save(edited), untouched),
            "the untouched faces are not saved. Where one kind is JPEG and the other PNG, the "
            "detector learns the file format, now the other way round",
        ),
        "neither": Mistake(
            lambda edited, untouched, save: (edited, untouched),
            "the formats agree, but no training image is a JPEG, and what the detector will be "
            "asked about is one",
        ),
        "half of each": Mistake(
            lambda edited, untouched, save: (_half(edited, save), _half(untouched, save)),
            "one half is saved, the other is not. On the web every picture is a JPEG: save all",
        ),
        "edits twice": Mistake(
            lambda edited, untouched, save: (save(save(edited)), save(untouched)),
            "edits are saved twice: how often a file was saved leaves a trace, too",
        ),
        "untouched twice": Mistake(
            lambda edited, untouched, save: (save(edited), save(save(untouched))),
            "untouched faces are saved twice: how often a file was saved leaves a trace, too",
        ),
        "exchanged": Mistake(
            lambda edited, untouched, save: (save(untouched), save(edited)),
            "the two came back in the other order: the detector would call edits untouched",
        ),
        "edits for both": Mistake(
            lambda edited, untouched, save: (save(edited), save(edited)),
            "both results are the edits: nothing is left to tell apart",
        ),
        "both formats": Mistake(
            lambda edited, untouched, save: tuple(
                torch.cat([images, save(images)]) for images in (edited, untouched)
            ),
            "images come in both formats. Where both kinds do, the format tells nothing; "
            "but the goal is images as the web has them: JPEG alone",
        ),
        "edits in both formats": Mistake(
            lambda edited, untouched, save: (torch.cat([edited, save(edited)]), save(untouched)),
            "only the edits come in both formats: PNG then means 'edited'. Return JPEG alone",
        ),
        "untouched in both formats": Mistake(
            lambda edited, untouched, save: (save(edited), torch.cat([untouched, save(untouched)])),
            "only the untouched faces come in both formats: PNG then means 'untouched'. Return "
            "JPEG alone",
        ),
        "half of the edits": Mistake(
            lambda edited, untouched, save: (_half(edited, save), save(untouched)),
            "one half of the edits is not saved: PNG then means 'edited'",
        ),
        "half of the untouched": Mistake(
            lambda edited, untouched, save: (save(edited), _half(untouched, save)),
            "one half of the untouched faces is not saved: PNG then means 'untouched'",
        ),
        "edits three times": Mistake(
            lambda edited, untouched, save: (save(save(save(edited))), save(untouched)),
            "edits are saved three times: how often a file was saved leaves a trace, too",
        ),
        "untouched three times": Mistake(
            lambda edited, untouched, save: (save(edited), save(save(save(untouched)))),
            "untouched faces are saved three times: how often a file was saved leaves a trace, too",
        ),
        "what is lost": Mistake(
            lambda edited, untouched, save: (edited - save(edited), untouched - save(untouched)),
            "what came back is what `save` takes away. The saved images themselves are wanted",
        ),
        "both twice": Mistake(
            lambda edited, untouched, save: (save(save(edited)), save(save(untouched))),
            "both kinds are saved twice. They agree so, but a picture of the web may be saved once "
            "only: once is enough",
        ),
        "all three times": Mistake(
            lambda edited, untouched, save: tuple(save(save(save(i))) for i in (edited, untouched)),
            "images are saved three times. Once is enough, and both kinds equally often",
        ),
        "half saved": Mistake(
            lambda edited, untouched, save: tuple((i + save(i)) / 2 for i in (edited, untouched)),
            "each image is mixed with its file. The web has files alone: return what `save` gives",
        ),
        "edits half saved": Mistake(
            lambda edited, untouched, save: ((edited + save(edited)) / 2, save(untouched)),
            "edits are mixed with their files, so their trace is weaker than that of untouched "
            "faces. Return what `save` gives, for both",
        ),
        "untouched half saved": Mistake(
            lambda edited, untouched, save: (save(edited), (untouched + save(untouched)) / 2),
            "untouched faces are mixed with their files, so their trace is weaker than that of "
            "edits. Return what `save` gives, for both",
        ),
        "exchanged, edits saved": Mistake(
            lambda edited, untouched, save: (untouched, save(edited)),
            "the two came back in the other order, and untouched faces are not saved",
        ),
        "exchanged, untouched saved": Mistake(
            lambda edited, untouched, save: (save(untouched), edited),
            "the two came back in the other order, and edits are not saved",
        ),
        "exchanged, none saved": Mistake(
            lambda edited, untouched, save: (untouched, edited),
            "the two came back in the other order, and neither is saved",
        ),
        "untouched for both": Mistake(
            lambda edited, untouched, save: (save(untouched), save(untouched)),
            "both results are the untouched faces: nothing is left to tell apart",
        ),
    },
    given="untouched alone",
    results=("the edits", "the untouched faces"),
)

EXERCISES = {"08-saved": SAVED}
