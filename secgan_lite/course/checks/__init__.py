"""Exercises that check themselves: ``answer = check("02-penalty", answer)``.

The check prints a diagnosis and hands back the answer if it is right, else the reference, so that
the lesson goes on either way. With ``SECGAN_LITE_STRICT=1`` anything but a pass raises.
``SECGAN_LITE_CHECK_SEED`` varies the inputs.
"""

import os
from collections.abc import Callable

from secgan_lite.course.checks import (
    adding_up,
    beginning,
    classification,
    drag,
    enough_seeds,
    error_inside,
    flattering_report,
    four_labels,
    frechet,
    gain,
    merging,
    mirroring,
    mix,
    mutual,
    outside_training,
    overlap,
    paired_interval,
    paired_seeds,
    penalty,
    plane,
    ruling_out,
    saved,
    terms,
    training,
    unet,
    way_in,
)
from secgan_lite.course.checks.diagnosis import CASES, diagnose
from secgan_lite.course.checks.exercise import (
    SEED,
    STRICT,
    TODO,
    Case,
    Exercise,
    Mistake,
    NotPassed,
    Verdict,
    fitted,
)
from secgan_lite.support.errors import unknown_choice

__all__ = [
    "CASES",
    "EXERCISES",
    "SEED",
    "STRICT",
    "TODO",
    "Case",
    "Exercise",
    "Mistake",
    "NotPassed",
    "Verdict",
    "check",
    "diagnose",
]

EXERCISES: dict[str, Exercise] = {
    **beginning.EXERCISES,
    **plane.EXERCISES,
    **penalty.EXERCISES,
    **terms.EXERCISES,
    **classification.EXERCISES,
    **way_in.EXERCISES,
    **mutual.EXERCISES,
    **gain.EXERCISES,
    **four_labels.EXERCISES,
    **merging.EXERCISES,
    **unet.EXERCISES,
    **overlap.EXERCISES,
    **mirroring.EXERCISES,
    **training.EXERCISES,
    **frechet.EXERCISES,
    **paired_interval.EXERCISES,
    **error_inside.EXERCISES,
    **ruling_out.EXERCISES,
    **adding_up.EXERCISES,
    **outside_training.EXERCISES,
    **paired_seeds.EXERCISES,
    **enough_seeds.EXERCISES,
    **flattering_report.EXERCISES,
    **drag.EXERCISES,
    **mix.EXERCISES,
    **saved.EXERCISES,
}


def check(name: str, answer: Callable) -> Callable:
    """Say what is right or wrong with an answer; return it, or the reference in its place.

    Raises:
        ValueError: no exercise has that name; the nearest is named.
        NotPassed: not passed, in strict mode.
    """
    if name not in EXERCISES:
        raise unknown_choice("exercise", name, EXERCISES)
    exercise = EXERCISES[name]
    verdict = diagnose(exercise, answer, name)
    if verdict.kind == "passed":
        answer, form = fitted(answer, exercise.reference, exercise.draw)
        print(f"{name}: {verdict.says}." + (form and f" {form}."))
        return answer
    text = f"not yet: {verdict.says}" + "." * (not verdict.says.endswith("?"))
    if verdict.kind == "not attempted":  # verdict.says may tell the solution
        stub = verdict.says == "not attempted"
        text = "not attempted." if stub else "not yet: it still computes what the lesson gave."
    if os.environ.get(STRICT, "0") not in ("", "0"):
        raise NotPassed(f"{name}: {text}")
    print(f"{name}: {text} The lesson goes on with the reference.")
    return exercise.reference
