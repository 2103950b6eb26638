"""Does SeCGAN beat its baseline? Grids of runs, seeds in pairs, and what remains of the claim.

folders = sweep(comparison(seeds=3), executor, "runs/study")
cells = record(folders, file)
difference(cells, "tarr.mean", backbone="stargan")  # value, low, high, n, each
"""

from secgan_lite.study.record import RESULTS, load_study, means, record, score_run
from secgan_lite.study.summary import SCORES, chosen, difference, over_seeds, score, verdict
from secgan_lite.study.sweep import comparison, consistency_weights, sweep

__all__ = [
    "RESULTS",
    "SCORES",
    "chosen",
    "comparison",
    "consistency_weights",
    "difference",
    "load_study",
    "means",
    "over_seeds",
    "record",
    "score",
    "score_run",
    "sweep",
    "verdict",
]
