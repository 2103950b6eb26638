"""``python -m secgan_lite.datasets``: ``secgan-lite data`` by another name."""

import sys
from functools import partial

from secgan_lite.commands import main as every

main = partial(every, "data")

if __name__ == "__main__":
    sys.exit(main())
