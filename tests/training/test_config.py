"""Configurations: presets, wrong values, schedules, and what makes two runs the same."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from secgan_lite import backbones
from secgan_lite.support.files import save_tensors, sha256
from secgan_lite.training import TrainConfig, learning_rate
from secgan_lite.training.__main__ import main


def test_the_papers_numbers():
    config = TrainConfig.of(preset="paper", backbone="stargan")
    expected = {
        "image_size": 128, "width": 64, "depth": 6,
        "discriminator_width": 64, "discriminator_depth": 6,
        "batch_size": 16,
        "iterations": 200_000, "critic_steps": 5, "learning_rate": 1e-4, "schedule": "linear",
        "lambda_cls_d": 1, "lambda_cls_g": 1, "lambda_rec": 10, "lambda_gp": 10, "lambda_sc": 0.01,
        "cls_reduction": "sum", "sc_reduction": "mean", "sc_start_iteration": 0, "ema": 0,
    }  # fmt: skip
    assert {name: getattr(config, name) for name in expected} == expected


@pytest.mark.parametrize("backbone", backbones.available())
@pytest.mark.parametrize("preset", ["lite", "paper"])
def test_every_preset_is_valid(backbone, preset):
    config = TrainConfig.of(preset=preset, backbone=backbone)
    assert (config.preset, config.backbone) == (preset, backbone)


def test_a_true_teacher_needs_drawn_faces_and_masks():
    for wrong in ({"method": "baseline"}, {"dataset": "celeba", "data_dir": "x", "parser": "p"}):
        with pytest.raises(ValueError, match="teacher='truth' with dataset="):
            TrainConfig.of(teacher="truth", **wrong)


def test_empty_values_mean_the_presets_and_zero_is_a_value():
    plain = TrainConfig.of()
    same = {"iterations": -1, "lambda_sc": -1.0, "output_dir": "", "image_size": "-1"}
    same = TrainConfig.of(**same, data_dir="")
    assert same == plain
    assert TrainConfig.of(lambda_sc=0).lambda_sc == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"bakbone": "stargan"}, "parameter='bakbone'.*Did you mean 'backbone'"),
        ({"backbone": "stragan"}, "Did you mean 'stargan'"),
        ({"preset": "light"}, "Did you mean 'lite'"),
        ({"dataset": "celebahq"}, "Did you mean 'celeba-hq'"),
        ({"method": "basline"}, "Did you mean 'baseline'"),
        ({"schedule": "liner"}, "Did you mean 'linear'"),
        ({"iterations": "many"}, "iterations: .*integer.*'many'"),
        ({"iterations": 0}, "iterations: .*greater than or equal to 1.*0"),
        ({"iterations": 2.5}, "iterations: .*2.5"),
        ({"lambda_sc": -0.5}, "lambda_sc: .*-0.5"),
        ({"learning_rate": 0}, "learning_rate: "),
        ({"seed": -2}, "seed: "),
        ({"correlation": 1.5}, "correlation: "),
        ({"resume": "perhaps"}, "resume: "),
        ({"device": "gpu"}, "device='gpu' is not known.*Choices: auto, cpu"),
        ({"precision": "bf61"}, "Did you mean 'bf16'"),
        ({"cls_reduction": ["sum"]}, "Did you mean 'sum'"),
        ({"backbone": ["stargan"]}, r"backbone=\['stargan'\] is not known"),
        ({"preset": ["lite"]}, r"preset=\['lite'\] is not known"),
        ({"seed": [0, 1]}, r"seed: .*\[0, 1\]"),
        ({"seed": None}, "seed: .*None"),
        ({"lambda_sc": [0.01, 0.1]}, r"lambda_sc: .*\[0.01, 0.1\]"),
        ({"data_dir": 3}, "data_dir: .*3"),
        ({"iterations": True}, "iterations: wanted is a number .*True"),
        ({"lambda_sc": True}, "lambda_sc: wanted is a number .*True"),
        ({"flip": 1}, "flip: wanted is True or False .*1"),
        ({"resume": 0.0}, "resume: wanted is True or False .*0"),
        ({"iterations": "1.5e0"}, "iterations: .*1.5"),
        ({"iterations": float("inf")}, "iterations: .*inf"),
        ({"learning_rate": 1e30}, "learning_rate: .*less than or equal to 1 "),
        ({"lambda_rec": float("inf")}, "lambda_rec: .*finite"),
        ({"lambda_sc_seg": "nan"}, "lambda_sc_seg: .*finite"),
        ({"width": 10**9}, "width: .*less than or equal to 4096"),
        ({"output_dir": "$NO_SUCH_VARIABLE/a"}, "output_dir=.*is not known here"),
        ({"batch_size": 1}, "batch_size=1: .*own target"),
        ({"num_images": 1}, "num_images=1 is less than batch_size=16"),
        ({"image_size": 63}, "image_size=63 .* multiples of 4, for example 60 or 64"),
        (
            {"image_size": 36},
            "image_size=36 .*32 or 48. At 36 px discriminator_depth can be 1 to 2",
        ),
        ({"discriminator_depth": 99}, "discriminator_depth=99 .* 32 px. At .* can be 1 to 5.$"),
        ({"backbone": "attgan", "discriminator_depth": 5}, "discriminator_depth can be 1 to 4"),
        ({"backbone": "stgan", "depth": 9}, "depth can be 1 to 5"),
        ({"attributes": ("Bald", "Bangss")}, "Did you mean 'Bangs'"),
        ({"attributes": ("Bald", "Bald")}, "different names"),
        ({"dataset": "celeba", "method": "baseline"}, "data_dir is empty"),
        ({"dataset": "celeba", "data_dir": "x", "method": "secgan"}, "Three ways"),
        ({"dataset": "celeba", "data_dir": "x", "method": "concat"}, "Three ways"),
    ],
)
def test_wrong_values_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        TrainConfig.of(**changes)


def test_several_wrong_values_are_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)batch_size.*seed"):
        TrainConfig.of(batch_size=0, seed=-2)


def test_a_device_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(ValueError, match="device='cuda' is not available here"):
        TrainConfig.of(device="cuda")


@pytest.mark.parametrize("value", [1000, 1000.0, "1000", "1000.0", "1e3", "1E3", np.int64(1000)])
def test_numbers_come_as_notebooks_and_command_lines_write_them(value):
    config = TrainConfig.of(iterations=value, lambda_sc=value, num_images=value)
    assert (config.iterations, config.lambda_sc, config.num_images) == (1000, 1000, 1000)
    assert config == TrainConfig.of(iterations=1000, lambda_sc=1000, num_images=1000)


@pytest.mark.parametrize("value", [True, "True", "true", "yes"])
def test_flags_come_as_words(value):
    assert TrainConfig.of(resume=value).resume is True


def test_a_configuration_draws_no_random_number():
    state = torch.get_rng_state()
    TrainConfig.of(backbone="stgan")
    assert torch.equal(torch.get_rng_state(), state)


def test_finished_runs_are_read_without_their_faces_or_device(monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    was = TrainConfig.of(method="baseline").model_dump()
    was |= {"dataset": "celeba", "device": "cuda", "batch_size": 1, "parser": "/gone/p.pth"}
    config = TrainConfig(**was)
    assert config.identity["parser"] == "/gone/p.pth" and config.run_name


def test_the_help_describes_every_parameter(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["training", "--help"])
    monkeypatch.setenv("COLUMNS", "1000")
    with pytest.raises(SystemExit, match="0"):
        main()
    shown = capsys.readouterr().out.split("options:")[1]
    for name, field in TrainConfig.model_fields.items():
        assert re.search(rf"--{name.replace('_', '-')}[ ,]", shown) and field.description in shown
    assert re.search(r"--method {secgan,baseline,concat}\s+two .* \(default: secgan\)", shown)
    assert re.search(
        r"--iterations N\s+t of Algorithm 1.* \[1 or more\] \(default: the preset's\)", shown
    )


def test_real_data_with_a_parser_or_the_baseline_is_fine():
    for changes in ({"method": "baseline"}, {"parser": "parser.safetensors"}):
        assert TrainConfig.of(dataset="celeba", data_dir="x", **changes).dataset == "celeba"


def test_the_name_of_a_run_tells_what_it_is():
    config = TrainConfig.of(seed=3)
    assert config.run_name.startswith("synthetic-32-stargan-secgan-s3-")
    assert len(config.run_name.rsplit("-", 1)[1]) == 8


def test_where_a_run_happens_does_not_change_what_it_is():
    config = TrainConfig.of()
    same = TrainConfig.of(device="cpu", output_dir="elsewhere", resume=True, log_every=3)
    assert same.run_name == config.run_name and same.identity == config.identity
    assert TrainConfig.of(lambda_sc=0.5).run_name != config.run_name


@pytest.mark.parametrize("kind", ["parser", "classifier"])
def test_networks_of_ones_own_count_by_what_they_are(kind, tmp_path, monkeypatch):
    """Not by how or where their files are named; "auto" is part of all names of runs that exist."""

    def identity(path):
        return TrainConfig.of(**{kind: path}).identity[kind]

    first, second, other = (tmp_path / f"{n}.safetensors" for n in ("a", "b", "c"))
    for file, value in ((first, 1.0), (second, 1.0), (other, 2.0)):
        save_tensors(file, {"weight": torch.full((2,), value)}, {"kind": kind})
    monkeypatch.chdir(tmp_path)
    assert identity("a.safetensors") == identity(first) == identity(second) != identity(other)
    assert identity(first) == f"sha256:{sha256(first)}"
    assert identity(identity(first)) == identity(first) and identity("auto") == "auto"
    assert TrainConfig.of(**{kind: first}).run_name != TrainConfig.of().run_name


def test_names_of_runs_stay():
    """Recorded cells and everybody's folders are found by them."""
    assert TrainConfig.of().run_name == "synthetic-32-stargan-secgan-s0-91e893db"
    table3 = TrainConfig.of(preset="paper", backbone="attgan-table3", method="concat", seed=1)
    assert table3.run_name == "synthetic-128-attgan-table3-concat-s1-bc45193f"


def test_weights_of_the_branches_can_differ():
    weights = TrainConfig.of(lambda_rec=10, lambda_rec_seg=3, lambda_sc=2).weights
    assert (weights["rgb"].lambda_rec, weights["semantic"].lambda_rec) == (10, 3)
    assert weights["rgb"].lambda_sc == weights["semantic"].lambda_sc == 2


@settings(deadline=None)
@given(st.integers(1, 1000))
def test_schedules(t):
    def rate(schedule):
        config = TrainConfig.of(schedule=schedule, iterations=1000, learning_rate=1.0)
        return learning_rate(config, t)

    late = max(0.0, (t - 1 - 500) / 500)
    assert rate("constant") == 1
    assert rate("linear") == pytest.approx(1 - late)
    assert rate("exponential") == pytest.approx(0.01**late)
    assert rate("step") == (1 if t <= 500 else 0.1)  # as AttGAN's code: by half of the epochs
