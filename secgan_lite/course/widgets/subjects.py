"""Whose face is edited: a drawn one, with its parameters, or a photograph."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from PIL import Image

from secgan_lite.attributes import NAMES
from secgan_lite.course.widgets import canvas
from secgan_lite.datasets.photos import resized
from secgan_lite.faces import Faces, render, sample
from secgan_lite.support.images import Source, decode
from secgan_lite.support.randomness import derive

_KEPT = 1024  # side of a photograph, at most, in pixels
# Parameters by what they belong to, for sliders.
SLIDER_GROUPS = {
    "head": ("shift_x", "shift_y", "scale", "tilt", "yaw", "face_width", "face_length", "jaw",
             "skin", "ears", "wrinkles"),
    "hair and hat": ("hair_length", "hair_volume", "hair_curl", "hair_part", "hair_shade",
                     "hair_other", "beard_length", "beard_density", "moustache", "hat",
                     "hat_colour"),
    "eyes and glasses": ("brow_height", "brow_arch", "eye_size", "eye_distance", "eye_colour",
                         "gaze_x", "gaze_y", "glasses_shape", "glasses_size", "glasses_colour",
                         "glasses_tint"),
    "nose and mouth": ("nose_width", "nose_length", "mouth_width", "mouth_height",
                       "mouth_opening", "lips", "smile", "earrings", "earring_size",
                       "earring_colour"),
    "scene": ("clothes", "clothes_light", "collar", "light_x", "light", "warmth", "background",
              "background_light", "background_turn", "background_depth", "blob_x", "blob_y"),
}  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """A drawn face: one of the test set, or a new one, perhaps with some parameters set.

    Attributes:
        split: "test", or "new", which no training and no test has seen.
        number: which face of the split.
        parameters: (name, value in [0, 1]) of those that differ from the face as it was drawn.
    """

    split: str = "test"
    number: int = 0
    parameters: tuple[tuple[str, float], ...] = ()

    @property
    def title(self) -> str:
        return f"{self.split} face {self.number}" + (", adjusted" if self.parameters else "")

    @property
    def faces(self) -> Faces:
        """Its parameters and labels, as a batch of one."""
        seed = derive(0, f"faces/{self.split}")
        return sample(1, seed, start=self.number).adjusted(**dict(self.parameters))

    def with_parameter(self, name: str, value: float) -> "Drawn":
        """The same face with one parameter set.

        Raises:
            ValueError: unknown parameter (the nearest is named), or a value outside [0, 1].
        """
        self.faces.adjusted(**{name: value})
        return replace(self, parameters=tuple((dict(self.parameters) | {name: value}).items()))

    def value(self, name: str) -> float:
        """A parameter's value."""
        return float(getattr(self.faces, name)[0])

    def at(self, size: int) -> np.ndarray:
        """The face at a size: bytes (3, h, h)."""
        return render(self.faces, size)[0][0]


CROP = ("zoom", "left to right", "top to bottom")


@dataclass(frozen=True, eq=False)
class Photo:
    """A square of a photograph.

    Attributes:
        picture: the whole photograph, upright.
        title: its name, in one line.
        crop: the square's size and place, each in [0, 1]: ``zoom`` 0 is the largest square, 1 a
            quarter of its side; 0.5 is the middle.
    """

    picture: Image.Image
    title: str = "photograph"
    crop: tuple[float, float, float] = (0.0, 0.5, 0.5)

    @classmethod
    def read(cls, source: Source, title: str = "photograph") -> "Photo":
        """A photograph from anything that ``images.decode`` reads; its title in one plain line.

        Raises:
            ImageError: an image that can't be used.
        """
        picture = decode(source)
        scale = _KEPT / min(picture.size)
        if scale < 1:  # 50 megapixels are not kept
            small = (round(scale * picture.width), round(scale * picture.height))
            picture = picture.resize(small, Image.Resampling.LANCZOS)
        return cls(picture, canvas.plain(title))

    def cropped(self, name: str, value: float) -> "Photo":
        """The same photograph with one number of the crop set."""
        crop = dict(zip(CROP, self.crop, strict=True)) | {name: value}
        return replace(self, crop=tuple(crop.values()))

    def at(self, size: int) -> np.ndarray:
        """The square at a size: bytes (3, h, h)."""
        zoom, across, down = self.crop
        width, height = self.picture.size
        side = round(min(width, height) * (1 - 0.75 * zoom))
        left, top = int(across * (width - side)), int(down * (height - side))
        return resized(self.picture.crop((left, top, left + side, top + side)), size)


Subject = Drawn | Photo


@dataclass(frozen=True)
class TrueEdit:
    """What a drawn face would look like: bytes (3, h, h), segments (h, h), labels."""

    image: np.ndarray
    segments: np.ndarray
    labels: dict[str, bool]


@lru_cache(maxsize=32)
def true_edit(subject: Drawn, wanted: tuple[tuple[str, int], ...], size: int) -> TrueEdit:
    """The true edit of a drawn face.

    Args:
        wanted: (attribute, 0 or 1); what is added goes last, so that it wins over what it rules
            out.
    """
    faces = subject.faces
    for name, value in sorted(wanted, key=lambda item: item[1]):
        faces = faces.relabelled(name, np.array([value]))
    labels = dict(zip(NAMES, (faces.attributes[0] > 0).tolist(), strict=True))
    return TrueEdit(*(part[0] for part in render(faces, size)), labels)
