"""Data: drawn splits, CelebA's files with every quirk of the copies in circulation, samplers."""

import io
import re

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
    celeba_hq,
    load,
    read_attributes,
)
from secgan_lite.randomness import stream
from secgan_lite.segments import lookup

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


# Three HQ images: of the paper's training, validation and test set; of CelebA's test, training and
# validation set.
HQ = {3: 182_637, 28_100: 4, 29_000: 162_770}


@pytest.fixture
def hq_folder(tmp_path):
    for name in ("CelebA-HQ-img", "CelebAMask-HQ-mask-anno"):
        (tmp_path / name).mkdir()
    for i, number in enumerate(HQ):
        Image.new("RGB", (64, 64), (50 * i,) * 3).save(
            tmp_path / "CelebA-HQ-img" / f"{number}.jpg", "PNG"
        )
    rows = "\n".join(attribute_text([n], space="  ").split("\n")[2] for n in HQ)
    rows = re.sub(r"(?m)^0*(\d+)", r"\1", rows)
    header = attribute_text([1]).split("\n")[1]
    (tmp_path / "CelebAMask-HQ-attribute-anno.txt").write_text(f"30000\n{header}\n{rows}\n")
    mapping = "\n".join(f"{n} {row} {row + 1:06d}.jpg" for n, row in HQ.items())
    (tmp_path / "CelebA-HQ-to-CelebA-mapping.txt").write_text(mapping + "\n")
    return tmp_path


def draw_part(folder, number, part, box, mode="RGB"):
    picture = Image.new("L", (512, 512))
    picture.paste(255, box)
    target = folder / "CelebAMask-HQ-mask-anno" / str(number // 2000)
    target.mkdir(exist_ok=True)
    picture.convert(mode).save(target / f"{number:05d}_{part}.png")


@pytest.mark.parametrize(
    ("scheme", "split", "number"),
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
def test_celeba_hq_splits(hq_folder, scheme, split, number, header):
    mapping = hq_folder / "CelebA-HQ-to-CelebA-mapping.txt"
    mapping.write_text(header + mapping.read_text())
    data = celeba_hq(hq_folder, split, 16, scheme)
    assert data.names.tolist() == [str(number)]
    assert np.array_equal(data.labels, expected([number]))
    assert (data.images == 50 * list(HQ).index(number)).all()
    assert (data.masks == 11).all()  # no part file: all of it is "others"


@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
def test_parts_are_painted_by_name_in_their_order(hq_folder, mode):
    for part, box in {
        "skin": (0, 0, 512, 512),
        "l_eye": (0, 0, 256, 256),
        "eye_g": (128, 0, 256, 256),
        "hat": (256, 0, 512, 256),
        "r_ear": (0, 256, 256, 512),
    }.items():
        draw_part(hq_folder, 3, part, box, mode)
    mask = celeba_hq(hq_folder, "train", 4).masks[0]
    assert mask.tolist() == [[2, 3, 11, 11]] * 2 + [[4, 4, 0, 0]] * 2


def test_damaged_hq_files_are_named(hq_folder):
    mapping = hq_folder / "CelebA-HQ-to-CelebA-mapping.txt"
    mapping.write_text("3 182637 182637.jpg\n")
    with pytest.raises(DataError, match="shifted"):
        celeba_hq(hq_folder, "test", 16, "clean")
    mapping.write_text("<html>Quota exceeded</html>")
    with pytest.raises(DataError, match="no mapping file"):
        celeba_hq(hq_folder, "test", 16, "clean")
    with pytest.raises(ValueError, match="Did you mean 'clean'"):
        celeba_hq(hq_folder, "test", 16, "claen")
    draw_part(hq_folder, 3, "skin", (0, 0, 9, 9))
    part = hq_folder / "CelebAMask-HQ-mask-anno" / "0" / "00003_skin.png"
    part.write_bytes(part.read_bytes()[:60])
    with pytest.raises(DataError, match=r"00003_skin\.png can't be read"):
        celeba_hq(hq_folder, "train", 16)


@pytest.fixture
def packed(tmp_path):
    files, mask19 = [], np.arange(20, dtype=np.uint8) % 19
    for i in range(20):
        raw = io.BytesIO()
        Image.new("RGB", (8, 8), (10 * i,) * 3).save(raw, "PNG")
        files.append(raw.getvalue())
    arrays = {
        "jpg": np.frombuffer(b"".join(files), np.uint8),
        "off": np.cumsum([0, *map(len, files)]),
        "attrs": np.array([[value(i, c) for c in range(len(COLUMNS))] for i in range(20)], np.int8),
        "names": np.array(COLUMNS),
        "mask19": np.broadcast_to(mask19[:, None, None], (20, 8, 8)),
    }
    return tmp_path / "pack.npz", arrays


@pytest.mark.parametrize("with_part", [False, True])
def test_packs(packed, with_part):
    path, arrays = packed
    if with_part:
        arrays["part"] = np.array([0] * 12 + [1] * 3 + [2] * 5)
    np.savez(path, **arrays)
    rows = [15, 16, 17, 18, 19] if with_part else [9, 19]
    data = load("celeba-hq", "test", 8, data_dir=str(path))
    assert np.array_equal(data.labels, expected(rows))
    assert [int(image.mean()) for image in data.images] == [10 * row for row in rows]
    assert data.masks[:, 0, 0].tolist() == [int(lookup("celebamask")[row % 19]) for row in rows]
    sizes = [len(load("celeba", s, 8, data_dir=str(path))) for s in ("train", "val", "test")]
    assert sizes == ([12, 3, 5] if with_part else [16, 2, 2])


def test_what_is_no_pack_is_refused(packed, tmp_path):
    path, arrays = packed
    with pytest.raises(DataError, match="no pack of faces"):
        load("celeba", "test", 8, data_dir=str(tmp_path / "absent.npz"))
    path.write_text("<html>Quota exceeded</html>")
    with pytest.raises(DataError, match="no pack of faces"):
        load("celeba", "test", 8, data_dir=str(path))
    np.savez(path, **arrays | {"names": np.array(["x"] * len(COLUMNS))})
    with pytest.raises(DataError, match="has no attribute Bald"):
        load("celeba", "test", 8, data_dir=str(path))
    np.savez(path, **arrays | {"names": np.array([object()] * 3, dtype=object)})
    with pytest.raises(DataError, match="no pack of faces"):  # it would need unpickling
        load("celeba", "test", 8, data_dir=str(path))


def test_real_hq_files_and_pack_agree(real):
    """The same faces from the official files and from the pack: labels equal, masks nearly."""
    folder, path = real / "CelebAMask-HQ", real / "packs" / "hq128_masked.npz"
    files = celeba_hq(folder, "test", 128, "clean")
    with np.load(path, allow_pickle=False) as archive:
        ids = archive["ids"]
        rows = [int(np.flatnonzero(ids == int(name))[0]) for name in files.names]
        names = [str(n) for n in archive["names"]]
        labels = archive["attrs"][rows][:, [names.index(n) for n in NAMES]] > 0
        masks = lookup("celebamask")[archive["mask19"][rows]]
    assert len(files) == 10 and np.array_equal(files.labels == 1, labels)
    assert (files.masks == masks).mean() > 0.97


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
