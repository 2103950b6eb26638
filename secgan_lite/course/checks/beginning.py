"""The exercises of lesson 00: a wish from two labels, reversals, and which edits come closest."""

from collections.abc import Mapping
from functools import partial

import torch
from torch import Tensor

from secgan_lite.attributes import NAMES, difference, index_of
from secgan_lite.course.checks.exercise import Case, Exercise, Mistake


def _label_case(draws: torch.Generator) -> Case:
    """Labels of a few faces, each pair of values among them."""
    pairs = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]).repeat(6, 1)
    y_trg, y_src = pairs[torch.randperm(len(pairs), generator=draws)].T.reshape(2, 4, 6)
    return Case((y_trg, y_src))


def _few_labels(draws: torch.Generator, faces: int, attributes: int) -> Case:
    return Case(tuple(torch.randint(2, (2, faces, attributes), generator=draws).float()))


DIFFERENCE = Exercise(
    difference,
    _label_case,
    {
        "sign": Mistake(
            lambda trg, src: src - trg,
            "the sign is wrong: what should come would go. The target comes first, the source is "
            "subtracted",
        ),
        "target": Mistake(
            lambda trg, src: trg,
            "this is the target itself. A generator that is told targets must be told everything "
            "about a face; ours is told what changes, and 0 is to mean: leave it alone",
        ),
        "no direction": Mistake(
            lambda trg, src: (trg - src).abs(),
            "it says that something changes, and not in which direction: what is taken away needs "
            "−1",
        ),
        "additions alone": Mistake(
            lambda trg, src: (trg - src).clamp(min=0),
            "nothing is ever taken away: where the face has an attribute and the target has not, "
            "−1 is wanted",
        ),
        "removals alone": Mistake(
            lambda trg, src: (trg - src).clamp(max=0),
            "nothing ever comes: where the target has an attribute and the face has not, +1 is "
            "wanted",
        ),
        "±1 for labels": Mistake(
            lambda trg, src: 2 * trg - 1,
            "every attribute is asked for or taken away, also where nothing should change: there "
            "0 is wanted",
        ),
        "−1 where nothing changes": Mistake(
            lambda trg, src: 2 * (trg - src).abs() - 1,
            "−1 takes away: it marks a change. What stays as it is needs 0, and a change needs its "
            "direction",
        ),
        "twice": Mistake(
            lambda trg, src: (2 * trg - 1) - (2 * src - 1),
            "it is twice too large: labels are 0 and 1 here, not −1 and 1",
        ),
        "added": Mistake(
            lambda trg, src: trg + src,
            "the labels are added: what both have would be asked for twice",
        ),
    },
    stops={
        "booleans": Mistake(
            lambda trg, src: trg.bool() - src.bool(),
            "But ^ would lose the sign: leave the labels the numbers 0 and 1 that they are",
        ),
    },
    corners=(partial(_few_labels, faces=3, attributes=5),),  # not as many as in other cases
    small={
        "one face and one attribute": partial(_few_labels, faces=1, attributes=1),
        "one face and two attributes": partial(_few_labels, faces=1, attributes=2),
        "two faces": partial(_few_labels, faces=2, attributes=2),
    },
)


def _face_case(draws: torch.Generator, attributes: int = 7) -> Case:
    """Labels (n,) of one face that has some attributes and lacks others."""
    y = torch.tensor([0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0])[:attributes]
    return Case((y[torch.randperm(len(y), generator=draws)],))


def _one_kind(draws: torch.Generator, attributes: int, value: float) -> Case:
    """Labels of a face that has all attributes, or none; not as many as in other cases."""
    return Case((torch.full((attributes,), value),))


def reversals(y_src: Tensor) -> Tensor:
    """y_diff of n edits, (n, n): the i-th reverses attribute i and leaves the others alone."""
    return torch.diag(1 - 2 * y_src)


_LENGTH = "It is written for 13 attributes; the check's face has fewer: use len(y_src)"
_BESIDE = "off the diagonal 0 is wanted, which leaves an attribute alone; it is "
REVERSALS = Exercise(
    reversals,
    _face_case,
    {
        "always added": Mistake(
            lambda y: torch.eye(len(y)),
            "it adds every attribute, also where the face has it already. What is there is "
            "reversed by taking it away: −1",
        ),
        "sign": Mistake(
            lambda y: torch.diag(2 * y - 1),
            "the sign is wrong: it adds what is there, and takes away what is not",
        ),
        "targets": Mistake(
            lambda y: (y - torch.eye(len(y))).abs(),
            "these are the labels after each edit, y_trg. The generator is told y_trg − y_src",
        ),
        "all at once": Mistake(
            lambda y: (1 - 2 * y).expand(len(y), -1),
            "each edit reverses all attributes at once: in row i only entry i may differ from 0",
        ),
        "removals missing": Mistake(
            lambda y: torch.diag(1 - y),
            "what the face has stays: its reversal is −1, not 0",
        ),
        "always removed": Mistake(
            lambda y: -torch.eye(len(y)),
            "it takes every attribute away, also where the face lacks it",
        ),
        "additions missing": Mistake(
            lambda y: torch.diag(-y),
            "what the face lacks stays away: its reversal is +1, not 0",
        ),
        "labels": Mistake(
            torch.diag,
            "the labels themselves are on the diagonal: for a 1 the reversal is −1, and for a 0 it "
            "is +1",
        ),
        "all at once in columns": Mistake(
            lambda y: (1 - 2 * y)[:, None].expand(-1, len(y)),
            "row i asks for the same change of all attributes: in it only entry i may differ from "
            "0",
        ),
        "others added": Mistake(lambda y: 1 - 2 * torch.eye(len(y)), f"{_BESIDE}1"),
        "others taken away": Mistake(lambda y: 2 * torch.eye(len(y)) - 1, f"{_BESIDE}−1"),
        "outer product": Mistake(
            lambda y: torch.outer(1 - 2 * y, 1 - 2 * y),
            f"{_BESIDE}1 or −1. An outer product fills every place, torch.diag the diagonal alone",
        ),
        "labels in every row": Mistake(
            lambda y: torch.eye(len(y)) - y,
            "the labels are subtracted in every row. Make one number for each attribute first, and "
            "put these on the diagonal",
        ),
        "labels in every row, twice": Mistake(
            lambda y: torch.eye(len(y)) - 2 * y,
            "1 − 2y is right on the diagonal, but 2y is subtracted in all of each row: put the "
            "numbers 1 − 2y on the diagonal, with torch.diag",
        ),
        "neighbour": Mistake(
            lambda y: torch.diag(1 - 2 * y).roll(1, 0),
            "row i reverses the attribute before i: its numbers stand beside the diagonal",
        ),
        "13 by 13": Mistake(lambda y: torch.eye(13), _LENGTH[0].lower() + _LENGTH[1:]),
    },
    given="always added",
    stops={
        "always 13": Mistake(lambda y: torch.eye(13) * (1 - 2 * y), _LENGTH),
        "always 13 labels": Mistake(lambda y: torch.diag(torch.ones(13) - 2 * y), _LENGTH),
    },
    corners=(
        partial(_one_kind, attributes=5, value=1.0),
        partial(_one_kind, attributes=4, value=0.0),
    ),
    small={"two attributes": partial(_face_case, attributes=2)},
)

# What an edit has to do, by attribute; the hair colours and the skin only change colours.
_TASK = {
    "Bald": "hair has to become skin; a wrong colour can still be nearer to skin than the hair was",
    "Bangs": "hair has to be drawn where skin was: a new shape",
    "Bushy_Eyebrows": "a few pixels get a new shape",
    "Eyeglasses": "thin lines have to be drawn in the right place",
    "Male": "the outline of the hair moves and a jaw grows: many new shapes, little by little",
    "Mouth_Slightly_Open": "teeth and lips have to be drawn in a few pixels",
    "Mustache": "a small dark shape has to be drawn, in one place",
    "No_Beard": "a dark shape has to be drawn or to be filled with skin",
    "Young": "thin wrinkles have to be drawn or wiped away",
}


def placed(end: str, guess: str, shares: Mapping[str, Mapping[str, float]]) -> str:
    """What the measured shares say to a guess which edit comes nearest to the truth, or least near.

    Args:
        end: "nearest" or "furthest".
        guess: an attribute, "" for none yet; one without a share gets no place.
        shares: of the error, by attribute, each with ``value``, ``low`` and ``high``. An attribute
            whose interval overlaps with that of the first, or of the last, is right, too.

    Raises:
        ValueError: an unknown attribute; the nearest name is named.
    """
    if not guess:
        return f"{end}: no guess yet"
    index_of(guess, NAMES)
    if guess not in shares:
        return f"{end}: {guess} takes no part here; choose one of {', '.join(sorted(shares))}"
    ranked = sorted(shares, key=lambda name: shares[name]["value"])
    mine, best = shares[guess], shares[ranked[0 if end == "nearest" else -1]]
    right = mine["low"] <= best["high"] and best["low"] <= mine["high"]
    task = _TASK.get(guess, "pixels that are there already get another colour")
    place = f"place {ranked.index(guess) + 1} of {len(ranked)}, share {mine['value']:.2f}"
    return f"{end}: {guess} is {'right' if right else 'not it'} ({place}): {task}"


EXERCISES = {"00-difference": DIFFERENCE, "00-reversals": REVERSALS}
