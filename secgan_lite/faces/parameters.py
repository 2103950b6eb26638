"""The parameter vector of a face, how faces are sampled, and what an attribute flip does to one.

A face is a structural causal model in small: independent uniforms in [0, 1] (``PARAMETERS``), 13
labels, and a noise seed. Drawing is a deterministic function of the three, and a label acts through
its own parts of the drawing alone, so the counterfactual is exact. Traits that go with a label
without being one (hair length, earrings) are thresholds on the same uniform on both sides.
"""

from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np
import torch

from secgan_lite.attributes import NAMES, index_of, resolve
from secgan_lite.support.choices import Relations
from secgan_lite.support.errors import unknown_choice

PARAMETERS = {
    "shift_x": "position, left to right",
    "shift_y": "position, top to bottom",
    "scale": "size in the frame",
    "tilt": "head leaning, left to right",
    "yaw": "head turned, left to right",
    "face_width": "narrow to wide",
    "face_length": "short to long",
    "jaw": "pointed to square chin",
    "skin": "skin tone, dark to light (of Pale_Skin: rosy to ivory)",
    "hair_length": "short to long (shorter for Male)",
    "hair_volume": "flat to full",
    "hair_curl": "straight to curly outline",
    "hair_part": "parting, left to right",
    "hair_shade": "darker to lighter within its colour",
    "hair_other": "colour when no hair label is set: ginger, then grey",
    "brow_height": "low to high",
    "brow_arch": "straight to arched",
    "eye_size": "small to large",
    "eye_distance": "close to far apart",
    "eye_colour": "brown, green, blue",
    "gaze_x": "looking left to right",
    "gaze_y": "looking up to down",
    "nose_width": "narrow to wide",
    "nose_length": "short to long",
    "mouth_width": "narrow to wide",
    "mouth_height": "high to low",
    "mouth_opening": "of an open mouth, small to large",
    "lips": "thin to full",
    "smile": "corners down to up",
    "beard_length": "close-cropped to long",
    "beard_density": "thin to dense",
    "moustache": "narrow to wide",
    "glasses_shape": "round to rectangular",
    "glasses_size": "small to large",
    "glasses_colour": "dark, red, blue, gold",
    "glasses_tint": "clear to tinted",
    "ears": "small to large",
    "earrings": "worn below 0.45, for Male below 0.12",
    "earring_size": "small to large",
    "earring_colour": "gold, silver, turquoise",
    "hat": "worn below 0.06, never on a bald head",
    "hat_colour": "hue",
    "wrinkles": "age lines of an old face, faint to deep",
    "clothes": "hue of the clothes",
    "clothes_light": "dark to light clothes",
    "collar": "narrow to wide",
    "light_x": "light from the left to the right",
    "light": "dim to bright",
    "warmth": "cold to warm light",
    "background": "hue",
    "background_light": "dark to light",
    "background_turn": "direction of its gradient",
    "background_depth": "flat to strong gradient",
    "blob_x": "position of a soft patch of light behind the head",
    "blob_y": "the same, vertically",
}
_COLUMN = {name: i for i, name in enumerate(PARAMETERS)}

# Shares with the label set. Real ones where that is enough to learn from (CelebA: Bald 0.02,
# Mustache 0.04, Pale_Skin 0.04, Eyeglasses 0.07 are raised so that small training sets show them).
PREVALENCE = {
    "Bald": 0.10, "Bangs": 0.20, "Black_Hair": 0.28,
    "Blond_Hair": 0.20, "Brown_Hair": 0.27, "Bushy_Eyebrows": 0.20,
    "Eyeglasses": 0.15, "Male": 0.45, "Mouth_Slightly_Open": 0.48,
    "Mustache": 0.14, "No_Beard": 0.76, "Pale_Skin": 0.12,
    "Young": 0.68,
}  # fmt: skip

# With correlation 1: the share among (women, men), or (old, young), in place of the overall one.
_BY_GENDER = {
    "Bald": (0.01, 0.21), "Bangs": (0.30, 0.08), "Bushy_Eyebrows": (0.09, 0.34),
    "Mustache": (0.01, 0.30), "No_Beard": (0.98, 0.49), "Eyeglasses": (0.08, 0.24),
    "Young": (0.78, 0.56),
}  # fmt: skip
_BLOND_BY_GENDER = (0.32, 0.06)

# Pairs that a lesson confounds: with correlation 1 each label is the opposite of the one it follows
# (a beard, No_Beard = 0, goes with black hair). It is as frequent as that opposite at any
# correlation, so the dial changes how the two belong together and nothing else.
PAIRS = {"No_Beard": "Black_Hair", "Eyeglasses": "Young"}
RELATIONS = get_args(Relations)


@dataclass(frozen=True)
class Faces:
    """A batch of faces.

    Attributes:
        values: uniforms, float32 (N, P) in [0, 1]; each also by its name, ``faces.yaw``.
        attributes: labels, uint8 (N, 13) in {0, 1}, in the order of ``attributes.NAMES``.
        noise: seeds of the pixel noise, uint32 (N,).
    """

    values: np.ndarray
    attributes: np.ndarray
    noise: np.ndarray

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: Any) -> "Faces":
        if isinstance(index, int | np.integer):
            index = [index]
        return Faces(self.values[index], self.attributes[index], self.noise[index])

    def __getattr__(self, name: str) -> np.ndarray:
        if name in _COLUMN:
            return self.values[:, _COLUMN[name]]
        raise AttributeError(name)

    def label(self, name: str) -> np.ndarray:
        """One label of every face, uint8 (N,)."""
        return self.attributes[:, index_of(name)]

    def adjusted(self, **parameters: float) -> "Faces":
        """The same faces with some parameters set, each in [0, 1].

        Raises:
            ValueError: unknown parameter (the nearest is named), or a value outside [0, 1].
        """
        values = self.values.copy()
        for name, value in parameters.items():
            if name not in _COLUMN:
                raise unknown_choice("parameter", name, PARAMETERS)
            if not 0 <= value <= 1:
                raise ValueError(f"{name}={value!r} must lie in [0, 1].")
            values[:, _COLUMN[name]] = value
        return replace(self, values=values)

    def relabelled(self, name: str, value: np.ndarray) -> "Faces":
        """The same faces with one label set to ``value`` (N,); what it rules out is cleared."""
        labels = torch.from_numpy(self.attributes.astype(np.int64))
        changed = torch.zeros_like(labels, dtype=torch.bool)
        changed[:, index_of(name)] = True
        labels[:, index_of(name)] = torch.as_tensor(np.asarray(value).astype(np.int64))
        return replace(self, attributes=resolve(labels, changed).numpy().astype(np.uint8))


def counterfactual(faces: Faces, attribute: str) -> Faces:
    """Every face with one attribute reversed and all else as it was.

    Exclusive attributes are resolved: a new hair colour replaces the old one, a bald head loses its
    bangs. With its colour taken away, hair has the neutral one of ``hair_other``.

    Raises:
        ValueError: unknown attribute; the nearest is named.
    """
    return faces.relabelled(attribute, 1 - faces.label(attribute))


def sample(
    count: int, seed: int, correlation: float = 0.0, start: int = 0, relations: str = "gender"
) -> Faces:
    """Faces ``start`` … ``start + count`` of a seed; face i is the same whatever else is drawn.

    Args:
        correlation: 0 makes the attributes independent (exclusive ones aside), 1 as closely related
            as ``relations`` says; shares in between are mixed linearly.
        relations: "gender", as real photographs have them; or "pairs": beards go with black hair
            and glasses with old age (``PAIRS``), and are as frequent as these.

    Raises:
        ValueError: a negative count, seed or start, a correlation outside [0, 1], or unknown
            relations.
    """
    for name, given in {"count": count, "seed": seed, "start": start}.items():
        if given < 0:
            raise ValueError(f"{name}={given!r} must not be negative.")
    if not 0 <= correlation <= 1:
        raise ValueError(f"correlation={correlation!r} must lie in [0, 1].")
    if relations not in RELATIONS:
        raise unknown_choice("relations", relations, RELATIONS)
    index = np.arange(start, start + count, dtype=np.uint64)[:, None]
    fields = np.arange(len(PARAMETERS) + len(NAMES) + 1, dtype=np.uint64)[None]
    bits = _mix(_mix(_mix(np.full(1, seed, np.uint64)) + index) + fields)
    uniform = (bits >> np.uint64(11)).astype(np.float64) / 2**53
    values, chances = np.split(uniform[:, :-1], [len(PARAMETERS)], axis=1)
    noise = (bits[:, -1] & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    return Faces(values.astype(np.float32), _labels(chances, correlation, relations), noise)


def _mix(x: np.ndarray) -> np.ndarray:
    """SplitMix64: a counter in, well-mixed bits out, the same on every machine."""
    with np.errstate(over="ignore"):
        x = x + np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _labels(chances: np.ndarray, correlation: float, relations: str) -> np.ndarray:
    """Labels from uniforms (N, 13): what others depend on first."""
    chance = dict(zip(NAMES, chances.T, strict=True))
    by_gender = correlation if relations == "gender" else 0.0
    male = chance["Male"] < PREVALENCE["Male"]

    def share(name: str, table: dict = _BY_GENDER) -> np.ndarray | float:
        women, men = table.get(name, (PREVALENCE[name],) * 2)
        return (1 - by_gender) * PREVALENCE[name] + by_gender * np.where(male, men, women)

    labels = {name: chance[name] < share(name) for name in NAMES}
    labels["Male"] = male
    # Bangs are drawn among heads that have hair.
    has_hair = 1 - share("Bald")
    labels["Bangs"] = (chance["Bangs"] < share("Bangs") / has_hair) & ~labels["Bald"]
    blond = share("Blond_Hair", {"Blond_Hair": _BLOND_BY_GENDER})
    # One uniform decides the colour: blond, black, brown, or none of them.
    colour, rest = chance["Blond_Hair"], (1 - blond) / (1 - PREVALENCE["Blond_Hair"])
    black = blond + PREVALENCE["Black_Hair"] * rest
    brown = black + PREVALENCE["Brown_Hair"] * rest
    labels["Blond_Hair"] = colour < blond
    labels["Black_Hair"] = (colour >= blond) & (colour < black)
    labels["Brown_Hair"] = (colour >= black) & (colour < brown)
    if relations == "pairs":
        for name, leader in PAIRS.items():
            overall = 1 - PREVALENCE[leader]
            opposite = (1 - correlation) * overall + correlation * ~labels[leader]
            labels[name] = chance[name] < opposite
    return np.stack([labels[name] for name in NAMES], axis=1).astype(np.uint8)
