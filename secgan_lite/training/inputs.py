"""What a run reads: training faces, held-out faces, the parser P."""

from secgan_lite import datasets
from secgan_lite.datasets import FaceData
from secgan_lite.parsing import Parser, load_parser
from secgan_lite.training.config import TrainConfig


def load_inputs(
    config: TrainConfig, held_out: int = 300
) -> tuple[FaceData, FaceData, Parser | None]:
    """(training faces, validation faces, P) for a configuration; P is None where none applies.

    Drawn faces always come with the bundled P, which the lessons also look through; photographs
    only where the method needs one.
    """
    source = {
        "image_size": config.image_size,
        "data_dir": config.data_dir,
        "scheme": config.split,
        "seed": config.seed,
        "correlation": config.correlation,
        "attributes": config.attributes,
    }
    faces = datasets.load(config.dataset, "train", count=config.num_images, **source)
    validation = datasets.load(config.dataset, "val", count=held_out, **source)
    wanted = config.dataset == "synthetic" or config.method != "baseline"
    parser = load_parser(config.parser, config.image_size) if wanted else None
    return faces, validation, parser
