"""Sweeps through papermill: done once, resumed, on any executor; recorded; repeated to the bit."""

import json
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
import numpy as np
import papermill
import psutil
import pytest
import torch
from distributed import Client, LocalCluster

from secgan_lite.course.builder import NOTEBOOKS
from secgan_lite.course.study import (
    __main__,
    comparison,
    consistency_weights,
    extend,
    load_study,
    perfect_teacher,
    record,
    score,
    score_run,
    sweep,
    whole,
)
from secgan_lite.course.study.sweep import parameters, run_cell
from secgan_lite.support.devices import machine
from secgan_lite.support.places import runs
from secgan_lite.training import RunFolder, TrainConfig


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """Lesson 07's corner of the study on a Dask scheduler: two runs, and what it recorded of them.

    Nothing else of the lesson, which nbval runs, and whose other cells the corner does not need.
    """
    root = tmp_path_factory.mktemp("study")
    small = {"iterations": 4, "test_faces": 20, "output_dir": str(root)}
    lesson, out = (str(root / name) for name in ("corner.ipynb", "out.ipynb"))
    notebook = nbformat.read(NOTEBOOKS / "07_ablations.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    (corner,) = (cell for cell in code if 'grid == "corner"' in cell.source)
    notebook.cells = [*code[:3], corner]  # after parameters, imports and settings
    nbformat.write(notebook, lesson)
    with LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as cluster:
        given = small | {"executor": cluster.scheduler_address}
        papermill.execute_notebook(
            lesson, out, given, progress_bar=False, cwd=str(root), execution_timeout=600
        )  # a cluster whose worker has gone answers never
    configs = comparison(["stargan"], seeds=1, iterations=4, num_images=64)
    configs = [config for config in configs if config.method != "concat"]
    return configs, [root / config.run_name for config in configs], root


def test_every_run_has_a_folder_a_notebook_and_a_log(swept):
    configs, folders, root = swept
    for config, folder in zip(configs, folders, strict=True):
        assert RunFolder(folder).config.identity == config.identity
        assert (root / f"{config.run_name}.ipynb").is_file() and folder.parent == root


def test_what_is_done_is_not_done_again_on_a_cluster_either(swept):
    configs, folders, root = swept
    before = [(folder / "generator.safetensors").stat().st_mtime_ns for folder in folders]
    with (
        Client(processes=False, n_workers=1, dashboard_address=None) as client,
        client.get_executor(pure=False) as executor,
    ):
        assert sweep(configs, executor, root) == folders
    after = [(folder / "generator.safetensors").stat().st_mtime_ns for folder in folders]
    assert before == after


def test_a_record_holds_scores_and_pulls_of_each_run(swept):
    cells = load_study(swept[2] / "corner.json")  # the run that ended first is the first
    secgan, baseline = sorted(cells, key=lambda cell: cell["config"]["method"], reverse=True)
    assert secgan["config"]["method"] == "secgan" and set(secgan["pulls"]) == {
        "adv",
        "cls",
        "rec",
        "sc",
    }
    assert set(baseline["pulls"]) == {"adv", "cls", "rec"}
    assert len(secgan["scores"]["tarr"]) == 14 and 0 <= score(secgan, "tarr.mean") <= 1
    assert score(baseline, "ssfid.mean") > 0 and baseline["test_faces"] == 20
    assert secgan["machine"] == machine(torch.device("cpu")) and "threads" in secgan["machine"]
    assert score(secgan, "counterfactual.witness_iou") < 1
    # Summed up, the faces say what the scores say.
    hits = [int(digit) for column in secgan["faces"]["tarr"].values() for digit in column]
    assert len(hits) == 13 * 20 and sum(hits) / len(hits) == pytest.approx(
        score(secgan, "tarr.mean"), rel=1e-3
    )
    bald = [*map(int, secgan["faces"]["inside"]["Bald"].split())]
    assert len(bald) == 20 and 0 <= min(bald) <= np.mean(bald) <= max(bald) <= 255
    assert secgan["ssfid_floor"] == baseline["ssfid_floor"] and secgan["ssfid_floor"]["n"] == 20
    assert [point["iteration"] for point in baseline["curve"]] == [4]  # as many as snapshots
    assert 0 <= baseline["curve"][0]["tarr"]["value"] <= 1
    # Eq. 5 is a mean of absolute values: its gradient has one size, whatever the image.
    assert secgan["pulls"]["rec"] == pytest.approx(
        swept[0][0].lambda_rec / (3 * 32 * 32) ** 0.5, rel=0.01
    )


def test_a_cell_again_is_the_recorded_one_to_the_bit(swept, tmp_path, monkeypatch, capsys):
    root = swept[2]
    name = load_study(root / "corner.json")[0]["name"]
    places = ["--root", str(tmp_path), "--file", str(root / "corner.json")]
    monkeypatch.setattr("sys.argv", ["study", "again", name, *places])
    assert __main__.main() == 0
    assert "tarr.mean: recorded" in capsys.readouterr().out
    weights = [folder / name / "generator.safetensors" for folder in (root, tmp_path / "again")]
    assert weights[0].read_bytes() == weights[1].read_bytes()
    monkeypatch.setattr("sys.argv", ["study", "again", name.upper(), *places])
    with pytest.raises(SystemExit):
        __main__.main()
    assert f"Did you mean '{name}'?" in capsys.readouterr().err


def test_a_failed_run_is_named_and_the_others_are_kept(swept, tmp_path):
    configs, folders, _ = swept
    shutil.copytree(folders[1], tmp_path / folders[1].name)
    (tmp_path / configs[0].run_name).mkdir()
    (tmp_path / configs[0].run_name / "thesis.txt").write_text("mine", encoding="utf-8")
    with (
        ThreadPoolExecutor(1) as executor,
        pytest.raises(RuntimeError, match=rf"1 of 2 runs .*\n{configs[0].run_name}: .*no run"),
    ):
        sweep(configs[:2], executor, tmp_path)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("print('λ_sc − 1'); raise SystemExit(1)", "λ_sc − 1"),
        ("import sys; sys.stdout.buffer.write(b'\\xce cut'); sys.exit(1)", "\ufffd cut"),
        ("raise SystemExit(3)", "exit 3"),
    ],
)
def test_a_failed_runs_last_words_are_read_on_any_system(program, said, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")  # of a Windows console
    monkeypatch.setitem(run_cell.__globals__, "_CELL", tmp_path / "cell.py")
    (tmp_path / "cell.py").write_text(program, encoding="utf-8")
    with pytest.raises(RuntimeError, match=f"^{said} "):
        run_cell({}, str(tmp_path / "run"))


def test_grids():
    assert len(comparison()) == 2 * 3 * 3 and len(consistency_weights()) == 6 * 2
    assert {c.lambda_sc for c in consistency_weights(seeds=1)} >= {0.0, 0.01, 10.0}
    assert len(whole(seeds=3)) == 18 + 3 + 6 + 12 and len(whole(seeds=1)) == 6 + 1 + 2 + 6
    # λ_sc's own value is trained once, and each grid has the iterations that were asked for.
    names = [config.run_name for config in whole(seeds=3, iterations=4000)]
    assert len(names) - len(set(names)) == 2
    assert {c.iterations for c in whole(seeds=1, iterations=4000)} == {4000, 1702}
    assert {c.teacher for c in perfect_teacher()} == {"truth"}


def test_a_configuration_becomes_parameters_of_the_lesson():
    config = TrainConfig.of(backbone="attgan", lambda_sc=0, seed=3)
    assert parameters(config) == {
        "preset": "lite",
        "backbone": "attgan",
        "method": "secgan",
        "lambda_sc": 0.0,
        "seed": 3,
    }
    # Also what its cell of parameters does not show.
    assert parameters(TrainConfig.of(lambda_rec=3))["lambda_rec"] == 3


def test_a_finished_run_starts_nothing(swept, monkeypatch):
    monkeypatch.setattr("subprocess.Popen", None)
    folder = str(swept[1][0])
    assert run_cell({}, folder) == folder


def test_the_command_records_all(tmp_path, monkeypatch, capsys, swept):
    """Its grids, with the runs already there."""
    configs, _, root = swept
    monkeypatch.setattr("secgan_lite.course.study.whole", lambda *_, **__: configs + configs[:1])
    file = tmp_path / "study.json"
    places = ["--root", str(root), "--file", str(file), "--faces", "10"]
    monkeypatch.setattr("sys.argv", ["study", "run", *places])
    assert __main__.main() == 0
    assert len(json.loads(file.read_text(encoding="utf-8"))["cells"]) == 2
    assert "tarr.mean" in capsys.readouterr().out
    # Elsewhere the runs are gone: what is recorded is not trained again.
    places[1] = str(tmp_path / "elsewhere")
    monkeypatch.setattr("sys.argv", ["study", "run", *places])
    assert __main__.main() == 0
    assert not list((tmp_path / "elsewhere").iterdir())
    # Scores on other faces are other scores: they do not take the place of those.
    before = file.read_bytes()
    monkeypatch.setattr("sys.argv", ["study", "run", *places[:-1], "20"])
    with pytest.raises(SystemExit):
        __main__.main()
    assert "faces=20, but" in (said := capsys.readouterr().err) and "has scores on 10" in said
    with pytest.raises(ValueError, match="never replaced"):
        record([root / configs[0].run_name], file, faces=20)
    assert file.read_bytes() == before


def test_a_study_of_ones_own_begins_empty_beside_its_runs(tmp_path, monkeypatch):
    """The course's results are read, and written by nobody but its authors."""
    asked = []
    monkeypatch.setattr("secgan_lite.course.study.whole", lambda *_, **__: [])
    monkeypatch.setattr("secgan_lite.course.study.extend", lambda *given: asked.append(given) or [])
    monkeypatch.setattr("sys.argv", ["study", "run", "--root", str(tmp_path)])
    assert __main__.main() == 0 and asked[0][2:4] == (tmp_path, tmp_path / "study.json")
    monkeypatch.setattr("sys.argv", ["study", "run"])
    assert __main__.main() == 0 and asked[1][3] == runs() / "study" / "study.json"


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "is not there"), ("{", "no study"), ("[]", "no study"), ('{"cells": [1]}', "no study"),
     ('{"cells": [{"name": "a"}]}', "no study"), ('{"cells": 1}', "no study")],
)  # fmt: skip
def test_a_file_that_is_no_study_is_named(tmp_path, content, message):
    file = tmp_path / "study.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        load_study(file)


def test_runs_that_cannot_be_scored_say_why(swept, tmp_path):
    folder = swept[1][1]
    for lacking in ("snapshots/*", "checkpoint*.safetensors"):
        copy = tmp_path / lacking[:5]
        shutil.copytree(folder, copy)
        for file in copy.glob(lacking):
            file.unlink()
        with pytest.raises(ValueError, match=f"has no {lacking[:8]}"):
            score_run(copy, 4)
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    (copy / "config.json").write_text(
        json.dumps(config | {"dataset": "celeba", "data_dir": "x"}), encoding="utf-8"
    )
    with pytest.raises(ValueError, match="has seen photographs"):
        score_run(copy, 4)


def test_an_error_while_scoring_starts_no_more_runs(tmp_path, monkeypatch):
    started = []

    def stand_in(given, folder, threads):
        started.append(folder)
        time.sleep(0.05)

    def full(*_):
        raise OSError("No space left on device")

    monkeypatch.setitem(sweep.__globals__, "run_cell", stand_in)
    monkeypatch.setitem(extend.__globals__, "record", full)
    configs = [TrainConfig.of(seed=seed) for seed in range(20)]
    with ThreadPoolExecutor(1) as executor, pytest.raises(OSError, match="No space"):
        extend(configs, executor, tmp_path, tmp_path / "study.json")
    assert len(started) < 4


STUDY = """
import sys
from secgan_lite.support.places import runs
from secgan_lite.course.study import __main__
from secgan_lite.training import TrainConfig

long = {"method": "baseline", "num_images": 64, "batch_size": 4, "iterations": 100_000}
__main__.whole = lambda *_, **__: [TrainConfig.of(seed=seed, **long) for seed in range(3)]
sys.exit(__main__.main())
"""


def until(condition, seconds=90):
    """Wait for it; False if it does not come."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)
    return condition()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_nothing_of_a_study_outlives_it_and_its_state_is_saved(tmp_path):
    """Interrupted, then started again and killed: its runs end, none begins, the state is kept."""
    command = [sys.executable, "-c", STUDY, "run", "--root", str(tmp_path), "--workers", "1"]
    before = 0
    for how, code in ((signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)):
        study = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        assert until(lambda done=before: any(iteration > done for iteration in logged(tmp_path)))
        below = psutil.Process(study.pid).children(recursive=True)
        assert len(below) >= 2  # papermill and a kernel
        study.send_signal(how)
        assert study.wait(timeout=30) == code
        assert until(lambda below=below: not any(process.is_running() for process in below), 30)
        (state,) = tmp_path.glob("*/checkpoint.json")  # of one run: no other has begun
        saved = json.loads(state.read_text(encoding="utf-8"))["iteration"]
        assert saved > before
        before = saved
    assert not (tmp_path / "study.json").exists()


def logged(root):
    """Iterations that the runs below a folder have noted."""
    for file in root.glob("*/log.jsonl"):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["iteration"]
