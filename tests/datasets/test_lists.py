"""CelebA's lists, as published and as they circulate: right, or refused with a reason."""

import numpy as np
import pytest
from copies import attribute_text, csv_text, expected

from secgan_lite.attributes import NAMES
from secgan_lite.datasets import DataError, read_attributes
from secgan_lite.datasets.lists import read_mapping, read_partition

ROWS = [1, 2, 3]
PAGE = "<!DOCTYPE html><html>Quota exceeded</html>"


@pytest.mark.parametrize(
    "text",
    [
        attribute_text(ROWS),
        "\ufeff" + attribute_text(ROWS),
        attribute_text(ROWS, end="\r\n"),
        attribute_text(ROWS, space="  "),
        attribute_text(ROWS, last_end=False),
        attribute_text(ROWS, count=202_599),
        attribute_text(ROWS, zero_one=True),
        csv_text("image_id", ROWS),
        csv_text("", ROWS),
    ],
    ids=[
        "official", "mark", "crlf", "spaces", "no final newline", "count", "0-1", "csv",
        "csv unnamed",
    ],
)  # fmt: skip
def test_attribute_lists_in_circulation(tmp_path, text):
    (tmp_path / "list.txt").write_bytes(text.encode())
    names, labels = read_attributes(tmp_path / "list.txt")
    assert names == ["000001.jpg", "000002.jpg", "000003.jpg"]
    assert np.array_equal(labels, expected(ROWS))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PAGE, "web page"),
        ("  <html><body>Sign in</body></html>", "web page"),
        ("", "empty"),
        ("3\n", "empty"),
        ("2\nBald Bangs\n000001.jpg 1 -1\n", "no column Black_Hair"),
        (attribute_text(ROWS)[:-20], "cut short or damaged: row 3"),
        (attribute_text([1, 2]).replace("-1", " 7"), "label '7'"),
        (attribute_text([1, 2, 2]), r"two rows for 000002\.jpg"),
    ],
)
def test_damaged_attribute_lists_are_refused(tmp_path, text, message):
    (tmp_path / "list.txt").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_attributes(tmp_path / "list.txt")


@pytest.mark.parametrize(
    "text",
    ["000001.jpg 0\r\n000002.jpg 2\r\n", "image_id,partition\n000001.jpg,0\n000002.jpg,2"],
)
def test_partitions_in_circulation(tmp_path, text):
    (tmp_path / "list.txt").write_bytes(text.encode())
    assert read_partition(tmp_path / "list.txt") == {1: "train", 2: "test"}


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (read_partition, PAGE, "web page"),
        (read_partition, "000001.jpg 0\n000002.jpg", "cut short or no partition"),
        (read_partition, "000001.jpg 3\n", "no partition"),
        (read_partition, "000001.jpg 0\n000001.jpg 1\n", "two rows"),
        (read_partition, "face.jpg 0\n", r"names the image 'face\.jpg'"),
        (read_mapping, PAGE, "web page"),
        (read_mapping, "0 119613 119614.jpg\n1 990", "cut short or no mapping"),
        (read_mapping, "3 182637 182637.jpg\n", "shifted"),
        (read_mapping, "", "empty"),
    ],
)
def test_damaged_partitions_and_mappings_are_refused(tmp_path, read, text, message):
    (tmp_path / "list.txt").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read(tmp_path / "list.txt")


@pytest.mark.parametrize("header", ["", "idx          orig_idx     orig_file\n"])
def test_mappings_with_and_without_names(tmp_path, header):
    (tmp_path / "list.txt").write_text(
        header + "0          119613     119614.jpg\n1 9 000010.jpg", encoding="utf-8"
    )
    assert read_mapping(tmp_path / "list.txt") == {0: 119613, 1: 9}


def test_any_columns_can_be_read(tmp_path):
    (tmp_path / "list.txt").write_text(attribute_text(ROWS), encoding="utf-8")
    _, labels = read_attributes(tmp_path / "list.txt", ("Young", "Bald"))
    columns = [NAMES.index("Young"), NAMES.index("Bald")]
    assert np.array_equal(labels, expected(ROWS)[:, columns])
