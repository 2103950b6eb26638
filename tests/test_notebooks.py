"""Lessons: sources and notebooks agree, stored outputs are clean, papermill runs and refuses."""

import ast
import inspect
import json
import re
import subprocess
import sys
from functools import cache

import nbformat
import numpy as np
import papermill
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from secgan_lite import load_editor
from secgan_lite.course.audit import audit
from secgan_lite.course.builder import NOTEBOOKS, build, lessons
from secgan_lite.course.claims import MUST_HOLD
from secgan_lite.course.recorded import load_dynamics
from secgan_lite.support.files import DATA
from secgan_lite.training import TrainConfig, Trainer, train
from secgan_lite.training.trainer import whose_turn

LESSONS = lessons()
SMALL = {"iterations": 6, "num_images": 64, "batch_size": 4}


def stored(name):
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


@pytest.fixture(scope="module", autouse=True)
def _as_students_run_them():
    """With other values a claim may fail, and the lesson goes on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(MUST_HOLD)
        yield


def test_all_lessons_hold():
    """Pairs, template, outputs, quoted numbers, equations, exercises, links, budgets."""
    assert audit() == []


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """Runs all cells of lessons with parameters as papermill gives them, and always in one kernel.

    The student has variables of her own too, some of them named like options of a run.
    """
    where = {"metadata": {"path": str(tmp_path_factory.mktemp("kernel"))}}
    client = NotebookClient(nbformat.v4.new_notebook(), timeout=600, resources=where)
    own = nbformat.v4.new_code_cell("width, k, name, mine = 20, 3, 'x', [1]")

    def run_all(name, **parameters):
        notebook = load_notebook_node(str(NOTEBOOKS / f"{name}.ipynb"))
        client.nb = parameterize_notebook(notebook, parameters)
        client.nb.cells.insert(0, own)
        for index, cell in enumerate(client.nb.cells):
            client.execute_cell(cell, index)

    with client.setup_kernel():
        yield run_all


@pytest.fixture
def refusal(kernel):
    """What a lesson says of parameters that it does not take."""

    def of(name, **parameters):
        with pytest.raises(CellExecutionError) as stopped:
            kernel(name, **parameters)
        return stopped.value.evalue

    return of


@pytest.mark.parametrize("name", [name for name in LESSONS if name < "04"])
def test_a_lesson_refuses_what_it_does_not_have(name, refusal):
    assert "Did you mean 'seed'" in refusal(name, sed=1)


@pytest.mark.parametrize("name", LESSONS)
def test_parameters_come_first_and_are_plain(name):
    first = next(cell for cell in stored(name).cells if cell.cell_type == "code")
    assert first.metadata.tags == ["parameters"]
    known = papermill.inspect_notebook(str(NOTEBOOKS / f"{name}.ipynb"))
    assert len(known) == len(first.source.strip().splitlines())
    assert all(p["inferred_type_name"] in {"str", "int", "float", "bool"} for p in known.values())
    assert all(p["help"] for p in known.values())


def test_the_table_of_algorithm_1_names_code_that_the_lesson_shows():
    lesson, shown = LESSONS["04_train"].read_text(encoding="utf-8"), inspect.getsource(train)
    assert "inspect.getsource(Trainer.step)" in lesson  # its core; the lesson links the rest
    shown += inspect.getsource(Trainer.step) + inspect.getsource(whose_turn)
    rows = re.findall(r"^# \| (\d+(?:, \d+)*) \| (.+?) \| (.+?) \|", lesson, re.MULTILINE)
    lines = [int(line) for several, _, _ in rows for line in several.split(", ")]
    assert sorted(lines) == list(range(3, 12))
    for line, _, cell in rows:
        names = re.findall(r"`([^`]+)`", cell)
        assert names and all(name in shown for name in names), (line, names)


def test_the_appendix_of_lesson_04_tells_the_times_of_the_benchmark():
    text = (NOTEBOOKS / "training_appendix.md").read_text(encoding="utf-8")
    shown = {}
    for name, preset, per_unit in (("benchmark", "lite", 6e4), ("benchmark-gpu", "paper", 3.6e6)):
        rows = (DATA / "results" / f"{name}.txt").read_text(encoding="utf-8")
        steps = TrainConfig.of(preset=preset).iterations
        for method in ("baseline", "secgan"):
            ms = float(re.search(rf"{preset} stargan {method}, batch 16 +([\d.]+)", rows)[1])
            unit = "min" if preset == "lite" else "h"
            shown.setdefault(method, []).append(f"{ms:.0f} ms | {steps * ms / per_unit:.1f} {unit}")
            shown.setdefault(preset, []).append(ms)
    for method in ("baseline", "secgan"):
        assert f"| {method} | {' | '.join(shown[method])} |" in text
    cpu, gpu = (shown[preset][1] / shown[preset][0] for preset in ("lite", "paper"))
    assert f"| secgan / baseline | {cpu:.1f} | | {gpu:.1f} | |" in text


def test_the_recorded_runs_are_what_lesson_04_says_of_them():
    """A fails quietly, B works, C fails loudly; they differ in the loss alone."""
    runs = copying, healthy, exploded = [load_dynamics(f"run-{letter}") for letter in "abc"]
    settings = [{k: str(v) for k, v in run.config.items()} for run in runs]
    odd = {name for name in settings[0] if len({one[name] for one in settings}) > 1}
    assert odd == {"lambda_cls_g", "lambda_gp"}

    def judged(run):
        return [score["tarr"]["value"] for score in run.scores]

    def last(run, term):
        return run.log[-1][term]

    assert judged(copying)[-1] < judged(copying)[0] and judged(healthy)[-1] > judged(healthy)[0]
    rec, change, sc = "rgb/rec", "rgb/change", "rgb/sc"
    assert last(copying, rec) < min(last(healthy, rec), last(exploded, rec))
    ratios = [last(run, change) / last(run, rec) for run in (copying, healthy)]
    assert ratios[0] < 2 < ratios[1]
    assert last(copying, sc) < last(healthy, sc) < last(exploded, sc)
    heights = [max(abs(record["semantic/critic"]) for record in run.log) for run in runs]
    assert max(heights[:2]) < 10 and heights[2] > 100


def execute(name, folder, **parameters):
    """A lesson under papermill, from a folder that is not the repository."""
    papermill.execute_notebook(
        str(NOTEBOOKS / f"{name}.ipynb"),
        str(folder / f"{name}.ipynb"),
        parameters,
        progress_bar=False,
        cwd=str(folder),
    )


def run(folder, **parameters):
    """A small run of lesson 04, as a job; returns its folder."""
    given = SMALL | {"output_dir": str(folder / "run"), "lesson": False} | parameters
    execute("04_train", folder, **given)
    return folder / "run"


# Each once; all nine pairs take steps in the tests of the training.
BACKBONES = {"concat": "stargan", "baseline": "attgan", "secgan": "stgan"}


@pytest.fixture(scope="module")
def trained_by(tmp_path_factory):
    """The folder of a job of lesson 04, by its method; nbval runs what teaches too."""

    @cache
    def of(method):
        return run(tmp_path_factory.mktemp(method), method=method, backbone=BACKBONES[method])

    return of


@pytest.mark.parametrize("method", BACKBONES)
def test_the_job_fills_the_run_folder(method, trained_by):
    folder = trained_by(method)
    assert {path.name for path in folder.iterdir()} >= {
        "config.json",
        "log.jsonl",
        "generator.safetensors",
        "parser.safetensors",  # P, which judges a baseline's edits too
        "checkpoint.safetensors",
        "checkpoint.json",
        "samples",
        "results.json",
        "report.html",
    }
    assert (folder / "generator_seg.safetensors").is_file() == (method == "secgan")
    records = [
        json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert records[-1]["iteration"] == SMALL["iterations"]
    assert {"seconds", "rgb/critic", "rgb/gp", "rgb/rec"} <= set(records[-1])
    assert (method == "secgan") == ("semantic/sc" in records[-1])


def test_a_job_alone_runs_and_ends_with_its_report(trained_by):
    """Without the cells that only teach, of which no other cell may need anything."""
    folder = trained_by("baseline")
    out = nbformat.read(folder.parent / "04_train.ipynb", as_version=4)
    code = [cell for cell in out.cells if cell.cell_type == "code"]
    taught = [cell for cell in code if "lesson" in cell.metadata.tags]
    assert len(taught) > 10 and not any(cell.outputs for cell in taught)
    last = "".join(output.get("data", {}).get("text/html", "") for output in out.cells[-1].outputs)
    assert "Run report" in last and (folder / "report.html").is_file()


def test_the_evaluation_of_a_run_keeps_its_contract(tmp_path, trained_by):
    """Lesson 05 as a tool: all scores, each with interval and n, in the run's results.json."""
    folder = trained_by("secgan")
    execute("05_evaluate", tmp_path, run_dir=str(folder), num_images=20)
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    for score in (
        results["tarr"]["mean"],
        results["ssfid"]["mean"],
        results["inception_score"],
        results["counterfactual"]["inside_ratio"],
        results["counterfactual"]["g_seg_iou"],
    ):
        assert score["low"] <= score["value"] <= score["high"] and score["n"] >= 20
    assert results["seconds"] > 0 and "torch" in results["versions"]


def test_sizes_without_bundled_networks_train_too(tmp_path):
    folder = run(tmp_path, method="baseline", image_size=48, iterations=2)
    assert (folder / "generator.safetensors").is_file() and not (folder / "results.json").exists()


def test_real_celeba_trains(tmp_path, real):
    given = {"dataset": "celeba", "data_dir": str(real / "celeba"), "method": "baseline"}
    folder = run(tmp_path, iterations=50, num_images=500, batch_size=-1, **given)
    records = [
        json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert records[-1]["iteration"] == 50
    assert records[-1]["rgb/real_accuracy"] > 0.7 > records[0]["rgb/rec"] > records[-1]["rgb/rec"]


@pytest.fixture(scope="module")
def real_parser(real, tmp_path_factory):
    """Makes a P for photographs of a size with the documented command, after a few steps."""

    def make(size):
        file = tmp_path_factory.mktemp("parser") / f"parser-{size}.safetensors"
        pack = real / "packs" / "hq128_masked.npz"
        given = ["--dataset", "celeba-hq", "--data-dir", pack, "--image-size", size]
        given += ["--count", 128, "--epochs", 1, "--output", file]
        command = [sys.executable, "-m", "secgan_lite.parsing", "train", *map(str, given)]
        subprocess.run(command, check=True, capture_output=True)
        return str(file)

    return make


@pytest.mark.parametrize(
    ("dataset", "folder", "split", "size"),
    [("celeba", "celeba", "paper", 64), ("celeba-hq", "CelebAMask-HQ", "clean", 128)],
)
def test_secgan_trains_on_photographs(tmp_path, real, real_parser, dataset, folder, split, size):
    given = {"dataset": dataset, "data_dir": str(real / folder), "split": split}
    given |= {"image_size": size, "parser": real_parser(size), "iterations": 4, "batch_size": 4}
    place = run(tmp_path, method="secgan", **given)
    assert (place / "generator_seg.safetensors").is_file()
    result = load_editor(place).edit(np.zeros((size, size, 3), np.uint8), {"Bangs": 1})
    assert result.image.size == (size, size) and result.note == ""


def test_a_job_with_a_wrong_parameter_stops_at_once(tmp_path):
    with pytest.raises(papermill.PapermillExecutionError, match="Did you mean 'backbone'"):
        run(tmp_path, bakbone="stargan")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"backbone": "stragan"}, "Did you mean 'stargan'"),
        ({"iterations": "many"}, "iterations"),
        ({"lambda_sc": -0.5}, "lambda_sc"),
        ({"dataset": "celeba"}, "data_dir is empty"),
        ({"dataset": "celeba", "data_dir": "somewhere"}, "Three ways"),
    ],
)
def test_wrong_parameters_stop_at_once(tmp_path, parameters, message, refusal):
    parameters = SMALL | {"output_dir": str(tmp_path / "run")} | parameters
    assert message in refusal("04_train", **parameters)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", LESSONS)
def test_no_later_cell_overwrites_a_parameter(name):
    """Else the configuration cell, run again alone, would read another value than was given."""
    first, *others = (cell.source for cell in stored(name).cells if cell.cell_type == "code")
    known = {line.target.id for line in ast.parse(first).body}
    assigned = {
        node.id
        for source in others
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    assert known.isdisjoint(assigned)


def test_an_unknown_lesson_is_named():
    with pytest.raises(ValueError, match="Did you mean '04_train'"):
        build(["04_trian"])
