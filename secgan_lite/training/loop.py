"""The training loop of all methods: Algorithm 1 to its end, into a run folder, exact to resume.

config = TrainConfig.of(backbone="stargan", method="secgan")
run = train(config, data, parser)
"""

import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack

import torch
from torchvision.utils import save_image
from tqdm.auto import tqdm

from secgan_lite.attributes import single_flips
from secgan_lite.datasets import FaceData
from secgan_lite.parsing import Parser, colourise
from secgan_lite.secgan import Batch
from secgan_lite.training.config import TrainConfig
from secgan_lite.training.interruptions import TrainingStopped, memory_explained, stop_requests
from secgan_lite.training.runs import RunFolder, writing
from secgan_lite.training.tensorboard import tensorboard_writer
from secgan_lite.training.trainer import Trainer, TrainingDiverged

Observer = Callable[[Trainer, list[dict]], dict]


def estimate_seconds(config: TrainConfig, data: FaceData, parser: Parser | None = None) -> float:
    """Seconds that ``train`` will take here, from a few iterations that are thrown away."""
    trainer = Trainer(config, data.subset(2 * config.batch_size), parser)
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
    checkpoint_every: float = 300.0,
) -> RunFolder:
    """Run Algorithm 1 to ``config.iterations`` and fill the run folder.

    Args:
        observers: called with (trainer, log) after each sample grid; what they return joins the
            newest record of the log.
        sample_every: iterations between grids and snapshots of the generators, 0 for ten in all.
        checkpoint_every: seconds between checkpoints.

    Raises:
        TrainingStopped: SIGINT or SIGTERM came; the state is saved.
        TrainingDiverged: a loss or a weight is not finite.
        OutOfMemory, RunFolderError: no room in memory, or on disk.
        FileExistsError: the run folder holds something else.

    After each of the first three, a run with ``resume`` continues exactly from its last checkpoint.
    """
    events = tensorboard_writer() if config.tensorboard else None
    folder = RunFolder.open(config)
    with memory_explained(config), ExitStack() as stack:
        trainer = Trainer(config, data, parser)
        _resume(trainer, folder)
        write = [folder.append]
        if events:
            place = folder.path / "tensorboard"
            write.append(stack.enter_context(events(place, trainer.iteration)))
        bar = tqdm(total=config.iterations, initial=trainer.iteration, delay=0.5, unit="it")
        stack.enter_context(bar)
        requests = stack.enter_context(stop_requests())
        log = folder.log
        sample_every = sample_every or max(1, config.iterations // 10)
        saved, stop = time.perf_counter(), False
        started = saved - (log[-1]["seconds"] if log else 0.0)
        while trainer.iteration < config.iterations and not stop:
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
                for sink in write:
                    sink(record)
            stop = bool(requests)  # read once: a later signal is seen after the next iteration
            if stop or last or time.perf_counter() - saved >= checkpoint_every:
                _save_checkpoint(trainer, folder)
                saved = time.perf_counter()
        if trainer.iteration == config.iterations:
            if config.method == "concat":  # whose generator is of no use without P
                trainer.model.parser.save(folder.path / "parser.safetensors")
            _save_generators(trainer, folder)
        if stop:
            raise TrainingStopped(
                f"Stopped after iteration {trainer.iteration} of {config.iterations}, as asked. "
                f"The state is saved in {folder.path}: continue with -p resume True.",
                requests[0],
            )
    return folder


_SHOWN = ("critic", "real_accuracy", "fake_accuracy", "rec", "change")


def _resume(trainer: Trainer, folder: RunFolder) -> None:
    """Go on from the newest checkpoint; the log forgets what came after it."""
    if trainer.config.resume and (found := folder.load_checkpoint()):
        trainer.load_state_dict(found[0])
    folder.rewind(trainer.iteration)


def _save_checkpoint(trainer: Trainer, folder: RunFolder) -> None:
    """Save the state, unless a weight is broken: losses are only looked at now and then."""
    weights = trainer.model.branches.state_dict()
    broken = [name for name, tensor in weights.items() if not tensor.isfinite().all()]
    if broken:
        raise TrainingDiverged(
            f"Not finite after iteration {trainer.iteration}: the weights {broken[0]} and "
            f"{len(broken) - 1} others. The last checkpoint is whole. Most often a smaller "
            "learning_rate helps."
        )
    folder.save_checkpoint(trainer.state_dict(), trainer.iteration)


def _save_generators(trainer: Trainer, folder: RunFolder, snapshot: bool = False) -> None:
    parser = trainer.model.parser
    # G_rgb last: its presence says that the run is finished.
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
        with writing(folder.path):
            save_image(rows, file, nrow=len(columns))
