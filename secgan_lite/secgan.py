"""Branches and methods: Eq. 13-16 put together for "baseline", "concat" and "secgan" (paper §3).

One ``Branch`` class serves RGB images and semantic masks; a ``Model`` holds one branch (baseline,
concat) or two (secgan) and the frozen parser P. Optimisers and loops live in ``training``.

    model = Model("secgan", "stargan", config.size, config.weights, parser)
    translation = model.translate(batch)                        # both branches edit
    loss, terms = model.critic_loss(batch, translation, alpha)  # Eq. 13 + 15
    loss, terms = model.generator_loss(batch, translation)      # Eq. 14 + 16
"""

from collections.abc import Callable, ItemsView, Iterator, ValuesView
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from secgan_lite import backbones, losses
from secgan_lite.attributes import difference
from secgan_lite.backbones import Size
from secgan_lite.modalities import SEMANTIC, Modality, by_name
from secgan_lite.support.choices import Method
from secgan_lite.support.errors import unknown_choice
from secgan_lite.support.randomness import initialisation

METHODS = get_args(Method)
Terms = dict[str, Tensor]


@dataclass(frozen=True)
class Weights:
    """Weights and reductions of one branch's loss terms (paper §4.3, the backbone's own recipe)."""

    lambda_rec: float = 10.0
    lambda_sc: float = 0.01
    lambda_cls_d: float = 1.0
    lambda_cls_g: float = 1.0
    lambda_gp: float = 10.0
    cls_reduction: Literal["sum", "mean"] = "sum"
    sc_reduction: Literal["mean", "sum"] = "mean"

    @property
    def of_generator(self) -> dict[str, float]:
        """By term of Eq. 14 and 16."""
        found = {"adv": 1.0, "cls": self.lambda_cls_g, "rec": self.lambda_rec}
        return found | {"sc": self.lambda_sc}


@dataclass
class Batch:
    """One mini-batch, shared by both branches (Algorithm 1, line 5).

    Attributes:
        x: images (B, 3, h, h) in [−1, 1].
        s: segments of P(x), integers (B, h, h), or None where no method needs them.
        y_src, y_trg: labels (B, n_a) in {0, 1}.
        s_trg: true segments of the wished edits, like s, or None where G_seg teaches G_rgb.
    """

    x: Tensor
    s: Tensor | None
    y_src: Tensor
    y_trg: Tensor
    s_trg: Tensor | None = None

    @cached_property
    def y_diff(self) -> Tensor:
        return difference(self.y_trg, self.y_src)


@dataclass
class Edit:
    """One branch's translation of a batch: what its generator saw, kept and put out."""

    source: Tensor
    features: object
    raw: Tensor
    out: Tensor


class Branch(nn.Module):
    """A generator and a discriminator for one modality, with the terms of their losses."""

    def __init__(
        self,
        modality: Modality,
        backbone: str,
        size: Size,
        weights: Weights,
        seed: int,
        condition_channels: int = 0,
    ) -> None:
        super().__init__()
        self.modality = modality
        self.weights = weights
        kind = backbones.get(backbone)
        with initialisation(seed, f"{modality.name}/generator"):
            self.generator = kind.generator(modality, size, condition_channels)
        with initialisation(seed, f"{modality.name}/discriminator"):
            self.discriminator = kind.discriminator(modality, size)

    def encode(self, source: Tensor) -> object:
        """What G keeps of the image or mask that it sees."""
        return self.generator.encode(source)

    def decode(self, features: object, y_diff: Tensor) -> Tensor:
        """G's raw output for y_diff."""
        return self.generator.decode(features, y_diff)

    def judge(self, shown: Tensor) -> tuple[Tensor, Tensor]:
        """D's realism and attribute logits of images or masks."""
        return self.discriminator(shown)

    def edit(self, source: Tensor, y_diff: Tensor) -> Edit:
        features = self.encode(source)
        raw = self.decode(features, y_diff)
        return Edit(source, features, raw, self.modality.activate(raw, source))

    def critic_loss(
        self, real: Tensor, y_src: Tensor, fake: Tensor, alpha: Tensor | None
    ) -> tuple[Tensor, Terms]:
        """Eq. 13 and 15 for a real batch and edits of it (gradients into ``fake`` are cut).

        ``alpha`` None leaves the penalty out.
        """
        w = self.weights
        both, logits = self.judge(torch.cat([real, fake.detach()]))
        real_score, fake_score = both.chunk(2)
        real_logits = logits[: len(real)]
        classification = losses.attribute_classification(real_logits, y_src, w.cls_reduction)
        distance = losses.critic_adversarial(real_score, fake_score)
        terms = {
            "critic": distance,
            "cls_d": classification,
            "real_accuracy": ((real_logits > 0) == (y_src > 0)).float().mean(),
        }
        total = distance + w.lambda_cls_d * classification
        if alpha is not None:
            gradient = self.discriminator.realism_gradient
            terms["gp"] = losses.gradient_penalty(gradient, real, fake, alpha)
            total = total + w.lambda_gp * terms["gp"]
        return total, terms

    def generator_terms(
        self, judged: tuple[Tensor, Tensor], y_trg: Tensor, rebuilt: Tensor, target: Tensor
    ) -> Terms:
        """The terms of Eq. 14 or 16, unweighted; the consistency is the ``Model``'s.

        Args:
            judged: what D says of the edits (``judge``).
            rebuilt, target: what G(·, 0) predicts, and what it has to (``Modality``).
        """
        score, logits = judged
        return {
            "adv": losses.generator_adversarial(score),
            "cls": losses.attribute_classification(logits, y_trg, self.weights.cls_reduction),
            "rec": self.modality.reconstruction(rebuilt, target),
        }

    def generator_loss(
        self, edit: Edit, target: Tensor, y_diff: Tensor, y_trg: Tensor
    ) -> tuple[Tensor, Terms]:
        """Eq. 14 and 16 without the consistency term; ``target`` is what G(·, 0) must predict."""
        w = self.weights
        judged = self.judge(edit.out)
        unchanged = self.decode(edit.features, torch.zeros_like(y_diff))
        rebuilt = self.modality.predict(unchanged, edit.source)
        terms = self.generator_terms(judged, y_trg, rebuilt, target)
        total = terms["adv"] + w.lambda_cls_g * terms["cls"] + w.lambda_rec * terms["rec"]
        terms["cls_g"] = terms.pop("cls")  # beside D's own
        changed = (y_diff != 0).float()
        hits = ((judged[1] > 0) == (y_trg > 0)).float() * changed
        terms["fake_accuracy"] = hits.sum() / changed.sum().clamp(min=1)
        return total, terms


class Branches(nn.ModuleDict):
    """The branches of a model, by the modality's name."""

    items: Callable[[], ItemsView[str, Branch]]
    values: Callable[[], ValuesView[Branch]]

    def __getitem__(self, name: str) -> Branch:
        return dict(self.items())[name]


Translation = dict[str, Edit]  # one edit for each branch, by the modality's name


@contextmanager
def frozen(module: nn.Module) -> Iterator[None]:
    """Inside, gradients flow through ``module`` but none are computed for its weights."""
    module.requires_grad_(False)
    try:
        yield
    finally:
        module.requires_grad_(True)


class Model(nn.Module):
    """The networks of one method around one frozen parser.

    Args:
        method: "secgan" (two branches), "baseline" (RGB alone) or "concat" (RGB, whose generator
            also sees the one-hot mask; §4.5).
        backbone: registered name, for both branches.
        weights: loss weights by modality name.
        parser: P, which gives log-probabilities (B, 12, h, h); required by secgan and concat.

    Raises:
        ValueError: unknown method, or a method without the parser that it needs.
    """

    def __init__(
        self,
        method: str,
        backbone: str,
        size: Size,
        weights: dict[str, Weights] | None = None,
        parser: nn.Module | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__()
        if method not in METHODS:
            raise unknown_choice("method", method, METHODS)
        if method != "baseline" and parser is None:
            raise ValueError(f"method={method!r} needs a parser P: give one, or use 'baseline'.")
        self.method = method
        self.parser = parser
        weights = weights or {}
        condition = SEMANTIC.channels if method == "concat" else 0
        self.branches = Branches(
            {
                name: Branch(m, backbone, size, weights.get(name, Weights()), seed, condition)
                for name, m in by_name(size.blend).items()
                if name == "rgb" or method == "secgan"
            }
        )

    @property
    def generator(self) -> backbones.Generator:
        """G_rgb, all that is needed at inference (concat also needs P)."""
        return self.branches["rgb"].generator

    def source(self, branch: str, batch: Batch) -> Tensor:
        """What a branch's generator sees: the image, the one-hot mask, or both (concat)."""
        seen = self.branches[branch].modality.real(batch.x, batch.s)
        if self.method == "concat":
            return torch.cat([seen, SEMANTIC.real(batch.x, batch.s)], dim=1)
        return seen

    def translate(self, batch: Batch) -> Translation:
        """Edit the batch by y_diff in every branch (Figure 2, left half)."""
        return {
            name: branch.edit(self.source(name, batch), batch.y_diff)
            for name, branch in self.branches.items()
        }

    def critic_loss(
        self, batch: Batch, translation: Translation, alpha: Callable[[str, int], Tensor] | None
    ) -> tuple[Tensor, Terms]:
        """Eq. 13 + 15.

        Args:
            alpha: (branch, B) -> the penalty's mixing weights in [0, 1]; None leaves it out.
        """
        total, terms = batch.x.new_zeros(()), Terms()
        for name, branch in self.branches.items():
            edit = translation[name]
            real = edit.source[:, : branch.modality.channels]  # without concat's mask
            mix = alpha(name, len(real)).to(real).view(-1, 1, 1, 1) if alpha else None
            loss, parts = branch.critic_loss(real, batch.y_src, edit.out, mix)
            total = total + loss
            terms |= {f"{name}/{term}": value.detach() for term, value in parts.items()}
        return total, terms

    def generator_loss(
        self, batch: Batch, translation: Translation, consistency: bool = True
    ) -> tuple[Tensor, Terms]:
        """Eq. 14 + 16; one backward pass gives both generators their gradients (Eq. 19, 20).

        ``consistency=False`` leaves Eq. 11 and 12 out, for a start without them.
        """
        total, terms = batch.x.new_zeros(()), Terms()
        coupled = consistency and self.method == "secgan"
        coupling = self.consistency(translation, batch.s_trg) if coupled else {}
        for name, branch in self.branches.items():
            target = branch.modality.target(batch.x, batch.s)
            with frozen(branch.discriminator):
                loss, parts = branch.generator_loss(
                    translation[name], target, batch.y_diff, batch.y_trg
                )
            if name in coupling:
                parts["sc"] = coupling[name]
                loss = loss + branch.weights.lambda_sc * parts["sc"]
            total = total + loss
            terms |= {f"{name}/{term}": value.detach() for term, value in parts.items()}
        change = (translation["rgb"].out - batch.x).abs().mean()
        return total, terms | {"rgb/change": change.detach()}

    def consistency(self, translation: Translation, s_trg: Tensor | None = None) -> Terms:
        """Eq. 11 for "rgb" and Eq. 12 for "semantic", with P run once for both.

        P's weights are frozen but its input gradient is what teaches G_rgb. A teacher that is
        always right, ``s_trg``, can take G_seg's place in Eq. 11.
        """
        assert self.parser is not None  # as __init__ demands
        parsed, generated = self.parser(translation["rgb"].out), translation["semantic"].raw
        taught = generated.max(dim=1).indices if s_trg is None else s_trg
        pairs = {"rgb": (parsed, taught), "semantic": (generated, parsed.max(dim=1).indices)}
        return {
            name: losses.semantic_consistency(
                mine, theirs, self.branches[name].weights.sc_reduction
            )
            for name, (mine, theirs) in pairs.items()
        }
