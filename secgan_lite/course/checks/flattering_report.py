"""Lesson 07's exercise C: a report that chooses its numbers by the test set."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Mistake


def _scores_case(draws: torch.Generator) -> Case:
    """TARR (seeds, snapshots) of one method, rising along the training, with noise."""
    seeds, snapshots = (int(torch.randint(*b, (), generator=draws)) for b in ((4, 7), (8, 12)))
    rise = torch.linspace(0.5, 0.8, snapshots, dtype=torch.double)
    scores = rise.repeat(seeds, 1)
    # Lucky moments before the end, not the same for all seeds: no two mistakes look alike.
    scores[::2, -4], scores[1::2, -5] = 0.95, 0.97
    scores += 0.03 * torch.randn(seeds, snapshots, generator=draws, dtype=torch.double)
    return Case((scores,), {}, {"seeds": seeds, "snapshots": snapshots, "last snapshots": 3})


def _dip_case(draws: torch.Generator) -> Case:
    """Five seeds whose last snapshot is not their best one, and a first seed with its own luck."""
    scores = torch.linspace(0.5, 0.8, 9, dtype=torch.double).repeat(5, 1)
    scores[:, -2:] = scores[:, -2:].flip(1)
    scores[::2, -6], scores[1::2, -7], scores[0, -8] = 0.93, 0.95, 0.99  # before the last five
    # The worst seed is at its best before the last two moments.
    scores[2, -2] -= 0.1
    scores[3, -1] -= 0.1
    scores += 0.005 * torch.randn(5, 9, generator=draws, dtype=torch.double)
    return Case((scores,), {}, {"seeds": 5, "snapshots": 9, "last snapshots": 3})


def _late_case(draws: torch.Generator) -> Case:
    """The best moment is the last, and the second best the one before."""
    case = _scores_case(draws)
    case.arguments[0][:, -2:] = torch.tensor([0.92, 0.97], dtype=torch.double)
    return case


def _long_case(draws: torch.Generator) -> Case:
    """14 snapshots, luck of two seeds of five at the sixth from the end, another of the last."""
    scores = torch.linspace(0.3, 0.5, 14, dtype=torch.double).repeat(5, 1)
    scores[1::2, -6], scores[-1, 2] = 0.95, 0.97
    scores[:, 3] -= 0.1
    scores += 0.02 * torch.randn(5, 14, generator=draws, dtype=torch.double)
    return Case((scores,), {}, {"seeds": 5, "snapshots": 14, "last snapshots": 3})


def _few_scores(draws: torch.Generator, seeds: int, snapshots: int) -> Case:
    return Case((torch.rand(seeds, snapshots, generator=draws).round(decimals=2),))


def report(scores: Tensor) -> Tensor:
    """One number for a method: the mean over seeds and over the last three snapshots."""
    return scores[:, -3:].mean()


def _reported(
    scores: Tensor,
    *,
    snapshots: Callable[[Tensor], Tensor] = lambda scores: scores[:, -3:],
    of_a_seed: Callable[[Tensor], Tensor] = lambda scores: scores.mean(dim=1),
    of_all: Callable[[Tensor], Tensor] = torch.mean,
) -> Tensor:
    """A report with a part of it replaced."""
    return of_all(of_a_seed(snapshots(scores)))


def _last(count: int | Callable[[int], int], says: str) -> Mistake:
    """The mean of another number of snapshots at the end, fixed or by how many there are."""
    many = count if callable(count) else lambda snapshots: count
    return Mistake(lambda scores: scores[:, -many(scores.shape[1]) :].mean(), says)


def _moment_before(end: int) -> Callable[[Tensor], Tensor]:
    """The best moment, with some at the end left out of the choice."""
    return lambda scores: scores[:, scores[:, :end].mean(dim=0).argmax()].mean()


def _by_the_others(scores: Tensor) -> Tensor:
    """Each seed at the moment that is best for the others."""
    others = (scores.sum(dim=0) - scores).argmax(dim=1)
    return scores.gather(1, others[:, None]).mean()


_RULE = "The rule is the last three, whatever the number of snapshots: scores[:, -3:]"
_FAIR = (
    "the seeds that choose the moment are not those that are reported. That is fair, but it is not "
    "section 3's rule, which chooses nothing: the mean of the last three snapshots"
)
_PREFERS = "it still prefers some snapshots by their scores on the test set: "

REPORT = Exercise(
    report,
    _scores_case,
    {
        "the best of all": Mistake(
            partial(
                _reported,
                snapshots=lambda scores: scores,
                of_a_seed=lambda scores: scores.amax(dim=1),
                of_all=torch.max,
            ),
            "it reports the luckiest snapshot of the luckiest seed, chosen by the test set itself. "
            "A method with more runs would win",
        ),
        "best moment": Mistake(
            partial(
                _reported,
                snapshots=lambda scores: scores,
                of_a_seed=lambda scores: scores.mean(dim=0),
                of_all=torch.max,
            ),
            "one snapshot, the same for all seeds, is chosen by its score on the test set. With "
            "more snapshots the number rises, and the method is no better",
        ),
        "best snapshot": Mistake(
            partial(
                _reported,
                snapshots=lambda scores: scores,
                of_a_seed=lambda scores: scores.amax(dim=1),
            ),
            "each seed's snapshot is chosen by its score on the test set: that measures luck as "
            "well, and more of it where training is noisier",
        ),
        "best of the last": Mistake(
            partial(_reported, of_a_seed=lambda scores: scores.amax(dim=1)),
            "even among the last three, the best was chosen by the test set: take their mean",
        ),
        "best of the last five": Mistake(
            lambda scores: scores.mean(dim=0)[-5:].max(),
            _PREFERS + "the best of the last five. Take the mean of the last three",
        ),
        "best of the last half": Mistake(
            lambda scores: scores.mean(dim=0)[scores.shape[1] // 2 :].max(),
            _PREFERS + "the best of the second half. Take the mean of the last three",
        ),
        "best moment but the last": Mistake(
            _moment_before(-1),
            _PREFERS + "only the last one is left out of the choice. Do not choose",
        ),
        "best moment but the last three": Mistake(
            _moment_before(-3),
            _PREFERS + "only the last three are left out of the choice. Do not choose",
        ),
        "seeds in turn": Mistake(
            lambda scores: scores[1::2, scores[::2].mean(dim=0).argmax()].mean(), _FAIR
        ),
        "first half of the seeds": Mistake(
            lambda scores: scores[
                len(scores) // 2 :, scores[: len(scores) // 2].mean(dim=0).argmax()
            ].mean(),
            _FAIR,
        ),
        "second half of the seeds": Mistake(
            lambda scores: scores[
                : len(scores) // 2, scores[len(scores) // 2 :].mean(dim=0).argmax()
            ].mean(),
            _FAIR,
        ),
        "by the others": Mistake(_by_the_others, _FAIR),
        "moment of the last, in all": Mistake(
            lambda scores: scores[:, scores[:, -3:].mean(dim=0).argmax()].mean(),
            _PREFERS
            + "the best of the last three. And its index counts from the cut: it points to "
            "one of the first three. Take the mean of the last three",
        ),
        "from the best moment on": Mistake(
            lambda scores: scores[:, scores.mean(dim=0).argmax() :].mean(),
            _PREFERS + "the best moment decides where the mean begins. Take the last three",
        ),
        "up to the best moment": Mistake(
            lambda scores: scores[:, : scores.mean(dim=0).argmax() + 1].mean(),
            _PREFERS + "the best moment decides where the mean ends. Take the last three",
        ),
        "third from the end": Mistake(
            lambda scores: scores[:, -3].mean(),
            "this is the third snapshot from the end alone. With a colon it is the last three: "
            "scores[:, -3:]",
        ),
        "shifted by one": Mistake(
            lambda scores: scores[:, -4:-1].mean(),
            "these are three snapshots, but the last one is not among them. The last three are "
            "scores[:, -3:]",
        ),
        "last two": _last(2, f"these are the last two snapshots. {_RULE}"),
        "last four": _last(4, f"these are the last four snapshots. {_RULE}"),
        "last five": _last(5, f"these are the last five snapshots. {_RULE}"),
        "last third": _last(
            lambda snapshots: max(1, snapshots // 3),
            f"it takes about a third of the snapshots: more where there are more. {_RULE}",
        ),
        "median of the last": Mistake(
            lambda scores: scores[:, -3:].median(),
            "this is a median of the last three snapshots. The rule is a mean",
        ),
        "median seed": Mistake(
            lambda scores: scores[:, -3:].mean(dim=1).median(),
            "the median over the seeds is taken. The rule is a mean",
        ),
        "worst seed": Mistake(
            partial(_reported, of_all=torch.min),
            "it reports the worst seed: that is luck as well. Take the mean over seeds",
        ),
        "first seed": Mistake(
            lambda scores: scores[0, -3:].mean(),
            "it reports the first seed alone. Take the mean over all seeds",
        ),
        "three seeds": Mistake(
            lambda scores: scores[:3, -3:].mean(),
            "it reports the first three seeds. Take the mean over all seeds",
        ),
        "best three seeds": Mistake(
            lambda scores: scores[:, -3:].mean(dim=1).topk(min(3, len(scores))).values.mean(),
            "it reports the best three seeds, chosen by the test set. Take the mean over all seeds",
        ),
        "mean minus spread": Mistake(
            lambda scores: scores[:, -3:].mean() - scores[:, -3:].std(),
            "a deviation is subtracted. The rule is the mean alone",
        ),
        "moment by the worst seed": Mistake(
            lambda scores: scores[:, scores.amin(dim=0).argmax()].mean(),
            _PREFERS + "the moment is chosen where the worst seed is best",
        ),
        "best two of the last": Mistake(
            lambda scores: scores[:, -3:].topk(2, dim=1).values.mean(),
            _PREFERS + "the best two of the last three. Take the mean of all three",
        ),
        "best window of a seed": Mistake(
            lambda scores: scores.unfold(1, 3, 1).mean(dim=-1).amax(dim=1).mean(),
            _PREFERS + "each seed's best three in a row. Take the last three",
        ),
        "best seed at each": Mistake(
            lambda scores: scores[:, -3:].amax(dim=0).mean(),
            "at each snapshot the best seed is reported. Take the mean over all seeds",
        ),
        "second half": Mistake(
            lambda scores: scores[:, scores.shape[1] // 2 :].mean(),
            "this is the second half of all snapshots, which grows with their number: the rule is "
            "the last three",
        ),
        "without the last three": Mistake(
            lambda scores: scores[:, :-3].mean(),
            "these are all *but* the last three: scores[:, -3:] begins at the third from the end",
        ),
        "from the third on": Mistake(
            lambda scores: scores[:, 3:].mean(),
            "3 counts from the beginning. From the end it is −3: scores[:, -3:]",
        ),
        "best window": Mistake(
            lambda scores: scores.mean(dim=0).unfold(0, 3, 1).mean(dim=1).max(),
            _PREFERS + "the best three in a row. Take the last three, whatever they are",
        ),
        "best three moments": Mistake(
            lambda scores: scores.mean(dim=0).topk(3).values.mean(),
            _PREFERS + "the best three. Take the last three, whatever they are",
        ),
        "best three of a seed": Mistake(
            lambda scores: scores.topk(3, dim=1).values.mean(),
            _PREFERS + "each seed's best three. Take the last three, whatever they are",
        ),
        "best of the last moments": Mistake(
            lambda scores: scores[:, -3:].mean(dim=0).max(),
            _PREFERS + "the best of the last three. Take their mean",
        ),
        "moment by the median": Mistake(
            lambda scores: scores[:, scores.median(dim=0).values.argmax()].mean(),
            _PREFERS + "a median chooses the moment, and it is still chosen",
        ),
        "moment of the first seed": Mistake(
            lambda scores: scores[:, scores[0].argmax()].mean(),
            _PREFERS + "the first seed chooses the moment, on the faces that are then reported",
        ),
        "best seed": Mistake(
            partial(_reported, of_all=torch.max),
            "it reports the best seed. The next user has another one: take the mean over seeds",
        ),
        "without the last": Mistake(
            partial(_reported, snapshots=lambda scores: scores[:, -3:-1]),
            "the last snapshot is missing: a slice ends before its second number, so the last "
            "three are scores[:, -3:]",
        ),
        "last alone": Mistake(
            partial(_reported, snapshots=lambda scores: scores[:, -1:]),
            "one snapshot alone moves by several points from one to the next: take the last three",
        ),
        "all along": Mistake(
            partial(_reported, snapshots=lambda scores: scores),
            "it also averages over the beginning, when nothing was learnt yet",
        ),
        "the first ones": Mistake(
            partial(_reported, snapshots=lambda scores: scores[:, :3]),
            "these are the first three snapshots: the last ones are wanted",
        ),
        "axes exchanged": Mistake(
            lambda scores: scores[-3:].mean(),
            "these are the last three *seeds*: snapshots are the second axis",
        ),
    },
    given="best moment",
    corners=(_dip_case, _late_case, _long_case),
    small={
        "one seed and three snapshots": partial(_few_scores, seeds=1, snapshots=3),
        "one seed and five snapshots": partial(_few_scores, seeds=1, snapshots=5),
        "two seeds and five snapshots": partial(_few_scores, seeds=2, snapshots=5),
        "four seeds and five snapshots": partial(_few_scores, seeds=4, snapshots=5),
    },
)

EXERCISES = {"07-report": REPORT}
