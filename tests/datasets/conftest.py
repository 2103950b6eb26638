"""Small copies of the data sets, on disk."""

import pytest
from copies import make_celeba, make_hq

from secgan_lite.datasets import decoded


@pytest.fixture
def folder(tmp_path):
    return make_celeba(tmp_path / "celeba")


@pytest.fixture
def hq_folder(tmp_path):
    return make_hq(tmp_path / "hq")


@pytest.fixture
def read(tmp_path):
    """Decodes photographs into a cache of the test's own."""
    return lambda photos, image_size=16: decoded(photos, image_size, tmp_path / "cache")
