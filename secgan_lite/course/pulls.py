"""Which way, and how hard, each loss term of the generators pulls at the images that it judges.

Values of losses do not compare; their gradients at one image do.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

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
