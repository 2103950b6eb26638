"""Recorded runs at a moment: a run recorded, stored and read back, and what is shown of it."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from secgan_lite import datasets
from secgan_lite.course.authoring.recording import record_dynamics
from secgan_lite.course.recorded import Dynamics, bundled_recordings, load_dynamics
from secgan_lite.course.widgets import Moment, recordings, scrub
from secgan_lite.course.widgets.scrubbed import PLOTS, curve, iterations, placed, plot, signed, span
from secgan_lite.evaluation import Truth


@pytest.fixture(scope="module")
def recorded(run):
    return Dynamics.of(run, faces=4, shown=2)


def later(dynamics, shift=3):
    """The same run, every iteration later: as if it had been recorded at other times."""
    scores = [score | {"iteration": score["iteration"] + shift} for score in dynamics.scores]
    return replace(dynamics, scores=scores)


def test_a_recording_comes_back_with_its_masks(run, recorded, tmp_path, monkeypatch):
    monkeypatch.setattr("secgan_lite.course.recorded.DYNAMICS", tmp_path)
    record_dynamics(run, "tiny", faces=4)
    assert bundled_recordings() == ["tiny"]
    back = load_dynamics("tiny")
    assert set(back.masks) == {"P", "G_seg"}
    for kind, film in recorded.masks.items():
        assert film.dtype == np.uint8 and film.max() < 12
        assert np.array_equal(back.masks[kind], film)
    assert back.scores == recorded.scores and back.samples.shape == recorded.samples.shape
    assert list(recordings()) == ["tiny"] and list(recordings(str(run), faces=2)) == [
        "yours",
        "tiny",
    ]


def test_a_recording_without_masks_is_read_too(run, tmp_path, monkeypatch):
    monkeypatch.setattr("secgan_lite.course.recorded.DYNAMICS", tmp_path)
    path = record_dynamics(run, "old", faces=2)
    path.write_text(
        path.read_text(encoding="utf-8")
        .replace('"masks"', '"more"')
        .replace('"more": [', '"x": ['),
        encoding="utf-8",
    )
    text = path.read_text(encoding="utf-8")
    assert '"masks"' not in text
    path.write_text(text[: text.index(',\n  "x"')] + "\n}\n", encoding="utf-8")
    back = load_dynamics("old")
    assert back.masks == {}
    assert scrub({"old": back}, Moment(6)).numbers["old"]["iteration"] == 6


def test_a_recording_holds_the_true_edits_of_its_faces(recorded):
    drawn = datasets.load("synthetic", "test", 32, count=4).subset(2)
    truths = Truth.of(drawn).images
    assert np.array_equal(recorded.truths[:, 0], drawn.images)
    assert np.array_equal(recorded.truths[1, 1:], truths[:, 1])
    bundled, faces = load_dynamics("run-b"), datasets.load("synthetic", "test", 32, count=2)
    assert np.array_equal(bundled.truths[:, 0], faces.images)
    gap = bundled.samples[0, :, 0].astype(int) - faces.images  # but for the film's 256 colours
    assert np.abs(gap).mean() < 4


def test_a_run_can_be_shown_without_scores(run, recorded):
    """What its log says of the judge is then its curve."""
    plain = Dynamics.of(run, faces=0)
    assert [*map(list, plain.scores)] == [["iteration"]] * 3
    assert np.array_equal(plain.samples, recorded.samples)
    judged = replace(plain, log=[record | {"judge": 0.5} for record in plain.log])
    assert curve(judged, "judge").tolist() == [[r["iteration"], 0.5] for r in plain.log]
    assert curve(recorded, "judge")[:, 1].tolist() == [s["tarr"]["value"] for s in recorded.scores]


def test_each_run_is_shown_as_it_was_by_then(recorded):
    runs = {"one": recorded, "late": later(recorded)}
    assert iterations(runs) == [2, 4, 5, 6, 7, 9]
    when = {step: [n["iteration"] for n in scrub(runs, Moment(step)).numbers.values()]
            for step in (2, 4, 5, 6, 9)}  # fmt: skip
    assert when == {2: [2, 5], 4: [4, 5], 5: [4, 5], 6: [6, 5], 9: [6, 9]}


def test_numbers_are_the_recorded_ones(recorded):
    scrubbed = scrub({"one": recorded}, Moment(4))
    score = recorded.scores[1]
    assert scrubbed.numbers["one"]["tarr"] == score["tarr"]["value"]
    assert scrubbed.numbers["one"]["inside_ratio"] == score["inside_ratio"]["value"]
    assert "one at 4" in scrubbed.alt
    assert Image.open(BytesIO(scrubbed.png)).size == scrubbed.picture.size


def test_moments_and_faces_look_different(recorded):
    runs = {"one": recorded}
    first, last = (scrub(runs, Moment(step)).png for step in (2, 6))
    assert first != last != scrub(runs, Moment(6, face=1)).png


def test_a_run_that_broke_can_be_shown(recorded):
    """Infinite and missing values are drawn at the edge, or not at all."""
    log = [record | {"rgb/critic": float("inf")} for record in recorded.log]
    log = [{k: v for k, v in record.items() if not k.startswith("semantic")} for record in log]
    scrubbed = scrub({"broken": replace(recorded, log=log)}, Moment(6))
    assert scrubbed.picture.width > 3 * 100
    terms = {term for curves in PLOTS.values() for term in curves}
    assert {"judge", "rgb/critic"} <= terms


def test_curves_end_at_the_moment(recorded):
    """What comes later is not drawn: it can be guessed."""
    later = [r | {"rgb/rec": 0.2} if r["iteration"] > 4 else r for r in recorded.log]
    changed = replace(recorded, log=later)
    axis = 6.0, 0.0, 1.0
    early, late = (
        [plot(run, "error", axis, at).tobytes() for run in (recorded, changed)] for at in (4, 6)
    )
    assert early[0] == early[1] and late[0] != late[1]


CRITIC, APART = "critic: fake − real", "disagreement"


def test_an_axis_holds_every_value_of_all_runs(recorded):
    wild = [r | {"semantic/critic": (-7e5, 3e5)[i % 2]} for i, r in enumerate(recorded.log)]
    _, *ends = span({"calm": recorded, "wild": replace(recorded, log=wild)}, CRITIC)
    assert ends == pytest.approx([-9.1e5, 9.1e5])
    values = [r[f"{b}/sc"] for r in recorded.log for b in ("rgb", "semantic")]
    _, *ends = span({"one": recorded}, APART)
    assert ends == pytest.approx([0.9 * min(values), 1.1 * max(values)])


def test_critics_are_linear_within_one_and_logarithmic_beyond():
    """As matplotlib's symmetric logarithm, and the disagreement as its logarithm."""
    from matplotlib.scale import SymmetricalLogTransform

    values = np.array([-7e5, -30, -1, -0.4, 0, 0.3, 1, 20, 4e5])
    theirs = SymmetricalLogTransform(base=10, linthresh=1, linscale=1.8).transform(values)
    assert placed(CRITIC, values) == pytest.approx(theirs)
    assert placed(APART, np.array([0.01, 1, 100.0])).tolist() == [-2, 0, 2]
    assert placed("error", values) is values


def test_a_critic_that_runs_away_is_drawn_in_the_same_room(recorded):
    wild = [r | {"rgb/critic": (-1) ** i * 1e5} for i, r in enumerate(recorded.log)]
    plain, run_away = (
        scrub({"one": replace(recorded, log=log)}, Moment(6)) for log in (recorded.log, wild)
    )
    assert plain.picture.size == run_away.picture.size and plain.png != run_away.png


def test_no_axis_cuts_a_curve_off(recorded):
    high = [r | {"rgb/rec": 3.0} if i == 1 else r for i, r in enumerate(recorded.log * 60)]
    assert span({"one": replace(recorded, log=high)}, "error")[2] >= 3.0


def test_a_minus_sign_is_one():
    told = [signed(-0.25, ".1f"), signed(1234.5, ",.0f"), signed(-0.01, ".1f"), signed(0.5, ".0%")]
    assert told == ["−0.2", "1,234", "0.0", "50%"]
