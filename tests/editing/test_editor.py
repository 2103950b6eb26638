"""``load_editor(…).edit(…)``: the right change on any image, from any weights, or a clear word."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from secgan_lite import load_editor
from secgan_lite.attributes import NAMES
from secgan_lite.backbones import CONDITIONINGS, Size, get
from secgan_lite.editing import FaceEditor, ImageError, Trained, bundled_editors, load_generator
from secgan_lite.modalities import RGB
from secgan_lite.support.files import bundled, load_tensors, save_tensors
from secgan_lite.training import train


@pytest.fixture(scope="module")
def run(tmp_path_factory, faces, parser):
    """Runs of one iteration at 32 px, by method: real weights, if not good ones."""
    from secgan_lite.training import TrainConfig

    made = {}

    def of(method):
        if method not in made:
            tiny = {"image_size": 32, "width": 4, "depth": 1, "discriminator_depth": 3}
            tiny |= {"batch_size": 4, "iterations": 1, "device": "cpu", "method": method}
            place = str(tmp_path_factory.mktemp(method) / "run")
            made[method] = train(TrainConfig.of(**tiny, output_dir=place), faces, parser).path
        return made[method]

    return of


@pytest.fixture(scope="module")
def editor(run):
    return load_editor(run("baseline"))


def levels(image):
    return np.asarray(image, int)


def test_an_edit_is_what_the_generator_does(run, editor, faces):
    image = np.moveaxis(faces.images[0], 0, -1)
    result = editor.edit(image, {"Bangs": +1, "Eyeglasses": 0.5})
    generator, _ = load_generator(run("baseline"))
    y_diff = torch.zeros(1, 13)
    y_diff[0, NAMES.index("Bangs")], y_diff[0, NAMES.index("Eyeglasses")] = 1, 0.5
    wanted = generator(faces.batch(torch.arange(1))[0], y_diff)[0].movedim(0, -1)
    assert np.abs(levels(result.image) - (wanted.numpy() + 1) * 127.5).max() <= 0.51
    assert result.image.size == (32, 32) and np.array_equal(levels(result.inputs[0]), image)
    assert "outside of their domain" in result.note


def test_pictures_arrays_paths_and_bytes_are_edited_alike(editor, faces, tmp_path):
    array = np.moveaxis(faces.images[1], 0, -1)
    picture = Image.fromarray(array)
    picture.save(tmp_path / "face.png")
    raw = (tmp_path / "face.png").read_bytes()
    sources = [array, array / 255, picture, tmp_path / "face.png", str(tmp_path / "face.png"), raw]
    edits = [levels(editor.edit(source, {"Male": 1}).image) for source in sources]
    assert all(np.array_equal(edit, edits[0]) for edit in edits)
    together = editor.edit(sources, {"Male": 1})
    assert len(together.images) == len(sources)
    assert all(np.abs(levels(image) - edits[0]).max() <= 1 for image in together.images)
    batch = editor.edit(np.stack([array, array]), {"Male": 1})
    assert len(batch.images) == 2


def test_alpha_scales_the_edit(editor, faces):
    image = np.moveaxis(faces.images[2], 0, -1)
    half = editor.edit(image, {"Young": -1}, alpha=0.5)
    assert np.array_equal(levels(half.image), levels(editor.edit(image, {"Young": -0.5}).image))
    none = editor.edit(image, {"Young": -1}, alpha=0)
    assert np.array_equal(levels(none.image), levels(editor.edit(image, {}).image))


class Spy(get("stargan").generator):
    """Remembers the labels that it is given."""

    def decode(self, features, y_diff):
        self.seen = y_diff.clone()
        return super().decode(features, y_diff)


@pytest.fixture
def spied():
    def make(conditioning="difference", attributes=NAMES):
        generator = Spy(RGB, Size(len(attributes), 32, 4, 1, 4, 1))
        generator.conditioning = conditioning
        return generator, FaceEditor(generator, attributes)

    return make


GREY = np.full((32, 32, 3), 90, np.uint8)
HAIR = ("Black_Hair", "Blond_Hair", "Brown_Hair", "Bangs", "Bald")


@pytest.mark.parametrize(
    ("changes", "resolve", "labels", "wanted"),
    [
        ({"Blond_Hair": 1}, False, None, [0, 1, 0, 0, 0]),
        ({"Blond_Hair": 1}, True, None, [-1, 1, -1, 0, 0]),
        ({"Blond_Hair": 0.5}, True, None, [-0.5, 0.5, -0.5, 0, 0]),
        ({"Bald": 1}, True, None, [0, 0, 0, -1, 1]),
        ({"Bald": 1, "Bangs": 1}, True, None, [0, 0, 0, 1, 1]),  # what the user names, wins
        ({"Blond_Hair": -1}, True, None, [0, -1, 0, 0, 0]),
        ({"Blond_Hair": 1}, True, [1, 0, 0, 1, 0], [-1, 1, 0, 0, 0]),
        ({"Blond_Hair": 1}, True, [0, 1, 0, 1, 0], [0, 0, 0, 0, 0]),  # it is there already
        ({"Bangs": -1}, False, [0, 1, 0, 0, 0], [0, 0, 0, 0, 0]),
        ({"Bangs": -1}, False, [0, 1, 0, 1, 0], [0, 0, 0, -1, 0]),
    ],
)
def test_what_the_generator_is_told(spied, changes, resolve, labels, wanted):
    generator, editor = spied(attributes=HAIR)
    given = labels and dict(zip(HAIR, labels, strict=True))
    editor.edit(GREY, changes, resolve=resolve, labels=given)
    assert generator.seen.tolist() == [wanted]


@pytest.mark.parametrize("conditioning", ["target", "centred target"])
def test_weights_conditioned_on_targets_get_the_labels_or_ask_for_them(spied, conditioning):
    generator, editor = spied(conditioning, HAIR)
    with pytest.raises(ValueError, match=rf"labels is missing.*{conditioning}.*'Black_Hair': 0"):
        editor.edit(GREY, {"Bangs": 1})
    with pytest.raises(ValueError, match="labels lacks Blond_Hair, Brown_Hair, Bald"):
        editor.edit(GREY, {"Bangs": 1}, labels={"Black_Hair": 1, "Bangs": 0})
    with pytest.raises(ValueError, match="Did you mean 'Bangs'"):
        editor.edit(GREY, {"Bangs": 1}, labels={"Bang": 1})
    each = [dict.fromkeys(HAIR, 0), dict.fromkeys(HAIR, 0) | {"Bald": 1, "Bangs": 1}]
    with pytest.raises(ValueError, match="labels has 2 entries for 1 images"):
        editor.edit(GREY, {"Bangs": 1}, labels=each)
    editor.edit([GREY, GREY], {"Bangs": 1}, labels=each)
    y_src = torch.tensor([[0, 0, 0, 0, 0], [0, 0, 0, 1, 1.0]])
    y_diff = torch.tensor([[0, 0, 0, 1, 0], [0, 0, 0, 0, 0.0]])
    assert torch.equal(generator.seen, CONDITIONINGS[conditioning](y_src, y_diff))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (({"Bang": 1},), "Did you mean 'Bangs'"),
        (({"Bangs": True},), "wanted is a number"),
        (({"Bangs": "1"},), "wanted is a number"),
        (({"Bangs": float("nan")},), "wanted is a number"),
    ],
)
def test_impossible_changes_are_named(editor, arguments, message):
    with pytest.raises(ValueError, match=message):
        editor.edit(GREY, *arguments)
    with pytest.raises(ValueError, match="alpha=inf"):
        editor.edit(GREY, {}, alpha=float("inf"))
    with pytest.raises(ImageError, match="empty list"):
        editor.edit([], {})
    with pytest.raises(ImageError, match="no image that can be read"):
        editor.edit([GREY, b"a text"], {})


def test_the_result_says_what_was_done_to_the_image(spied, tmp_path):
    _, editor = spied()
    assert "middle square" in editor.edit(np.zeros((40, 60, 3), np.uint8), {}).note
    assert "less than 32 px was enlarged" in editor.edit(np.zeros((20, 20, 3), np.uint8), {}).note
    editor.dataset = "celeba"
    assert editor.edit(GREY, {}).note == ""


def test_a_notebook_shows_inputs_above_edits(editor):
    result = editor.edit([GREY, GREY, GREY], {})
    sheet = Image.open(io.BytesIO(result._repr_png_()))
    assert sheet.size == (96, 64)
    assert sheet.getpixel((5, 5)) == (90, 90, 90)
    assert sheet.getpixel((5, 37)) == result.image.getpixel((5, 5))


def test_a_concat_run_brings_its_parser(run, parser, faces, tmp_path):
    folder = run("concat")
    image = np.moveaxis(faces.images[0], 0, -1)
    edit = levels(load_editor(folder).edit(image, {"Bald": 1}).image)
    file = folder / "generator.safetensors"
    assert np.array_equal(edit, levels(load_editor(file).edit(image, {"Bald": 1}).image))
    alone = tmp_path / "generator.safetensors"
    alone.write_bytes(file.read_bytes())  # trained with the bundled P, which is at hand
    for named in ("", folder / "parser.safetensors"):
        again = load_editor(alone, parser=named).edit(image, {"Bald": 1})
        assert np.array_equal(edit, levels(again.image))
    tensors, metadata = load_tensors(file)
    metadata["config"]["parser"] = "sha256:1a2b"
    save_tensors(alone, tensors, metadata)
    with pytest.raises(ValueError, match=r"parser is missing.*no parser\.safetensors"):
        load_editor(alone)
    again = load_editor(alone, parser=folder / "parser.safetensors").edit(image, {"Bald": 1})
    assert np.array_equal(edit, levels(again.image))


def test_a_bundled_concat_editor_finds_the_bundled_parser(faces):
    (name,) = [n for n in bundled_editors(64) if n.endswith("stgan-concat")]
    edited = load_editor(bundled(name)).edit(GREY, {"Bald": 1})
    assert edited.image.size == (64, 64)


def test_the_semantic_generator_is_no_editor(run):
    with pytest.raises(ValueError, match="holds G_seg"):
        load_editor(run("secgan") / "generator_seg.safetensors")
    assert load_editor(run("secgan")).edit(GREY, {"Bangs": 1}).image.size == (32, 32)


def test_what_is_no_editor_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"generator\.safetensors"):
        load_editor(tmp_path)


def test_published_weights_say_what_they_need(tmp_path):
    names = ("Black_Hair", "Blond_Hair", "Brown_Hair", "Male", "Young")
    generator = get("stargan").generator(RGB, get("stargan").size(5))
    torch.save(generator.state_dict(), tmp_path / "200000-G.ckpt")
    with pytest.raises(ValueError, match="backbone is missing"):
        load_editor(tmp_path / "200000-G.ckpt")
    editor = load_editor(tmp_path / "200000-G.ckpt", backbone="stargan", attributes=names)
    with pytest.raises(ValueError, match="conditioned on the target"):
        editor.edit(GREY, {"Male": 1})
    trained = Trained.of(tmp_path / "200000-G.ckpt", backbone="stargan", attributes=names)
    with pytest.raises(ValueError, match="200000-G holds published weights"):
        _ = trained.run
    result = editor.edit(GREY, {"Male": 1}, labels=dict.fromkeys(names, 0))
    assert result.image.size == (128, 128) and "enlarged" in result.note
    assert "domain" not in result.note
