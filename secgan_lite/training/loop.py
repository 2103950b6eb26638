"""The training loop of all methods: Algorithm 1 to its end, into a run folder, exact to resume.

config = TrainConfig.of(backbone="stargan", method="secgan")
run = train(config, data, parser)
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

import torch
from torchvision.utils import save_image
from tqdm.auto import tqdm

from secgan_lite.attributes import single_flips
from secgan_lite.datasets import FaceData
from secgan_lite.parsing import Parser, colourise
from secgan_lite.secgan import Batch
from secgan_lite.training.config import TrainConfig
from secgan_lite.training.runs import RunFolder
from secgan_lite.training.trainer import Trainer

Observer = Callable[[Trainer, list[dict]], dict]


def estimate_seconds(config: TrainConfig, data: FaceData, parser: Parser | None = None) -> float:
    """Seconds that ``train`` will take here, from a few iterations that are thrown away."""
    few = replace(
        data, **{k: getattr(data, k)[: 2 * config.batch_size] for k in ("images", "labels")}
    )
    trainer = Trainer(config, replace(few, masks=None), parser)
    for _ in range(config.critic_steps):
        trainer.step()
    started = time.perf_counter()
    for _ in range(config.critic_steps):
        trainer.step()
    trainer.collect()  # waits for the device
    return (time.perf_counter() - started) / config.critic_steps * config.iterations


def train(
    config: TrainConfig,
    data: FaceData,
    parser: Parser | None = None,
    observers: Iterable[Observer] = (),
    sample_every: int = 0,
    checkpoint_every: int = 500,
) -> RunFolder:
    """Run Algorithm 1 to ``config.iterations`` and fill the run folder.

    Args:
        observers: called with (trainer, log) after each sample grid; what they return joins the
            newest record of the log.
        sample_every: iterations between grids and snapshots of the generators, 0 for ten in all.
        checkpoint_every: iterations between checkpoints.

    Raises:
        TrainingDiverged: a loss is not finite; resume from the last checkpoint is possible.
        FileExistsError: the run folder holds something else.
    """
    folder = RunFolder.open(config)
    trainer = Trainer(config, data, parser)
    resumed = folder.load_checkpoint() if config.resume else None
    if resumed:
        trainer.load_state_dict(resumed[0])
        folder.rewind(resumed[1])
    log = folder.log
    sample_every = sample_every or max(1, config.iterations // 10)
    started = time.perf_counter() - (log[-1]["seconds"] if log else 0.0)
    bar = tqdm(total=config.iterations, initial=trainer.iteration, delay=0.5, unit="it")
    with bar:
        while trainer.iteration < config.iterations:
            trainer.step()
            t, last = trainer.iteration, trainer.iteration == config.iterations
            bar.update()
            if t % config.log_every == 0 or last:
                record = {"iteration": t, "seconds": round(time.perf_counter() - started, 3)}
                record |= trainer.collect()
                log.append(record)
                bar.set_postfix(
                    {n: f"{record[f'rgb/{n}']:.2f}" for n in _SHOWN if f"rgb/{n}" in record}
                )
                if t % sample_every < config.log_every or last:
                    save_samples(trainer, folder)
                    _save_generators(trainer, folder, snapshot=True)
                    for observe in observers:
                        record |= observe(trainer, log)
                folder.append(record)
            if t % checkpoint_every == 0 or last:
                folder.save_checkpoint(trainer.state_dict(), t)
    if config.method == "concat":  # whose generator is of no use without P
        trainer.model.parser.save(folder.path / "parser.safetensors")
    _save_generators(trainer, folder)
    return folder


_SHOWN = ("critic", "real_accuracy", "fake_accuracy", "rec", "change")


def _save_generators(trainer: Trainer, folder: RunFolder, snapshot: bool = False) -> None:
    # G_rgb last: its presence says that the run is finished.
    parser = trainer.model.parser
    with trainer.generators() as generators:
        for name, generator in reversed(generators.items()):
            metadata = {"kind": "generator", "modality": name, "config": trainer.config.identity}
            metadata |= {"parser": parser.hash if parser else None, "iteration": trainer.iteration}
            folder.save_generator(generator, metadata, snapshot)


@torch.inference_mode()
def save_samples(trainer: Trainer, folder: RunFolder, faces: int = 6) -> None:
    """Write grids of single flips to ``samples/``, a face a row, the input first."""
    x, y, s = trainer.data.batch(torch.arange(min(faces, len(trainer.data))), device=trainer.device)
    batch = Batch(x, s, y, y)
    targets = single_flips(y)
    edits = {}
    with trainer.generators() as generators:
        for name, generator in generators.items():
            features = generator.encode(trainer.model.source(name, batch))
            edits[name] = [generator.decode(features, target - y) for target in targets]
    for name, raw in edits.items():
        if name == "semantic":
            columns = [colourise(m).float() / 255 for m in (s, *(e.argmax(1) for e in raw))]
        else:
            columns = [(column + 1) / 2 for column in (x, *(e.tanh() for e in raw))]
        rows = torch.stack(columns, dim=1).flatten(0, 1)
        file = folder.path / "samples" / f"{name}-{trainer.iteration:06d}.png"
        save_image(rows, file, nrow=len(columns))
