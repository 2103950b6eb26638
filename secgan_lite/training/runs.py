"""The run folder: configuration, log, generators, checkpoints, snapshots, grids of one run.

Every file is whole or absent. A checkpoint is one safetensors file: tensors as such, the rest as
JSON in its header, so that both always belong together; the one before it is kept as well.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import torch
from filelock import FileLock, Timeout
from torch import Tensor

from secgan_lite import backbones
from secgan_lite.backbones import RGB, SEMANTIC
from secgan_lite.files import (
    REPOSITORY,
    halved,
    load_published,
    load_tensors,
    save_tensors,
    versions,
    write_bytes,
    write_json,
)
from secgan_lite.training.config import TrainConfig

_CHECKPOINTS = ("checkpoint.safetensors", "checkpoint-previous.safetensors")
_FILES = {"generator.safetensors": RGB, "generator_seg.safetensors": SEMANTIC}


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
def alone(path: Path) -> Iterator[None]:
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
        self.path = Path(path)
        if not (self.path / "config.json").is_file():
            raise FileNotFoundError(f"No run at {self.path}: it holds no config.json.")

    @staticmethod
    def place(config: TrainConfig) -> Path:
        """Where the run of this configuration is, or will be."""
        return Path(config.output_dir or REPOSITORY / "runs" / config.run_name)

    @classmethod
    def open(cls, config: TrainConfig) -> "RunFolder":
        """The folder for this configuration: a new one, or the same run's to resume or repeat.

        An unfinished run that is not resumed moves to ``<folder>-interrupted-<number>``.

        Raises:
            FileExistsError: the folder holds another run, or files that are no run's.
            RunFolderError: it can't be written.
        """
        path = cls.place(config)
        if path.is_dir() and any(path.iterdir()):
            if not (path / "config.json").is_file():
                raise FileExistsError(
                    f"output_dir={str(path)!r} holds files that are no run's: name an empty folder."
                )
            held = cls(path).config.identity  # with today's defaults for what it didn't know
            if held != config.identity:
                differs = sorted(
                    key
                    for key in held | config.identity
                    if held.get(key) != config.identity.get(key)
                )
                raise FileExistsError(
                    f"output_dir={str(path)!r} holds another run (it differs in "
                    f"{', '.join(differs)}): name another folder."
                )
            if not config.resume:
                _put_aside(path)
        with writing(path):
            (path / "samples").mkdir(parents=True, exist_ok=True)
            for half in path.glob(".*.*.*"):  # left by a process that was killed while it wrote
                half.unlink()
            write_json(path / "config.json", config.identity)
        return cls(path)

    @property
    def config(self) -> TrainConfig:
        """The configuration of the run in this folder."""
        return TrainConfig(**json.loads((self.path / "config.json").read_text()))

    @property
    def log(self) -> list[dict]:
        """The logged records, oldest first; a line cut short by a crash is left out."""
        file = self.path / "log.jsonl"
        lines = file.read_text().split("\n")[:-1] if file.is_file() else []
        return [json.loads(line) for line in lines]

    def append(self, record: dict) -> None:
        """Add one record to ``log.jsonl``."""
        with writing(self.path), (self.path / "log.jsonl").open("a") as file:
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
        skeleton = _flatten(state, "", tensors)
        newest, previous = (self.path / name for name in _CHECKPOINTS)
        pending = self.path / "checkpoint-new.safetensors"
        with writing(self.path):
            save_tensors(pending, tensors, {"iteration": iteration, "state": skeleton})
            if newest.is_file():
                newest.replace(previous)
            pending.replace(newest)
            write_json(self.path / "checkpoint.json", {"iteration": iteration, "file": newest.name})

    def load_checkpoint(self) -> tuple[dict, int] | None:
        """(state, iteration) of the newest complete checkpoint, or None if there is none.

        Raises:
            ValueError: there are checkpoints, and all of them are damaged.
        """
        damage = None
        for file in (self.path / name for name in _CHECKPOINTS):
            try:
                tensors, metadata = load_tensors(file)
                return _unflatten(metadata["state"], tensors), metadata["iteration"]
            except FileNotFoundError:
                continue
            except ValueError as error:
                damage = error  # the one before it is whole
        if damage:
            raise ValueError(f"No checkpoint of {self.path} can be read: {damage}") from damage
        return None

    def save_generator(
        self, generator: backbones.Generator, metadata: dict, snapshot: bool = False
    ) -> None:
        """Write a generator's weights under the name that its modality has in a run folder.

        A snapshot goes to ``snapshots/``, by iteration and in half precision.
        """
        tensors = generator.state_dict()
        name = next(file for file, modality in _FILES.items() if modality == generator.modality)
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


def load_generator(path: Path | str) -> tuple[backbones.Generator, dict]:
    """A trained generator in evaluation mode and its metadata, from a run folder or a file.

    Raises:
        FileNotFoundError, ValueError: no such file, or not one of ours.
    """
    path = Path(path)
    tensors, metadata = load_tensors(path / "generator.safetensors" if path.is_dir() else path)
    if metadata.get("kind") != "generator":
        raise ValueError(f"{path} holds no generator of secgan-lite.")
    config = TrainConfig(**metadata["config"])
    modality = SEMANTIC if metadata["modality"] == "semantic" else RGB
    size = config.size
    condition = SEMANTIC.channels if config.method == "concat" else 0
    with torch.device("meta"):
        generator = backbones.get(config.backbone).generator(
            modality, size.n_attributes, size.image_size, size.width, size.depth, condition
        )
    tensors = {name: tensor.float() for name, tensor in tensors.items()}
    generator.load_state_dict(tensors, assign=True)
    return generator.eval().requires_grad_(False), metadata


def load_published_weights(
    path: Path | str, backbone: str, n_attributes: int = 13, image_size: int = 128
) -> backbones.Generator:
    """G_rgb from a file of the public code of StarGAN, AttGAN or STGAN, in evaluation mode.

    The layers are ours, their names are not, and nor is what the label input means: the generator's
    ``conditioning`` says it, and ``evaluation.generator_editor`` obeys.

    "stargan" takes weights of yunjey/stargan; "attgan" those of elvisyjlin/AttGAN-PyTorch with one
    shortcut and one injection, as its README trains them; "stgan" those of a PyTorch generator with
    the four transfer units of csmliu/STGAN, whose own files are TensorFlow's. A public STGAN for
    PyTorch with three units and other gates does not fit.

    Args:
        path: a .pth or .ckpt file, read as tensors only.
        n_attributes: of those weights, in the order in which they were trained.

    Raises:
        FileNotFoundError, ValueError: no such file, or for other attributes, sizes or options.
    """
    generator = backbones.get(backbone).generator(RGB, n_attributes, image_size)
    what = f"{backbone} with {n_attributes} attributes"
    load_published(Path(path), generator, what)
    generator.conditioning = _PUBLISHED_CONDITIONING.get(backbone, "difference")
    return generator.eval().requires_grad_(False)


_PUBLISHED_CONDITIONING = {"stargan": "target", "attgan": "centred target"}


def _put_aside(path: Path) -> None:
    """Keep an unfinished run under a name of its own; clear a finished one, to be repeated."""
    started = any((path / name).is_file() for name in _CHECKPOINTS)
    if RunFolder(path).finished or not started:
        shutil.rmtree(path)
    else:
        names = (path.with_name(f"{path.name}-interrupted-{n}") for n in count(1))
        path.rename(next(name for name in names if not name.exists()))


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


def _unflatten(value: object, tensors: dict[str, Tensor]) -> object:
    if isinstance(value, dict):
        if "tensor" in value:
            return tensors[value["tensor"]]
        return {key: _unflatten(item, tensors) for key, item in value["dict"]}
    if isinstance(value, list):
        return [_unflatten(item, tensors) for item in value]
    return value
