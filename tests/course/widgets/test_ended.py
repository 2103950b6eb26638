"""The end of a recorded training as a small picture."""

import numpy as np
import pytest

from secgan_lite.course.widgets import ended as module
from secgan_lite.course.widgets.ended import ended
from secgan_lite.course.widgets.questions import QUESTIONS, load_answers

BLUE, ORANGE = (0, 114, 178), (230, 159, 0)


@pytest.mark.parametrize("title", QUESTIONS)
def test_curves_end_where_their_values_are(title):
    picture, alt = ended(title)
    pixels = np.asarray(picture)
    curves = load_answers()[title].curves
    width, height = module._PLOT
    top = picture.height - 1 - height
    bends = {"critic": lambda v: 2 * v if abs(v) < 1 else np.sign(v) * (2 + np.log10(abs(v)))}
    for place, (panel, term, colour) in enumerate(
        [("recognised", "judge", (0, 158, 115)), ("critic", "semantic/critic", ORANGE),
         ("error", "rgb/change", BLUE), ("disagreement", "semantic/sc", ORANGE)]
    ):  # fmt: skip
        healthy = [v for name in _terms(panel) for _, v in module.healthy_curves()[name]]
        mine = [v for name in _terms(panel) for _, v in curves[name]]
        bent = bends.get(panel, np.log10 if panel == "disagreement" else float)
        held = {"recognised": [0, 1.02], "critic": [-1.3, 1.3], "error": [0]}.get(panel, [])
        every = [bent(v) for v in (*held, *healthy, *mine)]
        share = (max(every) - bent(curves[term][-1][1])) / (max(every) - min(every))
        x, y = place * (width + 1 + 12) + width, top + share * height
        around = pixels[max(0, round(y) - 2) : round(y) + 3, x - 3 : x]
        assert (around == colour).all(axis=-1).any(), panel
    assert f"curves: {title}." in alt and f"reconstruction {curves['rgb/rec'][-1][1]:.2f}" in alt


def _terms(panel):
    return {
        "recognised": ("rgb/real_accuracy", "rgb/fake_accuracy", "judge"),
        "critic": ("rgb/critic", "semantic/critic"),
        "error": ("rgb/rec", "rgb/change"),
        "disagreement": ("rgb/sc", "semantic/sc"),
    }[panel]
