"""The flip explorer's controls, around the pure function ``explorer.explore``."""

from dataclasses import replace

import ipywidgets as w

from secgan_lite.attributes import ATTRIBUTES
from secgan_lite.course.widgets import canvas, pages
from secgan_lite.course.widgets.catalogue import Entry, catalogue, choices, chosen, editor, entry
from secgan_lite.course.widgets.controls import App, History, Quiet, button, row
from secgan_lite.course.widgets.explorer import Explored, Look, changed, explore, flipped
from secgan_lite.course.widgets.subjects import SLIDER_GROUPS, Drawn, Photo
from secgan_lite.editing import compared_size
from secgan_lite.faces import PARAMETERS
from secgan_lite.support.images import ImageError

_WORDS = {attribute.name: (attribute.on, attribute.off) for attribute in ATTRIBUTES}
_FACES, _LINE = 200, "28px"
_SOURCES = {"test face": "test", "new face": "new", "photo": "photo"}


class FlipExplorer(App):
    """Edit a face by hand: choose it, move attributes, compare methods, see what the judge sees.

    Args:
        run_dir: folder of a finished run to show beside the bundled editors, and first.
        image_size, backbone, method: what is shown first; "" and -1 for the run's, or the
            largest with another to compare.

    Attributes:
        look: what is shown.
        explored: what came of it.
    """

    def __init__(
        self, run_dir: str = "", image_size: int = -1, backbone: str = "", method: str = ""
    ) -> None:
        self._entries, self._quiet, self._history = catalogue(run_dir), Quiet(), History()
        first = self._first(run_dir, image_size, backbone, method)
        self._photo: Photo | None = None
        self.look = Look(Drawn(), (first.name,))
        self._make_controls(editor(first.name).config.attributes)
        super().__init__(*self._page())
        self._show(self.look)

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

    # The controls

    def _make_controls(self, names: tuple[str, ...]) -> None:
        watch, wide = self._quiet.watch, w.Layout(width="200px")
        self.source = watch(
            w.ToggleButtons(
                options=_SOURCES,
                description="face",
                layout=w.Layout(width="370px"),
                style={"button_width": "84px", "description_width": "40px"},
            ),
            self._choose_source,
        )
        self.number = watch(
            w.BoundedIntText(0, 0, 10**6, description="number", layout=w.Layout(width="170px")),
            lambda value: self._change_face(Drawn(self.source.value, value)),
        )
        self.another = button("another", self._another, icon="random")
        self.upload = watch(
            w.FileUpload(accept="image/*", multiple=False, description="choose a photo"),
            self._take_upload,
        )
        self.size = watch(w.Dropdown(description="size", layout=wide), self._choose_editor)
        self.backbone = watch(w.Dropdown(description="backbone", layout=wide), self._choose_editor)
        self.method = watch(w.Dropdown(description="method", layout=wide), self._choose_editor)
        self.together = watch(
            w.Checkbox(description="all methods side by side", indent=False,
                       layout=w.Layout(width="190px")), self._choose_editor,
        )  # fmt: skip
        self.strength = watch(
            w.FloatSlider(1.0, min=0.0, max=2.0, step=0.05, description="strength",
                          layout=w.Layout(width="300px")),
            lambda value: self._go(replace(self.look, strength=value), "strength"),
        )  # fmt: skip
        self.sliders = {name: self._attribute(name) for name in names}
        self.flips = {
            name: button("", lambda name=name: self._go(flipped(self.look, name), f"flip {name}"),
                         "134px") for name in names
        }  # fmt: skip
        for flip in self.flips.values():
            flip.layout.height, flip.layout.margin = _LINE, "0"
        self.undo = button("undo", self._undo, icon="undo", disabled=True)
        self.reset = button("reset", self._reset, icon="refresh")
        self.save = button("save the picture", self._save, icon="download")
        self.parameters_button = watch(
            w.ToggleButton(description="the face's parameters", layout=w.Layout(width="190px")),
            self._open_parameters,
        )

    def _attribute(self, name: str) -> w.FloatSlider:
        slider = w.FloatSlider(
            0.0, min=-1.0, max=1.0, step=0.05, description=name.replace("_", " "),
            style={"description_width": "138px"}, readout_format="+.2f",
            layout=w.Layout(width="278px", height=_LINE, margin="0"),
        )  # fmt: skip
        return self._quiet.watch(
            slider, lambda value: self._go(changed(self.look, name, value), f"slider {name}")
        )

    def _page(self) -> list[w.Widget]:
        self.picture = w.Image(format="png")
        self.picture.add_class("secgan-picture")
        self.bars, self.scores, self.notes, self.link, self.words = (w.HTML() for _ in range(5))
        self.bars.layout.margin = self.notes.layout.margin = "0"
        self.parameters = w.Box(layout=w.Layout(display="none", flex_flow="row wrap"))
        self.parameter_sliders: dict[str, w.FloatSlider] = {}
        lines = [self.sliders.values(), self.flips.values()]
        columns = [w.VBox(list(line), layout=w.Layout(overflow="visible")) for line in lines]
        controls = w.VBox(
            [
                row(self.strength, self.undo, self.reset),
                w.HBox([*columns, self.bars], layout=w.Layout(grid_gap="6px")),
                row(self.save, self.link),
                self.notes,
            ],
            layout=w.Layout(width="544px"),
        )
        seen = w.VBox([self.picture, self.scores, self.words], layout=w.Layout(flex="0 1 540px"))
        # The picture is on the right, and above where the page is narrow: never below.
        sides = {"flex_flow": "row-reverse wrap", "justify_content": "flex-end"}
        return [
            row(
                self.source,
                self.number,
                self.another,
                self.upload,
                self.parameters_button,
                w.HTML(pages.UPLOAD_LIMIT),
            ),
            row(self.size, self.backbone, self.method, self.together),
            self.parameters,
            row(seen, controls, align_items="flex-start", grid_gap="0 14px", **sides),
        ]

    # What they do

    def _go(self, look: Look, control: str) -> None:
        """Show a new look, after which the old one can be had back."""
        before = self.look
        self._show(look)
        self._history.keep(before, control)
        self._set(self.undo, disabled=False)

    def _show(self, look: Look, more: tuple[str, ...] = ()) -> None:
        self.explored: Explored = explore(look)
        self.look = look
        with self._quiet.setting():
            self._sync()
        self.picture.value = self.explored.png
        self._set(self.words, value=pages.words(self.explored.alt))
        self._set(self.bars, value=pages.bars(self.explored))
        self._set(self.scores, value=pages.scores(self.explored))
        self._set(self.notes, value=pages.notes([*more, *self.explored.notes]))
        self._set(self.link, value="")

    def _sync(self) -> None:
        """Bring all controls to what is shown."""
        look, explored, set_ = self.look, self.explored, self._set
        subject, now = look.subject, entry(self._entries, look.editors[0])
        drawn, place = isinstance(subject, Drawn), (now.image_size, now.backbone)
        set_(self.source, value=subject.split if drawn else "photo")
        for control in (self.number, self.another, self.parameters_button):
            set_(control.layout, display=None if drawn else "none")
        set_(self.upload.layout, display="none" if drawn else None)
        if drawn:
            set_(self.number, value=subject.number)
            for name, slider in self.parameter_sliders.items():
                set_(slider, value=round(subject.value(name), 2))
        methods = choices(self._entries, image_size=place[0], backbone=place[1])
        self._offer(self.size, choices(self._entries), place[0], " px")
        self._offer(self.backbone, choices(self._entries, image_size=place[0]), place[1])
        if len(look.editors) == 1:
            self._offer(self.method, methods, now.method)
        set_(self.together, value=len(look.editors) > 1, disabled=len(methods) < 2)
        set_(self.strength, value=look.strength)
        for name, slider in self.sliders.items():
            value = dict(look.changes).get(name, 0.0)
            set_(slider, value=value)
            there = explored.present.get(name, False)
            on, off = _WORDS.get(name, (f"add {name}", f"remove {name}"))
            set_(self.flips[name], description=off if there else on,
                 button_style="info" if value else "")  # fmt: skip

    def _offer(self, menu: w.Dropdown, options: tuple, value: object, unit: str = "") -> None:
        pairs = tuple((f"{option}{unit}", option) for option in options)
        if menu.options != pairs:
            menu.options = pairs
        self._set(menu, value=value, disabled=len(options) < 2)

    @staticmethod
    def _set(control: object, **values: object) -> None:
        """Set only what differs: what is the same need not travel."""
        for name, value in values.items():
            if getattr(control, name) != value:
                setattr(control, name, value)

    def _change_face(self, subject: Drawn | Photo, control: str = "face") -> None:
        """Another face starts unchanged."""
        self._go(replace(self.look, subject=subject, changes=()), control)

    def _choose_source(self, source: str) -> None:
        if source != "photo":
            self._change_face(Drawn(source, self.number.value), "source")
        elif self._photo:
            self._change_face(self._photo, "source")
        else:
            self.upload.layout.display = None
            message = "Choose a photo (JPEG, PNG, WebP, BMP, GIF, TIFF or AVIF). It stays here."
            self._set(self.notes, value=pages.notes([message]))

    def _another(self) -> None:
        split = self.source.value if self.source.value in ("test", "new") else "test"
        self._change_face(Drawn(split, (self.number.value + 1) % _FACES))

    def _take_upload(self, files: tuple) -> None:
        if not files:
            return
        file = files[0]
        with self._quiet.setting():
            self.upload.value = ()
        try:
            self._photo = Photo.read(bytes(file["content"]), file["name"])
        except ImageError as error:
            self._set(self.notes, value=pages.notes([f"{canvas.plain(file['name'])}: {error}"]))
            return
        self._change_face(self._photo)

    def _choose_editor(self, _: object) -> None:
        """The nearest editor to what the menus say: a new size may lack the backbone."""
        size = self.size.value
        backbones = choices(self._entries, image_size=size)
        backbone = self.backbone.value if self.backbone.value in backbones else backbones[0]
        methods = choices(self._entries, image_size=size, backbone=backbone)
        method = self.method.value if self.method.value in methods else methods[-1]
        names = chosen(self._entries, size, backbone, method, self.together.value)
        self._go(replace(self.look, editors=names), "editor")

    def _undo(self) -> None:
        look = self._history.back()
        if look:
            self._show(look)
        self._set(self.undo, disabled=not len(self._history))

    def _reset(self) -> None:
        self._go(replace(self.look, changes=(), strength=1.0), "reset")

    def _save(self) -> None:
        """Offer the picture as a file."""
        moved = ", ".join(f"{n} {v:+.2f}" for n, v in self.explored.y_diff.items() if v)
        caption = f"{self.look.subject.title}: {moved or 'unchanged'}"
        data = canvas.quick_png(canvas.on_white(canvas.titled(self.explored.picture, caption)))
        self.link.value = pages.link(self.look.subject.title, data)

    def _open_parameters(self, opened: bool) -> None:
        if opened and not self.parameter_sliders:
            self.parameters.children = [self._group(name) for name in SLIDER_GROUPS]
            with self._quiet.setting():
                self._sync()
        self.parameters.layout.display = None if opened else "none"

    def _group(self, title: str) -> w.VBox:
        for name in SLIDER_GROUPS[title]:
            slider = w.FloatSlider(
                0.5, min=0, max=1, step=0.01, description=name.replace("_", " "),
                tooltip=PARAMETERS[name], style={"description_width": "112px"},
                layout=w.Layout(width="262px", height="26px", margin="0"),
            )  # fmt: skip
            self.parameter_sliders[name] = self._quiet.watch(
                slider, lambda value, name=name: self._set_parameter(name, value)
            )
        sliders = [self.parameter_sliders[name] for name in SLIDER_GROUPS[title]]
        return w.VBox([w.HTML(pages.heading(title)), *sliders])

    def _set_parameter(self, name: str, value: float) -> None:
        if isinstance(self.look.subject, Drawn):
            subject = self.look.subject.with_parameter(name, value)
            self._go(replace(self.look, subject=subject), f"parameter {name}")
