"""Exercise A2 of lesson 02: all terms but the penalty."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from secgan_lite import losses
from secgan_lite.course.checks.classification import CLASSIFICATION, stops_at
from secgan_lite.course.checks.exercise import Case, Exercise, Mistake


def _term_case(
    draws: torch.Generator,
    faces: int = 0,
    attributes: int = 0,
    segments: int = 4,
    side: int = 0,
    patches: int = 0,
    extreme: bool = False,
) -> Case:
    """What both players and P say of a batch; where a term is naive, extreme outputs tell.

    P's log-probabilities are not leaves themselves: they move together, as their sum is 1.
    """
    some = torch.tensor([6, 4, 3, 2]) + torch.randint(3, (4,), generator=draws)
    given = zip((faces, attributes, side, patches), some.tolist(), strict=True)
    n, attributes, side, patches = (size or drawn for size, drawn in given)

    def numbers(*shape: int) -> Tensor:
        return (2 * torch.randn(n, *shape, generator=draws)).round(decimals=1)

    real, fake = numbers(1, patches, patches), numbers(1, patches, patches)
    logits, y = numbers(attributes), torch.randint(2, (n, attributes), generator=draws).float()
    x_rec, x = (numbers(3, side, side) + 0.05).tanh(), numbers(3, side, side).tanh()
    raw, answer = (numbers(segments, side, side) for _ in range(2))
    s, target = torch.randint(segments, (2, n, side, side), generator=draws)
    if extreme:
        logits[:2, 0], y[:2, 0] = torch.tensor([-200.0, 200.0]), torch.tensor([1.0, 0.0])
        raw[0, :, 0, 0] = torch.tensor([200.0, 0.0, 0.0, 0.0])
        answer[0, :, 0, 0] = torch.tensor([200.0, 0.0, 0.0, 0.0])
        s[0, 0, 0] = target[0, 0, 0] = 1
    leaves = {
        "real_score": real, "fake_score": fake, "logits": logits, "x_rec": x_rec, "raw": raw,
        "P's output": answer,
    }  # fmt: skip
    for leaf in leaves.values():
        leaf.requires_grad_(True)
    sizes = {
        "faces": n, "attributes": attributes, "segments": segments, "pixels": side**2,
        "pixels and colours": 3 * side**2, "patches": patches**2,
    }  # fmt: skip
    log_p = answer.log_softmax(dim=1)
    return Case((real, fake, logits, y, x_rec, x, raw, s, log_p, target), leaves, sizes)


def terms(real_score, fake_score, logits, y, x_rec, x, raw, s, log_p, target):
    """Eq. 1 without its penalty, 2, 3, 5, 10 and 11, in this order."""
    return _terms(real_score, fake_score, logits, y, x_rec, x, raw, s, log_p, target)


def _terms(
    real_score,
    fake_score,
    logits,
    y,
    x_rec,
    x,
    raw,
    s,
    log_p,
    target,
    *,
    critic=losses.critic_adversarial,
    fooled=losses.generator_adversarial,
    classify=losses.attribute_classification,
    # Not F.l1_loss, which warns of other shapes: the diagnosis tries arguments in other forms.
    rebuilt=lambda x_rec, x: (x_rec - x).abs().mean(),
    redrawn=losses.semantic_reconstruction,
    agreed=losses.semantic_consistency,
):
    """All terms, one of them replaced."""
    return (
        critic(real_score, fake_score),
        fooled(fake_score),
        classify(logits, y),
        rebuilt(x_rec, x),
        redrawn(raw, s),
        agreed(log_p, target),
    )


def _instead(place: int, value: Callable[..., Tensor]) -> Callable:
    """All terms, one of them computed from all inputs."""
    return lambda *given: tuple(
        value(*given) if i == place else term for i, term in enumerate(terms(*given))
    )


def _right_of(probabilities: Tensor, s: Tensor) -> Tensor:
    """Of each pixel, the entry of its segment: (B, h, h)."""
    return probabilities.gather(1, s[:, None])[:, 0]


def _missed(numbers: Tensor, s: Tensor) -> Tensor:
    return (numbers.argmax(dim=1) != s).float().mean()


def _over_segments(logs: Tensor, s: Tensor) -> Tensor:
    return -(F.one_hot(s, logs.shape[1]).movedim(-1, 1) * logs).mean()


_single = partial(Mistake, alone=True)
_DOES_BOTH = "Look for a function that takes `raw`"
_TAKES_LOGARITHMS = "`log_p` is a logarithm already: F.nll_loss takes it as it is"
_ZERO_IN_11 = (
    f"in Eq. 11 a probability that is exactly 0 has no finite logarithm. {_TAKES_LOGARITHMS}"
)
_COUNTED = (
    "in {} wrong pixels are counted. A count has no slope, so it can't teach; it is −log of the "
    "right segment's probability"
)
_SEGMENTS_TOO = (
    "in {} the mean runs over the segments as well. Of each pixel's segments only one is right: "
    "their sum is wanted, and a mean over faces and pixels"
)
_FIRST_GAN = (
    "{} takes {} the scores: that is the first GAN's loss, where D gives probabilities. A critic's "
    "scores are averaged as they are"
)
_AS_IN_EXERCISE_C = {
    "positives only": "only labels of 1 count: the second half, (1 − y)·log(1 − D), is missing",
    "negatives only": "only labels of 0 count: the first half, y·log D, is missing",
    "softmax": "a softmax makes the attributes compete. A face has many at once: each needs a "
    "sigmoid of its own",
    "softmax, one label": "a softmax looks for one label (an arg-max of y). A face has many at "
    "once: each needs a sigmoid of its own",
    "as printed": "the print is taken as it is. For y = 0 it falls without end: "
    "(1 − y)·log(1 − D) is meant",
    "labels exchanged": "0 and 1 are exchanged: y goes with log D, 1 − y with log(1 − D)",
    "logarithm cut off": "an attribute's loss stops at 100, and pulls no more: logits are cut off "
    "at ±100, or logarithms at −100, as F.binary_cross_entropy does it. Look for a function that "
    "takes logits of any size",
    "squared error": "sigmoid − y is squared. It is a cross entropy: −log of the right answer's "
    "probability",
    "absolute error": "|sigmoid − y| is taken. It is a cross entropy: −log of the right answer's "
    "probability",
    **{
        f"probabilities from {kind}": CLASSIFICATION.mistakes[f"probabilities from {kind}"].says
        for kind in ("1e-12 on", "1e-08 on", "1e-07 on", "1e-06 on", "1e-07 to 1 − 1e-07")
    },
}

TERMS = Exercise(
    terms,
    _term_case,
    {
        "critic's sign": Mistake(
            partial(_terms, critic=lambda real, fake: real.mean() - fake.mean()),
            "Eq. 1 has the opposite sign. A loss goes down, and real faces should score high: it "
            "is fake minus real",
        ),
        "real alone": Mistake(
            partial(_terms, critic=lambda real, fake: -real.mean()),
            "in Eq. 1 only the real scores count. A critic that scores everything high would be "
            "perfect: the scores of edits have to go down",
        ),
        "fake alone": Mistake(
            partial(_terms, critic=lambda real, fake: fake.mean()),
            "in Eq. 1 only the scores of edits count. A critic that scores everything low would "
            "be perfect: real scores have to go up",
        ),
        "G's sign": Mistake(
            partial(_terms, fooled=torch.mean),
            "Eq. 2 has the opposite sign: G would learn to make edits that D finds worse",
        ),
        "softplus for D": Mistake(
            partial(
                _terms, critic=lambda real, fake: F.softplus(fake).mean() + F.softplus(-real).mean()
            ),
            _FIRST_GAN.format("Eq. 1", "−log of a sigmoid, or softplus, of"),
        ),
        "softplus for G": Mistake(
            partial(_terms, fooled=lambda fake: F.softplus(-fake).mean()),
            _FIRST_GAN.format("Eq. 2", "−log of a sigmoid, or softplus, of"),
        ),
        "log(1 − D) for G": Mistake(
            partial(_terms, fooled=lambda fake: -F.softplus(fake).mean()),
            _FIRST_GAN.format("Eq. 2", "log(1 − sigmoid) of"),
        ),
        "squares for G": Mistake(
            partial(_terms, fooled=lambda fake: (fake - 1).square().mean()),
            "Eq. 2 has squares (the least-squares GAN). A critic's scores are averaged as they are",
        ),
        "hinge": Mistake(
            _instead(0, lambda real, fake, *_: ((1 - real).relu() + (1 + fake).relu()).mean()),
            "in Eq. 1 scores beyond ±1 no longer count: that is the hinge loss. Here they are "
            "averaged as they are",
        ),
        "critic's loss for G": Mistake(
            _instead(1, lambda real, fake, *_: real.mean() - fake.mean()),
            "in Eq. 2 the real scores stand as well. G can't change them: only the scores of "
            "edits count",
        ),
        "no absolute value": Mistake(
            _instead(3, lambda r, f, z, y, x_rec, x, *_: (x - x_rec).mean()),
            "in Eq. 5 the absolute value is missing: too bright and too dark cancel",
        ),
        "logits for log-probabilities": Mistake(
            _instead(4, lambda *given: F.nll_loss(given[6], given[7])),
            "in Eq. 10 the numbers of `raw` are taken for log-probabilities: F.nll_loss has no "
            "softmax of its own, F.cross_entropy has",
        ),
        "no logarithm in Eq. 10": Mistake(
            _instead(4, lambda *given: F.nll_loss(given[6].softmax(dim=1), given[7])),
            "in Eq. 10 the probabilities are averaged, not their logarithms",
        ),
        "Eq. 12": Mistake(
            _instead(
                5, lambda *given: losses.semantic_consistency(given[6], given[8].argmax(dim=1))
            ),
            "for Eq. 11 this is Eq. 12: P teaches the drawing. In Eq. 11 the drawing, as `target`, "
            "teaches what P reads",
        ),
        "mean over attributes": Mistake(
            partial(_terms, classify=F.binary_cross_entropy_with_logits),
            "Eq. 3 is averaged over the attributes. Its dot product is a sum over them; only the "
            "faces are averaged",
        ),
        **{
            kind: Mistake(
                partial(_terms, classify=CLASSIFICATION.mistakes[kind].answer),
                f"in Eq. 3 {says}",
                alone=CLASSIFICATION.mistakes[kind].alone,
            )
            for kind, says in _AS_IN_EXERCISE_C.items()
        },
        "squared": Mistake(
            partial(_terms, rebuilt=F.mse_loss),
            "Eq. 5 is squared. An L1 norm adds up absolute values",
        ),
        "sum as printed": Mistake(
            partial(_terms, rebuilt=lambda x_rec, x: (x - x_rec).abs().sum() / len(x)),
            "Eq. 5 is a sum over pixels and colours, as it is printed. λ_rec is made for their "
            "mean, which all published code takes",
        ),
        "tanh twice": Mistake(
            partial(_terms, rebuilt=lambda x_rec, x: F.l1_loss(x_rec.tanh(), x)),
            "in Eq. 5 the tanh is taken a second time: x_rec is an image already",
        ),
        "softmax twice": Mistake(
            partial(_terms, redrawn=lambda raw, s: F.cross_entropy(raw.softmax(dim=1), s)),
            "in Eq. 10 the softmax is taken twice: F.cross_entropy begins with one of its own",
        ),
        "logarithm of zero": Mistake(
            partial(_terms, redrawn=lambda raw, s: F.nll_loss(raw.softmax(dim=1).log(), s)),
            "in Eq. 10 a softmax that is exactly 0 has no finite logarithm. Look for a function "
            "that does both steps at once",
        ),
        "logarithm of zero in Eq. 3": Mistake(
            partial(_terms, classify=CLASSIFICATION.mistakes["logarithm of zero"].answer),
            "in Eq. 3 a sigmoid that is exactly 0 or 1 has no finite logarithm. Look for a "
            "function that takes logits",
        ),
        "sigmoid in Eq. 10": Mistake(
            partial(_terms, redrawn=lambda raw, s: F.nll_loss(F.logsigmoid(raw), s)),
            "in Eq. 10 only the right segment counts, through a sigmoid: nothing makes the others "
            "smaller. A softmax over the segments does",
        ),
        "one-hot in Eq. 10": Mistake(
            partial(
                _terms,
                redrawn=lambda raw, s: F.binary_cross_entropy_with_logits(
                    raw, F.one_hot(s, raw.shape[1]).movedim(-1, 1).float()
                ),
            ),
            "in Eq. 10 each segment gets a sigmoid of its own. A pixel shows exactly one segment: "
            "a softmax over them",
        ),
        "L2 norm": Mistake(
            partial(_terms, rebuilt=lambda x_rec, x: (x_rec - x).flatten(1).norm(dim=1).mean()),
            "Eq. 5 takes the root of squares. An L1 norm adds up absolute values",
        ),
        "smooth L1": Mistake(
            partial(_terms, rebuilt=lambda x_rec, x: F.smooth_l1_loss(x_rec, x)),
            "Eq. 5 squares small differences (smooth L1). An L1 norm adds up absolute values",
        ),
        "least squares": Mistake(
            partial(
                _terms,
                critic=lambda real, fake: (real - 1).square().mean() + fake.square().mean(),
            ),
            "Eq. 1 has squares (the least-squares GAN). A critic's scores are averaged as they are",
        ),
        "softmax over another axis": Mistake(
            partial(_terms, redrawn=lambda raw, s: F.nll_loss(raw.log_softmax(dim=-1), s)),
            "in Eq. 10 the softmax runs along a row of pixels. The segments are axis 1",
        ),
        "softmax over faces": Mistake(
            partial(_terms, redrawn=lambda raw, s: F.nll_loss(raw.log_softmax(dim=0), s)),
            "in Eq. 10 the softmax runs over the faces. The segments are axis 1",
        ),
        "soft teacher": Mistake(
            _instead(5, lambda *given: -(given[6].softmax(1) * given[8]).sum(1).mean()),
            "in Eq. 11 the soft drawing teaches, and gets a gradient. Its arg-max is the teacher, "
            "and you have it: `target`",
        ),
        "sigmoid for D": _single(
            partial(_terms, critic=lambda r, f: f.sigmoid().mean() - r.sigmoid().mean()),
            "in Eq. 1 the scores go through a sigmoid. A critic's score is any number: the scores "
            "are averaged as they are",
        ),
        "logits for probabilities": _single(
            _instead(
                2, lambda r, f, z, y, *_: -(y * z.log() + (1 - y) * (1 - z).log()).sum(1).mean()
            ),
            "in Eq. 3 the logits are taken for probabilities: the sigmoid is missing",
        ),
        "absolute value outside": _single(
            _instead(3, lambda r, f, z, y, x_rec, x, *_: (x - x_rec).mean().abs()),
            "in Eq. 5 the mean is taken first, and its absolute value then: too bright and too "
            "dark cancel. Take the absolute value of each difference",
        ),
        "difference of absolute values": _single(
            _instead(3, lambda r, f, z, y, x_rec, x, *_: (x.abs() - x_rec.abs()).abs().mean()),
            "in Eq. 5 absolute values are subtracted: then 0.5 and −0.5 are alike. Subtract first",
        ),
        "sum over colours": _single(
            _instead(3, lambda r, f, z, y, x_rec, x, *_: (x - x_rec).abs().sum(dim=1).mean()),
            "Eq. 5 adds up the three colours. In our code it is a mean over pixels *and* colours",
        ),
        "smoothed labels": _single(
            _instead(4, lambda *given: F.cross_entropy(given[6], given[7], label_smoothing=0.1)),
            "in Eq. 10 the labels are smoothed (label_smoothing=0.1): each other segment gets a "
            "share. Here the right one has all",
        ),
        "reshaped": _single(
            _instead(
                4,
                lambda *given: F.cross_entropy(
                    given[6].reshape(-1, given[6].shape[1]), given[7].reshape(-1)
                ),
            ),
            "in Eq. 10 a reshape puts numbers of several pixels into one row. Move axis 1 to the "
            "end first, or leave the shapes: F.cross_entropy takes (B, S, h, h) and (B, h, h)",
        ),
        "softmax over pixels": _single(
            _instead(
                4,
                lambda *given: F.nll_loss(
                    given[6].flatten(2).log_softmax(dim=-1), given[7].flatten(1)
                ),
            ),
            "in Eq. 10 the softmax runs over the pixels. The segments are axis 1",
        ),
        "Eq. 10 counted": _single(
            _instead(4, lambda *given: _missed(given[6], given[7])), _COUNTED.format("Eq. 10")
        ),
        "Eq. 11 counted": _single(
            _instead(5, lambda *given: _missed(given[8], given[9])), _COUNTED.format("Eq. 11")
        ),
        "mean over segments in Eq. 10": _single(
            _instead(4, lambda *given: _over_segments(given[6].log_softmax(dim=1), given[7])),
            _SEGMENTS_TOO.format("Eq. 10"),
        ),
        "mean over segments in Eq. 11": _single(
            _instead(5, lambda *given: _over_segments(given[8], given[9])),
            _SEGMENTS_TOO.format("Eq. 11"),
        ),
        "logarithm of a logarithm": _single(
            _instead(5, lambda *given: F.nll_loss(given[8].log(), given[9])),
            f"in Eq. 11 a logarithm is taken of `log_p`. {_TAKES_LOGARITHMS}",
        ),
        "own target": _single(
            _instead(5, lambda *given: F.nll_loss(given[8], given[6].argmax(dim=1))),
            "in Eq. 11 the arg-max of `raw` teaches. In the lesson it may be the same, but you are "
            "given the teacher: `target`",
        ),
        "logarithm of zero in Eq. 11": _single(
            _instead(5, lambda *given: F.nll_loss(given[8].exp().log(), given[9])),
            _ZERO_IN_11,
        ),
        "zero times infinity in Eq. 11": _single(
            _instead(
                5,
                lambda *given: (
                    -(F.one_hot(given[9], given[8].shape[1]).movedim(-1, 1) * given[8].exp().log())
                    .sum(1)
                    .mean()
                ),
            ),
            _ZERO_IN_11,
        ),
        **{
            f"{equation} from {small:g} on": _single(
                _instead(
                    place,
                    lambda *given, of=of, n=place, small=small: (
                        -(_right_of(of(given), given[7 if n == 4 else 9]) + small).log().mean()
                    ),
                ),
                f"in {equation} {stops_at(small, remedy)}",
            )
            for equation, place, of, remedy in (
                ("Eq. 10", 4, lambda given: given[6].softmax(dim=1), _DOES_BOTH),
                ("Eq. 11", 5, lambda given: given[8].exp(), _TAKES_LOGARITHMS),
            )
            for small in (1e-12, 1e-10, 1e-8, 1e-7, 1e-6)
        },
        "no logarithm": Mistake(
            partial(_terms, agreed=lambda log_p, target: F.nll_loss(log_p.exp(), target)),
            "in Eq. 11 the probabilities are averaged, not their logarithms",
        ),
    },
    small={
        "one face, one patch, one attribute and one pixel": partial(
            _term_case, faces=1, attributes=1, segments=2, side=1, patches=1
        ),
        "two faces, one patch, two attributes and one pixel": partial(
            _term_case, faces=2, attributes=2, segments=2, side=1, patches=1
        ),
        "two faces, four patches and four pixels": partial(
            _term_case, faces=2, attributes=2, segments=3, side=2, patches=2
        ),
        "two faces, one pixel and numbers that are large": partial(
            _term_case, faces=2, attributes=1, side=1, patches=1, extreme=True
        ),
    },
    corners=(partial(_term_case, extreme=True),),
    results=("Eq. 1", "Eq. 2", "Eq. 3", "Eq. 5", "Eq. 10", "Eq. 11"),
    uses=("real_score fake_score", "fake_score", "logits y", "x_rec x", "raw s", "log_p target"),
)

EXERCISES = {"02-terms": TERMS}
