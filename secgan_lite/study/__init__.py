"""Does SeCGAN beat its baseline? Grids of runs, seeds in pairs, and what remains of the claim.

with pool("threads", workers=2) as executor:
    cells = extend(whole(seeds=3, **RECORDED), executor, "runs/study", file)
difference(cells, "tarr.mean", backbone="stargan")  # value, low, high, n, each
"""

from secgan_lite.study.record import RESULTS, extend, load_study, means, record, score_run
from secgan_lite.study.summary import SCORES, chosen, difference, over_seeds, score, verdict
from secgan_lite.study.sweep import RECORDED, comparison, consistency_weights, pool, sweep, whole

__all__ = [
    "RECORDED",
    "RESULTS",
    "SCORES",
    "chosen",
    "comparison",
    "consistency_weights",
    "difference",
    "extend",
    "load_study",
    "means",
    "over_seeds",
    "pool",
    "record",
    "score",
    "score_run",
    "sweep",
    "verdict",
    "whole",
]
