"""How good are the edits? TARR (paper §4.4) and, on synthetic faces, scores against the truth.

TARR alone rewards destroying a face, so it is never reported without an error. The two ends of the
scale are edits too: ``copy_input`` leaves the image as it is, ``Truth`` holds the exact edit.

    scores = evaluate(generator, data, classifier)
    scores["tarr"]["mean"]["value"], scores["counterfactual"]["inside_ratio"]["value"]
"""

from secgan_lite.evaluation.cheats import another_face, fooled_judge
from secgan_lite.evaluation.curves import brief, over_intensities, over_snapshots
from secgan_lite.evaluation.distributions import ssfid_floor
from secgan_lite.evaluation.editors import (
    Trained,
    bundled_editors,
    compared_size,
    editor_name,
    editor_sizes,
    load_bundled,
    load_run,
    load_snapshot,
    shown_first,
)
from secgan_lite.evaluation.edits import Editor, Truth, copy_input, encoded, generator_editor
from secgan_lite.evaluation.recorded import (
    Dynamics,
    load_dynamics,
    load_results,
    recorded_runs,
)
from secgan_lite.evaluation.scores import (
    Judges,
    Outcomes,
    evaluate,
    judge_rate,
    load_judge,
    outcomes,
)
from secgan_lite.evaluation.setup import Evaluation, EvaluationConfig
from secgan_lite.evaluation.truth import CHANGED

__all__ = [
    "CHANGED",
    "Dynamics",
    "Editor",
    "Evaluation",
    "EvaluationConfig",
    "Judges",
    "Outcomes",
    "Trained",
    "Truth",
    "another_face",
    "brief",
    "bundled_editors",
    "compared_size",
    "copy_input",
    "editor_name",
    "editor_sizes",
    "encoded",
    "evaluate",
    "fooled_judge",
    "generator_editor",
    "judge_rate",
    "load_bundled",
    "load_dynamics",
    "load_judge",
    "load_results",
    "load_run",
    "load_snapshot",
    "outcomes",
    "over_intensities",
    "over_snapshots",
    "recorded_runs",
    "shown_first",
    "ssfid_floor",
]
