"""An iteration of the public StarGAN beside ours, on the same device, with the same sizes.

    python tests/gpu/public.py FOLDER

FOLDER holds the published code (github.com/yunjey/stargan), which is run as it is on random images.
Ours is the baseline, the same GAN: N = 5, 13 attributes, 128 px, batches of 16.
"""

import sys
import time
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import torch

from secgan_lite.attributes import NAMES
from secgan_lite.course.benchmark import iteration, trainer
from secgan_lite.training.levers import tf32

NEVER = 10**9  # iterations between what costs time and is no part of a step


def public(folder: Path, image_size: int, width: int, blocks: int, depth: int, batch: int):
    """The public solver, as it would be for CelebA, with a few random batches."""
    sys.path.insert(0, str(folder))
    draws = torch.Generator().manual_seed(0)
    batches = [
        (
            torch.rand(batch, 3, image_size, image_size, generator=draws) * 2 - 1,
            (torch.rand(batch, len(NAMES), generator=draws) < 0.5).float(),
        )
        for _ in range(8)
    ]
    config = SimpleNamespace(
        dataset="CelebA", c_dim=len(NAMES), c2_dim=0, selected_attrs=NAMES, image_size=image_size,
        g_conv_dim=width, d_conv_dim=width, g_repeat_num=blocks, d_repeat_num=depth,
        lambda_cls=1.0, lambda_rec=10.0, lambda_gp=10.0, batch_size=batch, num_iters=0,
        num_iters_decay=0, g_lr=1e-4, d_lr=1e-4, n_critic=5, beta1=0.5, beta2=0.999,
        resume_iters=None, test_iters=0, use_tensorboard=False, log_dir="", sample_dir="",
        model_save_dir="", result_dir="", log_step=NEVER, sample_step=NEVER,
        model_save_step=NEVER, lr_update_step=NEVER,
    )  # fmt: skip
    return import_module("solver").Solver(batches, None, config)


def seconds(solver, iterations: int) -> float:
    """Of one of the public iterations, as a mean over many."""
    solver.num_iters = iterations
    started = time.perf_counter()
    solver.train()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return (time.perf_counter() - started) / iterations


def main(folder: str, rehearse: bool) -> None:
    """Print the table, a row as soon as it is measured."""
    sizes = (16, 2, 1, 2, 2) if rehearse else (128, 64, 6, 6, 16)
    names = "image_size", "width", "depth", "discriminator_depth", "batch_size"
    same = dict(zip(names, sizes, strict=True)) | {"discriminator_width": sizes[1]}
    preset, device, count = ("lite", "cpu", 5) if rehearse else ("paper", "cuda", 100)
    print(f"{'':44}{'ms':>10}{'per s':>10}")

    def row(name: str, each: float) -> None:
        print(f"{name:44}{1e3 * each:10.2f}{1 / each:10.1f}", flush=True)

    for precision in ("fp32", "tf32"):
        with tf32(precision == "tf32"), redirect_stdout(StringIO()):  # it prints its networks
            solver = public(Path(folder), *sizes)
            seconds(solver, 10)
            each = seconds(solver, count)
        row(f"the public StarGAN, {precision}", each)
        for replayed in (True, False):
            run = trainer(preset, "stargan", "baseline", device, precision=precision, **same)
            if not replayed and not run.launch.obstacle:
                run.launch.obstacle = "this row is without"
            how = "one by one" if run.launch.obstacle else "CUDA graphs"
            row(f"ours, {precision}, {how}", iteration(run, 1 if rehearse else 5).seconds)


if __name__ == "__main__":
    main(sys.argv[1], "--rehearse" in sys.argv)
