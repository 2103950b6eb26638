"""``TrainConfig``: every choice of a training run, with the presets and the run's identity."""

import hashlib
import json
from typing import Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from secgan_lite import backbones
from secgan_lite.attributes import COLUMNS, NAMES, index_of
from secgan_lite.errors import unknown_choice
from secgan_lite.secgan import METHODS, Size, Weights

DATASETS = ("synthetic", "celeba", "celeba-hq")
SCHEDULES = ("constant", "linear", "exponential", "step")
_WHERE_NOT_WHAT = {
    "channels_last",
    "compile",
    "device",
    "output_dir",
    "resume",
    "data_dir",
    "log_every",
    "tensorboard",
}


class TrainConfig(BaseModel):
    """One run. Build it with ``TrainConfig.of(...)``, which fills in the preset's values.

    ``iterations`` counts critic steps, the t of Algorithm 1. A backbone's preset sets what its
    publication says; what no preset names has its default here.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    preset: Literal["lite", "paper", "as-coded"]
    dataset: Literal["synthetic", "celeba", "celeba-hq"] = "synthetic"
    data_dir: str = ""
    split: Literal["paper", "official", "clean"] = "paper"
    correlation: float = Field(0.0, ge=0, le=1)
    num_images: int = Field(6000, ge=0, description="training faces; 0 = all there are")
    attributes: tuple[str, ...] = NAMES
    image_size: int = Field(ge=16, le=512)
    backbone: str
    method: Literal["secgan", "baseline", "concat"] = "secgan"
    width: int = Field(ge=1)
    depth: int = Field(ge=1)
    discriminator_width: int = Field(ge=1)
    discriminator_depth: int = Field(ge=1)
    lambda_cls_d: float = Field(1.0, ge=0)
    lambda_cls_g: float = Field(1.0, ge=0)
    lambda_rec: float = Field(10.0, ge=0)
    lambda_rec_seg: float | None = Field(None, ge=0, description="None = lambda_rec")
    lambda_gp: float = Field(10.0, ge=0)
    lambda_sc: float = Field(0.01, ge=0)
    lambda_sc_seg: float | None = Field(None, ge=0, description="None = lambda_sc")
    cls_reduction: Literal["sum", "mean"] = "sum"
    sc_reduction: Literal["mean", "sum"] = "mean"
    sc_start_iteration: int = Field(0, ge=0)
    iterations: int = Field(ge=1)
    critic_steps: int = Field(5, ge=1, description="N of Algorithm 1")
    update_cycle: Literal["algorithm-1", "separate"] = "algorithm-1"
    gp_every: int = Field(1, ge=1, description="k: penalty every k-th time, k times as strong")
    batch_size: int = Field(16, ge=1)
    learning_rate: float = Field(1e-4, gt=0)
    schedule: Literal["constant", "linear", "exponential", "step"] = "linear"
    flip: bool = True
    ema: float = Field(0.0, ge=0, lt=1, description="decay of G's moving average; 0 = off")
    seed: int = Field(0, ge=0)
    precision: Literal["fp32", "tf32", "bf16"] = "fp32"
    channels_last: bool = False
    compile: bool = Field(False, description="torch.compile G and D: pays in long runs")
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    parser: str = "auto"
    classifier: str = "auto"
    output_dir: str = ""
    resume: bool = False
    log_every: int = Field(20, ge=1)
    tensorboard: bool = Field(False, description="also log to <run>/tensorboard")

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
        """A configuration from a preset and overrides; ``""``, ``-1`` and None mean the preset's.

        Raises:
            ValueError: an unknown name, a wrong type or an impossible value; the message has a line
                for each, with the nearest valid choice.
        """
        presets = backbones.get(backbone).presets
        if preset not in presets:
            raise unknown_choice("preset", preset, presets)
        for name in given:
            if name not in cls.model_fields:
                raise unknown_choice("parameter", name, cls.model_fields)
        chosen = {name: value for name, value in given.items() if not is_preset(value)}
        for name, choices in {
            "dataset": DATASETS,
            "method": METHODS,
            "schedule": SCHEDULES,
        }.items():
            if chosen.get(name, choices[0]) not in choices:
                raise unknown_choice(name, chosen[name], choices)
        values = {**presets[preset], **chosen, "preset": preset, "backbone": backbone}
        return validated(cls, values)._require_inputs()

    def _require_inputs(self) -> Self:
        # Not a validator: the configuration of a finished run, read back, needs no faces.
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
        return self

    @property
    def size(self) -> Size:
        return Size(
            len(self.attributes),
            self.image_size,
            self.width,
            self.depth,
            self.discriminator_width,
            self.discriminator_depth,
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
        """What decides the result: the configuration without where it runs."""
        return self.model_dump(mode="json", exclude=_WHERE_NOT_WHAT)

    @property
    def changes(self) -> dict:
        """The part of ``identity`` that the preset does not say."""
        preset = type(self).of(preset=self.preset, backbone=self.backbone).identity
        return {name: value for name, value in self.identity.items() if value != preset[name]}

    @property
    def run_name(self) -> str:
        """``<dataset>-<size>-<backbone>-<method>-s<seed>-<8 hex of the configuration>``."""
        digest = hashlib.sha256(json.dumps(self.identity, sort_keys=True).encode()).hexdigest()
        parts = (self.dataset, self.image_size, self.backbone, self.method, f"s{self.seed}")
        return "-".join(map(str, (*parts, digest[:8])))


_SHARED = ("lambda_cls_d", "lambda_cls_g", "lambda_gp", "cls_reduction", "sc_reduction")


def is_preset(value: object) -> bool:
    """Whether a parameter leaves the choice to the preset: ``""``, ``-1`` or None."""
    return value is None or (not isinstance(value, bool) and value in ("", -1))


Config = TypeVar("Config", bound=BaseModel)


def validated(cls: type[Config], values: dict) -> Config:
    """A configuration; ValueError with a line for each wrong type or impossible value."""
    try:
        return cls(**values)
    except ValidationError as error:
        lines = [
            f"{'.'.join(map(str, e['loc'])) or 'parameters'}: {_plain(e)}" for e in error.errors()
        ]
        raise ValueError("\n".join(lines)) from None


def _plain(error: dict) -> str:
    message = error["msg"].removeprefix("Value error, ")
    given = error["input"]
    return message if isinstance(given, dict) else f"{message} (given: {given!r})"


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
