"""What can be chosen: the options of training, evaluation and of networks that watch, with ranges.

Without PyTorch, so that a command line can describe and check them at once. ``TrainConfig`` and
``EvaluationConfig`` are these options together with what they make of them.
"""

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from secgan_lite.support.choices import Dataset, Device, Method, Preset, Relations, Split
from secgan_lite.support.errors import unknown_choice


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


class TrainOptions(BaseModel):
    """The options of one training run; what is said of each here is what every help says."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    preset: Preset = Field(description="whose numbers")
    dataset: Dataset = Field("synthetic", description="faces, drawn or photographs")
    data_dir: Place = Field("", description="folder or pack (.npz) of photographs")
    split: Split = Field("paper", description="which photographs are for training and test")
    correlation: Number = Field(0.0, ge=0, le=1, description="of drawn attributes")
    relations: Relations = Field(
        "gender", description="what it relates: attributes to gender, or beard-hair, glasses-age"
    )
    num_images: Whole = Field(6000, ge=0, description="training faces; 0 = all there are")
    attributes: tuple[str, ...] = Field(
        (), description="what is edited, by CelebA's names; the paper's 13 if not given"
    )
    image_size: Whole = Field(ge=16, le=512, description="height = width in pixels")
    backbone: str = Field(
        description="the single GAN in each branch: stargan, attgan, attgan-table3 or stgan"
    )
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
    batch_size: Whole = Field(16, ge=1, description="faces in a mini-batch; from 2 on")
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


class EvaluationOptions(BaseModel):
    """The options of an evaluation; ``None`` means the run's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    run_dir: Place = Field("", description="folder of a run; a bundled editor if not given")
    dataset: Dataset | None = Field(None, description="whose faces, if not the run's")
    data_dir: Place = Field("", description="folder or pack (.npz) of photographs")
    split: Split | None = Field(None, description="which photographs are the test set")
    image_size: Whole | None = Field(None, ge=16, le=512, description="of a bundled editor, px")
    backbone: str | None = Field(None, description="of a bundled editor")
    method: Method | None = Field(None, description="of a bundled editor")
    num_images: Whole = Field(200, ge=0, description="test faces; 0 = all there are")
    seed: Whole = Field(0, ge=0, description="of drawn test faces")
    device: Device = Field("auto", description="where; auto = the fastest there is")
    parser: Place = Field("auto", description="weights file of P; auto = the run's own")
    classifier: Place = Field("auto", description="weights file of the judge; auto = bundled")
    encoder: Place = Field("auto", description="weights file of ssFID's encoder, likewise")
    inception: Place = Field("auto", description="weights file of IS's classes, likewise")
    output_dir: Place = Field("", description="where results.json goes, if not with the run")


class NetworkOptions(BaseModel):
    """The options with which a parser or a judge is trained."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dataset: Dataset = Field("synthetic", description="faces, drawn or photographs")
    data_dir: Place = Field("", description="folder or pack (.npz) of photographs")
    split: Split = Field("paper", description="which photographs are for training and test")
    image_size: Whole = Field(64, ge=16, le=512, description="height = width in pixels")
    count: Whole = Field(12_000, ge=0, description="training faces; 0 = all there are")
    epochs: Whole = Field(8, ge=1, description="passes over the training faces")
    seed: Whole = Field(0, ge=0, description="of first weights, faces and order")
    device: Device = Field("auto", description="where; auto = the fastest there is")
    output: Place = Field("", description="weights file; a new one under runs if not given")


def is_preset(value: object) -> bool:
    """Whether a parameter leaves the choice to the preset or the run: ``""`` or ``-1``."""
    return isinstance(value, str | int | float) and value in ("", -1, "-1")


Config = TypeVar("Config", bound=BaseModel)


def validated(cls: type[Config], values: dict) -> Config:
    """A configuration; ValueError with a line for each wrong type or impossible value."""
    try:
        return cls(**values)
    except ValidationError as error:
        lines = [
            described(each, ".".join(map(str, each["loc"])), cls.model_fields)
            for each in error.errors()
        ]
        raise ValueError("\n".join(lines)) from None


def described(error: Mapping[str, Any], name: str, known: Iterable[str] = ()) -> str:
    """One error of pydantic's as one sentence.

    Args:
        name: of the option.
        known: the names of all options, for one that is unknown.
    """
    if error["type"] == "extra_forbidden":
        return str(unknown_choice("parameter", name, known))
    if error["type"] == "literal_error":
        choices = re.findall(r"[\w.-]+(?='|$|,| or )", error["ctx"]["expected"])
        return str(unknown_choice(name, error["input"], choices))
    return f"{name}: {error['msg'].removeprefix('Value error, ')} (given: {error['input']!r})"


def with_ranges(options: type[BaseModel], usual: Mapping[str, object] | None = None) -> dict:
    """Fields for a command line: the same options, whose descriptions say their ranges too.

    Args:
        usual: other defaults, by name; ``None`` for what a preset says.
    """
    usual, fields = usual or {}, {}
    for name, field in options.model_fields.items():
        kind: Any = (
            Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        )
        default = usual.get(name, field.default)
        words = (field.description or "") + _range(field.metadata)
        if name in usual and default is None:
            words += " (default: the preset's)"
        fields[name] = (
            kind if default is not None else kind | None,
            Field(default, description=words),
        )
    return fields


def _range(metadata: Iterable[object]) -> str:
    """The limits of a number in words."""
    least, above, most, below = (
        next((getattr(part, name) for part in metadata if hasattr(part, name)), None)
        for name in ("ge", "gt", "le", "lt")
    )
    if least is not None and most is not None:
        return f" [{least} to {most}]"
    limits = {"{} or more": least, "more than {}": above, "{} at most": most, "less than {}": below}
    said = [words.format(limit) for words, limit in limits.items() if limit is not None]
    return f" [{', '.join(said)}]" if said else ""
