"""The half hour with a GPU, rehearsed without one: every step runs, and none ends the others."""

import json
import runpy
import signal
import sys
import tarfile
import time

import half_hour
import pytest
from half_hour import PACKED, Step, pack, unpack, work

# A public StarGAN that learns nothing: its solver takes what the published one takes.
SOLVER = """
class Solver:
    def __init__(self, loader, other, config):
        assert config.dataset == "CelebA" and len(config.selected_attrs) == config.c_dim
        self.loader = loader

    def train(self):
        for _ in range(self.num_iters):
            images, labels = next(iter(self.loader))
            assert images.shape[1] == 3 and labels.shape[1] == 13
"""


def python(name, code, limit=30.0, **more):
    return Step(name, [sys.executable, "-c", code], limit, **more)


def states(summary):
    return {name: entry["state"] for name, entry in summary.items()}


@pytest.fixture(autouse=True)
def handler():
    """The one of the terminal's interrupt is as before."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def here(step, output, limit):
    """Run a step's Python in this process, where all is imported already; its exit status."""
    words = step.command[1:]
    before, sys.argv = sys.argv, words[1:] if words[0] == "-m" else words
    try:
        if words[0] == "-m":
            runpy.run_module(words[1], run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(words[0], run_name="__main__")
    except SystemExit as end:
        return end.code or 0
    finally:
        sys.argv = before
    return 0


def test_every_step_runs_in_a_rehearsal(tmp_path, monkeypatch, capsys):
    """With tiny sizes. The tests of this folder are a process of their own, as in earnest."""
    public, editors = tmp_path / "public", tmp_path / "editors.json"
    public.mkdir()
    (public / "solver.py").write_text(SOLVER, encoding="utf-8")
    editors.write_text("[]", encoding="utf-8")
    apart = half_hour._run
    monkeypatch.setattr(
        half_hour,
        "_run",
        lambda step, *rest: (apart if step.name == "tests" else here)(step, *rest),
    )
    monkeypatch.setattr("os.nice", lambda _: None)
    monkeypatch.syspath_prepend(str(public))
    folder, bring = tmp_path / "here", tmp_path / "back"
    words = [str(folder), "--bring", str(bring), "--rehearse", "--public", str(public)]
    words += ["--editors", str(editors)]
    assert half_hour.main([*words, "--only", "levers"]) == 0
    assert [*json.loads((folder / "summary.json").read_text(encoding="utf-8"))] == ["levers"]
    assert half_hour.main(words) == 0
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert {*summary} == {*half_hour.NAMES}
    assert states(summary) == dict.fromkeys(
        ("tests", "levers", "public", "editors", "parser", "paper"), "done"
    ) | {"photographs": "left out"}
    assert "1 passed" in (folder / "tests.txt").read_text(encoding="utf-8")
    said = capsys.readouterr().out
    assert said.count("ours, ") == 4 and said.count("the public StarGAN, ") == 2
    assert said.count("lite, stargan, secgan") == 2
    with tarfile.open(bring / PACKED) as archive:
        names = archive.getnames()
    assert {"summary.json", "tests.txt", "runs/paper/log.jsonl", "parser-128.safetensors"} <= {
        *names
    }
    monkeypatch.setattr(half_hour, "_run", None)  # all is done
    assert half_hour.main(words) == 0


def test_the_editors_list_holds_runs():
    from secgan_lite.course.authoring.queue import listed

    configs = listed(half_hour.HERE / "editors.json")
    assert len({config.run_name for config in configs}) == len(configs) == 6
    assert {config.image_size for config in configs} == {64}


def test_a_step_that_fails_is_named_and_the_others_run(tmp_path):
    todo = [python("one", "print('here')"), python("two", "1 / 0"), python("three", "")]
    todo.append(python("four", "", lacking="it has no file"))
    summary = work(todo, tmp_path, 60)
    assert states(summary) == {
        "one": "done", "two": "failed", "three": "done", "four": "left out",
    }  # fmt: skip
    assert summary["two"]["reason"] == "exit status 1"
    assert summary["four"]["reason"] == "it has no file"
    assert "ZeroDivisionError" in (tmp_path / "two.txt").read_text(encoding="utf-8")
    assert (tmp_path / "one.txt").read_text(encoding="utf-8") == "here\n"
    # The next call does again what did not go well, and that alone.
    again = work([*todo[:1], python("two", "print('well')"), *todo[2:]], tmp_path, 60)
    assert states(again) == states(summary) | {"two": "done"}
    assert (tmp_path / "one.txt").read_text(encoding="utf-8") == "here\n"


STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""
SAVING = """
import time
try:
    time.sleep(60)
except KeyboardInterrupt:
    print("saved")
"""


def test_a_step_over_its_time_may_save_and_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(half_hour, "GRACE", 1)
    monkeypatch.setattr(half_hour, "LEAST", 0.1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    started = time.monotonic()
    todo = [python("saves", SAVING, 2), python("stubborn", STUBBORN, 2), python("last", "")]
    summary = work(todo, tmp_path, 60)
    assert time.monotonic() - started < 20
    assert states(summary) == {"saves": "out of time", "stubborn": "out of time", "last": "done"}
    assert summary["stubborn"]["reason"] == "over 2 s"
    assert (tmp_path / "saves.txt").read_text(encoding="utf-8") == "saved\n"
    child = int((tmp_path / "stubborn.txt").read_text(encoding="utf-8"))
    assert not _runs(child)


def _runs(process):
    """Whether a process is there, and no zombie whose parent has not asked yet."""
    import psutil

    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_what_no_time_is_left_for_is_done_by_the_next_call(tmp_path):
    todo = [python("one", ""), python("two", "")]
    assert states(work(todo, tmp_path, half_hour.GRACE)) == dict.fromkeys(
        ("one", "two"), "not begun"
    )
    assert states(work(todo, tmp_path, 60)) == dict.fromkeys(("one", "two"), "done")


def test_a_later_loan_goes_on_from_what_came_back(tmp_path, monkeypatch):
    """The archive takes the smallest first, and nothing that is too large."""
    monkeypatch.setattr(half_hour, "LARGEST", 1000)
    monkeypatch.setattr(half_hour, "ALL", 1500)
    first, bring, second = (tmp_path / name for name in ("first", "bring", "second"))
    work([python("one", "print('here')")], first, 60)
    sizes = {"large": 1001, "middle": 900, "small": 700, "smaller": 100}
    for name, size in sizes.items():
        (first / name).write_bytes(bytes(size))
    pack(first, bring)
    unpack(bring / PACKED, second)
    assert {f.name for f in second.iterdir()} == {"summary.json", "one.txt", "small", "smaller"}
    todo = [python("one", "1 / 0"), python("two", "")]  # the first is not run again
    assert states(work(todo, second, 60)) == {"one": "done", "two": "done"}
    unpack(bring / PACKED, second)  # what is there is kept
    assert states(json.loads((second / "summary.json").read_text(encoding="utf-8"))) == {
        "one": "done", "two": "done",
    }  # fmt: skip


def test_a_file_that_is_not_there_is_named(tmp_path, capsys):
    with pytest.raises(SystemExit):
        half_hour.main([str(tmp_path), "--public", "nowhere"])
    assert "--public nowhere is not there" in capsys.readouterr().err
