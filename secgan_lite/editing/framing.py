"""The square around a face, framed as the faces of a data set are."""

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image

from secgan_lite.support.errors import unknown_choice
from secgan_lite.support.images import ImageError, Source, decode

# Distance of the eyes and height of the line between them, as shares of the frame's side: of
# CelebA's crop of 178 px (by its mean landmarks), and of CelebA-HQ's and drawn faces (by the masks
# of 5,018 and 335 faces).
FRAMES = {"celeba": (0.217, 0.512), "celeba-hq": (0.245, 0.478), "synthetic": (0.237, 0.530)}


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
