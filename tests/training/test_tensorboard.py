"""Optional event files: the numbers of the log, also after a resume; a clear word where absent."""

import sys

import pytest

from secgan_lite.training import Trainer, train


@pytest.fixture
def config(small_config):
    return small_config(method="baseline", iterations=6, log_every=1, tensorboard=True)


def test_events_hold_the_log(config, small_faces, monkeypatch):
    events = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    step = Trainer.step

    def interrupted(trainer):
        if trainer.iteration == 4:
            raise KeyboardInterrupt
        step(trainer)

    monkeypatch.setattr(Trainer, "step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(config, small_faces, checkpoint_every=0)
    monkeypatch.setattr(Trainer, "step", step)
    run = train(config.model_copy(update={"resume": True}), small_faces)
    read = events.EventAccumulator(str(run.path / "tensorboard"))
    read.Reload()
    points = read.Scalars("rgb/critic")
    assert [point.step for point in points] == [1, 2, 3, 4, 5, 6]
    logged = [record["rgb/critic"] for record in run.log]
    assert [point.value for point in points] == pytest.approx(logged, rel=1e-6)


def test_without_the_package_training_says_so_and_the_log_is_no_part_of_the_identity(
    config, small_faces, monkeypatch
):
    plain = config.model_copy(update={"tensorboard": False})
    assert config.identity == plain.identity
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(ImportError, match="uv sync --extra tensorboard"):
        train(config, small_faces)
