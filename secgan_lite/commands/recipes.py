"""How parsers and judges are trained, by the network's name; the first is the default."""

from functools import partial

from torch.nn import functional as F

from secgan_lite.judges import classifier, swav
from secgan_lite.parsing.parser import NETWORKS
from secgan_lite.parsing.scores import hard_pixel_loss, quality
from secgan_lite.training.supervised import Recipe, disturbed, zoomed_out

# The U-Net's lowest resolution is 8 px, at any image size.
_SHAPES = {
    "unet": lambda image_size: {"width": 16, "levels": max(3, image_size.bit_length() - 3)},
    "bisenet": lambda image_size: {"classes": 12},
}

_parser = partial(
    Recipe,
    "parser",
    loss=lambda output, y, s: hard_pixel_loss(output, s),
    measure=quality,
    augment=lambda dataset: zoomed_out if dataset == "celeba-hq" else None,
)
PARSERS = {name: _parser(NETWORKS[name], shape) for name, shape in _SHAPES.items()}

JUDGES = {
    "stgan": Recipe(
        "classifier",
        classifier.AttributeClassifier,
        classifier.shape,
        lambda logits, y, s: F.binary_cross_entropy_with_logits(logits, y),
        classifier.quality,
        lambda dataset: disturbed,
    ),
    "swav": Recipe(
        "encoder",
        swav.SwAV,
        lambda image_size: {"width": 16},
        swav.swapped_prediction,
        swav.probe,
        lambda dataset: swav.two_views,
        lambda network: network.encoder,
        batch_size=128,
    ),
}
