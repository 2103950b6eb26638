"""What nbval needs to be told: cells may be quiet for a while, and warnings are not compared."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

DATA = Path(__file__).parent / "data"
BUNDLED = ("weights", "results", "dynamics")


def pytest_configure(config: pytest.Config) -> None:
    """Lessons under nbval train, instead of showing your finished run, and leave it alone.

    Two processes share the cores: with more threads than cores they would wait for each other.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ["SECGAN_LITE_CLAIMS_MUST_HOLD"] = "1"  # of the lessons as they are
    runs = TemporaryDirectory()
    config.add_cleanup(runs.cleanup)
    os.environ["SECGAN_LITE_RUNS"] = runs.name


def pytest_collectstart(collector: pytest.Collector) -> None:
    if hasattr(collector, "skip_compare"):
        collector.skip_compare = (*collector.skip_compare, "stderr")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if hasattr(item, "output_timeout"):
            item.output_timeout = 300


def _contents() -> dict[str, str]:
    files = (file for name in BUNDLED for file in (DATA / name).rglob("*") if file.is_file())
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@pytest.fixture(scope="session", autouse=True)
def _nothing_writes_into_data() -> Iterator[None]:
    """Whatever the tests and lessons of a session run, what is bundled stays as it is."""
    before = _contents()
    yield
    assert _contents() == before
