"""Judges: what evaluates edits and never trains the GAN (§4.4).

    judge = load_classifier("auto", image_size=64)      # TARR
    wanted = judge.of(["Bangs", "Male"])(x) > 0         # by name: a run may have other attributes
    encoder = load_encoder("auto", image_size=64)       # ssFID
    classes = load_classes("auto", judge)               # Inception Score

The bundled ones know drawn faces only. Train one with
``python -m secgan_lite.judges train --image-size 64``; for published ones name a local file.
"""

from secgan_lite.judges.classes import AttributeClasses, InceptionClasses, load_classes
from secgan_lite.judges.classifier import AttributeClassifier, accuracy, load_classifier
from secgan_lite.judges.encoder import Encoder, load_encoder
from secgan_lite.judges.swav import SmallEncoder, SwAV, sinkhorn, swapped_prediction

__all__ = [
    "AttributeClasses",
    "AttributeClassifier",
    "Encoder",
    "InceptionClasses",
    "SmallEncoder",
    "SwAV",
    "accuracy",
    "load_classes",
    "load_classifier",
    "load_encoder",
    "sinkhorn",
    "swapped_prediction",
]
