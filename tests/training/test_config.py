"""Configurations: presets, wrong values, schedules, and what makes two runs the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secgan_lite import backbones
from secgan_lite.training import TrainConfig, learning_rate


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


def test_empty_values_mean_the_presets_and_zero_is_a_value():
    plain = TrainConfig.of()
    same = TrainConfig.of(iterations=-1, lambda_sc=-1.0, output_dir="", image_size=-1, data_dir="")
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


def test_weights_of_the_branches_can_differ():
    weights = TrainConfig.of(lambda_rec=10, lambda_rec_seg=3, lambda_sc=2).weights
    assert (weights["rgb"].lambda_rec, weights["semantic"].lambda_rec) == (10, 3)
    assert weights["rgb"].lambda_sc == weights["semantic"].lambda_sc == 2


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
