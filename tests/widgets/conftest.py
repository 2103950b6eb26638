"""A tiny SeCGAN run with snapshots, and the smallest look at a face."""

import pytest

from secgan_lite import datasets
from secgan_lite.evaluation import bundled_editors, editor_sizes
from secgan_lite.parsing import load_parser
from secgan_lite.training import TrainConfig, train
from secgan_lite.widgets import Drawn, Look

SIZE = editor_sizes()[0]


@pytest.fixture(scope="session")
def names():
    """Names of the bundled editors of the smallest size."""
    return tuple(name for name in bundled_editors(SIZE) if "stargan" in name)


@pytest.fixture(scope="session")
def secgan(names):
    return next(name for name in names if name.endswith("secgan"))


@pytest.fixture(scope="session")
def look(secgan):
    """Test face 3 as it is."""
    return Look(Drawn("test", 3), (secgan,))


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """A tiny finished SeCGAN at 32 px with three snapshots."""
    config = TrainConfig.of(
        width=4, depth=1, discriminator_width=4, discriminator_depth=3, iterations=6, batch_size=4,
        log_every=2, device="cpu", output_dir=str(tmp_path_factory.mktemp("run")),
    )  # fmt: skip
    data = datasets.load("synthetic", "train", 32, count=16)
    return train(config, data, load_parser("auto", 32), sample_every=2).path
