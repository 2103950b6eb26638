"""Browser tests are skipped where no browser is installed, with the line that installs one."""

import pytest
from servers import INSTALL, browser, chromium


@pytest.fixture
def page(tmp_path):
    """A page in a fresh browser."""
    if browser() is None:
        pytest.skip(INSTALL)
    with chromium(tmp_path) as opened:
        yield opened
