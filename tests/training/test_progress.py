"""What reaches the terminal: lines at the asked spacing, past a notebook's page, and to its end."""

import os
import re
import subprocess
import sys
import time
from itertools import pairwise

import pytest

from secgan_lite.training import progress, train
from secgan_lite.training.progress import Clock, Progress, duration

TRAINING = """
import time
from itertools import pairwise
from secgan_lite.datasets import load
from secgan_lite.training import TrainConfig, Trainer, train
step = Trainer.step
Trainer.step = lambda trainer: (step(trainer), time.sleep(0.05))
config = TrainConfig.of(
    method="baseline", image_size=16, width=4, depth=1, discriminator_width=4,
    discriminator_depth=2, batch_size=4, iterations=60, device="cpu", log_every=5,
    output_dir={run!r})
run = train(config, load("synthetic", "train", 16, 16), tell_every=0.5, checkpoint_every=1.5)
"""
LINE = re.compile(
    r" *(\d+)/60  [\d.]+ it/s  \d+ s left  critic -?[\d.]+, D right on real [\d.]+, "
    r"on edits [\d.]+, error [\d.]+, change [\d.]+"
)


def in_a_terminal(command):
    """(seconds, line) of all that a command writes into a terminal of its own, 100 columns wide."""
    pty = pytest.importorskip("pty")
    import fcntl
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    environment = {name: v for name, v in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    found, rest = [], b""
    with subprocess.Popen(command, stderr=theirs, stdout=theirs, env=environment) as process:
        os.close(theirs)
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # how Linux says that the other end is closed
                part = b""
            *whole, rest = (rest + part).split(b"\n")
            # A terminal shows what comes after the last return.
            lines = (line.decode().rstrip("\r").rpartition("\r")[2].rstrip() for line in whole)
            found += [(time.monotonic(), line) for line in lines]
            if not part:
                break
    os.close(ours)
    assert process.returncode == 0, found
    return found


def told_of_a_run(found):
    """The lines of ``TRAINING`` are right, and come at the spacing that it asks for."""
    lines = [line for _, line in found]
    begin = next(i for i, line in enumerate(lines) if line.startswith("Training: baseline with"))
    assert "60 iterations of 4" in lines[begin] and lines[begin + 1].startswith("Run folder: ")
    assert any("state saved: -p resume True" in line for line in lines)
    assert any(re.match(r" *60/60  Trained after \d+ s", line) for line in lines)
    times, counts = zip(
        *((when, int(match[1])) for when, line in found if (match := LINE.match(line))), strict=True
    )
    assert len(times) > 3 and list(counts) == sorted(set(counts))
    assert all(0.4 < b - a < 1.5 for a, b in pairwise(times))


def test_a_command_tells_its_terminal(tmp_path):
    told_of_a_run(in_a_terminal([sys.executable, "-c", TRAINING.format(run=str(tmp_path / "r"))]))


def test_papermill_lets_it_through_to_the_terminal_and_the_page_has_a_bar(tmp_path):
    """Without --log-output; the page holds the bar as it is in the end, and none of the lines."""
    nbformat = pytest.importorskip("nbformat")
    code = TRAINING.format(run=str(tmp_path / "run"))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "", "language": "python"}
    nbformat.write(notebook, tmp_path / "in.ipynb")
    paths = [str(tmp_path / "in.ipynb"), str(tmp_path / "out.ipynb")]
    told_of_a_run(in_a_terminal([sys.executable, "-m", "papermill", *paths]))
    (cell,) = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells[-1:]
    (bar,) = cell.outputs
    assert bar.data["text/plain"] == "█" * 30 + "  60/60 iterations"


def test_nothing_of_it_under_pytest_and_nbval(small_config, small_faces, capfd):
    train(small_config(method="baseline"), small_faces, tell_every=0)
    assert capfd.readouterr() == ("", "")


@pytest.fixture
def told(monkeypatch):
    lines = []
    monkeypatch.setattr(progress, "tell", lines.append)
    return lines


def test_the_clock_is_that_of_the_run(small_config, tmp_path, told, monkeypatch):
    """Speed over about a minute, so that the time left is that of now; a stop is told as one."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    run = Progress(small_config(iterations=2000), tmp_path, 0, progress.torch.device("cpu"), 15)
    with pytest.raises(KeyboardInterrupt), run:
        for t in range(1, 201):
            now[0] += 30 if t == 1 else 1
            run.step(t)
        run.record({"rgb/critic": -1.234, "rgb/rec": 0.1, "judge": 0.5})
        for t in range(201, 301):
            now[0] += 2
            run.step(t)
        raise KeyboardInterrupt
    lines = told[2:]
    assert lines[0] == "    2/2,000  1.0 s/it  33 min 18 s left  "
    assert lines[-2].endswith(
        "2.0 s/it  56 min 52 s left  critic -1.23, error 0.10, judge accepts 50%"
    )
    assert lines[-1] == "  300/2,000  Stopped after 7 min 09 s"


def test_a_resumed_run_says_so(small_config, tmp_path, told):
    Progress(small_config(iterations=9), tmp_path, 4, progress.torch.device("cpu"), 15)
    assert told[0].startswith("Training after iteration 4: secgan with stargan, ")


def test_where_there_is_no_terminal_nothing_happens(monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)
    for stream in ("stderr", "__stderr__"):
        monkeypatch.setattr(sys, stream, None)
    progress.tell("line")


def test_live_pictures_come_by_the_clock(small_config, small_faces, monkeypatch):
    made, seen = [], []

    class Quick(Clock):
        def __init__(self, first, then):
            made.append((first, then))
            super().__init__(0, 0)

    monkeypatch.setattr("secgan_lite.training.loop.Clock", Quick)
    train(
        small_config(method="baseline", log_every=2), small_faces, checkpoint_every=77,
        live=lambda trainer, log: seen.append((trainer.iteration, len(log))),
    )  # fmt: skip
    assert made == [(77, 77), (20, 30)] and seen == [(t, t // 2) for t in range(1, 7)]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (48, "48 s"), (200, "3 min 20 s"), (3599.6, "1 h 00 min"), (7500, "2 h 05 min"),
     (86400, "1 day 0 h"), (273600, "3 days 4 h")],
)  # fmt: skip
def test_durations_in_words(seconds, words):
    assert duration(seconds) == words
