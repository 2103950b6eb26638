"""Exercises that check themselves: ``answer = check("02-penalty", answer)``.

The check prints a diagnosis and hands back the answer if it is right, else the reference, so that
the lesson goes on either way. With ``SECGAN_LITE_STRICT=1`` anything but a pass raises.
``SECGAN_LITE_CHECK_SEED`` varies the inputs.
"""

import os
from collections.abc import Callable

from secgan_lite.course.checks import (
    beginning,
    branches,
    confounding,
    evaluation,
    exploration,
    losses,
    parsing,
    plane,
    study,
    training,
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
    **parsing.EXERCISES,
    **losses.EXERCISES,
    **branches.EXERCISES,
    **training.EXERCISES,
    **evaluation.EXERCISES,
    **exploration.EXERCISES,
    **study.EXERCISES,
    **confounding.EXERCISES,
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
