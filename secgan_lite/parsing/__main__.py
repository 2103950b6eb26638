"""``python -m secgan_lite.parsing``: ``secgan-lite parser`` by another name."""

import sys
from functools import partial

from secgan_lite.commands import main as every

main = partial(every, "parser")

if __name__ == "__main__":
    sys.exit(main())
