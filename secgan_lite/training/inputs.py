"""What a run reads: training faces, test faces, the parser P, of which it keeps a copy."""

from pathlib import Path
from typing import Any

from secgan_lite import datasets
from secgan_lite.datasets import FaceData
from secgan_lite.parsing import Parser, load_parser
from secgan_lite.support.weights import at_hand
from secgan_lite.training.config import TrainConfig
from secgan_lite.training.runs import RunFolder


def load_inputs(
    config: TrainConfig, test_faces: int = 300
) -> tuple[FaceData, FaceData, Parser | None]:
    """(training faces, test faces, P) for a configuration; P is None if neither needed nor there.

    There are at most as many test faces as training faces: a trial is scored quickly too.

    Raises:
        ValueError: the method needs a parser and there is none; see also ``datasets.load``.
    """
    alike = ("image_size", "data_dir", "seed", "correlation", "relations", "attributes")
    source: dict[str, Any] = {name: getattr(config, name) for name in alike}
    source["scheme"] = config.split
    parser = own_parser(RunFolder.place(config), config) if config.resume else None
    if parser is None and (config.method != "baseline" or at_hand("parser", config)):
        parser = load_parser(config.parser, config.image_size)
    faces = datasets.load(config.dataset, "train", count=config.num_images, **source)
    test = datasets.load(config.dataset, "test", count=min(test_faces, len(faces)), **source)
    return faces, test, parser


def keep_parser(folder: Path, parser: Parser) -> None:
    """Store P in a run's folder, so that the run goes on and opens wherever it is."""
    if not (folder / _PARSER).is_file():
        parser.save(folder / _PARSER)


def own_parser(folder: Path, config: TrainConfig) -> Parser | None:
    """The copy of P that a run keeps in its folder, or None."""
    kept = folder / _PARSER
    return load_parser(kept, config.image_size) if kept.is_file() else None


def parser_of(folder: Path, config: TrainConfig) -> Parser | None:
    """P of a run: its own copy.

    What keeps none, an older run or a bundled editor, has the P that its configuration names; that
    is None where none is bundled for its faces, or the file is no longer there.
    """
    if (kept := own_parser(folder, config)) or not at_hand("parser", config):
        return kept
    try:
        return load_parser(config.parser, config.image_size)
    except FileNotFoundError:
        return None


_PARSER = "parser.safetensors"
