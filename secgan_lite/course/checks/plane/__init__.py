"""The checked exercises of lesson 00b, a file each: conditional GANs in the plane."""

from secgan_lite.course.checks.plane.critic import CRITIC
from secgan_lite.course.checks.plane.edit import EDIT
from secgan_lite.course.checks.plane.label import LABEL
from secgan_lite.course.checks.plane.play import ROUND

EXERCISES = {"00b-label": LABEL, "00b-critic": CRITIC, "00b-round": ROUND, "00b-edit": EDIT}
