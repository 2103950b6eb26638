"""The drag's app: all its views are there from the start, and they say what the edits say."""

import json
import time
from base64 import b64decode
from io import BytesIO

import pytest
from PIL import Image

from secgan_lite.course.study.confounding import FLIPS, load_drags
from secgan_lite.course.study.dragged import FACES, SHOWN, dragged
from secgan_lite.course.widgets.drag_dial import EACH, WORDS, DragDial


@pytest.fixture(scope="module")
def shown():
    return DragDial().shown


def test_each_flip_has_a_view_of_each_dial(shown):
    assert [flip["title"] for flip in shown["flips"]] == [f"{a} → {p}" for a, p in FLIPS]
    assert shown["dials"] == [0.0, 0.5, 0.9] and shown["faces"] == FACES
    for flip in shown["flips"]:
        with Image.open(BytesIO(b64decode(flip["sheet"].split(",")[1]))) as sheet:
            assert sheet.size == (32 * 2 * EACH, 32 * (len(SHOWN) + 2))
        for part in ("said", "moves", "runs", "counts"):
            assert len(flip[part]) == len(SHOWN)
        assert {len(row) for row in [*flip["said"], flip["meant"], flip["wishes"]]} == {2 * EACH}


def test_a_face_is_marked_where_the_judge_says_another_word_than_of_the_true_edit(shown):
    for flip, (_, partner) in zip(shown["flips"], FLIPS, strict=True):
        for said, moves in zip(flip["said"], flip["moves"], strict=True):
            assert set(said) <= set(WORDS[partner])
            differ = [a != b for a, b in zip(said, flip["meant"], strict=True)]
            assert differ == [move != 0 for move in moves]


def test_it_does_not_open_on_the_answer_and_shows_faces_that_can_be_dragged_first(shown):
    means = [sum(flip["runs"][-1]) for flip in shown["flips"]]
    assert means[0] < max(means)  # "which wish drags most?" is what a reader shall find
    found = dragged("Black_Hair", "No_Beard")
    free = ((found.had == 0) & (found.has == 1)).sum()
    assert free >= EACH  # so all four of "hair to black" are dragged where the wish drags
    moves = shown["flips"][[f"{a} → {p}" for a, p in FLIPS].index("Black_Hair → No_Beard")]["moves"]
    alone = ((found.had == 0) & (found.has == 1)).nonzero().flatten()[:EACH]
    assert moves[2][EACH:] == found.moves[2][alone].int().tolist()


def test_runs_and_counts_are_the_recorded_ones(shown):
    recorded = {
        (c["config"]["correlation"], c["config"]["seed"]): c["flips"]["Black_Hair → No_Beard"]
        for c in load_drags()["cells"]
        if c["config"]["method"] == "baseline"
    }
    flip = shown["flips"][[f"{a} → {p}" for a, p in FLIPS].index("Black_Hair → No_Beard")]
    assert flip["runs"][2] == [recorded[0.9, seed]["drag"] for seed in range(3)]
    found = dragged("Black_Hair", "No_Beard")
    moves = found.moves[2, found.had == 0].tolist()
    along, against = moves.count(1), moves.count(-1)
    free = int(((found.had == 0) & found.meant).sum())
    assert along <= free and against <= len(moves) - free
    told = (
        f"hair to black: {along} of {len(moves)} faces dragged ({free} can be), {against} against"
    )
    assert flip["counts"][2][1] == told and found.counts(0)[0] == len(moves)


def test_a_page_without_a_kernel_shows_how_the_app_opens():
    data, _ = DragDial()._repr_mimebundle_()
    assert "On which faces does this edit move what the judge sees" in data["text/html"]
    assert "No_Beard → Black_Hair. Dial 0: add beard, " in data["text/html"]
    assert "Dial 0.9: add beard, " in data["text/html"]
    assert "value: 0, oninput" in DragDial._esm


def test_the_app_is_small_and_soon_there(shown):
    started = time.process_time()
    assert DragDial().shown == shown  # the judge has looked by now
    assert time.process_time() - started < 1  # 0.1 s on an idle core
    assert len(json.dumps(shown)) < 600_000
