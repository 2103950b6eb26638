"""Shapes by signed distance, painted with one pixel of anti-aliasing on a batch of canvases.

Distances are in face units, negative inside; x runs right, y down. All functions take and return
arrays that broadcast to (B, h, w).
"""

from collections.abc import Callable

import numpy as np

Field = np.ndarray
Length = np.ndarray | float  # of each face, or of all
Shape = Callable[[Field, Field], Field]


def ellipse(x: Field, y: Field, rx: Length, ry: Length) -> Field:
    """Distance to an axis-parallel ellipse around the origin, exact near its edge."""
    k = np.sqrt((x / rx) ** 2 + (y / ry) ** 2) + 1e-6
    slope = np.sqrt((x / rx**2) ** 2 + (y / ry**2) ** 2) + 1e-6
    return k * (k - 1) / slope


def box(x: Field, y: Field, rx: Length, ry: Length, corner: Length = 0.0) -> Field:
    """Distance to a box with half sides rx, ry and rounded corners."""
    dx, dy = np.abs(x) - rx + corner, np.abs(y) - ry + corner
    outside = np.sqrt(np.maximum(dx, 0) ** 2 + np.maximum(dy, 0) ** 2)
    return outside + np.minimum(np.maximum(dx, dy), 0) - corner


def stroke(x: Field, y: Field, rx: Length, bend: Length, width: Length) -> Field:
    """Distance to a stroke of half length rx and half width ``width``, bent by a parabola.

    Its middle lies ``bend`` above its ends, which run out thin.
    """
    t = np.clip(x / rx, -1, 1)
    rise = bend * (t**2 - 1)
    return np.hypot(x - t * rx, y - rise) - width * (1 - 0.6 * t**2)


class Canvas:
    """B images (3, S, S) in [0, 1] with their masks, in face coordinates that follow each pose.

    Args:
        size: S, in pixels.
        pose: centre x and y, scale and tilt in radians of each face, (B,) each.
    """

    def __init__(self, size: int, pose: tuple[Field, Field, Field, Field], segment: int) -> None:
        cx, cy, scale, tilt = (p[:, None, None].astype(np.float32) for p in pose)
        axis = (np.arange(size, dtype=np.float32) + 0.5) * (2 / size) - 1
        u, v = axis[None, None, :] - cx, axis[None, :, None] - cy
        cos, sin = np.cos(tilt) / scale, np.sin(tilt) / scale
        self.x, self.y = u * cos + v * sin, v * cos - u * sin
        self.size = size
        self.pixels = scale * (size / 2)  # per face unit
        self.image = np.zeros((len(cx), 3, size, size), np.float32)
        self.mask = np.full((len(cx), size, size), segment, np.uint8)
        self._pose = cx, cy, scale, tilt
        self.everything = (slice(None), slice(None))

    def window(self, x0: float, y0: float, x1: float, y1: float) -> tuple[slice, slice]:
        """Rows and columns that hold the box (x0, y0)-(x1, y1) of every face in the batch."""
        cx, cy, scale, tilt = self._pose
        corners = np.array([(x0, y0), (x0, y1), (x1, y0), (x1, y1)], np.float32)
        x, y = corners[:, 0], corners[:, 1]
        u = (x * np.cos(tilt) - y * np.sin(tilt)) * scale + cx
        v = (x * np.sin(tilt) + y * np.cos(tilt)) * scale + cy

        def span(values: Field) -> slice:
            low, high = (np.array([values.min(), values.max()]) + 1) * (self.size / 2)
            return slice(max(int(low) - 1, 0), min(int(high) + 2, self.size))

        return span(v), span(u)

    def paint(
        self,
        shape: Shape,
        colour: Field,
        *,
        segment: int | None = None,
        opacity: Field | float = 1.0,
        soft: float = 0.0,
        window: tuple[slice, slice] | None = None,
        shade: Callable[[Field, Field, Field], Field] | None = None,
    ) -> None:
        """Paint a shape over what is there, and its segment where it covers over half a pixel.

        Args:
            colour: (B, 3).
            opacity: (B,) or a number; 0 leaves a face without the shape, mask included.
            soft: width of a soft edge in face units, in place of one pixel.
            shade: (x, y, distance) -> factor on the colour, per pixel.
        """
        rows, columns = window or self.everything
        x, y = self.x[:, rows, columns], self.y[:, rows, columns]
        distance = shape(x, y)
        sharpness = 1 / soft if soft else self.pixels
        cover = np.clip(0.5 - distance * sharpness, 0, 1)
        strength = np.broadcast_to(np.asarray(opacity, np.float32), len(x))[:, None, None]
        alpha = (cover * strength)[:, None]
        tint = colour.astype(np.float32)[:, :, None, None]
        if shade is not None:
            tint = tint * shade(x, y, distance)[:, None]
        region = self.image[:, :, rows, columns]
        region += alpha * (tint - region)
        if segment is not None:
            self.mask[:, rows, columns][(cover > 0.5) & (strength > 0)] = segment
