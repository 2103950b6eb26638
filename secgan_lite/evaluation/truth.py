"""Edits of drawn faces against the true edits: what no photograph allows.

Every score stands between two ends: ``copy``, the input left as it is, and ``truth``.
"""

from collections.abc import Callable, Iterable

import numpy as np
import torch
from torch import Tensor

from secgan_lite.evaluation.bootstrap import Bootstrap
from secgan_lite.segments import SEGMENTS

CHANGED = 8  # a pixel belongs to a true edit if it differs by more grey levels, of 255
Table = dict[str, np.ndarray]


def levels(difference: Tensor) -> Tensor:
    """A difference of images in [−1, 1] as an error in grey levels, 0-255."""
    return difference.abs() * 127.5


def pixel_sums(x: Tensor, edits: Iterable[Tensor], true: Tensor) -> dict[str, Tensor]:
    """Sums of error inside and outside the true change, and its size: each (B, n_a).

    Args:
        x: inputs (B, 3, h, h); edits, true: (n_a, B, 3, h, h), all in [−1, 1].
    """
    sums: dict[str, list[Tensor]] = {}
    for edit, wanted in zip(edits, true, strict=True):
        change = levels(wanted - x)
        region = change.amax(dim=1) > CHANGED + 0.5  # between two levels: rounding can't decide
        for name, error in (("edit", levels(edit - wanted)), ("copy", change)):
            error = error.mean(dim=1)
            sums.setdefault(f"inside/{name}", []).append((error * region).sum(dim=(1, 2)))
            sums.setdefault(f"outside/{name}", []).append((error * ~region).sum(dim=(1, 2)))
        sums.setdefault("area", []).append(region.sum(dim=(1, 2)).float())
        sums.setdefault("rest", []).append((~region).sum(dim=(1, 2)).float())
    return {name: torch.stack(columns, dim=1) for name, columns in sums.items()}


def overlaps(found: Tensor, masks: Tensor) -> Tensor:
    """Pixels in both and in either, by segment: (n_a, B, h, h) twice -> (B, n_a, 12, 2)."""
    k, images = len(SEGMENTS), found.shape[:2].numel()
    pairs = masks.int().flatten(2) * k + found.int().flatten(2)
    start = k * k * torch.arange(images, device=pairs.device).view(*found.shape[:2], 1).int()
    counts = torch.bincount((pairs + start).flatten(), minlength=images * k * k)
    counts = counts.view(*found.shape[:2], k, k)
    both = counts.diagonal(dim1=2, dim2=3)
    either = counts.sum(dim=2) + counts.sum(dim=3) - both
    return torch.stack([both, either], dim=-1).transpose(0, 1).int()


def feature_distances(
    real: Tensor, edited: Tensor, true: Tensor, before: Tensor
) -> dict[str, Tensor]:
    """Distances in an encoder's features, each (B, n_a).

    Args:
        real: features of the inputs (B, d); edited, true: of the edits, (n_a, B, d).
        before: of the true edits of the face before the first one, (n_a, 1, d).
    """
    others = torch.cat([before, true[:, :-1]], dim=1)
    return {
        "drift/edit": (edited - true).norm(dim=2).T,
        "drift/copy": (real - true).norm(dim=2).T,
        "drift/other face": (others - true).norm(dim=2).T,
    }


# Columns are named "<prefix>/<end>", ends being edit, copy and truth; where the last is missing it
# is 0. Each prefix becomes a score: its totals over faces (…, n_a, …) to values (…, n_a).
_SCORES: dict[str, tuple[str, Callable[[Table, np.ndarray, int], np.ndarray]]] = {
    "inside": ("inside", lambda totals, column, n: column / totals["area"]),
    "outside": ("outside", lambda totals, column, n: column / totals["rest"]),
    "correct": ("attribute_accuracy", lambda totals, column, n: column / n),
    "overlap": ("mask_iou", lambda totals, column, n: mean_iou(column)),
    "witness": ("witness_iou", lambda totals, column, n: mean_iou(column)),
    "drift": ("identity_drift", lambda totals, column, n: column / totals["drift/other face"]),
}


def counterfactual_scores(table: Table, names: tuple[str, ...], bootstrap: Bootstrap) -> dict:
    """Scores from columns over faces, (n, n_a, …) each; those whose columns are missing are absent.

    Returns:
        ``inside``, ``outside``: error where something, or nothing, should change (0-255), and
        ``inside_ratio``: inside, as a share of copying; ``whole_ratio``: the error of the whole
        image, as a share of copying; ``attribute_accuracy``: share of all
        labels that the judge sees as wanted; ``mask_iou`` of P(edit), ``witness_iou`` of a
        parser's that took no part in training, and ``g_seg_iou`` of G_seg's mask with the true
        target mask, mean over segments; ``identity_drift``: distance to the true edit in the
        encoder's features, as a share of that between a face and the one before it. Each is the
        mean over attributes with its interval and both ends; ``by_attribute`` has the first four.
    """
    totals = {name: bootstrap.totals(column) for name, column in table.items()}
    values = {
        (title, end): score(totals, totals[f"{prefix}/{end}"], bootstrap.n)
        for prefix, (title, score) in _SCORES.items()
        for end in ("edit", "copy", "truth")
        if f"{prefix}/{end}" in totals
    }
    values["inside_ratio", "edit"] = values["inside", "edit"] / values["inside", "copy"]
    values["inside_ratio", "copy"] = np.ones((1, len(names)))
    whole = {end: totals[f"inside/{end}"] + totals[f"outside/{end}"] for end in ("edit", "copy")}
    values["whole_ratio", "edit"] = whole["edit"] / whole["copy"]
    values["whole_ratio", "copy"] = np.ones((1, len(names)))
    titles = [title for title, end in values if end == "edit"]
    scores: dict = {}
    for title in titles:
        ends = {end: values.get((title, end), np.zeros((1, 1)))[0] for end in ("copy", "truth")}
        scores[title] = bootstrap.interval(values[title, "edit"].mean(axis=1))
        scores[title] |= {end: float(value.mean()) for end, value in ends.items()}
    # The ratio of means, not the mean of ratios: attributes with small changes would rule it.
    inside, copied = (values["inside", end].mean(axis=1) for end in ("edit", "copy"))
    scores["inside_ratio"] |= bootstrap.interval(inside / copied)
    edited, copied = (whole[end].sum(axis=1) for end in ("edit", "copy"))
    scores["whole_ratio"] |= bootstrap.interval(edited / copied)
    if "g_seg" in totals:
        ends = {"copy": scores["mask_iou"]["copy"], "truth": 1.0}
        scores["g_seg_iou"] = bootstrap.interval(mean_iou(totals["g_seg"]).mean(axis=1)) | ends
    pixels = ("inside", "outside", "inside_ratio", "whole_ratio")
    scores["by_attribute"] = {
        name: {kind: bootstrap.interval(values[kind, "edit"][:, a]) for kind in pixels}
        for a, name in enumerate(names)
    }
    return scores


def mean_iou(totals: np.ndarray) -> np.ndarray:
    """(…, 12, 2) pixels in both and in either -> mean over the segments that occur."""
    both, either = totals[..., 0], totals[..., 1]
    shares = np.divide(both, either, out=np.full(both.shape, np.nan), where=either > 0)
    return np.nanmean(shares, axis=-1)
