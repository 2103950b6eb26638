"""The live laboratory's page: it plays and answers, and shows recorded answers without a kernel."""

import asyncio
import json
from base64 import b64decode
from io import BytesIO

import numpy as np
from PIL import Image

from secgan_lite.course.widgets import LiveLaboratory
from secgan_lite.course.widgets.live_laboratory import recorded
from secgan_lite.course.widgets.questions import QUESTIONS, departures, load_answers
from secgan_lite.course.widgets.trial import HEALTHY, SOUND
from secgan_lite.segments import PALETTE


def test_the_page_plays_pauses_and_starts_again(trial):
    async def play():
        app = LiveLaboratory()
        app.trial, first = trial, app.shown["sheet"]
        app.do("play", playing=True)
        while app.trial.iteration < 3:
            await asyncio.sleep(0.01)
        app.do("turn", name="lambda_rec", value=0.0)
        app.do("play", playing=False)
        return app, first

    app, first = asyncio.run(play())
    stopped = app.shown["iteration"]
    assert stopped == app.trial.iteration and not app.shown["playing"]
    assert app.shown["marks"] == [
        {"at": stopped, "name": "lambda_rec", "value": 0.0, "words": "λ_rec 20 → 0"}
    ]
    assert app.shown["sheet"] != first
    app.do("step")
    assert app.shown["iteration"] == stopped + 1 == len(app.shown["curves"]["rgb/rec"])
    app.do("repair")
    assert app.shown["values"] == HEALTHY | {"fault": SOUND}
    app.do("reset")
    assert app.shown["iteration"] == 0 and app.shown["sheet"] == first
    json.dumps(app.shown)


def test_pictures_are_made_once_for_an_iteration_and_after_its_numbers(trial):
    app = LiveLaboratory()
    app.trial, draw, seen, told = trial, app._draw, [], []
    app._draw = lambda: (seen.append(told[-1]), draw())
    app.observe(lambda change: told.append(change["new"]["iteration"]), "shown")
    app.do("step")
    assert seen == [1] and told == [1, 1]
    app.do("play", playing=False)
    app.do("turn", name="lambda_rec", value=0.0)
    assert seen == [1]
    app.do("reset")
    assert seen == [1, 0]


def test_at_the_end_it_says_what_left_the_healthy_run(trial):
    app = LiveLaboratory()
    app.trial = trial
    app.do("step")
    assert app.shown["left"] is None
    trial.advance(trial.iterations)
    trial.curves["rgb/rec"] = [(t, 9.0) for t in range(1, 60)]
    app.do("turn", name="lambda_rec", value=0.0)
    assert app.shown["left"]["error"].startswith("reconstruction, t = 10 to 50")


def test_what_it_shows_without_a_kernel_is_what_was_recorded():
    shown = json.loads(json.dumps(recorded()))
    for told, (title, answer) in zip(shown["answers"], load_answers().items(), strict=True):
        assert told["curves"]["rgb/rec"] == [[t, v] for t, v in answer.curves["rgb/rec"]]
        assert [*told["left"]] == [*departures(answer.curves)]
        assert [(mark["at"], mark["name"], mark["value"]) for mark in told["marks"]] == [
            *QUESTIONS[title].turns
        ]
        with Image.open(BytesIO(b64decode(told["sheet"].split(",")[1]))) as film:
            tiles = np.asarray(film.convert("RGB")).reshape(13, 4, 32, 6, 32, 3).swapaxes(2, 3)
        edits = np.moveaxis(answer.films[0], 2, -1).astype(int)
        assert np.abs(tiles[:, 1] - edits).mean() < 3  # of 256 colours again
        assert np.abs(tiles[:, 3] - PALETTE[answer.films[2]].astype(int)).max() < 9
    assert len(json.dumps(shown)) < 700_000


def test_the_stored_picture_needs_no_training_and_few_bytes():
    app = LiveLaboratory()
    stored = app._repr_mimebundle_()[0]["text/html"]
    assert "learning rate 0.01: which panels have left" in stored and not app.trial.ready
    assert stored == LiveLaboratory()._repr_mimebundle_()[0]["text/html"]
    assert len(stored) < 5_000
