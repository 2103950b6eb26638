"""Memory counted on the meta device is that of real tensors; the line about it names a batch."""

import pytest
import torch

from secgan_lite.datasets import load
from secgan_lite.training import TrainConfig, Trainer
from secgan_lite.training.memory import Alive, peak, told


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_a_tensor_counts_from_its_first_use_until_it_is_gone(device):
    x = torch.ones(100, device=device)  # 400 bytes
    with Alive() as alive:
        a = x * 2
        assert alive.now == 800
        b = (a * 3).view(10, 10)[1:] * 4  # 400 for a while, and 360
        assert (alive.now, alive.peak) == (1160, 1560)
        del a, b
        assert (alive.now, alive.peak) == (400, 1560)


def test_activations_live_until_the_way_back():
    """Each tanh keeps what it puts out. On the way back there are the ones and two gradients."""
    x = torch.ones(1000, device="meta", requires_grad=True)
    with Alive() as alive:
        y = x
        for _ in range(10):
            y = y.tanh()
        assert alive.now == 11 * 4000
        y.backward(torch.ones_like(y))
    assert alive.peak == 14 * 4000 and alive.now == 3 * 4000  # x, its gradient and y


@pytest.mark.parametrize("method", ["secgan", "baseline", "concat"])
@pytest.mark.parametrize("backbone", ["stargan", "attgan", "attgan-table3", "stgan"])
def test_an_iteration_takes_what_a_real_one_does(backbone, method, small_parser):
    sizes = {"width": 8, "discriminator_width": 8, "batch_size": 8, "device": "cpu"}
    config = TrainConfig.of(backbone=backbone, method=method, image_size=64, **sizes)
    trainer = Trainer(config, load("synthetic", "train", 64, count=8), small_parser)
    with Alive() as alive:
        trainer.step()
        trainer.step()
    assert peak(config, small_parser) == pytest.approx(alive.peak, rel=0.02)


def test_a_moving_average_takes_a_generator_more(small_config):
    plain, averaged = (small_config(method="baseline", ema=ema) for ema in (0, 0.9))
    generator = Trainer(plain, load("synthetic", "train", 16, count=4)).model.generator
    weights = sum(tensor.nbytes for tensor in generator.state_dict().values())
    assert peak(averaged, None) - peak(plain, None) == weights


def test_the_line_names_the_largest_batch(small_config):
    config = small_config(method="baseline")
    needed = {n: peak(config, None, n) for n in (4, 20, 21)}
    room = 10**9 + (needed[20] + needed[21]) / 2
    assert "takes about 1.0 GB of the 1.0 GB that are free: batch_size up to 20 fits." in told(
        config, None, room
    )
    assert told(config, None, 10**9).endswith("that are free: no batch fits.")
    assert needed[4] < needed[20] < needed[21]
