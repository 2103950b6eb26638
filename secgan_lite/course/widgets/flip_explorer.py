"""The flip explorer's page, around the pure function ``explorer.explore``.

A person's act comes as a message, ``FlipExplorer.do`` obeys, and ``shown`` and ``tiles`` answer.
"""

from dataclasses import replace

import numpy as np
from PIL import Image
from traitlets import Bytes

from secgan_lite.course.figures.common import flip_name
from secgan_lite.course.widgets import canvas, pages
from secgan_lite.course.widgets.catalogue import (
    Entry,
    catalogue,
    choices,
    chosen,
    editor,
    entry,
)
from secgan_lite.course.widgets.controls import ASSETS, History, Page, script, small
from secgan_lite.course.widgets.explorer import (
    Explored,
    Look,
    changed,
    ends,
    explore,
    flipped,
)
from secgan_lite.course.widgets.subjects import CROP, SLIDER_GROUPS, Drawn, Photo
from secgan_lite.editing import compared_size
from secgan_lite.faces import PARAMETERS
from secgan_lite.segments import PALETTE, SEGMENTS
from secgan_lite.support.images import ImageError

_FACES = 200
_SOURCES = {"test": "test face", "new": "new face", "photo": "photo"}
_SEGMENTS = [
    (f"rgb{tuple(colour)}", name) for colour, name in zip(PALETTE.tolist(), SEGMENTS, strict=True)
]
_BLUES = canvas.CHANGES[::51].tolist()  # from no change to a full one


class FlipExplorer(Page):
    """Edit a face by hand: choose it, move attributes, compare methods, see what the judge sees.

    Args:
        run_dir: folder of a finished run to show beside the bundled editors, and first.
        image_size, backbone, method: what is shown first; "" and -1 for the run's, or the
            largest with another to compare.

    Attributes:
        look: what is shown.
        explored: what came of it.
        shown, tiles: the same for the page, as JSON and as bytes.
    """

    _esm = script("flip_explorer.js")
    _css = ASSETS / "flip_explorer.css"
    _question = "With one flip: what does the edit change, and what would the true one change?"
    tiles = Bytes().tag(sync=True)

    def __init__(
        self, run_dir: str = "", image_size: int = -1, backbone: str = "", method: str = ""
    ) -> None:
        super().__init__()
        self._entries, self._history, self._photo = catalogue(run_dir), History(), None
        first = self._first(run_dir, image_size, backbone, method)
        self._show(Look(Drawn(), (first.name,)))

    def _first(self, run_dir: str, image_size: int, backbone: str, method: str) -> Entry:
        wanted = {"image_size": image_size, "backbone": backbone, "method": method}
        wanted = {k: v for k, v in wanted.items() if v not in ("", -1)}
        fits = [e for e in self._entries if all(getattr(e, k) == v for k, v in wanted.items())]
        fits = [e for e in fits if e.name == str(run_dir)] if run_dir else fits
        if not fits:
            there = ", ".join(f"{e.image_size} px {e.backbone} {e.method}" for e in self._entries)
            raise ValueError(f"No editor is at hand for {wanted}. There are: {there}.")
        size = max((e.image_size for e in fits), key=lambda size: (size == compared_size(), size))
        return [e for e in fits if e.image_size == size][-1]

    def _picture(self) -> tuple[Image.Image, str]:
        """Where nothing was pressed, with bangs reversed: a page without a kernel shows an edit."""
        names = editor(self.look.editors[0]).config.attributes
        if self.look.changes:
            return small(self.explored)
        look = flipped(self.look, "Bangs" if "Bangs" in names else names[0])
        return small(explore(look), (700, 460))  # changes take more bytes

    # What a person does

    def _take(self, _: object, content: dict, buffers: list) -> None:
        """What can't be done is said on the page."""
        try:
            super()._take(_, content, buffers)
        except ValueError as error:
            self._show(self.look, (str(error),))

    def _do_slide(self, name: str, value: float) -> None:
        self._go(changed(self.look, name, value), f"slider {name}")

    def _do_flip(self, name: str) -> None:
        self._go(flipped(self.look, name), f"flip {name}")

    def _do_strength(self, value: float) -> None:
        self._go(replace(self.look, strength=value), "strength")

    def _do_source(self, value: str) -> None:
        if value != "photo":
            self._change_face(Drawn(value, self._number))
        elif self._photo:
            self._change_face(self._photo)
        else:
            ask = "Choose a photo (JPEG, PNG, WebP, BMP, GIF, TIFF or AVIF). It stays here."
            self._show(self.look, (ask,), source="photo")

    def _do_number(self, value: int) -> None:
        split = self.look.subject.split if isinstance(self.look.subject, Drawn) else "test"
        self._change_face(Drawn(split, value))

    def _do_another(self) -> None:
        self._do_number((self._number + 1) % _FACES)

    def _do_photo(self, file: str, data: bytes) -> None:
        try:
            self._photo = Photo.read(data, file)
        except ImageError as error:
            raise ValueError(f"{canvas.plain(file)}: {error}") from error
        self._change_face(self._photo)

    def _do_crop(self, name: str, value: float) -> None:
        self._photo = self.look.subject.cropped(name, value)
        self._go(replace(self.look, subject=self._photo), f"crop {name}")

    def _do_parameter(self, name: str, value: float) -> None:
        subject = self.look.subject.with_parameter(name, value)
        self._go(replace(self.look, subject=subject), f"parameter {name}")

    def _do_editor(self, **wanted: object) -> None:
        """The nearest editor to what the menus say: a new size may lack the backbone."""
        now = self.shown["editor"] | wanted
        size = int(now["size"])
        backbones = choices(self._entries, image_size=size)
        backbone = now["backbone"] if now["backbone"] in backbones else backbones[0]
        methods = choices(self._entries, image_size=size, backbone=backbone)
        method = now["method"] if now["method"] in methods else methods[-1]
        names = chosen(self._entries, size, backbone, method, now["together"])
        self._go(replace(self.look, editors=names), "editor")

    def _do_undo(self) -> None:
        self._show(self._history.back() or self.look)

    def _do_reset(self) -> None:
        self._go(replace(self.look, changes=(), strength=1.0), "reset")

    def _do_restore(self, state: dict) -> None:
        """Show what a link says; photographs are in no link."""
        try:
            face = Drawn(state["split"], state["number"])
            for name, value in state["parameters"].items():
                face = face.with_parameter(name, value)
            known = [e.name for e in self._entries]
            editors = tuple(name for name in state["editors"] if name in known)
            look = Look(face, editors or self.look.editors, strength=float(state["strength"]))
            for name, value in state["changes"].items():
                look = changed(look, name, max(-1.0, min(1.0, value)))
            self._go(look, "restore")
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"The link's edit can't be read ({error}).") from error

    def _do_save(self) -> None:
        """Send the picture as a file."""
        self.shown = self.shown | {"answer": self._answer}
        moved = ", ".join(f"{n} {v:+.2f}" for n, v in self.explored.y_diff.items() if v)
        caption = f"{self.look.subject.title}: {moved or 'unchanged'}"
        data = canvas.quick_png(canvas.on_white(canvas.titled(self.explored.picture, caption)))
        self.send({"save": pages.file_name(self.look.subject.title)}, [data])

    # What comes of it

    @property
    def _number(self) -> int:
        return self.look.subject.number if isinstance(self.look.subject, Drawn) else 0

    def _go(self, look: Look, control: str) -> None:
        """Show a new look, after which the old one can be had back."""
        explored = explore(look)
        self._history.keep(self.look, control)
        self._write(look, explored)

    def _change_face(self, subject: Drawn | Photo) -> None:
        """Another face starts unchanged."""
        self._go(replace(self.look, subject=subject, changes=()), "face")

    def _show(self, look: Look, more: tuple[str, ...] = (), source: str = "") -> None:
        self._write(look, explore(look), more, source)

    def _write(
        self, look: Look, explored: Explored, more: tuple[str, ...] = (), source: str = ""
    ) -> None:
        """Send the page what it shows, in one message."""
        self.look, self.explored = look, explored
        tiles, board = _board(explored)
        with self.hold_sync():
            self.tiles = tiles
            self.shown = {
                "answer": self._answer,
                "face": self._face(source),
                "editor": self._editor(),
                "strength": look.strength,
                "attributes": _attributes(look, explored),
                "methods": _methods(explored),
                "board": board,
                "words": explored.alt,
                "scores": pages.scores(explored),
                "notes": [*more, *explored.notes],
                "undo": len(self._history) > 0,
                "saves": True,
                "code": _code(look, explored),
                "state": _state(look),
                "crop": _crop(look.subject),
                "parameters": _parameters(look.subject),
            }

    def _face(self, source: str) -> dict:
        subject = self.look.subject
        drawn = isinstance(subject, Drawn)
        return {
            "sources": [*_SOURCES.items()],
            "source": source or (subject.split if drawn else "photo"),
            "number": subject.number if drawn and not source else None,
        }

    def _editor(self) -> dict:
        now = entry(self._entries, self.look.editors[-1])
        sizes, backbones = choices(self._entries), choices(self._entries, image_size=now.image_size)
        methods = choices(self._entries, image_size=now.image_size, backbone=now.backbone)
        return {
            "sizes": [(size, f"{size} px") for size in sizes],
            "size": now.image_size,
            "backbones": [(name, name) for name in backbones],
            "backbone": now.backbone,
            "methods": [(name, name) for name in methods],
            "method": now.method,
            "together": len(self.look.editors) > 1,
        }


def _board(explored: Explored) -> tuple[bytes, dict]:
    """The tiles' bytes, one after the other, and where each belongs."""
    tiles: list[np.ndarray] = []
    rows = []
    for row in explored.rows:
        places: list[dict | None] = []
        for column, tile in zip(explored.columns, row.tiles, strict=True):
            if tile is None:
                places.append(None)
                continue
            outline = column == "change" and explored.outlined(row)
            places.append({"at": len(tiles), "outline": _lines(explored.region) if outline else ""})
            tiles.append(tile)
        rows.append({"title": row.title, "tiles": places})
    size = explored.faces["input"].shape[0]
    board = {
        "columns": explored.columns,
        "rows": rows,
        "size": size,
        "segments": _SEGMENTS if explored.masks else [],
        "full": canvas.FULL_CHANGE,
        "blues": _BLUES,
    }
    return np.stack(tiles).astype(np.uint8).tobytes(), board


def _lines(region: np.ndarray) -> list[str]:
    """A region (h, h) as lines of 0 and 1."""
    return ["".join(map(str, line)) for line in region.astype(int).tolist()]


def _methods(explored: Explored) -> list[dict[str, str]]:
    titles = [title for title in explored.probabilities if title != "input"]
    return [
        {"title": title, "colour": pages.COLOURS[i % len(pages.COLOURS)]}
        for i, title in enumerate(titles)
    ]


def _attributes(look: Look, explored: Explored) -> list[dict]:
    """A line for each attribute: its controls, and what the judge sees."""
    changes, lines = dict(look.changes), []
    before, *after = explored.probabilities.values()
    for name in explored.y_diff:
        value, there = changes.get(name, 0.0), explored.present.get(name, False)
        lines.append({
            "name": name,
            "flip": flip_name(name, there),
            "ends": ends(name),
            "flipped": value < 0 if there else value > 0,
            "value": value,
            "unseen": name in explored.unseen,
            "before": before.get(name),
            "after": [each.get(name) for each in after],
        })  # fmt: skip
    return lines


def _code(look: Look, explored: Explored) -> str:
    """The first editor's edit in Python."""
    y_diff = {name: round(value, 4) for name, value in explored.y_diff.items() if value}
    name, subject = look.editors[0], look.subject
    lines = ["from secgan_lite import load_editor"]
    if isinstance(subject, Drawn):
        lines += [
            "from secgan_lite.course.widgets import Drawn",
            "",
            f"editor = load_editor({name!r})",
            f"face = {subject!r}.at(editor.image_size).transpose(1, 2, 0)",
        ]
    else:
        lines += ["", f"editor = load_editor({name!r})", f"face = {subject.title!r}  # its path"]
    return "\n".join([*lines, f"editor.edit(face, {y_diff}).image"])


def _state(look: Look) -> dict:
    """What a link keeps; a photograph is in no link."""
    face = look.subject if isinstance(look.subject, Drawn) else Drawn()
    return {
        "split": face.split, "number": face.number, "parameters": dict(face.parameters),
        "editors": look.editors, "changes": dict(look.changes), "strength": look.strength,
    }  # fmt: skip


def _sliders(group: str, values: dict[str, float], more: dict[str, str]) -> dict:
    sliders = [
        {"name": n, "label": n.replace("_", " "), "help": more.get(n, ""), "value": round(v, 2)}
        for n, v in values.items()
    ]
    return {"group": group, "sliders": sliders}


def _crop(subject: Drawn | Photo) -> list[dict]:
    if isinstance(subject, Drawn):
        return []
    return [_sliders("", dict(zip(CROP, subject.crop, strict=True)), {})]


def _parameters(subject: Drawn | Photo) -> list[dict]:
    if not isinstance(subject, Drawn):
        return []
    faces = subject.faces
    return [
        _sliders(group, {n: float(getattr(faces, n)[0]) for n in names}, PARAMETERS)
        for group, names in SLIDER_GROUPS.items()
    ]
