"""Every picture of the lessons. Each function returns (figure, alt text); none opens a window.

Images come in as float (…, 3, h, h) in [−1, 1] or uint8, masks as integers (…, h, h).

They look the same everywhere: matplotlib's own style holds while they are drawn, not the user's.
Sizes have the colours ``SIZES``, and signed values ``SIGNED``, with 0 in the middle. Wherever a
colour means a number, a colour bar says which. Bars begin at zero, so a logarithmic axis has dots.
What is to be compared shares order and scale.
"""

from inspect import isfunction

from secgan_lite.course.figures.branches import (
    agreement,
    label_maps,
    pixel_duels,
    tied_and_apart,
)
from secgan_lite.course.figures.common import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    Picture,
    flip_name,
    own_style,
    pixels,
)
from secgan_lite.course.figures.confounding import alarms, dragged, drags
from secgan_lite.course.figures.duel import duels
from secgan_lite.course.figures.edits import (
    before_and_after,
    edit_comparison,
    flip_grid,
    growth,
    method_comparison,
    overview,
    reversed_beside_truth,
    wishes,
)
from secgan_lite.course.figures.evaluation import (
    after_erasing,
    against_sample_size,
    between_copying_and_truth,
    recognised_and_right,
    recognition_against_error,
    tarr_by_attribute,
)
from secgan_lite.course.figures.family import family
from secgan_lite.course.figures.laboratory import laboratory, laboratory_edits
from secgan_lite.course.figures.losses import (
    directions,
    intervals,
    printed_and_meant,
    pulls,
)
from secgan_lite.course.figures.method import method_map, methods
from secgan_lite.course.figures.parsing import (
    doubt,
    face_rows,
    faces_and_masks,
    found_again,
    learning,
    parser_beside_truth,
    small_segments,
    who_pays,
)
from secgan_lite.course.figures.plane import (
    changed_rules,
    clusters,
    edits,
    fading,
    film,
    landscapes,
    outcomes,
    symptoms,
    transports,
)
from secgan_lite.course.figures.study import (
    by_weight,
    recognised_at_an_error,
    seeds_in_pairs,
)
from secgan_lite.course.figures.training import (
    curve_panels,
    live_run,
    recorded_runs,
    training_curves,
)

__all__ = [
    "BLUE",
    "GREEN",
    "GREY",
    "ORANGE",
    "RED",
    "Picture",
    "after_erasing",
    "against_sample_size",
    "agreement",
    "alarms",
    "before_and_after",
    "between_copying_and_truth",
    "by_weight",
    "changed_rules",
    "clusters",
    "curve_panels",
    "directions",
    "doubt",
    "dragged",
    "drags",
    "duels",
    "edit_comparison",
    "edits",
    "face_rows",
    "faces_and_masks",
    "fading",
    "family",
    "film",
    "flip_grid",
    "flip_name",
    "found_again",
    "growth",
    "intervals",
    "label_maps",
    "laboratory",
    "laboratory_edits",
    "landscapes",
    "learning",
    "live_run",
    "method_comparison",
    "method_map",
    "methods",
    "outcomes",
    "overview",
    "parser_beside_truth",
    "pixel_duels",
    "pixels",
    "printed_and_meant",
    "pulls",
    "recognised_and_right",
    "recognised_at_an_error",
    "recognition_against_error",
    "recorded_runs",
    "reversed_beside_truth",
    "seeds_in_pairs",
    "small_segments",
    "symptoms",
    "tarr_by_attribute",
    "tied_and_apart",
    "training_curves",
    "transports",
    "who_pays",
    "wishes",
]

for _name in __all__:
    if isfunction(_function := globals()[_name]):
        globals()[_name] = own_style(_function)
