"""A trial: the laboratory's own training, step by step, under knobs that change."""

import numpy as np
import pytest
import torch

from secgan_lite.course import laboratory
from secgan_lite.course.faults import FAULTS
from secgan_lite.course.laboratory import WRONG_LINES, begin
from secgan_lite.course.widgets import Trial
from secgan_lite.course.widgets.trial import HEALTHY, KNOBS, SETTINGS, SOUND, board, in_words


@pytest.fixture(scope="module")
def other(judged_trial):
    """A trainer of the laboratory beside it, and its beginning."""
    trainer = begin(judged_trial.iterations)
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
    length = trial.iterations
    run = laboratory.train(iterations=length)
    trial.advance(length + 5)  # there is no more to train
    assert trial.over and trial.iteration == length and not trial.marks
    rows = board(*trial.edited())
    assert np.array_equal(rows["edit by G_rgb"], np.moveaxis(run.samples, 1, -1))
    assert trial.curves["judge"] == [(length, run.log[1]["judge"])]
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
    assert in_words(trial.marks[0]).endswith(f" → {value}" if name == "fault" else f" → {value:g}")


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
    before = board(*fresh.edited())
    assert not fresh.ready
    trial.trainer  # noqa: B018
    for title, tiles in board(*trial.edited()).items():
        assert np.array_equal(before[title], tiles)
    true = 127.5 * (laboratory.true_edits().movedim(1, -1).numpy() + 1)
    assert np.abs(before["true edit"][1:] - true).max() <= 1
    assert np.array_equal(before["true edit"][0], before["edit by G_rgb"][0])
