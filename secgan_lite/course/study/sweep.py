"""Many runs of lesson 04 on any executor, each in a folder of its own; done ones are not repeated.

with ThreadPoolExecutor(2) as executor:
    folders = sweep(comparison(), executor, "runs/study")

On a cluster the executor is Dask's, and ``root`` a folder that all nodes see. A running scheduler:

    with pool("tcp://scheduler:8786") as executor: ...

Slurm (package dask-jobqueue), a run on each GPU; a job that its time limit kills goes on:

    cluster = SLURMCluster(cores=4, processes=1, memory="16GB", job_extra_directives=["--gpus=1"])
    cluster.adapt(maximum=8)
    executor = Client(cluster).get_executor(pure=False, retries=3)
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed, wait
from contextlib import contextmanager
from pathlib import Path

from tqdm.auto import tqdm

from secgan_lite.course.claims import MUST_HOLD
from secgan_lite.secgan import METHODS
from secgan_lite.support.files import REPOSITORY
from secgan_lite.support.places import to_write
from secgan_lite.training import RunFolder, TrainConfig

LESSON = REPOSITORY / "notebooks" / "04_train.ipynb"
_CELL = Path(__file__).with_name("cell.py")
_running: dict[str, subprocess.Popen] = {}  # this process's children, by their run's folder
LAMBDAS = (0.0, 0.001, 0.01, 0.1, 1.0, 10.0)
COST = 2.35  # time of an iteration of SeCGAN in the lite preset, in iterations of its baseline


def comparison(
    backbones: Iterable[str] = ("stargan", "attgan"), seeds: int = 3, **options: object
) -> list[TrainConfig]:
    """Table 1's question: each method on each backbone. A seed fixes data order and first weights.

    Args:
        options: of ``TrainConfig``, the same for all.
    """
    return [
        TrainConfig.of(backbone=backbone, method=method, seed=seed, **options)
        for backbone in backbones
        for seed in range(seeds)
        for method in METHODS
    ]


def consistency_weights(
    lambdas: Iterable[float] = LAMBDAS, seeds: int = 2, **options: object
) -> list[TrainConfig]:
    """Figure 3's question: SeCGAN with StarGAN inside, by λ_sc."""
    return [
        TrainConfig.of(lambda_sc=value, seed=seed, **options)
        for seed in range(seeds)
        for value in lambdas
    ]


def equal_time(
    backbones: Iterable[str] = ("stargan", "attgan"),
    seeds: int = 3,
    iterations: int = 4000,
    **options: object,
) -> list[TrainConfig]:
    """SeCGAN with the iterations that its baseline's time buys: trained as a run of that length."""
    return [
        TrainConfig.of(backbone=name, seed=seed, iterations=round(iterations / COST), **options)
        for name in backbones
        for seed in range(seeds)
    ]


def perfect_teacher(seeds: int = 3, **options: object) -> list[TrainConfig]:
    """SeCGAN with StarGAN inside, and true masks in G_seg's place: what Eq. 11 can do at best."""
    return [TrainConfig.of(teacher="truth", seed=seed, **options) for seed in range(seeds)]


def whole(seeds: int = 3, iterations: int = 4000, **options: object) -> list[TrainConfig]:
    """All questions, in this order; λ_sc gets a seed less, but at least one."""
    options["iterations"] = iterations
    return [
        *comparison(seeds=seeds, **options),
        *perfect_teacher(seeds=seeds, **options),
        *equal_time(seeds=seeds, **options),
        *consistency_weights(seeds=max(1, seeds - 1), **options),
    ]


@contextmanager
def pool(executor: str = "threads", workers: int = 2) -> Iterator[Executor]:
    """The executor of a name: ``workers`` threads, or a Dask scheduler by its address."""
    if executor == "threads":
        with ThreadPoolExecutor(workers) as threads:
            yield threads
        return
    from distributed import Client  # not needed on one machine

    with Client(executor) as client, client.get_executor(pure=False, retries=1) as cluster:
        yield cluster


def sweep(
    configs: Iterable[TrainConfig],
    executor: Executor,
    root: Path | str,
    threads: int = 1,
    then: Callable[[Path], object] = lambda folder: None,
) -> list[Path]:
    """Run every configuration through papermill; returns the run folders, in order.

    An interrupt or an error in ``then`` cancels what waits and ends the runs of this machine, which
    save their state first; those on a cluster's workers end by themselves. Call it again: what is
    done is skipped, what has begun goes on.

    Args:
        executor: of ``concurrent.futures``, or a cluster's with the same interface. Threads
            suffice, because each run is a process of its own.
        root: holds a folder, a log and an executed notebook for each run.
        threads: CPU threads of one run. More runs at a time make better use of a CPU than more
            threads in each; and with 1, a run repeats bit for bit on the same kind of CPU.
        then: called here with each folder as soon as its run has ended.

    Raises:
        FileNotFoundError: lesson 04 is not here.
        RuntimeError: runs failed or were stopped; the others are complete.
    """
    if not LESSON.is_file():
        raise FileNotFoundError(
            f"{LESSON} is not there: a study runs lesson 04, in a whole copy of the course."
        )
    jobs = {config.run_name: parameters(config) for config in configs}
    root = to_write(root, "root")
    root.mkdir(parents=True, exist_ok=True)
    futures = {
        executor.submit(run_cell, given, str(root / name), threads): name
        for name, given in jobs.items()
    }
    failed = []
    try:
        for future in tqdm(as_completed(futures), total=len(futures), unit="run"):
            if error := future.exception():
                failed.append(f"{futures[future]}: {error}")
            else:
                then(root / futures[future])
    finally:
        _stop(futures, root)
    if failed:
        raise RuntimeError("\n".join([f"{len(failed)} of {len(jobs)} runs did not end.", *failed]))
    return [root / name for name in jobs]


def _stop(futures: dict[Future, str], root: Path) -> None:
    """Cancel what waits, end what runs in this process, and wait for it."""
    for future in futures:
        future.cancel()
    while not all(future.done() for future in futures):
        for name in futures.values():
            if run := _running.get(str(root / name)):
                run.stdin.close()
        wait(futures, timeout=0.2)


def parameters(config: TrainConfig) -> dict:
    """What lesson 04 must be told of a configuration: what its preset does not say.

    Lesson 04 takes every option of a run, also those that its cell of parameters does not show.
    """
    said = ["preset", "backbone", "method", *config.changes]
    if config.data_dir:  # where the faces are, not what the run is
        said.append("data_dir")
    return {name: getattr(config, name) for name in said}


def run_cell(given: dict, folder: str, threads: int = 1) -> str:
    """One run into ``folder``, unless it is there already; begun ones are resumed.

    Raises:
        RuntimeError: it failed; the end of its log is the message.
    """
    if done(Path(folder)):
        return folder
    given = given | {"output_dir": folder, "resume": True, "lesson": False}
    command = [sys.executable, "-P", str(_CELL), str(LESSON), f"{folder}.ipynb", json.dumps(given)]
    with (
        Path(f"{folder}.log").open("a", encoding="utf-8") as log,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,  # the tie: see cell.py
            stdout=log,
            stderr=log,
            # What the lesson claims is for its own values, not for those of a study.
            env=os.environ
            | {"OMP_NUM_THREADS": str(threads), "PYTHONIOENCODING": "utf-8", MUST_HOLD: "0"},
            start_new_session=True,  # a terminal's Ctrl-C reaches the study alone
        ) as run,
    ):
        _running[folder] = run
        run.wait()
        del _running[folder]
    if run.returncode:
        said = Path(f"{folder}.log").read_text(encoding="utf-8", errors="replace").split("\n")
        last = next((line for line in reversed(said) if line.strip()), f"exit {run.returncode}")
        raise RuntimeError(f"{last} (all of it: {folder}.log)")
    return folder


def done(folder: Path) -> bool:
    """Whether a run has ended: trained, and scored by the lesson."""
    return (folder / "results.json").is_file() and RunFolder(folder).finished
