"""Files: whole or absent, ours or refused, checked against the manifest."""

import io
import json
import os
import pickle
import time

import pytest
import torch
from safetensors.torch import save

from secgan_lite.course.doctor import _weights
from secgan_lite.parsing import load_parser
from secgan_lite.support import files
from secgan_lite.support.errors import DataError
from secgan_lite.support.files import (
    bundled,
    load_tensors,
    manifest,
    published_tensors,
    readable,
    replaced,
    save_tensors,
    sha256,
    write_bytes,
)


def test_tensors_and_metadata_come_back(tmp_path):
    tensors = {"a": torch.randn(2, 3).T, "b": torch.arange(4)}
    save_tensors(tmp_path / "w.safetensors", tensors, {"kind": "test", "numbers": [1, 2.5]})
    loaded, metadata = load_tensors(tmp_path / "w.safetensors")
    assert all(torch.equal(loaded[name], tensor) for name, tensor in tensors.items())
    assert metadata == {"kind": "test", "numbers": [1, 2.5]}


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path):
    target = tmp_path / "state.json"
    target.write_text("old", encoding="utf-8")
    with pytest.raises(RuntimeError), replaced(target) as temporary:
        temporary.write_text("half", encoding="utf-8")
        raise RuntimeError("killed")
    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_a_file_cut_short_is_refused(tmp_path):
    path = tmp_path / "w.safetensors"
    save_tensors(path, {"a": torch.randn(100)}, {})
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(DataError, match=r"w\.safetensors is damaged, or no weights file"):
        load_tensors(path)
    with pytest.raises(FileNotFoundError, match=r"nothing\.safetensors"):
        load_tensors(tmp_path / "nothing.safetensors")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
@pytest.mark.parametrize(("umask", "mode"), [(0o077, 0o600), (0o022, 0o644), (0o002, 0o664)])
def test_files_have_the_permissions_that_the_umask_leaves(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        write_bytes(tmp_path / "a.json", b"x")
        save_tensors(tmp_path / "w.safetensors", {"a": torch.zeros(1)}, {})
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {mode}


def test_old_leftovers_of_the_same_file_go_and_nothing_else(tmp_path):
    """What a killed writer left; not what a living one may be writing, nor files of others."""
    old = time.time() - 7200
    kept = [".a.json.short.json", ".b.json.0123abcd.json", "a.json.0123abcd.json", ".a.json"]
    for name in (".a.json.0123abcd.json", *kept):
        (tmp_path / name).write_text("", encoding="utf-8")
        os.utime(tmp_path / name, (old, old))
    (tmp_path / ".a.json.89abcdef.json").write_text("being written", encoding="utf-8")
    write_bytes(tmp_path / "a.json", b"x")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {*kept, ".a.json.89abcdef.json", "a.json"}


def test_weights_are_read_and_not_mapped(tmp_path):
    """A mapped file can't be removed from a network folder while its tensors live."""
    path = tmp_path / "w.safetensors"
    save_tensors(path, {"a": torch.arange(1000)}, {})
    tensors, _ = load_tensors(path)
    with path.open("r+b") as file:  # in place, as no writer of ours does
        file.seek(-8000, os.SEEK_END)
        file.write(bytes(8000))
    assert torch.equal(tensors["a"], torch.arange(1000))


def test_any_flipped_bit_is_noticed_or_changes_nothing(tmp_path):
    path = tmp_path / "w.safetensors"
    tensors, metadata = {"a": torch.randn(5), "b": torch.arange(3)}, {"kind": "test", "n": [1, 2]}
    save_tensors(path, tensors, metadata)
    content = path.read_bytes()
    noticed = 0
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        try:
            loaded, found = load_tensors(path)
        except DataError as error:
            assert str(path) in str(error)
            noticed += 1
        else:  # the word "checksum", or the key of the metadata, no longer is one
            assert all(torch.equal(loaded[name], tensors[name]) for name in tensors)
            assert found == {} or found.items() > metadata.items()
    assert noticed > len(content) - 40


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>Quota exceeded</html>",
        b"\xff" * 40,
        (2).to_bytes(8, "little") + b"[]",
        save({"a": torch.zeros(1)}, {"secgan_lite": "[1, 2]"}),
        save({"a": torch.zeros(1)}, {"secgan_lite": "null"}),
        save({"a": torch.zeros(1)}, {"secgan_lite": "{cut"}),
        save({"a": torch.zeros(1)}, {"secgan_lite": '{"checksum": 3}'}),
        save({"a": torch.zeros(1)}, {"secgan_lite": '{"checksum": "abc"}'}),
    ],
)
def test_whatever_is_wrong_with_weights_is_one_sentence(tmp_path, content):
    path = tmp_path / "w.safetensors"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"w\.safetensors is damaged.*Put a whole copy") as caught:
        load_tensors(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyError("width"), "no thing of secgan-lite: 'width' is missing"),
        (RuntimeError("size\n\tmismatch"), ": size mismatch. Put"),
        (RecursionError(), "RecursionError"),
    ],
)
def test_what_a_damaged_file_does_to_its_reader_is_one_sentence(error, said):
    with pytest.raises(DataError, match=said), readable("x.json", "thing"):
        raise error
    for own in (DataError("ours"), PermissionError("the system's"), MemoryError("too little")):
        with pytest.raises(type(own), match=str(own)), readable("x.json", "thing"):
            raise own


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
    (tmp_path / "manifest.json").write_text(json.dumps(cards), encoding="utf-8")
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
    ["", "{", "[]", "3", '{"parser-9.safetensors": {}}', '{"parser-9.safetensors": 3}',
     '{"parser-9.safetensors": {"sha256": null}}'],
)  # fmt: skip
def test_a_damaged_manifest_is_one_sentence_everywhere(two_weights, content):
    """For loaders and for the doctor, who tells it and goes on."""
    (two_weights / "manifest.json").write_text(content, encoding="utf-8")
    for use in (manifest, lambda: bundled("parser-9"), lambda: load_parser("auto", 9)):
        with pytest.raises(ValueError, match=r"manifest\.json .*restore it with git checkout"):
            use()
    finding = _weights()
    assert not finding.ok and "git checkout" in str(finding)


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
