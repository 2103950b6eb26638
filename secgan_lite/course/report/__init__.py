"""What a run leaves for people: ``report.html`` in its folder, also on a notebook's page."""

from secgan_lite.course.report.page import RunReport, write_report
from secgan_lite.course.report.verdict import Sign, Verdict

__all__ = ["RunReport", "Sign", "Verdict", "write_report"]
