"""The training loop of all methods: Algorithm 1 to its end, into a run folder, exact to resume.

config = TrainConfig.of(backbone="stargan", method="secgan")
run = train(config, data, parser)
"""

import signal
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack

import torch
from torch import Tensor

from secgan_lite.attributes import single_flips
from secgan_lite.datasets import FaceData
from secgan_lite.parsing import Parser
from secgan_lite.secgan import Batch
from secgan_lite.support.devices import machine, pick_device
from secgan_lite.support.files import readable, replaced
from secgan_lite.training.config import TrainConfig
from secgan_lite.training.inputs import keep_parser
from secgan_lite.training.interruptions import (
    StopRequests,
    TrainingStopped,
    memory_explained,
    stop_requests,
)
from secgan_lite.training.memory import told
from secgan_lite.training.progress import Clock, Progress, say
from secgan_lite.training.runs import RunFolder, locked, writing
from secgan_lite.training.team import Team
from secgan_lite.training.tensorboard import tensorboard_writer
from secgan_lite.training.trainer import Trainer, TrainingDiverged

Observer = Callable[[Trainer, list[dict]], dict]


def train(
    config: TrainConfig,
    data: FaceData,
    parser: Parser | None = None,
    observers: Iterable[Observer] = (),
    sample_every: int = 0,
    checkpoint_every: float = 300.0,
    live: Callable[[Trainer, list[dict]], None] | None = None,
    tell_every: float = 15.0,
) -> RunFolder:
    """Run Algorithm 1 to ``config.iterations`` and fill the run folder.

    A finished run of the same configuration is given back as it is, without a single step, unless
    ``config.repeat`` asks for it again. What else is done with a folder that is there already, and
    how a finished run is extended, says ``RunFolder.open``.

    Args:
        observers: called with (trainer, log) after each sample grid; what they return joins the
            newest record of the log.
        sample_every: iterations between grids and snapshots of the generators, 0 for ten in all.
        checkpoint_every: seconds between checkpoints.
        live: called with (trainer, log) by the clock: after 20 s, then every 30 s, to show how the
            run goes.
        tell_every: seconds between the lines in the terminal.

    Raises:
        TrainingStopped: SIGINT, SIGTERM or SIGHUP came, or the parent of a notebook's kernel is
            gone; the state is saved.
        TrainingDiverged: a loss or a weight is not finite.
        OutOfMemory, RunFolderError: no room in memory, or on disk.
        FileExistsError: the run folder holds something else.
        DataError: the run folder's configuration, or all of its checkpoints, are damaged.

    After each of the first three, a run with ``resume`` continues exactly from its last checkpoint.

    Under ``torchrun`` the batch is dealt out to the processes; the first of them alone writes,
    shows and observes.
    """
    # Who does what: a run that is finished is given back, and one process of a team writes.
    team = Team(pick_device(config.device))
    if finished := RunFolder.given_back(config):
        return _told(finished) if team.is_main else finished
    if not team.is_main:
        return _follow(config, data, parser)
    events = tensorboard_writer() if config.tensorboard else None
    with memory_explained(config), ExitStack() as stack:
        stack.enter_context(locked(RunFolder.place(config)))
        # The folder, which is this run's alone, keeps a copy of P.
        folder = RunFolder.open(config)
        if folder.finished:  # meanwhile, by another process
            return _told(folder)
        if parser:
            with writing(folder.path):
                keep_parser(folder.path, parser)
        if team.device.type == "cuda":
            say(told(config, parser, torch.cuda.mem_get_info(team.device)[0], team.size))
        # The state: new, or that of the last checkpoint; records behind it are dropped.
        trainer = Trainer(config, data, parser)
        _resume(trainer, folder)
        folder.rewind(trainer.iteration)
        team.wait()  # others look into the folder now
        # Who hears of it: the log, TensorBoard, the terminal; and signals ask for a stop.
        write = [folder.append]
        if events:
            place = folder.path / "tensorboard"
            write.append(stack.enter_context(events(place, trainer.iteration)))
        requests = stack.enter_context(stop_requests())
        progress = Progress(config, folder.path, trainer.iteration, trainer.device, tell_every)
        stack.enter_context(progress)
        log = folder.log
        sample_every = sample_every or max(1, config.iterations // 10)
        saves, shows, stop = Clock(*[checkpoint_every] * 2), Clock(20, 30), False
        started = time.perf_counter() - (log[-1]["seconds"] if log else 0.0)
        while trainer.iteration < config.iterations and not stop:
            trainer.step()
            # Now and then a record; more rarely pictures, a snapshot, and what observers find.
            t, last = trainer.iteration, trainer.iteration == config.iterations
            progress.step(t)
            if t % config.log_every == 0 or last:
                record = {"iteration": t, "seconds": round(time.perf_counter() - started, 3)}
                record |= trainer.collect()
                log.append(record)
                if t % sample_every < config.log_every or last:
                    save_samples(trainer, folder)
                    _save_generators(trainer, folder, snapshot=True)
                    for observe in observers:
                        record |= observe(trainer, log)
                for sink in write:
                    sink(record)
                progress.record(record)
            if live and shows.strikes():
                live(trainer, log)
            # A checkpoint by the clock, before a stop, and at the end.
            stop = _asked(trainer, requests)
            if saves.strikes() or stop or last:
                _save_checkpoint(trainer, folder)
                if not last:
                    progress.saved()
        # The generators come last: a folder that has them is finished.
        if trainer.iteration == config.iterations:
            _save_generators(trainer, folder)
        if stop or requests:
            raise _stopped(trainer, folder, requests)
    return folder


def _follow(config: TrainConfig, data: FaceData, parser: Parser | None) -> RunFolder:
    """The other processes of a team: the same iterations, and nothing on disk."""
    with memory_explained(config), stop_requests() as requests:
        trainer = Trainer(config, data, parser)
        trainer.team.wait()
        folder = RunFolder(RunFolder.place(config))
        _resume(trainer, folder)
        stop = False
        while trainer.iteration < config.iterations and not stop:
            trainer.step()
            if trainer.iteration % config.log_every == 0:
                trainer.collect()  # stops here too if a loss is broken
            stop = _asked(trainer, requests)
        if stop:
            raise _stopped(trainer, folder, requests)
    return folder


def _told(finished: RunFolder) -> RunFolder:
    say(
        f"Finished already, with {finished.config.iterations} iterations: {finished.path}. "
        "-p repeat True trains it again beside it; -p resume True -p output_dir "
        f"{finished.path} with more iterations goes on."
    )
    return finished


def _asked(trainer: Trainer, requests: StopRequests) -> bool:
    """Whether to stop now. Several processes agree on it, when they would wait for a log anyway."""
    if trainer.team.size > 1 and trainer.iteration % trainer.config.log_every:
        return False
    return trainer.team.any(bool(requests))


def _stopped(trainer: Trainer, folder: RunFolder, requests: StopRequests) -> TrainingStopped:
    return TrainingStopped(
        f"Stopped after iteration {trainer.iteration} of {trainer.config.iterations}, as asked. "
        f"The state is saved in {folder.path}: continue with -p resume True.",
        requests.signals[0] if requests else signal.SIGTERM,
    )


def _resume(trainer: Trainer, folder: RunFolder) -> None:
    """Go on from the newest checkpoint."""
    if trainer.config.resume and (found := folder.load_checkpoint()):
        with readable(folder.path / "checkpoint.safetensors", "checkpoint for this version"):
            trainer.load_state_dict(found[0])


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
            metadata: dict = {"kind": "generator", "modality": name}
            metadata |= {"config": trainer.config.identity}
            metadata |= {"parser": parser.hash if parser else None, "iteration": trainer.iteration}
            metadata |= {"extended": folder.extended, "machine": machine(trainer.device)}
            folder.save_generator(generator, metadata, snapshot)


@torch.inference_mode()
def flips_now(trainer: Trainer, faces: int) -> dict[str, Tensor]:
    """What a run makes of its first faces, by branch: (faces, 1 + n_a, 3, h, h) in [0, 1].

    The input comes first, then each single flip.
    """
    x, y, s = trainer.data.batch(torch.arange(min(faces, len(trainer.data))), device=trainer.device)
    batch = Batch(x, s, y, y)
    targets = single_flips(y)
    flips = {}
    with trainer.generators() as generators:
        for name, generator in generators.items():
            modality, source = generator.modality, trainer.model.source(name, batch)
            features, columns = generator.encode(source), [modality.real(x, s)]
            for target in targets:
                edit = generator.decode(features, target - y)
                columns.append(modality.activate(edit, source))
            flips[name] = torch.stack([modality.picture(c) for c in columns], dim=1)
    return flips


def save_samples(trainer: Trainer, folder: RunFolder, faces: int = 6) -> None:
    """Write grids of single flips to ``samples/``, a face a row, the input first."""
    for name, flips in flips_now(trainer, faces).items():
        file = folder.path / "samples" / f"{name}-{trainer.iteration:06d}.png"
        with writing(folder.path), replaced(file) as temporary:
            from torchvision.utils import save_image  # torchvision takes seconds to import

            save_image(flips.flatten(0, 1), temporary, nrow=flips.shape[1])
