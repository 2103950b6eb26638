"""The table of costs: multiply-adds counted as on paper, rates and floors that fit together."""

import torch
from torch.nn import functional as F

from secgan_lite.course import __main__, benchmark
from secgan_lite.course.benchmark import Cost, MultiplyAdds, convolution_rate, iteration, trainer


def test_multiply_adds_of_a_convolution_and_its_gradients():
    x, weight = torch.randn(2, 3, 8, 8, requires_grad=True), torch.randn(5, 3, 3, 3)
    weight.requires_grad_()
    with MultiplyAdds() as forward:
        y = F.conv2d(x, weight, padding=1)
    with MultiplyAdds() as backward:
        y.sum().backward()
    assert forward.total == 2 * 5 * 64 * 3 * 9
    assert backward.total == 2 * forward.total


def test_an_iteration_is_the_mean_of_a_cycle():
    run = trainer("lite", "stargan", "baseline", "cpu")
    once = iteration(run, rounds=1)
    assert once.seconds > 0 and 1e9 < once.multiply_adds < 1e10
    run.config = run.config.model_copy(update={"critic_steps": 2})
    assert iteration(run, rounds=1).multiply_adds < once.multiply_adds


def test_a_lazy_penalty_is_counted_where_it_comes():
    """Every third iteration has it: the mean of three is between one without and one with it."""
    often, rarely = (
        trainer("lite", "stargan", "baseline", "cpu", gp_every=k, batch_size=2) for k in (1, 3)
    )
    every, third = (iteration(run, rounds=1).multiply_adds for run in (often, rarely))
    assert every * 0.5 < third < every
    assert rarely.iteration % 3 == 0


def test_the_table_has_the_floor_beside_each(monkeypatch, capsys):
    rows = [Cost("one of it", 0.5), Cost("another", 0.5, 10**9)]
    monkeypatch.setattr(benchmark, "costs", lambda presets, device: iter(rows))
    monkeypatch.setattr(benchmark, "convolution_rate", lambda device: 4e9)
    monkeypatch.setattr("sys.argv", ["course", "benchmark", "--device", "cpu"])
    assert __main__.main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert "convolves 4 G" in lines[0] and lines[2].split() == ["one", "of", "it", "500.00", "2.0"]
    assert lines[3].split() == ["another", "500.00", "2.0", "1.00", "250.0", "2.00"]


def test_every_backbone_and_method_has_a_row(monkeypatch):
    monkeypatch.setattr(benchmark, "iteration", lambda run, rounds, name="": (run.config, name))
    monkeypatch.setattr(benchmark.shutil, "which", lambda program: program)
    rows = [row for row in benchmark.costs(["lite"], "cpu") if not isinstance(row, Cost)]
    plain = [(config.backbone, config.method) for config, name in rows if not name]
    assert len(set(plain)) == len(plain) == 12
    levers = {name: config for config, name in rows if name}
    assert levers["lite stargan secgan, gp_every 4"].gp_every == 4
    assert levers["lite stargan secgan, compile"].compile
    assert levers["lite stargan secgan, precision bf16"].precision == "bf16"


def test_a_machine_convolves_in_full_precision(monkeypatch):
    convolve, rounded = F.conv2d, []

    def seen(*args, **options):
        rounded.append(torch.backends.cudnn.allow_tf32)
        return convolve(*args, **options)

    monkeypatch.setattr(F, "conv2d", seen)
    before = torch.backends.cudnn.allow_tf32
    assert convolution_rate(torch.device("cpu")) > 1e8
    assert rounded and not any(rounded) and torch.backends.cudnn.allow_tf32 == before


def test_batches_of_the_paper_are_cut_where_they_would_take_minutes(monkeypatch):
    monkeypatch.setattr(benchmark, "Trainer", lambda config, *_: config)
    assert trainer("paper", "stargan", "baseline", "cpu").batch_size == 2
    assert trainer("lite", "stargan", "baseline", "cpu").batch_size == 16
