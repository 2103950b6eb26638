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
from secgan_lite.evaluation.curves import brief, means_of, over_intensities, over_snapshots
from secgan_lite.evaluation.editors import Trained, editor_name, load_snapshot
from secgan_lite.evaluation.edits import Truth, generator_editor
from secgan_lite.evaluation.scores import Judges, evaluate
from secgan_lite.files import (
    WEIGHTS,
    bundle,
    bundled,
    load_tensors,
    replaced,
    rounded,
    versions,
    write_json,
)
from secgan_lite.judges import load_classes, load_classifier, load_encoder
from secgan_lite.parsing import one_hot
from secgan_lite.training import RunFolder, TrainConfig

DYNAMICS = WEIGHTS.parent / "dynamics"
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
        ValueError: the run has seen photographs, or has no snapshot yet.
    """
    folder = RunFolder(run)
    config, files = folder.config, folder.snapshots()
    if config.dataset != "synthetic":
        raise ValueError(f"{folder.path}: what has seen photographs is never bundled.")
    if not files:
        raise ValueError(f"{folder.path} has no snapshot yet: let it train on.")
    editor = load_snapshot(files[-1])
    data, judges = _test_faces(config, faces), all_judges(editor)
    truth, plain = Truth.of(data), Judges(judges.classifier)
    results = evaluate(editor.edit, data, judges, truth)
    last = [brief(load_snapshot(file).edit, data, plain, truth) for file in files[-3:-1]]
    last.append(means_of(results))
    few, of_few = data.subset(_ON_CURVES), truth[:_ON_CURVES]
    results["curves"] = {
        "snapshots": over_snapshots(files, few, plain, of_few),
        "intensities": over_intensities(editor, few, plain, of_few),
    }
    card = {
        "command": training_command(config),
        "iterations": int(editor.name.split("-")[-1]),
        "test_faces": faces,
        "mean_of_last": {"snapshots": len(last)} | _means(last),
        "first_faces": {"n": _RECHECKED} | _means([_recheck(editor, data)]),
    }
    name = editor_name(config.image_size, config.backbone, config.method)
    stored = [bundle(name, *load_tensors(files[-1]), card)]
    results |= {"seconds": folder.log[-1]["seconds"], "versions": versions()}
    write_json(stored[0].with_suffix(".json"), rounded(results))
    for file in folder.snapshots("semantic")[-1:]:
        score = rounded(results["counterfactual"]["g_seg_iou"])
        card = {k: card[k] for k in ("command", "iterations", "test_faces")} | {"iou": score}
        stored.append(bundle(f"{name}-seg", *load_tensors(file), card))
    return stored


def load_results(name: str) -> dict:
    """What ``bundle_editor`` recorded of a bundled editor, in the form of ``results.json``."""
    return json.loads(bundled(name).with_suffix(".json").read_text())


def all_judges(editor: Trained, classifier: str = "auto") -> Judges:
    """The bundled judges for an editor's faces, with its own P and G_seg."""
    size = editor.config.image_size
    judge = load_classifier(classifier, size)
    classes = load_classes("auto", judge)
    return Judges(judge, load_encoder("auto", size), classes, editor.parser, editor.masks)


def _recheck(editor: Trained, data: FaceData) -> dict:
    judge = load_classifier("auto", editor.config.image_size)
    return brief(editor.edit, data.subset(_RECHECKED), Judges(judge))


def _test_faces(config: TrainConfig, count: int) -> FaceData:
    names = config.attributes
    return datasets.load("synthetic", "test", config.image_size, count, attributes=names)


def _means(scores: list[dict]) -> dict:
    shared = set.intersection(*map(set, scores))
    return {
        k: round(float(np.mean([s[k]["value"] for s in scores])), 4)
        for k in scores[0]
        if k in shared
    }


@dataclass(frozen=True)
class Dynamics:
    """A recorded run: what its log said, how its snapshots scored, what they made of a few faces.

    Attributes:
        config: the run's configuration.
        log: at most 100 records of its log.
        scores: by snapshot, ``iteration`` and mean scores (``over_snapshots``).
        samples: uint8 (snapshots, faces, 1 + n_a, 3, h, h), the input first, then each flip.
        masks: segments of the samples, uint8 (snapshots, faces, 1 + n_a, h, h), by "P" and, of a
            SeCGAN, by "G_seg"; of P's mask of the input, the second makes the flips.
    """

    config: dict
    log: list[dict]
    scores: list[dict]
    samples: np.ndarray
    masks: dict[str, np.ndarray]

    @classmethod
    def of(cls, run: Path | str, faces: int = 100, shown: int = 2) -> "Dynamics":
        """What a lesson needs of a run, finished or not.

        Args:
            faces: test faces for the scores; ``shown`` of them become samples.

        Raises:
            FileNotFoundError: there is no run.
            ValueError: it has no snapshot yet, or its faces are photographs.
        """
        folder = RunFolder(run)
        config, files, log = folder.config, folder.snapshots(), folder.log
        if config.dataset != "synthetic":
            raise ValueError(f"{folder.path}: only runs on drawn faces are recorded.")
        if not files:
            raise ValueError(f"{folder.path} has no snapshot yet: let it train on.")
        data = _test_faces(config, faces)
        judge = load_classifier("auto", config.image_size)
        films = [_samples(load_snapshot(file), data.subset(shown)) for file in files]
        kept = [log[i] for i in np.unique(np.linspace(0, len(log) - 1, 100).astype(int))]
        scores = over_snapshots(files, data, Judges(judge), Truth.of(data))
        samples, *masks = (np.stack(part) for part in zip(*films, strict=True))
        return cls(
            config.identity,
            rounded(kept),
            rounded(scores),
            samples,
            dict(zip(("P", "G_seg"), masks, strict=False)),
        )


def record_dynamics(run: Path | str, name: str, faces: int = 100, shown: int = 2) -> Path:
    """Keep what a lesson needs of a run, broken ones too: a JSON file and films of 256 colours.

    Raises: ``Dynamics.of``.
    """
    dynamics = Dynamics.of(run, faces, shown)
    for kind, film in {"": dynamics.samples, **dynamics.masks}.items():
        picture = Image.fromarray(_unrolled(film))
        if not kind:
            picture = picture.quantize(256, Image.Quantize.MEDIANCUT)
        with replaced(_film(name, kind)) as temporary:
            picture.save(temporary, optimize=True)
    content = {key: getattr(dynamics, key) for key in ("config", "log", "scores")}
    content |= {"samples": list(dynamics.samples.shape), "masks": list(dynamics.masks)}
    write_json(DYNAMICS / f"{name}.json", content)
    return DYNAMICS / f"{name}.json"


def recorded_runs() -> list[str]:
    """Names of the runs that were recorded."""
    return sorted(path.stem for path in DYNAMICS.glob("*.json"))


def load_dynamics(name: str) -> Dynamics:
    """A recorded run by its name, for example "healthy".

    Raises:
        FileNotFoundError: no run of that name was recorded.
    """
    content = json.loads((DYNAMICS / f"{name}.json").read_text())
    shape, kinds = content.pop("samples"), content.pop("masks", ())
    with Image.open(_film(name)) as picture:
        samples = _rolled(np.asarray(picture.convert("RGB")), shape)
    masks = {}
    for kind in kinds:
        with Image.open(_film(name, kind)) as picture:
            rows = np.asarray(picture)[..., None]
        masks[kind] = _rolled(rows, [*shape[:3], 1, *shape[4:]]).squeeze(3)
    return Dynamics(samples=samples, masks=masks, **content)


def _film(name: str, kind: str = "") -> Path:
    return DYNAMICS / f"{name}{kind and '-' + kind}.png"


def _unrolled(film: np.ndarray) -> np.ndarray:
    """Snapshots and faces run down the picture, the input and its flips along it."""
    film = film if film.ndim == 6 else film[:, :, :, None]
    k, b, columns, channels, h, _ = film.shape
    rows = film.transpose(0, 1, 4, 2, 5, 3).reshape(k * b * h, columns * h, channels)
    return rows.squeeze(2) if channels == 1 else rows


def _rolled(rows: np.ndarray, shape: list[int]) -> np.ndarray:
    k, b, columns, channels, h, _ = shape
    return rows.reshape(k, b, h, columns, h, channels).transpose(0, 1, 3, 5, 2, 4)


@torch.inference_mode()
def _samples(editor: Trained, data: FaceData) -> tuple[np.ndarray, ...]:
    """Inputs and flips (faces, 1 + n_a, 3, h, h), their segments by P, and by G_seg, as bytes."""
    x, y, _ = data.batch(torch.arange(len(data)))
    y_diffs = single_flips(y, data.attributes, resolved=True) - y
    columns = torch.stack([x, *editor.edit(x, y_diffs, y)], dim=1)
    films = [((columns + 1) * 127.5).round().clamp(0, 255)]
    if editor.parser:
        found = editor.parser(columns.flatten(0, 1)).argmax(dim=1)
        films.append(found.unflatten(0, columns.shape[:2]))
        if editor.masks:
            s = films[1][:, 0]
            moved = generator_editor(editor.masks)(one_hot(s), y_diffs, y)
            films.append(torch.stack([s, *(m.argmax(dim=1) for m in moved)], dim=1))
    return tuple(film.byte().numpy() for film in films)
