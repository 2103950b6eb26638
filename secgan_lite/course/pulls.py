"""Which way, and how hard, each loss term of the generators pulls at the images that it judges.

Values of losses do not compare; their gradients at one image do.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from secgan_lite import losses
from secgan_lite.backbones import SEMANTIC
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
        own, w = branch.modality is not SEMANTIC, branch.weights
        with torch.no_grad():
            unchanged = branch.decode(edits[name].features, torch.zeros_like(batch.y_diff))
        activate, source = branch.modality.activate, edits[name].source
        leaves = (edits[name].raw, unchanged)
        edit, same = (
            (activate(raw, source) if own else raw.clone()).requires_grad_() for raw in leaves
        )
        score, logits = branch.judge(edit if own else activate(edit, source))
        classified = losses.attribute_classification(logits, batch.y_trg, w.cls_reduction)
        rebuilt = (
            losses.rgb_reconstruction(same, batch.x)
            if own
            else losses.semantic_reconstruction(same, batch.s)
        )
        terms = {
            "adv": (losses.generator_adversarial(score), edit, 1.0),
            "cls": (classified, edit, w.lambda_cls_g),
            "rec": (rebuilt, same, w.lambda_rec),
        }
        if teachers:
            seen = model.parser(edit) if own else edit
            agreed = losses.semantic_consistency(seen, teachers[name], w.sc_reduction)
            terms["sc"] = (agreed, edit, w.lambda_sc)
        for term, (value, at, weight) in terms.items():
            (gradient,) = torch.autograd.grad(value, at, retain_graph=True)
            raw = unchanged if at is same else edits[name].raw
            found[name, term] = Pull(raw, at.detach(), gradient, weight)
    return found
