"""The eraser: it shows what is left of an edit, and what the judge says of it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from secgan_lite.attributes import NAMES
from secgan_lite.course.widgets import Candidates, Eraser, Erasing, erase

GLASSES = NAMES.index("Eyeglasses")


@pytest.fixture(scope="module")
def candidates():
    """Two faces, of which one wears glasses; a strong edit and one of 8 levels.

    The judge says that there are glasses where an image is bright.
    """
    x = torch.full((2, 3, 8, 8), -0.5)
    y = torch.zeros(2, len(NAMES))
    y[1, GLASSES] = 1
    change = torch.tensor([1.0, -1.0])[:, None, None, None].expand(2, 3, 8, 8)
    edits = {"strong": x + 0.4 * change, "faint": x + 8 / 127.5 * change}
    edits = {title: edit.repeat(len(NAMES), 1, 1, 1, 1) for title, edit in edits.items()}

    def judge(images):
        return 100 * (images.mean(dim=(1, 2, 3)) + 0.5)[:, None].expand(-1, len(NAMES))

    return Candidates(NAMES, judge, x, y, edits)


@pytest.mark.parametrize("face", [0, 1])
def test_the_judge_is_asked_for_the_wanted_value_before_and_after(candidates, face):
    """Present is wanted of the first face, absent of the second."""
    kept = erase(candidates, Erasing(face, GLASSES, levels=0)).sure
    assert kept["strong"][0] == kept["strong"][1] > 0.99 and kept["faint"][0] > 0.99
    erased = erase(candidates, Erasing(face, GLASSES, levels=8)).sure
    assert erased["strong"][1] > 0.99 and erased["faint"] == (kept["faint"][0], 0.5)


def test_the_picture_shows_what_is_left(candidates):
    shown = erase(candidates, Erasing(0, GLASSES, levels=8))
    board = np.asarray(shown.picture.convert("RGB")).astype(int)
    strong, faint = board[24 + 58], board[24 + 58 + 122]  # rows through the middle of the tiles
    from_right = (shown.picture.width - 122 * column - 64 for column in (3, 2, 0))
    inputs, edits, left = from_right  # middles of their tiles
    assert (strong[left] == strong[edits]).all() and (strong[left] != strong[inputs]).any()
    assert (faint[left] == faint[inputs]).all() and (faint[edits] != faint[inputs]).any()
    assert "add eyeglasses" in shown.alt and "8 grey levels" in shown.alt
    assert "remove eyeglasses" in erase(candidates, Erasing(1, GLASSES, 8)).alt


def test_a_long_name_is_not_cut_off(candidates):
    long = replace(candidates, edits={"an editor of a long name": candidates.edits["strong"]})
    ink = np.asarray(erase(long, Erasing()).picture)[..., 3]
    assert ink[:, :40].any() and not ink[:, 0].any()


def test_controls_move_the_picture(candidates):
    app = Eraser(candidates)
    first = app.picture.value
    app.attribute.value = GLASSES
    app.face.value = 1
    app.levels.value = 30
    assert app.erasing == Erasing(1, GLASSES, 30) and app.picture.value != first
    assert "remove eyeglasses" in app.words.value
