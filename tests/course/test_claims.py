"""A claim prints one line; a false one stops the lesson under proof, and nobody else."""

import shutil
import subprocess
import sys

import nbformat
import numpy as np
import pytest
import torch

from secgan_lite import editing
from secgan_lite.course import lesson
from secgan_lite.course.builder import VOLATILE, convert, lessons, tags
from secgan_lite.course.claims import FAILS, HOLDS, PROOF, ClaimError, claim
from secgan_lite.support.files import REPOSITORY


@pytest.mark.parametrize("holds", [True, np.float64(2) > 1, torch.tensor(2) > 1])
@pytest.mark.parametrize("proof", [True, False])
def test_a_true_claim_prints_one_line(capsys, monkeypatch, holds, proof):
    monkeypatch.setenv(PROOF, "1" if proof else "")
    claim("blond is closest", holds, n=1300, interval=(0.27712, 0.3229))
    said = "holds: blond is closest (n = 1,300, 95 % interval 0.277 to 0.323)\n"
    assert capsys.readouterr().out == said


def test_a_false_claim_stops_under_proof_and_says_words_n_and_interval(monkeypatch):
    monkeypatch.setenv(PROOF, "1")
    said = r"blond is closest \(n = 6, 95 % interval -1 to 0.5\)"
    with pytest.raises(ClaimError, match=said):
        claim("blond is closest", np.float64("nan") < 1, n=6, interval=(-1, 0.5))


def test_a_reader_with_other_values_is_told_and_goes_on(capsys, monkeypatch):
    monkeypatch.delenv(PROOF, raising=False)
    claim("blond is closest", False, n=6)
    assert capsys.readouterr().out == "does not hold with these values: blond is closest (n = 6)\n"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"words": " "}, "words is empty"),
        ({"holds": 0.3}, r"holds is 0\.3"),
        ({"holds": "yes"}, "holds is 'yes'"),
        ({"n": 0}, "n is 0"),
        ({"n": 2.5}, "n is 2.5"),
        ({"interval": (1, 0)}, r"interval is \(1, 0\)"),
    ],
)
def test_a_senseless_claim_is_refused(given, error):
    with pytest.raises((TypeError, ValueError), match=error):
        claim(**{"words": "a", "holds": True} | given)


def test_nbval_runs_lessons_under_proof_and_tests_without(tmp_path):
    """Tests run lessons with other values, in kernels that inherit the environment."""
    shutil.copy(REPOSITORY / "conftest.py", tmp_path)
    proof = f"import os\nassert os.environ['{PROOF}'] == '%s'"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(proof % 1)])
    nbformat.write(notebook, tmp_path / "lesson.ipynb")
    (tmp_path / "test_a.py").write_text(
        f"def test_a():\n    {proof % ''}".replace("\na", "\n    a")
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval-lax"]
    order = ["test_a.py", "lesson.ipynb", "--nbval-current-env"]
    done = subprocess.run([*command, *order], cwd=tmp_path, capture_output=True, text=True)
    assert "2 passed" in done.stdout, done.stdout


def claims_of(lesson, capsys):
    """What the claims of a lesson print when its cells run here, without its apps."""
    space = {"__name__": "__main__"}
    for cell in convert(lessons()[lesson]).cells:
        apps = "widget" in tags(cell) or "app." in cell.source
        if cell.cell_type == "code" and VOLATILE not in tags(cell) and not apps:
            exec(cell.source, space)
    printed = capsys.readouterr().out.splitlines()
    return [line for line in printed if line.startswith((HOLDS, FAILS))]


def test_another_editor_breaks_what_lesson_00_says(monkeypatch, capsys):
    """The baseline in place of SeCGAN; that the lesson holds as it is, nbval proves."""
    monkeypatch.setattr(lesson, "show", lambda picture: None)
    monkeypatch.setattr(editing, "editor_name", lambda *_: "editor-64-attgan-baseline")
    said = claims_of("00_start_here", capsys)
    assert sum(line.startswith(FAILS) for line in said) >= 5, said
