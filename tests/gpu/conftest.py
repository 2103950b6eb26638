"""Where the tests of this folder run: on a GPU of NVIDIA's, or, to rehearse them, without one.

``SECGAN_LITE_REHEARSAL=1 pytest tests/gpu -n 0`` runs them on a CPU, with noted operations in the
place of CUDA graphs.
"""

import os
import sys
from pathlib import Path

import pytest
import torch

sys.path.append(str(Path(__file__).parents[1] / "training"))
sys.path.append(str(Path(__file__).parent))
REHEARSAL = "SECGAN_LITE_REHEARSAL" in os.environ


@pytest.fixture(scope="session")
def device():
    """The name of the device; the test is skipped where it is not there."""
    if REHEARSAL:
        return "cpu"
    if not torch.cuda.is_available():
        pytest.skip("no GPU of NVIDIA's here")
    return "cuda"


@pytest.fixture
def launched(device):
    """Has a trainer's iterations replayed, or launched one by one."""

    def launched(trainer, replay):
        if not replay:
            trainer.launch.obstacle = "this one is plain"
        elif REHEARSAL:
            from records import replaying

            replaying(trainer)
        assert replay != bool(trainer.launch.obstacle)
        return trainer

    return launched


@pytest.fixture(autouse=True)
def repeatable():
    """Convolutions add in the same order each time."""
    before = torch.backends.cudnn.deterministic
    torch.backends.cudnn.deterministic = True
    yield
    torch.backends.cudnn.deterministic = before
