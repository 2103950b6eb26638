"""Eight broken trainers, recorded: the laboratory of lesson 04.

Each goes on from the same trained SeCGAN, with the same faces in the same order. One line is
broken, and nothing else. ``secgan-lite author laboratory`` records them.

    runs = load_laboratory()          # "healthy", and "run 1" to "run 8"
    grade({"run 1": "no penalty"})    # says what speaks against a wrong name
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch

from secgan_lite import datasets
from secgan_lite.attributes import single_flips
from secgan_lite.course.checks.exercise import STRICT, NotPassed
from secgan_lite.course.figures.common import flip_name
from secgan_lite.course.model import load_model
from secgan_lite.datasets import FaceData
from secgan_lite.editing import generator_editor
from secgan_lite.evaluation import judge_rate
from secgan_lite.judges import load_classifier
from secgan_lite.modalities import to_bytes
from secgan_lite.secgan import Batch, Terms, Translation
from secgan_lite.support.errors import unknown_choice
from secgan_lite.support.files import DATA
from secgan_lite.support.images import decode
from secgan_lite.training import Trainer

PLACE = DATA / "dynamics" / "laboratory"
FLIPS = ("Bangs", "Blond_Hair", "Pale_Skin", "Male", "Eyeglasses")
TERMS = (
    *("rgb/real_accuracy", "rgb/fake_accuracy", "rgb/critic", "semantic/critic"),
    *("rgb/rec", "rgb/change", "rgb/sc", "semantic/sc"),
)
ITERATIONS, _RATE, _FACES = 120, 0.001, 24
Break = Callable[[Trainer], None]


@dataclass(frozen=True)
class LabRun:
    """A short training from the trained SeCGAN on.

    Attributes:
        log: a record every ten iterations, of the terms in the figure; ``judge`` every twentieth.
        samples: uint8 (1 + K, 3, h, h): the first test face, and then the K ``FLIPS`` of it, as the
            generator edits it in the end.
    """

    log: list[dict]
    samples: np.ndarray

    def late(self, term: str) -> float:
        """Mean of a term over the last fifth of the records that have it."""
        values = [record[term] for record in self.log if term in record]
        return float(np.mean(values[-max(1, len(values) // 5) :]))

    def peak(self, term: str) -> float:
        """Largest size of a term."""
        return max(abs(record[term]) for record in self.log if term in record)


def nothing(trainer: Trainer) -> None:
    """The healthy run."""


def weights(**changes: float) -> Break:
    """A term of the loss with another weight, in both branches."""

    def broken(trainer: Trainer) -> None:
        for branch in trainer.model.branches.values():
            branch.weights = replace(branch.weights, **changes)

    return broken


def others(column: str) -> Break:
    """Each image with the labels, or the mask, of the image before it in the data set."""

    def broken(trainer: Trainer) -> None:
        rows = np.roll(getattr(trainer.data, column), 1, axis=0)
        trainer.data = replace(trainer.data, **{column: rows})

    return broken


def reversed_wish(trainer: Trainer) -> None:
    """Line 5 edits by y_src − y_trg."""
    translate = trainer.model.translate

    def wrong(batch: Batch) -> Translation:
        return translate(replace(batch, y_src=batch.y_trg, y_trg=batch.y_src))

    trainer.model.translate = wrong


def old_labels(trainer: Trainer) -> None:
    """Line 8 asks of the edits that D sees y_src in them."""
    generator_loss = trainer.model.generator_loss

    def wrong(batch: Batch, translation: Translation, coupled: bool) -> tuple[torch.Tensor, Terms]:
        asked = replace(batch, y_trg=batch.y_src)
        asked.y_diff = batch.y_diff
        return generator_loss(asked, translation, coupled)

    trainer.model.generator_loss = wrong


def resting_critics(trainer: Trainer) -> None:
    """Line 6 is missing."""
    update = trainer.update

    def wrong(part: str, loss: torch.Tensor, terms: Terms) -> None:
        update(part, 0 * loss if part == "discriminator" else loss, terms)

    trainer.update = wrong


@dataclass(frozen=True)
class Fault:
    """A broken line.

    Attributes:
        breaks: breaks it in a trainer.
        sign: what this fault shows and no other, in words ...
        shows: ... and asked of a run, with the healthy one beside it.
        seen: the numbers of that sign in a run, in words.
    """

    breaks: Break
    sign: str
    shows: Callable[[LabRun, LabRun], bool]
    seen: Callable[[LabRun], str]


def _said(words: str, *terms: str) -> Callable[[LabRun], str]:
    """Words with the late values of some terms in their places."""
    return lambda run: words.format(*(run.late(term) for term in terms))


def _beside(term: str, run: LabRun, healthy: LabRun) -> float:
    """Late value of a term as a multiple of the healthy one."""
    return run.late(term) / healthy.late(term)


def _peak(run: LabRun) -> float:
    return max(run.peak("rgb/critic"), run.peak("semantic/critic"))


def _looks_healthy(run: LabRun, healthy: LabRun) -> bool:
    terms = ("judge", *(term for term in TERMS if not term.endswith("critic")))
    return _peak(run) < 1 and all(abs(_beside(term, run, healthy) - 1) < 0.1 for term in terms)


FAULTS = {
    "labels of others": Fault(
        others("labels"),
        "D recognises far fewer attributes of real faces than in the healthy run",
        lambda run, healthy: _beside("rgb/real_accuracy", run, healthy) < 0.9,
        _said("D is right on {:.0%} of them", "rgb/real_accuracy"),
    ),
    "masks of others": Fault(
        others("masks"),
        "the branches disagree more than in the healthy run, and all else is as there",
        lambda run, healthy: (
            _beside("rgb/sc", run, healthy) > 1.3
            and _beside("judge", run, healthy) > 0.9
            and _peak(run) < 1
        ),
        lambda run: (
            f"the disagreement is {run.late('rgb/sc'):.2f}, the judge accepts "
            f"{run.late('judge'):.0%}, and the critics reach {_peak(run):.1f}"
        ),
    ),
    "no Eq. 4": Fault(
        weights(lambda_cls_g=0.0),
        "D finds far fewer labels on edits than on real faces",
        lambda run, healthy: run.late("rgb/fake_accuracy") < run.late("rgb/real_accuracy") - 0.2,
        _said(
            "D finds {:.0%} on edits and {:.0%} on real faces",
            "rgb/fake_accuracy",
            "rgb/real_accuracy",
        ),
    ),
    "no penalty": Fault(
        weights(lambda_gp=0.0),
        "a critic runs away from 0",
        lambda run, healthy: _peak(run) > 5,
        lambda run: (
            f"the critics stay within {_peak(run):.1f}"
            if _peak(run) < 5
            else (f"a critic reaches {_peak(run):.0f}")
        ),
    ),
    "no reconstruction": Fault(
        weights(lambda_rec=0.0),
        "the reconstruction error is larger than in the healthy run",
        lambda run, healthy: _beside("rgb/rec", run, healthy) > 1.3,
        _said("the error is {:.2f}", "rgb/rec"),
    ),
    "old labels": Fault(
        old_labels,
        "the judge accepts few edits, and edits change little",
        lambda run, healthy: run.late("judge") < 0.2 and _beside("rgb/change", run, healthy) < 0.75,
        _said("the judge accepts {:.0%}, and the change is {:.2f}", "judge", "rgb/change"),
    ),
    "resting critics": Fault(
        resting_critics,
        "nothing differs from the healthy run: good critics stay good for a while",
        _looks_healthy,
        lambda run: (
            f"the judge accepts {run.late('judge'):.0%}, D is right on "
            f"{run.late('rgb/real_accuracy'):.0%} of real labels, the error is "
            f"{run.late('rgb/rec'):.2f}, the disagreement {run.late('rgb/sc'):.2f}, and the "
            f"critics reach {_peak(run):.1f}"
        ),
    ),
    "reversed wish": Fault(
        reversed_wish,
        "the judge accepts few edits, and edits change as much as healthy ones",
        lambda run, healthy: run.late("judge") < 0.2 and _beside("rgb/change", run, healthy) > 0.85,
        _said("the judge accepts {:.0%}, and the change is {:.2f}", "judge", "rgb/change"),
    ),
}
# What is broken in run 1, run 2 and so on.
ORDER = (
    *("old labels", "no penalty", "masks of others", "no Eq. 4"),
    *("resting critics", "labels of others", "reversed wish", "no reconstruction"),
)


def train(breaks: Break = nothing, iterations: int = ITERATIONS, seed: int = 0) -> LabRun:
    """Go on training the course's small SeCGAN, with something broken.

    Args:
        breaks: gets the trainer before its first step, and may change whatever it likes.
        iterations: a multiple of 20; about five a second on one CPU core.
    """
    model, config = load_model()
    changes = {"batch_size": 8, "iterations": iterations, "num_images": 2000, "seed": seed}
    config = config.model_copy(update=changes | {"device": "cpu", "learning_rate": _RATE})
    faces, held_out = (
        datasets.load("synthetic", split, config.image_size, count)
        for split, count in (("train", config.num_images), ("test", _FACES))
    )
    trainer = Trainer(config, faces, model.parser)
    trainer.model.branches.load_state_dict(model.branches.state_dict())
    breaks(trainer)
    judged = judge_rate(held_out, load_classifier("auto", config.image_size))
    log = []
    while trainer.iteration < iterations:
        trainer.step()
        if trainer.iteration % 10 == 0:
            terms = trainer.collect()
            record = {"iteration": trainer.iteration} | {term: terms[term] for term in TERMS}
            log.append(record | (judged(trainer, log) if trainer.iteration % 20 == 0 else {}))
    return LabRun(log, _samples(trainer, held_out.subset(1)))


def _samples(trainer: Trainer, face: FaceData) -> np.ndarray:
    x, y, _ = face.batch(torch.tensor([0]))
    y_diffs = single_flips(y, face.attributes, resolved=True) - y
    shown = [face.attributes.index(name) for name in FLIPS]
    with torch.inference_mode(), trainer.generators() as generators:
        edits = generator_editor(generators["rgb"])(x, y_diffs[shown])
        return to_bytes(torch.cat([x, *edits])).numpy()


def load_laboratory() -> dict[str, LabRun]:
    """The healthy run, and "run 1" to "run 8", as they were recorded."""
    logs = json.loads((PLACE / "runs.json").read_text(encoding="utf-8"))
    film = np.array(decode(PLACE / "samples.png"))
    h = film.shape[1] // (1 + len(FLIPS))
    tiles = film.reshape(len(logs), h, 1 + len(FLIPS), h, 3).transpose(0, 2, 4, 1, 3)
    runs = {}
    for (title, columns), samples in zip(logs.items(), tiles, strict=True):
        records = (
            dict(zip(columns, line, strict=True)) for line in zip(*columns.values(), strict=True)
        )
        log = [{k: v for k, v in record.items() if v is not None} for record in records]
        runs[title] = LabRun(log, samples)
    return runs


def wishes() -> list[str]:
    """What each of ``FLIPS`` asks of the face of the samples, in words."""
    face = datasets.load("synthetic", "test", 32, 1)
    present = dict(zip(face.attributes, face.labels[0] > 0, strict=True))
    return [flip_name(name, present[name]) for name in FLIPS]


def grade(named: Mapping[str, str]) -> None:
    """Say of each run's name whether it is right, and of a wrong one what speaks against it.

    Args:
        named: a name from ``FAULTS`` by title, "" for none yet.

    Raises:
        ValueError: no run has that title, or no fault that name; the nearest is named.
        NotPassed: in strict mode, if not all are right.
    """
    runs, right = load_laboratory(), {f"run {k}": name for k, name in enumerate(ORDER, start=1)}
    for title, name in named.items():
        if title not in right:
            raise unknown_choice("run", title, right)
        if name and name not in FAULTS:
            raise unknown_choice("name", name, FAULTS)
    given = {title: name for title, name in named.items() if name}
    for title, name in given.items():
        fault = FAULTS[name]
        if name == right[title]:
            print(f"{title}: right. Its sign: {fault.sign}.")
        else:
            print(f"{title}: not {name!r}. Its sign: {fault.sign}. Here {fault.seen(runs[title])}.")
    correct = sum(name == right[title] for title, name in given.items())
    result = f"{correct} of {len(right)} named right" if given else "not attempted"
    if os.environ.get(STRICT, "0") not in ("", "0") and correct < len(right):
        raise NotPassed(f"laboratory: {result}.")
    print(f"laboratory: {result}.")
