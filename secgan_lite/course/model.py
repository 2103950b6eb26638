"""The trained SeCGAN of lessons 02 and 03: both generators *and* both discriminators.

A run folder keeps discriminators in its checkpoint only. One checkpoint's networks are bundled, in
half precision, so that these lessons need no training; ``-p run_dir FOLDER`` takes any other run.
"""

import torch

from secgan_lite.datasets import FaceData
from secgan_lite.parsing import load_parser
from secgan_lite.secgan import Batch, Model
from secgan_lite.support.files import bundled, load_tensors
from secgan_lite.training import RunFolder, TrainConfig, parser_of

NAME = "secgan-32"


def load_model(run_dir: str = "") -> tuple[Model, TrainConfig]:
    """A trained SeCGAN in evaluation mode, with its discriminators and P, and its configuration.

    Args:
        run_dir: folder of a finished run of method "secgan"; "" is the bundled one.

    Raises:
        FileNotFoundError: no run there.
        ValueError: a run of another method, or one without a checkpoint.
    """
    if run_dir:
        config, tensors = networks_of(run_dir)
        parser = parser_of(RunFolder(run_dir).path, config)
    else:
        tensors, metadata = load_tensors(bundled(NAME))
        config = TrainConfig(**metadata["config"])
        parser = load_parser(config.parser, config.image_size)
    model = Model(config.method, config.backbone, config.size, config.weights, parser)
    model.branches.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
    return model.eval(), config


def networks_of(run_dir: str) -> tuple[TrainConfig, dict[str, torch.Tensor]]:
    """Configuration and weights of all networks of a finished SeCGAN. Errors: ``load_model``."""
    run = RunFolder(run_dir)
    state = run.load_checkpoint()
    if run.config.method != "secgan" or state is None:
        raise ValueError(
            f"run_dir={run_dir!r} is no run of method 'secgan' with a checkpoint: train one with "
            "papermill notebooks/04_train.ipynb out.ipynb -p method secgan."
        )
    return run.config, state[0]["branches"]


def batch_for(model: Model, faces: FaceData, y_trg: torch.Tensor) -> Batch:
    """A mini-batch of all ``faces``, with P's segments, to be edited towards ``y_trg`` (N, n_a)."""
    x, y, _ = faces.batch(torch.arange(len(faces)))
    with torch.inference_mode():
        s = model.parser(x).argmax(dim=1)
    return Batch(x, s.clone(), y, y_trg)
