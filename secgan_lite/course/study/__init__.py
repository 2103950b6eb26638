"""Does SeCGAN beat its baseline? Grids of runs, seeds in pairs, and what remains of the claim.

with pool("threads", workers=2) as executor:
    cells = extend(whole(seeds=3), executor, "runs/study", file)
difference(cells, "tarr.mean", backbone="stargan")  # value, low, high, n, each
"""

from secgan_lite.course.study.record import RESULTS, extend, load_study, means, record, score_run
from secgan_lite.course.study.summary import (
    SCORES,
    chosen,
    difference,
    difference_over_faces,
    holm,
    judged,
    over_groups,
    over_seeds,
    plus_minus,
    score,
    verdict,
)
from secgan_lite.course.study.sweep import (
    comparison,
    consistency_weights,
    equal_time,
    perfect_teacher,
    pool,
    sweep,
    whole,
)

__all__ = [
    "RESULTS",
    "SCORES",
    "chosen",
    "comparison",
    "consistency_weights",
    "difference",
    "difference_over_faces",
    "equal_time",
    "extend",
    "holm",
    "judged",
    "load_study",
    "means",
    "over_groups",
    "over_seeds",
    "perfect_teacher",
    "plus_minus",
    "pool",
    "record",
    "score",
    "score_run",
    "sweep",
    "verdict",
    "whole",
]
