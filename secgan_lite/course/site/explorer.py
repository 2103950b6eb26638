"""What the explorer's page needs: networks as ONNX, faces with their true edits, and facts."""

import io
import json
from itertools import combinations
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from secgan_lite.attributes import rivals
from secgan_lite.backbones import Generator
from secgan_lite.course.figures.common import flip_name
from secgan_lite.course.widgets import canvas
from secgan_lite.course.widgets.explorer import ends
from secgan_lite.datasets import FaceData, load
from secgan_lite.editing import Trained, default_editor, encoded
from secgan_lite.evaluation import CHANGED, Truth, load_judge
from secgan_lite.faces import render

FACES = 24


class Edit(nn.Module):
    """A generator as one network: images in [−1, 1] and differences to edits."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, x: Tensor, y_diff: Tensor) -> Tensor:
        """(1, 3, h, h) and (1, n_a) to (1, 3, h, h)."""
        return encoded(self.generator, x)(y_diff)


def exported(network: nn.Module, inputs: dict[str, Tensor], output: str) -> bytes:
    """A network as an ONNX file, for inputs of these shapes."""
    program = torch.onnx.export(
        network.eval(), (*inputs.values(),), input_names=[*inputs], output_names=[output],
        dynamo=True, verbose=False,
    )  # fmt: skip
    file = io.BytesIO()
    program.save(file)
    return file.getvalue()


def write_explorer(folder: Path) -> None:
    """Write editor.onnx, judge.onnx, faces.png and course.json into a folder.

    faces.png has a row for each face: the face, then its true edits, of one attribute each and of
    two, in the order of ``combinations``.
    """
    trained = Trained.of(default_editor())
    config = trained.config
    judge, faces = load_judge(config), load("synthetic", "test", config.image_size, count=FACES)
    x, names = torch.zeros(1, 3, config.image_size, config.image_size), config.attributes
    folder.mkdir(parents=True, exist_ok=True)
    y_diff = torch.zeros(1, len(names))
    editor = exported(Edit(trained.generator), {"x": x, "y_diff": y_diff}, "edit")
    (folder / "editor.onnx").write_bytes(editor)
    (folder / "judge.onnx").write_bytes(exported(judge, {"x": x}, "scores"))
    pairs = np.stack([_both(faces, *pair) for pair in combinations(names, 2)])
    tiles = np.concatenate([faces.images[None], Truth.of(faces).images, pairs])
    sheet = tiles.transpose(1, 3, 0, 4, 2).reshape(FACES * config.image_size, -1, 3)
    Image.fromarray(sheet).save(folder / "faces.png", optimize=True)
    facts = {
        "editor": trained.name,
        "method": config.method,
        "size": config.image_size,
        "names": [*names],
        "flips": [[flip_name(name, there) for there in (False, True)] for name in names],
        "ends": [ends(name) for name in names],
        "changed": CHANGED,
        "full": canvas.FULL_CHANGE,
        "blues": canvas.CHANGES.tolist(),
        "rivals": rivals(names).int().tolist(),
        "labels": (faces.labels > 0).astype(int).tolist(),
        "judge": [judge.attributes.index(name) for name in names],
    }
    (folder / "course.json").write_text(json.dumps(facts), encoding="utf-8")


def _both(faces: FaceData, *names: str) -> np.ndarray:
    """The true edit that flips all of these, (N, 3, h, h); what is added wins, as in the app."""
    drawn = faces.drawn
    for name in names:
        drawn = drawn.relabelled(name, np.zeros(len(drawn), int))
    for name in names:
        drawn = drawn.relabelled(name, 1 - faces.drawn.label(name))
    return render(drawn, faces.images.shape[-1])[0]
