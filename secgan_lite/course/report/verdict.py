"""What became of a run, by the rules that lesson 04 teaches: signs, each good, doubtful or bad."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from secgan_lite.course import bounds
from secgan_lite.training import TrainConfig

State = Literal["good", "doubtful", "bad"]
_WORST = ("bad", "doubtful", "good")


@dataclass(frozen=True)
class Sign:
    """One rule, applied to a run.

    Attributes:
        question: what the rule asks.
        state: the answer.
        found: the numbers that it rests on.
        advice: what to do if it is not good.
    """

    question: str
    state: State
    found: str
    advice: str


@dataclass(frozen=True)
class Verdict:
    """All signs of a run, and what they come to.

    Attributes:
        title: one sentence.
        state: of the worst sign; "doubtful" for a run that is too short to be judged.
    """

    title: str
    state: State
    signs: tuple[Sign, ...]

    @classmethod
    def of(
        cls, config: TrainConfig, log: Sequence[dict], constant: float, scores: dict | None = None
    ) -> "Verdict":
        """Judge a run by its log and, as far as there are any, its scores.

        Args:
            log: records of ``log.jsonl``, at least one.
            constant: share of labels that is right if each attribute always gets the same answer,
                the commoner one: what D has to beat.
            scores: ``means_of`` the result of ``evaluate``.
        """
        signs = tuple(_signs(config, log, constant, scores or {}))
        state = next(s for s in _WORST if s in {sign.state for sign in signs} | {"good"})
        usual = TrainConfig.of(preset=config.preset, backbone=config.backbone).iterations
        done, questions = log[-1]["iteration"], [s.question for s in signs if s.state == state]
        if done < usual / 2:
            title = f"Too early to say: {done:,} iterations, and the preset has {usual:,}."
            return cls(title, "doubtful", signs)
        if state == "good":
            return cls("This run works.", state, signs)
        begin = "This run does not work" if state == "bad" else "This run works, but not well yet"
        return cls(f"{begin}. Begin with the question: {questions[0]}", state, signs)


def _state(value: float, between: tuple[float, float]) -> State:
    """Where a value stands between two bounds; the good one is the larger or the smaller."""
    bad, good = between
    if good < bad:
        value, good, bad = -value, -good, -bad
    return "good" if value >= good else "doubtful" if value >= bad else "bad"


def _late(log: Sequence[dict], term: str) -> float:
    """Mean of a term over the last tenth of the records that have it."""
    values = [record[term] for record in log if term in record]
    last = values[-max(1, len(values) // 10) :]
    return sum(last) / len(last)


def _signs(
    config: TrainConfig, log: Sequence[dict], constant: float, scores: dict
) -> Iterator[Sign]:
    branches = {"images": "rgb"} | ({"masks": "semantic"} if config.method == "secgan" else {})

    quiet = [*_off(config), *_still(log, branches.values())]
    yield Sign(
        "Is every term of the loss at work?",
        "bad" if quiet else "good",
        "; ".join(quiet) or "each has a weight, and moves; the errors have fallen",
        "Nobody asks for what a silent term would ask for. If that is meant, read on.",
    )

    half = log[len(log) // 2 :]
    peaks = {word: max(abs(r[f"{n}/critic"]) for r in half) for word, n in branches.items()}
    yield Sign(
        "Do the critics stay bounded?",
        _state(max(peaks.values()), bounds.CRITIC),
        "largest value in the second half: "
        + ", ".join(f"{value:,.3g} for {word}" for word, value in peaks.items()),
        "Is the penalty on (lambda_gp)? If so, halve the learning_rate.",
    )

    real = _late(log, "rgb/real_accuracy")
    yield Sign(
        "Does D learn the attributes of real faces?",
        _state((real - constant) / (1 - constant), bounds.LEARNT),
        f"right on {real:.0%} of the labels; always the same answer is right on {constant:.0%}",
        "Train longer. Look at ten faces with their labels; take a wider D.",
    )

    fake = _late(log, "rgb/fake_accuracy")
    yield Sign(
        "Does G please D?",
        _state(real - fake, bounds.BEHIND),
        f"D finds {fake:.0%} of the wanted labels on edits, {real:.0%} on real faces (in the last "
        "tenth of the run)",
        "Lower lambda_rec; see whether G(x, y) differs for two labels.",
    )

    rate = scores["tarr"]["value"] if "tarr" in scores else None
    if rate is None and any("judge" in record for record in log):
        rate = [record["judge"] for record in log if "judge" in record][-1]
    if rate is not None:
        yield Sign(
            "Does the judge see the edits?",
            _state(rate, bounds.JUDGED),
            f"the judge, which took no part in training, accepts {rate:.0%} of the single flips",
            "If D is pleased and the judge is not, G has found patterns for D alone: train longer, "
            "with more faces or a wider D.",
        )

    error, change = _late(log, "rgb/rec"), _late(log, "rgb/change")
    yield Sign(
        "Do edits change more than reconstructions?",
        _state(change / max(error, 1e-9), bounds.CHANGED),
        f"edits change {change:.3f}, reconstructions are off by {error:.3f} "
        f"({change / max(error, 1e-9):.2f} times)",
        "Edits do nothing. Is the label that D wants on edits y_trg, and does it reach G?",
    )

    if "inside_ratio" in scores:
        inside, outside = scores["inside_ratio"], scores.get("outside")
        far, close = bounds.CLOSE
        yield Sign(
            "Are the edits close to the true edits?",
            "good" if inside["high"] < close else "doubtful" if inside["low"] < far else "bad",
            f"error inside the true change, as a share of a copy's: {inside['value']:.2f} "
            f"({inside['low']:.2f} to {inside['high']:.2f}); close is below {close}"
            + (f"; outside, {outside['value']:.1f} grey levels, a copy 0" if outside else ""),
            "Look at the flips: does a shape lack, or is all blurred? Train longer, with more "
            "faces or larger images.",
        )


_WEIGHTS = {
    "lambda_cls_g": "nobody asks G for an edit (Eq. 4)",
    "lambda_cls_d": "nobody teaches D the attributes (Eq. 3)",
    "lambda_gp": "nothing holds the critics' slopes",
    "lambda_rec": "nobody asks G to keep the face",
    "lambda_sc": "nothing ties the branches (Eq. 11, 12)",
}


def _off(config: TrainConfig) -> Iterator[str]:
    for name, loss in _WEIGHTS.items():
        if getattr(config, name) == 0 and (name != "lambda_sc" or config.method == "secgan"):
            yield f"{name} is 0: {loss}"


def _still(log: Sequence[dict], branches: Sequence[str]) -> Iterator[str]:
    """Terms that never moved, and errors that are no lower than they were in the beginning."""
    for branch in branches:
        own = [name for name in log[-1] if name.startswith(f"{branch}/")]
        for name in own:
            values = [record[name] for record in log if name in record]
            first, late = values[0], _late(log, name)
            if len(values) > 2 and min(values) == max(values):
                yield f"{name} was {first:g} all the time"
            elif len(values) > 2 and name.endswith(("/rec", "/sc")) and late >= first:
                yield f"{name} has not fallen ({first:.2f}, then {late:.2f})"
