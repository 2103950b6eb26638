"""``python -m secgan_lite.course.authoring``: ``secgan-lite author`` by another name."""

import sys
from functools import partial

from secgan_lite.commands import main as every

main = partial(every, "author")

if __name__ == "__main__":
    sys.exit(main())
