"""What is broken in the runs of lesson 04's laboratory, by which sign it is known, and the check.

grade({"run 1": "no penalty"})    # says what speaks against a wrong name
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from secgan_lite.course.checks.exercise import STRICT, NotPassed
from secgan_lite.course.laboratory import (
    CALM,
    NEAR,
    TERMS,
    WRONG_LINES,
    Break,
    LabRun,
    load_laboratory,
    weights,
)
from secgan_lite.support.errors import unknown_choice


@dataclass(frozen=True)
class Fault:
    """A broken line.

    Attributes:
        breaks: breaks it in a trainer.
        sign: what this fault shows and no other, in words, with its bounds ...
        shows: ... and asked of a run, with the healthy one beside it.
        seen: the numbers of that sign in a run, in words.
    """

    breaks: Break
    sign: str
    shows: Callable[[LabRun, LabRun], bool]
    seen: Callable[[LabRun], str]


# Bounds of the signs. Shares of edits or labels; then multiples of the healthy run; then a size.
FEW, FEWER = 0.2, 0.2
LESS, MORE = 0.75, 1.3
AWAY = 5


def _said(words: str, *terms: str) -> Callable[[LabRun], str]:
    """Words with the late values of some terms in their places."""
    return lambda run: words.format(*(run.late(term) for term in terms))


def _beside(term: str, run: LabRun, healthy: LabRun) -> float:
    """Late value of a term as a multiple of the healthy one."""
    return run.late(term) / healthy.late(term)


def _peak(run: LabRun) -> float:
    return max(run.peak("rgb/critic"), run.peak("semantic/critic"))


def _looks_healthy(run: LabRun, healthy: LabRun) -> bool:
    terms = ("judge", *(term for term in TERMS if not term.endswith("critic")))
    near = all(abs(_beside(term, run, healthy) - 1) < 1 - NEAR for term in terms)
    return near and _peak(run) < CALM


FAULTS = {
    "labels of others": Fault(
        WRONG_LINES["labels of others"],
        f"D recognises less than {NEAR} times as many attributes of real faces as the healthy run",
        lambda run, healthy: _beside("rgb/real_accuracy", run, healthy) < NEAR,
        _said("D is right on {:.0%} of them", "rgb/real_accuracy"),
    ),
    "masks of others": Fault(
        WRONG_LINES["masks of others"],
        f"the branches disagree more than {MORE} times as much as in the healthy run, the judge "
        f"accepts more than {NEAR} times as many edits as there, the critics stay within {CALM}",
        lambda run, healthy: (
            _beside("rgb/sc", run, healthy) > MORE
            and _beside("judge", run, healthy) > NEAR
            and _peak(run) < CALM
        ),
        lambda run: (
            f"the disagreement is {run.late('rgb/sc'):.2f}, the judge accepts "
            f"{run.late('judge'):.0%}, and the critics reach {_peak(run):.1f}"
        ),
    ),
    "no Eq. 4": Fault(
        weights(lambda_cls_g=0.0),
        f"D sees on edits a share of the loss's targets that is at least {100 * FEWER:.0f} points "
        "below its share of right labels on real faces",
        lambda run, healthy: run.late("rgb/fake_accuracy") < run.late("rgb/real_accuracy") - FEWER,
        _said(
            "D sees {:.0%} of the targets on edits, and {:.0%} of the labels on real faces",
            "rgb/fake_accuracy",
            "rgb/real_accuracy",
        ),
    ),
    "no penalty": Fault(
        weights(lambda_gp=0.0),
        f"a critic goes further than {AWAY} from 0",
        lambda run, healthy: _peak(run) > AWAY,
        lambda run: f"the critics stay within {_peak(run):.1f}",
    ),
    "no reconstruction": Fault(
        weights(lambda_rec=0.0),
        f"the reconstruction error is more than {MORE} times that of the healthy run",
        lambda run, healthy: _beside("rgb/rec", run, healthy) > MORE,
        _said("the error is {:.3f}", "rgb/rec"),
    ),
    "old labels": Fault(
        WRONG_LINES["old labels"],
        f"the judge accepts fewer than {FEW:.0%} of the edits, and edits change less than {LESS} "
        "times as much as healthy ones",
        lambda run, healthy: run.late("judge") < FEW and _beside("rgb/change", run, healthy) < LESS,
        _said("the judge accepts {:.0%}, and the change is {:.3f}", "judge", "rgb/change"),
    ),
    "resting critics": Fault(
        WRONG_LINES["resting critics"],
        f"nothing differs from the healthy run by more than {1 - NEAR:.0%}: good critics stay good "
        "for a while",
        _looks_healthy,
        lambda run: (
            f"the judge accepts {run.late('judge'):.0%}, D is right on "
            f"{run.late('rgb/real_accuracy'):.0%} of real labels and sees "
            f"{run.late('rgb/fake_accuracy'):.0%} of the targets on edits, the error is "
            f"{run.late('rgb/rec'):.3f}, the change {run.late('rgb/change'):.3f}, the "
            f"disagreement {run.late('rgb/sc'):.2f}, and the critics reach {_peak(run):.1f}"
        ),
    ),
    "reversed wish": Fault(
        WRONG_LINES["reversed wish"],
        f"the judge accepts fewer than {FEW:.0%} of the edits, and edits change more than {NEAR} "
        "times as much as healthy ones",
        lambda run, healthy: run.late("judge") < FEW and _beside("rgb/change", run, healthy) > NEAR,
        _said("the judge accepts {:.0%}, and the change is {:.3f}", "judge", "rgb/change"),
    ),
}
# Of what is broken in each run, in order: nobody should read the answers by accident.
_DIGESTS = (
    *("936bc91a", "6a5199ab", "57cdab68", "0eab151d"),
    *("d7537256", "dc527bcd", "97a15ec5", "c8bf8b84"),
)
TITLES = tuple(f"run {number}" for number in range(1, 1 + len(_DIGESTS)))


def right_name(title: str) -> str:
    """The name of the fault in a run."""
    wanted = _DIGESTS[TITLES.index(title)]
    return next(
        name for name in FAULTS if sha256(f"{title}: {name}".encode()).hexdigest()[:8] == wanted
    )


def grade(named: Mapping[str, str]) -> None:
    """Say of each run's name whether it is right, and of a wrong one what speaks against it.

    Args:
        named: a name from ``FAULTS`` by title, "" for none yet.

    Raises:
        TypeError: the names are no dict.
        ValueError: no run has that title, or no fault that name; the nearest is named.
        NotPassed: in strict mode, if not all are right.
    """
    if not isinstance(named, Mapping):
        raise TypeError(f"named is {named!r}; wanted: a dict, such as {{'run 1': 'no penalty'}}.")
    runs = load_laboratory()
    for title, name in named.items():
        if title not in TITLES:
            raise unknown_choice("run", title, TITLES)
        if name and name not in FAULTS:
            raise unknown_choice("name", name, FAULTS)
    given = {title: name for title, name in named.items() if name}
    for title, name in given.items():
        fault = FAULTS[name]
        if name == right_name(title):
            print(f"{title}: right. The sign of {name!r}: {fault.sign}.")
        else:
            print(f"{title}: not {name!r}, whose sign is this: {fault.sign}.")
            print(f"    Here {fault.seen(runs[title])}.")
            print(f"    In the healthy run {fault.seen(runs['healthy'])}.")
    correct = sum(name == right_name(title) for title, name in given.items())
    result = f"{correct} of {len(TITLES)} named right" if given else "not attempted"
    if os.environ.get(STRICT, "0") not in ("", "0") and correct < len(TITLES):
        raise NotPassed(f"laboratory: {result}.")
    print(f"laboratory: {result}.")
