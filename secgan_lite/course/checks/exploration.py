"""The checked exercises of lesson 06: what a wish rules out, a surplus, a warning to repair."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake
from secgan_lite.course.widgets.explorer import unseen, wish

_Rule = Callable[[Tensor, Tensor], Tensor]


def _wish_case(draws: torch.Generator, strongest: float = 1.0) -> Case:
    """Changes, labels and rivals of 17 attributes, in an order of its own each time.

    Two additions of different strength (0 and 4), above 1 in sum, push out 1, which is there, and
    cannot push out 2, which is not, nor 3, which has a weaker wish of its own; a removal (5) pushes
    out nothing. The strongest addition (8), which the face has already, pushes out 16 all the same.
    Two weak additions (9, there already, and 11) push out 10 and 12, as weakly, and cannot push out
    13, which is added itself. Both push 15. One that is not there (14) is taken away all the same.
    Of the two that push 1 the weaker comes first, of the two that push 15 the stronger.
    """
    a, b, c, d = (0.35 + 0.1 * torch.rand(4, generator=draws) + torch.arange(4) * 0.18).tolist()
    changes = torch.tensor([c, 0, 0, -b, a, -d, 0, 0, strongest, 0.05, 0, 0.3, 0, 0.1, -0.4, 0, 0])
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


def _first(pushes: Tensor) -> Tensor:
    """Of each column the first entry that is not 0, (n, n) -> (n,)."""
    return pushes.gather(0, (pushes > 0).int().argmax(dim=0, keepdim=True))[0]


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
    corners=(partial(_wish_case, strongest=0.95),),  # no addition is whole
)


def _unseen_case(draws: torch.Generator) -> Case:
    """Differences (B, n) of all kinds, beside labels (B, n)."""
    values = torch.tensor([-1.5, -1.25, -1.0, -0.5, 0.0, 0.5, 1.0, 1.25, 1.5])
    kinds = torch.cartesian_prod(values, torch.tensor([0.0, 1.0]))
    kinds = kinds[torch.randperm(len(kinds), generator=draws)].view(2, 9, 2)
    return Case((kinds[..., 0].clone(), kinds[..., 1] > 0))


def _few_differences(draws: torch.Generator, faces: int, attributes: int) -> Case:
    y_diff = torch.randint(-3, 4, (faces, attributes), generator=draws) / 2
    return Case((y_diff, torch.randint(2, y_diff.shape, generator=draws) > 0))


def _beyond(d: Tensor, p: Tensor) -> Tensor:
    return d.abs() > 1


def _there_already(d: Tensor, p: Tensor) -> Tensor:
    return (d > 0) & p


def _not_there(d: Tensor, p: Tensor) -> Tensor:
    return (d < 0) & ~p


def _marked(
    y_diff: Tensor,
    present: Tensor,
    *,
    beyond: _Rule = _beyond,
    added: _Rule = _there_already,
    removed: _Rule = _not_there,
) -> Tensor:
    """Marked is what one of three rules marks, of which some are replaced."""
    return torch.stack([rule(y_diff, present) for rule in (beyond, added, removed)]).any(dim=0)


def _nothing(d: Tensor, p: Tensor) -> Tensor:
    return torch.zeros_like(p)


UNSEEN = Exercise(
    unseen,
    _unseen_case,
    {
        "beyond one alone": Mistake(
            partial(_marked, added=_nothing, removed=_nothing),
            "only what lies beyond ±1 is marked. Adding glasses to a face that wears some was "
            "never trained either: there y_diff was 0 or −1",
        ),
        "direction alone": Mistake(
            partial(_marked, beyond=_nothing),
            "what lies beyond ±1 is not marked: training never exaggerated",
        ),
        "additions alone": Mistake(
            partial(_marked, removed=_nothing),
            "taking away what is not there is not marked: a label of 0 never had y_diff = −1",
        ),
        "removals alone": Mistake(
            partial(_marked, added=_nothing),
            "adding what is there already is not marked: a label of 1 never had y_diff = +1",
        ),
        "labels exchanged": Mistake(
            partial(_marked, added=lambda d, p: (d > 0) & ~p, removed=lambda d, p: (d < 0) & p),
            "the labels are exchanged: it marks exactly the edits that training consists of",
        ),
        "one included": Mistake(
            partial(_marked, beyond=lambda d, p: d.abs() >= 1),
            "±1 itself is marked: that is what training used",
        ),
        "ends excluded": Mistake(
            lambda d, p: (d <= -p.float()) | (d >= 1 - p.float()),
            "the ends of the range are marked, 0 and ±1: they are what training used",
        ),
        "absent removals alone": Mistake(
            partial(_marked, added=lambda d, p: (d != 0) & p, removed=_nothing),
            "where the attribute is there, every change is marked, and where it is not, none "
            "within ±1: look at the direction of the change, too",
        ),
        "target exchanged": Mistake(
            lambda d, p: (d - p.float() < 0) | (d - p.float() > 1),
            "it looks whether y_diff − y_src lies between 0 and 1; the target is y_src + y_diff",
        ),
        "in between": Mistake(
            partial(_marked, beyond=lambda d, p: ~torch.isin(d, torch.tensor([-1.0, 0.0, 1.0]))),
            "values between 0 and ±1 are marked. True, training had none; but they lie between "
            "two that it had, and the exercise asks for what lies outside",
        ),
        "all that moves": Mistake(
            lambda d, p: d != 0,
            "every change is marked",
        ),
    },
    given="beyond one alone",
    small={
        "one face and one attribute": partial(_few_differences, faces=1, attributes=1),
        "two faces and two attributes": partial(_few_differences, faces=2, attributes=2),
    },
)


def _of_outputs(*outputs: Tensor) -> Case:
    sizes = zip(("faces", "channels", "rows", "columns"), outputs[0].shape, strict=True)
    return Case(outputs, {}, dict(sizes))


def _outputs_case(draws: torch.Generator, shape: tuple[int, ...] = (4, 3, 5, 5)) -> Case:
    """Outputs of an editor: without a wish, with each of two, with both; either may be smaller."""
    idle, a, b, extra = torch.randn(4, *shape, generator=draws, dtype=torch.double)
    a, b = (2 * a + 0.5, b / 2 + 0.3) if torch.rand((), generator=draws) > 0.5 else (a / 3, 2 * b)
    both = idle + a + b + 0.4 * extra + 0.2
    return _of_outputs(idle, idle + a, idle + b, both)


def _odd_outputs(
    draws: torch.Generator, level: float = 0.0, other: float = 0.3, peak: float = 0.0
) -> Case:
    """As above, where another number than the mean change would choose the wrong one.

    Args:
        level: of ``idle``, which the first change takes away.
        other: the second change as a share of the first.
        peak: the second change at one pixel.
    """
    idle, a, extra = torch.randn(3, 2, 3, 5, 5, generator=draws, dtype=torch.double)
    idle, a = idle + level, a - level
    b = other * a
    b[0, 0, 0, 0] += peak
    return _of_outputs(idle, idle + a, idle + b, idle + a + b + 0.4 * extra)


def _few_outputs(draws: torch.Generator, pixels: int) -> Case:
    """Whole numbers, so that the changes can be seen; no change is 0."""
    steps = torch.randperm(9, generator=draws)[: 4 * pixels].view(4, 1, 1, 1, pixels).double()
    return Case(tuple(steps))


def surplus(
    idle: Tensor,
    one: Tensor,
    other: Tensor,
    both: Tensor,
    *,
    start: Callable[[Tensor], Tensor] = lambda idle: idle,
    size: Callable[[Tensor], Tensor] = lambda change: change.abs().mean(),
    rest: Callable[[Tensor, Tensor, Tensor], Tensor] = lambda a, b, ab: ab - a - b,
    unit: Callable[[Tensor, Tensor, Tensor], Tensor] = lambda a, b, ab: torch.minimum(a, b),
) -> Tensor:
    """What two changes together have beyond their sum, over the smaller of the two.

    Args:
        idle, one, other, both: outputs (B, C, h, w) without a wish, with each and with both.
        start, size, rest, unit: its steps; mistakes have others.
    """
    a, b, ab = (output - start(idle) for output in (one, other, both))
    return size(rest(a, b, ab)) / unit(size(a), size(b), size(ab))


def _by_pixel(idle: Tensor, one: Tensor, other: Tensor, both: Tensor) -> Tensor:
    a, b = (one - idle).abs(), (other - idle).abs()
    return ((both - one - other + idle).abs() / torch.minimum(a, b)).mean()


def _smaller_by_pixel(idle: Tensor, one: Tensor, other: Tensor, both: Tensor) -> Tensor:
    a, b = (one - idle).abs(), (other - idle).abs()
    return (both - one - other + idle).abs().mean() / torch.minimum(a, b).mean()


SURPLUS = Exercise(
    surplus,
    _outputs_case,
    {
        "not from idle": Mistake(
            partial(surplus, start=torch.zeros_like),
            "outputs stand where changes are wanted: subtract `idle` from each of the three",
        ),
        "idle forgotten once": Mistake(
            lambda idle, one, other, both: (
                (both - one - other).abs().mean()
                / torch.minimum((one - idle).abs().mean(), (other - idle).abs().mean())
            ),
            "above the line outputs are subtracted: both changes hold `idle` once, so it has to "
            "be subtracted from all three first",
        ),
        "over the joint change": Mistake(
            partial(surplus, unit=lambda a, b, ab: ab),
            "it is divided by the joint change: beside a large change a small one that is wholly "
            "lost would not show. Divide by the smaller single change",
        ),
        "over the smallest of three": Mistake(
            partial(surplus, unit=lambda a, b, ab: torch.stack([a, b, ab]).min()),
            "the joint change is among those that are compared: divide by the smaller *single* "
            "change",
        ),
        "over the larger": Mistake(
            partial(surplus, unit=lambda a, b, ab: torch.maximum(a, b)),
            "it is divided by the larger single change: take the smaller one",
        ),
        "over the sum": Mistake(
            partial(surplus, unit=lambda a, b, ab: a + b),
            "it is divided by the sum of both single changes: take the smaller one alone",
        ),
        "over the first": Mistake(
            partial(surplus, unit=lambda a, b, ab: a),
            "it is divided by the change of the first wish: take the smaller of the two",
        ),
        "over the second": Mistake(
            partial(surplus, unit=lambda a, b, ab: b),
            "it is divided by the change of the second wish: take the smaller of the two",
        ),
        "no absolute value": Mistake(
            partial(surplus, size=lambda change: change.mean().abs()),
            "changes up and down cancel in the mean: take absolute values first",
        ),
        "squares": Mistake(
            partial(surplus, size=lambda change: change.square().mean()),
            "squares are averaged: absolute values are wanted",
        ),
        "root of squares": Mistake(
            partial(surplus, size=lambda change: change.square().mean().sqrt()),
            "it is the root of the mean square: the mean of absolute values is wanted",
        ),
        "ratio at each pixel": Mistake(
            _by_pixel,
            "it divides at each pixel, and takes the mean of the ratios: first the means, then "
            "one division",
        ),
        "smaller at each pixel": Mistake(
            _smaller_by_pixel,
            "it takes the smaller change at each pixel: first the two means, then the smaller",
        ),
        "face by face": Mistake(
            lambda *outputs: torch.stack(
                [surplus(*face) for face in zip(*outputs, strict=True)]
            ).mean(),
            "it divides face by face, and takes the mean of the ratios: first the means over all "
            "faces, then one division",
        ),
        "one change alone": Mistake(
            partial(surplus, rest=lambda a, b, ab: ab - a),
            "the change of the second wish is not subtracted: what is left has to be beyond both",
        ),
        "sizes compared": Mistake(
            lambda idle, one, other, both: (
                (
                    (both - idle).abs().mean()
                    - (one - idle).abs().mean()
                    - (other - idle).abs().mean()
                ).abs()
                / torch.minimum((one - idle).abs().mean(), (other - idle).abs().mean())
            ),
            "only the sizes of the changes are compared: subtract the changes themselves, pixel "
            "by pixel, and take the mean last",
        ),
    },
    corners=(
        partial(_odd_outputs, other=-1.25),  # together they change less than each alone
        partial(_odd_outputs, level=5.0, other=-0.3),
        partial(_odd_outputs, peak=20.0),
    ),
    small={
        "one pixel": partial(_few_outputs, pixels=1),
        "two pixels": partial(_few_outputs, pixels=2),
    },
)

EXERCISES = {"06-wish": WISH, "06-surplus": SURPLUS, "06-unseen": UNSEEN}
