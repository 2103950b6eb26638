"""Networks that watch the GANs, the parser and the judges: one training loop for them.

Each is trained by ``python -m secgan_lite.<module> train``, as a ``Recipe`` says, and loaded as
``support.weights`` does.
"""

import json
import os
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR
from tqdm.auto import tqdm

from secgan_lite.datasets import FaceData, Sampler, load
from secgan_lite.options import NetworkOptions
from secgan_lite.support.devices import pick_device
from secgan_lite.support.files import save_tensors
from secgan_lite.support.places import runs, to_write
from secgan_lite.support.randomness import derive, stream

Loss = Callable[[Tensor, Tensor, Tensor | None], Tensor]
# (images, segments or None, random stream) -> both, changed: what a network has to bear.
Augmentation = Callable[[Tensor, Tensor | None, torch.Generator], tuple[Tensor, Tensor | None]]


@dataclass(frozen=True)
class Recipe:
    """How ``train_network`` makes one kind of network.

    Attributes:
        kind: "parser", "classifier" or "encoder".
        build: makes the network from ``shape``.
        shape: image size -> arguments of the network.
        loss: (network output, labels (B, n_a), segments (B, h, h)) -> number.
        measure: (network, test set) -> what the manifest says of its quality.
        augment: data set's name -> augmentation, or None.
        kept: the part of the trained network that is stored.
        batch_size: faces in a step.
    """

    kind: str
    build: Callable[..., nn.Module]
    shape: Callable[[int], dict]
    loss: Loss
    measure: Callable[[nn.Module, FaceData], dict]
    augment: Callable[[str], Augmentation | None] = lambda dataset: None
    kept: Callable[[nn.Module], nn.Module] = lambda network: network
    batch_size: int = 64


def fit(
    network: nn.Module,
    data: Sequence[FaceData],
    loss: Loss,
    *,
    epochs: int,
    batch_size: int = 64,
    learning_rate: float = 3e-3,
    augment: Augmentation | None = None,
    seed: int = 0,
    device: torch.device | str = "cpu",
) -> nn.Module:
    """Train ``network`` on x in [−1, 1] with AdamW and one cycle of the learning rate.

    Args:
        data: sets that take turns, batch by batch.
        loss: (network output, labels (B, n_a), segments (B, h, h)) -> number.
        augment: changes images and segments; faces are mirrored in any case.

    Returns:
        The network, in evaluation mode, on the device.
    """
    network.to(device).to(memory_format=torch.channels_last)  # saves a CPU a third of the time
    draws = stream(seed, "augmentation")
    samplers = [Sampler(len(d), batch_size, stream(seed, f"data/{i}")) for i, d in enumerate(data)]
    steps = epochs * sum(len(d) for d in data) // batch_size
    optimiser = AdamW(network.parameters(), learning_rate, weight_decay=1e-3)
    schedule = OneCycleLR(optimiser, learning_rate, total_steps=steps)
    network.train()
    for step in tqdm(range(steps), delay=0.5, unit="step"):
        turn = step % len(data)
        flip = torch.rand(batch_size, generator=draws) < 0.5
        x, y, s = data[turn].batch(next(samplers[turn]), flip, device)
        if augment:
            x, s = augment(x, s, draws)
        optimiser.zero_grad()
        loss(network(x), y, s).backward()
        optimiser.step()
        schedule.step()
    return network.eval()


def zoomed_out(
    x: Tensor, s: Tensor, draws: torch.Generator, zoom: float = 0.2
) -> tuple[Tensor, Tensor]:
    """Image and mask shrunk by up to ``zoom``, the frame filled with their mirror image.

    CelebA's crop is wider than CelebA-HQ's, on which parsers are trained.
    """
    scale = 1 - zoom * torch.rand(len(x), generator=draws).to(x)
    theta = torch.diag_embed(torch.stack([1 / scale, 1 / scale], dim=1))
    theta = nn.functional.pad(theta, (0, 1))
    grid = nn.functional.affine_grid(theta, list(x.shape), align_corners=False)
    where: dict[str, Any] = {"padding_mode": "reflection", "align_corners": False}
    x = nn.functional.grid_sample(x, grid, **where)
    s = nn.functional.grid_sample(s[:, None].float(), grid, mode="nearest", **where)
    return x, s[:, 0].long()


def disturbed(
    x: Tensor, s: Tensor | None, draws: torch.Generator, strength: float = 0.4
) -> tuple[Tensor, Tensor | None]:
    """What edited faces look like at worst: blurred, noisy, off in brightness and contrast."""
    amount = strength * torch.rand(len(x), 4, 1, 1, 1, generator=draws).to(x)
    blurred = nn.functional.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
    x = torch.lerp(x, blurred, (2 * amount[:, 0]).clamp(max=1))
    x = x * (1 + amount[:, 1] - strength / 2) + (amount[:, 2] - strength / 2)
    noise = torch.randn(x.shape, generator=draws).to(x)
    return (x + 0.3 * amount[:, 3] * noise).clamp(-1, 1), s


def train_network(
    module: str, recipes: dict[str, Recipe], network_name: str, given: NetworkOptions
) -> int:
    """``python -m secgan_lite.<module> train``: train, save, measure on a test set.

    The file's metadata hold a ``card``: the command that repeats it, and the scores.

    Args:
        recipes: by the network's name; the first is the default.
        network_name: of one of them.
        given: the options.

    Raises:
        ValueError, OSError: options that can't be, before anything is trained.
    """
    # Options that can't be are refused before anything is trained.
    recipe = recipes[network_name]
    metadata = {"kind": recipe.kind, "dataset": given.dataset, "image_size": given.image_size}
    shape = recipe.shape(given.image_size)
    metadata |= {"network": network_name, "shape": shape}
    output = _new_file(given, recipe.kind)
    device = pick_device(given.device)
    # First weights of their own seed, and a try with one image.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(given.seed)
        network = recipe.build(**shape).eval()
    with torch.inference_mode():
        network(torch.zeros(1, 3, given.image_size, given.image_size))  # refuses odd sizes
    # Faces: enough of them, and masks for a parser.
    sets, test = training_sets(given)
    if recipe.kind == "parser" and any(data.masks is None for data in (*sets, test)):
        raise ValueError(
            f"data_dir={given.data_dir!r} holds no masks, from which a parser learns: name "
            "CelebAMask-HQ, with --dataset celeba-hq."
        )
    if (few := min(map(len, sets))) < recipe.batch_size:
        raise ValueError(
            f"count={given.count} makes a set of {few} faces: wanted are the "
            f"{recipe.batch_size} of a batch, or more."
        )
    # Training.
    fit(
        network, sets, recipe.loss, epochs=given.epochs, batch_size=recipe.batch_size,
        augment=recipe.augment(given.dataset), seed=given.seed, device=device,
    )  # fmt: skip
    tensors = recipe.kept(network).state_dict()
    named = "" if network_name == next(iter(recipes)) else network_name
    card = {"command": _repeated(module, named, given), "faces": given.count}
    # Saved before it is measured: whatever goes wrong with its scores, the network is there.
    save_tensors(output, tensors, metadata | {"card": card})
    scores = recipe.measure(network, test)
    card |= {"test_faces": len(test), **scores}
    save_tensors(output, tensors, metadata | {"card": card})
    print(json.dumps(scores, indent=2))
    print(output)
    return 0


def _new_file(given: NetworkOptions, kind: str) -> Path:
    """Where the network goes, looked at before the training.

    Raises:
        FileExistsError: something is there; it is kept.
        PermissionError, NotADirectoryError: nothing can be written there.
    """
    seen = "" if given.dataset == "synthetic" else f"-{given.dataset}"
    name = f"{kind}-{given.image_size}{seen}.safetensors"
    output = to_write(given.output, "output") if given.output else runs() / name
    if output.exists():
        raise FileExistsError(f"output={str(output)!r} is there, and is kept: name another file.")
    output.parent.mkdir(parents=True, exist_ok=True)
    if not os.access(output.parent, os.W_OK):
        raise PermissionError(f"output={str(output)!r} can't be written: name another file.")
    return output


def _repeated(module: str, network_name: str, given: NetworkOptions) -> str:
    """The command that trains the same network again, which is named if it is not the default."""
    words = ["python", "-m", f"secgan_lite.{module}", "train"]
    words += ["--network", network_name] if network_name else []
    if given.dataset != "synthetic":
        words += ["--dataset", given.dataset, "--data-dir", given.data_dir, "--split", given.split]
    for name in ("image_size", "count", "epochs", "seed"):
        words += [f"--{name.replace('_', '-')}", str(getattr(given, name))]
    return shlex.join(words)


def training_sets(given: NetworkOptions) -> tuple[list[FaceData], FaceData]:
    """(training sets, test set). Drawn faces come with independent and with realistic labels.

    One of the two alone would teach a classifier to infer one attribute from another.
    """
    source: dict[str, Any] = {"image_size": given.image_size, "data_dir": given.data_dir}
    source["scheme"] = given.split
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
