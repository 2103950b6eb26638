"""The judge: STGAN's published size, and nearly always right on drawn faces."""

import sys

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from secgan_lite import datasets
from secgan_lite.attributes import COLUMNS, NAMES
from secgan_lite.evaluation import Truth, copy_input, evaluate
from secgan_lite.judges import AttributeClassifier, accuracy, load_classifier
from secgan_lite.judges.__main__ import main
from secgan_lite.judges.classifier import shape, size_for
from secgan_lite.support.files import manifest, save_tensors


@pytest.mark.parametrize(("names", "weights"), [(COLUMNS, 3_297_944), (NAMES, 3_284_093)])
def test_published_number_of_weights(names, weights):
    network = AttributeClassifier(names)
    assert sum(p.numel() for p in network.parameters()) == weights
    assert network.eval()(torch.zeros(1, 3, 128, 128)).shape == (1, len(names))


def stored(folder, names, image_size=32):
    """A weights file of an untrained judge, as ``judges train`` writes one."""
    made = shape(image_size) | {"attributes": names}
    metadata = {"kind": "classifier", "image_size": image_size, "shape": made}
    network = AttributeClassifier(**made).eval()
    save_tensors(folder / "judge.safetensors", network.state_dict(), metadata)
    return folder / "judge.safetensors", network


def test_files_name_their_outputs(tmp_path, judge):
    names = ("Smiling", "Male", "Bangs")
    path, network = stored(tmp_path, names)
    loaded, x = load_classifier(path, 32), torch.rand(2, 3, 32, 32)
    assert loaded.attributes == names and shape(32)["attributes"] == NAMES
    asked = loaded.of(("Bangs", "Smiling"))(x)
    assert torch.equal(asked, network(x)[:, [2, 0]])
    with pytest.raises(ValueError, match="lacks Bald, Young: it knows Smiling, Male, Bangs"):
        loaded.of(("Bald", "Male", "Young"))
    assert judge.attributes == NAMES  # bundled before names were stored
    assert torch.equal(judge.of(NAMES)(x), judge(x))


def test_the_published_size_serves_larger_images(tmp_path):
    path, network = stored(tmp_path, NAMES, size_for(256))
    judge = load_classifier(path, 256)
    x = torch.rand(2, 3, 256, 256) * 2 - 1
    small = F.interpolate(x, 128, mode="bilinear", antialias=True)
    assert torch.allclose(judge(x), network(small), atol=1e-5)
    with pytest.raises(ValueError, match=r"image_size=256: .* Train it with --image-size 128"):
        shape(256)


def test_the_command_names_the_size_that_serves_larger_images(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["judges", "train", "--image-size", "256"])
    with pytest.raises(SystemExit):
        main()
    assert "Train it with --image-size 128" in capsys.readouterr().err


@pytest.mark.parametrize("size", [32, 64])
@pytest.mark.parametrize("correlation", [0.0, 1.0])
def test_the_bundled_judge_knows_its_attributes(size, correlation):
    data = datasets.load("synthetic", "test", size, count=600, seed=1, correlation=correlation)
    scores = accuracy(load_classifier("auto", size), data, chunk=200)
    assert np.mean(list(scores.values())) >= 0.98
    assert min(scores.values()) >= 0.95, scores


def test_accuracy_is_a_mean_of_hits(judge, faces):
    x, y, _ = faces.batch(torch.arange(64))
    hits = (judge(x) > 0) == (y > 0)
    expected = dict(zip(faces.attributes, hits.float().mean(dim=0).tolist(), strict=True))
    assert accuracy(judge, faces, chunk=10) == pytest.approx(expected)


@pytest.mark.parametrize("size", [32, 64])
def test_the_ends_of_tarr(size):
    """The truth scores nearly 1, the copied input the judge's own error rate."""
    data, judge = datasets.load("synthetic", "test", size, count=100), load_classifier("auto", size)
    truth = Truth.of(data)
    best = evaluate(lambda x, d, y: [*truth.tensors()[0], x], data, judge, truth, chunk=100)
    assert best["tarr"]["mean"]["value"] >= 0.98
    worst = evaluate(copy_input, data, judge, truth)
    error = 1 - np.mean(list(accuracy(judge, data).values()))
    assert worst["tarr"]["mean"]["value"] == pytest.approx(error, abs=1e-6)


def test_the_judge_of_64_px_meets_its_target():
    accuracies = manifest()["classifier-64.safetensors"]["accuracy"].values()
    assert np.mean(list(accuracies)) >= 0.99 and min(accuracies) >= 0.97
