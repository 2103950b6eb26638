"""Loading of parser and judge: wrong files, sizes and kinds."""

import pytest
import torch

from secgan_lite.judges import load_classifier
from secgan_lite.parsing import load_parser
from secgan_lite.support.errors import DataError
from secgan_lite.support.files import bundled, load_tensors, save_tensors
from secgan_lite.support.weights import bundled_sizes


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
