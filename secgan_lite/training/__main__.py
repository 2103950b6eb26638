"""``python -m secgan_lite.training --backbone stargan --method secgan …``: no notebook needed.

Takes every field of ``TrainConfig`` by its name; what is not given comes from the preset. On many
GPUs: ``torchrun --nproc-per-node N -m secgan_lite.training …``.
"""

import argparse
import os
import sys

from secgan_lite.training import (
    OutOfMemory,
    TrainConfig,
    TrainingDiverged,
    TrainingStopped,
    estimate_seconds,
    load_inputs,
    train,
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m secgan_lite.training", description=__doc__)
    for name, field in TrainConfig.model_fields.items():
        many = {"nargs": "+"} if name == "attributes" else {}
        help_ = field.description or "see TrainConfig"
        parser.add_argument(f"--{name.replace('_', '-')}", dest=name, help=help_, **many)
    given = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    try:
        config = TrainConfig.of(**given)
        faces, _, parser_network = load_inputs(config)
    except (ValueError, FileNotFoundError) as error:
        parser.error(str(error))
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
