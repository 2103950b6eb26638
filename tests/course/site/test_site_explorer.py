"""The networks of the page without a kernel against PyTorch's, and its faces against the drawn."""

import json
from itertools import combinations
from math import comb

import numpy as np
import onnxruntime
import pytest
import torch
from PIL import Image

from secgan_lite import datasets
from secgan_lite.attributes import single_flips
from secgan_lite.course.site.explorer import FACES, write_explorer
from secgan_lite.course.widgets import Drawn
from secgan_lite.course.widgets.subjects import true_edit
from secgan_lite.editing import Trained, default_editor
from secgan_lite.evaluation import Truth, load_judge
from secgan_lite.modalities import from_bytes


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("explorer")
    write_explorer(made)
    return made


@pytest.fixture(scope="module")
def faces():
    return datasets.load("synthetic", "test", 64, count=FACES)


def run(folder, name, **inputs):
    session = onnxruntime.InferenceSession(folder / f"{name}.onnx")
    (output,) = session.run(None, {key: value.numpy() for key, value in inputs.items()})
    return torch.from_numpy(output)


def test_its_edits_are_pytorchs_within_one_grey_level(folder, faces):
    trained = Trained.of(default_editor())
    x, y = from_bytes(torch.from_numpy(faces.images[:3])), torch.from_numpy(faces.labels[:3])
    y_diffs = single_flips(y.float(), trained.attributes, resolved=True) - y
    for y_diff in (*y_diffs, 0.5 * y_diffs.sum(dim=0)):
        (edits,) = trained.edit(x, y_diff[None])
        for i in range(3):
            edit = run(folder, "editor", x=x[i : i + 1], y_diff=y_diff[i : i + 1])
            assert (edit - edits[i]).abs().max() * 127.5 < 1


def test_its_judge_is_the_judge(folder, faces):
    judge = load_judge(Trained.of(default_editor()).run)
    x = from_bytes(torch.from_numpy(faces.images[:1]))
    with torch.inference_mode():
        assert torch.allclose(run(folder, "judge", x=x), judge(x), atol=1e-3)


def test_its_sheet_has_the_faces_and_their_true_edits(folder, faces):
    facts = json.loads((folder / "course.json").read_text(encoding="utf-8"))
    sheet = np.asarray(Image.open(folder / "faces.png"))
    size, flips = facts["size"], Truth.of(faces).images
    rows = sheet.reshape(FACES, size, -1, size, 3)
    names, first = facts["names"], 1 + len(facts["names"])
    assert rows.shape[2] == first + comb(len(names), 2)
    assert np.array_equal(rows[:, :, 0].transpose(0, 3, 1, 2), faces.images)
    assert np.array_equal(rows[5, :, 4].transpose(2, 0, 1), flips[3, 5])
    assert facts["labels"] == faces.labels.astype(int).tolist()
    bangs, glasses = names.index("Bangs"), names.index("Eyeglasses")
    column = first + [*combinations(range(len(names)), 2)].index((bangs, glasses))
    wanted = [(name, 1 - facts["labels"][5][names.index(name)]) for name in ("Bangs", "Eyeglasses")]
    true = true_edit(Drawn("test", 5), tuple(wanted), size).image
    assert np.array_equal(rows[5, :, column].transpose(2, 0, 1), true)
