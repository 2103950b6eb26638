"""``python -m secgan_lite.judges``: ``secgan-lite judge`` by another name."""

import sys
from functools import partial

from secgan_lite.commands import main as every

main = partial(every, "judge")

if __name__ == "__main__":
    sys.exit(main())
