"""CelebA-HQ's files: both splits, masks merged by the parts' names, damage named."""

import numpy as np
import pytest
from copies import HQ, draw_part, expected

from secgan_lite.commands.check import check
from secgan_lite.datasets import DataError, celeba_hq


@pytest.mark.parametrize(
    ("scheme", "split", "image"),
    [
        ("paper", "train", 3),
        ("paper", "val", 28_100),
        ("paper", "test", 29_000),
        ("clean", "train", 28_100),
        ("clean", "val", 29_000),
        ("clean", "test", 3),
    ],
)
@pytest.mark.parametrize("header", ["", "idx orig_idx orig_file\n"])
def test_splits(hq_folder, read, scheme, split, image, header):
    mapping = hq_folder / "CelebA-HQ-to-CelebA-mapping.txt"
    mapping.write_text(header + mapping.read_text(encoding="utf-8"), encoding="utf-8")
    data = read(celeba_hq(hq_folder, split, scheme))
    assert data.names.tolist() == [str(image)]
    assert np.array_equal(data.labels, expected([image]))
    assert (data.images == 50 * list(HQ).index(image)).all() and (data.masks == 0).all()


@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
def test_parts_are_painted_by_name_in_their_order(hq_folder, read, mode):
    for part, box in {
        "l_eye": (0, 0, 256, 256),
        "eye_g": (128, 0, 256, 256),
        "hat": (256, 0, 512, 256),
        "r_ear": (0, 256, 256, 512),
    }.items():
        draw_part(hq_folder, 3, part, box, mode)
    mask = read(celeba_hq(hq_folder, "train"), 4).masks[0]
    assert mask.tolist() == [[2, 3, 11, 11]] * 2 + [[4, 4, 0, 0]] * 2


def test_what_no_part_covers_is_others(hq_folder, read):
    draw_part(hq_folder, 3, "skin", (0, 0, 256, 512))
    mask = read(celeba_hq(hq_folder, "train"), 4).masks[0]
    assert mask.tolist() == [[0, 0, 11, 11]] * 4


def test_what_systems_leave_beside_the_files_does_not_matter(hq_folder, read):
    masks = hq_folder / "CelebAMask-HQ-mask-anno"
    for path in [*masks.glob("*/*.png"), *(hq_folder / "CelebA-HQ-img").iterdir()]:
        path.with_name(f"._{path.name}").write_bytes(b"x")
    for folder in (masks, masks / "0", hq_folder / "CelebA-HQ-img"):
        for name in (".DS_Store", "Thumbs.db", "²_skin.png", "².jpg"):
            (folder / name).write_bytes(b"x")
    assert [f.text for f in check("celeba-hq", hq_folder) if f.kind == "wrong"] == []
    assert len(read(celeba_hq(hq_folder, "train"))) == 1


def test_without_the_folder_of_masks_there_are_photographs_alone(hq_folder, read):
    (hq_folder / "CelebAMask-HQ-mask-anno").rename(hq_folder.parent / "elsewhere")
    data = read(celeba_hq(hq_folder, "test"))
    assert data.masks is None and (data.images == 100).all()
    assert [f.text for f in check("celeba-hq", hq_folder) if f.kind == "wrong"] == []


def test_images_with_leading_zeros_are_found(hq_folder, read):
    images = hq_folder / "CelebA-HQ-img"
    (images / "3.jpg").rename(images / "00003.jpg")
    assert read(celeba_hq(hq_folder, "train")).names.tolist() == ["3"]


def test_damaged_parts_are_named(hq_folder, read):
    part = hq_folder / "CelebAMask-HQ-mask-anno" / "0" / "00003_skin.png"
    part.write_bytes(part.read_bytes()[:60])
    with pytest.raises(DataError, match=r"00003_skin\.png is damaged"):
        read(celeba_hq(hq_folder, "train"))
    draw_part(hq_folder, 3, "l_lash", (0, 0, 9, 9))
    with pytest.raises(DataError, match=r"00003_l_lash\.png is no part"):
        celeba_hq(hq_folder, "train")


def test_what_would_give_wrong_labels_or_masks_is_refused(hq_folder):
    images = hq_folder / "CelebA-HQ-img"
    (images / "29000.jpg").rename(images / "30000.jpg")
    with pytest.raises(DataError, match="shifted by one"):
        celeba_hq(hq_folder, "train")
    (images / "30000.jpg").rename(images / "29000.jpg")
    (hq_folder / "CelebAMask-HQ-mask-anno" / "0" / "00003_skin.png").unlink()
    with pytest.raises(DataError, match="no part of image 3"):
        celeba_hq(hq_folder, "train")
    (images / "3.jpg").unlink()
    with pytest.raises(DataError, match="no image of the train split"):
        celeba_hq(hq_folder, "train")
    with pytest.raises(ValueError, match="Did you mean 'clean'"):
        celeba_hq(hq_folder, "test", "claen")
    (hq_folder / "CelebA-HQ-to-CelebA-mapping.txt").unlink()
    with pytest.raises(DataError, match=r"lacks CelebA-HQ-to-CelebA-mapping\.txt"):
        celeba_hq(hq_folder, "test", "clean")
