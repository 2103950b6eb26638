"""The checked exercises of lesson 06: what a wish rules out, and a warning to repair."""

from collections.abc import Callable

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake
from secgan_lite.course.widgets.explorer import unseen, wish


def _wish_case(draws: torch.Generator) -> Case:
    """Changes, labels and rivals of eight attributes, in an order of its own each time.

    Two additions of different strength (0 and 4) push out 1, which is there, and cannot push out
    2, which is not, nor 3, which has a wish of its own; a removal (5) pushes out nothing.
    """
    a, b, c, d = (0.2 + 0.15 * torch.rand(4, generator=draws) + torch.arange(4) * 0.2).tolist()
    changes = torch.tensor([b, 0.0, 0.0, -c, a, -d, 0.0, 0.0])
    present = torch.tensor([False, True, False, True, False, True, True, True])
    rivals = torch.zeros(8, 8, dtype=torch.bool)
    for i, j in ((0, 1), (0, 2), (0, 3), (4, 1), (5, 7)):
        rivals[i, j] = rivals[j, i] = True
    order = torch.randperm(8, generator=draws)
    return Case((changes[order], present[order], rivals[order][:, order]))


def _ruled_out(
    strength: Callable[[Tensor], Tensor] = lambda changes: changes.clamp(min=0),
    join: Callable[[Tensor], Tensor] = lambda pushes: pushes.amax(dim=0),
    where: Callable[[Tensor, Tensor], Tensor] = lambda changes, present: (changes == 0) & present,
    sign: float = -1.0,
) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    """A wish with a part of it replaced."""

    def answer(changes: Tensor, present: Tensor, rivals: Tensor) -> Tensor:
        out = sign * join(rivals * strength(changes)[:, None])
        return torch.where(where(changes, present) & (out != 0), out, changes)

    return answer


WISH = Exercise(
    wish,
    _wish_case,
    {
        "not resolved": Mistake(
            lambda changes, present, rivals: changes,
            "nothing is ruled out: blond hair is added to black hair, and the generator is asked "
            "for both at once",
        ),
        "absent ones too": Mistake(
            _ruled_out(where=lambda changes, present: changes == 0),
            "it also takes away what the face has not: training never did that",
        ),
        "own wishes overruled": Mistake(
            _ruled_out(where=lambda changes, present: present),
            "it overrules a change that was asked for by hand: only where nothing was asked may a "
            "rival be taken away",
        ),
        "always whole": Mistake(
            _ruled_out(strength=lambda changes: (changes > 0).float()),
            "it takes away the whole of a rival, however little was added: as much as is added "
            "has to go",
        ),
        "added up": Mistake(
            _ruled_out(join=lambda pushes: pushes.sum(dim=0)),
            "two additions that rule out the same attribute are added up: the stronger one counts",
        ),
        "sign": Mistake(
            _ruled_out(sign=1.0),
            "the sign is wrong: the rivals are added as well, not taken away",
        ),
        "removals push too": Mistake(
            _ruled_out(strength=lambda changes: changes.abs()),
            "an attribute that is taken away takes others with it: only what is added rules out",
        ),
    },
)


def _unseen_case(draws: torch.Generator) -> Case:
    """Differences (B, n) of all kinds, beside labels (B, n)."""
    values = torch.tensor([-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5])
    kinds = torch.cartesian_prod(values, torch.tensor([0.0, 1.0]))
    kinds = kinds[torch.randperm(len(kinds), generator=draws)].view(2, 7, 2)
    return Case((kinds[..., 0].clone(), kinds[..., 1] > 0))


def _marks(*rules: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    """Marked is what one of the rules marks."""

    def answer(y_diff: Tensor, present: Tensor) -> Tensor:
        return torch.stack([rule(y_diff, present) for rule in rules]).any(dim=0)

    return answer


def _beyond(d: Tensor, p: Tensor) -> Tensor:
    return d.abs() > 1


def _there_already(d: Tensor, p: Tensor) -> Tensor:
    return (d > 0) & p


def _not_there(d: Tensor, p: Tensor) -> Tensor:
    return (d < 0) & ~p


UNSEEN = Exercise(
    unseen,
    _unseen_case,
    {
        "beyond one alone": Mistake(
            _marks(_beyond),
            "only what lies beyond ±1 is marked. Adding glasses to a face that wears some was "
            "never trained either: there y_diff was 0 or −1",
        ),
        "direction alone": Mistake(
            _marks(_there_already, _not_there),
            "what lies beyond ±1 is not marked: training never exaggerated",
        ),
        "additions alone": Mistake(
            _marks(_beyond, _there_already),
            "taking away what is not there is not marked: a label of 0 never had y_diff = −1",
        ),
        "removals alone": Mistake(
            _marks(_beyond, _not_there),
            "adding what is there already is not marked: a label of 1 never had y_diff = +1",
        ),
        "labels exchanged": Mistake(
            _marks(_beyond, lambda d, p: (d > 0) & ~p, lambda d, p: (d < 0) & p),
            "the labels are exchanged: it marks exactly the edits that training consists of",
        ),
        "one included": Mistake(
            _marks(lambda d, p: d.abs() >= 1, _there_already, _not_there),
            "±1 itself is marked: that is what training used",
        ),
        "in between": Mistake(
            _marks(lambda d, p: ~torch.isin(d, torch.tensor([-1.0, 0.0, 1.0])), _there_already,
                   _not_there),
            "values between 0 and ±1 are marked. True, training had none; but they lie between "
            "two that it had, and the exercise asks for what lies outside",
        ),
        "all that moves": Mistake(
            lambda d, p: d != 0,
            "every change is marked",
        ),
    },
    given="beyond one alone",
)  # fmt: skip

EXERCISES = {"06-wish": WISH, "06-unseen": UNSEEN}
