"""Any image that a user may bring: each gives the right picture or a clear message."""

import io
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from secgan_lite.editor import FRAMES, ImageError, crop_face, decode, images, middle_square

# Four quarters of one colour each: red, green / blue, white.
QUARTERS = np.zeros((40, 40, 3), np.uint8)
QUARTERS[:20, :20, 0] = QUARTERS[:20, 20:, 1] = QUARTERS[20:, :20, 2] = 255
QUARTERS[20:, 20:] = 255
CORNERS = [(10, 10), (30, 10), (10, 30), (30, 30)]
COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)]


def saved(image, kind="PNG", **options):
    raw = io.BytesIO()
    image.save(raw, kind, **options)
    return raw.getvalue()


def colours(image):
    return [image.getpixel(corner) for corner in CORNERS]


def close(found, wanted, by=25):
    return np.abs(np.array(found, int) - np.array(wanted, int)).max() <= by


PICTURE = Image.fromarray(QUARTERS)
GREY = PICTURE.convert("L")
GREYS = [(value,) * 3 for value in (GREY.getpixel(corner) for corner in CORNERS)]
SIXTEEN = Image.fromarray(np.asarray(GREY).astype(np.uint16) * 257)


def exif(orientation):
    data = Image.Exif()
    data[0x0112] = orientation
    return data


def see_through():
    """White is transparent, its hidden colour black."""
    layered = np.dstack([QUARTERS, np.full((40, 40), 255, np.uint8)])
    layered[20:, 20:] = 0
    return Image.fromarray(layered)


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (saved(PICTURE, "JPEG", quality=95, subsampling=0), COLOURS),
        (saved(PICTURE, "WEBP", lossless=True), COLOURS),
        (saved(PICTURE, "BMP"), COLOURS),
        (saved(PICTURE, "TIFF"), COLOURS),
        (saved(PICTURE.convert("P"), "GIF"), COLOURS),
        (saved(PICTURE.convert("P")), COLOURS),
        (saved(PICTURE.convert("CMYK"), "JPEG", quality=95), COLOURS),
        (saved(PICTURE.convert("CMYK"), "TIFF"), COLOURS),
        (saved(GREY), GREYS),
        (saved(GREY.convert("1"), "PNG"), None),
        (saved(SIXTEEN), GREYS),
        (saved(SIXTEEN, "TIFF"), GREYS),
        (saved(PICTURE.convert("LAB"), "TIFF"), COLOURS),
        (saved(see_through()), COLOURS),
        (saved(see_through().convert("LA")), [*GREYS[:3], (255, 255, 255)]),
        (saved(see_through().quantize(8, method=2)), COLOURS),
    ],
    ids=[
        "jpeg", "webp", "bmp", "tiff", "gif", "palette", "cmyk jpeg", "cmyk tiff", "grey", "bits",
        "16-bit png", "16-bit tiff", "lab", "rgba", "la", "palette with transparency",
    ],
)  # fmt: skip
def test_every_kind_of_pixel_becomes_the_same_picture(content, wanted, tmp_path):
    (tmp_path / "face").write_bytes(content)
    for source in (content, tmp_path / "face", str(tmp_path / "face"), memoryview(content)):
        picture = decode(source)
        assert picture.mode == "RGB" and picture.size == (40, 40)
        assert wanted is None or close(colours(picture), wanted)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_obeyed(orientation):
    """The stored picture is turned so that the eight orientations show the same one."""
    turns = {
        1: [], 2: ["FLIP_LEFT_RIGHT"], 3: ["ROTATE_180"], 4: ["FLIP_TOP_BOTTOM"],
        5: ["TRANSPOSE"], 6: ["ROTATE_90"], 7: ["TRANSVERSE"], 8: ["ROTATE_270"],
    }  # fmt: skip
    stored = PICTURE
    for turn in turns[orientation]:
        stored = stored.transpose(Image.Transpose[turn])
    content = saved(stored, "JPEG", quality=95, subsampling=0, exif=exif(orientation))
    assert close(colours(decode(content)), COLOURS)
    assert close(colours(decode(Image.open(io.BytesIO(content)))), COLOURS)


@pytest.mark.parametrize(
    "array",
    [
        QUARTERS,
        QUARTERS.astype(np.int64),
        QUARTERS / 255,
        (QUARTERS / 255).astype(np.float32),
        QUARTERS.astype(np.uint16) * 257,
        QUARTERS > 0,
        np.dstack([QUARTERS, np.full((40, 40), 255, np.uint8)]),
        np.asfortranarray(QUARTERS),
    ],
    ids=["bytes", "integers", "floats", "float32", "16-bit", "booleans", "rgba", "fortran"],
)
def test_arrays(array):
    assert colours(decode(array)) == COLOURS


@pytest.mark.parametrize("array", [QUARTERS[..., 0], QUARTERS[..., :1]])
def test_grey_arrays(array):
    assert colours(decode(array)) == [(v,) * 3 for v in (255, 0, 0, 255)]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (QUARTERS / 127.5 - 1, r"floats from -1 to 1: wanted are floats in \[0, 1\]"),
        (np.full((4, 4), np.nan), "floats from nan"),
        (QUARTERS.astype(int) - 1, "holds int64"),
        (np.moveaxis(QUARTERS, -1, 0), "channels last"),
        (QUARTERS[..., :2], "channels last"),
        (np.zeros((0, 4, 3), np.uint8), "shape"),
        (np.zeros(4), "shape"),
        (np.array([["a"]]), "holds <U1"),
        (np.zeros((1, 1)).repeat(images.MAX_PIXELS + 1, 1), "pixels, over"),
    ],
)
def test_arrays_that_are_no_image(array, message):
    with pytest.raises(ImageError, match=message):
        decode(array)


def bomb(width, height):
    """A PNG header that promises many pixels, and hardly any data."""
    content = bytearray(saved(Image.new("L", (1, 1))))
    content[16:24] = width.to_bytes(4) + height.to_bytes(4)
    import zlib

    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"Dear editor, this is a text renamed to face.jpg", "no image that can be read"),
        (b"", "no image that can be read"),
        (b"<html>Quota exceeded</html>", "no image that can be read"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no image that can be read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no image that can be read"),
        (saved(PICTURE, "JPEG")[:300], "no image|damaged or cut short"),
        (saved(PICTURE, "JPEG", quality=100)[:-400], "damaged or cut short"),
        (saved(PICTURE)[:90], "damaged or cut short"),
        (bomb(8000, 8000), r"8,000 × 8,000 pixels: at most 50,000,000"),
        (bomb(12_000, 12_000), "too large"),
        (bomb(60_000, 60_000), "too large"),
        (saved(Image.fromarray(np.full((4, 4), 7.0, np.float32)), "TIFF"), "floats from 7 to 7"),
        (saved(Image.fromarray(np.full((4, 4), 70_000, np.int32)), "TIFF"), "levels from 70000"),
    ],
    ids=[
        "text", "empty", "web page", "postscript", "svg", "jpeg header", "jpeg cut", "png cut",
        "64 megapixels", "144 megapixels", "bomb", "float tiff", "32-bit tiff",
    ],
)  # fmt: skip
def test_what_is_no_good_image_is_refused(content, message, tmp_path):
    (tmp_path / "face.jpg").write_bytes(content)
    for source in (content, tmp_path / "face.jpg"):
        with pytest.raises(ImageError, match=message), warnings.catch_warnings():
            warnings.simplefilter("error")
            decode(source)


def test_forty_megapixels_are_fine_and_the_file_size_has_a_limit(monkeypatch):
    picture = decode(saved(Image.new("L", (8000, 5000), 9)))
    assert picture.size == (8000, 5000) and picture.getpixel((0, 0)) == (9, 9, 9)
    monkeypatch.setattr(images, "MAX_BYTES", 100)
    with pytest.raises(ImageError, match="at most 0 MB are read"):
        decode(saved(PICTURE))


def test_what_is_no_source_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="is not there"):
        decode(tmp_path / "absent.jpg")
    with pytest.raises(FileNotFoundError, match="is no file"):
        decode(tmp_path)
    with pytest.raises(ImageError, match="image is a dict"):
        decode({})


KINDS = [saved(PICTURE, kind) for kind in ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(KINDS), st.data())
def test_damaged_bytes_never_raise_anything_else(content, data):
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del damaged[data.draw(st.integers(len(content) // 2, len(content))) :]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            assert decode(bytes(damaged)).mode == "RGB"
        except ImageError as error:
            assert str(error)


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
        crop_face(PICTURE, eyes)
    with pytest.raises(ValueError, match="Did you mean 'celeba'"):
        crop_face(PICTURE, ((10, 10), (30, 10)), "celebra")
