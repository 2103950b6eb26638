"""Any image that a user may bring, decoded safely into RGB, and the square around the face."""

import math
import os
import struct
import warnings
from collections.abc import Sequence
from io import BytesIO

import numpy as np
from PIL import Image, ImageOps

from secgan_lite.errors import unknown_choice
from secgan_lite.places import to_read

Source = Image.Image | np.ndarray | str | os.PathLike | bytes
MAX_BYTES = 50_000_000
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")  # no decoder that runs other programs
_DAMAGE = (
    OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError,
    struct.error, Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip

# Distance of the eyes and height of the line between them, as shares of the frame's side: of
# CelebA's crop of 178 px (by its mean landmarks), and of CelebA-HQ's and drawn faces (by the masks
# of 5,018 and 335 faces).
FRAMES = {"celeba": (0.217, 0.512), "celeba-hq": (0.245, 0.478), "synthetic": (0.237, 0.530)}


class ImageError(ValueError):
    """An image that can't be used; the message says why, and what to do."""


def decode(source: Source) -> Image.Image:
    """The image in RGB, upright, whatever it came as.

    EXIF rotation is obeyed, transparency laid on white, 16 bits become 8, of several frames the
    first is taken. The number of pixels is known and checked before any is decoded.

    Args:
        source: a PIL image; an array (h, w), (h, w, 3) or (h, w, 4) of bytes, of 16-bit numbers, or
            of floats in [0, 1]; the path or the bytes of a file.

    Raises:
        ImageError: no image, a damaged one, or one too large.
        FileNotFoundError: no such file.
    """
    if isinstance(source, np.ndarray):
        return _finished(_from_array(source), "image")
    if isinstance(source, Image.Image):
        return _finished(source, "image")
    if isinstance(source, bytes | bytearray | memoryview):
        return _from_file(BytesIO(source), len(source), "image")
    if not isinstance(source, str | os.PathLike):
        raise ImageError(
            f"image is a {type(source).__name__}: wanted is a PIL image, a NumPy array, a path, "
            "or the bytes of a file."
        )
    path = to_read(source, "image")
    if not path.is_file():
        raise FileNotFoundError(f"image={str(path)!r} is no file.")
    with path.open("rb") as file:
        return _from_file(file, path.stat().st_size, f"image={str(path)!r}")


def _from_file(file: BytesIO, size: int, name: str) -> Image.Image:
    if size > MAX_BYTES:
        raise ImageError(
            f"{name} has {size / 1e6:.0f} MB: at most {MAX_BYTES / 1e6:.0f} MB are read. Save it "
            "smaller."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(file, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(f"{name} is too large: {error}") from error
    except _DAMAGE as error:
        why = str(error).split(" <")[0]  # without the address of a buffer
        raise ImageError(
            f"{name} is no image that can be read ({why}). Save it as JPEG or PNG."
        ) from error
    return _finished(image, name)


def _finished(image: Image.Image, name: str) -> Image.Image:
    """Upright RGB of an image whose pixels may not be decoded yet."""
    if image.width * image.height > MAX_PIXELS:
        raise ImageError(
            f"{name} has {image.width:,} × {image.height:,} pixels: at most {MAX_PIXELS:,} are "
            "decoded. Scale it down first."
        )
    try:
        image = ImageOps.exif_transpose(image)
        return _rgb(image)
    except ImageError:
        raise
    except _DAMAGE as error:
        raise ImageError(f"{name} is damaged or cut short ({error}).") from error


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits, or 16 in 32
        levels = np.asarray(image).astype(np.float64)
        if levels.min() < 0 or levels.max() > 65535:
            raise ImageError(f"image has levels from {levels.min():.0f} to {levels.max():.0f}.")
        wide = image.mode != "I" or levels.max() > 255
        image = Image.fromarray(np.round(levels / (257 if wide else 1)).astype(np.uint8))
    if image.mode == "F":
        return _from_array(np.asarray(image)).convert("RGB")
    if image.has_transparency_data:
        picture = image.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture).convert("RGB")
    return image.convert("RGB")


def _from_array(array: np.ndarray) -> Image.Image:
    channels = array.shape[2:] if array.ndim in (2, 3) else (0,)
    if channels not in ((), (1,), (3,), (4,)) or 0 in array.shape:
        raise ImageError(
            f"image has shape {array.shape}: wanted are (h, w), (h, w, 3) or (h, w, 4), with the "
            "channels last."
        )
    if math.prod(array.shape[:2]) > MAX_PIXELS:
        raise ImageError(f"image has {math.prod(array.shape[:2]):,} pixels, over {MAX_PIXELS:,}.")
    if array.dtype == np.bool_:
        array = array * np.uint8(255)
    elif array.dtype == np.uint16:
        array = np.round(array / 257)
    elif np.issubdtype(array.dtype, np.floating):
        if not (np.isfinite(array).all() and array.min() >= 0 and array.max() <= 1):
            raise ImageError(
                f"image holds floats from {array.min():.3g} to {array.max():.3g}: wanted are "
                "floats in [0, 1], or bytes."
            )
        array = np.round(array * 255)
    elif not np.issubdtype(array.dtype, np.integer) or array.min() < 0 or array.max() > 255:
        raise ImageError(f"image holds {array.dtype}: wanted are bytes, or floats in [0, 1].")
    array = array[..., 0] if channels == (1,) else array
    return Image.fromarray(np.ascontiguousarray(array, np.uint8))


def middle_square(image: Image.Image) -> Image.Image:
    """The largest square in the middle."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def crop_face(
    image: Source, eyes: Sequence[tuple[float, float]] | None = None, dataset: str = "celeba"
) -> Image.Image:
    """The square around a face, framed as the faces of a data set are.

    It does not look for the face. With the two eyes it turns the face upright and frames it;
    without them it takes the middle square, which is right only for a portrait that is framed
    already. Limits: one frontal face, tilted by less than 45°; where the frame reaches beyond the
    photograph, the border's pixels are repeated.

    Args:
        eyes: the centres of both eyes, (x, y) in pixels of the upright image.
        dataset: whose framing, "celeba", "celeba-hq" or "synthetic".

    Raises:
        ImageError: see ``decode``; or eyes that can't be.
    """
    if dataset not in FRAMES:
        raise unknown_choice("dataset", dataset, FRAMES)
    image = decode(image)
    if eyes is None:
        return middle_square(image)
    points = np.asarray(sorted(map(tuple, eyes)), float)
    if points.shape != (2, 2) or not np.isfinite(points).all():
        raise ImageError(f"eyes={eyes!r}: wanted are two points (x, y).")
    (left, right), middle = points, points.mean(axis=0)
    distance = math.dist(left, right)
    if not (points >= 0).all() or not (points <= image.size).all() or distance < 8:
        raise ImageError(
            f"eyes={eyes!r}: wanted are two points in the image of {image.width} × {image.height} "
            f"px, at least 8 px apart (they are {distance:.1f})."
        )
    across = (right - left) / distance
    if across[0] < math.cos(math.pi / 4):
        raise ImageError(f"eyes={eyes!r}: the face is tilted by more than 45°. Turn the image.")
    share, height = FRAMES[dataset]
    side = round(distance / share)
    down = np.array([-across[1], across[0]])
    corner = middle - side * (across / 2 + height * down)
    return _framed(image, corner, across, down, side)


def _framed(
    image: Image.Image, corner: np.ndarray, across: np.ndarray, down: np.ndarray, side: int
) -> Image.Image:
    """The square from ``corner`` along two unit vectors, with the border's pixels repeated."""
    corners = corner + side * np.array([0 * across, across, down, across + down])
    low = np.floor(np.minimum(corners.min(axis=0), 0)).astype(int)
    high = np.ceil(np.maximum(corners.max(axis=0) - image.size, 0)).astype(int)
    margins = ((-low[1], high[1]), (-low[0], high[0]), (0, 0))
    padded = Image.fromarray(np.pad(np.asarray(image), margins, "edge"))
    x, y = corner - low
    matrix = (across[0], down[0], x, across[1], down[1], y)
    return padded.transform((side, side), Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)
