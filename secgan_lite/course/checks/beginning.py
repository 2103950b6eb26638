"""The exercises of lesson 00: a wish from two labels, reversals, and which edits come closest."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import partial

import torch
from torch import Tensor

from secgan_lite.attributes import difference
from secgan_lite.course.checks.exercise import Case, Exercise, Mistake


def _label_case(draws: torch.Generator) -> Case:
    """Labels of a few faces, each pair of values among them."""
    pairs = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]).repeat(6, 1)
    y_trg, y_src = pairs[torch.randperm(len(pairs), generator=draws)].T.reshape(2, 4, 6)
    return Case((y_trg, y_src))


def _few_labels(draws: torch.Generator, faces: int, attributes: int) -> Case:
    return Case(tuple(torch.randint(2, (2, faces, attributes), generator=draws).float()))


_TWO_VALUES = (
    "One comparison tells two cases apart. There are three: an attribute comes (+1), goes (−1) or "
    "stays as it is (0)"
)
_TENSORS = (
    "The example above has dicts; here y_trg and y_src are tensors (faces, n), without names. "
    "Tensors are subtracted element by element"
)
_ONE_TRUTH = (
    "if, and, or and not (and Python's max and min) look at one truth value, and here are many"
)
_NO_BITS = "^ and ~ are for whole numbers and booleans; the labels are floats"
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
        "both": Mistake(
            lambda trg, src: trg * src,
            "it is 1 where the face and the target both have the attribute. There nothing changes, "
            "and 0 is wanted",
        ),
        "reversed": Mistake(
            lambda trg, src: 1 - 2 * src,
            "it reverses each attribute of the face, whatever the target is: y_trg counts for "
            "nothing in it",
        ),
        "equal": Mistake(
            lambda trg, src: (trg == src).float(),
            "it is 1 where the labels are equal. There nothing changes, and 0 is wanted; where "
            "they differ, +1 or −1",
        ),
        "equal or not": Mistake(
            lambda trg, src: 2 * (trg == src).float() - 1,
            "it is 1 where the labels are equal and −1 where they differ. Equal labels need 0, and "
            "a difference needs its direction",
        ),
        "not less": Mistake(
            lambda trg, src: (trg >= src).float(),
            f"it is 1 unless the attribute goes. {_TWO_VALUES}",
        ),
        "not more": Mistake(
            lambda trg, src: (trg <= src).float(),
            f"it is 1 unless the attribute comes. {_TWO_VALUES}",
        ),
    },
    stops={
        "as dicts": Mistake(
            lambda trg, src: {name: trg[name] - src[name] for name in trg},
            _TENSORS,
        ),
        "items of a dict": Mistake(
            lambda trg, src: {name: value - src[name] for name, value in trg.items()},
            _TENSORS,
        ),
        "a name": Mistake(lambda trg, src: trg[:, 0, 0] - src[:, 0, 0], _TENSORS),
        "a dict": Mistake(lambda trg, src: {"Bangs": 0}, _TENSORS),
        "if": Mistake(
            lambda trg, src: 1 if trg > src else -1,
            f"{_ONE_TRUTH}. Tensors are subtracted element by element, without an if; torch.where "
            "chooses for each element",
        ),
        "exclusive or": Mistake(
            lambda trg, src: trg ^ src,
            f"{_NO_BITS}. And ^ would lose the sign: subtract them",
        ),
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
    shifts=False,
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


_REVERSED = "1 − 2y makes +1 of 0 and −1 of 1"
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
        "sign, others taken away": Mistake(
            lambda y: 2 * torch.diag(y) - 1,
            f"two things. First, the sign is wrong on the diagonal. Second, {_BESIDE}−1",
        ),
        "removed where absent, others taken away": Mistake(
            lambda y: torch.diag(y) - 1,
            "two things. First, on the diagonal it is −1 for what the face lacks and 0 for what it "
            f"has; +1 and −1 are wanted. Second, {_BESIDE}−1",
        ),
        "all others taken away": Mistake(
            lambda y: torch.eye(len(y)) - 1,
            f"the diagonal is 0, so attribute i stays as it is in row i; and {_BESIDE}−1",
        ),
        "all others added": Mistake(
            lambda y: 1 - torch.eye(len(y)),
            f"the diagonal is 0, so attribute i stays as it is in row i; and {_BESIDE}1",
        ),
        "always removed, others twice": Mistake(
            lambda y: torch.eye(len(y)) - 2,
            "two things. First, the diagonal is −1 also for what the face lacks. Second, "
            f"{_BESIDE}−2",
        ),
        "removals missing, others added": Mistake(
            lambda y: 1 - torch.diag(y),
            "two things. First, the diagonal is 0 for what the face has, and −1 is wanted. Second, "
            f"{_BESIDE}1",
        ),
        "outer product of labels": Mistake(
            lambda y: torch.outer(y, y),
            "an outer product of the labels fills places off the diagonal too. Make one number for "
            "each attribute first (+1 or −1), and put these on the diagonal",
        ),
        "labels as rows": Mistake(
            lambda y: y.expand(len(y), -1),
            "the labels stand in every row. In row i only entry i may differ from 0, and it "
            "reverses: +1 for a 0, −1 for a 1",
        ),
        "opposite labels as rows": Mistake(
            lambda y: (1 - y).expand(len(y), -1),
            "1 − y stands in every row. In row i only entry i may differ from 0, and for a label 1 "
            "it is −1",
        ),
        "labels added in every row": Mistake(
            lambda y: torch.eye(len(y)) + y,
            "the labels are added in every row. Make one number for each attribute first, and put "
            "these on the diagonal",
        ),
        "subtracted first": Mistake(
            lambda y: (torch.eye(len(y)) - 2) * y,
            "it is (I − 2)·y, I the identity. With the bracket around 1 − 2y, I·(1 − 2y) is 0 off "
            "the diagonal",
        ),
        "opposite labels without a matrix": Mistake(
            lambda y: 1 - y,
            "it is the vector 1 − y. A matrix (n, n) is wanted, a wish a row, with the numbers on "
            "its diagonal, and for a label 1 the reversal is −1",
        ),
        "label before": Mistake(
            lambda y: torch.diag((1 - 2 * y).roll(1)),
            "place i of the diagonal has the number for the label before: y_src[i − 1], not "
            "y_src[i]",
        ),
        "13 by 13": Mistake(lambda y: torch.eye(13), _LENGTH[0].lower() + _LENGTH[1:]),
    },
    given="always added",
    stops={
        "whole numbers": Mistake(
            lambda y: torch.diag(y) ^ 1,
            f"{_NO_BITS}. {_REVERSED}",
        ),
        "inverted": Mistake(lambda y: ~y, f"{_NO_BITS}. {_REVERSED}"),
        "if": Mistake(
            lambda y: 1 if y == 1 else -1,
            f"{_ONE_TRUTH}. {_REVERSED}, without an if; torch.where chooses for each element",
        ),
        "after the last": Mistake(
            lambda y: y[len(y)],
            "There are len(y_src) places, from 0 to len(y_src) − 1. The check's face has fewer "
            "than 13 attributes",
        ),
        "always 13": Mistake(lambda y: torch.eye(13) * (1 - 2 * y), _LENGTH),
        "always 13 labels": Mistake(lambda y: torch.diag(torch.ones(13) - 2 * y), _LENGTH),
    },
    corners=(
        partial(_one_kind, attributes=5, value=1.0),
        partial(_one_kind, attributes=4, value=0.0),
    ),
    small={"two attributes": partial(_face_case, attributes=2)},
    shifts=False,
)

# What each wish has to paint; the four colours of hair and skin take no part.
_TASK = {
    "Bald +1": "hair is to become skin",
    "Bald -1": "hair has to be drawn where skin was",
    "Bangs +1": "hair has to be drawn on the forehead",
    "Bangs -1": "hair on the forehead is to become skin",
    "Bushy_Eyebrows +1": "a few pixels of skin are to become eyebrow",
    "Bushy_Eyebrows -1": "a few pixels of eyebrow are to become skin",
    "Eyeglasses +1": "thin lines have to be drawn in the right place",
    "Eyeglasses -1": "thin lines are to become what lies behind them",
    "Male +1": "long hair and the outline of the jaw have to change",
    "Male -1": "long hair has to be drawn, and the outline of the jaw has to change",
    "Mouth_Slightly_Open +1": "teeth and the inside of the mouth have to be drawn",
    "Mouth_Slightly_Open -1": "teeth are to become lips",
    "Mustache +1": "a small dark shape has to be drawn",
    "Mustache -1": "a small dark shape is to become skin",
    "No_Beard +1": "a dark shape is to become skin",
    "No_Beard -1": "a dark shape has to be drawn",
    "Young +1": "thin wrinkles are to become skin",
    "Young -1": "thin wrinkles have to be drawn",
}


_COLOURS = ("Black_Hair", "Blond_Hair", "Brown_Hair", "Pale_Skin")
_OPPOSITES = {"beard": "No_Beard", "old": "Young", "female": "Male"}
_SIGNS = {"+": "+1", "1": "+1", "-": "-1"}


def _read(guess: object) -> tuple[str, str]:
    """Name and sign of a wish such as "Bald +1", {"Bald": +1} or ("Bald", 1); "" for no sign."""
    if isinstance(guess, Mapping) and len(guess) == 1:
        guess = next(iter(guess.items()))
    if isinstance(guess, tuple | list) and len(guess) == 2:
        guess = f"{guess[0]} {guess[1]}"
    text = str(guess).strip().replace("−", "-")
    name, sign = re.fullmatch(r"(.*?)\s*([+-]?1?)(?:\.0)?", text, re.DOTALL).groups()
    return name, _SIGNS.get(sign, sign)


def _unknown(name: str, sign: str, wishes: list[str]) -> str:
    """What is wrong with a wish that is none of ``wishes``."""
    names = {wish[:-3].lower(): wish[:-3] for wish in wishes}
    if name in names.values() and not sign:
        return f"{name!r} has no sign: write '{name} +1' or '{name} -1'"
    if name.lower() in map(str.lower, _COLOURS):
        return f"the four colours of hair and skin take no part, and {name} is one of them"
    if name.lower() in _OPPOSITES:
        other = _OPPOSITES[name.lower()]
        return f"{name} +1 is called '{other} -1' here, and {name} -1 is '{other} +1'"
    near = get_close_matches(name.lower(), names, n=1, cutoff=0.7)
    signs = (sign,) if sign else ("+1", "-1")
    meant = " or ".join(repr(f"{names[near[0]]} {sign}") for sign in signs) if near else ""
    hint = f" Did you mean {meant}?" if near else ""
    return f"wish={f'{name} {sign}'.strip()!r} is not known.{hint} Choices: {', '.join(wishes)}."


def placed(
    end: str, guess: str | Mapping[str, int], shares: Mapping[str, Mapping[str, float]]
) -> str:
    """What the measured shares say to a guess which wish comes nearest to the truth, or least near.

    Args:
        end: "nearest" or "furthest".
        guess: a wish such as "Young -1" or {"Young": -1}, "" for none yet; one that is unknown
            gets no place, and is told why.
        shares: of the error, by wish, each with ``value``, ``low`` and ``high``, and with ``grey``,
            the share of flat grey. A wish whose interval overlaps with that of the first, or of
            the last, is right, too.
    """
    if not guess:
        return f"{end}: no guess yet"
    name, sign = _read(guess)
    wish = f"{name} {sign}"
    if wish not in shares:
        return f"{end}: {_unknown(name, sign, list(shares))}"
    ranked = sorted(shares, key=lambda name: shares[name]["value"])
    mine, best = shares[wish], shares[ranked[0 if end == "nearest" else -1]]
    right = mine["low"] <= best["high"] and best["low"] <= mine["high"]
    place = f"place {ranked.index(wish) + 1} of {len(ranked)}"
    reverse = wish.translate(str.maketrans("+-", "-+"))
    numbers = f"share {mine['value']:.2f}, flat grey {mine['grey']:.2f}"
    if reverse in shares:
        numbers += f", {reverse} {shares[reverse]['value']:.2f}"
    verdict = f"{end}: {wish} is {'right' if right else 'not it'} ({place}; {numbers})"
    return f"{verdict}: {_TASK[wish]}" if wish in _TASK else verdict


EXERCISES = {"00-difference": DIFFERENCE, "00-reversals": REVERSALS}
