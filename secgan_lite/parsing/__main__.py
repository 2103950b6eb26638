"""``python -m secgan_lite.parsing train``: train a parser for one image size (paper, §3)."""

from functools import partial

from secgan_lite.parsing.parser import NETWORKS
from secgan_lite.parsing.scores import hard_pixel_loss, quality
from secgan_lite.support.errors import print_on_any_console
from secgan_lite.training.supervised import Recipe, train_command, zoomed_out

# The U-Net's lowest resolution is 8 px, at any image size.
SHAPES = {
    "unet": lambda image_size: {"width": 16, "levels": max(3, image_size.bit_length() - 3)},
    "bisenet": lambda image_size: {"classes": 12},
}

_recipe = partial(
    Recipe,
    "parser",
    loss=lambda output, y, s: hard_pixel_loss(output, s),
    measure=quality,
    augment=lambda dataset: zoomed_out if dataset == "celeba-hq" else None,
)
RECIPES = {name: _recipe(NETWORKS[name], shape) for name, shape in SHAPES.items()}

if __name__ == "__main__":
    print_on_any_console()
    train_command("parsing", RECIPES)
