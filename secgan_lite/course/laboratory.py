"""Broken trainers: the laboratory of lesson 04, and how to break a line of your own.

Each goes on from the same trained SeCGAN, with the same faces in the same order. One line is
broken, and nothing else. ``secgan-lite author laboratory`` records the eight of the lesson.

    runs = load_laboratory()                                # "healthy", "run 1" to "run 8"
    mine = train(weights(lambda_rec=0.0), iterations=20)    # something else broken
    begin().step()                                          # step by step
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import torch

from secgan_lite import datasets
from secgan_lite.attributes import single_flips
from secgan_lite.backbones import Generator
from secgan_lite.course.figures.common import flip_name
from secgan_lite.course.model import load_model
from secgan_lite.course.recorded import Dynamics, rolled
from secgan_lite.datasets import FaceData
from secgan_lite.editing import generator_editor
from secgan_lite.evaluation import Truth, judge_rate
from secgan_lite.judges import load_classifier
from secgan_lite.modalities import to_bytes
from secgan_lite.parsing import Parser, one_hot
from secgan_lite.secgan import Batch, Terms, Translation
from secgan_lite.support.files import DATA
from secgan_lite.support.images import decode
from secgan_lite.training import Observer, Trainer

PLACE = DATA / "dynamics" / "laboratory"
FILMS = ("edits.webp", "P.webp", "G_seg.webp")  # the edits but for the last, which are the samples
FLIPS = ("Bangs", "Blond_Hair", "Pale_Skin", "Male", "Eyeglasses")
TERMS = (
    *("rgb/real_accuracy", "rgb/fake_accuracy", "rgb/critic", "semantic/critic"),
    *("rgb/rec", "rgb/change", "rgb/sc", "semantic/sc"),
)
ITERATIONS, RATE, _FACES = 120, 0.001, 24
_SHOWN = 7  # of the test faces: without eyeglasses and bangs, and light enough to see both
Break = Callable[[Trainer], None]
# What is no sign of a fault: so large a share of the healthy run, and so small a critic.
NEAR, CALM = 0.9, 1
MOMENTS = (20, 40, 80, ITERATIONS)  # iterations whose edits and masks are kept


@dataclass(frozen=True)
class LabRun:
    """A short training from the trained SeCGAN on.

    Attributes:
        log: a record every ten iterations, of the terms in the figure; ``judge`` every twentieth.
        samples: uint8 (1 + K, 3, h, h): a test face, and then the K ``FLIPS`` of it, as the
            generator edits it in the end.
        film: by iteration, of ``MOMENTS``: the K edits (K, 3, h, h), their segments by P (K, h, h)
            and those by G_seg (K, h, h), all uint8.
    """

    log: list[dict]
    samples: np.ndarray
    film: dict[int, tuple[np.ndarray, ...]] = field(default_factory=dict)

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


def settings(**changes: object) -> Break:
    """A value of the configuration changed, such as ``learning_rate`` or ``critic_steps``."""

    def broken(trainer: Trainer) -> None:
        trainer.config = trainer.config.model_copy(update=changes)

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
    """Line 8 asks of the edits that D sees y_src in them; ``fake_accuracy`` counts that, too."""
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


# Faults that no weight and no setting makes, by name.
WRONG_LINES: dict[str, Break] = {
    "labels of others": others("labels"),
    "masks of others": others("masks"),
    "old labels": old_labels,
    "resting critics": resting_critics,
    "reversed wish": reversed_wish,
}


def begin(iterations: int = ITERATIONS, seed: int = 0) -> Trainer:
    """The course's small SeCGAN with a fresh Adam, before the first step of a run.

    Args:
        iterations: of the whole run: in its second half the learning rate falls to 0.
    """
    model, config = load_model()
    changes = {"batch_size": 8, "iterations": iterations, "num_images": 2000, "seed": seed}
    config = config.model_copy(update=changes | {"device": "cpu", "learning_rate": RATE})
    faces = datasets.load("synthetic", "train", config.image_size, config.num_images)
    trainer = Trainer(config, faces, model.parser)
    trainer.model.branches.load_state_dict(model.branches.state_dict())
    return trainer


def judge_of(trainer: Trainer) -> dict[str, float]:
    """``judge``: the share of single flips of 24 test faces that the judge accepts."""
    return _judge(trainer.config.image_size)(trainer, [])


@cache
def _judge(size: int) -> Observer:
    return judge_rate(
        datasets.load("synthetic", "test", size, _FACES), load_classifier("auto", size)
    )


def train(breaks: Break = nothing, iterations: int = ITERATIONS, seed: int = 0) -> LabRun:
    """Go on training the course's small SeCGAN, with something broken.

    Args:
        breaks: gets the trainer before its first step, and may change whatever it likes.
        iterations: a multiple of 20; about five a second on one CPU core.
    """
    trainer = begin(iterations, seed)
    breaks(trainer)
    log, film = [], {}
    while trainer.iteration < iterations:
        trainer.step()
        if trainer.iteration % 10 == 0:
            terms = trainer.collect()
            record = {"iteration": trainer.iteration} | {term: terms[term] for term in TERMS}
            log.append(record | (judge_of(trainer) if trainer.iteration % 20 == 0 else {}))
        if trainer.iteration in (*MOMENTS, iterations):
            shown = edited_by(trainer)
        if trainer.iteration in MOMENTS:
            film[trainer.iteration] = tuple(part[1:] for part in shown)
    return LabRun(log, shown[0], film)


def edited_by(trainer: Trainer) -> tuple[np.ndarray, ...]:
    """What ``edited`` gives of a trainer's generators now."""
    with trainer.generators() as generators:
        return edited(generators, trainer.model.parser)


def beginning() -> tuple[np.ndarray, ...]:
    """What ``edited`` gives before the first iteration, the same for all runs."""
    model, _ = load_model()
    generators = {name: branch.generator for name, branch in model.branches.items()}
    return edited(generators, model.parser)


def _faces() -> FaceData:
    """The test faces up to the one that all samples show."""
    return datasets.load("synthetic", "test", 32, 1 + _SHOWN)


@torch.inference_mode()
def edited(generators: Mapping[str, Generator], parser: Parser) -> tuple[np.ndarray, ...]:
    """The face of the samples and its ``FLIPS``, their segments by P, and those by G_seg.

    Args:
        generators: by branch, "rgb" and "semantic", in evaluation mode.

    Returns:
        uint8 (1 + K, 3, h, h), (1 + K, h, h) and (1 + K, h, h); each begins with the input, whose
        segments are P's.
    """
    faces = _faces()
    x, y, _ = faces.batch(torch.tensor([_SHOWN]))
    y_diffs = single_flips(y, faces.attributes, resolved=True) - y
    y_diffs = y_diffs[[faces.attributes.index(name) for name in FLIPS]]
    images = torch.cat([x, *generator_editor(generators["rgb"])(x, y_diffs)])
    found = parser(images).argmax(dim=1)
    moved = generator_editor(generators["semantic"])(one_hot(found[:1]), y_diffs)
    segments = torch.cat([found[:1], *(each.argmax(dim=1) for each in moved)])
    return to_bytes(images).numpy(), found.byte().numpy(), segments.byte().numpy()


def true_edits() -> torch.Tensor:
    """Each of ``FLIPS`` of the face of the samples as it should be, (K, 3, h, h) in [−1, 1]."""
    faces = _faces()
    shown = [faces.attributes.index(name) for name in FLIPS]
    return Truth.of(faces).tensors()[0][shown, _SHOWN]


def load_laboratory() -> dict[str, LabRun]:
    """The healthy run, and "run 1" to "run 8", as they were recorded."""
    logs = json.loads((PLACE / "runs.json").read_text(encoding="utf-8"))
    film = np.array(decode(PLACE / "samples.png"))
    h = film.shape[1] // (1 + len(FLIPS))
    tiles = rolled(film, (len(logs), 1, 1 + len(FLIPS), 3, h, h))[:, 0]
    runs = {}
    for (title, columns), samples in zip(logs.items(), tiles, strict=True):
        records = (
            dict(zip(columns, line, strict=True)) for line in zip(*columns.values(), strict=True)
        )
        log = [{k: v for k, v in record.items() if v is not None} for record in records]
        runs[title] = LabRun(log, samples)
    early, *masks = (  # moments in place of faces
        rolled(film, (len(logs), len(film) // len(logs) // h, len(FLIPS), 3, h, h))
        for film in (np.array(decode(PLACE / name)) for name in FILMS)
    )
    for i, run in enumerate(runs.values()):
        edits = [*early[i], run.samples[1:]]
        found, moved = (film[i][:, :, 0] for film in masks)  # three channels that are the same
        run.film.update(zip(MOMENTS, zip(edits, found, moved, strict=True), strict=True))
    return runs


def dynamics() -> dict[str, Dynamics]:
    """The same runs, for the training scrubber: as they began, which is the same for all, and at
    ``MOMENTS``.
    """
    begun = beginning()
    when = [{"iteration": at} for at in (0, *MOMENTS)]
    truths = np.stack([begun[0][0], *to_bytes(true_edits()).numpy()])[None]
    shown = {}
    for title, run in load_laboratory().items():
        samples, p, g_seg = (
            np.stack([first, *(np.concatenate([first[:1], part]) for part in later)])[:, None]
            for first, *later in zip(begun, *run.film.values(), strict=True)
        )
        masks = {"P": p, "G_seg": g_seg}
        shown[title] = Dynamics({"attributes": FLIPS}, run.log, when, samples, masks, truths)
    return shown


def wishes() -> list[str]:
    """What each of ``FLIPS`` asks of the face of the samples, in words."""
    faces = _faces()
    present = dict(zip(faces.attributes, faces.labels[_SHOWN] > 0, strict=True))
    return [flip_name(name, present[name]) for name in FLIPS]
