"""The package says that it is typed: a checker finds nothing in the core, and uses what it says."""

import re
import subprocess
import sys
from pathlib import Path

from secgan_lite.support.files import REPOSITORY

USER = """\
from secgan_lite import load_editor
from secgan_lite.secgan import Model

load_editor(backbone=3)

def generator(model: Model) -> int:
    return model.branches["rgb"].generator
"""


def test_the_core_is_typed(tmp_path):
    """Nothing is wrong in it, and two faults of somebody who uses it are found by its types."""
    (tmp_path / "user.py").write_text(USER, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "secgan_lite", str(tmp_path / "user.py")]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, encoding="utf-8")
    faults = re.findall(r"^(.+?):(\d+): error: .*\[(.+)\]$", done.stdout, re.MULTILINE)
    found = [(Path(path).name, int(line), kind) for path, line, kind in faults]
    wanted = [("user.py", 4, "arg-type"), ("user.py", 7, "return-value")]
    assert found == wanted, done.stdout + done.stderr
