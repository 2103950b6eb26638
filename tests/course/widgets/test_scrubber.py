"""The training scrubber: its page has all pictures, curves and numbers, and opens at the start."""

import json
from base64 import b64decode
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from secgan_lite.course import laboratory
from secgan_lite.course.faults import TITLES
from secgan_lite.course.recorded import Dynamics, load_dynamics
from secgan_lite.course.widgets import Moment, TrainingScrubber, scrub
from secgan_lite.course.widgets.controls import SCRIPTED
from secgan_lite.course.widgets.scrubbed import tiles
from secgan_lite.course.widgets.scrubber import NUMBERS


@pytest.fixture(scope="module")
def recorded(run):
    return Dynamics.of(run, faces=4, shown=2)


def sheet(shown, which="sheet"):
    """The tiles of a run on the page: snapshots, faces, rows, columns, h, h, 3."""
    h, faces, flips = shown["side"], shown["faces"], len(shown["flips"])
    rows, columns = (len(shown["rows"]), flips) if which == "sheet" else (1, 1 + flips)
    with Image.open(BytesIO(b64decode(shown[which].split(",")[1]))) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    return pixels.reshape(-1, h, faces, rows, columns, h, 3).transpose(0, 2, 3, 4, 1, 5, 6)


def test_the_page_has_every_pixel(recorded):
    (shown,) = TrainingScrubber(runs={"one": recorded}).shown["runs"]
    assert shown["rows"] == ["edit", "mask by P", "mask by G_seg"] and shown["faces"] == 2
    found = sheet(shown)
    for row, wanted in enumerate(tiles(recorded).values()):
        assert np.array_equal(found[:, :, row], wanted[:, :, 1:])
    names = recorded.config["attributes"]
    places = [0, *(1 + names.index(name) for name in ("Bangs", "Blond_Hair", "Eyeglasses"))]
    truths = np.moveaxis(recorded.truths[:, places], 2, -1)
    assert np.array_equal(sheet(shown, "truth")[0, :, 0], truths)


def test_what_a_webp_cannot_hold_is_kept_as_well(recorded, monkeypatch):
    monkeypatch.setattr("secgan_lite.course.widgets.scrubber._LONGEST", 9)
    (shown,) = TrainingScrubber(runs={"long": recorded}).shown["runs"]
    assert shown["sheet"].startswith("data:image/png")
    assert np.array_equal(sheet(shown)[:, :, 0], tiles(recorded)["edit"][:, :, 1:])


def test_numbers_are_the_recorded_ones(recorded):
    shown = TrainingScrubber(runs={"one": recorded}).shown
    assert len(shown["numbers"]) == len(NUMBERS)
    numbers = scrub({"one": recorded}, Moment(4)).numbers["one"]
    assert shown["runs"][0]["numbers"][1] == [
        f"{numbers['tarr']:.0%}", f"{numbers['reconstruction']:.1f}",
        f"{numbers['inside_ratio']:.2f}", f"{numbers['outside']:.1f}",
    ]  # fmt: skip
    assert shown["runs"][0]["judged"] == [recorded.scores[k]["tarr"]["value"] for k in (0, -1)]
    assert [plot["title"].split(",")[0] for plot in shown["plots"]] == [
        "recognised", "critic: fake − real", "error", "disagreement"
    ]  # fmt: skip
    (points, *_) = shown["runs"][0]["plots"][2]
    assert points == [[r["iteration"], r["rgb/rec"]] for r in recorded.log]


def test_a_run_that_broke_or_lacks_a_score_is_sent_as_json(recorded):
    log = [record | {"rgb/critic": float("inf")} for record in recorded.log]
    scores = [{k: v for k, v in score.items() if k != "outside"} for score in recorded.scores]
    app = TrainingScrubber(runs={"broken": replace(recorded, log=log, scores=scores)})
    json.dumps(app.shown, allow_nan=False)
    (shown,) = app.shown["runs"]
    assert shown["plots"][1][0][0][1] is None
    assert shown["numbers"][0][-1] == "–"


def test_a_page_without_a_kernel_shows_the_beginning_and_tells_no_end():
    runs = {name: load_dynamics(f"run-{name}") for name in "abcd"}
    data, _ = TrainingScrubber(runs=runs)._repr_mimebundle_()
    html, _ = data["text/html"].split(SCRIPTED)
    assert len(html) <= 20_000
    assert "which of them ends best?" in html
    assert "true edits: a at 80, b at 80, c at 80." in html and "judge" not in html


def test_a_question_of_ones_own_hides_nothing():
    app = TrainingScrubber(
        laboratory.dynamics(), "Which line is broken?", ["this", "that"], str.upper
    )
    html = app._repr_mimebundle_()[0]["text/html"]
    assert "Which line is broken?" in html and "run 1 at 120" in html
    assert app.shown["names"] == ["this", "that"]
    assert app.shown["right"] == {title: title.upper() for title in TITLES}
    assert app.shown["question"] and not TrainingScrubber().shown["question"]


def test_the_wish_that_is_learnt_first_is_that_with_the_least_left():
    """By the mean error where the true edit changes a pixel, computed again for each wish."""
    runs = {"yours": load_dynamics("run-d"), "run B": load_dynamics("run-b")}
    shown = TrainingScrubber(runs, "Which wish first?", wishes=True).shown
    wishes, run = shown["wishes"], runs["yours"]
    assert wishes["run"] == "yours" and wishes["names"] == ["Bangs", "Blond", "Eyeglasses"]
    for i, name in enumerate(("Bangs", "Blond_Hair", "Eyeglasses")):
        k = 1 + run.config["attributes"].index(name)
        source, true = run.truths[:, 0].astype(float), run.truths[:, k].astype(float)
        inside = np.repeat((source != true).any(axis=1)[:, None], 3, axis=1)
        copied = np.abs(source - true)[inside].mean()
        left = [np.abs(film[:, k] - true)[inside].mean() / copied for film in run.samples]
        points = shown["runs"][0]["plots"][-1][i]
        assert [value for _, value in points] == pytest.approx(left)
        below = [at for (at, _), value in zip(points, left, strict=True) if value < 0.5]
        assert wishes["at"][i] == (below[0] if below else None)
    assert wishes["at"][2] is None and shown["plots"][-1]["limit"] == wishes["limit"] == 0.5
    json.dumps(shown)


def test_a_run_without_scores_is_asked_for_its_wishes_too(run):
    shown = TrainingScrubber({"yours": Dynamics.of(run, faces=0)}, "Which?", wishes=True).shown
    assert len(shown["wishes"]["at"]) == 3 and shown["runs"][0]["judged"] is None
    assert [at for at, _ in shown["runs"][0]["plots"][-1][0]] == [2, 4, 6]


def test_the_slider_stops_at_each_record_of_a_short_log_alone():
    (healthy, *_) = TrainingScrubber(laboratory.dynamics(), "?").shown["runs"]
    assert healthy["at"] == [0, 20, 40, 80, 120] and healthy["moments"] == [0, *range(10, 121, 10)]
    assert healthy["judged"] is None
    (a, *_) = TrainingScrubber().shown["runs"]
    assert a["moments"] == a["at"] == [*range(80, 801, 80)]


def test_the_recorded_runs_are_small():
    assert len(json.dumps(TrainingScrubber().shown)) < 600_000
    assert len(json.dumps(TrainingScrubber(laboratory.dynamics(), "?").shown)) < 500_000


def test_without_a_recording_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("secgan_lite.course.recorded.DYNAMICS", tmp_path)
    with pytest.raises(ValueError, match="give a run of your own"):
        TrainingScrubber()
