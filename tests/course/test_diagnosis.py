"""What the checks say of answers that no exercise lists: nothing untrue, and where to look."""

from functools import partial

import outside
import outside_again
import outside_branches
import outside_confounding
import outside_evaluation
import outside_exploration
import outside_game
import outside_losses
import outside_misuse
import outside_parsing
import outside_plane
import outside_seeds
import outside_steps
import outside_train
import outside_unet
import pytest
import torch
import variants

from secgan_lite.course.checks import EXERCISES, Case, Exercise, Mistake, diagnose
from secgan_lite.course.checks.counterexample import written
from secgan_lite.course.checks.diagnosis import _unknown
from secgan_lite.course.checks.exercise import Output

_OUTSIDE = (outside, outside_misuse, outside_plane, outside_train, outside_unet)
# Those that came later have the verdict beside each answer.
_LATER = (
    outside_again,
    outside_branches,
    outside_confounding,
    outside_evaluation,
    outside_exploration,
    outside_game,
    outside_losses,
    outside_parsing,
    outside_seeds,
    outside_steps,
)
_FORMS = [getattr(module, "RIGHT_FORMS", {}) for module in _LATER]
AFTERWARDS = {name: more for module in _OUTSIDE for name, more in module.AFTERWARDS.items()}
JUDGED = {name: kinds for module in _OUTSIDE for name, kinds in module.JUDGED.items()}
WRONG = {name: answers for module in _OUTSIDE for name, answers in module.WRONG.items()}
VARIANTS = variants.VARIANTS | {
    name: forms for module in _OUTSIDE[1:] for name, forms in module.RIGHT_FORMS.items()
}
VERDICTS = {
    (name, label): kind
    for name, kinds in JUDGED.items()
    for kind, labels in kinds.items()
    for label in labels
}


@pytest.mark.filterwarnings("ignore:std")
@pytest.mark.parametrize("name", EXERCISES)  # all of one exercise: they share what they are beside
def test_an_answer_that_nobody_foresaw_gets_a_verdict_that_was_judged_true(name):
    assert len(WRONG[name]) >= 12
    for label, answer in (WRONG[name] | AFTERWARDS[name]).items():
        verdict = diagnose(EXERCISES[name], answer, name)
        assert verdict.kind == VERDICTS[name, label], f"{label}: {verdict}"
        if verdict.kind.endswith("example"):
            assert "or example, with " in verdict.says
            assert any(word in verdict.says for word in (" = ", "Result", "map"))
    for module in _LATER:
        for label, (answer, kind) in module.WRONG.get(name, {}).items():
            verdict = diagnose(EXERCISES[name], answer, name)
            assert verdict.kind == kind, f"{module.__name__}, {label}: {verdict}"


def test_those_that_came_later_belong_to_an_exercise():
    assert all(module.WRONG.keys() <= EXERCISES.keys() for module in _LATER)


def test_three_of_five_are_named_or_located_and_none_passes():
    open_ones = [answer for answer, kind in VERDICTS.items() if kind == "wrong + example"]
    assert len(open_ones) <= 0.4 * len(VERDICTS)
    assert "passed" not in VERDICTS.values()
    both = {name: WRONG[name] | AFTERWARDS[name] for name in WRONG}
    assert set(VERDICTS) == {(name, label) for name in both for label in both[name]}


@pytest.mark.parametrize("name", EXERCISES)
def test_no_right_answer_is_refused_whatever_its_form(name):
    assert len(VARIANTS[name]) >= 3
    for answer in [*VARIANTS[name], *(form for forms in _FORMS for form in forms.get(name, ()))]:
        verdict = diagnose(EXERCISES[name], answer, name)
        assert verdict.kind == "passed", verdict


def _draw(draws: torch.Generator, faces: int = 0) -> Case:
    n = faces or int(torch.randint(3, 9, (), generator=draws))
    a, b = torch.randn(2, n, 4, generator=draws).unbind()
    a, b = a.requires_grad_(), b.requires_grad_()
    return Case((a, b), {"a": a, "b": b}, {"faces": n})


def _product(a, b):
    return (a * b.detach().square()).sum(1).mean()


def _weighted(a, b, *, power=2, of=1.0):
    return of * (a * b.detach() ** power).sum(1).mean()


TOY = Exercise(
    _product,
    _draw,
    {"cube": Mistake(lambda a, b: (a * b.detach() ** 3).sum(1).mean(), "b is cubed")},
    small={"one face": lambda draws: _draw(draws, 1), "two faces": lambda draws: _draw(draws, 2)},
)


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (lambda a, b: -_product(a, b), "changed", "it is the right result with the opposite sign"),
        (lambda a, b: _product(a, b) / 2, "changed", "it is 0.5 times the right result"),
        (
            lambda a, b: (a * b.detach().square()).sum(),
            "changed",
            "multiplied by the number of faces: is it a sum where a mean is wanted?",
        ),
        (
            lambda a, b: _product(a, b) / len(a),
            "changed",
            "divided by the number of faces: is a mean taken where none is wanted, or twice?",
        ),
        (lambda a, b: _product(b, a), "exchanged arguments", "`a` and `b` were exchanged"),
        (lambda a, b: _product(a, a), "wrong argument", "as if `a` stood where `b` should stand"),
        (lambda a, b: _product(a.sigmoid(), b), "changed argument", "the sigmoid of `a`"),
        (lambda a, b: _product(a.detach(), b), "gradient", "no gradient reaches a"),
        (
            lambda a, b: (a * b.square()).sum(1).mean(),
            "gradient",
            "its gradient reaches b and should not: a detach is missing",
        ),
        (
            lambda a, b: -len(a) * TOY.mistakes["cube"].answer(a, b),
            "wrong + example",
            "for example, with one face: a = [[",
        ),
        (
            lambda a, b: 3 * TOY.mistakes["cube"].answer(a, b),
            "cube + changed",
            "First, b is cubed. Second, it is 3 times what this mistake gives",
        ),
        (
            lambda a, b: TOY.mistakes["cube"].answer(a.detach(), b),
            "cube + gradient",
            "b is cubed. Beside that, no gradient reaches a",
        ),
        (lambda a, b: _product(a, b).to(torch.complex64), "dtype", "its numbers are complex"),
        (lambda a, b: _product(a, b + torch.rand(4)), "random", "is something drawn?"),
        (
            lambda a, b: _product(a, b) + (a[0, 0] if len(a) > 1 else 0),
            "wrong + size",
            "it passed 20 cases with one face, and is wrong with two faces: a = [[",
        ),
        (
            lambda a, b: (a * b.detach().square())[:, 1:].sum(1).mean(),
            "wrong + influence + example",
            "with one face, `a` at [0, 0] never changes the result, and it should",
        ),
        (
            lambda a, b: (a, b),
            "shape",
            "it returns 2 results of shapes (4, 4) and (4, 4); wanted: one",
        ),
        (lambda a, b: a * b.detach().square(), "shape", "wanted is ()"),
        (lambda a, b: (a * b.detach().square()).sum(1), "joined", "not joined into one yet"),
    ],
)
def test_a_fault_of_any_exercise_is_told_in_its_own_words(answer, kind, says):
    verdict = diagnose(TOY, answer)
    assert verdict.kind == kind, verdict
    assert says in verdict.says


def test_two_mistakes_of_one_computation_are_told_together():
    mistakes = {
        "cube": Mistake(partial(_weighted, power=3), "b is cubed"),
        "tenfold": Mistake(partial(_weighted, of=10.0), "it is tenfold"),
        "fourth": Mistake(partial(_weighted, power=4), "the power is 4"),
    }
    exercise = Exercise(_product, _draw, mistakes)
    verdict = diagnose(exercise, lambda a, b: 10 * (a * b.detach() ** 3).sum(1).mean())
    assert verdict.kind == "cube + tenfold"
    assert verdict.says == "two things. First, b is cubed. Second, it is tenfold"


def test_each_result_is_judged_alone():
    def both(a, b):
        return a.detach(), b.detach(), a.detach() + b.detach()

    doubled = {"b": Mistake(lambda a, b: (a.data, 2 * b.data, a.data + b.data), "b doubled")}
    exercise = Exercise(both, _draw, doubled)
    verdict = diagnose(exercise, lambda a, b: (a.data, 2 * b.data, a.data))
    assert verdict.kind == "b + order"
    assert verdict.says == "result 2: b doubled. Result 3: this is what result 1 should be"
    named = Exercise(both, _draw, doubled, results=("Eq. 1", "Eq. 2", "Eq. 5"))
    tenfold = diagnose(named, lambda a, b: (a.data, 10 * b.data, 10 * (a.data + b.data))).says
    assert tenfold.startswith("right already: Eq. 1. Results 2 (Eq. 2) and 3 (Eq. 5): ")
    nothing = diagnose(named, lambda a, b: (10 * a.data, 10 * b.data, 10 * (a.data + b.data))).says
    assert "right already" not in nothing


def test_an_example_shows_only_what_counts_for_the_wrong_result():
    def worst(real, fake, z, y, x_rec, x, raw, s, log_p, target):
        right = outside.terms()(real, fake, z, y, x_rec, x, raw, s, log_p, target)
        return [*right[:3], (x - x_rec).abs().amax((1, 2, 3)).mean(), *right[4:]]

    says = diagnose(EXERCISES["02-terms"], worst, "02-terms").says
    assert "x_rec of shape" in says and "logits" not in says and "raw" not in says


def test_a_sentence_that_asks_keeps_its_own_mark():
    def both(a, b):
        return a.detach(), b.detach()

    asked = {"b": Mistake(lambda a, b: (a.data, 2 * b.data), "is b doubled?")}
    verdict = diagnose(Exercise(both, _draw, asked), lambda a, b: (b.data, 2 * b.data))
    assert "?." not in verdict.says, verdict.says


def test_entries_that_are_wrong_are_described():
    exercise = Exercise(
        lambda y, there: torch.where(there, y.square(), y),
        lambda draws: Case(
            (torch.randn(5, 3, generator=draws), torch.rand(5, 3, generator=draws) > 0.5)
        ),
        {},
    )
    verdict = diagnose(
        exercise, lambda y, there: torch.where(there & (y < 0), 9.0, y.square().where(there, y))
    )
    assert verdict.kind.startswith("entries")
    assert "it is wrong where `y` < 0 and `there` is True, and right every" in verdict.says


def test_an_answer_for_one_size_and_one_that_prints_are_judged_as_well(capsys):
    def for_the_lesson(a, b):
        print("seen")
        return (a[2] * b[2].detach()).sum()

    verdict = diagnose(TOY, for_the_lesson)
    assert "size" not in verdict.kind  # not: right with fewer faces, where it breaks
    assert "with larger inputs" in verdict.says
    assert capsys.readouterr().out == "seen\n" * 5


def test_what_answers_are_compared_with_is_computed_once():
    calls = []

    def counted(a, b):
        calls.append(1)
        return _product(a, b)

    exercise, said = Exercise(counted, _draw, {}), []
    for _ in range(2):
        before = len(calls)
        verdict = diagnose(exercise, lambda a, b: _product(a.detach(), b))
        said.append((verdict, len(calls) - before))
    (first, many), (second, few) = said
    assert first == second and many > 40 and few == 0


def test_inputs_are_written_short():
    assert written(torch.zeros(12, 12).index_fill(0, torch.tensor(0), 0), "c") == "c = 0 but for {}"
    assert written(torch.tensor([[[[1.0]], [[-0.0]]]]), "z") == "z of shape (1, 2, 1, 1) = [1, 0]"
    assert written(torch.tensor([[True]]), "p") == "p = [[True]]"
    assert written(0.1, "rate") == "rate = 0.1"


def test_who_has_lost_the_gradient_is_told_how_to_make_a_weight_that_has_one():
    def stale(critic, generator, d, g, batches, n, rate):
        for batch in batches:
            d = d - rate * torch.autograd.grad(critic(d, g, batch), d)[0]
        return d, g

    verdict = diagnose(EXERCISES["04-algorithm"], stale, "04-algorithm")
    assert verdict.kind == "raised"
    assert verdict.says.startswith("it stops with RuntimeError: element 0 of tensors")
    assert "w = w.detach().requires_grad_(True) makes a fresh one" in verdict.says
    other = diagnose(EXERCISES["04-algorithm"], lambda *given: given[99], "04-algorithm")
    assert other.kind == "raised" and "fresh one" not in other.says


def test_who_returns_nothing_for_some_inputs_is_shown_one_of_them():
    def to_a_hundred(d, half):
        for n in range(2, 100):
            if outside_seeds.student(n) * d.std() / n**0.5 <= half:
                return n

    verdict = diagnose(EXERCISES["07-seeds"], to_a_hundred, "07-seeds")
    assert verdict.kind == "nothing for some"
    assert "without a return, for example with differences = [" in verdict.says
    assert " is wanted. For others something came back" in verdict.says
    never = diagnose(EXERCISES["07-seeds"], lambda d, half: None, "07-seeds")
    assert never.kind == "raised" and "is a return missing?" in never.says


def test_what_a_network_did_is_not_counted_as_returned():
    answer = outside_train.WRONG["04-images"]["one loss"]
    says = diagnose(EXERCISES["04-images"], answer, "04-images").says
    assert "it returns one result of shape (); wanted: 2 results" in says


def test_several_results_in_one_tensor_are_told_how_to_come_back():
    answer = outside_branches.WRONG["03-mutual"]["one tensor"][0]
    says = diagnose(EXERCISES["03-mutual"], answer, "03-mutual").says
    assert says.endswith("Its numbers are right: return them one by one, with commas between them")


def test_an_input_of_a_kind_stays_of_it_while_its_influence_is_asked():
    """Two right forms of Eq. 11 read log-probabilities otherwise; nobody is told of that."""
    for label in ("Eq. 12 smoothed, Eq. 11 by its places", "Eq. 11 by its places, with a rest"):
        answer, _ = outside_branches.WRONG["03-mutual"][label]
        says = diagnose(EXERCISES["03-mutual"], answer, "03-mutual").says
        assert "never changes" not in says and "depends on" not in says, says


def test_of_shapes_that_differ_in_some_cases_only_one_that_differs_is_told():
    outputs = [Output(torch.zeros(n)) for n in (2, 4)]
    wanted = [Output(torch.zeros(n)) for n in (2, 5)]
    assert _unknown(outputs, wanted, [], []) == ("shape", "its shape is (4,); wanted is (5,)")
