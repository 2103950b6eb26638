"""On a GPU: replays compute what plain iterations do, nothing waits, and scores are the CPU's."""

import gc
from copy import deepcopy

import pytest
import torch

from secgan_lite.commands.recipes import JUDGES, PARSERS
from secgan_lite.datasets import load
from secgan_lite.evaluation import evaluate
from secgan_lite.options import NetworkOptions
from secgan_lite.training import TrainConfig, Trainer
from secgan_lite.training.graph import WARM_UP
from secgan_lite.training.memory import peak
from secgan_lite.training.supervised import train_network

BACKBONES = ("stargan", "attgan", "attgan-table3", "stgan")
SMALL = {"width": 8, "discriminator_width": 8, "batch_size": 4, "critic_steps": 2}
# A rate that single precision holds exactly: records read it from a tensor.
SMALL |= {"learning_rate": 2**-10, "schedule": "constant"}
LEVERS = [{"precision": "tf32"}, {"precision": "bf16"}, {"channels_last": True}]
LEVERS += [{"precision": "bf16", "channels_last": True}, {"ema": 0.99}, {"teacher": "truth"}]


@pytest.fixture(scope="module")
def faces():
    return load("synthetic", "train", 32, count=16)


@pytest.fixture
def make(device, faces, parser, launched):
    """Makes trainers that replay, or not."""

    def make(replay, **options):
        config = TrainConfig.of(image_size=32, device=device, **SMALL | options)
        return launched(Trainer(config, faces, parser), replay)

    return make


def after(trainer, iterations):
    """All weights after some iterations, as one vector."""
    for _ in range(iterations):
        trainer.step()
    return torch.cat([w.detach().flatten().double() for w in trainer.model.branches.parameters()])


def assert_as_near(one, plain, again, start):
    """``one`` is no farther from ``plain`` than plain iterations, repeated, are from themselves.

    A GPU adds in any order. Where a gradient is nearly 0, Adam makes a sign of a rounding.
    """
    moved = (plain - start).norm()
    assert moved > 0
    assert (one - plain).norm() <= max(10 * (again - plain).norm(), 1e-3 * moved)


@pytest.mark.parametrize("method", ["secgan", "baseline", "concat"])
@pytest.mark.parametrize("backbone", BACKBONES)
def test_replays_compute_what_plain_iterations_do(make, backbone, method):
    options = {"backbone": backbone, "method": method}
    plain, again, replayed = (make(replay, **options) for replay in (False, False, True))
    start = after(plain, 0)
    assert_as_near(after(replayed, 20), after(plain, 20), after(again, 20), start)
    assert len(replayed.launch._records) == 2 and not replayed.launch.obstacle
    terms, plain_terms = replayed.collect(), plain.collect()
    assert terms.keys() == plain_terms.keys()
    assert all(terms[n] == pytest.approx(plain_terms[n], rel=0.05, abs=0.05) for n in terms)


@pytest.mark.parametrize("lever", LEVERS, ids=str)
def test_levers_are_replayed_too(make, lever):
    """Weights stay where they are, so that one rounding does not become the next one's."""
    terms = []
    for replay in (False, True):
        trainer = make(replay, learning_rate=2**-40, **lever)
        after(trainer, 2 * WARM_UP + 6)
        terms.append(trainer.collect())
    plain, replayed = terms
    assert plain == pytest.approx(replayed, rel=2e-3, abs=2e-3)


@pytest.mark.parametrize("first", [False, True])
def test_a_run_goes_on_from_either_path(make, first):
    """Ten iterations by one path, ten by the other, from its state."""
    plain, again, begun, resumed = (make(replay) for replay in (False, False, first, not first))
    start = after(plain, 0)
    after(begun, 10)
    resumed.load_state_dict(begun.state_dict())
    assert_as_near(after(resumed, 10), after(plain, 20), after(again, 20), start)


@pytest.mark.parametrize("lever", [{}, {"ema": 0.99, "backbone": "attgan"}, {"teacher": "truth"}])
def test_nothing_waits_for_the_gpu(make, device, lever):
    trainer = make(True, **lever)
    after(trainer, 2 * WARM_UP + 2)
    if device == "cuda":
        torch.cuda.set_sync_debug_mode("error")
    try:
        after_two = [trainer.step() for _ in range(2)]
    finally:
        if device == "cuda":
            torch.cuda.set_sync_debug_mode("default")
    assert after_two == [None, None]


def test_faces_lie_on_the_gpu(make, device, faces):
    trainer = make(True)
    assert set(trainer.data.near) == ({"images", "masks"} if device == "cuda" else set())
    indices, flip = torch.tensor([3, 0]), torch.tensor([True, False])
    here, there = (
        [part.cpu() for part in trainer.data.batch(indices, flip, place)]
        for place in ("cpu", device)
    )
    assert all(torch.equal(a, b) for a, b in zip(here, there, strict=True))


def test_memory_is_what_was_counted(make, device, parser):
    """Beside the tensors there is what libraries ask for, and what lies between tensors."""
    gc.collect()  # trainers of other tests
    before = torch.cuda.memory_allocated() if device == "cuda" else 0
    trainer = make(False, width=32, discriminator_width=32, batch_size=16)
    needed = peak(trainer.config, parser)
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
        after(trainer, 4)
        assert 0.8 < (torch.cuda.max_memory_allocated() - before) / needed < 1.6
    assert needed > 2**20


def test_scores_are_those_of_the_cpu(device, faces, judge, trained):
    """An edit that the judge finds at the edge may fall to the other side."""
    found = []
    for place in ("cpu", device):
        generator, other = (deepcopy(network).to(place) for network in (trained.generator, judge))
        scores = evaluate(generator, faces, other, device=torch.device(place))
        found.append((scores["tarr"]["mean"]["value"], scores["reconstruction"]["value"]))
    (rate, error), (other_rate, other_error) = found
    assert abs(rate - other_rate) < 0.02 and error == pytest.approx(other_error, rel=0.01)


@pytest.mark.parametrize(("room", "network"), [("parsing", "unet"), ("judges", "stgan")])
def test_parsers_and_judges_are_trained(device, tmp_path, room, network):
    recipes = {"parsing": PARSERS, "judges": JUDGES}[room]
    sizes = {"image_size": 32, "count": 256, "epochs": 1, "device": device}
    options = NetworkOptions(output=str(tmp_path / "it.safetensors"), **sizes)
    assert train_network(room, recipes, network, options) == 0
    assert (tmp_path / "it.safetensors").is_file()
