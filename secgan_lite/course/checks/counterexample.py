"""Where an answer is wrong that nobody foresaw: which entries, from which size on, an example."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import torch
from torch import Tensor

from secgan_lite.course.checks.exercise import Case, Exercise, Output, call, close, right, same
from secgan_lite.support.randomness import stream

_TRIES = 20


def _few(values: Tensor) -> list[float]:
    """The distinct values, if they are few."""
    distinct = values.unique().tolist()
    return distinct if len(distinct) <= 8 else []


def _conditions(wanted: Tensor, case: Case, names: list[str]) -> Iterator[tuple[str, str, Tensor]]:
    """Conditions that entries of a result may fulfil: (about what, in words, where)."""
    shape = wanted.shape
    if wanted.dim() == 2 and shape[0] == shape[1]:
        diagonal = torch.eye(len(wanted), dtype=torch.bool)
        yield "place", "on the diagonal", diagonal
        yield "place", "off the diagonal", ~diagonal
    if wanted.dim() and shape[-1] <= 4:
        for i in range(shape[-1]):
            here = (torch.arange(shape[-1]) == i).expand(shape)
            yield "place", f"at index {i}", here
            yield "place", f"at indices other than {i}", ~here
        for i in range(2, shape[-1]):
            here = (torch.arange(shape[-1]) >= i).expand(shape)
            yield "place", f"at index {i} or later", here
            yield "place", f"before index {i}", ~here
    for name, v in zip(names, case.arguments, strict=True):
        if not isinstance(v, Tensor) or not v.dim() or v.shape != shape[wanted.dim() - v.dim() :]:
            continue
        where = "where" if v.dim() == wanted.dim() else "in columns where"
        v = v.detach().expand(shape)
        if v.dtype == torch.bool:
            yield name, f"{where} `{name}` is True", v
            yield name, f"{where} `{name}` is False", ~v
            continue
        few = _few(v)
        for value in few:
            yield name, f"{where} `{name}` = {value:g}", v == value
        if len(few) != 2:
            yield name, f"{where} `{name}` > 0", v > 0
            yield name, f"{where} `{name}` < 0", v < 0
    yield "wanted", "where NaN is wanted", wanted.isnan()
    if wanted.dtype == torch.bool:
        yield "wanted", "where True is wanted", wanted
        yield "wanted", "where False is wanted", ~wanted
    else:
        yield "wanted", "where 0 is wanted", wanted == 0
        yield "wanted", "where a number above 0 is wanted", wanted > 0
        yield "wanted", "where a number below 0 is wanted", wanted < 0


def _after(text: str, first: str) -> str:
    return text.removeprefix("where ") if "where " in first else text


def wrong_where(
    found: list[Tensor], wanted: list[Tensor], cases: list[Case], names: list[str]
) -> str:
    """What the wrong entries of all cases have in common and the right ones have not, if anything.

    Conditions that hold for the wrong entries alone come first, then those that hold for all wrong
    ones and for some right ones.
    """
    if not wanted[0].dim():
        return ""
    wrong = torch.cat([(~right(f, w)).flatten() for f, w in zip(found, wanted, strict=True)])
    numbers = torch.cat([w.isfinite().flatten() for w in wanted])
    if wrong[numbers].double().mean() > 0.9:
        return ""  # nearly every number is wrong
    masks: dict[tuple[str, str], list[Tensor]] = {}
    for w, case in zip(wanted, cases, strict=True):
        for about, text, mask in _conditions(w.detach(), case, names):
            masks.setdefault((about, text), []).append(mask.flatten())
    single = {key: torch.cat(parts) for key, parts in masks.items() if len(parts) == len(cases)}
    double = {
        (a[0] + b[0], f"{a[1]} and {_after(b[1], a[1])}"): single[a] & single[b]
        for a, b in combinations(single, 2)
        if a[0] != b[0]
    }
    everything = {**single, **double}
    for (_, text), mask in everything.items():
        if torch.equal(mask, wrong):
            return f"it is wrong {text}, and right everywhere else"
    covering = [
        (int(mask.sum()), i, text)
        for i, ((_, text), mask) in enumerate(everything.items())
        if not (wrong & ~mask).any() and not mask.all()
    ]
    return f"all wrong entries are {min(covering)[2]}" if covering else ""


@dataclass(frozen=True)
class Example:
    """The smallest case found on which an answer is wrong, and its like."""

    draw: Callable[[torch.Generator], Case]
    seed: int
    what: str
    first: int
    before: str  # which smaller cases were right, and how many
    found: list[Output]
    wanted: list[Output]
    step: str  # which of the given layers got another map; empty without layers

    def cases(self) -> Iterator[Case]:
        """Itself and its like, drawn anew: an answer may have changed its arguments."""
        for i in range(self.first, _TRIES):
            yield _small(self.draw, self.seed, self.what, i)


def _small(draw: Callable[[torch.Generator], Case], seed: int, what: str, i: int) -> Case:
    return draw(stream(seed, f"small/{what}/{i}"))


def smallest(exercise: Exercise, answer: Callable, seed: int) -> Example | None:
    """The first wrong result, going from the smallest cases to those of the check itself."""
    before = ""
    rare = (("unusual inputs", corner) for corner in exercise.corners)
    usual = {**exercise.small, "larger inputs": exercise.draw}
    for what, draw in (*usual.items(), *rare):
        right_ones = 0
        for i in range(_TRIES):
            mine, theirs = (_small(draw, seed, what, i) for _ in range(2))
            try:
                found = call(answer, mine)
            except Exception:  # written for the sizes of the lesson
                continue
            wanted = call(exercise.reference, theirs)
            if not same(found, wanted):
                step = step_apart(mine.steps(), theirs.steps())
                return Example(draw, seed, what, i, before, found, wanted, step)
            right_ones += 1
        if right_ones and what in usual:
            before = f"{right_ones} cases with {what}"
    return None


def step_apart(
    found: dict[str, Tensor], wanted: dict[str, Tensor], missing: str = "is never called"
) -> str:
    """The first of the given layers that got another map than it should, in words.

    Args:
        found, wanted: the map that each layer got, by name, in the order of the calls.
        missing: what to say of a layer that got none.
    """
    before = ""
    for name, its in wanted.items():
        if name not in found:
            return f"`{name}` {missing}{before}"
        if found[name].shape != its.shape:
            shapes = f"{tuple(found[name].shape)}, not {tuple(its.shape)}"
            return f"`{name}` gets a map of another shape than in the solution: {shapes}{before}"
        if not close(found[name], its):
            return f"`{name}` gets another map than in the solution{before}"
        before = ". Every layer before it gets the right map"
    return f"every layer gets the right map, so look behind `{name}`" if wanted else ""


def told(example: Example, names: list[str], uses: Sequence[str] = ()) -> str:
    """An example in words: its inputs, if they can be read, and the results that differ.

    Args:
        uses: of each result, the names of the arguments that count for it; without it, all do.
    """
    if example.step:  # the weights cannot be read, so nobody could compute the numbers
        return f"{_start(example)}: {example.step}"
    case = next(example.cases())
    telling = uses or not case.effects()  # what counts beside the weights is known, or all is told
    readable = zip(case.arguments, names, strict=True) if telling else ()
    if len(uses) == len(example.found) == len(example.wanted):
        pairs = zip(uses, example.found, example.wanted, strict=True)
        shown = {name for some, f, w in pairs if not same([f], [w]) for name in some.split()}
        readable = [(v, n) for v, n in readable if n in shown]
    # A network's weights cannot be read.
    inputs = ", ".join(written(v, n) for v, n in readable if not isinstance(v, torch.nn.Module))
    inputs = f": {inputs}" if 0 < len(inputs) < 600 else ""
    return f"{_start(example)}{inputs}. {_differing(example.found, example.wanted)}"


def _start(example: Example) -> str:
    if example.before:
        return f"it passed {example.before}, and is wrong with {example.what}"
    return f"for example, with {example.what}"


def _differing(found: list[Output], wanted: list[Output]) -> str:
    """What came out and what is wanted, for the results that differ."""
    says = []
    for i, (f, w) in enumerate(zip(found, wanted, strict=True)):
        which = f"Result {i + 1}" if len(wanted) > 1 else "It"
        if f.value.shape != w.value.shape:
            says.append(f"{which} has shape {tuple(f.value.shape)}, not {tuple(w.value.shape)}")
        elif not right(f.value, w.value).all():
            says.append(f"{which} is {_apart(f.value, w.value)}")
        else:
            for g, h in zip(f.gradients, w.gradients, strict=True):
                if not right(g, h).all():
                    says.append(f"{which} has the gradient {_apart(g, h)}")
    return ". ".join(says)


def _apart(found: Tensor, wanted: Tensor) -> str:
    """Two small tensors beside each other; of larger ones, the first entry that differs."""
    found, wanted = found.detach(), wanted.detach()
    differ = (~right(found, wanted)).nonzero().tolist()
    if 1 < wanted.numel() <= 9 and len(differ) > 1:
        return f"{_plain(found.tolist())}, not {_plain(wanted.tolist())}"
    place = tuple(differ[0])
    pair = found[place].item() + 0, wanted[place].item() + 0  # −0 becomes 0
    texts = ([f"{number:.{digits}g}" for number in pair] for digits in range(4, 18))
    one, other = next(texts for texts in texts if texts[0] != texts[1])
    return f"{one}, not {other}" + (f", at {list(place)}" if place else "")


def written(value: object, name: str) -> str:
    """An input: of large and mostly empty tensors, what is not 0; without axes of length 1."""
    if callable(value):
        return f"{name} = {value.__doc__.splitlines()[0].rstrip('.')}"
    if not isinstance(value, Tensor):
        return f"{name} = {_plain(value)}"
    value = value.detach()
    if value.numel() > 24 and value.count_nonzero() < 12:
        filled = {tuple(place): value[tuple(place)].item() for place in value.nonzero().tolist()}
        return f"{name} = 0 but for {filled}"
    if value.dtype == torch.bool and value.numel() > 24 and value.sum() < value.numel() / 8:
        return f"{name} is True at {value.nonzero().tolist()} alone"
    short = value.squeeze()
    of_shape = f" of shape {tuple(value.shape)}" if short.dim() < value.dim() > 2 else ""
    value = short if of_shape else value
    return f"{name}{of_shape} = {_plain(value.tolist())}"


def _plain(value: object) -> str:
    """Numbers and nested lists of them, with four digits."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_plain, value))}]"
    if isinstance(value, Tensor):
        return _plain(value.tolist())
    return f"{value + 0.0:.4g}" if isinstance(value, float) else str(value)


def influence(exercise: Exercise, answer: Callable, example: Example, names: list[str]) -> str:
    """Which entries of the inputs change the wrong results and should not, or the reverse.

    What is told holds for all cases like the example.
    """
    if not all(output.value.isfinite().all() for output in example.found):
        return ""  # whatever changes, it stays nan
    large = exercise.draw(stream(0, "large"))
    if large.effects():  # a second call with the same arguments would start elsewhere
        return ""
    pairs = enumerate(zip(example.found, example.wanted, strict=True))
    wrong = [k for k, (f, w) in pairs if not same([f], [w])]
    what, s = "the result", "s"
    if len(wrong) < len(example.found):
        numbers = " and ".join(str(k + 1) for k in wrong)
        what, s = (f"result {numbers}", "s") if len(wrong) == 1 else (f"results {numbers}", "")
    for i, name in enumerate(names):
        v = next(example.cases()).arguments[i]
        proper = exercise.proper.get(name, Tensor.clone)
        if not isinstance(v, Tensor) or v.numel() > 40:
            continue
        try:
            mine, theirs = (
                set().union(*(_entering(f, case, i, wrong, proper) for case in example.cases()))
                for f in (answer, exercise.reference)
            )
        except Exception:  # it does not bear the change
            continue
        if theirs and not mine:
            return f"with {example.what}, `{name}` never changes {what}, and it should"
        if mine and not theirs and not _entering(exercise.reference, large, i, wrong, proper):
            return f"{what} depend{s} on `{name}`, and it should not"
        if theirs and (extra := sorted(mine - theirs)):
            at = f"`{name}` at {list(extra[0])}"
            return f"with {example.what}, {what} depend{s} on {at}, and it should not"
        if missing := sorted(theirs - mine):
            at = f"`{name}` at {list(missing[0])}"
            return f"with {example.what}, {at} never changes {what}, and it should"
    return ""


def _entering(
    function: Callable,
    case: Case,
    i: int,
    wrong: Sequence[int],
    proper: Callable[[Tensor], Tensor],
) -> set[tuple[int, ...]]:
    """The entries of argument i that change the results `wrong` when they change themselves."""

    def results(v: Tensor) -> list[Tensor]:
        arguments = [*case.arguments[:i], proper(v), *case.arguments[i + 1 :]]
        found = call(function, Case(tuple(arguments)))
        return [found[k].value.detach() for k in wrong]

    original = case.arguments[i].detach()
    start = results(original)
    labels = bool(((original == 0) | (original == 1)).all())
    entering = set()
    for place in product(*map(range, original.shape)):
        for number in (1 - original[place].int(),) if labels else (-original[place], 2.5):
            changed = original.clone()
            changed[place] = number
            pairs = zip(results(changed), start, strict=True)
            if not all(close(*pair, rtol=1e-6) for pair in pairs):
                entering.add(place)
    return entering
