"""Caches on disk: what is made once for each face of a data set, mapped into memory afterwards.

A cache is a folder of .npy files, and a JSON file for each pass that fills some of them. Rows count
only once they have reached the disk, so a process killed at any moment loses a chunk at most. Of
each chunk the JSON file holds a checksum. What a disk lost in spite of that, or anyone changed, is
found by the first chunk, the last, and a sample of the others, at each opening another one.
"""

import json
import os
import random
import shutil
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from filelock import FileLock
from tqdm.auto import tqdm

from secgan_lite.support.errors import DataError
from secgan_lite.support.files import write_json
from secgan_lite.support.places import own_place, to_write

CHUNK = 512  # rows between two states that survive a kill
SAMPLE = 32_000_000  # bytes that are checked at opening: 0.02 s, and the whole of a small cache
Make = Callable[[range], "tuple[np.ndarray, ...]"]


def caches() -> Path:
    """Where caches are: the folder that SECGAN_LITE_CACHES names, or ``data/caches``.

    Where the course can't be written (``places.own_place``), ``runs/caches`` of the current folder.
    """
    if named := os.environ.get("SECGAN_LITE_CACHES"):
        return to_write(named, "SECGAN_LITE_CACHES")
    return own_place("data/caches", "runs/caches")


@dataclass(frozen=True)
class Cache:
    """A folder for ``count`` faces whose files have the fingerprint ``source``.

    Everything in it is made again when one of the three changes, or when it is damaged.
    """

    folder: Path
    source: str
    count: int

    def rows(self, arrays: dict[str, tuple[int, ...]], make: Make, title: str) -> list[np.ndarray]:
        """Arrays uint8 (count, …), read from disk as they are needed, made if they are not there.

        Args:
            arrays: shape of a row by the array's name.
            make: range of rows -> their values, one array for each name.
            title: beside the progress bar.

        Raises:
            DataError: the folder can't be written, or the disk is full; what is there stays.
        """
        task = _Pass(self, arrays)
        try:
            if not task.finished:
                self.folder.mkdir(parents=True, exist_ok=True)
                # Runs that start together share one pass: the others wait. A kill frees the lock.
                with FileLock(self.folder / "lock"):
                    task.run(make, title)
            return [_mapped(file) for file in task.files.values()]
        except OSError as error:
            raise DataError(
                f"The cache {self.folder.absolute()} can't be written ({error.strerror or error}); "
                f"it takes {task.bytes / 1e6:,.1f} MB. Make room, or name another folder in the "
                "environment variable SECGAN_LITE_CACHES: it goes on from where it stopped."
            ) from error


class _Pass:
    """One pass over all faces, which fills some arrays of a cache."""

    def __init__(self, cache: Cache, arrays: dict[str, tuple[int, ...]]) -> None:
        self.count = cache.count
        self.state = cache.folder / f"{'+'.join(arrays)}.json"
        self.files = {name: cache.folder / f"{name}.npy" for name in arrays}
        self.wanted = {"source": cache.source, "count": cache.count, "chunk": CHUNK}
        self.wanted |= {"arrays": {name: list(shape) for name, shape in arrays.items()}}
        self.headers = {name: _header((self.count, *shape)) for name, shape in arrays.items()}
        self.row = {name: int(np.prod(shape)) for name, shape in arrays.items()}

    @property
    def bytes(self) -> int:
        return self.count * sum(self.row.values())

    def held(self) -> tuple[int, dict[str, list[int]]]:
        """Rows that are on disk, belong to these faces and are whole; sums of their chunks."""
        try:
            state = json.loads(self.state.read_text(encoding="utf-8"))
            rows, sums = state.pop("rows"), state.pop("sums")
            if state == self.wanted and all(self._whole(n, rows, sums[n]) for n in self.files):
                return rows, sums
        except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
            pass  # no pass was begun, or its state is damaged
        return 0, {name: [] for name in self.files}

    @property
    def finished(self) -> bool:
        return self.held()[0] == self.count

    def _whole(self, name: str, rows: int, sums: list[int]) -> bool:
        """Whether the file has its header and, in a sample, the chunks that were written."""
        starts = range(0, rows, CHUNK)
        if not 0 < rows <= self.count or len(sums) != len(starts):
            return False
        tried = min(SAMPLE // (CHUNK * self.row[name]), len(starts))
        sample = random.Random().sample(range(len(starts)), tried)
        with self.files[name].open("rb") as file:
            if file.read(len(self.headers[name])) != self.headers[name]:
                return False
            for chunk in {0, *sample, len(starts) - 1}:
                start, stop = starts[chunk], min(starts[chunk] + CHUNK, rows)
                file.seek(self._end(name, start))
                if zlib.crc32(file.read((stop - start) * self.row[name])) != sums[chunk]:
                    return False
        return True

    def _end(self, name: str, rows: int) -> int:
        return len(self.headers[name]) + rows * self.row[name]

    def run(self, make: Make, title: str) -> None:
        done, sums = self.held()
        if done == self.count:
            return  # another run has made it meanwhile
        if not done:  # other processes may still read the old files: new ones take their names
            for file in (self.state, *self.files.values()):
                file.unlink(missing_ok=True)
        room = shutil.disk_usage(self.state.parent).free
        if room < self.bytes * (1 - done / self.count):
            raise OSError(None, f"{room / 1e6:,.1f} MB are free")
        with ExitStack() as stack:
            bar = stack.enter_context(
                tqdm(total=self.count, initial=done, desc=title, delay=0.5, unit="image")
            )
            streams = {
                name: stack.enter_context(file.open("r+b" if done else "xb"))
                for name, file in self.files.items()
            }
            for name, stream in streams.items():
                stream.write(self.headers[name])
            for start in range(done, self.count, CHUNK):
                rows = range(start, min(start + CHUNK, self.count))
                for (name, stream), block in zip(streams.items(), make(rows), strict=True):
                    content = np.ascontiguousarray(block, np.uint8).data
                    stream.seek(self._end(name, start))
                    stream.write(content)
                    stream.flush()
                    os.fsync(stream.fileno())
                    sums[name].append(zlib.crc32(content))
                write_json(self.state, self.wanted | {"rows": rows.stop, "sums": sums})
                bar.update(len(rows))


def _mapped(file: Path) -> np.ndarray:
    """An array as it lies on disk; read where the file system maps no files into memory."""
    try:
        return np.load(file, mmap_mode="r")
    except OSError:
        array = np.load(file)
        array.flags.writeable = False
        return array


def _header(shape: tuple[int, ...]) -> bytes:
    """The first bytes of a .npy file."""
    header = BytesIO()
    about = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, about)
    return header.getvalue()
