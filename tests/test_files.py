"""Files: whole or absent, ours or refused, checked against the manifest."""

import json

import pytest
import torch

from secgan_lite import files
from secgan_lite.course.doctor import _weights
from secgan_lite.files import bundled, load_tensors, manifest, replaced, save_tensors, sha256
from secgan_lite.parsing import load_parser


def test_tensors_and_metadata_come_back(tmp_path):
    tensors = {"a": torch.randn(2, 3).T, "b": torch.arange(4)}
    save_tensors(tmp_path / "w.safetensors", tensors, {"kind": "test", "numbers": [1, 2.5]})
    loaded, metadata = load_tensors(tmp_path / "w.safetensors")
    assert all(torch.equal(loaded[name], tensor) for name, tensor in tensors.items())
    assert metadata == {"kind": "test", "numbers": [1, 2.5]}


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path):
    target = tmp_path / "state.json"
    target.write_text("old")
    with pytest.raises(RuntimeError), replaced(target) as temporary:
        temporary.write_text("half")
        raise RuntimeError("killed")
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_a_file_cut_short_is_refused(tmp_path):
    path = tmp_path / "w.safetensors"
    save_tensors(path, {"a": torch.randn(100)}, {})
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(ValueError, match="not a complete safetensors file"):
        load_tensors(path)
    with pytest.raises(FileNotFoundError, match=r"nothing\.safetensors"):
        load_tensors(tmp_path / "nothing.safetensors")


def test_bundled_weights_are_those_of_the_manifest():
    cards = manifest()
    assert {path.name for path in files.WEIGHTS.glob("*.safetensors")} == set(cards)
    for name, card in cards.items():
        assert sha256(files.WEIGHTS / name) == card["sha256"]
        assert card["command"].startswith("python -m secgan_lite.")


@pytest.fixture
def two_weights(tmp_path, monkeypatch):
    """A folder of two bundled networks, "parser-9" and "parser-10", to be damaged."""
    monkeypatch.setattr(files, "WEIGHTS", tmp_path)
    cards = {}
    for name in ("parser-9", "parser-10"):
        path = tmp_path / f"{name}.safetensors"
        save_tensors(path, {"a": torch.zeros(1)}, {"kind": "parser"})
        cards[path.name] = {"sha256": sha256(path), "command": "x"}
    (tmp_path / "manifest.json").write_text(json.dumps(cards))
    return tmp_path


def test_altered_unknown_or_absent_bundled_weights_are_refused(two_weights):
    path = bundled("parser-9")
    assert path == two_weights / "parser-9.safetensors"
    with pytest.raises(ValueError, match="Did you mean 'parser-9'"):
        bundled("parser-8")
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(ValueError, match=r"differs from its manifest entry.*git checkout"):
        bundled("parser-9")
    path.unlink()
    with pytest.raises(ValueError, match="is not there: restore it with git checkout"):
        bundled("parser-9")
    assert bundled("parser-10").is_file()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "3", '{"parser-9.safetensors": {}}', '{"parser-9.safetensors": 3}',
     '{"parser-9.safetensors": {"sha256": null}}'],
)  # fmt: skip
def test_a_damaged_manifest_is_one_sentence_everywhere(two_weights, content):
    """For loaders and for the doctor, who tells it and goes on."""
    (two_weights / "manifest.json").write_text(content)
    for use in (manifest, lambda: bundled("parser-9"), lambda: load_parser("auto", 9)):
        with pytest.raises(ValueError, match=r"manifest\.json .*restore it with git checkout"):
            use()
    finding = _weights()
    assert not finding.ok and "git checkout" in str(finding)
