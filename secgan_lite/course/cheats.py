"""Editors that please a metric and edit nothing, and what shows that they do."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from secgan_lite.datasets import FaceData
from secgan_lite.editing import Editor
from secgan_lite.evaluation.bootstrap import Bootstrap
from secgan_lite.evaluation.truth import mean_iou, overlaps
from secgan_lite.judges import AttributeClassifier


def fooled_judge(
    classifier: AttributeClassifier, names: Sequence[str], strength: float = 8.0, steps: int = 2
) -> Editor:
    """Noise that makes the judge see the wanted label, and nobody else: TARR without an edit.

    Each step goes along the sign of the judge's gradient.

    Args:
        classifier: the judge whose weights the cheater knows.
        names: of the attributes that are edited.
        strength: largest change of a pixel, in grey levels of 255.
    """
    judge, stride = classifier.of(names), strength / 127.5 / steps

    def nudged(x: Tensor, y_diff: Tensor, target: Tensor) -> Tensor:
        edited = x
        for _ in range(steps):
            edited = edited.detach().requires_grad_(True)
            doubt = F.binary_cross_entropy_with_logits(
                judge(edited), target, weight=(y_diff != 0).float(), reduction="sum"
            )
            (gradient,) = torch.autograd.grad(doubt, edited)
            edited = (edited - stride * gradient.sign()).clamp(-1, 1)
        return edited.detach()

    def edit(x: Tensor, y_diffs: Tensor, y_src: Tensor | None = None) -> list[Tensor]:
        with torch.inference_mode(False), torch.enable_grad():
            x, y_diffs, y_src = x.clone(), y_diffs.clone(), y_src.clone()
            return [nudged(x, y_diff, y_src + y_diff) for y_diff in y_diffs]

    return edit


def another_face(faces: FaceData) -> Editor:
    """A different person who has the wanted label: recognised, natural, varied, and no edit.

    Args:
        faces: whom to choose from, by the label that was asked for, then by the most others.
    """
    x_all, y_all, _ = faces.batch(torch.arange(len(faces)))

    def edit(x: Tensor, y_diffs: Tensor, y_src: Tensor | None = None) -> list[Tensor]:
        chosen = []
        for y_diff in y_diffs:
            wrong = (y_src + y_diff)[:, None] != y_all.to(x.device)
            asked = len(faces.attributes) * (y_diff != 0).float()[:, None]
            chosen.append((wrong * (1 + asked)).sum(dim=2).argmin(dim=1))
        return [x_all.to(x.device)[rows] for rows in chosen]

    return edit


def handed_out(edits: Tensor) -> Editor:
    """An editor that hands out edits (n_a, B, 3, h, h) of B faces that were made before.

    What asks for nothing gets its input back. All B faces have to come at once, in their order.
    """

    def edit(x: Tensor, y_diffs: Tensor, y_src: Tensor | None = None) -> list[Tensor]:
        return [*edits, x]

    return edit


@torch.inference_mode()
def believed(judge: Callable[[Tensor], Tensor], edits: Tensor, targets: Tensor) -> Tensor:
    """Whether a judge sees what was wanted, by attribute and face (n_a, B): the mean is TARR.

    Args:
        judge: images -> logits (B, n_a).
        edits: (n_a, B, 3, h, h), of which number a reverses attribute a.
        targets: y_trg (n_a, B, n_a).
    """
    logits = torch.stack([judge(edit)[:, a] for a, edit in enumerate(edits)])
    return (logits > 0) == (targets > 0).diagonal(dim1=0, dim2=2).T


def shrunk(edits: Tensor, side: int) -> Tensor:
    """Images (…, 3, h, h) at (…, 3, side, side): means over squares of pixels."""
    return F.avg_pool2d(edits.flatten(0, -4), edits.shape[-1] // side).unflatten(
        0, edits.shape[:-3]
    )


def without_faint(edits: Tensor, x: Tensor, levels: float = 16.0) -> Tensor:
    """Edits in which a pixel that changed by ``levels`` grey levels or less is the input's again.

    What is erased hardly shows, so an honest edit loses little by it.

    Args:
        edits: (…, 3, h, h) in [−1, 1], all of the inputs x.
        x: (B, 3, h, h) in [−1, 1].
        levels: of 255, in the channel that changed most; a half more is forgiven to rounding.
    """
    change = (edits - x).abs().amax(dim=-3, keepdim=True) * 127.5
    return torch.where(change > levels + 0.5, edits, x)


@torch.inference_mode()
def read_masks(
    parser: Callable[[Tensor], Tensor], edits: Iterable[Tensor], masks: Tensor, bootstrap: Bootstrap
) -> np.ndarray:
    """Overlap of the masks that a parser finds in edits with the true ones, mean over attributes.

    Args:
        parser: images -> segment logits (B, 12, h, h).
        edits: (n_a, B, 3, h, h).
        masks: segments of the true edits (n_a, B, h, h).

    Returns:
        (1001,): for the B faces, then for each resample of ``bootstrap``. Differences of two
        editors are paired if both had the same one.
    """
    found = torch.stack([parser(edit).argmax(dim=1) for edit in edits])
    pairs = overlaps(found.cpu(), masks.cpu()).numpy()
    return mean_iou(bootstrap.totals(pairs)).mean(axis=1)
