"""Lessons: sources and notebooks agree, stored outputs are clean, papermill runs and refuses."""

import ast
import inspect
import json
import re
import subprocess
import sys

import nbformat
import numpy as np
import papermill
import pytest
from distributed import LocalCluster
from nbclient import NotebookClient

from secgan_lite import load_editor
from secgan_lite.course.audit import audit
from secgan_lite.course.builder import NOTEBOOKS, build, lessons
from secgan_lite.course.claims import MUST_HOLD
from secgan_lite.course.recorded import load_dynamics
from secgan_lite.course.study import load_study
from secgan_lite.training import Trainer
from secgan_lite.training.trainer import whose_turn

LESSONS = lessons()
SMALL = {"iterations": 20, "num_images": 64}


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


@pytest.mark.parametrize("name", [name for name in LESSONS if name < "04"])
def test_a_lesson_refuses_what_it_does_not_have(tmp_path, name):
    with pytest.raises(papermill.PapermillExecutionError, match="Did you mean 'seed'"):
        papermill.execute_notebook(
            str(NOTEBOOKS / f"{name}.ipynb"),
            str(tmp_path / "out.ipynb"),
            {"sed": 1},
            progress_bar=False,
            cwd=str(tmp_path),
        )


@pytest.mark.parametrize("name", LESSONS)
def test_parameters_come_first_and_are_plain(name):
    first = next(cell for cell in stored(name).cells if cell.cell_type == "code")
    assert first.metadata.tags == ["parameters"]
    known = papermill.inspect_notebook(str(NOTEBOOKS / f"{name}.ipynb"))
    assert len(known) == len(first.source.strip().splitlines())
    assert all(p["inferred_type_name"] in {"str", "int", "float", "bool"} for p in known.values())
    assert all(p["help"] for p in known.values())


def test_the_table_of_algorithm_1_names_code_that_the_lesson_shows():
    lesson, shown = LESSONS["04_train"].read_text(encoding="utf-8"), ""
    for code in (Trainer.step, whose_turn):
        assert f"inspect.getsource({code.__qualname__})" in lesson
        shown += inspect.getsource(code)
    rows = re.findall(r"^# \| (\d+) \| (.+?) \| (.+?) \|", lesson, re.MULTILINE)
    assert [line for line, _, _ in rows] == list("456789")
    for line, _, cell in rows:
        names = re.findall(r"`([^`]+)`", cell)
        assert names and all(name in shown for name in names), (line, names)


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


def in_one_kernel(tmp_path, name, *changes):
    """All cells of a lesson, once for each change of its parameters, as a student runs them.

    The student has variables of her own too, some of them named like options of a run.
    """
    notebook = stored(name)
    notebook.cells.append(nbformat.v4.new_code_cell("width, k, name, mine = 20, 3, 'x', [1]"))
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}})
    with client.setup_kernel():
        for change in changes:
            for parameter, value in change.items():
                line = rf"^{parameter}: (\w+) = .*$"
                assert re.search(line, first.source, re.MULTILINE), parameter
                new = f"{parameter}: \\1 = {value!r}"
                first.source = re.sub(line, new, first.source, flags=re.MULTILINE)
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index)


@pytest.mark.parametrize(
    ("name", "one", "two"),
    [
        ("00_start_here", {}, {"seed": 1}),
        ("01_parsing", {"num_images": 64}, {"seed": 1}),
        ("02_losses", {}, {"seed": 1}),
        ("03_parallel_branches", {}, {"seed": 1}),
        ("06_explore", {}, {"backbone": "stargan"}),
    ],
)
def test_all_cells_run_again_with_another_value(tmp_path, name, one, two):
    in_one_kernel(tmp_path, name, one, two)


def run(tmp_path, cwd=None, **parameters):
    """Papermill, from a folder that is not the repository unless told; returns the run folder."""
    papermill.execute_notebook(
        str(NOTEBOOKS / "04_train.ipynb"),
        str(tmp_path / "out.ipynb"),
        SMALL | {"output_dir": str(tmp_path / "run")} | parameters,
        progress_bar=False,
        cwd=str(cwd or tmp_path),
    )
    return tmp_path / "run"


@pytest.fixture(scope="module")
def secgan_run(tmp_path_factory):
    """A run of lesson 04: the second in one kernel, after another seed."""
    folder = tmp_path_factory.mktemp("runs")
    places = [{"seed": seed, "output_dir": str(folder / f"{seed}")} for seed in (1, 0)]
    in_one_kernel(NOTEBOOKS, "04_train", SMALL | places[0], places[1])
    return folder / "0"


@pytest.mark.parametrize("method", ["baseline", "secgan"])
def test_the_job_fills_the_run_folder(tmp_path, method, request):
    if method == "secgan":
        folder, expected = request.getfixturevalue("secgan_run"), {"generator_seg.safetensors"}
    else:
        folder, expected = run(tmp_path, method=method), set()
    assert {path.name for path in folder.iterdir()} >= expected | {
        "config.json",
        "log.jsonl",
        "generator.safetensors",
        "checkpoint.safetensors",
        "checkpoint.json",
        "samples",
        "results.json",
        "report.html",
    }
    records = [
        json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert records[-1]["iteration"] == SMALL["iterations"]
    assert {"seconds", "rgb/critic", "rgb/gp", "rgb/rec"} <= set(records[-1])
    assert (method == "secgan") == ("semantic/sc" in records[-1])


def test_a_job_alone_runs_and_ends_with_its_report(tmp_path):
    """Without the cells that only teach, of which no other cell may need anything."""
    run(tmp_path, lesson=False)
    out = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    code = [cell for cell in out.cells if cell.cell_type == "code"]
    taught = [cell for cell in code if "lesson" in cell.metadata.tags]
    assert len(taught) > 10 and not any(cell.outputs for cell in taught)
    last = "".join(output.get("data", {}).get("text/html", "") for output in out.cells[-1].outputs)
    assert "Run report" in last and (tmp_path / "run" / "report.html").is_file()


def test_the_evaluation_of_a_run_keeps_its_contract(tmp_path, secgan_run):
    """Lesson 05 as a tool: all scores, each with interval and n, in the run's results.json.

    And as a lesson before, in the same kernel.
    """
    bundled = {"num_images": 3, "output_dir": str(tmp_path)}
    of_the_run = {"run_dir": str(secgan_run), "num_images": 20, "output_dir": ""}
    in_one_kernel(tmp_path, "05_evaluate", bundled, of_the_run)
    results = json.loads((secgan_run / "results.json").read_text(encoding="utf-8"))
    for score in (
        results["tarr"]["mean"],
        results["ssfid"]["mean"],
        results["inception_score"],
        results["counterfactual"]["inside_ratio"],
        results["counterfactual"]["g_seg_iou"],
    ):
        assert score["low"] <= score["value"] <= score["high"] and score["n"] >= 20
    assert results["seconds"] > 0 and "torch" in results["versions"]


def test_the_corner_of_the_study_runs_on_a_cluster(tmp_path):
    """Lesson 07 with other parameters: a Dask scheduler, and again: with threads, what is done."""
    small = {"iterations": 2, "test_faces": 10, "output_dir": str(tmp_path / "runs")}
    with LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as cluster:
        on_a_cluster = small | {"executor": cluster.scheduler_address}
        in_one_kernel(tmp_path, "07_ablations", on_a_cluster, {"executor": "threads"})
    cells = load_study(tmp_path / "runs" / "corner.json")
    assert {cell["config"]["method"] for cell in cells} == {"secgan", "baseline"}
    assert all((tmp_path / "runs" / cell["name"] / "results.json").is_file() for cell in cells)


@pytest.mark.parametrize(
    ("backbone", "method"), [("stargan", "concat"), ("attgan", "baseline"), ("stgan", "secgan")]
)
def test_every_backbone_and_every_method_is_a_parameter(tmp_path, backbone, method):
    """Each once; all nine pairs take steps in the tests of the training."""
    folder = run(tmp_path, backbone=backbone, method=method, iterations=2, batch_size=4)
    assert (folder / "results.json").is_file()
    assert (folder / "parser.safetensors").is_file()  # P, which judges a baseline's edits too


def test_sizes_without_bundled_networks_train_too(tmp_path):
    folder = run(tmp_path, method="baseline", image_size=48, iterations=2, batch_size=4)
    assert (folder / "generator.safetensors").is_file() and not (folder / "results.json").exists()


def test_real_celeba_trains(tmp_path, real):
    given = {"dataset": "celeba", "data_dir": str(real / "celeba"), "method": "baseline"}
    folder = run(tmp_path, iterations=50, num_images=500, **given)
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


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"bakbone": "stargan"}, "Did you mean 'backbone'"),
        ({"backbone": "stragan"}, "Did you mean 'stargan'"),
        ({"iterations": "many"}, "iterations"),
        ({"lambda_sc": -0.5}, "lambda_sc"),
        ({"dataset": "celeba"}, "data_dir is empty"),
        ({"dataset": "celeba", "data_dir": "somewhere"}, "Three ways"),
    ],
)
def test_wrong_parameters_stop_at_once(tmp_path, parameters, message):
    with pytest.raises(papermill.PapermillExecutionError, match=message):
        run(tmp_path, **parameters)
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
