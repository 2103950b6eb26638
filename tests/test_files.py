"""Files: whole or absent, ours or refused, checked against the manifest."""

import io
import json
import os
import pickle

import pytest
import torch

from secgan_lite import files
from secgan_lite.files import (
    bundled,
    load_tensors,
    manifest,
    published_tensors,
    replaced,
    save_tensors,
    sha256,
)


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


def test_altered_or_unknown_bundled_weights_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "WEIGHTS", tmp_path)
    path = files.bundle("parser-9", {"a": torch.zeros(1)}, {"kind": "parser"}, {"command": "x"})
    assert bundled("parser-9") == path
    assert json.loads((tmp_path / "manifest.json").read_text())["parser-9.safetensors"]["sha256"]
    with pytest.raises(ValueError, match="Did you mean 'parser-9'"):
        bundled("parser-8")
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(ValueError, match="git checkout"):
        bundled("parser-9")


class Code:
    """Unpickled, it would run."""

    def __reduce__(self):
        return os._exit, (7,)


def stored(content, **how):
    file = io.BytesIO()
    torch.save(content, file, **how)
    return file.getvalue()


OLD = stored({"a": torch.zeros(9)}, _use_new_zipfile_serialization=False)


@pytest.mark.parametrize(
    "content",
    [
        stored(Code()),
        stored({"a": torch.zeros(1), "config": Code()}),
        pickle.dumps(Code(), 2),
        pickle.dumps({"a": 1}, 2),
        stored({"a": torch.zeros(99)})[:-60],
        stored({"a": torch.zeros(99)})[:300],
        b"",
        b"<html>Quota exceeded</html>",
        b"PK\3\4" + bytes(99),
        bytes(99),
        *(OLD[:-cut] for cut in (3, 47, 64, 88)),
    ],
    ids=["code", "tensors and code", "bare pickle", "old pickle", "cut", "cut early", "empty",
         "web page", "archive", "zeros", "3 less", "47 less", "64 less", "88 less"],
)  # fmt: skip
def test_published_files_of_anything_else_are_refused_in_our_words(tmp_path, content):
    """torch's own message advises to let the file run its code."""
    (tmp_path / "w.pth").write_bytes(content)
    with pytest.raises(ValueError, match=r"w\.pth (is no file of tensors|holds no dic)") as caught:
        published_tensors(tmp_path / "w.pth")
    assert "weights_only" not in str(caught.value) and caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
