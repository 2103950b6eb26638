"""Figures: drawn from what they are given, with an alt text that says what they show."""

from dataclasses import replace
from inspect import isfunction

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from secgan_lite.attributes import NAMES
from secgan_lite.course import figures
from secgan_lite.course.duel import Rules, play
from secgan_lite.course.figures.common import signed, webp
from secgan_lite.course.figures.duel import beginning
from secgan_lite.course.laboratory import LabRun
from secgan_lite.course.recorded import Dynamics

pytestmark = pytest.mark.usefixtures("closed_figures")


def record(t, semantic=True):
    names = ("rgb", "semantic") if semantic else ("rgb",)
    terms = ("real_accuracy", "fake_accuracy", "critic", "rec", "sc")
    return {"iteration": t, "rgb/change": 0.2} | {f"{n}/{k}": 0.1 * t for n in names for k in terms}


def test_pixels_are_channels_last_and_in_range(faces):
    x = faces.batch(torch.arange(2))[0]
    assert np.allclose(figures.pixels(x), figures.pixels(faces.images[:2]) / 255, atol=1e-6)
    assert figures.pixels(3 * x).max() <= 1


def test_faces_and_masks(faces):
    figure, alt = figures.faces_and_masks(faces.images, faces.masks, columns=5)
    assert isinstance(figure, Figure) and alt.startswith("5 faces")
    assert len(figure.axes) == 10 and len(figure.legends[0].get_texts()) == 12


def test_training_curves_hold_every_point():
    log = [record(t) | ({"judge": 0.5} if t == 2 else {}) for t in (1, 2, 3)]
    figure, alt = figures.training_curves(log)
    lines = {line.get_label(): line.get_xydata().tolist() for a in figure.axes for line in a.lines}
    assert lines["judge on edits, reversed labels"] == [[2, 0.5]]
    assert [text.get_text() for a in figure.axes for text in a.texts] == ["doubtful"] * 2
    assert np.allclose(lines["masks against the other branch"], [[1, 0.1], [2, 0.2], [3, 0.3]])
    assert "iteration 3. In the end: " in alt and "critic of masks 0.30" in alt


def test_training_curves_of_one_branch_and_of_none():
    figure, _ = figures.training_curves(
        [{k: v for k, v in record(1, False).items() if "sc" not in k}]
    )
    assert [text.get_text() for text in figure.axes[3].texts] == ["one branch only"]
    assert "iteration 0" in figures.training_curves([])[1]


def test_panels_are_the_curves_one_by_one():
    log = [record(t) for t in (1, 2, 3)]
    row, panels = figures.training_curves(log)[0], figures.curve_panels(log)
    assert [axis.get_title() for axis in row.axes] == list(panels)
    for axis, (figure, alt) in zip(row.axes, panels.values(), strict=True):
        (alone,) = figure.axes
        for line, same in zip(axis.lines, alone.lines, strict=True):
            assert line.get_xydata().tolist() == same.get_xydata().tolist()
        assert "iteration 3" in alt


def test_a_panel_without_a_curve_is_left_out():
    one_branch = {name: value for name, value in record(1, False).items() if "sc" not in name}
    assert "Disagreement of the branches" not in figures.curve_panels([one_branch])


def test_a_live_picture_has_the_samples_in_their_order(faces):
    figure, alt = figures.live_run([record(1)], faces.images[:3], ("add bangs", "to pale"))
    *curves, source, first, second = figure.axes
    assert [axis.get_title() for axis in curves] == list(figures.curve_panels([record(1)]))
    assert [axis.get_title() for axis in (source, first, second)] == [
        "input",
        "add bangs",
        "to pale",
    ]
    shown = second.images[0].get_array()
    assert (shown == faces.images[2].transpose(1, 2, 0)).all()
    assert "a face as the generator edits it now: add bangs, to pale" in alt


def test_growth_has_a_row_for_each_wish_and_a_column_for_each_moment(faces):
    moments = {"t = 1": faces.images[1:3], "true edit": faces.images[3:5]}
    figure, alt = figures.growth(faces.images[0], moments, ("Bangs", "Bald"), [0, 1])
    axes = np.reshape(figure.axes, (2, 3))
    assert [axis.get_title() for axis in axes[0]] == ["input", "t = 1", "true edit"]
    assert [axis.get_ylabel() for axis in axes[:, 0]] == ["add\nbangs", "add\nhair"]
    seen = axes[1, 2].images[0].get_array()
    assert np.allclose(seen, faces.images[4].transpose(1, 2, 0) / 255)
    assert "the input, then t = 1, true edit" in alt
    first, last = faces.images[[1, 2]].astype(float), faces.images[[3, 4]].astype(float)
    first, last = first - faces.images[0], last - faces.images[0]
    made = (first * last).sum(axis=(1, 2, 3)) / (last**2).sum(axis=(1, 2, 3))
    assert "t = 1: add bangs {:.2f}, add hair {:.2f}".format(*made) in alt


@pytest.fixture
def dynamics(faces):
    """A recorded run of three snapshots that makes faces darker and darker."""
    log = [record(t) for t in (1, 2, 3)]
    scores = [{"iteration": t, "tarr": {"value": t / 4}} for t in (1, 2, 3)]
    one = faces.images[:2, None].repeat(14, axis=1)
    film = np.stack([one // (t + 1) for t in range(3)])
    return Dynamics({"attributes": list(NAMES)}, log, scores, film, {}, film[0])


def test_recorded_runs_stand_side_by_side(faces, dynamics):
    names = ("Bangs", "Young")
    figure, alt = figures.recorded_runs({"A": dynamics, "B": dynamics}, names, shots=2)
    first = figure.axes[0].lines
    assert first[2].get_xydata().tolist() == [[1, 0.25], [2, 0.5], [3, 0.75]]
    film = figure.axes[8].images[0].get_array()
    assert film.shape == (3 * 32, 2 * 32, 3)  # the input and two flips down, two snapshots along
    assert np.array_equal(film[:32, :32], faces.images[0].transpose(1, 2, 0))
    assert [t.get_text() for t in figure.axes[8].get_xticklabels()] == ["1", "3"]
    assert "A: judge 0.75 at iteration 3; B: judge 0.75" in alt
    broken = replace(dynamics, log=[*dynamics.log, {"iteration": 4, "semantic/critic": -3e5}])
    figure, _ = figures.recorded_runs({"broken": broken}, names, shots=2)
    assert figure.axes[1].get_yticks().tolist() == [-1e5, -1, 0, 1, 1e5]


def test_a_duel_begins_with_the_pulls_at_its_start():
    figure, alt = beginning(Rules(penalty=1.0, slope=0.0), (-1.0, 2.0), edge=4.0, last=300)
    assert "g is pulled by 2, d by −2;" in alt
    ends = {tuple(float(v) for v in text.xy) for text in figure.axes[0].texts}
    assert ends == {(0.0, 2.0), (-1.0, 1.0)}  # half as long


def test_duels_show_paths_ends_and_time():
    games = {"circle": play(Rules(), 30), "spiral": play(Rules(turns=False), 300)}
    figure, alt = figures.duels(games)
    first, second, third, _ = figure.axes  # both planes above, both times below
    assert [first.get_title(), second.get_title()] == ["circle", "spiral"]
    start, end = (line.get_xydata()[0] for line in first.lines[6:8])
    assert start.tolist() == [-1, 0] and np.allclose(end, games["circle"][-1])
    assert np.allclose(third.lines[0].get_ydata(), games["circle"][:, 0])
    assert np.abs(second.lines[7].get_xydata()).max() <= 4.7  # cut off at the edge, and said
    assert [text.get_text() for text in second.texts] == ["on to g = 0.5, d = −8.9"]
    assert "spiral: in the end g is up to 8.21 from the right answer" in alt
    assert len(figures.duels({"circle": games["circle"]})[0].axes) == 2


def test_the_laboratory_has_a_run_in_each_row_and_the_healthy_one_behind_it(faces):
    runs = {
        title: LabRun([record(t) for t in times], faces.images[:3])
        for title, times in {"run 1": (1, 3), "healthy": (1, 2), "run 2": (1, 2)}.items()
    }
    figure, alt = figures.laboratory(runs)
    rows = np.reshape(figure.axes, (2, 4))
    assert [row[0].get_ylabel() for row in rows] == ["run 1", "run 2"]
    lines = [line.get_xydata().tolist() for line in rows[0, 1].lines]
    healthy, _, images, _ = lines  # the branches of each
    assert np.allclose(healthy, [[1, 0.1], [2, 0.2]])
    assert np.allclose(images, [[1, 0.1], [3, 0.3]])
    for column in rows.T:
        assert column[0].get_ylim() == column[1].get_ylim()
    assert "2 short trainings" in alt and "run 1: D on real faces 0.30" in alt
    alone, told = figures.laboratory(runs, ["run 2"])
    assert [axis.get_ylim() for axis in alone.axes] == [axis.get_ylim() for axis in rows[0]]
    assert alone.axes[0].get_ylabel() == "run 2" and "run 1" not in told


def test_edits_of_the_laboratory_stand_beside_the_input_and_the_true_edit(faces):
    runs = {title: LabRun([record(1)], faces.images[:3]) for title in ("healthy", "run 1")}
    truths = torch.from_numpy(faces.images[1:3])
    figure, alt = figures.laboratory_edits(runs, truths, ("add bangs", "to bald"))
    rows = np.reshape(figure.axes, (2, 4))
    assert [axis.get_title() for axis in rows[0]] == ["input", "true edit", "healthy", "run 1"]
    assert [row[0].get_ylabel() for row in rows] == ["add\nbangs", "to\nbald"]
    for row, image in zip(rows, faces.images[1:3], strict=True):
        assert (row[0].images[0].get_array() == faces.images[0].transpose(1, 2, 0)).all()
        for axis in row[1:]:
            assert (axis.images[0].get_array() == image.transpose(1, 2, 0)).all()
    assert "healthy, run 1" in alt and "run 1: add bangs 1.00, to bald 1.00" in alt


def test_a_grid_of_flips(faces):
    x, y, _ = faces.batch(torch.arange(3))
    edits = torch.stack([x] * 13)
    figure, alt = figures.flip_grid(x, edits, NAMES, y)
    assert len(figure.axes) == 3 * 14 and "13 edits" in alt
    signs = [axis.get_xlabel() for axis in figure.axes[1:14]]
    assert signs == ["−" if present else "+" for present in y[0].tolist()]


def test_an_edit_beside_the_truth(faces):
    x, y, s = faces.batch(torch.arange(4))
    figure, alt = figures.edit_comparison(
        x[0], x[:2], x[1:3], NAMES[:2], y[0, :2], {"P(edit)": s[:2]}
    )
    assert len(figure.axes) == 5 * 3 and "P(edit)" in alt
    heat = figure.axes[2 * 3 + 1].images[0]
    assert np.allclose(heat.get_array(), 0)  # the first edit is the input itself
    assert heat.get_cmap().name == "cividis"
    changed = figure.axes[2 * 3 + 2].images[0].get_array()  # of one face into another
    wanted = np.abs(faces.images[1].astype(float) - faces.images[0]).mean(axis=0)
    assert np.allclose(changed, wanted, atol=0.1)  # in grey levels, as the scale says
    assert "grey levels), and masks: P(edit). Of the true change the edits make" in alt
    assert f"{figures.flip_name(NAMES[0], y[0, 0] > 0)} 0.00" in alt  # a copy
    without = figures.edit_comparison(x[0], x[:2], x[1:3], NAMES[:2], y[0, :2], {})[1]
    assert "grey levels). Of the true change" in without


def test_methods_beside_each_other(faces):
    x, y, s = faces.batch(torch.arange(4))
    edits = {"baseline": x[:2], "secgan": faces.images[1:3]}
    figure, alt = figures.method_comparison(x[0], edits, NAMES[:2], y[0, :2], {"true": s[:2]})
    assert len(figure.axes) == 5 * 3 and "baseline, secgan" in alt
    change = figure.axes[3 * 3 + 2].images[0].get_array()
    wanted = np.abs(faces.images[2].astype(float) - faces.images[0]).mean(axis=0)
    assert np.allclose(change, wanted, atol=0.1)


def score(value, **ends):
    return {"value": value, "low": value - 0.1, "high": value + 0.05, "n": 9, **ends}


def test_recognition_by_attribute():
    methods = {"baseline": {"Bald": score(0.5), "mean": score(0.4)}}
    methods["secgan"] = {"Bald": score(0.7), "mean": score(0.6)}
    figure, alt = figures.tarr_by_attribute(methods)
    heights = [[bar.get_height() for bar in bars] for bars in figure.axes[0].containers[1::2]]
    assert heights == [[0.5, 0.4], [0.7, 0.6]] and "secgan 0.60" in alt
    _, _, (whiskers,) = figure.axes[0].containers[0].lines
    assert np.allclose(whiskers.get_segments()[0], [[-0.2, 0.4], [-0.2, 0.55]])


def test_each_score_stands_between_copying_and_the_truth_in_its_own_unit():
    scores = {
        "inside": score(30.0, copy=60.0, truth=0.0),
        "outside": score(5.0, copy=0.1, truth=0.0),
        "mask_iou": score(0.2, copy=0.7, truth=0.9),
    }
    better = scores | {"inside": score(20.0, copy=60.0, truth=0.0)}
    figure, alt = figures.between_copying_and_truth({"baseline": scores, "secgan": better})
    inside, _, mask = figure.axes
    assert [bars.lines[0].get_xdata().item() for bars in inside.containers] == [30.0, 20.0]
    assert [line.get_xdata()[0] for line in mask.lines[-2:]] == [0.7, 0.9]
    assert [label.get_text() for label in inside.get_yticklabels()] == ["baseline", "secgan"]
    low, high = mask.get_xlim()
    assert low < 0.2 < 0.9 < high and "copying 60, baseline 30, secgan 20, the truth 0" in alt


def test_recognised_beside_right_and_the_widest_gap_first():
    tarr = {"Bald": score(0.9), "Young": score(0.8), "mean": score(0.85)}
    inside = {"Bald": {"inside_ratio": score(0.3)}, "Young": {"inside_ratio": score(0.9)}}
    figure, alt = figures.recognised_and_right(tarr, inside)
    axis = figure.axes[0]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["Young", "Bald"]
    recognised, right = (bars.lines[0].get_xdata() for bars in axis.containers)
    assert np.allclose(recognised, [0.8, 0.9]) and np.allclose(right, [0.1, 0.7])
    _, _, (whiskers,) = axis.containers[1].lines  # right is 1 less the error: its ends change sides
    assert np.allclose(whiskers.get_segments()[0], [[0.05, 0], [0.2, 0]])
    assert "Young 0.80 and 0.10; Bald 0.90 and 0.70" in alt


def test_scores_by_the_number_of_faces():
    panels = {
        "ssFID": {"real": [[3.0, 5.0], [1.0]], "GAN": [[6.0], [3.0]]},
        "KID": {"real": [[0.2, 0.0], [-0.1]]},
    }
    figure, alt = figures.against_sample_size([20, 200], panels)
    assert [axis.get_title() for axis in figure.axes] == ["ssFID", "KID"]
    line, _, (bars,) = figure.axes[0].containers[0].lines
    assert line.get_ydata().tolist() == [4.0, 1.0]
    assert np.allclose([end[1] for end in bars.get_segments()[0]], [3.0, 5.0])
    assert [axis.get_yscale() for axis in figure.axes] == ["log", "linear"]
    assert "ssFID of GAN: 6 to 3" in alt


def test_recognition_after_erasing():
    figure, alt = figures.after_erasing([0, 8, 64], {"noise": [0.9, 0.0, 0.0], "GAN": [1, 0.8, 0]})
    axis = figure.axes[0]
    assert axis.lines[0].get_ydata().tolist() == [0.9, 0.0, 0.0]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["0", "8", "64"]
    assert "noise 0.90, 0.00, 0.00" in alt


def test_recognition_against_error():
    ends = {"copy": 1.0, "truth": 0.0}
    points = [
        {"iteration": t, "tarr": score(t / 4), "outside": score(9.0 / t, **ends),
         "inside_ratio": score(1 - t / 9, **ends)}
        for t in (1, 2, 3)
    ]  # fmt: skip
    figure, alt = figures.recognition_against_error({"training": points})
    assert len(figure.axes[0].lines) == 3
    found = figure.axes[0].lines[0].get_xydata()
    assert found.tolist() == [[1 - t / 9, t / 4] for t in (1, 2, 3)]
    assert "training: TARR 0.25 to 0.75" in alt


def test_a_users_style_changes_no_picture(monkeypatch):
    """Nor does it ask for a LaTeX that is not there."""
    plain = webp(figures.method_map()[0])
    theirs = {"text.usetex": True, "figure.dpi": 30, "font.size": 20, "axes.facecolor": "black"}
    with plt.rc_context(theirs | {"savefig.facecolor": "red", "savefig.bbox": "standard"}):
        assert webp(figures.method_map()[0]) == plain
        assert plt.rcParams["font.size"] == 20  # theirs again
    functions = [getattr(figures, name) for name in figures.__all__]
    assert all(hasattr(f, "__wrapped__") for f in functions if isfunction(f))


@pytest.mark.parametrize(
    ("value", "form", "told"),
    [
        (-1, ".2f", "−1.00"),
        (-0.001, "+.2f", "+0.00"),
        (-0.5, "+g", "−0.5"),
        (-1234, ",.0f", "−1,234"),
    ],
)
def test_a_minus_is_a_minus_and_zero_has_none(value, form, told):
    assert signed(value, form) == told
