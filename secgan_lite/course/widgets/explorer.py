"""The flip explorer as a pure function: whose face, which editors, which changes -> what is shown.

look = Look(Drawn("test", 3), ("editor-32-stargan-secgan",), (("Bangs", 1.0),))
explored = explore(look)
explored.picture, explored.scores, explored.notes
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from secgan_lite.attributes import rivals
from secgan_lite.course.figures.common import flip_name, signed
from secgan_lite.course.widgets import canvas
from secgan_lite.course.widgets.catalogue import editor, title
from secgan_lite.course.widgets.subjects import Drawn, Subject, TrueEdit, true_edit
from secgan_lite.editing import Trained, encoded
from secgan_lite.evaluation import load_judge
from secgan_lite.evaluation.truth import CHANGED, mean_iou, overlaps, pixel_sums
from secgan_lite.judges import AttributeClassifier
from secgan_lite.modalities import from_bytes
from secgan_lite.parsing import one_hot
from secgan_lite.training import TrainConfig

_HEIGHT, _SIDE, _SHEET = 480, 120, 150  # of the board; of its tiles at most, and on paper; in px
_HEADS = ("face", "change", "its mask", "mask by G_seg")
_HALF = 0.5  # from here on a change counts as wanted: the truth knows no half measures


@dataclass(frozen=True)
class Look:
    """What the explorer is asked to show.

    Attributes:
        subject: the face.
        editors: bundled editors by name, or run folders; of one image size.
        changes: (attribute, from −1 to 1) of those that were moved.
        strength: factor on all changes.
    """

    subject: Subject
    editors: tuple[str, ...]
    changes: tuple[tuple[str, float], ...] = ()
    strength: float = 1.0


@dataclass(frozen=True)
class Row:
    """A row of the picture.

    Attributes:
        title: of the input, a method or the true edit.
        measured: errors of a method's edit in words; "" for others and for photographs.
        tiles: pictures (h, h, 3), bytes, by column; None where there is none.
    """

    title: str
    measured: str
    tiles: tuple[np.ndarray | None, ...]


@dataclass(frozen=True, eq=False)
class Explored:
    """What there is to see.

    Attributes:
        alt: the picture in words.
        faces: bytes (h, h, 3) by row: "input", each method, "true edit".
        masks: segments (h, h) by row, P's or exact ones; G_seg's by "G_seg of" and the method.
        y_diff: what the generators got, by attribute.
        present: what the judge sees in the input, by attribute; empty without a judge.
        probabilities: of each attribute, by "input" and by method; empty without a judge.
        wanted: labels of the true edit, by attribute; empty for photographs.
        scores: of each method against the true edit.
        unseen: attributes whose change no training had.
        notes: what training never saw, in words.
    """

    alt: str
    faces: dict[str, np.ndarray]
    masks: dict[str, np.ndarray]
    y_diff: dict[str, float]
    present: dict[str, bool]
    probabilities: dict[str, dict[str, float]]
    wanted: dict[str, bool]
    scores: dict[str, dict[str, float]]
    unseen: tuple[str, ...]
    notes: tuple[str, ...]

    @cached_property
    def region(self) -> np.ndarray | None:
        """Where the true edit changes the face, boolean (h, h); None for photographs."""
        if "true edit" not in self.faces:
            return None
        true, source = self.faces["true edit"].astype(int), self.faces["input"]
        return np.abs(true - source).max(axis=2) > CHANGED

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Heads of the columns for which a row has a tile."""
        if any(name.startswith("G_seg of") for name in self.masks):
            return _HEADS
        return _HEADS[: 3 if self.masks else 2]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The picture, row by row."""
        return tuple(self._row(name) for name in self.faces)

    def _row(self, name: str) -> Row:
        face, source = self.faces[name], self.faces["input"]
        drawn = [self.masks.get(name), self.masks.get(f"G_seg of {name}")]
        painted = (None if mask is None else canvas.painted(mask) for mask in drawn)
        change = None if name == "input" else canvas.change(face, source)
        tiles = (face, change, *painted)[: len(self.columns)]
        return Row(name, self._measured(name), tiles)

    def _measured(self, name: str) -> str:
        """An edit's errors inside and outside of the true change, as in the table of scores."""
        if name not in self.scores:
            return ""
        score = self.scores[name]
        outside = f"{score['outside']:.1f} outside"
        if math.isnan(score["inside"]):
            return f"error {outside}"
        return f"error {score['inside']:.1f}\n(copying {score['copying']:.1f})\n{outside}"

    def outlined(self, row: Row) -> bool:
        """Whether a row's change is shown with the outline of the region."""
        return self.region is not None and row.title not in ("input", "true edit")

    def drawn(self, side: int) -> Image.Image:
        """The picture with tiles of ``side`` pixels."""
        tiles = {}
        for row in self.rows:
            face, change, *masks = row.tiles
            if self.outlined(row):
                change = canvas.outlined(change, self.region, side)
            title = f"{row.title}\n{row.measured}" if row.measured else row.title
            tiles[title] = [face, change, *masks]
        board = canvas.board(tiles, self.columns, side, sharp=self.columns[1:])
        scales = [canvas.change_scale(self.region is not None)]
        if self.masks:
            scales.append(canvas.legend(board.width))
        return canvas.stacked([board, *scales], gap=0)

    @cached_property
    def picture(self) -> Image.Image:
        """All rows, as large as the apps show them."""
        return self.drawn(min(_SIDE, _HEIGHT // len(self.faces)))

    @property
    def sheet(self) -> tuple[Image.Image, str]:
        """The same on paper, with larger tiles, for ``course.show``."""
        return canvas.on_white(self.drawn(_SHEET)), self.alt


@dataclass(frozen=True)
class _Seen:
    """A face at one size, and what P and the judge make of it."""

    pixels: np.ndarray
    x: Tensor
    segments: Tensor | None
    probabilities: dict[str, float]

    @classmethod
    def all(cls, images: Tensor, by: Trained) -> list["_Seen"]:
        """Of images (B, 3, h, h) in [−1, 1], in one pass."""
        judge = _judge(by.config.classifier, by.config.image_size, by.config.dataset)
        rows = judge(images).sigmoid().tolist() if judge else [()] * len(images)
        masks = by.parser(images).argmax(dim=1) if by.parser else [None] * len(images)
        known = [name for name in by.config.attributes if judge and name in judge.attributes]
        tiles = canvas.as_tiles(images)
        return [
            cls(tile, x[None], mask, {n: row[judge.attributes.index(n)] for n in known})
            for tile, x, mask, row in zip(tiles, images, masks, rows, strict=True)
        ]


@lru_cache(maxsize=4)
def _judge(classifier: str, image_size: int, dataset: str) -> AttributeClassifier | None:
    known = {"classifier": classifier, "image_size": image_size, "dataset": dataset}
    return load_judge(TrainConfig.of(method="baseline", data_dir="-", **known))


@lru_cache(maxsize=8)
@torch.inference_mode()
def _seen(subject: Subject, name: str) -> _Seen:
    pixels = subject.at(editor(name).config.image_size)
    return _Seen.all(from_bytes(torch.tensor(pixels))[None], editor(name))[0]


@lru_cache(maxsize=8)
@torch.inference_mode()
def _prepared(subject: Subject, name: str) -> tuple[Callable, Callable | None]:
    """Edits of a face by G_rgb, and of its mask by G_seg where there is one, encoded once."""
    trained, seen = editor(name), _seen(subject, name)
    present = present_in(subject, name)
    y_src = torch.tensor([[float(present.get(n, 0)) for n in trained.config.attributes]])
    moved = None
    if trained.g_seg is not None and seen.segments is not None:
        moved = encoded(trained.g_seg, one_hot(seen.segments[None]), y_src)
    return encoded(trained.generator, seen.x, y_src, trained.parser), moved


def wish(changes: Tensor, present: Tensor, ruled_out: Tensor) -> Tensor:
    """y_diff (n_a,) from what was asked for: what is added takes away what it rules out.

    Args:
        changes: by attribute, 0 where nothing was asked.
        present: which attributes the face has; only what is there is taken away.
        ruled_out: which exclude each other, boolean (n_a, n_a): ``attributes.rivals``.
    """
    strongest = (ruled_out * changes.clamp(min=0)[:, None]).amax(dim=0)
    return torch.where((changes == 0) & present, 0 - strongest, changes)


def unseen(y_diff: Tensor, present: Tensor) -> Tensor:
    """Entries (n_a,) that no training had: beyond ±1, added to what is there, taken from nothing.

    Training draws targets from real labels (§3.1), so y_diff is 1 only where the label is 0, and
    −1 only where it is 1.
    """
    return (y_diff.abs() > 1) | ((y_diff > 0) & present) | ((y_diff < 0) & ~present)


def present_in(subject: Subject, name: str) -> dict[str, bool]:
    """Which attributes the judge of an editor sees in a face; empty without a judge."""
    return {n: p > 0.5 for n, p in _seen(subject, name).probabilities.items()}


def _wished(look: Look) -> tuple[Tensor, Tensor]:
    """y_diff (n_a,), and which attributes the face has (n_a,)."""
    names = editor(look.editors[0]).config.attributes
    given, present = dict(look.changes), present_in(look.subject, look.editors[0])
    there = torch.tensor([present.get(name, False) for name in names])
    asked = torch.tensor([float(given.get(name, 0)) for name in names])
    return look.strength * wish(asked, there, rivals(names)), there


@torch.inference_mode()
def edited_faces(look: Look) -> dict[str, np.ndarray]:
    """``Explored.faces`` alone, without P, G_seg and judge at each edit: several times as quick."""
    y_diff, _ = _wished(look)
    faces = {"input": _seen(look.subject, look.editors[0]).pixels}
    for name in look.editors:
        edit, _ = _prepared(look.subject, name)
        faces[title(name)] = canvas.as_tiles(edit(y_diff[None]))[0]
    config = editor(look.editors[0]).config
    values = dict(zip(config.attributes, y_diff.tolist(), strict=True))
    if truth := _truth(look.subject, values, config.image_size):
        faces["true edit"] = np.moveaxis(truth.image, 0, -1)
    return faces


@torch.inference_mode()
def explore(look: Look) -> Explored:
    """Edit a face by hand.

    Raises:
        ValueError, FileNotFoundError: no such editor, or editors of several sizes.
    """
    trained = [editor(name) for name in look.editors]
    config, names = trained[0].config, trained[0].config.attributes
    if {t.config.image_size for t in trained} != {config.image_size}:
        raise ValueError(f"editors={look.editors!r}: wanted are editors of one image size.")
    seen, present = _seen(look.subject, look.editors[0]), present_in(look.subject, look.editors[0])
    y_diff, there = _wished(look)
    values = dict(zip(names, y_diff.tolist(), strict=True))
    truth = _truth(look.subject, values, config.image_size)

    prepared = [_prepared(look.subject, name) for name in look.editors]
    found = _Seen.all(torch.cat([edit(y_diff[None]) for edit, _ in prepared]), trained[0])
    titles = [title(name) for name in look.editors]
    edits = dict(zip(titles, found, strict=True))
    masks = (move and move(y_diff[None]).argmax(dim=1)[0] for _, move in prepared)
    moved = dict(zip(titles, masks, strict=True))
    faces, masks = _rows({"input": seen} | edits, moved, truth)
    scores = {name: _scores(seen, edits[name], moved[name], truth) for name in edits if truth}
    return Explored(
        _words(faces, look.subject.title),
        faces,
        masks,
        y_diff=values,
        present=present,
        probabilities={"input": seen.probabilities}
        | {name: edit.probabilities for name, edit in edits.items()},
        wanted={name: truth.labels[name] for name in names} if truth else {},
        scores=scores,
        unseen=tuple(n for n, new in zip(names, unseen(y_diff, there), strict=True) if new),
        notes=tuple(_notes(look, config, y_diff, there)),
    )


def _truth(subject: Subject, y_diff: dict[str, float], size: int) -> TrueEdit | None:
    """The true edit by all changes that are more than half; photographs have none."""
    if not isinstance(subject, Drawn):
        return None
    flips = tuple((name, int(value > 0)) for name, value in y_diff.items() if abs(value) >= _HALF)
    return true_edit(subject, flips, size)


def _rows(
    seen: dict[str, _Seen], moved: dict[str, Tensor | None], truth: TrueEdit | None
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """``faces`` and ``masks`` of ``Explored``."""
    faces = {name: part.pixels for name, part in seen.items()}
    masks = {n: part.segments.numpy() for n, part in seen.items() if part.segments is not None}
    masks |= {f"G_seg of {n}": mask.numpy() for n, mask in moved.items() if mask is not None}
    if truth:
        faces["true edit"], masks["true edit"] = np.moveaxis(truth.image, 0, -1), truth.segments
    return faces, masks


def _words(faces: dict, subject: str) -> str:
    return (
        f"{subject}: {', '.join(faces)}, one a row; {', '.join(_HEADS)}, one a column. A change is "
        f"white for none and dark blue from {canvas.FULL_CHANGE} grey levels on."
    )


def _scores(seen: _Seen, edit: _Seen, moved: Tensor | None, truth: TrueEdit) -> dict[str, float]:
    """One edit against the true one: errors in grey levels, IoUs of masks, labels judged right."""
    true = from_bytes(torch.from_numpy(truth.image))[None, None]
    sums = {k: v.item() for k, v in pixel_sums(seen.x, edit.x[None], true).items()}
    scores = {
        "inside": sums["inside/edit"] / sums["area"] if sums["area"] else math.nan,
        "copying": sums["inside/copy"] / sums["area"] if sums["area"] else math.nan,
        "outside": sums["outside/edit"] / sums["rest"],
    }
    exact = torch.from_numpy(truth.segments)[None, None]
    for name, mask in (("mask", edit.segments), ("g_seg", moved)):
        if mask is not None:
            scores[name] = float(mean_iou(overlaps(mask[None, None], exact).numpy()[0, 0]))
    if edit.probabilities:
        right = [truth.labels[n] == (p > 0.5) for n, p in edit.probabilities.items()]
        scores["labels"] = sum(right) / len(right)
    return scores


def _notes(look: Look, config: TrainConfig, y_diff: Tensor, present: Tensor) -> list[str]:
    """What training never saw, in words."""
    notes, drawn = [], isinstance(look.subject, Drawn)
    if drawn != (config.dataset == "synthetic"):
        mine, theirs = ("drawn", "photographs") if drawn else ("a photograph", "drawn faces")
        notes.append(
            f"This face is {mine}, and these weights have seen {theirs} only: what they make of it "
            "means nothing."
        )
    triples = zip(config.attributes, y_diff.tolist(), present.tolist(), strict=True)
    for name, value, there in triples:
        words = f"{name} {signed(value, '+.2f')}:"
        if abs(value) > 1:
            notes.append(f"{words} training never went beyond ±1.")
        if value > 0 and there:
            notes.append(f"{words} it is there already, and training never added what was there.")
        if value < 0 and not there:
            notes.append(f"{words} it isn't there, and training never took away what was absent.")
    return notes


def ends(name: str) -> tuple[str, str]:
    """What a face has at the left and at the right end of an attribute's slider.

    >>> ends("No_Beard"), ends("Black_Hair")
    (('beard', 'no beard'), ('not black', 'black'))
    """
    acts = (flip_name(name, present) for present in (True, False))
    off, on = (re.sub(r"^remove ", "no ", words) for words in acts)
    drop = r"^(add|(hair |skin )?to|hair(?= not)) | eyebrows$"
    return re.sub(drop, "", off), re.sub(drop, "", on)


def changed(look: Look, name: str, value: float) -> Look:
    """The same look with one control moved; controls that an addition rules out go back to 0."""
    config = editor(look.editors[0]).config
    changes = dict(look.changes) | {name: value}
    if value > 0:
        barred = rivals(config.attributes)[config.attributes.index(name)].tolist()
        for other, out in zip(config.attributes, barred, strict=True):
            if out and changes.get(other, 0) > 0:
                changes[other] = 0.0
    return replace(look, changes=tuple((n, v) for n, v in changes.items() if v))


def flipped(look: Look, name: str) -> Look:
    """The same look with one attribute reversed, or, if it is changed already, left alone again."""
    there = present_in(look.subject, look.editors[0]).get(name, False)
    moved = dict(look.changes).get(name, 0) != 0
    return changed(look, name, 0.0 if moved else -1.0 if there else 1.0)
