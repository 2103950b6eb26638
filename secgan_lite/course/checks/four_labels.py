"""The checked exercise of lesson 03 on four labels, and its three patients who get wrong ones."""

from collections.abc import Mapping
from functools import partial

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake
from secgan_lite.support.errors import unknown_choice


def _pair_case(draws: torch.Generator) -> Case:
    """Labels of a batch and targets for it."""
    batch, count = (int(n) for n in torch.randint(4, 14, (2,), generator=draws))
    y_src, y_trg = torch.randint(2, (2, batch, count), generator=draws).float()
    y_src[0, 0], y_trg[0, 0], y_src[0, 1], y_trg[0, 1] = 1.0, 0.0, 0.0, 1.0
    y_src[0, 2], y_trg[0, 2] = 1.0, 1.0
    return Case((y_src, y_trg))


def _few_labels(draws: torch.Generator, faces: int, attributes: int) -> Case:
    return Case(tuple(torch.randint(2, (2, faces, attributes), generator=draws).float()))


def labels(y_src: Tensor, y_trg: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What (G editing, G reconstructing, D on real, G's classification) get (§3.1, Eq. 3-5)."""
    return y_trg - y_src, torch.zeros_like(y_src), y_src, y_trg


def colleague(y_src: Tensor, y_trg: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """StarGAN's four labels: its generator is told targets."""
    return y_trg, y_src, y_src, y_trg


LABELS = Exercise(
    labels,
    _pair_case,
    {
        "StarGAN": Mistake(
            colleague,
            "it is StarGAN's habit: G is told the target, not the difference",
        ),
        "StarGAN's edit": Mistake(
            lambda s, t: (t, torch.zeros_like(s), s, t),
            "to edit, G is told the target, not the difference",
        ),
        "StarGAN's reconstruction": Mistake(
            lambda s, t: (t - s, s, s, t),
            "to reconstruct, G is given the source label. For a G that is told differences, "
            "'change nothing' is the zero vector (Eq. 5)",
        ),
        "sign": Mistake(
            lambda s, t: (s - t, torch.zeros_like(s), s, t),
            "the difference has the wrong sign: y_diff = y_trg − y_src, so +1 adds an attribute",
        ),
        "no direction": Mistake(
            lambda s, t: ((t - s).abs(), torch.zeros_like(s), s, t),
            "the difference has lost its sign: G would know which attribute to flip but not which "
            "way",
        ),
        "±1 for the target": Mistake(
            lambda s, t: (2 * t - 1, torch.zeros_like(s), s, t),
            "to edit, G is told every label of the target, as +1 or −1. G is told differences: "
            "an attribute that stays as it is gets 0",
        ),
        "reconstruction is told the target": Mistake(
            lambda s, t: (t - s, t, s, t),
            "to reconstruct, G is told the target. For a G that is told differences, 'change "
            "nothing' is the zero vector (Eq. 5)",
        ),
        "reconstruction undoes": Mistake(
            lambda s, t: (t - s, s - t, s, t),
            "to reconstruct, G is asked to undo the edit. But Eq. 5 gives it the input, which "
            "nobody has edited: for 'change nothing' the difference is the zero vector",
        ),
        "reconstruction edits": Mistake(
            lambda s, t: (t - s, t - s, s, t),
            "G is asked to edit and the result is compared with the input: it would learn to "
            "ignore the label. Reconstruct with the zero vector (Eq. 5)",
        ),
        "D on real learns targets": Mistake(
            lambda s, t: (t - s, torch.zeros_like(s), t, t),
            "D is taught y_trg on real faces, which have y_src (Eq. 3)",
        ),
        "G is paid for differences": Mistake(
            lambda s, t: (t - s, torch.zeros_like(s), s, t - s),
            "the edit is classified against y_diff. D says which attributes a face has, so the "
            "edit must have y_trg (Eq. 4); −1 is no label. If you wrote `y_trg` there, `-=` or "
            "`sub_` has changed it in place before",
        ),
        "D on real learns differences": Mistake(
            lambda s, t: (t - s, torch.zeros_like(s), t - s, t),
            "D is taught y_diff on real faces. D says which attributes a face has: y_src (Eq. 3)",
        ),
        "D on real learns the reverse": Mistake(
            lambda s, t: (t - s, torch.zeros_like(s), s - t, t),
            "D is taught y_src − y_trg on real faces. D says which attributes a face has: y_src "
            "(Eq. 3). If you wrote `y_src` there, `-=` or `sub_` has changed it in place before",
        ),
        "D on real learns another's": Mistake(
            lambda s, t: (t - s, torch.zeros_like(s), s.roll(1, 0), t),
            "D is taught the labels of a face's neighbour. Rows of the batch belong together",
        ),
        "edits get another's": Mistake(
            lambda s, t: (t - s, torch.zeros_like(s), s, t.roll(1, 0)),
            "the edit is classified against a neighbour's target. Rows of the batch belong "
            "together (Eq. 4)",
        ),
        "reconstruction adds": Mistake(
            lambda s, t: (t - s, torch.ones_like(s), s, t),
            "to reconstruct, G is asked to add every attribute: ones. 'Change nothing' is the "
            "zero vector (Eq. 5)",
        ),
        "edits keep their labels": Mistake(
            lambda s, t: (t - s, torch.zeros_like(s), s, s),
            "the edit is classified against y_src: G would be paid for editing nothing. The edit "
            "should have y_trg (Eq. 4)",
        ),
        "edits have both": Mistake(
            lambda s, t: (t - s, torch.zeros_like(s), s, torch.maximum(s, t)),
            "the edit is classified against all that y_src or y_trg has, so nothing could be "
            "removed. The edit should have y_trg (Eq. 4)",
        ),
        "±1 for D": Mistake(
            lambda s, t: (t - s, torch.zeros_like(s), 2 * s - 1, 2 * t - 1),
            "D's labels are −1 and 1. Its cross entropy wants 0 and 1 (Eq. 3 and 4)",
        ),
        "additions alone": Mistake(
            lambda s, t: ((t - s).clamp(min=0), torch.zeros_like(s), s, t),
            "the difference has lost its −1: G is never told to remove anything",
        ),
        "D's labels exchanged": Mistake(
            lambda s, t: (t - s, torch.zeros_like(s), t, s),
            "the last two are exchanged: real faces have y_src (Eq. 3), edits should have y_trg "
            "(Eq. 4)",
        ),
    },
    small={
        "one face and one attribute": partial(_few_labels, faces=1, attributes=1),
        "one face and two attributes": partial(_few_labels, faces=1, attributes=2),
    },
)

# Who gives the trained networks which labels: what is wrong, and the function.
PATIENTS = {
    "A": ("the target", colleague),
    "B": ("no sign", LABELS.mistakes["no direction"].answer),
    "C": ("D's labels", LABELS.mistakes["D's labels exchanged"].answer),
}
# What each cause would show in the lesson's table.
CAUSES = {
    "the target": "G would not get zeros to reconstruct, so the reconstruction error would rise",
    "no sign": "G would get the right zeros to reconstruct, and every removal would fail",
    "the wrong sign": "additions would become removals, and fail",
    "D's labels": "a trained G would show no symptom: nobody asks D any more",
}


def diagnosed(causes: Mapping[str, str]) -> str:
    """How many patients have got their right cause, and what each wrong cause would show.

    Args:
        causes: of ``PATIENTS``, each of ``CAUSES``; "" where nothing has been said yet.

    Raises:
        ValueError: a cause or a patient is not known; the nearest is named.
        TypeError: a cause is no text.
    """
    for patient, cause in causes.items():
        if patient not in PATIENTS:
            raise unknown_choice("patient", patient, list(PATIENTS))
        if not isinstance(cause, str):
            raise TypeError(f"diagnosis[{patient!r}]={cause!r}; wanted: one cause, as text")
        if cause and cause not in CAUSES:
            raise unknown_choice(f"diagnosis[{patient!r}]", cause, list(CAUSES))
    if not any(causes.values()):
        return "diagnoses: not attempted"
    right = sum(causes.get(patient) == cause for patient, (cause, _) in PATIENTS.items())
    wrong = [
        f"{patient}: with {causes[patient]!r} {CAUSES[causes[patient]]}. Look at its row."
        for patient, (cause, _) in PATIENTS.items()
        if causes.get(patient) and causes[patient] != cause
    ]
    return "\n".join([f"{right} of {len(PATIENTS)} diagnoses are right", *wrong])


EXERCISES = {"03-labels": LABELS}
