"""How good are the edits? TARR (paper §4.4) and, on synthetic faces, scores against the truth.

TARR alone rewards destroying a face, so it is never reported without an error. The two ends of the
scale are edits too: ``copy_input`` leaves the image as it is, ``Truth`` holds the exact edit.

    scores = evaluate(generator, data, classifier)
    scores["tarr"]["mean"]["value"], scores["counterfactual"]["inside_ratio"]["value"]
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from secgan_lite.attributes import difference, single_flips
from secgan_lite.backbones import CONDITIONINGS, Generator
from secgan_lite.datasets import FaceData
from secgan_lite.faces import counterfactual, render
from secgan_lite.judges import AttributeClassifier, load_classifier
from secgan_lite.parsing import Parser, one_hot
from secgan_lite.randomness import derive
from secgan_lite.supervised import at_hand
from secgan_lite.training import Observer, TrainConfig, Trainer

# An edit function: images (B, 3, h, h), K differences (K, B, n_a) and, for generators that are not
# conditioned on differences, the images' labels (B, n_a) -> K edits.
Editor = Callable[[Tensor, Tensor, Tensor | None], "list[Tensor]"]

CHANGED = 8  # a pixel belongs to a true edit if it differs by more grey levels, of 255


def generator_editor(generator: Generator, parser: Parser | None = None) -> Editor:
    """Edits by G_rgb; ``parser`` makes the mask that a generator of the method "concat" wants."""

    def edit(x: Tensor, y_diffs: Tensor, y_src: Tensor | None = None) -> list[Tensor]:
        source = x
        if generator.conditioning != "difference" and y_src is None:
            raise ValueError(
                f"y_src is missing: these weights are conditioned on the {generator.conditioning}, "
                "so the labels of the images are needed."
            )
        if generator.in_channels > x.shape[1]:
            if parser is None:
                raise ValueError("parser is missing: a generator of method 'concat' needs one.")
            source = torch.cat([x, one_hot(parser(x).argmax(dim=1))], dim=1)
        features = generator.encode(source)
        condition = CONDITIONINGS[generator.conditioning]
        raws = (generator.decode(features, condition(y_src, y_diff)) for y_diff in y_diffs)
        return [generator.modality.activate(raw) for raw in raws]

    return edit


def copy_input(x: Tensor, y_diffs: Tensor, y_src: Tensor | None = None) -> list[Tensor]:
    """The edit that changes nothing: error 0 where nothing should change, TARR near 0."""
    return [x] * len(y_diffs)


@dataclass(frozen=True)
class Truth:
    """The true edits of synthetic faces: images uint8 (n_a, N, 3, h, h), rendered once."""

    images: np.ndarray

    @classmethod
    def of(cls, data: FaceData) -> "Truth":
        """Render every single flip, exclusive attributes resolved."""
        size = data.images.shape[-1]
        flips = (counterfactual(data.faces, name) for name in data.attributes)
        return cls(np.stack([render(faces, size)[0] for faces in flips]))


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
