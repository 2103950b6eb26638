"""What turns the package into a course: helpers and checks for lessons, the builder of notebooks.

For users: ``python -m secgan_lite.course doctor``. For authors: ``course.authoring``.
"""

from importlib import import_module

_HOMES = {
    "checks": ("TODO", "check"),
    "claims": ("claim", "folded"),
    "tables": ("table",),
    "lesson": (
        *("TRAINING", "Live", "Usual", "batch_of", "footer"),
        *("parameters", "settings", "show", "six_faces", "teach", "true_edit"),
    ),
}
__all__ = sorted(name for names in _HOMES.values() for name in names)


def __getattr__(name: str) -> object:
    # The doctor has to run where the course's libraries are not installed.
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
