"""The paper's 13 face attributes (§4.1), the difference vector y_diff (§3.1) and target sampling.

A label vector ``y`` holds 0 or 1 per attribute, in the order of ``NAMES`` and with the meaning of
CelebA's columns of the same names. Two columns are inverted against the paper's words: the paper's
"beard" is ``No_Beard`` and its "age" is ``Young``.

    >>> y = torch.zeros(1, 13)
    >>> single_flips(y)[0].nonzero()
    tensor([[0, 0]])
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from secgan_lite.support.errors import unknown_choice

# All columns of CelebA's list, in its order: on photographs a run may edit any of them.
COLUMNS = (
    "5_o_Clock_Shadow", "Arched_Eyebrows", "Attractive", "Bags_Under_Eyes", "Bald", "Bangs",
    "Big_Lips", "Big_Nose", "Black_Hair", "Blond_Hair", "Blurry", "Brown_Hair", "Bushy_Eyebrows",
    "Chubby", "Double_Chin", "Eyeglasses", "Goatee", "Gray_Hair", "Heavy_Makeup",
    "High_Cheekbones", "Male", "Mouth_Slightly_Open", "Mustache", "Narrow_Eyes", "No_Beard",
    "Oval_Face", "Pale_Skin", "Pointy_Nose", "Receding_Hairline", "Rosy_Cheeks", "Sideburns",
    "Smiling", "Straight_Hair", "Wavy_Hair", "Wearing_Earrings", "Wearing_Hat",
    "Wearing_Lipstick", "Wearing_Necklace", "Wearing_Necktie", "Young",
)  # fmt: skip
# Attributes of one group can't be 1 together.
EXCLUSIVE = (
    ("Black_Hair", "Blond_Hair", "Brown_Hair", "Gray_Hair"),
    ("Bald", "Bangs"),
    ("Receding_Hairline", "Bangs"),
)


@dataclass(frozen=True)
class Attribute:
    """One binary attribute: ``on`` and ``off`` are what an edit to 1 and to 0 does, in words."""

    name: str
    on: str
    off: str
    inverted: bool = False


ATTRIBUTES = (
    Attribute("Bald", "to bald", "add hair"),
    Attribute("Bangs", "add bangs", "remove bangs"),
    Attribute("Black_Hair", "hair to black", "hair not black"),
    Attribute("Blond_Hair", "hair to blond", "hair not blond"),
    Attribute("Brown_Hair", "hair to brown", "hair not brown"),
    Attribute("Bushy_Eyebrows", "to bushy eyebrows", "to thin eyebrows"),
    Attribute("Eyeglasses", "add eyeglasses", "remove eyeglasses"),
    Attribute("Male", "to male", "to female"),
    Attribute("Mouth_Slightly_Open", "open mouth", "close mouth"),
    Attribute("Mustache", "add moustache", "remove moustache"),
    Attribute("No_Beard", "remove beard", "add beard", inverted=True),
    Attribute("Pale_Skin", "skin to pale", "skin to darker"),
    Attribute("Young", "to young", "to old", inverted=True),
)
NAMES = tuple(attribute.name for attribute in ATTRIBUTES)


def index_of(name: str, names: Sequence[str] = NAMES) -> int:
    """Position of an attribute in ``names``; ValueError with the nearest if absent."""
    if name not in names:
        raise unknown_choice("attribute", name, names)
    return tuple(names).index(name)


def difference(y_trg: Tensor, y_src: Tensor) -> Tensor:
    """y_diff = y_trg − y_src in {−1, 0, 1}, any equal shapes (B, n_a). Paper §3.1."""
    if y_trg.shape != y_src.shape:
        raise ValueError(
            f"y_trg has shape {tuple(y_trg.shape)} and y_src {tuple(y_src.shape)}: they must agree."
        )
    return y_trg - y_src


def permuted_targets(y_src: Tensor, generator: torch.Generator) -> Tensor:
    """Target labels (B, n_a): the batch's own labels in another order.

    The paper does not say how targets are drawn. Permuting keeps realistic combinations, and all
    code that it builds on does so. The generator lives on the CPU, so every device draws the same.
    """
    order = torch.randperm(len(y_src), generator=generator)
    return y_src[order.to(y_src.device)]


def rivals(names: Sequence[str] = NAMES) -> Tensor:
    """Boolean matrix (n_a, n_a): entry (i, j) says that i = 1 rules out j = 1."""
    together = [{*group} for group in EXCLUSIVE]
    return torch.tensor(
        [[a != b and any({a, b} <= group for group in together) for b in names] for a in names]
    )


def resolve(y: Tensor, changed: Tensor, names: Sequence[str] = NAMES) -> Tensor:
    """Clear what the changed attributes rule out: other hair colours, Bald against Bangs.

    Args:
        y: target labels (..., n_a) in {0, 1}.
        changed: boolean (..., n_a), the entries that the user set; they win.
    """
    set_on = ((y > 0) & changed).to(torch.float32)
    cleared = (set_on @ rivals(names).to(set_on)) > 0
    return torch.where(cleared & ~changed, torch.zeros_like(y), y)


def single_flips(y: Tensor, names: Sequence[str] = NAMES, *, resolved: bool = False) -> Tensor:
    """All targets that reverse exactly one attribute: (n_a, B, n_a) from labels (B, n_a).

    Literal flips change one entry and nothing else, so a hair colour turned off leaves neutral hair
    (paper, A.2). ``resolved`` also clears what the new value rules out, as STGAN does.
    """
    flip = torch.eye(y.shape[1], dtype=torch.bool, device=y.device)[:, None, :].expand(
        -1, len(y), -1
    )
    targets = torch.where(flip, 1 - y, y)
    return resolve(targets, flip, names) if resolved else targets
