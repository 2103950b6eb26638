"""Files that are whole or absent, and the weights bundled with the course.

Every writer here goes through a temporary file and a rename, so a killed process never leaves half
a file. Ours are safetensors and JSON only; a file's metadata travels inside the safetensors header.
"""

import hashlib
import json
import os
import pickle
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from tempfile import NamedTemporaryFile

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from secgan_lite.errors import unknown_choice

REPOSITORY = Path(__file__).resolve().parent.parent
WEIGHTS = REPOSITORY / "data" / "weights"


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; rename it into place if the block succeeds."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(
        dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix, delete=False
    ) as file:
        temporary = Path(file.name)
    try:
        yield temporary
        temporary.chmod(0o644)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file or nothing, and make sure that it has reached the disk."""
    with replaced(path) as temporary, temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_json(path: Path, content: object) -> None:
    """Write JSON, whole or not at all."""
    write_bytes(path, (json.dumps(content, indent=2) + "\n").encode())


def rounded(value: object) -> object:
    """Nested numbers with four significant digits, to keep files small."""
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def save_tensors(path: Path, tensors: dict[str, Tensor], metadata: dict) -> None:
    """Write a safetensors file with JSON metadata in its header, whole or not at all."""
    contiguous = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    write_bytes(path, save(contiguous, {"secgan_lite": json.dumps(metadata)}))


def halved(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same tensors with floating-point numbers in half precision, for files."""
    return {n: t.half() if t.is_floating_point() else t for n, t in tensors.items()}


def load_tensors(path: Path) -> tuple[dict[str, Tensor], dict]:
    """Read what ``save_tensors`` wrote: (tensors, metadata).

    Raises:
        FileNotFoundError: nothing is there.
        ValueError: the file is no safetensors file, or is cut short.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"No weights at {path}.")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = json.loads((file.metadata() or {}).get("secgan_lite", "{}"))
            names = file.keys()
            return {name: file.get_tensor(name) for name in names}, metadata
    except SafetensorError as error:
        raise ValueError(f"{path} is not a complete safetensors file ({error}).") from error


def published_tensors(path: Path) -> dict[str, Tensor]:
    """Tensors of a published file by name; the pickle is read as tensors only.

    Raises:
        FileNotFoundError: no such file.
        ValueError: not a dictionary of tensors.
    """
    if not path.is_file():
        raise FileNotFoundError(f"No weights at {path}.")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (
        pickle.UnpicklingError, RuntimeError, EOFError, ValueError, LookupError, TypeError,
        AttributeError, AssertionError, OverflowError, MemoryError, struct.error,
    ):  # fmt: skip
        # Without torch's own words, which advise to run whatever code the file holds.
        raise ValueError(
            f"{path} is no file of tensors, or damaged, or holds other Python objects too, which "
            "are not read because they can run any code. Fetch it again from where it is published."
        ) from None
    for key in ("state_dict", "G", "model"):
        state = state.get(key, state) if isinstance(state, dict) else state
    if not isinstance(state, dict) or not all(isinstance(t, Tensor) for t in state.values()):
        raise ValueError(f"{path} holds no dictionary of tensors.")
    return state


def load_published(path: Path, network: nn.Module, what: str) -> None:
    """Fill ``network`` with published weights: the same layers in the same order, other names.

    Statistics of instance norms, which are not used here, are left out.

    Args:
        what: the network in words, for the message.

    Raises:
        FileNotFoundError, ValueError: ``published_tensors``; or weights for another network, whose
            first difference is named.
    """
    own, state = network.state_dict(), published_tensors(path)
    if not any("running_mean" in name for name in own):
        state = {k: t for k, t in state.items() if "running_" not in k and "num_batches" not in k}
    for (name, tensor), (theirs, given) in zip_longest(
        own.items(), state.items(), fillvalue=("nothing", torch.empty(0))
    ):
        if tensor.shape != given.shape:
            raise ValueError(
                f"{path} does not fit {what}: {theirs} has shape {tuple(given.shape)} where "
                f"{name} wants {tuple(tensor.shape)}. Check attributes, image size and depth."
            )
    network.load_state_dict(dict(zip(own, state.values(), strict=True)))


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def versions() -> dict[str, str]:
    """Versions that a result depends on, of the project and of PyTorch."""
    return {name: version(name) for name in ("secgan-lite", "torch")}


def manifest() -> dict[str, dict]:
    """Cards of the bundled weights by file name: sha256, command, seed, data, measured quality."""
    path = WEIGHTS / "manifest.json"
    return json.loads(path.read_text()) if path.is_file() else {}


def bundle(name: str, tensors: dict[str, Tensor], metadata: dict, card: dict) -> Path:
    """Add weights to ``data/weights`` with a card for the manifest. The repository's own use."""
    path = WEIGHTS / f"{name}.safetensors"
    save_tensors(path, tensors, metadata)
    cards = manifest() | {path.name: {"sha256": sha256(path), **card}}
    write_json(WEIGHTS / "manifest.json", dict(sorted(cards.items())))
    return path


def bundled(name: str) -> Path:
    """Path of bundled weights, for example ``bundled("parser-32")``, checked against the manifest.

    Raises:
        ValueError: the name is not bundled (the nearest is named), or the file was altered.
    """
    cards = manifest()
    path = WEIGHTS / f"{name}.safetensors"
    if path.name not in cards:
        raise unknown_choice("weights", name, [Path(card).stem for card in cards])
    if sha256(path) != cards[path.name]["sha256"]:
        raise ValueError(f"{path} differs from its manifest entry: restore it with git checkout.")
    return path
