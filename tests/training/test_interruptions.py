"""Signals save and stop; too little memory is explained; nothing changes for the code around."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import torch

from secgan_lite.commands import training as command
from secgan_lite.support.errors import DataError
from secgan_lite.training import (
    OutOfMemory,
    RunFolder,
    Trainer,
    TrainingStopped,
    __main__,
    runs,
    train,
)
from secgan_lite.training.interruptions import SIGNALS, memory_explained, stop_requests

needs_posix = pytest.mark.skipif(os.name == "nt", reason="Windows sends no such signals")


@pytest.fixture
def config(small_config):
    return small_config(method="baseline", iterations=8)


def signalled(monkeypatch, at, number):
    """Training gets a signal during iteration ``at``."""
    step = Trainer.step

    def and_signal(trainer):
        step(trainer)
        if trainer.iteration == at:
            signal.raise_signal(number)

    monkeypatch.setattr(Trainer, "step", and_signal)


@needs_posix
@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_saves_and_stops(config, small_faces, monkeypatch, number):
    before = [signal.getsignal(n) for n in SIGNALS]
    signalled(monkeypatch, 3, number)
    with pytest.raises(TrainingStopped, match=r"after iteration 3 of 8.*-p resume True") as caught:
        train(config, small_faces)
    assert caught.value.signal == number
    assert [signal.getsignal(n) for n in SIGNALS] == before
    assert RunFolder(config.output_dir).load_checkpoint()[1] == 3
    run = train(config.model_copy(update={"resume": True}), small_faces)
    assert run.finished and run.load_checkpoint()[1] == 8


@needs_posix
def test_a_signal_in_the_last_iteration_still_finishes_the_run(config, small_faces, monkeypatch):
    signalled(monkeypatch, 8, signal.SIGTERM)
    with pytest.raises(TrainingStopped, match="after iteration 8 of 8"):
        train(config, small_faces)
    assert RunFolder(config.output_dir).finished


@needs_posix
@pytest.mark.parametrize("first", SIGNALS)
@pytest.mark.parametrize("second", SIGNALS)
@pytest.mark.parametrize("moment", ["save_tensors", "write_json"])
def test_a_second_signal_does_not_break_the_save(
    config, small_faces, monkeypatch, first, second, moment
):
    """The second comes while the checkpoint for the first is written."""
    signalled(monkeypatch, 3, first)
    write = getattr(runs, moment)

    def and_signal(path, *content):
        if "checkpoint" in path.name:
            signal.raise_signal(second)
        write(path, *content)

    monkeypatch.setattr(runs, moment, and_signal)
    with pytest.raises(TrainingStopped, match="after iteration 3") as caught:
        train(config, small_faces)
    assert caught.value.signal == first
    assert RunFolder(config.output_dir).load_checkpoint()[1] == 3


@needs_posix
def test_only_a_third_interrupt_acts_at_once():
    with stop_requests() as requests:
        for number in (signal.SIGTERM, signal.SIGINT) * 2 + (signal.SIGTERM,) * 3:
            signal.raise_signal(number)
        assert len(requests.signals) == 7 and requests
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


@needs_posix
def test_a_signal_after_the_last_iteration_is_not_swallowed(config, small_faces, monkeypatch):
    save = RunFolder.save_generator

    def and_signal(run, generator, metadata, snapshot=False):
        save(run, generator, metadata, snapshot)
        if not snapshot:
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(RunFolder, "save_generator", and_signal)
    with pytest.raises(TrainingStopped):
        train(config, small_faces)
    assert RunFolder(config.output_dir).finished


@needs_posix
def test_under_nohup_a_closed_terminal_stops_nothing():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_requests() as requests:
            signal.raise_signal(signal.SIGHUP)
            assert not requests and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


@needs_posix
@pytest.mark.parametrize("kernel", [True, False])
def test_a_kernel_stops_when_its_parent_is_gone_and_a_command_does_not(monkeypatch, kernel):
    """A command may well outlive the shell that started it."""
    if kernel:
        monkeypatch.setenv("JPY_PARENT_PID", str(os.getppid()))
    else:
        monkeypatch.delenv("JPY_PARENT_PID", raising=False)
    with stop_requests() as requests:
        assert not requests
        monkeypatch.setattr(os, "getppid", lambda: 1)
        assert bool(requests) == kernel
        assert requests.signals == [signal.SIGTERM] * kernel


@needs_posix
def test_handlers_of_others_return():
    heard = []
    before = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    try:
        with stop_requests() as requests:
            signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        assert requests.signals == heard == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, before)


def test_training_works_in_a_thread(config, small_faces):
    """Where no handler can be installed."""
    runs = []
    thread = threading.Thread(target=lambda: runs.append(train(config, small_faces)))
    thread.start()
    thread.join()
    assert runs and runs[0].finished


@needs_posix
def test_an_interrupted_notebook_saves_and_its_kernel_lives(tmp_path):
    manager_module = pytest.importorskip("jupyter_client.manager")
    code = f"""
from secgan_lite.datasets import load
from secgan_lite.training import TrainConfig, train
config = TrainConfig.of(
    method="baseline", image_size=16, width=4, depth=1, discriminator_width=4,
    discriminator_depth=2, batch_size=4, iterations=10**6, device="cpu",
    output_dir={str(tmp_path / "run")!r})
train(config, load("synthetic", "train", 16, 16))
"""
    manager, client = manager_module.start_new_kernel(kernel_name="python3")

    def answer(request):
        while True:
            message = client.get_shell_msg(timeout=60)
            if message["parent_header"]["msg_id"] == request:
                return message["content"]

    try:
        # an interrupted cell makes the kernel drop what came after it, for a moment
        request = client.execute(code, stop_on_error=False)
        while not (tmp_path / "run" / "log.jsonl").exists():
            time.sleep(0.05)
        manager.interrupt_kernel()
        reply = answer(request)
        assert reply["ename"] == "TrainingStopped" and "-p resume True" in reply["evalue"]
        assert RunFolder(tmp_path / "run").load_checkpoint()[1] > 0
        assert answer(client.execute("1 + 1"))["status"] == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@needs_posix
def test_a_run_under_papermill_is_saved_when_papermill_is_killed(tmp_path):
    """Its kernel would live for a second at most, and an iteration of this run is longer."""
    nbformat = pytest.importorskip("nbformat")
    code = f"""
import time
from secgan_lite.datasets import load
from secgan_lite.training import TrainConfig, Trainer, train
step = Trainer.step
Trainer.step = lambda trainer: (step(trainer), time.sleep(1.5))
config = TrainConfig.of(
    method="baseline", image_size=16, width=4, depth=1, discriminator_width=4,
    discriminator_depth=2, batch_size=4, iterations=10**6, device="cpu", log_every=1,
    output_dir={str(tmp_path / "run")!r})
train(config, load("synthetic", "train", 16, 16))
"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "", "language": "python"}
    nbformat.write(notebook, tmp_path / "in.ipynb")
    command = [sys.executable, "-m", "papermill", tmp_path / "in.ipynb", tmp_path / "out.ipynb"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        while not (tmp_path / "run" / "log.jsonl").exists():
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + 30
    while not (tmp_path / "run" / "checkpoint.json").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert RunFolder(tmp_path / "run").load_checkpoint()[1] > 0


@needs_posix
def test_the_command_ends_as_the_signal_asks(tmp_path):
    tiny = {"method": "baseline", "image-size": 32, "width": 4, "depth": 1, "batch-size": 4}
    tiny |= {"iterations": 10**6, "num-images": 16, "output-dir": tmp_path / "run"}
    arguments = [word for name, given in tiny.items() for word in (f"--{name}", str(given))]
    command = [sys.executable, "-m", "secgan_lite.training", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        while not (tmp_path / "run" / "log.jsonl").exists():
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        message = process.communicate()[1].decode()
    assert process.returncode == 128 + signal.SIGTERM and "-p resume True" in message
    assert RunFolder(tmp_path / "run").load_checkpoint()[1] > 0


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        np._core._exceptions._ArrayMemoryError((9,), np.dtype(float)),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB."),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."),
        RuntimeError("MPS backend out of memory"),
    ],
)
def test_too_little_memory_is_explained(config, error):
    with (
        pytest.raises(OutOfMemory, match=r"batch_size=4.*image_size=16.*-p resume True"),
        memory_explained(config),
    ):
        raise error


def test_memory_that_really_is_not_there(config, small_faces, monkeypatch):
    step = Trainer.step

    def greedy(trainer):
        step(trainer)
        if trainer.iteration == 4:
            torch.empty(2**60)

    monkeypatch.setattr(Trainer, "step", greedy)
    with pytest.raises(OutOfMemory, match="smaller batch_size"):
        train(config, small_faces, checkpoint_every=0)
    assert RunFolder(config.output_dir).load_checkpoint()[1] == 3


def test_other_errors_stay_what_they_are(config):
    with pytest.raises(RuntimeError, match="shapes") as caught, memory_explained(config):
        raise RuntimeError("shapes differ")
    assert type(caught.value) is RuntimeError


@pytest.mark.parametrize(
    "error", [OutOfMemory("no room"), OSError("no disk"), DataError("no checkpoint can be read")]
)
def test_the_command_says_what_stopped_it(tmp_path, monkeypatch, capsys, error):
    def stops(*_):
        raise error

    monkeypatch.setattr(command, "train", stops)
    given = ["--method", "baseline", "--num-images", "16", "--output-dir", str(tmp_path / "run")]
    monkeypatch.setattr(sys, "argv", ["training", *given])
    assert __main__.main() == 1
    assert str(error) in capsys.readouterr().err
