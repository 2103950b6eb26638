"""P stays with its run: it goes on and opens wherever it is, and whatever became of P's file."""

import pytest
import torch

from secgan_lite.course.model import load_model
from secgan_lite.course.study.record import pulls_of_terms
from secgan_lite.editing import Trained, load_editor
from secgan_lite.evaluation import EvaluationConfig
from secgan_lite.parsing import Parser, load_parser
from secgan_lite.parsing.unet import UNet
from secgan_lite.support.files import load_tensors, save_tensors
from secgan_lite.training import RunFolder, TrainConfig, load_inputs, train

TINY = {"image_size": 32, "width": 4, "depth": 1, "discriminator_width": 4, "iterations": 2}
TINY |= {"discriminator_depth": 3, "batch_size": 4, "device": "cpu"}


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A P of one's own for 32 px, in a file."""
    about = {"kind": "parser", "network": "unet", "image_size": 32}
    about |= {"shape": {"width": 4, "levels": 2}}
    file = tmp_path_factory.mktemp("own") / "p.safetensors"
    Parser(UNet(**about["shape"]), about).save(file)
    return file


@pytest.mark.parametrize("method", ["baseline", "concat", "secgan"])
def test_a_run_with_a_parser_of_ones_own_opens_anywhere(method, own, faces, tmp_path, monkeypatch):
    """From another folder, after P's file went away."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "p.safetensors"
    file.write_bytes(own.read_bytes())
    given = {"method": method, "parser": "p.safetensors", "output_dir": "run"}
    config = TrainConfig.of(**TINY, **given)
    folder = train(config, faces.subset(8), load_parser("p.safetensors", 32)).path
    file.unlink()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    run = Trained.of(folder)
    assert run.parser.hash == load_parser(own, 32).hash
    assert run.config.parser == f"sha256:{run.parser.hash}"
    assert Trained.of(RunFolder(folder).snapshots()[-1]).parser.hash == run.parser.hash
    judges = EvaluationConfig.of(run_dir=folder, num_images=4, device="cpu").load().judges
    assert judges.parser.hash == run.parser.hash
    new = EvaluationConfig.of(run_dir=folder, num_images=4, parser=own, device="cpu").load()
    assert new.judges.parser.hash == run.parser.hash
    assert load_editor(folder).edit(faces.images[0].transpose(1, 2, 0), {"Bald": 1}).image
    held = RunFolder(folder)
    assert pulls_of_terms(held, held.load_checkpoint()[0]["branches"], faces.subset(4))
    if method == "secgan":
        assert load_model(str(folder))[0].parser.hash == run.parser.hash
    # The copy is that P: the same command with its path is the same run, which goes on.
    again = {"parser": folder / "parser.safetensors", "output_dir": folder, "resume": True}
    again = TrainConfig.of(**TINY, method=method, **again)
    assert again.identity == RunFolder(folder).config.identity


def test_an_interrupted_run_has_its_parser_and_goes_on_with_it(
    small_config, small_faces, small_parser
):
    def fails(trainer, log):
        raise InterruptedError

    config = small_config(resume=True)
    with pytest.raises(InterruptedError):
        train(config, small_faces, small_parser, observers=[fails])
    own = load_inputs(config, test_faces=4)[2]  # none is bundled for 16 px
    assert own.hash == small_parser.hash
    assert all(
        torch.equal(tensor, own.state_dict()[name])
        for name, tensor in small_parser.state_dict().items()
    )


@pytest.mark.parametrize("there", [True, False])
def test_runs_from_before_there_were_copies_open(there, own, faces, tmp_path):
    """They name the file itself; without it a baseline is edited and scored all the same."""
    config = TrainConfig.of(**TINY, method="baseline", output_dir=tmp_path / "run")
    folder = train(config, faces.subset(8), load_parser(own, 32)).path
    (folder / "parser.safetensors").unlink()
    tensors, metadata = load_tensors(folder / "generator.safetensors")
    metadata["config"]["parser"] = str(own if there else tmp_path / "gone.safetensors")
    save_tensors(folder / "generator.safetensors", tensors, metadata)
    found = Trained.of(folder).parser
    assert found.hash == load_parser(own, 32).hash if there else found is None


def test_a_trial_is_scored_on_no_more_faces_than_it_trains_on():
    def counted(**given):
        return [len(part) for part in load_inputs(TrainConfig.of(device="cpu", **given))[:2]]

    assert counted(num_images=40) == [40, 40] and counted(num_images=400) == [400, 300]
