"""Training runs: configuration and presets, Algorithm 1, the run folder."""

from secgan_lite.training.config import DATASETS, TrainConfig, learning_rate
from secgan_lite.training.inputs import load_inputs, parser_of
from secgan_lite.training.interruptions import OutOfMemory, TrainingStopped
from secgan_lite.training.loop import Observer, flips_now, train
from secgan_lite.training.progress import tell
from secgan_lite.training.runs import RunFolder, RunFolderError
from secgan_lite.training.trainer import Trainer, TrainingDiverged, parse_all

__all__ = [
    "DATASETS",
    "Observer",
    "OutOfMemory",
    "RunFolder",
    "RunFolderError",
    "TrainConfig",
    "Trainer",
    "TrainingDiverged",
    "TrainingStopped",
    "flips_now",
    "learning_rate",
    "load_inputs",
    "parse_all",
    "parser_of",
    "tell",
    "train",
]
