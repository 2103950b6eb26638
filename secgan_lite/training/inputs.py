"""What a run reads: training faces, held-out faces, the parser P, and the judge of its edits."""

from secgan_lite import datasets
from secgan_lite.datasets import FaceData
from secgan_lite.judges import AttributeClassifier, load_classifier
from secgan_lite.parsing import Parser, load_parser
from secgan_lite.supervised import bundled_sizes
from secgan_lite.training.config import TrainConfig


def load_inputs(
    config: TrainConfig, held_out: int = 300
) -> tuple[FaceData, FaceData, Parser | None, AttributeClassifier | None]:
    """(training faces, test faces, P, judge) for a configuration.

    P is None where the method needs none and none is at hand: named by a file or, for drawn faces,
    bundled for the size. The judge is None where none is at hand.

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
    faces = datasets.load(config.dataset, "train", count=config.num_images, **source)
    test = datasets.load(config.dataset, "test", count=held_out, **source)

    def at_hand(kind: str, source: str) -> bool:
        return source != "auto" or (
            config.dataset == "synthetic" and config.image_size in bundled_sizes(kind)
        )

    parser, judge = None, None
    if config.method != "baseline" or at_hand("parser", config.parser):
        parser = load_parser(config.parser, config.image_size)
    if at_hand("classifier", config.classifier):
        judge = load_classifier(config.classifier, config.image_size)
    return faces, test, parser, judge
