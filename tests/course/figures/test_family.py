"""The picture of the family: a row for each method."""

import pytest

from secgan_lite.course import figures

pytestmark = pytest.mark.usefixtures("closed_figures")


def test_the_family_shows_seven_methods_with_their_pictures_and_teachers():
    figure, alt = figures.family()
    words = " ".join(text.get_text() for text in figure.axes[0].texts)
    for name in ("conditional GAN", "pix2pix", "CycleGAN", "StarGAN", "AttGAN", "STGAN", "SeCGAN"):
        assert f"{name}\n" in words and f"{name}, " in alt
    shown = figure.axes[0].images
    assert len(shown) == 22  # 8 that enter, 8 that come out, 6 that teach
    assert "SeCGAN, 2021: face, mask, difference in, wanted face, wanted mask out" in alt
