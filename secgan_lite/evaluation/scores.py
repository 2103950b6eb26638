"""TARR and the scores against the truth, with bootstrap intervals."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from secgan_lite.attributes import difference, single_flips
from secgan_lite.backbones import Generator
from secgan_lite.datasets import FaceData
from secgan_lite.evaluation.edits import Editor, Truth, generator_editor
from secgan_lite.judges import AttributeClassifier, load_classifier
from secgan_lite.randomness import derive
from secgan_lite.supervised import at_hand
from secgan_lite.training import Observer, TrainConfig, Trainer

CHANGED = 8  # a pixel belongs to a true edit if it differs by more grey levels, of 255


@torch.inference_mode()
def evaluate(
    edit: Editor | Generator,
    data: FaceData,
    classifier: torch.nn.Module,
    truth: Truth | None = None,
    *,
    resolved: bool | None = None,
    intensity: float = 1.0,
    chunk: int = 100,
    seed: int = 0,
) -> dict:
    """Reverse each attribute of every face, one at a time, and score the edits (§4.4).

    Args:
        edit: a generator, or any edit function.
        classifier: the judge, images -> attribute logits.
        truth: true edits; made here for synthetic faces if not given.
        resolved: clear what a new value rules out; None = only on synthetic faces, whose true edits
            are resolved (the paper's flips are literal).
        intensity: factor on y_diff.

    Returns:
        ``n``, ``intensity``, ``resolved``; ``tarr`` by attribute and ``mean`` (fractions 0-1),
        ``reconstruction`` (mean |x − G(x, 0)|, 0-255) and, with a truth, ``counterfactual``: error
        inside and outside the region that should change (0-255), error inside when the input is
        copied, and their ratio; each a dict of ``value``, ``low``, ``high`` (95 % bootstrap).
    """
    edit = generator_editor(edit) if isinstance(edit, Generator) else edit
    if truth is None and data.faces is not None:
        truth = Truth.of(data)
    resolved = truth is not None if resolved is None else resolved
    columns: dict[str, list[np.ndarray]] = {}
    for indices in torch.arange(len(data)).split(chunk):
        x, y, _ = data.batch(indices)
        targets = single_flips(y, data.attributes, resolved=resolved)
        y_diffs = intensity * torch.stack([difference(target, y) for target in targets])
        *edits, same = edit(x, torch.cat([y_diffs, torch.zeros_like(y)[None]]), y)
        logits = torch.stack([classifier(image) for image in edits])
        hits = ((logits > 0) == (targets > 0)).diagonal(dim1=0, dim2=2)
        part = {"tarr": hits.float(), "reconstruction": _levels(same - x).mean(dim=(1, 2, 3))}
        if truth is not None:
            part |= _against_truth(x, edits, truth.images[:, indices.numpy()])
        for name, value in part.items():
            columns.setdefault(name, []).append(value.cpu().numpy())
    table = {name: np.concatenate(parts) for name, parts in columns.items()}
    return {"n": len(data), "intensity": intensity, "resolved": resolved} | _summary(
        table, data.attributes, seed
    )


def load_judge(config: TrainConfig) -> AttributeClassifier | None:
    """The judge for a run's faces, or None where none is at hand: no such file, no bundled size."""
    if not at_hand("classifier", config):
        return None
    return load_classifier(config.classifier, config.image_size)


def judge_rate(data: FaceData, classifier: torch.nn.Module) -> Observer:
    """An observer for ``train``: the share of single flips of ``data`` that the judge accepts.

    It is TARR on few faces, for curves. D's own opinion of its G is no measure: G is trained to
    please it.
    """
    x, y, _ = data.batch(torch.arange(len(data)))
    targets = single_flips(y, data.attributes, resolved=data.faces is not None)

    @torch.inference_mode()
    def observe(trainer: Trainer, _: list[dict]) -> dict:
        with trainer.generators() as generators:
            edit = generator_editor(generators["rgb"], trainer.model.parser)
            edits = edit(x.to(trainer.device), (targets - y).to(trainer.device))
        logits = torch.stack([classifier(image.cpu()) for image in edits])
        hits = ((logits > 0) == (targets > 0)).diagonal(dim1=0, dim2=2)
        return {"judge": float(hits.float().mean())}

    return observe


def _levels(difference_: Tensor) -> Tensor:
    return difference_.abs() * 127.5


def _against_truth(x: Tensor, edits: list[Tensor], truth: np.ndarray) -> dict[str, Tensor]:
    """Sums of error inside and outside the true change, and its size: each (B, n_a)."""
    sums: dict[str, list[Tensor]] = {"inside": [], "copy_inside": [], "outside": [], "area": []}
    for image, true in zip(edits, torch.from_numpy(truth).to(x.device), strict=True):
        true = true.float() / 127.5 - 1
        change = _levels(true - x)
        region = change.amax(dim=1) > CHANGED + 0.5  # between two levels: rounding can't decide
        error = _levels(image - true).mean(dim=1)
        sums["inside"].append((error * region).sum(dim=(1, 2)))
        sums["copy_inside"].append((change.mean(dim=1) * region).sum(dim=(1, 2)))
        sums["outside"].append((error * ~region).sum(dim=(1, 2)))
        sums["area"].append(region.sum(dim=(1, 2)).float())
    pixels = torch.full_like(sums["area"][0], x.shape[-1] ** 2)
    return {k: torch.stack(v, dim=1) for k, v in sums.items()} | {"pixels": pixels}


def _summary(table: dict[str, np.ndarray], names: tuple[str, ...], seed: int) -> dict:
    n = len(table["tarr"])
    draws = np.random.default_rng(derive(seed, "bootstrap")).integers(n, size=(1000, n))

    def interval(score: Callable[[np.ndarray], float]) -> dict[str, float]:
        low, high = np.percentile([score(rows) for rows in draws], [2.5, 97.5])
        return {"value": float(score(np.arange(n))), "low": float(low), "high": float(high)}

    hits = table["tarr"]
    tarr = {name: interval(lambda rows, i=i: hits[rows, i].mean()) for i, name in enumerate(names)}
    tarr["mean"] = interval(lambda rows: hits[rows].mean())
    scores = {
        "tarr": tarr,
        "reconstruction": interval(lambda rows: table["reconstruction"][rows].mean()),
    }
    if "area" in table:

        def error(kind: str, rows: np.ndarray) -> float:
            area = table["area"][rows].sum(axis=0)
            if kind == "outside":
                area = table["pixels"][rows].sum() - area
            return float((table[kind][rows].sum(axis=0) / area).mean())

        scores["counterfactual"] = {
            kind: interval(lambda rows, kind=kind: error(kind, rows))
            for kind in ("inside", "copy_inside", "outside")
        } | {
            "inside_ratio": interval(
                lambda rows: error("inside", rows) / error("copy_inside", rows)
            )
        }
    return scores
