"""Data: drawn splits, CelebA's files with every quirk of the copies in circulation, samplers."""

import numpy as np
import pytest
import torch
from PIL import Image

from secgan_lite import datasets
from secgan_lite.attributes import NAMES
from secgan_lite.datasets import (
    DataError,
    FaceData,
    Sampler,
    celeba,
    celeba_files,
    load,
    read_attributes,
)
from secgan_lite.randomness import stream

COLUMNS = ["5_o_Clock_Shadow", *sorted((*NAMES, "Smiling"))]
# One file of each split, and one in which the paper's split and the official one differ.
FILES = {1: "train", 162_771: "train", 182_001: "val", 182_637: "val", 182_638: "test"}


def value(row, column):
    """The label that the test files hold: +1 or −1, different from row to row."""
    return 1 if (row * 7 + column * 3) % 5 < 2 else -1


def attribute_text(rows, end="\n", space=" ", last_end=True, zero_one=False, count=None):
    lines = [str(len(rows) if count is None else count), " ".join(COLUMNS) + " "]
    for row in rows:
        numbers = [value(row, c) for c in range(len(COLUMNS))]
        cells = [str(max(n, 0) if zero_one else n).rjust(2 if space == " " else 1) for n in numbers]
        lines.append(f"{row:06d}.jpg{space}" + space.join(cells))
    return end.join(lines) + (end if last_end else "")


def csv_text(first_column, rows):
    body = attribute_text(rows, space=",").split("\n", 2)[2]
    return ",".join([first_column, *COLUMNS]) + "\n" + body


def expected(rows):
    columns = [COLUMNS.index(name) for name in NAMES]
    return np.array([[value(row, c) == 1 for c in columns] for row in rows], np.uint8)


@pytest.fixture
def folder(tmp_path):
    """The official flat layout with five images, their side 178 × 218 px, each of one grey."""
    (tmp_path / "img_align_celeba").mkdir()
    for number, row in enumerate(FILES):
        image = Image.new("RGB", (178, 218), (0, 0, 0))
        image.paste((40 * number + 20,) * 3, (0, 20, 178, 198))  # the centre crop exactly
        # Lossless under the official name, so that a crop off by one row would show.
        image.save(tmp_path / "img_align_celeba" / f"{row:06d}.jpg", "PNG")
    rows = sorted({*FILES, 2, 200_000})
    (tmp_path / "list_attr_celeba.txt").write_text(attribute_text(rows))
    return tmp_path


@pytest.mark.parametrize(
    ("scheme", "split", "rows"),
    [
        ("paper", "train", [1, 162_771]),
        ("paper", "val", [182_001, 182_637]),
        ("paper", "test", [182_638]),
        ("official", "train", [1]),
        ("official", "val", [162_771, 182_001, 182_637]),
        ("official", "test", [182_638]),
    ],
)
def test_celeba_splits_crop_and_labels(folder, scheme, split, rows):
    data = celeba(folder, split, 32, scheme)
    assert [int(name[:6]) for name in data.names] == rows
    assert np.array_equal(data.labels, expected(rows))
    greys = [40 * list(FILES).index(row) + 20 for row in rows]
    for image, grey in zip(data.images, greys, strict=True):
        assert image.shape == (3, 32, 32) and (image == grey).all()


@pytest.mark.parametrize(
    "text",
    [
        attribute_text([1, 2, 3]),
        attribute_text([1, 2, 3], end="\r\n"),
        attribute_text([1, 2, 3], space="  "),
        attribute_text([1, 2, 3], last_end=False),
        attribute_text([1, 2, 3], count=202_599),
        attribute_text([1, 2, 3], zero_one=True),
        csv_text("image_id", [1, 2, 3]),
        csv_text("", [1, 2, 3]),
    ],
    ids=["official", "crlf", "spaces", "no final newline", "count", "0-1", "csv", "csv unnamed"],
)
def test_attribute_lists_in_circulation(tmp_path, text):
    (tmp_path / "list.txt").write_bytes(text.encode())
    names, labels = read_attributes(tmp_path / "list.txt")
    assert names == ["000001.jpg", "000002.jpg", "000003.jpg"]
    assert np.array_equal(labels, expected([1, 2, 3]))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!DOCTYPE html><html>Quota exceeded</html>", "web page"),
        ("  <html><body>Sign in</body></html>", "web page"),
        ("", "empty"),
        ("3\n", "empty"),
        ("2\nBald Bangs\n000001.jpg 1 -1\n", "no column Black_Hair"),
        (attribute_text([1, 2, 3])[:-20], "cut short or damaged: row 3"),
        (attribute_text([1, 2]).replace("-1", " 7"), "label '7'"),
    ],
)
def test_damaged_attribute_lists_are_refused(tmp_path, text, message):
    (tmp_path / "list.txt").write_text(text)
    with pytest.raises(DataError, match=message):
        read_attributes(tmp_path / "list.txt")


def test_a_truncated_image_is_named(folder):
    path = folder / "img_align_celeba" / "162771.jpg"
    path.write_bytes(path.read_bytes()[:400])
    with pytest.raises(DataError, match=r"162771\.jpg can't be read"):
        celeba(folder, "train", 32)


def test_a_web_page_in_place_of_an_image_is_named(folder):
    (folder / "img_align_celeba" / "000001.jpg").write_text("<html>Quota exceeded</html>")
    with pytest.raises(DataError, match=r"000001\.jpg can't be read"):
        celeba(folder, "train", 32)


def test_wrong_folders_are_named_with_the_right_one(folder, tmp_path):
    with pytest.raises(DataError, match="is no folder"):
        celeba(tmp_path / "nowhere", "train", 32)
    with pytest.raises(DataError, match=r"lacks .* Did you mean"):
        celeba(folder / "img_align_celeba", "train", 32)
    (folder / "list_attr_celeba.txt").unlink()
    with pytest.raises(DataError, match=r"lacks list_attr_celeba\.txt"):
        celeba(folder, "train", 32)


def test_a_split_without_images_is_refused(folder):
    (folder / "img_align_celeba" / "182638.jpg").unlink()
    with pytest.raises(DataError, match="no image of the test split"):
        celeba(folder, "test", 32)


def test_files_that_are_no_images_do_not_matter(folder):
    (folder / "img_align_celeba" / "Thumbs.db").write_bytes(b"x")
    assert len(celeba(folder, "train", 32)) == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dataset": "celebra"}, "Did you mean 'celeba'"),
        ({"split": "tset"}, "Did you mean 'test'"),
        ({"dataset": "celeba", "scheme": "offical"}, "Did you mean 'official'"),
    ],
)
def test_wrong_choices_are_named(changes, message):
    given = {"dataset": "synthetic", "split": "train", "image_size": 32, "count": 2} | changes
    with pytest.raises(ValueError, match=message):
        load(**given)


def test_drawn_splits_share_no_face():
    train, test = (load("synthetic", split, 32, count=50) for split in ("train", "test"))
    a, b = train.images.reshape(50, -1), test.images.reshape(50, -1)
    assert not (a[:, None] == b[None]).all(axis=2).any()


def test_a_choice_of_attributes_reorders_the_labels():
    every = load("synthetic", "test", 16, count=30)
    some = load("synthetic", "test", 16, count=30, attributes=("Young", "Bald"))
    columns = [NAMES.index("Young"), NAMES.index("Bald")]
    assert some.attributes == ("Young", "Bald")
    assert np.array_equal(some.labels, every.labels[:, columns])


def test_batches_are_scaled_and_mirrored_with_their_masks(faces):
    indices, flip = torch.tensor([3, 9]), torch.tensor([True, False])
    x, y, s = faces.batch(indices, flip)
    assert x.min() >= -1 and x.max() <= 1 and y.shape == (2, 13)
    for row, (index, mirrored) in enumerate(zip([3, 9], [True, False], strict=True)):
        image, mask = faces.images[index].astype(np.float32), faces.masks[index]
        if mirrored:
            image, mask = image[..., ::-1], mask[..., ::-1]
        assert np.abs(x[row].numpy() - (image / 127.5 - 1)).max() < 1e-6
        assert np.array_equal(s[row].numpy(), mask)


def test_a_subset_keeps_all_parts_together(faces):
    part = faces.subset(5)
    assert len(part) == len(part.labels) == len(part.masks) == len(part.faces) == 5
    assert isinstance(part, FaceData) and part.attributes == NAMES


def test_the_sampler_goes_through_epochs_and_resumes():
    sampler = Sampler(10, 3, stream(0, "data"))
    epoch = torch.cat([next(sampler) for _ in range(3)])
    assert len(set(epoch.tolist())) == 9
    next(sampler)
    state = sampler.state_dict()
    ahead = [next(sampler).tolist() for _ in range(7)]
    other = Sampler(10, 3, stream(99, "data"))
    other.load_state_dict(state)
    assert [next(other).tolist() for _ in range(7)] == ahead
    with pytest.raises(ValueError, match="batch_size=11 is more than the 10 faces"):
        Sampler(10, 11, stream(0, "data"))


def test_real_celeba_is_read_as_it_is(real):
    counts = {
        ("paper", "train"): 4775,
        ("paper", "val"): 25,
        ("paper", "test"): 1200,
        ("official", "train"): 4000,
        ("official", "val"): 800,
        ("official", "test"): 1200,
    }
    partition = dict(
        line.split() for line in (real / "celeba/list_eval_partition.txt").read_text().splitlines()
    )
    for (scheme, split), count in counts.items():
        files, labels = celeba_files(real / "celeba", split, scheme)
        assert len(files) == len(labels) == count
        if scheme == "official":
            wanted = str(datasets.SPLITS.index(split))
            assert {partition[file.name] for file in files} == {wanted}


def test_real_labels_are_those_of_the_list(real):
    """Against the raw text: the first test images, column by column."""
    data = celeba(real / "celeba", "test", 16, count=50)
    lines = (real / "celeba/list_attr_celeba.txt").read_text().splitlines()
    header = lines[1].split()
    by_name = {line.split()[0]: line.split()[1:] for line in lines[2:]}
    for name, labels in zip(data.names, data.labels, strict=True):
        raw = [by_name[name][header.index(attribute)] for attribute in NAMES]
        assert [int(cell) > 0 for cell in raw] == (labels == 1).tolist()
