"""The live laboratory: the laboratory's own training, step by step, under knobs that change."""

import asyncio
import json

import numpy as np
import pytest
import torch

from secgan_lite.course import laboratory
from secgan_lite.course.faults import FAULTS
from secgan_lite.course.laboratory import WRONG_LINES, begin
from secgan_lite.course.widgets import LiveLaboratory, Trial
from secgan_lite.course.widgets.live_laboratory import HEALTHY, KNOBS, SETTINGS, SOUND

LENGTH = 20  # iterations of a short run, which the laboratory judges once


@pytest.fixture(scope="module")
def trained():
    """A trial of a short run, used by one test after the other: each begins with a reset."""
    return Trial(LENGTH)


@pytest.fixture
def trial(trained):
    trained.reset()
    return trained


@pytest.fixture(scope="module")
def other():
    """A trainer of the laboratory beside it, and its beginning."""
    trainer = begin(LENGTH)
    return trainer, torch_copy(trainer.state_dict())


def torch_copy(state):
    if isinstance(state, torch.Tensor):
        return state.clone()
    if isinstance(state, dict):
        return {key: torch_copy(value) for key, value in state.items()}
    return state


def weights(trainer):
    return {name: value.clone() for name, value in trainer.model.branches.state_dict().items()}


def alike(one, two):
    return all(torch.equal(one[name], two[name]) for name in one)


def test_untouched_it_is_the_laboratorys_training_bit_by_bit(trial):
    run = laboratory.train(iterations=LENGTH)
    trial.advance(LENGTH + 5)  # there is no more to train
    assert trial.over and trial.iteration == LENGTH and not trial.marks
    rows = trial.look()
    assert np.array_equal(rows["edit by G_rgb"], np.moveaxis(run.samples, 1, -1))
    assert trial.curves["judge"] == [(LENGTH, run.log[1]["judge"])]
    for record in run.log:
        for term in laboratory.TERMS:
            at, value = trial.curves[term][record["iteration"] - 1]
            assert (at, value) == (record["iteration"], pytest.approx(record[term], rel=1e-5))


@pytest.mark.parametrize(
    ("name", "value", "breaks"),
    [
        ("lambda_rec", 0.0, laboratory.weights(lambda_rec=0.0)),
        ("learning_rate", 1e-2, laboratory.settings(learning_rate=1e-2)),
        ("critic_steps", 3, laboratory.settings(critic_steps=3)),
        *(("fault", name, breaks) for name, breaks in WRONG_LINES.items()),
    ],
)
def test_a_knob_counts_from_the_next_iteration_on(trial, other, name, value, breaks):
    """As in a trainer that goes on from there, broken from the beginning."""
    trainer, start = other
    trainer.load_state_dict(torch_copy(start))
    data, config, branches = trainer.data, trainer.config, trainer.model.branches.values()
    before = [branch.weights for branch in branches]
    for _ in range(2):
        trainer.step()
    breaks(trainer)
    for _ in range(3):
        trainer.step()
    # Mended by hand, for the next one.
    trainer.data, trainer.config = data, config
    for branch, weight in zip(branches, before, strict=True):
        branch.weights = weight
    for part, own in ((trainer, "update"), (trainer.model, "translate")):
        vars(part).pop(own, None)
    vars(trainer.model).pop("generator_loss", None)

    trial.advance(2)
    untouched = weights(trial.trainer)
    trial.turn(name, value)
    assert alike(untouched, weights(trial.trainer))
    trial.advance(3)
    assert alike(weights(trainer), weights(trial.trainer))
    sound = SOUND if name == "fault" else HEALTHY[name]
    assert trial.marks == [(2, name, sound, value)]


def test_reset_and_repair(trial):
    """The beginning again; the healthy knobs again, from where it is."""
    trial.advance(2)
    healthy = weights(trial.trainer)
    for name in ("masks of others", "reversed wish", "old labels", "resting critics"):
        trial.turn("fault", name)
        trial.turn("lambda_sc", 0.0)
        trial.advance()
        trial.reset()
        assert (trial.iteration, trial.knobs, trial.fault) == (0, HEALTHY, SOUND)
        assert not trial.marks and not any(trial.curves.values())
    trial.advance(2)
    assert alike(healthy, weights(trial.trainer))
    trial.turn("fault", "reversed wish")
    trial.turn("lambda_gp", 0.0)
    trial.repair()  # before an iteration: as if nobody had touched it
    assert not trial.marks
    trial.advance()
    repaired = weights(trial.trainer)
    trial.reset()
    trial.advance(3)
    assert alike(repaired, weights(trial.trainer))


def test_the_healthy_knobs_are_the_laboratorys(other):
    trainer, _ = other
    for branch in trainer.model.branches.values():
        found = {name: getattr(branch.weights, name) for name in HEALTHY if name not in SETTINGS}
        assert found | SETTINGS == HEALTHY
    assert {name: getattr(trainer.config, name) for name in SETTINGS} == SETTINGS
    assert all(HEALTHY[name] in values for name, (_, values) in KNOBS.items())


def test_the_other_faults_of_the_lesson_are_knobs(other):
    """Those that are not in the menu set a weight to 0, which a knob can do."""
    trainer, _ = other
    before = [branch.weights for branch in trainer.model.branches.values()]
    for name in FAULTS.keys() - WRONG_LINES.keys():
        FAULTS[name].breaks(trainer)
        for branch, sound in zip(trainer.model.branches.values(), before, strict=True):
            turned = {k: v for k, v in vars(branch.weights).items() if v != getattr(sound, k)}
            ((knob, value),) = turned.items()
            assert value in KNOBS[knob][1]
            branch.weights = sound


def test_a_value_that_no_knob_has_is_named():
    with pytest.raises(ValueError, match=r"lambda_gp=-1: wanted is one of \(0.0, "):
        Trial().turn("lambda_gp", -1)
    with pytest.raises(ValueError, match="fault='bad luck': wanted is one of"):
        Trial().turn("fault", "bad luck")


def test_a_training_that_diverges_stands_still(trial):
    trial.advance()
    with torch.no_grad():
        next(trial.trainer.model.branches["rgb"].generator.parameters()).fill_(torch.nan)
    trial.advance(3)
    assert trial.diverged and trial.over and trial.iteration == 2
    assert [t for t, _ in trial.curves["rgb/rec"]] == [1]


def test_it_begins_with_the_bundled_edits_beside_the_true_ones(trial):
    """Without a training, and the same once there is one."""
    fresh = Trial()
    before = fresh.look()
    assert not fresh.ready
    trial.trainer  # noqa: B018
    for title, tiles in trial.look().items():
        assert np.array_equal(before[title], tiles)
    true = 127.5 * (laboratory.true_edits().movedim(1, -1).numpy() + 1)
    assert np.abs(before["true edit"][1:] - true).max() <= 1
    assert np.array_equal(before["true edit"][0], before["edit by G_rgb"][0])


def test_the_page_plays_pauses_and_starts_again(trial):
    async def play():
        app = LiveLaboratory()
        app.trial, first = trial, app.shown["sheet"]
        app.do("play", playing=True)
        while app.trial.iteration < 3:
            await asyncio.sleep(0.01)
        app.do("turn", name="lambda_rec", value=0.0)
        app.do("play", playing=False)
        return app, first

    app, first = asyncio.run(play())
    stopped = app.shown["iteration"]
    assert stopped == app.trial.iteration and not app.shown["playing"]
    assert app.shown["marks"] == [{"at": stopped, "words": "λ_rec 20 → 0"}]
    assert app.shown["sheet"] != first
    app.do("step")
    assert app.shown["iteration"] == stopped + 1 == len(app.shown["curves"]["rgb/rec"])
    app.do("repair")
    assert app.shown["values"] == HEALTHY
    app.do("reset")
    assert app.shown["iteration"] == 0 and app.shown["sheet"] == first
    json.dumps(app.shown)


def test_the_stored_picture_needs_no_training():
    app = LiveLaboratory()
    bundle = app._repr_mimebundle_()[0]
    assert "before the first iteration?" in bundle["text/html"] and not app.trial.ready
    assert bundle["text/html"] == LiveLaboratory()._repr_mimebundle_()[0]["text/html"]
