"""SeCGAN (arXiv 2111.09298): parallel conditional GANs for face editing, made for teaching.

from secgan_lite import load_editor
load_editor().edit("portrait.jpg", {"Bangs": +1}).image

- ``losses``: Eq. 1-12; ``secgan``: Eq. 13-16; ``training.trainer``: Algorithm 1, Eq. 17-20.
- ``attributes``, ``segments``, ``modalities``: what is edited; ``backbones``: Tables 2 and 3.
- ``parsing``: P; ``faces``, ``datasets``: §4.1; ``judges``, ``evaluation``: §4.4.
- ``editing``: what a trained generator is used with; ``course``: the lessons' own, on top of all.
- ``commands``: the command line ``secgan-lite``; ``options``: what can be chosen there.
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from secgan_lite.editing import load_editor

__version__ = "0.1.0"
__all__ = ["__version__", "load_editor"]

# For PyTorch's threads on Linux, and those of what a command starts: a thread that waits soon
# sleeps. By default it spins for milliseconds: beside other programs an iteration then takes many
# times as long. To sleep at once would slow idle cores down by half.
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")


def __getattr__(name: str) -> object:
    # PyTorch is imported when an editor is, not before.
    if name == "load_editor":
        from secgan_lite.editing import load_editor

        return load_editor
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
