"""Any image that anyone may bring: each gives the right picture or a clear message."""

import io
import re
import struct
import warnings
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from secgan_lite.support import images
from secgan_lite.support.files import REPOSITORY
from secgan_lite.support.images import ImageError, decode

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
        (np.zeros((1, 1)).repeat(images.MAX_PIXELS + 1, 1), "pixels: at most"),
    ],
)
def test_arrays_that_are_no_image(array, message):
    with pytest.raises(ImageError, match=message):
        decode(array)


def profile(space, **tags):
    """An ICC profile of version 2 from the bytes of its tags."""
    tags = {"desc": b"desc" + bytes(4) + (5).to_bytes(4) + b"mine\0" + bytes(78), **tags}
    places, data, at = b"", b"", 132 + 12 * len(tags)
    for name, content in tags.items():
        content += bytes(-len(content) % 4)
        places += struct.pack(">4sII", name.encode(), at + len(data), len(content))
        data += content
    size = at + len(data)
    head = struct.pack(">I4xI4s4s4s12x4s", size, 0x2400000, b"mntr", space, b"XYZ ", b"acsp")
    head = head.ljust(68, b"\0") + struct.pack(">3i", *fixed(0.9642, 1, 0.8249))
    return head.ljust(128, b"\0") + len(tags).to_bytes(4) + places + data


def fixed(*numbers):
    return [round(number * 65536) for number in numbers]


def curve(gamma):
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))


# Colours of red, green and blue in XYZ for a white of 5,000 K, as the standards have them.
ADOBE = np.array([[0.60974, 0.20528, 0.14919], [0.31111, 0.62567, 0.06322],
                  [0.01947, 0.06087, 0.74457]])  # fmt: skip
SRGB = np.array([[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061],
                 [0.01392, 0.09708, 0.71410]])  # fmt: skip
GAMMA = 563 / 256
ADOBE_RGB = profile(
    b"RGB ",
    wtpt=b"XYZ " + bytes(4) + struct.pack(">3i", *fixed(0.9642, 1, 0.8249)),
    **{f"{c}XYZ": b"XYZ " + bytes(4) + struct.pack(">3i", *fixed(*column))
       for c, column in zip("rgb", ADOBE.T, strict=True)},
    **{f"{c}TRC": curve(GAMMA) for c in "rgb"},
)  # fmt: skip
GREY_18 = profile(
    b"GRAY",
    wtpt=b"XYZ " + bytes(4) + struct.pack(">3i", *fixed(0.9642, 1, 0.8249)),
    kTRC=curve(1.8),
)


def linear(srgb):
    x = srgb / 255
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)


def in_adobe_rgb(srgb):
    """The numbers that Adobe RGB has for the colours of an sRGB picture, (h, w, 3)."""
    colours = linear(srgb) @ SRGB.T @ np.linalg.inv(ADOBE).T
    return np.round(colours.clip(0, 1) ** (1 / GAMMA) * 255).astype(np.uint8)


# Muted colours, as faces have them, of which every one exists in both spaces.
MUTED = np.random.default_rng(0).integers(60, 200, (20, 20, 3)).repeat(8, 0).repeat(8, 1)
WIDE = Image.fromarray(in_adobe_rgb(MUTED))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_colours_of_a_profile_are_those_of_the_same_picture_in_srgb(kind):
    best = {"JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True},
            "AVIF": {"quality": 100, "subsampling": "4:4:4"}}.get(kind, {})  # fmt: skip
    plain = np.asarray(decode(saved(WIDE, kind, **best)), int)
    found = np.asarray(decode(saved(WIDE, kind, icc_profile=ADOBE_RGB, **best)), int)
    assert np.abs(found - MUTED).max() <= 6 and np.abs(found - MUTED).mean() < 1.2
    assert np.abs(plain - MUTED).mean() > 3  # ignoring the profile shows


def test_profiles_of_grey_and_see_through_pictures():
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    found = decode(saved(Image.fromarray(grey), icc_profile=GREY_18))
    light = (grey / 255) ** 1.8
    wanted = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    assert np.abs(np.asarray(found)[..., 1] - 255 * wanted).max() <= 2
    layered = Image.fromarray(np.dstack([WIDE, np.full((160, 160), 255, np.uint8)]))
    layered.paste((0, 0, 0, 0), (0, 0, 80, 160))
    found = np.asarray(decode(saved(layered, icc_profile=ADOBE_RGB)), int)
    assert (found[:, :80] == 255).all() and np.abs(found - MUTED)[:, 80:].max() <= 2
    few = WIDE.quantize(64)
    found = np.asarray(decode(saved(few, icc_profile=ADOBE_RGB)), int)
    assert np.abs(found - np.asarray(decode(saved(few)), int)).mean() > 3


@pytest.mark.parametrize(
    "broken",
    [b"x", ADOBE_RGB[:200], ADOBE_RGB[:128] + bytes(400), GREY_18, bytes(3000), b"\xff" * 3000],
    ids=["a byte", "cut", "no tags", "of grey", "zeros", "ones"],
)
def test_broken_profiles_are_ignored(broken):
    assert colours(decode(saved(PICTURE, icc_profile=broken))) == COLOURS


def test_a_picture_of_srgb_keeps_every_number():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (99, 70, 3), np.uint8))
    assert np.array_equal(decode(saved(noise)), noise)
    assert np.array_equal(decode(saved(noise, icc_profile=srgb)), noise)
    content = saved(noise, "JPEG")
    assert np.array_equal(decode(content), Image.open(io.BytesIO(content)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("broken", [b"no TIFF at all", b"Exif\0\0II*\0\xff\xff\xff\xff", b"MM\0*"])
def test_broken_exif_is_ignored(kind, broken):
    best = {"lossless": True} if kind == "WEBP" else {}
    content = saved(PICTURE, kind, exif=broken, **best)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert close(colours(decode(content)), COLOURS, 60)


def test_a_turn_is_made_though_other_exif_can_not_be_written_anew():
    """A tag of a type that nobody knows stands beside the orientation."""
    tags = [(0x0112, 3, 1, 6 << 16), (0x8769, 3, 0xFFFF, 0xFFFFFF)]
    entries = b"".join(struct.pack(">HHII", *tag) for tag in tags)
    broken = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, len(tags)) + entries + bytes(4)
    stored = PICTURE.transpose(Image.Transpose.ROTATE_90)
    content = saved(stored, "JPEG", quality=95, subsampling=0, exif=broken)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert close(colours(decode(content)), COLOURS)


def test_a_png_with_long_texts():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("history", "words " * 400_000, zip=True)
    texts.add_itxt("more", "words " * 400_000, zip=True)
    assert colours(decode(saved(PICTURE, pnginfo=texts))) == COLOURS


def test_a_photograph_of_a_telephone_is_read_or_its_format_named():
    pixels = {"quality": 100, "subsampling": "4:4:4"}
    assert close(colours(decode(saved(PICTURE, "AVIF", **pixels))), COLOURS)
    for brand in (b"heic", b"heix", b"hevc", b"mif1", b"msf1"):
        content = b"\0\0\0\x18ftyp" + brand + bytes(4) + b"mif1heic" + bytes(300)
        with pytest.raises(ImageError, match=r"is a HEIC image.*Save it as JPEG or PNG"):
            decode(content)
    with pytest.raises(ImageError, match="is an AVIF image"):
        decode(saved(PICTURE, "AVIF")[:60])
    with pytest.raises(ImageError, match="no image that can be read"):
        decode(b"\0\0\0\x18ftypmp42" + bytes(300))


def test_masks_are_laid_on_black():
    found = decode(saved(see_through()), background="black")
    assert colours(found) == [*COLOURS[:3], (0, 0, 0)]


def test_pictures_are_opened_in_one_place():
    """Any other call could hand a file to a decoder that starts a program."""
    package = REPOSITORY / "secgan_lite"
    openers = {
        path.name
        for path in package.rglob("*.py")
        if re.search(r"(Image|Pillow|PIL)\.open\(", path.read_text(encoding="utf-8"))
    }
    # The other two read what the course itself has made.
    assert openers == {"images.py", "common.py", "recorded.py"}


def bomb(width, height):
    """A PNG header that promises many pixels, and hardly any data."""
    content = bytearray(saved(Image.new("L", (1, 1))))
    content[16:24] = width.to_bytes(4) + height.to_bytes(4)
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


KINDS = [saved(PICTURE, kind) for kind in images.FORMATS]


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
