"""Replayed iterations compute what plain ones do, wherever a run begins or goes on.

``records`` repeats noted operations as a CUDA graph does; ``tests/gpu`` has real ones.
"""

import copy

import pytest
import torch
from records import replaying
from torch.optim import Adam
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from secgan_lite.datasets import load
from secgan_lite.secgan import Batch, Model
from secgan_lite.training import RunFolder, TrainConfig, Trainer, graph, learning_rate
from secgan_lite.training.graph import Launcher

ITERATIONS = 6
# Rates that single precision holds exactly: a record reads them from a tensor.
TINY = {"iterations": 16, "learning_rate": 2**-10, "schedule": "linear", "device": "cpu"}
TINY |= {"image_size": 32, "width": 4, "discriminator_width": 4, "critic_steps": 2}
TINY |= {"depth": 2, "discriminator_depth": 2, "batch_size": 2}
METHODS = ("secgan", "baseline", "concat")
CASES = [(b, m, {}) for b in ("stargan", "attgan", "attgan-table3", "stgan") for m in METHODS]
CASES += [
    ("attgan", "secgan", {"ema": 0.9}),
    ("stargan", "secgan", {"flip": False}),
    ("stargan", "secgan", {"teacher": "truth"}),
    ("stargan", "baseline", {"gp_every": 2}),
    ("stargan", "secgan", {"sc_start_iteration": 2, "critic_steps": 1}),
    ("attgan", "secgan", {"update_cycle": "separate", "critic_steps": 1}),
    ("stargan", "baseline", {"blend": True}),
]


@pytest.fixture(scope="module")
def faces():
    return load("synthetic", "train", 32, count=6)


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """The second iteration of a kind is recorded already."""
    monkeypatch.setattr(graph, "WARM_UP", 1)


def state(trainer):
    """All weights, averages and moments of a trainer, by name."""
    found, whole = {}, trainer.state_dict()
    for part in ("branches", "averages", "optimisers"):
        pending = [(part, whole[part])]
        while pending:
            name, value = pending.pop()
            if isinstance(value, dict):
                pending += [(f"{name}/{key}", inner) for key, inner in value.items()]
            elif isinstance(value, torch.Tensor):
                found[name] = value.clone()
    return found


def assert_same(one, other):
    assert one.keys() == other.keys()
    assert not [name for name in one if not torch.equal(one[name], other[name])]


def by_hand(trainer, iterations):
    """Algorithm 1 from the methods of the model alone; each random number is drawn as it is used.

    Returns the moving averages of the generators.
    """
    model, config, n = trainer.model, trainer.config, trainer.config.critic_steps
    parts = ("generator", "discriminator")
    adams = {
        f"{name}/{part}": Adam(getattr(branch, part).parameters(), betas=(0.5, 0.999), fused=True)
        for name, branch in model.branches.items()
        for part in parts
    }
    averages = {}

    def descend(part, loss):
        chosen = [adam for name, adam in adams.items() if name.endswith(part)]
        for adam in chosen:
            adam.zero_grad()
        loss.backward()
        for adam in chosen:
            adam.param_groups[0]["lr"] = learning_rate(config, t)
            adam.step()

    for t in range(1, iterations + 1):
        separate = config.update_cycle == "separate"
        for_g = t % (n + separate) == 0
        batch = trainer.draw()
        edits = model.translate(batch)
        if not (separate and for_g):
            alpha = None if t % config.gp_every else trainer.alpha
            descend("discriminator", model.critic_loss(batch, edits, alpha)[0])
        if for_g:
            loss, _ = model.generator_loss(batch, edits, t > config.sc_start_iteration)
            descend("generator", loss)
            for name, branch in model.branches.items():
                now = branch.generator.state_dict()
                held = averages.setdefault(name, copy.deepcopy(now))
                for key, value in now.items():
                    held[key].lerp_(value, 1 - config.ema) if value.is_floating_point() else None
    return averages


@pytest.mark.parametrize(("backbone", "method", "options"), CASES)
def test_plain_and_replayed_iterations_are_those_by_hand(
    faces, small_parser, backbone, method, options
):
    config = TrainConfig.of(backbone=backbone, method=method, **TINY | options)
    hand, plain, replayed = (Trainer(config, faces, small_parser) for _ in range(3))
    averages = by_hand(hand, ITERATIONS)
    replaying(replayed)
    for _ in range(ITERATIONS):
        plain.step()
        replayed.step()
    assert_same(hand.model.branches.state_dict(), plain.model.branches.state_dict())
    assert_same(state(plain), state(replayed))
    assert plain.collect() == replayed.collect()
    for name, average in plain.averages.items():
        for key, value in averages[name].items():
            shown = average.module.state_dict()[key]
            assert not value.is_floating_point() or torch.allclose(shown, value, atol=1e-6)
    # Each kind that came often enough was replayed.
    assert len(replayed.launch._records) > 1 or config.critic_steps == 1
    assert {*replayed.launch._seen.values()} <= {1, 2} and not replayed.launch.obstacle


def test_a_resumed_run_records_anew(faces, small_parser, tmp_path):
    """Plain and replayed iterations go on from each other's checkpoints, in one trainer too."""
    config = TrainConfig.of(output_dir=str(tmp_path / "run"), **TINY)
    folder = RunFolder.open(config)
    plain, replayed, other = (Trainer(config, faces, small_parser) for _ in range(3))
    replaying(replayed)
    for _ in range(ITERATIONS):
        plain.step()
        replayed.step()
    assert replayed.launch._records
    # What Adam has in a file does not say which way it was computed.
    folder.save_checkpoint(replayed.state_dict(), ITERATIONS)
    found, _ = folder.load_checkpoint()
    groups = [optimiser["param_groups"][0] for optimiser in found["optimisers"].values()]
    assert not any(group["capturable"] for group in groups)
    assert {group["lr"] for group in groups} == {learning_rate(config, ITERATIONS)}
    for trainer in (replayed, other):
        trainer.load_state_dict(folder.load_checkpoint()[0])
        assert not trainer.launch._records
        for _ in range(ITERATIONS):
            trainer.step()
    for _ in range(ITERATIONS):
        plain.step()
    assert replayed.launch._records
    assert_same(state(plain), state(replayed))
    assert_same(state(plain), state(other))
    assert plain.collect() == replayed.collect() == other.collect()


def test_what_can_not_be_recorded_goes_on_without(faces, small_parser, capsys):
    """A line says why, and nothing of the attempt is left."""
    config = TrainConfig.of(method="baseline", **TINY)
    plain, replayed = (Trainer(config, faces) for _ in range(2))
    reconstruct = replayed.model.generator_loss

    def reading(*given):
        loss, terms = reconstruct(*given)
        return loss * bool(loss.isfinite()), terms

    replaying(replayed).model.generator_loss = reading
    for _ in range(ITERATIONS):
        plain.step()
        replayed.step()
    assert "can't be recorded (not permitted in a record: _local_sc" in replayed.launch.obstacle
    assert not replayed.launch._records  # that of the critics has been given up too
    assert capsys.readouterr().err.count("Without CUDA graphs, and slower: an iteration") == 1
    assert_same(state(plain), state(replayed))


def test_the_reason_is_what_broke_a_record_and_not_that_it_is_broken(faces, capsys):
    """CUDA raises twice: where the record broke, and once more at its end; in many lines."""
    trainer = replaying(Trainer(TrainConfig.of(method="baseline", **TINY), faces))

    def broken(iteration):
        try:
            raise RuntimeError("operation not permitted\nSearch for it in the manual.")
        finally:
            raise RuntimeError("operation failed due to a previous error")

    trainer.launch._record = broken
    for _ in range(ITERATIONS):
        trainer.step()
    assert trainer.launch.obstacle == "an iteration can't be recorded (operation not permitted)"


class Crossings(TorchDispatchMode):
    """Inside, operations on tensors of more than one device are noted: a record refuses them."""

    def __init__(self):
        super().__init__()
        self.found = set()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        out = function(*args, **(kwargs or {}))
        seen = [t for t in tree_leaves((args, kwargs, out)) if isinstance(t, torch.Tensor)]
        if {t.device.type for t in seen} != {"meta"}:
            self.found.add(str(function))
        return out


def test_crossings_are_seen():
    with Crossings() as crossings:
        torch.empty(2, device="meta") * torch.tensor(3.0)
    assert crossings.found


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("backbone", ["stargan", "attgan", "attgan-table3", "stgan"])
def test_no_number_comes_from_the_cpu_or_goes_there(small_parser, backbone, method):
    """The losses on a device without numbers; what is made on the CPU would have to be sent."""
    config = TrainConfig.of(backbone=backbone, method=method, **TINY)
    with torch.device("meta"):
        parser = copy.deepcopy(small_parser).to("meta")
        model = Model(method, backbone, config.size, config.weights, parser)
        y, mix = torch.empty(2, 13), torch.empty(2)
        batch = Batch(torch.empty(2, 3, 32, 32), torch.empty(2, 32, 32, dtype=torch.long), y, y)
    with Crossings() as crossings:
        edits = model.translate(batch)
        model.critic_loss(batch, edits, lambda branch, count: mix)[0].backward()
        model.generator_loss(batch, edits)[0].backward()
    assert not crossings.found


def test_there_are_graphs_on_gpus_of_nvidia_alone(capsys):
    for name in ("cpu", "mps"):
        assert Launcher(torch.device(name), []).obstacle == f"device {name!r} has none"
    assert Launcher(torch.device("cuda"), []).obstacle == ""
    assert capsys.readouterr().err == ""
    assert Launcher(torch.device("cuda"), [], "it is late").obstacle == "it is late"
    assert capsys.readouterr().err == "Without CUDA graphs, and slower: it is late.\n"
