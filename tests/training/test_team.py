"""Several processes compute what one does, write once, and stop and resume together."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import two_processes

from secgan_lite.support.files import load_tensors
from secgan_lite.training import RunFolder
from secgan_lite.training.team import Team

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has neither the signals nor gloo")


def torchrun(*command):
    """Start two processes; threads of theirs would only be in each other's way."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    done = subprocess.run(
        [*launcher, "--nproc-per-node", "2", *map(str, command)],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    folder = tmp_path_factory.mktemp("together")
    torchrun(Path(two_processes.__file__), folder)
    return folder


def test_two_processes_compute_what_one_does(together):
    """In float64; in float32 Adam makes a sign of every rounding."""
    weights, terms = torch.load(together / "twenty.pt", weights_only=True)
    alone, alone_terms = two_processes.twenty_iterations()
    assert max(float((weights[n] - alone[n]).abs().max()) for n in alone) < 1e-8
    for name in terms:  # a mean of two ratios is not the ratio of two sums
        tolerance = 0.05 if name.endswith("fake_accuracy") else 1e-6
        assert terms[name] == pytest.approx(alone_terms[name], abs=tolerance)


def test_a_team_stops_together_and_resumes_exactly(together):
    whole, halves = (RunFolder(together / name) for name in ("whole", "halves"))
    a, b = (load_tensors(run.path / "checkpoint.safetensors")[0] for run in (whole, halves))
    assert a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)
    logs = [[{k: r[k] for k in r if k != "seconds"} for r in run.log] for run in (whole, halves)]
    assert logs[0] == logs[1] and [r["iteration"] for r in logs[0]] == [2, 4, 6, 8]


@pytest.mark.skipif(sys.platform != "linux", reason="only there can threads be looked up")
def test_no_thread_of_the_group_outlives_a_run(together):
    """A thread of gloo that lets a tensor go while the interpreter ends aborts its process."""
    for rank in "01":
        assert "gloo" not in (together / f"threads-{rank}.txt").read_text(encoding="utf-8")


def test_the_command_line_under_torchrun(tmp_path):
    options = [("--image-size", 16), ("--width", 4), ("--depth", 1), ("--discriminator-width", 4)]
    options += [("--discriminator-depth", 2), ("--batch-size", 4), ("--iterations", 3)]
    options += [("--num-images", 16), ("--method", "baseline"), ("--device", "cpu")]
    options += [("--output-dir", tmp_path / "run")]
    out = torchrun("-m", "secgan_lite.training", *(word for pair in options for word in pair))
    assert out.splitlines() == [str(tmp_path / "run")]  # one process speaks
    assert [record["iteration"] for record in RunFolder(tmp_path / "run").log] == [3]


def test_a_batch_that_does_not_go_round_is_refused(monkeypatch):
    team = Team(torch.device("cpu"))
    assert team.is_main and team.share(6) == slice(0, 6) and team.any(True)
    team.size, team.rank = 4, 3
    assert team.share(16) == slice(12, 16)
    with pytest.raises(ValueError, match=r"batch_size=18 .* 4 processes: 16 or 20"):
        team.share(18)
    with pytest.raises(ValueError, match="processes: 4 would"):
        team.share(3)
