"""The course's own editors and recorded runs: made from run folders, scored, stored, loaded.

python -m secgan_lite.training --backbone stargan --method secgan --image-size 64 …
python -m secgan_lite.evaluation bundle RUN
python -m secgan_lite.evaluation record RUN NAME
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from secgan_lite import datasets
from secgan_lite.attributes import single_flips
from secgan_lite.datasets import FaceData
from secgan_lite.evaluation.edits import Truth, generator_editor
from secgan_lite.evaluation.scores import evaluate
from secgan_lite.files import WEIGHTS, bundle, halved, replaced, write_json
from secgan_lite.judges import load_classifier
from secgan_lite.parsing import load_parser
from secgan_lite.training import RunFolder, TrainConfig, load_generator

DYNAMICS = WEIGHTS.parent / "dynamics"
_RECHECKED = 20  # faces on which a test recomputes a bundled editor's scores


def editor_name(image_size: int, backbone: str, method: str) -> str:
    """Name of a bundled editor; its mask editor's has ``-seg`` behind it."""
    return f"editor-{image_size}-{backbone}-{method}"


def training_command(config: TrainConfig) -> str:
    """The command that repeats a run: what its preset does not say, spelt out."""
    preset = TrainConfig.of(preset=config.preset, backbone=config.backbone).identity
    changed = {k: v for k, v in config.identity.items() if v != preset[k]}
    shown = {"preset": config.preset, "backbone": config.backbone, "method": config.method}
    flags = (f"--{k.replace('_', '-')} {_words(v)}" for k, v in (shown | changed).items())
    return " ".join(["python -m secgan_lite.training", *flags])


def _words(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def bundle_editor(run: Path | str, faces: int = 300) -> list[Path]:
    """Store the newest generators of a run, in half precision, each with its card.

    The run need not be finished. Its card holds scores of the stored weights, with intervals, and
    the mean of the last three snapshots, which is what comparisons use.

    Args:
        faces: test faces for the card.

    Raises:
        ValueError: the run has seen photographs, or has no snapshot yet.
    """
    folder = RunFolder(run)
    config, files = folder.config, folder.snapshots()[-3:]
    if config.dataset != "synthetic":
        raise ValueError(f"{folder.path}: what has seen photographs is never bundled.")
    if not files:
        raise ValueError(f"{folder.path} has no snapshot yet: let it train on.")
    data, judge = _test_faces(config, faces), load_classifier("auto", config.image_size)
    truth = Truth.of(data)
    scores = [brief(file, data, judge, truth) for file in files]
    generator, metadata = load_generator(files[-1])
    few, of_few = data.subset(_RECHECKED), Truth(truth.images[:, :_RECHECKED])
    card = {
        "command": training_command(config),
        "iterations": metadata["iteration"],
        "test_faces": faces,
        "scores": scores[-1],
        "mean_of_last": {"snapshots": len(scores)} | _mean(scores),
        "first_faces": {"n": len(few)} | brief(files[-1], few, judge, of_few),
    }
    name = editor_name(config.image_size, config.backbone, config.method)
    stored = [bundle(name, halved(generator.state_dict()), metadata, card)]
    for file in folder.snapshots("semantic")[-1:]:
        masks, metadata = load_generator(file)
        card = {"command": card["command"], "iterations": metadata["iteration"]}
        stored.append(bundle(f"{name}-seg", halved(masks.state_dict()), metadata, card))
    return stored


def brief(file: Path, data: FaceData, judge: torch.nn.Module, truth: Truth) -> dict:
    """Mean scores of one generator's file, rounded: what a card has room for."""
    generator, metadata = load_generator(file)
    edit = generator_editor(generator, parser_of(metadata))
    scores = evaluate(edit, data, judge, truth)
    kinds = {"tarr": scores["tarr"]["mean"], "reconstruction": scores["reconstruction"]}
    kinds |= scores["counterfactual"]
    return {kind: {k: round(v, 4) for k, v in score.items()} for kind, score in kinds.items()}


def parser_of(metadata: dict) -> torch.nn.Module | None:
    """The parser that a generator's file asks for, where its method needs one to edit."""
    config = TrainConfig(**metadata["config"])
    return load_parser(config.parser, config.image_size) if config.method == "concat" else None


def _test_faces(config: TrainConfig, count: int) -> FaceData:
    return datasets.load(
        "synthetic", "test", config.image_size, count, attributes=config.attributes
    )


def _mean(scores: list[dict]) -> dict:
    return {k: round(float(np.mean([s[k]["value"] for s in scores])), 4) for k in scores[0]}


@dataclass(frozen=True)
class Dynamics:
    """A recorded run: what its log said, how its snapshots scored, what they made of two faces.

    Attributes:
        config: the run's configuration.
        log: at most 100 records of its log.
        scores: by snapshot, ``iteration`` and the mean scores of 100 test faces.
        samples: uint8 (snapshots, faces, 1 + n_a, 3, h, h), the input first, then each flip.
    """

    config: dict
    log: list[dict]
    scores: list[dict]
    samples: np.ndarray


def record_dynamics(run: Path | str, name: str, faces: int = 100, shown: int = 2) -> Path:
    """Keep what a lesson needs of a run: one JSON file and one picture of 256 colours.

    Raises:
        FileNotFoundError: there is no run.
    """
    folder = RunFolder(run)
    config = folder.config
    data, judge = _test_faces(config, faces), load_classifier("auto", config.image_size)
    truth, scores, samples = Truth.of(data), [], []
    for file in folder.snapshots():
        iteration = load_generator(file)[1]["iteration"]
        scores.append({"iteration": iteration} | brief(file, data, judge, truth))
        samples.append(_samples(file, data.subset(shown)))
    log = folder.log
    kept = [log[i] for i in np.unique(np.linspace(0, len(log) - 1, 100).astype(int))]
    kept = [{k: float(f"{v:.4g}") for k, v in record.items()} for record in kept]
    content = {"config": config.identity, "log": kept, "scores": scores}
    content["samples"] = list(np.shape(samples))
    film = np.stack(samples)  # snapshots x faces, then inputs and flips, become rows and columns
    rows = film.transpose(0, 1, 4, 2, 5, 3).reshape(-1, film.shape[2] * film.shape[5], 3)
    picture = Image.fromarray(rows).quantize(256, Image.Quantize.MEDIANCUT)
    with replaced(DYNAMICS / f"{name}.png") as temporary:
        picture.save(temporary, optimize=True)
    write_json(DYNAMICS / f"{name}.json", content)
    return DYNAMICS / f"{name}.json"


@torch.inference_mode()
def _samples(file: Path, data: FaceData) -> np.ndarray:
    generator, metadata = load_generator(file)
    x, y, _ = data.batch(torch.arange(len(data)))
    y_diffs = single_flips(y, data.attributes, resolved=True) - y
    edits = generator_editor(generator, parser_of(metadata))(x, y_diffs, y)
    columns = torch.stack([x, *edits], dim=1)
    return ((columns + 1) * 127.5).round().clamp(0, 255).byte().numpy()


def load_dynamics(name: str) -> Dynamics:
    """A recorded run by its name, for example "healthy".

    Raises:
        FileNotFoundError: no run of that name was recorded.
    """
    content = json.loads((DYNAMICS / f"{name}.json").read_text())
    shape = content.pop("samples")
    with Image.open(DYNAMICS / f"{name}.png") as picture:
        rows = np.asarray(picture.convert("RGB"))
    k, b, columns, channels, h, _ = shape
    samples = rows.reshape(k, b, h, columns, h, channels).transpose(0, 1, 3, 5, 2, 4)
    return Dynamics(samples=samples, **content)
