"""What an evaluation is run with: parameters by name, and everything they stand for."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import torch

from secgan_lite import datasets
from secgan_lite.datasets import FaceData
from secgan_lite.editing import Trained, compared_first, compared_size, load_bundled
from secgan_lite.evaluation.scores import Judges
from secgan_lite.judges import load_classes, load_classifier, load_encoder
from secgan_lite.judges.classifier import size_for
from secgan_lite.options import EvaluationOptions, is_preset, validated
from secgan_lite.parsing import load_parser, load_witness
from secgan_lite.support.devices import pick_device
from secgan_lite.support.files import bundled, versions, write_json
from secgan_lite.support.places import can_write, runs, to_write
from secgan_lite.support.weights import bundled_sizes
from secgan_lite.training import RunFolder

LEAST = 3  # faces: a covariance needs two, and ssFID's interval leaves one out
_OF_THE_RUN = ("dataset", "image_size", "backbone", "method")


class EvaluationConfig(EvaluationOptions):
    """Which editor, on which faces, by which judges. Build it with ``EvaluationConfig.of(...)``.

    ``None`` means the run's own, and for a bundled editor the SeCGAN of the largest size.
    """

    @classmethod
    def of(cls, **given: object) -> Self:
        """A configuration; ``""`` and ``-1`` leave a value to the run.

        Raises:
            ValueError: an unknown name (the nearest is named), a wrong type, an impossible value.
        """
        config = validated(cls, {name: v for name, v in given.items() if not is_preset(v)})
        if 0 < config.num_images < LEAST:
            raise ValueError(
                f"num_images={config.num_images}: distributions and intervals need {LEAST} test "
                "faces or more, or 0 for all there are."
            )
        pick_device(config.device)
        return config

    def load(self) -> "Evaluation":
        """The editor, its test faces and all judges that are at hand.

        Raises:
            ValueError, FileNotFoundError: no such editor, faces or judge; or a value that differs
                from the run's.
        """
        editor = self._editor()
        config, device = editor.run, pick_device(self.device)
        size, drawn = config.image_size, config.dataset == "synthetic"
        if not drawn and not self.data_dir:
            raise ValueError(
                f"data_dir is empty: this editor knows faces of {config.dataset}; -p data_dir "
                "FOLDER says where they are (data/README.md)."
            )
        if not drawn and self.classifier == "auto":
            raise ValueError(
                "classifier='auto' knows drawn faces only. Train a judge of photographs (python -m "
                f"secgan_lite.judges train --dataset {config.dataset} --data-dir FOLDER "
                f"--image-size {size_for(size)} --output FILE) and name it: -p classifier FILE."
            )
        classifier = load_classifier(self.classifier, size)
        encodes = self.encoder != "auto" or (drawn and size in bundled_sizes("encoder"))
        judges = Judges(
            classifier,
            load_encoder(self.encoder, size) if encodes else None,
            load_classes(self.inception, classifier),
            editor.parser if self.parser == "auto" else load_parser(self.parser, size),
            editor.g_seg,
            load_witness(size) if drawn else None,
        )
        folder = self.folder(editor)
        seconds = self._seconds(editor)
        faces = datasets.load(
            config.dataset,
            "test",
            size,
            count=self.num_images,
            data_dir=self.data_dir,
            scheme=self.split or config.split,
            seed=self.seed,
            correlation=config.correlation,
            relations=config.relations,
            attributes=config.attributes,
        )
        return Evaluation(editor.to(device), faces, judges.to(device), device, folder, seconds)

    def _editor(self) -> Trained:
        if not self.run_dir:
            size = self.image_size or compared_size()
            backbone = self.backbone or compared_first(size)
            return load_bundled(size, backbone, self.method or "secgan")
        editor = Trained.of(RunFolder(self.run_dir).path)
        for name in _OF_THE_RUN:
            given, own = getattr(self, name), getattr(editor.run, name)
            if given not in (None, own):
                raise ValueError(
                    f"{name}={given!r}, but the run in {self.run_dir} has {own!r}: leave it out."
                )
        return editor

    def folder(self, editor: Trained) -> Path:
        """Where the scores of an editor go: with its run, unless another place is named."""
        if self.output_dir:
            return to_write(self.output_dir, "output_dir")
        if not self.run_dir:
            return runs() / editor.name
        # The run may lie where its reader must not write.
        run = RunFolder(self.run_dir).path
        return run if can_write(run) else runs() / editor.name

    def _seconds(self, editor: Trained) -> float:
        if self.run_dir:
            return RunFolder(self.run_dir).log[-1]["seconds"]
        return load_results(editor.name)["seconds"]


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation needs.

    Attributes:
        editor, faces, judges: what is scored, on what, by whom.
        device: where the networks are.
        folder: where ``results.json`` goes.
        seconds: that the editor was trained for.
    """

    editor: Trained
    faces: FaceData
    judges: Judges
    device: torch.device
    folder: Path
    seconds: float

    def save(self, scores: dict) -> Path:
        """Write ``results.json``: scores of ``evaluate``, seconds of training, versions."""
        more = {"editor": self.editor.name, "seconds": self.seconds, "versions": versions()}
        write_json(self.folder / "results.json", scores | more)
        return self.folder / "results.json"


def load_results(name: str) -> dict:
    """All scores of a bundled editor, in the form of ``results.json``.

    Raises: ``bundled``.
    """
    return json.loads(bundled(name, ".json").read_text(encoding="utf-8"))


def all_judges(editor: Trained, classifier: str = "auto") -> Judges:
    """The bundled judges for an editor's faces, with its own P and G_seg."""
    size = editor.generator.image_size
    judge = load_classifier(classifier, size)
    encoder, classes = load_encoder("auto", size), load_classes("auto", judge)
    return Judges(judge, encoder, classes, editor.parser, editor.g_seg, load_witness(size))
