"""Figures of lesson 08: wishes side by side, and what the judge says below each face."""

import matplotlib.pyplot as plt
import torch

from secgan_lite.course import figures


def test_what_the_judge_says_is_bold_where_the_true_edit_differs():
    images = {title: torch.zeros(2, 3, 4, 4) for title in ("input", "dial 0.9", "true edit")}
    said = {"dial 0.9": ["a beard", "no beard"], "true edit": ["no beard", "no beard"]}
    blocks = {"hair to black": images, "to old": images}
    figure, alt = figures.dragged(blocks, dict.fromkeys(blocks, said))
    axes = [axis for axis in figure.axes if axis.get_visible()]
    assert len(axes) == 2 * 2 * 3
    words = [(axis.get_xlabel(), axis.xaxis.label.get_fontweight()) for axis in axes]
    assert words.count(("a beard", "bold")) == 2 and words.count(("no beard", "normal")) == 6
    assert words.count(("", "normal")) == 4  # nothing is said of the input
    assert "to old: dial 0.9: a beard, no beard" in alt and "2 faces a wish" in alt
    plt.close(figure)
