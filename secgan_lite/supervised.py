"""One supervised training loop, for the networks that watch the GANs: the parser and the judges."""

import argparse
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR
from tqdm.auto import tqdm

from secgan_lite.attributes import NAMES
from secgan_lite.datasets import FaceData, Sampler, load
from secgan_lite.randomness import derive, stream

Loss = Callable[[Tensor, Tensor, Tensor | None], Tensor]


def fit(
    network: nn.Module,
    data: Sequence[FaceData],
    loss: Loss,
    *,
    epochs: int,
    batch_size: int = 64,
    learning_rate: float = 3e-3,
    noise: float = 0.0,
    seed: int = 0,
) -> nn.Module:
    """Train ``network`` on x in [−1, 1] with AdamW and one cycle of the learning rate.

    Args:
        data: sets that take turns, batch by batch.
        loss: (network output, labels (B, n_a), segments (B, h, h)) -> number.
        noise: largest strength of augmentation by blur, noise, brightness and contrast; 0 = none.
            Faces are mirrored in any case.

    Returns:
        The network, in evaluation mode.
    """
    draws = stream(seed, "augmentation")
    samplers = [Sampler(len(d), batch_size, stream(seed, f"data/{i}")) for i, d in enumerate(data)]
    steps = epochs * sum(len(d) for d in data) // batch_size
    optimiser = AdamW(network.parameters(), learning_rate, weight_decay=1e-3)
    schedule = OneCycleLR(optimiser, learning_rate, total_steps=steps)
    network.train()
    for step in tqdm(range(steps), delay=0.5, unit="step"):
        turn = step % len(data)
        flip = torch.rand(batch_size, generator=draws) < 0.5
        x, y, s = data[turn].batch(next(samplers[turn]), flip)
        output = network(_disturbed(x, noise, draws) if noise else x)
        optimiser.zero_grad()
        loss(output, y, s).backward()
        optimiser.step()
        schedule.step()
    return network.eval()


def _disturbed(x: Tensor, strength: float, draws: torch.Generator) -> Tensor:
    """What edited faces look like at worst: blurred, noisy, off in brightness and contrast."""
    amount = strength * torch.rand(len(x), 4, 1, 1, 1, generator=draws)
    blurred = nn.functional.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
    x = torch.lerp(x, blurred, (2 * amount[:, 0]).clamp(max=1))
    x = x * (1 + amount[:, 1] - strength / 2) + (amount[:, 2] - strength / 2)
    return (x + 0.3 * amount[:, 3] * torch.randn(x.shape, generator=draws)).clamp(-1, 1)


def training_arguments(program: str, description: str) -> argparse.Namespace:
    """Command line shared by ``parsing`` and ``judges``: ``train`` and its options."""
    parser = argparse.ArgumentParser(prog=program, description=description)
    train = parser.add_subparsers(required=True).add_parser("train")
    train.add_argument("--dataset", default="synthetic")
    train.add_argument("--data-dir", default="")
    train.add_argument("--image-size", type=int, default=64)
    train.add_argument("--count", type=int, default=12_000, help="training faces, 0 = all")
    train.add_argument("--epochs", type=int, default=8)
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--output", default="", help="weights file; none = bundle with the course")
    return parser.parse_args()


def training_sets(given: argparse.Namespace) -> tuple[list[FaceData], FaceData]:
    """(training sets, test set). Drawn faces come with independent and with realistic labels.

    One of the two alone would teach a classifier to infer one attribute from another.
    """
    source = {"image_size": given.image_size, "data_dir": given.data_dir, "attributes": NAMES}
    if given.dataset != "synthetic":
        return [load(given.dataset, "train", count=given.count, **source)], load(
            given.dataset, "test", **source
        )
    # Seeds of their own: no face of a lesson's test set has been seen here.
    half = {"count": given.count // 2, **source}
    sets = [
        load("synthetic", "train", correlation=c, seed=derive(given.seed, f"watcher/{c}"), **half)
        for c in (0.0, 1.0)
    ]
    return sets, load("synthetic", "test", count=2000, **source)
