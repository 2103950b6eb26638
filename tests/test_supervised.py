"""Training and loading of parser and judge: commands, wrong files, sizes and kinds."""

import runpy
import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from secgan_lite import supervised
from secgan_lite.attributes import NAMES
from secgan_lite.errors import DataError
from secgan_lite.files import bundled, load_tensors, save_tensors
from secgan_lite.judges import AttributeClassifier, load_classifier
from secgan_lite.parsing import load_parser
from secgan_lite.randomness import stream
from secgan_lite.supervised import bundled_sizes, disturbed, fit, zoomed_out


def command(*arguments):
    return subprocess.run(
        [sys.executable, "-m", *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("module", "load"), [("parsing", load_parser), ("judges", load_classifier)]
)
def test_the_command_trains_a_network_that_loads(tmp_path, module, load):
    output = tmp_path / "network.safetensors"
    done = command(
        f"secgan_lite.{module}", "train", "--image-size", "32", "--count", "128", "--epochs", "1",
        "--output", str(output),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert load(output, 32)(torch.zeros(1, 3, 32, 32)).shape[0] == 1
    with pytest.raises(ValueError, match="is for 32 px, wanted is 64 px"):
        load(output, 64)


def test_the_command_explains_what_is_wrong(tmp_path):
    photographs = ("--dataset", "celeba", "--data-dir", str(tmp_path))
    done = command("secgan_lite.judges", "train", *photographs, "--output", "w")
    assert done.returncode == 2 and "lacks img_align_celeba" in done.stderr


def test_a_parser_needs_faces_with_masks(tmp_path, monkeypatch, capsys, small_faces):
    bare = replace(small_faces, masks=None)
    monkeypatch.setattr(supervised, "load", lambda *given, **more: bare)
    words = ["train", "--dataset", "celeba", "--data-dir", "d", "--output", str(tmp_path / "w")]
    monkeypatch.setattr("sys.argv", ["parsing", *words])
    with pytest.raises(SystemExit):
        runpy.run_module("secgan_lite.parsing", run_name="__main__")
    assert "holds no masks, from which a parser learns" in capsys.readouterr().err


def test_both_are_bundled_for_the_same_sizes():
    assert bundled_sizes("parser") == bundled_sizes("classifier") == [32, 64]


def test_a_file_of_another_kind_is_refused(tmp_path):
    with pytest.raises(ValueError, match="holds no parser"):
        load_parser(bundled("classifier-32"), 32)
    save_tensors(tmp_path / "w.safetensors", {"a": torch.zeros(1)}, {})
    with pytest.raises(ValueError, match="holds no classifier"):
        load_classifier(tmp_path / "w.safetensors", 32)
    with pytest.raises(FileNotFoundError):
        load_classifier(tmp_path / "absent.safetensors", 32)


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


@pytest.mark.parametrize(
    "damage",
    [
        lambda m: m | {"shape": m["shape"] | {"unheard": 1}},
        lambda m: m | {"shape": m["shape"] | {"width": -4}},
        lambda m: m | {"shape": m["shape"] | {"width": 10**7}},
        lambda m: m | {"shape": m["shape"] | {"width": m["shape"]["width"] + 1}},
        lambda m: m | {"shape": None},
        lambda m: {k: m[k] for k in m if k != "shape"},
    ],
)
@pytest.mark.parametrize(
    ("kind", "load"), [("parser", load_parser), ("classifier", load_classifier)]
)
def test_a_file_that_says_nonsense_is_one_sentence(tmp_path, kind, load, damage):
    tensors, metadata = load_tensors(bundled(f"{kind}-32"))
    save_tensors(tmp_path / "w.safetensors", tensors, damage(metadata))
    with pytest.raises(DataError, match=rf"w\.safetensors is damaged, or no {kind}") as caught:
        load(tmp_path / "w.safetensors", 32)
    assert "\n" not in str(caught.value)
