"""A trained generator as something that edits faces; it needs no judge.

editor = load_editor("runs/synthetic-32-stargan-secgan-s0-1a2b3c4d")
result = editor.edit("portrait.jpg", {"Bangs": +1, "Eyeglasses": 0.5})
result.image.save("edited.png"); print(result.note)

trained = Trained.of("editor-32-stargan-secgan")     # G_rgb, G_seg and P, with their run's config
edits = trained.edit(x, y_diffs)                     # tensors in, tensors out
"""

from secgan_lite.editing.editor import Edited, FaceEditor, load_editor
from secgan_lite.editing.framing import FRAMES, crop_face, middle_square
from secgan_lite.editing.generators import (
    Editor,
    encoded,
    generator_editor,
    load_generator,
    load_published_weights,
)
from secgan_lite.editing.trained import (
    Trained,
    bundled_editors,
    compared_first,
    compared_size,
    default_editor,
    editor_name,
    editor_sizes,
    load_bundled,
    shown_first,
)
from secgan_lite.support.images import ImageError, decode

__all__ = [
    "FRAMES",
    "Edited",
    "Editor",
    "FaceEditor",
    "ImageError",
    "Trained",
    "bundled_editors",
    "compared_first",
    "compared_size",
    "crop_face",
    "decode",
    "default_editor",
    "editor_name",
    "editor_sizes",
    "encoded",
    "generator_editor",
    "load_bundled",
    "load_editor",
    "load_generator",
    "load_published_weights",
    "middle_square",
    "shown_first",
]
