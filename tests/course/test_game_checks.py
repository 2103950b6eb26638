"""Checks of steps: what an answer does to networks counts, not only what it returns."""

import pytest
import torch
from bank import RIGHT
from torch.nn.functional import softplus

from secgan_lite.course import plane
from secgan_lite.course.checks import EXERCISES, Case, Exercise, Mistake, diagnose


def test_effects_are_results_too():
    def draw(draws):
        total = torch.zeros(1)
        return Case((total, torch.rand(1, generator=draws)), effects=lambda: (total,))

    def add(total, x):
        total += x
        return x

    lazy = Mistake(lambda total, x: x, "nothing was added")
    exercise = Exercise(add, draw, {"lazy": lazy})
    assert diagnose(exercise, add).kind == "passed"
    assert diagnose(exercise, lambda total, x: x.clone()).kind == "lazy"
    twice = diagnose(exercise, lambda total, x: add(total, 2 * x) / 2)
    assert "result 2: it is 2 times the right result" in twice.says


def cleared_too_late(G, D, optimiser, x, y, z, alpha):
    fake = G(z, y).detach()
    loss = D(fake, y).mean() - D(x, y).mean() + plane.penalty(D, x, fake, y, alpha)
    loss.backward()
    optimiser.zero_grad()
    optimiser.step()
    return loss


def of_probabilities(G, D, optimiser, x, y, z, alpha):
    fake = G(z, y).detach()
    loss = softplus(D(fake, y)).mean() + softplus(-D(x, y)).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss


def three_steps(*given):
    for _ in range(2):
        RIGHT["00b-critic"](*given)
    return RIGHT["00b-critic"](*given)


def nothing_back(*given):
    RIGHT["00b-critic"](*given)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (cleared_too_late, "no step", "zero_grad() stands between the two"),
        (of_probabilities, "original loss + no penalty", "the penalty is missing"),
        (three_steps, "wrong + example", "or example, with one point: x = [["),
        (nothing_back, "raised", "is a return missing?"),
    ],
)
def test_steps_that_nobody_listed(answer, kind, words):
    verdict = diagnose(EXERCISES["00b-critic"], answer, "00b-critic")
    assert verdict.kind == kind and words in verdict.says


def clears_g_as_well(G, D, *given):
    loss = RIGHT["00b-critic"](G, D, *given, detach=False)
    G.zero_grad()
    return loss


def test_what_does_no_harm_passes():
    """Gradients left in G and deleted at once; D's, deleted after G's step; G frozen and freed."""

    def frozen_for_a_while(G, *given):
        G.requires_grad_(False)
        loss = RIGHT["00b-critic"](G, *given)
        G.requires_grad_(True)
        return loss

    assert diagnose(EXERCISES["00b-critic"], frozen_for_a_while, "00b-critic").kind == "passed"
    assert diagnose(EXERCISES["00b-critic"], clears_g_as_well, "00b-critic").kind == "passed"

    def tidy(G, D, for_g, for_d, *given):
        loss = RIGHT["00b-round"](G, D, for_g, for_d, *given)
        for_d.zero_grad()
        return loss

    assert diagnose(EXERCISES["00b-round"], tidy, "00b-round").kind == "passed"


def critic_with_the_wrong_optimiser(G, D, for_g, for_d, batches, z, y):
    for one in batches:
        RIGHT["00b-critic"](G, D, for_g, *one)
    return RIGHT["00b-round"](G, D, for_g, for_d, [], z, y)


def test_a_step_with_the_other_players_optimiser_moves_nobody():
    verdict = diagnose(EXERCISES["00b-round"], critic_with_the_wrong_optimiser, "00b-round")
    assert verdict.kind == "no D" and "with D's optimiser, for_d" in verdict.says
