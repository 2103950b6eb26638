"""What ``secgan-lite train`` does: a run, with what to expect of it, and its exit status."""

import os
import sys

from secgan_lite.training.config import TrainConfig
from secgan_lite.training.inputs import load_inputs
from secgan_lite.training.interruptions import OutOfMemory, TrainingStopped
from secgan_lite.training.loop import estimate_seconds, train
from secgan_lite.training.trainer import TrainingDiverged


def run(given: dict) -> int:
    """Train what the options say, those of ``TrainConfig``; the exit status."""
    config = TrainConfig.of(**given)
    faces, _, parser_network = load_inputs(config)
    say = print if os.environ.get("RANK", "0") == "0" else lambda *_, **__: None
    if faces.absent:
        say(f"{faces.absent:,} images of the training split are absent: {len(faces):,} are used")
    try:
        minutes = estimate_seconds(config, faces, parser_network) / 60
        say(f"{config.run_name}: about {minutes:.1f} min on this machine", flush=True)
        say(train(config, faces, parser_network).path)
    except TrainingStopped as stopped:
        print(stopped, file=sys.stderr)
        return 128 + stopped.signal
    except (OutOfMemory, TrainingDiverged, ImportError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0
