"""Training of parser and judge: commands, and what they refuse."""

import re
import runpy
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
import torch

from secgan_lite.attributes import NAMES
from secgan_lite.commands.recipes import PARSERS
from secgan_lite.judges import AttributeClassifier, load_classifier
from secgan_lite.parsing import load_parser
from secgan_lite.support.files import REPOSITORY, load_tensors
from secgan_lite.support.randomness import stream
from secgan_lite.training import supervised
from secgan_lite.training.supervised import disturbed, fit, zoomed_out


@pytest.fixture
def train(tmp_path, monkeypatch):
    """``parsing train`` or ``judges train`` in this process, with few faces; its output file."""

    def run(module, *words, output=tmp_path / "w.safetensors"):
        tiny = {"--image-size": 16, "--count": 128, "--epochs": 1, "--output": output}
        given = tiny | dict(zip(words[::2], words[1::2], strict=True))
        flat = [str(word) for item in given.items() for word in item]
        monkeypatch.setattr(sys, "argv", [module, "train", *flat])
        assert import_module(f"secgan_lite.{module}.__main__").main() == 0
        return Path(output)

    return run


@pytest.mark.parametrize(
    ("module", "load"), [("parsing", load_parser), ("judges", load_classifier)]
)
def test_the_command_trains_a_network_that_loads(train, module, load):
    output = train(module)
    assert load(output, 16)(torch.zeros(1, 3, 16, 16)).shape[0] == 1
    with pytest.raises(ValueError, match="is for 16 px, wanted is 32 px"):
        load(output, 32)


@pytest.mark.parametrize(
    ("module", "words", "message"),
    [
        ("judges", ("--dataset", "celeba", "--data-dir", "."), "lacks img_align_celeba"),
        ("parsing", ("--image-size", 30), "the U-Net"),
        ("judges", ("--image-size", 40), "the attribute classifier"),
        ("judges", ("--image-size", -16), "image_size: .* greater than or equal to 16"),
        ("judges", ("--epochs", 0), "epochs: .* greater than or equal to 1"),
        ("parsing", ("--count", 20), "count=20 makes a set of 10 faces: wanted are the 64"),
        ("parsing", ("--output", "README.md/w"), "README.md"),
        ("parsing", ("--output", "README.md"), "is there, and is kept: name another file"),
    ],
)
def test_the_command_explains_what_is_wrong(train, module, words, message, monkeypatch, capsys):
    monkeypatch.chdir(REPOSITORY)
    monkeypatch.setattr("secgan_lite.training.supervised.fit", None)
    with pytest.raises(SystemExit):
        train(module, *words)
    assert re.search(message, capsys.readouterr().err)


def test_without_an_output_it_goes_to_the_runs_and_replaces_nothing(train, tmp_path, monkeypatch):
    monkeypatch.setenv("SECGAN_LITE_RUNS", str(tmp_path / "runs"))
    train("parsing", output="")
    file = tmp_path / "runs" / "parser-16.safetensors"
    before = file.read_bytes()
    for output in ("", file):
        with pytest.raises(SystemExit):
            train("parsing", "--seed", 1, output=output)
    assert file.read_bytes() == before and [*file.parent.iterdir()] == [file]


def test_a_network_is_there_although_its_scores_fail(train, tmp_path, monkeypatch):
    def fail(*_):
        raise TypeError("this device has no float64")

    monkeypatch.setitem(PARSERS, "unet", replace(PARSERS["unet"], measure=fail))
    with pytest.raises(TypeError):
        train("parsing")
    file = tmp_path / "w.safetensors"
    assert load_parser(file, 16).metadata["card"]["command"].endswith("--epochs 1 --seed 0")


@pytest.mark.parametrize(
    ("module", "words"),
    [("parsing", ()), ("judges", ("--network", "swav", "--count", 256))],
)
def test_the_command_of_a_file_makes_the_same_file(train, tmp_path, monkeypatch, module, words):
    file = train(module, *words)
    tensors, metadata = load_tensors(file)
    given = metadata["card"]["command"].split()
    assert given[:4] == ["python", "-m", f"secgan_lite.{module}", "train"]
    again = train(module, *given[4:], output=tmp_path / "again.safetensors")
    same, known = load_tensors(again)
    assert all(torch.equal(same[name], tensors[name]) for name in tensors) and known == metadata


def test_a_parser_needs_faces_with_masks(tmp_path, monkeypatch, capsys, small_faces):
    bare = replace(small_faces, masks=None)
    monkeypatch.setattr(supervised, "load", lambda *given, **more: bare)
    words = ["train", "--dataset", "celeba", "--data-dir", "d", "--output", str(tmp_path / "w")]
    monkeypatch.setattr("sys.argv", ["parsing", *words])
    with pytest.raises(SystemExit):
        runpy.run_module("secgan_lite.parsing", run_name="__main__")
    assert "holds no masks, from which a parser learns" in capsys.readouterr().err


def test_zooming_out_moves_image_and_mask_alike():
    s = torch.zeros(2, 16, 16, dtype=torch.long)
    s[:, 4:12, 4:12] = 1
    x = s[:, None].float().expand(-1, 3, -1, -1) * 2 - 1
    small, mask = zoomed_out(x, s, stream(0, "zoom"), 0.5)
    assert small.shape == x.shape and mask.shape == s.shape
    assert (mask.sum(dim=(1, 2)) < s.sum(dim=(1, 2))).all() and mask.max() == 1
    assert ((small[:, 0] > 0) == (mask == 1)).float().mean() > 0.95


def test_training_is_repeatable(small_faces):
    def trained():
        torch.manual_seed(3)
        network = AttributeClassifier(NAMES, 16, 4, 2, 8)
        loss = torch.nn.functional.binary_cross_entropy_with_logits
        fit(
            network,
            [small_faces],
            lambda o, y, s: loss(o, y),
            epochs=2,
            batch_size=4,
            augment=disturbed,
        )
        return network(small_faces.batch(torch.arange(2))[0])

    assert torch.equal(trained(), trained())
