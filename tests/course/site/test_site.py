"""What a site refuses; the pages themselves are looked at in a browser (tests/browser)."""

import pytest

from secgan_lite.course import site
from secgan_lite.course.site import vendored


def test_nobodys_folder_is_written_over(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match="not empty, and no site"):
        site.build_site(tmp_path)


def test_without_npm_it_says_what_brings_it(tmp_path, monkeypatch):
    monkeypatch.setattr(vendored.shutil, "which", lambda name: None)
    with pytest.raises(FileNotFoundError, match=r"install Node\.js"):
        vendored.unpack("mathjax", tmp_path)


def test_npms_own_words_are_passed_on(tmp_path, monkeypatch):
    failed = vendored.subprocess.CompletedProcess([], 1, "", "no such version\n")
    monkeypatch.setattr(vendored.shutil, "which", lambda name: name)
    monkeypatch.setattr(vendored.subprocess, "run", lambda *args, **options: failed)
    with pytest.raises(OSError, match=r"fetch mathjax .*: no such version$"):
        vendored.unpack("mathjax", tmp_path)
