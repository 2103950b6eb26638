"""Packs of photographs in one file."""

import io

import numpy as np
import pytest
from copies import COLUMNS, expected, value
from PIL import Image

from secgan_lite.datasets import DataError, load
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
        ({"names": np.array([object()] * 3, dtype=object)}, "no pack of faces"),  # a pickle
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
