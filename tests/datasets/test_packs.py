"""Packs of photographs in one file."""

import io
import zipfile

import numpy as np
import pytest
from copies import COLUMNS, expected, value
from PIL import Image

from secgan_lite.datasets import DataError, load, packs
from secgan_lite.segments import lookup


@pytest.fixture
def packed(tmp_path):
    files, mask19 = [], np.arange(20, dtype=np.uint8) % 19
    for i in range(20):
        raw = io.BytesIO()
        Image.new("RGB", (8, 8), (10 * i,) * 3).save(raw, "PNG")
        files.append(raw.getvalue())
    arrays = {
        "jpg": np.frombuffer(b"".join(files), np.uint8),
        "off": np.cumsum([0, *map(len, files)]),
        "attrs": np.array([[value(i, c) for c in range(len(COLUMNS))] for i in range(20)], np.int8),
        "names": np.array(COLUMNS),
        "mask19": np.broadcast_to(mask19[:, None, None], (20, 8, 8)),
    }
    return tmp_path / "pack.npz", arrays


def test_what_is_written_is_read_again(packed, tmp_path):
    _, arrays = packed
    files = [tmp_path / f"{i}.png" for i in range(20)]
    for i, file in enumerate(files):
        file.write_bytes(arrays["jpg"][arrays["off"][i] : arrays["off"][i + 1]].tobytes())
    path, part = tmp_path / "written.npz", np.array([0] * 12 + [1] * 3 + [2] * 5)
    labels, ids = arrays["attrs"], np.arange(100, 120)
    packs.write_pack(path, files, labels, COLUMNS, part=part, ids=ids, mask19=arrays["mask19"])
    data = load("celeba-hq", "test", 8, data_dir=str(path))
    assert data.names.tolist() == ["115", "116", "117", "118", "119"]
    assert np.array_equal(data.labels, expected([15, 16, 17, 18, 19]))
    assert [int(image.mean()) for image in data.images] == [150, 160, 170, 180, 190]
    assert data.masks[:, 0, 0].tolist() == [
        int(lookup("celebamask")[i % 19]) for i in range(15, 20)
    ]
    before = path.read_bytes()
    with pytest.raises(FileExistsError, match="is kept"):
        packs.write_pack(path, files, labels, COLUMNS)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": np.ones((19, len(COLUMNS)))}, "off has 21 entries where 20 belong"),
        ({"labels": np.full((20, len(COLUMNS)), 2)}, "other labels"),
        ({"names": COLUMNS[1:]}, "names has"),
        ({"parts": np.zeros(20)}, "'parts' is not known. Did you mean 'part'"),
    ],
)
def test_what_does_not_fit_together_is_not_written(tmp_path, changes, message):
    Image.new("RGB", (8, 8)).save(tmp_path / "face.png")
    given = {"labels": np.ones((20, len(COLUMNS))), "names": COLUMNS} | changes
    with pytest.raises(ValueError, match=message):
        packs.write_pack(tmp_path / "pack.npz", [tmp_path / "face.png"] * 20, **given)
    assert not (tmp_path / "pack.npz").exists()


@pytest.mark.parametrize("with_part", [False, True])
def test_packs(packed, with_part):
    path, arrays = packed
    if with_part:
        arrays["part"] = np.array([0] * 12 + [1] * 3 + [2] * 5)
    np.savez(path, **arrays)
    rows = [15, 16, 17, 18, 19] if with_part else [9, 19]
    data = load("celeba-hq", "test", 8, data_dir=str(path))
    assert np.array_equal(data.labels, expected(rows))
    assert [int(image.mean()) for image in data.images] == [10 * row for row in rows]
    assert data.masks[:, 0, 0].tolist() == [int(lookup("celebamask")[row % 19]) for row in rows]
    sizes = [len(load("celeba", s, 8, data_dir=str(path))) for s in ("train", "val", "test")]
    assert sizes == ([12, 3, 5] if with_part else [16, 2, 2])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"names": np.array(["x"] * len(COLUMNS))}, "has no attribute Bald"),
        ({"names": np.array([object()] * 3, dtype=object)}, "names .* holds object"),  # a pickle
        ({"names": np.array(["x" * 999] * len(COLUMNS))}, "names go beyond 100 signs"),
        ({"names": np.arange(len(COLUMNS))}, "names .* holds int64"),
        ({"names": np.array(["Bald"])}, "names has 1 entries where"),
        ({"attrs": np.zeros(20, np.int8)}, r"attrs has shape \(20,\)"),
        ({"attrs": np.full((20, len(COLUMNS)), 7)}, "other labels than"),
        ({"attrs": np.full((20, len(COLUMNS)), np.nan)}, "other labels than"),
        ({"attrs": np.zeros((0, len(COLUMNS)))}, r"attrs has shape \(0, "),
        ({"off": np.zeros(21)}, "off .* holds float64"),
        ({"off": np.array(3)}, r"off has shape \(\)"),
        ({"off": np.arange(21)[::-1]}, "off does not rise from 0"),
        ({"off": -np.arange(21)}, "off does not rise from 0"),
        ({"jpg": np.zeros(9, np.uint16)}, "jpg holds uint16"),
        ({"jpg": np.array(["a"])}, "jpg .* holds <U1"),
        ({"jpg": np.zeros(9, [("a", "u1")])}, "jpg .* holds"),
        ({"ids": np.zeros((20, 2), int)}, r"ids has shape \(20, 2\)"),
        ({"part": np.full(20, 3)}, "part goes beyond 2"),
        ({"part": np.full(20, -1)}, "part goes beyond 2"),
        ({"part": np.zeros(20)}, "part .* holds float64"),
        ({"mask19": np.full((20, 8, 8), -1)}, "mask19 goes beyond 18"),
        ({"mask19": np.zeros((20, 8), np.uint8)}, "mask19 has shape"),
        ({"mask19": np.zeros((20, 0, 8), np.uint8)}, "mask19 has shape"),
        ({"off": np.arange(5)}, "damaged: off has 5 entries where 21 belong"),
        ({"jpg": np.zeros(9, np.uint8)}, "damaged: jpg has 9 entries"),
        ({"part": np.zeros(3, np.uint8)}, "damaged: part has 3 entries where 20 belong"),
        ({"part": np.zeros(20, np.uint8)}, "no face of the test split"),
        ({"mask19": np.full((20, 8, 8), 19, np.uint8)}, "mask19 goes beyond 18"),
    ],
)
def test_damaged_packs_are_refused(packed, changes, message):
    path, arrays = packed
    np.savez(path, **arrays | changes)
    with pytest.raises(DataError, match=message):
        load("celeba", "test", 8, data_dir=str(path))


@pytest.mark.parametrize("name", ["jpg", "off", "attrs", "names"])
def test_what_a_pack_lacks_is_named(packed, name):
    path, arrays = packed
    np.savez(path, **{key: array for key, array in arrays.items() if key != name})
    with pytest.raises(DataError, match=f"it lacks {name}"):
        load("celeba", "test", 8, data_dir=str(path))


def test_what_a_pack_holds_besides_is_not_read(packed):
    path, arrays = packed
    np.savez(path, more=np.array([object()], dtype=object), **arrays)
    assert len(load("celeba", "test", 8, data_dir=str(path))) == 2


def claimed(shape, kind="|u1"):
    """The header of an array of any size, without its values."""
    about = {"descr": kind, "fortran_order": False, "shape": shape}
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, about)
    return header.getvalue()


def zipped(path, arrays, **members):
    """A pack with some members as bytes, pressed together."""
    np.savez(path, **{name: array for name, array in arrays.items() if name not in members})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (claimed((10**12,)), "jpg has not the size"),
        (claimed((-1,)), "jpg has not the size"),
        (claimed((2**64,)), "jpg has not the size"),
        (claimed((9,))[:40], "no pack of faces"),
        (b"\x93NUMPY\x03\x00" + bytes(90), "no pack of faces"),
        (b"\x93NUMPY\x01\x00\x06\x00{'a':(", "no pack of faces"),
        (b"", "no pack of faces"),
    ],
    ids=["a terabyte", "negative", "beyond integers", "cut", "version 3", "no header", "empty"],
)
def test_headers_are_believed_only_where_the_archive_agrees(packed, content, message):
    path, arrays = packed
    zipped(path, arrays, jpg=content)
    with pytest.raises(DataError, match=message):
        load("celeba", "test", 8, data_dir=str(path))


def test_a_pack_that_would_grow_without_bounds_is_refused(packed, monkeypatch):
    path, arrays = packed
    monkeypatch.setattr(packs, "_SMALL", 100_000)
    monkeypatch.setattr(np.lib.format, "read_array", lambda *given, **more: 1 / 0)
    zipped(path, arrays, mask19=claimed((20, 1000, 1000)) + bytes(20_000_000))
    assert path.stat().st_size < 100_000
    with pytest.raises(DataError, match="it would grow to 20 MB"):
        load("celeba", "test", 8, data_dir=str(path))


def test_archives_of_other_kinds_are_refused(packed):
    path, arrays = packed
    np.savez(path, **{name: array for name, array in arrays.items() if name != "jpg"})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("jpg.npy", claimed((9,)) + bytes(9))
    with pytest.raises(DataError, match="jpg is packed in another way"):
        load("celeba", "test", 8, data_dir=str(path))
    np.savez(path, **arrays)
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        content[content.index(mark) + at] |= 1  # said to be encrypted
    path.write_bytes(content)
    with pytest.raises(DataError, match="no pack of faces"):
        load("celeba", "test", 8, data_dir=str(path))


def test_what_is_no_pack_is_refused(packed, tmp_path):
    path, arrays = packed
    with pytest.raises(DataError, match="is not there"):
        load("celeba", "test", 8, data_dir=str(tmp_path / "absent.npz"))
    path.write_text("<html>Quota exceeded</html>", encoding="utf-8")
    with pytest.raises(DataError, match="no pack of faces"):
        load("celeba", "test", 8, data_dir=str(path))
    np.savez(path, **arrays)
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(DataError, match="no pack of faces"):
        load("celeba", "test", 8, data_dir=str(path))


def test_a_damaged_image_in_a_pack_is_named(packed):
    path, arrays = packed
    jpg = arrays["jpg"].copy()
    jpg[arrays["off"][19] :] = 0
    np.savez(path, **arrays | {"jpg": jpg})
    with pytest.raises(DataError, match="image 19 of"):
        load("celeba", "test", 8, data_dir=str(path))
