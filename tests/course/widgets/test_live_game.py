"""The live game: the same as the course's games, under rules that change while it goes on."""

import asyncio
import json
from dataclasses import replace

import pytest
import torch

from secgan_lite.course import plane
from secgan_lite.course.widgets import LiveGame, Match, Rules, live_game


@pytest.fixture(scope="module")
def played():
    match = Match()
    match.moment()
    match.advance(500)
    return match, match.moment()


def test_it_learns_where_each_label_lives(played):
    match, moment = played
    made, y = torch.tensor(moment["made"]), match._y
    assert plane.label_share(made, y) > 0.95 and moment["round"] == 500
    (_, before), (_, after) = moment["curves"]["exact"]
    assert after < before / 2


def test_its_measures_are_the_courses(played):
    match, moment = played
    with torch.no_grad():
        made = match.G(match._z, match._y)
    assert torch.allclose(torch.tensor(moment["made"]), made, atol=1e-3)
    slopes = plane.slopes(match.D, made[:64], match._y[:64])
    assert torch.allclose(torch.tensor(moment["slopes"]), slopes, atol=1e-3)
    real = torch.tensor(moment["real"])
    exact = plane.wasserstein(real[:64], made[:64]).cost
    assert moment["curves"]["exact"][-1][1] == pytest.approx(exact, abs=2e-3)
    corners = torch.tensor([*plane.LABELS.values()])[moment["labels"]]
    assert torch.equal(corners, match._y) and plane.label_share(real, match._y) == 1


def test_a_rule_counts_from_the_next_round_on():
    frozen = Match(Rules(rate_g=0.0))
    before = [weight.clone() for weight in frozen.G.parameters()]
    frozen.advance(3)
    assert all(map(torch.equal, before, frozen.G.parameters()))
    frozen.rules = replace(frozen.rules, rate_g=5e-3)
    frozen.advance(3)
    assert not any(map(torch.equal, before, frozen.G.parameters()))


def test_with_momentum_it_is_the_game_of_the_lesson():
    """Adam is told the momentum before each step, which is Adam with it from the start."""
    match, wanted = Match(Rules(momentum=0.5)), Match()
    wanted._for_g, wanted._for_d = (plane.optimiser(each, 0.5) for each in (wanted.G, wanted.D))
    match.advance(3)
    for _ in range(3):
        plane.critic_step(wanted.G, wanted.D, wanted._for_d, *wanted._batch())
        y = plane.labels(live_game.COUNTS["batch"], wanted._draws)
        z = torch.randn(live_game.COUNTS["batch"], 2, generator=wanted._draws)
        plane.play(wanted.G, wanted.D, wanted._for_g, wanted._for_d, [], z, y)
    assert all(map(torch.equal, weights(match.G), weights(wanted.G)))


def test_without_the_condition_the_label_says_nothing():
    deaf = Match(Rules(condition=False))
    x, y = torch.randn(5, 2), torch.ones(5, 2)
    assert torch.equal(deaf.G(x, y), deaf.G(x, 0 * y))
    hearing = Match()
    assert not torch.equal(hearing.G(x, y), hearing.G(x, 0 * y))


@pytest.mark.parametrize(
    ("rule", "value"),
    [("critic_steps", 6), ("penalty", -1), ("rate_d", 2.0), ("rate_g", -0.1), ("momentum", 1)],
)
def test_a_rule_out_of_range_is_named(rule, value):
    with pytest.raises(ValueError, match=f"{rule}={value}: wanted is a number from"):
        Rules(**{rule: value})


def test_long_curves_are_thinned_and_keep_their_ends(monkeypatch):
    monkeypatch.setitem(live_game.COUNTS, "kept", 10)
    match = Match()
    for _ in range(25):
        match.moment()
        match.steps += 1
    steps = [t for t, _ in match.curves["exact"]]
    assert steps[0] == 0 and steps[-1] == 24 and len(steps) <= 10 and sorted(steps) == steps


def test_the_page_plays_pauses_and_starts_again():
    async def play():
        app = LiveGame()
        app.do("play", playing=True)
        while app.match.round < 12:
            await asyncio.sleep(0.01)
        app.do("play", playing=False)
        return app, app.match.round

    app, stopped = asyncio.run(play())
    assert app.shown["round"] == stopped and not app.shown["playing"]
    app.do("step", of="both")
    assert app.shown["round"] == stopped + 1
    app.do("rule", name="penalty", value=0.0)
    app.do("reset")
    assert app.shown["round"] == 0 and app.match.rules == Rules()
    assert app.match.moment()["made"] == Match().moment()["made"]
    json.dumps(app.shown)


def weights(player):
    return [weight.clone() for weight in player.parameters()]


@pytest.mark.parametrize(("of", "rounds"), [("D", 0), ("G", 1)])
def test_a_step_of_one_player_leaves_the_other(of, rounds):
    app = LiveGame()
    players = {"D": app.match.D, "G": app.match.G}
    before = {name: weights(player) for name, player in players.items()}
    app.do("step", of=of)
    for name, player in players.items():
        assert all(map(torch.equal, weights(player), before[name])) == (name != of)
    assert app.shown["round"] == rounds
    assert [t for t, _ in app.shown["curves"]["critic"]] == [0, 1]


def test_a_round_is_the_steps_of_its_players():
    one, other = Match(Rules(critic_steps=2)), Match(Rules(critic_steps=2))
    one.advance(1)
    other.step_of_d()
    other.step_of_d()
    other.step_of_g()
    assert one.moment() == other.moment()


def test_the_slow_pace_shows_every_round():
    async def play():
        app, seen = LiveGame(), []
        app.observe(lambda change: seen.append(change["new"]["round"]), "shown")
        app.do("pace", slow=True)
        app.do("play", playing=True)
        while app.match.round < 2:
            await asyncio.sleep(0.01)
        app.do("play", playing=False)
        return app, seen

    app, seen = asyncio.run(play())
    assert app.shown["slow"] and {0, 1, 2} == {*seen}


def test_clusters_of_ones_own():
    app = LiveGame()
    app.do("spots", label="right, up", spots=[[-2.5, 2.5]])
    real, y = torch.tensor(app.shown["real"]), app.match._y
    here = y.all(dim=1)
    assert (real[here] - torch.tensor([-2.5, 2.5])).norm(dim=1).max() < 0.5
    app.do("spots", label="right, up", spots=[])
    assert plane.label_share(torch.tensor(app.shown["real"]), y) == 1
