"""Does SeCGAN beat its baseline? Grids of runs, seeds in pairs, and what remains of the claim.

folders = sweep(comparison(seeds=3), executor, "runs/study")
cells = record(folders, file)
difference(cells, "tarr.mean", backbone="stargan")  # value, low, high, n, each
"""

from secgan_lite.study.record import load_study, record, score_run
from secgan_lite.study.summary import chosen, difference, over_seeds, score
from secgan_lite.study.sweep import comparison, consistency_weights, sweep

__all__ = [
    "chosen",
    "comparison",
    "consistency_weights",
    "difference",
    "load_study",
    "over_seeds",
    "record",
    "score",
    "score_run",
    "sweep",
]
