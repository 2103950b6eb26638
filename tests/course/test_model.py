"""The bundled SeCGAN of lessons 02 and 03, and what networks cost."""

import pytest
import torch

from secgan_lite import backbones
from secgan_lite.course import six_faces
from secgan_lite.course.anatomy import counted, iteration
from secgan_lite.course.authoring.bundling import bundle_model
from secgan_lite.course.model import batch_for, load_model
from secgan_lite.modalities import RGB, SEMANTIC
from secgan_lite.support import files
from secgan_lite.training import train


@pytest.fixture(scope="module")
def bundled_model():
    return load_model()


def test_the_bundled_model_edits_and_its_critics_know_faces(bundled_model):
    model, config = bundled_model
    faces = six_faces(config.image_size)
    y = torch.from_numpy(faces.labels).float()
    batch = batch_for(model, faces, y)
    with torch.no_grad():
        unchanged = model.translate(batch)
        logits = model.branches["rgb"].discriminator(batch.x)[1]
    assert (unchanged["rgb"].out - batch.x).abs().mean() < 0.25
    assert (unchanged["semantic"].raw.argmax(dim=1) == batch.s).float().mean() > 0.95
    assert ((logits > 0) == (y > 0)).float().mean() > 0.9


def test_a_run_of_ones_own_takes_its_place(small_config, faces, parser, tmp_path, monkeypatch):
    given = {"image_size": 32, "discriminator_depth": 3, "method": "secgan", "iterations": 2}
    run = train(small_config(**given), faces, parser)
    model, config = load_model(str(run.path))
    assert config.iterations == 2 and set(model.branches) == {"rgb", "semantic"}
    monkeypatch.setattr(files, "WEIGHTS", tmp_path / "weights")
    stored = bundle_model(str(run.path))
    tensors, metadata = files.load_tensors(stored)
    kept = model.branches.state_dict()
    assert metadata["kind"] == "secgan" and set(tensors) == set(kept)
    assert all(torch.allclose(tensors[k].float(), kept[k], atol=1e-2) for k in tensors)


def test_a_run_without_a_second_branch_is_refused(small_config, small_faces):
    run = train(small_config(method="baseline"), small_faces)
    with pytest.raises(ValueError, match="no run of method 'secgan'"):
        load_model(str(run.path))
    with pytest.raises(FileNotFoundError):
        load_model("nowhere")


def published(name, part, modality=RGB):
    kind = backbones.get(name)
    x, y = torch.empty(1, modality.channels, 128, 128, device="meta"), torch.empty(1, 13)
    with torch.device("meta"):
        if part == "G":
            return kind.generator(modality, kind.size()), (x, y.to("meta"))
        return kind.discriminator(modality, kind.size()), (x,)


@pytest.mark.parametrize(
    ("name", "part", "modality", "billions"),
    [
        ("stargan", "D", RGB, 0.684),
        ("stargan", "D", SEMANTIC, 0.722),
        ("attgan", "G", RGB, 2.732),
        ("attgan", "D", SEMANTIC, 0.621),
        ("stgan", "G", RGB, 7.512),
    ],
)
def test_multiply_adds_of_published_sizes(name, part, modality, billions):
    """Counted by hand, layer by layer, from the published architectures."""
    network, inputs = published(name, part, modality)
    assert counted(lambda: network(*inputs)) / 1e9 == pytest.approx(billions, abs=0.002)


def test_weights_are_those_of_the_published_generator():
    """§4.2 of the paper says 8 million; by hand, without norms: 8,448,192."""
    network, _ = published("stargan", "G")
    assert sum(p.numel() for p in network.parameters() if p.dim() > 1) == 8_448_192


def test_counted_work_includes_the_way_back():
    """(2, 3) by (3, 4): 24 multiply-adds forward, 24 for the weights and 24 for the input."""
    x, w = torch.randn(2, 3), torch.randn(3, 4, requires_grad=True)
    assert counted(lambda: x @ w) == 24
    assert counted(lambda: (x @ w).sum().backward()) == 48
    x.requires_grad_()
    assert counted(lambda: (x @ w).sum().backward()) == 72


def test_an_iteration_moves_the_critics_and_in_their_turn_the_generators(bundled_model):
    model, config = bundled_model
    faces = six_faces(config.image_size)
    batch = batch_for(model, faces, torch.from_numpy(faces.labels).float().roll(1, 0))
    for turn in (False, True):
        model.zero_grad()
        iteration(model, batch, generators=turn)
        for branch in model.branches.values():
            assert all(p.grad is not None for p in branch.discriminator.parameters())
            assert all((p.grad is not None) == turn for p in branch.generator.parameters())
    model.zero_grad()
