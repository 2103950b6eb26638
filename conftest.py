"""What nbval needs to be told: cells may be quiet for a while, and warnings are not compared."""

import os
from tempfile import TemporaryDirectory

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Lessons under nbval train, instead of showing your finished run, and leave it alone."""
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
