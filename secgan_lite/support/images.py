"""Any image that anyone may bring, decoded safely into RGB: the one place that opens pictures."""

import os
import struct
from contextlib import suppress
from functools import cache
from io import BytesIO
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from secgan_lite.support.places import to_read

Source = Image.Image | np.ndarray | str | os.PathLike | bytes
MAX_BYTES = 50_000_000
MAX_PIXELS = 50_000_000
# No decoder that runs other programs, as the one for EPS does.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "AVIF")
_DAMAGE = (
    OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError,
    RuntimeError, struct.error, Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip
# Editors write longer texts into a PNG than the 1 MB at which Pillow gives up; what it takes for
# all texts of a file stays limited, to 64 MB.
PngImagePlugin.MAX_TEXT_CHUNK = 2**24


class ImageError(ValueError):
    """An image that can't be used; the message says why, and what to do."""


def decode(source: Source, name: str = "", background: str = "white") -> Image.Image:
    """The image in RGB, upright, whatever it came as.

    EXIF rotation is obeyed, colours of an embedded profile become sRGB, transparency is laid on the
    background, 16 bits become 8, of several frames the first is taken. EXIF data and profiles that
    are broken are ignored. The number of pixels is known and checked before any is decoded.

    Args:
        source: a PIL image; an array (h, w), (h, w, 3) or (h, w, 4) of bytes, of 16-bit numbers, or
            of floats in [0, 1]; the path or the bytes of a file.
        name: what messages call it; without one, a file is called by its path.

    Raises:
        ImageError: no image, a damaged one, or one too large.
        FileNotFoundError: no such file.
    """
    if isinstance(source, str | os.PathLike):
        path = to_read(source, "image")
        name = name or f"image={str(path)!r}"
        if not path.is_file():
            raise FileNotFoundError(f"{name} is no file.")
        with path.open("rb") as file:
            return _finished(recognised(file, name), name, background)
    name = name or "image"
    if isinstance(source, bytes | bytearray | memoryview):
        return _finished(recognised(BytesIO(source), name), name, background)
    if isinstance(source, np.ndarray):
        return _finished(_from_array(source, name), name, background)
    if isinstance(source, Image.Image):
        return _finished(source, name, background)
    raise ImageError(
        f"{name} is a {type(source).__name__}: wanted is a PIL image, a NumPy array, a path, or "
        "the bytes of a file."
    )


def recognised(file: BinaryIO, name: str) -> Image.Image:
    """An image of which no more than the header is read; its format and size are ours to decode.

    Raises:
        ImageError: no image of ``FORMATS``, or one too large.
    """
    size = file.seek(0, os.SEEK_END)
    if size > MAX_BYTES:
        raise ImageError(
            f"{name} has {size / 1e6:.0f} MB: at most {MAX_BYTES / 1e6:.0f} MB are read. Save it "
            "smaller."
        )
    file.seek(0)
    try:
        image = Image.open(file, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(f"{name} is too large: {error}") from error
    except _DAMAGE as error:
        file.seek(0)
        raise ImageError(f"{name} {_unread(file.read(12), error)}") from error
    _check_pixels(*image.size, name)
    return image


def _unread(start: bytes, error: Exception) -> str:
    """Why a file can't be read, by its first bytes: cameras write formats that Pillow lacks."""
    why = str(error).split(" <")[0]  # without the address of a buffer
    brands = {b"he": "a HEIC", b"mi": "a HEIC", b"ms": "a HEIC", b"av": "an AVIF"}
    brand = brands.get(start[8:10]) if start[4:8] == b"ftyp" else None
    if brand:
        return f"is {brand} image that can't be read here ({why}). Save it as JPEG or PNG."
    return f"is no image that can be read ({why}). Wanted is one of {', '.join(FORMATS)}."


def _check_pixels(width: int, height: int, name: str) -> None:
    if width * height > MAX_PIXELS:
        raise ImageError(
            f"{name} has {width:,} × {height:,} pixels: at most {MAX_PIXELS:,} are decoded. Scale "
            "it down first."
        )


def _finished(image: Image.Image, name: str, background: str) -> Image.Image:
    """Upright RGB of an image whose pixels may not be decoded yet."""
    _check_pixels(*image.size, name)
    try:
        image = image.copy()
        # Damaged EXIF data harm no pixel. In place: the turn is done before they are rewritten.
        with suppress(*_DAMAGE):
            ImageOps.exif_transpose(image, in_place=True)
        return _rgb(_eight_bits(image, name), background)
    except ImageError:
        raise
    except _DAMAGE as error:
        raise ImageError(f"{name} is damaged or cut short ({error}).") from error


def _eight_bits(image: Image.Image, name: str) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits, or 16 in 32
        levels = np.asarray(image).astype(np.float64)
        if levels.min() < 0 or levels.max() > 65535:
            raise ImageError(f"{name} has levels from {levels.min():.0f} to {levels.max():.0f}.")
        wide = image.mode != "I" or levels.max() > 255
        small = Image.fromarray(np.round(levels / (257 if wide else 1)).astype(np.uint8))
    elif image.mode == "F":
        small = _from_array(np.asarray(image), name)
    else:
        return image
    small.info = image.info
    return small


def _rgb(image: Image.Image, background: str) -> Image.Image:
    if image.has_transparency_data:
        picture = _in_srgb(image.convert("RGBA"))
        ground = Image.new("RGBA", picture.size, background)
        return Image.alpha_composite(ground, picture).convert("RGB")
    image = _in_srgb(image.convert("RGB") if image.mode == "P" else image)
    return image if image.mode == "RGB" else image.convert("RGB")


def _in_srgb(image: Image.Image) -> Image.Image:
    """The same colours as numbers of sRGB, which those without a usable profile are already."""
    profile = image.info.get("icc_profile")
    if not profile:
        return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        return ImageCms.profileToProfile(image, BytesIO(profile), _srgb(), outputMode=mode) or image
    except ImageCms.PyCMSError:  # broken, or of another kind of colours than the image
        return image


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _from_array(array: np.ndarray, name: str) -> Image.Image:
    channels = array.shape[2:] if array.ndim in (2, 3) else (0,)
    if channels not in ((), (1,), (3,), (4,)) or 0 in array.shape:
        raise ImageError(
            f"{name} has shape {array.shape}: wanted are (h, w), (h, w, 3) or (h, w, 4), with the "
            "channels last."
        )
    _check_pixels(array.shape[1], array.shape[0], name)
    if array.dtype == np.bool_:
        array = array * np.uint8(255)
    elif array.dtype == np.uint16:
        array = np.round(array / 257)
    elif np.issubdtype(array.dtype, np.floating):
        if not (np.isfinite(array).all() and array.min() >= 0 and array.max() <= 1):
            raise ImageError(
                f"{name} holds floats from {array.min():.3g} to {array.max():.3g}: wanted are "
                "floats in [0, 1], or bytes."
            )
        array = np.round(array * 255)
    elif not np.issubdtype(array.dtype, np.integer) or array.min() < 0 or array.max() > 255:
        raise ImageError(f"{name} holds {array.dtype}: wanted are bytes, or floats in [0, 1].")
    array = array[..., 0] if channels == (1,) else array
    return Image.fromarray(np.ascontiguousarray(array, np.uint8))
