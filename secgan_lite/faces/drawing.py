"""From parameters to pixels: a face painted back to front, its mask along with it.

Lengths are in face units: the head is about 1 wide and 1.4 high, its centre at (0, 0).
"""

import numpy as np

from secgan_lite.attributes import NAMES
from secgan_lite.faces.canvas import Canvas, Field, Length, box, ellipse, stroke
from secgan_lite.faces.parameters import Faces

# Segments in the paper's order (§3).
SKIN, BROWS, EYES, GLASSES, EARS, EARRINGS, NOSE, MOUTH, LIPS, NECK, HAIR, OTHERS = range(12)

_NOISE_LEVELS = 2.0  # standard deviation of pixel noise, of 255
_CHUNK = 32  # faces drawn at once: their arrays stay in the processor's cache


def render(faces: Faces, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw faces.

    Args:
        faces: N of them.
        size: height = width h in pixels, 16 to 512.

    Returns:
        Images, uint8 (N, 3, h, h), and masks, uint8 (N, h, h), segments 0-11 in the paper's order.

    Raises:
        ValueError: a size that is no integer from 16 to 512.
    """
    if not (isinstance(size, int | np.integer) and 16 <= size <= 512):
        raise ValueError(f"size={size!r} must be an integer from 16 to 512.")
    images = np.empty((len(faces), 3, size, size), np.uint8)
    masks = np.empty((len(faces), size, size), np.uint8)
    for start in range(0, len(faces), _CHUNK):
        part = slice(start, start + _CHUNK)
        images[part], masks[part] = _Portrait(faces[part], size).draw()
    return images, masks


def _mix(low: object, high: object, t: Field) -> Field:
    """From low to high as t goes from 0 to 1; colours are mixed per channel."""
    low, high = np.asarray(low, np.float32), np.asarray(high, np.float32)
    return low + (high - low) * (t[:, None] if low.ndim else t)


def _ramp(colours: object, t: Field) -> Field:
    """Colours (K, 3) strung from t = 0 to 1, interpolated: (B, 3)."""
    colours = np.asarray(colours, np.float32)
    stops = np.linspace(0, 1, len(colours))
    return np.stack([np.interp(t, stops, channel) for channel in colours.T], axis=1)


def _pick(colours: object, t: Field) -> Field:
    """One of K colours by t in [0, 1]: (B, 3)."""
    colours = np.asarray(colours, np.float32)
    return colours[np.minimum((t * len(colours)).astype(int), len(colours) - 1)]


def _muted(hue: Field, saturation: Length, value: Field) -> Field:
    """A colour of the given hue, gently saturated: (B, 3)."""
    angle = 2 * np.pi * (hue[:, None] - np.array([0, 1 / 3, 2 / 3], np.float32))
    return value[:, None] * (1 + np.reshape(saturation, (-1, 1)) * np.cos(angle))


def _column(values: Field) -> Field:
    return values[:, None, None].astype(np.float32)


class _Portrait:
    """One batch of faces in the making. Each method paints one part."""

    def __init__(self, faces: Faces, size: int) -> None:
        f = self.faces = faces
        on = {name: f.label(name).astype(np.float32) for name in NAMES}
        self.bald, self.bangs, self.male = on["Bald"], on["Bangs"], on["Male"]
        self.bushy, self.glasses, self.open = (
            on["Bushy_Eyebrows"],
            on["Eyeglasses"],
            on["Mouth_Slightly_Open"],
        )
        self.moustache, self.beard = on["Mustache"], 1 - on["No_Beard"]
        self.pale, self.old = on["Pale_Skin"], 1 - on["Young"]
        scale = _mix(1.06, 1.24, f.scale)
        self.canvas = Canvas(
            size,
            (
                _mix(-0.07, 0.07, f.shift_x),
                _mix(0.02, 0.12, f.shift_y),
                scale,
                _mix(-0.13, 0.13, f.tilt),
            ),
            OTHERS,
        )
        self.hair_colour = self._hair_colour(on)
        self.skin_colour = self._skin_colour()
        self.turn = _column(_mix(-0.07, 0.07, f.yaw))
        self.half_width = _column(_mix(0.47, 0.55, f.face_width) + 0.015 * self.male)
        self.chin = _column(_mix(0.66, 0.76, f.face_length))
        # Hair length: the same uniform for all, but men wear less of it.
        self.length = np.where(self.male > 0, 0.55 * f.hair_length - 0.32, 1.25 * f.hair_length)
        self.hat = ((f.hat < 0.06) & (self.bald == 0)).astype(np.float32)

    def draw(self) -> tuple[np.ndarray, np.ndarray]:
        """Paint all parts, back to front."""
        self._background()
        self._hair_behind()
        self._body()
        self._ears()
        self._head()
        self._age()
        self._nose()
        self._mouth()
        self._beard()
        self._eyes()
        self._brows()
        self._hair_in_front()
        self._glasses()
        self._earrings()
        self._hat()
        return self._finish(), self.canvas.mask

    def _hair_colour(self, on: dict[str, Field]) -> Field:
        shade = self.faces.hair_shade
        ginger, grey = _mix((0.62, 0.22, 0.08), (0.78, 0.36, 0.14), shade), _mix(0.55, 0.75, shade)
        other = np.where(self.faces.hair_other[:, None] < 0.6, ginger, grey[:, None])
        for name, low, high in (
            ("Black_Hair", (0.06, 0.05, 0.06), (0.14, 0.12, 0.13)),
            ("Blond_Hair", (0.80, 0.62, 0.30), (0.95, 0.84, 0.56)),
            ("Brown_Hair", (0.27, 0.15, 0.08), (0.43, 0.26, 0.14)),
        ):
            other = np.where(on[name][:, None] > 0, _mix(low, high, shade), other)
        return other

    def _skin_colour(self) -> Field:
        tones = ((0.40, 0.25, 0.17), (0.58, 0.39, 0.27), (0.74, 0.53, 0.39), (0.86, 0.66, 0.52))
        pale = _mix((0.98, 0.87, 0.84), (0.98, 0.92, 0.87), self.faces.skin)
        return np.where(self.pale[:, None] > 0, pale, _ramp(tones, self.faces.skin))

    def _background(self) -> None:
        f, c = self.faces, self.canvas
        light = _mix(0.40, 0.78, f.background_light)
        base = _muted(f.background, 0.12, light)
        turn = _column(2 * np.pi * f.background_turn)
        slope = _column(_mix(0.04, 0.20, f.background_depth))
        away = np.cos(turn) * c.x + np.sin(turn) * c.y
        blob = (c.x - _column(_mix(-1, 1, f.blob_x))) ** 2 + (
            c.y - _column(_mix(-1, 0.6, f.blob_y))
        ) ** 2
        c.image[:] = (
            base[:, :, None, None] * (1 + slope * away + 0.16 * np.exp(-2.5 * blob))[:, None]
        )

    def _strands(self, x: Field, y: Field, distance: Field) -> Field:
        """Light and dark locks that follow the head's outline, and a gloss on the crown."""
        f = self.faces
        across = x * (1.4 - 0.5 * y) + 0.12 * np.sin(5 * y + 6 * _column(f.hair_part))
        locks = 0.10 * np.sin(34 * across + 9 * _column(f.hair_curl)) + 0.05 * np.sin(71 * across)
        gloss = 0.22 * np.exp(-(((y + 0.55) / 0.12) ** 2)) * np.cos(1.6 * x) ** 2
        return 1 + locks + gloss + 0.25 * np.clip(-distance - 0.06, -0.1, 0.05)

    def _outline(self, x: Field, y: Field) -> Field:
        """The head of hair as seen from the front, without what hangs down."""
        f = self.faces
        volume = _column(_mix(0.05, 0.15, f.hair_volume))
        curl = _column(0.022 * np.clip(2 * f.hair_curl - 0.8, 0, 1))
        wave = curl * np.sin(15 * np.arctan2(x, -y + 0.1))
        return ellipse(x, y + 0.12, self.half_width + 0.06 + volume, 0.66 + volume) - wave

    def _hair_behind(self) -> None:
        f = self.faces
        length = _column(self.length)
        volume = _column(_mix(0.05, 0.15, f.hair_volume))

        def hanging(x: Field, y: Field) -> Field:
            middle, half = (length - 0.2) / 2, (length + 0.2) / 2
            wide = self.half_width + 0.05 + volume + 0.05 * np.sin(4 * y + 5 * _column(f.hair_curl))
            fall = box(x, y - middle, wide, np.maximum(half, 0.05), 0.1)
            return np.minimum(self._outline(x, y), np.where(length > -0.1, fall, 1.0))

        def fringe_of_baldness(x: Field, y: Field) -> Field:
            shell = ellipse(x, y + 0.03, self.half_width + 0.13, 0.33)
            return np.maximum(shell, self.half_width - 0.05 - np.abs(x))

        dark = 0.82 * self.hair_colour
        paint = self.canvas.paint
        paint(hanging, dark, segment=HAIR, opacity=1 - self.bald, shade=self._strands)
        paint(fringe_of_baldness, self.hair_colour, segment=HAIR, opacity=self.bald)

    def _body(self) -> None:
        f, paint = self.faces, self.canvas.paint
        window = self.canvas.window(-1.6, 0.3, 1.6, 1.6)
        neck = _column(_mix(0.23, 0.29, f.face_width) + 0.05 * self.male)
        cloth = _muted(f.clothes, 0.35, _mix(0.22, 0.80, f.clothes_light))
        collar = _column(_mix(0.16, 0.36, f.collar))

        def shoulders(x: Field, y: Field) -> Field:
            return ellipse(x, y - 1.55, 1.02, 0.66)

        def column(x: Field, y: Field) -> Field:
            tube = box(x, y - 0.7, neck + 0.25 * np.maximum(y - 0.85, 0), 0.35)
            opening = ellipse(x, y - 0.9, collar + 0.08, 0.16)
            return np.minimum(tube, opening)

        def under_chin(x: Field, y: Field, _: Field) -> Field:
            return 0.90 - 0.22 * np.exp(-(((y - self.chin) / 0.14) ** 2))

        paint(shoulders, cloth, segment=OTHERS, window=window)
        paint(column, self.skin_colour, segment=NECK, window=window, shade=under_chin)

    def _ears(self) -> None:
        f, paint = self.faces, self.canvas.paint
        window = self.canvas.window(-0.75, -0.25, 0.75, 0.4)
        height = _column(_mix(0.12, 0.17, f.ears))
        # Long hair covers the ears.
        bare = ((self.length < 0.30) | (self.bald > 0)).astype(np.float32)

        def ear(x: Field, y: Field) -> Field:
            side = np.abs(x + 0.5 * self.turn) - self.half_width - 0.02
            return ellipse(side, y - 0.06, 0.075, height)

        def hollow(x: Field, y: Field) -> Field:
            side = np.abs(x + 0.5 * self.turn) - self.half_width - 0.035
            return ellipse(side, y - 0.06, 0.03, 0.55 * height)

        paint(ear, 0.94 * self.skin_colour, segment=EARS, opacity=bare, window=window)
        paint(hollow, 0.72 * self.skin_colour, opacity=0.8 * bare, window=window)

    def _face(self, x: Field, y: Field) -> Field:
        """The head: round above, towards the chin tapered, squarer for men."""
        f = self.faces
        taper = _column(_mix(0.38, 0.20, f.jaw) - 0.17 * self.male)
        below = np.clip(y, 0, None) / self.chin
        wide = self.half_width * (1 - taper * below**2)
        power = _column(_mix(0.0, 0.25, f.jaw) + 0.25 * self.male)
        high = np.where(y > 0, self.chin * (1 + 0.06 * power), 0.70)
        return ellipse(x * (1 - 0.10 * power * below * (1 - below)), y, wide, high)

    def _head(self) -> None:
        side = _column(_mix(-0.16, 0.16, self.faces.light_x))

        def shade(x: Field, y: Field, distance: Field) -> Field:
            edge = np.clip(1 + distance / 0.22, 0, 1)
            return 1.03 - 0.20 * edge**2 + side * x - 0.05 * y

        window = self.canvas.window(-0.7, -0.8, 0.7, 0.9)
        self.canvas.paint(self._face, self.skin_colour, segment=SKIN, window=window, shade=shade)
        self._cheeks()

    def _cheeks(self) -> None:
        window = self.canvas.window(-0.6, -0.2, 0.6, 0.7)
        blush = self.skin_colour * np.array([1.02, 0.80, 0.78], np.float32)

        def cheeks(x: Field, y: Field) -> Field:
            cheek = ellipse(np.abs(x - self.turn) - 0.29, y - 0.22, 0.12, 0.09)
            return np.maximum(cheek, self._face(x, y) + 0.08)

        strength = 0.55 * (1 - 0.8 * self.male)
        self.canvas.paint(cheeks, blush, opacity=strength, soft=0.14, window=window)

    def _age(self) -> None:
        """Young or not: lines on the forehead, from nose to mouth, beside and below the eyes."""
        f, paint = self.faces, self.canvas.paint
        dark = 0.58 * self.skin_colour
        depth = self.old * _mix(0.75, 0.95, f.wrinkles)
        window = self.canvas.window(-0.6, -0.6, 0.6, 0.7)

        def forehead(x: Field, y: Field) -> Field:
            lines = [stroke(x - self.turn, y + h, 0.27, 0.03, 0.017) for h in (0.50, 0.42, 0.34)]
            return np.minimum.reduce(lines)

        def folds(x: Field, y: Field) -> Field:
            side = np.abs(x - self.turn) - 0.165 - 0.20 * (y - 0.22)
            return box(side, y - 0.32, 0.012, 0.10, 0.01)

        def below_eyes(x: Field, y: Field) -> Field:
            side = np.abs(x - self.turn) - 0.22
            return stroke(side, -(y - 0.115), 0.085, 0.03, 0.017)

        def beside_eyes(x: Field, y: Field) -> Field:
            side = np.abs(x - self.turn) - 0.395
            lines = [box(side, y + 0.0 - k * (0.03 + 0.4 * side), 0.045, 0.009) for k in (-1, 0, 1)]
            return np.minimum.reduce(lines)

        def hollow_cheeks(x: Field, y: Field) -> Field:
            cheek = ellipse(np.abs(x - self.turn) - 0.34, y - 0.36, 0.07, 0.15)
            return np.maximum(cheek, self._face(x, y) + 0.06)

        for part in (forehead, folds, below_eyes, beside_eyes):
            paint(part, dark, opacity=depth, window=window)
        paint(hollow_cheeks, 0.8 * self.skin_colour, opacity=0.7 * depth, soft=0.1, window=window)

    def _nose(self) -> None:
        f, paint = self.faces, self.canvas.paint
        window = self.canvas.window(-0.3, -0.15, 0.3, 0.4)
        tip = _column(_mix(0.20, 0.27, f.nose_length))
        wide = _column(_mix(0.085, 0.125, f.nose_width) + 0.012 * self.male)
        shift = 1.6 * self.turn

        def nose(x: Field, y: Field) -> Field:
            along = np.clip((y + 0.06) / (tip + 0.06), 0, 1)
            half = 0.042 + (wide - 0.042) * along**1.6
            return box(
                x - shift * (0.5 + 0.5 * along), y - (tip - 0.06) / 2, half, (tip + 0.06) / 2, 0.04
            )

        def shade(x: Field, y: Field, distance: Field) -> Field:
            ridge = np.exp(-(((x - shift) / 0.035) ** 2))
            under = np.exp(-(((y - tip) / 0.035) ** 2))
            return 0.95 + 0.10 * ridge - 0.20 * under + 0.6 * np.clip(distance, -0.06, 0)

        def nostrils(x: Field, y: Field) -> Field:
            return ellipse(np.abs(x - shift) - 0.5 * wide, y - tip + 0.025, 0.024, 0.014)

        paint(nose, self.skin_colour, segment=NOSE, window=window, shade=shade)
        paint(nostrils, 0.42 * self.skin_colour, opacity=0.85, window=window)

    def _mouth(self) -> None:
        f, paint = self.faces, self.canvas.paint
        window = self.canvas.window(-0.35, 0.25, 0.35, 0.72)
        x0, y0 = self.turn, _column(_mix(0.40, 0.45, f.mouth_height))
        half = _column(_mix(0.145, 0.195, f.mouth_width))
        lip = _column(_mix(0.030, 0.044, f.lips) - 0.006 * self.male)
        gap = _column(self.open * _mix(0.045, 0.085, f.mouth_opening))
        smile = _column(_mix(-0.01, 0.05, f.smile))
        rose = _mix((0.80, 0.30, 0.32), (0.74, 0.40, 0.36), self.male)
        colour = 0.45 * self.skin_colour * np.array([1.1, 0.8, 0.8], np.float32) + 0.55 * rose
        colour = np.where(self.male[:, None] > 0, 0.5 * colour + 0.42 * self.skin_colour, colour)

        def place(x: Field, y: Field) -> tuple[Field, Field]:
            return x - x0, y - y0 - gap / 2 + smile * ((x - x0) / half) ** 2

        def lips(x: Field, y: Field) -> Field:
            x, y = place(x, y)
            bow = 0.010 * np.exp(-((x / 0.03) ** 2)) * (y < 0)
            return ellipse(x, y + bow, half, lip + gap / 2 + 0.004)

        def upper_is_darker(x: Field, y: Field, _: Field) -> Field:
            return 0.94 + 0.9 * np.clip(place(x, y)[1], -0.10, 0.10)

        def inside(x: Field, y: Field) -> Field:
            x, y = place(x, y)
            return ellipse(x, y, half - 0.035, np.maximum(gap / 2, 1e-3))

        def teeth(x: Field, y: Field) -> Field:
            x, y = place(x, y)
            bite = box(x, y + gap * 0.34, half - 0.06, gap * 0.16, 0.01)
            return np.maximum(bite, ellipse(x, y, half - 0.035, np.maximum(gap / 2, 1e-3)))

        def line(x: Field, y: Field) -> Field:
            x, y = place(x, y)
            return stroke(x, y, half - 0.01, 0.0, 0.012)

        flat = np.ones((len(f), 1), np.float32)
        paint(lips, colour, segment=LIPS, window=window, shade=upper_is_darker)
        paint(line, 0.5 * colour, opacity=1 - self.open, window=window)
        paint(inside, flat * (0.30, 0.06, 0.08), segment=MOUTH, opacity=self.open, window=window)
        paint(teeth, flat * (0.94, 0.92, 0.88), opacity=self.open, window=window)

    def _beard(self) -> None:
        f, paint = self.faces, self.canvas.paint
        window = self.canvas.window(-0.7, 0.0, 0.7, 1.1)
        colour = 0.62 * self.hair_colour + 0.02
        long = _column(_mix(0.0, 0.09, f.beard_length))
        y0 = _column(
            _mix(0.40, 0.45, f.mouth_height) + self.open * _mix(0.045, 0.085, f.mouth_opening) / 2
        )
        wide = _column(_mix(0.13, 0.19, f.moustache))

        def beard(x: Field, y: Field) -> Field:
            jaw = np.minimum(self._face(x, y), self._face(x * 1.15, y - long))
            side = np.abs(x - self.turn)
            upper = 0.52 - y - 0.80 * np.clip(side - 0.17, 0, 0.4)
            mouth = -ellipse(x - self.turn, y - y0, 0.25, 0.105 + 0.35 * (y0 - 0.425))
            return np.maximum.reduce([jaw, upper, mouth])

        def grain(x: Field, y: Field, distance: Field) -> Field:
            return 1 + 0.14 * np.sin(46 * x + 3 * np.sin(31 * y)) * np.sin(53 * y)

        def moustache(x: Field, y: Field) -> Field:
            side = np.abs(x - self.turn)
            top = _column(_mix(0.40, 0.45, f.mouth_height)) - 0.075
            return stroke(
                side - wide / 2, y - top - 0.10 * side + 0.01, wide / 2 + 0.03, 0.012, 0.038
            )

        def shadow(x: Field, y: Field) -> Field:
            return np.maximum(self._face(x, y) + 0.02, 0.46 - y)

        grey = 0.72 * self.skin_colour
        paint(shadow, grey, opacity=0.30 * self.male * (1 - self.beard), soft=0.12, window=window)
        paint(
            beard,
            colour,
            opacity=self.beard * _mix(0.80, 0.97, f.beard_density),
            window=window,
            shade=grain,
        )
        paint(moustache, 0.9 * colour, opacity=0.97 * self.moustache, window=window, shade=grain)

    def _eyes(self) -> None:
        f, paint = self.faces, self.canvas.paint
        window = self.canvas.window(-0.5, -0.2, 0.5, 0.2)
        apart = _column(_mix(0.195, 0.235, f.eye_distance))
        rx = _column(_mix(0.085, 0.105, f.eye_size))
        ry = _column(_mix(0.040, 0.056, f.eye_size))
        flat = np.ones((len(f), 1), np.float32)
        iris = _ramp(
            ((0.24, 0.14, 0.08), (0.42, 0.30, 0.14), (0.28, 0.42, 0.30), (0.30, 0.48, 0.66)),
            f.eye_colour,
        )
        gaze = _column(_mix(-0.03, 0.03, f.gaze_x)), _column(_mix(-0.012, 0.012, f.gaze_y))

        def at(x: Field, y: Field) -> tuple[Field, Field]:
            return np.abs(x - self.turn) - apart, y + 0.005

        def almond(x: Field, y: Field) -> Field:
            x, y = at(x, y)
            return ellipse(x, y + 0.12 * x * np.sign(y), rx, ry)

        def disc(radius: float, dx: float = 0.0, dy: float = 0.0):
            def shape(x: Field, y: Field) -> Field:
                middle = np.sign(x - self.turn) * apart
                round_ = np.hypot(x - self.turn - middle - gaze[0] - dx, y + 0.005 - gaze[1] - dy)
                return np.maximum(round_ - radius, almond(x, y))

            return shape

        def lid(x: Field, y: Field) -> Field:
            x, y = at(x, y)
            lash = _column(0.010 + 0.007 * (1 - self.male))
            return stroke(x, y + 0.012, rx + 0.012 + 0.4 * lash, ry + 0.004, lash)

        def socket(x: Field, y: Field) -> Field:
            x, y = at(x, y)
            return ellipse(x, y + 0.05, rx + 0.02, ry + 0.035)

        paint(socket, 0.80 * self.skin_colour, opacity=0.55, soft=0.06, window=window)
        paint(almond, flat * (0.92, 0.90, 0.88), segment=EYES, window=window)
        paint(disc(0.042), iris, window=window)
        paint(disc(0.021), flat * (0.04, 0.03, 0.04), window=window)
        paint(disc(0.011, -0.014, -0.014), flat * (1.0, 1.0, 1.0), window=window)
        paint(lid, flat * (0.16, 0.10, 0.09), opacity=0.9, window=window)

    def _brows(self) -> None:
        f = self.faces
        window = self.canvas.window(-0.55, -0.4, 0.55, 0.0)
        height = _column(_mix(0.125, 0.165, f.brow_height) - 0.012 * self.male)
        arch = _column(_mix(0.01, 0.04, f.brow_arch))
        thick = _column(np.where(self.bushy > 0, 0.047, 0.019 + 0.004 * self.male))
        colour = 0.60 * self.hair_colour + 0.40 * np.array([0.22, 0.14, 0.10], np.float32)
        colour = np.where(self.bushy[:, None] > 0, 0.75 * colour, colour)

        def brow(x: Field, y: Field) -> Field:
            side = np.abs(x - self.turn) - 0.235
            return stroke(side, y + height, 0.125, arch, thick)

        def hairs(x: Field, y: Field, _: Field) -> Field:
            return 1 + 0.15 * np.sin(60 * np.abs(x) + 22 * y)

        self.canvas.paint(brow, colour, segment=BROWS, window=window, shade=hairs)

    def _hair_in_front(self) -> None:
        f, paint = self.faces, self.canvas.paint
        part = _column(_mix(-0.22, 0.22, f.hair_part))
        length = _column(self.length)
        thick = _column(_mix(0.03, 0.07, f.hair_volume))

        def crown(x: Field, y: Field) -> Field:
            hairline = (
                -0.44
                + 0.62 * np.abs(x - 0.4 * part) ** 1.8
                - 0.05 * np.exp(-(((x - part) / 0.08) ** 2))
            )
            return np.maximum(self._outline(x, y), y - hairline)

        def locks(x: Field, y: Field) -> Field:
            inner = self.half_width - thick - 0.03 * np.sin(6 * y + 4 * _column(f.hair_curl))
            strip = np.abs(np.abs(x) - inner - 0.07) - 0.085
            upper, lower = -0.35 - y, y - np.minimum(length, 0.95)
            return np.maximum.reduce([strip, upper, lower])

        def bangs(x: Field, y: Field) -> Field:
            fringe = -0.215 + 0.022 * np.sin(21 * x + 8 * _column(f.hair_curl)) - 0.12 * x**2
            inside = np.maximum(y - fringe, np.abs(x) - self.half_width + 0.01)
            return np.maximum(inside, -0.58 - y)

        hair = 1 - self.bald
        long = hair * (self.length > 0.30)
        paint(locks, self.hair_colour, segment=HAIR, opacity=long, shade=self._strands)
        paint(crown, self.hair_colour, segment=HAIR, opacity=hair, shade=self._strands)
        window = self.canvas.window(-0.65, -0.65, 0.65, 0.0)
        paint(
            bangs,
            0.93 * self.hair_colour,
            segment=HAIR,
            opacity=self.bangs,
            window=window,
            shade=self._strands,
        )

    def _glasses(self) -> None:
        f, paint = self.faces, self.canvas.paint
        window = self.canvas.window(-0.75, -0.25, 0.75, 0.25)
        frame = _pick(
            ((0.10, 0.09, 0.10), (0.45, 0.10, 0.12), (0.12, 0.18, 0.42), (0.62, 0.48, 0.20)),
            f.glasses_colour,
        )
        rx = _column(_mix(0.145, 0.175, f.glasses_size))
        ry = _column(_mix(0.105, 0.135, f.glasses_size))
        corner = _column(_mix(0.105, 0.03, f.glasses_shape))

        def lens(x: Field, y: Field) -> Field:
            return box(np.abs(x - self.turn) - 0.22, y - 0.01, rx, ry, corner)

        def rims(x: Field, y: Field) -> Field:
            rim = np.abs(lens(x, y)) - 0.017
            bridge = box(x - self.turn, y + 0.02, np.maximum(0.22 - rx, 0.02), 0.013)
            outer = 0.22 + rx
            arms = box(
                np.abs(x - self.turn) - (outer + 0.55) / 2, y + 0.04, (0.62 - outer) / 2, 0.014
            )
            return np.minimum.reduce([rim, bridge, arms])

        tint = self.glasses * _mix(0.10, 0.38, f.glasses_tint)
        paint(lens, 0.5 * frame + 0.25, segment=GLASSES, opacity=tint, window=window)
        paint(rims, frame, segment=GLASSES, opacity=self.glasses, window=window)

    def _earrings(self) -> None:
        f = self.faces
        worn = (f.earrings < np.where(self.male > 0, 0.12, 0.45)).astype(np.float32)
        colour = _pick(
            ((0.93, 0.76, 0.28), (0.86, 0.88, 0.92), (0.16, 0.66, 0.68)), f.earring_colour
        )
        radius = _column(_mix(0.052, 0.068, f.earring_size))

        def drop(x: Field, y: Field) -> Field:
            side = np.abs(x + 0.5 * self.turn) - self.half_width - 0.045
            return np.hypot(side, y - 0.27) - radius

        def gleam(x: Field, y: Field, distance: Field) -> Field:
            return 0.85 + 5.0 * np.clip(-distance - 0.02, 0, 0.04)

        window = self.canvas.window(-0.8, 0.1, 0.8, 0.45)
        self.canvas.paint(drop, colour, segment=EARRINGS, opacity=worn, window=window, shade=gleam)

    def _hat(self) -> None:
        f, paint = self.faces, self.canvas.paint
        colour = _muted(f.hat_colour, 0.35, _mix(0.35, 0.65, f.clothes_light))
        wide = self.half_width + _column(_mix(0.13, 0.20, f.hair_volume))

        def dome(x: Field, y: Field) -> Field:
            return np.maximum(ellipse(x, y + 0.50, wide, 0.42), y + 0.52)

        def brim(x: Field, y: Field) -> Field:
            return stroke(x, y + 0.53, wide + 0.10, 0.03, 0.06)

        paint(dome, colour, segment=OTHERS, opacity=self.hat)
        paint(brim, 0.72 * colour, segment=OTHERS, opacity=self.hat)

    def _finish(self) -> np.ndarray:
        """Light, then noise that depends on (face, pixel) alone: an edit leaves it where it was."""
        f, image = self.faces, self.canvas.image
        light = _mix(0.90, 1.06, f.light)
        warmth = np.outer(f.warmth - 0.5, np.array([0.06, 0.0, -0.06], np.float32))
        image *= ((1 + warmth) * light[:, None])[:, :, None, None].astype(np.float32)
        image *= 255
        image += _hash_noise(f.noise, image.shape[-1])[:, None]
        return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def _hash_noise(seeds: np.ndarray, size: int) -> Field:
    """Near-normal noise (B, size, size): the four bytes of a hash of (seed, pixel), added up."""
    pixel = np.arange(size * size, dtype=np.uint32) * np.uint32(0x9E3779B1)
    bits = seeds[:, None] ^ pixel[None]
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        bits ^= bits >> np.uint32(shift)
        bits *= np.uint32(factor)
    bits ^= bits >> np.uint32(16)
    total = np.zeros(bits.shape, np.float32)
    for byte in range(4):
        total += (bits >> np.uint32(8 * byte)) & np.uint32(255)
    # Four uniform bytes: mean 510, standard deviation 147.8.
    return ((total - 510) * (_NOISE_LEVELS / 147.8)).reshape(len(seeds), size, size)
