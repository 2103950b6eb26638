"""``python -m secgan_lite``: ``secgan-lite`` by another name."""

import sys

from secgan_lite.commands import main

if __name__ == "__main__":
    sys.exit(main())
