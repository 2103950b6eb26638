"""How good are the edits? TARR (paper §4.4) and, on synthetic faces, scores against the truth.

TARR alone rewards destroying a face, so it is never reported without an error. The two ends of the
scale are edits too: ``copy_input`` leaves the image as it is, ``Truth`` holds the exact edit.

    scores = evaluate(generator, data, classifier)
    scores["tarr"]["mean"]["value"], scores["counterfactual"]["inside_ratio"]["value"]
"""

from secgan_lite.evaluation.curves import brief, over_intensities, over_snapshots
from secgan_lite.evaluation.distributions import ssfid_floor
from secgan_lite.evaluation.edits import Truth, copy_input
from secgan_lite.evaluation.scores import (
    Judges,
    Outcomes,
    evaluate,
    judge_rate,
    load_judge,
    outcomes,
)
from secgan_lite.evaluation.setup import Evaluation, EvaluationConfig, all_judges, load_results
from secgan_lite.evaluation.truth import CHANGED

__all__ = [
    "CHANGED",
    "Evaluation",
    "EvaluationConfig",
    "Judges",
    "Outcomes",
    "Truth",
    "all_judges",
    "brief",
    "copy_input",
    "evaluate",
    "judge_rate",
    "load_judge",
    "load_results",
    "outcomes",
    "over_intensities",
    "over_snapshots",
    "ssfid_floor",
]
