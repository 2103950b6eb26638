"""The commands of the core: train, edit, evaluate, and what they need."""

import sys
from typing import Literal

from pydantic import AliasChoices, Field, create_model, model_validator
from pydantic_settings import CliPositionalArg

from secgan_lite.commands.command import Command
from secgan_lite.options import (
    EvaluationOptions,
    NetworkOptions,
    TrainOptions,
    is_preset,
    with_ranges,
)
from secgan_lite.support.choices import Device

# What a backbone's presets say; without one of them, nothing of it would be known before PyTorch.
IN_PRESETS = (
    *("width", "depth", "discriminator_width", "discriminator_depth", "image_size", "num_images"),
    *("batch_size", "iterations", "learning_rate", "schedule", "flip", "critic_steps"),
    *("update_cycle", "cls_reduction", "lambda_cls_d", "lambda_cls_g", "lambda_rec", "lambda_sc"),
)


class _Train(Command):
    """Train an editor; what is not given comes from the preset of the backbone.

    On many GPUs: torchrun --nproc-per-node N -m secgan_lite.training …
    """

    @model_validator(mode="before")
    @classmethod
    def _left_to_the_preset(cls, given: dict) -> dict:
        return {name: value for name, value in given.items() if not is_preset(value)}

    def run(self) -> int:
        from secgan_lite.commands.training import run

        return run(self.given)


_USUAL = {"preset": "lite", "backbone": "stargan"} | dict.fromkeys(IN_PRESETS)
Train = create_model(
    "Train", __base__=_Train, __doc__=_Train.__doc__, **with_ranges(TrainOptions, _USUAL)
)


class Edit(Command):
    """Edit an image of a face. The bundled editors know drawn faces only."""

    face: CliPositionalArg[str] = Field(description="an image; or a number, of a drawn face")
    changes: dict[str, float] = Field(
        validation_alias="set",
        description="+1 adds an attribute, -1 removes it, 0.5 is weaker: --set Bangs=+1; "
        "can be given several times",
    )
    output: str = Field(
        validation_alias=AliasChoices("output", "o"), description="a new image file: PNG, JPEG, …"
    )
    editor: str = Field("", description="a bundled editor, a run's folder or a file; if not given, "
                        "the best bundled one")  # fmt: skip
    device: Device = Field("cpu", description="where; auto = the fastest there is")

    def run(self) -> int:
        from secgan_lite import load_editor
        from secgan_lite.faces import render, sample
        from secgan_lite.support.places import to_write

        output = to_write(self.output, "output")
        if output.exists():
            raise FileExistsError(f"output={self.output!r} is there, and is kept: name another.")
        editor = load_editor(self.editor, device=self.device)
        face = self.face
        if face.isdecimal():
            faces, _ = render(sample(1, int(face)), editor.image_size)
            face = faces[0].transpose(1, 2, 0)
        edited = editor.edit(face, self.changes)
        edited.image.save(output)
        print(output)
        if edited.note and not self.face.isdecimal():
            print(edited.note, file=sys.stderr)
        return 0


class _Evaluate(Command):
    """Score an editor on test faces: TARR, ssFID, IS and, on drawn faces, the true edits."""

    def run(self) -> int:
        from secgan_lite.evaluation import EvaluationConfig, evaluate
        from secgan_lite.evaluation.curves import means_of

        config = EvaluationConfig.of(**self.given)
        chosen = config.load()
        scores = evaluate(
            chosen.editor.edit, chosen.faces, chosen.judges, seed=config.seed, device=chosen.device
        )
        for name, score in means_of(scores).items():
            low, high = score["low"], score["high"]
            print(f"{name}: {score['value']:.3g} (95 %: {low:.3g} to {high:.3g}, n={score['n']})")
        print(chosen.save(scores))
        return 0


Evaluate = create_model(
    "Evaluate", __base__=_Evaluate, __doc__=_Evaluate.__doc__, **with_ranges(EvaluationOptions)
)


class _TrainParser(Command):
    """Train a parser for one image size (paper, §3)."""

    network: Literal["unet", "bisenet"] = Field("unet", description="which kind")

    def run(self) -> int:
        from secgan_lite.commands.recipes import PARSERS
        from secgan_lite.training.supervised import train_network

        return train_network("parsing", PARSERS, self.network, self)


TrainParser = create_model(
    "TrainParser", __base__=_TrainParser, __doc__=_TrainParser.__doc__,
    **with_ranges(NetworkOptions),
)  # fmt: skip


class _TrainJudge(Command):
    """Train a judge for one image size (§4.4)."""

    network: Literal["stgan", "swav"] = Field(
        "stgan", description="stgan is the attribute classifier of TARR, swav the encoder of ssFID"
    )

    def run(self) -> int:
        from secgan_lite.commands.recipes import JUDGES
        from secgan_lite.training.supervised import train_network

        return train_network("judges", JUDGES, self.network, self)


TrainJudge = create_model(
    "TrainJudge", __base__=_TrainJudge, __doc__=_TrainJudge.__doc__, **with_ranges(NetworkOptions)
)


class DataCheck(Command):
    """Say what is there and right, what lacks, what is damaged, and where to obtain what.

    The exit status is 1 if anything is wrong.
    """

    dataset: CliPositionalArg[Literal["celeba", "celeba-hq"]] = Field(
        description="celeba or celeba-hq"
    )
    data_dir: str = Field(description="its folder, or a pack of it (.npz)")

    def run(self) -> int:
        from secgan_lite.commands.check import check

        wrong = False
        for finding in check(self.dataset, self.data_dir):
            print(finding, flush=True)
            wrong |= finding.kind == "wrong"
        return int(wrong)
