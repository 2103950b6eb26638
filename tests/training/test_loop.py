"""Algorithm 1: what is updated when, on which batch; exact resume; a stop that explains."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from secgan_lite import training
from secgan_lite.datasets import Sampler
from secgan_lite.datasets.cache import Cache
from secgan_lite.editing import load_generator
from secgan_lite.parsing import Parser
from secgan_lite.support.randomness import stream
from secgan_lite.training import (
    RunFolder,
    Trainer,
    TrainingDiverged,
    parse_all,
    train,
)


def weights(trainer):
    return {
        f"{name}/{part}": torch.cat([p.detach().flatten() for p in getattr(b, part).parameters()])
        for name, b in trainer.model.branches.items()
        for part in ("generator", "discriminator")
    }


@pytest.mark.parametrize("method", ["secgan", "baseline", "concat"])
def test_critics_step_every_time_and_generators_every_nth(
    small_config, small_faces, small_parser, method
):
    trainer = Trainer(small_config(method=method, critic_steps=3), small_faces, small_parser)
    before, moved = weights(trainer), []
    for _ in range(6):
        trainer.step()
        after = weights(trainer)
        moved.append({name for name in after if not torch.equal(before[name], after[name])})
        before = after
    critics = {name for name in before if name.endswith("discriminator")}
    assert moved == [critics, critics, set(before)] * 2


def test_a_separate_cycle_gives_the_generators_a_batch_of_their_own(small_config, small_faces):
    """AttGAN's code: N batches for the critics, then one for the generators alone."""
    config = small_config(method="baseline", critic_steps=2, update_cycle="separate")
    trainer = Trainer(config, small_faces)
    before, moved = weights(trainer), []
    for _ in range(6):
        trainer.step()
        after = weights(trainer)
        moved.append({name for name in after if not torch.equal(before[name], after[name])})
        before = after
    critics, generators = {"rgb/discriminator"}, {"rgb/generator"}
    assert moved == [critics, critics, generators] * 2


def test_a_lazy_penalty_comes_every_kth_time_and_k_times_as_strong(small_config, small_faces):
    config = small_config(method="baseline", gp_every=3, lambda_gp=10)
    assert config.weights["rgb"].lambda_gp == 30
    trainer, present = Trainer(config, small_faces), []
    for _ in range(6):
        trainer.step()
        present.append("rgb/gp" in trainer.collect())
    assert present == [False, False, True] * 2


def test_both_use_the_same_mini_batch(small_config, small_faces, monkeypatch):
    trainer = Trainer(small_config(method="baseline", critic_steps=1), small_faces)
    seen = []
    for part in ("critic_loss", "generator_loss"):
        original = getattr(trainer.model, part)

        def spy(batch, *rest, original=original):
            seen.append(batch)
            return original(batch, *rest)

        monkeypatch.setattr(trainer.model, part, spy)
    trainer.step()
    trainer.step()
    assert seen[0] is seen[1] and seen[2] is seen[3] and seen[0] is not seen[2]


def test_methods_see_the_same_data_in_the_same_order(small_config, small_faces, small_parser):
    def batches(method):
        trainer = Trainer(small_config(method=method), small_faces, small_parser)
        return [trainer.draw() for _ in range(5)]

    for one, other in zip(batches("baseline"), batches("secgan"), strict=True):
        assert torch.equal(one.x, other.x) and torch.equal(one.y_trg, other.y_trg)


@pytest.mark.parametrize("backbone", ["stargan", "attgan"])
def test_without_consistency_the_image_branch_is_the_baseline(
    small_config, small_faces, small_parser, backbone
):
    def trained(**options):
        trainer = Trainer(small_config(backbone=backbone, **options), small_faces, small_parser)
        for _ in range(5):
            trainer.step()
        return weights(trainer)

    baseline, alone = trained(method="baseline"), trained(lambda_sc=0)
    tied = trained(lambda_sc=1)
    for name, values in baseline.items():
        assert torch.equal(alone[name], values)
        assert not torch.equal(tied[name], values)


def test_masks_come_from_p_and_not_from_the_truth(small_config, small_faces, small_parser):
    trainer = Trainer(small_config(), small_faces, small_parser)
    found = parse_all(small_faces, small_parser, torch.device("cpu"), chunk=5)
    assert (trainer.data.masks == found).all() and not (found == small_faces.masks).all()
    x, _, _ = small_faces.batch(torch.arange(16))
    assert (found == small_parser(x).argmax(dim=1).numpy()).all()


@pytest.mark.parametrize("method", ["secgan", "baseline"])
@pytest.mark.parametrize("stop", [4, 5])
def test_a_resumed_run_equals_an_uninterrupted_one(
    small_config, small_faces, small_parser, method, stop, tmp_path, monkeypatch
):
    """Every weight, moment, random state and logged number, wherever the interruption falls."""
    whole = small_config(method=method, iterations=8, log_every=3, output_dir=str(tmp_path / "a"))
    halves = whole.model_copy(update={"output_dir": str(tmp_path / "b"), "resume": True})
    save = RunFolder.save_checkpoint
    # Every other iteration, so that the stop falls on one that is saved and on one that is not.
    monkeypatch.setattr(
        RunFolder, "save_checkpoint", lambda run, s, t: t % 2 == 0 and save(run, s, t)
    )
    first = train(whole, small_faces, small_parser, checkpoint_every=0)

    step, steps = Trainer.step, iter(range(stop))

    def interrupted(trainer):
        if next(steps, None) is None:
            raise KeyboardInterrupt
        step(trainer)

    monkeypatch.setattr(Trainer, "step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(halves, small_faces, small_parser, checkpoint_every=0)
    monkeypatch.setattr(Trainer, "step", step)
    second = train(halves, small_faces, small_parser, checkpoint_every=0)

    (a, t), (b, u) = first.load_checkpoint(), second.load_checkpoint()
    assert t == u == 8
    _assert_same(a, b)
    untimed = [
        [{k: v for k, v in r.items() if k != "seconds"} for r in run.log] for run in (first, second)
    ]
    assert untimed[0] == untimed[1]


def _assert_same(a, b):
    if isinstance(a, torch.Tensor):
        assert torch.equal(a, b)
    elif isinstance(a, dict):
        assert list(a) == list(b)
        for key in a:
            _assert_same(a[key], b[key])
    elif isinstance(a, list | tuple):
        for one, other in zip(a, b, strict=True):
            _assert_same(one, other)
    else:
        assert a == b


def test_a_finished_run_resumed_is_left_as_it_is(small_config, small_faces):
    config = small_config(method="baseline")
    first = train(config, small_faces)
    before = (first.path / "log.jsonl").read_text(encoding="utf-8")
    train(config.model_copy(update={"resume": True}), small_faces)
    assert (first.path / "log.jsonl").read_text(encoding="utf-8") == before


def test_the_moving_average_is_what_is_saved(small_config, small_faces):
    config = small_config(method="baseline", iterations=4, critic_steps=1, ema=0.5)
    trainer = Trainer(config, small_faces)
    expected = None
    for _ in range(4):
        trainer.step()
        now = weights(trainer)["rgb/generator"]
        expected = now if expected is None else 0.5 * expected + 0.5 * now
    with trainer.generators() as generators:
        average = torch.cat([p.flatten() for p in generators["rgb"].parameters()])
    assert torch.allclose(average, expected, atol=1e-6)
    saved, _ = load_generator(train(config, small_faces).path)
    found = torch.cat([p.flatten() for p in saved.parameters()])
    assert torch.allclose(found, expected, atol=1e-6)


def test_consistency_can_start_late(small_config, small_faces, small_parser):
    config = small_config(critic_steps=1, iterations=3, sc_start_iteration=2)
    trainer = Trainer(config, small_faces, small_parser)
    present = []
    for _ in range(3):
        trainer.step()
        present.append("rgb/sc" in trainer.collect())
    assert present == [False, False, True]


def test_divergence_stops_with_a_diagnosis_and_keeps_the_checkpoint(
    small_config, small_faces, monkeypatch
):
    config = small_config(method="baseline", iterations=8, log_every=1)
    step = Trainer.step

    def poisoned(trainer):
        if trainer.iteration == 5:
            with torch.no_grad():
                next(trainer.model.generator.parameters()).fill_(float("nan"))
        step(trainer)

    monkeypatch.setattr(Trainer, "step", poisoned)
    with pytest.raises(TrainingDiverged, match=r"by iteration 6: .*rgb/critic.*learning_rate"):
        train(config, small_faces, checkpoint_every=0)
    state, iteration = RunFolder(config.output_dir).load_checkpoint()
    assert iteration == 5
    assert all(t.isfinite().all() for t in state["branches"].values())


def test_broken_weights_are_never_saved(small_config, small_faces, monkeypatch):
    """Losses are read every ``log_every`` iterations; a checkpoint may come between."""
    config = small_config(method="baseline", iterations=8, log_every=100)
    step = Trainer.step

    def poisoned(trainer):
        step(trainer)
        if trainer.iteration == 5:
            with torch.no_grad():
                next(trainer.model.generator.parameters()).view(-1)[0] = float("inf")

    monkeypatch.setattr(Trainer, "step", poisoned)
    with pytest.raises(TrainingDiverged, match=r"after iteration 5: .*rgb\.generator"):
        train(config, small_faces, checkpoint_every=0)
    assert RunFolder(config.output_dir).load_checkpoint()[1] == 4


def test_masks_of_photographs_are_found_once(
    small_config, small_faces, small_parser, tmp_path, monkeypatch
):
    """P's masks stay beside the images, under the hash of P; another P makes its own."""
    data = replace(small_faces, cache=Cache(tmp_path / "cache", "source", 16))
    found = parse_all(small_faces, small_parser, torch.device("cpu"))
    assert np.array_equal(parse_all(data, small_parser, torch.device("cpu")), found)

    def fails(*_):
        raise AssertionError("P ran again")

    with monkeypatch.context() as patch:
        patch.setattr(type(small_parser), "forward", fails)
        assert np.array_equal(parse_all(data, small_parser, torch.device("cpu")), found)
    other = Parser(small_parser.network, small_parser.metadata | {"sha256": "another"})
    parse_all(data, other, torch.device("cpu"))
    assert {path.name for path in (tmp_path / "cache").glob("*.npy")} == {
        "segments-untrained.npy", "segments-another.npy",
    }  # fmt: skip


def test_the_run_folder_of_the_contract(small_config, small_faces, small_parser):
    seen = []
    run = train(
        small_config(log_every=2),
        small_faces,
        small_parser,
        observers=[lambda trainer, log: seen.append(trainer.iteration) or {"judge": 0.5}],
        sample_every=3,
    )
    assert {p.name for p in run.path.iterdir()} == {
        "config.json", "log.jsonl", "generator.safetensors", "generator_seg.safetensors",
        "checkpoint.safetensors", "checkpoint.json", "parser.safetensors", "samples", "snapshots",
    }  # fmt: skip
    assert [record["iteration"] for record in run.log] == [2, 4, 6]
    branch = {
        "adv",
        "cls_d",
        "cls_g",
        "critic",
        "fake_accuracy",
        "gp",
        "real_accuracy",
        "rec",
        "sc",
    }
    terms = {f"{name}/{term}" for name in ("rgb", "semantic") for term in branch}
    assert set(run.log[0]) - {"judge"} == terms | {"iteration", "seconds", "rgb/change"}
    assert seen and seen[-1] == 6 and run.log[-1]["judge"] == 0.5
    names = {p.name for p in (run.path / "samples").iterdir()}
    assert {"rgb-000006.png", "semantic-000006.png"} <= names
    assert json.loads((run.path / "checkpoint.json").read_text(encoding="utf-8"))["iteration"] == 6


def test_saved_generators_are_those_of_the_run(small_config, small_faces, small_parser):
    config = small_config()
    run = train(config, small_faces, small_parser)
    state, _ = run.load_checkpoint()
    for file, branch in (("generator", "rgb"), ("generator_seg", "semantic")):
        generator, metadata = load_generator(run.path / f"{file}.safetensors")
        assert metadata["modality"] == branch and metadata["parser"] == "untrained"
        assert metadata["config"] == config.identity
        for name, tensor in generator.state_dict().items():
            assert torch.equal(tensor, state["branches"][f"{branch}.generator.{name}"])


def test_too_few_faces_for_a_batch(small_config, small_faces):
    with pytest.raises(ValueError, match="batch_size=17 is more than the 16 faces"):
        Trainer(small_config(method="baseline", batch_size=17), small_faces)


def test_the_whole_run_takes_one_stream_per_purpose(small_config, small_faces):
    """Another number of critic steps must not change which faces come next."""
    orders = []
    for steps in (1, 3):
        trainer = Trainer(small_config(method="baseline", critic_steps=steps), small_faces)
        for _ in range(3):
            trainer.step()
        orders.append(trainer.sampler.state_dict()["order"])
    assert torch.equal(*orders)
    assert Sampler(16, 4, stream(0, "data")) and training.train is train
