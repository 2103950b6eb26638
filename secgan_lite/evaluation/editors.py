"""Trained editors, from a run folder or bundled with the course, with all that goes with them."""

from dataclasses import dataclass
from pathlib import Path

import torch

from secgan_lite.backbones import Generator
from secgan_lite.evaluation.edits import Editor, generator_editor
from secgan_lite.parsing import Parser
from secgan_lite.support.errors import unknown_choice
from secgan_lite.support.files import bundled, manifest
from secgan_lite.training import RunFolder, TrainConfig, load_generator, parser_of


@dataclass(frozen=True)
class Trained:
    """An editor as training left it.

    Attributes:
        name: of the run's folder, or of the bundled file.
        config: the run's configuration.
        generator: G_rgb.
        masks: G_seg, for the method "secgan".
        parser: P for its faces, or None where none is at hand.
    """

    name: str
    config: TrainConfig
    generator: Generator
    masks: Generator | None
    parser: Parser | None

    @property
    def edit(self) -> Editor:
        """Its edit function."""
        return generator_editor(self.generator, self.parser)

    def to(self, device: torch.device | str) -> "Trained":
        """The same editor; its networks are moved."""
        for network in (self.generator, self.masks, self.parser):
            if network is not None:
                network.to(device)
        return self


def editor_name(image_size: int, backbone: str, method: str) -> str:
    """Name of a bundled editor; its mask editor's has ``-seg`` behind it."""
    return f"editor-{image_size}-{backbone}-{method}"


def bundled_editors(image_size: int) -> list[str]:
    """Names of the bundled editors for one image size."""
    files = (Path(file).stem for file in manifest())
    return [n for n in files if n.startswith(f"editor-{image_size}-") and not n.endswith("-seg")]


def editor_sizes() -> list[int]:
    """Image sizes for which editors are bundled, in pixels, the largest last."""
    return sorted({int(file.split("-")[1]) for file in manifest() if file.startswith("editor-")})


def compared_size() -> int:
    """The largest image size for which bundled editors can be compared: there are two or more."""
    return max(size for size in editor_sizes() if len(bundled_editors(size)) > 1)


def shown_first(image_size: int) -> str:
    """The backbone that newcomers see: STGAN where it is bundled; its edits are the best."""
    names = bundled_editors(image_size)
    return "stgan" if editor_name(image_size, "stgan", "secgan") in names else "stargan"


def load_bundled(
    image_size: int = 64, backbone: str = "stargan", method: str = "secgan"
) -> Trained:
    """A bundled editor.

    Raises:
        ValueError: there is none; the nearest is named.
    """
    name = editor_name(image_size, backbone, method)
    names = bundled_editors(image_size)
    if not names:
        raise ValueError(
            f"image_size={image_size}: no editor is bundled for it. Name a run: -p run_dir FOLDER."
        )
    if name not in names:
        raise unknown_choice("editor", name, names)
    masks = bundled(f"{name}-seg") if f"{name}-seg.safetensors" in manifest() else None
    rgb = bundled(name)
    return _trained(name, rgb, masks, rgb.parent)


def load_run(run: Path | str) -> Trained:
    """The editor of a finished run.

    Raises:
        FileNotFoundError: there is no run, or it is not finished.
    """
    folder = RunFolder(run)
    rgb, masks = (folder.path / f"{n}.safetensors" for n in ("generator", "generator_seg"))
    return _trained(folder.path.name, rgb, masks if masks.is_file() else None, folder.path)


def load_snapshot(file: Path) -> Trained:
    """The editor of a run as it was at one of its snapshots, ``rgb-<iteration>.safetensors``."""
    masks = file.with_name(file.name.replace("rgb-", "semantic-"))
    return _trained(file.stem, file, masks if masks.is_file() else None, file.parent.parent)


def _trained(name: str, rgb: Path, masks: Path | None, folder: Path) -> Trained:
    generator, metadata = load_generator(rgb)
    config = TrainConfig(**metadata["config"])
    seg = masks and load_generator(masks)[0]
    return Trained(name, config, generator, seg, parser_of(folder, config))
