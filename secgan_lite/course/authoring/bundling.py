"""Networks of the course from what was trained: scored, and stored with cards that say how."""

from pathlib import Path

import numpy as np

from secgan_lite import datasets
from secgan_lite.course.authoring.store import Bundle, store
from secgan_lite.course.model import NAME, networks_of
from secgan_lite.editing import Trained, editor_name
from secgan_lite.evaluation import (
    Judges,
    Truth,
    all_judges,
    brief,
    evaluate,
    over_intensities,
    over_snapshots,
)
from secgan_lite.evaluation.curves import means_of
from secgan_lite.judges import load_classifier, load_encoder
from secgan_lite.parsing import load_parser
from secgan_lite.support.files import halved, load_tensors, rounded, versions
from secgan_lite.training import RunFolder, TrainConfig

_LOADERS = {"parser": load_parser, "classifier": load_classifier, "encoder": load_encoder}
_RECHECKED = 20  # faces on which a test recomputes a bundled editor's scores
_ON_CURVES = 30  # faces for each point of a curve


def training_command(config: TrainConfig) -> str:
    """The command that repeats a run: what its preset does not say, spelt out."""
    shown = {"preset": config.preset, "backbone": config.backbone, "method": config.method}
    flags = (f"--{k.replace('_', '-')} {_words(v)}" for k, v in (shown | config.changes).items())
    return " ".join(["python -m secgan_lite.training", *flags])


def _words(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def bundle_editor(run: Path | str, faces: int = 300) -> list[Path]:
    """Store the newest snapshot of a run as one of the course's editors, with cards and results.

    The run need not be finished. The card has the scores of its weights and, for comparisons, the
    means over the last three snapshots. ``<name>.json`` beside the weights has all that
    ``evaluate`` says, and ``curves`` over snapshots and over intensities.

    Args:
        faces: test faces for the scores.

    Raises:
        FileNotFoundError: there is no run.
        ValueError: the run has seen photographs, or has no snapshot yet.
    """
    folder = RunFolder(run)
    config, files = folder.config, folder.snapshots()
    _require_drawn(config.dataset, folder.path)
    if not files:
        raise ValueError(f"{folder.path} has no snapshot yet: let it train on.")
    editor = Trained.of(files[-1])
    data = datasets.load(
        "synthetic", "test", config.image_size, faces, attributes=config.attributes
    )
    judges, truth = all_judges(editor), Truth.of(data)
    plain = Judges(judges.classifier)
    results = evaluate(editor.edit, data, judges, truth)
    last = [brief(Trained.of(file).edit, data, plain, truth) for file in files[-3:-1]]
    last.append(means_of(results))
    few, of_few = data.subset(_ON_CURVES), truth[:_ON_CURVES]
    results["curves"] = {
        "snapshots": over_snapshots(files, few, plain, of_few),
        "intensities": over_intensities(editor, few, plain, of_few),
    }
    results |= {"seconds": folder.log[-1]["seconds"], "versions": versions()}
    card = {
        "command": training_command(config),
        "iterations": int(editor.name.split("-")[-1]),
        "test_faces": faces,
    }
    scores = {
        "mean_of_last": {"snapshots": len(last)} | _means(last),
        "first_faces": {"n": _RECHECKED}
        | _means([brief(editor.edit, data.subset(_RECHECKED), plain)]),
    }
    name = editor_name(config.image_size, config.backbone, config.method)
    bundles = {name: Bundle(*load_tensors(files[-1]), card | scores, rounded(results))}
    for file in folder.snapshots("semantic")[-1:]:
        iou = {"iou": rounded(results["counterfactual"]["g_seg_iou"])}
        bundles[f"{name}-seg"] = Bundle(*load_tensors(file), card | iou)
    return store(bundles)


def _means(scores: list[dict]) -> dict:
    shared = set.intersection(*map(set, scores))
    return {
        k: round(float(np.mean([s[k]["value"] for s in scores])), 4)
        for k in scores[0]
        if k in shared
    }


def bundle_network(file: Path, role: str = "") -> Path:
    """Store a trained parser or judge; what its file says of it becomes its card.

    Args:
        role: the first word of its name, if not what it is: a "witness" is a second parser.

    Raises:
        FileNotFoundError: no such file.
        ValueError: no network of drawn faces that ``train`` has trained and scored.
    """
    tensors, metadata = load_tensors(file)
    kind, card = metadata.get("kind"), metadata.pop("card", {})
    if kind not in _LOADERS:
        raise ValueError(f"{file} holds no {', '.join(_LOADERS)} of secgan-lite.")
    _require_drawn(metadata["dataset"], file)
    if "test_faces" not in card:
        raise ValueError(f"{file} was not scored when it was trained: train it again.")
    _LOADERS[kind](file, metadata["image_size"])  # refuses what would not load
    name = f"{role or kind}-{metadata['image_size']}"
    # A parser teaches: the bundled one is the trained one, to the bit.
    kept = tensors if kind == "parser" else halved(tensors)
    return store({name: Bundle(kept, metadata, card)})[0]


def bundle_model(run: Path | str) -> Path:
    """Store all networks of a finished SeCGAN, discriminators too, for lessons 02 and 03.

    Raises:
        FileNotFoundError: there is no run.
        ValueError: the run has seen photographs, is of another method or has no checkpoint.
    """
    config, tensors = networks_of(str(run))
    _require_drawn(config.dataset, run)
    last = RunFolder(run).log[-1]
    card = {"command": training_command(config), "faces": config.num_images}
    card["last_terms"] = {k: round(v, 4) for k, v in last.items() if k.startswith("rgb/")}
    metadata = {"kind": "secgan", "config": config.identity}
    return store({NAME: Bundle(halved(tensors), metadata, card)})[0]


def _require_drawn(dataset: str, trained: Path | str) -> None:
    if dataset != "synthetic":
        raise ValueError(f"{trained} has seen photographs: it is never bundled.")
