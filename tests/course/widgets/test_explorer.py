"""The flip explorer as a function: the same edits, truths and scores as the rest of the package."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from secgan_lite.attributes import EXCLUSIVE, NAMES, rivals
from secgan_lite.course.widgets import (
    Drawn,
    Look,
    Photo,
    canvas,
    changed,
    edited_faces,
    explore,
    explorer,
    flipped,
    unseen,
    wish,
)
from secgan_lite.course.widgets.catalogue import editor
from secgan_lite.course.widgets.explorer import ends
from secgan_lite.course.widgets.subjects import SLIDER_GROUPS
from secgan_lite.editing import FaceEditor, load_bundled
from secgan_lite.evaluation import Truth
from secgan_lite.faces import PARAMETERS, render, sample
from secgan_lite.judges import AttributeClassifier
from secgan_lite.parsing import load_parser
from secgan_lite.segments import PALETTE
from secgan_lite.support.randomness import derive

levels = st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0])


def test_a_drawn_face_is_the_test_set_s(faces):
    assert np.array_equal(Drawn("test", 5).at(32), faces.images[5])
    assert not np.array_equal(Drawn("new", 5).at(32), faces.images[5])


def test_an_edit_is_what_the_editor_makes(look, secgan):
    trained = editor(secgan)
    face = np.moveaxis(look.subject.at(trained.config.image_size), 0, -1)
    edits = {"Bangs": 0.75, "Eyeglasses": 1.0}
    explored = explore(replace(look, changes=tuple(edits.items()), strength=1.2))
    wanted = FaceEditor(trained.generator).edit(face, edits, alpha=1.2).image
    assert np.abs(explored.faces["secgan"].astype(int) - np.asarray(wanted)).max() <= 1
    assert np.array_equal(explored.faces["input"], face)


def test_edited_faces_are_those_of_explore_bit_for_bit(look, names):
    for asked in (look, changed(flipped(replace(look, editors=names), "Bangs"), "Young", 0.3)):
        alone, all_of_it = edited_faces(asked), explore(asked).faces
        assert alone.keys() == all_of_it.keys()
        for name, face in all_of_it.items():
            assert np.array_equal(alone[name], face), name


def test_the_picture_shows_a_row_for_each_method_and_the_truth(look, names):
    explored = explore(replace(look, editors=names))
    assert list(explored.faces) == ["input", *(n.split("-")[-1] for n in names), "true edit"]
    assert explored.picture.mode == "RGBA"
    assert [row.title for row in explored.rows] == list(explored.faces)
    for row in explored.faces:
        assert row in explored.alt
    one = explore(look)
    for name in names:  # side by side or alone, an edit is the same
        alone = explore(replace(look, editors=(name,)))
        title = name.split("-")[-1]
        assert np.abs(alone.faces[title].astype(int) - explored.faces[title]).max() <= 1
    assert one.picture.width == explored.picture.width


def test_the_true_edit_is_the_package_s(look, faces):
    truth = Truth.of(faces.subset(4))
    for name in ("Bangs", "Blond_Hair", "Male"):
        explored = explore(flipped(look, name))
        a = NAMES.index(name)
        assert np.array_equal(np.moveaxis(explored.faces["true edit"], -1, 0), truth.images[a, 3])
        assert np.array_equal(explored.masks["true edit"], truth.masks[a, 3])
        assert explored.wanted[name] != explored.present[name]


def test_unchanged_is_its_own_truth(look):
    explored = explore(look)
    assert np.array_equal(explored.faces["true edit"], explored.faces["input"])
    assert set(explored.y_diff.values()) == {0.0} and explored.notes == ()
    assert np.isnan(explored.scores["secgan"]["inside"])
    assert explored.scores["secgan"]["outside"] > 0  # G(x, 0) is not x


def test_scores_against_a_computation_by_hand(look):
    explored = explore(replace(look, changes=(("Bangs", 1.0),)))
    face, edit, true = (explored.faces[k].astype(float) for k in ("input", "secgan", "true edit"))
    region = np.abs(true - face).max(axis=2) > 8.5
    error = np.abs(edit - true).mean(axis=2)
    scores = explored.scores["secgan"]
    # The tiles are rounded to whole levels, the scores are not.
    assert scores["inside"] == pytest.approx(error[region].mean(), abs=0.5)
    assert scores["outside"] == pytest.approx(error[~region].mean(), abs=0.5)
    assert scores["copying"] == pytest.approx(np.abs(true - face).mean(axis=2)[region].mean())
    found, exact = explored.masks["secgan"], explored.masks["true edit"]
    ious = [
        ((found == k) & (exact == k)).sum() / ((found == k) | (exact == k)).sum()
        for k in range(12)
        if ((found == k) | (exact == k)).any()
    ]
    assert scores["mask"] == pytest.approx(np.mean(ious))
    right = [(p > 0.5) == explored.wanted[n] for n, p in explored.probabilities["secgan"].items()]
    assert scores["labels"] == pytest.approx(np.mean(right))


def test_masks_are_the_parser_s_and_g_seg_s(look, secgan):
    explored = explore(replace(look, changes=(("Bangs", 1.0),)))
    x = torch.from_numpy(look.subject.at(32)).float()[None] / 127.5 - 1
    with torch.no_grad():
        s = load_parser("auto", 32)(x).argmax(dim=1)
        y_diff = torch.tensor([[float(n == "Bangs") for n in NAMES]])
        one_hot = torch.nn.functional.one_hot(s, 12).movedim(-1, 1).float()
        moved = load_bundled(32).g_seg(one_hot, y_diff).argmax(dim=1)
    assert np.array_equal(explored.masks["input"], s[0])
    assert np.array_equal(explored.masks["G_seg of secgan"], moved[0])


@given(
    st.lists(levels, min_size=13, max_size=13), st.lists(st.booleans(), min_size=13, max_size=13)
)
def test_a_wish_takes_away_what_it_rules_out(asked, present):
    y_diff = wish(torch.tensor(asked), torch.tensor(present), rivals()).tolist()
    for i, name in enumerate(NAMES):
        others = {r for group in EXCLUSIVE if name in group for r in group} - {name}
        pushing = max([asked[NAMES.index(r)] for r in others if r in NAMES], default=0.0)
        if asked[i] == 0 and present[i] and pushing > 0:
            assert y_diff[i] == -pushing
        else:
            assert y_diff[i] == asked[i]


@given(
    st.lists(levels, min_size=13, max_size=13), st.lists(st.booleans(), min_size=13, max_size=13)
)
def test_unseen_is_what_no_pair_of_labels_gives(asked, present):
    """Between −1 and 1, training could only have moved away from the label that there was."""
    marks = unseen(torch.tensor(asked), torch.tensor(present)).tolist()
    for value, there, mark in zip(asked, present, marks, strict=True):
        possible = [target - there for target in (0, 1)]
        assert mark == (not min(possible) <= value <= max(possible))


def test_what_training_never_saw_is_said(look):
    there = next(n for n, p in explore(look).present.items() if p)
    absent = next(n for n, p in explore(look).present.items() if not p)
    explored = explore(replace(look, changes=((there, 1.0),), strength=1.5))
    assert explored.unseen == (there,)
    assert "beyond ±1" in explored.notes[0] and "there already" in explored.notes[1]
    explored = explore(replace(look, changes=((absent, -1.0),)))
    assert "isn't there" in explored.notes[0]
    photo = Photo.read(np.full((40, 60, 3), 128, np.uint8))
    explored = explore(Look(photo, look.editors))
    assert "a photograph" in explored.notes[0] and "drawn faces only" in explored.notes[0]
    assert explored.scores == {} and "true edit" not in explored.faces


def test_controls_that_exclude_each_other(look):
    both = changed(changed(look, "Bangs", 1.0), "Bald", 0.5)
    assert both.changes == (("Bald", 0.5),)
    colours = changed(changed(look, "Blond_Hair", 1.0), "Black_Hair", 1.0)
    assert colours.changes == (("Black_Hair", 1.0),)
    kept = changed(changed(look, "Blond_Hair", -1.0), "Black_Hair", 1.0)
    assert dict(kept.changes) == {"Blond_Hair": -1.0, "Black_Hair": 1.0}


def test_a_flip_goes_the_way_that_the_judge_says_and_back(look):
    for name, there in explore(look).present.items():
        once = flipped(look, name)
        assert once.changes == ((name, -1.0 if there else 1.0),)
        assert flipped(once, name) == look


def test_a_run_of_one_s_own(run, look):
    explored = explore(replace(look, editors=(str(run),)))
    assert "secgan (run)" in explored.faces and "G_seg of secgan (run)" in explored.masks
    both = explore(replace(look, editors=(str(run), *look.editors)))
    assert list(both.faces) == ["input", "secgan (run)", "secgan", "true edit"]


def test_sizes_do_not_mix(look, small_config, small_faces, tmp_path):
    from secgan_lite.training import train

    small = train(small_config(method="baseline", iterations=2, critic_steps=1), small_faces)
    with pytest.raises(ValueError, match="of one image size"):
        explore(replace(look, editors=(*look.editors, str(small.path))))
    alone = explore(replace(look, editors=(str(small.path),)))  # no judge and no P at 16 px
    assert alone.present == {} and list(alone.masks) == ["true edit"]
    assert "labels" not in alone.scores["baseline (run)"]


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(sorted(PARAMETERS)), st.floats(0, 1, width=32))
def test_a_parameter_is_set_and_nothing_else(name, value):
    drawn = Drawn("new", 2).with_parameter(name, value)
    assert drawn.value(name) == pytest.approx(value)
    plain = sample(3, derive(0, "faces/new"))[2]
    others = [n for n in PARAMETERS if n != name]
    assert all(drawn.value(n) == getattr(plain, n)[0] for n in others)
    assert np.array_equal(drawn.at(16), render(plain.adjusted(**{name: value}), 16)[0][0])


def test_the_judge_is_asked_by_name(faces, monkeypatch):
    """Neither a run's attributes nor the judge's need be the 13 in their order."""
    trained, x = load_bundled(32), faces.batch(torch.arange(2))[0]
    every = explorer._Seen.all(x, trained)[1].probabilities
    config = trained.config.model_copy(update={"attributes": ("Male", "Bangs")})
    some = explorer._Seen.all(x, replace(trained, config=config))[1].probabilities
    assert some == {name: every[name] for name in ("Male", "Bangs")}
    judge = AttributeClassifier(("Young", "Male"), 32, 4, 2, 8).eval()
    monkeypatch.setattr(explorer, "_judge", lambda *given: judge)
    known = explorer._Seen.all(x, trained)[1].probabilities
    assert known == pytest.approx(
        dict(zip(judge.attributes, judge(x)[1].sigmoid().tolist(), strict=True))
    )


def test_every_parameter_has_a_slider():
    assert sorted(name for group in SLIDER_GROUPS.values() for name in group) == sorted(PARAMETERS)
    with pytest.raises(ValueError, match="Did you mean 'yaw'"):
        Drawn().with_parameter("yav", 0.5)


def test_a_change_is_white_for_none_and_darker_for_more():
    black = np.zeros((1, 3, 3), np.uint8)
    edited = black + np.array([[0], [32], [200]], np.uint8)
    white, some, full = canvas.change(edited, black).astype(int)[0].sum(axis=1)
    assert white > 3 * 245 and white > some + 100 and some > full + 100


def test_an_outline_is_drawn_inside_its_region():
    region = np.zeros((4, 4), bool)
    region[1:3, 1:3] = True
    drawn = canvas.outlined(np.full((4, 4, 3), 255, np.uint8), region, 40)
    marked = (drawn != 255).any(axis=2)
    assert marked.sum() == 20**2 - 18**2 and not marked[11:29, 11:29].any() and marked[10, 10]


def test_the_board_tells_the_errors_inside_and_outside_the_true_change(look):
    explored = explore(replace(look, changes=(("Bangs", 1.0),)))
    source, edit, true = (explored.faces[n].astype(int) for n in ("input", "secgan", "true edit"))
    region = np.abs(true - source).max(axis=2) > 8
    assert np.array_equal(explored.region, region)
    error, copying, outside = explored.rows[1].measured.split("\n")
    for words, where, face in ((error, region, edit), (copying, region, source),
                               (outside, ~region, edit)):  # fmt: skip
        (number,) = re.findall(r"\d+\.\d", words)
        assert float(number) == pytest.approx(np.abs(face - true)[where].mean(), abs=0.5)
    idle = explore(look).rows[1].measured  # the true edit changes nothing
    assert re.fullmatch(r"error \d+\.\d outside", idle) and explored.rows[2].measured == ""
    assert explored.sheet[0].width > explored.picture.width


def test_on_white_keeps_the_tiles():
    picture = canvas.board({"a": [np.full((8, 8, 3), 90, np.uint8)]}, ["one"], 40)
    paper = np.asarray(canvas.on_white(picture))
    assert (paper == 90).all(axis=2).sum() >= 40 * 40 and (paper[0, 0] == 255).all()


@pytest.mark.parametrize("width", [200, 680])
def test_the_legend_has_every_segment_s_colour_at_any_width(width):
    shown = np.asarray(canvas.legend(width).convert("RGB")).reshape(-1, 3)
    assert canvas.legend(width).width == width
    assert {tuple(colour) for colour in PALETTE.tolist()} <= set(map(tuple, shown.tolist()))


def test_a_sliders_ends_say_what_the_face_has_there():
    assert {name: ends(name) for name in ("Bald", "Bangs", "Bushy_Eyebrows", "Male")} == {
        "Bald": ("hair", "bald"),
        "Bangs": ("no bangs", "bangs"),
        "Bushy_Eyebrows": ("thin", "bushy"),
        "Male": ("female", "male"),
    }
    assert ends("No_Beard") == ("beard", "no beard") and ends("Young") == ("old", "young")
    assert ends("Smiling") == ("no Smiling", "Smiling")
    assert all(one != other for one, other in map(ends, NAMES))
