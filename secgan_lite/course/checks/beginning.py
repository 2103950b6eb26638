"""The checked exercises of lesson 00: a wish from two labels, and a reversal of every attribute."""

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
        "±1 for labels": Mistake(
            lambda trg, src: 2 * trg - 1,
            "every attribute is asked for or taken away, also where nothing should change: there "
            "0 is wanted",
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


def reversals(y_src: Tensor) -> Tensor:
    """y_diff of n edits, (n, n): the i-th reverses attribute i and leaves the others alone."""
    return torch.diag(1 - 2 * y_src)


_LENGTH = "It is written for 13 attributes; the check's face has fewer: use len(y_src)"
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
    },
    given="always added",
    stops={
        "always 13": Mistake(lambda y: torch.eye(13) * (1 - 2 * y), _LENGTH),
        "always 13 labels": Mistake(lambda y: torch.diag(torch.ones(13) - 2 * y), _LENGTH),
    },
    small={"two attributes": partial(_face_case, attributes=2)},
)

EXERCISES = {"00-difference": DIFFERENCE, "00-reversals": REVERSALS}
