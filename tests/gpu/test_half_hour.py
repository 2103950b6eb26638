"""The half hour, rehearsed without a GPU: what runs, fails, takes too long, and goes on."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from half_hour import Step, work_through

SCRIPT = Path(__file__).with_name("half_hour.py")
PRINTS = [sys.executable, "-c", "print('here')"]
# As small as the two networks of the public code that the script asks for.
PUBLIC = """
from torch import nn
class Generator(nn.Module):
    def __init__(self, width, labels, repeats):
        super().__init__()
        self.layer = nn.Conv2d(3, 3, 1)
    def forward(self, x, y): return self.layer(x) + y.mean()
class Discriminator(nn.Module):
    def __init__(self, size, width, labels, repeats):
        super().__init__()
        self.layer = nn.Conv2d(3, 1 + labels, size)
    def forward(self, x):
        out = self.layer(x).flatten(1)
        return out[:, :1], out[:, 1:]
"""


def test_it_is_rehearsed_from_end_to_end(tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "model.py").write_text(PUBLIC, encoding="utf-8")
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")  # test_queue.py has longer ones
    out = tmp_path / "out"
    words = ["--rehearse", "--minutes", "8", "--public", str(tmp_path / "code")]
    words += ["--queue", str(tmp_path / "list.json")]
    done = subprocess.run(
        [sys.executable, SCRIPT, out, *words], capture_output=True, text=True, encoding="utf-8"
    )
    said = {file.stem: file.read_text(encoding="utf-8") for file in out.glob("*.txt")}
    assert done.returncode == 0, (done.stdout, done.stderr, said)
    assert "passed" in said["tests"] and "ms an iteration" in said["public"]
    assert "lite secgan precision=fp32 channels_last=False compile=False" in said["levers"]
    assert "Error" not in said["levers"]
    assert (out / "paper" / "report.html").is_file()


def test_one_that_fails_or_takes_too_long_is_named_and_the_others_run(tmp_path):
    steps = {
        "fails": Step([sys.executable, "-c", "raise SystemExit(3)"], 1),
        "sleeps": Step([sys.executable, "-c", "import time; time.sleep(60)"], 0.01),
        "prints": Step(PRINTS, 1),
    }
    started = time.monotonic()
    ended = work_through(steps, tmp_path, 5)
    assert time.monotonic() - started < 30
    assert {name: each["how"] for name, each in ended.items()} == {
        "fails": "failed with exit status 3",
        "sleeps": "stopped, its time was over",
        "prints": "done",
    }
    assert json.loads((tmp_path / "ended.json").read_text(encoding="utf-8")) == ended


@pytest.mark.parametrize(("goes_on", "times"), [(False, 1), (True, 2)])
def test_the_next_loan_repeats_nothing(tmp_path, goes_on, times):
    for _ in range(2):
        work_through({"prints": Step(PRINTS, 1, goes_on)}, tmp_path, 5)
    assert (tmp_path / "prints.txt").read_text(encoding="utf-8").split() == ["here"] * times


def test_no_step_begins_when_the_time_is_over(tmp_path):
    ended = work_through({"prints": Step(PRINTS, 1)}, tmp_path, 0)
    assert ended["prints"]["how"] == "no time was left" and not (tmp_path / "prints.txt").exists()
