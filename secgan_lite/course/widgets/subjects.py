"""Whose face is edited: a drawn one, with its parameters, or a photograph."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from PIL import Image

from secgan_lite.attributes import NAMES
from secgan_lite.course.widgets import canvas
from secgan_lite.datasets.photos import resized
from secgan_lite.editing import middle_square
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


@dataclass(frozen=True, eq=False)
class Photo:
    """The middle square of a photograph."""

    picture: Image.Image
    title: str = "photograph"

    @classmethod
    def read(cls, source: Source, title: str = "photograph") -> "Photo":
        """A photograph from anything that ``images.decode`` reads; its title in one plain line.

        Raises:
            ImageError: an image that can't be used.
        """
        picture = middle_square(decode(source))
        picture.thumbnail((_KEPT, _KEPT), Image.Resampling.LANCZOS)  # 50 megapixels are not kept
        return cls(picture, canvas.plain(title))

    def at(self, size: int) -> np.ndarray:
        """The photograph at a size: bytes (3, h, h)."""
        return resized(self.picture, size)


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
