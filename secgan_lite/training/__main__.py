"""``python -m secgan_lite.training --backbone stargan --method secgan …``: no notebook needed.

Takes every field of ``TrainConfig`` by its name; what is not given comes from the preset. On many
GPUs: ``torchrun --nproc-per-node N -m secgan_lite.training …``.
"""

import argparse
import os
import sys
from importlib import import_module
from typing import get_args

from secgan_lite import backbones
from secgan_lite.datasets import FaceData
from secgan_lite.parsing import Parser
from secgan_lite.support.errors import print_on_any_console
from secgan_lite.training import (
    OutOfMemory,
    RunFolder,
    TrainConfig,
    TrainingDiverged,
    TrainingStopped,
    load_inputs,
    train,
)


def _shown(name: str) -> dict:
    """How the help shows a parameter: its values, what it is, its default."""
    field, usual = TrainConfig.model_fields[name], TrainConfig.of()
    if name == "attributes":
        return {"nargs": "+", "metavar": "NAME", "help": f"{field.description} (the paper's 13)"}
    choices = get_args(field.annotation) if name != "backbone" else backbones.available()
    if not all(isinstance(choice, str) for choice in choices):  # a number or None
        choices = ()
    values = "|".join(choices) or _KINDS.get(field.annotation, "X")
    preset = backbones.get(usual.backbone).presets[usual.preset]
    default = "the preset's" if name in preset else getattr(usual, name)
    default = "" if default in ("", None) else f" ({default})"
    return {"metavar": values, "help": f"{field.description}{default}"}


_KINDS = {int: "N", bool: "True|False", str: "PATH"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m secgan_lite.training", description=__doc__)
    for name in TrainConfig.model_fields:
        parser.add_argument(f"--{name.replace('_', '-')}", dest=name, **_shown(name))
    given = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    try:
        config = TrainConfig.of(**given)
        faces, test_faces, parser_network = load_inputs(config)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    main_process = os.environ.get("RANK", "0") == "0"
    if faces.absent and main_process:
        print(f"{faces.absent:,} images of the training split are absent: {len(faces):,} are used")
    try:
        run = train(config, faces, parser_network)
        if main_process:
            print(run.path, flush=True)
            _report(run, test_faces, parser_network)
    except TrainingStopped as stopped:
        print(stopped, file=sys.stderr)
        return 128 + stopped.signal
    except (OutOfMemory, TrainingDiverged, ImportError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _report(run: RunFolder, faces: FaceData, parser: Parser | None) -> None:
    """Scores and ``report.html``, which the course writes where its libraries are installed."""
    try:
        report = import_module("secgan_lite.course.report")
    except ModuleNotFoundError as error:
        print(f"No report: it needs {error.name}, of the course (pip install -e '.[course]').")
    else:
        report.write_report(run, faces, parser)


if __name__ == "__main__":
    print_on_any_console()
    sys.exit(main())
