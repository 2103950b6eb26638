"""Which editors are at hand: the bundled ones, by the manifest, and a run of your own."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from secgan_lite.editing import Trained, bundled_editors, editor_sizes
from secgan_lite.training import RunFolder

_ORDER = ("baseline", "concat", "secgan")


@dataclass(frozen=True)
class Entry:
    """An editor that can be chosen; ``name`` is a bundled one's, or a run's folder."""

    name: str
    image_size: int
    backbone: str
    method: str


def catalogue(run_dir: str = "") -> tuple[Entry, ...]:
    """All editors, by size, backbone and method; the run's own method is marked "(run)".

    Raises:
        FileNotFoundError: there is no run in ``run_dir``.
    """
    entries = []
    for size in editor_sizes():
        for name in bundled_editors(size):
            entries.append(Entry(name, size, *name.split("-")[2:]))
    if run_dir:
        config = RunFolder(run_dir).config
        method = f"{config.method} (run)"
        entries.append(Entry(str(run_dir), config.image_size, config.backbone, method))
    return tuple(sorted(entries, key=_place))


def choices(entries: Sequence[Entry], **fixed: object) -> tuple:
    """The values of the first field that ``fixed`` leaves open, among entries that match it."""
    field = ("image_size", "backbone", "method")[len(fixed)]
    found = (e for e in entries if all(getattr(e, k) == v for k, v in fixed.items()))
    return tuple(dict.fromkeys(getattr(e, field) for e in found))


def chosen(
    entries: Sequence[Entry], image_size: int, backbone: str, method: str, together: bool = False
) -> tuple[str, ...]:
    """Names of the editors to show: one, or all methods of a size and a backbone."""
    fits = [e for e in entries if (e.image_size, e.backbone) == (image_size, backbone)]
    return tuple(e.name for e in fits if together or e.method == method)


def entry(entries: Sequence[Entry], name: str) -> Entry:
    """The entry of a name."""
    return next(e for e in entries if e.name == name)


@lru_cache(maxsize=8)
def editor(name: str) -> Trained:
    """A bundled editor by its name, or that of a finished run by its folder.

    Raises:
        ValueError, FileNotFoundError: there is none.
    """
    return Trained.of(name)


def title(name: str) -> str:
    """What an editor's row is called: its method."""
    return editor(name).config.method + ("" if name.startswith("editor-") else " (run)")


def _place(entry: Entry) -> tuple:
    method, *run = entry.method.split()
    return entry.image_size, entry.backbone != "stargan", entry.backbone, _ORDER.index(method), run
