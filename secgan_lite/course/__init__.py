"""What turns the package into a course: helpers and checks for lessons, the builder of notebooks.

For users: ``python -m secgan_lite.course doctor``. For authors: ``course.authoring``.
"""

from secgan_lite.course.checks import TODO, check
from secgan_lite.course.lesson import (
    TRAINING,
    Live,
    batch_of,
    footer,
    parameters,
    settings,
    show,
    six_faces,
)

__all__ = [
    "TODO",
    "TRAINING",
    "Live",
    "batch_of",
    "check",
    "footer",
    "parameters",
    "settings",
    "show",
    "six_faces",
]
