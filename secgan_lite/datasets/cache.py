"""Caches on disk: what is made once for each face of a data set, mapped into memory afterwards.

A cache is a folder of .npy files, and a JSON file for each pass that fills some of them. Rows count
only once they have reached the disk, so a process killed at any moment loses a chunk at most.
"""

import json
import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from filelock import FileLock
from tqdm.auto import tqdm

from secgan_lite.errors import DataError
from secgan_lite.files import write_json
from secgan_lite.places import own_place, to_write

CHUNK = 512  # rows between two states that survive a kill
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

    Everything in it is made again when one of the three changes.
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
            return [np.load(file, mmap_mode="r") for file in task.files.values()]
        except OSError as error:
            raise DataError(
                f"The cache {self.folder} can't be written ({error.strerror or error}); it takes "
                f"{task.bytes / 1e6:,.1f} MB. Make room, or name another folder in the environment "
                "variable SECGAN_LITE_CACHES: it goes on from where it stopped."
            ) from error


class _Pass:
    """One pass over all faces, which fills some arrays of a cache."""

    def __init__(self, cache: Cache, arrays: dict[str, tuple[int, ...]]) -> None:
        self.count = cache.count
        self.state = cache.folder / f"{'+'.join(arrays)}.json"
        self.files = {name: cache.folder / f"{name}.npy" for name in arrays}
        self.wanted = {"source": cache.source, "count": cache.count, "arrays": arrays}
        self.wanted = json.loads(json.dumps(self.wanted))
        self.headers = {name: _header((self.count, *shape)) for name, shape in arrays.items()}
        self.row = {name: int(np.prod(shape)) for name, shape in arrays.items()}

    @property
    def bytes(self) -> int:
        return self.count * sum(self.row.values())

    @property
    def done(self) -> int:
        """Rows that are on disk and belong to these faces."""
        try:
            held = json.loads(self.state.read_text(encoding="utf-8"))
            rows = held.pop("rows")
            whole = all(file.stat().st_size >= self._end(n, rows) for n, file in self.files.items())
        except (FileNotFoundError, ValueError, KeyError):
            return 0
        return rows if held == self.wanted and whole else 0

    @property
    def finished(self) -> bool:
        return self.done == self.count

    def _end(self, name: str, rows: int) -> int:
        return len(self.headers[name]) + rows * self.row[name]

    def run(self, make: Make, title: str) -> None:
        done = self.done
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
            files = {
                name: stack.enter_context(file.open("r+b" if done else "xb"))
                for name, file in self.files.items()
            }
            for name, file in files.items():
                file.write(self.headers[name])
            for start in range(done, self.count, CHUNK):
                rows = range(start, min(start + CHUNK, self.count))
                for (name, file), block in zip(files.items(), make(rows), strict=True):
                    file.seek(self._end(name, start))
                    file.write(np.ascontiguousarray(block, np.uint8))
                    file.flush()
                    os.fsync(file.fileno())
                write_json(self.state, self.wanted | {"rows": rows.stop})
                bar.update(len(rows))


def _header(shape: tuple[int, ...]) -> bytes:
    """The first bytes of a .npy file."""
    header = BytesIO()
    about = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, about)
    return header.getvalue()
