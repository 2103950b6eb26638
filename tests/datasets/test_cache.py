"""The cache: made once, whole after any stop, made again when anything changes."""

import errno
import json
import mmap
import os
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from secgan_lite.datasets import DataError, FaceData, cache, celeba_hq, decoded, load
from secgan_lite.datasets.cache import Cache


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(cache, "CHUNK", 3)


class Maker:
    """Rows whose values tell their number; counts how often each is made, and stops on demand."""

    def __init__(self, stop_at=None, value=0):
        self.made, self.stop_at, self.value = [], stop_at, value

    def __call__(self, rows):
        if self.stop_at in rows:
            raise KeyboardInterrupt
        self.made += rows
        numbers = np.array(rows, np.uint8) + self.value
        return np.tile(numbers[:, None, None], (1, 2, 2)), numbers[:, None]


ARRAYS = {"a": (2, 2), "b": (1,)}


@pytest.mark.parametrize("stop_at", [0, 3, 4, 9])
def test_an_interrupted_pass_goes_on_where_it_stopped(tmp_path, small_chunks, stop_at):
    place = Cache(tmp_path, "source", 10)
    with pytest.raises(KeyboardInterrupt):
        place.rows(ARRAYS, Maker(stop_at), "")
    rest = Maker()
    a, b = place.rows(ARRAYS, rest, "")
    assert rest.made == list(range(stop_at // 3 * 3, 10))
    assert (a == np.arange(10)[:, None, None]).all() and (b[:, 0] == np.arange(10)).all()
    assert a.shape == (10, 2, 2) and a.dtype == np.uint8 and not a.flags.writeable
    again = Maker()
    place.rows(ARRAYS, again, "")
    assert not again.made


def test_everything_is_made_again_when_anything_changes(tmp_path):
    Cache(tmp_path, "source", 10).rows(ARRAYS, Maker(), "")
    for source, count in [("other", 10), ("other", 7)]:
        maker = Maker(value=100)
        a, _ = Cache(tmp_path, source, count).rows(ARRAYS, maker, "")
        assert len(maker.made) == len(a) == count and a[0, 0, 0] == 100
    maker = Maker()
    (tmp_path / "a.npy").write_bytes((tmp_path / "a.npy").read_bytes()[:-1])
    Cache(tmp_path, "other", 7).rows(ARRAYS, maker, "")
    assert len(maker.made) == 7


def flip(path, at):
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def lose(path, start, stop=None):
    """What a power cut leaves of a part that never reached the disk."""
    content = bytearray(path.read_bytes())
    content[start:stop] = bytes(len(content[start:stop]))
    path.write_bytes(content)


def other_shape(path):
    content = path.read_bytes()
    assert b"(10, 2, 2)" in content
    path.write_bytes(content.replace(b"(10, 2, 2)", b"(2, 10, 2)"))


DAMAGE = {
    "first pixel": ("a.npy", lambda path: flip(path, 128)),
    "a pixel": ("a.npy", lambda path: flip(path, 150)),
    "last pixel": ("b.npy", lambda path: flip(path, -1)),
    "zeros at the end": ("a.npy", lambda path: lose(path, -9)),
    "zeros in the middle": ("b.npy", lambda path: lose(path, 131, 135)),
    "all zeros": ("a.npy", lambda path: lose(path, 0)),
    "another shape": ("a.npy", other_shape),
    "empty": ("b.npy", lambda path: path.write_bytes(b"")),
    "gone": ("b.npy", lambda path: path.unlink()),
    "state of zeros": ("a+b.json", lambda path: lose(path, 0)),
    "state of another kind": ("a+b.json", lambda path: path.write_text("[1]", encoding="utf-8")),
    "state without sums": (
        "a+b.json",
        lambda path: path.write_text('{"rows": 10}', encoding="utf-8"),
    ),
    **{
        f"state with {key} {value}": ("a+b.json", lambda path, k=key, v=value: path.write_text(
            json.dumps(json.loads(path.read_text(encoding="utf-8")) | {k: v}), encoding="utf-8"))
        for key, value in [("rows", -1), ("rows", 11), ("rows", "10"), ("rows", None), ("rows", 0),
                           ("sums", {}), ("sums", {"a": [], "b": []}), ("sums", 3), ("chunk", 2)]
    },
}  # fmt: skip


@pytest.mark.parametrize(("name", "harm"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_cache_is_made_again(tmp_path, small_chunks, name, harm):
    place = Cache(tmp_path, "source", 10)
    place.rows(ARRAYS, Maker(), "")
    harm(tmp_path / name)
    maker = Maker()
    a, b = place.rows(ARRAYS, maker, "")
    assert maker.made == list(range(10))
    assert (a == np.arange(10)[:, None, None]).all() and (b[:, 0] == np.arange(10)).all()


def test_a_damaged_beginning_is_made_again(tmp_path, small_chunks):
    place = Cache(tmp_path, "source", 10)
    with pytest.raises(KeyboardInterrupt):
        place.rows(ARRAYS, Maker(stop_at=7), "")
    lose(tmp_path / "a.npy", 128 + 4 * 5, 128 + 4 * 6)
    maker = Maker()
    a, _ = place.rows(ARRAYS, maker, "")
    assert maker.made == list(range(10)) and (a[:, 0, 0] == np.arange(10)).all()


def test_of_a_large_cache_both_ends_and_a_sample_are_checked(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "CHUNK", 1)
    monkeypatch.setattr(cache, "SAMPLE", 4 * 20)
    place, arrays = Cache(tmp_path, "source", 100), {"a": (2, 2)}
    make = lambda rows: (np.full((len(rows), 2, 2), rows[0], np.uint8),)  # noqa: E731
    place.rows(arrays, make, "")
    for row, least, most in ((0, 50, 50), (99, 50, 50), (50, 1, 30)):
        flip(tmp_path / "a.npy", 128 + 4 * row)
        found = sum(not cache._Pass(place, arrays).finished for _ in range(50))
        assert least <= found <= most
        flip(tmp_path / "a.npy", 128 + 4 * row)
    assert cache._Pass(place, arrays).finished


def test_a_file_system_that_maps_no_files_is_read(tmp_path, monkeypatch):
    def refuse(*arguments, **more):
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))

    monkeypatch.setattr(mmap, "mmap", refuse)
    a, _ = Cache(tmp_path, "source", 10).rows(ARRAYS, Maker(), "")
    assert not isinstance(a, np.memmap) and not a.flags.writeable
    assert (a[:, 0, 0] == np.arange(10)).all()


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps the names of files that are open")
def test_a_run_that_reads_keeps_what_it_reads(tmp_path):
    old, _ = Cache(tmp_path, "source", 10).rows(ARRAYS, Maker(), "")
    Cache(tmp_path, "other", 10).rows(ARRAYS, Maker(value=50), "")
    assert (old[:, 0, 0] == np.arange(10)).all()


def test_runs_that_start_together_share_one_pass(tmp_path, small_chunks):
    maker = Maker()
    with ThreadPoolExecutor(4) as pool:
        passes = [
            pool.submit(Cache(tmp_path, "source", 50).rows, ARRAYS, maker, "") for _ in range(4)
        ]
        results = [one.result()[0] for one in passes]
    assert maker.made == list(range(50))
    assert all((a[:, 0, 0] == np.arange(50)).all() for a in results)


def test_a_full_disk_is_explained_and_costs_nothing(tmp_path, small_chunks, monkeypatch):
    place, sync, calls = Cache(tmp_path, "source", 10), os.fsync, iter(range(5))

    def full(descriptor):
        if next(calls, None) is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DataError, match=r"No space left.*SECGAN_LITE_CACHES"):
        place.rows(ARRAYS, Maker(), "")
    monkeypatch.setattr(os, "fsync", sync)
    rest = Maker()
    place.rows(ARRAYS, rest, "")
    assert rest.made == list(range(3, 10))


def test_too_little_room_is_said_before_work_begins(tmp_path, monkeypatch):
    monkeypatch.setattr(cache.shutil, "disk_usage", lambda _: SimpleNamespace(free=20))
    maker = Maker()
    with pytest.raises(DataError, match=r"0\.0 MB are free"):
        Cache(tmp_path, "source", 10).rows(ARRAYS, maker, "")
    assert not maker.made


def test_a_folder_that_can_not_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match=r"cache .*file.* can't be written"):
        Cache(tmp_path / "file" / "cache", "source", 10).rows(ARRAYS, Maker(), "")


def test_photographs_are_decoded_once_until_they_change(hq_folder, tmp_path):
    def counted():
        photos, seen = celeba_hq(hq_folder, "train"), []
        decode = photos.decode
        object.__setattr__(photos, "decode", lambda *row: seen.append(row) or decode(*row))
        data = decoded(photos, 16, tmp_path / "cache")
        return len(seen), int(data.images[0, 0, 0, 0]), int(data.masks[0, 0, 0])

    assert counted() == (1, 0, 0) and counted() == (0, 0, 0)
    image = hq_folder / "CelebA-HQ-img" / "3.jpg"
    image.write_bytes((hq_folder / "CelebA-HQ-img" / "29000.jpg").read_bytes())
    assert counted() == (1, 100, 0) and counted() == (0, 100, 0)
    mask = hq_folder / "CelebAMask-HQ-mask-anno" / "0" / "00003_skin.png"
    mask.rename(mask.with_name("00003_hair.png"))
    assert counted() == (1, 100, 10)


def test_each_size_split_and_number_has_a_cache_of_its_own(folder):
    given = {"dataset": "celeba", "data_dir": str(folder), "split": "train"}
    sets = [load(image_size=16, **given), load(image_size=32, **given)]
    assert load(image_size=16, attributes=("Smiling",), **given).attributes == ("Smiling",)
    sets += [load(image_size=16, count=1, **given), load(image_size=16, scheme="official", **given)]
    assert len({data.cache.folder for data in sets}) == 4
    assert [len(data) for data in sets] == [2, 2, 1, 1] and sets[0].absent == 1


def test_batches_from_the_cache_mirror_image_and_mask_together(tmp_path, small_faces):
    def make(rows):
        return small_faces.images[list(rows)], small_faces.masks[list(rows)]

    place = Cache(tmp_path, "source", 16)
    images, masks = place.rows({"images": (3, 16, 16), "masks": (16, 16)}, make, "")
    data = FaceData(images, small_faces.labels, masks=masks)
    indices, flip = torch.tensor([5, 2, 9]), torch.tensor([True, False, True])
    for ours, theirs in zip(data.batch(indices, flip), small_faces.batch(indices), strict=True):
        mirrored = theirs.flip(-1) if theirs.dim() > 2 else theirs
        assert torch.equal(ours[[0, 2]], mirrored[[0, 2]]) and torch.equal(ours[1], theirs[1])
