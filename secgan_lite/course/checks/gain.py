"""The checked exercise of lesson 03 on a gain in IoU, as any parser sees it."""

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake
from secgan_lite.editing import Trained
from secgan_lite.evaluation.truth import mean_iou, overlaps


def _gain_case(draws: torch.Generator, *small: int) -> Case:
    """A parser, edits of two trainings, and the true masks.

    Pictures have 12 rows and columns, so an arg-max over either looks like segments.
    """
    wishes, faces, side = small or (*torch.randint(2, 5, (2,), generator=draws).tolist(), 12)
    weights = torch.randn(12, 3, generator=draws)

    def parser(x: Tensor) -> Tensor:
        """a parser with random weights"""
        if x.dim() != 4:
            raise ValueError(f"the parser takes images (B, 3, h, h) and has got {tuple(x.shape)}")
        return torch.einsum("kc,bchw->bkhw", weights, x).log_softmax(dim=1)

    true, *noise = torch.randn(3, wishes, faces, 3, side, side, generator=draws)
    target = _seen(parser, true)
    sizes = {"wishes": wishes, "faces": faces}
    tied, apart = true + 0.5 * noise[0], true + noise[1]
    if small:  # its weights would tell nobody what it reads
        masks = [_seen(parser, edits).flatten(2).squeeze(2).tolist() for edits in (tied, apart)]
        parser.__doc__ = "a parser that reads {} from `tied` and {} from `apart`".format(*masks)
    return Case((parser, tied, apart, target), sizes=sizes)


@cache
def _lessons_parser() -> Callable[[Tensor], Tensor]:
    """P, which the lesson's cells know by name."""
    return Trained.of("editor-32-stargan-secgan").parser


def _loss_case(draws: torch.Generator) -> Case:
    """The tied edits are the worse ones, so the gain is below 0."""
    case = _gain_case(draws)
    parser, tied, apart, target = case.arguments
    return Case((parser, apart, tied, target), sizes=case.sizes)


def _seen(parser: Callable[[Tensor], Tensor], edits: Tensor, axis: int = 1) -> Tensor:
    """The masks (wishes, B, h, h) that a parser reads from edits (wishes, B, 3, h, h)."""
    with torch.no_grad():
        return torch.stack([parser(edit).argmax(dim=axis) for edit in edits])


def _iou(found: Tensor, wanted: Tensor) -> Tensor:
    """As in the lesson: pixels of all faces together, mean over segments and wishes."""
    return torch.as_tensor(mean_iou(overlaps(found, wanted).sum(dim=0).numpy()).mean())


def gain(parser: Callable[[Tensor], Tensor], tied: Tensor, apart: Tensor, target: Tensor) -> Tensor:
    """Mean IoU of the tied edits minus that of the edits apart, both as a parser sees them."""
    return _iou(_seen(parser, tied), target) - _iou(_seen(parser, apart), target)


def _other_score(score: Callable[[Tensor, Tensor], Tensor], axis: int = 1) -> Callable:
    """The gain in another score, or of masks along another axis."""

    def answer(parser: Callable, tied: Tensor, apart: Tensor, target: Tensor) -> Tensor:
        scores = [score(_seen(parser, edits, axis), target) for edits in (tied, apart)]
        return scores[0] - scores[1]

    return answer


def _shares(found: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """Pixels in both and in either, (wishes, 12) each."""
    return overlaps(found, wanted).sum(dim=0).double().unbind(dim=-1)


def _absent_as_zero(found: Tensor, wanted: Tensor) -> Tensor:
    both, either = _shares(found, wanted)
    return (both / either.clamp(min=1)).mean()


def _recall(found: Tensor, wanted: Tensor) -> Tensor:
    both, _ = _shares(found, wanted)
    _, true = _shares(wanted, wanted)
    return (both / true).nanmean(dim=1).mean()


def _dice(found: Tensor, wanted: Tensor) -> Tensor:
    both, either = _shares(found, wanted)
    return (2 * both / (both + either)).nanmean(dim=1).mean()


def _segments_pooled(found: Tensor, wanted: Tensor) -> Tensor:
    both, either = _shares(found, wanted)
    return (both.sum(dim=1) / either.sum(dim=1)).mean()


def _wishes_pooled(found: Tensor, wanted: Tensor) -> Tensor:
    return _iou(found.flatten(0, 1)[None], wanted.flatten(0, 1)[None])


def _without_others(found: Tensor, wanted: Tensor) -> Tensor:
    both, either = _shares(found, wanted)
    return (both / either)[:, :-1].nanmean(dim=1).nanmean()


GAIN = Exercise(
    gain,
    _gain_case,
    {
        "sign": Mistake(
            lambda p, t, a, s: -gain(p, t, a, s),
            "the sign is wrong. A gain is the score of the tied edits minus that of the others",
        ),
        "sum": Mistake(
            lambda p, t, a, s: _iou(_seen(p, t), s) + _iou(_seen(p, a), s),
            "it is the sum of the two scores; their difference is wanted",
        ),
        "recall": Mistake(
            _other_score(_recall),
            "each overlap is divided by the pixels of the true segment alone. The IoU divides by "
            "the pixels in either mask",
        ),
        "share of pixels": Mistake(
            _other_score(lambda found, wanted: (found == wanted).float().mean()),
            "it is the share of right pixels. The IoU counts small segments as much as large "
            "ones: section 1 has the function `iou`",
        ),
        "columns": Mistake(
            _other_score(_iou, axis=-1),
            "the arg-max runs over the columns of the picture. The 12 segments are axis 1 of what "
            "a parser returns, (B, 12, h, h)",
        ),
        "rows": Mistake(
            _other_score(_iou, axis=-2),
            "the arg-max runs over the rows of the picture. The 12 segments are axis 1 of what "
            "a parser returns, (B, 12, h, h)",
        ),
        "tied alone": Mistake(
            lambda p, t, a, s: _iou(_seen(p, t), s),
            "it is the IoU of the tied edits. A gain is a difference: subtract the IoU of the "
            "edits apart",
        ),
        "with each other": Mistake(
            lambda p, t, a, s: _iou(_seen(p, t), _seen(p, a)),
            "the masks of both trainings are compared with each other. Compare each with `target`",
        ),
        "ratio": Mistake(
            lambda p, t, a, s: _iou(_seen(p, t), s) / _iou(_seen(p, a), s),
            "it is the ratio of the two scores; their difference is wanted",
        ),
        "face by face": Mistake(
            _other_score(
                lambda found, wanted: torch.stack(
                    [_iou(found[:, i : i + 1], wanted[:, i : i + 1]) for i in range(found.shape[1])]
                ).mean()
            ),
            "each face gets an IoU of its own, and their mean is taken. `iou` adds up the pixels "
            "of all faces first: a segment of one face would weigh as much as one of all",
        ),
        "the lesson's P": Mistake(
            lambda p, t, a, s: gain(_lessons_parser(), t, a, s),
            "`parser` never changes the result: is the lesson's P in its place? Then the witness "
            "would be told P's gain",
        ),
        "absent as zero": Mistake(
            _other_score(_absent_as_zero),
            "a segment that is in neither mask counts as IoU 0. It has no IoU: `iou` leaves it out",
        ),
        "Dice": Mistake(
            _other_score(_dice),
            "it is the Dice score, whose denominator counts the pixels in both masks twice. The "
            "IoU divides by the pixels in either",
        ),
        "segments pooled": Mistake(
            _other_score(_segments_pooled),
            "the pixels of all segments are added up before the division, so large segments rule. "
            "Each segment has an IoU of its own, then the mean is taken: `iou` of section 1",
        ),
        "wishes pooled": Mistake(
            _other_score(_wishes_pooled),
            "the pixels of all wishes are added up before the division. Each wish has its IoU, "
            "then the mean is taken: `iou` takes (wishes, B, h, h)",
        ),
        "share of the score": Mistake(
            lambda p, t, a, s: gain(p, t, a, s) / _iou(_seen(p, a), s),
            "the difference is divided by the score of the edits apart. The difference alone is "
            "wanted",
        ),
        "last wish": Mistake(
            lambda p, t, a, s: gain(p, t[-1:], a[-1:], s[-1:]),
            "only the last wish enters: is a line outside of the loop? The mean is taken over all "
            "wishes",
        ),
        "last face": Mistake(
            lambda p, t, a, s: gain(p, t[:, -1:], a[:, -1:], s[:, -1:]),
            "only the last face enters. `iou` adds up the pixels of all faces",
        ),
        "one target": Mistake(
            lambda p, t, a, s: gain(p, t, a, s[:1].expand_as(s)),
            "each wish is compared with the true masks of the first. Each has a target of its own",
        ),
        "axes exchanged": Mistake(
            lambda p, t, a, s: gain(p, *(v.transpose(0, 1) for v in (t, a, s))),
            "wishes and faces are exchanged: each face gets an IoU of its own over all wishes. "
            "`iou` takes (wishes, B, h, h)",
        ),
        "nothing": Mistake(
            lambda p, t, a, s: torch.zeros(()),
            "it is 0 whatever the edits are: do the same masks stand on both sides of the minus?",
        ),
        "least likely": Mistake(
            lambda p, t, a, s: (
                _iou(_seen(lambda x: -p(x), t), s) - _iou(_seen(lambda x: -p(x), a), s)
            ),
            "the masks hold the *least* likely segments: `argmin`, or a minus before the parser",
        ),
        "without others": Mistake(
            _other_score(_without_others),
            "the last segment, *others*, is left out. `iou` of section 1 takes all 12",
        ),
        "first face": Mistake(
            lambda p, t, a, s: gain(p, t[:, :1], a[:, :1], s[:, :1]),
            "only the first face enters. `iou` adds up the pixels of all faces",
        ),
        "first wish": Mistake(
            lambda p, t, a, s: gain(p, t[:1], a[:1], s[:1]),
            "only the first wish enters. The mean is taken over all wishes",
        ),
    },
    corners=(_loss_case,),
    small={
        "one wish for one face of one pixel": lambda draws: _gain_case(draws, 1, 1, 1),
        "one wish for two faces of one pixel": lambda draws: _gain_case(draws, 1, 2, 1),
        "two wishes for one face of one pixel": lambda draws: _gain_case(draws, 2, 1, 1),
    },
    stops={
        "faces lost": Mistake(
            lambda p, t, a, s: _iou(_seen(p, t, axis=0), s),
            "The masks have lost their axis of faces. The 12 segments are axis 1 of what a parser "
            "returns",
        ),
        "one axis for both": Mistake(
            lambda p, t, a, s: _iou(torch.cat([_seen(p, edit[None])[0] for edit in t]), s),
            "Wishes and faces lie in one axis: `torch.cat` joins along an axis that is there. "
            "`torch.stack` makes a new one",
        ),
        "no arg-max": Mistake(
            lambda p, t, a, s: _iou(torch.stack([p(edit) for edit in t]), s),
            "There are 12 numbers for each pixel where a mask has one. A mask is the arg-max of "
            "what a parser returns, over axis 1",
        ),
    },
)

EXERCISES = {"03-gain": GAIN}
