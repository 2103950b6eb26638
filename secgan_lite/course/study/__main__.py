"""``python -m secgan_lite.course.study``: ``secgan-lite study`` by another name."""

import sys
from functools import partial

from secgan_lite.commands import main as every

main = partial(every, "study")

if __name__ == "__main__":
    sys.exit(main())
