"""What turns the package into a course: helpers for lessons and the builder of notebooks."""

from secgan_lite.course.lesson import Live, footer, parameters, show
from secgan_lite.course.picture import overview

__all__ = ["Live", "footer", "overview", "parameters", "show"]
