"""``python -m secgan_lite.judges train``: train a judge for one image size (§4.4).

``--network stgan`` is the attribute classifier of TARR, ``--network swav`` the encoder of ssFID.
"""

from torch.nn import functional as F

from secgan_lite.judges import classifier, swav
from secgan_lite.support.errors import print_on_any_console
from secgan_lite.training.supervised import Recipe, disturbed, train_command

RECIPES = {
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

if __name__ == "__main__":
    print_on_any_console()
    train_command("judges", RECIPES)
