"""The film of a game: its slider shows the frames that the picture function draws."""

from html import escape

from secgan_lite.course import figures, plane
from secgan_lite.course.figures.common import png
from secgan_lite.course.widgets import GameFilm


def test_the_slider_shows_each_frame_as_the_figure_does():
    game = plane.train(rounds=24, batch_size=8)
    real = game.frames[0]
    film = GameFilm(game, real)
    assert [k for _, k in film.round.options] == list(range(len(game.rounds)))
    assert film.round.value == len(game.rounds) - 1
    last = film.picture.value
    film.round.value = 2
    figure, alt = figures.film(game, real, [2])
    assert film.picture.value == png(figure) != last
    assert escape(alt) in film.words.value
    film.round.value = len(game.rounds) - 1
    assert film.picture.value == last
