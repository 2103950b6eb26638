"""The loaders on real files, where SECGAN_LITE_REAL names them."""

import numpy as np
import pytest
from PIL import Image

from secgan_lite.attributes import NAMES
from secgan_lite.commands.check import check
from secgan_lite.datasets import SPLITS, celeba, celeba_hq, load
from secgan_lite.datasets.celeba_hq import segments
from secgan_lite.datasets.lists import read_attributes, read_mapping, read_partition
from secgan_lite.segments import PARTS, SEGMENTS, lookup


def raw_labels(path):
    """Labels of a list by file name, column by column, from its bare text."""
    lines = path.read_text(encoding="utf-8").splitlines()
    columns = [lines[1].split().index(name) + 1 for name in NAMES]
    rows = (line.split() for line in lines[2:])
    return {row[0]: [int(row[column]) > 0 for column in columns] for row in rows}


def test_the_checks_pass(real):
    for dataset, place in {
        "celeba": ["celeba", "packs/celeba64_20k.npz"],
        "celeba-hq": ["CelebAMask-HQ", "packs/hq128_masked.npz"],
    }.items():
        for folder in place:
            assert not [str(f) for f in check(dataset, real / folder) if f.kind == "wrong"]


@pytest.mark.parametrize(
    ("scheme", "counts"), [("paper", (4775, 25, 1200)), ("official", (4000, 800, 1200))]
)
def test_all_6000_celeba_images_have_the_labels_and_splits_of_the_lists(real, scheme, counts):
    labels = raw_labels(real / "celeba/list_attr_celeba.txt")
    partition = dict(
        line.split()
        for line in (real / "celeba/list_eval_partition.txt")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    seen = set()
    for split, count in zip(SPLITS, counts, strict=True):
        photos = celeba(real / "celeba", split, scheme)
        assert len(photos) == count
        for name, found in zip(photos.names, photos.labels, strict=True):
            assert found.tolist() == labels[name]
            if scheme == "official":
                assert partition[name] == str(SPLITS.index(split))
        seen |= set(photos.names)
    assert len(seen) == 6000


def test_splits_of_the_whole_lists(real):
    """Each of the 202,599 and 30,000 rows, whether its image is here or not."""
    partition = read_partition(real / "celeba/list_eval_partition.txt")
    names, _ = read_attributes(real / "celeba/list_attr_celeba.txt")
    assert [int(name[:6]) for name in names] == list(range(1, 202_600)) == sorted(partition)
    for scheme, sizes in {
        "paper": (182_000, 637, 19_962),
        "official": (162_770, 19_867, 19_962),
    }.items():
        for split, size in zip(SPLITS, sizes, strict=True):
            photos = celeba(real / "celeba", split, scheme)
            assert len(photos) + photos.absent == size
    for scheme, sizes in {"paper": (28_000, 500, 1_500), "clean": (24_183, 2_993, 2_824)}.items():
        for split, size in zip(SPLITS, sizes, strict=True):
            if (scheme, split) in (("paper", "val"), ("paper", "test")):
                continue  # none of these images is here
            photos = celeba_hq(real / "CelebAMask-HQ", split, scheme)
            assert len(photos) + photos.absent == size
    mapping = read_mapping(real / "CelebAMask-HQ/CelebA-HQ-to-CelebA-mapping.txt")
    counted = [sum(partition[row + 1] == split for row in mapping.values()) for split in SPLITS]
    assert counted == [24_183, 2_993, 2_824]


def test_hq_masks_are_the_part_masks_merged(real):
    """At full size, every sixth, against a loop over parts written from the data's description."""
    root = real / "CelebAMask-HQ"
    folder = root / "CelebAMask-HQ-mask-anno"
    photos = celeba_hq(root, "train")
    assert len(photos) == 600
    labels = raw_labels(root / "CelebAMask-HQ-attribute-anno.txt")
    for name, found in zip(photos.names, photos.labels, strict=True):
        assert found.tolist() == labels[f"{name}.jpg"]
    for name in photos.names[::6]:
        merged = np.full((512, 512), SEGMENTS.index("others"))
        for part, segment in PARTS.items():
            file = folder / str(int(name) // 2000) / f"{int(name):05d}_{part}.png"
            if file.exists():
                with Image.open(file) as picture:
                    merged[np.asarray(picture).reshape(512, 512, -1)[..., 0] > 127] = (
                        SEGMENTS.index(segment)
                    )
        assert np.array_equal(segments(folder, int(name), 512), merged)


def test_real_hq_files_and_pack_agree(real):
    """The same faces from the official files and from the pack: labels equal, masks nearly."""
    files = load("celeba-hq", "train", 128, 100, str(real / "CelebAMask-HQ"))
    path = real / "packs" / "hq128_masked.npz"
    with np.load(path, allow_pickle=False) as archive:
        ids = archive["ids"].tolist()
        both = [row for row, name in enumerate(files.names) if int(name) in ids]
        rows = [ids.index(int(files.names[row])) for row in both]
        names = [str(n) for n in archive["names"]]
        labels = archive["attrs"][rows][:, [names.index(n) for n in NAMES]] > 0
        masks = lookup("celebamask")[archive["mask19"][rows]]
    assert len(both) > 10 and np.array_equal(files.labels[both] == 1, labels)
    assert (files.masks[both] == masks).mean() > 0.97


def test_both_packs_are_read_wholly(real):
    for name, sizes, masked in [
        ("celeba64_20k", (16_026, 1_971, 2_003), False),
        ("hq128_masked", (4_157, 520, 519), True),
    ]:
        path = real / "packs" / f"{name}.npz"
        sets = [load("celeba", split, 32, data_dir=str(path)) for split in SPLITS]
        assert tuple(map(len, sets)) == sizes
        assert all((data.masks is not None) == masked for data in sets)
        with np.load(path, allow_pickle=False) as archive:
            ids, names = archive["ids"].tolist(), archive["names"].tolist()
            columns = [names.index(n) for n in NAMES]
            for data in sets:
                rows = [ids.index(int(n)) for n in data.names[:50]]
                assert np.array_equal(archive["attrs"][rows][:, columns] > 0, data.labels[:50] == 1)
