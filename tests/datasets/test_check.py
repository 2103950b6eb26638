"""``python -m secgan_lite.datasets check``: right copies pass, each defect is found and named."""

import sys

import numpy as np
import pytest
from copies import attribute_text
from PIL import Image

from secgan_lite.commands.check import check
from secgan_lite.datasets.__main__ import main


def wrong(dataset, folder):
    return [finding.text for finding in check(dataset, folder) if finding.kind == "wrong"]


def repair_size(folder):
    """Both test images of another file format are real enough, but all of 178 × 218 px."""
    return [Image.open(path).size for path in (folder / "img_align_celeba").iterdir()]


def test_sound_copies_have_no_findings(folder, hq_folder):
    assert set(repair_size(folder)) == {(178, 218)}
    assert wrong("celeba", folder) == [] and wrong("celeba-hq", hq_folder) == []
    texts = [finding.text for finding in check("celeba", folder)]
    assert "non-commercial" in texts[0] and "https://" in texts[0]
    assert any("5 of 202,599, 202,594 absent" in text for text in texts)


def test_each_defect_of_celeba_is_found(folder):
    images = folder / "img_align_celeba"
    whole = (images / "000001.jpg").read_bytes()
    (images / "000001.jpg").write_bytes(whole[:-30])
    (images / "162771.jpg").write_text("<html>Quota exceeded</html>", encoding="utf-8")
    Image.new("RGB", (100, 100)).save(images / "182637.jpg")
    (folder / "list_eval_partition.txt").write_text("000001.jpg 2\n", encoding="utf-8")
    text = "\n".join(wrong("celeba", folder))
    for part in ("3 of 5 image files", "000001.jpg is cut short", "162771.jpg is no image",
                 "182637.jpg has 100 × 100 px", "1 images are in another split"):  # fmt: skip
        assert part in text
    (folder / "list_attr_celeba.txt").write_text("<html>Quota exceeded</html>", encoding="utf-8")
    assert any("web page" in line for line in wrong("celeba", folder))


def test_an_archive_that_is_not_unpacked_is_found(folder):
    (folder / "img_align_celeba.zip").write_bytes(b"x")
    (folder / "img_align_celeba").rename(folder / "elsewhere")
    text = "\n".join(wrong("celeba", folder))
    assert "is not unpacked" in text and "lacks img_align_celeba" in text


def test_rows_too_many_and_images_in_no_row(folder, monkeypatch):
    monkeypatch.setattr("secgan_lite.commands.check.CELEBA_COUNT", 4)
    assert any("more than the 4 there are" in line for line in wrong("celeba", folder))
    (folder / "list_attr_celeba.txt").write_text(attribute_text([1, 2, 3]), encoding="utf-8")
    notes = [f.text for f in check("celeba", folder) if f.kind == "note"]
    assert any("4 images are in no row" in text for text in notes)


def test_each_defect_of_celeba_hq_is_found(hq_folder):
    (hq_folder / "CelebAMask-HQ-mask-anno" / "0" / "00003_skin.png").unlink()
    mapping = hq_folder / "CelebA-HQ-to-CelebA-mapping.txt"
    mapping.write_text("3 7 000008.jpg\n4 7 000008.jpg\n", encoding="utf-8")
    text = "\n".join(wrong("celeba-hq", hq_folder))
    assert "1 images have no mask: 3" in text and "two images come from the same" in text


def test_packs_are_checked(tmp_path):
    np.savez(tmp_path / "pack.npz", jpg=np.zeros(3))
    assert any("is damaged: jpg" in line for line in wrong("celeba", tmp_path / "pack.npz"))


def test_the_command(folder, monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["datasets", "check", *arguments])
        return main()

    assert run("celeba", "--data-dir", str(folder)) == 0
    assert "right  5 image files are whole" in capsys.readouterr().out
    assert run("celeba", "--data-dir", str(folder / "nowhere")) == 1
    assert "is not there" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        run("celebra", "--data-dir", str(folder))
    assert "Did you mean 'celeba'" in capsys.readouterr().err
