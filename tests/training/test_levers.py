"""Each lever computes what the plain path computes, within a stated tolerance."""

import pytest
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from secgan_lite import backbones
from secgan_lite.datasets import load
from secgan_lite.parsing import load_parser
from secgan_lite.training import TrainConfig, Trainer
from secgan_lite.training.levers import averaged


@pytest.fixture(scope="module")
def inputs():
    return load("synthetic", "train", 32, count=16), load_parser("auto", 32)


def one_step(inputs, **levers):
    """Loss terms, and each network's gradient as one vector, at the weights of the start."""
    sizes = {"width": 8, "depth": 2, "discriminator_width": 8}
    sizes |= {"batch_size": 4, "device": "cpu"}
    # Weights stay where they are: Adam would make a sign of every rounding.
    trainer = Trainer(TrainConfig.of(learning_rate=1e-12, **sizes | levers), *inputs)
    trainer.step()
    gradients = {
        f"{name}/{part}": torch.cat([w.grad.flatten() for w in getattr(branch, part).parameters()])
        for name, branch in trainer.model.branches.items()
        for part in ("generator", "discriminator")
    }
    return trainer.collect(), gradients


def compared(inputs, lever, **plain):
    """(largest relative difference of a loss term, of a gradient, smallest cosine of gradients)."""
    plain["lambda_sc"] = 0  # an arg-max turns a rounding into another class
    terms, gradients = one_step(inputs, **plain)
    fast_terms, fast_gradients = one_step(inputs, **plain, **lever)
    pairs = [(gradient, fast_gradients[name]) for name, gradient in gradients.items()]
    losses = [name for name in terms if not name.endswith("accuracy")]
    return (
        max(abs(fast_terms[n] - terms[n]) / max(abs(terms[n]), 0.1) for n in losses),
        max(float((one - other).norm() / one.norm()) for one, other in pairs),
        min(float(torch.cosine_similarity(one, other, dim=0)) for one, other in pairs),
    )


@pytest.mark.parametrize("name", ["stargan", "attgan", "stgan"])
def test_bf16_keeps_losses_and_directions(inputs, name):
    terms, gradients, cosine = compared(inputs, {"precision": "bf16"}, backbone=name)
    assert terms < 0.04 and cosine > 0.98 and gradients > 1e-3


@pytest.mark.parametrize("name", backbones.available())
def test_channels_last_changes_roundings_alone(inputs, name):
    terms, gradients, _ = compared(inputs, {"channels_last": True}, backbone=name)
    assert terms < 1e-4 and gradients < 1e-3


def test_compiled_networks_change_roundings_alone(inputs, monkeypatch):
    """Traced and differentiated as for a compiler, which takes a minute, then run as it is."""
    compiler, traced = torch.compile, []

    def trace(function):
        traced.append(function)
        return compiler(function, backend="aot_eager")

    monkeypatch.setattr(torch, "compile", trace)
    terms, gradients, _ = compared(inputs, {"compile": True}, method="baseline", depth=1)
    assert terms < 1e-4 and gradients < 1e-3 and len(traced) == 3


def test_a_moving_average_is_the_library_s_bit_by_bit():
    """Batch norm has running averages, and counts its batches in whole numbers."""
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))
    ours, theirs = (
        AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(0.7), use_buffers=True)
        for _ in range(2)
    )
    draws = torch.Generator().manual_seed(0)
    for _ in range(5):
        network(torch.randn(2, 3, 8, 8, generator=draws))
        with torch.no_grad():
            network[0].weight += torch.randn(network[0].weight.shape, generator=draws)
        averaged(ours, network, 0.7)
        theirs.update_parameters(network)
    found, wanted = ours.state_dict(), theirs.state_dict()
    assert found.keys() == wanted.keys()
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)
    assert not torch.equal(found["module.0.weight"], network[0].weight)


@pytest.fixture
def restored():
    """Switches of all of PyTorch are set back."""
    before = torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32
    yield
    torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32 = before


@pytest.mark.parametrize("outside", [(True, False), (False, True)])
@pytest.mark.parametrize("precision", ["fp32", "tf32", "bf16"])
def test_tf32_is_a_run_s_own_and_asked_for_by_name(
    inputs, monkeypatch, restored, precision, outside
):
    """It is a switch of the whole process, in which others compute as they like."""

    def switches():
        return torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32

    torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32 = outside
    seen, update = [], Trainer.update
    monkeypatch.setattr(Trainer, "update", lambda *a: (seen.append(switches()), update(*a)))
    one_step(inputs, precision=precision, method="baseline")
    assert seen and set(seen) == {(precision == "tf32",) * 2}
    assert switches() == outside
