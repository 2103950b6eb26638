"""SeCGAN (arXiv 2111.09298): parallel conditional GANs for face editing, made for teaching.

from secgan_lite import load_editor
load_editor("runs/…").edit("portrait.jpg", {"Bangs": +1}).image
"""

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    # PyTorch is imported when an editor is, not before.
    if name == "load_editor":
        from secgan_lite.editing import load_editor

        return load_editor
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
