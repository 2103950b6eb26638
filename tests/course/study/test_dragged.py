"""Recorded edits: those of the recorded runs, in the order of faces, flips and dials."""

import pytest
import torch

from secgan_lite.attributes import index_of, single_flips
from secgan_lite.course.study.confounding import FLIPS, free_faces, grid, load_drags, trained
from secgan_lite.course.study.dragged import (
    FACES,
    SHOWN,
    dragged,
    load_edits,
    record_edits,
    shown_runs,
)
from secgan_lite.editing import Trained


def test_no_recorded_run_is_older_than_the_presets():
    assert {cell["name"] for cell in load_drags()["cells"]} == {run.run_name for run in grid()}


def test_edits_come_back_as_the_editor_made_them(tmp_path):
    runs = shown_runs(iterations=2, num_images=16, batch_size=4)
    assert tuple(run.correlation for run in runs) == SHOWN
    edits = load_edits(record_edits(runs[:2], tmp_path, tmp_path / "edits.png"))
    assert edits.shape == (2, len(FLIPS), FACES, 3, 32, 32)
    editor, faces = Trained.of(trained(runs[1], tmp_path).snapshots()[-1]), free_faces(count=FACES)
    x, y, _ = faces.batch(torch.arange(FACES))
    wish = single_flips(y, resolved=True)[index_of(FLIPS[2][0])] - y
    with torch.inference_mode():
        again = editor.edit(x, wish[None], y)[0]
    assert (edits[1, 2] - again).abs().max() < 1.01 / 127.5


def test_what_a_flip_drags_is_told_as_its_run_was_scored():
    found = dragged("Black_Hair", "No_Beard")
    assert found.edits.shape == (3, FACES, 3, 32, 32) and found.moves.shape == (3, FACES)
    first, _, last = found.moves.mean(dim=1).tolist()
    assert abs(first) < 0.15 and last > 0.3  # of 300 faces: -0.02 and 0.45
    alone = (found.had == 0) & (found.has == 1)
    assert torch.equal(found.moves[2, alone], (found.meant & ~found.said[2])[alone].float())


def test_an_unknown_flip_is_named():
    with pytest.raises(ValueError, match=r"Bald → Young.*No_Beard → Black_Hair"):
        dragged("Bald", "Young")
