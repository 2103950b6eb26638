"""What training left, from a run's folder, one of its files, or bundled with the course."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from secgan_lite.attributes import NAMES
from secgan_lite.backbones import Generator
from secgan_lite.editing.generators import (
    Editor,
    generator_editor,
    load_generator,
    load_published_weights,
)
from secgan_lite.parsing import Parser, load_parser
from secgan_lite.parsing.parser import PUBLISHED
from secgan_lite.secgan import METHODS
from secgan_lite.support.errors import unknown_choice
from secgan_lite.support.files import bundled, manifest
from secgan_lite.support.places import to_read
from secgan_lite.training import TrainConfig, parser_of

_RGB = "generator.safetensors"


@dataclass(frozen=True)
class Trained:
    """What training left, whole: ``Trained.of`` loads it.

    Attributes:
        name: of the run's folder, or of the file.
        generator: G_rgb.
        attributes: names of its labels, in its order.
        dataset: whose faces it has seen.
        g_seg: G_seg, for the method "secgan".
        parser: P for its faces, or None where none is at hand.
        config: the run's configuration; None of published weights.
    """

    name: str
    generator: Generator
    attributes: tuple[str, ...]
    dataset: str
    g_seg: Generator | None = None
    parser: Parser | None = None
    config: TrainConfig | None = None

    @classmethod
    def of(
        cls,
        source: str | Path,
        *,
        parser: str | Path = "",
        backbone: str = "",
        attributes: Sequence[str] = NAMES,
        image_size: int = 128,
    ) -> "Trained":
        """Load it, in evaluation mode, wherever it is.

        Args:
            source: a run's folder; a file of a G_rgb, for example ``generator.safetensors`` or a
                snapshot; the name of a bundled editor; or a published .pth, .pt or .ckpt file.
            parser: P's weights; "" for the run's own P.
            backbone, attributes, image_size: of published weights, which do not tell them.

        Raises:
            FileNotFoundError: nothing is there.
            ValueError: no G_rgb, or something that it needs is missing.
        """
        if _is_bundled(name := str(source)):
            known = [each for size in editor_sizes() for each in bundled_editors(size)]
            if name not in known:
                raise unknown_choice("source", name, known)
            file, masks = bundled(name), None
            if f"{name}-seg.safetensors" in manifest():
                masks = bundled(f"{name}-seg")
            return cls._of_files(name, file, masks, parser)
        source = to_read(source, "source")
        if source.suffix in PUBLISHED:
            if not backbone:
                raise ValueError(
                    f"backbone is missing: {source.name} does not tell it. Name 'stargan', "
                    "'attgan' or 'stgan', and the attributes in the order of training."
                )
            generator = load_published_weights(source, backbone, len(attributes), image_size)
            return cls(source.stem, generator, tuple(attributes), "celeba")
        file = source / _RGB if source.is_dir() else source
        masks = _beside(file)
        name = file.parent.name if file.name == _RGB else file.stem
        return cls._of_files(name, file, masks if masks.is_file() else None, parser)

    @classmethod
    def _of_files(cls, name: str, file: Path, masks: Path | None, parser: str | Path) -> "Trained":
        generator, metadata = load_generator(file)
        if metadata["modality"] != "rgb":
            raise ValueError(f"{file} holds G_seg, which edits masks: name a {_RGB}.")
        config = TrainConfig(**metadata["config"])
        folder = file.parent.parent if file.parent.name == "snapshots" else file.parent
        found = load_parser(parser, config.image_size) if parser else parser_of(folder, config)
        if config.method == "concat" and found is None:
            raise ValueError(
                f"parser is missing: a generator of method 'concat' needs the P of its run, and "
                f"{folder} holds no parser.safetensors."
            )
        g_seg = load_generator(masks)[0] if masks else None
        return cls(name, generator, config.attributes, config.dataset, g_seg, found, config)

    @property
    def run(self) -> TrainConfig:
        """Its ``config``.

        Raises:
            ValueError: published weights have none.
        """
        if self.config is None:
            raise ValueError(
                f"{self.name} holds published weights, which tell nothing of their training: name "
                "a run or a bundled editor."
            )
        return self.config

    @property
    def edit(self) -> Editor:
        """Its edit function."""
        return generator_editor(self.generator, self.parser)

    def to(self, device: torch.device | str) -> "Trained":
        """The same networks; they are moved."""
        for network in (self.generator, self.g_seg, self.parser):
            if network is not None:
                network.to(device)
        return self


def _is_bundled(name: str) -> bool:
    """Whether a bundled editor is meant; what lies under that name here comes first."""
    return name.startswith("editor-") and "." not in name and not Path(name).exists()


def _beside(file: Path) -> Path:
    """Where G_seg is, if there is one: of a run, of a snapshot, of a bundled editor."""
    stem = file.stem
    for rgb, masks in (("generator", "generator_seg"), ("rgb-", "semantic-")):
        if stem.startswith(rgb):
            return file.with_stem(masks + stem.removeprefix(rgb))
    return file.with_stem(f"{stem}-seg")


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


def default_editor() -> str:
    """Name of the bundled SeCGAN with the best edits, of the largest size."""
    size = editor_sizes()[-1]
    return editor_name(size, shown_first(size), "secgan")


def compared_size() -> int:
    """The largest image size for which bundled editors can be compared: there are two or more."""
    return max(size for size in editor_sizes() if len(bundled_editors(size)) > 1)


_BY_EDITS = ("stgan", "attgan", "stargan")  # the best first


def shown_first(image_size: int) -> str:
    """The bundled backbone that newcomers see: the one with the best edits."""
    return _first_with(("secgan",), image_size)


def compared_first(image_size: int) -> str:
    """The best bundled backbone with all methods, so that they can be compared."""
    return _first_with(METHODS, image_size)


def _first_with(methods: Sequence[str], image_size: int) -> str:
    names = bundled_editors(image_size)
    whole = (b for b in _BY_EDITS if all(editor_name(image_size, b, m) in names for m in methods))
    return next(whole, _BY_EDITS[-1])


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
    return Trained.of(name)
