"""Bundled weights are replaced as one, whatever happens meanwhile.

What a card of the manifest names is always there: new files first wait under names of their own
content, then the manifest is replaced, in one step, and only then do they get their names.
``files.bundled`` looks at both places. So a reader finds the old set until that step and the new
one from there on, also if this process is killed; the next bundling finishes what it left.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock
from torch import Tensor

from secgan_lite.support import files
from secgan_lite.support.files import (
    digests_of,
    manifest,
    save_tensors,
    sha256,
    staging,
    write_bytes,
    write_json,
)


@dataclass(frozen=True)
class Bundle:
    """Weights to bundle.

    Attributes:
        tensors, metadata: of the safetensors file.
        card: what the manifest says of it; its ``command`` repeats the training.
        results: all scores of an editor, for a JSON file beside the weights.
    """

    tensors: dict[str, Tensor]
    metadata: dict
    card: dict
    results: dict | None = None


def store(bundles: dict[str, Bundle]) -> list[Path]:
    """Put weights that belong together into ``data/weights``, by name; their paths."""
    folder = files.WEIGHTS
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f".{folder.name}.lock")), TemporaryDirectory() as made:
        _settle()
        cards = manifest()
        for name, bundle in bundles.items():
            weights, results = (Path(made) / f"{name}{end}" for end in (".safetensors", ".json"))
            save_tensors(weights, bundle.tensors, bundle.metadata)
            card = {"sha256": sha256(weights), **bundle.card}
            if bundle.results is not None:
                write_json(results, bundle.results)
                card["results_sha256"] = sha256(results)
            cards[weights.name] = card
            for suffix, digest in digests_of(card).items():
                content = weights.with_suffix(suffix).read_bytes()
                write_bytes(staging(f"{name}{suffix}", digest), content)
        write_json(folder / "manifest.json", dict(sorted(cards.items())))
        _settle()
    return [folder / f"{name}.safetensors" for name in bundles]


def _settle() -> None:
    """Give staged files that the manifest names their names; remove what a kill has left over."""
    for file, card in manifest().items():
        for suffix, digest in digests_of(card).items():
            path = (files.WEIGHTS / file).with_suffix(suffix)
            if (staged := staging(path.name, digest)).is_file():
                os.replace(staged, path)
    for ours in (".staged-*", "..staged-*", ".manifest.json.*"):
        for rest in files.WEIGHTS.glob(ours):
            rest.unlink()
