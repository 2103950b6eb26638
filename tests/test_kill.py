"""kill −9 at any moment costs nothing: every restart succeeds, and ends where no kill would have.

Three moments in each test run; SECGAN_LITE_KILLS=20 tries twenty of each kind.
"""

import json
import multiprocessing
import os
import shutil
import time

import numpy as np
import pytest
from PIL import Image

from secgan_lite.attributes import NAMES
from secgan_lite.datasets import cache, celeba, decoded, load
from secgan_lite.editing import load_generator
from secgan_lite.evaluation import evaluate
from secgan_lite.judges import load_classifier
from secgan_lite.parsing import Parser
from secgan_lite.parsing.unet import UNet
from secgan_lite.support.files import load_tensors
from secgan_lite.support.randomness import initialisation
from secgan_lite.training import RunFolder, TrainConfig, train

KILLS = int(os.environ.get("SECGAN_LITE_KILLS", "1"))
# Processes of their own that start in milliseconds, where the system has such.
METHODS = multiprocessing.get_all_start_methods()
CONTEXT = multiprocessing.get_context("forkserver" if "forkserver" in METHODS else "spawn")
CONTEXT.set_forkserver_preload(["secgan_lite.evaluation"])

TINY = {"image_size": 32, "width": 4, "depth": 1, "discriminator_width": 4, "critic_steps": 2}
TINY |= {"discriminator_depth": 3, "batch_size": 4, "log_every": 3, "device": "cpu"}


def training(folder, iterations=15):
    """Saves after every iteration, so that a kill often falls into a save."""
    with initialisation(0, "small parser"):
        parser = Parser(UNet(width=4, levels=2), {"sha256": "untrained", "kind": "parser"})
    config = TrainConfig.of(
        iterations=iterations, output_dir=str(folder / "run"), resume=True, **TINY
    )
    train(config, load("synthetic", "train", 32, 16), parser, checkpoint_every=0)


def caching(folder):
    cache.CHUNK = 2
    photos = celeba(folder / "celeba", "train")
    decoded(photos, 64, folder / "cache")


def evaluation(folder):
    """Scores of a finished run, which ``prepare`` has put there."""
    run = RunFolder(folder / "run")
    generator, _ = load_generator(run.path)
    data = load("synthetic", "test", 32, 8)
    run.save_results(evaluate(generator, data, load_classifier("auto", 32)))


def prepare(task, folder):
    folder.mkdir()
    if task is evaluation:
        training(folder, iterations=2)
    if task is caching:
        images = folder / "celeba" / "img_align_celeba"
        images.mkdir(parents=True)
        rng = np.random.default_rng(0)
        lines = ["60", " ".join(NAMES)]
        for row in range(1, 61):
            lines.append(f"{row:06d}.jpg" + " -1" * len(NAMES))
            noise = rng.integers(256, size=(218, 178, 3), dtype=np.uint8)
            Image.fromarray(noise).save(images / f"{row:06d}.jpg")
        (folder / "celeba" / "list_attr_celeba.txt").write_text("\n".join(lines), encoding="utf-8")


def outcome(folder):
    """All that counts, by file: tensors, arrays, numbers of the log and scores without times."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".safetensors" and "previous" not in path.name:
            tensors, metadata = load_tensors(path)
            found[path.name] = {n: t.numpy().tobytes() for n, t in tensors.items()}, metadata
        elif path.suffix == ".npy":
            found[path.name] = np.load(path).tobytes()
        elif path.name == "results.json":
            found[path.name] = json.loads(path.read_text(encoding="utf-8")) | {"seconds": None}
        elif path.name == "log.jsonl":
            records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            found[path.name] = [record | {"seconds": None} for record in records]
    return found


def run(task, folder, kill_after=None):
    """True if the task ended by itself."""
    process = CONTEXT.Process(target=task, args=(folder,))
    process.start()
    process.join(kill_after)
    if process.exitcode is None:
        process.kill()
        process.join()
        return False
    assert process.exitcode == 0
    return True


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """For each task, once: what it leaves when nobody kills it, and how long it takes."""
    known = {}

    def of(task):
        if task not in known:
            folder = tmp_path_factory.mktemp("undisturbed") / "work"
            prepare(task, folder)
            started = time.perf_counter()
            assert run(task, folder)
            known[task] = outcome(folder), time.perf_counter() - started
        return known[task]

    return of


@pytest.mark.parametrize("moment", range(KILLS))
@pytest.mark.parametrize("task", [training, caching, evaluation])
def test_kill(task, moment, undisturbed, tmp_path):
    expected, seconds = undisturbed(task)
    prepare(task, tmp_path / "work")
    rng = np.random.default_rng(moment)
    kills = 0
    while kills < 3 and not run(task, tmp_path / "work", float(rng.uniform(0, seconds))):
        kills += 1
    assert run(task, tmp_path / "work")
    assert outcome(tmp_path / "work") == expected
    assert not list((tmp_path / "work").glob("run/.*.*.*"))
    shutil.rmtree(tmp_path / "work")
