"""What ``secgan-lite train`` does: a run, with its report, and its exit status."""

import os
import sys
from importlib import import_module

from secgan_lite.datasets import FaceData
from secgan_lite.parsing import Parser
from secgan_lite.training.config import TrainConfig
from secgan_lite.training.inputs import load_inputs
from secgan_lite.training.interruptions import OutOfMemory, TrainingStopped
from secgan_lite.training.loop import train
from secgan_lite.training.runs import RunFolder
from secgan_lite.training.trainer import TrainingDiverged


def run(given: dict) -> int:
    """Train what the options say, those of ``TrainConfig``; the exit status."""
    config = TrainConfig.of(**given)
    faces, test_faces, parser = load_inputs(config)
    main_process = os.environ.get("RANK", "0") == "0"
    if faces.absent and main_process:
        print(f"{faces.absent:,} images of the training split are absent: {len(faces):,} are used")
    try:
        folder = train(config, faces, parser)
        if main_process:
            print(folder.path, flush=True)
            _report(folder, test_faces, parser)
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
