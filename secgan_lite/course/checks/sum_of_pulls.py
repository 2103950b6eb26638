"""Lesson 02 adds up pulls: which other sum an answer took in place of the wanted one."""

from collections.abc import Callable, Mapping
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from secgan_lite.course.checks.exercise import TODO, Todo


def fault_of_sum(
    experiment: Callable[[float], Tensor], found: Mapping[str, dict[str, Tensor]]
) -> str | Todo:
    """What is wrong with an answer to exercise B of lesson 02, or nothing.

    A cause is named only where it alone gives the answer's numbers, at each λ and each face.

    Args:
        experiment: from λ_sc to the cosine of adv + cls + λ_sc·sc with the direction to the true
            edit: (N,), of each face the mean over its edits.
        found: from ``pulls.towards_truth``, of a SeCGAN. What the answer changes in it is put back.

    Returns:
        words, "" for a right answer, or ``TODO`` as long as that is what comes back.
    """
    wanted = {weight: _cosines_of_sum(found, weight) for weight in (0, 1, 10)}
    given = {name: {key: way.clone() for key, way in f.items()} for name, f in found.items()}
    got = {}
    for weight, right in wanted.items():
        try:
            answer = experiment(weight)
        except Exception as error:
            return f"it stops with {type(error).__name__}: {error}".rstrip(".")
        finally:
            spoilt = _put_back(found, given)
        if answer is TODO:
            return TODO
        if spoilt:
            return f"it changes {spoilt} in place: x = x + y makes a new tensor, x += y does not"
        if answer is None:
            return "nothing came back: is a return missing?"
        if not isinstance(answer, Tensor):
            several = isinstance(answer, list | tuple) and len(answer) == len(found)
            hint = ": torch.stack makes one of several" if several else ""
            return f"{type(answer).__name__} came back; a tensor is wanted{hint}"
        got[weight] = answer.detach()
        if answer.shape != right.shape:
            shapes = f"{tuple(answer.shape)}; wanted: {tuple(right.shape)}"
            return f"it returns a tensor of shape {shapes}, of each face the mean of its cosines"
    wrong = [weight for weight, right in wanted.items() if not _alike(got[weight], right)]
    if not wrong:
        return ""
    causes = [
        says
        for says, other in _OTHER_SUMS.items()
        if all(_of_cause(got[weight], other(found, weight)) for weight in wanted)
    ]
    if len(causes) == 1:
        return causes[0]
    weight = wrong[0]
    face = int((got[weight] - wanted[weight]).abs().argmax())
    pair = f"{got[weight][face]:.4f}, not {wanted[weight][face]:.4f}"
    return f"with λ_sc = {weight} face {face + 1} has the cosine {pair}"


def _put_back(found: Mapping[str, dict[str, Tensor]], given: Mapping[str, dict]) -> str:
    """Undo what an answer has changed in place: which of the tensors, or nothing."""
    spoilt = ""
    for name, ways in given.items():
        for key, way in ways.items():
            if key not in found[name] or not torch.equal(found[name][key], way):
                found[name][key], spoilt = way, spoilt or f"found['{name}']['{key}']"
    return spoilt


def _alike(one: Tensor, other: Tensor) -> bool:
    return torch.allclose(one.double(), other.double(), atol=1e-5)


def _of_cause(one: Tensor, other: Tensor) -> bool:
    return bool((one - other).abs().max() <= 1e-4 * other.abs().max())


def _cosine(step: Tensor, to: Tensor) -> Tensor:
    return F.cosine_similarity(step.flatten(1), to.flatten(1))


Ways = Mapping[str, Tensor]


def _cosines_of_sum(
    found: Mapping[str, Ways],
    weight: float,
    *,
    scaled: Callable[[Tensor], Tensor] = lambda pull: pull,
    parts: Callable[[float], tuple[float, float, float]] = lambda weight: (1, 1, weight),
    compared: Callable[[Tensor, Ways], Tensor] = lambda step, f: _cosine(step, f["truth"]),
) -> Tensor:
    """Of each face the mean cosine: (N,). With ``parts``, the factors of adv, cls and sc."""
    rows = []
    for f in found.values():
        terms = zip(parts(weight), ("adv", "cls", "sc"), strict=True)
        rows.append(compared(sum(k * scaled(f[term]) for k, term in terms), f))
    return torch.stack(rows).mean(dim=0)


def _sum_of_cosines(found: Mapping[str, Ways], weight: float) -> Tensor:
    weights = {"adv": 1, "cls": 1, "sc": weight}
    sums = [sum(w * _cosine(f[t], f["truth"]) for t, w in weights.items()) for f in found.values()]
    return torch.stack(sums).mean(dim=0)


def _averaged_first(found: Mapping[str, Ways], weight: float) -> Tensor:
    mean = {
        key: torch.stack([f[key] for f in found.values()]).mean(dim=0)
        for key in ("adv", "cls", "sc", "truth")
    }
    return _cosines_of_sum({"mean": mean}, weight)


def _of_one_edit(found: Mapping[str, Ways], weight: float, *, place: int) -> Tensor:
    return _cosines_of_sum(dict([list(found.items())[place]]), weight)


def _at_wish(step: Tensor, f: Ways) -> Tensor:
    """The cosine at the pixels that the wish changes."""
    wished = (f["truth"] - f["back"]).abs().amax(dim=1, keepdim=True) > 1e-4
    return _cosine(step * wished, f["truth"] * wished)


def _unit(pull: Tensor) -> Tensor:
    return F.normalize(pull.flatten(1), dim=1).view_as(pull)


_OTHER_SUMS = {
    "each pull is scaled to length 1 before the sum. But a term pulls as hard as it does: add the "
    "pulls as they are": partial(_cosines_of_sum, scaled=_unit),
    "the cosines are added up. Add the pulls first, then take one cosine": _sum_of_cosines,
    "the sum lacks `adv`": partial(_cosines_of_sum, parts=lambda weight: (0, 1, weight)),
    "the sum lacks `cls`": partial(_cosines_of_sum, parts=lambda weight: (1, 0, weight)),
    "λ_sc changes nothing: it must multiply `sc` in the sum": partial(
        _cosines_of_sum, parts=lambda weight: (1, 1, 0)
    ),
    "λ_sc stays 1: multiply `sc` by it": partial(_cosines_of_sum, parts=lambda weight: (1, 1, 1)),
    "λ_sc multiplies all three pulls. It is the weight of `sc` alone": partial(
        _cosines_of_sum, parts=lambda weight: (weight, weight, weight)
    ),
    "each cosine has the wrong sign. `adv`, `cls` and `sc` are minus the gradients already, and "
    "`truth` leads from the edit to the true edit": partial(
        _cosines_of_sum, compared=lambda step, f: -_cosine(step, f["truth"])
    ),
    "the sum is compared with `back`, the way to the input. Wanted: `truth`": partial(
        _cosines_of_sum, compared=lambda step, f: _cosine(step, f["back"])
    ),
    "only the pixels that the wish changes are compared. Wanted: all pixels": partial(
        _cosines_of_sum, compared=_at_wish
    ),
    "this is the dot product. A cosine divides it by both lengths": partial(
        _cosines_of_sum, compared=lambda step, f: (step * f["truth"]).flatten(1).sum(dim=1)
    ),
    "a cosine is taken at each pixel. Flatten each face: one cosine for all its numbers": partial(
        _cosines_of_sum,
        compared=lambda step, f: F.cosine_similarity(step, f["truth"]).flatten(1).mean(dim=1),
    ),
    "the edits are averaged before the cosine. Take a cosine for each edit, then the mean of "
    "the cosines": _averaged_first,
    "only the first edit of `found` is counted: is the return inside the loop?": partial(
        _of_one_edit, place=0
    ),
    "only the last edit of `found` is counted. Wanted: the mean over all": partial(
        _of_one_edit, place=-1
    ),
}
