"""One loader: a run, its files, its snapshots and bundled editors, with all that belongs."""

import pytest
import torch

from secgan_lite.editing import (
    Trained,
    bundled_editors,
    default_editor,
    editor_name,
    editor_sizes,
    load_bundled,
    load_editor,
    shown_first,
)
from secgan_lite.parsing import load_parser
from secgan_lite.support.files import bundled, load_tensors


def same(network, file):
    """Whether a network has the weights of a file."""
    tensors, _ = load_tensors(file)
    state = network.state_dict()
    return all(torch.equal(state[name], tensor.float()) for name, tensor in tensors.items())


def test_a_run_by_its_folder_or_its_file(finished_run):
    place = finished_run.path
    for source in (place, str(place), place / "generator.safetensors"):
        trained = Trained.of(source)
        assert (
            trained.name == place.name and trained.config.identity == finished_run.config.identity
        )
        assert (trained.attributes, trained.dataset) == (trained.config.attributes, "synthetic")
        assert same(trained.generator, place / "generator.safetensors")
        assert same(trained.g_seg, place / "generator_seg.safetensors")
        assert trained.parser.hash == load_parser("auto", 32).hash


def test_a_snapshot_comes_with_the_masks_of_its_iteration_and_its_run_s_parser(finished_run):
    for rgb, semantic in zip(
        finished_run.snapshots(), finished_run.snapshots("semantic"), strict=True
    ):
        trained = Trained.of(rgb)
        assert trained.name == rgb.stem
        assert same(trained.generator, rgb) and same(trained.g_seg, semantic)
        assert trained.parser.hash == load_parser("auto", 32).hash


@pytest.mark.parametrize("name", bundled_editors(32))
def test_a_bundled_editor_by_its_name_its_file_and_its_parts(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, size, backbone, method = name.split("-")
    assert name == editor_name(int(size), backbone, method)
    for trained in (
        Trained.of(name), Trained.of(bundled(name)), load_bundled(int(size), backbone, method)
    ):  # fmt: skip
        assert trained.name == name and same(trained.generator, bundled(name))
        assert (trained.g_seg is None) == (method != "secgan")
        if trained.g_seg:
            assert same(trained.g_seg, bundled(f"{name}-seg"))


def test_without_a_name_the_best_is_loaded():
    editor = load_editor()
    _, size, backbone, method = default_editor().split("-")
    assert editor.image_size == int(size) == max(editor_sizes()) and method == "secgan"
    assert backbone == shown_first(int(size))


def test_a_name_that_is_not_bundled_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'editor-32-stargan-secgan'"):
        Trained.of("editor-32-stragan-secgan")


def test_what_lies_under_a_bundled_name_comes_first(finished_run, tmp_path, monkeypatch):
    (tmp_path / "editor-mine").symlink_to(finished_run.path)
    monkeypatch.chdir(tmp_path)
    assert Trained.of("editor-mine").config.width == 4
