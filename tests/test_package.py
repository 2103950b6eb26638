"""The package as a whole: quick to import, layered as designed, described in one place."""

import ast
import json
import re
import subprocess
import sys
import tomllib

import pytest

import secgan_lite
from secgan_lite import __version__
from secgan_lite.files import REPOSITORY

# From below to above: a module imports only what comes before it.
LAYERS = (
    "errors", "files", "places", "images", "devices", "randomness", "attributes", "segments",
    "backbones",
    "faces", "datasets", "supervised", "parsing", "losses", "secgan", "pulls", "judges", "training",
    "evaluation", "editor", "study", "figures", "widgets", "course",
)  # fmt: skip
PACKAGE = REPOSITORY / "secgan_lite"
METADATA = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())


def imports(path):
    """Names of our top-level modules that a file imports, at any depth of its code."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "secgan_lite":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("secgan_lite."):
            yield node.module.split(".")[1]


def test_rooms_import_only_from_rooms_above():
    for path in PACKAGE.rglob("*.py"):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        for other in imports(path):
            assert LAYERS.index(other) <= LAYERS.index(room), f"{path.name} imports {other}"


def test_import_is_quick_and_has_no_side_effect():
    """No torch before it is needed; no global random state touched."""
    code = "import sys, json, secgan_lite; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "matplotlib", "numpy"} & set(json.loads(done.stdout))


def test_load_editor_is_at_hand_without_its_cost():
    code = "import sys, secgan_lite as s; s.load_editor; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
    with pytest.raises(AttributeError, match="no attribute 'load_edtor'"):
        secgan_lite.load_edtor  # noqa: B018


def test_environment_asks_for_the_project_and_nothing_else():
    text = (REPOSITORY / "environment.yml").read_text()
    entries = re.findall(r"^ +- (.+?):?$", text, re.MULTILINE)
    assert entries == [
        "conda-forge",
        f"python{METADATA['project']['requires-python']}",
        "pip",
        "pip",
        "-e .",
    ]


def test_versions_agree():
    assert METADATA["project"]["version"] == __version__
    assert f"version: {__version__}" in (REPOSITORY / "CITATION.cff").read_text()


def test_tested_pins_cover_every_dependency_within_its_range():
    def names(requirements):
        return {re.split(r"[><=]", requirement)[0] for requirement in requirements}

    pins = METADATA["tool"]["uv"]["constraint-dependencies"]
    groups = [entry for group in METADATA["dependency-groups"].values() for entry in group]
    direct = METADATA["project"]["dependencies"] + [e for e in groups if isinstance(e, str)]
    assert names(direct) <= names(pins)
    assert all("==" in pin for pin in pins)


@pytest.mark.parametrize("line", ["uv run pytest", "uv run papermill notebooks/04_train.ipynb"])
def test_the_readme_gives_both_lines(line):
    assert f"pip install uv && {line}" in (REPOSITORY / "README.md").read_text()


def test_links_of_the_texts_lead_somewhere():
    for text in (REPOSITORY / "README.md", REPOSITORY / "data" / "README.md"):
        for target in re.findall(r"\]\(([^)#]+)", text.read_text()):
            assert target.startswith("https://") or (text.parent / target).exists(), target


def test_every_module_says_what_it_is():
    for path in PACKAGE.rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text())), path
