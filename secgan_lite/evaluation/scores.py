"""All scores of an editor in one pass over the test faces and their single flips (§4.4)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from secgan_lite.attributes import difference, single_flips
from secgan_lite.backbones import Generator
from secgan_lite.datasets import FaceData
from secgan_lite.editing import Editor, encoded, generator_editor
from secgan_lite.evaluation.bootstrap import Bootstrap
from secgan_lite.evaluation.distributions import FrechetDistances, InceptionScore
from secgan_lite.evaluation.edits import Truth
from secgan_lite.evaluation.truth import (
    Table,
    counterfactual_scores,
    feature_distances,
    levels,
    overlaps,
    pixel_sums,
)
from secgan_lite.judges import AttributeClassifier, Encoder, load_classifier
from secgan_lite.judges.classes import AttributeClasses
from secgan_lite.parsing import Parser, one_hot
from secgan_lite.support.weights import at_hand
from secgan_lite.training import Observer, TrainConfig, Trainer


@dataclass(frozen=True)
class Judges:
    """What edits are scored with; a score whose judge is missing is left out.

    Attributes:
        classifier: images -> attribute logits, found by name: TARR.
        encoder: images -> features: ssFID and, with a truth, identity drift.
        classes: images -> logits or log-probabilities of classes: Inception Score.
        parser: P, which finds the masks of edits to compare with the true ones.
        g_seg: G_seg, whose edit of P's mask is compared likewise.
        witness: another parser, which finds masks as P does; P itself has taught a SeCGAN.
    """

    classifier: AttributeClassifier
    encoder: Encoder | None = None
    classes: nn.Module | None = None
    parser: Parser | None = None
    g_seg: Generator | None = None
    witness: Parser | None = None

    @torch.inference_mode(False)  # so that gradients can pass through them later
    def to(self, device: torch.device | str) -> "Judges":
        """The same judges, moved; channels-last, which makes a CPU half as fast again."""
        for field in fields(self):
            if (network := getattr(self, field.name)) is not None:
                network.to(device, memory_format=torch.channels_last)
        return self


@dataclass(frozen=True)
class Outcomes:
    """What became of each face, before it is summed up.

    Attributes:
        names: of the attributes, each flipped once.
        by_face: columns over faces, (n, n_a, …) each: ``tarr`` (0 or 1), ``inside/edit`` and
            ``area`` (sum of the error where something should change, and pixels), ….
        sets: scores of all edits together, ``ssfid`` and ``inception_score``, as far as judged.
        said: ``n``, ``intensity`` and ``resolved``.
        seed: of the bootstrap.
    """

    names: tuple[str, ...]
    by_face: Table
    sets: dict
    said: dict
    seed: int

    def scores(self) -> dict:
        """What ``evaluate`` returns."""
        bootstrap, table = Bootstrap(self.said["n"], self.seed), dict(self.by_face)
        hits, same = (
            bootstrap.totals(table.pop(name)) / bootstrap.n for name in ("tarr", "reconstruction")
        )
        tarr = {name: bootstrap.interval(hits[:, a]) for a, name in enumerate(self.names)}
        tarr["mean"] = bootstrap.interval(hits.mean(axis=1))
        scores = self.said | {"tarr": tarr, "reconstruction": bootstrap.interval(same)}
        if table:
            scores["counterfactual"] = counterfactual_scores(table, self.names, bootstrap)
        return scores | self.sets


def evaluate(
    edit: Editor | Generator,
    data: FaceData,
    judges: Judges | AttributeClassifier,
    truth: Truth | None = None,
    **options: Any,
) -> dict:
    """Reverse each attribute of every face, one at a time, and score the edits (§4.4).

    Intervals are for other faces: they resample faces, each with all its edits, by bootstrap; for
    ssFID and the Inception Score, by leaving out a tenth of the faces at a time.

    Args:
        options: as the others, of ``outcomes``.

    Returns:
        ``n``, ``intensity``, ``resolved``; ``tarr`` by attribute and ``mean`` (fractions 0-1),
        ``reconstruction`` (mean |x − G(x, 0)|, 0-255), ``ssfid`` by attribute set and ``mean``,
        ``inception_score``, and, for drawn faces, ``counterfactual`` (``counterfactual_scores``):
        each score a dict of ``value``, ``low``, ``high`` (95 %) and ``n``.

    Raises:
        ValueError: the classifier doesn't know one of the faces' attributes.
    """
    return outcomes(edit, data, judges, truth, **options).scores()


@torch.inference_mode()
def outcomes(
    edit: Editor | Generator,
    data: FaceData,
    judges: Judges | AttributeClassifier,
    truth: Truth | None = None,
    *,
    resolved: bool | None = None,
    intensity: float = 1.0,
    chunk: int = 25,
    seed: int = 0,
    device: torch.device | str = "cpu",
) -> Outcomes:
    """The flips of ``evaluate``, face by face; a few numbers are kept of each.

    Args:
        edit: a generator, or any edit function.
        judges: all of them, or the classifier alone.
        truth: true edits; drawn here, chunk by chunk, for drawn faces if not given.
        resolved: clear what a new value rules out; None = only on synthetic faces, whose true edits
            are resolved (the paper's flips are literal).
        intensity: factor on y_diff.
        chunk: faces at a time; memory grows with it.
        seed: of bootstrap and splits.

    Raises:
        ValueError: the classifier doesn't know one of the faces' attributes.
    """
    # What edits, what judges, and where the sums go.
    judges = (judges if isinstance(judges, Judges) else Judges(judges)).to(device)
    edit = generator_editor(edit.to(device), judges.parser) if isinstance(edit, Generator) else edit
    drawn = data.faces is not None
    resolved = drawn if resolved is None else resolved
    names, table = data.attributes, {}
    columns, judge = judges.classifier.columns(names), judges.classifier.of(names)
    encoder, classes = judges.encoder, judges.classes
    distances = encoder and FrechetDistances(encoder.num_features, names, device)
    inception = classes and InceptionScore(len(data), len(names), seed)
    true_edits = partial(_true_edits, data, truth, device)
    before = torch.empty(0)  # features of the true edits of the face before the first: the last
    if drawn and encoder:
        before = _each(encoder, true_edits(slice(len(data) - 1, len(data)))[0])
    for rows in torch.arange(len(data)).split(chunk):
        # Each attribute of these faces reversed, and nothing reversed.
        x, y, _ = data.batch(rows, device=device)
        targets = single_flips(y, names, resolved=resolved)
        y_diffs = intensity * torch.stack([difference(target, y) for target in targets])
        *edits, same = edit(x, torch.cat([y_diffs, torch.zeros_like(y)[None]]), y)
        # TARR and the error of the reconstruction.
        logits = _each(judges.classifier, edits)
        right = _right(logits[:, :, columns], targets)
        part = {
            "tarr": right.diagonal(dim1=1, dim2=2),
            "reconstruction": levels(same - x).mean(dim=(1, 2, 3)),
        }
        # Sums for ssFID and the Inception Score.
        if encoder and distances:
            real, edited = encoder(x), _each(encoder, edits)
            distances.update(rows, real, edited)
        if classes and inception:
            inception.update(rows, _classes(classes, judges.classifier, edits, logits))
        # The true edits of drawn faces: pixels, labels, masks and features against them.
        if drawn:
            true, masks = true_edits(slice(int(rows[0]), int(rows[-1]) + 1))
            part |= _against_truth(judge, x, edits, true, targets, right)
            part |= _masks(judges, x, y, edits, true, masks, y_diffs)
            if encoder:
                wanted = _each(encoder, true)
                part |= feature_distances(real, edited, wanted, before)
                before = wanted[:, -1:]
        # A few numbers of each face are kept.
        for name, column in part.items():
            values = column.cpu().numpy()
            if name not in table:  # whole at once: many small pieces would riddle the memory
                table[name] = np.empty((len(data), *values.shape[1:]), values.dtype)
            table[name][rows.numpy()] = values
    sets = {}
    if encoder and distances:
        sets["ssfid"] = distances.compute() | {"encoder": encoder.card}
    if classes and inception:
        sets["inception_score"] = inception.compute() | {"classes": classes.card}
    said = {"n": len(data), "intensity": intensity, "resolved": resolved}
    return Outcomes(names, table, sets, said, seed)


def _true_edits(
    data: FaceData, truth: Truth | None, device: torch.device | str, rows: slice
) -> tuple[Tensor, Tensor]:
    return (truth[rows] if truth else Truth.of(data, rows)).tensors(device)


def _each(network: Callable[[Tensor], Tensor], images: Iterable[Tensor]) -> Tensor:
    """Outputs for n_a sets of images, one set at a time: (n_a, B, …)."""
    return torch.stack([network(image) for image in images])


def _right(logits: Tensor, targets: Tensor) -> Tensor:
    """Whether the judge sees each label as wanted: (B, n_a flips, n_a labels) of 0 and 1."""
    return ((logits > 0) == (targets > 0)).float().transpose(0, 1)


def _classes(
    classes: nn.Module, classifier: AttributeClassifier, edits: list[Tensor], logits: Tensor
) -> Tensor:
    """Class logits (B, n_a, classes); those of our judge follow from what it has said already."""
    if isinstance(classes, AttributeClasses) and classes.classifier is classifier:
        return torch.stack([classes.from_logits(part) for part in logits], dim=1)
    return _each(classes, edits).transpose(0, 1)


def _against_truth(
    judge: Callable[[Tensor], Tensor],
    x: Tensor,
    edits: list[Tensor],
    true: Tensor,
    targets: Tensor,
    right: Tensor,
) -> dict[str, Tensor]:
    """Errors, and labels as the judge sees them, for edits and both ends: each (B, n_a)."""
    seen = {"copy": judge(x).expand(len(edits), -1, -1), "truth": _each(judge, true)}
    ends = {f"correct/{end}": _right(logits, targets) for end, logits in seen.items()}
    labels = {name: hits.mean(dim=2) for name, hits in ({"correct/edit": right} | ends).items()}
    return pixel_sums(x, edits, true) | labels


def _masks(
    judges: Judges,
    x: Tensor,
    y: Tensor,
    edits: list[Tensor],
    true: Tensor,
    masks: Tensor,
    y_diffs: Tensor,
) -> dict[str, Tensor]:
    """Overlaps with the true masks, as far as there are parsers: each (B, n_a, 12, 2)."""
    part = {}
    for name, parser in {"overlap": judges.parser, "witness": judges.witness}.items():
        if parser:
            parse = partial(_segments, parser)
            part[f"{name}/edit"] = overlaps(_each(parse, edits), masks)
            part[f"{name}/copy"] = overlaps(parse(x).expand_as(masks), masks)
            part[f"{name}/truth"] = overlaps(_each(parse, true), masks)
    if judges.parser and judges.g_seg:
        # 12 channels for each flip: kept as arg-max only.
        edited = encoded(judges.g_seg, one_hot(_segments(judges.parser, x)), y)
        moved = torch.stack([edited(y_diff).argmax(dim=1) for y_diff in y_diffs])
        part["g_seg"] = overlaps(moved, masks)
    return part


def _segments(parser: Parser, images: Tensor) -> Tensor:
    return parser(images).argmax(dim=1)


def load_judge(config: TrainConfig) -> AttributeClassifier | None:
    """The judge for a run's faces, or None where none is at hand: no such file, no bundled size."""
    if not at_hand("classifier", config):
        return None
    return load_classifier(config.classifier, config.image_size)


def judge_rate(data: FaceData, classifier: AttributeClassifier) -> Observer:
    """An observer for ``train``: the share of single flips of ``data`` that the judge accepts.

    It is TARR on few faces, for curves. D's own opinion of its G is no measure: G is trained to
    please it.

    Raises:
        ValueError: the judge doesn't know one of the faces' attributes.
    """
    judge = classifier.of(data.attributes)
    x, y, _ = data.batch(torch.arange(len(data)))
    targets = single_flips(y, data.attributes, resolved=data.faces is not None)

    @torch.inference_mode()
    def observe(trainer: Trainer, _: list[dict]) -> dict:
        with trainer.generators() as generators:
            edit = generator_editor(generators["rgb"], trainer.model.parser)
            edits = edit(x.to(trainer.device), (targets - y).to(trainer.device))
        logits = torch.stack([judge(image.cpu()) for image in edits])
        hits = ((logits > 0) == (targets > 0)).diagonal(dim1=0, dim2=2)
        return {"judge": float(hits.float().mean())}

    return observe
