"""The leak of an edit into the skin: none of a copy, all of an editor that lightens it."""

import pytest

from secgan_lite import datasets
from secgan_lite.course.skin import lightening


@pytest.fixture(scope="module")
def faces():
    return datasets.load("synthetic", "test", 32, 24)


def test_a_copy_leaves_the_skin_and_a_lighter_picture_does_not(faces):
    copy, truth = lightening(lambda x, y_diff: [x], faces)
    assert copy["value"] == copy["low"] == copy["high"] == 0
    lighter, same = lightening(lambda x, y_diff: [x + 20 / 127.5], faces)
    assert lighter["value"] == pytest.approx(20, abs=1e-3) and same == truth
    assert 0 < lighter["n"] < 24  # not those that are blond or pale


def test_only_the_skin_counts_and_the_wish_is_the_one_that_is_named(faces):
    """The true edit changes the hair, by far more than the skin; its wish adds one attribute."""
    seen = []
    _, truth = lightening(lambda x, y_diff: seen.append(y_diff) or [x], faces)
    assert abs(truth["value"]) < 10
    blond = faces.attributes.index("Blond_Hair")
    assert (seen[0][0, :, blond] == 1).all() and seen[0].shape[0] == 1
    _, pale = lightening(lambda x, y_diff: [x], faces, wish="Pale_Skin")
    assert pale["low"] > 30
