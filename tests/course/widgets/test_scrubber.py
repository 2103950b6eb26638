"""The training scrubber: its page has all pictures, curves and numbers, and opens at the start."""

import json
from base64 import b64decode
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from secgan_lite.course.recorded import Dynamics, load_dynamics
from secgan_lite.course.widgets import Moment, TrainingScrubber, scrub
from secgan_lite.course.widgets.controls import SCRIPTED
from secgan_lite.course.widgets.scrubbed import tiles
from secgan_lite.course.widgets.scrubber import NUMBERS


@pytest.fixture(scope="module")
def recorded(run):
    return Dynamics.of(run, faces=4, shown=2)


def sheet(shown):
    """The tiles of a run on the page: snapshots, faces, rows, columns, h, h, 3."""
    rows, columns, h = len(shown["rows"]), len(shown["columns"]), shown["side"]
    with Image.open(BytesIO(b64decode(shown["sheet"].split(",")[1]))) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    parts = pixels.reshape(len(shown["at"]), h, shown["faces"], rows, columns, h, 3)
    return parts.transpose(0, 2, 3, 4, 1, 5, 6)


def test_the_page_has_every_pixel(recorded):
    (shown,) = TrainingScrubber(runs={"one": recorded}).shown["runs"]
    assert shown["rows"] == ["edit", "mask by P", "mask by G_seg"] and shown["faces"] == 2
    found = sheet(shown)
    for row, wanted in enumerate(tiles(recorded).values()):
        assert np.array_equal(found[:, :, row], wanted)


def test_what_a_webp_cannot_hold_is_kept_as_well(recorded, monkeypatch):
    monkeypatch.setattr("secgan_lite.course.widgets.scrubber._LONGEST", 9)
    (shown,) = TrainingScrubber(runs={"long": recorded}).shown["runs"]
    assert shown["sheet"].startswith("data:image/png")
    assert np.array_equal(sheet(shown)[:, :, 0], tiles(recorded)["edit"])


def test_numbers_are_the_recorded_ones(recorded):
    shown = TrainingScrubber(runs={"one": recorded}).shown
    assert len(shown["numbers"]) == len(NUMBERS)
    numbers = scrub({"one": recorded}, Moment(4)).numbers["one"]
    assert shown["runs"][0]["numbers"][1] == [
        f"{numbers['tarr']:.0%}", f"{numbers['reconstruction']:.1f}",
        f"{numbers['inside_ratio']:.2f}", f"{numbers['outside']:.1f}",
    ]  # fmt: skip
    (points, *_) = shown["runs"][0]["plots"][1]["curves"]
    assert points == [[r["iteration"], r["rgb/rec"]] for r in recorded.log]


def test_a_run_that_broke_or_lacks_a_score_is_sent_as_json(recorded):
    log = [record | {"rgb/critic": float("inf")} for record in recorded.log]
    scores = [{k: v for k, v in score.items() if k != "outside"} for score in recorded.scores]
    app = TrainingScrubber(runs={"broken": replace(recorded, log=log, scores=scores)})
    json.dumps(app.shown, allow_nan=False)
    (shown,) = app.shown["runs"]
    assert shown["plots"][2]["curves"][0][0][1] is None and not shown["plots"][2]["wide"]
    assert shown["numbers"][0][-1] == "–"


def test_a_page_without_a_kernel_shows_the_beginning_and_the_end():
    runs = {name: load_dynamics(name) for name in ("run-a", "run-b", "run-c")}
    data, _ = TrainingScrubber(runs=runs)._repr_mimebundle_()
    html, _ = data["text/html"].split(SCRIPTED)
    assert len(html) <= 20_000
    assert "which of them fails?" in html and "run-c" not in html
    assert "run-a: the judge sees 19% at 80, 6% at 800; run-b: the judge sees 48% at 80" in html


def test_the_recorded_runs_are_small():
    assert len(json.dumps(TrainingScrubber().shown)) < 600_000


def test_without_a_recording_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("secgan_lite.course.recorded.DYNAMICS", tmp_path)
    with pytest.raises(ValueError, match="name one of your own, -p run_dir FOLDER"):
        TrainingScrubber()
    with pytest.raises(FileNotFoundError):
        TrainingScrubber(run_dir="nowhere")
