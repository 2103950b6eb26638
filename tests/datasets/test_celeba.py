"""CelebA's files: splits, crop and labels; damaged or shifted copies are refused."""

import numpy as np
import pytest
from copies import COLUMNS, FILES, csv_text, expected, value
from PIL import Image

from secgan_lite.commands.check import check
from secgan_lite.datasets import DataError, celeba


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
def test_splits_crop_and_labels(folder, read, scheme, split, rows):
    data = read(celeba(folder, split, scheme), 32)
    assert [int(name[:6]) for name in data.names] == rows
    assert np.array_equal(data.labels, expected(rows))
    greys = [40 * list(FILES).index(row) + 20 for row in rows]
    for image, grey in zip(data.images, greys, strict=True):
        assert image.shape == (3, 32, 32) and (image == grey).all()


def test_any_column_can_be_a_label(folder):
    photos = celeba(folder, "train", attributes=("Smiling", "Bald"))
    columns = [COLUMNS.index("Smiling"), COLUMNS.index("Bald")]
    assert photos.labels.tolist() == [[value(r, c) == 1 for c in columns] for r in (1, 162_771)]
    assert photos.attributes == ("Smiling", "Bald")


@pytest.mark.parametrize("suffix", [".JPG", ".png", ".PNG", ".jpeg"])
def test_files_of_another_suffix_are_read(folder, read, suffix):
    for path in list((folder / "img_align_celeba").iterdir()):
        path.rename(path.with_suffix(suffix))
    data = read(celeba(folder, "train"))
    assert data.names.tolist() == ["000001.jpg", "162771.jpg"]
    assert [int(image[0, 0, 0]) for image in data.images] == [20, 60]


def test_of_two_files_of_an_image_the_listed_one_is_taken(folder, read):
    for suffix in (".jpeg", ".png"):
        Image.new("RGB", (178, 218), "white").save(
            folder / "img_align_celeba" / f"000001{suffix}", "PNG"
        )
    assert read(celeba(folder, "train")).images[0, 0, 0, 0] == 20


def test_absent_images_are_counted(folder):
    assert [celeba(folder, split).absent for split in ("train", "val", "test")] == [1, 0, 1]


def test_a_copy_of_csv_lists_and_a_nested_folder(folder):
    """The layout of a popular copy."""
    inner = folder / "img_align_celeba" / "img_align_celeba"
    (folder / "img_align_celeba").rename(folder / "inner")
    inner.parent.mkdir()
    (folder / "inner").rename(inner)
    (folder / "list_attr_celeba.txt").unlink()
    (folder / "list_attr_celeba.csv").write_text(
        csv_text("image_id", sorted(FILES)), encoding="utf-8"
    )
    photos = celeba(folder, "test")
    assert photos.names == ["182638.jpg"] and np.array_equal(photos.labels, expected([182_638]))


@pytest.mark.parametrize("content", [b"cut", b"<html>Quota exceeded</html>"])
def test_a_damaged_image_is_named(folder, read, content):
    path = folder / "img_align_celeba" / "162771.jpg"
    path.write_bytes(path.read_bytes()[:400] if content == b"cut" else content)
    with pytest.raises(DataError, match=r"162771\.jpg is (damaged|no image).*unpack it again"):
        read(celeba(folder, "train"))


def test_a_copy_numbered_from_zero_is_refused(folder):
    images = folder / "img_align_celeba"
    (images / "000001.jpg").rename(images / "000000.jpg")
    with pytest.raises(DataError, match="shifted by one"):
        celeba(folder, "train")


def test_wrong_folders_are_named_with_the_right_one(folder, tmp_path):
    with pytest.raises(DataError, match="is not there"):
        celeba(tmp_path / "nowhere", "train")
    with pytest.raises(DataError, match=r"lacks .* Did you mean"):
        celeba(folder / "img_align_celeba", "train")
    (folder / "list_attr_celeba.txt").unlink()
    with pytest.raises(DataError, match=r"lacks list_attr_celeba\.txt"):
        celeba(folder, "train")


def test_a_split_without_images_is_refused(folder):
    (folder / "img_align_celeba" / "182638.jpg").unlink()
    with pytest.raises(DataError, match="no image of the test split"):
        celeba(folder, "test")


def test_files_that_are_no_images_do_not_matter(folder):
    for name in ("Thumbs.db", "._000001.jpg", ".DS_Store", "desktop.ini", "1²³.jpg"):
        (folder / "img_align_celeba" / name).write_bytes(b"x")
    assert len(celeba(folder, "train")) == 2
    assert [f.text for f in check("celeba", folder) if f.kind == "wrong"] == []
