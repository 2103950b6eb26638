"""Sweeps through papermill: done once, resumed, on any executor; recorded; repeated to the bit."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from distributed import Client

from secgan_lite.study import (
    __main__,
    comparison,
    consistency_weights,
    load_study,
    record,
    score,
    sweep,
    whole,
)
from secgan_lite.study.sweep import parameters, run_cell
from secgan_lite.training import RunFolder, TrainConfig

SMALL = {"iterations": 20, "num_images": 64}


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """Two methods trained on two workers, and what was recorded of them."""
    root = tmp_path_factory.mktemp("study")
    configs = [c for c in comparison(["stargan"], seeds=1, **SMALL) if c.method != "concat"]
    with ThreadPoolExecutor(2) as executor:
        folders = sweep(configs, executor, root)
    record(folders, root / "study.json", faces=20)
    return configs, folders, root


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
    secgan, baseline = load_study(swept[2] / "study.json")
    assert secgan["config"]["method"] == "secgan" and set(secgan["pulls"]) == {
        "adv",
        "cls",
        "rec",
        "sc",
    }
    assert set(baseline["pulls"]) == {"adv", "cls", "rec"}
    assert len(secgan["scores"]["tarr"]) == 14 and 0 <= score(secgan, "tarr.mean") <= 1
    assert score(baseline, "ssfid.mean") > 0 and baseline["test_faces"] == 20
    assert [point["iteration"] for point in baseline["curve"]] == [20]  # as many as snapshots
    assert 0 <= baseline["curve"][0]["tarr"]["value"] <= 1
    # Eq. 5 is a mean of absolute values: its gradient has one size, whatever the image.
    assert secgan["pulls"]["rec"] == pytest.approx(20 / (3 * 32 * 32) ** 0.5, rel=0.01)


def test_a_cell_again_is_the_recorded_one_to_the_bit(swept, tmp_path, monkeypatch, capsys):
    root = swept[2]
    name = load_study(root / "study.json")[0]["name"]
    places = ["--root", str(tmp_path), "--file", str(root / "study.json")]
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
    (tmp_path / configs[0].run_name / "thesis.txt").write_text("mine")
    with (
        ThreadPoolExecutor(1) as executor,
        pytest.raises(RuntimeError, match=rf"1 of 2 runs failed.\n{configs[0].run_name}: .*no run"),
    ):
        sweep(configs[:2], executor, tmp_path)


def test_grids():
    assert len(comparison()) == 2 * 3 * 3 and len(consistency_weights()) == 6 * 2
    assert {c.lambda_sc for c in consistency_weights(seeds=1)} >= {0.0, 0.01, 10.0}
    assert len(whole(seeds=3)) == 18 + 12 and len(whole(seeds=1)) == 6 + 6


def test_a_configuration_becomes_parameters_of_the_lesson():
    config = TrainConfig.of(backbone="attgan", lambda_sc=0, seed=3)
    assert parameters(config) == {
        "preset": "lite",
        "backbone": "attgan",
        "method": "secgan",
        "lambda_sc": 0.0,
        "seed": 3,
    }
    with pytest.raises(ValueError, match="option='lambda_rec' is not known"):
        parameters(TrainConfig.of(lambda_rec=3))


def test_a_finished_run_starts_nothing(swept, monkeypatch):
    monkeypatch.setattr("subprocess.run", None)
    folder = str(swept[1][0])
    assert run_cell({}, folder) == folder


def test_the_command_records_all(tmp_path, monkeypatch, capsys, swept):
    """Its grids, with the runs already there."""
    configs, _, root = swept
    monkeypatch.setattr(__main__, "whole", lambda *_, **__: configs + configs[:1])
    file = tmp_path / "study.json"
    places = ["--root", str(root), "--file", str(file), "--faces", "10"]
    monkeypatch.setattr("sys.argv", ["study", "run", *places])
    assert __main__.main() == 0
    assert len(json.loads(file.read_text())["cells"]) == 2
    assert "tarr.mean" in capsys.readouterr().out
    # Elsewhere the runs are gone: what is recorded is not trained again.
    places[1] = str(tmp_path / "elsewhere")
    monkeypatch.setattr("sys.argv", ["study", "run", *places])
    assert __main__.main() == 0
    assert not list((tmp_path / "elsewhere").iterdir())
