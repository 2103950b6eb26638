"""``python -m secgan_lite.course``: ``secgan-lite``, above all its ``doctor`` and ``benchmark``."""

import sys

from secgan_lite.commands import main

if __name__ == "__main__":
    sys.exit(main())
