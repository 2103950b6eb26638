"""What ``test_team`` has every process of a team do; ``python two_processes.py FOLDER`` does it."""

import atexit
import os
import signal
import sys
from pathlib import Path

import torch

from secgan_lite import datasets
from secgan_lite.parsing import Parser
from secgan_lite.parsing.unet import UNet
from secgan_lite.support.randomness import initialisation
from secgan_lite.training import TrainConfig, Trainer, TrainingStopped, train

torch.set_num_threads(1)
TINY = {"image_size": 16, "width": 4, "depth": 1, "discriminator_width": 4, "critic_steps": 2}
TINY |= {"discriminator_depth": 2, "batch_size": 4, "log_every": 2, "device": "cpu"}


def inputs():
    with initialisation(0, "small parser"):
        parser = Parser(UNet(width=4, levels=2), {"sha256": "untrained", "kind": "parser"})
    return datasets.load("synthetic", "train", 16, count=16), parser


def in_float64(trainer):
    """Have a trainer compute in float64, where the order of a sum makes no difference."""
    trainer.model.double()
    draw, source = trainer.draw, trainer.model.source

    def draw_double():
        batch = draw()
        batch.x, batch.y_src, batch.y_trg = (
            tensor.double() for tensor in (batch.x, batch.y_src, batch.y_trg)
        )
        return batch

    trainer.draw = draw_double
    trainer.model.source = lambda *arguments: source(*arguments).double()
    return trainer


def twenty_iterations():
    """(weights after 20 iterations, mean terms) of a StarGAN SeCGAN in float64."""
    trainer = in_float64(Trainer(TrainConfig.of(iterations=20, **TINY), *inputs()))
    for _ in range(20):
        trainer.step()
    return trainer.model.branches.state_dict(), trainer.collect()


def stopped_and_resumed(folder):
    """A whole run, and one in which the last process is asked to stop at iteration 3."""
    config = TrainConfig.of(iterations=8, output_dir=str(folder / "whole"), **TINY)
    train(config, *inputs())
    halves = config.model_copy(update={"output_dir": str(folder / "halves"), "resume": True})
    step = Trainer.step

    def asked(trainer):
        step(trainer)
        if trainer.iteration == 3 and trainer.team.rank == trainer.team.size - 1:
            os.kill(os.getpid(), signal.SIGTERM)

    Trainer.step = asked
    try:
        train(halves, *inputs())
    except TrainingStopped as stopped:
        assert "Stopped after iteration 4 of 8" in str(stopped), stopped
    else:
        raise AssertionError("the run was not stopped")
    Trainer.step = step
    train(halves, *inputs())


def write_threads(path):
    """What Linux calls the threads of this process."""
    names = [
        task.joinpath("comm").read_text(encoding="utf-8")
        for task in Path("/proc/self/task").glob("*")
    ]
    path.write_text("".join(names), encoding="utf-8")


if __name__ == "__main__":
    place = Path(sys.argv[1])
    if sys.platform == "linux":  # registered first, so called last
        atexit.register(write_threads, place / f"threads-{os.environ['RANK']}.txt")
    weights, terms = twenty_iterations()
    if os.environ["RANK"] == "0":
        torch.save((weights, terms), place / "twenty.pt")
    stopped_and_resumed(place)
