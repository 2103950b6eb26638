"""The course on a machine for many: nobody may write into its folder, and git is not there."""

import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from secgan_lite.support.files import REPOSITORY

pytestmark = pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """The read-only course, a home, and a function that runs Python there as somebody else."""
    place = tmp_path_factory.mktemp("hub")
    course, home = place / "course", place / "home"
    home.mkdir()
    for part in ("secgan_lite", "data", "notebooks"):
        ignored = shutil.ignore_patterns("my", ".ipynb_checkpoints")
        shutil.copytree(REPOSITORY / part, course / part, ignore=ignored)
    folders = [course, *(path for path in course.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    kernel = home / "jupyter" / "kernels" / "elsewhere"  # the only one that is known by this name
    kernel.mkdir(parents=True)
    launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": launch, "display_name": "Elsewhere", "language": "python"}
    spec["env"] = {"KERNEL": "elsewhere"}
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    # Who is root may write everywhere, unless this right is taken away.
    plain = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if ROOT else []
    if plain and not shutil.which("setpriv"):
        pytest.skip("root's rights can't be taken away without setpriv")
    # Neither git nor other commands are found.
    known = {"PYTHONPATH": str(course), "HOME": str(home), "PATH": str(home)}
    known |= {"JUPYTER_PATH": str(home / "jupyter"), "PYTHONDONTWRITEBYTECODE": "1"}
    setpriv = [shutil.which(plain[0]), *plain[1:]] if plain else []

    def run(*words):
        return subprocess.run(
            [*setpriv, sys.executable, "-m", *words],
            cwd=home, env=known, capture_output=True, encoding="utf-8",
        )  # fmt: skip

    yield course, home, run
    for folder in folders:
        folder.chmod(0o755)


def test_copies_go_into_ones_own_folder(hub):
    _, home, run = hub
    refused = run("secgan_lite", "start")
    assert refused.returncode == 2 and "name a folder of your own" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    done = run("secgan_lite", "start", "lessons")
    assert done.returncode == 0, done.stderr
    assert len(list((home / "lessons").glob("*.ipynb"))) == 10


def test_an_edit_and_scores_are_written_where_one_is(hub):
    course, home, run = hub
    done = run("secgan_lite", "edit", "3", "--set", "Bangs=+1", "-o", "bangs.png")
    assert done.returncode == 0 and (home / "bangs.png").is_file(), done.stderr
    done = run("secgan_lite", "evaluate", "--num-images", "3", "--image-size", "32")
    assert done.returncode == 0, done.stderr
    assert len(list((home / "runs").rglob("results.json"))) == 1
    assert not (course / "runs").exists()


def test_a_lesson_runs_under_a_kernel_of_another_name(hub):
    course, home, run = hub
    lesson = nbformat.read(course / "notebooks" / "00_start_here.ipynb", as_version=4)
    first = next(i for i, cell in enumerate(lesson.cells) if "load_editor(" in cell.source[:40])
    kernel = new_code_cell("import os\n\nos.environ['KERNEL']")
    lesson.cells = [*lesson.cells[: first + 1], kernel]  # up to the first edit
    nbformat.write(lesson, home / "lesson.ipynb")
    done = run("papermill", "-k", "elsewhere", "lesson.ipynb", "out.ipynb", "-p", "seed", "1")
    assert done.returncode == 0, done.stderr
    ran = nbformat.read(home / "out.ipynb", as_version=4)
    assert "<figure" in ran.cells[-2].outputs[-1].data["text/html"]
    assert ran.cells[-1].outputs[0].data["text/plain"] == "'elsewhere'"
