"""Pictures among the data, of every kind and damage: the right pixels, or the file is named."""

import io
import subprocess
import zlib

import numpy as np
import pytest
from copies import HQ
from PIL import Image, PngImagePlugin

from secgan_lite.commands.check import check
from secgan_lite.datasets import DataError, celeba, celeba_hq, load


def saved(image, kind="PNG", **options):
    raw = io.BytesIO()
    image.save(raw, kind, **options)
    return raw.getvalue()


def promised(width, height):
    """A PNG whose header promises many pixels."""
    content = bytearray(saved(Image.new("L", (1, 1))))
    content[16:24] = width.to_bytes(4) + height.to_bytes(4)
    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4)
    return bytes(content)


EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 178 218\n%%EndComments\nshowpage\n%%EOF\n"
SQUARE = Image.new("RGB", (178, 178), (90, 90, 90))
NOT_READ = {
    "EPS": EPS,
    "bomb": promised(60_000, 60_000),
    "81 megapixels": promised(9000, 9000),
    "empty": b"",
    "text": b"words",
    "HEIC": b"\0\0\0\x18ftypheic" + bytes(300),
    "cut": saved(SQUARE, "JPEG")[:-300],
    "header of a GIF": b"GIF89a" + bytes(7),
    "header of a TIFF": b"II*\0\xff\xff\xff\xff",
}
pytestmark = pytest.mark.filterwarnings("ignore:Corrupt EXIF data")  # Pillow's, of a TIFF
not_read = pytest.mark.parametrize("content", NOT_READ.values(), ids=NOT_READ)


@pytest.fixture(autouse=True)
def _no_program_starts(monkeypatch):
    def refuse(*arguments, **more):
        raise AssertionError(f"a program is started: {arguments}")

    monkeypatch.setattr(subprocess, "Popen", refuse)


@not_read
def test_a_photograph_that_can_not_be_read_is_named(folder, read, content):
    (folder / "img_align_celeba" / "000001.jpg").write_bytes(content)
    with pytest.raises(DataError, match=r"000001\.jpg (is|has) "):
        read(celeba(folder, "train"))
    texts = [finding.text for finding in check("celeba", folder) if finding.kind == "wrong"]
    assert any("000001.jpg" in text for text in texts)


@not_read
def test_a_mask_that_can_not_be_read_is_named(hq_folder, read, content):
    part = hq_folder / "CelebAMask-HQ-mask-anno" / "0" / "00003_skin.png"
    part.write_bytes(content)
    with pytest.raises(DataError, match=r"00003_skin\.png (is|has) "):
        read(celeba_hq(hq_folder, "train"))
    list(check("celeba-hq", hq_folder))  # names those whose header is bad, and goes on


@not_read
def test_an_image_of_a_pack_that_can_not_be_read_is_named(tmp_path, content):
    arrays = {"attrs": np.ones((10, 1), int), "names": np.array(["Bangs"])}
    jpg = np.frombuffer(b"x" + content, np.uint8)
    off = [0] * 9 + [1, len(jpg)]
    np.savez(tmp_path / "pack.npz", jpg=jpg, off=off, **arrays)
    given = {"image_size": 8, "data_dir": str(tmp_path / "pack.npz"), "attributes": ["Bangs"]}
    with pytest.raises(DataError, match=r"image 9 of .*pack\.npz (is|has) "):
        load("celeba", "test", **given)


def see_through():
    picture = SQUARE.convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 178, 89))
    return picture


LONG = PngImagePlugin.PngInfo()
LONG.add_text("history", "words " * 400_000, zip=True)
TURNED = Image.Exif()
TURNED[0x0112] = 3


@pytest.mark.parametrize(
    ("content", "upper", "lower"),
    [
        (saved(Image.new("I;16", (178, 178), 90 * 257)), 90, 90),
        (saved(see_through()), 255, 90),
        (saved(see_through().quantize(8, method=2)), 255, 90),
        (saved(SQUARE, pnginfo=LONG), 90, 90),
        (saved(SQUARE, "JPEG", exif=b"no TIFF"), 90, 90),
        (saved(see_through(), exif=TURNED), 90, 255),
    ],
    ids=["16 bits", "transparent", "transparent palette", "long texts", "broken EXIF", "turned"],
)
def test_unusual_photographs_are_read_right(folder, read, content, upper, lower):
    (folder / "img_align_celeba" / "000001.jpg").write_bytes(content)
    image = read(celeba(folder, "train"), 16).images[0]
    assert (image[:, :7] == upper).all() and (image[:, 9:] == lower).all()


def test_a_mask_is_where_its_picture_is_white_and_opaque(hq_folder, read):
    mask = Image.new("RGBA", (512, 512))
    mask.paste("white", (0, 0, 256, 512))
    mask.save(hq_folder / "CelebAMask-HQ-mask-anno" / "0" / f"{next(iter(HQ)):05d}_skin.png")
    segments = read(celeba_hq(hq_folder, "train"), 4).masks[0]
    assert segments.tolist() == [[0, 0, 11, 11]] * 4


def test_folders_and_broken_links_are_no_photographs(folder):
    images = folder / "img_align_celeba"
    (images / "000002.jpg").mkdir()
    (images / "200000.jpg").symlink_to("nowhere")
    assert len(celeba(folder, "train")) == 2 and len(celeba(folder, "test")) == 1
