"""``TrainConfig``: every choice of a training run, with the presets and the run's identity."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any, Self, get_args

import torch
from pydantic import Field, ValidationInfo, field_validator

from secgan_lite import backbones
from secgan_lite.attributes import COLUMNS, NAMES, index_of
from secgan_lite.backbones import Size
from secgan_lite.modalities import RGB
from secgan_lite.options import TrainOptions, is_preset, validated
from secgan_lite.secgan import Weights
from secgan_lite.support.choices import Dataset
from secgan_lite.support.devices import pick_device
from secgan_lite.support.errors import unknown_choice
from secgan_lite.support.places import to_read, to_write
from secgan_lite.support.weights import fingerprint

DATASETS = get_args(Dataset)
_WHERE_NOT_WHAT = {
    "channels_last",
    "compile",
    "device",
    "output_dir",
    "repeat",
    "resume",
    "data_dir",
    "log_every",
    "tensorboard",
}
_HASHED = "sha256:"
# Choices that older runs did not have: as it was, they are not in a run's name.
_LATER = {"blend": False, "teacher": "G_seg", "relations": "gender"}


class TrainConfig(TrainOptions):
    """One run. Build it with ``TrainConfig.of(...)``, which fills in the preset's values.

    ``iterations`` counts critic steps, the t of Algorithm 1. A backbone's preset sets what its
    publication says; what no preset names has its default here.
    """

    attributes: tuple[str, ...] = Field(
        NAMES, description=TrainOptions.model_fields["attributes"].description
    )

    @field_validator("backbone")
    @classmethod
    def _known_backbone(cls, name: str) -> str:
        return backbones.get(name).name

    @field_validator("attributes")
    @classmethod
    def _known_attributes(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        drawn = info.data.get("dataset") == "synthetic"
        for name in names:
            index_of(name, NAMES if drawn else COLUMNS)
        if not names or len(set(names)) != len(names):
            raise ValueError("attributes must be one or more different names")
        return names

    @classmethod
    def of(cls, *, preset: str = "lite", backbone: str = "stargan", **given: object) -> Self:
        """A configuration from a preset and overrides; ``""`` and ``-1`` mean the preset's.

        Raises:
            ValueError: an unknown name, a wrong type or an impossible value; the message has a line
                for each, with the nearest valid choice.
        """
        presets = backbones.get(backbone).presets
        if preset not in list(presets):
            raise unknown_choice("preset", preset, presets)
        chosen = {name: value for name, value in given.items() if not is_preset(value)}
        config = validated(
            cls, {**presets[preset], **chosen, "preset": preset, "backbone": backbone}
        )
        # Not validators: a finished run, read back, needs neither its faces nor its device.
        config._require_networks()
        config._require_faces()
        pick_device(config.device)
        to_write(config.output_dir, "output_dir")
        return config

    def _require_networks(self) -> None:
        kind = backbones.get(self.backbone)
        networks = {"depth": kind.generator, "discriminator_depth": kind.discriminator}
        for name, network in networks.items():
            depth, build = getattr(self, name), partial(self._build, network, name)
            if fault := _misfit(build, depth):
                fitting = [d for d in _DEPTHS if not _misfit(build, d)]
                if depth not in _DEPTHS:
                    fault = f"{name}={depth} does not fit {self.image_size} px."
                if fitting:
                    fault += f" At {self.image_size} px {name} can be {fitting[0]}"
                    fault += f" to {fitting[-1]}." if fitting[1:] else "."
                raise ValueError(fault)

    def _build(self, network: Callable, name: str, depth: int) -> None:
        changed: dict[str, Any] = {name: depth}
        network(RGB, replace(self.size, **changed))

    def _require_faces(self) -> None:
        if self.batch_size == 1:
            raise ValueError(
                "batch_size=1: the targets of a batch are its own labels in another order, so that "
                "one face would always be its own target and no edit be learnt. Take 2 or more."
            )
        if 0 < self.num_images < self.batch_size:
            raise ValueError(
                f"num_images={self.num_images} is less than batch_size={self.batch_size}: take "
                "more faces, or 0 for all there are."
            )
        if self.teacher == "truth" and (self.dataset, self.method) != ("synthetic", "secgan"):
            raise ValueError(
                f"teacher='truth' with dataset={self.dataset!r} and method={self.method!r}: only "
                "drawn faces have true masks, and only 'secgan' learns from masks."
            )
        if self.dataset != "synthetic" and not self.data_dir:
            raise ValueError(
                f"data_dir is empty: dataset={self.dataset!r} needs -p data_dir FOLDER "
                "(data/README.md says what belongs there)"
            )
        if self.dataset != "synthetic" and self.method != "baseline" and self.parser == "auto":
            raise ValueError(
                f"parser='auto' knows drawn faces only, and method={self.method!r} on "
                f"{self.dataset} needs a P for photographs. Three ways: train one on CelebAMask-HQ "
                f"(python -m secgan_lite.parsing train --dataset celeba-hq --image-size "
                f"{self.image_size} --data-dir FOLDER --output FILE, then -p parser FILE); "
                "-p parser FILE with published 19-class weights; or -p method baseline"
            )

    @property
    def size(self) -> Size:
        return Size(
            len(self.attributes),
            self.image_size,
            self.width,
            self.depth,
            self.discriminator_width,
            self.discriminator_depth,
            self.blend,
        )

    @property
    def weights(self) -> dict[str, Weights]:
        """Loss weights of each branch; the paper has one λ_rec and one λ_sc for both."""
        shared = {name: getattr(self, name) for name in _SHARED}
        shared["lambda_gp"] *= self.gp_every
        rec = self.lambda_rec if self.lambda_rec_seg is None else self.lambda_rec_seg
        sc = self.lambda_sc if self.lambda_sc_seg is None else self.lambda_sc_seg
        own = {"rgb": (self.lambda_rec, self.lambda_sc), "semantic": (rec, sc)}
        return {
            name: Weights(lambda_rec=rec, lambda_sc=sc, **shared) for name, (rec, sc) in own.items()
        }

    @property
    def identity(self) -> dict:
        """What decides the result: the configuration without where it runs.

        Networks of one's own are there by what they are, not by where they lie.
        """
        said = self.model_dump(mode="json", exclude=_WHERE_NOT_WHAT)
        return said | {name: _by_content(said[name]) for name in ("parser", "classifier")}

    @property
    def changes(self) -> dict:
        """The part of ``identity`` that the preset does not say."""
        preset = type(self).of(preset=self.preset, backbone=self.backbone).identity
        return {name: value for name, value in self.identity.items() if value != preset[name]}

    @property
    def run_name(self) -> str:
        """``<dataset>-<size>-<backbone>-<method>-s<seed>-<8 hex of the configuration>``."""
        said = {n: v for n, v in self.identity.items() if n not in _LATER or v != _LATER[n]}
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
        parts = (self.dataset, self.image_size, self.backbone, self.method, f"s{self.seed}")
        return "-".join(map(str, (*parts, digest[:8])))


_SHARED = ("lambda_cls_d", "lambda_cls_g", "lambda_gp", "cls_reduction", "sc_reduction")


# More halvings leave nothing of 512 px.
_DEPTHS = range(1, 10)


def _misfit(build: Callable[[int], object], depth: int) -> str:
    """Why a network of this depth can't be built, "" if it can; it is without memory here."""
    try:
        with torch.device("meta"):
            build(depth)
    except ValueError as error:
        return str(error)
    return ""


def _by_content(source: str) -> str:
    """What the identity says of a weights file: its hash; "auto" stays what it is."""
    if source == "auto" or source.startswith(_HASHED):
        return source
    try:
        file = to_read(source)
        return _HASHED + _hash_of(file, file.stat().st_size, file.stat().st_mtime_ns)
    except FileNotFoundError:  # of an older run, which says where it was
        return source


@cache
def _hash_of(file: Path, size: int, changed: int) -> str:
    """Hash of a weights file, read again only when its size or time of change is another."""
    return fingerprint(file)


def learning_rate(config: TrainConfig, iteration: int) -> float:
    """Learning rate of both networks at iteration t, from 1 to ``config.iterations`` (§4.3).

    ``linear`` and ``exponential`` are the paper's for StarGAN and AttGAN: constant for the first
    half, then down to 0, or to 1 % by equal factors. ``constant`` is what StarGAN's code does,
    ``step`` (a tenth from the half on) what AttGAN's does.
    """
    late = max(0.0, 2 * (iteration - 1) / config.iterations - 1)
    factor = {
        "constant": 1.0,
        "linear": 1 - late,
        "exponential": 0.01**late,
        "step": 0.1 if 2 * (iteration - 1) >= config.iterations else 1.0,
    }[config.schedule]
    return config.learning_rate * factor
