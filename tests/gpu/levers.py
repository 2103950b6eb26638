"""What each lever makes of an iteration: precision, memory layout, compiler, CUDA graphs.

python tests/gpu/levers.py
"""

import sys

from secgan_lite.course.benchmark import iteration, trainer

FIRST = "stargan", "secgan"
# (levers of a run, whether its iterations are replayed); what takes longest comes last.
ROWS = [
    ({}, True),
    ({}, False),
    ({"precision": "tf32"}, True),
    ({"precision": "tf32"}, False),
    ({"precision": "bf16"}, True),
    ({"precision": "bf16"}, False),
    ({"precision": "tf32", "channels_last": True}, True),
    ({"precision": "bf16", "channels_last": True}, True),
    ({"precision": "bf16", "compile": True}, False),
]


def main(rehearse: bool) -> None:
    """Print the table, a row as soon as it is measured."""
    size = {"width": 4, "discriminator_width": 4, "batch_size": 2} if rehearse else {}
    rows = ROWS[:2] if rehearse else ROWS
    preset, device = ("lite", "cpu") if rehearse else ("paper", "cuda")
    print(f"{'':60}{'ms':>10}{'per s':>10}")
    for levers, replayed in rows:
        run = trainer(preset, *FIRST, device, **levers, **size)
        if not replayed and not run.launch.obstacle:
            run.launch.obstacle = "this row is without"
        said = [f"{name} {value}" for name, value in levers.items()]
        said.append("one by one" if run.launch.obstacle else "CUDA graphs")
        cost = iteration(run, rounds=1 if rehearse else 5, name=", ".join([preset, *FIRST, *said]))
        print(f"{cost.name:60}{1e3 * cost.seconds:10.2f}{1 / cost.seconds:10.1f}", flush=True)


if __name__ == "__main__":
    main("--rehearse" in sys.argv)
