"""What turns the package into a course: helpers for lessons and the builder of notebooks."""

from secgan_lite.course.lesson import Live, footer, parameters, show

__all__ = ["Live", "footer", "parameters", "show"]
