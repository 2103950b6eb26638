"""What several tests need: few drawn faces, bundled networks, a run that takes a second."""

import os
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
import torch

from secgan_lite import datasets
from secgan_lite.attributes import permuted_targets
from secgan_lite.course.model import batch_for, load_model
from secgan_lite.judges import load_classifier
from secgan_lite.parsing import Parser, load_parser
from secgan_lite.parsing.unet import UNet
from secgan_lite.secgan import Batch
from secgan_lite.support.randomness import initialisation, stream
from secgan_lite.training import TrainConfig, train

# The networks here are tiny: a second thread costs more than it brings.
torch.set_num_threads(1)


@pytest.fixture(scope="session", autouse=True)
def _caches(tmp_path_factory):
    """No test leaves a cache of photographs in the repository."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECGAN_LITE_CACHES", str(tmp_path_factory.mktemp("caches")))
        yield


@pytest.fixture(autouse=True)
def seeded():
    """Each test draws the same numbers, whichever ran before it."""
    torch.manual_seed(0)


@pytest.fixture(scope="session")
def faces():
    """64 drawn faces at 32 px."""
    return datasets.load("synthetic", "test", 32, count=64)


@pytest.fixture(scope="session")
def parser():
    return load_parser("auto", 32)


@pytest.fixture(scope="session")
def judge():
    return load_classifier("auto", 32)


@pytest.fixture(scope="session")
def small_faces():
    """16 drawn faces at 16 px, for runs that take a second."""
    return datasets.load("synthetic", "train", 16, count=16)


@pytest.fixture(scope="session")
def small_parser():
    """An untrained P for 16 px."""
    with initialisation(0, "small parser"):
        about = {"kind": "parser", "network": "unet", "shape": {"width": 4, "levels": 2}}
        about |= {"image_size": 16, "sha256": "untrained"}
        return Parser(UNet(**about["shape"]), about)


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory, parser):
    """A tiny finished SeCGAN at 32 px with three snapshots; to be read only."""
    config = TrainConfig.of(
        width=4, depth=1, discriminator_width=4, discriminator_depth=3, iterations=6, batch_size=4,
        log_every=2, device="cpu", output_dir=str(tmp_path_factory.mktemp("run")),
    )  # fmt: skip
    data = datasets.load("synthetic", "train", 32, count=16)
    return train(config, data, parser, sample_every=2)


@pytest.fixture
def small_config(tmp_path):
    """Makes configurations of tiny runs: ``small_config(method="baseline", iterations=4)``."""

    def make(**changes):
        tiny = {"image_size": 16, "width": 4, "depth": 1}
        tiny |= {"discriminator_width": 4, "discriminator_depth": 2}
        tiny |= {"batch_size": 4, "iterations": 6, "critic_steps": 2, "device": "cpu"}
        return TrainConfig.of(**{**tiny, "output_dir": str(tmp_path / "run"), **changes})

    return make


@pytest.fixture(scope="session")
def small_batch(small_faces):
    """Four faces with exact masks and permuted targets."""
    x, y, s = small_faces.batch(torch.arange(4))
    return Batch(x, s, y, y.roll(1, dims=0))


@pytest.fixture(scope="session")
def real():
    """Folder of real faces, named by SECGAN_LITE_REAL; nothing of them is part of the project."""
    folder = os.environ.get("SECGAN_LITE_REAL", "")
    if not folder:
        pytest.skip("no real faces: set SECGAN_LITE_REAL to a folder that holds celeba/")
    return Path(folder)


@pytest.fixture(scope="session")
def trained():
    """The bundled SeCGAN with all its networks."""
    return load_model("")[0]


@pytest.fixture(scope="session")
def wish_batch(trained, faces):
    """Four faces, each to be edited into the labels of another."""
    few = faces.subset(4)
    y = torch.from_numpy(few.labels).float()
    return batch_for(trained, few, permuted_targets(y, stream(0, "targets")))


@pytest.fixture
def closed_figures():
    """Closes what a test has drawn."""
    yield
    plt.close("all")
