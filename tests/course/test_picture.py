"""The README's pictures: of a run, and one of each lesson as it is stored now."""

import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from secgan_lite.course.authoring import picture
from secgan_lite.course.builder import lessons
from secgan_lite.support.files import REPOSITORY


def test_the_readmes_picture_is_what_the_bundled_editor_paints(tmp_path, monkeypatch):
    """If this fails, `secgan-lite author overview` draws it anew."""
    kept = np.asarray(Image.open(picture.DATA / "overview.png").convert("RGB")).astype(float)
    monkeypatch.setattr(picture, "DATA", tmp_path)
    drawn = np.asarray(Image.open(picture.write_overview()).convert("RGB")).astype(float)
    assert kept.shape == drawn.shape and np.abs(kept - drawn).mean() < 2  # fonts may differ


@pytest.mark.parametrize("lesson", lessons())
def test_the_readme_shows_each_lesson_as_it_is_stored(lesson):
    """If this fails, `secgan-lite author thumbnails` brings the pictures up to date."""
    kept, fresh = (
        np.asarray(Image.open(source)).astype(float)
        for source in (picture.THUMBNAILS / f"{lesson}.webp", BytesIO(picture.thumbnail(lesson)))
    )
    assert kept.shape == fresh.shape == (200, 320, 3)
    assert np.abs(kept - fresh).mean() < 2  # grey levels; another WebP encoder may round otherwise
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    row = re.search(rf"\| <img (.*?)> \| \[.*?\]\(notebooks/{lesson}\.ipynb\)", readme)
    assert f'src="data/thumbnails/{lesson}.webp"' in row[1] and re.search('alt=".{20,}"', row[1])


def test_the_small_pictures_are_small(monkeypatch, tmp_path):
    monkeypatch.setattr(picture, "THUMBNAILS", tmp_path)
    written = picture.write_thumbnails()
    assert {path.stem for path in written} == set(lessons())
    for folder in (tmp_path, REPOSITORY / "data" / "thumbnails"):
        assert sum(path.stat().st_size for path in folder.iterdir()) < 100_000


def test_a_caption_that_is_gone_is_named_with_the_nearest(monkeypatch):
    monkeypatch.setitem(picture._CAPTIONS, "05_evaluate", "How much error comes with it?")
    with pytest.raises(ValueError, match="Did you mean 'How much error comes with more recog"):
        picture.thumbnail("05_evaluate")
