"""Lesson 06, exercise A: an added attribute takes away what it rules out."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake
from secgan_lite.course.widgets.explorer import wish


def _wish_case(draws: torch.Generator, strongest: float = 1.0, additions: int = 6) -> Case:
    """Changes, labels and rivals of 17 attributes, in an order of its own each time.

    Two additions of different strength (0 and 4), above 1 in sum, push out 1, which is there, and
    cannot push out 2, which is not, nor 3, which has a weaker wish of its own; a removal (5) pushes
    out nothing. The strongest addition (8), which the face has already, pushes out 16 all the same.
    Two weak additions (9, there already, and 11) push out 10 and 12, as weakly, and cannot push out
    13, which is added itself. Both push 15. One that is not there (14) is taken away all the same.
    Of the two that push 1 the weaker comes first, of the two that push 15 the stronger.

    Args:
        strongest: the largest addition.
        additions: how many are kept, the largest ones; 0 to 6.
    """
    a, b, c, d = (0.35 + 0.1 * torch.rand(4, generator=draws) + torch.arange(4) * 0.18).tolist()
    changes = torch.tensor([c, 0, 0, -b, a, -d, 0, 0, strongest, 0.05, 0, 0.3, 0, 0.01, -0.4, 0, 0])
    small = changes.argsort(descending=True)[additions:6]
    changes[small] = 0
    present = torch.tensor([0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 1]) > 0
    rivals = torch.zeros(17, 17, dtype=torch.bool)
    for i, j in (
        (0, 1),
        (0, 2),
        (0, 3),
        (4, 1),
        (5, 7),
        (8, 16),
        (9, 10),
        (11, 12),
        (11, 13),
        (9, 15),
        (11, 15),
    ):
        rivals[i, j] = rivals[j, i] = True
    order = torch.randperm(17, generator=draws)
    for early, late in ((4, 0), (11, 9)):
        places = ((order == early) | (order == late)).nonzero()[:, 0]
        order[places] = torch.tensor([early, late])
    return Case((changes[order], present[order], rivals[order][:, order]))


def _few_wishes(draws: torch.Generator, attributes: int) -> Case:
    """In half of the cases, an attribute is added that rules out one of the face."""
    changes = torch.randint(-1, 3, (attributes,), generator=draws) / 2
    present = torch.randint(2, (attributes,), generator=draws) > 0
    rivals = torch.randint(2, (attributes, attributes), generator=draws).triu(1) > 0
    if torch.rand((), generator=draws) < 0.5:
        return Case((changes, present, rivals | rivals.T))
    added, rival = torch.randperm(attributes, generator=draws)[:2]
    changes[added] = torch.randint(1, 3, (), generator=draws) / 2
    changes[rival], present[rival], rivals[added, rival] = 0, True, True
    return Case((changes, present, rivals | rivals.T))


def _ruled_out(
    changes: Tensor,
    present: Tensor,
    rivals: Tensor,
    *,
    strength: Callable[[Tensor], Tensor] = lambda changes: changes.clamp(min=0),
    join: Callable[[Tensor], Tensor] = lambda pushes: pushes.amax(dim=0),
    asked: Callable[[Tensor], Tensor] = lambda changes: changes != 0,
    there: Callable[[Tensor], Tensor] = lambda present: present,
    sign: float = -1.0,
) -> Tensor:
    """A wish with a part of it replaced."""
    out = sign * join(rivals * strength(changes)[:, None])
    return torch.where(~asked(changes) & there(present) & (out != 0), out, changes)


def _last(pushes: Tensor) -> Tensor:
    """Of each column the last entry that is not 0, (n, n) -> (n,)."""
    return _first(pushes.flip(0))


def _mean(pushes: Tensor) -> Tensor:
    """Of each column the mean of the entries that are not 0, (n, n) -> (n,)."""
    return pushes.sum(dim=0) / (pushes > 0).sum(dim=0).clamp(min=1)


def _weakest(pushes: Tensor) -> Tensor:
    """Of each column the smallest entry that is not 0, (n, n) -> (n,)."""
    return pushes.where(pushes > 0, torch.inf).amin(dim=0).nan_to_num(posinf=0.0)


def _absent_adders(changes: Tensor, present: Tensor, rivals: Tensor) -> Tensor:
    """A wish by which an addition pushes only where the face lacks what is added."""
    pushing = changes.clamp(min=0) * ~present
    out = 0 - (rivals * pushing[:, None]).amax(dim=0)
    return torch.where((changes == 0) & present, out, changes)


def _present_adders(changes: Tensor, present: Tensor, rivals: Tensor) -> Tensor:
    """A wish by which an addition pushes only where the face has already what is added."""
    return _ruled_out(changes * present, present, rivals, asked=lambda c: changes != 0) + (
        changes * ~present
    )


def _push(changes: Tensor, rivals: Tensor) -> Tensor:
    """How strongly each attribute is pushed out, (n,)."""
    return (rivals * changes.clamp(min=0)[:, None]).amax(dim=0)


def _first(pushes: Tensor) -> Tensor:
    """Of each column the first entry that is not 0, (n, n) -> (n,)."""
    return pushes.gather(0, (pushes > 0).int().argmax(dim=0, keepdim=True))[0]


_NONE = (
    "Does this happen where nothing is added? Then no row is left to take the largest of, and "
    "`changes` has to come back as it is"
)
_TRUTH = (
    "`if`, `and`, `or` and `not` want one truth value, and a tensor has many: write &, | and ~, "
    "with each comparison in brackets"
)
_VALUES = "`.max(dim=…)` gives two things, values and places: take `.values`, or use `.amax`"

WISH = Exercise(
    wish,
    _wish_case,
    {
        "not resolved": Mistake(
            lambda changes, present, rivals: changes,
            "nothing is ruled out: blond hair is added to black hair, and the generator is asked "
            "for both at once. If your lines do take something away: over which axis do they take "
            "the maximum, and of numbers of which sign?",
        ),
        "absent ones too": Mistake(
            partial(_ruled_out, there=torch.ones_like),
            "it also takes away what the face has not: training never did that",
        ),
        "own wishes overruled": Mistake(
            partial(_ruled_out, asked=lambda changes: torch.zeros_like(changes) > 0),
            "it overrules a change that was asked for by hand: only where nothing was asked may a "
            "rival be taken away",
        ),
        "removals pushed": Mistake(
            partial(_ruled_out, asked=lambda changes: changes > 0),
            "it changes a removal that was asked for by hand: only where nothing was asked may a "
            "rival be taken away",
        ),
        "removals overruled": Mistake(
            lambda changes, present, rivals: torch.where(
                (changes <= 0) & present,
                0 - (rivals * changes.clamp(min=0)[:, None]).amax(dim=0),
                changes,
            ),
            "it overrules a removal that was asked for by hand: a negative change is a wish, too",
        ),
        "what is there overruled": Mistake(
            lambda changes, present, rivals: torch.where(
                present, 0 - (rivals * changes.clamp(min=0)[:, None]).amax(dim=0), changes
            ),
            "every attribute of the face loses the change that was asked for by hand: only where "
            "nothing was asked may a rival be taken away",
        ),
        "always whole": Mistake(
            partial(_ruled_out, strength=lambda changes: (changes > 0).float()),
            "it takes away the whole of a rival, however little was added: as much as is added "
            "has to go",
        ),
        "weak ones ignored": Mistake(
            partial(_ruled_out, strength=lambda changes: changes * (changes > 0.5)),
            "a weak addition takes nothing away: however little is added, as much has to go",
        ),
        "added up": Mistake(
            partial(_ruled_out, join=lambda pushes: pushes.sum(dim=0)),
            "two additions that rule out the same attribute are added up: the stronger one counts",
        ),
        "the first": Mistake(
            partial(_ruled_out, join=_first),
            "two additions rule out the same attribute, and the first one in the list counts: the "
            "stronger one has to count",
        ),
        "the last": Mistake(
            partial(_ruled_out, join=_last),
            "two additions rule out the same attribute, and the last one in the list counts: the "
            "stronger one has to count",
        ),
        "averaged": Mistake(
            partial(_ruled_out, join=_mean),
            "of two additions that rule out the same attribute the mean is taken: the stronger one "
            "has to count",
        ),
        "the weakest": Mistake(
            partial(_ruled_out, join=_weakest),
            "two additions rule out the same attribute, and the weaker one counts: the stronger "
            "one has to count",
        ),
        "halved": Mistake(
            partial(_ruled_out, strength=lambda changes: changes.clamp(min=0) / 2),
            "a rival goes half as strongly as the other one comes: as much as is added has to go",
        ),
        "wishes forgotten": Mistake(
            lambda changes, present, rivals: (
                _ruled_out(changes, present, rivals) * ((changes == 0) & present)
            ),
            "what was asked for is lost: where nothing is ruled out, `changes` has to stay",
        ),
        "rivals alone": Mistake(
            lambda changes, present, rivals: (
                (0 - (rivals * changes.clamp(min=0)[:, None]).amax(dim=0)) * present
            ),
            "what was asked for is lost: only what is ruled out comes back, and `changes` has to "
            "stay elsewhere",
        ),
        "all rivals alone": Mistake(
            lambda changes, present, rivals: (
                0 - (rivals * changes.clamp(min=0)[:, None]).amax(dim=0)
            ),
            "what was asked for is lost, and what the face has not is taken away: `changes` has to "
            "stay, but where nothing was asked and the face has the rival",
        ),
        "added up, to 1": Mistake(
            partial(_ruled_out, join=lambda pushes: pushes.sum(dim=0).clamp(max=1)),
            "two additions that rule out the same attribute are added up, as far as 1: the "
            "stronger one counts",
        ),
        "whole ones alone": Mistake(
            partial(_ruled_out, strength=lambda changes: changes * (changes >= 1)),
            "only a whole addition takes something away: however little is added, as much has to "
            "go",
        ),
        "strongest alone": Mistake(
            partial(_ruled_out, strength=lambda changes: changes * (changes == changes.max())),
            "only the strongest of all additions takes something away: each one takes away what "
            "it rules out",
        ),
        "absent adders alone": Mistake(
            _absent_adders,
            "what is added takes nothing away where the face has it already: it still rules "
            "out others",
        ),
        "present adders alone": Mistake(
            _present_adders,
            "what is added takes something away only where the face has it already: it rules out "
            "others on every face",
        ),
        "the largest of all": Mistake(
            lambda changes, present, rivals: torch.where(
                (changes == 0) & present & (_push(changes, rivals) > 0), -changes.max(), changes
            ),
            "each rival goes as strongly as the strongest of all additions: only those that rule "
            "it out count",
        ),
        "later rivals alone": Mistake(
            lambda changes, present, rivals: _ruled_out(changes, present, rivals.triu()),
            "only rivals that come later in the list are taken away: those before it have to go, "
            "too",
        ),
        "subtracted from wishes": Mistake(
            lambda changes, present, rivals: changes - _push(changes, rivals) * present,
            "it also subtracts from changes that were asked for by hand: only where nothing was "
            "asked may a rival be taken away",
        ),
        "maximum of negatives": Mistake(
            lambda changes, present, rivals: torch.where(
                (changes == 0) & present,
                (rivals * -changes[:, None]).amax(dim=0).clamp(min=0),
                changes,
            ),
            "nothing is ruled out, and what is taken away adds its rivals. Is a maximum taken of "
            "negative numbers? The largest of them is the weakest",
        ),
        "branches exchanged": Mistake(
            lambda changes, present, rivals: torch.where(
                (changes == 0) & present, changes, 0 - _push(changes, rivals)
            ),
            "where nothing was asked and the face has the attribute, `changes` stays, and "
            "elsewhere it is replaced: the reverse is wanted. Look at the order of the two results",
        ),
        "one condition of two": Mistake(
            lambda changes, present, rivals: torch.where(
                (changes == 0) | present, 0 - _push(changes, rivals), changes
            ),
            "it replaces where one of the two conditions holds: both have to hold",
        ),
        "sign": Mistake(
            partial(_ruled_out, sign=1.0),
            "the sign is wrong: the rivals are added as well, not taken away",
        ),
        "removals push too": Mistake(
            partial(_ruled_out, strength=lambda changes: changes.abs()),
            "an attribute that is taken away takes others with it: only what is added rules out",
        ),
    },
    small={
        f"{number} attributes": partial(_few_wishes, attributes=n)
        for n, number in ((2, "two"), (3, "three"), (4, "four"))
    },
    corners=(
        partial(_wish_case, strongest=0.95),  # no addition is whole
        partial(_wish_case, additions=1),
        partial(_wish_case, additions=0),
    ),
    stops={
        "maximum with its places": Mistake(
            lambda changes, present, rivals: -(rivals * changes[:, None]).max(dim=0), _VALUES
        ),
        "maximum with its places, from 0": Mistake(
            lambda changes, present, rivals: 0 - (rivals * changes[:, None]).max(dim=0), _VALUES
        ),
        "no addition": Mistake(
            lambda changes, present, rivals: rivals[changes > 0].int().amax(dim=0), _NONE
        ),
        "no addition, by max": Mistake(
            lambda changes, present, rivals: rivals[changes > 0].int().max(dim=0).values, _NONE
        ),
        "no addition, in a list": Mistake(
            lambda changes, present, rivals: max([c for c in changes if c > 0]), _NONE
        ),
        "one truth value": Mistake(
            lambda changes, present, rivals: changes == 0 and present, _TRUTH
        ),
    },
)

EXERCISES = {"06-wish": WISH}
