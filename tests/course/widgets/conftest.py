"""A run of one's own, and the smallest look at a face."""

import pytest

from secgan_lite.course.widgets import Drawn, Look, Trial
from secgan_lite.editing import bundled_editors, editor_sizes

SIZE = editor_sizes()[0]


@pytest.fixture(scope="session")
def names():
    """Names of the bundled editors of the smallest size."""
    return tuple(name for name in bundled_editors(SIZE) if "stargan" in name)


@pytest.fixture(scope="session")
def secgan(names):
    return next(name for name in names if name.endswith("secgan"))


@pytest.fixture(scope="session")
def look(secgan):
    """Test face 3 as it is."""
    return Look(Drawn("test", 3), (secgan,))


@pytest.fixture(scope="session")
def run(finished_run):
    """Folder of a run of one's own."""
    return finished_run.path


@pytest.fixture(scope="session")
def judged_trial():
    """A short trial, judged once, used by one test after the other: each begins with a reset."""
    return Trial(20)


@pytest.fixture
def trial(judged_trial):
    judged_trial.reset()
    return judged_trial
