"""``python -m secgan_lite.training --backbone stargan --method secgan …``: no notebook needed.

``secgan-lite train`` by another name: every field of ``TrainConfig``; what is not given comes from
the preset. On many GPUs: ``torchrun --nproc-per-node N -m secgan_lite.training …``.
"""

import os
import sys
from functools import partial

from secgan_lite.commands import main as every
from secgan_lite.training import (
    OutOfMemory,
    TrainConfig,
    TrainingDiverged,
    TrainingStopped,
    estimate_seconds,
    load_inputs,
    train,
)

main = partial(every, "train")


def run(given: dict) -> int:
    """Train what the options say, those of ``TrainConfig``; the exit status."""
    config = TrainConfig.of(**given)
    faces, _, parser_network = load_inputs(config)
    say = print if os.environ.get("RANK", "0") == "0" else lambda *_, **__: None
    if faces.absent:
        say(f"{faces.absent:,} images of the training split are absent: {len(faces):,} are used")
    try:
        minutes = estimate_seconds(config, faces, parser_network) / 60
        say(f"{config.run_name}: about {minutes:.1f} min on this machine", flush=True)
        say(train(config, faces, parser_network).path)
    except TrainingStopped as stopped:
        print(stopped, file=sys.stderr)
        return 128 + stopped.signal
    except (OutOfMemory, TrainingDiverged, ImportError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
