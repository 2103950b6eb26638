"""Which way, and how hard, each loss term of the generators pulls at the images that it judges.

Values of losses do not compare; their gradients at one image do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from secgan_lite import losses
from secgan_lite.attributes import single_flips
from secgan_lite.course.model import batch_for
from secgan_lite.datasets import FaceData
from secgan_lite.evaluation import Truth
from secgan_lite.secgan import Batch, Model


@dataclass(frozen=True, eq=False)
class Pull:
    """One term of Eq. 14 or 16 at some edits.

    Attributes:
        raw: what the generator gave, (B, C, h, h): the edits, or for reconstruction G(·, 0).
        at: what the term judges: images as they are, masks before their softmax.
        gradient: of the unweighted term, a mean over the batch, with respect to ``at``.
        weight: the term's λ in training; 1 for realism.
    """

    raw: Tensor
    at: Tensor
    gradient: Tensor
    weight: float

    @property
    def strength(self) -> float:
        """Norm of the weighted gradient for one face, as a mean over faces."""
        norms = self.gradient.flatten(1).norm(dim=1)
        return self.weight * len(norms) * norms.mean().item()


def pulls(model: Model, batch: Batch) -> dict[tuple[str, str], Pull]:
    """All terms of a model for a batch of edits: by (branch, "adv" | "cls" | "rec" | "sc")."""
    with torch.no_grad():
        edits = model.translate(batch)
        teachers = {}
        if "semantic" in edits:
            parsed = model.parser(edits["rgb"].out).argmax(dim=1)
            teachers = {"rgb": edits["semantic"].raw.argmax(dim=1), "semantic": parsed}
    found = {}
    for name, branch in model.branches.items():
        modality, edit = branch.modality, edits[name]
        with torch.no_grad():
            unchanged = branch.decode(edit.features, torch.zeros_like(batch.y_diff))
        at, same = (
            modality.predict(raw, edit.source).clone().requires_grad_()
            for raw in (edit.raw, unchanged)
        )
        target = modality.target(batch.x, batch.s)
        terms = branch.generator_terms(branch.judge(modality.show(at)), batch.y_trg, same, target)
        if teachers:
            terms["sc"] = losses.semantic_consistency(
                modality.segmented(at, model.parser), teachers[name], branch.weights.sc_reduction
            )
        for term, value in terms.items():
            raw, leaf = (unchanged, same) if term == "rec" else (edit.raw, at)
            (gradient,) = torch.autograd.grad(value, leaf, retain_graph=True)
            weight = branch.weights.of_generator[term]
            found[name, term] = Pull(raw, leaf.detach(), gradient, weight)
    return found


def towards_truth(model: Model, faces: FaceData) -> dict[str, dict[str, Tensor]]:
    """Each term's pull at all edits of drawn faces, beside what the truth asks for.

    Returns:
        by attribute that is flipped, directions (N, 3, h, h) at the edited images: ``adv``, ``cls``
        and, of a SeCGAN, ``sc``, minus the gradients without their weights; ``truth``, to the true
        edit; ``back``, to the input.
    """
    x, y_src, _ = faces.batch(torch.arange(len(faces)))
    flips, goals = single_flips(y_src, resolved=True), Truth.of(faces).tensors()[0]
    found = {}
    for name, y_trg, goal in zip(faces.attributes, flips, goals, strict=True):
        at_edits = pulls(model, batch_for(model, faces, y_trg))
        terms = [term for branch, term in at_edits if branch == "rgb" and term != "rec"]
        edits = at_edits["rgb", "adv"].at
        found[name] = {term: -at_edits["rgb", term].gradient for term in terms}
        found[name] |= {"truth": goal - edits, "back": x - edits}
    return found


def fault_of_sum(
    experiment: Callable[[float], Tensor], found: Mapping[str, Mapping[str, Tensor]]
) -> str:
    """What is wrong with an answer to exercise B of lesson 02, or nothing.

    Args:
        experiment: from λ_sc to the cosine of adv + cls + λ_sc·sc with the direction to the true
            edit: (N,), of each face the mean over its edits.
        found: from ``towards_truth``, of a SeCGAN.
    """
    wanted = {weight: _cosines_of_sum(found, weight) for weight in (0, 1, 10)}
    got = {weight: torch.as_tensor(experiment(weight)).detach() for weight in wanted}
    for weight, right in wanted.items():
        if got[weight].shape != right.shape:
            shapes = f"{tuple(got[weight].shape)}; wanted: {tuple(right.shape)}"
            return f"it returns a tensor of shape {shapes}, of each face the mean of its cosines"
    for says, other in _OTHER_SUMS.items():
        if all(_alike(got[weight], other(found, weight)) for weight in wanted):
            return says
    for weight, right in wanted.items():
        if not _alike(got[weight], right):
            face = int((got[weight] - right).abs().argmax())
            pair = f"{got[weight][face]:.4f}, not {right[face]:.4f}"
            return f"with λ_sc = {weight} face {face + 1} has the cosine {pair}"
    return ""


def _alike(one: Tensor, other: Tensor) -> bool:
    return torch.allclose(one.double(), other.double(), atol=1e-5)


def _cosine(step: Tensor, to: Tensor) -> Tensor:
    return F.cosine_similarity(step.flatten(1), to.flatten(1))


def _cosines_of_sum(
    found: Mapping[str, Mapping[str, Tensor]],
    weight: float,
    *,
    scaled: Callable[[Tensor], Tensor] = lambda pull: pull,
) -> Tensor:
    """Of each face the mean cosine: (N,)."""
    sums = [scaled(f["adv"]) + scaled(f["cls"]) + weight * scaled(f["sc"]) for f in found.values()]
    pairs = zip(sums, found.values(), strict=True)
    return torch.stack([_cosine(step, f["truth"]) for step, f in pairs]).mean(dim=0)


def _sum_of_cosines(found: Mapping[str, Mapping[str, Tensor]], weight: float) -> Tensor:
    weights = {"adv": 1, "cls": 1, "sc": weight}
    sums = [sum(w * _cosine(f[t], f["truth"]) for t, w in weights.items()) for f in found.values()]
    return torch.stack(sums).mean(dim=0)


def _unit(pull: Tensor) -> Tensor:
    return F.normalize(pull.flatten(1), dim=1).view_as(pull)


_OTHER_SUMS = {
    "each pull is scaled to length 1 before the sum. But a term pulls as hard as it does: add the "
    "pulls as they are": partial(_cosines_of_sum, scaled=_unit),
    "the cosines are added up. Add the pulls first, then take one cosine": _sum_of_cosines,
}
