"""What the apps share: a word where they can't run, a page of their own, quiet updates, an undo."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Generic, TypeVar
from uuid import uuid4

import ipywidgets as w
from anywidget import AnyWidget
from matplotlib.figure import Figure
from PIL import Image
from traitlets import Dict

from secgan_lite.course.figures.common import embedded, quick_webp
from secgan_lite.course.widgets import canvas
from secgan_lite.course.widgets.explorer import Explored
from secgan_lite.course.widgets.pages import NAMES, STYLE, words

State = TypeVar("State")
ASSETS = Path(__file__).parent / "page"
KEPT = 100  # states that can be undone
_STORED = 700, 480  # of a stored picture, at most
_ONE_MOVE = 1.0  # seconds within which a dragged control counts as one change
SCRIPTED = "<!-- the app -->"  # after the picture; what follows is in no stored lesson
PLAIN = (
    "Controls can't be shown here: they need a running kernel.\n"
    "Open this lesson in JupyterLab and run this cell.\n"
    "The pictures in this lesson show a part of what the controls do."
)


class _Told:
    """A widget that says what it needs where a page knows no widgets, and shows how it begins."""

    _question = ""  # below the picture of its beginning; an app without one stores no picture
    _encode = staticmethod(quick_webp)

    def _picture(self) -> tuple[Figure | Image.Image, str]:
        """What it shows, and the same in words."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict, dict] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        if data and self._question:
            stored = embedded(self._picture(), self._question, self._encode)
            data = data | {"text/html": stored["text/html"]}
        return data and (data | {"text/plain": PLAIN}, metadata)


class App(_Told, w.VBox):
    """A column of controls and pictures."""

    def __init__(self, *parts: w.Widget) -> None:
        super().__init__([w.HTML(STYLE + NAMES), *parts])
        self.add_class("secgan-app")

    def _picture(self) -> tuple[Figure | Image.Image, str]:
        return small(self.pictures.shown)


class Pictures(w.Box):
    """What is shown, in pieces side by side: below one another where the page is narrow."""

    def __init__(self) -> None:
        super().__init__(layout=w.Layout(flex_flow="row wrap", align_items="flex-start"))
        self.add_class("secgan-pictures")
        self._words = w.HTML()

    def show(self, shown: canvas.Shown) -> None:
        """The first piece has the words; a reader hears them once."""
        self.shown = shown
        parts = shown.parts or (shown.picture,)
        images = [each for each in self.children if isinstance(each, w.Image)][: len(parts)]
        for _ in parts[len(images) :]:
            images.append(w.Image(format="png"))
            images[-1].add_class("secgan-picture")
            if len(images) > 1:
                images[-1].add_class("secgan-more")
        for image, part in zip(images, parts, strict=True):
            image.value = canvas.quick_png(part)
        self._words.value = words(shown.alt)
        if (children := (*images, self._words)) != self.children:
            self.children = children


def small(
    shown: canvas.Shown | Explored, most: tuple[int, int] = _STORED
) -> tuple[Image.Image, str]:
    """What an app shows as a picture of at most so many pixels, (width, height), and its words."""
    picture, alt = shown.sheet
    picture = picture.copy()
    picture.thumbnail(most)
    return picture, alt


def script(*names: str) -> str:
    """The scripts of a page as one ES module, which needs no other file."""
    return "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in ("common.js", *names))


class Page(_Told, AnyWidget):
    """An app with a page of its own, which sends what a person does and shows what comes of it.

    Attributes:
        shown: all that the page knows, as JSON; ``answer`` is the number of the last act that it
            counted, 0 for none.
    """

    shown = Dict().tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self._answer = 0
        self.on_msg(self._take)

    def do(self, act: str, **given: object) -> None:
        """Obey one act of the page: the method of its name, with what came with it."""
        getattr(self, f"_do_{act}")(**given)

    def _take(self, _: object, content: dict, buffers: list) -> None:
        """A message of the page: an act, perhaps its number, and a file where one was chosen."""
        self._answer = content.pop("answer", self._answer)
        self.do(**content, **({"data": bytes(buffers[0])} if buffers else {}))


class Played:
    """Of a page whose kernel goes on by itself (``_go_on``), until somebody stops it."""

    _task: asyncio.Task | None = None

    def _do_play(self, playing: bool) -> None:
        self._stop()
        if playing:
            self._task = asyncio.ensure_future(self._go_on())
        self._show()

    def _stop(self) -> None:
        if self._task:
            self._task.cancel()
        self._task = None


class Alone(_Told):
    """An app whose page knows all from its start: it needs no kernel.

    It is HTML with a script. So it lives on in a notebook that is saved and opened again, where the
    model of a widget is gone; a page that runs no script shows the picture of its beginning.

    Attributes:
        shown: all that the page knows, as JSON.
    """

    shown: dict[str, object]

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict, dict]:
        stored = embedded(self._picture(), self._question, self._encode)["text/html"]
        known = json.dumps(self.shown).replace("<", "\\u003c")  # no </script
        place, style = f"secgan-{uuid4()}", self._css.read_text(encoding="utf-8")
        page = (
            f"{SCRIPTED}<div id='{place}'></div><style>{style}</style>"
            f"<script type='module'>{self._esm}\n"
            f"const place = document.getElementById('{place}');\n"
            "place.previousElementSibling.remove();\n"
            f"render({{ el: place, model: {{ get: () => ({known}), on() {{}} }} }});</script>"
        )
        return {"text/html": stored + page, "text/plain": PLAIN}, {}


class Quiet:
    """Controls that are set by the app must not call it back.

    A browser sends a control's next value when the last one has been answered, and only the newest:
    so every call may take its time, and none waits in a queue.
    """

    def __init__(self) -> None:
        self._quiet = False

    @contextmanager
    def setting(self) -> Iterator[None]:
        """Inside, controls change without calling back."""
        before, self._quiet = self._quiet, True
        try:
            yield
        finally:
            self._quiet = before

    def watch(self, control: w.Widget, act: Callable[[object], None]) -> w.Widget:
        """Call ``act`` with each value that a person gives to a control; returns the control."""

        def changed(change: dict) -> None:
            if not self._quiet:
                act(change["new"])

        control.observe(changed, names="value")
        return control


class History(Generic[State]):
    """States to go back to; changes of one control in quick succession are one."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._states: deque[State] = deque(maxlen=KEPT)
        self._clock, self._last = clock, ("", 0.0)

    def __len__(self) -> int:
        return len(self._states)

    def keep(self, state: State, control: str) -> None:
        """Remember the state before ``control`` changes it."""
        name, at = self._last
        self._last = control, self._clock()
        if not (self._states and name == control and self._clock() - at < _ONE_MOVE):
            self._states.append(state)

    def back(self) -> State | None:
        """The last state kept, or None."""
        self._last = "", 0.0
        return self._states.pop() if self._states else None


def button(text: str, act: Callable[[], None], width: str = "auto", **more: object) -> w.Button:
    """A button with an action."""
    made = w.Button(description=text, layout=w.Layout(width=width), **more)
    made.on_click(lambda _: act())
    return made


def row(*parts: w.Widget, **layout: object) -> w.HBox:
    """Controls side by side, broken into lines where the page is narrow."""
    flow = {"flex_flow": "row wrap", "align_items": "center", "grid_gap": "4px 10px"}
    return w.HBox(parts, layout=w.Layout(**(flow | layout)))
