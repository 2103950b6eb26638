"""Checks of exercises: right answers pass, wrong ones get their own diagnosis, stubs go on."""

from dataclasses import replace
from itertools import cycle

import pytest
import torch
from bank import RIGHT, WRONG
from torch.nn.functional import interpolate, max_pool2d

from secgan_lite.course.audit import exercise_faults
from secgan_lite.course.checks import (
    EXERCISES,
    SEED,
    STRICT,
    TODO,
    Case,
    Exercise,
    Mistake,
    NotPassed,
    beginning,
    check,
    diagnose,
    four_labels,
)
from secgan_lite.course.checks.exercise import fitted
from secgan_lite.course.checks.mirroring import SUSPECTS, suspected
from secgan_lite.course.widgets import unseen, wish
from secgan_lite.parsing import iou as pooled_iou
from secgan_lite.parsing import lookup, merge
from secgan_lite.support.randomness import stream


def halved_first(net, x):
    """The package's way down, with a map kept after each halving."""
    first = max_pool2d(net.entry(x), 2)
    second = max_pool2d(net.down[0](first), 2)
    x = net.up[0](interpolate(net.narrow[0](net.down[1](second)), scale_factor=2) + second)
    return net.exit(net.up[1](interpolate(net.narrow[1](x), scale_factor=2) + first))


WITH_GRADIENTS = [n for n, e in EXERCISES.items() if e.draw(stream(0, "leaves")).leaves]
CASES = [(name, kind) for name, answers in WRONG.items() for kind in answers]


@pytest.mark.parametrize("name", EXERCISES)
def test_a_right_answer_written_otherwise_passes(name, capsys):
    found = check(name, RIGHT[name])
    assert getattr(found, "__wrapped__", found) is RIGHT[name]
    assert capsys.readouterr().out == f"{name}: passed on 5 fresh cases.\n"


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_a_wrong_answer_gets_its_own_diagnosis(name, kind):
    assert diagnose(EXERCISES[name], WRONG[name][kind], name).kind == kind


@pytest.mark.parametrize("name", EXERCISES)
def test_the_bank_has_five_named_mistakes_for_every_exercise(name):
    named = set(WRONG[name]) & set(EXERCISES[name].mistakes)
    assert len(named) >= 5, named
    assert len({EXERCISES[name].mistakes[kind].says for kind in named}) == len(named)


@pytest.mark.parametrize("name", EXERCISES)
def test_an_untouched_stub_goes_on_with_the_reference(name, capsys):
    reference = EXERCISES[name].reference
    assert check(name, lambda *arguments: TODO) is reference
    assert check(name, lambda *arguments: (TODO, TODO)) is reference
    assert "not attempted. The lesson goes on" in capsys.readouterr().out


def test_the_loss_of_the_lesson_written_otherwise_is_told_apart_from_a_stub(capsys):
    check("02-classification", torch.nn.functional.cross_entropy)
    assert "not yet: it still computes what the lesson gave." in capsys.readouterr().out


@pytest.mark.parametrize("name", EXERCISES)
def test_other_seeds_give_the_same_verdicts(name, monkeypatch):
    """A lecturer may vary the inputs; no verdict hangs on one draw."""
    for seed in ("1", "2025"):
        monkeypatch.setenv(SEED, seed)
        assert diagnose(EXERCISES[name], RIGHT[name], name).kind == "passed"
        assert list(exercise_faults(name, EXERCISES[name])) == []


def test_a_comma_behind_a_result_does_not_reach_the_lesson():
    answer = check("01-iou", lambda counts: (RIGHT["01-iou"](counts),))
    counts = torch.arange(144).view(12, 12)
    assert torch.equal(answer(counts), RIGHT["01-iou"](counts))


def test_an_answer_learnt_by_heart_fails_on_fresh_inputs(monkeypatch):
    heard = []

    def by_heart(logits, y):
        heard.append(RIGHT["02-classification"](logits, y))
        return heard[-1]

    diagnose(EXERCISES["02-classification"], by_heart, "02-classification")
    replay = cycle(heard)
    monkeypatch.setenv(SEED, "9")
    verdict = diagnose(EXERCISES["02-classification"], lambda *_: next(replay).detach(), "x")
    assert verdict.kind.startswith("wrong")


def test_an_answer_that_breaks_is_named(capsys):
    reference = EXERCISES["01-iou"].reference
    assert check("01-iou", lambda counts: counts / None) is reference
    assert "it stops with TypeError" in capsys.readouterr().out
    check("01-iou", lambda counts: None)
    assert "is a return missing?" in capsys.readouterr().out
    check("01-iou", lambda counts, more: counts)
    assert "more" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "kind", "answer"),
    [
        ("00-difference", "booleans", lambda t, s: t.bool() - s.bool()),
        ("01-unet", "kept too late", halved_first),
        ("01-iou", "whole numbers", lambda c: c.diag() // (c.sum(0) + c.sum(1) - c.diag())),
        ("01-repair", "masks chosen by column", lambda x, t, chosen: (x, t.where(~chosen, -t))),
        ("08-drag", "booleans", lambda e, t, had: ((e > 0) - (t > 0)).float().mean()),
        ("08-mix", "counted fractions", lambda a, b: 1 / torch.bincount(a + b)),
        ("08-mix", "fractions as places", lambda a, b: torch.ones(4)[2 * a + b]),
    ],
)
def test_an_answer_that_stops_like_a_known_one_is_told_why(name, kind, answer):
    verdict = diagnose(EXERCISES[name], answer, name)
    assert verdict.kind == kind
    assert verdict.says.endswith(EXERCISES[name].stops[kind].says)


def test_a_guess_is_placed_among_the_shares_and_answered_with_what_its_wish_has_to_paint():
    names = ("Bald", "Bangs", "Male", "Young")
    wishes = [f"{name} {sign}" for sign in ("+1", "-1") for name in names]
    shares = {
        wish: {"value": k / 8, "low": k / 8 - 0.1, "high": k / 8 + 0.1, "grey": 0.5}
        for k, wish in enumerate(wishes)
    }
    assert beginning.placed("nearest", "", shares) == "nearest: no guess yet"
    for end, right in (("nearest", wishes[:2]), ("furthest", wishes[-2:])):
        said = {wish: beginning.placed(end, wish, shares) for wish in wishes}
        assert {wish for wish in wishes if f"{wish} is right" in said[wish]} == set(right)
    assert said["Bangs +1"] == (
        "furthest: Bangs +1 is not it (place 2 of 8; share 0.12, flat grey 0.50, Bangs -1 0.62): "
        "hair has to be drawn on the forehead"
    )
    assert len({text.partition("): ")[2] for text in said.values()}) == 8
    assert beginning.placed("nearest", " Young −1 ", shares) == beginning.placed(
        "nearest", "Young -1", shares
    )
    for typo in ("Bang +1", "bangs +1"):
        assert "Did you mean 'Bangs +1'" in beginning.placed("nearest", typo, shares)
    said = beginning.placed("nearest", "Bald +1", shares)
    for form in ({"Bald": +1}, {"Bald": 1.0}, ("Bald", 1), "Bald 1", "Bald+1"):
        assert beginning.placed("nearest", form, shares) == said


@pytest.mark.parametrize(
    ("guess", "wanted"),
    [
        ("Bald", "'Bald' has no sign: write 'Bald +1' or 'Bald -1'"),
        ("bald", "Did you mean 'Bald +1' or 'Bald -1'?"),
        ("Bald +2", "Did you mean 'Bald +1' or 'Bald -1'?"),
        ("Beard -1", "Beard -1 is 'No_Beard +1'"),
        ("female +1", "female +1 is called 'Male -1' here"),
        ("Blond_Hair +1", "the four colours of hair and skin take no part"),
        ({"Bald": 1, "Young": 1}, "is not known. Choices: Bald +1"),
        ("Smiling +1", "is not known. Choices: Bald +1"),
    ],
)
def test_an_unknown_guess_is_never_answered_by_the_opposite_wish(guess, wanted):
    shares = {
        f"{name} {sign}": {} for name in ("Bald", "Male", "No_Beard") for sign in ("+1", "-1")
    }
    assert wanted in beginning.placed("nearest", guess, shares)


def test_a_suspect_is_answered_by_the_symptoms():
    assert suspected("") == "no cause named yet"
    assert [cause for cause in SUSPECTS if suspected(cause).startswith("yes")] == ["mirror"]
    assert suspected(" Mirror ") == suspected("mirror")
    assert "Did you mean 'mirror'?" in suspected("Mirrored")
    assert len({suspected(cause) for cause in SUSPECTS}) == len(SUSPECTS)


def test_general_faults_say_where(capsys):
    verdict = diagnose(EXERCISES["02-penalty"], lambda *a: RIGHT["02-penalty"](*a) * float("inf"))
    assert verdict.kind.startswith("not finite")
    frozen = diagnose(
        EXERCISES["02-classification"], lambda z, y: RIGHT["02-classification"](z.detach(), y)
    )
    assert frozen.kind == "gradient" and "the logits" in frozen.says
    third = diagnose(EXERCISES["03-labels"], lambda s, t: (t - s, 0 * s, 2 * s, t))
    assert third.kind == "changed" and "result 3: it is 2 times the right result" in third.says


@pytest.mark.parametrize("name", WITH_GRADIENTS)
def test_a_change_in_place_that_spoils_the_gradient_is_told_and_the_lesson_goes_on(name):
    """Its values are right, and autograd refuses to give the gradient."""

    def spoilt(*given):
        results = EXERCISES[name].reference(*given)
        first, *others = results if isinstance(results, tuple) else [results]
        raised = first.exp()
        first = raised.log()
        raised += 0
        return (first, *others) if others else first

    verdict = diagnose(EXERCISES[name], spoilt, name)
    assert verdict.kind == "in place" and "a = a + b" in verdict.says


@pytest.mark.parametrize("answer", [lambda counts: TODO, lambda counts: counts])
def test_strict_mode_stops_at_anything_but_a_pass(answer, monkeypatch):
    monkeypatch.setenv(STRICT, "1")
    with pytest.raises(NotPassed, match="01-iou"):
        check("01-iou", answer)
    assert check("01-iou", RIGHT["01-iou"]).__wrapped__ is RIGHT["01-iou"]


def test_an_unknown_exercise_is_named():
    with pytest.raises(ValueError, match="Did you mean '02-penalty'"):
        check("02-penalti", RIGHT["02-penalty"])


def test_a_check_that_accepts_a_wrong_answer_is_found():
    good = EXERCISES["01-iou"]
    blind = replace(good, mistakes={**good.mistakes, "none": Mistake(good.reference, "")})
    assert list(exercise_faults("01-iou", blind)) == ["'none' is diagnosed as 'passed'"]
    few = replace(good, mistakes=dict(list(good.mistakes.items())[:3]))
    assert "3 mistakes are known, wanted are five" in list(exercise_faults("01-iou", few))


def test_diagnoses_are_counted_and_an_unknown_cause_is_named():
    right = {patient: cause for patient, (cause, _) in four_labels.PATIENTS.items()}
    assert four_labels.diagnosed(right) == "3 of 3 diagnoses are right"
    assert four_labels.diagnosed(dict.fromkeys(right, "")) == "diagnoses: not attempted"
    count, *why = four_labels.diagnosed(right | {"A": "", "C": "the wrong sign"}).splitlines()
    assert count == "1 of 3 diagnoses are right"
    assert len(why) == 1 and why[0].startswith("C: with 'the wrong sign' additions")
    with pytest.raises(ValueError, match=r"diagnosis\['B'\]='no sing'.*Did you mean 'no sign'"):
        four_labels.diagnosed(right | {"B": "no sing"})
    with pytest.raises(TypeError, match=r"diagnosis\['A'\].*one cause, as text"):
        four_labels.diagnosed(right | {"A": ["the target"]})
    with pytest.raises(ValueError, match=r"patient='a'.*Did you mean 'A'"):
        four_labels.diagnosed({"a": "the target"})


def test_the_parser_of_a_check_says_what_it_takes():
    says = diagnose(EXERCISES["03-gain"], lambda parser, tied, *rest: parser(tied)).says
    assert "the parser takes images (B, 3, h, h) and has got (" in says


def test_references_agree_with_the_package(faces, parser):
    logits = torch.randn(2, 19, 4, 4)
    groups = torch.from_numpy(lookup("celebamask")).long()
    assert torch.allclose(
        EXERCISES["01-merge"].reference(logits, groups), merge(logits, "celebamask")
    )
    counts = torch.randint(1, 9, (12, 12))
    ours = EXERCISES["01-iou"].reference(counts)
    assert ours.tolist() == pytest.approx(list(pooled_iou(counts).values()))
    changes, present = torch.tensor([0.0, 0.7, -1.0, 0.0]), torch.tensor([True, False, True, True])
    excluded = torch.ones(4, 4, dtype=torch.bool).triu(1)
    excluded = excluded | excluded.T
    mine = EXERCISES["06-wish"].reference(changes, present, excluded)
    assert torch.equal(mine, wish(changes, present, excluded))
    marks = EXERCISES["06-unseen"].reference(2 * changes, present)
    assert torch.equal(marks, unseen(2 * changes, present))


def test_numbers_are_told_with_the_digits_that_differ():
    """Two vectors that agree in their first entries, or in three digits, are not printed alike."""
    zeros = torch.zeros(6)
    late = torch.tensor([0, 0, 0, 0, 0, 0.25])
    exercise = Exercise(lambda: late, lambda draws: Case(()), {})
    assert diagnose(exercise, lambda: zeros).says.endswith("It is 0, not 0.25, at [5]")
    near = torch.tensor([50.0, 100.2345])
    exercise = Exercise(lambda: near, lambda draws: Case(()), {})
    said = diagnose(exercise, lambda: near * torch.tensor([1, 1.002])).says
    assert said.endswith("It is 100.4, not 100.2, at [1]")


def _in_place(y_trg, y_src):
    y_trg -= y_src
    return y_trg


@pytest.mark.parametrize(
    "answer", [_in_place, lambda a, b: (a - b).numpy(), lambda a, b: (a - b).double()]
)
def test_a_right_answer_of_another_form_does_not_stop_the_lesson(answer):
    """It gives what the reference gives, and leaves the lesson's own tensors alone."""
    target, source = torch.tensor([[1.0, 1.0, 0.0]]), torch.tensor([[1.0, 0.0, 1.0]])
    found = check("00-difference", answer)(target, source)
    assert torch.equal(found, torch.tensor([[0.0, 1.0, -1.0]])) and found.dtype == torch.float32
    assert torch.equal(target, torch.tensor([[1.0, 1.0, 0.0]]))


def _with_arrays(result):
    if isinstance(result, list | tuple):
        return type(result)(map(_with_arrays, result))
    return result.detach().double().numpy() if isinstance(result, torch.Tensor) else result


def _form(result):
    parts = result if isinstance(result, list | tuple) else [result]
    return type(result), [(type(part), getattr(part, "dtype", None)) for part in parts]


@pytest.mark.parametrize("name", EXERCISES)
def test_results_of_another_form_get_that_of_the_reference(name):
    """In every exercise: arrays and numbers of twice the length, one result or several."""
    exercise = EXERCISES[name]

    def drawn():
        return exercise.draw(stream(3, name)).arguments

    def answer(*arguments):
        return _with_arrays(exercise.reference(*arguments))

    found, _ = fitted(answer, exercise.reference, exercise.draw)
    assert _form(found(*drawn())) == _form(exercise.reference(*drawn()))


@pytest.mark.parametrize("name", EXERCISES)
def test_no_answer_changes_the_tensors_of_a_lesson(name):
    """In every exercise: the lesson's own tensors stay, and the author is told."""
    exercise = EXERCISES[name]

    def tensors(arguments):
        flat = [v for a in arguments for v in (a if isinstance(a, list | tuple) else [a])]
        flat = [w for v in flat for w in (v if isinstance(v, list | tuple) else [v])]
        return [v.data for v in flat if isinstance(v, torch.Tensor)]

    def answer(*arguments):
        result = exercise.reference(*arguments)
        for tensor in tensors(arguments):
            tensor.copy_(~tensor if tensor.dtype == torch.bool else tensor + 1)
        return result

    found, says = fitted(answer, exercise.reference, exercise.draw)
    arguments = exercise.draw(stream(3, name)).arguments
    before = [tensor.clone() for tensor in tensors(arguments)]
    found(*arguments)
    assert before and all(map(torch.equal, tensors(arguments), before))
    assert says.startswith("It changes its input `")


def test_what_had_to_be_done_to_a_right_answer_is_said(capsys):
    check("00-difference", _in_place)
    assert "cases. It changes its input `y_trg` in place: the les" in capsys.readouterr().out
    check("00-difference", lambda a, b: (a - b).numpy())
    assert "cases. It returns a NumPy array: the lesson makes a" in capsys.readouterr().out


def test_an_answer_that_fits_is_handed_back_as_it_is():
    def answer(y_trg, y_src):
        return y_trg - y_src

    assert check("00-difference", answer) is answer
