"""``python -m secgan_lite.parsing train``: train a parser for one image size (paper, §3)."""

from secgan_lite.parsing.parser import NETWORKS, build
from secgan_lite.parsing.scores import hard_pixel_loss, quality
from secgan_lite.supervised import train_command


def shape(network: str, image_size: int) -> dict:
    """Arguments of the network: the U-Net's lowest resolution is 8 px, at any image size."""
    if network == "bisenet":
        return {"classes": 12}
    return {"width": 16, "levels": max(3, image_size.bit_length() - 3)}


if __name__ == "__main__":
    train_command(
        "parser",
        build,
        shape,
        lambda output, y, s: hard_pixel_loss(output, s),
        quality,
        networks=list(NETWORKS),
        zoom=0.2,
    )
