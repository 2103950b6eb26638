"""What a run reads: training faces, test faces, the parser P."""

from secgan_lite import datasets
from secgan_lite.datasets import FaceData
from secgan_lite.parsing import Parser, load_parser
from secgan_lite.supervised import at_hand
from secgan_lite.training.config import TrainConfig


def load_inputs(
    config: TrainConfig, test_faces: int = 300
) -> tuple[FaceData, FaceData, Parser | None]:
    """(training faces, test faces, P) for a configuration; P is None if neither needed nor there.

    Raises:
        ValueError: the method needs a parser and there is none; see also ``datasets.load``.
    """
    source = {
        "image_size": config.image_size,
        "data_dir": config.data_dir,
        "scheme": config.split,
        "seed": config.seed,
        "correlation": config.correlation,
        "attributes": config.attributes,
    }
    parser = None
    if config.method != "baseline" or at_hand("parser", config):
        parser = load_parser(config.parser, config.image_size)
    faces = datasets.load(config.dataset, "train", count=config.num_images, **source)
    test = datasets.load(config.dataset, "test", count=test_faces, **source)
    return faces, test, parser
