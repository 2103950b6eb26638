"""What is done with a GPU that is lent for half an hour: a list of steps, each with its limit.

    python tests/gpu/half_hour.py runs/half-hour --bring OUT --budget 560

Every step is a process of its own; what it says goes to ``<step>.txt`` of the folder, how it ended
to ``summary.json``. No step's failure ends the others. The same command goes on where the last one
stopped, also from a folder that an earlier loan brought back. README.md beside this file has the
plan, minute by minute.
"""

import argparse
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
PACKED = "half-hour.tar.gz"
# Bytes that come back: of one file, and of all. What is larger stays where it was made.
LARGEST, ALL = 10 * 2**20, 15 * 2**20
NAMES = ("tests", "levers", "public", "editors", "photographs", "parser", "paper")
LEAST = 5  # seconds, below which no step is begun
GRACE = 20  # seconds in which a step that is asked to stop saves its state


@dataclass(frozen=True)
class Step:
    """One thing to do.

    Attributes:
        command: words of a command line.
        limit: seconds, in one call; a training goes on in the next.
        lacking: why it can't be done, "" if it can.
        more: environment variables.
    """

    name: str
    command: list[str]
    limit: float
    lacking: str = ""
    more: dict[str, str] = field(default_factory=dict)


def steps(folder: Path, given: argparse.Namespace) -> list[Step]:
    """All steps, the most urgent first."""
    python, small = [sys.executable], given.rehearse
    device = ["--device", "cpu" if small else "cuda"]
    rehearsal = ["--rehearse"] if small else []
    tests = [*python, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider"]
    tests += [str(HERE / "test_gpu.py")]
    tests += ["-k", "replays and concat and stgan"] if small else []
    runs, parser = folder / "runs", folder / "parser-128.safetensors"
    queue = [*python, "-m", "secgan_lite", "author", "queue", str(given.editors)]
    queue += ["--root", str(runs), "--results", str(folder / "editors.json")]
    photographs = _train(folder, "photographs", device)
    photographs += ["--data-dir", str(given.photographs), "--parser", str(given.parser)]
    photographs += PHOTOGRAPHS.split()
    watcher = [*python, "-m", "secgan_lite.parsing", "train", "--output", str(parser)]
    watcher += [*(TINY_PARSER if small else PARSER).split(), *device]
    paper = [*_train(folder, "paper", device), "--parser", str(parser)]
    paper += (TINY_PAPER if small else PAPER).split()
    no_photographs = "" if given.photographs and given.parser else NO_PHOTOGRAPHS
    stands = "it is there" if parser.is_file() else ""
    return [
        Step("tests", tests, 180, more={"SECGAN_LITE_REHEARSAL": "1"} if small else {}),
        Step("levers", [*python, str(HERE / "levers.py"), *rehearsal], 150),
        Step(
            "public",
            [*python, str(HERE / "public.py"), str(given.public), *rehearsal],
            90,
            "" if given.public else "--public names no folder with the public StarGAN's code",
        ),
        Step("editors", queue, 480),
        Step("photographs", photographs, 300, no_photographs),
        Step("parser", watcher, 120, stands),
        Step("paper", paper, 540),
    ]


def _train(folder: Path, name: str, device: list[str]) -> list[str]:
    place = ["--output-dir", str(folder / "runs" / name), "--resume", "True"]
    return [sys.executable, "-m", "secgan_lite.training", *place, *device]


# As data/results/photographs.json says; one run, of which the generators come back.
PHOTOGRAPHS = """--dataset celeba --split official --num-images 0 --image-size 64 --backbone stargan
    --method secgan --iterations 4000 --width 32 --depth 6 --discriminator-width 64
    --discriminator-depth 4 --batch-size 32 --learning-rate 0.0005 --precision tf32"""
NO_PHOTOGRAPHS = "--photographs and --parser do not name a pack of faces and a P for them"
# P at the paper's size, and the paper's run on drawn faces, long enough for a rate and a curve.
PARSER = "--image-size 128 --count 4000 --epochs 4"
PAPER = "--preset paper --backbone stargan --method secgan --num-images 3000 --iterations 6000"
TINY_PARSER = "--image-size 16 --count 128 --epochs 1"
TINY_PAPER = """--preset paper --backbone stargan --method secgan --num-images 8 --iterations 6
    --image-size 16 --width 2 --depth 1 --discriminator-width 2 --discriminator-depth 2
    --batch-size 2 --log-every 2"""


def work(todo: Iterable[Step], folder: Path, budget: float, bring: Path | None = None) -> dict:
    """Do what is not done yet, within ``budget`` seconds; returns the summary, by step.

    The summary has, for each step, ``state``: "done", "failed", "out of time" (it was stopped at
    its limit), "not begun" (no time was left) or "left out"; the ``seconds`` of all calls, and the
    ``reason`` of what did not go well.
    """
    end = time.monotonic() + budget
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "summary.json"
    summary = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    for step in todo:
        if summary.get(step.name, {}).get("state") == "done":
            continue
        summary[step.name] = _done(step, folder, end - time.monotonic(), summary.get(step.name, {}))
        print(f"{step.name}: {summary[step.name]}", flush=True)
        file.write_text(json.dumps(summary, indent=2), encoding="utf-8")
        if bring:
            pack(folder, bring)
    return summary


def _done(step: Step, folder: Path, left: float, before: dict) -> dict:
    """How a step ended: its entry of the summary."""
    seconds = before.get("seconds", 0.0)
    if step.lacking:
        return {"state": "left out", "seconds": seconds, "reason": step.lacking}
    limit = min(step.limit, left - GRACE)
    if limit < LEAST:
        return before or {"state": "not begun", "seconds": 0.0, "reason": "no time was left"}
    started = time.monotonic()
    status = _run(step, folder / f"{step.name}.txt", limit)
    seconds = round(seconds + time.monotonic() - started, 1)
    if status is None:
        return {"state": "out of time", "seconds": seconds, "reason": f"over {limit:.0f} s"}
    if status:
        return {"state": "failed", "seconds": seconds, "reason": f"exit status {status}"}
    return {"state": "done", "seconds": seconds}


def _run(step: Step, output: Path, limit: float) -> int | None:
    """The exit status of a step's command, None if it had to be stopped."""
    environment = os.environ | {"PYTHONUNBUFFERED": "1", **step.more}
    paths = str(REPOSITORY), environment.get("PYTHONPATH", "")
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    with output.open("a", encoding="utf-8") as out:
        process = subprocess.Popen(
            step.command,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=REPOSITORY,
            env=environment,
            start_new_session=True,
        )
        try:
            return process.wait(limit)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)  # trainings save their state
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                print(f"{step.name}: does not stop, and is killed", flush=True)
            return None
        finally:
            _end(process)


def _end(process: subprocess.Popen) -> None:
    """No process of a step outlives it: the next one has the GPU to itself."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def pack(folder: Path, bring: Path) -> None:
    """Bring back one archive: of the folder's files, the smallest first, what is not too large."""
    bring.mkdir(parents=True, exist_ok=True)
    kept, size = [], 0
    files = [f for f in folder.rglob("*") if f.is_file() and not f.name.endswith(".lock")]
    for file in sorted(files, key=lambda file: file.stat().st_size):
        size += file.stat().st_size
        if file.stat().st_size <= LARGEST and size <= ALL:
            kept.append(file)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as archive:
        for file in kept:
            archive.add(file, file.relative_to(folder))
    temporary = bring / f"{PACKED}.part"
    temporary.write_bytes(packed.getvalue())
    temporary.replace(bring / PACKED)


def unpack(packed: Path, folder: Path) -> None:
    """The folder of an earlier loan, unless one is there."""
    if not (folder / "summary.json").is_file():
        with tarfile.open(packed) as archive:
            archive.extractall(folder, filter="data")


def main(words: list[str] | None = None) -> int:
    command = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    command.add_argument("folder", type=Path, help="of all results; git should ignore it")
    command.add_argument("--bring", type=Path, help=f"folder for {PACKED}, after each step")
    command.add_argument("--before", type=Path, help=f"{PACKED} of an earlier loan")
    command.add_argument("--budget", type=float, default=560, help="seconds for this call")
    command.add_argument("--public", type=Path, help="folder with the public StarGAN's code")
    command.add_argument("--editors", type=Path, default=HERE / "editors.json", help="a queue")
    command.add_argument("--photographs", type=Path, help="pack of CelebA's faces (.npz)")
    command.add_argument("--parser", type=Path, help="P for them, at 64 px")
    command.add_argument("--only", nargs="+", default=NAMES, choices=NAMES, help="these steps")
    command.add_argument("--rehearse", action="store_true", help="tiny sizes, on the CPU")
    given = command.parse_args(words)
    for name in ("before", "public", "editors", "photographs", "parser"):
        if (path := getattr(given, name)) and not path.exists():
            command.error(f"--{name} {path} is not there: name a file or folder that is.")
        setattr(given, name, path and path.resolve())
    folder = given.folder.resolve()
    if given.before:
        unpack(given.before, folder)
    # A handler of our own: a shell's background jobs would have their children ignore the signal.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    todo = [step for step in steps(folder, given) if step.name in given.only]
    summary = work(todo, folder, given.budget, given.bring)
    return int(any(entry["state"] not in ("done", "left out") for entry in summary.values()))


if __name__ == "__main__":
    sys.exit(main())
