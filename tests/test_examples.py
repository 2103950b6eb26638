"""Every example in a docstring or a guide runs, with small stand-ins for what it takes for granted.

An example is a paragraph that is Python and calls or imports something.
"""

import ast
import doctest
import re
import textwrap
from contextlib import nullcontext
from importlib import import_module
from unittest.mock import Mock, create_autospec

import numpy as np
import pytest
import torch
from datasets.copies import make_celeba
from distributed import Client
from PIL import Image

from secgan_lite.attributes import NAMES
from secgan_lite.course import plane, study
from secgan_lite.course.recorded import Dynamics
from secgan_lite.course.study import load_study
from secgan_lite.course.widgets import Candidates
from secgan_lite.evaluation.bootstrap import Bootstrap
from secgan_lite.support.files import REPOSITORY

PACKAGE = REPOSITORY / "secgan_lite"
GUIDES = [REPOSITORY / name for name in ("README.md", "data/README.md", "notebooks/README.md")]
# Sessions, commands (tests/test_commands.py is for them), JSON, formulas.
OTHERWISE = (">>> ", "torchrun ", "python -m ", "secgan-lite ", "[{", "L^D = ")


def paragraphs():
    """(module, what is described, paragraph) of each docstring."""
    for path in PACKAGE.rglob("*.py"):
        module = ".".join(path.relative_to(REPOSITORY).with_suffix("").parts)
        module = module.removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                for paragraph in (ast.get_docstring(node) or "").split("\n\n"):
                    yield module, getattr(node, "name", ""), paragraph


def examples():
    for module, name, paragraph in paragraphs():
        if is_example(code := textwrap.dedent(paragraph)):
            yield pytest.param(module, code, id=f"{module}:{name}")
    for path in GUIDES:
        for code in re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
            yield pytest.param("secgan_lite", code, id=str(path.relative_to(REPOSITORY)))


def is_example(text):
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return False
    kinds = ast.Call | ast.Import | ast.ImportFrom
    return any(isinstance(node, kinds) for node in ast.walk(tree))


EXAMPLES = list(examples())


@pytest.fixture
def stand_ins(faces, parser, judge, trained, wish_batch, finished_run, tmp_path):
    """What an example leaves open, by name."""
    x, y, _ = faces.batch(torch.arange(2))
    edits = torch.stack([x] * len(NAMES))
    return {
        "P": parser,
        "batch": wish_batch,
        "candidates": Candidates(NAMES, judge, x, y, {"GAN": edits}),
        "classifier": judge,
        "column": np.ones(5),
        "bootstrap": Bootstrap(5, 0),
        "config": finished_run.config,
        "data": faces.subset(8),
        "edits": edits,
        "edits_of": lambda x, y_diffs: [x],
        "file": tmp_path / "study.json",
        "alpha": lambda branch, count: torch.rand(count),
        "real": plane.points(torch.zeros(5, 2), torch.Generator()),
        "games": {"healthy": plane.train(rounds=2, batch_size=8)},
        "image": x[0],
        "images": x,
        "judge": judge,
        "names": NAMES,
        "others": edits,
        "held_out": faces,
        "generator": trained.branches["rgb"].generator,
        "indices": torch.arange(2),
        "model": trained,
        "n": 5,
        "parser": parser,
        "titles": ["a", "b", "c", "d"],
        "x": x,
        "y": y,
        "y_diffs": torch.zeros(1, 2, 13),
    }


# A study takes hours, and a cluster: its calls are compared with what these functions take.
REPLACED = {
    "extend": lambda *_, **__: load_study(),
    "sweep": lambda *_, **__: [],
    "pool": lambda *_, **__: nullcontext(),
}


def test_the_collector_finds_examples():
    found = {example.id for example in EXAMPLES}
    assert len(found) > 15 and "secgan_lite.secgan:" in found and "data/README.md" in found


def test_what_is_set_off_is_python_or_meant_otherwise():
    """One that is no Python for a slip of the pen would be passed over."""
    for module, name, paragraph in paragraphs():
        if paragraph.startswith("    "):
            code = textwrap.dedent(paragraph)
            assert is_example(code) or code.startswith(OTHERWISE), (module, name, code)


SESSIONS = sorted({module for module, _, paragraph in paragraphs() if ">>> " in paragraph})


@pytest.mark.parametrize("module", SESSIONS)
def test_a_session_prints_what_it_shows(module):
    done = doctest.testmod(import_module(module))
    assert done.attempted and not done.failed


@pytest.mark.parametrize(("module", "code"), EXAMPLES)
def test_an_example_runs(module, code, stand_ins, finished_run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (700, 600), "gray").save("portrait.jpg")
    namespace = stand_ins | vars(import_module(module))
    make_celeba(tmp_path / "data" / "celeba")
    code = re.sub(r"runs/(synthetic|celeba)[-\w]+|runs/…", str(finished_run.path), code)
    monkeypatch.setenv("SECGAN_LITE_RUNS", str(tmp_path / "runs"))
    quick = 'method="secgan", iterations=1, batch_size=2, width=4)'
    code = code.replace('method="secgan")', quick)
    code = code.replace("count=6000", "count=20").replace("image_size=64", "image_size=32")
    monkeypatch.setattr(Dynamics.of.__func__, "__defaults__", (4, 1))  # faces scored and shown
    if module.startswith("secgan_lite.course.study"):
        namespace |= {
            name: create_autospec(getattr(study, name), side_effect=does)
            for name, does in REPLACED.items()
        }
        namespace |= {"Client": create_autospec(Client), "SLURMCluster": Mock()}
    exec(compile(code, module, "exec"), namespace)
