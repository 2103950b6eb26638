"""The checked exercises of lesson 03: a label's way in, mutual learning, a gain, four labels."""

from collections.abc import Callable, Mapping
from functools import cache, partial

import torch
from torch import Tensor
from torch.nn import functional as F

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake, distinct
from secgan_lite.editing import Trained
from secgan_lite.evaluation.truth import mean_iou, overlaps
from secgan_lite.losses import semantic_consistency
from secgan_lite.support.errors import unknown_choice


def _entry_case(draws: torch.Generator, *small: int) -> Case:
    """Images and wishes of a batch."""
    faces, labels, side = small or (int(n) for n in torch.randint(2, 6, (3,), generator=draws))
    shape = (faces, 3, side, side)
    x = distinct(shape, draws) if small else torch.randn(shape, generator=draws)
    y = torch.randint(-1, 2, (faces, labels), generator=draws).float()
    y[0, :2], y[-1, :2] = torch.tensor([1.0, -1.0]), torch.tensor([-1.0, -1.0])
    x, y = x.clone().requires_grad_(True), y.requires_grad_(True)
    return Case((x, y), {"the image": x, "the label": y}, {"faces": faces, "pixels": side**2})


def _planes(x: Tensor, y_diff: Tensor) -> Tensor:
    return y_diff[:, :, None, None].expand(-1, -1, *x.shape[2:])


def enter(x: Tensor, y_diff: Tensor) -> Tensor:
    """Image (B, 3, h, h) and label (B, n) as one input (B, 3 + n, h, h): StarGAN's way in."""
    return torch.cat([x, _planes(x, y_diff)], dim=1)


def _corner(x: Tensor, y_diff: Tensor) -> Tensor:
    first = torch.zeros_like(x[:, :1])
    first[:, :, 0, 0] = 1
    return torch.cat([x, first * _planes(x, y_diff)], dim=1)


ENTER = Exercise(
    enter,
    _entry_case,
    {
        "label first": Mistake(
            lambda x, y: torch.cat([_planes(x, y), x], dim=1),
            "the label's planes come before the image's. The first three channels are the image",
        ),
        "one plane": Mistake(
            lambda x, y: enter(x, y.sum(dim=1, keepdim=True)),
            "all attributes are added up into one plane, so the network cannot tell them apart. "
            "Each attribute needs a plane of its own",
        ),
        "corner": Mistake(
            _corner,
            "the label stands in one pixel of its plane. Each pixel of a plane has the same value",
        ),
        "multiplied": Mistake(
            lambda x, y: torch.cat([x, x.mean(dim=1, keepdim=True) * _planes(x, y)], dim=1),
            "the planes are multiplied by the image. A dark image would then whisper its wish",
        ),
        "sign lost": Mistake(
            lambda x, y: enter(x, y.abs()),
            "the planes have lost their sign: add and remove look the same",
        ),
        "another's label": Mistake(
            lambda x, y: enter(x, y.roll(1, 0)),
            "each face has got its neighbour's label. Rows of the batch belong together",
        ),
        "mean of the batch": Mistake(
            lambda x, y: enter(x, y.mean(dim=0, keepdim=True).expand_as(y)),
            "every face gets the mean of all labels. Each has a wish of its own",
        ),
        "order": Mistake(
            lambda x, y: enter(x, y.flip(1)),
            "the planes are in the opposite order of the attributes",
        ),
        "scrambled": Mistake(
            lambda x, y: torch.cat([x, y.repeat(1, x.shape[2:].numel()).view_as(_planes(x, y))], 1),
            "the planes are scrambled: `repeat` has put the attributes in turn, and `view` has cut "
            "them into planes at the wrong places. Give the label two axes of length 1 first",
        ),
        "another range": Mistake(
            lambda x, y: enter(x, (y + 1) / 2),
            'the planes run from 0 to 1. A wish of 0, "leave it", must stay 0, and −1 must stay −1',
        ),
        "channels turned": Mistake(
            lambda x, y: enter(x.flip(1), y),
            "the image's channels are in the opposite order: red has become blue",
        ),
        "first wish for all": Mistake(
            lambda x, y: enter(x, y[:1].expand_as(y)),
            "every face gets the wish of the first one. Each has a wish of its own",
        ),
        "label alone": Mistake(
            lambda x, y: _planes(x, y),
            "the image is missing: the generator would see its wish and no face",
        ),
    },
    small={
        "two faces of one pixel, with two attributes": lambda draws: _entry_case(draws, 2, 2, 1),
        "two faces of 2 × 2 pixels, with two attributes": lambda draws: _entry_case(draws, 2, 2, 2),
    },
)


def _mask_case(draws: torch.Generator, *small: int) -> Case:
    """log P(x_out) and G_seg's raw output, before its softmax."""
    batch, side = small or (int(n) for n in torch.randint(2, 5, (2,), generator=draws))
    shape = (2, batch, 12, side, side)
    parsed, raw = distinct(shape, draws) if small else 2 * torch.randn(shape, generator=draws)
    parsed, raw = (z.clone().requires_grad_(True) for z in (parsed, raw))
    leaves = {"P(x_out)": parsed, "G_seg's output": raw}
    return Case((parsed.log_softmax(dim=1), raw), leaves, {"faces": batch, "pixels": side**2})


def mutual(log_p: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
    """(Eq. 11, Eq. 12): each branch learns from the other's arg-max."""
    return (
        semantic_consistency(log_p, raw.argmax(dim=1)),
        semantic_consistency(raw, log_p.argmax(dim=1)),
    )


def _soft(log_q: Tensor, target: Tensor) -> Tensor:
    """Cross entropy against soft probabilities."""
    return -(target * log_q.log_softmax(dim=1)).sum(dim=1).mean()


def _divergence(reduce: Callable, detached: bool) -> Callable:
    """Both losses as KL divergences."""

    def answer(log_p: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
        logs = log_p, raw.log_softmax(dim=1)
        targets = [log.exp().detach() if detached else log.exp() for log in logs[::-1]]
        each = map(partial(F.kl_div, reduction="none"), logs, targets)
        return tuple(map(reduce, each))

    return answer


def _own(log_p: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
    return tuple(semantic_consistency(z, z.argmax(dim=1)) for z in (log_p, raw))


def _one_way(log_p: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
    return mutual(log_p.detach(), raw)


def _one_for_both(log_p: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
    both = sum(mutual(log_p, raw)) / 2
    return both, both


def _mean_of_segments(log_q: Tensor, target: Tensor) -> Tensor:
    one_hot = F.one_hot(target, 12).movedim(-1, 1)
    return -(one_hot * log_q.log_softmax(dim=1)).mean()


MUTUAL = Exercise(
    mutual,
    _mask_case,
    {
        "exchanged": Mistake(
            lambda p, z: mutual(p, z)[::-1],
            "the two are exchanged: first Eq. 11, whose gradient reaches P(x_out), then Eq. 12, "
            "whose gradient reaches G_seg",
        ),
        "own arg-max": Mistake(
            _own,
            "each branch learns from its own arg-max: it grows surer of what it says already, and "
            "nothing passes between the branches",
        ),
        "soft and not detached": Mistake(
            lambda p, z: (_soft(p, z.softmax(dim=1)), _soft(z, p.exp())),
            "the targets are soft and carry a gradient, so each equation teaches both generators. "
            "The paper's targets are one-hot: an arg-max has no gradient",
        ),
        "soft": Mistake(
            lambda p, z: (_soft(p, z.softmax(dim=1).detach()), _soft(z, p.exp().detach())),
            "the targets are soft. Nothing leaks, but the paper takes one-hot ones: the arg-max "
            "over the segments",
        ),
        **{
            f"divergence, {reduction}{', detached' * detached}": Mistake(
                _divergence(reduce, detached),
                "it is a KL divergence, so the targets are soft. The paper takes the cross "
                "entropy with one-hot targets: the arg-max over the segments",
            )
            for reduction, reduce in (
                ("batchmean", lambda e: e.sum() / len(e)),
                ("mean", torch.mean),
            )
            for detached in (False, True)
        },
        "one for both": Mistake(
            _one_for_both,
            "both results are the mean of Eq. 11 and Eq. 12. They teach two networks, so they "
            "stay two numbers: the first reaches P(x_out) alone, the second G_seg alone",
        ),
        "one way": Mistake(
            _one_way,
            "Eq. 11 has the right value and no gradient: P(x_out) was detached, or computed under "
            "no_grad. Then G_rgb learns nothing. P's weights are frozen, its input is not",
        ),
        "sum": Mistake(
            lambda p, z: tuple(loss * p[0, 0].numel() for loss in mutual(p, z)),
            "it is summed over the pixels. The 1/HW of Eq. 11 and 12 is a mean",
        ),
        "mean of segments": Mistake(
            lambda p, z: (
                _mean_of_segments(p, z.argmax(dim=1)),
                _mean_of_segments(z, p.argmax(dim=1)),
            ),
            "it is averaged over the 12 segments as well, so it is 12 times too small: the dot "
            "product adds them up",
        ),
        "sign": Mistake(
            lambda p, z: tuple(-loss for loss in mutual(p, z)),
            "the sign is wrong: the branches would be paid for disagreeing",
        ),
        "probabilities for logits": Mistake(
            lambda p, z: (
                F.cross_entropy(p.exp(), z.argmax(dim=1)),
                F.cross_entropy(z.softmax(dim=1), p.argmax(dim=1)),
            ),
            "F.cross_entropy got probabilities and takes their softmax once more: it wants "
            "logits or log-probabilities",
        ),
        "no arg-max": Mistake(
            lambda p, z: (F.cross_entropy(p, z), F.cross_entropy(z, p)),
            "the teacher's numbers enter as they are, neither a decision nor probabilities: the "
            "arg-max over the segments is missing",
        ),
        "no logarithm": Mistake(
            lambda p, z: (
                F.nll_loss(p.exp(), z.argmax(dim=1)),
                F.nll_loss(z.softmax(dim=1), p.argmax(dim=1)),
            ),
            "the pupil's probabilities enter without a logarithm. F.nll_loss takes none itself: it "
            "wants log-probabilities",
        ),
        "logits for log-probabilities": Mistake(
            lambda p, z: (F.nll_loss(p, z.argmax(dim=1)), F.nll_loss(z, p.argmax(dim=1))),
            "the numbers of G_seg's output are taken for log-probabilities. They are logits: a "
            "log-softmax is missing",
        ),
    },
    small={
        "one face of one pixel": lambda draws: _mask_case(draws, 1, 1),
        "one face of 2 × 2 pixels": lambda draws: _mask_case(draws, 1, 2),
        "two faces of 2 × 2 pixels": lambda draws: _mask_case(draws, 2, 2),
    },
    stops={
        f"arg-max over the {axis}": Mistake(
            lambda p, z, dim=dim: tuple(
                F.cross_entropy(pupil, teacher.argmax(dim=dim))
                for pupil, teacher in ((p, z), (z, p))
            ),
            f"The arg-max runs over the {axis}. The 12 segments are axis 1",
        )
        for axis, dim in (("faces", 0), ("rows or columns", 3))
    },
)


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
    return Case((parser, true + 0.5 * noise[0], true + noise[1], target))


@cache
def _lessons_parser() -> Callable[[Tensor], Tensor]:
    """P, which the lesson's cells know by name."""
    return Trained.of("editor-32-stargan-secgan").parser


def _loss_case(draws: torch.Generator) -> Case:
    """The tied edits are the worse ones, so the gain is below 0."""
    parser, tied, apart, target = _gain_case(draws).arguments
    return Case((parser, apart, tied, target))


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


GAIN = Exercise(
    gain,
    _gain_case,
    {
        "sign": Mistake(
            lambda p, t, a, s: -gain(p, t, a, s),
            "the sign is wrong. A gain is the score of the tied edits minus that of the others",
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
)


def _pair_case(draws: torch.Generator) -> Case:
    """Labels of a batch and targets for it."""
    batch, count = (int(n) for n in torch.randint(4, 14, (2,), generator=draws))
    y_src, y_trg = torch.randint(2, (2, batch, count), generator=draws).float()
    y_src[0, 0], y_trg[0, 0], y_src[0, 1], y_trg[0, 1] = 1.0, 0.0, 0.0, 1.0
    y_src[0, 2], y_trg[0, 2] = 1.0, 1.0
    return Case((y_src, y_trg))


def _few_labels(draws: torch.Generator, faces: int, attributes: int) -> Case:
    return Case(tuple(torch.randint(2, (2, faces, attributes), generator=draws).float()))


def labels(y_src: Tensor, y_trg: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What (G editing, G reconstructing, D on real, G's classification) get (§3.1, Eq. 3-5)."""
    return y_trg - y_src, torch.zeros_like(y_src), y_src, y_trg


def colleague(y_src: Tensor, y_trg: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """StarGAN's four labels: its generator is told targets."""
    return y_trg, y_src, y_src, y_trg


LABELS = Exercise(
    labels,
    _pair_case,
    {
        "StarGAN": Mistake(
            colleague,
            "it is StarGAN's habit: G is told the target, not the difference",
        ),
        "StarGAN's edit": Mistake(
            lambda s, t: (t, torch.zeros_like(s), s, t),
            "to edit, G is told the target, not the difference",
        ),
        "StarGAN's reconstruction": Mistake(
            lambda s, t: (t - s, s, s, t),
            "to reconstruct, G is given the source label. For a G that is told differences, "
            "'change nothing' is the zero vector (Eq. 5)",
        ),
        "sign": Mistake(
            lambda s, t: (s - t, torch.zeros_like(s), s, t),
            "the difference has the wrong sign: y_diff = y_trg − y_src, so +1 adds an attribute",
        ),
        "no direction": Mistake(
            lambda s, t: ((t - s).abs(), torch.zeros_like(s), s, t),
            "the difference has lost its sign: G would know which attribute to flip but not which "
            "way",
        ),
        "±1 for the target": Mistake(
            lambda s, t: (2 * t - 1, torch.zeros_like(s), s, t),
            "to edit, G is told every label of the target, as +1 or −1. G is told differences: "
            "an attribute that stays as it is gets 0",
        ),
        "reconstruction undoes": Mistake(
            lambda s, t: (t - s, s - t, s, t),
            "to reconstruct, G is asked to undo the edit. But Eq. 5 gives it the input, which "
            "nobody has edited: for 'change nothing' the difference is the zero vector",
        ),
        "reconstruction edits": Mistake(
            lambda s, t: (t - s, t - s, s, t),
            "G is asked to edit and the result is compared with the input: it would learn to "
            "ignore the label. Reconstruct with the zero vector (Eq. 5)",
        ),
        "D on real learns targets": Mistake(
            lambda s, t: (t - s, torch.zeros_like(s), t, t),
            "D is taught y_trg on real faces, which have y_src (Eq. 3)",
        ),
        "G is paid for differences": Mistake(
            lambda s, t: (t - s, torch.zeros_like(s), s, t - s),
            "the edit is classified against y_diff. D says which attributes a face has, so the "
            "edit must have y_trg (Eq. 4); −1 is no label. If you wrote `y_trg` there, has it been "
            "changed in place before, by `-=` or `sub_`?",
        ),
        "D's labels exchanged": Mistake(
            lambda s, t: (t - s, torch.zeros_like(s), t, s),
            "the last two are exchanged: real faces have y_src (Eq. 3), edits should have y_trg "
            "(Eq. 4)",
        ),
    },
    small={
        "one face and one attribute": partial(_few_labels, faces=1, attributes=1),
        "one face and two attributes": partial(_few_labels, faces=1, attributes=2),
    },
)

# Who gives the trained networks which labels: what is wrong, and the function.
PATIENTS = {
    "A": ("the target", colleague),
    "B": ("no sign", LABELS.mistakes["no direction"].answer),
    "C": ("D's labels", LABELS.mistakes["D's labels exchanged"].answer),
}
# What each cause would show in the lesson's table.
CAUSES = {
    "the target": "G would not get zeros to reconstruct, so this error would rise",
    "no sign": "G would get the right zeros to reconstruct, and every removal would fail",
    "the wrong sign": "additions would become removals, and fail",
    "D's labels": "a trained G would show no symptom: nobody asks D any more",
}


def diagnosed(causes: Mapping[str, str]) -> str:
    """How many patients have got their right cause, and what each wrong cause would show.

    Args:
        causes: of ``PATIENTS``, each of ``CAUSES``; "" where nothing has been said yet.

    Raises:
        ValueError: a cause is not known; the nearest is named.
    """
    for patient, cause in causes.items():
        if cause and cause not in CAUSES:
            raise unknown_choice(f"diagnosis[{patient!r}]", cause, list(CAUSES))
    if not any(causes.values()):
        return "diagnoses: not attempted"
    right = sum(causes.get(patient) == cause for patient, (cause, _) in PATIENTS.items())
    wrong = [
        f"{patient}: with {causes[patient]!r} {CAUSES[causes[patient]]}. Look at its row."
        for patient, (cause, _) in PATIENTS.items()
        if causes.get(patient) and causes[patient] != cause
    ]
    return "\n".join([f"{right} of {len(PATIENTS)} diagnoses are right", *wrong])


EXERCISES = {"03-enter": ENTER, "03-mutual": MUTUAL, "03-gain": GAIN, "03-labels": LABELS}
