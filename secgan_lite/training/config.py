"""``TrainConfig``: every choice of a training run, with the presets and the run's identity."""

import hashlib
import json
import os
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar, get_args

import torch
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails

from secgan_lite import backbones
from secgan_lite.attributes import COLUMNS, NAMES, index_of
from secgan_lite.backbones import Size
from secgan_lite.modalities import RGB
from secgan_lite.secgan import Method, Weights
from secgan_lite.support.devices import pick_device
from secgan_lite.support.errors import unknown_choice
from secgan_lite.support.places import to_read, to_write
from secgan_lite.support.weights import fingerprint

Dataset = Literal["synthetic", "celeba", "celeba-hq"]
DATASETS = get_args(Dataset)
Split = Literal["paper", "official", "clean"]
Device = Literal["auto", "cpu", "cuda", "mps"]


def _number(value: object) -> object:
    """A number may be text, also "1e3", which YAML takes for text; True is no number."""
    if isinstance(value, bool):
        raise ValueError("wanted is a number")
    if isinstance(value, str) and "e" in value.lower():
        with suppress(ValueError):
            return float(value)
    return value


def _flag(value: object) -> object:
    if not isinstance(value, bool | str):
        raise ValueError("wanted is True or False")
    return value


def _path(value: object) -> object:
    return os.fspath(value) if isinstance(value, os.PathLike) else value


# What notebooks, papermill and command lines give: no number for a flag, no flag for a number.
Whole = Annotated[int, BeforeValidator(_number)]
Number = Annotated[float, BeforeValidator(_number)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Place = Annotated[str, BeforeValidator(_path)]  # see ``secgan_lite.support.places``

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
_LATER = {"blend": False, "teacher": "G_seg"}


class TrainConfig(BaseModel):
    """One run. Build it with ``TrainConfig.of(...)``, which fills in the preset's values.

    ``iterations`` counts critic steps, the t of Algorithm 1. A backbone's preset sets what its
    publication says; what no preset names has its default here.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    preset: Literal["lite", "paper", "as-coded"] = Field(description="whose numbers")
    dataset: Dataset = Field("synthetic", description="faces, drawn or photographs")
    data_dir: Place = Field("", description="folder or pack (.npz) of photographs")
    split: Split = Field("paper", description="which photographs are for training and test")
    correlation: Number = Field(0.0, ge=0, le=1, description="of drawn attributes, 0 to 1")
    num_images: Whole = Field(6000, ge=0, description="training faces; 0 = all there are")
    attributes: tuple[str, ...] = Field(NAMES, description="what is edited, by CelebA's names")
    image_size: Whole = Field(ge=16, le=512, description="height = width in pixels")
    backbone: str = Field(description="the single GAN in each branch")
    method: Method = Field("secgan", description="two branches, one, or one that sees P's masks")
    width: Whole = Field(ge=1, le=4096, description="channels of G's first layer")
    depth: Whole = Field(ge=1, le=99, description="G's residual blocks, or encoder levels")
    blend: Flag = Field(False, description="G_rgb says where it edits; the rest is copied")
    discriminator_width: Whole = Field(ge=1, le=4096, description="channels of D's first layer")
    discriminator_depth: Whole = Field(ge=1, le=99, description="how often D halves the image")
    lambda_cls_d: Number = Field(1.0, ge=0, description="weight of D's classification")
    lambda_cls_g: Number = Field(1.0, ge=0, description="weight of G's classification")
    lambda_rec: Number = Field(10.0, ge=0, description="weight of the reconstruction")
    lambda_rec_seg: Number | None = Field(None, ge=0, description="for masks, if not lambda_rec")
    lambda_gp: Number = Field(10.0, ge=0, description="weight of the gradient penalty")
    lambda_sc: Number = Field(0.01, ge=0, description="weight of the semantic consistency")
    lambda_sc_seg: Number | None = Field(None, ge=0, description="for masks, if not lambda_sc")
    cls_reduction: Literal["sum", "mean"] = Field("sum", description="of logits over attributes")
    sc_reduction: Literal["mean", "sum"] = Field("mean", description="of Eq. 11, 12 over pixels")
    sc_start_iteration: Whole = Field(0, ge=0, description="last iteration without consistency")
    teacher: Literal["G_seg", "truth"] = Field(
        "G_seg", description="whose mask Eq. 11 takes: G_seg's, or the true one of a drawn face"
    )
    iterations: Whole = Field(ge=1, description="t of Algorithm 1, critic steps")
    critic_steps: Whole = Field(5, ge=1, description="N of Algorithm 1: critic steps for one of G")
    update_cycle: Literal["algorithm-1", "separate"] = Field(
        "algorithm-1", description="whether G's batch teaches D as well, or G alone"
    )
    gp_every: Whole = Field(1, ge=1, description="k: penalty every k-th time, k times as strong")
    batch_size: Whole = Field(16, ge=1, description="faces in a mini-batch, 2 or more")
    learning_rate: Number = Field(1e-4, gt=0, le=1, description="Adam's, of all networks")
    schedule: Literal["constant", "linear", "exponential", "step"] = Field(
        "linear", description="of the learning rate over the second half"
    )
    flip: Flag = Field(True, description="mirror half of the faces")
    ema: Number = Field(0.0, ge=0, lt=1, description="decay of G's moving average; 0 = off")
    seed: Whole = Field(0, ge=0, description="of every random stream")
    precision: Literal["fp32", "tf32", "bf16"] = Field("fp32", description="of the arithmetic")
    channels_last: Flag = Field(False, description="memory layout that some GPUs like better")
    compile: Flag = Field(False, description="torch.compile G and D: pays in long runs")
    device: Device = Field("auto", description="where; auto = the fastest there is")
    parser: Place = Field("auto", description="weights file of P; auto = the bundled one")
    classifier: Place = Field("auto", description="weights file of the judge, likewise")
    output_dir: Place = Field("", description="the run's folder, if not one under runs")
    resume: Flag = Field(False, description="go on from the last checkpoint")
    repeat: Flag = Field(False, description="train a finished run again, beside it")
    log_every: Whole = Field(20, ge=1, description="iterations between records of the log")
    tensorboard: Flag = Field(False, description="also log to <run>/tensorboard")

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
        network(RGB, replace(self.size, **{name: depth}))

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
        own = {"rgb": (self.lambda_rec, self.lambda_sc)}
        own["semantic"] = tuple(
            common if value is None else value
            for common, value in zip(
                own["rgb"], (self.lambda_rec_seg, self.lambda_sc_seg), strict=True
            )
        )
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


def is_preset(value: object) -> bool:
    """Whether a parameter leaves the choice to the preset or the run: ``""`` or ``-1``."""
    return isinstance(value, str | int | float) and value in ("", -1, "-1")


Config = TypeVar("Config", bound=BaseModel)


def validated(cls: type[Config], values: dict) -> Config:
    """A configuration; ValueError with a line for each wrong type or impossible value."""
    try:
        return cls(**values)
    except ValidationError as error:
        raise ValueError("\n".join(_plain(cls, e) for e in error.errors())) from None


def _plain(cls: type[BaseModel], error: ErrorDetails) -> str:
    name, given = ".".join(map(str, error["loc"])), error["input"]
    if error["type"] == "extra_forbidden":
        return str(unknown_choice("parameter", name, cls.model_fields))
    if error["type"] == "literal_error":
        choices = re.findall(r"[\w.-]+(?='|$|,| or )", error["ctx"]["expected"])
        return str(unknown_choice(name, given, choices))
    return f"{name}: {error['msg'].removeprefix('Value error, ')} (given: {given!r})"


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
