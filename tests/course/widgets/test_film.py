"""The film of games: a scene shows what was measured, and the controls show scenes."""

import asyncio
from dataclasses import replace
from html import escape

import numpy as np
import pytest
import torch

from secgan_lite.course import plane
from secgan_lite.course.plane import EDGE
from secgan_lite.course.widgets import GameFilm, film
from secgan_lite.course.widgets.canvas import quick_png
from secgan_lite.course.widgets.film import NOBODY, Scene, full, height, scene


@pytest.fixture(scope="module")
def games():
    def unconditional(values, y):
        return torch.cat([values, 0 * y], dim=1)

    return {
        "healthy": plane.train(rounds=24, batch_size=8),
        "no condition": plane.train(rounds=12, batch_size=8, inject=unconditional),
    }


@pytest.fixture(scope="module")
def real(games):
    return games["healthy"].frames[0]


def test_a_scene_names_its_round_and_measures(games, real):
    game = games["healthy"]
    alt = scene(games, real, Scene("healthy", 3)).alt
    share = plane.label_share(game.frames[3], game.y)
    assert f"healthy at round {game.rounds[3]}: D's scores for the label of each quarter" in alt
    assert f"asked quarter: {share:.0%}, spots reached, of 12:" in alt
    assert (
        "D's scores for the label left, up"
        in scene(games, real, Scene("healthy", 3, "left, up")).alt
    )


def test_the_landscape_shows_where_d_scores_high(games, real):
    """A critic that likes what is right and up: dark below, light above, in print too."""
    game = games["healthy"]
    slope = torch.linspace(-4, 4, 32)
    scores = (slope[:, None] + slope).expand(len(game.rounds), 4, 32, 32)
    known = replace(game, scores=scores, frames=0 * game.frames)
    shown = scene({"known": known}, real[:0], Scene("known", 0, "right, up"))
    pixels = np.asarray(shown.sheet[0]).astype(int)[24:]  # below the title
    dark, middle, light = (pixels[i, j].mean() for i, j in ((390, 10), (190, 100), (10, 390)))
    assert light > dark + 60 and dark < middle < light


def test_of_all_labels_each_quarter_has_its_own_map(games, real):
    """A critic that likes one label alone: its quarter is light."""
    game, scores = games["healthy"], torch.zeros(4, 32, 32)
    scores[3, 16:, 16:] = 1  # right, up
    known = replace(game, scores=scores.expand(len(game.rounds), 4, 32, 32), frames=0 * game.frames)
    known = replace(known, frames=known.frames - 1)  # all points lie elsewhere
    shown = scene({"known": known}, real[:0], Scene("known", 0))
    pixels = np.asarray(shown.sheet[0]).astype(int)[24:]
    light, *others = (pixels[i, j].mean() for i, j in ((20, 380), (20, 20), (380, 20), (380, 380)))
    assert light > max(others) + 30


def test_heights_are_measured_from_gs_points(games):
    game = games["healthy"]
    here = (game.y == 1).all(dim=1)
    x = game.frames[-1][here].clamp(-EDGE, EDGE)  # a point outside counts at the edge
    with torch.no_grad():
        mean = game.D(x, game.y[here]).mean().item()
    zero = game.scores[-1, 3].numpy() - height(game, -1, "right, up")
    assert zero == pytest.approx(mean, abs=0.02)


def test_each_game_has_a_colour_scale_of_its_own(games):
    game = games["healthy"]
    flat = replace(game, frames=0 * game.frames, scores=torch.zeros_like(game.scores))
    flat.scores[-1, 2, 5, 5], flat.scores[0, 0, 0, 0] = -321.0, 9000.0  # the end alone counts
    assert full(flat) == 300.0


def test_without_a_condition_d_thinks_the_same_for_every_label(games):
    for title, same in (("healthy", False), ("no condition", True)):
        scores = games[title].scores[-1]
        assert torch.equal(scores[0], scores[3]) == same


def test_play_goes_to_the_end_and_a_second_press_pauses(games, real, monkeypatch):
    monkeypatch.setattr(film, "_PACE", 0.01)

    async def play():
        app = GameFilm(games, real)
        last, seen = app.state.frame, []
        app.round.observe(lambda change: seen.append(change["new"]), "index")
        app.play.click()  # from the end it begins again
        while app.play.description == "pause":
            await asyncio.sleep(0.01)
        assert seen == [*range(last + 1)] and app.state.frame == last
        app.play.click()
        while app.state.frame != 1:
            await asyncio.sleep(0.005)
        app.play.click()
        await asyncio.sleep(0.1)
        return app

    app = asyncio.run(play())
    assert app.state.frame == 1 and app.play.description == "play"


def test_the_controls_show_scenes(games, real):
    app = GameFilm(games, real)
    last = len(games["healthy"].rounds) - 1
    assert app.state == Scene("healthy", last) and app.state.label == NOBODY
    app.round.index = 2
    app.label.value = "right, up"
    assert app.state == Scene("healthy", 2, "right, up")
    shown = scene(games, real, app.state)
    *pieces, words = (each.value for each in app.pictures.children)
    assert pieces == [quick_png(part) for part in shown.parts] and escape(shown.alt) in words
    app.round.value = last
    app.game.value = "no condition"  # it has fewer frames
    assert app.state == Scene("no condition", len(games["no condition"].rounds) - 1, "right, up")
    assert app.round.index == app.state.frame
