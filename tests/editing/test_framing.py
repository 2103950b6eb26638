"""The square around a face: its eyes are where the data set has them."""

import numpy as np
import pytest
from PIL import Image

from secgan_lite.editing import FRAMES, ImageError, crop_face, middle_square


def face_with_eyes(left, right, size=(400, 300)):
    image = np.full((size[1], size[0], 3), 100, np.uint8)
    for x, y in (left, right):
        image[round(y) - 3 : round(y) + 4, round(x) - 3 : round(x) + 4] = 255
    return image


@pytest.mark.parametrize("dataset", FRAMES)
@pytest.mark.parametrize(
    ("left", "right"), [((150, 120), (230, 120)), ((150, 110), (220, 140)), ((20, 30), (90, 25))]
)
def test_a_crop_puts_the_eyes_where_the_data_set_has_them(dataset, left, right):
    share, height = FRAMES[dataset]
    for eyes in ((left, right), (right, left)):
        crop = np.asarray(crop_face(face_with_eyes(left, right), eyes, dataset))
        side = len(crop)
        rows, columns = np.nonzero(crop[..., 0] > 180)
        assert crop.shape == (side, side, 3)
        assert side == round(np.hypot(*np.subtract(left, right)) / share)
        points = (np.stack([rows, columns]) + 0.5) / side
        found = [points[:, points[1] < 0.5].mean(axis=1), points[:, points[1] > 0.5].mean(axis=1)]
        wanted = [[height, 0.5 - share / 2], [height, 0.5 + share / 2]]
        assert np.abs(np.subtract(found, wanted)).max() < 0.01


def test_without_eyes_the_middle_square_is_taken():
    wide = np.zeros((10, 30, 3), np.uint8)
    wide[:, 10:20] = 200
    assert (np.asarray(crop_face(wide)) == 200).all()
    assert middle_square(Image.new("RGB", (7, 20))).size == (7, 7)


@pytest.mark.parametrize(
    ("eyes", "message"),
    [
        (((10, 10), (12, 10)), "at least 8 px apart"),
        (((10, 10), (900, 10)), "two points in the image"),
        (((-5, 10), (20, 10)), "two points in the image"),
        (((10, 10), (20, 40)), "tilted by more than 45°"),
        (((10, 10),), "wanted are two points"),
        (((10, np.nan), (20, 10)), "wanted are two points"),
    ],
)
def test_eyes_that_can_not_be(eyes, message):
    with pytest.raises(ImageError, match=message):
        crop_face(Image.new("RGB", (40, 40)), eyes)
    with pytest.raises(ValueError, match="Did you mean 'celeba'"):
        crop_face(Image.new("RGB", (40, 40)), ((10, 10), (30, 10)), "celebra")
