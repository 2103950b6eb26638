"""What to do with a GPU that is lent for half an hour: steps with limits, resumed at the next loan.

python tests/gpu/half_hour.py OUT --minutes 9 --steps tests levers public

Each step is a process of its own. What it prints is in OUT/STEP.txt, how it ended in
OUT/ended.json. One that fails or takes too long is named, and the others go on. See README.md
beside this file.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from pathlib import Path

HERE = Path(__file__).resolve()
REPOSITORY = HERE.parents[2]
SAVES = 20  # seconds in which a training that is told to stop saves its state


@dataclass(frozen=True)
class Step:
    """A command, the minutes that it may take, and whether another loan would take it further."""

    command: list[str]
    minutes: float
    goes_on: bool = False


def plan(out: Path, given: argparse.Namespace) -> dict[str, Step]:
    """The steps by name, in order; to rehearse them, with sizes that a CPU does in seconds."""
    python, course, rehearse = sys.executable, "secgan_lite", given.rehearse
    device = "cpu" if rehearse else "cuda"
    own = [python, str(HERE), str(out), *(["--rehearse"] if rehearse else []), "--measure"]
    tests = ["tests/gpu/test_gpu.py", "-n", "0", "-q", "-p", "no:cacheprovider"]
    tests += ["-k", "goes_on_from_either_path"] if rehearse else []
    steps = {
        "tests": Step([python, "-m", "pytest", *tests], 4),
        "levers": Step([*own, "levers"], 5),
        "public": Step([*own, "public", "--public", given.public], 2),
    }
    queue = [str(given.queue), "--root", str(out / "runs"), "--results", str(out / "done.json")]
    queue += ["--faces", "3"] if rehearse else []
    paper = ["--backbone", "stargan", "--device", device, "--output-dir", str(out / "paper")]
    paper += ["--num-images", "8", "--batch-size", "4", "--iterations", "2"] if rehearse else []
    paper += [] if rehearse else ["--preset", "paper", "--iterations", "5000"]
    paper += ["--resume"] if (out / "paper").exists() else []
    steps["queue"] = Step([python, "-m", course, "author", "queue", *queue], 30, goes_on=True)
    steps["paper"] = Step([python, "-m", course, "train", *paper], 8)
    left_out = {"public": not given.public, "queue": not given.queue}
    return {name: step for name, step in steps.items() if not left_out.get(name)}


def work_through(steps: dict[str, Step], out: Path, minutes: float) -> dict[str, dict]:
    """Run what has not ended well before, as far as the time goes; returns how each step ended."""
    out.mkdir(parents=True, exist_ok=True)
    file, end = out / "ended.json", time.monotonic() + 60 * minutes
    ended = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    for name, step in steps.items():
        if ended.get(name, {}).get("how") == "done" and not step.goes_on:
            continue
        left = min(60 * step.minutes, end - time.monotonic())
        started = time.monotonic()
        how = run(step.command, out / f"{name}.txt", left) if left > 0 else "no time was left"
        ended[name] = {"how": how, "seconds": round(time.monotonic() - started, 1)}
        print(f"{name}: {how}, {ended[name]['seconds']:.0f} s", flush=True)
        file.write_text(json.dumps(ended, indent=1), encoding="utf-8")
    return ended


def run(command: list[str], said: Path, seconds: float) -> str:
    """Run a command with all that it starts; returns how it ended, in words.

    Args:
        said: gets what the command prints, behind what is there.
    """
    paths = os.pathsep.join([str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])])
    with said.open("a", encoding="utf-8") as text:
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=os.environ | {"PYTHONPATH": paths},
            stdout=text, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        code = process.wait(seconds)
        return "done" if code == 0 else f"failed with exit status {code}"
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(SAVES)
        return "stopped, its time was over"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def levers(rehearse: bool) -> None:
    """Milliseconds of an iteration with every combination of levers, each with the others on."""
    from secgan_lite.course.benchmark import iteration, trainer

    presets = ("lite",) if rehearse else ("lite", "paper")
    precisions = ("fp32",) if rehearse else ("fp32", "tf32", "bf16")
    flags = (False,) if rehearse else (False, True)
    for preset, method in product(presets, ("baseline", "secgan")):
        for precision, channels_last, compiled, replayed in product(precisions, *3 * [flags]):
            options = {"precision": precision, "channels_last": channels_last, "compile": compiled}
            told = " ".join([preset, method, *(f"{k}={v}" for k, v in options.items())])
            try:
                run = trainer(preset, "stargan", method, "auto", **options)
                if not replayed:
                    run.launch.obstacle = run.launch.obstacle or "this one is plain"
                cost = f"{1e3 * iteration(run, rounds=3).seconds:.2f} ms"
            except Exception as error:  # one combination that fails must not end the table
                cost = f"{type(error).__name__}: {error}".splitlines()[0]
            print(f"{told} replayed={replayed}: {cost}", flush=True)


def public(path: str, rehearse: bool) -> None:
    """Milliseconds of an iteration of the public StarGAN: a step of D, and a fifth of one of G.

    Args:
        path: its folder, which has model.py; never part of this project.
    """
    import torch
    from torch.nn import functional as F

    from secgan_lite.course.benchmark import median_seconds

    sys.path.insert(0, path)
    from model import Discriminator, Generator

    device = "cpu" if rehearse else "cuda"
    size, batch, n, labels = (128, 1, 1, 13) if rehearse else (128, 16, 5, 13)
    G = Generator(64, labels, 6).to(device)
    D = Discriminator(size, 64, labels, 6).to(device)
    of_g, of_d = (torch.optim.Adam(net.parameters(), 1e-4, (0.5, 0.999)) for net in (G, D))
    x = torch.rand(batch, 3, size, size, device=device) * 2 - 1
    y = torch.randint(2, (batch, labels), device=device).float()

    def step_of_d() -> None:
        real, logits = D(x)
        made = G(x, y).detach()
        alpha = torch.rand(batch, 1, 1, 1, device=device)
        between = (alpha * x + (1 - alpha) * made).requires_grad_()
        (slope,) = torch.autograd.grad(D(between)[0].sum(), between, create_graph=True)
        penalty = ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()
        classes = F.binary_cross_entropy_with_logits(logits, y, reduction="sum") / batch
        loss = D(made)[0].mean() - real.mean() + classes + 10 * penalty
        of_d.zero_grad()
        loss.backward()
        of_d.step()

    def step_of_g() -> None:
        made = G(x, 1 - y)
        score, logits = D(made)
        classes = F.binary_cross_entropy_with_logits(logits, 1 - y, reduction="sum") / batch
        loss = classes - score.mean() + 10 * (G(made, y) - x).abs().mean()
        of_g.zero_grad()
        loss.backward()
        of_g.step()

    def cycle() -> None:
        for _ in range(n):
            step_of_d()
        step_of_g()

    seconds = median_seconds(cycle, rounds=1 if rehearse else 9) / n
    print(f"public StarGAN, {size} px, batch {batch}: {1e3 * seconds:.2f} ms an iteration")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="folder of what comes back; its own goes on")
    parser.add_argument("--minutes", type=float, default=9, help="for all steps together")
    parser.add_argument("--steps", nargs="+", help="only these, in the plan's order")
    parser.add_argument("--queue", default="", help="a list of runs for `author queue`")
    parser.add_argument("--public", default="", help="folder of the public StarGAN's code")
    parser.add_argument("--rehearse", action="store_true", help="tiny sizes on a CPU")
    parser.add_argument("--measure", choices=("levers", "public"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure == "levers":
        levers(given.rehearse)
    elif given.measure == "public":
        public(given.public, given.rehearse)
    else:
        if given.rehearse:
            os.environ["SECGAN_LITE_REHEARSAL"] = "1"
        steps = plan(given.out.resolve(), given)
        if unknown := {*(given.steps or ())} - steps.keys():
            parser.error(f"--steps: {', '.join(sorted(unknown))}; there are {', '.join(steps)}")
        steps = {name: step for name, step in steps.items() if name in (given.steps or steps)}
        ended = work_through(steps, given.out.resolve(), given.minutes)
        return int(any(ended[name]["how"] != "done" for name in steps))
    return 0


if __name__ == "__main__":
    sys.exit(main())
