"""Recognition against error: one point says little, because either is easily had alone."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from secgan_lite.datasets import FaceData
from secgan_lite.editing import Editor, Trained
from secgan_lite.evaluation.edits import Truth
from secgan_lite.evaluation.scores import Judges, evaluate


def brief(
    edit: Editor, data: FaceData, judges: Judges, truth: Truth | None = None, **options: Any
) -> dict:
    """The mean scores of an editor, without those by attribute."""
    return means_of(evaluate(edit, data, judges, truth, **options))


def means_of(scores: dict) -> dict:
    """What is left of the result of ``evaluate`` without the scores by attribute."""
    kept = {"tarr": scores["tarr"]["mean"], "reconstruction": scores["reconstruction"]}
    errors = scores.get("counterfactual", {})
    return kept | {name: score for name, score in errors.items() if "value" in score}


def over_snapshots(
    files: Iterable[Path], data: FaceData, judges: Judges, truth: Truth | None = None
) -> list[dict]:
    """Mean scores along a run, by ``iteration``.

    Args:
        files: ``RunFolder.snapshots()``.
    """
    return [
        {"iteration": int(file.stem.split("-")[-1])}
        | brief(Trained.of(file).edit, data, judges, truth)
        for file in files
    ]


def over_intensities(
    editor: Trained,
    data: FaceData,
    judges: Judges,
    truth: Truth | None = None,
    intensities: Iterable[float] = (0.25, 0.5, 1.0, 1.5, 2.0),
) -> list[dict]:
    """Mean scores of one editor by ``intensity``, the factor on y_diff."""
    return [
        {"intensity": value} | brief(editor.edit, data, judges, truth, intensity=value)
        for value in intensities
    ]
