"""The package as a whole: quick to import, layered as designed, described in one place."""

import ast
import importlib
import io
import json
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import secgan_lite
from secgan_lite import __version__, commands
from secgan_lite.support.files import REPOSITORY

# From below to above: a module imports only what comes before it.
LAYERS = (
    "support",
    "attributes", "segments", "losses", "modalities", "backbones", "parsing", "secgan",
    "faces", "datasets", "options", "training", "editing", "judges", "evaluation",
    "course.bounds", "course.tables", "course.claims", "course.model", "course.pulls",
    "course.cheats", "course.recorded", "course.study", "course.transport", "course.plane",
    "course.duel", "course.figures", "course.laboratory", "course.widgets", "course.report",
    "course", "commands",
)  # fmt: skip
CORE = [layer for layer in LAYERS if not layer.startswith(("course", "commands"))]
METHOD = CORE[1 : CORE.index("secgan") + 1]
PACKAGE = REPOSITORY / "secgan_lite"
METADATA = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))


def room(names):
    """The layer of a module that is named by its parts, without ``secgan_lite``."""
    inner = ".".join(names[:2])
    return inner if inner in LAYERS else names[0]


def imports(path):
    """Names, as lists of parts, that a file imports from us anywhere, but for types alone."""
    nodes = [ast.parse(path.read_text(encoding="utf-8"))]
    while nodes:
        node = nodes.pop()
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            nodes += ast.iter_child_nodes(node)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("secgan_lite"):
            yield from ([*node.module.split(".")[1:], alias.name] for alias in node.names)
        elif isinstance(node, ast.Import):
            names = (alias.name.split(".") for alias in node.names)
            yield from (parts[1:] for parts in names if parts[0] == "secgan_lite")


def test_rooms_import_only_from_rooms_above():
    """So the core imports nothing of the course. A command line stands above all."""
    for path in PACKAGE.rglob("*.py"):
        own = room(path.relative_to(PACKAGE).with_suffix("").parts)
        if own == "__init__":
            continue
        if path.name == "__main__.py":
            own = LAYERS[-1]
        for other in map(room, imports(path)):
            if other not in ("__version__", "load_editor"):  # the door's own
                assert LAYERS.index(other) <= LAYERS.index(own), f"{path.name} imports {other}"


def test_no_file_imports_itself_by_way_of_others():
    # But for the door, which holds the version and imports when it is asked.
    files = {
        path: set()
        for path in PACKAGE.rglob("*.py")
        if path.parent != PACKAGE or path.stem != "__init__"
    }
    for path, others in files.items():
        for parts in imports(path):
            for inner in (parts, parts[:-1]):  # a module, or a name in one
                stem = PACKAGE.joinpath(*inner)
                found = {stem.with_suffix(".py"), stem / "__init__.py"} & files.keys()
                if found:
                    others |= found
                    break
    TopologicalSorter(files).prepare()


def lines(paths):
    """How many lines are not blank."""
    texts = (path.read_text(encoding="utf-8") for path in paths)
    return sum(bool(line.strip()) for text in texts for line in text.splitlines())


@pytest.mark.parametrize(("layers", "most"), [(METHOD, 1500), (CORE, 7500)])
def test_method_and_core_stay_small(layers, most):
    files = (path for path in PACKAGE.rglob("*.py"))
    inside = [p for p in files if room(p.relative_to(PACKAGE).with_suffix("").parts) in layers]
    assert lines(inside) < most


REACHED = """
import importlib, json, sys
reached = {}
for module in ("secgan_lite.secgan", "secgan_lite.editing"):
    importlib.import_module(module)
    names = [name for name in sys.modules if name.split(".")[0] == "secgan_lite"]
    reached[module.split(".")[1]] = [sys.modules[name].__file__ for name in names]
print(json.dumps(reached))
"""


@pytest.fixture(scope="module")
def reached():
    """Our files that Python has read after an import of the method, and then of editing."""
    found = json.loads(printed(REACHED))
    return {name: [Path(file) for file in files] for name, files in found.items()}


def test_the_method_reaches_little(reached):
    paths = reached["secgan"]
    assert len(paths) <= 18
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths) <= 1700


def test_editing_reaches_no_judge(reached):
    rooms = {path.relative_to(PACKAGE).parts[0] for path in reached["editing"]}
    assert "training" in rooms and not {"judges", "evaluation", "course"} & rooms


def printed(code):
    """What a Python of its own prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_import_is_quick_and_has_no_side_effect():
    """No torch before it is needed; no global random state touched."""
    found = printed("import sys, json, secgan_lite; print(json.dumps(sorted(sys.modules)))")
    assert not {"torch", "matplotlib", "numpy"} & set(json.loads(found))


def test_an_editor_can_be_found_where_completion_looks():
    assert {"load_editor", "__version__"} <= set(dir(secgan_lite)) & set(secgan_lite.__all__)
    assert (PACKAGE / "py.typed").is_file()
    assert secgan_lite.load_editor is importlib.import_module("secgan_lite.editing").load_editor


WAITING = """
import os
[os.environ.pop(name, None) for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")]
os.environ.update({given})
import secgan_lite
print(os.environ.get("GOMP_SPINCOUNT"))
"""


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, "1000"),
        ({"OMP_WAIT_POLICY": "ACTIVE"}, "None"),
        ({"GOMP_SPINCOUNT": "5"}, "5"),
    ],
)
def test_threads_that_wait_soon_sleep(given, found):
    """Unless the user wants something else; PyTorch reads it when it is imported."""
    assert printed(WAITING.format(given=given)).strip() == found


LAB = """
import sys
from secgan_lite.commands import lessons
start, told = lessons.subprocess.call, "import os; print(os.environ.get('GOMP_SPINCOUNT'))"
lessons.subprocess.call = lambda words, **more: start([sys.executable, "-c", told], **more)
lessons.Lab().run()
"""


def test_jupyterlab_gets_it_from_the_command():
    """And with it kernels, in which PyTorch may be imported first."""
    assert printed(WAITING.format(given={}) + LAB).split() == ["1000"] * 2


def test_the_job_imports_the_package_before_pytorch():
    source = (REPOSITORY / "notebooks" / "py" / "04_train.py").read_text(encoding="utf-8")
    assert 0 < source.index("from secgan_lite") < source.index("\nimport torch")


def test_load_editor_is_at_hand_without_its_cost():
    code = "import sys, secgan_lite as s; s.load_editor; print('torch' in sys.modules)"
    assert printed(code).strip() == "True"
    with pytest.raises(AttributeError, match="no attribute 'load_edtor'"):
        secgan_lite.load_edtor  # noqa: B018


CORE_ALONE = """
import importlib, sys
blocked = {blocked}

class Absent:
    def find_spec(self, name, *_):
        if name.split(".")[0] in blocked:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
for module in {core}:
    importlib.import_module(module)
print("secgan_lite.course" in sys.modules)
import secgan_lite.course.doctor
"""


def test_the_core_needs_its_own_dependencies_alone():
    """All of it is imported where the course's packages are not, and so is the doctor."""
    extras = METADATA["project"]["optional-dependencies"].values()
    named = {re.split(r"[><=\[]", requirement)[0] for extra in extras for requirement in extra}
    blocked = {"IPython", "jupyter_client", "jupyter_core", *named} - {"secgan-lite", "packaging"}
    paths = (path.relative_to(REPOSITORY).with_suffix("") for path in PACKAGE.rglob("*.py"))
    modules = [".".join(path.parts).removesuffix(".__init__") for path in paths]
    core = [name for name in modules if not name.startswith("secgan_lite.course")]
    assert printed(CORE_ALONE.format(blocked=blocked, core=core)) == "False\n"


def test_environment_asks_for_the_project_and_nothing_else():
    text = (REPOSITORY / "environment.yml").read_text(encoding="utf-8")
    entries = re.findall(r"^ +- (.+?):?$", text, re.MULTILINE)
    assert entries == [
        "conda-forge",
        f"python{METADATA['project']['requires-python']}",
        "pip",
        "pip",
        '-e ".[course]"',
    ]


def test_students_get_the_lessons_and_the_tests_get_every_extra():
    """Groups name extras, so that no version stands in two places."""

    def extras(group):
        (own,) = (r for r in METADATA["dependency-groups"][group] if r.startswith("secgan-lite["))
        return set(re.findall(r"[\w-]+", own.partition("[")[2]))

    assert METADATA["tool"]["uv"]["default-groups"] == ["lessons"]
    assert len(METADATA["dependency-groups"]["lessons"]) == 1
    assert extras("lessons") == {"course", "app"}
    assert extras("test") == set(METADATA["project"]["optional-dependencies"])


def test_the_program_is_the_front_door():
    module, _, name = METADATA["project"]["scripts"]["secgan-lite"].partition(":")
    assert getattr(importlib.import_module(module), name) is commands.main


def test_versions_agree():
    assert METADATA["project"]["version"] == __version__
    assert f"version: {__version__}" in (REPOSITORY / "CITATION.cff").read_text(encoding="utf-8")


def test_tested_pins_cover_every_dependency_within_its_range():
    def names(requirements):
        return {re.split(r"[><=]", requirement)[0] for requirement in requirements}

    pins = METADATA["tool"]["uv"]["constraint-dependencies"]
    project = METADATA["project"]
    extras, groups = project["optional-dependencies"], METADATA["dependency-groups"]
    lists = [project["dependencies"], *extras.values(), *groups.values()]
    every = [d for each in lists for d in each if isinstance(d, str)]
    direct = {d for d in every if not d.startswith("secgan-lite[")}
    assert names(direct) <= names(pins)
    assert all("==" in pin for pin in pins)


@pytest.mark.parametrize(
    "line", ["uv run --group test pytest", "uv run papermill notebooks/04_train.ipynb"]
)
def test_the_readme_gives_both_lines(line):
    assert f"pip install uv && {line}" in (REPOSITORY / "README.md").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere PyTorch has no GPU libraries")
@pytest.mark.skipif(not shutil.which("uv"), reason="uv is not here")
def test_the_light_installation_has_no_gpu_libraries(tmp_path):
    """README's own line, resolved and not carried out; without its option the libraries come."""
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^uv (pip install .*--torch-backend=cpu.*)$", readme, re.MULTILINE)
    for words, light in ((line.replace("--torch-backend=cpu ", ""), False), (line, True)):
        resolved = subprocess.run(
            ["uv", *shlex.split(words), "--dry-run", "--target", str(tmp_path)],
            cwd=REPOSITORY, env=os.environ | {"UV_HTTP_RETRIES": "0"},
            capture_output=True, encoding="utf-8",
        )  # fmt: skip
        if "error sending request" in resolved.stderr:
            pytest.skip("an index of packages can't be reached from here")
        assert "+ torch==" in resolved.stderr, resolved.stderr
        assert ("+ nvidia-" in resolved.stderr) != light


def test_the_method_in_so_many_lines():
    """README names what to read, in which order, and how much it is."""
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    said, order = re.search(r"in ([\d,]+) lines, take this order: (.*?)\.", readme).groups()
    paths = [PACKAGE / f"{name}.py" for name in re.findall("`(.*?)`", order)]
    found = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)
    assert len(paths) > 5 and abs(found - int(said.replace(",", ""))) < 50


def test_what_the_test_line_knows_of_files_is_true():
    """Those that begin are there, and all lessons but 07 are run again."""
    known = runpy.run_path(str(REPOSITORY / "conftest.py"))
    assert all((REPOSITORY / name).is_file() for name in known["LONGEST"])
    lessons = {path.stem for path in (REPOSITORY / "notebooks").glob("*.ipynb")}
    assert lessons - known["CHANGES"].keys() == {"07_ablations"}


def test_every_module_says_what_it_is():
    for path in PACKAGE.rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def text_without_encoding(path):
    """Calls that read, write or receive text in whatever encoding a system happens to have."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or "encoding" in (named := keywords(node)):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        first = node.args[0] if node.args else ast.Constant(named.get("mode", "r"))
        mode = first.value if isinstance(first, ast.Constant) else None
        if (
            called in ("read_text", "write_text")
            or (called == "open" and isinstance(mode, str) and re.fullmatch(r"[rwax]\+?", mode))
            or (isinstance(node.func, ast.Name) and node.func.id == "open")
            or True in (named.get("text"), named.get("universal_newlines"))
        ):
            yield f"{path.name}:{node.lineno}"


def keywords(call):
    values = (k.value for k in call.keywords)
    return {
        k.arg: value.value if isinstance(value, ast.Constant) else None
        for k, value in zip(call.keywords, values, strict=True)
    }


def test_text_is_utf_8_on_every_system(tmp_path):
    sources = [*PACKAGE.rglob("*.py"), *(REPOSITORY / "notebooks/py").glob("*.py")]
    sources += (REPOSITORY / "tests").rglob("*.py")
    assert [place for path in sources for place in text_without_encoding(path)] == []
    faulty = tmp_path / "faulty.py"
    faults = "a.read_text()\nb.open('w')\nb.open()\nb.open(mode='a')\nopen(c)\nrun(d, text=True)"
    right = "\nb.open('rb')\nb.open(mode='xb')\nImage.open(file)\nb.open(encoding='utf-8')"
    faulty.write_text(faults + right, encoding="utf-8")
    assert len(list(text_without_encoding(faulty))) == len(faults.splitlines())


COMMAND_LINES = sorted(
    ".".join(path.relative_to(REPOSITORY).parts[:-1]) for path in PACKAGE.rglob("__main__.py")
)


@pytest.mark.parametrize("module", COMMAND_LINES)
@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_help_can_be_printed_on_any_console(module, encoding, monkeypatch):
    """λ and − are in the texts; a console that lacks them must not end a command."""
    printed = io.BytesIO()
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, io.TextIOWrapper(printed, encoding=encoding))
    monkeypatch.setattr(sys, "argv", [module, "--help"])
    monkeypatch.delitem(sys.modules, f"{module}.__main__", raising=False)
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(module, run_name="__main__")
    sys.stdout.flush()
    assert not ended.value.code and b"usage: " in printed.getvalue()
    print("λ − █", flush=True)


def in_a_folder_of_its_own(code, package, folder):
    """What Python prints with only ``package`` on its path, somewhere else."""
    environment = os.environ | {"PYTHONPATH": str(package)}
    for own_place in ("SECGAN_LITE_RUNS", "SECGAN_LITE_CACHES"):
        environment.pop(own_place, None)
    # -S, and the installed packages by hand: so that an installed secgan-lite can't be found.
    code = f"import sys; sys.path += {[p for p in sys.path if 'site-packages' in p]!r}; {code}"
    command = [sys.executable, "-S", "-c", code]
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", cwd=folder, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


EDIT = """
import numpy as np, secgan_lite
from importlib.metadata import PackageNotFoundError
from secgan_lite import load_editor
from secgan_lite.course.doctor import doctor
from secgan_lite.datasets.cache import caches
from secgan_lite.course.recorded import load_dynamics
from secgan_lite.support.files import bundled, versions
from secgan_lite.support.places import runs
from secgan_lite.course.study import load_study
editor = load_editor("editor-64-stgan-secgan")
print(editor.edit(np.zeros((64, 64, 3), np.uint8), {"Bangs": 1}).image.size)
print(versions()["secgan-lite"], len(load_study()) > 20, len(load_dynamics("run-b").log) > 9)
print(*doctor()[:6], secgan_lite.__file__, sep="\\n")
print(runs(), caches())
"""


def built(kind, folder):
    """The folder with what a wheel holds, made by the build backend without a look at any index."""
    from hatchling.builders.wheel import WheelBuilder

    (wheel,) = WheelBuilder(str(REPOSITORY)).build(directory=str(folder), versions=[kind])
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / kind)
    return folder / kind


def test_a_wheel_has_all_that_an_editor_needs_and_writes_under_the_current_folder(tmp_path):
    wheel, here = built("standard", tmp_path), tmp_path / "here"
    here.mkdir()
    size, known, *findings, places = in_a_folder_of_its_own(EDIT, wheel, here).splitlines()
    assert size == "(64, 64)" and known == f"{__version__} True True"
    assert str(wheel) in findings[-1] and not any("LOOK" in line for line in findings[:-1])
    assert places.split() == [str(here / "runs"), str(here / "runs" / "caches")]


def test_an_editable_installation_points_to_the_repository_and_copies_nothing(tmp_path):
    found = {path for path in built("editable", tmp_path).rglob("*") if path.is_file()}
    (pointer,) = (path for path in found if path.suffix == ".pth")
    assert pointer.read_text(encoding="utf-8").strip() == str(REPOSITORY)
    assert all(".dist-info" in str(path) for path in found - {pointer})


def test_a_clone_that_is_not_installed_works_too(tmp_path):
    """As on Colab, with the clone on the path."""
    size, known, *_, places = in_a_folder_of_its_own(EDIT, REPOSITORY, tmp_path).splitlines()
    assert size == "(64, 64)" and known == f"{__version__} True True"
    assert places.split()[0] == str(REPOSITORY / "runs")
