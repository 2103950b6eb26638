"""What nbval needs to be told: cells may be quiet for a while, and warnings are not compared.

It runs each lesson as it is, and then all its cells again in the same kernel, with other values.
"""

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from nbformat.v4 import new_code_cell
from nbval.kernel import RunningKernel

LESSONS, DATA = (Path(__file__).parent / name for name in ("notebooks", "data"))
BUNDLED = ("weights", "results", "dynamics")
# The files that take most of a minute or more begin, longest first: else one process would wait at
# the end for the other.
LONGEST = (
    "notebooks/04_train.ipynb",
    "tests/test_notebooks.py",
    "tests/course/study/test_sweep.py",
    "tests/browser/test_browser.py",
    "notebooks/07_ablations.ipynb",
    "notebooks/00b_conditional_gans.ipynb",
    "tests/course/test_diagnosis.py",
    "notebooks/05_evaluate.ipynb",
    "notebooks/01_parsing.ipynb",
    "notebooks/03_parallel_branches.ipynb",
)
# What a student changes in a lesson's parameters before she runs all cells again. (Lesson 07 would
# train its runs anew; tests/course/study/test_sweep.py runs it with others.)
CHANGES = {
    "00_start_here": {"seed": 1},
    "00b_conditional_gans": {"iterations": 40, "seed": 1},
    "01_parsing": {"num_images": 64, "seed": 1},
    "02_losses": {"seed": 1},
    "03_parallel_branches": {"seed": 1},
    "04_train": {"iterations": 6, "num_images": 64, "backbone": "stgan", "seed": 1},
    "05_evaluate": {"num_images": 3, "method": "baseline"},
    "06_explore": {"backbone": "stargan"},
    "08_confounding_and_misuse": {"iterations": 4, "num_images": 300, "seed": 1},
}
# She has variables of her own too, some of them named like options of a run; and with other values
# than the lesson's a claim may fail.
OWN = "%env SECGAN_LITE_CLAIMS_MUST_HOLD=0\nwidth, k, name, mine = 20, 3, 'x', [1]"
# What tells that the new values were used.
THEN = {
    "04_train": "assert run.config.backbone == 'stgan' and run.log[-1]['iteration'] == 6",
    "05_evaluate": "assert len(faces) == 3 and editor.run.method == 'baseline'",
}


def pytest_configure(config: pytest.Config) -> None:
    """Lessons under nbval train, instead of showing your finished run, and leave it alone.

    Several processes share the cores: with threads of their own they would wait for each other.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ["SECGAN_LITE_CLAIMS_MUST_HOLD"] = "1"  # of the lessons as they are
    runs = TemporaryDirectory()
    config.add_cleanup(runs.cleanup)
    os.environ["SECGAN_LITE_RUNS"] = runs.name
    os.environ["IPYTHONDIR"] = f"{runs.name}/.ipython"  # its history is not the user's
    RunningKernel.execute_cell_input = _with_history


def _with_history(kernel: RunningKernel, source: str, allow_stdin: bool | None = None) -> str:
    """As in JupyterLab: lessons find their parameters in the history, which nbval leaves out."""
    return kernel.kc.execute(source, allow_stdin=allow_stdin, stop_on_error=False)


def pytest_collectstart(collector: pytest.Collector) -> None:
    if hasattr(collector, "skip_compare"):
        collector.skip_compare = (*collector.skip_compare, "stderr")
        # A build stores a picture in fewer bytes than a run shows; its alt text is compared.
        collector.sanitize_patterns[r"data:image/webp;base64,[\w+/=]+"] = "a picture"


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    report = yield
    lesson = collector.path.stem
    if report.result and lesson in CHANGES and collector.path == LESSONS / f"{lesson}.ipynb":
        report.result += _again(report.result, lesson)
    return report


def _again(cells: list[pytest.Item], lesson: str) -> list[pytest.Item]:
    """All cells of a lesson once more; their outputs are not compared."""
    sources = [cell.cell.source for cell in cells]
    for name, value in CHANGES[lesson].items():
        line = rf"^({name}: \w+) = .*$"
        assert re.search(line, sources[0], re.MULTILINE), name
        sources[0] = re.sub(line, rf"\1 = {value!r}", sources[0], flags=re.MULTILINE)
    return [
        type(cells[0]).from_parent(
            cells[0].parent,
            name=f"Again {number}",
            cell_num=number,
            cell=new_code_cell(source),
            options=defaultdict(bool),
        )
        for number, source in enumerate([OWN, *sources, THEN.get(lesson, "")])
    ]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.nodeid.partition("::")[0], len(LONGEST)))
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
