"""The laboratory of broken trainers: each fault breaks its line, each sign is one run's alone."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from secgan_lite import datasets
from secgan_lite.attributes import single_flips
from secgan_lite.course import faults, laboratory
from secgan_lite.course.authoring.recording import store_laboratory
from secgan_lite.course.checks.exercise import STRICT, NotPassed
from secgan_lite.course.faults import FAULTS, TITLES, grade, right_name
from secgan_lite.course.laboratory import FLIPS, ITERATIONS, MOMENTS, TERMS, LabRun, load_laboratory
from secgan_lite.course.model import load_model
from secgan_lite.evaluation import Truth
from secgan_lite.modalities import to_bytes
from secgan_lite.parsing import load_parser
from secgan_lite.training import TrainConfig, Trainer

RIGHT = {title: right_name(title) for title in TITLES}


@pytest.fixture(scope="module")
def runs():
    return load_laboratory()


def test_the_recording_is_whole_and_small(runs):
    assert list(runs) == ["healthy", *RIGHT] and set(RIGHT.values()) == set(FAULTS)
    for run in runs.values():
        assert run.samples.shape == (1 + len(FLIPS), 3, 32, 32)
        assert [record["iteration"] for record in run.log] == [*range(10, ITERATIONS + 1, 10)]
        assert set(run.log[-1]) == {"iteration", "judge", *TERMS}
        assert tuple(run.film) == MOMENTS
        edits, *masks = (np.stack(part) for part in zip(*run.film.values(), strict=True))
        assert edits.shape == (len(MOMENTS), len(FLIPS), 3, 32, 32)
        assert all(m.shape == (len(MOMENTS), len(FLIPS), 32, 32) and m.max() < 12 for m in masks)
    assert sum(file.stat().st_size for file in laboratory.PLACE.iterdir()) < 125_000


def test_all_runs_show_the_same_inputs(runs):
    inputs = np.stack([run.samples[0] for run in runs.values()]).astype(int)
    assert np.abs(inputs - inputs[0]).mean() < 4  # but for the film's 256 colours


@pytest.mark.parametrize("name", FAULTS)
def test_a_sign_belongs_to_one_run_alone(runs, name):
    """So the names can be found, and every wrong one contradicts what is seen."""
    shown = [title for title in RIGHT if FAULTS[name].shows(runs[title], runs["healthy"])]
    assert [RIGHT[title] for title in shown] == [name]
    if name != "resting critics":
        assert not FAULTS[name].shows(runs["healthy"], runs["healthy"])


def test_a_wrong_name_is_answered_with_what_speaks_against_it(capsys):
    names = [*RIGHT.values()]
    wrong = dict(zip(RIGHT, names[1:] + names[:1], strict=True))
    grade(wrong)
    *lines, last = capsys.readouterr().out.splitlines()
    assert last == "laboratory: 0 of 8 named right."
    for place, (title, name) in enumerate(wrong.items()):
        line, here, healthy = lines[3 * place :][:3]
        assert line == f"{title}: not {name!r}, whose sign is this: {FAULTS[name].sign}."
        assert here.startswith("    Here ") and healthy.startswith("    In the healthy run ")


@pytest.mark.parametrize("name", FAULTS)
def test_the_numbers_that_are_told_miss_the_bound_that_is_told(runs, name):
    """As printed, in every run whose name is another: a student must see that the sign fails."""
    numbers = [
        [float(n) / (100 if p else 1) for n, p in re.findall(r"(\d+(?:\.\d+)?)(%?)", said)]
        for said in (FAULTS[name].seen(run) for run in runs.values())
    ]
    bounds = {
        "labels of others": lambda run, healthy: run[0] < 0.9 * healthy[0],
        "masks of others": lambda run, healthy: (
            run[0] > 1.3 * healthy[0] and run[1] > 0.9 * healthy[1] and run[2] < 1
        ),
        "no Eq. 4": lambda run, healthy: run[0] <= run[1] - 0.2,
        "no penalty": lambda run, healthy: run[0] > 5,
        "no reconstruction": lambda run, healthy: run[0] > 1.3 * healthy[0],
        "old labels": lambda run, healthy: run[0] < 0.2 and run[1] < 0.75 * healthy[1],
        "resting critics": lambda run, healthy: (
            all(abs(r / h - 1) < 0.1 for r, h in zip(run[:-1], healthy[:-1], strict=True))
            and run[-1] < 1
        ),
        "reversed wish": lambda run, healthy: run[0] < 0.2 and run[1] > 0.9 * healthy[1],
    }
    healthy, *others = numbers
    found = [t for t, run in zip(RIGHT, others, strict=True) if bounds[name](run, healthy)]
    assert [RIGHT[title] for title in found] == [name]


def test_the_answers_stand_in_no_source():
    """A reader of the module meets the names in the order of the lesson's table."""
    assert [*FAULTS] == sorted(FAULTS) and [*RIGHT.values()] != sorted(FAULTS)
    text = Path(faults.__file__).read_text(encoding="utf-8")
    assert not any(title in text for title in [*RIGHT][1:])


def test_right_names_pass_in_strict_mode_and_others_do_not(capsys, monkeypatch):
    monkeypatch.setenv(STRICT, "1")
    grade(RIGHT)
    assert "laboratory: 8 of 8 named right." in capsys.readouterr().out
    with pytest.raises(NotPassed, match="not attempted"):
        grade(dict.fromkeys(RIGHT, ""))
    with pytest.raises(NotPassed, match="7 of 8"):
        grade(RIGHT | {"run 8": ""})
    with pytest.raises(ValueError, match="Did you mean 'no penalty'"):
        grade({"run 1": "no penalti"})
    with pytest.raises(ValueError, match="Did you mean 'run"):
        grade({"rum 1": "no penalty"})
    with pytest.raises(TypeError, match="wanted: a dict"):
        grade(["no penalty"])


@pytest.fixture
def trainer():
    small = {"width": 4, "discriminator_width": 4, "batch_size": 4}
    config = TrainConfig.of(image_size=32, device="cpu", **small)
    return Trainer(config, datasets.load("synthetic", "train", 32, 8), load_parser("auto", 32))


def test_labels_and_masks_of_others_are_their_neighbours(trainer):
    data = trainer.data
    laboratory.others("labels")(trainer)
    laboratory.others("masks")(trainer)
    assert (trainer.data.labels[1:] == data.labels[:-1]).all()
    assert (trainer.data.masks[0] == data.masks[-1]).all()
    assert trainer.data.images is data.images


def test_a_reversed_wish_is_the_negative_one(trainer):
    batch, seen = trainer.draw(), []
    trainer.model.translate = lambda other: seen.append(other.y_diff)
    laboratory.reversed_wish(trainer)
    trainer.model.translate(batch)
    assert torch.equal(seen[0], -batch.y_diff) and seen[0].any()


def test_old_labels_are_asked_of_the_edits_and_the_wish_stays(trainer):
    batch, seen = trainer.draw(), []
    trainer.model.generator_loss = lambda other, *_: seen.append(other)
    laboratory.old_labels(trainer)
    trainer.model.generator_loss(batch, {}, True)
    assert torch.equal(seen[0].y_trg, batch.y_src)
    assert torch.equal(seen[0].y_diff, batch.y_diff)


def test_resting_critics_stay_and_generators_move(trainer):
    def weights(part):
        networks = [getattr(b, part) for b in trainer.model.branches.values()]
        return torch.cat([w.detach().flatten().clone() for n in networks for w in n.parameters()])

    before = {part: weights(part) for part in ("generator", "discriminator")}
    laboratory.resting_critics(trainer)
    trainer.step()
    assert torch.equal(weights("discriminator"), before["discriminator"])
    assert not torch.equal(weights("generator"), before["generator"])


def test_settings_change_the_configuration_and_no_other_trainer(trainer):
    before = trainer.config
    laboratory.settings(learning_rate=0.5, critic_steps=5)(trainer)
    assert (trainer.config.learning_rate, trainer.config.critic_steps) == (0.5, 5)
    assert before.learning_rate < 0.5


def test_the_true_edits_are_of_the_face_of_the_samples(runs):
    """Blond hair and pale skin change much of it, and each wish says so in words."""
    inputs, truths = runs["healthy"].samples[0], laboratory.true_edits()
    assert truths.shape == (len(FLIPS), 3, 32, 32) and len(laboratory.wishes()) == len(FLIPS)
    changed = (
        (to_bytes(truths).float() - torch.from_numpy(inputs).float()).abs().mean(dim=(1, 2, 3))
    )
    assert (changed > 0.3).all() and changed.max() < 60
    assert "add eyeglasses" in laboratory.wishes()


def test_the_scrubber_shows_how_all_begin_and_what_each_becomes(runs):
    shown = laboratory.dynamics()
    assert list(shown) == list(runs)
    assert [score["iteration"] for score in shown["run 2"].scores] == [0, *MOMENTS]
    assert np.array_equal(shown["run 2"].samples[-1, 0, 1:], runs["run 2"].samples[1:])
    for k, part in enumerate((shown["run 2"].samples, *shown["run 2"].masks.values())):
        assert np.array_equal(part[2, 0, 1:], runs["run 2"].film[MOMENTS[1]][k])
        assert (part[:, 0, 0] == part[0, 0, 0]).all()  # the input
    assert np.array_equal(shown["run 1"].samples[0], shown["run 8"].samples[0])
    assert shown["run 3"].log == runs["run 3"].log
    model, _ = load_model()
    faces = datasets.load("synthetic", "test", 32, count=8)
    x, y, _ = faces.batch(torch.tensor([7]))
    glasses = faces.attributes.index("Eyeglasses")
    wish = (single_flips(y, faces.attributes, resolved=True) - y)[glasses]
    with torch.inference_mode():
        edit = model.branches["rgb"].generator(x, wish)
    assert np.array_equal(shown["run 1"].samples[0, 0, -1], to_bytes(edit)[0])
    truth = Truth.of(faces).images[glasses, 7]
    assert np.abs(shown["run 1"].truths[0, -1].astype(int) - truth).max() <= 1


def test_a_weight_is_changed_in_both_branches(trainer):
    laboratory.weights(lambda_rec=0.0)(trainer)
    found = [branch.weights.lambda_rec for branch in trainer.model.branches.values()]
    assert found == [0.0, 0.0] and trainer.config.lambda_rec > 0


def test_what_is_stored_comes_back(tmp_path, monkeypatch):
    monkeypatch.setattr(laboratory, "PLACE", tmp_path)
    grey = np.full((1 + len(FLIPS), 3, 8, 8), 9, np.uint8)
    log = [{"iteration": 10, "rgb/rec": 0.5}, {"iteration": 20, "rgb/rec": 0.25, "judge": 1.0}]
    segments = np.random.default_rng(0).integers(12, size=(2, len(MOMENTS), len(FLIPS), 8, 8))
    film = {at: (grey[1:], *segments[:, i].astype(np.uint8)) for i, at in enumerate(MOMENTS)}
    store_laboratory({"healthy": LabRun(log, grey, film), "run 1": LabRun(log[1:], grey + 5, film)})
    back = load_laboratory()
    assert back["healthy"].log == log and back["run 1"].log == log[1:]
    assert np.array_equal(back["run 1"].samples, grey + 5)
    for at, (edits, *masks) in back["run 1"].film.items():
        assert np.abs(edits.astype(int) - grey[1:]).max() <= 5
        assert all(np.array_equal(m, film[at][k]) for k, m in enumerate(masks, start=1))
    assert back["healthy"].late("rgb/rec") == 0.25 and back["healthy"].peak("rgb/rec") == 0.5


def test_the_recording_is_what_the_training_makes(runs):
    """Its first ten iterations again; later ones hang on the machine's last bits."""
    again = laboratory.train(FAULTS["reversed wish"].breaks, iterations=20)
    recorded = runs[next(title for title, name in RIGHT.items() if name == "reversed wish")]
    assert again.log[0] == pytest.approx(recorded.log[0], rel=0.02)
    assert [record["iteration"] for record in again.log] == [10, 20] and "judge" in again.log[1]
    assert np.abs(again.samples[0].astype(int) - recorded.samples[0]).mean() < 4
    (edits, *_), again_edits = recorded.film[20], again.film[20][0]
    assert np.abs(again_edits.astype(int) - edits).mean() < 25  # the rate fell sooner
