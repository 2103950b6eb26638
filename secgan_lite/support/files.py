"""Files that are whole or absent, and the weights bundled with the course.

Every writer here goes through a temporary file and a rename, so a killed process never leaves half
a file. Ours are safetensors and JSON only; a file's metadata travels inside the safetensors header,
with a checksum of the whole file.
"""

import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import zip_longest
from pathlib import Path

import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from secgan_lite import __version__
from secgan_lite.support.errors import DataError, unknown_choice

REPOSITORY = Path(__file__).resolve().parents[2]
# A wheel carries weights, recorded runs and results inside the package.
_INSIDE = REPOSITORY / "secgan_lite" / "data"
DATA = _INSIDE if _INSIDE.is_dir() else REPOSITORY / "data"
WEIGHTS = DATA / "weights"
_RESTORE = "restore it with git checkout, or from the course's archive"


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; rename it into place if the block succeeds."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers(path.parent, re.escape(path.name), older=3600)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}{path.suffix}")
    temporary.open("xb").close()  # with the permissions that the user's umask leaves
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def remove_leftovers(folder: Path, names: str, older: float = 0.0) -> None:
    """Remove temporary files of ``replaced`` whose writers were killed, and no others.

    Args:
        names: regular expression for the names of the files that they were to become.
        older: seconds since they were last written to; a young one may have a living writer.
    """
    ours = re.compile(rf"\.({names})\.[a-z0-9_]{{8}}(\.\w+)?")
    for file in folder.iterdir():
        if ours.fullmatch(file.name):
            with suppress(FileNotFoundError):  # another process may tidy up as well
                if time.time() - file.stat().st_mtime >= older:
                    file.unlink()


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


@contextmanager
def readable(path: Path | str, what: str) -> Iterator[None]:
    """Inside, the content of ``path`` is read and made use of; whatever fails is one sentence.

    Args:
        what: the content in words, for the message.

    Raises:
        DataError: it is damaged, or something else. Errors of the file system, and too little
            memory, stay what they are.
    """
    try:
        yield
    except (OSError, MemoryError, torch.OutOfMemoryError, DataError):
        raise
    except Exception as error:  # a damaged file can make the code that reads it fail in any way
        absent = isinstance(error, KeyError)
        reason = f"{error} is missing" if absent else " ".join(str(error).split())[:300]
        raise DataError(
            f"{path} is damaged, or no {what} of secgan-lite: {reason or type(error).__name__}. "
            "Put a whole copy in its place, or name another."
        ) from error


def save_tensors(path: Path, tensors: dict[str, Tensor], metadata: dict) -> None:
    """Write a safetensors file with JSON metadata in its header, whole or not at all."""
    contiguous = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    content = save(contiguous, {"secgan_lite": json.dumps({"checksum": _NO_SUM} | metadata)})
    checksum = hashlib.sha256(content).hexdigest()
    write_bytes(path, content.replace(_NO_SUM.encode(), checksum.encode(), 1))


_NO_SUM = "0" * 64  # stands in the header while the checksum of the file is computed


def halved(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same tensors with floating-point numbers in half precision, for files."""
    return {n: t.half() if t.is_floating_point() else t for n, t in tensors.items()}


def load_tensors(path: Path) -> tuple[dict[str, Tensor], dict]:
    """Read what ``save_tensors`` wrote: (tensors, metadata).

    The file is read, not mapped: a mapped one can't be removed from a network folder while its
    tensors live, and some file systems map none.

    Raises:
        FileNotFoundError: nothing is there.
        DataError: the file is no safetensors file, is cut short, or has changed since.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"No weights at {path}.")
    with readable(path, "weights file"):
        content = path.read_bytes()
        start = 8 + int.from_bytes(content[:8], "little")
        header = json.loads(content[8:start])
        metadata = json.loads(header.get("__metadata__", {}).get("secgan_lite", "{}"))
        if not isinstance(metadata, dict):
            raise TypeError(f"its metadata is {metadata!r}")
        if checksum := metadata.pop("checksum", ""):  # a file from before there was one has none
            unsigned = content[:start].replace(checksum.encode(), _NO_SUM.encode(), 1)
            found = hashlib.sha256(unsigned)
            found.update(memoryview(content)[start:])
            if found.hexdigest() != checksum:
                raise ValueError("it is not what was written, by its checksum")
        return load(content), metadata


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
    except OSError:
        raise
    except Exception:  # without PyTorch's own words, which advise to run the code in the file
        raise DataError(
            f"{path} is no file of tensors; anything else in it could run code and is not read. "
            "Look whether the download is complete."
        ) from None
    for key in ("state_dict", "G", "model"):
        state = state.get(key, state) if isinstance(state, dict) else state
    if not isinstance(state, dict) or not all(isinstance(t, Tensor) for t in state.values()):
        raise DataError(f"{path} holds no dictionary of tensors.")
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
    return {"secgan-lite": __version__, "torch": torch.__version__.split("+")[0]}


def manifest() -> dict[str, dict]:
    """Cards of the bundled weights by file name: sha256, command, seed, data, measured quality.

    Raises:
        DataError: it is damaged.
    """
    path = WEIGHTS / "manifest.json"
    if not path.is_file():
        return {}
    try:
        cards = json.loads(path.read_text(encoding="utf-8"))
        faulty = [name for name, card in cards.items() if not isinstance(card.get("sha256"), str)]
    except (ValueError, AttributeError) as error:
        raise DataError(f"{path} is damaged ({error}): {_RESTORE}.") from error
    if faulty:
        raise DataError(f"{path} has no sha256 of {faulty[0]}: {_RESTORE}.")
    return cards


def bundled(name: str, suffix: str = ".safetensors") -> Path:
    """Path of bundled weights, for example ``bundled("parser-32")``, checked against the manifest.

    Args:
        suffix: ".json" for an editor's results in place of its weights.

    Raises:
        ValueError: the name is not bundled; the nearest is named.
        DataError: the file is not there, or was altered.
    """
    cards = manifest()
    if f"{name}.safetensors" not in cards:
        raise unknown_choice("weights", name, [Path(card).stem for card in cards])
    digests = digests_of(cards[f"{name}.safetensors"])
    if suffix not in digests:
        raise unknown_choice("suffix", suffix, digests)
    path, staged = WEIGHTS / f"{name}{suffix}", staging(f"{name}{suffix}", digests[suffix])
    for place in (path, staged, path):  # while it is being replaced, it moves from there to here
        if place.is_file() and sha256(place) == digests[suffix]:
            return place
    fault = "differs from its manifest entry" if path.is_file() else "is not there"
    raise DataError(f"{path} {fault}: {_RESTORE}.")


def digests_of(card: dict) -> dict[str, str]:
    """SHA-256 by suffix of the files of a card: the weights, and the results of an editor."""
    digests = {".safetensors": card["sha256"], ".json": card.get("results_sha256")}
    return {suffix: digest for suffix, digest in digests.items() if digest}


def staging(file: str, digest: str) -> Path:
    """Where new content of a bundled file waits until the manifest names it."""
    return WEIGHTS / f".staged-{digest}-{file}"
