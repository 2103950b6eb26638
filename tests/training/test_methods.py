"""Every backbone × modality × method takes real steps; a new backbone is one small file."""

import numpy as np
import pytest
import torch
from torch import nn

from secgan_lite import backbones, modalities
from secgan_lite.attributes import COLUMNS, NAMES
from secgan_lite.backbones import Backbone
from secgan_lite.datasets import FaceData, load
from secgan_lite.editing import generator_editor, load_generator
from secgan_lite.support.devices import machine
from secgan_lite.training import TrainConfig, Trainer, train

BACKBONES = ("stargan", "attgan", "attgan-table3", "stgan")
TINY = {"width": 4, "discriminator_width": 4, "batch_size": 2, "device": "cpu"}


def parameters(trainer):
    return {
        name: p.detach().clone()
        for name, p in trainer.model.branches.named_parameters()
        # The offset of a realism score cancels in E[D(fake)] − E[D(real)]: it never learns.
        if not name.endswith("adv.2.bias")
    }


@pytest.mark.parametrize("backbone", BACKBONES)
@pytest.mark.parametrize("method", ["baseline", "concat", "secgan"])
def test_two_steps_change_every_parameter_that_they_should(backbone, method, small_parser):
    """Line 6 moves the critics, line 9 the generators too, down to each of their tensors."""
    config = TrainConfig.of(
        backbone=backbone, method=method, image_size=64, critic_steps=2, depth=3,
        discriminator_depth=3, **TINY,
    )  # fmt: skip
    trainer = Trainer(config, load("synthetic", "train", 64, count=4), small_parser)
    p = {name: tensor.clone() for name, tensor in small_parser.state_dict().items()}
    states = [parameters(trainer)]
    for _ in range(2):
        trainer.step()
        states.append(parameters(trainer))
    start, first, second = states
    for name in start:
        assert torch.equal(start[name], first[name]) != (".discriminator." in name), name
        assert not torch.equal(first[name], second[name]), name
    if method != "baseline":
        assert all(torch.equal(p[k], t) for k, t in trainer.model.parser.state_dict().items())


@pytest.mark.parametrize("backbone", BACKBONES)
@pytest.mark.parametrize("names", [("Bangs",), NAMES, COLUMNS], ids=len)
def test_any_number_of_attributes(backbone, names, small_parser):
    """One, the paper's 13, all 40 of CelebA."""
    source = {"dataset": "celeba", "data_dir": "x", "parser": "x"}
    config = TrainConfig.of(
        backbone=backbone, image_size=32, attributes=names, critic_steps=1, **TINY, **source
    )
    labels = np.random.default_rng(0).integers(2, size=(4, len(names)), dtype=np.uint8)
    images = load("synthetic", "train", 32, 4).images
    trainer = Trainer(config, FaceData(images, labels, tuple(names)), small_parser)
    trainer.step()
    assert all(torch.isfinite(torch.tensor(v)) for v in trainer.collect().values())


def rows_of_table_1():
    for backbone in ("stargan", "attgan"):
        for preset in ("paper", "as-coded"):
            for size in (128, 256):
                yield backbone, preset, size
    yield "stgan", "paper", 128


@pytest.mark.parametrize(("backbone", "preset", "size"), list(rows_of_table_1()))
def test_paper_presets_run_at_every_size_of_table_1(backbone, preset, size):
    """Shapes of a whole iteration, both branches, on the meta device: no memory, no time."""
    config = TrainConfig.of(backbone=backbone, preset=preset, image_size=size)
    kind, n = backbones.get(backbone), len(config.attributes)
    with torch.device("meta"):
        for modality in (modalities.RGB, modalities.SEMANTIC):
            generator = kind.generator(modality, config.size)
            discriminator = kind.discriminator(modality, config.size)
            x, y_diff = torch.empty(2, modality.channels, size, size), torch.empty(2, n)
            realism, logits = discriminator(generator(x, y_diff))
            (realism.sum() + logits.sum()).backward()
            assert logits.shape == (2, n)


def test_sizes_that_a_backbone_can_not_take_are_named():
    for backbone in BACKBONES:
        with pytest.raises(ValueError, match=r"image_size=36 .*for example"):
            TrainConfig.of(backbone=backbone, method="baseline", image_size=36)


def test_published_recipes():
    stargan, attgan = (TrainConfig.of(preset="paper", backbone=b) for b in ("stargan", "attgan"))
    assert (stargan.cls_reduction, stargan.lambda_cls_g, stargan.lambda_rec) == ("sum", 1, 10)
    assert (attgan.cls_reduction, attgan.lambda_cls_d, attgan.lambda_cls_g) == ("mean", 1, 10)
    assert (attgan.lambda_rec, attgan.learning_rate, attgan.schedule) == (100, 2e-4, "exponential")
    assert (stargan.flip, attgan.flip) == (True, False)
    coded = [TrainConfig.of(preset="as-coded", backbone=b) for b in ("stargan", "attgan")]
    assert [c.schedule for c in coded] == ["constant", "step"]
    assert [c.update_cycle for c in coded] == ["algorithm-1", "separate"]


class TinyGenerator(backbones.Generator):
    """A third-party backbone: three convolutions and the label as a bias."""

    def __init__(self, modality, size, condition_channels=0):
        super().__init__(modality, size, condition_channels)
        self.entry = nn.Conv2d(self.in_channels, size.width, 3, padding=1)
        self.label = nn.Linear(size.n_attributes, size.width)
        self.exit = nn.Conv2d(size.width, modality.outputs, 3, padding=1)

    def encode(self, x):
        return self.entry(x)

    def decode(self, features, y_diff):
        return self.exit((features + self.label(y_diff)[:, :, None, None]).relu())


class TinyDiscriminator(backbones.Discriminator):
    def __init__(self, modality, size):
        super().__init__()
        width = size.discriminator_width
        self.body = nn.Sequential(nn.Conv2d(modality.channels, width, 4, 4), nn.LeakyReLU(0.2))
        self.heads = nn.Linear(width, 1 + size.n_attributes)

    def forward(self, x):
        scores = self.heads(self.body(x).mean(dim=(2, 3)))
        return scores[:, :1], scores[:, 1:]


@pytest.fixture
def tiny_backbone(monkeypatch):
    monkeypatch.setattr(backbones, "_REGISTRY", dict(backbones._REGISTRY))
    lite = {"width": 8, "depth": 1, "discriminator_width": 8, "discriminator_depth": 1}
    lite |= {"image_size": 16, "batch_size": 4, "iterations": 4, "critic_steps": 1}
    backbones.register(Backbone("tiny", TinyGenerator, TinyDiscriminator, {"lite": lite}))


@pytest.mark.parametrize("blend", [False, True])
@pytest.mark.parametrize("method", ["baseline", "concat", "secgan"])
def test_a_backbone_of_ones_own(tiny_backbone, tmp_path, small_faces, small_parser, method, blend):
    place = str(tmp_path / "run")
    config = TrainConfig.of(backbone="tiny", method=method, blend=blend, output_dir=place)
    run = train(config, small_faces, small_parser)
    assert run.finished
    assert (run.path / "parser.safetensors").is_file()
    # What was saved edits as what was trained, blended or not.
    generator, metadata = load_generator(run.path)
    assert metadata["machine"] == machine(torch.device("cpu"))
    x, y, _ = small_faces.batch(torch.arange(3))
    (edit,) = generator_editor(generator, small_parser)(x, (1 - 2 * y)[None])
    assert generator.modality.outputs == 3 + blend and edit.shape == x.shape
    assert edit.abs().max() <= 1


def test_a_preset_that_a_backbone_lacks_is_named(tiny_backbone):
    with pytest.raises(ValueError, match="preset='paper'"):
        TrainConfig.of(backbone="tiny", preset="paper")
