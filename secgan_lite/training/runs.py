"""The run folder: configuration, log, generators, checkpoints, snapshots, grids of one run.

Every file is whole or absent. A checkpoint is one safetensors file: tensors as such, the rest as
JSON in its header, so that both always belong together; the one before it is kept as well.
"""

import json
import os
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from torch import Tensor

from secgan_lite import backbones
from secgan_lite.options import validated
from secgan_lite.support.errors import DataError
from secgan_lite.support.files import (
    halved,
    load_tensors,
    readable,
    remove_leftovers,
    save_tensors,
    versions,
    write_bytes,
    write_json,
)
from secgan_lite.support.places import runs, to_read, to_write
from secgan_lite.training.config import TrainConfig, learning_rate
from secgan_lite.training.progress import say

# From the newest to the oldest. The first is there only between its writing and its renaming.
_CHECKPOINTS = tuple(f"checkpoint{part}.safetensors" for part in ("-new", "", "-previous"))
_FILES = {"rgb": "generator.safetensors", "semantic": "generator_seg.safetensors"}
# What only a process that holds the lock writes. Scores come from others too.
_WRITTEN = (
    r"config\.json|log\.jsonl|checkpoint\.json|checkpoint-new\.safetensors|"
    r"(generator|generator_seg|parser)\.safetensors|(rgb|semantic)-\d+\.(safetensors|png)"
)
# What systems put into any folder, locks, and files that a killed process has left half written.
_PASSING = re.compile(
    r"\.DS_Store|\._.*|\.nfs.*|\..*\.lock|Thumbs\.db|desktop\.ini|"
    rf"\.({_WRITTEN})\.[a-z0-9_]{{8}}\.\w+"
)


class RunFolderError(OSError):
    """A run's folder can't be written; what it held before is whole."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Inside, files of the run at ``path`` are written; RunFolderError if that is not possible."""
    try:
        yield
    except OSError as error:
        raise RunFolderError(
            f"output_dir={str(path)!r} can't be written ({error.strerror or error}). Make room or "
            "allow writing there, then continue with -p resume True (what was saved before is "
            "whole), or name another output_dir."
        ) from error


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Inside, no other process trains into ``path``; RunFolderError if one does already."""
    lock = FileLock(path.with_name(f".{path.name}.lock"))
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(Timeout):
            lock.acquire(timeout=0)
    if not lock.is_locked:
        raise RunFolderError(
            f"output_dir={str(path)!r} is in use: another process trains there. Wait for its end, "
            "or name another output_dir."
        )
    try:
        yield
    finally:
        lock.release()  # the system does it for a killed process


class RunFolder:
    """One run's folder. ``RunFolder.open`` makes it for a configuration, ``RunFolder(path)`` reads.

    Raises:
        FileNotFoundError: there is no run at ``path``.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = to_read(path, "run_dir")
        if not (self.path / "config.json").is_file():
            raise FileNotFoundError(f"No run at {self.path}: it holds no config.json.")

    @staticmethod
    def place(config: TrainConfig) -> Path:
        """Where the run of this configuration is, or will be: one path, however it is spelt.

        Raises:
            ValueError: it is the root of all folders.
        """
        named = config.output_dir and to_write(config.output_dir, "output_dir")
        path = (named or runs() / config.run_name).resolve()
        if path == path.parent:
            raise ValueError(f"output_dir={config.output_dir!r} can't be a run's: name a folder.")
        return path

    @classmethod
    def given_back(cls, config: TrainConfig) -> "RunFolder | None":
        """The finished run of this configuration, which ``train`` gives back; None if it trains."""
        with suppress(FileNotFoundError):  # another process may be setting it aside
            held = cls(cls.place(config))
            if not config.repeat and held.finished and held.config.identity == config.identity:
                return held
        return None

    @classmethod
    def open(cls, config: TrainConfig) -> "RunFolder":
        """The folder for this configuration: a new one, or that of the same run.

        - An unfinished run goes on with ``resume``. Without it, it moves to
          ``<folder>-interrupted-<number>``.
        - A finished run is given back. With ``repeat`` it moves to ``<folder>-earlier-<number>``.
        - With ``resume`` and more ``iterations`` than the run had, it is extended: it goes on from
          its last checkpoint, from now on at the learning rates of a run of that length. A
          ``linear`` rate that had come down to 0 is then higher again, so the result is not that
          of one long run; its files say ``extended``. The finished generators and scores stay,
          with the old number of iterations in their names.

        A folder is moved whole, with all that anybody has put into it. Nothing is deleted.

        Raises:
            FileExistsError: the folder holds another run, or files that are no run's.
            DataError: its ``config.json`` is damaged, or the checkpoint to extend.
            RunFolderError: it can't be written.
        """
        path = cls.place(config)
        held = cls(path) if (path / "config.json").is_file() else None
        if held is None and path.is_dir() and not _untouched(path):
            raise FileExistsError(
                f"output_dir={str(path)!r} holds files that are no run's: name an empty folder."
            )
        extended = held.extended if held else []
        if held and held._is_shorter(config):
            held._extend(config)
            extended = [*extended, held.config.iterations]
        elif held and held.finished and not config.repeat:
            return held
        elif held and not _untouched(path) and (held.finished or not config.resume):
            _set_aside(path, "earlier" if held.finished else "interrupted")
            extended = []
        with writing(path):
            # First of all: from the first moment on it says whose the folder is.
            described = config.identity | ({"extended": extended} if extended else {})
            write_json(path / "config.json", described)
            (path / "samples").mkdir(exist_ok=True)
            for folder in (path, path / "samples", path / "snapshots"):
                if folder.is_dir():
                    remove_leftovers(folder, _WRITTEN)
        return cls(path)

    @cached_property
    def _described(self) -> dict:
        file = self.path / "config.json"
        with readable(file, "configuration"):
            found = json.loads(file.read_text(encoding="utf-8"))
            return found | {"extended": [int(n) for n in found.get("extended", [])]}

    @cached_property
    def config(self) -> TrainConfig:
        """The configuration of the run in this folder.

        Raises:
            DataError: ``config.json`` is damaged.
        """
        with readable(self.path / "config.json", "configuration"):
            values = {key: value for key, value in self._described.items() if key != "extended"}
            return validated(TrainConfig, values)

    @property
    def extended(self) -> list[int]:
        """How many iterations the run had before it was extended, each time."""
        return self._described["extended"]

    def _is_shorter(self, config: TrainConfig) -> bool:
        """Whether ``config`` is this run with more iterations, and to be resumed.

        Raises:
            FileExistsError: it is another run.
        """
        differs = _differences(self.config.identity, config.identity)
        has, wanted = self.config.iterations, config.iterations
        if differs == ["iterations"] and has < wanted and config.resume:
            return True
        if differs == ["iterations"] and has < wanted:
            raise FileExistsError(
                f"output_dir={str(self.path)!r} holds this run with {has} iterations: -p resume "
                f"True goes on to {wanted}. For a run of its own name another folder."
            )
        if differs:
            raise FileExistsError(
                f"output_dir={str(self.path)!r} holds another run (it differs in "
                f"{', '.join(differs)}): name another folder."
            )
        return False

    def _extend(self, config: TrainConfig) -> None:
        """Make room for the results of a longer run; say what becomes of its learning rate."""
        if (found := self.load_checkpoint()) is None:
            raise FileExistsError(
                f"output_dir={str(self.path)!r} holds no checkpoint to go on from: name another "
                "folder."
            )
        _, done = found
        before, after = learning_rate(self.config, done), learning_rate(config, done + 1)
        say(
            f"{self.path} goes on from iteration {done} to {config.iterations}, as a run of that "
            f"length: its {config.schedule} learning rate was {before:.2g} and is {after:.2g} now. "
            "What is finished stays, with its iterations in its name."
        )
        with writing(self.path):
            for name in (*_FILES.values(), "results.json", "report.html"):
                if (file := self.path / name).is_file():
                    file.replace(file.with_stem(f"{file.stem}-{self.config.iterations:07d}"))

    @property
    def log(self) -> list[dict]:
        """The logged records, oldest first; a line cut short by a crash is left out.

        So is, with a warning, any other line that is damaged.
        """
        file = self.path / "log.jsonl"
        text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
        records = []
        for number, line in enumerate(text.split("\n")[:-1], start=1):
            try:
                record = json.loads(line)
                record["iteration"] = int(record["iteration"])
                records.append(record)
            except (ValueError, KeyError, TypeError):
                warnings.warn(f"{file}: line {number} is damaged and left out.", stacklevel=2)
        return records

    def append(self, record: dict) -> None:
        """Add one record to ``log.jsonl``."""
        with writing(self.path), (self.path / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")

    def rewind(self, iteration: int) -> None:
        """Forget records after ``iteration``: those the resumed run will write again."""
        if not (self.path / "log.jsonl").is_file():
            return
        kept = [record for record in self.log if record["iteration"] <= iteration]
        lines = "".join(json.dumps(record) + "\n" for record in kept)
        with writing(self.path):
            write_bytes(self.path / "log.jsonl", lines.encode())

    def save_checkpoint(self, state: dict, iteration: int) -> None:
        """Write the whole state; the checkpoint before this one becomes ``checkpoint-previous``."""
        tensors: dict[str, Tensor] = {}
        metadata = {"iteration": iteration, "config": self.config.identity}
        metadata["state"] = _flatten(state, "", tensors)
        pending, newest, previous = (self.path / name for name in _CHECKPOINTS)
        with writing(self.path):
            save_tensors(pending, tensors, metadata)
            if newest.is_file():
                newest.replace(previous)
            pending.replace(newest)
            write_json(self.path / "checkpoint.json", {"iteration": iteration, "file": newest.name})

    def load_checkpoint(self) -> tuple[dict, int] | None:
        """(state, iteration) of the newest checkpoint that is whole, or None if there is none.

        A damaged one is passed over, in a line that says so.

        Raises:
            DataError: there are checkpoints, and all of them are damaged; or it is another run's.
        """
        damaged = None
        for file in (self.path / name for name in _CHECKPOINTS):
            if not file.is_file():
                continue
            try:
                with readable(file, "checkpoint"):
                    tensors, metadata = load_tensors(file)
                    state, iteration = _unflatten(metadata["state"], tensors), metadata["iteration"]
                    # Not there in a checkpoint from before it was stored.
                    held = metadata.get("config", self.config.model_dump())
                    held = validated(TrainConfig, held)
            except DataError as error:
                damaged = damaged or error
                continue
            self._refuse_others(file, held)
            if damaged:
                say(f"{damaged} Used instead is {file.name}, of iteration {iteration}.")
            return state, iteration
        if damaged:
            raise DataError(f"No checkpoint of {self.path} can be read: {damaged}") from damaged
        return None

    def _refuse_others(self, checkpoint: Path, config: TrainConfig) -> None:
        differs = _differences(config.identity, self.config.identity)
        if differs and not (differs == ["iterations"] and config.iterations in self.extended):
            raise DataError(
                f"{checkpoint} is another run's, {config.run_name} (it differs in "
                f"{', '.join(differs)}): move it where it belongs."
            )

    def save_generator(
        self, generator: backbones.Generator, metadata: dict, snapshot: bool = False
    ) -> None:
        """Write a generator's weights under the name that its modality has in a run folder.

        A snapshot goes to ``snapshots/``, by iteration and in half precision.
        """
        tensors = generator.state_dict()
        name = _FILES[generator.modality.name]
        if snapshot:
            tensors = halved(tensors)
            name = f"snapshots/{generator.modality.name}-{metadata['iteration']:07d}.safetensors"
        with writing(self.path):
            save_tensors(self.path / name, tensors, metadata)

    def snapshots(self, modality: str = "rgb") -> list[Path]:
        """Files of the generators as they were at each sample grid, oldest first."""
        return sorted((self.path / "snapshots").glob(f"{modality}-*.safetensors"))

    def save_results(self, scores: dict) -> None:
        """Write ``results.json``: scores of ``evaluate``, seconds of training, versions."""
        more = {"seconds": self.log[-1]["seconds"], "versions": versions()}
        with writing(self.path):
            write_json(self.path / "results.json", scores | more)

    @property
    def finished(self) -> bool:
        """True once the generator has been saved, which is the last thing a run does."""
        return (self.path / "generator.safetensors").is_file()


def _differences(one: dict, other: dict) -> list[str]:
    """Names of the values that two identities do not share."""
    return sorted(key for key in one | other if one.get(key) != other.get(key))


def _untouched(folder: Path) -> bool:
    """Whether nothing is in a folder but what the first moments of a run leave, and litter."""
    return all(
        entry.name in ("samples", "snapshots") and _untouched(entry)
        if entry.is_dir()
        else entry.name in ("config.json", "parser.safetensors") or _PASSING.fullmatch(entry.name)
        for entry in folder.iterdir()
    )


def _set_aside(path: Path, word: str) -> None:
    """Rename a folder, with all that it holds, to ``<folder>-<word>-<number>``."""
    names = (path.with_name(f"{path.name}-{word}-{n}") for n in count(1))
    aside = next(name for name in names if not os.path.lexists(name))
    with writing(path):
        path.rename(aside)
    say(f"What was in {path} is kept in {aside}.")


def _flatten(value: object, name: str, tensors: dict[str, Tensor]) -> object:
    """JSON for nested dicts, lists and numbers; tensors go to ``tensors`` under their path."""
    if isinstance(value, Tensor):
        tensors[name] = value
        return {"tensor": name}
    if isinstance(value, dict):
        # Pairs, because JSON would turn an optimiser's integer keys into strings.
        return {"dict": [[k, _flatten(v, f"{name}/{k}", tensors)] for k, v in value.items()]}
    if isinstance(value, list | tuple):
        return [_flatten(v, f"{name}/{i}", tensors) for i, v in enumerate(value)]
    return value


def _unflatten(value: Any, tensors: dict[str, Tensor]) -> Any:
    if isinstance(value, dict):
        if "tensor" in value:
            return tensors[value["tensor"]]
        return {key: _unflatten(item, tensors) for key, item in value["dict"]}
    if isinstance(value, list):
        return [_unflatten(item, tensors) for item in value]
    return value
