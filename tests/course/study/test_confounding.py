"""Drags: their sign, their ends, and a record that goes on where it stopped."""

import pytest
import torch

from secgan_lite.attributes import index_of
from secgan_lite.course.study.confounding import (
    FLIPS,
    by_flip,
    drag,
    drags,
    free_faces,
    grid,
    record,
    scores,
)
from secgan_lite.evaluation import Truth, copy_input
from secgan_lite.faces import counterfactual, render
from secgan_lite.judges import load_classifier
from secgan_lite.modalities import from_bytes


def test_partners_are_opposites():
    up, down = torch.tensor([2.0]), torch.tensor([-1.0])
    assert drag(up, down, torch.tensor([1.0])) == 1
    assert drag(up, down, torch.tensor([0.0])) == -1
    assert drag(down, up, torch.tensor([1.0])) == -1
    assert drag(up, up, torch.tensor([1.0])) == 0


def test_scores_come_by_seed_and_as_the_mean_of_the_flips():
    def cell(seed, dial, method, **found):
        config = {"seed": seed, "correlation": dial, "method": method}
        return {"config": config, "flips": {flip: {"drag": each} for flip, each in found.items()}}

    cells = [cell(1, 0.9, "baseline", a=0.4, b=0.6), cell(0, 0.9, "baseline", a=0.1, b=0.3)]
    cells += [cell(0, 0.0, "baseline", a=0.0, b=0.2), cell(0, 0.9, "secgan", a=9.0, b=9.0)]
    assert scores(cells, 0.9).tolist() == pytest.approx([0.2, 0.5])
    assert scores(cells, 0.9, flips=["b"]).tolist() == [0.3, 0.6]
    assert scores(cells, 0.0, "secgan").size == 0
    assert by_flip(cells)["a"] == {
        "baseline": {0.0: [0.0], 0.9: [0.4, 0.1]},
        "secgan": {0.9: [9.0]},
    }


def test_the_true_edit_drags_nothing_and_a_dragging_one_is_seen():
    data = free_faces(count=12)
    truth, judge = Truth.of(data), load_classifier("auto", 32)
    images = truth.tensors()[0]

    def perfect(x, y_diffs, y):
        return [images[int(y_diffs[0][0].abs().argmax())]]

    def dragging(x, y_diffs, y):
        """Glasses as wished, and age with them: young faces get old, or the reverse."""
        both = counterfactual(counterfactual(data.drawn, "Eyeglasses"), "Young")
        fits = y[:, index_of("Eyeglasses")] != y[:, index_of("Young")]
        return [from_bytes(torch.from_numpy(render(both, 32)[0])).where(fits.view(-1, 1, 1, 1), x)]

    found = drags(perfect, data, truth, judge)["Eyeglasses → Young"]
    assert found["drag"] == found["partner"] == found["elsewhere"] == 0
    idle = drags(copy_input, data, truth, judge)
    assert len(idle) == len(FLIPS) and idle["Eyeglasses → Young"]["partner"] < 1
    assert drags(dragging, data, truth, judge)["Eyeglasses → Young"]["partner"] > 1


def test_a_record_goes_on(tmp_path):
    small = {"iterations": 2, "num_images": 16, "batch_size": 4}
    runs = [config for config in grid(1, **small) if config.method == "baseline"]
    assert sorted(config.correlation for config in runs) == [0.0, 0.5, 0.9]
    file = tmp_path / "confounding.json"
    first = record(runs[:1], tmp_path, file, faces=4)
    both = record(runs[:2], tmp_path, file, faces=4)
    assert [c["name"] for c in both["cells"]] == [run.run_name for run in runs[:2]]
    assert both["cells"][:1] == first["cells"]
    assert both["cells"][0]["flips"].keys() == {f"{a} → {b}" for a, b in FLIPS}


def test_a_seed_less_than_one_gives_no_runs():
    assert grid(0) == []
    with pytest.raises(ValueError, match="correlation"):
        free_faces(correlation=2)
