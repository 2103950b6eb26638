"""A detector of edits: trained on the course's own edits, tested by what it must not lean on.

auc(torch.tensor([2.0, 0.0]), torch.tensor([0.0, -1.0]))  # 0.875; 1: told apart; 0.5: a coin
"""

import copy
import io
from collections.abc import Callable, Sequence

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

from secgan_lite.attributes import single_flips
from secgan_lite.backbones import Generator
from secgan_lite.editing import Editor, encoded
from secgan_lite.modalities import from_bytes, to_bytes
from secgan_lite.support.images import decode
from secgan_lite.support.randomness import initialisation, stream

Wish = Tensor  # the number of the attribute that is flipped in each face, integers (n,)


def wishes(count: int, attributes: int, seed: int = 0) -> Wish:
    """For each face the number of the one attribute that an edit flips, integers (count,)."""
    return torch.randint(attributes, (count,), generator=stream(seed, "wishes"))


def differences(y: Tensor, wish: Wish) -> Tensor:
    """y_diff (n, n_a) of faces with labels ``y`` (n, n_a), each with its own flip."""
    targets = single_flips(y, resolved=True)
    return targets[wish, torch.arange(len(y))] - y


def edited(edit: Editor, x: Tensor, y: Tensor, wish: Wish, chunk: int = 50) -> Tensor:
    """Faces (n, 3, h, h), each with its wish fulfilled by an editor, in whole grey levels."""
    y_diff, parts = differences(y, wish), []
    with torch.inference_mode():
        for rows in torch.arange(len(x)).split(chunk):
            parts.append(edit(x[rows], y_diff[rows][None], y[rows])[0])
    return stored(torch.cat(parts))


def stored(x: Tensor) -> Tensor:
    """Images as a PNG file keeps them: in [−1, 1], in steps of one grey level."""
    return from_bytes(to_bytes(x))


def jpeg(x: Tensor, quality: int) -> Tensor:
    """Images (n, 3, h, h) in [−1, 1] as a JPEG file of this quality, 1 to 95, keeps them.

    Raises:
        ValueError: another quality.
    """
    if not 1 <= quality <= 95:
        raise ValueError(f"quality={quality} must lie in 1 to 95.")
    kept = []
    for image in to_bytes(x).movedim(1, -1).numpy():
        file = io.BytesIO()
        Image.fromarray(image).save(file, "JPEG", quality=quality)
        kept.append(np.asarray(decode(file.getvalue())))
    return from_bytes(torch.from_numpy(np.stack(kept)).movedim(-1, 1))


class Detector(nn.Module):
    """Images (n, 3, h, h) in [−1, 1] -> logits (n,): above 0 it says "edited"."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in ((3, width), (width, 2 * width), (2 * width, 4 * width)):
            layers += [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU()]
            layers += [nn.MaxPool2d(2)]
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(4 * width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x).mean(dim=(2, 3))).squeeze(1)


def train_detector(
    untouched: Tensor, edited: Tensor, *, epochs: int = 6, batch_size: int = 32, seed: int = 0
) -> Detector:
    """A detector, in evaluation mode, trained on images (n, 3, h, h) of both kinds."""
    x = torch.cat([untouched, edited])
    says = torch.cat([torch.zeros(len(untouched)), torch.ones(len(edited))])
    weight = torch.tensor(len(untouched) / len(edited))  # both kinds count alike
    with initialisation(seed, "detector"):
        detector = Detector().to(memory_format=torch.channels_last)  # quicker on a CPU
    draws = stream(seed, "detector")
    optimiser = torch.optim.AdamW(detector.parameters(), 2e-3)
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=draws).split(batch_size):
            mirrored = torch.rand(len(rows), 1, 1, 1, generator=draws) < 0.5
            batch = torch.where(mirrored, x[rows].flip(-1), x[rows])
            optimiser.zero_grad()
            F.binary_cross_entropy_with_logits(
                detector(batch), says[rows], pos_weight=weight
            ).backward()
            optimiser.step()
    return detector.eval()


@torch.inference_mode()
def suspicion(detector: Callable[[Tensor], Tensor], x: Tensor, chunk: int = 100) -> Tensor:
    """The detector's logits (n,) of images."""
    return torch.cat([detector(part) for part in x.split(chunk)])


def roc(edited: Tensor, untouched: Tensor) -> tuple[Tensor, Tensor]:
    """False and true alarms at every threshold: shares from 0 to 1, from the strictest on.

    Args:
        edited, untouched: logits, (n,) and (m,).
    """
    edges = torch.cat([edited, untouched]).unique().flip(0)
    edges = torch.cat([edges.new_tensor([torch.inf]), edges])
    false, true = ((scores >= edges[:, None]).float().mean(dim=1) for scores in (untouched, edited))
    return false, true


def auc(edited: Tensor, untouched: Tensor) -> float:
    """How often an edited image is more suspect than an untouched one; a tie counts as half.

    Args:
        edited, untouched: logits, (n,) and (m,).

    >>> auc(torch.tensor([2.0, 0.0]), torch.tensor([0.0, -1.0]))
    0.875
    """
    gap = edited[:, None] - untouched[None]
    return ((gap > 0).double() + 0.5 * (gap == 0)).mean().item()


def hiding_loss(detector: Detector, now: Tensor, before: Tensor, keep: float) -> Tensor:
    """How far edits are from passing a detector, and from what they were before.

    Args:
        now, before: edits (n, 3, h, h).
        keep: weight of their mean distance.
    """
    return F.softplus(detector(now)).mean() + keep * (now - before).abs().mean()


def hidden(
    generator: Generator,
    detector: Detector,
    x: Tensor,
    y: Tensor,
    *,
    steps: Sequence[int] = (8, 16, 25),
    batch_size: int = 16,
    keep: float = 4.0,
    seed: int = 0,
) -> list[Generator]:
    """A generator that is trained on to pass a detector whose gradient it knows.

    Args:
        x, y: faces (n, 3, h, h) and their labels.
        steps: after how many steps a copy of it is kept, in rising order.
        keep: of ``hiding_loss``.
    """
    mine, kept = copy.deepcopy(generator).requires_grad_(True), []
    optimised = torch.optim.Adam(mine.parameters(), 2e-3)
    draws = stream(seed, "hidden")
    for step in range(1, 1 + max(steps)):
        rows = torch.randint(len(x), (batch_size,), generator=draws)
        y_diff = differences(y[rows], torch.randint(y.shape[1], (batch_size,), generator=draws))
        with torch.no_grad():
            before = encoded(generator, x[rows], y[rows])(y_diff)
        now = encoded(mine, x[rows], y[rows])(y_diff)
        optimised.zero_grad()
        hiding_loss(detector, now, before, keep).backward()
        optimised.step()
        if step in steps:
            kept.append(copy.deepcopy(mine).eval().requires_grad_(False))
    return kept
