"""``python -m secgan_lite.training --backbone stargan --method secgan …``: no notebook needed.

``secgan-lite train`` by another name: every field of ``TrainConfig``; what is not given comes from
the preset. On many GPUs: ``torchrun --nproc-per-node N -m secgan_lite.training …``.
"""

import sys
from functools import partial

from secgan_lite.commands import main as every

main = partial(every, "train")

if __name__ == "__main__":
    sys.exit(main())
